"""Training as a person meets it: all parts, resumed, continued, from folders, with bad input."""

import dataclasses
import json

import pytest
import torch
from PIL import Image
from training_toys import quiet

from dalle_explore.cli import main
from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import sha256
from dalle_explore.models.presets import PRESETS, Preset
from dalle_explore.pretrained.bundle import load_bundle
from dalle_explore.pretrained.card import Training, read_card
from dalle_explore.training import data, loop, recipes
from dalle_explore.training import train as training
from dalle_explore.training.export import continued
from dalle_explore.training.loop import Stopped
from dalle_explore.training.machine import Machine, fast_bf16, open_machine
from dalle_explore.training.parts import Job
from dalle_explore.training.plan import Looks, Plan
from dalle_explore.training.tasks.base import Recipe
from dalle_explore.training.train import train

thumb = PRESETS["thumb"]
MICRO = Preset(
    name="thumb",
    dvae=dataclasses.replace(
        thumb.dvae,
        codebook_size=16,
        code_width=8,
        encoder_widths=(8, 8),
        encoder_blocks=(0, 0),
        decoder_widths=(8, 8, 8),
        decoder_blocks=(0, 0, 0),
    ),
    prior=dataclasses.replace(
        thumb.prior, layers=1, width=16, heads=2, codebook_size=16, text_vocabulary=600
    ),
    clip={"vision_width": 4, "text_width": 16, "text_layers": 1, "text_heads": 1, "embedding": 16},
    judge={"widths": (8, 8, 16), "blocks": (0, 0, 0), "heads": 2, "reading": 8},
)
PARTS = ("tokenizer", "dvae", "judge", "clip", "prior")


@pytest.fixture(autouse=True, scope="module")
def small(tmp_path_factory):
    """Chunks, batches and sets of words that a test can wait for, on one thread."""
    recipe = Recipe(batch=4, rate=1e-3, average=0.9, muon=1e-3)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DALLE_EXPLORE_HOME", str(tmp_path_factory.getbasetemp() / "home"))
        patch.setattr(data, "CHUNK", 20)
        patch.setattr(data, "cores", lambda: 1)
        patch.setattr("dalle_explore.training.parts.EXAMPLES_FOR_WORDS", 150)
        patch.setattr(training, "GLANCE", 20)
        patch.setattr(loop, "plot_log", lambda log, picture, title: picture.write_bytes(b"plot"))
        patch.setattr(training, "_looks_of", lambda steps: Looks(sheets=1, validation=16))
        for part in recipes.RECIPES["thumb"]:
            patch.setitem(recipes.RECIPES["thumb"], part, recipe)
        yield
    torch.set_num_threads(threads)


def run(part, out, machine_=None, **wish):
    with open_machine("cpu", "fp32") as machine:
        train(part, Job(preset=MICRO, out=out, **wish), machine_ or machine, quiet())
    return out


def weights(out):
    return {name: entry.sha256 for name, entry in read_card(out).files.items()}


@pytest.fixture(scope="module")
def whole(small, tmp_path_factory):
    """A model whose parts all trained for three steps, without a stop."""
    return run("all", tmp_path_factory.mktemp("whole") / "model", steps=3)


def test_all_leaves_a_complete_model_that_opens_and_says_how_it_was_made(whole):
    bundle = load_bundle(whole)
    card = bundle.card
    assert set(card.networks) == set(PARTS)
    for name, entry in card.files.items():
        assert sha256(whole / name) == entry.sha256
    made = card.networks["prior"].training
    assert made.steps == 3 and made.world_version == 1 and "CPU" in made.device
    assert made.seconds > 0 and "drawn world" in made.data
    assert card.settings.guidance == 3 and card.settings.top_k == 16
    assert card.networks["dvae"].parameters == sum(p.numel() for p in bundle.dvae.parameters())
    codes = torch.zeros(1, 16, 16, dtype=torch.int64)
    assert bundle.dvae.decode(codes).isfinite().all()


def test_scorer_and_judge_open_from_the_model(whole):
    from dalle_explore.judging.judge import Judge
    from dalle_explore.scoring.clip import ClipScorer

    assert ClipScorer.load(whole / "clip").encode_text(["a red cube"]).shape == (1, 16)
    assert Judge.load(whole / "judge.safetensors").config.widths == (8, 8, 16)


def test_every_part_leaves_plan_log_plot_and_sheets(whole):
    for part in PARTS[1:]:
        folder = whole / "runs" / part
        plan = Plan.read(folder)
        assert (plan.steps, plan.batch, plan.preset) == (3, 4, "thumb")
        names = {path.name for path in folder.iterdir()}
        assert {"plan.json", "log.jsonl", "loss.png", "finished.json", "checkpoints"} <= names
        assert list((folder / "sheets").glob("*.png"))


def test_a_finished_training_is_left_alone(whole, capsys):
    before = weights(whole)
    run("all", whole, steps=3, resume=True)
    assert weights(whole) == before
    with pytest.raises(InputError, match="already holds a training of this part: .*--resume"):
        run("dvae", whole, steps=3)


def test_all_goes_on_wherever_it_was_stopped_and_ends_with_the_same_bits(
    whole, tmp_path, monkeypatch
):
    note = loop._Run.note

    def note_then_stop(self, done, metrics, bar):
        """As Ctrl-C does it: a checkpoint after two of three steps, then away."""
        note(self, done, metrics, bar)
        if done == 2 and self.first_step == 0:
            self.save(done)
            raise Stopped("stopped")

    monkeypatch.setattr(loop._Run, "note", note_then_stop)
    out, stops = tmp_path / "model", 0
    while not (out / "runs" / "prior" / "finished.json").exists():
        try:
            run("all", out, steps=3, resume=stops > 0)
        except Stopped:
            stops += 1
    assert stops == 4, "once in every part"
    assert weights(out) == weights(whole)


def test_minutes_are_turned_into_a_plan_that_gives_the_same_weights_again(tmp_path):
    timed = run("dvae", tmp_path / "timed", minutes=0.05)
    plan = Plan.read(timed / "runs" / "dvae")
    assert plan.steps >= 1 and plan.seconds_per_step > 0
    again = run("dvae", tmp_path / "again", steps=plan.steps)
    assert weights(again) == weights(timed)


def test_hardly_any_time_still_gives_a_complete_model(tmp_path):
    out = run("all", tmp_path / "model", minutes=0.001)
    assert set(load_bundle(out).card.networks) == set(PARTS)


def test_parts_can_be_trained_one_by_one(whole, tmp_path):
    out = tmp_path / "model"
    with pytest.raises(InputError, match="the prior needs a trained tokenizer"):
        run("prior", out, steps=3)
    for part in ("dvae", "tokenizer", "prior"):
        run(part, out, steps=3)
    alone, together = weights(out), weights(whole)
    assert set(alone) == {"tokenizer.json", "dvae.safetensors", "prior.safetensors"}
    assert all(alone[name] == together[name] for name in alone)


def test_the_seed_decides_the_weights(whole, tmp_path):
    other = run("dvae", tmp_path / "model", steps=3, seed=1)
    assert weights(other)["dvae.safetensors"] != weights(whole)["dvae.safetensors"]


def test_training_can_start_from_another_model(whole, tmp_path):
    out = run("prior", tmp_path / "model", steps=1, init_from=whole)
    here, there = load_bundle(out), load_bundle(whole)
    assert weights(out)["tokenizer.json"] == weights(whole)["tokenizer.json"]
    assert weights(out)["dvae.safetensors"] == weights(whole)["dvae.safetensors"]
    pairs = zip(here.prior.parameters(), there.prior.parameters(), strict=True)
    # One step at a small rate stays close to where it began; random weights would be elsewhere.
    assert all((a - b).abs().max() < 0.01 for a, b in pairs)
    assert weights(out)["prior.safetensors"] != weights(whole)["prior.safetensors"]
    earlier, whole_story = (
        there.card.networks["prior"].training,
        here.card.networks["prior"].training,
    )
    assert whole_story.steps == earlier.steps + 1 and whole_story.seconds > earlier.seconds
    assert whole_story.device == earlier.device and whole_story.data == earlier.data


def test_a_card_tells_on_what_a_training_went_on():
    cpu = Training("the world", 1, 10, "2 CPU cores, fp32", 5.0, "a")
    gpu = Training("my_album", None, 5, "NVIDIA H200, bf16", 2.0, "b")
    both = continued(cpu, gpu)
    assert both.data == "the world, then my_album" and both.world_version == 1
    assert both.device == "2 CPU cores, fp32, then NVIDIA H200, bf16"
    assert (both.steps, both.seconds, both.commit) == (15, 7.0, "b")
    assert continued(both, gpu).device == both.device
    twelve = Training("the world", 1, 1, "12 CPU cores, fp32", 1.0)
    assert continued(twelve, cpu).device == "12 CPU cores, fp32, then 2 CPU cores, fp32"


def test_starting_from_another_size_or_from_itself_is_refused(whole, tmp_path):
    larger = dataclasses.replace(MICRO, prior=dataclasses.replace(MICRO.prior, width=32))
    with (
        open_machine("cpu", "fp32") as machine,
        pytest.raises(ModelFileError, match="belongs to another model"),
    ):
        job = Job(preset=larger, out=tmp_path / "model", steps=1, init_from=whole)
        train("prior", job, machine, quiet())
    with pytest.raises(InputError, match="which is also where --init-from reads"):
        run("tokenizer", whole.parent / "x" / ".." / "model", steps=1, init_from=whole)


def test_a_run_is_only_resumed_as_it_was_started(whole):
    with pytest.raises(InputError, match="another steps: 3, and 5 was asked for"):
        Plan.read(whole / "runs" / "dvae").check(whole, steps=5)
    with pytest.raises(InputError, match="pictures or captions have changed"):
        Plan.read(whole / "runs" / "dvae").check(whole, data="other")
    Plan.read(whole / "runs" / "dvae").check(whole, steps=None, preset="thumb")


def test_a_damaged_plan_is_one_sentence(tmp_path):
    for text in ("{}", "[]", '{"steps": "many"}', "not json"):
        (tmp_path / "plan.json").write_text(text, encoding="utf-8")
        with pytest.raises(ModelFileError):
            Plan.read(tmp_path)


# --- a person's own pictures ------------------------------------------------------------------


@pytest.fixture
def album(tmp_path):
    folder = tmp_path / "album"
    folder.mkdir()
    lines = []
    for number in range(12):
        Image.new("RGB", (30, 20), (20 * number, 90, 200)).save(folder / f"{number}.png")
        lines.append({"file_name": f"{number}.png", "text": f"my blot number {number}"})
    lines[3]["text"] = "far too long " * 60
    (folder / "broken.png").write_bytes(b"no picture")
    lines.append({"file_name": "broken.png", "text": "broken"})
    text = "\n".join(json.dumps(line) for line in lines)
    (folder / "metadata.jsonl").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_of_ones_own_pictures_becomes_a_model_without_a_judge(album, tmp_path, capsys):
    out = tmp_path / "model"
    with open_machine("cpu", "fp32") as machine:
        pace = dataclasses.replace(quiet(), quiet=False)
        train("all", Job(preset=MICRO, out=out, data=album, steps=2), machine, pace)
    card = load_bundle(out).card
    assert set(card.networks) == {"tokenizer", "dvae", "clip", "prior"}
    assert card.world_version is None
    assert "own pictures in the folder 'album'" in card.networks["prior"].training.data
    said = capsys.readouterr().out
    assert said.count("it is damaged or not a picture: broken.png") == 1
    assert "1 captions cannot be read" in said
    with pytest.raises(InputError, match="the judge reads the facts of the drawn world"):
        run("judge", out, data=album, steps=1)


def test_a_judge_can_be_taken_over(album, whole, tmp_path):
    out = run("all", tmp_path / "model", data=album, steps=1, init_from=whole)
    assert weights(out)["judge.safetensors"] == weights(whole)["judge.safetensors"]
    assert read_card(out).networks["judge"] == read_card(whole).networks["judge"]


# --- the command line -------------------------------------------------------------------------


def command(capsys, *words):
    status = main(["train", *words])
    return status, capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["everything"], "the part is 'everything', but the parts are"),
        (["dvae", "--preset", "huge"], "preset is 'huge', but the presets are thumb"),
        (["dvae", "--minutes", "0"], "--minutes is 0, but a training takes more than 0"),
        (["dvae", "--minutes", "-3"], "--minutes is -3"),
        (["dvae", "--minutes", "nan"], "--minutes is nan"),
        (["dvae", "--minutes", "1e9"], "--minutes is 1e"),
        (["dvae", "--minutes", "soon"], "soon"),
        (["dvae", "--steps", "0"], "--steps is 0"),
        (["dvae", "--steps", "5", "--minutes", "5"], "give only one of them"),
        (["dvae", "--data", "nowhere"], "--data is 'nowhere', but there is no such folder"),
        (["dvae", "--seed", "-1"], "--seed is -1"),
        (["dvae", "--device", "tpu", "--steps", "1"], "device is 'tpu'"),
        (["dvae", "--precision", "fp8"], "fp8"),
        (["dvae", "--init-from", "nowhere"], "there is no model 'nowhere'"),
        (["dvae", "--resume"], "nothing to resume"),
        (["all", "--resume"], "nothing to resume"),
        (["dvae", "--step", "3"], "--step"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_status_2(
    tmp_path, monkeypatch, capsys, words, said
):
    monkeypatch.chdir(tmp_path)
    status, error = command(capsys, *words)
    assert (status, error.count("\n")) == (2, 0), error
    assert error.startswith("error: ") and said in error


def test_a_gpu_that_is_not_there_is_the_machines_fault(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    status, error = command(capsys, "dvae", "--device", "cuda", "--steps", "1")
    assert status == 1 and "this machine" in error


def test_an_unwritable_out_is_one_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    status, error = command(capsys, "dvae", "--steps", "1", "--out", str(tmp_path / "file" / "x"))
    assert status == 2 and error.count("\n") == 0 and "cannot make the folder" in error


def test_resuming_with_another_preset_or_a_corrupted_checkpoint_is_one_sentence(
    whole, tmp_path, capsys
):
    import shutil

    out = tmp_path / "model"
    shutil.copytree(whole, out)
    words = ("dvae", "--out", str(out), "--resume")
    status, error = command(capsys, *words, "--preset", "pocket")
    assert status == 2 and "was started with 'thumb'" in error
    (out / "runs" / "dvae" / "finished.json").unlink()
    plan = out / "runs" / "dvae" / "plan.json"
    tensors = next((out / "runs" / "dvae" / "checkpoints").glob("*.safetensors"))
    tensors.write_bytes(tensors.read_bytes()[:-1] + b"x")
    assert plan.is_file()
    status, error = command(capsys, *words, "--device", "cpu", "--precision", "fp32")
    assert status == 2 and error.count("\n") == 0 and "corrupted" in error


def test_the_command_trains_and_says_where_the_model_lies(tmp_path, capsys):
    out = tmp_path / "model"
    assert main(["train", "tokenizer", "--preset", "thumb", "--out", str(out)]) == 0
    assert f"the model lies in {out}" in capsys.readouterr().out
    assert set(read_card(out).networks) == {"tokenizer"}


# --- the machine ------------------------------------------------------------------------------


def test_bf16_is_chosen_only_where_the_processor_multiplies_it(monkeypatch):
    cpu = torch.device("cpu")
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda: False, raising=False)
    assert not fast_bf16(cpu)
    with open_machine("cpu") as machine:
        assert machine.precision == "fp32" and not machine.autocast()._enabled
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: True)
    assert fast_bf16(cpu)
    with open_machine("cpu") as machine:
        assert machine.precision == "bf16"
    with open_machine("cpu", "fp32") as machine:
        assert machine.precision == "fp32"


def test_bf16_autocast_trains_too(tmp_path):
    half = Machine(torch.device("cpu"), "bf16")
    out = run("dvae", tmp_path / "model", machine_=half, steps=2)
    assert "bf16" in read_card(out).networks["dvae"].training.device


def test_numbers_too_small_to_matter_are_nought_while_training_and_come_back_after():
    able = torch.set_flush_denormal(True)
    torch.set_flush_denormal(False)

    def product() -> float:
        return float(torch.tensor([1e-30]) * torch.tensor([1e-10]))

    assert product() > 0
    with open_machine("cpu", "fp32"):
        assert (product() == 0) == able
    assert product() > 0
