"""Activations go into shards, whole, resumable, and are those of the drawn pictures."""

import json

import pytest
import torch
from safetensors.torch import load_file
from tiny_model import tiny_model

from dalle_explore.edits import AblateHead, KnockOut, Mix
from dalle_explore.errors import InputError
from dalle_explore.sampling import recording
from dalle_explore.sampling.recording import INDEX, record
from dalle_explore.settings import Settings

pytestmark = pytest.mark.usefixtures("one_thread")
PROMPTS = ["a red cube", "a blue sphere on top", "a red sphere"]
WANT = ["block.*.resid_out", "block.1.attn.pattern", "embed.position"]


@pytest.fixture(scope="module")
def model():
    return tiny_model()


def make(model, to, prompts=PROMPTS, want=WANT, **how):
    settings = how.pop("settings", Settings(guidance=2.0))
    return record(model, prompts, want, to, settings, digest="d" * 64, **how)


def test_shards_hold_what_the_model_thinks_of_its_own_pictures(model, tmp_path):
    edits = [AblateHead(0, 1)]
    made = make(model, tmp_path / "out", n=2, seed=5, edits=edits, budget=150_000)
    assert made.pictures == 6 and len(made.shards) > 1
    shards = [load_file(tmp_path / "out" / name) for name in made.shards]
    assert torch.cat([s["prompt"] for s in shards]).tolist() == [0, 0, 1, 1, 2, 2]
    assert torch.cat([s["seed"] for s in shards]).tolist() == [5, 6] * 3
    first = shards[0]
    assert first["block.0.resid_out"].shape == (len(first["codes"]), 60, 32)
    assert first["block.1.attn.pattern"].shape[1:] == (2, 60, 60)
    assert first["embed.position"].shape[1:] == (60, 32)
    pattern = first["block.1.attn.pattern"]
    torch.testing.assert_close(pattern.sum(-1), torch.ones_like(pattern[..., 0]))
    plain = make(model, tmp_path / "plain", n=2, seed=5, budget=150_000)
    other = load_file(tmp_path / "plain" / plain.shards[0])
    assert not torch.equal(other["block.1.resid_out"], first["block.1.resid_out"])
    index = json.loads((tmp_path / "out" / INDEX).read_text("utf-8"))
    assert index["prompts"] == PROMPTS and set(index["shards"]) == set(made.shards)


def test_a_recording_goes_on_where_it_stopped(model, tmp_path, monkeypatch):
    whole = make(model, tmp_path / "whole", budget=150_000)
    calls = []
    shard = recording._shard

    def failing(*args):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return shard(*args)

    monkeypatch.setattr(recording, "_shard", failing)
    with pytest.raises(KeyboardInterrupt):
        make(model, tmp_path / "cut", budget=150_000)
    make(model, tmp_path / "cut", budget=150_000)
    assert len(calls) == len(whole.shards) + 1
    for name in whole.shards:
        cut, full = ((tmp_path / f / name).read_bytes() for f in ("cut", "whole"))
        assert cut == full
    (tmp_path / "cut" / whole.shards[0]).write_bytes(b"damaged")
    make(model, tmp_path / "cut", budget=150_000)
    assert (tmp_path / "cut" / whole.shards[0]).read_bytes() == (
        tmp_path / "whole" / whole.shards[0]
    ).read_bytes()


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"want": ["block.7.resid_out"]}, "matches no hook point"),
        ({"want": "logits"}, r"want=\['logits'\]"),
        ({"want": []}, "want is empty"),
        ({"prompts": []}, "no prompts"),
        ({"prompts": [""]}, "the prompt is empty"),
        ({"budget": 10}, "but the budget is 10"),
        ({"edits": [KnockOut("cube")]}, "no word 'cube'"),
        ({"edits": [Mix(("a", "b"), (0.5, 0.5))]}, "read its prompts one by one"),
    ],
)
def test_bad_wishes_are_sentences(model, tmp_path, how, sentence):
    with pytest.raises(InputError, match=sentence):
        make(model, tmp_path / "out", **how)


def test_another_recording_or_other_files_are_not_overwritten(model, tmp_path):
    make(model, tmp_path / "out", PROMPTS[:1])
    with pytest.raises(InputError, match="holds another recording"):
        make(model, tmp_path / "out", PROMPTS[1:2])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("x", encoding="ascii")
    with pytest.raises(InputError, match="holds other files"):
        make(model, tmp_path / "mine")
