"""Ticks, crosses and scores below the cells of a grid: small marks, and thousands of them."""

import math
from collections.abc import Sequence

from dalle_explore.figures.page import DPI, INK, SOFT, Page
from dalle_explore.figures.press import length_of
from dalle_explore.figures.thumbs import TICKED
from dalle_explore.figures.written import TINY
from dalle_explore.session.cells import GridCell

__all__ = ["Marks", "write_key"]

_MARK, _PITCH = 11.0, 17.0  # pixels of the page: size of a tick, and from one to the next, at most
_LEAST = 9  # from one to the next
_RULE, _OTHERS, _HATCHING = "#00000026", "#a89f90", "#00000022"
_HATCH = 12.0  # pixels of the page from line to line, along the edge


class Marks:
    """Ticks, crosses and lines of a page, drawn together: a page may hold thousands."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.lines: dict[tuple[str, float], list[list[tuple[float, float]]]] = {}

    def add(self, colour: str, width: float, *points: tuple[float, float]) -> None:
        """Draw a line through points, later."""
        self.lines.setdefault((colour, width), []).append(list(points))

    def row(self, verdicts: Sequence[float], left: float, middle: float, room: float) -> bool:
        """Mark verdicts side by side; say whether there was room."""
        pitch = min(_PITCH, room / max(1, len(verdicts)))
        if pitch < _LEAST and len(verdicts) > 1:
            return False
        size = min(_MARK, 0.66 * pitch)
        for place, verdict in enumerate(verdicts):
            self.mark(verdict, left + place * pitch, middle, size)
        return True

    def mark(self, verdict: float, left: float, middle: float, size: float) -> None:
        """A tick, a cross, or a dash where nobody can say."""
        right, top, bottom = left + size, middle - size / 2, middle + size / 2
        if math.isnan(verdict):
            self.add(SOFT, 0.6, (left, middle), (right, middle))
            return
        colour = TICKED[verdict][0]
        if verdict:
            self.add(
                colour,
                1.0,
                (left, middle),
                (left + 0.36 * size, bottom),
                (right, top - 0.1 * size),
            )
            return
        self.add(colour, 0.8, (left, top), (right, bottom))
        self.add(colour, 0.8, (left, bottom), (right, top))

    def hatch(self, left: float, top: float, width: float, height: float) -> None:
        """Hatch an empty place: lines of paper's shade, from its lower left to its upper right."""
        right, bottom = left + width, top + height
        self.add(
            _RULE, 0.5, (left, top), (right, top), (right, bottom), (left, bottom), (left, top)
        )
        for place in range(1, int((width + height) // _HATCH)):
            x = left + place * _HATCH  # where the line would meet the upper edge
            begin = (left, x - left + top) if x - left <= height else (x - height, bottom)
            end = (x, top) if x <= right else (right, x - right + top)
            self.add(_HATCHING, 0.5, begin, end)

    def scores(
        self,
        cell: GridCell,
        shown: set[int],
        ends: tuple[float, float],
        left: float,
        top: float,
        width: float,
    ) -> None:
        """One line for every score of a cell, on the scale of the whole grid."""
        low, high = ends
        self.add(_RULE, 0.5, (left, top + 9), (left + width, top + 9))
        for one in cell.pictures:
            if one.score is None:
                continue
            share = (one.score - low) / (high - low) if high > low else 0.5
            x = left + share * width
            if one.seed in shown:
                self.add(INK, 1.4, (x, top), (x, top + 18))
            else:
                self.add(_OTHERS, 0.7, (x, top + 3), (x, top + 15))

    def draw(self) -> None:
        """Draw everything, those in ink last."""
        for (colour, width), lines in sorted(self.lines.items(), key=lambda item: item[0][1]):
            self.page.lines(lines, colour, width)


def write_key(
    page: Page,
    marks: Marks,
    entries: Sequence[tuple[float | None, str]],
    left: float,
    y: float,
) -> None:
    """Write a line of the legend: marks, or None, each with what it means.

    Args:
        page: to write on.
        marks: of the page.
        entries: a verdict, or None for words alone, and words.
        left: where the line begins.
        y: its baseline.
    """
    for mark, words in entries:
        if mark is not None:
            marks.mark(mark, left, y - 7, _MARK)
            left += 22
        page.write(left, y, words, TINY)
        left += length_of(words, TINY, DPI) + 40
