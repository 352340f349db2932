"""Texts from people in the real view, live and in an exported page: shown, and nothing runs."""

import io

import pytest
from browser import give, tell
from hostile import PAYLOADS
from house import PACKAGE
from PIL import Image

from dalle_explore.shown import plain_text
from dalle_explore.widgets.page import frame, page

pytestmark = pytest.mark.browser

STATIC = PACKAGE / "widgets" / "static"
TEXTS = [plain_text(text) for text in PAYLOADS]
HARMLESS = "a red cube"


def source(name):
    return (STATIC / name).read_text(encoding="utf-8")


def branch(place, text):
    return {
        "id": str(place),
        "parent": None if place == 0 else "0",
        "how": "drawn" if place == 0 else "fork",
        "label": text,
        "seed": str(place),
        "prompt": text,
        "at": None if place == 0 else 1,
        "state": "whole",
        "end": 4,
        "score": None,
        "rank": None,
        "drawn": 1,
        "caption": text,
        "alt": text,
    }


def state(text=HARMLESS, texts=(), **changes):
    """A player of 2 x 2 patches with one branch for each text."""
    made = {
        "status": {"state": "idle", "sentence": text, "done": 0, "total": 0, "left": None},
        "alive": True,
        "caption": text,
        "alt": text,
        "geometry": {"rows": 2, "columns": 2, "patch": 8, "codes": 40, "average": None},
        "prompt": text,
        "seed": "0",
        "n": 1,
        "settings": {"temperature": 1.0, "top_k": None, "top_p": None, "guidance": 1.0},
        "branches": [branch(place, each) for place, each in enumerate(texts)],
        "shown": [str(place) for place in range(min(2, len(texts)))],
        "selected": "0" if texts else "",
        "compared": "",
        "step": 4,
        "patch": -1,
        "overlay": "picture",
        "reshape": {"temperature": 1.0, "top_k": None, "top_p": None},
        "embedded": {},
    }
    return {**made, **changes}


def exported(texts, text=HARMLESS):
    poster = io.BytesIO()
    Image.new("RGB", (32, 32)).save(poster, "PNG")
    return page(
        source("decode_player.page.js"),
        source("decode_player.css"),
        state(text, texts, alive=False),
        title=text,
        poster=poster.getvalue(),
        alt=text,
        caption=text,
    )


@pytest.fixture
def player(mount):
    return mount(source("decode_player.js"), source("decode_player.css"), state(texts=TEXTS))


def labels(page):
    return page.locator(".dx-node .dx-label").evaluate_all(
        "(all) => all.map((one) => one.textContent)"
    )


def quiet(page):
    page.wait_for_timeout(200)
    assert page.evaluate("window.__fired") is None
    # Lists, forms and links that no view of ours has: they could only come from a text.
    assert (
        page.evaluate("document.querySelectorAll('script:not([type]), iframe, form, a').length")
        == 0
    )


def test_any_label_and_description_of_a_branch_is_shown_as_it_is(player):
    assert labels(player) == [text or "seed 0" for text in TEXTS]
    seen = player.locator("canvas[role=img]").evaluate_all(
        "(all) => all.map((one) => one.ariaLabel)"
    )
    assert seen == TEXTS[:2]
    quiet(player)


def test_any_caption_status_error_and_prompt_is_shown_as_it_is(player):
    shown = player.evaluate(
        """(texts) => texts.map((text) => {
          const status = { state: "idle", sentence: text, done: 0, total: 0, left: null };
          put({ caption: text, alt: text, prompt: text, status }, []);
          const found = [".dx-caption", ".dx-status [role=status]"].map(
            (where) => document.querySelector(where).textContent);
          put({ status: { ...status, state: "failed" } }, []);
          found.push(document.querySelector(".dx-status [role=alert]").textContent);
          return [...found, document.querySelector(".dx-prompt-field").value];
        })""",
        TEXTS,
    )
    assert shown == [[text] * 4 for text in TEXTS]
    quiet(player)


def test_any_word_message_and_code_that_python_sends_is_shown_as_it_is(player):
    for text in TEXTS[:16] + TEXTS[-160::4]:
        player.locator(".dx-prompt-field").fill("x" * 10)
        player.wait_for_function("sent.at(-1)?.kind === 'typed'")
        number = player.evaluate("sent.at(-1).number")
        word = {"start": 0, "end": 4, "word": text, "near": [text, "cube"]}
        tell(player, {"kind": "words", "number": number, "words": [word], "kind_of": ""})
        assert player.locator(".dx-known em").text_content() == text
        assert player.locator(".dx-known button").first.text_content() == text
        tell(player, {"kind": "surprise", "prompt": text, "kind_of": "weird", "why": text})
        player.evaluate("sent.length = 0")
    give(player, shown=[str(place) for place in range(8)], compared="5", overlay="difference")
    quiet(player)


def test_any_text_in_an_exported_page_is_shown_as_it_is(opened, tmp_path):
    everything = "\n".join(TEXTS)
    (tmp_path / "page.html").write_text(exported(TEXTS, everything), encoding="utf-8")
    seen = opened(tmp_path / "page.html")
    seen.page.locator(".dx-player").wait_for()
    assert labels(seen.page) == [text or "seed 0" for text in TEXTS]
    assert seen.page.locator(".dx-caption").text_content() == everything
    assert not seen.page.locator("#dalle-explore-poster").is_visible()
    seen.page.wait_for_timeout(200)
    assert seen.page.evaluate("window.__fired") is None


def test_an_embedded_page_is_as_high_as_its_player(opened, tmp_path):
    around = f"<!DOCTYPE html><body style='margin: 0'>{frame(exported([HARMLESS]), 50)}"
    (tmp_path / "around.html").write_text(around, encoding="utf-8")
    seen = opened(tmp_path / "around.html")
    inside = seen.page.frame_locator("iframe")
    inside.locator(".dx-player").wait_for()
    seen.page.wait_for_function("document.querySelector('iframe').offsetHeight > 200")
    high = inside.locator("html").evaluate("(one) => one.getBoundingClientRect().height")
    assert abs(seen.page.locator("iframe").evaluate("(one) => one.offsetHeight") - high) <= 1
