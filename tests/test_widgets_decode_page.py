"""The browser half of DecodePlayer: pictures, the clock, numbers and overlays, no kernel."""

import re

import numpy as np
import pytest
from browser import give, tell
from decode_page import (
    CODES,
    COLUMNS,
    COPY,
    FORK_AT,
    PATCHES,
    SIDE,
    codes_of,
    colour_of,
    held,
    is_code,
    is_hatched,
    open_player,
    over,
    panel,
    plate,
    row_of,
    seen,
    sent,
    settle,
    state,
    statistics,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def player(mount):
    def show(films=("one", "two", "fork"), size=None, **changes):
        options = size or {}
        return open_player(mount, state(**changes), films, **options)

    return show


def test_it_asks_for_the_films_on_show_and_pictures_alone_of_others(player):
    page = player(films=())
    assert len(sent(page, "hello")) == 1
    asked = {message["id"]: message["parts"] for message in sent(page, "film")}
    everything = ["picture", "numbers", "frames", "choices"]
    assert asked == {"one": everything, "two": everything, "fork": ["picture"]}
    give(page, shown=["one", "fork"])
    assert sent(page, "film")[-1]["parts"] == everything[1:]


def test_every_step_is_the_picture_as_far_as_it_was_drawn(player):
    page = player()
    for step in (PATCHES, 9, 10, 30, 13, 0, PATCHES):
        give(page, step=step)
        settle(page)
        for patch in (0, 8, 9, 12, 29, PATCHES - 1):
            if patch < step:
                assert is_code(page, "one", patch, codes_of("one")[patch]), (step, patch)
            else:
                assert is_hatched(page, "one", patch), (step, patch)


def test_pictures_stand_at_whole_device_pixels(player):
    page = player(size={"scale": 1.5})
    width, css = plate(page, "one").evaluate("(c) => [c.width, c.clientWidth * devicePixelRatio]")
    assert width % (COLUMNS * SIDE) == 0
    assert abs(width - css) <= 1.5  # clientWidth is rounded to whole CSS pixels


def test_play_runs_through_the_film_and_pause_holds_it(player):
    page = player(step=0)
    page.get_by_role("button", name="play").click()
    page.wait_for_function("() => document.querySelector('.dx-clock input').value > 2")
    page.get_by_role("button", name="pause").click()
    step = held(page, "step")
    assert 2 < step < PATCHES
    assert held(page, "step") == step
    assert page.get_by_text(f"{step} of {PATCHES}").is_visible()


def test_playing_saves_few_steps_and_moves_nothing(player):
    page = player(step=0)
    height = page.evaluate("document.body.scrollHeight")
    page.get_by_role("button", name="play").click()
    tops = page.evaluate(
        """async () => { const tops = new Set(); const began = performance.now();
        while (performance.now() - began < 900) { await new Promise(requestAnimationFrame);
          tops.add(document.body.scrollHeight); } return [...tops]; }"""
    )
    assert tops == [height]
    assert page.evaluate("saved.length") <= 9  # of about twenty steps and sixty frames


def test_scrubbing_sets_the_step(player):
    page = player()
    page.get_by_role("slider", name="patches drawn").fill("7")
    assert is_hatched(page, "two", 7) and not is_hatched(page, "two", 6)
    assert held(page, "step") == 7


def test_keys_play_step_and_jump(player):
    page = player(step=20)
    page.get_by_role("button", name="More").focus()
    for key, step in [
        ("ArrowRight", 21), ("ArrowLeft", 20), ("Shift+ArrowRight", 26), ("Shift+ArrowLeft", 20),
        ("Home", 0), ("ArrowLeft", 0), ("End", PATCHES),
    ]:  # fmt: skip
        page.keyboard.press(key)
        assert page.get_by_text(f"{step} of {PATCHES}").is_visible(), key
    page.get_by_role("combobox", name="Show").focus()
    page.keyboard.press("Home")  # a list has its own keys
    assert page.get_by_text(f"{PATCHES} of {PATCHES}").is_visible()
    plate(page, "one").focus()
    page.keyboard.press("Space")
    assert page.get_by_role("button", name="pause").is_visible()
    page.keyboard.press("Space")
    assert page.get_by_role("button", name="play").is_visible()


def test_keys_stay_inside_but_escape_and_chords_pass(player):
    page = player()
    page.evaluate("window.out = []; document.addEventListener('keydown', (e) => out.push(e.key))")
    plate(page, "one").focus()
    for key in ("b", "ArrowLeft", "Escape", "Control+b"):
        page.keyboard.press(key)
    assert page.evaluate("out") == ["Escape", "Control", "b"]


def test_arrows_move_the_patch_in_hand_on_a_picture(player):
    page = player()
    plate(page, "two").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    assert panel(page).get_by_role("heading", name="row 1, column 0").is_visible()
    assert held(page, "patch") == 6 and held(page, "selected") == "two"
    said = page.get_by_role("status").filter(has_text="row 1, column 0: code")
    assert said.count() == 1
    page.keyboard.press("Escape")
    assert held(page, "patch") == -1


def test_hovering_shows_every_number_of_a_patch(player):
    page = player()
    found, patch = statistics("two"), 8
    over(page, "two", patch)
    assert panel(page).get_by_role("heading", name="row 1, column 2").is_visible()
    assert panel(page).get_by_text(f"code {found['codes'][patch]}").is_visible()
    bits = -found["log"][patch] / np.log(2)
    assert f"{bits:.2f} bits" in row_of(page, "surprise")
    assert f"{found['entropy'][patch] / np.log(2):.2f} bits" in row_of(page, "entropy")
    assert f"{found['rank'][patch] + 1} of {CODES}" in row_of(page, "rank")
    assert held(page, "patch") == -1  # hovering stays here
    tip = page.locator(".dx-tip")
    assert "row 1, column 2" in tip.inner_text() and tip.is_visible()
    page.mouse.move(2, 2)
    assert not tip.is_visible()


def test_a_click_pins_and_escape_lets_go(player):
    page = player()
    page.mouse.click(*over(page, "two", 14))
    page.mouse.move(2, 2)
    assert panel(page).get_by_role("heading", name="row 2, column 2").is_visible()
    assert held(page, "patch") == 14 and held(page, "selected") == "two"
    assert [m["patch"] for m in sent(page, "crops") if m["id"] == "two"] == [14]
    page.keyboard.press("Escape")
    assert panel(page).get_by_text("Point at a picture").is_visible()


def test_the_likeliest_codes_are_pictures_bars_and_forks(player):
    page = player(patch=14)
    found = statistics("one")
    buttons = panel(page).get_by_role("button", name=re.compile("^fork with code"))
    named = [button.get_attribute("aria-label") for button in buttons.all()]
    assert [int(re.search(r"code (\d+)", name)[1]) for name in named] == list(
        found["top_codes"][14]
    )
    other = int(found["top_codes"][14][2])
    assert other != found["codes"][14]
    crop = panel(page).locator("canvas.dx-crop").nth(2)
    # Patch 14 stands in the middle of its window of three by three.
    middle = crop.evaluate(COPY, [0.5, 0.5])
    assert np.abs(np.subtract(middle[:3], colour_of(other).astype(int))).max() <= 1
    buttons.nth(2).click()
    assert sent(page, "fork") == [{"kind": "fork", "id": "one", "patch": 14, "code": other}]


def test_crops_from_the_kernel_fill_the_rows_that_had_none(player):
    page = player(patch=14)
    crop = panel(page).locator("canvas.dx-crop").nth(6)
    assert crop.evaluate(COPY, [0.1, 0.1])[3] == 0
    codes = [int(code) for code in statistics("one")["top_codes"][14]]
    pixels = np.full((len(codes), 24, 24, 3), (10, 20, 30), np.uint8).tobytes()
    told = {"kind": "crops", "id": "one", "patch": 14, "codes": codes, "side": 24}
    tell(page, {**told, "row": 1, "column": 1}, [pixels])
    settle(page)
    assert crop.evaluate(COPY, [0.1, 0.1]) == [10, 20, 30, 255]


def test_forced_patches_say_so(player):
    page = player(shown=["one", "fork"])
    over(page, "fork", FORK_AT - 1)
    assert panel(page).get_by_text("forced: it was given, not drawn").is_visible()
    over(page, "fork", FORK_AT)
    assert not panel(page).get_by_text("forced").is_visible()


def test_sliders_reshape_what_is_drawn_from(player):
    page = player(patch=14)
    page.get_by_role("slider", name="what if: temperature").fill("0.5")
    page.get_by_role("slider", name="what if: top-k").fill("8")
    assert held(page, "reshape") == {"temperature": 0.5, "top_k": 4, "top_p": None}
    heated = np.exp(2 * statistics("one")["sorted"][14][:4].astype("<f2").astype(float))
    share = heated / heated.sum()
    assert f"{-(share * np.log2(share)).sum():.2f} bits" in row_of(page, "entropy")
    assert re.search("(of|cut:) 4 left$", row_of(page, "rank").strip())
    first = panel(page).get_by_role("listitem").first.inner_text()
    assert f"→ {100 * share[0]:.1f} %" in first
    page.get_by_role("button", name="as drawn").click()
    assert held(page, "reshape") == {"temperature": 1, "top_k": None, "top_p": None}


def test_python_moves_the_sliders_too(player):
    page = player(patch=14)
    give(page, reshape={"temperature": 0, "top_k": 16, "top_p": 0.9})
    assert page.get_by_role("slider", name="what if: temperature").input_value() == "0"
    assert (
        page.get_by_role("slider", name="what if: top-k").get_attribute("aria-valuetext") == "16"
    )
    assert "0.00 bits" in row_of(page, "entropy").split("\t")[-1]


@pytest.mark.parametrize("overlay", ["entropy", "surprise", "rank", "average", "filtered"])
def test_an_overlay_has_one_colour_a_patch_and_a_fixed_legend(player, overlay):
    page = player(step=30)
    page.get_by_role("combobox", name="Show").select_option(overlay)
    ends = {
        "entropy": "0 to 5.3 bits",
        "surprise": "0 to ≥ 16 bits",
        "rank": "1 to 40",
        "average": "−6 to +6 bits",
        "filtered": "0 to 5.3 bits",
    }
    scale = page.get_by_role("img", name=f"scale from {ends[overlay]}")
    assert scale.is_visible()
    assert seen(page, "one", 3, (0.1, 0.1)) == seen(page, "one", 3, (0.9, 0.9))
    assert is_hatched(page, "one", 30)
    found = statistics("one")
    if overlay == "rank":
        ranks = found["rank"][:30]
        light = [sum(seen(page, "one", patch)) for patch in (ranks.argmin(), ranks.argmax())]
        assert light[0] > light[1]
    assert held(page, "overlay") == overlay


def test_o_goes_to_the_next_overlay_and_round(player):
    page = player()
    plate(page, "one").focus()
    for overlay in ("entropy", "filtered", "average", "surprise", "rank", "difference", "picture"):
        page.keyboard.press("o")
        assert page.get_by_role("combobox", name="Show").input_value() == overlay


def test_without_an_average_there_is_no_overlay_of_it(player):
    geometry = {**state()["geometry"], "average": None}
    page = player(geometry=geometry)
    assert page.locator("option[value=average]").count() == 0


def test_the_difference_names_the_first_flip_and_veils_what_is_the_same(player):
    page = player(shown=["one", "fork"], selected="fork")
    page.get_by_role("button", name="compare with seed 0").click()
    said = "First flip at row 1, column 4; 2 of 36 patches differ; everything after it may follow"
    assert page.get_by_text(said).is_visible()
    assert held(page, "compared") == "one" and held(page, "overlay") == "difference"
    assert is_code(page, "fork", FORK_AT + 5, codes_of("fork")[FORK_AT + 5])
    assert min(seen(page, "fork", 20)) > 190 - 40  # paper shines through: it is the same
    assert not is_code(page, "fork", 20, codes_of("fork")[20])


def test_the_same_patch_of_another_picture_is_a_click_away(player):
    page = player()
    page.mouse.click(*over(page, "one", 14))
    page.mouse.click(*over(page, "two", 14))
    assert held(page, "patch") == 14 and held(page, "selected") == "two"
    page.mouse.click(*over(page, "two", 14))
    assert held(page, "patch") == -1


def test_selecting_the_compared_picture_turns_the_two_around(player):
    page = player(shown=["one", "fork"], selected="fork", compared="one", overlay="difference")
    page.mouse.click(*over(page, "one", 14))
    assert held(page, "selected") == "one" and held(page, "compared") == "fork"
    assert page.get_by_text("First flip at row 1, column 4").is_visible()


def test_a_patch_that_the_clock_has_not_reached_says_so(player):
    page = player(patch=14, step=10)
    assert panel(page).get_by_text("drawn later").is_visible()
    give(page, step=20)
    assert not panel(page).get_by_text("drawn later").is_visible()


def test_the_mark_on_a_legend_widens_no_page(player):
    page = player(patch=14, overlay="rank", size={"viewport": (360, 740), "touch": True})
    assert page.locator(".dx-mark").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [640, 759, 800])
def test_between_phone_and_desk_nothing_sticks_out(player, width):
    page = player(patch=14, size={"viewport": (width, 900)})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".dx").evaluate("(e) => e.scrollWidth <= e.clientWidth")
