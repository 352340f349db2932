"""The browser half of AttentionExplorer on every screen, quick and quiet, with any text."""

import re

import numpy as np
import pytest
from browser import give, tell
from decode_page import held, settle
from explorer_page import (
    COLUMNS,
    PROMPT,
    SIDE,
    is_colour,
    open_explorer,
    panel,
    plate,
    seen,
    state,
    told,
    word,
)
from hostile import PAYLOADS

from dalle_explore.shown import plain_text

pytestmark = pytest.mark.browser


@pytest.fixture
def explorer(mount):
    def show(size=None, **changes):
        return open_explorer(mount, state(**changes), **(size or {}))

    return show


def test_on_a_phone_nothing_is_wider_than_the_screen_and_a_tap_pins(explorer):
    page = explorer(size={"viewport": (360, 740), "touch": True, "scale": 2}, more=True)
    page.get_by_role("button", name="Proof").tap()
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not plate(page, kind="picture").is_visible()
    assert page.locator(".dx-reference").is_visible()
    plate(page).scroll_into_view_if_needed()
    box = plate(page).bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    assert held(page, "patch") == 14
    assert not page.locator(".dx-tip").is_visible()
    word(page, 1).tap()
    assert (held(page, "word"), held(page, "patch")) == (1, -1)
    assert page.get_by_text("looks at ‘red’", exact=True).is_visible()


def test_a_finger_has_a_loupe(explorer):
    page = explorer(size={"viewport": (360, 740), "touch": True, "scale": 2})
    plate(page).evaluate(
        """(c) => c.dispatchEvent(new PointerEvent('pointermove',
            { pointerType: 'touch', clientX: c.getBoundingClientRect().x + 30,
              clientY: c.getBoundingClientRect().y + 30, bubbles: true }))"""
    )
    assert page.locator(".dx-loupe").is_visible()


@pytest.mark.parametrize("width", [360, 640, 719, 760, 900, 1240])
def test_between_phone_and_desk_nothing_sticks_out(explorer, width):
    pair = [told("one"), told("two")]
    page = explorer(
        size={"viewport": (width, 900)}, pictures=pair, beside="two", patch=14, more=True
    )
    page.get_by_role("button", name="Proof").click()
    for by in ("signed", "contribution"):
        give(page, by=by)
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".dx").evaluate("(e) => e.scrollWidth <= e.clientWidth")
        inner = panel(page).evaluate("(e) => e.scrollWidth <= e.clientWidth")
        assert inner, by


def test_plates_stand_at_whole_device_pixels(explorer):
    page = explorer(size={"scale": 1.5})
    width, css = plate(page).evaluate("(c) => [c.width, c.clientWidth * devicePixelRatio]")
    assert width % (COLUMNS * SIDE) == 0
    assert abs(width - css) <= 1.5  # clientWidth is rounded to whole CSS pixels


def test_dark_notebooks_are_followed_and_the_map_keeps_its_colours(explorer):
    page = explorer(word=1)
    before = seen(page, 8)
    root = page.locator(".dx")
    paper = "(e) => getComputedStyle(e).backgroundColor"
    assert root.evaluate(paper) == "rgb(252, 251, 248)"
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.wait_for_function("() => document.querySelector('.dx').dataset.theme === 'dark'")
    assert max(int(n) for n in re.findall(r"\d+", root.evaluate(paper))) < 60
    assert is_colour(seen(page, 8), before, 0)


def test_hovering_moves_nothing_on_the_page(explorer):
    page = explorer()
    heights = page.evaluate(
        """async () => {
        const heights = new Set();
        const all = [...document.querySelectorAll('.dx-word, canvas.dx-plate')];
        for (let i = 0; i < 60; i++) {
          await new Promise(requestAnimationFrame);
          const one = all[i % all.length], box = one.getBoundingClientRect();
          const clientX = box.x + 3 + (i * 37) % (box.width - 6), clientY = box.y + box.height / 3;
          const event = { pointerType: 'mouse', bubbles: true, clientX, clientY };
          one.dispatchEvent(new PointerEvent('pointerenter', event));
          one.dispatchEvent(new PointerEvent('pointermove', event));
          heights.add(document.body.scrollHeight);
          one.dispatchEvent(new PointerEvent('pointerleave', event));
        }
        return [...heights]; }"""
    )
    assert len(heights) == 1


def test_hovering_is_quick_with_24_heads_and_256_patches(mount):
    dice = np.random.default_rng(0)
    layers, heads, side, words = 6, 4, 16, 8
    patches, columns = side * side, words + 3
    names = [f"word{place}" for place in range(words)]
    text = " ".join(names)
    places = [{"text": n, "start": text.index(n), "end": text.index(n) + 5} for n in names]
    geometry = {"rows": side, "columns": side, "patch": SIDE, "layers": layers, "heads": heads}
    one = told("one", prompt=text, words=places)
    page = open_explorer(mount, state(geometry=geometry, pictures=[{**one, "id": "big"}],
                                      selected="big", alive=False))  # fmt: skip

    def bytes_of(*shape):
        return dice.integers(0, 90, shape).astype("u1").tobytes()

    size = (layers * heads, columns, patches)
    half = np.ones((layers * heads, patches), "<f2").tobytes()
    looks = {"layers": layers, "heads": heads, "columns_w": columns, "patches": patches}
    triangle = (layers, patches * (patches - 1) // 2)
    from decode_page import image

    picture = image(dice.integers(0, 255, (side * SIDE, side * SIDE, 3)).astype("u1"))
    for part, header, buffers in (
        ("picture", {}, [picture]),
        ("looks", looks, [bytes_of(*size), bytes_of(*size), bytes_of(*size), half, half]),
        ("earlier", {}, [bytes_of(*triangle), bytes_of(*triangle), half[: layers * patches * 2]]),
    ):
        tell(page, {"kind": "part", "id": "big", "part": part, "header": header}, buffers)
    settle(page)
    median = page.evaluate(
        """async () => {
        const c = document.querySelector('canvas[data-kind=map]');
        const box = c.getBoundingClientRect(), times = [];
        const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
        for (let i = 0; i < 100; i++) {
          await new Promise(requestAnimationFrame);
          const clientX = box.x + 4 + (i * 53) % (box.width - 8);
          const clientY = box.y + 4 + (i * 37) % (box.height - 8);
          const event = { pointerType: 'mouse', bubbles: true, clientX, clientY };
          const began = performance.now();
          c.dispatchEvent(new PointerEvent('pointermove', event));
          copy.drawImage(c, 0, 0, 1, 1, 0, 0, 1, 1);
          copy.getImageData(0, 0, 1, 1);
          times.push(performance.now() - began);
        }
        return times.sort((a, b) => a - b)[50]; }"""
    )
    assert median < 8  # milliseconds, on a machine that does other things


def test_a_closed_view_listens_to_nothing(explorer):
    page = explorer()
    assert page.evaluate("model.listeners()") > 10
    page.evaluate("unmount()")
    assert page.evaluate("model.listeners()") == 0


def test_every_control_has_a_name_and_pictures_say_what_they_show(explorer):
    page = explorer(more=True, word=1)
    page.get_by_role("button", name="Proof").click()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('.dx button, .dx input, .dx select, .dx textarea')]
        .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length))
        .map((e) => e.outerHTML)"""
    )
    assert nameless == []
    assert page.get_by_role("img", name="looks at ‘red’: map over a red cube, one").is_visible()
    assert page.get_by_role("img", name="a red cube, one", exact=True).is_visible()
    assert page.get_by_role("img", name=re.compile("^looked at: text .*, earlier")).is_visible()


def test_commas_stand_between_words_and_are_no_buttons(explorer):
    page = explorer()
    assert page.locator(".dx-line").first.get_attribute("aria-label") == f"words of: {PROMPT}"
    assert page.locator(".dx-between").all_inner_texts() == [","]


# -- texts of people


def test_any_text_is_shown_as_it_is_and_nothing_runs(mount):
    texts = [plain_text(text) for text in PAYLOADS if plain_text(text).strip()][::3]
    prompt = " ".join(texts)
    at, words = 0, []
    for text in texts:
        start = len(prompt[:at].encode("utf-16-le")) // 2
        words.append(
            {"text": text, "start": start, "end": start + len(text.encode("utf-16-le")) // 2}
        )
        at += len(text) + 1
    bad = texts[0]
    one = told("one", prompt=prompt, words=words, label=bad, alt=bad, caption=bad)
    planted = {"name": bad, "says": bad, "truth": bad, "first": {bad: bad}, "holds": {bad: True}}
    lift = {"instrument": bad, "value": 0.1, "low": 0, "high": 0.2, "n": 3}
    proof = {"planted": [planted], "localisation": [lift], "twin": [lift], "made": bad}
    status = {"state": "failed", "sentence": bad, "done": 0, "total": 0, "left": None}
    page = open_explorer(
        mount,
        state(
            pictures=[one, {**one, "id": "off"}],
            caption=bad,
            proof=proof,
            status=status,
            more=True,
        ),
    )
    tell(page, {"kind": "python", "code": bad})
    refused = {"kind": "part", "id": "one", "part": "depends", "header": {"refused": bad}}
    tell(page, refused)
    page.get_by_role("button", name="Proof").click()
    give(page, tab="depends", word=0)
    settle(page)
    shown = page.locator(".dx-line").first.locator(".dx-word-text").all_text_contents()
    assert shown == texts
    assert page.get_by_role("alert").text_content() == bad
    page.wait_for_timeout(200)
    assert page.evaluate("window.__fired") is None
    strange = "script:not([type]), iframe, form, a, img"
    assert page.evaluate("(s) => document.querySelectorAll(s).length", strange) == 0
