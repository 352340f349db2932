"""The browser half of AttentionExplorer: boxes, other pictures, what it asks for, every screen."""

import pytest
from browser import give, tell
from decode_page import held, sent, settle
from explorer_page import (
    FLIP,
    SIDE,
    bits,
    give_parts,
    is_colour,
    is_hatched,
    lit,
    numbers,
    open_explorer,
    over,
    over_grey,
    panel,
    parts,
    percent,
    pixels_of,
    plate,
    row_of,
    seen,
    share_colour,
    shares,
    signed,
    state,
    told,
    word,
)

pytestmark = pytest.mark.browser

NEEDS_KERNEL = "This needs a running kernel: open the notebook and run the cell."


@pytest.fixture
def explorer(mount):
    def show(size=None, **changes):
        return open_explorer(mount, state(**changes), **(size or {}))

    return show


def open_more(page):
    page.get_by_role("button", name="More").click()
    settle(page)


# -- which words made a part of it


BOX = [7, 8, 13, 14]  # rows and columns 1 to 2


def test_a_box_lists_where_it_looked_and_what_it_depended_on_side_by_side(explorer):
    page = explorer()
    open_more(page)
    page.get_by_role("button", name="Draw a box").click()
    over(page, 7)
    page.mouse.down()
    over(page, 14)
    page.mouse.up()
    assert held(page, "box") == [1, 1, 2, 2]
    assert panel(page).get_by_text("rows 1 to 2, columns 1 to 2", exact=True).is_visible()
    heads = panel(page).locator("thead th").all_inner_texts()
    assert heads == ["word", "looked at", "bits lost"]
    for place in range(4):
        looked = percent(shares("one")[place][BOX].mean())
        assert row_of(page, place) == [looked, signed(bits("one")[place][BOX].sum())], place
    assert lit(page, 1) == percent(shares("one")[1][BOX].mean())
    page.get_by_role("button", name="Whole picture").click()
    assert held(page, "box") == []
    assert panel(page).locator("thead th").all_inner_texts() == ["word", "looked at"]


def test_a_box_by_keys_and_escape_gives_the_whole_picture_back(explorer):
    page = explorer(patch=7)
    plate(page).focus()
    for key in ("Shift+ArrowDown", "Shift+ArrowRight"):
        page.keyboard.press(key)
    assert held(page, "box") == [1, 1, 2, 2]
    page.keyboard.press("Escape")
    assert held(page, "box") == [] and held(page, "patch") == 14


# -- pictures beside


def test_a_word_is_switched_off_and_the_picture_drawn_again(explorer):
    page = explorer(word=1)
    open_more(page)
    assert page.get_by_text("no patch may read ‘red’").is_visible()
    page.get_by_role("button", name="Switch it off and draw again").click()
    assert sent(page, "without") == [{"kind": "without", "id": "one", "word": 1}]
    give(page, mode="all")
    assert page.get_by_text("nothing may read ‘red’").is_visible()


def test_without_a_word_in_hand_there_is_none_to_switch_off(explorer):
    page = explorer()
    open_more(page)
    assert page.get_by_role("button", name="Switch it off").is_disabled()
    assert page.get_by_text("Press a word first").is_visible()


def test_the_other_picture_stands_beside_with_what_changed_outlined(explorer):
    drawing = [told("one"), told("off", state="drawing")]
    page = explorer(pictures=drawing, beside="off", word=1)
    assert is_hatched(page, 3, "off")
    assert not [m for m in sent(page, "part") if m["id"] == "off"]
    give(page, pictures=[told("one"), told("off")])
    give_parts(page, "off")
    settle(page)
    said = "First flip at row 1, column 3; 2 of 36 patches differ"
    assert page.get_by_text(f"without ‘red’ · {said}").is_visible()
    own = pixels_of("off")[::SIDE, ::SIDE].reshape(-1, 3)
    for patch, framed in ((FLIP, True), (FLIP + 4, True), (3, False)):
        edge = seen(page, patch, "off", "picture", at=(0.5, 0.01))
        assert is_colour(edge, own[patch]) is not framed, patch
    wanted = over_grey(share_colour(shares("off")[1][8]), "off", 8)
    assert is_colour(seen(page, 8, "off"), wanted)


def test_pointing_at_the_other_picture_speaks_of_it(explorer):
    page = explorer(pictures=[told("one"), told("off")], beside="off")
    over(page, 20, "off")
    assert row_of(page, 1) == [percent(shares("off")[1][20])]
    assert lit(page, 1) == percent(shares("off")[1][20])  # one line of words serves both
    page.mouse.click(*over(page, 20, "off"))
    assert (held(page, "selected"), held(page, "beside")) == ("off", "one")
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="One picture alone").click()
    assert held(page, "beside") == ""


def test_two_prompts_have_two_lines_of_words_and_share_those_they_have(explorer):
    page = explorer(pictures=[told("one"), told("two")], beside="two")
    assert page.locator(".dx-line:visible").count() == 2
    word(page, 2).hover()  # "cube"
    for name, place in (("one", 2), ("two", 2)):
        wanted = over_grey(share_colour(shares(name)[place][9]), name, 9)
        assert is_colour(seen(page, 9, name), wanted), name
    word(page, 1).hover()  # "red" is not in the other
    text = shares("two")[:3].sum(0)
    assert is_colour(seen(page, 9, "two"), over_grey(share_colour(text[9]), "two", 9))
    word(page, 1, line=1).click()
    assert held(page, "selected") == "two" and held(page, "word") == 1


def test_another_prompt_is_asked_for_with_enter(explorer):
    page = explorer()
    open_more(page)
    page.get_by_role("textbox", name="another prompt").fill("  a blue cone ")
    page.get_by_role("textbox", name="another prompt").press("Enter")
    assert sent(page, "second") == [{"kind": "second", "prompt": "a blue cone"}]


def test_several_pictures_are_chosen_from_small_prints(explorer):
    page = explorer(pictures=[told("one"), told("two", role="first")], word=2)
    page.get_by_role("button", name="show another prompt").click()
    assert held(page, "selected") == "two"
    assert held(page, "word") == 2  # "cube" stands there too
    assert plate(page, "two").is_visible() and plate(page, "one").count() == 0


# -- heads and layers


def test_effects_are_measured_with_progress_and_then_stand_below_the_heads(explorer):
    page = explorer()
    open_more(page)
    page.get_by_role("combobox", name="effect").select_option("zero")
    page.get_by_role("button", name="Measure effects").click()
    assert sent(page, "ablate") == [{"kind": "ablate", "id": "one", "what": "zero"}]
    busy = {"state": "working", "sentence": "Heads.", "done": 9, "total": 36, "left": None}
    give(page, status=busy)
    assert page.get_by_role("progressbar").evaluate("(b) => b.value") == 0.25
    assert page.get_by_role("button", name="Measure effects").is_disabled()
    page.get_by_role("button", name="Stop").click()
    assert len(sent(page, "stop")) == 1
    header = {**parts("one")["heads"][0], "effect": {"kind": "zero", "bits": [1, 9.5, -2, 4]}}
    tell(page, {"kind": "part", "id": "one", "part": "heads", "header": header})
    give(page, status={**busy, "state": "idle"})
    settle(page)
    sheet = page.get_by_role("group", name="heads")
    assert sheet.locator(".dx-head-number").all_inner_texts() == [
        "+1.00", "+9.50", "−2.00", "+4.00",
    ]  # fmt: skip
    page.get_by_role("combobox", name="sorted by").select_option("effect")
    assert sheet.locator(".dx-head-name").all_inner_texts() == ["0.1", "1.1", "0.0", "1.0"]


def test_layers_are_a_strip_of_pictures_with_their_distance_and_a_caveat(explorer):
    page = explorer()
    open_more(page)
    strip = page.locator(".dx-lens")
    assert strip.get_by_role("img").count() == 3
    kl = numbers("one")["kl"].astype(float).mean(1)
    assert [f"KL {one:.2f} bits" for one in kl] == strip.locator(".dx-number").all_inner_texts()
    assert page.get_by_text("no layer draws a picture of its own").is_visible()


# -- what cannot be measured says why


def test_what_an_instrument_refuses_is_said_where_it_would_stand(explorer):
    page = explorer(tab="depends", word=1)
    for part, why in (("depends", "Nothing can be cut here."), ("agreement", "One word only.")):
        header = {"refused": why}
        told_so = {"kind": "part", "id": "one", "part": part, "header": header}
        tell(page, {**told_so, "id": "new"})
        give(page, pictures=[told("one"), told("one", id="new", role="first")])
        tell(page, told_so)
    give(page, selected="new")
    settle(page)
    assert page.get_by_text("Nothing can be cut here.").is_visible()
    assert page.get_by_text("One word only.").is_visible()


def test_modes_that_are_not_there_cannot_be_chosen(explorer):
    page = explorer(tab="depends")
    header, buffers = parts("one")["depends"]
    some = {**header, "modes": ["image"]}
    tell(page, {"kind": "part", "id": "one", "part": "depends", "header": some}, buffers[:1])
    settle(page)
    choose = page.get_by_role("combobox", name="when")
    assert choose.locator("option[value=all]").is_disabled()
    assert not choose.locator("option[value=image]").is_disabled()


# -- with and without a kernel


def test_without_a_kernel_everything_that_was_made_works(mount):
    embedded = {
        "one": {name: {"header": h, "buffers": b} for name, (h, b) in parts("one").items()}
    }
    page = open_explorer(mount, state(alive=False, embedded=embedded, more=True))
    settle(page)
    assert {message["kind"] for message in page.evaluate("sent")} == {"hello"}
    text = shares("one")[:4].sum(0)
    assert is_colour(seen(page, 8), over_grey(share_colour(text[8]), "one", 8))
    assert page.get_by_text(NEEDS_KERNEL).first.is_visible()
    for name in ("Measure effects", "Draw it beside", "Copy as Python", "Keep"):
        button = page.get_by_role("button", name=name, exact=True)
        assert button.is_disabled() and button.get_attribute("title") == NEEDS_KERNEL, name
    word(page, 1).click()
    assert page.get_by_role("button", name="Switch it off").is_disabled()
    page.get_by_role("group", name="heads").get_by_role("button").nth(1).click()
    assert panel(page).get_by_text("layer 0, head 1").is_visible()
    page.get_by_role("button", name="Draw a box").click()
    over(page, 7)
    page.mouse.down()
    over(page, 14)
    page.mouse.up()
    assert panel(page).get_by_text("bits lost", exact=True).is_visible()
    page.get_by_role("button", name="Proof").click()
    assert page.get_by_text("rank correlation 0.12").is_visible()


def test_packed_parts_are_unpacked(explorer):
    import zlib

    page = explorer()
    header, buffers = parts("two")["looks"]
    give(page, pictures=[told("two", role="first")], selected="two")
    give_parts(page, "two", only=("picture",))
    told_so = {"kind": "part", "id": "two", "part": "looks", "header": {**header, "packed": True}}
    tell(page, told_so, [zlib.compress(one) for one in buffers])
    settle(page)
    wanted = over_grey(share_colour(shares("two")[:3].sum(0)[9]), "two", 9)
    assert is_colour(seen(page, 9, "two"), wanted)


def test_a_part_that_is_damaged_is_named(explorer):
    page = explorer()
    header, buffers = parts("one")["looks"]
    told_so = {"kind": "part", "id": "one", "part": "looks", "header": header}
    tell(page, told_so, [buffers[0][:-3], buffers[1][:-3], *buffers[2:]])
    settle(page)
    assert page.get_by_text("A part of the picture could not be read").is_visible()


def test_a_kernel_that_does_not_answer_is_named(explorer):
    page = explorer(word=1)
    open_more(page)
    page.clock.install()
    page.get_by_role("button", name="Switch it off").click()
    page.clock.run_for(10_500)
    assert page.get_by_text(f"No answer came. {NEEDS_KERNEL}").is_visible()


def test_errors_are_shown_under_the_figure(explorer):
    page = explorer()
    status = state()["status"]
    wrong = "The prompt is empty: write what to draw beside the picture."
    give(page, status={**status, "state": "failed", "sentence": wrong})
    assert page.get_by_role("alert").inner_text() == wrong


def test_python_of_the_view_is_shown_to_be_copied(explorer):
    page = explorer()
    open_more(page)
    page.get_by_role("button", name="Copy as Python").click()
    assert len(sent(page, "python")) == 1
    tell(page, {"kind": "python", "code": "dx.AttentionExplorer(sample)"})
    shown = page.get_by_role("textbox", name="Python of this view")
    assert shown.input_value() == "dx.AttentionExplorer(sample)"
    page.get_by_role("button", name="Keep").click()
    assert len(sent(page, "keep")) == 1
