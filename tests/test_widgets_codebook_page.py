"""The browser half of CodebookBrowser: the sheet, the page about a code, and painting."""

import numpy as np
import pytest
from codebook_page import (
    CODES,
    HOSTILE,
    PATCH,
    READ,
    click_tile,
    colour_of,
    entry,
    give,
    held,
    is_tile,
    layout,
    open_codebook,
    panel,
    sent,
    settle,
    sheet,
    spot,
    state,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def book(mount):
    def show(size=None, parts=True, **changes):
        return open_codebook(mount, state(**changes), parts, **(size or {}))

    return show


# -- the sheet


def test_it_asks_for_its_parts_once(book):
    page = book()
    assert len(sent(page, "hello")) == 1
    assert [one["part"] for one in sent(page, "part")] == ["usage", "tiles", "picture", "start"]


def test_a_sheet_has_every_code_in_its_order(book):
    page = book()
    assert is_tile(page, 3, 4) and is_tile(page, 4, 3)  # by usage
    select = page.get_by_role("combobox", name="order")
    select.select_option("by number")
    assert is_tile(page, 3, 3) and held(page, "sort") == "number"
    select.select_option("by colour")
    assert is_tile(page, 3, CODES - 4) and held(page, "sort") == "colour"


def test_tiles_stand_at_whole_device_pixels(book):
    page = book(size={"scale": 1.5})
    width, css = sheet(page).evaluate("(c) => [c.width, c.clientWidth * devicePixelRatio]")
    across, _ = layout(page)
    gap = 3
    assert (width - gap) % across == 0 and ((width - gap) // across - gap) % PATCH == 0
    assert abs(width - css) <= 1.5


def test_tiles_that_are_not_made_yet_are_hatched_and_come_as_they_are_made(book):
    from codebook_page import tiles, tiles_part

    page = book(parts=False, sort="number")
    assert not is_tile(page, 5, 5)
    give(page, "tiles", tiles_part(tiles(), [5, 7]))
    assert is_tile(page, 5, 5) and is_tile(page, 7, 7) and not is_tile(page, 6, 6)


def test_a_code_that_never_occurs_is_faint_and_crossed_out_and_said_to_be_dead(book):
    page = book()
    sheet(page).focus()
    page.keyboard.press("End")
    assert held(page, "selected") == CODES - 1
    across, down = layout(page)
    place = (CODES - 1) % (across * down)
    assert not is_tile(page, place, CODES - 1)
    assert panel(page).get_by_text("a dead code").is_visible()
    assert panel(page).get_by_text("no training picture that was counted has it").is_visible()


def test_a_click_takes_a_code_and_a_second_one_lets_go(book):
    page = book()
    click_tile(page, 7)
    assert held(page, "selected") == 7
    assert panel(page).get_by_role("heading", name="code 7").is_visible()
    page.wait_for_timeout(150)
    assert [one["code"] for one in sent(page, "part", part="entry")] == [7]
    click_tile(page, 7)
    assert held(page, "selected") == -1
    assert panel(page).get_by_text("Every picture of this model is 6 × 6 codes").is_visible()


def test_hovering_says_what_a_code_is_and_moves_nothing(book):
    page = book()
    height = page.evaluate("document.body.scrollHeight")
    x, y = spot(page, 4)
    box = sheet(page).bounding_box()
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    tip = page.locator(".dx-sheet .dx-tip")
    assert tip.inner_text() == "code 3 · 5th of 1,000 · in 995 patches"
    loupe = tip.locator("canvas").evaluate(READ, [0.5, 0.5])
    assert np.abs(np.subtract(loupe[:3], colour_of(3).astype(int))).max() <= 1
    assert held(page, "selected") == -1
    assert page.evaluate("document.body.scrollHeight") == height


def test_a_code_is_found_by_its_number_and_the_page_turns_to_it(book):
    page = book(sort="number")
    field = page.get_by_role("textbox", name="code: find it by its number")
    field.fill("777")
    field.press("Enter")
    assert held(page, "selected") == 777
    across, down = layout(page)
    assert page.get_by_text(f"page {777 // (across * down) + 1} of").is_visible()
    field.fill("1000")
    field.press("Enter")
    said = "‘1000’ is no code of this model: codes are whole numbers from 0 to 999."
    assert page.get_by_text(said).is_visible()
    assert held(page, "selected") == 777


def test_pages_are_turned_by_buttons_keys_and_the_fore_edge(book):
    page = book(sort="number")
    across, down = layout(page)
    size = across * down
    assert page.get_by_role("button", name="page before").is_disabled()
    page.get_by_role("button", name="page after").click()
    assert is_tile(page, 0, size) and held(page, "at") == size
    sheet(page).focus()
    page.keyboard.press("PageUp")
    assert is_tile(page, 0, 0)
    edge = page.get_by_role("slider", name="page of the codebook")
    edge.focus()
    page.keyboard.press("ArrowDown")
    assert edge.get_attribute("aria-valuetext") == f"page 2 of {-(-CODES // size)}"
    box = edge.bounding_box()
    page.mouse.click(box["x"] + 8, box["y"] + box["height"] - 6)
    assert held(page, "at") > CODES - 2 * size


def test_arrows_go_from_code_to_code_and_on_to_the_next_page(book):
    page = book(sort="number")
    across, down = layout(page)
    sheet(page).focus()
    for key, code in (
        ("ArrowRight", 0), ("ArrowRight", 1), ("ArrowDown", 1 + across), ("ArrowLeft", across),
        ("End", CODES - 1), ("Home", 0),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert held(page, "selected") == code, key
    said = page.get_by_role("status").filter(has_text="code 0 · 1st of 1,000")
    assert said.count() == 1
    page.keyboard.press("Escape")
    assert held(page, "selected") == -1


def test_arrows_that_are_held_ask_for_the_last_code_only(book):
    page = book(sort="number")
    sheet(page).evaluate(
        "(e) => { for (let i = 0; i < 6; i++)"
        " e.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true })); }"
    )
    page.wait_for_timeout(200)
    assert [one["code"] for one in sent(page, "part", part="entry")] == [5]


def test_only_some_codes_may_stand_on_the_sheet(book):
    about = {**state()["about"], "only": [900, 3, 4]}
    page = book(about=about)
    assert is_tile(page, 0, 4) and is_tile(page, 1, 3) and is_tile(page, 2, 900)
    assert not page.get_by_role("slider").is_visible()
    assert not page.get_by_role("button", name="page after").is_visible()


# -- the page about a code


def test_an_entry_shows_real_places_first_then_what_is_like_it_and_last_the_tile(book):
    page = book(selected=7)
    assert panel(page).get_by_text("Looking its places up").is_visible()
    height = panel(page).evaluate("(e) => e.scrollHeight")
    give(page, "entry", entry(7))
    settle(page)
    heads = panel(page).get_by_role("heading", level=4).all_inner_texts()
    assert heads == ["In training pictures", "Nearest codes", "By itself: artificial"]
    assert panel(page).get_by_role("listitem").count() == 8 + 6
    assert panel(page).get_by_text("8th of 1,000 codes: 992 of the").is_visible()
    assert panel(page).get_by_text("no. 101 · row 1, column 2").is_visible()
    crop = panel(page).locator("canvas.dx-crop-of-code").nth(1)
    middle, outside = crop.evaluate(READ, [0.5, 0.5]), crop.evaluate(READ, [0.1, 0.1])
    assert np.abs(np.subtract(middle[:3], colour_of(7).astype(int))).max() <= 1
    assert outside[:3] == [41, 41, 41]
    tile = panel(page).locator("canvas.dx-tile").last.evaluate(READ, [0.5, 0.5])
    assert np.abs(np.subtract(tile[:3], colour_of(7).astype(int))).max() <= 1
    assert (
        panel(page).evaluate("(e) => e.scrollHeight") <= height + 90
    )  # what was awaited is there


def test_words_of_pictures_are_never_markup(book):
    page = book(selected=7, caption=HOSTILE)
    give(page, "entry", entry(7))
    settle(page)
    assert panel(page).get_by_text(HOSTILE).count() == 1
    assert page.evaluate("window.fired") is None and page.locator("img").count() == 0


def test_a_code_like_it_is_a_click_away_and_its_kind_is_said(book):
    page = book(selected=7)
    give(page, "entry", entry(7))
    settle(page)
    assert panel(page).get_by_role("button", name="code 13, distance 5.50, its tile").is_visible()
    panel(page).get_by_role("button", name="code 8, distance 0.50", exact=True).click()
    assert held(page, "selected") == 8


def test_without_a_code_there_are_some_to_begin_with(book):
    page = book()
    panel(page).get_by_role("button", name="one that never occurs").click()
    assert held(page, "selected") == CODES - 1


def test_where_nothing_was_counted_it_says_why(book):
    why = "the atlas of 'tiny' has no usage: run the command once."
    about = {**state()["about"], "refused": why, "pictures": 0, "used": 0}
    page = book(about=about, selected=7, sort="number", parts=False)
    assert panel(page).get_by_text(why).is_visible()
    assert page.get_by_role("combobox", name="order").locator("option").first.is_disabled()
    sheet(page).focus()
    for sort in ("colour", "number"):
        page.keyboard.press("o")
        assert held(page, "sort") == sort
