"""The sheet: the pictures of one prompt, laid out like a plate in a printed book.

Everything is placed in pixels of the page, and a picture is enlarged a whole number of times.
"""

import dataclasses
import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dalle_explore.errors import InputError
from dalle_explore.figures.press import families, wrap
from dalle_explore.session.samples import Sample, Samples

__all__ = ["MOST_SHOWN", "sheet"]

_SIDES = {1: 768, 2: 512, 3: 512, 4: 384}  # pixels of the page, by the number of columns

MOST_SHOWN = 64  # pictures on one sheet unless asked for otherwise

_DPI = 200
_PAPER, _INK, _SOFT, _LINE = "#fcfbf8", "#1f1c18", "#6f695f", "#00000018"
_TITLE, _RANK, _SMALL = 15.0, 12.0, 8.0  # points


@dataclasses.dataclass(frozen=True)
class _Layout:
    """Lengths in pixels of the page."""

    columns: int
    rows: int
    side: int  # of a picture
    title: int  # lines
    caption: int  # lines

    margin = 96
    gap = 40
    label = 62  # below each picture: rank, score, seed
    title_line = 58
    caption_line = 32

    @property
    def width(self) -> int:
        return 2 * self.margin + self.columns * self.side + (self.columns - 1) * self.gap

    @property
    def top(self) -> int:
        """Where the first row of pictures begins."""
        return self.margin + self.title * self.title_line + 34

    @property
    def step(self) -> tuple[int, int]:
        """From picture to picture, across and down."""
        return self.side + self.gap, self.side + self.label + self.gap - 12

    @property
    def bottom(self) -> int:
        """Where the last label ends."""
        return self.top + (self.rows - 1) * self.step[1] + self.side + self.label

    @property
    def height(self) -> int:
        return self.bottom + 44 + self.caption * self.caption_line + self.margin - 20

    def corner(self, place: int) -> tuple[int, int]:
        """Left and upper edge of a picture."""
        row, column = divmod(place, self.columns)
        return self.margin + column * self.step[0], self.top + row * self.step[1]


def sheet(
    samples: Samples | Sample,
    *,
    ax: Axes | None = None,
    columns: int | None = None,
    show: int | None = None,
) -> Axes:
    """Draw the pictures of one prompt in their order, with rank, score and seed, and a caption.

    Args:
        samples: what to show; of Samples, those that stay.
        ax: where to draw; a figure of the right size is made when it is None. Text shrinks with
            the axes.
        columns: pictures in a row; as square as possible when None.
        show: how many pictures, the first ones; 64 or fewer when None. The caption tells.

    Returns:
        The axes drawn on: one image per picture, in order.

    Raises:
        InputError: ``columns`` or ``show`` is not a number from 1 on.
    """
    shown = [samples] if isinstance(samples, Sample) else list(samples)
    caption = samples.caption()
    limit = MOST_SHOWN if show is None else _at_least_one("show", show)
    if limit < len(shown):
        caption = f"The first {limit} of {len(shown)} on this sheet. {caption}"
        shown = shown[:limit]
    columns = _columns(len(shown)) if columns is None else _at_least_one("columns", columns)
    columns = min(columns, len(shown))
    pixels = shown[0].picture.width
    side = pixels * max(1, round(_SIDES.get(columns, 256) / pixels))
    plan = _Layout(columns, math.ceil(len(shown) / columns), side, 1, 1)
    room = plan.width - 2 * plan.margin
    title = wrap(f"“{samples.prompt}”", room, _TITLE, _DPI, style="italic")
    text = wrap(caption, room, _SMALL, _DPI)
    plan = dataclasses.replace(plan, title=len(title), caption=len(text))
    if ax is None:
        figure = Figure(figsize=(plan.width / _DPI, plan.height / _DPI), dpi=_DPI)
        ax = figure.add_axes((0, 0, 1, 1))
    _draw(ax, plan, shown, title, text)
    return ax


def _draw(
    ax: Axes, plan: _Layout, shown: list[Sample], title: list[str], caption: list[str]
) -> None:
    ax.set_axis_off()
    ax.add_patch(Rectangle((0, 0), plan.width, plan.height, color=_PAPER, lw=0, zorder=-1))
    # Axes narrower than the page (someone's own figure) get smaller letters.
    inches = ax.get_window_extent().width / ax.figure.dpi
    scale = min(1.0, inches * _DPI / plan.width)

    def write(x: float, y: float, words: str, size: float, **style: Any) -> None:
        style = {"color": _SOFT, "family": families(), "va": "baseline", **style}
        ax.text(x, y, words, fontsize=size * scale, parse_math=False, usetex=False, **style)

    for number, line in enumerate(title):
        y = plan.margin + 34 + number * plan.title_line
        write(plan.margin, y, line, _TITLE, color=_INK, style="italic")
    for place, sample in enumerate(shown):
        left, top = plan.corner(place)
        right, bottom = left + plan.side, top + plan.side
        place_of = (left, right, bottom, top)
        ax.imshow(np.asarray(sample.picture), extent=place_of, interpolation="bicubic")
        ax.add_patch(Rectangle((left, top), plan.side, plan.side, fill=False, ec=_LINE, lw=0.5))
        base = bottom + 38
        start = left
        if sample.rank is not None:
            write(left, base, str(sample.rank), _RANK, color=_INK)
            start += 18 + 18 * len(str(sample.rank))
        if sample.score is not None:
            write(start, base, f"CLIP {sample.score:.3f}", _SMALL)
        seed = f"seed {sample.seed}"
        # A seed may have nineteen digits; it gets a third of the line, in smaller letters.
        fits = min(1.0, 0.34 * plan.side / (11 * len(seed)))
        write(right, base, seed, _SMALL * fits, ha="right")
    for number, line in enumerate(caption):
        write(plan.margin, plan.bottom + 64 + number * plan.caption_line, line, _SMALL)
    ax.set_xlim(0, plan.width)
    ax.set_ylim(plan.height, 0)
    ax.set_aspect("equal")


def _columns(pictures: int) -> int:
    """As square as possible, but up to four stand in one row."""
    return pictures if pictures <= 4 else math.ceil(math.sqrt(pictures))


def _at_least_one(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"{name} is {value!r}, but it has to be a whole number from 1 on.")
    return value
