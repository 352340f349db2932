import json
import re

import pytest
import torch
from torch import nn

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.training import checkpoint
from dalle_explore.training.optimise import adamw, muon, set_rate


def tensors(value=1.0):
    return {"model.a": torch.full((3, 2), value), "random.cpu": torch.get_rng_state()}


def kept(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def folder(tmp_path):
    for step in (10, 20):
        checkpoint.save(tmp_path, step, tensors(step), {"seconds": 1.5})
    return tmp_path


def test_what_is_saved_comes_back(folder):
    found = checkpoint.load(folder)
    assert (found.step, found.facts) == (20, {"seconds": 1.5})
    assert torch.equal(found.tensors["model.a"], torch.full((3, 2), 20.0))
    assert found.tensors["random.cpu"].dtype == torch.uint8


def test_the_newest_two_are_kept_and_nothing_half_written(folder):
    checkpoint.save(folder, 30, tensors(), {})
    steps = [f"step-000000{step}.{kind}" for step in (20, 30) for kind in ("json", "safetensors")]
    assert kept(folder) == ["LATEST", *steps]


def test_a_full_disk_leaves_the_checkpoint_before(folder, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "write_atomic", full)
    with pytest.raises(OSError):
        checkpoint.save(folder, 30, tensors(), {})
    assert checkpoint.load(folder).step == 20


def test_nothing_to_resume_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="nothing to resume .* start without --resume"):
        checkpoint.load(tmp_path)


@pytest.mark.parametrize("name", ["step-00000020.safetensors", "step-00000020.json"])
def test_every_flipped_bit_is_noticed(folder, name):
    data = bytearray((folder / name).read_bytes())
    for place in range(0, len(data), max(1, len(data) // 40)):
        damaged = bytearray(data)
        damaged[place] ^= 1
        (folder / name).write_bytes(damaged)
        with pytest.raises(ModelFileError, match="corrupted.*remove .*LATEST to resume"):
            checkpoint.load(folder)


@pytest.mark.parametrize(
    "pointer",
    [
        "",
        "{}",
        "[1]",
        '{"manifest": 3}',
        "\x00\xff",
        '{"step": 20, "manifest": "step-00000020.json"}',
    ],
)
def test_a_damaged_pointer_is_one_sentence(folder, pointer):
    (folder / "LATEST").write_text(pointer, encoding="latin-1")
    with pytest.raises(ModelFileError) as error:
        checkpoint.load(folder)
    assert len(re.findall(r"\.\s", str(error.value))) == 0


def test_a_pointer_cannot_lead_out_of_its_folder(folder):
    secret = folder.parent / "secret.json"
    secret.write_text("{}", encoding="utf-8")
    pointer = json.loads((folder / "LATEST").read_text(encoding="utf-8"))
    pointer["manifest"] = "../secret.json"
    (folder / "LATEST").write_text(json.dumps(pointer), encoding="utf-8")
    with pytest.raises(ModelFileError, match="points outside"):
        checkpoint.load(folder)


def test_without_a_pointer_the_newest_whole_checkpoint_is_taken(folder):
    (folder / "step-00000020.safetensors").write_bytes(b"damaged")
    with pytest.raises(ModelFileError):
        checkpoint.load(folder)
    (folder / "LATEST").unlink()
    assert checkpoint.load(folder).step == 10
    (folder / "step-00000010.safetensors").unlink()
    with pytest.raises(ModelFileError, match="no checkpoint .* is whole"):
        checkpoint.load(folder)


def test_a_checkpoint_of_another_format_is_refused(folder, monkeypatch):
    monkeypatch.setattr(checkpoint, "FORMAT", 2)
    with pytest.raises(ModelFileError, match="format 1, and this version reads format 2"):
        checkpoint.load(folder)


def test_tied_weights_are_stored_once_and_come_back_tied():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(5, 3)
            self.head = nn.Linear(3, 5, bias=False)
            self.head.weight = self.words.weight
            self.register_buffer("mask", torch.ones(2), persistent=False)

    torch.manual_seed(0)
    first, second = Tied(), Tied()
    stored = checkpoint.model_tensors(first)
    assert list(stored) == ["words.weight"]
    checkpoint.load_model(second, stored, "it")
    assert torch.equal(second.head.weight, first.head.weight)
    assert second.head.weight is second.words.weight


def test_a_model_of_other_names_or_shapes_is_refused():
    model = nn.Linear(2, 3)
    good = checkpoint.model_tensors(nn.Linear(2, 3))
    with pytest.raises(ModelFileError, match="it has the shape|'weight' with the shape"):
        checkpoint.load_model(model, {**good, "weight": torch.zeros(3, 4)}, "it")
    with pytest.raises(ModelFileError, match="foreign tensor 'c'"):
        checkpoint.load_model(model, {**good, "c": torch.zeros(1)}, "it")
    with pytest.raises(ModelFileError, match="lacks the tensor 'bias'"):
        checkpoint.load_model(model, {"weight": good["weight"]}, "it")


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([nn.Linear(4, 4)])
        self.head = nn.Linear(4, 1)

    def forward(self, x):
        return self.head(self.blocks[0](x).tanh())


@pytest.mark.parametrize("make", [adamw, lambda m, r: muon(m, r, matrix_rate=r)])
def test_optimizers_go_on_bit_equal_from_their_stored_state(make, tmp_path):
    torch.manual_seed(0)
    x, y = torch.randn(8, 4), torch.randn(8, 1)

    def train(model, optimizers, steps):
        for step in steps:
            set_rate(optimizers, 1 - step / 10)
            (model(x) - y).square().mean().backward()
            for optimizer in optimizers:
                optimizer.step()
                optimizer.zero_grad()

    whole = Small()
    half = Small()
    checkpoint.load_model(half, checkpoint.model_tensors(whole), "it")
    optimizers = make(whole, 0.01)
    train(whole, optimizers, range(10))

    early = make(half, 0.01)
    train(half, early, range(5))
    stored = {f"model.{n}": t for n, t in checkpoint.model_tensors(half).items()}
    checkpoint.save(tmp_path, 5, stored | checkpoint.optimizer_tensors(early), {})

    found = checkpoint.load(tmp_path).tensors
    later = Small()
    own = {n.removeprefix("model."): t for n, t in found.items() if n.startswith("model.")}
    checkpoint.load_model(later, own, "it")
    resumed = make(later, 0.01)
    checkpoint.load_optimizers(resumed, found)
    train(later, resumed, range(5, 10))
    digests = [checkpoint.digest(checkpoint.model_tensors(m)) for m in (whole, later)]
    assert digests[0] == digests[1]


def test_a_digest_sees_names_shapes_and_values():
    one = {"a": torch.zeros(2, 3)}
    others = [{"b": torch.zeros(2, 3)}, {"a": torch.zeros(3, 2)}, {"a": torch.full((2, 3), -0.0)}]
    digests = {checkpoint.digest(tensors) for tensors in [one, *others]}
    assert len(digests) == 4
    assert checkpoint.digest({"a": torch.zeros(2, 3)}) in digests
