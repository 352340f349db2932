"""The browser half of PromptGrid: the sentence, the cell in hand, the whole grid below."""

import pytest
from browser import give as put
from browser import tell
from grid_page import (
    HOSTILE,
    answer,
    busiest,
    colour_of,
    give,
    held,
    hover,
    known,
    large,
    open_grid,
    scroll,
    sent,
    state,
    tile,
    values,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def grid(mount):
    def show(parts=True, size=None, **changes):
        return open_grid(mount, state(**changes), parts, **(size or {}))

    return show


def shown_colour(page, selector):
    """The colour in the middle of a picture."""
    return page.locator(selector).evaluate(
        """async (image) => {
          await image.decode();
          const canvas = new OffscreenCanvas(1, 1).getContext("2d");
          const [x, y] = [image.naturalWidth / 2, image.naturalHeight / 2];
          canvas.drawImage(image, x, y, 1, 1, 0, 0, 1, 1);
          return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }"""
    )


def shows(page, selector, cell, seed):
    found, wanted = shown_colour(page, selector), colour_of(cell, seed)
    assert max(abs(a - b) for a, b in zip(found, wanted, strict=True)) < 12, (found, wanted)


def best(cell):
    return known(cell)[0].seed


# -- the sentence


def test_it_asks_for_values_once_and_for_pictures_that_are_in_sight(grid):
    page = grid()
    page.wait_for_timeout(150)
    assert len(sent(page, "hello")) == len(sent(page, "values")) == 1
    wanted = {tuple(one) for asked in sent(page, "pictures") for one in asked["wanted"]}
    # The best of the 12 cells of this page of the grid, and all of the cell in hand.
    assert wanted == {(cell, str(best(cell))) for cell in range(0, 24, 2)} | {
        (0, str(seed)) for seed in range(4)
    }


def test_another_word_shows_that_cell_large_and_marks_it_in_the_grid(grid):
    page = grid()
    answer(page)
    shows(page, ".dx-large", 0, best(0))
    page.get_by_role("combobox", name="solid", exact=True).select_option("owl")
    answer(page)
    assert held(page, "chosen") == 6
    shows(page, ".dx-large", 6, best(6))
    assert tile(page, 0, 3).get_attribute("aria-selected") == "true"
    assert tile(page, 0, 0).get_attribute("aria-selected") == "false"


def test_a_slot_that_is_no_axis_of_the_grid_turns_the_whole_grid(grid):
    page = grid()
    page.get_by_role("combobox", name="manner", exact=True).select_option("on ice")
    answer(page)
    assert held(page, "chosen") == 1
    shows(page, '.dx-tile[data-row="2"][data-column="1"] img', 19, best(19))


def test_articles_follow_the_word_after_them_and_text_from_people_stays_text(grid):
    page = grid()
    line = page.locator(".dx-slots")
    assert line.inner_text().startswith("a ")
    page.get_by_role("combobox", name="colour", exact=True).select_option(index=1)
    assert line.inner_text().startswith("an ")
    page.get_by_role("combobox", name="colour", exact=True).select_option(index=2)
    assert HOSTILE in line.inner_text()
    assert page.evaluate("window.fired") is None and page.locator("img[src=x]").count() == 0


# -- the cell in hand


def test_rank_and_a_tick_for_every_fact_are_said(grid):
    page = grid()
    words = page.locator(".dx-hand-words")
    assert words.get_by_role("heading", name="1st of 4 by CLIP").is_visible()
    assert f"seed {best(0)} · cosine 0.2" in words.inner_text()
    facts = page.get_by_role("listitem").all_inner_texts()
    mark = "✓" if best(0) % 2 == 0 else "✗"
    assert facts[0].startswith(mark) and facts[1].startswith("?")
    assert "unclear" in facts[1]


def test_all_samples_of_a_cell_are_one_click_away_best_first(grid):
    page = grid()
    answer(page)
    bricks = page.locator(".dx-brick")
    order = [one.seed for one in known(0)]
    assert [
        one.split(",")[1] for one in bricks.evaluate_all("(all) => all.map((one) => one.title)")
    ] == [f" seed {seed}" for seed in order]
    bricks.nth(2).click()
    shows(page, ".dx-large", 0, order[2])
    assert held(page, "picture") == str(order[2])
    assert page.get_by_role("heading", name="3rd of 4 by CLIP").is_visible()
    page.locator(".dx-hand-plate").focus()
    page.keyboard.press("ArrowLeft")
    assert held(page, "picture") == str(order[1])


def test_of_losers_only_the_score_is_shown_and_that_is_said(grid):
    page = grid(parts=False, columns="#rank")
    give(page, "values", values(kept=2))
    answer(page)
    assert page.locator(".dx-brick").count() == 2
    assert "of 2 (pale) only the score was kept" in page.locator(".dx-rug-title").inner_text()
    assert tile(page, 0, 2).get_attribute("data-state") == "loser"
    assert "only its score was kept" in tile(page, 0, 2).get_attribute("aria-label")


def test_nothing_is_called_best_that_nobody_ranked(grid):
    about = {**state()["about"], "scorer": ""}
    page = grid(parts=False, about=about)
    give(page, "values", values(scored=False, judged=False))
    assert page.get_by_role("heading", name="1st of 4, not ranked").is_visible()
    assert page.locator(".dx-fact").count() == 0 and not page.locator(".dx-rug").is_visible()
    assert "its first" in page.get_by_role("combobox", name="each cell shows").inner_text()


def test_favourites_and_notes_go_to_python_and_stand_in_the_grid(grid):
    page = grid()
    page.get_by_role("button", name="favourite", exact=True).click()
    note = page.get_by_role("textbox", name="note about this picture")
    note.fill("its ear")
    note.press("Enter")
    first, second = sent(page, "mark")
    assert (first["cell"], first["seed"], first["favourite"]) == (0, str(best(0)), True)
    assert second["note"] == "its ear" and "favourite" not in second
    put(page, marks={f"0 {best(0)}": {"favourite": True, "note": "its ear"}})
    assert "dx-favourite dx-noted" in tile(page, 0, 0).get_attribute("class")
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Favourites").click()
    assert "dx-faint" in tile(page, 0, 1).get_attribute("class")
    assert "dx-faint" not in tile(page, 0, 0).get_attribute("class")


def test_a_picture_is_opened_elsewhere_or_the_code_is_shown(grid):
    page = grid()
    page.get_by_role("button", name="Look inside").click()
    (asked,) = sent(page, "open")
    assert (asked["instrument"], asked["cell"], asked["seed"]) == (
        "AttentionExplorer",
        0,
        str(best(0)),
    )
    tell(page, {"kind": "opened", "sentence": "Run this in a cell:", "code": "dx.x()"})
    box = page.get_by_role("textbox", name="Python that opens this picture")
    assert box.input_value() == "dx.x()"


# -- the whole grid


def test_rows_and_columns_are_chosen_and_change_places(grid):
    page = grid()
    rows = page.get_by_role("combobox", name="rows", exact=True)
    rows.select_option("manner")
    assert page.locator(".dx-row-heading").all_inner_texts() == ["(nothing)", "on ice"]
    page.get_by_role("combobox", name="columns", exact=True).select_option("manner")
    assert (held(page, "rows"), held(page, "columns")) == ("solid", "manner")
    assert page.locator(".dx-row-heading").all_inner_texts() == ["cube", "sphere", "cone", "owl"]
    page.locator(".dx-tile").first.focus()
    page.keyboard.press("t")
    assert (held(page, "rows"), held(page, "columns")) == ("manner", "solid")


def test_the_same_seed_everywhere_the_best_or_all_of_them_side_by_side(grid):
    page = grid()
    page.get_by_role("combobox", name="each cell shows").select_option("seed 3")
    answer(page)
    shows(page, '.dx-tile[data-row="1"][data-column="2"] img', 12, 3)
    shows(page, ".dx-large", 0, 3)
    columns = page.get_by_role("combobox", name="columns", exact=True)
    columns.select_option("seeds")
    answer(page)
    assert page.locator(".dx-heading").all_inner_texts() == [f"seed {j}" for j in range(4)]
    shows(page, '.dx-tile[data-row="1"][data-column="2"] img', 8, 2)
    columns.select_option("best first")
    answer(page)
    assert page.locator(".dx-heading").all_inner_texts() == ["1st", "2nd", "3rd", "4th"]
    shows(page, '.dx-tile[data-row="1"][data-column="1"] img', 8, known(8)[1].seed)


def test_keys_go_from_cell_to_cell_open_one_and_come_back(grid):
    page = grid()
    tile(page, 0, 0).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "End"):
        page.keyboard.press(key)
    assert held(page, "chosen") == 6
    where = "[document.activeElement.dataset.row, document.activeElement.dataset.column]"
    assert page.evaluate(where) == ["0", "3"]
    assert page.locator(".dx-tile[tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.className") == "dx-hand-plate"
    page.keyboard.press("Escape")
    assert page.evaluate(where) == ["0", "3"]


def test_hovering_says_rank_seed_and_facts_and_moves_nothing(grid):
    page = grid()
    height = page.evaluate("document.body.scrollHeight")
    tile(page, 1, 1).hover()
    said = page.locator(".dx-tip").inner_text()
    assert said == f"1st of 4 by CLIP · seed {best(10)} · {1 - best(10) % 2} of 2 facts, 1 unclear"
    assert held(page, "chosen") == 0
    assert page.evaluate("document.body.scrollHeight") == height


def test_cells_fill_while_the_grid_is_drawn(grid):
    plan = {"words": "24 cells × 4 = 96 pictures; 96 to draw, about 2 min.", "missing": 96}
    page = grid(parts=False, plan={**plan, "n": 4, "seed": "0"})
    assert page.get_by_text("96 to draw, about 2 min").is_visible()
    assert tile(page, 0, 0).get_attribute("data-state") == "empty"
    page.get_by_role("button", name="Draw", exact=True).click()
    assert len(sent(page, "draw")) == 1
    busy = {"state": "drawing", "sentence": "1 of 96 pictures", "done": 1, "total": 96}
    put(page, status={**busy, "left": 60.0})
    give(page, "values", values([0, 2], n=1))
    answer(page)
    assert tile(page, 0, 0).get_attribute("data-state") == "there"
    assert tile(page, 0, 1).locator(".dx-done").evaluate("(bar) => bar.style.width") == "25%"
    assert tile(page, 0, 2).get_attribute("data-state") == "empty"
    assert page.get_by_text("60 s left").is_visible()
    page.get_by_role("button", name="Stop").click()
    assert len(sent(page, "stop")) == 1


def test_another_sentence_is_counted_before_it_is_drawn(grid):
    page = grid()
    page.get_by_role("button", name="More").click()
    page.get_by_role("textbox", name="the sentence with its slots").fill("a {x|y}")
    page.get_by_role("spinbutton", name="pictures of a cell").fill("0")
    page.get_by_role("button", name="Count").click()
    assert page.get_by_text("a whole number from 1 to 512").is_visible()
    page.get_by_role("spinbutton", name="pictures of a cell").fill("9")
    page.get_by_role("button", name="Count").click()
    (asked,) = sent(page, "plan")
    assert (asked["template"], asked["n"], asked["seed"]) == ("a {x|y}", 9, "0")


def test_it_opens_with_four_controls_and_the_sentence(grid):
    page = grid()
    chosen = page.locator(".dx-choose :is(select, button)")
    assert chosen.count() == 4


# -- many cells, small screens, no kernel


def test_of_four_hundred_cells_only_those_in_sight_are_in_the_page(mount):
    page = open_grid(mount, large(), parts=False, viewport=(1180, 900))
    page.wait_for_timeout(300)
    assert page.locator(".dx-tile").count() < 200
    page.locator(".dx-scroller").evaluate("(one) => one.scrollTo(9999, 9999)")
    page.wait_for_timeout(200)
    last = tile(page, 19, 19)
    assert last.is_visible() and last.get_attribute("data-state") == "there"
    assert page.locator(".dx-tile").count() < 200
    assert page.locator(".dx-row-heading").last.inner_text() == "creature 19"
    assert page.locator(".dx-space").get_attribute("aria-rowcount") == "21"
    last.click()
    assert held(page, "chosen") == 399


def test_scrolling_and_hovering_over_them_never_takes_fifty_milliseconds(mount, chromium):
    page = open_grid(mount, large(), parts=False, viewport=(1180, 900))
    page.wait_for_timeout(300)
    assert busiest(chromium, page, lambda page: scroll(page, 24)) < 50
    assert busiest(chromium, page, lambda page: hover(page, 30)) < 50


def test_on_a_phone_nothing_is_cut_and_fingers_find_everything(grid):
    page = grid(size={"viewport": (360, 780), "touch": True})
    answer(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(".dx-prompts").evaluate("(one) => one.classList.contains('dx-narrow')")
    for one in page.locator(".dx-choose :is(select, button)").all():
        assert one.bounding_box()["height"] >= 40
    tile(page, 1, 0).tap()
    assert held(page, "chosen") == 8
    answer(page)
    assert page.locator(".dx-large").bounding_box()["width"] <= 336


def test_in_the_dark_the_paper_is_dark_and_who_wants_rest_sees_none_move(grid):
    page = grid(size={"dark": True, "still": True})
    answer(page)
    assert page.locator(".dx-prompts").get_attribute("data-theme") == "dark"
    moving = "(one) => getComputedStyle(one).animationName"  # fresh pictures fade in elsewhere
    assert tile(page, 0, 0).locator("img").evaluate(moving) == "none"


def test_without_a_kernel_everything_that_is_there_works_and_the_rest_says_why(mount):
    given = large(3, 3)
    given["about"] = {**given["about"], "left_out": "This page carries 9 of 72 pictures."}
    given["plan"] = {**given["plan"], "missing": 5, "words": "5 to draw"}
    page = open_grid(mount, given, parts=False)
    page.wait_for_timeout(200)
    assert page.get_by_text("This page carries 9 of 72 pictures. Drawing needs").is_visible()
    assert not page.get_by_role("button", name="Draw", exact=True).is_visible()
    page.locator(".dx-brick").nth(1).click()
    assert page.locator(".dx-hand-plate").get_attribute("data-why") == "not in this page"
    assert page.get_by_role("button", name="favourite", exact=True).is_disabled()
    assert not sent(page, "pictures")


def test_a_saved_page_opens_from_a_file_and_needs_nothing_else(opened, tmp_path):
    from tiny import make_tiny_bundle

    import dalle_explore as dx

    folder = tmp_path / "tiny"
    make_tiny_bundle(folder, side=6, codebook_size=40)
    made = dx.grid(dx.load(folder), "a {red|emerald} {cube|owl}", n=2, gallery=False)
    (path,) = made.save(tmp_path / "grid.html")
    page = opened(path).page
    page.wait_for_timeout(200)
    assert page.locator('.dx-tile[data-state="there"]').count() == 4
    page.get_by_role("combobox", name="slot 1", exact=True).select_option("emerald")
    assert page.locator(".dx-slots").inner_text().startswith("an ")
    alt = page.locator(".dx-large").get_attribute("alt")
    assert alt == "A picture drawn from the text: an emerald cube"
