"""What if: samples drawn again, replayed, forked, bred and stopped."""

import dataclasses
import itertools

import numpy as np
import pytest
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.trace import Trace

PROMPT = "a hedgehog drinking tea"

pytestmark = pytest.mark.usefixtures("one_thread", "both_ways")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False)
    return dx.load(folder)


@pytest.fixture(scope="module")
def sample(model, both_ways):
    return dx.draw(model, PROMPT, n=4, seed=3, guidance=2, score=False)[1]


def test_drawn_again_without_a_change_it_is_the_same_picture(sample):
    again = sample.again()
    assert again.recipe == sample.recipe and again.seed == sample.seed == 4
    assert np.array_equal(again.codes, sample.codes)
    assert np.array_equal(again.picture, sample.picture)
    assert np.array_equal(again.steps.top_conditional, sample.steps.top_conditional)


def test_replay_is_exact_and_says_so(sample, tmp_path):
    replay = sample.replay()
    assert replay.exact and replay.flipped == () and replay.error == 0
    sample.save(tmp_path / "one.png")
    (opened,) = dx.open(tmp_path / "one.png", sample.model)
    assert opened.steps is None and opened.replay().exact and opened.replay().error == 0
    other = dataclasses.replace(sample, codes=(sample.codes + 1) % 16)
    assert len(other.replay().flipped) == 16


def test_replay_elsewhere_is_refused_and_says_why(sample):
    versions = {**sample.recipe.versions, "torch": "1.0.0"}
    elsewhere = dataclasses.replace(sample.recipe, versions=versions)
    with pytest.raises(InputError, match=r"numeric class .* cpu fp32 torch 1\.0"):
        dataclasses.replace(sample, recipe=elsewhere).replay()
    foreign = dataclasses.replace(sample.recipe, model_digest="f" * 64)
    with pytest.raises(InputError, match="the model that drew this sample is ffffffff"):
        dataclasses.replace(sample, recipe=foreign).replay()


def test_again_changes_what_is_named_and_nothing_else(sample):
    other_dice = sample.again(seed=9)
    assert other_dice.seed == 9 and other_dice.recipe == sample.recipe
    assert np.array_equal(
        other_dice.codes,
        dx.draw(sample.model, PROMPT, n=1, seed=9, guidance=2, score=False)[0].codes,
    )
    other_words = sample.again(prompt="a red cube")
    assert other_words.prompt == "a red cube" and other_words.settings == sample.settings
    cold = sample.again(temperature=0)
    assert cold.settings == sample.settings.replace(temperature=0)
    knocked = sample.again(edits=[dx.KnockOut("tea")])
    assert knocked.recipe.edits == (dx.KnockOut("tea"),)
    assert knocked.again(edits=[]).recipe == sample.recipe
    assert np.array_equal(knocked.again(edits=[]).codes, sample.codes)


def test_a_fork_keeps_what_came_before(sample):
    fork = sample.again(seed=50, from_patch=(2, 1))
    assert np.array_equal(fork.codes.flatten()[:9], sample.codes.flatten()[:9])
    assert fork.trace.forced.sum() == 9
    assert np.array_equal(sample.again(from_patch=(2, 1)).codes, sample.codes)
    with pytest.raises(InputError, match="give only one of them"):
        fork.again(from_patch=(1, 1))


def test_edits_are_in_the_caption_the_record_and_the_trace(sample, tmp_path):
    edited = sample.again(edits=[dx.KnockOut("tea"), dx.Ban([1, 2])])
    assert "KnockOut(word='tea'" in edited.caption()
    edited.save(tmp_path / "edited.png")
    (opened,) = dx.open(tmp_path / "edited.png", sample.model)
    assert opened.recipe == edited.recipe and opened.replay().exact
    edited.trace.save(tmp_path / "edited.npz")
    assert Trace.load(tmp_path / "edited.npz").recipe == edited.recipe


def test_a_function_draws_but_cannot_be_written_down(sample, tmp_path):
    edited = sample.again(edits=[dx.Edit("block.0.mlp.out", lambda value, at: 2 * value)])
    assert not np.array_equal(edited.codes, sample.codes)
    assert "not saved" in edited.caption()
    with pytest.raises(InputError, match="cannot be saved"):
        edited.save(tmp_path / "edited.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (dx.KnockOut("coffee"), "no word 'coffee' to knock out: its words are a, hedgehog"),
        (dx.KnockOut("tea", occurrence=1), "occurrence 1"),
        (dx.KnockOut("tea", layers=(2,)), "layers 0 to 1"),
        (dx.AblateHead(2, 0), "layers 0 to 1"),
        (dx.AblateHead(0, 2), "heads 0 to 1"),
        (dx.AddResidual(0, [1.0]), "has 1 numbers, but the stream of this model has 16"),
        (dx.Force(((4, 0),), (1,)), "4 rows and 4 columns"),
        (dx.Force(((0, 0),), (16,)), "codes are 0 to 15"),
        (dx.Ban(range(16)), "every code is banned"),
        (dx.Bias([16], 1.0), "codes are 0 to 15"),
        (dx.Mix(("", "a cat"), (0.5, 0.5)), "the prompt is empty"),
        (dx.Edit("block.0.mlp", lambda value, at: value), "matches no hook point"),
    ],
)
def test_edits_that_do_not_fit_are_sentences(sample, edit, sentence):
    with pytest.raises(InputError, match=sentence):
        sample.again(edits=[edit])


@pytest.mark.parametrize(
    ("edits", "sentence"),
    [
        ([dx.Force(((0, 0),), (1,)), dx.Force(((0, 0),), (2,))], "two edits force the patch"),
        (
            [dx.TemperatureAt(0, [(0, 0)]), dx.TemperatureAt(1, [(0, 0)])],
            "two edits give a patch its temperature",
        ),
        (
            [dx.Mix(("a cat",), (1,), [(0, 0)]), dx.Mix(("a dog",), (1,), [(0, 0)])],
            "two mixes name the same patch",
        ),
        ([dx.Mix(("a cat",), (1,)), dx.Mix(("a dog",), (1,))], "2 mixes hold everywhere"),
        ([dx.Ban(range(8)), dx.Ban(range(8, 16), [(1, 1)])], r"banned at the patch \(1, 1\)"),
    ],
)
def test_edits_that_contradict_each_other_are_sentences(sample, edits, sentence):
    with pytest.raises(InputError, match=sentence):
        sample.again(edits=edits)


# --- runs --------------------------------------------------------------------------------------


def test_a_drawing_can_be_watched_and_has_samples_in_the_end(model):
    seen = []
    run = dx.drawing(model, PROMPT, n=3, score=False).watch(seen.append)
    drawn = run.start()
    assert drawn.wait(30)
    direct = dx.draw(model, PROMPT, n=3, score=False)
    assert all(np.array_equal(a.codes, b.codes) for a, b in zip(run.result, direct, strict=True))
    assert [work.step.first for work in seen] == list(range(16))
    assert run.progress.done == run.progress.total == 48


def test_a_stopped_drawing_keeps_what_was_finished(model, monkeypatch):
    monkeypatch.setattr("dalle_explore.session.studio._AT_ONCE", {"cpu": 2})
    whole = dx.draw(model, PROMPT, n=5, score=False)
    run = dx.drawing(model, PROMPT, n=5, score=False)
    count = itertools.count(1)
    run.watch(lambda work: run.stop(wait=False) if next(count) == 20 else None)
    samples = run.run()
    assert run.state == "stopped" and [sample.seed for sample in samples] == [0, 1]
    assert samples.drawn == 2
    assert [(trace.seed, len(trace.codes)) for trace in samples.unfinished] == [(2, 4), (3, 4)]
    for trace in samples.unfinished:
        assert np.array_equal(trace.codes, whole[trace.seed].codes.flatten()[:4])


def test_a_drawing_stopped_before_its_first_picture_says_so(model):
    run = dx.drawing(model, PROMPT, n=2, score=False)
    run.watch(lambda work: run.stop(wait=False))
    with pytest.raises(InputError, match="stopped after 1 patches"):
        run.run()


# --- children ----------------------------------------------------------------------------------


def test_children_keep_as_much_as_they_are_told(sample):
    children = dx.breed(sample, n=3, share=0.25, seed=7)
    assert [child.seed for child in children] == [7, 8, 9]
    for child in children:
        kept = child.trace.forced.reshape(4, 4)
        assert kept.sum() == 12 and np.array_equal(child.codes[kept], sample.codes[kept])
        assert np.isfinite(child.trace.kept_log_probability)
    assert len({child.codes.tobytes() for child in children}) == 3
    (twin,) = dx.breed(sample, n=1, share=0)
    assert np.array_equal(twin.codes, sample.codes)
    (free,) = dx.breed(sample, n=1, share=1, seed=4)
    assert np.array_equal(free.codes, sample.codes) and free.recipe.edits == ()


def test_two_parents_are_both_in_their_children(model, sample):
    other = dx.draw(model, "a red cube", n=1, seed=30, guidance=2, score=False)[0]
    (child,) = dx.breed(sample, other, n=1, share=0.25, seed=2)
    kept = child.trace.forced.reshape(4, 4)
    from_one, from_two = (kept & (child.codes == p.codes) for p in (sample, other))
    assert (from_one | from_two)[kept].all() and from_one.any() and from_two.any()
    assert isinstance(child.recipe.edits[0], dx.Mix)
    assert set(child.recipe.edits[0].prompts) == {PROMPT, "a red cube"}


def test_children_of_strangers_are_refused(sample):
    stranger = dataclasses.replace(
        sample, recipe=dataclasses.replace(sample.recipe, model_digest="f" * 64)
    )
    with pytest.raises(InputError, match="whose codes mean different things"):
        dx.breed(sample, stranger)
    with pytest.raises(InputError, match="a share from 0 to 1"):
        dx.breed(sample, share=1.5)
