"""A browser for tests: views without a kernel, exported pages from file://, and nothing goes out.

Every page is watched: an error in it, a line in its console, or a request that leaves this machine
fails the test. Playwright's own pytest plugin is not used: its options and ours have the same
names. The fixtures live as long as a module, because Playwright keeps an event loop running in
this thread, in which ``asyncio.run`` of other tests would fail.
"""

import base64
import contextlib
import dataclasses
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

# Root, as in containers, needs no-sandbox; names are not looked up but for this machine's own.
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
EMPTY = "<!DOCTYPE html><meta name='viewport' content='width=device-width, initial-scale=1'><body>"
PATIENCE = 30_000  # milliseconds that anything in a page may take

# Stands in for Jupyter: a model as anywidget gives it to a view, and what the view did to it.
HOST = (Path(__file__).parent / "browser_host.js").read_text(encoding="utf-8")


def chromium_path() -> str | None:
    """Where Chromium is: $DALLE_EXPLORE_CHROMIUM, or one of its names on the path."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = (path for name in names if (path := shutil.which(name)))
    return os.environ.get("DALLE_EXPLORE_CHROMIUM") or next(found, None)


@pytest.fixture(scope="module")
def chromium():
    """The browser itself, started once a module."""
    path = chromium_path()
    if path is None:
        pytest.skip("needs Chromium: install it, or name it in DALLE_EXPLORE_CHROMIUM")
    with launched(path) as browser:
        yield browser


@contextlib.contextmanager
def launched(path):
    """Start the Chromium at a path."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=60_000)
        yield browser
        browser.close()


@dataclasses.dataclass
class Watched:
    """A page, and what was seen of it."""

    page: Any
    errors: list[str] = dataclasses.field(default_factory=list)  # thrown, or in the console
    requests: list[str] = dataclasses.field(default_factory=list)  # addresses, in order

    def __post_init__(self):
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._console)
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.type}: {message.text}")

    @property
    def sent_out(self) -> list[str]:
        """Requests that would have left this machine."""
        return [url for url in self.requests if not _stays_here(url)]


def _stays_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("about", "data", "blob", "file") or parts.hostname == "127.0.0.1"


@pytest.fixture
def watched(chromium):
    """Make pages: ``watched(viewport=(900, 700), touch=False, dark=False, still=False, scale=1)``.

    With ``checked=False`` errors and requests are kept for the test to look at.
    """
    made: list[tuple[Watched, Any, bool]] = []

    def make(
        *,
        viewport: tuple[int, int] = (900, 700),
        touch: bool = False,
        dark: bool = False,
        still: bool = False,
        scale: float = 1,
        checked: bool = True,
    ) -> Watched:
        context = chromium.new_context(
            viewport={"width": viewport[0], "height": viewport[1]},
            has_touch=touch,
            is_mobile=touch,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if still else "no-preference",
            device_scale_factor=scale,
        )
        context.set_default_timeout(PATIENCE)
        seen = Watched(context.new_page())
        made.append((seen, context, checked))
        return seen

    yield make
    for _, context, _ in made:
        context.close()
    for seen, _, checked in made:
        if checked:
            assert not seen.errors, f"the page complained: {seen.errors}"
            assert not seen.sent_out, f"the page wanted from elsewhere: {seen.sent_out}"


@pytest.fixture
def mount(watched):
    """Show a view as Jupyter would, without Jupyter: ``page = mount(esm, css, state)``.

    Bytes anywhere in the state arrive as DataViews. In the page stand ``model`` (with what it was
    told in ``sent``, ``buffers`` and ``saved``), ``put({trait: value})`` for what Python sets,
    ``receive(content, buffers)`` for its messages, ``again()`` for one more view of the model,
    and ``unmount()``. ``tell`` and ``give`` do the first two from here, with bytes.
    """

    def show(esm: str, css: str, state: Mapping[str, Any], **options: Any) -> Any:
        page = watched(**options).page
        page.set_content(EMPTY)
        page.evaluate("(source) => { (0, eval)(source); }", HOST)
        page.evaluate("(parts) => mount(...parts)", [esm, css, *packed(state)])
        return page

    return show


def give(page: Any, **traits: Any) -> None:
    """Set traits as Python does."""
    page.evaluate("(parts) => put(...parts)", list(packed(traits)))


def tell(page: Any, content: Mapping[str, Any], buffers: list[bytes] | None = None) -> None:
    """Send a custom message as Python does."""
    texts = [base64.b64encode(buffer).decode("ascii") for buffer in buffers or []]
    page.evaluate("(parts) => receive(...parts)", [dict(content), texts])


def packed(state: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Bytes taken out of a state, as they cross to the page: with their paths, in base64."""
    buffers: list[dict[str, Any]] = []

    def split(value: Any, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, bytes | bytearray | memoryview):
            data = base64.b64encode(value).decode("ascii")
            buffers.append({"path": list(path), "data": data})
            return None
        if isinstance(value, Mapping):
            return {name: split(inner, (*path, name)) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [split(inner, (*path, place)) for place, inner in enumerate(value)]
        return value

    return split(state, ()), buffers


@pytest.fixture
def opened(watched):
    """Open a file as a person would, from file://: ``seen = opened(path)`` (a ``Watched``)."""

    def show(path: str | os.PathLike[str], **options: Any) -> Watched:
        seen = watched(**options)
        seen.page.goto(Path(path).absolute().as_uri(), wait_until="load")
        return seen

    return show


def pixel(page: Any, selector: str, x: int, y: int) -> tuple[int, int, int, int]:
    """Colour (red, green, blue, alpha) of a canvas at a place in its own pixels."""
    found = page.locator(selector).evaluate(
        "(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data]", [x, y]
    )
    red, green, blue, alpha = found
    return red, green, blue, alpha
