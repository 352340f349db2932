"""The same dice, one thing changed: two pictures, where they differ, and what chance changes."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dalle_explore.figures.lanes import Axis, draw_axis
from dalle_explore.figures.overlay import grey, picture
from dalle_explore.figures.page import INK, Page
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.written import NAME, TINY, fitted, lines_of, percent
from dalle_explore.session.counterfactual import Counterfactual

__all__ = ["counterfactual"]

_SIDE, _GAP, _HEAD, _LINE = 448, 36, 44, 30  # pixels of the page
_SMALL, _ACROSS, _STEP, _LABEL = 208, 4, 36, 46
_PALE = 0.72  # how much of what stayed is covered
_ACCENT = "#a8381c"


def counterfactual(counterfactual: Counterfactual, *, ax: Axes | None = None) -> Axes:
    """Draw a picture, the one under a change, the patches that differ, and the noise floor.

    Bars of shares stand on one fixed axis, from 0 to 100 %.

    Args:
        counterfactual: what to show (see ``Inspection.without``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: the original, the changed picture, it again in grey and in colour where
        codes are others, then the pictures with other dice.
    """
    shown = counterfactual
    rows, columns = shown.original.codes.shape
    shape = rows / columns
    width = 3 * _SIDE + 2 * _GAP
    told = lines_of(shown.change, _SIDE, SMALL), lines_of(_first(shown), _SIDE, SMALL)
    upper = _HEAD + _SIDE * shape + 44 + max(map(len, told)) * _LINE
    lines = math.ceil(len(shown.reruns) / _ACROSS)
    bars = _HEAD + (1 + len(shown.reruns)) * _STEP + 40
    floor = max(bars, _HEAD + lines * (_SMALL * shape + _LABEL))
    page, left, top = plate(
        ax,
        f"“{shown.original.prompt}”",
        shown.caption(),
        width,
        upper + floor,
        heading="The same dice, one thing changed",
    )
    seeds = [f"seed {sample.seed}" for sample in (shown.original, shown.changed)]
    asides = [*seeds, f"{percent(shown.share)} of the codes"]
    for place, name in enumerate(("As it was drawn", "With the change", "What changed")):
        x = left + place * (_SIDE + _GAP)
        page.write(x, top + _HEAD - 16, name, NAME, color=INK)
        aside = fitted(asides[place], _SIDE - 200, TINY)
        page.write(x + _SIDE, top + _HEAD - 16, aside, TINY, ha="right")
    y, step = top + _HEAD, _SIDE + _GAP
    picture(page, np.asarray(shown.original.picture), left, y, _SIDE)
    picture(page, np.asarray(shown.changed.picture), left + step, y, _SIDE)
    _difference(page, shown, left + 2 * step, y)
    for place, said in enumerate(told, start=1):
        for line, words in enumerate(said):
            at = y + _SIDE * shape + 36 + line * _LINE
            page.write(left + place * step, at, words, SMALL)
    _bars(page, shown, left, top + upper)
    _reruns(page, shown, left + step, top + upper, shape)
    return page.ax


def _first(shown: Counterfactual) -> str:
    flip = shown.first_flip
    if flip is None:
        return "no code is another"
    return (
        f"in colour: patches with another code; red: the first of them, row {flip[0]}, column "
        f"{flip[1]}, from which all later ones may follow"
    )


def _difference(page: Page, shown: Counterfactual, left: float, top: float) -> None:
    """The changed picture, pale and grey where it is as it was, with the first flip framed."""
    pixels, differs = np.asarray(shown.changed.picture), shown.differs
    patch = pixels.shape[0] // differs.shape[0]
    where = differs.repeat(patch, axis=0).repeat(patch, axis=1)[..., None]
    pale = np.round(grey(pixels) * (1 - _PALE) + 252 * _PALE).astype(np.uint8)
    picture(page, np.where(where, pixels, pale), left, top, _SIDE)
    page.outline(differs, left, top, _SIDE)
    flip = shown.first_flip
    if flip is None:
        return
    step = _SIDE / differs.shape[1]
    corner = (left + flip[1] * step, top + flip[0] * step)
    for colour, line in (("#ffffff", 3.0), (_ACCENT, 1.6)):
        frame = Rectangle(corner, step, step, fill=False, ec=colour, lw=line, zorder=2.5)
        frame.set_gid("first flip")
        page.ax.add_patch(frame)


def _bars(page: Page, shown: Counterfactual, left: float, top: float) -> None:
    """How many codes are others: under the change, and with other dice."""
    page.write(left, top + 22, "Codes that are others", NAME, color=INK)
    told = [("this change", shown.share, INK)]
    told += [("other dice", share, "#a89f90") for share in shown.floor]
    axis = Axis(0, 1, (0, 0.5, 1))
    bar, right = left + 118, left + _SIDE
    wide, top = right - 78 - bar, top + _HEAD
    draw_axis(page, axis, bar, top, wide, len(told) * _STEP, percent)
    for line, (name, share, colour) in enumerate(told):
        middle = top + (line + 0.5) * _STEP
        box = Rectangle((bar, middle - 9), share * wide, 18, fc=colour, lw=0)
        box.set_gid(f"share {line}")
        page.ax.add_patch(box)
        style = {"color": INK, "weight": "bold"} if line == 0 else {}
        page.write(bar - 14, middle + 8, name, TINY, ha="right")
        page.write(right, middle + 8, percent(share), TINY, ha="right", **style)


def _reruns(page: Page, shown: Counterfactual, left: float, top: float, shape: float) -> None:
    """Pictures with other dice and no change."""
    if not shown.reruns:
        return
    page.write(left, top + 22, "Other dice, nothing changed", NAME, color=INK)
    for place, sample in enumerate(shown.reruns):
        line, column = divmod(place, _ACROSS)
        x = left + column * (_SMALL + 24)
        y = top + _HEAD + line * (_SMALL * shape + _LABEL)
        picture(page, np.asarray(sample.picture), x, y, _SMALL)
        seed = fitted(f"seed {sample.seed}", _SMALL, TINY)
        page.write(x, y + _SMALL * shape + 28, seed, TINY)
