import numpy as np
import pytest
import torch
from training_toys import CPU, Blots, blots  # noqa: F401

from dalle_explore import world
from dalle_explore.errors import DataError
from dalle_explore.judging.judge import Judge
from dalle_explore.judging.network import JudgeConfig
from dalle_explore.models.dvae import DVAE
from dalle_explore.models.presets import DVAEConfig, PriorConfig
from dalle_explore.models.prior import Prior
from dalle_explore.scoring.merges import ClipTokenizer, learn_merges, write_merges
from dalle_explore.scoring.network import ClipConfig, make_clip
from dalle_explore.text.tokenizer import learn_tokenizer
from dalle_explore.training.codes import PHRASINGS, EncodedExamples
from dalle_explore.training.data import WorldStream
from dalle_explore.training.painter import Painter
from dalle_explore.training.recipes import RECIPES
from dalle_explore.training.tasks.base import Recipe
from dalle_explore.training.tasks.clip import ClipTask
from dalle_explore.training.tasks.dvae import WARMEST, kl_weight, temperature
from dalle_explore.training.tasks.judge import JudgeTask
from dalle_explore.training.tasks.prior import DROPPED, PriorTask
from dalle_explore.training.tasks.tokenizer import captions_of
from dalle_explore.world.facts import UNSEEN_WORDS
from dalle_explore.world.holdout import held_out

pytestmark = pytest.mark.usefixtures("one_thread")

SMALL = Recipe(batch=8, rate=1e-3)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("world")


@pytest.fixture(scope="module")
def stream(cache):
    return WorldStream("train", 128, folder=cache, chunk=20)


def same(one, other):
    assert one.keys() == other.keys()
    for name, value in one.items():
        equal = torch.equal(value, other[name]) if torch.is_tensor(value) else value == other[name]
        assert equal, name


def check_learns(task, steps, rate=3e-3):
    """The loss on one batch falls, and every parameter gets a gradient."""
    torch.manual_seed(0)
    batch = task.to_device(task.batch(0, 0, 1), CPU)
    optimizer = torch.optim.Adam(task.model.parameters(), lr=rate)
    losses = []
    for _ in range(steps):
        loss, metrics = task.loss(batch, progress=0.5)
        optimizer.zero_grad()
        loss.backward()
        without = [n for n, p in task.model.named_parameters() if p.grad is None]
        assert not without
        optimizer.step()
        task.after_step()
        losses.append(loss.item())
    assert np.mean(losses[-3:]) < np.mean(losses[:3])
    assert all(torch.as_tensor(value).numel() == 1 for value in metrics.values())
    assert "loss" not in metrics, "the loop logs the loss itself"


def check_pure(task):
    later = task.batch(3, 1, 2)
    task.batch(0, 0, 2)
    same(later, task.batch(3, 1, 2))
    first, second = task.batch(0, 0, 2), task.batch(0, 1, 2)
    assert any(
        torch.is_tensor(first[n]) and not torch.equal(first[n], second[n]) for n in first
    ), "two processes see the same examples"


# --- dVAE -------------------------------------------------------------------------------------


def test_the_temperature_falls_to_a_sixteenth_and_stays():
    values = [temperature(step / 100) for step in range(101)]
    assert values[0] == WARMEST
    assert all(a >= b for a, b in zip(values, values[1:], strict=False))
    assert values[70] == values[100] == pytest.approx(1 / 16)
    assert temperature(0.0, start=0.125) == 0.125


def test_the_kl_weight_rises_from_nothing_and_stays():
    values = [kl_weight(step / 100) for step in range(101)]
    assert values[0] == 0 and values[30] == values[100] == max(values) > 0


def test_a_dvae_learns_and_reports_hard_codes():
    task = blots()
    check_pure(task)
    check_learns(task, 30)
    with torch.no_grad():
        figures = task.evaluate(60)
    assert figures["valid_pictures"] == 60
    assert 1 <= figures["valid_codes_in_use"] <= 16
    assert 1 <= figures["valid_code_perplexity"] <= figures["valid_codes_in_use"] + 1e-6
    # The same by hand, from hard codes.
    pictures = task._floats(task.stream.pictures(range(40, 100)))
    with torch.no_grad():
        drawn = task.dvae.decode(task.dvae.encode(pictures))
    error = (drawn - pictures).square().mean(dim=(1, 2, 3))
    assert figures["valid_psnr"] == pytest.approx(float((-10 * error.log10()).mean()), rel=1e-4)


def test_the_dvaes_sheet_shows_rare_colours(stream, monkeypatch):
    from dalle_explore.training.tasks.dvae import _RARE, _telling

    unseen, indices = stream.held_out(40)
    chosen = _telling(unseen, indices)
    colours = [
        {unseen.scene(i).get(r) for r in unseen.scene(i).roles if r.startswith("colour")}
        for i in chosen
    ]
    assert len(chosen) == 16
    assert sum(bool(found & set(_RARE)) for found in colours) >= 6


# --- CLIP -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clip(stream, cache):
    merges = learn_merges(captions_of(stream, 200), 64)
    write_merges(cache / "merges.txt.gz", merges)
    words = ClipTokenizer.open(cache / "merges.txt.gz", 64)
    sizes = {"vision_width": 4, "text_width": 16, "text_layers": 1, "text_heads": 1}
    config = ClipConfig(**sizes, embedding=16, merges=64)

    def make(examples=stream, count=40):
        torch.manual_seed(0)
        task = ClipTask(make_clip(config, merges), words, SMALL, examples, seed=0)
        task.ready(count, quiet=True)
        return task

    return make


def test_clip_learns(clip):
    task = clip()
    check_pure(task)
    check_learns(task, 12)
    with torch.no_grad():
        figures = task.evaluate(20)
        assert task.sheet().size[0] > 300
    assert 0 <= figures["valid_finds_own_caption"] <= 1
    assert figures["valid_pictures"] == 20


def test_half_of_clips_batch_is_of_one_family_and_its_negatives_are_false(clip, monkeypatch):
    from dalle_explore.training.tasks import clip as module

    task = clip()
    seen = {}

    def spy(scenes, rng):
        seen["scenes"] = scenes
        seen["wrong"] = module_hard(scenes, rng)
        return seen["wrong"]

    module_hard = module.hard_negatives
    monkeypatch.setattr(module, "hard_negatives", spy)
    for step in range(4):
        batch = task.batch(step, 0, 1)
        families = [scene.family for scene in seen["scenes"]]
        assert families[:4] == families[:1] * 4
        for scene, wrong in zip(seen["scenes"], seen["wrong"], strict=True):
            assert wrong.facts != scene.facts
            assert not held_out(wrong.family, dict(wrong.facts))
            assert wrong.get("word") not in UNSEEN_WORDS
        assert not batch["same"][torch.arange(8), 8 + torch.arange(8)].any()
        assert batch["same"][torch.arange(8), torch.arange(8)].all()


def test_clip_leaves_out_captions_that_it_cannot_read(clip):
    class Wordy(Blots):
        def captions(self, index):
            return ("word " * 100,) if index % 4 == 0 else super().captions(index)

    task = clip(Wordy())
    assert task.remark.startswith("10 captions have more than 64 tokens")
    assert task.batch(0, 0, 1)["texts"].shape[0] == 8
    with torch.no_grad():
        assert task.evaluate(8)["valid_pictures"] == 6

    class Unreadable(Blots):
        def captions(self, index):
            return ("word " * 100,)

    with pytest.raises(DataError, match="every caption has more than 64 tokens"):
        clip(Unreadable())


# --- judge ------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_dvae", [False, True])
def test_the_judge_learns(cache, with_dvae):
    torch.manual_seed(0)
    examples = WorldStream("judge", 128, folder=cache, chunk=20)
    judge = Judge(JudgeConfig(widths=(8, 8, 16), blocks=(0, 0, 0), heads=2, reading=8))
    config = DVAEConfig(
        codebook_size=16, code_width=8, decoder_widths=(8, 8, 8), decoder_blocks=(0, 0, 0)
    )
    dvae = DVAE(config).eval().requires_grad_(False) if with_dvae else None
    task = JudgeTask(judge, SMALL, examples, 0, dvae=dvae)
    task.ready(20, quiet=True)
    check_pure(task)
    check_learns(task, 8)
    judge.eval()
    with torch.no_grad():
        figures = task.evaluate(20)
    kinds = ("renders", "redrawn") if with_dvae else ("renders",)
    wanted = {f"valid_{what}_{kind}" for kind in kinds for what in ("facts", "all")}
    assert set(figures) == wanted | {"valid_pictures"}
    assert all(0 <= figures[name] <= 1 for name in wanted)
    assert task.sheet().size[1] > 100


# --- prior ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tokenizer(stream):
    return learn_tokenizer(captions_of(stream, 100), size=700)


@pytest.fixture
def examples(stream, tokenizer, tmp_path):
    torch.manual_seed(0)
    config = DVAEConfig(
        codebook_size=16, code_width=8, decoder_widths=(8, 8, 8), decoder_blocks=(0, 0, 0)
    )
    return EncodedExamples(stream, DVAE(config).eval(), tokenizer, tmp_path / "codes")


def prior_task(examples, **changes):
    torch.manual_seed(0)
    sizes = {"layers": 1, "width": 16, "heads": 2, "codebook_size": 16}
    prior = Prior(PriorConfig(**sizes, text_vocabulary=examples.tokenizer.vocabulary_size))
    painter = Painter(prior, examples.dvae, examples.tokenizer)
    task = PriorTask(prior, SMALL, examples, 0, draw=painter.pictures, **changes)
    task.ready(30, quiet=True)
    return task


def test_codes_and_captions_are_those_of_the_examples(examples, stream):
    examples.ready(30, quiet=True)
    assert examples.codes.shape == (30, 256) and examples.codes.dtype == np.uint16
    assert examples.text.shape == (30, PHRASINGS, 64) and examples.text.dtype == np.int16
    picture = torch.from_numpy(stream.pictures([21])).permute(0, 3, 1, 2).float() / 255
    assert examples.codes[21].tolist() == examples.dvae.encode(picture).flatten().tolist()
    said = stream.captions(21)
    for place in range(PHRASINGS):
        ids = examples.tokenizer.encode(said[place % len(said)]).ids
        assert examples.text[21, place].tolist() == [*ids, *[-1] * (64 - len(ids))]


def test_examples_are_encoded_once(examples, monkeypatch):
    examples.ready(20, quiet=True)
    codes = examples.codes.copy()
    monkeypatch.setattr(examples.dvae, "encode", None)  # encoding again would fail
    examples.ready(20, quiet=True)
    assert (examples.codes == codes).all()


def test_captions_that_cannot_be_read_are_learned_without_words_and_counted(
    stream, tokenizer, tmp_path, monkeypatch
):
    long = {3: ("a very long story " * 30,), 5: ("bell \x07",)}
    real = stream.captions
    monkeypatch.setattr(stream, "captions", lambda index: long.get(index) or real(index))
    dvae = DVAE(
        DVAEConfig(
            codebook_size=16, code_width=8, decoder_widths=(8, 8, 8), decoder_blocks=(0, 0, 0)
        )
    ).eval()
    task = prior_task(EncodedExamples(stream, dvae, tokenizer, tmp_path / "other"))
    assert (task.encoded.text[[3, 5]] == -1).all()
    assert task.remark.startswith("2 captions cannot be read (more than 64 tokens")


def test_the_prior_learns_and_draws_its_sheet(examples):
    task = prior_task(examples)
    check_pure(task)
    check_learns(task, 12, rate=1e-2)
    with torch.no_grad():
        figures = task.evaluate(20)
    assert figures["valid_pictures"] == 20
    assert 0 < figures["valid_image"] < np.log(16) + 0.5
    task.brief = True
    sheet = task.sheet()
    assert sheet.size == task.sheet().size and sheet.tobytes() == task.sheet().tobytes()
    first = task.one_each(sheet)
    assert list(first) == list(task.prompts[:2])
    for prompt, drawn in zip(first, task.draw(task.prompts[:2], (0,)), strict=True):
        assert np.array_equal(np.asarray(first[prompt]), drawn[0])


def test_a_tenth_of_the_captions_is_left_out(examples):
    task = prior_task(examples)
    empty = torch.cat([(task.batch(s, 0, 1)["text"] < 0).all(dim=1) for s in range(150)])
    assert abs(empty.float().mean() - DROPPED) < 0.03


def test_every_preset_has_a_recipe_for_every_part():
    from dalle_explore.models.presets import PRESETS

    assert set(RECIPES) == set(PRESETS)
    for recipes in RECIPES.values():
        assert set(recipes) == {"dvae", "judge", "clip", "prior"}


def test_tokenizers_learn_from_training_captions_only(stream):
    learned = list(captions_of(stream, 60))
    for index in range(60):
        scene = world.example("train", index).scene
        assert world.captions(scene)[-1] not in learned
    assert list(captions_of(Blots(), 3)) == ["blot 0", "blot 1", "blot 2"]
