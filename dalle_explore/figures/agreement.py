"""Do the instruments agree? Scores of the words, their correlations, and the deletion curves."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dalle_explore.figures.lanes import axis_of, plain
from dalle_explore.figures.maps import CORRELATION
from dalle_explore.figures.overlay import picture
from dalle_explore.figures.page import INK, SOFT, Page
from dalle_explore.figures.plate import plate
from dalle_explore.figures.scores import COLOURS, SHORT, draw_scores, scores_height
from dalle_explore.figures.written import NAME, TINY, lines_of, readable
from dalle_explore.instruments.agreement import Agreement, Deletion

__all__ = ["agreement"]

_WIDTH, _PICTURE, _GAP, _BETWEEN = 1400, 216, 40, 64  # pixels of the page
_BADGE_LINE, _MORE_LINE, _CELL, _LABEL = 42, 34, 76, 190
_TABLE_HEAD = 112
_CURVES = 420  # height of the deletion curves


def agreement(agreement: Agreement, *, ax: Axes | None = None) -> Axes:
    """Draw how every instrument scores the words, and whether their orders agree.

    Every instrument has a straight axis of its own that begins at 0: shares and bits are not
    comparable by length, but their orders are.

    Args:
        agreement: what to show (see ``Inspection.agreement``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: the picture, then the table of correlations.
    """
    names = list(agreement.scores)
    rows, columns = agreement.subject.grid
    tall = _PICTURE * rows / columns
    room = _WIDTH - _PICTURE - _GAP
    badge = lines_of(agreement.badge(), room - 30, 12.0)
    more = lines_of(_more(agreement), room - 30, 9.0)
    said = len(badge) * _BADGE_LINE + len(more) * _MORE_LINE + 30
    head = max(tall, said) + _BETWEEN
    scores = scores_height(len(agreement.words))
    lower = _TABLE_HEAD + len(names) * _CELL
    if agreement.deletion is not None:
        lower = max(lower, _CURVES + 62 + 3 * 32)
    page, left, top = plate(
        ax,
        f"“{agreement.subject.prompt}”",
        agreement.caption(),
        _WIDTH,
        head + scores + _BETWEEN + lower,
        heading="Do they agree?",
    )
    picture(page, agreement.subject.pixels, left, top, _PICTURE)
    if agreement.mask is not None:
        page.outline(agreement.mask, left, top, _PICTURE)
    x, height = left + _PICTURE + _GAP, len(badge) * _BADGE_LINE + 12
    colour = "#a8381c" if agreement.disagree else "#3f6b4f"
    page.ax.add_patch(Rectangle((x, top), 6, height, fc=colour, lw=0))
    for line, words in enumerate(badge):
        page.write(x + 30, top + 34 + line * _BADGE_LINE, words, 12.0, color=INK)
    for line, words in enumerate(more):
        page.write(x + 30, top + height + 40 + line * _MORE_LINE, words, 9.0)
    top += head
    draw_scores(page, agreement.words, agreement.scores, left, top, _WIDTH)
    top += scores + _BETWEEN
    _table(page, agreement, names, left, top)
    if agreement.deletion is not None:
        x = left + _LABEL + len(names) * _CELL + 150
        _curves(page, agreement.deletion, x, top, left + _WIDTH - x)
    return page.ax


def _more(shown: Agreement) -> str:
    """How far the two orders agree over all words, and over which patches."""
    names = list(shown.scores)
    alike = shown.correlations[names.index("contribution"), names.index("knockout")]
    number = "not known" if np.isnan(alike) else f"{alike:+.2f}".replace("-", "−")
    patches = (
        "" if shown.mask is None else f" Only the {int(shown.mask.sum())} patches in the box."
    )
    return (
        f"Rank correlation of what is looked at and what costs bits, over {len(shown.words)} "
        f"words: {number}.{patches}"
    )


def _table(page: Page, shown: Agreement, names: list[str], left: float, top: float) -> None:
    """Rank correlations on the colours of their fixed scale."""
    page.write(left, top + 20, "Rank correlation", NAME, color=INK)
    page.write(left, top + 46, "Spearman; −1 to 1, always the same colours", TINY)
    count = len(names)
    table = shown.correlations
    x, top = left + _LABEL, top + _TABLE_HEAD
    image = page.image(
        np.ma.masked_invalid(table),
        x,
        top,
        count * _CELL,
        count * _CELL,
        cmap=CORRELATION.colours,
        norm=CORRELATION.norm(),
    )
    image.set_gid("correlations")
    for place, name in enumerate(names):
        middle = (place + 0.5) * _CELL
        page.write(left + 30, top + middle + 8, SHORT[name], TINY)
        page.ax.add_patch(Rectangle((x + middle - 9, top - 28), 18, 18, fc=COLOURS[name], lw=0))
        page.ax.add_patch(Rectangle((left, top + middle - 9), 18, 18, fc=COLOURS[name], lw=0))
    for (row, column), value in np.ndenumerate(table):
        words = "–" if np.isnan(value) else f"{value:+.2f}".replace("-", "−")
        ink = SOFT if np.isnan(value) else readable(CORRELATION.colour(float(value)))
        at = x + (column + 0.5) * _CELL
        page.write(at, top + (row + 0.5) * _CELL + 9, words, TINY, color=ink, ha="center")


def _curves(page: Page, deletion: Deletion, left: float, top: float, width: float) -> None:
    """Bits lost as words are taken away, best first, against random orders."""
    page.write(left, top + 20, "Words taken away, highest score first", NAME, color=INK)
    told = "bits lost in all; below: mean height, as a share of what all words cost"
    page.write(left, top + 46, told, TINY)
    lines = [*deletion.random, *deletion.curves.values()]
    axis = axis_of(np.concatenate(lines).tolist(), most=5)
    top += _TABLE_HEAD
    bottom = top + _CURVES - _TABLE_HEAD
    steps = np.linspace(left, left + width, len(lines[0]))

    def points(curve: np.ndarray) -> list[tuple[float, float]]:
        heights = [bottom - axis.place(float(bits)) * (bottom - top) for bits in curve]
        return list(zip(steps.tolist(), heights, strict=True))

    for tick in axis.ticks:
        y = bottom - axis.place(tick) * (bottom - top)
        page.lines([[(left, y), (left + width, y)]], SOFT if tick == 0 else "#00000018", 0.5)
        page.write(left - 14, y + 7, plain(tick), TINY, ha="right")
    every = max(1, (len(steps) - 1) // 8)
    for number in range(0, len(steps), every):
        page.write(steps[number], bottom + 30, str(number), TINY, ha="center")
    page.lines([points(curve) for curve in deletion.random], "#00000026", 0.7)
    for name, curve in deletion.curves.items():
        page.lines([points(curve)], COLOURS[name], 1.5)
    _areas(page, deletion, left, bottom + 62, width)


def _areas(page: Page, deletion: Deletion, left: float, top: float, width: float) -> None:
    """Which line is which, and the area below it."""
    told = [
        (SHORT[name], COLOURS[name], deletion.area(curve))
        for name, curve in deletion.curves.items()
    ]
    areas = [deletion.area(curve) for curve in deletion.random]
    told.append((f"{len(areas)} random orders", "#cfcbc3", float(np.mean(areas))))
    for place, (name, colour, area) in enumerate(told):
        row, column = divmod(place, 2)
        x, y = left + column * width / 2, top + row * 32
        page.ax.add_patch(Rectangle((x, y + 6), 26, 5, fc=colour, lw=0))
        page.write(x + 38, y + 15, name, TINY)
        page.write(x + width / 2 - 24, y + 15, f"{area:.2f}", TINY, color=INK, ha="right")
