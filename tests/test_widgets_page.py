"""Exported pages: one file, two walls around every text, a poster without scripts, a fair size."""

import html
import html.parser
import io
import json
import re
import zlib

import pytest
from browser import pixel
from hostile import FIRING, PAYLOADS
from PIL import Image

from dalle_explore.errors import InputError
from dalle_explore.shown import plain_text
from dalle_explore.widgets import page as pages
from dalle_explore.widgets.page import frame, page

# A view in small: it shows every text of the state as the real ones do, and draws from its bytes.
SCRIPT = r"""
const { state, buffers } = JSON.parse(document.getElementById("dalle-explore-state").textContent);
for (const { path, data } of buffers) {
  let at = state;
  for (const step of path.slice(0, -1)) at = at[step];
  at[path.at(-1)] = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
}
const root = document.getElementById("dalle-explore-view");
for (const text of state.texts ?? []) {
  const line = root.appendChild(document.createElement("p"));
  line.textContent = text;
  line.setAttribute("aria-label", text);
  line.title = text;
}
if (state.films) {
  const canvas = root.appendChild(document.createElement("canvas"));
  canvas.style.width = "60px";
  canvas.style.transform = "translateX(10px)";
  const blob = new Blob([state.films[0].picture], { type: "image/png" });
  const bitmap = await createImageBitmap(blob);
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  const image = root.appendChild(document.createElement("img"));
  image.alt = "";
  image.src = URL.createObjectURL(blob);
  await image.decode();
  const packed = new Blob([state.films[0].packed]).stream();
  const text = await new Response(packed.pipeThrough(new DecompressionStream("deflate"))).text();
  root.dataset.unpacked = text;
}
document.getElementById("dalle-explore-poster").hidden = true;
addEventListener("securitypolicyviolation", (event) => console.error(event.violatedDirective));
new ResizeObserver(() => {
  const height = document.documentElement.getBoundingClientRect().height;
  parent.postMessage({ dalle_explore_height: height }, "*");
}).observe(document.documentElement);
root.dataset.ready = "yes";
"""
STYLE = "canvas { border: 3px solid rgb(1, 2, 3); }\n.tall { height: 777px; }"


def png(colour=(200, 10, 20), size=(6, 4)):
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def make(state=None, script=SCRIPT, style=STYLE, **changes):
    words = {"title": "a title", "alt": "a red field", "caption": "1 drawn. Pictures: CC0-1.0."}
    return page(script, style, state or {}, **{"poster": png(), **words, **changes})


class Parsed(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self._inside = [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside.append(tag)

    def handle_data(self, data):
        at = self._inside[-1] if self._inside else ""
        self.texts[at] = self.texts.get(at, "") + data


def island(text):
    found = re.search(r'id="dalle-explore-state">(.*?)</script>', text, re.DOTALL)
    return json.loads(found[1])


def test_bytes_travel_apart_from_names_and_values():
    state = {"a": {"b": [1, b"\x00\xff", {"c": memoryview(b"xy")}]}, "n": None, "t": (b"",)}
    assert island(make(state)) == {
        "state": {"a": {"b": [1, None, {"c": None}]}, "n": None, "t": [None]},
        "buffers": [
            {"path": ["a", "b", 1], "data": "AP8="},
            {"path": ["a", "b", 2, "c"], "data": "eHk="},
            {"path": ["t", 0], "data": ""},
        ],
    }


def test_the_page_is_made_of_its_own_tags_whatever_the_texts_are():
    plain = [(tag, set(attributes)) for tag, attributes in Parsed(make()).tags]
    for text in PAYLOADS:
        made = make({"prompt": text, text: [text]}, title=text, alt=text, caption=text)
        made.encode("utf-8")
        parsed = Parsed(made)
        assert [(tag, set(attributes)) for tag, attributes in parsed.tags] == plain
        shown = plain_text(text)
        assert parsed.texts["title"].strip() == shown.strip()
        assert dict(parsed.tags)["img"]["alt"] == shown
        assert island(made)["state"] == {"prompt": shown, shown: [shown]}


def test_the_island_never_holds_what_could_end_it():
    made = make({"texts": PAYLOADS})
    inside = re.search(r'state">(.*?)</script>', made, re.DOTALL)[1]
    assert not re.search("[<>&\u2028\u2029]", inside)


def test_the_policy_allows_one_script_and_one_style_by_their_hashes_and_nothing_else():
    policy = dict(Parsed(make()).tags[3:4])["meta"]["content"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == ["'none'"]
    assert rules["img-src"] == ["data:", "blob:"]
    for name in ("script-src", "style-src"):
        (source,) = rules[name]
        assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", source)


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"poster": b"GIF89a"}, "poster begins with b'GIF89a', but it has to be a PNG"),
        ({"state": {"x": float("nan")}}, "state cannot be written as JSON"),
        ({"state": {"x": object()}}, "state cannot be written as JSON"),
        ({"script": "let a = '</ScRiPt>'"}, r"script holds '</script'.* '<\\/script'"),
        ({"script": "let a = '<!--'"}, "script holds '<!--'"),
        ({"style": "a{}</style>"}, "style holds '</style'"),
        ({"script": "let a = '\x00'"}, "script holds control characters"),
    ],
)
def test_what_cannot_be_a_page_is_refused_in_a_sentence(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        make(**changes)


def test_a_large_page_is_warned_of_and_a_huge_one_refused(monkeypatch):
    make({"film": bytes(7 * 2**20)})
    with pytest.warns(UserWarning, match="the page has 11 MB"):
        make({"film": bytes(8 * 2**20)})
    monkeypatch.setattr(pages, "LARGEST", 11 * 2**20)
    with pytest.raises(InputError, match="would have 12 MB, but at most 11 .* force=True"):
        make({"film": bytes(9 * 2**20)})
    with pytest.warns(UserWarning, match="12 MB"):
        make({"film": bytes(9 * 2**20)}, force=True)


def test_a_frame_takes_a_number_of_pixels():
    for height in (0, -1, 2.5, True, "600"):
        with pytest.raises(InputError, match="height is .* number of pixels"):
            frame("<p>", height)
    tags = Parsed(frame(make(), 500, title='"><b>')).tags
    assert [tag for tag, _ in tags] == ["iframe", "script"]
    assert tags[0][1]["sandbox"] == "allow-scripts" and tags[0][1]["srcdoc"] == make()
    assert tags[0][1]["title"] == '"><b>' and "height: 500px" in tags[0][1]["style"]


# --- in a browser ------------------------------------------------------------------------------

FILMS = {"films": [{"picture": png(), "packed": zlib.compress(b"hello")}]}


def written(tmp_path, text, name="page.html"):
    (tmp_path / name).write_bytes(text.encode("utf-8"))
    return tmp_path / name


@pytest.mark.browser
def test_everything_a_view_needs_works_under_the_policy(opened, tmp_path):
    seen = opened(written(tmp_path, make({"texts": ["hello"], **FILMS})))
    seen.page.locator("[data-ready=yes]").wait_for()
    assert seen.page.locator("#dalle-explore-view").get_attribute("data-unpacked") == "hello"
    canvas = seen.page.locator("canvas")
    assert pixel(seen.page, "canvas", 1, 1) == (200, 10, 20, 255)
    style = canvas.evaluate("(c) => [getComputedStyle(c).borderTopColor, c.offsetWidth]")
    assert style == ["rgb(1, 2, 3)", 66]
    assert not seen.page.locator("#dalle-explore-poster").is_visible()
    assert seen.page.locator("img").last.evaluate("(image) => image.naturalWidth") == 6


@pytest.mark.browser
def test_the_poster_stands_with_caption_and_alt_text_where_scripts_do_not_run(chromium, tmp_path):
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(written(tmp_path, make({"texts": ["x"]})).as_uri())
    assert tab.get_by_role("img", name="a red field").is_visible()
    assert tab.get_by_text("1 drawn. Pictures: CC0-1.0.").is_visible()
    assert tab.title() == "a title"
    context.close()


@pytest.mark.browser
def test_no_text_runs_in_an_exported_page_and_every_text_is_shown(opened, tmp_path):
    everything = "\n".join(PAYLOADS)
    made = make({"texts": PAYLOADS}, title=everything, alt=everything, caption=everything)
    seen = opened(written(tmp_path, made))
    seen.page.locator("[data-ready=yes]").wait_for()
    seen.page.wait_for_timeout(300)
    assert seen.page.evaluate("window.__fired") is None
    shown = seen.page.locator("p").evaluate_all(
        "(all) => all.map((one) => [one.textContent, one.title, one.ariaLabel])"
    )
    assert shown == [[plain_text(text)] * 3 for text in PAYLOADS]
    caption = seen.page.locator("figcaption").evaluate("(one) => one.textContent")
    assert caption == plain_text(everything)
    assert seen.page.locator("#dalle-explore-poster img").get_attribute("alt") == caption


@pytest.mark.browser
def test_the_policy_alone_holds_where_markup_was_let_in(opened, tmp_path):
    made = make().replace("<main", "".join(FIRING) + "<main", 1)
    seen = opened(written(tmp_path, made), checked=False)
    seen.page.wait_for_timeout(500)
    assert seen.page.evaluate("window.__fired") is None
    assert any("Content Security Policy" in line for line in seen.errors)


@pytest.mark.browser
def test_escaping_alone_holds_where_there_is_no_policy(opened, tmp_path):
    made = make({"texts": PAYLOADS}, title="".join(FIRING), alt=FIRING[7], caption=FIRING[2])
    made = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", made)
    seen = opened(written(tmp_path, made))
    seen.page.locator("[data-ready=yes]").wait_for()
    seen.page.wait_for_timeout(300)
    assert seen.page.evaluate("window.__fired") is None


@pytest.mark.browser
def test_a_page_made_by_pasting_text_does_fire(opened, tmp_path):
    """Without this, the tests above could pass because nothing ever fires."""
    careless = [f"<!DOCTYPE html><title>{t}</title><p>{t}</p><img alt='{t}'>" for t in FIRING]
    frames = "".join(f'<iframe srcdoc="{html.escape(each)}"></iframe>' for each in careless)
    seen = opened(written(tmp_path, f"<!DOCTYPE html>{frames}"), checked=False)
    seen.page.wait_for_timeout(500)
    fired = [each.evaluate("window.__fired || 0") for each in seen.page.frames]
    fired = [times for times in fired if times]
    assert len(fired) >= 8, fired


@pytest.mark.browser
def test_a_frame_becomes_as_high_as_its_page_and_cannot_reach_around_it(opened, tmp_path):
    script = SCRIPT + "try { parent.document.title = 'taken' } catch { root.dataset.kept = 'yes' }"
    framed = frame(make({"texts": ["hello"]}, script=script), 100)
    around = f"<!DOCTYPE html><title>mine</title>{framed}<p>after</p>"
    seen = opened(written(tmp_path, around))
    inside = seen.page.frame_locator("iframe")
    inside.locator("[data-kept=yes]").wait_for()
    inside.locator("main").evaluate("(main) => main.classList.add('tall')")
    seen.page.wait_for_function("document.querySelector('iframe').offsetHeight > 777")
    assert seen.page.locator("iframe").evaluate("(one) => one.offsetHeight") < 900
    assert seen.page.title() == "mine"
    seen.page.evaluate("postMessage({dalle_explore_height: 5000}, '*')")
    seen.page.wait_for_timeout(100)
    assert seen.page.locator("iframe").evaluate("(one) => one.offsetHeight") < 900
