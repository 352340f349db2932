"""Any scorer can order samples: real CLIPs, functions, the judge; and none can spoil them."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore import world
from dalle_explore.errors import InputError, MachineError, ModelFileError
from dalle_explore.judging.judge import Judge
from dalle_explore.judging.network import JudgeConfig
from dalle_explore.judging.scorer import JudgeScorer
from dalle_explore.scoring.contrast import ContrastScorer
from dalle_explore.scoring.network import quiet
from dalle_explore.scoring.scorers import FunctionScorer, called, check_scorer, scores_of
from dalle_explore.session.record import read_record

pytestmark = pytest.mark.usefixtures("one_thread")

PROMPT = "a red cube on top of a blue sphere"
SMALL = JudgeConfig(widths=(8, 16, 32), blocks=(0, 1, 1), heads=2, reading=16)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_tiny_bundle(folder)
    return folder


@pytest.fixture(scope="module")
def model(folder):
    return dx.load(folder)


@pytest.fixture(scope="module")
def samples(model):
    return dx.draw(model, PROMPT, n=5, seed=0, score=False)


def brightness(texts, pictures):
    return [picture.mean() for picture in pictures]


BRIGHT = FunctionScorer(brightness, "brightness", "version 1")


def test_a_function_orders_samples_and_says_so_also_from_a_file(samples, model, tmp_path):
    bright = samples.scored(BRIGHT).best(3)
    means = [np.asarray(sample.picture).mean() for sample in samples.everything]
    assert [s.seed for s in bright.everything] == np.argsort(-np.array(means)).tolist()
    assert bright[0].score == max(means) and bright.recipe.scorer_digest == BRIGHT.digest
    assert "selected by brightness" in bright.caption() and "brightness" in bright[1].caption()
    assert len(bright) == 3 and samples.everything[0].score is None
    bright.save(tmp_path / "bright.png")
    opened = dx.open(tmp_path / "bright.png", model)
    assert opened.caption() == bright.caption()
    assert opened.scores == bright.scores


def test_back_with_the_models_own_clip_nothing_of_the_other_is_left(samples, model):
    own = samples.scored()
    assert "by CLIP" in own.caption() and own[0].scored_by == "CLIP"
    assert samples.scored(BRIGHT).scored().scores == own.scores
    assert samples.scored(model.scorer).caption() == own.caption()
    assert own.scored(BRIGHT).caption() == samples.scored(BRIGHT).caption()


def test_records_from_before_are_read_and_names_that_cannot_be_are_refused(samples, tmp_path):
    samples.scored().save(tmp_path / "own.json")
    values = json.loads((tmp_path / "own.json").read_text())
    del values["scored_by"]
    (tmp_path / "own.json").write_text(json.dumps(values))
    assert read_record(tmp_path / "own.json") == samples.scored().record()
    record = samples.scored(BRIGHT).record()
    assert record.scored_by == record.ranked_by == "brightness"
    for bad, words in (("fit", "scored by 'fit'"), ("a\nb", "scored by"), ("a" * 121, "scored")):
        with pytest.raises(InputError, match=words):
            dataclasses.replace(record, scored_by=bad, ranked_by=bad)
    with pytest.raises(InputError, match="ranked by 'CLIP'"):
        dataclasses.replace(record, ranked_by="CLIP")
    with pytest.raises(InputError, match="names no scorer's digest"):
        dataclasses.replace(samples.record(), scored_by="luck", ranked_by="luck")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([1.0, 2.0, float("nan"), 3.0, 4.0], "gave nan for picture 2 of 5"),
        ([1.0, 2.0, float("inf"), 3.0, float("-inf")], r"gave inf .+ \(2 such in all\)"),
        ([1.0], r"with the shape \(1,\) for 5 pictures"),
        (1.0, r"with the shape \(\) for 5 pictures"),
        ([[1.0]] * 5, r"with the shape \(5, 1\) for 5 pictures"),
        (["good"] * 5, "a number for each of 5 pictures"),
        (None, "gave nan|with the shape"),
        (torch.ones(5, requires_grad=True), "a number for each of 5 pictures"),
    ],
)
def test_what_is_no_score_is_refused_and_nothing_is_lost(samples, given, words):
    before = samples.scored()
    scorer = FunctionScorer(lambda texts, pictures: given, "broken", "1")
    with pytest.raises(InputError, match=words) as caught:
        before.scored(scorer)
    assert "the scorer 'broken'" in str(caught.value)
    assert before.caption() == samples.scored().caption()


def test_a_function_sees_one_text_a_picture_and_cannot_change_what_others_see(samples):
    seen = []

    def vandal(texts, pictures):
        seen.append((texts, pictures.dtype, pictures.shape))
        pictures[:] = 0
        return torch.arange(len(texts))

    pictures = np.full((2, 4, 4, 3), 9, dtype=np.uint8)
    assert scores_of(FunctionScorer(vandal, "vandal", "1"), PROMPT, pictures).tolist() == [0, 1]
    assert seen == [([PROMPT] * 2, np.uint8, (2, 4, 4, 3))] and (pictures == 9).all()


def test_function_scorers_are_told_apart_by_name_and_digest():
    assert BRIGHT.digest != FunctionScorer(brightness, "brightness", "version 2").digest
    assert FunctionScorer(brightness, "b", "ab" * 32).digest == "ab" * 32
    for function, name, digest, words in (
        (3, "b", "1", "function is 3"),
        (brightness, "CLIP", "1", "name is 'CLIP'"),
        (brightness, "a\nb", "1", "name is"),
        (brightness, "b" * 81, "1", "name is"),
        (brightness, "b", " ", "digest is ' '"),
        (brightness, "b", None, "digest is None"),
    ):
        with pytest.raises(InputError, match=words):
            FunctionScorer(function, name, digest)


def test_what_is_no_scorer_is_refused(samples):
    for bad in (brightness, "ViT-B-32", FunctionScorer):
        with pytest.raises(InputError, match="a scorer has score"):
            samples.scored(bad)
    check_scorer(BRIGHT)


def test_the_clip_of_a_model_a_folder_and_a_real_vit_are_opened_by_one_door(
    samples, model, folder, tmp_path
):
    one, two = dx.load_scorer(folder), dx.load_scorer(folder / "clip")
    assert one.name == two.name == "CLIP of tiny"
    assert one.digest == two.digest == model.scorer.digest
    assert samples.scored(one).caption() == samples.scored().caption()
    write_vit(tmp_path / "vit")
    vit = dx.load_scorer(tmp_path / "vit")
    ranked = samples.scored(vit)
    assert "ordered by CLIP of vit, best" in ranked.caption() and len(set(ranked.scores)) == 5
    contrast = samples.scored(ContrastScorer(vit))
    assert "ordered by CLIP of vit against foils, best" in contrast.caption()
    assert all(0 < score < 1 for score in contrast.scores)
    with pytest.raises(InputError, match="CLIP tokens"):
        vit.score("word " * 90, np.zeros((1, 8, 8, 3), dtype=np.uint8))


def write_vit(folder):
    """A vision transformer of open_clip with its own merges, as checkpoints come: only tiny."""
    with quiet():
        from open_clip.model import CLIP
    sizes = {
        "embed_dim": 16,
        "vision_cfg": {
            "image_size": 32,
            "layers": 1,
            "width": 32,
            "head_width": 16,
            "patch_size": 16,
        },
        "text_cfg": {
            "context_length": 77,
            "vocab_size": 49408,
            "width": 16,
            "heads": 2,
            "layers": 1,
        },
    }
    torch.manual_seed(0)
    tensors = CLIP(**sizes).state_dict()
    folder.mkdir()
    save_file(
        {k: v.contiguous() for k, v in tensors.items()}, folder / "open_clip_model.safetensors"
    )
    shown = {"mean": [0.48, 0.46, 0.41], "std": [0.27, 0.26, 0.28], "size": 32, "mode": "RGB"}
    config = {"model_cfg": sizes, "preprocess_cfg": shown}
    (folder / "open_clip_config.json").write_text(json.dumps(config))


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("ViT-B-32/laion2b_s34b_b79k", MachineError, "cannot be fetched .+ kept in the cache"),
        ("ViT-B-32/nothing", InputError, "open_clip has the weights"),
        ("ViT-Z-99/x", InputError, "no weights of that name"),
        ("no such folder", ModelFileError, "there is no folder 'no such folder'"),
        ("./nowhere", ModelFileError, "there is no folder"),
        ("a/b/c", ModelFileError, "there is no folder"),
        ("", InputError, "name is ''"),
        (None, InputError, "name is None"),
    ],
)
def test_a_scorer_that_is_not_there_says_what_to_do(name, error, words):
    with pytest.raises(error, match=words):
        dx.load_scorer(name)


def test_a_folder_without_a_clip_says_what_is_missing(tmp_path):
    with pytest.raises(ModelFileError, match=r"open_clip_config\.json"):
        dx.load_scorer(tmp_path)


def test_captions_never_take_another_scorer_for_the_models_own():
    class Odd:
        name, digest = " Clip\n", "ab" * 32

    assert called(Odd()) == "Clip (abababab)"
    Odd.name = "x" * 200
    assert called(Odd()) == "x" * 80


def test_the_judge_scores_by_the_share_of_stated_facts():
    torch.manual_seed(0)
    judge = Judge(SMALL).eval()
    scenes = [world.read(PROMPT).scene, world.example("judge", 3).scene]
    pictures = np.stack([np.asarray(world.draw(scene)) for scene in scenes])
    scorer = JudgeScorer(judge)
    found = scores_of(scorer, PROMPT, pictures)
    told = [verdict.agrees(scenes[0]) for verdict in judge.read(pictures)]
    assert found.tolist() == pytest.approx([sum(t.values()) / 5 for t in told])
    assert len(scorer.digest) == 64 and scorer.digest == JudgeScorer(judge).digest
    assert JudgeScorer(judge, "ab" * 32).digest == "ab" * 32
    with pytest.raises(InputError, match="cannot be read"):
        scorer.score("asdf", pictures)


def test_a_model_opens_its_judge_when_asked_and_knows_its_digest_before(folder, tmp_path, model):
    import shutil

    from dalle_explore.files import sha256
    from dalle_explore.pretrained.card import Network, update_card

    assert model.judge_digest is None
    with pytest.raises(ModelFileError, match="carries no judge"):
        _ = model.judge
    judged = shutil.copytree(folder, tmp_path / "judged")
    torch.manual_seed(0)
    Judge(SMALL).save(judged / "judge.safetensors")
    update_card(judged, networks={"judge": Network(SMALL.to_json(), 1, None)})
    other = dx.load(judged)
    assert other.judge_digest == sha256(judged / "judge.safetensors")
    assert other.judge is other.judge and not other.judge.training
    assert other.digest == model.digest
