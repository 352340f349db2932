"""Drawing in Python: a picture is a function of prompt, seed and settings, and knows them."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError, MachineError, ModelFileError

PROMPT = "a hedgehog drinking tea"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder)
    return folder


@pytest.fixture(scope="module")
def model(folder):
    return dx.load(folder)


@pytest.fixture(scope="module")
def samples(model):
    return dx.draw(model, PROMPT, n=5, seed=3)


def plain(model, *args, **options):
    return dx.draw(model, *args, score=False, **options)


def test_sample_j_is_the_picture_of_seed_plus_j(model):
    together = plain(model, PROMPT, n=5, seed=3)
    assert [sample.seed for sample in together] == [3, 4, 5, 6, 7]
    for sample in together:
        (alone,) = plain(model, PROMPT, n=1, seed=sample.seed)
        assert np.array_equal(alone.codes, sample.codes)
        assert np.array_equal(alone.picture, sample.picture)
        assert alone.log_probability == sample.log_probability
    assert len({sample.codes.tobytes() for sample in together}) == 5


def test_the_size_of_a_batch_does_not_matter(model, monkeypatch):
    expected = plain(model, PROMPT, n=5)
    monkeypatch.setattr("dalle_explore.session.studio._AT_ONCE", {"cpu": 2})
    for one, other in zip(expected, plain(model, PROMPT, n=5), strict=True):
        assert np.array_equal(one.codes, other.codes)


def test_a_sample_knows_how_it_was_made(model, samples):
    sample = samples[0]
    assert sample.prompt == PROMPT and sample.model_digest == model.digest
    assert sample.settings == model.card.settings and sample.settings.top_k == 8
    assert sample.codes.shape == (4, 4) and sample.picture.size == (32, 32)
    assert sample.picture.mode == "RGB" and sample.drawn == 5
    assert sample.log_probability == pytest.approx(float(sample.steps.log_probability.sum()))
    assert sample.entropy == pytest.approx(float(sample.steps.entropy.mean()))
    assert sample.steps.top_codes.shape == (16, 16)  # 16 patches, all 16 codes


def test_recorded_probabilities_are_those_of_the_whole_sequence(model, samples):
    sample = samples[0]
    ids = model.generator.encode_text(PROMPT).ids
    output = model.generator.forward(
        model.generator.text_rows([ids]), torch.from_numpy(sample.codes).reshape(1, -1)
    )
    log_p = output.code_logits.log_softmax(-1)[0]
    of_codes = log_p.gather(1, torch.from_numpy(sample.codes).reshape(-1, 1))[:, 0]
    assert torch.allclose(of_codes, torch.from_numpy(sample.steps.log_probability), atol=1e-4)


def test_clip_puts_samples_in_order(model, samples):
    assert [sample.rank for sample in samples] == [1, 2, 3, 4, 5]
    scores = [sample.score for sample in samples]
    assert scores == sorted(scores, reverse=True) and len(set(scores)) > 1
    again = model.score(PROMPT, np.stack([np.asarray(s.picture) for s in samples]))
    assert np.allclose(again, scores)
    assert samples.recipe.scorer_digest == model.card.scorer_digest == model.scorer.digest


def test_scoring_later_is_the_same(model, samples):
    later = plain(model, PROMPT, n=5, seed=3)
    assert later[0].score is None and later[0].rank is None
    assert [s.seed for s in later.scored()] == [s.seed for s in samples]


def test_keep_leaves_the_best_and_best_brings_others_back(model, samples):
    kept = dx.draw(model, PROMPT, n=5, seed=3, keep=2)
    assert [s.seed for s in kept] == [s.seed for s in samples][:2]
    assert len(kept) == 2 and kept.drawn == 5 and len(kept.everything) == 5
    assert kept.everything[4].steps is None and kept[0].steps is not None
    more = kept.best(4)
    assert [s.seed for s in more] == [s.seed for s in samples][:4]
    assert np.array_equal(more[3].picture, samples[3].picture)
    assert kept[-1].rank == 2 and [s.rank for s in samples[1:3]] == [2, 3]


def test_settings_come_from_the_card_and_can_be_changed_one_by_one(model):
    drawn = plain(model, PROMPT, n=1, temperature=0.5, top_k=3)
    assert (drawn.settings.temperature, drawn.settings.top_k) == (0.5, 3)
    given = plain(model, PROMPT, n=1, settings=dx.Settings(top_p=0.5), guidance=2)
    assert (given.settings.top_k, given.settings.top_p, given.settings.guidance) == (None, 0.5, 2)
    likeliest = plain(model, PROMPT, n=3, temperature=0)
    assert len({s.codes.tobytes() for s in likeliest}) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n": 0}, "n is 0"),
        ({"n": -1}, "n is -1"),
        ({"n": 2.5}, "n is 2.5"),
        ({"n": 10_001}, "at most 10000"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**63}, r"below 2\*\*63"),
        ({"seed": "x"}, "seed is 'x'"),
        ({"keep": 17}, "keep is 17, but 16 are drawn"),
        ({"keep": 0}, "keep is 0"),
        ({"keep": 3}, "without scores nobody can say"),
        ({"temperature": -0.5}, "temperature is -0.5"),
        ({"top_k": 17}, "only 16 codes"),
        ({"top_p": 2}, "top_p is 2"),
        ({"guidance": -1}, "guidance is -1"),
        ({"precision": "fp8"}, "precision is 'fp8'"),
        ({"device": "abacus"}, "device is 'abacus'"),
        ({"heat": 1}, "no setting called 'heat'.*temperature"),
    ],
)
def test_bad_numbers_are_one_sentence(model, options, words):
    with pytest.raises(InputError, match=words) as caught:
        plain(model, PROMPT, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("", "prompt is empty"),
        ("  ", "prompt is empty"),
        ("a\x00b", r"control character U\+0000"),
        ("two\nlines", r"control character U\+000A"),
        ("half \ud800", r"U\+D800"),
        ("word " * 10_000, "limit is 64 tokens"),
        (7, "prompt is 7"),
    ],
)
def test_bad_prompts_are_one_sentence(model, prompt, words):
    with pytest.raises(InputError, match=words) as caught:
        plain(model, prompt)
    assert len(str(caught.value)) < 300


def test_what_is_not_a_model_is_refused():
    with pytest.raises(InputError, match=r"model is 'tiny'.*dx\.load"):
        dx.draw("tiny", PROMPT)


def test_a_prompt_too_long_for_clip_is_refused_before_drawing(model):
    long = "é" * 30  # 60 tokens for the prior, which reads 64; the tiny CLIP reads 56
    calls = []
    with pytest.raises(InputError, match=r"CLIP tokens.*score=False"):
        dx.draw(model, long, n=1, progress=lambda done, total: calls.append(done))
    assert not calls
    assert len(plain(model, long, n=1)) == 1


def test_without_clip_scores_are_refused_and_drawing_goes_on(tmp_path):
    make_tiny_bundle(tmp_path, clip=False)
    model = dx.load(tmp_path)
    with pytest.raises(ModelFileError, match=r"carries no CLIP.*score=False"):
        dx.draw(model, PROMPT)
    assert len(plain(model, PROMPT, n=2)) == 2


def test_progress_counts_codes_to_the_end(model):
    seen = []
    plain(model, PROMPT, n=3, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(3 * step, 48) for step in range(1, 17)]


def test_a_bar_is_shown_when_asked_for(model, capsys):
    plain(model, PROMPT, n=1, progress=True)
    assert "drawing" in capsys.readouterr().err


def test_a_batch_that_does_not_fit_is_halved_and_draws_the_same(model, monkeypatch):
    from dalle_explore.session import studio

    expected = plain(model, PROMPT, n=5)
    sizes = []

    def small(generator, requests, settings, **how):
        (one,) = requests
        sizes.append(len(one.seeds))
        if len(one.seeds) > 1:
            raise torch.OutOfMemoryError("the device is full")
        return decode(generator, requests, settings, **how)

    decode = studio.decode
    monkeypatch.setattr(studio, "decode", small)
    drawn = plain(model, PROMPT, n=5)
    assert sizes == [5, 2, 1, 1, 1, 1, 1]
    # What fitted is remembered.
    sizes.clear()
    plain(model, PROMPT, n=2)
    assert sizes == [1, 1]
    model.at_once.clear()
    assert all(np.array_equal(a.codes, b.codes) for a, b in zip(drawn, expected, strict=True))


def test_no_memory_for_one_picture_is_the_fault_of_the_machine(model, monkeypatch):
    def full(*args, **how):
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr("dalle_explore.session.studio.decode", full)
    with pytest.raises(MachineError, match="not enough memory on cpu"):
        plain(model, PROMPT, n=4)


def test_other_faults_are_not_taken_for_memory(model, monkeypatch):
    def broken(*args, **how):
        raise RuntimeError("something else")

    monkeypatch.setattr("dalle_explore.session.studio.decode", broken)
    with pytest.raises(RuntimeError, match="something else"):
        plain(model, PROMPT, n=4)


def test_a_gpu_that_is_not_there_is_the_fault_of_the_machine(folder, model):
    if torch.cuda.is_available():
        assert dx.load(folder, device="cuda").generator.device.type == "cuda"
        return
    with pytest.raises(MachineError, match="GPU"):
        dx.load(folder, device="cuda")
    with pytest.raises(MachineError, match="GPU"):
        plain(model, PROMPT, n=1, device="cuda:7")


def test_what_is_saved_is_opened_again(model, samples, tmp_path):
    assert samples.save(tmp_path / "sheet.png") == (
        tmp_path / "sheet.png",
        tmp_path / "sheet.json",
    )
    for name in ("sheet.png", "sheet.json"):
        opened = dx.open(tmp_path / name, model)
        assert opened.caption() == samples.caption() and len(opened) == len(samples)
        for one, other in zip(opened, samples, strict=True):
            assert np.array_equal(one.picture, other.picture)
            assert (one.seed, one.score, one.rank) == (other.seed, other.score, other.rank)
            assert one.log_probability == other.log_probability and one.steps is None


def test_keep_survives_the_record_with_everything_drawn(model, samples, tmp_path):
    samples.best(2).save(tmp_path / "best.png")
    opened = dx.open(tmp_path / "best.png", model)
    assert len(opened) == 2 and opened.drawn == 5 and len(opened.best(5)) == 5


def test_one_sample_is_saved_pixel_for_pixel_and_remembers_its_place(model, samples, tmp_path):
    samples[2].save(tmp_path / "third.png")
    with Image.open(tmp_path / "third.png") as image:
        assert np.array_equal(image, samples[2].picture)
    (opened,) = dx.open(tmp_path / "third.png", model)
    assert (opened.rank, opened.drawn) == (3, 5)
    assert "rank 3" in opened.caption() and "5 drawn" in opened.caption()


def test_another_model_is_refused_by_digest(samples, tmp_path):
    samples.save(tmp_path / "sheet.json")
    make_tiny_bundle(tmp_path / "other", clip=False, seed=1)
    with pytest.raises(ModelFileError, match=r"drawn by the model 'tiny'.*model=dx\.load"):
        dx.open(tmp_path / "sheet.json", dx.load(tmp_path / "other"))


def test_a_record_from_a_stranger_cannot_smuggle_in_a_prompt(model, samples, tmp_path):
    (path,) = samples.save(tmp_path / "sheet.json")
    values = json.loads(path.read_text(encoding="ascii"))
    values["recipe"]["prompt"] = "a\x1b[2Jb"
    path.write_text(json.dumps(values), encoding="ascii")
    with pytest.raises(InputError, match=r"control character U\+001B"):
        dx.open(path, model)


@pytest.mark.parametrize("grid", [[2, 8], [1, 16]])
def test_a_record_of_another_grid_is_refused(model, samples, tmp_path, grid):
    (path,) = samples.save(tmp_path / "sheet.json")
    values = json.loads(path.read_text(encoding="ascii"))
    values["recipe"]["grid"] = grid
    path.write_text(json.dumps(values), encoding="ascii")
    with pytest.raises(InputError, match="grid of codes"):
        dx.open(path, model)
