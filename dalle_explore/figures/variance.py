"""Words or luck: shares of the variance as bars with their intervals."""

import math

from matplotlib.axes import Axes

from dalle_explore.figures.lanes import Axis, draw_axis
from dalle_explore.figures.page import INK, Page
from dalle_explore.figures.panels import JUDGE, SCORE, Panel
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.written import NAME, TINY, percent
from dalle_explore.session.scores.variance import MEANINGS, Variance
from dalle_explore.statistics.variance import Variance as Split

__all__ = ["variance"]

_WIDTH, _LABEL, _NUMBERS, _STEP = 1320, 440, 250, 62  # pixels of the page
_HEAD, _FOOT, _BETWEEN = 60, 44, 50
_TITLES = {
    "score": ("Of the differences between scores", SCORE),
    "right": ("Of the differences between right and wrong", JUDGE),
}
_SHARES = Axis(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))


def variance(variance: Variance, *, ax: Axes | None = None) -> Axes:
    """Draw which share of the variance comes from the words, and which from luck.

    Args:
        variance: what to show (see ``Scores.variance``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on.
    """
    measures = variance.measures
    lines = len(variance.score.components)
    each = _HEAD + lines * _STEP + _FOOT
    said = f"{variance.score.phrasings} phrasings, " if variance.score.phrasings > 1 else ""
    page, left, top = plate(
        ax,
        "",
        variance.caption(),
        _WIDTH,
        len(measures) * (each + _BETWEEN) - _BETWEEN + 50,
        heading="Was it the words or the luck?",
        aside=f"{variance.score.prompts} prompts, {said}{variance.score.seeds} seeds",
    )
    for place, (measure, found) in enumerate(measures.items()):
        title, colour = _TITLES[measure]
        _bars(page, found, title, colour, left, top + 30 + place * (each + _BETWEEN))
    return page.ax


def _bars(page: Page, found: Split, title: str, colour: str, left: float, top: float) -> None:
    page.write(left, top + 24, title, NAME, color=colour, weight="bold")
    wide = _WIDTH - _LABEL - _NUMBERS
    x, y = left + _LABEL, top + _HEAD
    draw_axis(page, _SHARES, x, y, wide, len(found.components) * _STEP, percent)
    panel = Panel(page, x, y, wide, len(found.components) * _STEP, _SHARES, Axis(0, 1, ()))
    for line, one in enumerate(found.components):
        middle = y + (line + 0.5) * _STEP
        page.write(left, middle - 2, one.name, SMALL, color=INK)
        page.write(left, middle + 22, _meaning(one.name, found), TINY)
        right = left + _WIDTH
        if math.isnan(one.share):
            page.write(right, middle + 8, "nothing varies", TINY, ha="right")
            continue
        bar = panel.bar(x, middle - 11, one.share * wide, 22, colour)
        bar.set(alpha=0.55, gid=f"share {one.name}")
        if math.isfinite(one.low):
            whisker = panel.bar(
                panel.x(one.low), middle - 1.5, panel.x(one.high) - panel.x(one.low), 3, INK
            )
            whisker.set_gid(f"interval of {one.name}")
        told = percent(one.share)
        if math.isfinite(one.low):
            told += f" ({percent(one.low)} to {percent(one.high)})"
        page.write(right, middle + 8, told, TINY, ha="right", color=INK)


def _meaning(name: str, found: Split) -> str:
    if name == "seed" and not found.same_seeds:
        return "luck"
    if name == "rest" and found.phrasings == 1:
        return "the luck of a seed with these words"
    return MEANINGS[name]
