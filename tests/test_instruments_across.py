"""One instrument, many pictures: means over prompts, with intervals and n."""

import numpy as np
import pytest
from tiny_traces import passes

from dalle_explore.errors import InputError
from dalle_explore.instruments.across import across, joined
from dalle_explore.instruments.agreement import agreement
from dalle_explore.instruments.attention import looks_at
from dalle_explore.instruments.heads import heads
from dalle_explore.instruments.knockout import depends_on
from dalle_explore.instruments.lens import lens
from dalle_explore.instruments.passes import Passes
from dalle_explore.statistics.ranks import mean

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def pictures():
    """Two of one prompt, one of each of two others."""
    drawn = (("a red cube", 0), ("a red cube", 1), ("a cube", 2), ("the red cube", 3))
    return [passes(prompt=prompt, seed=seed) for prompt, seed in drawn]


def test_pictures_of_one_prompt_are_averaged_first(pictures):
    found = across(pictures, lambda one: looks_at(one, "cube"))
    shares = [looks_at(one, "cube").measures()["share of “cube”"] for one in pictures]
    units = [np.mean(shares[:2]), shares[2], shares[3]]
    told = found.measures["share of “cube”"]
    assert told == mean(units) and told.n == 3 == found.prompts
    assert told.value == pytest.approx(np.mean(units)) and told.low <= told.value <= told.high
    assert told.value != pytest.approx(np.mean(shares), abs=1e-9)
    assert found.missing == {}


def test_what_some_prompts_do_not_have_is_counted_and_said(pictures):
    found = across(pictures, depends_on)
    cube, red, a, the = (found.measures[f"bits of “{w}”"] for w in ("cube", "red", "a", "the"))
    assert (cube.n, red.n, a.n, the.n) == (3, 2, 2, 1)
    assert found.missing == {"bits of “red”": 1, "bits of “a”": 1, "bits of “the”": 2}
    assert "Not known for all prompts: “" not in found.caption()
    assert "bits of “the” (2)" in found.caption()
    assert (the.low, the.high) == (the.value, the.value)


def test_what_was_not_asked_does_not_count(pictures):
    one, other = pictures[2:]
    one = Passes(one.model, one.trace)  # which knows nothing yet
    stopped = depends_on(one, goes_on=lambda: False)
    found = joined([stopped, depends_on(other)])
    assert found.measures["bits of “cube”"].n == 1 and found.missing["bits of “cube”"] == 1
    assert found.measures["bits of “cube”"].value == depends_on(other).totals[2]
    with pytest.raises(InputError, match="no numbers of which a mean"):
        joined([stopped])


@pytest.mark.parametrize("instrument", [heads, lens, depends_on, agreement])
def test_every_instrument_with_numbers_can_be_joined(pictures, instrument):
    found = across(pictures[:3], instrument)
    kind = type(found.results[0]).__name__
    assert found.caption().startswith(f"{kind} of 3 pictures of 2 prompts: means over prompts")
    assert "95 % bootstrap intervals" in found.caption() and "Replay error" in found.caption()
    assert "over 2 prompts" in found.alt() and repr(found) == f"Across(3 x {kind}, 2 prompts)"
    rows = found.rows()
    assert [row["measure"] for row in rows] == list(found.measures)
    assert all(row["low"] <= row["mean"] <= row["high"] and row["n"] >= 1 for row in rows)
    assert list(found.table().columns) == ["measure", "n", "mean", "low", "high"]


def test_over_one_prompt_there_is_no_interval(pictures):
    found = across(pictures[:2], lens)
    assert all(one.n == 1 and one.low == one.value == one.high for one in found.measures.values())
    assert "an interval over prompts needs several" in found.caption()
    assert "bootstrap" not in found.caption()


def test_progress_counts_pictures(pictures):
    seen = []
    across(pictures, lens, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_nothing_and_mixtures_are_refused(pictures):
    with pytest.raises(InputError, match="no pictures to look across"):
        across([], lens)
    with pytest.raises(InputError, match=r"several instruments \(Dependence, Lens\)"):
        joined([lens(pictures[0]), depends_on(pictures[0])])
    with pytest.raises(InputError, match="no word 'red': its words are a, cube"):
        across(pictures, lambda one: looks_at(one, "red"))
