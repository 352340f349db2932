"""The browser half of CodebookBrowser: painting, and every kind of screen; both halves joined."""

import numpy as np
import pytest
from browser import give as put
from browser import tell
from codebook_page import (
    READ,
    START,
    click_tile,
    embedded,
    entry,
    face,
    give,
    give_pixels,
    held,
    is_patch,
    is_tile,
    layout,
    open_codebook,
    over,
    painting,
    panel,
    patch_seen,
    sent,
    settle,
    sheet,
    spot,
    state,
)
from codebook_rig import CODES, SIDE, keep, measured, tiny

import dalle_explore as dx

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("one_thread")]

NEEDS_KERNEL = "This needs a running kernel: open the notebook and run the cell."


@pytest.fixture
def book(mount):
    def show(size=None, parts=True, **changes):
        return open_codebook(mount, state(**changes), parts, **(size or {}))

    return show


# -- painting


@pytest.fixture
def canvas(book):
    def show(**changes):
        return book(**{"tab": "paint", "selected": 500, **changes})

    return show


def drag(page, *patches):
    page.mouse.move(*over(page, patches[0]))
    page.mouse.down()
    for patch in patches[1:]:
        page.mouse.move(*over(page, patch))
    page.mouse.up()


def test_a_stroke_is_sent_without_gaps_and_shows_tiles_until_the_pixels_come(canvas):
    page = canvas()
    assert is_patch(page, 0, START[0])
    drag(page, 0, 3)
    (message,) = sent(page, "paint")
    assert (message["code"], message["patches"]) == (500, [0])
    page.mouse.move(2, 2)
    assert is_patch(page, 0, 500) and is_patch(page, 2, 500)  # tiles, for now
    grid = START.copy()
    grid[:4] = 500
    put(page, painting=painting({0: 500}, undo=1))
    give_pixels(page, np.where(np.arange(36) == 0, 501, START), message["number"])
    assert is_patch(page, 0, 501)  # the pixels that came
    assert is_patch(page, 2, 500)  # still awaited
    second = sent(page, "paint")[1]
    assert second["patches"] == [1, 2, 3] and second["stroke"] == message["stroke"]
    put(page, painting=painting({0: 500, 1: 500, 2: 500, 3: 500}, undo=1))
    give_pixels(page, grid, second["number"])
    assert len(sent(page, "paint")) == 2 and is_patch(page, 3, 500)
    drag(page, 30)
    assert sent(page, "paint")[2]["stroke"] != message["stroke"]


def test_undo_redo_and_reset_are_asked_for_when_there_is_something(canvas):
    page = canvas()
    for name in ("undo", "redo", "Reset"):
        assert page.get_by_role("button", name=name).is_disabled()
    put(page, painting=painting({4: 500}, undo=1, redo=1))
    for name in ("undo", "redo", "Reset"):
        page.get_by_role("button", name=name).click()
    face(page).focus()
    page.keyboard.press("z")
    page.keyboard.press("y")
    kinds = [one["kind"] for one in page.evaluate("sent") if one["kind"] != "part"]
    assert kinds[1:] == ["undo", "redo", "reset", "undo", "redo"]


def test_what_changed_is_told_and_mapped_on_a_fixed_scale(canvas):
    page = canvas(painting=painting({14: 500}, undo=1))
    assert page.get_by_text("1 patch painted, 64 pixels; another colour: 64 pixels").is_visible()
    height = page.evaluate("document.body.scrollHeight")
    page.get_by_role("button", name="What changed").click()
    settle(page)
    assert page.evaluate("document.body.scrollHeight") == height  # nothing moves
    assert held(page, "show") == "change"
    assert page.get_by_role("img", name="scale from 0 to 255 levels").is_visible()
    assert sum(patch_seen(page, 14)) < sum(patch_seen(page, 21)) - 60
    assert min(patch_seen(page, 35)) > 230  # nothing changed there


def test_the_reach_of_the_patch_in_hand_is_outlined(canvas):
    page = canvas()
    before = patch_seen(page, 0, (0.01, 0.3))
    page.mouse.move(*over(page, 14))  # two patches further in every direction
    edge = [patch_seen(page, 0, (0.01, y / 20)) for y in range(2, 19)]
    assert any(colour != before for colour in edge)


def test_a_code_is_picked_from_the_picture(canvas):
    page = canvas()
    page.get_by_role("button", name="Pick").click()
    page.mouse.click(*over(page, 9))
    assert held(page, "selected") == START[9] and not sent(page, "paint")
    pressed = page.get_by_role("button", name="Brush").get_attribute("aria-pressed")
    assert pressed == "true"  # and then painted with
    page.mouse.move(*over(page, 12))
    page.keyboard.press("e")
    assert held(page, "selected") == START[12]


def test_keys_paint_too(canvas):
    page = canvas()
    face(page).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    (message,) = sent(page, "paint")
    assert message["patches"] == [7]


def test_without_a_brush_it_says_so(canvas):
    page = canvas(selected=-1)
    drag(page, 3)
    assert page.get_by_text("There is no brush yet: choose a code").is_visible()
    assert not sent(page, "paint")


def test_the_sheet_stands_beside_the_picture_to_choose_from(canvas):
    page = canvas(sort="number")
    assert face(page).is_visible() and sheet(page).is_visible()
    page.get_by_role("tab", name="look through").click()
    assert not face(page).is_visible() and held(page, "tab") == "look"
    page.get_by_role("button", name="Paint with it").click()
    assert face(page).is_visible()
    used = page.get_by_role("group", name="codes used before")
    drag(page, 1)
    field = page.get_by_role("textbox", name="code: find it by its number")
    field.fill("20")
    field.press("Enter")
    used.get_by_role("button", name="take code 500").click()
    assert held(page, "selected") == 500


def test_a_stroke_that_fails_takes_its_tiles_back(canvas):
    page = canvas()
    drag(page, 7)
    page.mouse.move(2, 2)
    assert is_patch(page, 7, 500)
    wrong = "the model was closed: open it again."
    put(page, status={**state()["status"], "state": "failed", "sentence": wrong})
    assert page.get_by_role("alert").inner_text() == wrong
    assert is_patch(page, 7, START[7])


# -- on every kind of screen


def test_without_a_kernel_all_but_painting_works(book):
    page = book(
        alive=False, embedded=embedded(7, grid=np.where(np.arange(36) == 3, 9, START)),
        painting=painting({3: 9}, undo=1), selected=7, parts=False,
    )  # fmt: skip
    settle(page)
    assert {one["kind"] for one in page.evaluate("sent")} == {"hello"}
    assert is_tile(page, 3, 4) and panel(page).get_by_text("no. 101").is_visible()
    panel(page).get_by_role("button", name="code 8, distance 0.50", exact=True).click()
    assert panel(page).get_by_text("did not travel with the page").is_visible()
    assert panel(page).get_by_role("button", name="code 9, distance 0.50, its tile").is_visible()
    page.get_by_role("tab", name="paint").click()
    settle(page)
    assert is_patch(page, 3, 9) and is_patch(page, 4, START[4])
    assert page.get_by_text("Painting needs a running kernel").is_visible()
    for name in ("Brush", "undo", "Reset"):
        button = page.get_by_role("button", name=name)
        assert button.is_disabled() and button.get_attribute("title") == NEEDS_KERNEL
    page.mouse.click(*over(page, 10))
    assert held(page, "selected") == START[10]
    page.get_by_role("button", name="What changed").click()
    assert page.get_by_role("img", name="scale from 0 to 255 levels").is_visible()
    page.get_by_role("button", name="More").click()
    for name in ("Copy as Python", "Keep"):
        assert page.get_by_role("button", name=name).is_disabled()


def test_the_making_of_tiles_is_shown_and_can_be_stopped(book):
    page = book(parts=False)
    busy = {"state": "working", "sentence": "Making the tiles.", "done": 250, "total": 1000}
    put(page, status={**busy, "left": 3.2})
    bar = page.get_by_role("progressbar")
    assert bar.get_attribute("aria-valuetext") == "250 of 1000 tiles"
    page.get_by_role("button", name="Stop").click()
    assert len(sent(page, "stop")) == 1


def test_python_moves_everything(book):
    page = book()
    put(page, selected=12, sort="number", caption="So.")
    assert panel(page).get_by_role("heading", name="code 12").is_visible()
    assert page.get_by_role("combobox", name="order").input_value() == "number"
    assert page.get_by_text("So.").is_visible()
    put(page, at=900)
    assert is_tile(
        page, 0, 900 // (layout(page)[0] * layout(page)[1]) * layout(page)[0] * layout(page)[1]
    )
    put(page, tab="paint", show="change")
    assert face(page).is_visible()
    tell(page, {"kind": "python", "code": "import dalle_explore as dx"})
    page.get_by_role("button", name="More").click()
    assert page.get_by_label("Python of this view").input_value() == "import dalle_explore as dx"


def test_keys_stay_inside_but_escape_and_chords_pass(book):
    page = book()
    page.evaluate("window.out = []; document.addEventListener('keydown', (e) => out.push(e.key))")
    sheet(page).focus()
    for key in ("b", "ArrowLeft", "PageDown", "Escape", "Control+b"):
        page.keyboard.press(key)
    assert page.evaluate("out") == ["Escape", "Control", "b"]


def test_letters_change_pages_order_and_field(book):
    page = book(selected=5)
    sheet(page).focus()
    page.keyboard.press("o")
    assert held(page, "sort") == "colour"
    page.keyboard.press("b")
    assert held(page, "tab") == "paint"
    page.get_by_role("tab", name="paint").focus()
    page.keyboard.press("ArrowLeft")
    assert held(page, "tab") == "look"
    page.keyboard.press("/")
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == "code: find it by its number"


@pytest.mark.parametrize("tab", ["look", "paint"])
@pytest.mark.parametrize("touch", [False, True])
def test_nothing_sticks_out_at_any_width(book, tab, touch):
    page = book(size={"viewport": (360, 760), "touch": touch, "scale": 2}, tab=tab, selected=7)
    give(page, "entry", entry(7))
    for width in (360, 412) if touch else (360, 600, 719, 760, 900, 1240):
        page.set_viewport_size({"width": width, "height": 760})
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".dx").evaluate("(e) => e.scrollWidth <= e.clientWidth"), width


def test_a_finger_takes_codes_and_paints(book):
    page = book(size={"viewport": (360, 760), "touch": True, "scale": 2}, sort="number")
    across, _ = layout(page)
    box = sheet(page).bounding_box()
    assert box["width"] / across >= 34
    x, y = spot(page, across + 1)
    page.touchscreen.tap(box["x"] + x * box["width"], box["y"] + y * box["height"])
    assert held(page, "selected") == across + 1
    page.get_by_role("tab", name="paint").tap()
    settle(page)
    page.touchscreen.tap(*over(page, 20))
    (message,) = sent(page, "paint")
    assert message["patches"] == [20]
    assert face(page).evaluate("(e) => getComputedStyle(e).touchAction") == "none"
    page.get_by_role("button", name="Pick").tap()
    assert "pan-y" in face(page).evaluate("(e) => getComputedStyle(e).touchAction")


def test_dark_rooms_and_projectors_have_their_own_look(book):
    page = book(size={"dark": True}, selected=7)
    paper = page.locator(".dx").evaluate("(e) => getComputedStyle(e).backgroundColor")
    assert paper == "rgb(27, 26, 24)"
    page.locator(".dx").evaluate("(e) => (e.requestFullscreen = undefined)")
    small = sheet(page).bounding_box()["width"]
    sheet(page).focus()
    page.set_viewport_size({"width": 1600, "height": 900})
    page.keyboard.press("f")
    settle(page)
    assert "dx-projector" in page.locator(".dx").get_attribute("class")
    assert sheet(page).bounding_box()["width"] > small
    page.keyboard.press("Escape")
    assert "dx-projector" not in page.locator(".dx").get_attribute("class")


def test_everything_has_a_name_for_those_who_cannot_see_it(book):
    page = book(selected=7, tab="paint")
    give(page, "entry", entry(7))
    settle(page)
    nameless = page.evaluate(
        "() => [...document.querySelectorAll('button, input, select, canvas:not([aria-hidden])')]"
        ".filter((e) => e.offsetParent && !(e.getAttribute('aria-label') || e.textContent.trim()"
        " || e.labels?.length || e.parentElement.closest('[aria-hidden], [role=img]')))"
        ".map((e) => e.outerHTML.slice(0, 80))"
    )
    assert nameless == []
    label = face(page).get_attribute("aria-label")
    assert "“a red cube”, seed 3" in label
    assert page.get_by_role("tablist").get_by_role("tab", selected=True).inner_text() == "paint"


# -- both halves


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny(tmp_path_factory.mktemp("joined"))


@pytest.fixture(scope="module")
def atlas(model):
    return measured(model)


def test_a_code_is_looked_up_and_painted_and_undone(model, atlas, joined):
    keep(atlas)
    code = int(atlas.usage.counts.argmax())  # where codes never occur, tiles are faint
    grid = np.full((SIDE, SIDE), (code + 1) % CODES)
    browser = joined(
        lambda: dx.CodebookBrowser(model, sort="number", grid=grid), viewport=(1040, 1000)
    )
    page, widget = browser.page, browser.widget
    browser.until(lambda: widget._shelf.tiles.whole and widget.status["state"] == "idle")
    browser.carry()  # what was said last
    settle(page)
    middle = widget._shelf.tiles.pixels[code][3:5, 3:5].reshape(-1, 3).astype(int)
    seen = sheet(page).evaluate(READ, list(spot(page, code)))[:3]
    assert np.abs(middle - seen).max(axis=1).min() <= 1  # one of the four around the middle
    click_tile(page, code)
    quotes = panel(page).locator(".dx-quote")
    crops = len(widget._shelf.entry(code).crops)
    assert crops > 0
    browser.until(lambda: widget.selected == code and quotes.count() == crops)
    page.get_by_role("button", name="Paint with it").click()
    settle(page)
    page.mouse.move(*over(page, 7))
    page.mouse.down()
    page.mouse.move(*over(page, 9))
    page.mouse.up()
    browser.until(lambda: (widget.painted[1, 1:4] == code).all() and widget.wait(0))
    browser.until(lambda: page.get_by_text("3 patches painted").is_visible())
    page.mouse.move(2, 2)
    settle(page)
    pixels = np.asarray(widget.picture)
    for patch, at in ((7, (12, 12)), (9, (12, 28)), (20, (28, 20))):
        place = [(at[1] + 0.5) / (8 * SIDE), (at[0] + 0.5) / (8 * SIDE)]
        seen = face(page).evaluate(READ, place)[:3]
        assert np.abs(np.subtract(seen, pixels[at].astype(int))).max() <= 1, patch
    page.get_by_role("button", name="undo").click()
    browser.until(lambda: not widget._painting.painted.any())
    browser.until(lambda: page.get_by_text("Nothing is painted yet").is_visible())
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Copy as Python").click()
    browser.until(lambda: page.get_by_label("Python of this view").is_visible())
    assert "dx.CodebookBrowser(model" in page.get_by_label("Python of this view").input_value()


def test_a_saved_page_is_looked_through_without_a_kernel(model, atlas, opened, tmp_path):
    keep(atlas)
    widget = dx.CodebookBrowser(model, selected=9, sort="number")
    path = widget.paint(9, [(0, 0)]).save_html(tmp_path / "codebook.html")
    page = opened(path, viewport=(1040, 1000)).page
    page.wait_for_selector("canvas.dx-sheet-plate")
    settle(page)
    crops = len(widget._shelf.entry(9).crops)
    assert panel(page).locator(".dx-quote").count() == crops
    click_tile(page, 11)
    assert panel(page).get_by_role("heading", name="code 11").is_visible()
    page.get_by_role("tab", name="paint").click()
    settle(page)
    place = [4.5 / (8 * SIDE), 4.5 / (8 * SIDE)]
    seen = face(page).evaluate(READ, place)[:3]
    assert np.abs(np.subtract(seen, np.asarray(widget.picture)[4, 4].astype(int))).max() <= 1
    widget.close()
