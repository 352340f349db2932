"""The order by fit: which of several redrawn middles the kept patches continue."""

import dataclasses

import numpy as np
import pytest
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.session.record import record_text

PROMPT = "a hedgehog drinking tea"

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder)
    return dx.load(folder)


@pytest.fixture(scope="module")
def around(model):
    (parent,) = dx.draw(model, PROMPT, n=1, score=False)
    return dx.Force.outside(parent.codes, range(1, 3), range(1, 3))


@pytest.fixture(scope="module")
def tried(model, around):
    return dx.draw(model, PROMPT, n=6, seed=1, edits=[around], score=False)


def test_fit_is_the_log_probability_of_what_is_kept_after_the_first_free_patch(tried):
    for sample in tried:
        later = sample.kept.flatten() & (np.arange(16) > 5)  # (1, 1) is the first free one
        assert later.sum() == 7
        expected = sample.steps.log_probability[later].sum()
        assert sample.fit == pytest.approx(expected, rel=1e-6) and sample.fit < 0


def test_by_fit_puts_the_likeliest_first_and_forgets_nobody(tried):
    fitting = tried.by_fit()
    fits = [sample.fit for sample in fitting]
    assert fits == sorted(fits, reverse=True) and len(set(fits)) > 1
    assert [sample.rank for sample in fitting] == [1, 2, 3, 4, 5, 6]
    assert {sample.seed for sample in fitting} == set(range(1, 7))
    assert [sample.rank for sample in tried] == [None] * 6  # a new value; the old one is as it was


def test_the_best_by_fit_say_so(tried):
    best = tried.by_fit().best(2)
    assert len(best) == 2 and len(best.everything) == 6
    assert "6 drawn; the best 2 are shown, selected by fit to what was kept" in best.caption()
    assert "rank 2 by fit to what was kept" in best[1].caption()
    shown = [text.get_text() for text in best.figure().axes[0].texts]
    assert f"fit {best[0].fit:.1f}".replace("-", "−") in shown
    assert list(best.table()["fit"]) == [sample.fit for sample in best]


def test_what_was_not_kept_in_memory_can_still_be_ordered(model, around, tried):
    few = dx.draw(model, PROMPT, n=6, seed=1, keep=1, edits=[around])
    assert few.everything[-1].steps is None
    assert [s.seed for s in few.by_fit().everything] == [s.seed for s in tried.by_fit()]


def test_clip_and_fit_are_never_mixed_up(model, tried):
    scored = tried.scored()
    assert "ordered by CLIP" in scored.caption()
    fitting = scored.by_fit()
    assert "ordered by fit" in fitting.caption() and fitting[0].score is not None
    assert "ordered by CLIP" in fitting.scored().caption()
    bare = dx.Samples.ordered(tried.by_fit())
    assert [sample.seed for sample in bare] == list(range(1, 7)) and "not scored" in bare.caption()
    assert bare[0].rank is None
    assert len(bare.record().samples) == 6 and bare[0].record().samples[0].rank is None


def test_the_order_survives_a_file(model, tried, tmp_path):
    fitting = tried.by_fit().best(2)
    fitting.save(tmp_path / "fit.png")
    opened = dx.open(tmp_path / "fit.png", model)
    assert [(s.seed, s.fit, s.rank) for s in opened.everything] == [
        (s.seed, s.fit, s.rank) for s in fitting.everything
    ]
    assert opened.caption() == fitting.caption() and opened.by_fit().caption()


def test_a_record_that_ranks_by_something_else_is_refused(tried):
    record = tried.by_fit().record()
    with pytest.raises(InputError, match="ranked by 'luck'"):
        dataclasses.replace(record, ranked_by="luck")
    with pytest.raises(InputError, match="to some samples and not to others"):
        dataclasses.replace(tried.record(), ranked_by="fit")
    unfit = dataclasses.replace(record.samples[0], fit=None)
    with pytest.raises(InputError, match="to some samples and not to others"):
        dataclasses.replace(record, samples=(unfit, *record.samples[1:]))


def test_where_nothing_is_kept_after_a_free_patch_there_is_no_fit(model, tried):
    free = dx.draw(model, PROMPT, n=2, score=False)
    fork = free[0].again(seed=5, from_patch=(2, 0))
    assert free[0].fit is None and fork.fit is None
    with pytest.raises(InputError, match="nothing was kept after a patch that was drawn"):
        free.by_fit()


def test_a_record_from_before_fits_were_recorded_is_told_apart(model, tried, tmp_path):
    record = tried.record()
    entries = tuple(dataclasses.replace(entry, fit=None) for entry in record.samples)
    path = tmp_path / "old.json"
    path.write_text(record_text(dataclasses.replace(record, samples=entries)), encoding="ascii")
    with pytest.raises(InputError, match="from before fits were recorded: draw them again"):
        dx.open(path, model).by_fit()
