"""Bars beside words: several quantities, each on an axis of its own that begins at 0."""

import dataclasses
import math
from collections.abc import Callable, Iterable, Sequence

from matplotlib.patches import Rectangle

from dalle_explore.figures.page import INK, SOFT, Page
from dalle_explore.figures.written import TINY

__all__ = ["GAIN", "LOSS", "Axis", "axis_of", "draw_axis", "draw_bars", "plain"]

GAIN, LOSS = "#b35806", "#542788"  # of bars: as in the signed maps
_TICK_LINE = "#00000018"


@dataclasses.dataclass(frozen=True)
class Axis:
    """A straight axis from one end to the other, with 0 on it."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def place(self, value: float) -> float:
        """Return where a value lies, 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def axis_of(values: Iterable[float], most: int = 3, *, zero: bool = True) -> Axis:
    """Return an axis that holds some values.

    Args:
        values: NaN is left out.
        most: how many ticks.
        zero: it holds 0, too, as an axis of bars has to.
    """
    known = [value for value in values if math.isfinite(value)] + ([0.0] if zero else [])
    low, high = min(known, default=0.0), max(known, default=0.0)
    if high == low:
        high = low + 1.0
    air = 0.04 * (high - low)
    if high > 0 or not zero:
        high += air
    if low < 0 or not zero:
        low -= air
    power = math.floor(math.log10(high - low)) - 2
    steps = (one * 10.0 ** (power + ten) for ten in range(5) for one in (1, 2, 5))
    for step in steps:
        first, last = math.ceil(low / step), math.floor(high / step)
        if last - first + 1 <= most:
            break
    return Axis(low, high, tuple(step * number for number in range(first, last + 1)))


def plain(value: float) -> str:
    """Write a number as short as it is."""
    return f"{value:,.6g}".replace("-", "−")


def draw_axis(
    page: Page,
    axis: Axis,
    left: float,
    top: float,
    width: float,
    height: float,
    write: Callable[[float], str] = plain,
) -> None:
    """Draw hairlines at the ticks, with their values below.

    Args:
        page: to draw on.
        axis: what lies where.
        left: of the axis.
        top: of the hairlines.
        width: of the axis.
        height: of the hairlines.
        write: a tick as text.
    """
    for tick in axis.ticks:
        x = left + axis.place(tick) * width
        colour = SOFT if tick == 0 else _TICK_LINE
        # No line of matplotlib's: that would lie above the bars.
        page.ax.add_patch(Rectangle((x - 0.75, top), 1.5, height, fc=colour, lw=0))
        page.write(x, top + height + 26, write(tick), TINY, ha="center")


def draw_bars(
    page: Page,
    axis: Axis,
    values: Iterable[float],
    left: float,
    top: float,
    width: float,
    step: float,
    numbers: Sequence[str],
    right: float,
    colours: tuple[str, str] = (GAIN, LOSS),
) -> None:
    """Draw a bar a line, with its number in a column at the right; the highest is in bold.

    Args:
        page: to draw on.
        axis: what lies where.
        values: one a line; NaN has no bar.
        left: of the axis.
        top: of the first line.
        width: of the axis.
        step: from line to line.
        numbers: the values as they are written.
        right: end of the column of numbers.
        colours: of what is above 0, and below.
    """
    given = [float(value) for value in values]
    known = [-math.inf if math.isnan(value) else value for value in given]
    first = max(range(len(known)), key=known.__getitem__, default=-1)
    zero = left + axis.place(0) * width
    thick = min(20.0, 0.55 * step)
    for line, (value, number) in enumerate(zip(given, numbers, strict=True)):
        middle = top + (line + 0.5) * step
        if not math.isnan(value):
            end = left + axis.place(value) * width
            bar = Rectangle(
                (min(zero, end), middle - thick / 2), abs(end - zero), thick, lw=0,
                fc=colours[int(value < 0)],
            )  # fmt: skip
            bar.set_gid(f"bar {line}")
            page.ax.add_patch(bar)
        bold = {"weight": "bold", "color": INK} if line == first else {}
        page.write(right, middle + 8, number, TINY, ha="right", **bold)
