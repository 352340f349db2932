"""Two strips of pictures: scored high and wrong, scored low and right."""

import math

from matplotlib.axes import Axes

from dalle_explore.figures.page import INK, Page
from dalle_explore.figures.panels import JUDGE, SCORE
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.thumbs import thumb
from dalle_explore.figures.written import NAME, TINY, fitted, lines_of
from dalle_explore.session.scores.disagreements import Disagreement, Disagreements

__all__ = ["disagreements"]

Words = list[tuple[str, dict[str, str]]]  # lines below a picture, with their style

_COLUMNS, _SIDE, _GAP = 8, 172, 20  # pixels of the page
_HEAD, _LINE, _LINES = 84, 27, 6  # above a strip; below a picture, at most so many lines


def disagreements(disagreements: Disagreements, *, ax: Axes | None = None) -> Axes:
    """Draw what scores high and is wrong above what scores low and is right.

    Args:
        disagreements: what to show (see ``Scores.disagreements``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on.
    """
    strips = [
        ("Scored high, but wrong", SCORE, [(one, _words(one)) for one in disagreements.high]),
        ("Scored low, but right", JUDGE, [(one, _words(one)) for one in disagreements.low]),
    ]
    most = max(len(every) for _, _, every in strips)
    columns = max(5, min(_COLUMNS, most))
    width = columns * _SIDE + (columns - 1) * _GAP
    heights = [_height(every, columns) for _, _, every in strips]
    page, left, top = plate(
        ax,
        "",
        disagreements.caption(),
        width,
        sum(heights),
        heading="Where scorer and judge disagree",
        aside=f"{disagreements.counts[0]} and {disagreements.counts[1]} in all",
    )
    for (title, colour, every), height in zip(strips, heights, strict=True):
        page.write(left, top + 46, title, NAME, color=colour, weight="bold")
        if not every:
            page.write(left, top + _HEAD + 20, "none of these pictures", SMALL)
        y = top + _HEAD
        for start in range(0, len(every), columns):
            line = every[start : start + columns]
            for column, (one, words) in enumerate(line):
                _one(page, one, words, left + column * (_SIDE + _GAP), y)
            y += _row(line)
        top += height
    return page.ax


def _one(page: Page, one: Disagreement, words: Words, left: float, top: float) -> None:
    thumb(page, one.picture, left, top, _SIDE, float(one.right))
    y = top + _SIDE + 28
    page.write(left, y, f"{one.place} of {one.drawn}", SMALL, color=INK, weight="bold")
    away = f"{one.standard:+.1f} sd".replace("-", "−")
    page.write(left + _SIDE, y, away, TINY, ha="right")
    for number, (line, style) in enumerate(words):
        page.write(left, y + 32 + number * _LINE, line, TINY, **style)


def _words(one: Disagreement) -> Words:
    """What is wrong, the prompt, the seed: lines below a picture."""
    told: Words = []
    if one.wrong:
        told += [(line, {"color": SCORE}) for line in _cut(", ".join(one.wrong), "no ", 2)]
    lines = _cut(one.prompt, "", _LINES - len(told))
    told += [(line, {"style": "italic", "color": INK}) for line in lines]
    return [*told, (f"seed {one.seed}", {})]


def _cut(words: str, before: str, most: int) -> list[str]:
    """At most so many lines; what is too long ends in an ellipsis."""
    lines = lines_of(f"{before}{words}", _SIDE, TINY)
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], fitted(" ".join(lines[most - 1 :]) + " …", _SIDE, TINY)]


def _row(line: list[tuple[Disagreement, Words]]) -> float:
    lines = max(len(words) for _, words in line)
    return _SIDE + 60 + lines * _LINE + 26


def _height(every: list[tuple[Disagreement, Words]], columns: int) -> float:
    if not every:
        return _HEAD + 60
    rows = math.ceil(len(every) / columns)
    return _HEAD + sum(_row(every[n * columns : (n + 1) * columns]) for n in range(rows))
