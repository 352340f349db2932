"""The browser half of AttentionExplorer: maps, numbers, words and keys, no kernel."""

import re

import numpy as np
import pytest
from browser import give
from decode_page import held, sent, settle
from explorer_page import (
    COLUMNS,
    HEADS,
    LAYERS,
    PATCHES,
    WORDS,
    bits,
    dot,
    earlier,
    is_colour,
    is_hatched,
    lit,
    numbers,
    open_explorer,
    over,
    over_grey,
    panel,
    percent,
    pixels_of,
    plate,
    row_of,
    seen,
    share_colour,
    shares,
    signed,
    signed_colour,
    signed_share_colour,
    state,
    told,
    word,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def explorer(mount):
    def show(size=None, **changes):
        return open_explorer(mount, state(**changes), **(size or {}))

    return show


def tip(page):
    return page.locator(".dx-tip")


def four(page):
    return page.locator(".dx-stack-key dd").all_inner_texts()


# -- what it asks for


def test_it_asks_for_what_can_be_seen_and_for_the_rest_when_it_is_opened(explorer):
    page = explorer(pictures=[told("one"), told("off", role="first")])
    asked = [(message["id"], message["part"]) for message in sent(page, "part")]
    first = ["picture", "looks", "earlier", "depends", "agreement"]
    assert asked == [*(("one", part) for part in first), ("off", "picture")]
    page.get_by_role("button", name="Proof").click()
    page.get_by_role("button", name="More").click()
    later = [message["part"] for message in sent(page, "part")[len(asked) :]]
    assert later == ["twin", "deletion", "heads", "lens"]
    page.get_by_role("button", name="show without").click()
    assert [m["part"] for m in sent(page, "part") if m["id"] == "off"].count("looks") == 1


# -- where it looked


def test_it_opens_with_the_picture_its_words_and_one_map_of_all_words_together(explorer):
    page = explorer()
    text = shares("one")[: len(WORDS)].sum(0)
    for patch in (0, 8, 21, PATCHES - 1):
        wanted = over_grey(share_colour(text[patch]), "one", patch)
        assert is_colour(seen(page, patch), wanted), patch
        assert is_colour(
            seen(page, patch, kind="picture"), pixels_of("one")[::8, ::8].reshape(-1, 3)[patch]
        )
    assert page.get_by_text("looks at all words together").is_visible()
    means = shares("one").mean(1)
    assert [lit(page, i) for i in range(4)] == [percent(one) for one in means[:4]]
    assert panel(page).get_by_role("heading", name="Where it looked").is_visible()


def test_at_most_four_controls_are_seen_at_first(explorer):
    page = explorer()
    controls = page.locator(".dx-tabs, .dx-explorer select, .dx-explorer input, .dx-button")
    assert sum(one.is_visible() for one in controls.all()) <= 4


def test_hovering_a_word_shows_its_map_and_gives_the_other_back(explorer):
    page = explorer()
    before = seen(page, 21)
    word(page, 2).hover()
    for patch in (3, 21, 30):
        wanted = over_grey(share_colour(shares("one")[2][patch]), "one", patch)
        assert is_colour(seen(page, patch), wanted), patch
    assert page.get_by_text("looks at ‘cube’").is_visible()
    page.mouse.move(2, 2)
    assert is_colour(seen(page, 21), before, 0)
    assert held(page, "word") == -1


def test_hovering_a_patch_shows_the_words_and_earlier_patches_it_looked_at(explorer):
    page, patch = explorer(), 20
    over(page, patch)
    read = earlier("one", patch)
    for source in (0, 7, patch - 1):
        wanted = over_grey(share_colour(read[source]), "one", source)
        assert is_colour(seen(page, source), wanted), source
    assert is_hatched(page, patch + 2) and is_hatched(page, PATCHES - 1)
    found = shares("one")[:, patch]
    assert [lit(page, i) for i in range(4)] == [percent(one) for one in found[:4]]
    assert panel(page).get_by_text("row 3, column 2").is_visible()
    text, last, start, pad = found[:4].sum(), found[6], found[4], found[5]
    assert four(page) == [percent(one) for one in (text, last, start, pad)]
    assert f"text {percent(text)} · earlier {percent(last)}" in tip(page).inner_text()
    assert held(page, "patch") == -1  # hovering stays here
    page.mouse.move(2, 2)
    assert not is_hatched(page, PATCHES - 1)


def test_the_first_patch_had_none_before_it(explorer):
    page = explorer()
    over(page, 0)
    assert is_hatched(page, 1) and four(page)[1] == "0 %"


def test_the_shares_of_what_is_in_hand_sum_to_one(explorer):
    page = explorer()
    for patch in (4, 33):
        over(page, patch)
        found = [float(one.replace("<", "").rstrip(" %")) for one in four(page)]
        assert abs(sum(found) - 100) < 0.2


def test_words_are_lit_by_the_scale_of_the_map(explorer):
    page = explorer(patch=20)
    found = shares("one")[1][20]
    colour = word(page, 1).evaluate("(e) => getComputedStyle(e).backgroundColor")
    rgb = np.array([int(part) for part in re.findall(r"\d+", colour)[:3]], float)
    assert is_colour(rgb, share_colour(found), 2)


@pytest.mark.parametrize("by", ["attention", "signed"])
def test_other_ways_of_looking_have_their_own_numbers_and_scale(explorer, by):
    page = explorer(word=1)
    page.get_by_role("combobox", name="by").select_option(by)
    found = shares("one", by)[1]
    for patch in (2, 17):
        colour = (
            signed_share_colour(found[patch]) if by == "signed" else share_colour(found[patch])
        )
        assert is_colour(seen(page, patch), over_grey(colour, "one", patch)), patch
    over(page, 17)
    number = percent(abs(found[17]))
    sign = "" if by == "attention" else "−" if found[17] < 0 else "+"
    assert f"‘red’ {sign}{number}" in tip(page).inner_text()
    ends = {"attention": "0 to ≥ 50 %", "signed": "≤ −50 to ≥ \\+50 %"}
    assert page.get_by_role("img", name=re.compile(f"scale from {ends[by]}")).is_visible()
    assert held(page, "by") == by


def test_for_earlier_patches_no_sign_is_kept_and_that_is_said(explorer):
    page, patch = explorer(by="signed", patch=20), 20
    assert page.get_by_text("For earlier patches no sign is kept").is_visible()
    wanted = over_grey(share_colour(earlier("one", patch)[7]), "one", 7)
    assert is_colour(seen(page, 7), wanted)


def test_chosen_heads_are_put_together_by_what_they_bring(explorer):
    picks = [[0, 1], [1, 0]]
    page = explorer(picks=picks, word=3)
    found = shares("one", picks=picks)[3]
    for patch in (1, 22):
        assert is_colour(seen(page, patch), over_grey(share_colour(found[patch]), "one", patch))
    assert panel(page).get_by_text("2 heads together").is_visible()
    give(page, picks=[[1, 1]], patch=20)
    wanted = earlier("one", 20, picks=[[1, 1]])[7]
    assert is_colour(seen(page, 7), over_grey(share_colour(wanted), "one", 7))
    assert page.get_by_text("all heads of layer 1").is_visible()


# -- what is pinned


def test_a_click_pins_a_patch_whose_map_the_pointer_can_then_read(explorer):
    page, patch = explorer(), 20
    page.mouse.click(*over(page, patch))
    assert held(page, "patch") == patch
    over(page, 7)
    assert f"looked at {percent(earlier('one', patch)[7])}" in tip(page).inner_text()
    assert panel(page).get_by_text("row 3, column 2 · pinned", exact=True).is_visible()
    over(page, 30)
    assert "not chosen yet" in tip(page).inner_text()
    page.mouse.click(*over(page, patch))  # a second click lets go
    assert held(page, "patch") == -1


def test_a_pinned_word_stays_on_the_plate_and_patches_light_up_the_words(explorer):
    page = explorer()
    word(page, 1).click()
    assert held(page, "word") == 1 and word(page, 1).get_attribute("aria-pressed") == "true"
    over(page, 20)
    found = shares("one")
    assert f"‘red’ {percent(found[1][20])}" in tip(page).inner_text()
    assert lit(page, 2) == percent(found[2][20])
    assert is_colour(seen(page, 30), over_grey(share_colour(found[1][30]), "one", 30))
    word(page, 1).click()
    assert held(page, "word") == -1


def test_escape_lets_go_of_the_last_thing_first(explorer):
    page = explorer()
    word(page, 1).click()
    page.mouse.click(*over(page, 20))
    assert (held(page, "word"), held(page, "patch")) == (1, 20)
    page.keyboard.press("Escape")
    assert (held(page, "word"), held(page, "patch")) == (1, -1)
    page.keyboard.press("Escape")
    assert (held(page, "word"), held(page, "patch")) == (-1, -1)


def test_rows_of_the_table_are_words_too(explorer):
    page = explorer()
    row = panel(page).locator("tbody tr").nth(2)
    row.hover()
    assert page.get_by_text("looks at ‘cube’").is_visible()
    row.click()
    assert held(page, "word") == 2
    assert row_of(page, 2) == [percent(shares("one")[2].mean())]


# -- what it depended on


def test_depends_on_is_bits_and_never_says_that_it_looked(explorer):
    page = explorer(tab="depends")
    found = bits("one")
    assert panel(page).get_by_role("heading", name="What it depended on").is_visible()
    assert not panel(page).get_by_role("heading", name="Where it looked").is_visible()
    for place in range(5):  # the last is the padding
        assert row_of(page, place) == [signed(found[place].sum())], place
    assert panel(page).get_by_role("row", name="(padding)").is_visible()
    most = found[:4].max(0)
    for patch in (3, 19):
        colour = signed_colour(most[patch])
        assert is_colour(seen(page, patch), over_grey(colour, "one", patch))
    assert page.get_by_text("bits lost without the costliest word").is_visible()


def test_a_word_has_a_map_in_bits_and_a_patch_the_bits_of_each_word(explorer):
    page = explorer(tab="depends")
    word(page, 1).hover()
    found = bits("one")
    for patch in (2, 25):
        colour = signed_colour(found[1][patch])
        assert is_colour(seen(page, patch), over_grey(colour, "one", patch))
    word(page, 1).click()
    over(page, 25)
    assert f"‘red’ {signed(found[1][25])} bits" in tip(page).inner_text()
    assert [lit(page, i) for i in range(4)] == [signed(one) for one in found[:4, 25]]
    assert row_of(page, 1) == [signed(found[1][25])]
    assert "scale from ≤ −8 to ≥ +8 bits" in page.locator(".dx-scale").get_attribute("aria-label")


def test_every_way_to_take_a_word_away_has_its_own_numbers(explorer):
    page = explorer(tab="depends", word=1)
    choose = page.get_by_role("combobox", name="when")
    choose.select_option("all")
    assert row_of(page, 1) == [signed(bits("one", "all")[1].sum())]
    choose.select_option("replace")
    assert held(page, "mode") == "replace"
    assert row_of(page, 1) == [signed(bits("one", "replace")[1].sum())]
    assert page.get_by_text("when ‘red’ becomes blue and green").is_visible()
    assert lit(page, 0) == "–" and row_of(page, 4) == ["–"]  # nothing can stand there
    word(page, 0).hover()
    over_it = page.get_by_text("bits lost without ‘a’")
    assert over_it.is_visible()


def test_where_it_looked_stays_in_sight_under_its_own_name(explorer):
    page = explorer(tab="depends")
    over(page, 20)
    found = shares("one")[:, 20]
    assert panel(page).get_by_role("heading", name="looked at", exact=True).is_visible()
    assert four(page)[0] == percent(found[:4].sum())


# -- how far to trust it


def test_a_badge_says_when_looking_and_depending_name_different_words(explorer):
    page = explorer()
    said = "Contribution’s first word: red. Knock-out’s first word (nothing can read it): cube."
    assert page.get_by_text(f"{said} They disagree.").is_visible()
    assert page.get_by_text("Replay error 1.2 × 10⁻⁵ nats.").is_visible()


def test_proof_is_one_click_away(explorer):
    page = explorer(word=2)
    page.get_by_role("button", name="Proof").click()
    proof = page.get_by_role("region", name="proof")
    assert proof.get_by_text("A decoy is read").is_visible()
    assert proof.get_by_role("cell", name="big: not as it has to be").inner_text() == "big ✗"
    assert proof.get_by_text("0.30 (0.20 to 0.41)").is_visible()
    assert proof.get_by_text("0.18 (0.10 to 0.25)").is_visible()
    assert proof.get_by_text("rank correlation 0.12").is_visible()
    twin = (numbers("one")["twin"][2] / 255.0) ** 2
    for canvas, values in ((0, shares("one")[2]), (1, twin)):
        found = dot(proof.locator("canvas").nth(canvas), 8)
        assert is_colour(found, share_colour(values[8]), 2)
    word(page, 0).hover()
    assert proof.get_by_text("Looks at ‘a’, and the same of its twin").is_visible()


# -- keys


def test_arrows_move_the_patch_in_hand(explorer):
    page = explorer()
    plate(page).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    assert held(page, "patch") == COLUMNS
    spoken = panel(page).get_by_role("status").inner_text()
    assert spoken.startswith("row 1, column 0 · pinned: looked at text ")


def test_brackets_go_from_word_to_word_and_round(explorer):
    page = explorer()
    plate(page).focus()
    for key, place in (("]", 0), ("]", 1), ("[", 0), ("[", 3)):
        page.keyboard.press(key)
        assert held(page, "word") == place, key


def test_among_the_words_left_and_right_move_and_enter_pins(explorer):
    page = explorer()
    page.get_by_role("tab", name="looks at").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.get_by_text("looks at ‘cube’").is_visible()  # focus shows, as the pointer does
    page.keyboard.press("Enter")
    assert held(page, "word") == 2


def test_keys_turn_the_page_and_go_to_the_next_quantity(explorer):
    page = explorer()
    plate(page).focus()
    for by in ("attention", "signed", "contribution"):
        page.keyboard.press("o")
        assert page.get_by_role("combobox", name="by").input_value() == by
    page.keyboard.press("2")
    assert held(page, "tab") == "depends"
    page.keyboard.press("o")
    assert page.get_by_role("combobox", name="when").input_value() == "replace"
    page.keyboard.press("1")
    assert page.get_by_role("tab", name="looks at").get_attribute("aria-selected") == "true"
    page.get_by_role("tab", name="looks at").focus()
    page.keyboard.press("ArrowRight")
    assert held(page, "tab") == "depends"


def test_keys_stay_inside_but_escape_and_chords_pass(explorer):
    page = explorer()
    page.evaluate("window.out = []; document.addEventListener('keydown', (e) => out.push(e.key))")
    plate(page).focus()
    for key in ("b", "ArrowLeft", "Escape", "Control+b"):
        page.keyboard.press(key)
    assert page.evaluate("out") == ["Escape", "Control", "b"]


def test_full_screen_fills_the_screen_and_comes_back(explorer):
    page = explorer()
    plate(page).focus()
    page.keyboard.press("f")
    page.wait_for_selector(".dx-projector")
    page.keyboard.press("f")
    page.wait_for_function("() => !document.querySelector('.dx-projector')")


# -- Python moves it, too


def test_python_moves_everything(explorer):
    page = explorer()
    give(page, tab="depends", word=3, mode="all", caption="So.", more=True)
    assert page.get_by_role("tab", name="depends on").get_attribute("aria-selected") == "true"
    assert page.get_by_text("bits lost without ‘cube’").is_visible()
    assert page.get_by_role("combobox", name="when").input_value() == "all"
    assert page.get_by_text("So.").is_visible()
    assert page.get_by_role("button", name="Draw a box").is_visible()


# -- heads


def open_heads(page):
    page.get_by_role("button", name="More").click()
    settle(page)
    return page.get_by_role("group", name="heads")


def test_every_head_has_a_map_in_the_same_scale(explorer):
    page = explorer(word=1)
    sheet = open_heads(page)
    cells = sheet.get_by_role("button")
    assert cells.count() == LAYERS * HEADS
    for head in (0, 3):
        wanted = (numbers("one")["contribution"][head][1][8] / 255.0) ** 2
        assert is_colour(dot(cells.nth(head).locator("canvas"), 8), share_colour(wanted), 2)
    give(page, word=-1, patch=20)
    settle(page)
    text = ((numbers("one")["contribution"][3][:4, 20] / 255.0) ** 2).sum()
    assert is_colour(dot(cells.nth(3).locator("canvas"), 31), share_colour(text), 2)


def test_heads_are_sorted_by_what_they_do(explorer):
    page = explorer()
    sheet = open_heads(page)
    order = page.get_by_role("combobox", name="sorted by")
    for how, names in (
        ("text", ["0.1", "1.1", "0.0", "1.0"]),
        ("distance", ["1.1", "0.1", "0.0", "1.0"]),
        ("entropy", ["0.1", "1.0", "0.0", "1.1"]),
    ):
        order.select_option(how)
        assert sheet.locator(".dx-head-name").all_inner_texts() == names, how
    assert order.locator("option[value=effect]").is_disabled()
    assert sheet.get_by_role("button", name="layer 0, head 1: entropy in bits 1.0").count() == 1


def test_pressed_heads_are_averaged_and_the_last_let_go_means_all(explorer):
    page = explorer(word=1)
    cells = open_heads(page).get_by_role("button")
    cells.nth(3).click()
    cells.nth(0).click()
    assert held(page, "picks") == [[0, 0], [1, 1]]
    wanted = shares("one", picks=[(0, 0), (1, 1)])[1][9]
    assert is_colour(seen(page, 9), over_grey(share_colour(wanted), "one", 9))
    cells.nth(0).click()
    cells.nth(3).click()
    assert held(page, "picks") == []
