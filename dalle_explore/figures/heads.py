"""All heads in small multiples: where each looked, and its numbers beside the map."""

import math

from matplotlib.axes import Axes

from dalle_explore.figures.maps import SHARE, SIGNED_SHARE, Scale, legend
from dalle_explore.figures.overlay import picture, veiled
from dalle_explore.figures.page import INK, Page
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.written import LOOKED, NAME, TINY, bits_in_words, fitted, percent
from dalle_explore.instruments.heads import Heads

__all__ = ["heads"]

_SIDE, _NUMBERS, _GAP, _DOWN = 168, 138, 40, 30  # pixels of the page
_HEAD, _TOP, _LINE = 36, 236, 27
_FEWEST, _MOST = 4, 6  # heads in a row


def heads(heads: Heads, *, ax: Axes | None = None) -> Axes:
    """Draw a small map of every head, with its shares, its reach, its push and its effect.

    Colours have the same fixed scale as maps of single words; heads stand in the order that was
    asked for, in rows, and what they are sorted by is in bold.

    Args:
        heads: what to show (see ``Inspection.heads``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: the picture, the legend, then for each head a grey copy and its map.
    """
    signed = heads.by == "signed"
    scale = SIGNED_SHARE if signed else SHARE
    rows, columns = heads.subject.grid
    tall = _SIDE * rows / columns
    each = max(tall, 6 * _LINE + 4) + _HEAD + _DOWN
    across = _across(heads)
    lines = math.ceil(len(heads.heads) / across)
    width = across * (_SIDE + _NUMBERS) + (across - 1) * _GAP
    first = max(tall, 150) + 48
    page, left, top = plate(
        ax,
        f"“{heads.subject.prompt}”",
        heads.caption(),
        width,
        first + lines * each - _DOWN,
        heading=f"{LOOKED}, head by head",
        aside=f"sorted by {_SORTED[heads.sort]}",
    )
    picture(page, heads.subject.pixels, left, top, _SIDE)
    _key(page, heads, scale, left + _SIDE + _GAP, top, width - _SIDE - _GAP)
    top += first
    for number, place in enumerate(heads.order()):
        line, column = divmod(number, across)
        x, y = left + column * (_SIDE + _NUMBERS + _GAP), top + line * each
        _card(page, heads, place, scale, x, y)
    return page.ax


_SORTED = {
    "layer": "layer and head",
    "text": "share of words, most first",
    "locality": "distance, nearest first",
    "entropy": "entropy, sharpest first",
    "push": "push, most first",
    "effect": "effect, most first",
}
_NAMES = {"text": "text", "locality": "distance", "entropy": "entropy", "push": "push"}


def _across(heads: Heads) -> int:
    """Heads in a row: a layer fills a whole number of rows where that is possible."""
    each = len([head for head in heads.heads if head[0] == heads.heads[0][0]])
    fits = [count for count in range(_FEWEST, _MOST + 1) if each % count == 0]
    return fits[-1] if fits else _FEWEST


def _key(page: Page, heads: Heads, scale: Scale, left: float, top: float, width: float) -> None:
    """What the maps are of, their scale, and what the numbers mean."""
    page.write(left, top + 22, fitted(f"Looked at {heads.named}", width, NAME), NAME, color=INK)
    legend(page, scale, left, top + 44, min(width, 560), SMALL)
    told = (
        "text, earlier: shares of all it read · distance: patches to those it read · entropy: bits"
    )
    page.write(left, top + 132, fitted(told, width, TINY), TINY)
    told = "push: logits it adds to the codes drawn"
    if heads.effect is not None:
        told += " · effect: bits lost over the picture without it"
    page.write(left, top + 160, fitted(told, width, TINY), TINY)


def _card(page: Page, heads: Heads, place: int, scale: Scale, left: float, top: float) -> None:
    """One head: its map, and its numbers at the right."""
    layer, head = heads.heads[place]
    page.write(left, top + 22, f"layer {layer}, head {head}", SMALL, color=INK)
    top += _HEAD
    veiled(page, heads.subject.pixels, heads.maps[place], scale, left, top, _SIDE)
    signed = heads.by == "signed"
    numbers = [
        ("text", percent(float(heads.text[place]), signed)),
        ("earlier", percent(float(heads.earlier[place]), signed)),
        ("distance", f"{heads.distance[place]:.1f}".replace("nan", "–")),
        ("entropy", f"{heads.entropy[place]:.1f}"),
        ("push", bits_in_words(float(heads.push[place]))),
    ]
    if heads.effect is not None:
        numbers.append(("effect", bits_in_words(float(heads.effect[place]))))
    for line, (name, number) in enumerate(numbers):
        y = top + 18 + line * _LINE
        bold = {"weight": "bold"} if _NAMES.get(heads.sort, heads.sort) == name else {}
        page.write(left + _SIDE + 12, y, name, TINY)
        page.write(left + _SIDE + _NUMBERS, y, number, TINY, ha="right", color=INK, **bold)
