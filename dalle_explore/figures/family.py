"""A family tree: litters in rows, joined to one parent or to two."""

import dataclasses

from matplotlib.axes import Axes

from dalle_explore.figures.page import DPI, INK, Page
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.press import wrap
from dalle_explore.session.breeding import said_by
from dalle_explore.session.family import Family, Litter, said_in_words

__all__ = ["family"]

_SIDE, _ACROSS = 168, 24  # pixels of the page: a picture, and between pictures of a litter
_APART = 88  # between litters of one generation
_LABEL, _LINE = 34, 30  # below a picture, and of further lines
_DROP, _LANE = 46, 14  # from a line to the pictures below it, and between lines
_LARGEST = 12_000  # pixels of the page on a side; a larger family has smaller pictures
_READABLE = 100  # smaller pictures have no words
_PAPER = "#fcfbf8"
_FIRST, _SECOND = "#8d877c", "#a8381c"  # lines from the first parent, and from the second


def family(family: Family, *, ax: Axes | None = None) -> Axes:
    """Draw the generations of a family from top to bottom, joined to their parents.

    Args:
        family: what to show.
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: one image per picture, in order.
    """
    side = float(_SIDE)
    board = _Board(family, side)
    while max(board.width, board.height) > _LARGEST and side > 12:
        side *= 0.9 * _LARGEST / max(board.width, board.height)
        board = _Board(family, side)
    said = dict.fromkeys(
        prompt for place in family.founders for prompt in said_by(family.samples[place])
    )
    title = " · ".join(f"“{prompt}”" for prompt in said) if len(said) <= 4 else ""
    page, left, top = plate(ax, title, family.caption(), max(board.width, 1000), board.height)
    _join(page, board, left, top)
    parents = {parent for litter in family.litters for parent in litter.parents}
    for place, sample in enumerate(family.samples):
        x, y = left + board.x[place], top + board.y[place]
        page.picture(sample, x, y, side)
        if place in parents:
            page.frame(x, y, side, side)
        if board.words:
            heart = " ♥" if place in family.favourites else ""
            colour = _SECOND if heart else INK
            seed = f"seed {sample.seed}{heart}"
            fits = min(1.0, side / (1.375 * SMALL * len(seed)))
            page.write(x, y + side + _LABEL - 4, seed, SMALL * fits, color=colour)
    # On paper of their own: lines to the next generation pass behind what is written.
    behind = {"facecolor": _PAPER, "edgecolor": "none", "pad": 1.0}
    for words, x, y in board.notes:
        page.write(left + x, top + y, words, SMALL, bbox=behind)
    return page.ax


@dataclasses.dataclass(frozen=True)
class _Link:
    """A line from a parent to a litter."""

    parent: int
    litter: Litter
    second: bool
    far: bool  # other generations stand between them, so that it goes around


class _Board:
    """Where everything stands: rows are generations, from left to right their litters."""

    def __init__(self, family: Family, side: float) -> None:
        self.side, self.words = side, side >= _READABLE
        self.x = [0.0] * len(family.kin)
        self.y = [0.0] * len(family.kin)
        self.notes: list[tuple[str, float, float]] = []
        self.brackets: dict[int, tuple[float, float]] = {}  # of a litter: left and right
        generations = family.generations
        rows: list[list[Litter]] = [[] for _ in range(1 + max(generations))]
        for litter in family.litters:
            rows[generations[litter.places[0]]].append(litter)
        self.width = self._block(family.founders, 0.0)
        told: dict[int, list[str]] = {}
        for row in rows:
            x = 0.0
            for litter in row:
                end = self._block(litter.places, x)
                self.brackets[litter.number] = (x, end)
                told[litter.number] = self._told(family, litter, end - x)
                self.width, x = max(self.width, end), end + _APART
        self._lines(family, rows, generations)
        self._rise(family, rows, told)

    def _block(self, places: tuple[int, ...], x: float) -> float:
        """Put pictures side by side; return where they end."""
        for place in places:
            self.x[place] = x
            x += self.side + _ACROSS
        return x - _ACROSS

    def _told(self, family: Family, litter: Litter, width: float) -> list[str]:
        if not self.words:
            return []
        said = said_in_words(said_by(family.samples[litter.places[0]]))
        words = f"{100 * litter.bred.share:.3g} % of the patches anew, from {said}"
        return wrap(words, max(width, 3 * self.side), SMALL, DPI)

    def _lines(
        self, family: Family, rows: list[list[Litter]], generations: tuple[int, ...]
    ) -> None:
        """Give every link its lane, in the gap above its litter, or around those between."""
        self.links: list[_Link] = []
        self.lanes: dict[int, int] = {}  # of a litter, in the gap above its row
        self.escapes: dict[tuple[int, int], tuple[int, int]] = {}  # (litter, parent): lane, gutter
        used = [len(row) for row in rows[1:]] + [0]
        gutters = 0
        for row in rows:
            for lane, litter in enumerate(row):
                self.lanes[litter.number] = lane
                for second, parent in enumerate(litter.parents):
                    above = generations[litter.places[0]] - 1
                    far = generations[parent] < above
                    self.links.append(_Link(parent, litter, bool(second), far))
                    if far:
                        level = generations[parent]
                        self.escapes[litter.number, parent] = (used[level], gutters)
                        used[level] += 1
                        gutters += 1
        self.gaps = [_DROP + _LANE * lanes for lanes in used]
        self.gutter = self.width + _ACROSS
        self.width += (_ACROSS + _LANE * gutters) if gutters else 0.0

    def _rise(self, family: Family, rows: list[list[Litter]], told: dict[int, list[str]]) -> None:
        """Set the heights, from top to bottom."""
        self.tops: list[float] = []  # of the pictures of each row
        self.ends: list[float] = []  # of what stands below them
        y = 0.0
        label = _LABEL if self.words else 0.0
        for number, row in enumerate(rows):
            self.tops.append(y)
            places = family.founders if number == 0 else ()
            for place in (*places, *(place for litter in row for place in litter.places)):
                self.y[place] = y
            lines = 0
            for litter in row:
                for line, words in enumerate(told[litter.number]):
                    base = y + self.side + label + (line + 1) * _LINE - 6
                    self.notes.append((words, self.brackets[litter.number][0], base))
                lines = max(lines, len(told[litter.number]))
            self.ends.append(y + self.side + label + lines * _LINE)
            y = self.ends[-1] + self.gaps[number]
        self.height = self.ends[-1]


def _join(page: Page, board: _Board, left: float, top: float) -> None:
    """Draw the lines: from parents down, along a lane, and down to every child."""
    half = board.side / 2
    row_of = {board.tops[number]: number for number in range(len(board.tops))}
    drawn: list[tuple[list[list[tuple[float, float]]], str]] = []
    for link in board.links:
        start, end = board.brackets[link.litter.number]
        below = row_of[board.y[link.litter.places[0]]]
        above = row_of[board.y[link.parent]]
        level = board.ends[below - 1] + 16 + _LANE * board.lanes[link.litter.number]
        x = board.x[link.parent] + half + (10 if link.second else 0)
        foot = board.y[link.parent] + board.side
        if link.far:
            lane, gutter = board.escapes[link.litter.number, link.parent]
            out, around = board.ends[above] + 16 + _LANE * lane, board.gutter + _LANE * gutter
            line = [(x, foot), (x, out), (around, out), (around, level), (end - half, level)]
        else:
            near = min(max(x, start + half), end - half)
            line = [(x, foot), (x, level), (near, level)]
        drawn.append(([line], _SECOND if link.second else _FIRST))
    for number, (start, end) in board.brackets.items():
        places = next(link.litter.places for link in board.links if link.litter.number == number)
        below = row_of[board.y[places[0]]]
        level = board.ends[below - 1] + 16 + _LANE * board.lanes[number]
        comb = [[(start + half, level), (end - half, level)]]
        comb += [[(board.x[place] + half, level), (board.x[place] + half, board.y[place])]
                 for place in places]  # fmt: skip
        drawn.insert(0, (comb, _FIRST))
    for lines, colour in drawn:
        moved = [[(left + x, top + y) for x, y in line] for line in lines]
        page.lines(moved, colour, 0.9)
