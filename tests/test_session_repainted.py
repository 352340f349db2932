"""What painting with codes did, as a value: before, after, the change, and its figure."""

import re

import numpy as np
import pytest
from codebook_rig import browsing, tiny
from house import ROOT
from tiny_samples import check_page

from dalle_explore.errors import InputError
from dalle_explore.figures.repainted import LEVELS

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny(tmp_path_factory.mktemp("repainted"))


@pytest.fixture
def browser(model):
    with browsing(model, grid=np.zeros((6, 6), int), tab="paint") as found:
        yield found


def test_it_says_what_was_painted_and_what_that_changed(browser, model):
    found = browser.paint(5, [(0, 0), (0, 1)]).repainted
    assert found.rows() == [
        {"row": 0, "column": 0, "before": 0, "code": 5},
        {"row": 0, "column": 1, "before": 0, "code": 5},
    ]
    np.testing.assert_array_equal(found.pixels_before, model.decode(found.before))
    apart = np.abs(found.pixels.astype(int) - found.pixels_before).max(axis=2)
    np.testing.assert_array_equal(found.levels, apart)
    # Nothing changes beyond the footprint, which is four patches to every side here.
    assert found.reached[:5, :6].all() and not found.reached[5].any()
    assert not found.levels[40:].any()
    caption = found.caption()
    assert "Painted on a grid of codes." in caption and "chose: 2 of 36, outlined" in caption
    assert f"colour: {(apart > 0).sum():,} of 2,304, by up to {apart.max()} of 255" in caption
    assert "Model tiny (" in caption and "Pictures: " in caption
    assert found.alt().endswith(caption) and "2 patches painted" in repr(found)


def test_its_page_is_whole_and_keep_takes_it_while_painting(browser):
    found = browser.paint(5, [(0, 0), (0, 1), (3, 3)]).repainted
    ax = check_page(found)
    assert [text.get_text() for text in ax.texts][-6:-1]  # the ticks
    assert len(ax.images) >= 4
    assert browser.figure().axes and browser._words() == (found.alt(), found.caption())
    browser.tab = "look"
    assert browser._words() == (browser.alt, browser.caption)


def test_without_a_stroke_there_is_nothing_to_compare(browser):
    with pytest.raises(InputError, match="nothing was painted yet"):
        browser.repainted  # noqa: B018
    with pytest.raises(InputError, match="kind is 'film', but it is codebook or repainted"):
        browser.figure("film")


def test_the_printed_map_and_the_one_in_the_browser_have_one_scale():
    code = (ROOT / "widgets/src/codebook_browser/paint.ts").read_text(encoding="utf-8")
    (told,) = re.findall(r"const CHANGE: Scale = \{(.*?)\};", code, re.DOTALL)
    low, high, over = re.findall(r"(?:low|high): (\d+)|power: 1 / (\d)", told)
    assert (float(low[0]), float(high[0]), 1 / float(over[1])) == (
        LEVELS.low,
        LEVELS.high,
        LEVELS.power,
    )
    ticks = re.findall(r"at: (\d+), label: \"(\d+)\"", told)
    assert [(float(at), label) for at, label in ticks] == [
        (at, label) for at, label in LEVELS.ticks
    ]
