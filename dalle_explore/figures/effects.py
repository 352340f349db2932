"""Which slot moved the score: dots with intervals for every value of every axis."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dalle_explore.figures.lanes import Axis, axis_of, draw_axis, plain
from dalle_explore.figures.page import DPI, INK, PAPER, SOFT, Page
from dalle_explore.figures.panels import JUDGE, SCORE, Panel, dots
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.press import length_of
from dalle_explore.figures.written import NAME, TINY, fitted, percent
from dalle_explore.session.scores.effects import Effects
from dalle_explore.statistics.effects import AxisEffects, SlotEffects

__all__ = ["effects", "probability"]

_WIDTH, _GAP, _COLUMN = 1480, 96, 200  # pixels of the page; a column of means
_STEP, _AXIS_HEAD, _HEAD, _FOOT = 36, 66, 74, 60
_TITLES = {"score": ("The score", SCORE), "right": ("Right, by the judge", JUDGE)}


def effects(effects: Effects, *, ax: Axes | None = None) -> Axes:
    """Draw what every value of every axis does, for the score and for the judge's verdict.

    Args:
        effects: what to show (see ``Scores.effects``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on.
    """
    shown = effects
    longest = max(
        length_of(label, SMALL, DPI, "italic") for _, labels in shown.axes for label in labels
    )
    label = min(max(longest + 8, 150.0), 380.0)
    many = len(shown.measures)
    each = (_WIDTH - label - _GAP * many) / many
    lines = sum(_AXIS_HEAD + len(labels) * _STEP for _, labels in shown.axes)
    page, left, top = plate(
        ax,
        "",
        shown.caption(),
        _WIDTH,
        _HEAD + lines + _FOOT + 96,
        heading="Which slot moved the score?",
        aside=f"{shown.score.cells} cells, {shown.seeds} seeds each",
    )
    y = top + _HEAD
    for name, labels in shown.axes:
        heading = fitted(name, label, NAME, weight="bold")
        page.write(left, y + 46, heading, NAME, color=INK, weight="bold")
        for line, words in enumerate(labels):
            middle = y + _AXIS_HEAD + (line + 0.5) * _STEP
            text = fitted(words or "(nothing)", label, SMALL, "italic")
            page.write(left + 20, middle + 8, text, SMALL, color=INK, style="italic")
        y += _AXIS_HEAD + len(labels) * _STEP
    for place, (measure, found) in enumerate(shown.measures.items()):
        x = left + label + _GAP + place * (each + _GAP)
        _column(page, shown, measure, found, x, top, each, lines)
    return page.ax


def _column(
    page: Page,
    shown: Effects,
    measure: str,
    found: SlotEffects,
    left: float,
    top: float,
    width: float,
    height: float,
) -> None:
    title, colour = _TITLES[measure]
    shares = measure == "right"
    mean = _mean(found.mean, shares)
    page.write(left, top + 26, title, NAME, color=colour, weight="bold")
    page.write(left, top + 56, f"effect on the mean of {mean}", TINY)
    page.write(left + width, top + 56, "mean", TINY, ha="right")
    ends = [
        end
        for axis in found.axes
        for one in axis.values
        for end in (one.low, one.high, one.effect)
        if math.isfinite(end)
    ]
    axis = axis_of(ends, most=5)
    bar = width - 120
    write = _signed_percent if shares else plain
    draw_axis(page, axis, left, top + _HEAD, bar, height, write)
    y = top + _HEAD
    for (_, labels), one, p in zip(shown.axes, found.axes, shown.p[measure], strict=True):
        _told(page, one, p, left, y, width)
        y += _AXIS_HEAD
        _values(page, one, axis, left, y, width, bar, colour, shares)
        y += len(labels) * _STEP
    rest = f"between seeds {_share(found.luck)}, axes together {_share(found.together)}"
    rest += " of the variance"
    page.write(left, top + _HEAD + height + _FOOT + 14, rest, TINY)


def _told(page: Page, one: AxisEffects, p: float, left: float, top: float, width: float) -> None:
    """The share of an axis, in a line above its values, on the ground of the page."""
    told = f"{_share(one.share)} of the variance (by chance {_share(one.chance)}), "
    told += probability(p)
    strong = p < 0.05
    style = {"color": INK, "weight": "bold"} if strong else {"color": SOFT}
    page.ax.add_patch(Rectangle((left, top + 16), width, 44, fc=PAPER, lw=0))
    page.write(left, top + 46, told, TINY, **style)


def _values(
    page: Page,
    one: AxisEffects,
    axis: Axis,
    left: float,
    top: float,
    width: float,
    bar: float,
    colour: str,
    shares: bool,
) -> None:
    panel = Panel(page, left, top, bar, len(one.values) * _STEP, axis, Axis(0, 1, ()))
    for line, value in enumerate(one.values):
        middle = top + (line + 0.5) * _STEP
        if math.isfinite(value.low):
            wide = panel.x(value.high) - panel.x(value.low)
            whisker = panel.bar(panel.x(value.low), middle - 1.5, wide, 3, colour)
            whisker.set_gid("interval")
        known = math.isfinite(value.low)
        at = np.array([[panel.x(value.effect), middle]])
        dots(page, at, colour, 7.5, hollow=not known, name="effect")
        mean = _mean(value.mean, shares)
        page.write(left + width, middle + 8, mean, TINY, ha="right")


def probability(p: float) -> str:
    """Write a p with two digits that count; it is never 0."""
    return "p < 0.0001" if p < 0.0001 else f"p {p:.2g}"


def _mean(value: float, shares: bool) -> str:
    # A mean of zeros may miss 0 by rounding.
    return percent(round(value, 9)) if shares else f"{value:.3f}".replace("-", "−")


def _share(share: float) -> str:
    return "–" if math.isnan(share) else percent(share)


def _signed_percent(share: float) -> str:
    return f"{100 * share:g} %".replace("-", "−")
