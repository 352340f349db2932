"""An exported page: one HTML file that plays without a kernel, a network or a server.

Text from people passes two walls. The first is escaping: the state is a JSON island without
``<``, ``>`` and ``&``, and every other text is escaped for HTML. The second is a policy in the
page itself: the browser runs one script and applies one style sheet, both named by their hashes,
and fetches nothing. Each wall holds alone.
"""

import base64
import hashlib
import html
import json
import warnings
from collections.abc import Mapping
from typing import Any

from dalle_explore.errors import InputError
from dalle_explore.shown import plain_text

__all__ = ["LARGEST", "LARGE", "frame", "page"]

LARGE, LARGEST = 10 * 2**20, 50 * 2**20  # bytes: from here a warning, above there a refusal

# What a JSON island must not hold: the first three could end it, the others end lines in
# JavaScript older than 2019. As \u escapes they mean the same to every reader of JSON.
_ESCAPES = str.maketrans({letter: f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"})

_STYLE = """\
:root { color-scheme: light dark; }
body { margin: 0; padding: 12px; background: #fcfbf8; color: #1f1c18;
  font: 15px/1.5 system-ui, sans-serif; }
#dalle-explore-poster { margin: 0; }
#dalle-explore-poster[hidden] { display: none; }
#dalle-explore-poster img { display: block; max-width: 100%; height: auto; }
#dalle-explore-poster figcaption { color: #6f695f; font: 15px/1.5 Georgia, serif;
  max-width: 44em; margin-top: 8px; overflow-wrap: anywhere; white-space: pre-line; }
@media (prefers-color-scheme: dark) {
  body { background: #1b1a18; color: #ece8e1; }
  #dalle-explore-poster figcaption { color: #aaa398; }
}
"""

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main id="dalle-explore-view"></main>
<figure id="dalle-explore-poster">
<img src="data:image/png;base64,{poster}" alt="{alt}">
<figcaption>{caption}</figcaption>
</figure>
<script type="application/json" id="dalle-explore-state">{island}</script>
<script type="module">{script}</script>
</body>
</html>
"""

# Pages tell how high they are; whoever embeds them may listen. A frame believes its own page only.
_FRAME = """\
<iframe data-dalle-explore sandbox="allow-scripts" allow="fullscreen" loading="lazy" \
title="{title}" style="display: block; width: 100%; height: {height}px; border: 0" \
srcdoc="{page}"></iframe>
<script>
addEventListener("message", (event) => {{
  const height = event.data?.dalle_explore_height;
  if (!Number.isFinite(height)) return;
  for (const frame of document.querySelectorAll("iframe[data-dalle-explore]"))
    if (frame.contentWindow === event.source)
      frame.style.height = Math.min(Math.max(Math.ceil(height), 40), 20000) + "px";
}});
</script>
"""


def page(
    script: str,
    style: str,
    state: Mapping[str, Any],
    *,
    title: str,
    poster: bytes,
    alt: str,
    caption: str,
    force: bool = False,
) -> str:
    """Return a whole HTML page that shows a view, or its poster where scripts do not run.

    Args:
        script: one JavaScript module that imports nothing. It finds ``{"state", "buffers"}`` in
            the element ``dalle-explore-state``, mounts the view into ``dalle-explore-view`` and
            hides ``dalle-explore-poster``.
        style: its style sheet.
        state: names and values as JSON knows them, and bytes anywhere in dicts and lists; bytes
            travel as ``buffers``, each ``{"path": [...], "data": base64}``.
        title: of the page.
        poster: a picture (PNG) of the view, which stands there until the script has begun.
        alt: what is to be seen, for those who cannot see it.
        caption: how it was made, with the licence of the pictures; plain text under the poster.
        force: whether a page above ``LARGEST`` is made all the same.

    Returns:
        HTML, to be written as UTF-8.

    Raises:
        InputError: the poster is no PNG, the state cannot be written as JSON, the script or the
            style sheet would end its own element, or the page is too large.

    Warns:
        UserWarning: the page is larger than ``LARGE``.
    """
    if not poster.startswith(b"\x89PNG\r\n\x1a\n"):
        raise InputError(
            f"poster begins with {bytes(poster[:8])!r}, but it has to be a PNG: write the picture "
            f"with format='png'."
        )
    script = _inline(script, "script")
    style = _inline(_STYLE + style, "style")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        f"img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    made = _PAGE.format(
        policy=policy,
        title=_text(title),
        style=style,
        poster=base64.b64encode(poster).decode("ascii"),
        alt=_text(alt),
        caption=_text(caption),
        island=_island(state),
        script=script,
    )
    _weigh(len(made.encode("utf-8")), force)
    return made


def frame(page: str, height: int = 600, *, title: str = "a figure that can be played") -> str:
    """Return HTML that embeds a page in another, as high as the page says it is.

    The page runs in a sandbox of its own: it cannot reach the page around it.

    Args:
        page: what ``page`` returned.
        height: in pixels, until the page has said its own, and where scripts do not run.
        title: for those who cannot see the frame.

    Raises:
        InputError: ``height`` is not a number of pixels from 1 on.
    """
    if isinstance(height, bool) or not isinstance(height, int) or height < 1:
        raise InputError(f"height is {height!r}, but it has to be a number of pixels from 1 on.")
    return _FRAME.format(title=_text(title), height=height, page=html.escape(page))


def _text(text: str) -> str:
    """Text for an element or an attribute in double quotes; line breaks survive in both."""
    return html.escape(plain_text(text))


def _inline(code: str, element: str) -> str:
    """What stands between the tags as the browser will read it, so that its hash is right."""
    code = code.replace("\r\n", "\n").replace("\r", "\n")
    lower = code.lower()
    ends = (f"</{element}", "<!--") if element == "script" else (f"</{element}",)
    for end in ends:
        if end in lower:
            raise InputError(
                f"{element} holds '{end}', which a page would read as markup: write it as "
                f"'{end[0]}\\{end[1:]}' inside a string."
            )
    if plain_text(code) != code:
        raise InputError(
            f"{element} holds control characters or unpaired surrogates, which a page cannot: "
            f"write them as escapes."
        )
    return code


def _hash(code: str) -> str:
    digest = hashlib.sha256(code.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


def _island(state: Mapping[str, Any]) -> str:
    """The state as JSON that stays data wherever an HTML parser meets it."""
    buffers: list[dict[str, Any]] = []
    value = {"state": _split(state, (), buffers), "buffers": buffers}
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"state cannot be written as JSON ({error}): give None, numbers, text, bytes, and "
            f"lists and dicts of them."
        ) from error
    return text.translate(_ESCAPES)


def _split(value: Any, path: tuple[str | int, ...], buffers: list[dict[str, Any]]) -> Any:
    """Copy a value with its text made plain and its bytes moved to ``buffers``."""
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, bytes | bytearray | memoryview):
        data = base64.b64encode(value).decode("ascii")
        buffers.append({"path": list(path), "data": data})
        return None
    if isinstance(value, Mapping):
        return {
            plain_text(str(name)): _split(inner, (*path, plain_text(str(name))), buffers)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_split(inner, (*path, place), buffers) for place, inner in enumerate(value)]
    return value


def _weigh(size: int, force: bool) -> None:
    megabytes = size / 2**20
    if size > LARGEST and not force:
        raise InputError(
            f"the page would have {megabytes:.0f} MB, but at most {LARGEST // 2**20} are written: "
            f"show fewer pictures, leave parts out, or give force=True."
        )
    if size > LARGE:
        warnings.warn(
            f"the page has {megabytes:.0f} MB: it opens slowly on a telephone, and is too large "
            f"for most mail; fewer pictures make it smaller.",
            stacklevel=3,
        )
