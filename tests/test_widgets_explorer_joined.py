"""Both halves of AttentionExplorer together: a real model, a real page, nothing between them."""

import time

import numpy as np
import pytest
from browser import PATIENCE
from decode_page import settle
from explorer_page import lit, over, panel, plate, row_of, word

import dalle_explore as dx

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("one_thread")]


@pytest.fixture
def sample(played_samples):
    return played_samples[0]


@pytest.fixture
def explorer(joined, sample):
    def show(**options):
        given = options.pop("given", sample)
        found = joined(lambda: dx.AttentionExplorer(given, **options), viewport=(1040, 1000))
        found.until(lambda: lit(found.page, 0) != "–" and found.widget.wait(0))
        return found

    return show


def place_of(sample, name):
    return [one.text for one in sample.model.generator.encode_text(sample.prompt).words].index(
        name
    )


def near(said, value):
    """A number as it is written, give or take what bytes and fp16 cannot hold."""
    number = float(said.replace("−", "-").replace("+", "").removesuffix(" %"))
    return abs(number - value) <= 0.02 * abs(value) + 0.12


def test_the_page_says_what_the_instruments_say(explorer, sample):
    both = explorer(word="tea")
    page, view, place = both.page, both.widget.inspection, place_of(sample, "tea")
    looked = view.looks_at("tea")
    assert near(row_of(page, place)[0], 100 * looked.values.mean())
    over(page, 20, "p0")
    settle(page)
    at = view.looks_at(patch=divmod(20, 6))
    for number, share in enumerate(at.words):
        assert near(lit(page, number), 100 * share), number
    four = page.locator(".dx-stack-key dd").all_inner_texts()
    for said, kind in zip(four, ("text", "earlier", "start", "pad"), strict=True):
        assert near(said, 100 * at.shares[kind]), kind
    page.mouse.move(2, 2)
    page.get_by_role("tab", name="depends on").click()
    both.until(lambda: row_of(page, place) != ["–"])
    assert near(row_of(page, place)[0], view.depends_on().totals[place])
    both.until(lambda: both.widget.tab == "depends")


def test_a_word_is_switched_off_from_the_page(explorer, sample):
    both = explorer(word="hedgehog", more=True)
    both.page.get_by_role("button", name="Switch it off and draw again").click()
    both.until(lambda: len(both.widget.samples) == 2 and both.widget.wait(0))
    both.until(lambda: both.page.get_by_text("without ‘hedgehog’").is_visible())
    alone = sample.again(edits=[dx.KnockOut("hedgehog", edges="all")])
    np.testing.assert_array_equal(both.widget.samples[1].codes, alone.codes)
    assert both.widget.beside == "p1"
    both.until(lambda: plate(both.page, "p1").count() == 1)


def test_effects_are_measured_from_the_page(explorer):
    both = explorer(more=True)
    sheet = both.page.get_by_role("group", name="heads")
    both.until(lambda: sheet.locator(".dx-head-number").first.inner_text().endswith("%"))
    both.page.get_by_role("combobox", name="effect").select_option("zero")
    both.page.get_by_role("button", name="Measure effects").click()
    both.until(lambda: "%" not in sheet.locator(".dx-head-number").first.inner_text())
    effects = both.widget.inspection.ablate("zero").totals.flatten()
    for said, bits in zip(sheet.locator(".dx-head-number").all(), effects, strict=True):
        assert near(said.inner_text(), bits)


def test_an_error_is_a_sentence_on_the_page(explorer):
    both = explorer(more=True)
    both.page.get_by_role("textbox", name="another prompt").fill("word " * 300)
    both.page.get_by_role("button", name="Draw it beside").click()
    both.until(lambda: both.page.get_by_role("alert").inner_text())
    assert "tokens" in both.page.get_by_role("alert").inner_text()


def test_python_and_the_page_follow_each_other(explorer):
    both = explorer()
    word(both.page, 1).click()
    both.until(lambda: both.widget.word == 1)
    both.widget.patch = 8
    both.until(lambda: panel(both.page).get_by_text("row 1, column 2 · pinned").count())
    both.widget.by = "signed"
    both.until(lambda: both.page.get_by_role("combobox", name="by").input_value() == "signed")


def test_a_saved_page_shows_the_same_offline(explorer, opened, sample, tmp_path):
    explorer_ = dx.AttentionExplorer(sample, word="tea", tab="depends")
    path = explorer_.save_html(tmp_path / "explorer.html")
    seen = opened(path, viewport=(360, 800), touch=True, scale=2)
    page, place = seen.page, place_of(sample, "tea")
    # The page's policy evaluates no text, so it is asked from here until the numbers have come.
    number, end = page.locator(".dx-word-number").first, time.monotonic() + PATIENCE / 1000
    while number.inner_text() == "–" and time.monotonic() < end:
        page.wait_for_timeout(20)
    bits = explorer_.inspection.depends_on(mode="all").totals
    assert near(row_of(page, place)[0], bits[place])
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("tab", name="looks at").tap()
    assert near(lit(page, place), 100 * explorer_.inspection.looks_at("tea").values.mean())
    page.get_by_role("button", name="Proof").tap()
    assert page.get_by_text("random weights").first.is_visible()
    explorer_.close()
