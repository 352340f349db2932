"""Pictures against texts: the matrix of scores, and how often the own text is found."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from dalle_explore.figures.lanes import Axis, draw_axis
from dalle_explore.figures.page import INK, Page
from dalle_explore.figures.panels import CHANCE, JUDGE, SCORE, Panel, dots
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.thumbs import thumb
from dalle_explore.figures.written import NAME, TINY, fitted, percent, readable
from dalle_explore.session.scores.retrieval import Retrieval
from dalle_explore.statistics.intervals import Rate
from dalle_explore.statistics.retrieval import Swaps

__all__ = ["retrieval"]

_MATRIX, _WIDE, _LABEL, _GAP, _SIDE = 940, 480, 360, 60, 420  # pixels of the page
_NAMED, _NUMBERS, _PICTURED = 48, 12, 24  # prompts, up to which they are named, and so on
_TOLD = (
    "columns: texts, in the order of the rows",
    "marked: the highest of its row",
    "on the diagonal (full dots): its own text",
)
_COLOURS = LinearSegmentedColormap.from_list(
    "scores", ["#f5efe4", "#e3b27a", "#b35806", "#5a2a06"]
)  # as light as paper to as dark as ink, so that it reads in grey, too


def retrieval(retrieval: Retrieval, *, ax: Axes | None = None) -> Axes:
    """Draw the score of every picture for every text, and beside it what is found, by chance too.

    Args:
        retrieval: what to show (see ``Scores.retrieval``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: the matrix is an image, then the pictures at its left side.
    """
    shown = retrieval
    n = len(shown.prompts)
    cell = min(110.0, _MATRIX / n)
    side = cell * n
    named = n <= _NAMED
    label = (_WIDE if n <= _NUMBERS else _LABEL) if named else 120
    pictured = cell + 12 if n <= _PICTURED else 0.0
    low, below = 30.0, 74.0 + 28.0 * len(_TOLD)
    right = label + pictured + max(side, 470) + _GAP
    beside = 660.0 if shown.blocks else 360.0
    page, left, top = plate(
        ax,
        "",
        shown.caption(),
        right + _SIDE,
        low + max(side + below, beside),
        heading="Does the score find the text?",
        aside=f"{n} pictures, {n} texts",
    )
    x, y = left + label + pictured, top + low
    image = page.image(shown.matrix, x, y, side, side, cmap=_COLOURS)
    image.set_gid("matrix")
    size = SMALL if cell >= 30 else TINY * min(1.0, cell / 26)
    for row, prompt in enumerate(shown.prompts if named else ()):
        middle = y + (row + 0.5) * cell
        text = fitted(f"{row + 1}  {prompt}", label - 20, size, "italic")
        page.write(left, middle + 1.1 * size, text, size, color=INK, style="italic")
        if pictured:
            at = x - pictured, middle - cell / 2 + 3
            thumb(page, shown.pictures[row], *at, cell - 6, math.nan)
    _columns(page, n, x, y - 12, cell, size)
    if not named:
        page.write(left, y + side / 2, f"{n} pictures", SMALL, color=INK)
        page.write(x + side / 2, y - 12, f"{n} texts", SMALL, color=INK, ha="center")
    if n <= _NUMBERS:
        _numbers(page, shown.matrix, image, x, y, cell)
    _marks(page, shown, x, y, cell)
    _legend(page, shown.matrix, x, y + side + 16)
    for line, words in enumerate(_TOLD):
        page.write(x, y + side + 82 + 28 * line, words, TINY)
    _side(page, shown, left + right, y)
    return page.ax


def _legend(page: Page, matrix: np.ndarray, left: float, top: float) -> None:
    """From the lowest score to the highest."""
    page.image(np.linspace(0, 1, 128)[None], left, top, 240, 14, cmap=_COLOURS)
    for value, at, side in ((matrix.min(), left, "left"), (matrix.max(), left + 240, "right")):
        words = f"{round(float(value), 2) + 0.0:.2f}".replace("-", "−")
        page.write(at, top + 38, words, TINY, ha=side)


def _columns(page: Page, n: int, left: float, base: float, cell: float, size: float) -> None:
    if n > _NAMED or cell < 16:
        return
    for column in range(n):
        page.write(left + (column + 0.5) * cell, base, str(column + 1), size, ha="center")


def _numbers(
    page: Page, matrix: np.ndarray, image: AxesImage, left: float, top: float, cell: float
) -> None:
    for (row, column), value in np.ndenumerate(matrix):
        red, green, blue = np.asarray(image.cmap(image.norm(value)))[:3].tolist()
        colour = to_hex((red, green, blue))
        at = left + (column + 0.5) * cell, top + (row + 0.5) * cell + 9
        words = f"{round(value, 2) + 0.0:.2f}".replace("-", "−")
        page.write(*at, words, TINY, color=readable(colour), ha="center")


def _marks(page: Page, shown: Retrieval, left: float, top: float, cell: float) -> None:
    """Frames around swapped pairs; on the diagonal a corner; a dot where a row is highest."""
    n = len(shown.prompts)
    if n > _NUMBERS:
        best = shown.matrix.argmax(axis=1)
        points = np.column_stack([left + (best + 0.5) * cell, top + (np.arange(n) + 0.5) * cell])
        own = best == np.arange(n)
        radius = min(7.0, 0.25 * cell)
        dots(page, points[own], "#ffffff", radius, name="found")
        dots(page, points[~own], INK, radius, hollow=True, name="missed")
    else:
        for row, column in enumerate(shown.matrix.argmax(axis=1).tolist()):
            at = left + column * cell, top + row * cell
            frame = Rectangle(at, cell, cell, fill=False, ec=INK, lw=1.4 * page.scale)
            frame.set_gid("found" if row == column else "missed")
            page.ax.add_patch(frame)
    for first, last in shown.blocks:
        size = (last - first + 1) * cell
        page.frame(left + first * cell, top + first * cell, size, size)


def _side(page: Page, shown: Retrieval, left: float, top: float) -> None:
    """What is found, with intervals, and what chance would find."""
    found = shown.found
    page.write(left, top + 20, "Its own text is …", NAME, color=INK)
    lines: list[tuple[str, Rate, float]] = [
        ("first" if k == 1 else f"among the first {k}", rate, found.chance_recall[k])
        for k, rate in found.recall.items()
        if k < found.candidates
    ]
    y = _rates(page, lines, left, top + 44, SCORE)
    told = (
        ("mean of 1 / rank", found.mrr.value, found.chance_mrr, 2),
        ("mean rank", found.mean_rank.value, found.chance_mean_rank, 1),
    )
    for words, value, chance, digits in told:
        page.write(left, y, words, TINY, color=INK)
        page.write(left + 250, y, f"{value:.{digits}f}", SMALL, color=INK, weight="bold")
        page.write(left + _SIDE, y, f"by chance {chance:.{digits}f}", TINY, ha="right")
        y += 40
    swaps = shown.swaps
    if swaps is not None:
        y += 40
        page.write(left, y, "The same words, swapped", NAME, color=INK)
        told_ = f"{len(shown.blocks)} {'pair' if len(shown.blocks) == 1 else 'pairs'}: found are"
        page.write(left, y + 30, told_, TINY)
        chances = Swaps.CHANCE
        swapped = [
            ("both texts", swaps.text, chances["text"]),
            ("both pictures", swaps.image, chances["image"]),
            ("all four", swaps.group, chances["group"]),
        ]
        _rates(page, swapped, left, y + 48, JUDGE)


def _rates(
    page: Page, lines: list[tuple[str, Rate, float]], left: float, top: float, colour: str
) -> float:
    """A line for each rate: dot and interval on an axis from 0 to 1, with a tick for chance."""
    label, wide, step = 170, _SIDE - 170 - 90, 42
    axis = Axis(0.0, 1.0, (0.0, 0.5, 1.0))
    x = left + label
    draw_axis(page, axis, x, top, wide, step * len(lines), percent)
    panel = Panel(page, x, top, wide, step * len(lines), axis, Axis(0, 1, ()))
    for line, (words, rate, chance) in enumerate(lines):
        middle = top + (line + 0.5) * step
        page.write(left, middle + 8, words, TINY, color=INK)
        panel.bar(panel.x(chance) - 2, middle - 14, 4, 28, CHANCE)
        panel.bar(
            panel.x(rate.low), middle - 1.5, panel.x(rate.high) - panel.x(rate.low), 3, colour
        )
        dots(page, np.array([[panel.x(rate.value), middle]]), colour, 7.5, name=f"rate {words}")
        page.write(left + _SIDE, middle + 8, percent(rate.value), TINY, color=INK, ha="right")
    base = top + step * len(lines) + 60
    page.write(x, base, "grey: by chance", TINY)
    return base + 50
