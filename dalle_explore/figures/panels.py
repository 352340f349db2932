"""Panels of a page: two straight axes, and on them lines, bands, dots and their names."""

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from matplotlib.collections import EllipseCollection, LineCollection
from matplotlib.patches import Polygon, Rectangle

from dalle_explore.figures.lanes import Axis, plain
from dalle_explore.figures.page import DPI, INK, PAPER, SOFT, Page
from dalle_explore.figures.press import length_of
from dalle_explore.figures.written import NAME, TINY

__all__ = ["CHANCE", "JUDGE", "LIMIT", "SCORE", "WRONG", "Panel", "apart", "log_axis"]

# Colours of what is measured, the same in every figure; they differ in lightness, too.
SCORE, JUDGE, LIMIT = "#b35806", "#0b5a5f", "#8f86b8"  # CLIP's score, the judge, what is possible
WRONG, CHANCE = "#d98c5f", "#8b8478"
_TICK_LINE, _BAND = "#00000018", 0.16
_BLANK = 16  # pixels between the values below an axis, at least


@dataclasses.dataclass(frozen=True)
class Panel:
    """A rectangle of the page with an axis along the bottom and one along the left side."""

    page: Page
    left: float
    top: float
    width: float
    height: float
    across: Axis
    up: Axis

    def x(self, value: float) -> float:
        """Return where a value lies, in pixels of the page."""
        return self.left + self.across.place(value) * self.width

    def y(self, value: float) -> float:
        """Return how high a value lies, in pixels of the page."""
        return self.top + (1 - self.up.place(value)) * self.height

    def points(self, xs: Iterable[float], ys: Iterable[float]) -> np.ndarray:
        """Return points of the page, [n 2]; those that are not numbers are left out."""
        pairs = np.column_stack([[self.x(x) for x in xs], [self.y(y) for y in ys]])
        kept: np.ndarray = pairs[np.isfinite(pairs).all(axis=1)]
        return kept

    def head(self, title: str, note: str = "") -> None:
        """Write what the panel shows above it, and in small letters what that means."""
        above = 34 if note else 14
        self.page.write(self.left, self.top - above - 16, title, NAME, color=INK)
        if note:
            self.page.write(self.left, self.top - 22, note, TINY)

    def draw_up(self, write: Callable[[float], str] = plain) -> None:
        """Draw hairlines at the ticks of the axis that goes up, with their values at the left."""
        for tick in self.up.ticks:
            y = self.y(tick)
            colour = SOFT if tick == 0 else _TICK_LINE
            self.bar(self.left, y - 0.75, self.width, 1.5, colour)
            self.page.write(self.left - 14, y + 7, write(tick), TINY, ha="right")

    def draw_across(self, write: Callable[[float], str] = plain, *, lines: bool = True) -> None:
        """Write the values of the axis along the bottom below it, with hairlines up from them.

        Where they would stand close, every second is written, or every third and so on.
        """
        ticks = self.across.ticks
        places = [self.x(tick) for tick in ticks]
        long = max((length_of(write(tick), TINY, DPI) for tick in ticks), default=0.0) + _BLANK
        pitch = min((b - a for a, b in itertools.pairwise(places)), default=math.inf)
        each = max(1, math.ceil(long / pitch)) if pitch > 0 else 1
        for number, (x, tick) in enumerate(zip(places, ticks, strict=True)):
            if lines:
                self.bar(x - 0.75, self.top, 1.5, self.height, _TICK_LINE)
            if number % each == 0:
                self.page.write(x, self.top + self.height + 28, write(tick), TINY, ha="center")

    def bar(self, left: float, top: float, width: float, height: float, colour: str) -> Rectangle:
        """Fill a rectangle of the page; no line of matplotlib's, which would lie above bars."""
        bar = Rectangle((left, top), width, height, fc=colour, lw=0)
        self.page.ax.add_patch(bar)
        return bar

    def line(
        self,
        xs: Iterable[float],
        ys: Iterable[float],
        colour: str,
        width: float = 1.5,
        *,
        dashed: bool = False,
        name: str = "",
    ) -> None:
        """Draw a line through points; a dashed one is an expectation and not a measurement."""
        points = self.points(xs, ys)
        drawn = LineCollection(
            [points],
            colors=colour,
            linewidths=width * self.page.scale,
            linestyles=[(0, (4, 2.5))] if dashed else "solid",
            capstyle="butt" if dashed else "round",
            joinstyle="round",
        )
        drawn.set_gid(name)
        self.page.ax.add_collection(drawn, autolim=False)

    def band(
        self,
        xs: Sequence[float],
        low: Sequence[float],
        high: Sequence[float],
        colour: str,
        name: str = "",
        *,
        alpha: float = _BAND,
    ) -> None:
        """Fill between two lines, where both are numbers."""
        known = [i for i in range(len(xs)) if math.isfinite(low[i]) and math.isfinite(high[i])]
        if len(known) < 2:
            return
        there = [xs[i] for i in known]
        upper = self.points(there, [high[i] for i in known])
        lower = self.points(there, [low[i] for i in known])
        filled = Polygon(np.vstack([upper, lower[::-1]]), fc=colour, alpha=alpha, lw=0)
        filled.set_gid(name)
        self.page.ax.add_patch(filled)

    def dots(
        self,
        xs: Iterable[float],
        ys: Iterable[float],
        colour: str,
        radius: float = 5.0,
        *,
        hollow: bool = False,
        name: str = "",
    ) -> None:
        """Draw dots at points, ``radius`` in pixels of the page."""
        dots(self.page, self.points(xs, ys), colour, radius, hollow=hollow, name=name)


def dots(
    page: Page,
    points: np.ndarray,
    colour: str,
    radius: float,
    *,
    hollow: bool = False,
    name: str = "",
) -> None:
    """Draw dots at points of the page, [n 2]."""
    if not len(points):
        return
    size = np.full(len(points), 2 * radius)
    drawn = EllipseCollection(
        size,
        size,
        np.zeros(len(points)),
        units="xy",
        offsets=points,
        offset_transform=page.ax.transData,
        facecolors=PAPER if hollow else colour,
        edgecolors=colour if hollow else PAPER,
        linewidths=(0.9 if hollow else 0.4) * page.scale,
    )
    drawn.set_gid(name)
    page.ax.add_collection(drawn, autolim=False)


def log_axis(ks: Sequence[int]) -> Axis:
    """Return an axis for whole numbers on which doubling is always equally far, ticks at ``ks``.

    Its values are logarithms to the base 2.
    """
    places = [math.log2(k) for k in ks]
    air = 0.06 * max(places[-1] - places[0], 1.0)
    return Axis(places[0] - air, places[-1] + air, tuple(places))


def apart(wanted: Sequence[float], step: float, low: float, high: float) -> list[float]:
    """Move heights of names as little as needed, so that they stand at least ``step`` apart.

    Args:
        wanted: heights, in any order.
        step: least distance.
        low: least height.
        high: greatest height; where there is no room, names go beyond it.

    Returns:
        Heights in the order of ``wanted``.
    """
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    placed = [max(low, wanted[number]) for number in order]
    for _ in range(50):
        for at in range(1, len(placed)):
            close = step - (placed[at] - placed[at - 1])
            if close > 0:
                placed[at - 1] -= close / 2
                placed[at] += close / 2
        over = placed[-1] - high if placed else 0.0
        if over > 0:
            placed = [height - over for height in placed]
    for at, height in enumerate(placed):
        placed[at] = max(height, low if at == 0 else placed[at - 1] + step)
    found = [0.0] * len(wanted)
    for number, height in zip(order, placed, strict=True):
        found[number] = height
    return found
