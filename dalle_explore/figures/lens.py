"""What a picture might have been after each layer: a strip, and below it how far it was off."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dalle_explore.figures.maps import FAR, legend
from dalle_explore.figures.overlay import picture, veiled
from dalle_explore.figures.page import INK, Page
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.written import TINY, fitted, percent
from dalle_explore.instruments.lens import Lens

__all__ = ["lens"]

_SIDE, _GAP, _DOWN = 208, 20, 44  # pixels of the page
_MOST = 8  # pictures in a row
_HEAD, _BAR, _UNDER, _KEY = 36, 12, 78, 96


def lens(lens: Lens, *, ax: Axes | None = None) -> Axes:
    """Draw the likeliest picture after each layer, over its map of bits, and the picture as drawn.

    Colours and bars have one fixed scale for every layer and picture, spaced by square roots
    from 0 to 16 bits.

    Args:
        lens: what to show (see ``Inspection.lens``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: for each layer its picture, a grey copy and a map; the picture as it was
        drawn; the legend.
    """
    count = len(lens.names) + 1
    lines = math.ceil(count / _MOST)
    across = max(4, math.ceil(count / lines))
    rows, columns = lens.subject.grid
    tall = _SIDE * rows / columns
    each = _HEAD + tall + _GAP / 2 + tall + _UNDER
    width = across * _SIDE + (across - 1) * _GAP
    page, left, top = plate(
        ax,
        f"“{lens.subject.prompt}”",
        lens.caption(),
        width,
        lines * each + (lines - 1) * _DOWN + _KEY,
        heading="What it might have drawn, had it stopped earlier",
    )
    for place, name in enumerate((*lens.names, "as it was drawn")):
        line, column = divmod(place, across)
        x, y = left + column * (_SIDE + _GAP), top + line * (each + _DOWN) + _HEAD
        page.write(x, y - 12, fitted(name, _SIDE, SMALL), SMALL, color=INK)
        if place < len(lens.names):
            _layer(page, lens, place, x, y, tall)
        else:
            picture(page, lens.subject.pixels, x, y, _SIDE)
            page.write(
                x + _SIDE, y + tall + 34, f"seed {lens.subject.trace.seed}", SMALL, ha="right"
            )
    base = top + lines * each + (lines - 1) * _DOWN + 20
    legend(page, FAR, left, base, 560, SMALL)
    told = "colours and bars: bits from the final distribution to the one read out here"
    page.write(left + 600, base + 18, fitted(told, width - 600, SMALL), SMALL)
    return page.ax


def _layer(page: Page, shown: Lens, place: int, left: float, top: float, tall: float) -> None:
    """One layer: the picture, its map, and the mean of the map as a bar and a number."""
    picture(page, shown.pixels[place], left, top, _SIDE)
    top += tall + _GAP / 2
    veiled(page, shown.subject.pixels, shown.kl[place], FAR, left, top, _SIDE)
    top += tall + 14
    mean = float(np.mean(shown.kl[place]))
    page.ax.add_patch(Rectangle((left, top), _SIDE, _BAR, fc="#0000000d", lw=0))
    bar = Rectangle((left, top), FAR.place(mean) * _SIDE, _BAR, fc=FAR.colour(mean), lw=0)
    bar.set_gid(f"mean {place}")
    page.ax.add_patch(bar)
    page.write(left, top + _BAR + 28, f"{mean:.2f} bits", TINY, color=INK)
    same = f"{percent(float(shown.agrees[place]))} agree"
    page.write(left + _SIDE, top + _BAR + 28, same, TINY, ha="right")
