"""The nearest training pictures: chosen by facts, drawn again, compared by three measures."""

import dataclasses

import numpy as np
import pytest
import torch
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.instruments import candidates as choosing
from dalle_explore.instruments import drawn_again, neighbours
from dalle_explore.instruments.candidates import candidates, facts_table
from dalle_explore.instruments.kept import Kept
from dalle_explore.instruments.neighbours import nearest
from dalle_explore.world import draw, example, read
from dalle_explore.world.splits import planted

pytestmark = pytest.mark.usefixtures("one_thread")

SPLIT = 1_500  # examples of the training split, as far as these tests go
PROMPT = "a red cube on top of a blue sphere"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("neighbours") / "tiny"
    make_tiny_bundle(folder, codebook_size=40)
    return dx.load(folder)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return Kept(tmp_path_factory.mktemp("kept") / "kept.sqlite")


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """A training split whose facts are read in a moment."""
    monkeypatch.setattr(choosing, "split_sizes", lambda: {"train": SPLIT})


@pytest.fixture(scope="module")
def sample(model):
    return dx.draw(model, PROMPT, n=1, seed=3, score=False)[0]


@pytest.fixture(scope="module")
def pixels(model, sample):
    return model.decode(sample.codes)


@pytest.fixture
def found(model, kept, sample, pixels):
    return nearest(
        model.generator, sample.trace, pixels, clip=model.scorer, n=5, among=120, kept=kept
    )


def picture(index):
    return np.array(draw(example("train", index).scene, size=32))


def shares(index, prompt=PROMPT):
    wanted, have = read(prompt).scene, example("train", index).scene
    return len(set(wanted.facts) & set(have.facts)), len(have.facts)


def test_candidates_share_most_facts_family_first(kept):
    chosen = candidates(PROMPT, 300, kept)
    families = [example("train", int(i)).scene.family == "relations" for i in chosen.indices]
    assert families == sorted(families, reverse=True) and sum(families) >= 200
    inside = [int(i) for i, right in zip(chosen.indices, families, strict=True) if right]
    # Most shared first, then fewest besides, then the smaller index.
    keys = [(-s, stated - s, index) for index in inside for s, stated in [shares(index)]]
    assert keys == sorted(keys)
    every = [i for i in range(SPLIT) if example("train", i).scene.family == "relations"]
    best = max(shares(index)[0] for index in every)
    assert shares(inside[0])[0] == best
    equal = sum(shares(index)[0] == best for index in every)
    assert f"relations first ({equal} share {best} of 5)" in chosen.how


def test_a_picture_that_the_split_has_twice_is_one_candidate(kept):
    chosen = candidates(None, SPLIT, kept)
    there = {int(index): int(n) for index, n in zip(chosen.indices, chosen.times, strict=True)}
    later = {index for group in planted() for index in sorted(group.indices)[1:]}
    assert len(there) == len(chosen.indices) and not later & there.keys()
    for group in planted():
        first = min(group.indices)
        if first < SPLIT:
            assert there[first] == group.level
    assert sum(n > 1 for n in there.values()) > 3


@pytest.mark.parametrize("prompt", ["a zeppelin over the moon", "not a cat", "red", ""])
def test_a_prompt_whose_facts_cannot_be_read_takes_the_first_and_says_why(prompt, kept):
    chosen = candidates(prompt, 40, kept)
    assert list(chosen.indices[:5]) == [0, 1, 2, 3, 4]
    reason = read(prompt).reason.rstrip(".")
    assert chosen.how.endswith(f"because {reason}") and "which is shuffled" in chosen.how


def test_the_table_of_facts_is_made_once(tmp_path, monkeypatch):
    kept = Kept(tmp_path / "kept.sqlite")
    told = []
    table = facts_table(kept, lambda *step: told.append(step))
    assert told == [("training facts", 0, SPLIT), ("training facts", SPLIT, SPLIT)]
    monkeypatch.setattr(choosing, "example", lambda *_: pytest.fail("it was read again"))
    assert np.array_equal(facts_table(kept), table)


def test_a_table_of_another_version_is_made_again(tmp_path, monkeypatch):
    kept = Kept(tmp_path / "kept.sqlite")
    for data in (b"", b"nonsense"):
        kept.put("facts 1", {0: data})
        assert len(facts_table(kept)) == SPLIT
    monkeypatch.setattr(choosing, "split_sizes", lambda: {"train": 100})
    assert len(facts_table(kept)) == 100


def test_reading_facts_can_be_ended(tmp_path):
    kept = Kept(tmp_path / "kept.sqlite")
    assert candidates(PROMPT, 10, kept, goes_on=lambda: False) is None
    assert kept.get("facts 1", [0]) == {}


def test_a_training_picture_finds_itself_by_every_measure(model, kept):
    one = example("train", 17)
    pixels = picture(17)
    codes = model.generator.encode_image(torch.from_numpy(pixels)[None])[0].numpy()
    found = nearest(
        model.generator,
        codes,
        pixels,
        prompt=one.caption,
        clip=model.scorer,
        n=80,
        among=80,
        kept=kept,
    )
    for measure, perfect in zip(found.measures, (1.0, 1.0, 0.0), strict=True):
        # Random weights do not tell all pictures apart: others may be as near.
        (own,) = (near for near in measure.neighbours if near.index == 17)
        assert (own.caption, own.times) == (one.caption, 1)
        assert own.value == pytest.approx(perfect, abs=1e-5)
        assert measure.neighbours[0].value == pytest.approx(perfect, abs=1e-5)
        assert np.array_equal(own.pixels, pixels)
    assert 17 in found.agreed and found.seed is None


def test_values_are_those_of_the_pictures_compared_one_by_one(model, sample, pixels, found, kept):
    chosen = [int(index) for index in candidates(PROMPT, 120, kept).indices]
    theirs = np.stack([picture(index) for index in chosen])
    codes = model.generator.encode_image(torch.from_numpy(theirs)).reshape(120, -1).numpy()
    vectors = model.scorer.encode_image(theirs)
    expected = {
        "clip": vectors @ model.scorer.encode_image(pixels[None])[0],
        "codes": (codes == sample.codes.ravel()).mean(axis=1),
        "pixels": np.sqrt(((theirs - pixels.astype(float)) ** 2).mean(axis=(1, 2, 3))),
    }
    assert [measure.name for measure in found.measures] == list(expected)
    for measure in found.measures:
        values = expected[measure.name]
        order = sorted(
            range(120),
            key=lambda j: (-values[j] if measure.higher else values[j], chosen[j]),
        )
        best = [values[j] for j in order[:5]]
        assert [one.value for one in measure.neighbours] == pytest.approx(best, abs=1e-5)
        for one in measure.neighbours:
            at = chosen.index(one.index)
            assert one.value == pytest.approx(values[at], abs=1e-5)
            assert one.caption == example("train", one.index).caption
            assert np.array_equal(one.pixels, theirs[at])


def test_the_scale_is_how_near_the_candidates_are_to_each_other(model, kept, sample, pixels):
    found = nearest(model.generator, sample.trace, pixels, n=1, among=20, kept=kept)
    chosen = candidates(PROMPT, 20, kept).indices
    theirs = np.stack([picture(int(index)) for index in chosen]).reshape(20, -1).astype(float)
    apart = np.sqrt(((theirs[:, None] - theirs[None]) ** 2).mean(axis=2))
    others = ~np.eye(20, dtype=bool)
    measure = found.measures[-1]
    assert (measure.pairs.n, measure.closest.n) == (380, 20)
    assert measure.pairs.middle == pytest.approx(np.median(apart[others]), rel=1e-3)
    closest = np.where(others, apart, np.inf).min(axis=1)
    assert measure.closest.middle == pytest.approx(np.median(closest), rel=1e-3)
    assert measure.pairs.low < measure.pairs.middle < measure.pairs.high


def test_the_second_time_nothing_is_drawn_encoded_or_embedded(
    model, found, kept, sample, pixels, monkeypatch
):
    monkeypatch.setattr(drawn_again, "training_pictures", lambda *_: pytest.fail("drawn again"))
    monkeypatch.setattr(type(model.generator), "encode_image", lambda *_: pytest.fail("encoded"))
    embedded = []
    clip = model.scorer
    real = clip.encode_image
    monkeypatch.setattr(clip, "encode_image", lambda p: embedded.append(len(p)) or real(p))
    again = nearest(model.generator, sample.trace, pixels, clip=clip, n=5, among=120, kept=kept)
    assert again.rows() == found.rows() and embedded == [1]
    assert again.caption() == found.caption()


def test_without_a_cupboard_the_result_is_the_same_and_it_is_said(
    model, found, sample, pixels, tmp_path
):
    (tmp_path / "file").write_text("")
    broken = Kept(tmp_path / "file" / "kept.sqlite")
    again = nearest(
        model.generator, sample.trace, pixels, clip=model.scorer, n=5, among=120, kept=broken
    )
    assert again.rows() == found.rows()
    assert "Nothing was kept for the next time: cannot make the folder" in again.caption()
    assert "Nothing was kept" not in found.caption()


def test_damaged_entries_are_made_again(model, found, kept, sample, pixels, tmp_path):
    other = Kept(tmp_path / "kept.sqlite")
    again = drawn_again.DrawnAgain(model.generator, model.digest, model.scorer, other)
    first = again.take([3, 4])
    for kind in (again._pixels_kind, again._codes_kind, again._vectors_kind):
        other.put(kind, {3: b"123"})
    second = again.take([3, 4])
    for ours, theirs in zip(first, second, strict=True):
        assert np.array_equal(ours, theirs)


def test_without_clip_two_measures_are_shown_and_the_third_is_missed(model, kept, sample, pixels):
    found = nearest(model.generator, sample.trace, pixels, n=2, among=10, kept=kept)
    assert [measure.name for measure in found.measures] == ["codes", "pixels"]
    assert "No CLIP was given to compare by." in found.caption()


def test_the_caption_says_what_was_compared_and_that_the_measure_decides(found, sample, model):
    said = found.caption()
    assert said.startswith("The 5 nearest of 120 training pictures, of 200,000 in all: those")
    for measure in found.measures:
        assert measure.label in said
        assert measure.written(measure.neighbours[0].value) in said
        assert measure.written(measure.closest.middle) in said
    assert f"The same in all 3: {len(found.agreed)} of 5" in said
    assert f"seed {sample.seed}, model tiny ({model.digest[:8]})" in said
    assert said in found.alt() and PROMPT in found.alt()
    assert repr(found) == f"Neighbours({PROMPT!r}, seed=3, compared=120)"


def test_the_table_has_a_row_a_measure_and_neighbour(found):
    table = found.table()
    assert len(table) == 15 and list(table["place"][:6]) == [1, 2, 3, 4, 5, 1]
    assert set(table["measure"]) == {"clip", "codes", "pixels"}


def test_progress_is_told_and_a_stop_leaves_what_there_is(model, kept, sample, pixels, found):
    told, left = [], iter([True] * 3)
    stopped = nearest(
        model.generator,
        sample.trace,
        pixels,
        n=5,
        among=120,
        kept=kept,
        progress=lambda *step: told.append(step),
        goes_on=lambda: next(left, False),
    )
    assert told == [("training pictures", done, 120) for done in (0, 50, 100)]
    assert (stopped.compared, stopped.among) == (100, 120)
    assert "of 120 training pictures, stopped after 100" in stopped.caption()
    with pytest.raises(InputError, match="ended before any training picture was compared"):
        nearest(model.generator, sample.trace, pixels, kept=kept, goes_on=lambda: False)


def test_fewer_candidates_than_neighbours_are_all_shown(model, kept, sample, pixels):
    found = nearest(model.generator, sample.trace, pixels, n=8, among=1, kept=kept)
    assert [len(measure.neighbours) for measure in found.measures] == [1, 1]
    assert found.measures[0].pairs is None and found.measures[0].closest is None
    assert "in the median" not in found.caption()


def test_a_model_that_learned_from_something_else_is_refused(
    model, sample, pixels, kept, monkeypatch
):
    card = {**model.generator.card, "networks": {}}
    monkeypatch.setattr(model.generator, "card", card)
    with pytest.raises(InputError, match="says nothing of what it learned from"):
        nearest(model.generator, sample.trace, pixels, kept=kept)


def test_a_model_that_cannot_encode_is_refused(model, sample, pixels, kept, monkeypatch):
    supports = dataclasses.replace(model.generator.supports, image_encoding=False)
    monkeypatch.setattr(model.generator, "supports", supports)
    with pytest.raises(InputError, match="supports.image_encoding is False"):
        nearest(model.generator, sample.trace, pixels, kept=kept)


@pytest.mark.parametrize(
    "change, said",
    [
        ({"trace": np.zeros(15, dtype=np.int64)}, "has 15 codes"),
        ({"trace": np.zeros(16)}, "has 16 codes .float64."),
        ({"trace": np.full(16, 40)}, "between 0 and 39"),
        ({"pixels": np.zeros((16, 16, 3), dtype=np.uint8)}, r"uint8 of shape \(32, 32, 3\)"),
        ({"pixels": np.zeros((32, 32, 3))}, r"uint8 of shape \(32, 32, 3\)"),
        ({"pixels": None}, r"uint8 of shape \(32, 32, 3\)"),
        ({"n": 0}, "n is 0, but there are 200000"),
        ({"among": 200_001}, "among is 200001, but there are 200000"),
        ({"among": True}, "among is True"),
    ],
)
def test_what_cannot_be_compared_is_refused(change, said, model, sample, pixels, kept):
    given = {"trace": sample.trace, "pixels": pixels} | change
    with pytest.raises(InputError, match=said):
        nearest(model.generator, kept=kept, **given)


def test_an_unfinished_trace_is_refused(model, sample, pixels, kept):
    trace = sample.trace
    half = dataclasses.replace(trace, codes=trace.codes[:8], forced=trace.forced[:8], steps=None)
    with pytest.raises(InputError, match="has 8 codes.*let it be drawn to its end"):
        nearest(model.generator, half, pixels, kept=kept)


def test_every_measure_has_its_words():
    assert set(neighbours.LABELS) == {"clip", "codes", "pixels"}
