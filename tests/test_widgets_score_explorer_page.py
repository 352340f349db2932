"""Both halves of ScoreExplorer together, and its page without a kernel."""

import dataclasses

import numpy as np
import pytest
import tiny_scores
from tiny_scores import BRIGHTNESS, judged

from dalle_explore.session.scores import Scores
from dalle_explore.statistics.intervals import wilson
from dalle_explore.widgets.score_explorer import ScoreExplorer

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("one_thread")]

HOSTILE = '<img src=x onerror="window.fired = 1"> $x$'


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    draws = tiny_scores.tiny_draws(tmp_path_factory.mktemp("tiny"))
    found = judged(Scores.of(draws, BRIGHTNESS, judge=False))
    first = found.cells[0]
    recipe = dataclasses.replace(first.recipe, prompt=HOSTILE)
    changed = dataclasses.replace(first, recipe=recipe)
    return dataclasses.replace(found, cells=(changed, *found.cells[1:]))


@pytest.fixture
def explorer(joined, scores):
    def show(**options):
        given = options.pop("given", scores)
        return joined(lambda: ScoreExplorer(given, **options), viewport=(1040, 1000))

    return show


def lane(page, number):
    return page.locator(f'.dx-lane[data-number="{number}"] .dx-lane-plot')


def drag(page, plot, low, high):
    """Brush from one share of a lane's width to another."""
    box = plot.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + low * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + (low + high) / 2 * box["width"], y)
    page.mouse.move(box["x"] + high * box["width"], y)
    page.mouse.up()


def tiles(page):
    return page.locator(".dx-tray .dx-score-tile")


def tab(page, name):
    page.get_by_role("tab", name=name).click()


def test_what_is_brushed_is_seen_and_is_what_python_has(explorer, scores):
    both = explorer(shape="raincloud")
    page, view = both.page, both.widget
    cell, (first, last) = scores.cells[1], view.spread["axis"]
    middle = np.sort(cell.scores)[3:5].mean()
    drag(page, lane(page, 1), 0.02, float((middle - first) / (last - first)))
    both.until(lambda: view.prompt == 1 and len(view.span) == 2)
    low, high = view.span
    inside = [s for s in sorted(cell.scores, reverse=True) if low <= s <= high]
    assert 0 < len(inside) < len(cell.scores)
    assert [one.score for one in view.brushed] == inside
    both.until(lambda: tiles(page).count() == len(inside))
    both.until(lambda: tiles(page).locator("img:visible").count() == len(inside))
    right = [bool(cell.right[list(cell.scores).index(score)]) for score in inside]
    from_, to = (round(100 * end) for end in wilson(sum(right), len(right)))
    told = page.locator(".dx-tray-right").inner_text()
    assert told.startswith(f"{sum(right)} of {len(right)} right: ")
    assert told.endswith(f"({from_} % to {to} %)")
    assert page.locator('[data-number="1"] .dx-drop.dx-out').count() == 8 - len(inside)
    tiles(page).last.click()
    both.until(lambda: view.selected is view.brushed[-1])
    page.keyboard.press("Escape")
    both.until(lambda: view.span == [] and view.brushed == [])


def test_the_words_of_people_are_never_markup(explorer):
    both = explorer(tab="odd")
    page = both.page
    for name in ("spread", "best of k", "which text", "disagreements"):
        tab(page, name)
        both.until(lambda: both.widget.wait(0))
    tab(page, "spread")
    assert HOSTILE in page.locator(".dx-lane-label").first.inner_text()
    assert page.evaluate("window.fired") is None and page.locator("img[src=x]").count() == 0


def test_keys_go_from_picture_to_picture_by_score_and_move_the_brush(explorer, scores):
    both = explorer()
    page, view = both.page, both.widget
    ranked = np.argsort(-scores.cells[0].scores, kind="stable")
    lane(page, 0).focus()
    for key, place in (("ArrowLeft", 1), ("ArrowLeft", 2), ("ArrowRight", 1), ("Home", 7)):
        page.keyboard.press(key)
        seed = int(scores.cells[0].seeds[ranked[place]])
        both.until(lambda seed=seed: view.selected.seed == seed)
    assert lane(page, 0).get_attribute("aria-valuetext").startswith("8th of 8, score ")
    page.keyboard.press("Shift+ArrowRight")
    both.until(lambda: len(view.span) == 2)
    first = list(view.span)
    page.keyboard.press("Shift+ArrowRight")
    both.until(lambda: view.span[0] > first[0])
    page.keyboard.press("]")
    both.until(lambda: view.span[1] - view.span[0] > first[1] - first[0] + 1e-9)
    page.keyboard.press("ArrowDown")
    both.until(lambda: view.prompt == 1 and view.span == [])
    page.keyboard.press("2")
    both.until(lambda: view.tab == "best")


def test_k_follows_the_hand_and_the_winner_comes_along(explorer, scores):
    both = explorer(tab="best", prompt=1)
    page, view = both.page, both.widget
    plot = page.locator(".dx-best-plot")
    both.until(lambda: page.locator(".dx-winner img:visible").count() == 4)
    plot.focus()
    for key, k in (("ArrowLeft", 7), ("PageDown", 4), ("Home", 1), ("ArrowUp", 2)):
        page.keyboard.press(key)
        both.until(lambda k=k: view.k == k)
    cell = scores.cells[1]
    assert view.selected.seed == cell.seeds[np.argmax(cell.scores[:2])]
    found = scores.best_of()
    told = page.locator(".dx-told").filter(has_text="score").first.inner_text()
    assert f"{found.score.at(2).value:+.2f} sd" in told.replace("−", "-")
    assert f"{100 * found.right.at(2).value:.0f} %" in page.locator(".dx-numbers").inner_text()
    assert plot.get_attribute("aria-valuenow") == "2"


def test_pictures_meet_the_texts_and_a_row_takes_its_picture(explorer, scores):
    both = explorer(scorer=BRIGHTNESS)
    page, view = both.page, both.widget
    assert view.matrix == {}
    tab(page, "which text")
    both.until(lambda: view.matrix.get("which") == "first")
    plate = page.locator(".dx-matrix-plate")
    both.until(plate.is_visible)
    found = scores.retrieval("first", BRIGHTNESS)
    row = 1
    box = plate.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + (row + 0.5) * box["height"] / 3)
    both.until(lambda: view.cell.prompt == found.prompts[row])
    assert view.selected.seed == found.pictures[row].seed
    page.mouse.move(2, 2)
    assert f"chance {100 / 3:.0f} %" in page.locator(".dx-numbers").inner_text()
    page.locator(".dx-chosen select:visible").select_option("best")
    both.until(lambda: view.matrix["which"] == "best" and view.which == "best")


def test_disagreements_say_what_the_judge_did_not_find(explorer, scores):
    both = explorer(tab="odd")
    page, view = both.page, both.widget
    found = scores.disagreements(12)
    assert page.locator(".dx-odd .dx-score-tile").count() == len(found.high) + len(found.low)
    first = page.locator(".dx-odd .dx-score-tile").first
    assert "not subject" in first.inner_text()
    first.click()
    both.until(lambda: view.selected.seed == found.high[0].seed)
    within = scores.calibration(1).within
    assert f"{within.value:.2f}" in page.locator(".dx-numbers").inner_text()


def test_eighty_prompts_are_ridges_that_one_brushes_by_keys(explorer, scores):
    many = tiny_scores.many_prompts(scores, [f"a red cube, number {n}" for n in range(80)], 8)
    both = explorer(given=many)
    page, view = both.page, both.widget
    assert page.locator(".dx-lane").count() == 80
    assert page.locator(".dx-rug-mark").count() == 8  # of the prompt in hand
    order = view.spread["order"]
    lane(page, order[40]).focus()
    page.keyboard.press("ArrowLeft")
    both.until(lambda: view.prompt == order[40])
    page.keyboard.press("ArrowDown")
    both.until(lambda: view.prompt == order[41])
    assert page.locator(".dx-rug-mark").count() == 8


def test_a_saved_page_works_without_a_kernel_on_a_telephone(scores, tmp_path, opened):
    view = ScoreExplorer(scores, scorer=BRIGHTNESS, shape="raincloud")
    path = view.save_html(tmp_path / "scores.html")
    caption = view.caption
    view.close()
    page = opened(path, viewport=(360, 780), touch=True, dark=True, scale=2).page
    wide = "document.documentElement.scrollWidth"
    for name in ("spread", "best of k", "which text", "disagreements"):
        tab(page, name)
        assert page.evaluate(wide) == 360, name
        assert page.locator(".dx-caption").inner_text().endswith("cannot be compared.")
    tab(page, "spread")
    assert page.locator(".dx-caption").inner_text() == " ".join(caption.split())
    box = lane(page, 2).bounding_box()
    page.touchscreen.tap(box["x"] + 0.5 * box["width"], box["y"] + 40)
    page.wait_for_selector('[data-number="2"] .dx-lane-plot.dx-mine')
    drag(page, lane(page, 2), 0.05, 0.95)
    page.wait_for_function("document.querySelectorAll('.dx-tray img:not([hidden])').length === 8")
    page.get_by_role("button", name="More").click()
    assert page.get_by_role("button", name="Copy as Python").is_disabled()
    assert page.locator(".dx-hand-plate img").is_visible()


def test_a_page_of_one_prompt_says_what_one_prompt_cannot_show(scores, tmp_path, opened):
    one = dataclasses.replace(scores, cells=scores.cells[1:2])
    view = ScoreExplorer(one)
    path = view.save_html(tmp_path / "one.html")
    view.close()
    page = opened(path).page
    assert page.locator(".dx-lane").count() == 1
    tab(page, "which text")
    assert "one prompt only" in page.locator(".dx-refused:visible").inner_text().lower()
    tab(page, "best of k")
    assert page.locator(".dx-chosen select:visible").count() == 0
