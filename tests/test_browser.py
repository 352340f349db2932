"""The browser of the tests keeps its word: it shows, it watches, and it plays both sides."""

import anywidget
import pytest
import traitlets
from browser import give, pixel, tell
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

VIEW = r"""
export default {
  render({ model, el, signal }) {
    const canvas = document.createElement("canvas");
    const text = document.createElement("p");
    const button = document.createElement("button");
    button.textContent = "more";
    canvas.width = canvas.height = 2;
    const draw = () => {
      const at = model.get("picture").pixels;
      const bytes = new Uint8ClampedArray(at.buffer, at.byteOffset, at.byteLength);
      canvas.getContext("2d").putImageData(new ImageData(bytes, 2, 2), 0, 0);
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      text.textContent = `${model.get("count")} ${dark}`;
    };
    button.addEventListener("click", () => {
      model.set("count", model.get("count") + 1);
      model.save_changes();
      model.send({ kind: "more" }, undefined, [new Uint8Array([7, 8])]);
    });
    model.on("change:picture change:count", draw);
    model.on("msg:custom", (message, [data]) => {
      text.textContent = `${message.kind} ${data.getUint8(1)}`;
    });
    signal.addEventListener("abort", () => model.off("change:picture change:count", draw));
    el.append(canvas, text, button);
    draw();
  },
};
"""
STATE = {"count": 1, "picture": {"pixels": bytes([9, 8, 7, 255]) * 4}}

# The same as a widget of anywidget, in a notebook of its own.
CELLS = [
    f"import anywidget, traitlets\nVIEW = {VIEW!r}",
    """class Counter(anywidget.AnyWidget):
    _esm = VIEW
    count = traitlets.Int(1).tag(sync=True)
    picture = traitlets.Dict({"pixels": bytes([9, 8, 7, 255]) * 4}).tag(sync=True)
    heard = []
    def __init__(self):
        super().__init__()
        self.on_msg(lambda _, content, buffers: self.heard.append((content, bytes(buffers[0]))))
counter = Counter()
counter""",
]


def test_a_view_is_shown_and_heard_without_jupyter(mount):
    page = mount(VIEW, "p { color: rgb(1, 2, 3) }", STATE, viewport=(360, 640), touch=True)
    assert pixel(page, "canvas", 1, 1) == (9, 8, 7, 255)
    assert page.locator("p").evaluate("(p) => getComputedStyle(p).color") == "rgb(1, 2, 3)"
    page.get_by_role("button", name="more").tap()
    assert page.evaluate("innerWidth") == 360
    assert page.evaluate("[sent, buffers, saved]") == [
        [{"kind": "more"}],
        [[[7, 8]]],
        [{"count": 2}],
    ]
    assert page.locator("p").text_content() == "2 false"


def test_python_sets_traits_and_sends_messages_with_bytes(mount):
    page = mount(VIEW, "", STATE, dark=True)
    give(page, count=5, picture={"pixels": bytes([1, 2, 3, 255]) * 4})
    assert pixel(page, "canvas", 0, 0) == (1, 2, 3, 255)
    assert page.locator("p").text_content() == "5 true" and page.evaluate("saved") == []
    tell(page, {"kind": "film"}, [b"\x00\x2a"])
    assert page.locator("p").text_content() == "film 42"


def test_both_halves_of_a_widget_hear_each_other_in_order(joined):
    class Counter(anywidget.AnyWidget):
        _esm = VIEW
        count = traitlets.Int(1).tag(sync=True)
        picture = traitlets.Dict(STATE["picture"]).tag(sync=True)

        def __init__(self):
            super().__init__()
            self.heard = []
            self.on_msg(self.hear)

        def hear(self, _, content, buffers):
            self.heard.append((self.count, content, bytes(buffers[0])))
            self.send({"kind": f"heard {self.count}"}, [b"\x00\x09"])

    counter = joined(Counter, dark=True)
    counter.page.get_by_role("button", name="more").click()
    counter.until(lambda: counter.page.locator("p").text_content() == "heard 2 9")
    assert counter.widget.heard == [(2, {"kind": "more"}, b"\x07\x08")]
    counter.widget.picture = {"pixels": bytes([5, 5, 5, 255]) * 4}
    counter.widget.count = 40
    counter.until(lambda: counter.page.locator("p").text_content() == "40 true")
    assert pixel(counter.page, "canvas", 0, 0) == (5, 5, 5, 255)
    with pytest.raises(AssertionError, match=r"still not true after 0\.05 s"):
        counter.until(lambda: False, seconds=0.05)


def test_views_of_one_model_follow_each_other_and_end(mount):
    page = mount(VIEW, "", STATE)
    page.evaluate("again()")
    page.get_by_role("button").first.click()
    assert page.locator("p").all_text_contents() == ["2 false", "2 false"]
    before = page.evaluate("model.listeners()")
    page.evaluate("unmount()")
    assert page.evaluate("model.listeners()") == before - 4


@pytest.mark.parametrize(
    "body, noticed",
    [
        ("setTimeout(() => { throw new Error('late'); })", "late"),
        ("console.error('sour')", "sour"),
        ("fetch('https://example.org/').catch(() => 0)", "example.org"),
        ("el.innerHTML = '<img src=\"https://example.org/a.png\">'", "example.org"),
    ],
)
def test_errors_and_requests_that_would_leave_are_noticed(watched, body, noticed):
    seen = watched(checked=False)
    seen.page.set_content("<p id='el'></p>")
    seen.page.evaluate(f"() => {{ {body} }}")
    seen.page.wait_for_timeout(200)
    assert any(noticed in line for line in seen.errors + seen.sent_out)


def test_an_opened_file_is_read_from_the_disk(opened, tmp_path):
    (tmp_path / "a b.html").write_text("<!DOCTYPE html><p>here</p>", encoding="utf-8")
    seen = opened(tmp_path / "a b.html", scale=2)
    assert seen.page.locator("p").text_content() == "here"
    assert [url.rsplit("/", 1)[1] for url in seen.requests] == ["a%20b.html"]
    assert seen.page.evaluate("devicePixelRatio") == 2


def test_a_notebook_runs_is_reloaded_restarted_and_ended(lab):
    notebook = lab(CELLS)
    output = notebook.output()
    expect(output.locator("p")).to_have_text("1 false")
    output.get_by_role("button", name="more").click()
    expect(output.locator("p")).to_have_text("2 false")
    assert notebook.value("counter.heard") == [({"kind": "more"}, b"\x07\x08")]
    notebook.theme("JupyterLab Dark")
    notebook.reload()
    expect(notebook.output().locator("p")).to_have_text("2 false")
    assert notebook.value("counter.count") == 2
    notebook.restart()
    assert notebook.value("'counter' in globals()") is False
    notebook.kill()


def test_a_running_cell_is_interrupted(lab):
    notebook = lab(["import time\nprint('begun')\ntime.sleep(60)"], run=False)
    notebook.run_all(wait=False)
    expect(notebook.output()).to_contain_text("begun")
    notebook.interrupt()
    expect(notebook.output()).to_contain_text("KeyboardInterrupt")
    pid = notebook.value("__import__('os').getpid()")
    notebook.crash()
    notebook.page.get_by_text("appears to have died").first.wait_for(timeout=20_000)
    assert pid
