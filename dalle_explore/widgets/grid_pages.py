"""A prompt grid without a kernel: which pictures its page carries, and a small still of it."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from dalle_explore.widgets.grid_parts import QUALITY, encoded, pictures_part
from dalle_explore.widgets.grid_shelf import Cells

__all__ = ["as_page", "still"]

_FORMS = ((QUALITY, 0), (70, 0), (60, 96), (45, 64))  # quality and width of WebP, the best first
_SCRIPT = 215_000  # bytes of a page without its pictures, about
_TOGETHER = 64  # pictures that are made together
_ACROSS, _DOWN = 6, 4  # pictures of a still, at most
_EACH = 96  # bytes that a page says about a picture, besides the picture
_WIDE = 640  # pixels of a still, at most


def as_page(
    state: dict[str, Any], cells: Cells, megabytes: float, poster: int = 0
) -> dict[str, Any]:
    """Return the traits of a page that needs no kernel.

    Every value travels. Of the pictures, the best of each cell come first, then those of the cell
    in hand, then the second best of each and so on, as many as there is room for; where not even
    the best of each cell fit, they are made smaller.

    Args:
        state: the traits that both halves know.
        cells: of the grid.
        megabytes: how large the page may become.
        poster: bytes of the still that it carries, too.
    """
    values = cells.values(range(len(cells)))
    text = sum(len(str(cell)) for cell in state["cells"])
    room = megabytes * 1e6 - _SCRIPT - text - (values.size + poster) * 4 / 3
    order = list(_order(cells, int(state["chosen"]), state["each"]))
    first = min(len(order), sum(cells.stands(n, "") is not None for n in range(len(cells))))
    taken: list[tuple[int, int]] = []
    pictures: list[bytes] = []
    side = 0
    for quality, side in _FORMS:
        taken, pictures, spent = [], [], 0.0
        for key, data in _made(cells, order, quality, side):
            spent += len(data) * 4 / 3 + _EACH
            if spent > room and taken:
                break
            taken.append(key)
            pictures.append(data)
        if len(taken) >= first:
            break
    parts = {"values": values, "pictures": pictures_part(taken, pictures)}
    status = {"state": "idle", "sentence": "", "done": 0, "total": 0, "left": None}
    left_out = _left_out(len(taken), len(order), first, len(cells), side, megabytes)
    return {
        **state,
        "alive": False,
        "status": status,
        "about": {**state["about"], "left_out": left_out},
        "embedded": {
            name: {"header": part.header, "buffers": part.buffers} for name, part in parts.items()
        },
    }


def _made(
    cells: Cells, order: list[tuple[int, int]], quality: int, side: int
) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Pictures in order, as the live view has them, or smaller."""
    from PIL import Image

    for start in range(0, len(order), _TOGETHER):
        some = order[start : start + _TOGETHER]
        for key, data in zip(some, cells.pictures(some), strict=True):
            if quality < QUALITY:
                data = encoded(np.asarray(Image.open(io.BytesIO(data))), quality, side)
            yield key, data


def _order(cells: Cells, chosen: int, each: str) -> Iterator[tuple[int, int]]:
    """Pictures (cell, seed) that are there, in the order in which they are worth their bytes."""
    there = [
        [one.pictures[place].seed for place in one.order if one.pictures[place].codes is not None]
        for one in (cells[number] for number in range(len(cells)))
    ]
    found: dict[tuple[int, int], None] = {}
    for number, seeds in enumerate(there):
        found |= dict.fromkeys((number, seed) for seed in seeds[:1])
    if each:
        seed = int(each)
        found |= dict.fromkeys((n, seed) for n, seeds in enumerate(there) if seed in seeds)
    found |= dict.fromkeys((chosen, seed) for seed in there[chosen])
    for rank in range(1, max(map(len, there), default=0)):
        found |= dict.fromkeys(
            (n, seeds[rank]) for n, seeds in enumerate(there) if rank < len(seeds)
        )
    yield from found


def _left_out(taken: int, every: int, first: int, cells: int, side: int, megabytes: float) -> str:
    small = f" {side} pixels wide," if side else ""
    if taken == every:
        return f"All pictures are in this page,{small.removesuffix(',')}." if small else ""
    which = f"the best of each of {cells} cells first" if taken >= first else "not of every cell"
    return (
        f"This page carries {taken:,} of {every:,} pictures,{small} {which}, so that it stays "
        f"under {megabytes:g} MB; every score is here."
    )


def still(cells: Cells, numbers: list[list[int]]) -> bytes:
    """Return a small PNG of the best pictures of some cells; b"" when there is none yet.

    Args:
        cells: whose pictures.
        numbers: rows of cells; -1: none.
    """
    from PIL import Image

    rows = [row[:_ACROSS] for row in numbers[:_DOWN]]
    pictures: dict[tuple[int, int], np.ndarray] = {}
    for r, row in enumerate(rows):
        for c, number in enumerate(row):
            seed = None if number < 0 else cells.stands(number, "")
            pixels = None if seed is None else cells.pixels(number, seed)
            if pixels is not None:
                pictures[r, c] = pixels
    if not pictures:
        return b""
    high, wide = next(iter(pictures.values())).shape[:2]
    gap = max(2, wide // 16)
    across = max(map(len, rows))
    page = np.full((len(rows) * (high + gap) - gap, across * (wide + gap) - gap, 3), 255, np.uint8)
    for (r, c), pixels in pictures.items():
        top, left = r * (high + gap), c * (wide + gap)
        page[top : top + high, left : left + wide] = pixels
    buffer = io.BytesIO()
    image = Image.fromarray(page)
    if image.width > _WIDE:
        image = image.resize((_WIDE, round(image.height * _WIDE / image.width)))
    # A still, not a record: 128 colours make a third of the bytes.
    image.quantize(128, dither=Image.Dither.NONE).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
