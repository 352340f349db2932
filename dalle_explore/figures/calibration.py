"""Share right by score, across prompts and within them."""

import numpy as np
from matplotlib.axes import Axes

from dalle_explore.figures.lanes import Axis, axis_of, draw_axis, plain
from dalle_explore.figures.page import INK, Page
from dalle_explore.figures.panels import CHANCE, JUDGE, SCORE, Panel, dots
from dalle_explore.figures.plate import plate
from dalle_explore.figures.written import NAME, TINY, percent
from dalle_explore.session.scores.calibration import Calibration
from dalle_explore.statistics.calibration import Bin

__all__ = ["calibration"]

_WIDTH, _GAP, _TICKS, _HIGH = 1480, 60, 92, 420  # pixels of the page
_HEAD, _FOOT, _AREAS = 96, 76, 210


def calibration(calibration: Calibration, *, ax: Axes | None = None) -> Axes:
    """Draw the share right by raw score beside that by the place within the prompt, and the AUC.

    Args:
        calibration: what to show (see ``Scores.calibration``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on.
    """
    shown = calibration
    pictures = sum(one.right.n for one in shown.across)
    page, left, top = plate(
        ax,
        "",
        shown.caption(),
        _WIDTH,
        _HEAD + _HIGH + _FOOT + _AREAS,
        heading="Is a picture that scores high right?",
        aside=f"{shown.prompts} {'prompt' if shown.prompts == 1 else 'prompts'}, "
        f"{pictures} pictures",
    )
    highest = max(one.right.high for one in (*shown.across, *shown.inside))
    step = 0.25 if highest > 0.5 else 0.1 if highest > 0.2 else 0.05
    ticks = tuple(step * n for n in range(round(1 / step) + 1))
    high = min(1.03, 1.08 * highest)
    up = Axis(-0.03 * high, high, tuple(tick for tick in ticks if tick <= high))
    wide = (_WIDTH - 2 * _TICKS - _GAP) / 2
    told = (
        ("All prompts together", "by score", shown.across, plain),
        ("Within each prompt", "by standard deviations from its mean score", shown.inside, _away),
    )
    for place, (title, note, every, write) in enumerate(told):
        x = left + _TICKS + place * (wide + _TICKS + _GAP)
        across = axis_of([v for one in every for v in (one.low, one.high)], most=6, zero=False)
        panel = Panel(page, x, top + _HEAD, wide, _HIGH, across, up)
        panel.head(title, f"share right, {note}")
        panel.draw_up(lambda share: f"{plain(round(100 * share, 6))} %")
        panel.draw_across(write)
        _bins(panel, every, shown.share, f"bin {place}")
    words = f"dashed: {percent(shown.share)} of all pictures are right"
    page.write(left + _TICKS, top + _HEAD + _HIGH + 66, words, TINY)
    _areas(page, shown, left, top + _HEAD + _HIGH + _FOOT + 40)
    return page.ax


def _away(value: float) -> str:
    return f"{value:+g}".replace("-", "−") if value else "0"


def _bins(panel: Panel, every: tuple[Bin, ...], share: float, name: str) -> None:
    ends = [panel.across.low, panel.across.high]
    panel.line(ends, [share, share], CHANCE, 1.2, dashed=True)
    for one in every:
        y = panel.y(one.right.value)
        # As wide as the scores that it holds.
        left, right = panel.x(one.low), panel.x(one.high)
        wide = panel.bar(left, y - 3, max(2.0, right - left), 6, JUDGE)
        wide.set_alpha(0.3)
        upper, lower = panel.y(one.right.high), panel.y(one.right.low)
        whisker = panel.bar(panel.x(one.score) - 1.5, upper, 3, lower - upper, JUDGE)
        whisker.set_gid(f"interval of {name}")
    xs, ys = [one.score for one in every], [one.right.value for one in every]
    panel.dots(xs, ys, JUDGE, 8.0, name=name)


def _areas(page: Page, shown: Calibration, left: float, top: float) -> None:
    """The two areas on one axis, from never to always."""
    page.write(left, top + 20, "A right picture scores above a wrong one", NAME, color=INK)
    axis = Axis(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))
    x, wide, label = left + 330, _WIDTH - 330 - 330, left
    lines: list[tuple[str, float, tuple[float, float] | None, str]]
    lines = [("of any prompt (pooled AUC)", shown.pooled, None, SCORE)]
    if shown.within is not None:
        band = (shown.within.low, shown.within.high) if shown.within.n > 1 else None
        lines.append(("of the same prompt", shown.within.value, band, JUDGE))
    y = top + 44
    draw_axis(page, axis, x, y, wide, 40 * len(lines), percent)
    half = x + axis.place(0.5) * wide
    panel = Panel(page, x, y, wide, 40 * len(lines), axis, Axis(0, 1, ()))
    panel.bar(half - 1.5, y, 3, 40 * len(lines), CHANCE)
    for line, (words, value, ends, colour) in enumerate(lines):
        middle = y + 40 * line + 20
        page.write(label, middle + 8, words, TINY, color=INK)
        if ends is not None:
            panel.bar(panel.x(ends[0]), middle - 2, panel.x(ends[1]) - panel.x(ends[0]), 4, colour)
        dots(page, np.array([[panel.x(value), middle]]), colour, 8, name=f"area {line}")
        told = percent(value)
        if ends is not None:
            told += f" ({percent(ends[0])} to {percent(ends[1])})"
        page.write(left + _WIDTH, middle + 8, told, TINY, color=INK, ha="right")
