"""The sheet: the pictures of one prompt, laid out like a plate in a printed book.

Everything is placed in pixels of the page, and a picture is enlarged a whole number of times.
"""

import dataclasses
import math

from matplotlib.axes import Axes

from dalle_explore.errors import InputError
from dalle_explore.figures.page import DPI, INK, Page
from dalle_explore.figures.press import wrap
from dalle_explore.session.sample import Sample
from dalle_explore.session.samples import Samples

__all__ = ["MOST_SHOWN", "sheet"]

_SIDES = {1: 768, 2: 512, 3: 512, 4: 384}  # pixels of the page, by the number of columns

MOST_SHOWN = 64  # pictures on one sheet unless asked for otherwise

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
    title = wrap(f"“{samples.prompt}”", room, _TITLE, DPI, style="italic")
    text = wrap(caption, room, _SMALL, DPI)
    plan = dataclasses.replace(plan, title=len(title), caption=len(text))
    page = Page(ax, plan.width, plan.height)
    for number, line in enumerate(title):
        y = plan.margin + 34 + number * plan.title_line
        page.write(plan.margin, y, line, _TITLE, color=INK, style="italic")
    for place, sample in enumerate(shown):
        left, top = plan.corner(place)
        page.picture(sample, left, top, side)
        page.label(sample, left, top + side, side, _SMALL, _RANK)
    for number, line in enumerate(text):
        page.write(plan.margin, plan.bottom + 64 + number * plan.caption_line, line, _SMALL)
    return page.ax


def _columns(pictures: int) -> int:
    """As square as possible, but up to four stand in one row."""
    return pictures if pictures <= 4 else math.ceil(math.sqrt(pictures))


def _at_least_one(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"{name} is {value!r}, but it has to be a whole number from 1 on.")
    return value
