"""A player without a kernel: what its page carries, and a small still of it."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from dalle_explore.widgets.branches import Branch
from dalle_explore.widgets.easel import Easel
from dalle_explore.widgets.filming import PARTS, film_part

__all__ = ["as_page", "still"]

_STILL = 512  # pixels, the longer side at most
_FILMS = 1_290_000  # bytes of all films in one page, unless one alone is more; base64 adds a third


def as_page(state: dict[str, Any], easel: Easel) -> dict[str, Any]:
    """Return the traits of a page that needs no kernel.

    The pictures that are shown come with whole films, the selected one first, as many as fit into
    a page of about two megabytes; the others without alternatives, or as pictures alone.
    """
    shown, spent = state["shown"], 0
    films: dict[str, Any] = {}
    there = [one for one in easel.branches if one.trace is not None]
    order = sorted(there, key=lambda one: (one.id != state["selected"], one.id not in shown))
    for branch in order:
        parts: dict[str, Any] = {}
        for part in PARTS if branch.id in shown else PARTS[:1]:
            made = film_part(easel.model, branch, part, lambda: True)
            assert made is not None  # nobody puts this work aside
            if part != "picture" and films and spent + made.size > _FILMS:
                break
            spent += made.size
            parts[part] = {"header": made.header, "buffers": made.buffers}
        films[branch.id] = parts
    status = {"state": "idle", "sentence": "", "done": 0, "total": 0, "left": None}
    return {
        **state,
        "alive": False,
        "status": status,
        "embedded": films,
        "branches": [one for one in easel.told() if one["id"] in films],
        "shown": [one for one in shown if one in films],
    }


def still(branches: Sequence[Branch]) -> bytes:
    """Return a small PNG of pictures side by side; b"" when none is finished."""
    from PIL import Image

    pictures = [np.asarray(one.sample.picture) for one in branches if one.sample is not None]
    if not pictures:
        return b""
    across = min(4, len(pictures))
    down = -(-len(pictures) // across)
    high, wide = pictures[0].shape[:2]
    gap = max(2, wide // 16)
    page = np.full((down * (high + gap) - gap, across * (wide + gap) - gap, 3), 255, np.uint8)
    for number, pixels in enumerate(pictures):
        row, column = divmod(number, across)
        top, left = row * (high + gap), column * (wide + gap)
        page[top : top + high, left : left + wide] = pixels
    times = max(1, _STILL // page.shape[1])
    buffer = io.BytesIO()
    picture = Image.fromarray(page)
    size = (picture.width * times, picture.height * times)
    # A still, not a record: 128 colours make a third of the bytes.
    large = picture.quantize(128, dither=Image.Dither.NONE).resize(size, Image.Resampling.NEAREST)
    large.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
