"""What a picture depended on: one map of lost bits for each word, and the bits in all."""

import math

import numpy as np
from matplotlib.axes import Axes

from dalle_explore.figures.lanes import axis_of, draw_axis, draw_bars
from dalle_explore.figures.maps import BITS, legend
from dalle_explore.figures.overlay import picture, veiled
from dalle_explore.figures.page import DPI, INK, SOFT, Page
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.press import length_of
from dalle_explore.figures.written import DEPENDED, NAME, TINY, bits_in_words, fitted, lines_of
from dalle_explore.instruments.knockout import Dependence
from dalle_explore.instruments.replacements import LEFT_OUT

__all__ = ["dependence"]

_WIDTH, _PICTURE, _GAP = 1256, 416, 40  # pixels of the page
_ACROSS, _BETWEEN = 5, 24  # maps in a row, and what lies between
_HEAD, _LINE, _LEGEND = 44, 26, 108
_STEP, _CLOSE = 40, 32  # from bar to bar, and where there are many

_ASIDE = {
    "image": "taken away: patches cannot read it",
    "all": "taken away: nothing later can read it",
    "replace": "taken away: another stands in its place",
}


def dependence(dependence: Dependence, *, ax: Axes | None = None) -> Axes:
    """Draw a picture, a map of lost bits for each thing taken away, and the bits in all.

    Colours have one fixed scale for every word, mode and picture, spaced by square roots from -8
    to 8 bits; bars stand on one straight axis.

    Args:
        dependence: what to show (see ``Inspection.depends_on``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: the picture; for each thing taken away a grey copy, its map, and its
        hatching if there is any; the legend.
    """
    single = len(dependence.names) == 1
    rows, columns = dependence.subject.grid
    shape = rows / columns
    count = len(dependence.names)
    lines = 1 if single else math.ceil(count / _ACROSS)
    across = 2 if single else max(2, math.ceil(count / lines))
    side = (_WIDTH - _GAP) / 2 if single else (_WIDTH - (across - 1) * _BETWEEN) / across
    told = _replaced(dependence, side)
    notes = [
        max((len(words) for words in told[line * across : (line + 1) * across]), default=0)
        for line in range(lines)
    ]
    step = _STEP if count <= 12 else _CLOSE
    first = 0.0 if single else max(_PICTURE * shape, count * step + 40) + 40
    heights = [_HEAD + note * _LINE + side * shape for note in notes]
    body = first + sum(heights) + (lines - 1) * 20 + _LEGEND
    prompt = f"“{dependence.subject.prompt}”"
    page, left, top = plate(
        ax,
        prompt,
        dependence.caption(),
        _WIDTH,
        body,
        heading=DEPENDED,
        aside=_ASIDE[dependence.mode],
    )
    if not single:
        _totals(page, dependence, left, top, step)
    top += first
    for line, height in enumerate(heights):
        upper = top + height - side * shape
        for place in range(line * across, min((line + 1) * across, count)):
            x = left + (place % across) * (side + _BETWEEN)
            if single:
                _beside(page, dependence, left, upper, side)
                x = left + side + _GAP
            _map(page, dependence, place, told[place], x, upper, side)
        top += height + 20
    base = top - 20 + 24
    x = left + side + _GAP if single else left
    legend(page, BITS, x, base, (_WIDTH - _GAP) / 2, SMALL)
    what = "colour: bits that the code of a patch lost without it"
    if single:
        page.write(x, base + 84, what, SMALL)
    else:
        page.write(left + (_WIDTH + _GAP) / 2, base + 18, what, SMALL)
    return page.ax


def _totals(page: Page, shown: Dependence, left: float, top: float, step: float) -> None:
    """The picture, and beside it a bar for each thing taken away."""
    picture(page, shown.subject.pixels, left, top, _PICTURE)
    x, right = left + _PICTURE + _GAP, left + _WIDTH
    longest = max(length_of(name, 9.0, DPI, "italic") for name in shown.names)
    names, bar = x + min(longest + 20, 330), right - 110
    totals = np.where(np.isnan(shown.bits).all(axis=(1, 2)), np.nan, shown.totals)
    axis = axis_of(totals, most=6)
    height = len(totals) * step
    draw_axis(page, axis, names, top, bar - names, height)
    page.write(right, top + height + 26, "bits in all", TINY, ha="right")
    numbers = [bits_in_words(total) for total in totals]
    draw_bars(page, axis, totals, names, top, bar - names, step, numbers, right)
    for place, name in enumerate(shown.names):
        y = top + (place + 0.5) * step + 9
        style = {"style": "italic", "color": INK} if shown.places[place] else {"color": SOFT}
        name = fitted(name, names - x - 18, 9.0, "italic")
        page.write(names - 18, y, name, 9.0, ha="right", **style)


def _beside(page: Page, shown: Dependence, left: float, top: float, side: float) -> None:
    """The picture, as large as the one map."""
    picture(page, shown.subject.pixels, left, top, side)
    page.write(left, top - 16, "Picture", NAME, color=INK)
    seed = f"seed {shown.subject.trace.seed}"
    page.write(left + side, top - 16, seed, SMALL, ha="right")
    if shown.region is not None:
        page.outline(shown.region, left, top, side)


def _map(
    page: Page,
    shown: Dependence,
    place: int,
    note: list[str],
    left: float,
    top: float,
    side: float,
) -> None:
    """One map under its name."""
    values = shown.bits[place]
    veiled(page, shown.subject.pixels, values, BITS, left, top, side)
    if shown.region is not None:
        page.outline(shown.region, left, top, side)
    known = not np.isnan(values).all()
    number = bits_in_words(float(shown.totals[place])) if known else "not asked"
    number += " bits" if known and side > 400 else ""
    above = top - 16 - len(note) * _LINE
    size = NAME if side > 500 else 9.0
    style = {"style": "italic"} if shown.places[place] else {}
    name = shown.names[place][:1].upper() + shown.names[place][1:]
    name = fitted(name, side - 16 - length_of(number, TINY, DPI), size, "italic")
    page.write(left, above, name, size, color=INK, **style)
    page.write(left + side, above, number, TINY, ha="right")
    for line, words in enumerate(note, start=1):
        page.write(left, above + line * _LINE, words, TINY)


def _replaced(shown: Dependence, side: float) -> list[list[str]]:
    """By what each word was replaced, in lines that are as wide as a map."""
    if not shown.replaced:
        return [[] for _ in shown.names]
    told = ["left out" if words == (LEFT_OUT,) else ", ".join(words) for words in shown.replaced]
    return [lines_of(f"→ {words}", side, TINY) for words in told]
