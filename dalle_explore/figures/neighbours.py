"""The training pictures that a picture is nearest to, by each measure, and how near is near."""

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle

from dalle_explore.figures.lanes import axis_of, plain
from dalle_explore.figures.overlay import picture
from dalle_explore.figures.page import INK, SOFT, Page
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.written import NAME, TINY, lines_of
from dalle_explore.instruments.neighbours import Measure, Neighbour, Neighbours, Scale

__all__ = ["neighbours"]

_WIDTH, _PICTURE, _LEAD, _GAP = 1534, 340, 64, 18  # pixels of the page
_FEWEST, _MOST = 5, 8  # neighbours in a row
_HEAD, _LINE, _DOWN, _BETWEEN = 44, 25, 24, 36
_STRIP, _NAMES = 112, 230  # a measure's strip: its height, and its names
_PAIRS, _CLOSEST = "#ddd7cb", "#e9b872"

_TITLES = {"clip": "By CLIP", "codes": "By codes", "pixels": "By pixels"}


def neighbours(neighbours: Neighbours, *, ax: Axes | None = None) -> Axes:
    """Draw a picture, and for every measure the training pictures nearest to it.

    Beside the picture every measure has an axis of its own, nearer to the right: where the
    neighbours lie, and where training pictures lie among themselves.

    Args:
        neighbours: what to show (see ``Inspection.neighbours``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: the picture, then the neighbours, measure by measure, nearest first.
    """
    shown = neighbours
    count = max(len(measure.neighbours) for measure in shown.measures)
    across = max(_FEWEST, min(_MOST, count))
    side = (_WIDTH + _GAP) / across - _GAP
    tall = _PICTURE * shown.pixels.shape[0] / shown.pixels.shape[1]
    first = max(tall, len(shown.measures) * _STRIP + 30) + _BETWEEN
    rows = [_rows(measure, across, side) for measure in shown.measures]
    blocks = [
        _HEAD + sum(_height(row, side) for row in lines) + _DOWN * (len(lines) - 1)
        for lines in rows
    ]
    page, left, top = plate(
        ax,
        "" if shown.prompt is None else f"“{shown.prompt}”",
        shown.caption(),
        _WIDTH,
        first + sum(blocks) + _BETWEEN * (len(blocks) - 1),
        heading="Nearest training pictures",
        aside=f"{shown.compared:,} of {shown.split:,} compared",
    )
    picture(page, shown.pixels, left, top, _PICTURE)
    x = left + _PICTURE + _LEAD
    for place, measure in enumerate(shown.measures):
        _strip(page, measure, x, top + place * _STRIP, left + _WIDTH - x)
    _key(page, x + _NAMES, top + len(shown.measures) * _STRIP + 10)
    top += first
    for measure, lines, height in zip(shown.measures, rows, blocks, strict=True):
        _block(page, measure, lines, left, top, side)
        top += height + _BETWEEN
    return page.ax


def _rows(measure: Measure, across: int, side: float) -> list[list[tuple[Neighbour, list[str]]]]:
    """The neighbours, row by row, with their captions in lines."""
    told = [(found, lines_of(found.caption, side, TINY)) for found in measure.neighbours]
    return [told[first : first + across] for first in range(0, len(told), across)]


def _height(row: list[tuple[Neighbour, list[str]]], side: float) -> float:
    sides = max(found.pixels.shape[0] / found.pixels.shape[1] for found, _ in row)
    return side * sides + 34 + _LINE * max(len(lines) for _, lines in row)


def _block(
    page: Page,
    measure: Measure,
    rows: list[list[tuple[Neighbour, list[str]]]],
    left: float,
    top: float,
    side: float,
) -> None:
    """One measure: its name, and the pictures with value and caption."""
    page.write(left, top + 22, _TITLES[measure.name], NAME, color=INK)
    page.write(left + 130, top + 22, measure.label, SMALL)
    page.write(left + _WIDTH, top + 22, _null(measure), SMALL, ha="right")
    y = top + _HEAD
    for row in rows:
        for place, (found, lines) in enumerate(row):
            x = left + place * (side + _GAP)
            tall = picture(page, found.pixels, x, y, side)
            page.write(x, y + tall + 28, measure.written(found.value), SMALL, color=INK)
            often = f"{found.times} times" if found.times > 1 else ""
            if often:
                page.write(x + side, y + tall + 28, often, TINY, ha="right")
            for line, words in enumerate(lines, start=1):
                page.write(x, y + tall + 30 + line * _LINE, words, TINY)
        y += _height(row, side) + _DOWN


def _null(measure: Measure) -> str:
    """How near training pictures are to each other, in the median."""
    parts = []
    if measure.pairs is not None:
        parts.append(f"two of them: {measure.written(measure.pairs.middle)}")
    if measure.closest is not None:
        parts.append(f"one and its nearest: {measure.written(measure.closest.middle)}")
    return "; ".join(parts)


def _strip(page: Page, measure: Measure, left: float, top: float, width: float) -> None:
    """Where the neighbours lie on the axis of their measure, and training pictures themselves."""
    page.write(left, top + 34, _TITLES[measure.name], NAME, color=INK)
    page.write(left, top + 62, "nearer to the right →", TINY)
    scales = [scale for scale in (measure.pairs, measure.closest) if scale is not None]
    values = [found.value for found in measure.neighbours]
    ends = [end for scale in scales for end in (scale.low, scale.high)]
    axis = axis_of([*values, *ends], most=5, zero=False)
    x, wide = left + _NAMES, width - _NAMES

    def at(value: float) -> float:
        share = axis.place(value)
        return x + wide * (share if measure.higher else 1 - share)

    middle = top + 30
    page.ax.add_patch(Rectangle((x, middle - 0.75), wide, 1.5, fc="#00000030", lw=0))
    bands = ((measure.pairs, _PAIRS), (measure.closest, _CLOSEST))
    for scale, colour in bands:
        if scale is not None:
            _band(page, at, scale, colour, middle)
    for value in values:
        dot = Circle((at(value), middle), 7, fc=INK, ec="#fcfbf8", lw=0.6)
        dot.set_gid(f"neighbour by {measure.name}")
        page.ax.add_patch(dot)
    for tick in axis.ticks:
        words = f"{100 * tick:g} %" if measure.name == "codes" else plain(round(tick, 9))
        page.write(at(tick), middle + 44, words, TINY, ha="center")


def _band(
    page: Page, at: Callable[[float], float], scale: Scale, colour: str, middle: float
) -> None:
    """From one in ten below to one in ten above, with the median marked."""
    low, high = sorted((at(scale.low), at(scale.high)))
    page.ax.add_patch(Rectangle((low, middle - 15), high - low, 30, fc=colour, lw=0))
    page.ax.add_patch(Rectangle((at(scale.middle) - 1.5, middle - 15), 3, 30, fc=SOFT, lw=0))


def _key(page: Page, left: float, top: float) -> None:
    """What dots and bands are."""
    page.ax.add_patch(Circle((left + 8, top + 8), 7, fc=INK, lw=0))
    page.write(left + 26, top + 16, "those below", TINY)
    for x, colour, words in (
        (left + 170, _PAIRS, "two training pictures"),
        (left + 410, _CLOSEST, "one and its nearest (bands: 8 in 10; line: median)"),
    ):
        page.ax.add_patch(Rectangle((x, top - 2), 20, 20, fc=colour, lw=0))
        page.write(x + 30, top + 16, words, TINY)
