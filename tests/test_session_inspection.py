"""``sample.inspect()``: every instrument pointed at one picture, or at several."""

import dataclasses

import numpy as np
import pytest
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.instruments.ablation import ablate
from dalle_explore.instruments.agreement import agreement
from dalle_explore.instruments.atlas import atlas_path, measure
from dalle_explore.instruments.attention import looks_at
from dalle_explore.instruments.box import box
from dalle_explore.instruments.heads import heads
from dalle_explore.instruments.knockout import depends_on, depends_on_region
from dalle_explore.instruments.lens import lens
from dalle_explore.session.inspection import Inspection, Inspections

pytestmark = pytest.mark.usefixtures("one_thread")

PROMPT = "a hedgehog drinking tea"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False)
    return dx.load(folder)


@pytest.fixture(scope="module")
def samples(model):
    return dx.draw(model, PROMPT, n=2, seed=3, guidance=2, score=False)


@pytest.fixture(scope="module")
def view(samples):
    return samples[0].inspect()


def same(one, other):
    """Whether two results hold the same numbers."""
    for field in dataclasses.fields(one):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if isinstance(left, np.ndarray):
            np.testing.assert_array_equal(left, right)
    assert one.caption() == other.caption()


def test_it_checks_the_replay_and_says_so(view, samples):
    assert view.replay_error <= 1e-4 and view.sample is samples[0]
    assert view.words == ("a", "hedgehog", "drinking", "tea")
    assert repr(view) == (
        f"Inspection('{PROMPT}', seed=3, replay error {view.replay_error:.1g} nats)"
    )


def test_its_methods_are_the_instruments(view):
    found = view.passes
    same(view.looks_at("tea", by="signed"), looks_at(found, "tea", by="signed"))
    same(
        view.looks_at(patch=(1, 2), heads=[(1, 0)]), looks_at(found, patch=(1, 2), heads=[(1, 0)])
    )
    same(view.heads("tea"), heads(found, "tea"))
    same(view.depends_on("tea", mode="all"), depends_on(found, "tea", mode="all"))
    given = {"tea": ["milk"]}
    same(
        view.depends_on("tea", mode="replace", replacing=given),
        depends_on(found, "tea", mode="replace", replacing=given),
    )
    same(view.depends_on_region(range(2), range(2)), depends_on_region(found, range(2), range(2)))
    same(view.ablate("start", layers=[1]), ablate(found, "start", layers=[1]))
    same(view.box(range(1, 2), range(2)), box(found, range(1, 2), range(2)))
    same(view.lens(), lens(found))
    mask = np.zeros((4, 4), dtype=bool)
    mask[1] = True
    same(view.agreement(rows=range(1, 2)), agreement(found, mask=mask))


def test_what_was_computed_is_kept(samples):
    view = samples[0].inspect()
    assert view.depends_on() is view.depends_on("all")
    assert view.depends_on(mode="image") is not view.depends_on()
    assert view.lens() is view.lens()
    assert view.agreement() is view.agreement()
    assert view.agreement(deletion=False) is not view.agreement()
    assert view.depends_on(layers=[1]) is not view.depends_on(layers=[1])


def test_what_was_stopped_is_not_kept(samples):
    view = samples[0].inspect()
    stopped = view.depends_on(goes_on=lambda: False)
    assert np.isnan(stopped.bits).all() and np.isfinite(view.depends_on().bits).all()
    view.ablate("zero", goes_on=lambda: False)
    assert view.heads().effect is None


def test_heads_show_the_effects_once_they_were_measured(samples):
    view = samples[0].inspect()
    assert view.heads().effect is None
    view.ablate("zero", layers=[1])
    assert view.heads().effect is None, "of one layer only"
    effect = view.ablate("zero")
    np.testing.assert_array_equal(view.heads().effect, effect.totals.flatten())
    other = view.ablate("start")
    assert view.heads(ablation=effect).effect_kind == "zero"
    assert view.heads().effect_kind == "start" == other.kind


def test_the_mean_ablation_takes_the_means_of_the_atlas(samples, model, tmp_path, monkeypatch):
    monkeypatch.setenv("DALLE_EXPLORE_HOME", str(tmp_path / "home"))
    view = samples[0].inspect()
    with pytest.raises(InputError, match="mean of every head needs .* check atlas"):
        view.ablate()
    atlas = measure(model.generator, model.settings, n=2, pictures=4)
    atlas_path(model.digest).parent.mkdir(parents=True)
    atlas.save(atlas_path(model.digest))
    found = view.ablate()
    same(found, ablate(view.passes, means=atlas.means, population=atlas.population))
    assert "2 captions never trained on" in found.caption()
    assert view.heads().effect_kind == "mean"


def test_another_view_is_the_donor(samples):
    view, donor = (sample.inspect() for sample in samples)
    same(view.ablate("resample", donor=donor), ablate(view.passes, "resample", donor=donor.passes))


def test_the_rest_comes_from_the_sample(view, samples):
    found, expected = view.alternatives((1, 2)), samples[0].alternatives([(1, 2)])
    assert found.caption() == expected.caption()
    assert view.uncertainty().caption() == samples[0].uncertainty().caption()
    changed = view.without([dx.KnockOut("tea")], reruns=0)
    assert np.array_equal(changed.original.codes, samples[0].codes)


def test_a_sample_from_a_record_compares_its_total(samples, tmp_path):
    path = samples[0].save(tmp_path / "one.png")
    (opened,) = dx.open(path, samples[0].model)
    view = opened.inspect()
    assert opened.steps is None and view.replay_error <= 1e-3
    assert "their total within" in view.looks_at("tea").caption()
    wrong = dataclasses.replace(opened, log_probability=opened.log_probability - 3)
    with pytest.raises(InputError, match="differ by 3 nats"):
        wrong.inspect()


def test_samples_of_another_model_are_refused(samples):
    recipe = dataclasses.replace(samples[0].recipe, model_digest="f" * 64)
    with pytest.raises(InputError, match="the model that drew this sample is ffffffff"):
        dataclasses.replace(samples[0], recipe=recipe).inspect()


def test_kept_patches_and_edited_pictures_can_be_inspected(samples):
    kept = samples[0].again(from_patch=(2, 1), seed=8)
    assert kept.inspect().replay_error <= 1e-4
    edited = samples[0].again(edits=[dx.KnockOut("tea", edges="all"), dx.AblateHead(1, 0)])
    view = edited.inspect()
    assert view.replay_error <= 1e-4
    assert "edited: KnockOut" in view.looks_at("tea").caption()
    assert np.abs(view.depends_on("tea").bits).max() < 1e-4


def test_with_a_small_budget_the_numbers_are_the_same(samples, view):
    small = Inspection(samples[0], budget=1)
    np.testing.assert_allclose(small.depends_on().bits, view.depends_on().bits, atol=1e-4)
    np.testing.assert_allclose(
        small.looks_at("tea").values, view.looks_at("tea").values, atol=1e-5
    )


def test_looking_changes_neither_the_model_nor_the_next_drawing(samples, model):
    view = samples[1].inspect()
    view.looks_at("tea"), view.agreement(), view.ablate("zero"), view.lens()
    again = dx.draw(model, PROMPT, n=2, seed=3, guidance=2, score=False)
    for one, other in zip(samples, again, strict=True):
        assert np.array_equal(one.codes, other.codes)
        assert one.log_probability == other.log_probability


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda v: v.looks_at("penguin"), "its words are a, hedgehog, drinking, tea"),
        (lambda v: v.looks_at(patch=(4, 0)), "rows 0 to 3 and columns 0 to 3"),
        (lambda v: v.depends_on("penguin"), "its words are a, hedgehog, drinking, tea"),
        (lambda v: v.depends_on(mode="some"), "one of image, all, replace"),
        (lambda v: v.ablate("some"), "one of mean, zero, start, resample"),
        (lambda v: v.heads(sort="some"), "layer, text, locality, entropy, push, effect"),
        (lambda v: v.box(range(5), range(2)), "a range within 0 to 4"),
        (lambda v: v.agreement(rows=range(0)), "rows is range.*within 0 to 4"),
        (lambda v: v.agreement(columns=[0, 1]), r"columns is \[0, 1\]"),
    ],
)
def test_refusals_list_what_there_is(view, ask, sentence):
    with pytest.raises(InputError, match=sentence):
        ask(view)


# -- several


def test_several_pictures_give_means_over_prompts(model, samples):
    other = dx.draw(model, "a red tea", n=1, seed=5, score=False)
    views = Inspections.of([samples, other])
    assert len(views) == 3 and repr(views) == "Inspections(3 pictures)"
    found = views.looks_at("tea")
    assert found.prompts == 2 and found.measures["share of “tea”"].n == 2
    told = [one.looks_at("tea").measures()["share of “tea”"] for one in views]
    expected = np.mean([np.mean(told[:2]), told[2]])
    assert found.measures["share of “tea”"].value == pytest.approx(expected)
    bits = views.depends_on(["tea"], mode="all").measures["bits of “tea”"]
    assert bits.n == 2
    assert len(dx.inspect([samples[0], other])) == 2 and len(samples.inspect()) == 2
    assert isinstance(views[0], Inspection) and dx.inspect(samples[0]).words == views[0].words


def test_progress_counts_pictures_and_single_views_are_named(samples):
    views, seen = samples.inspect(), []
    views.lens(progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
    with pytest.raises(AttributeError, match=r"take views\[0\]\.box.*looks_at, heads"):
        views.box  # noqa: B018
    assert not hasattr(views, "_repr_mimebundle_")


def test_what_is_no_sample_is_refused():
    for wrong in (3, "a cat", [3], ["a cat"], []):
        with pytest.raises(InputError, match="is no sample|no pictures to inspect"):
            dx.inspect(wrong)
