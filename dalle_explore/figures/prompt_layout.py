"""Which cells of a grid go where on paper: rows, columns, blocks, and pages of limited size.

Nothing is drawn here. Axes whose values stay together are one direction, and what is neither row
nor column becomes blocks, each with a heading of its own.
"""

import dataclasses
import functools
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, Self

from dalle_explore.errors import InputError
from dalle_explore.figures.page import DPI
from dalle_explore.figures.press import length_of, wrap
from dalle_explore.figures.written import TINY
from dalle_explore.session.cells import GridCell
from dalle_explore.session.grids import Grid

__all__ = [
    "HEAD",
    "HEAD_LINE",
    "Band",
    "Box",
    "Direction",
    "Layout",
    "Named",
    "Panel",
    "Table",
    "arrange",
    "part_in_words",
]

Named = str | Sequence[str] | None

HEAD, HEAD_LINE = 10.0, 36  # points, and pixels of the page: headings of rows and columns
_LABELS = 300  # width of the headings of rows, at most
_LINES = 6  # of one heading, at most
_SMALLEST = 7.0  # points: headings of narrow columns
_GAP = 44  # between the headings of rows and the pictures

# For pictures of about so many pixels: how wide and how high the body of a page may get.
_SIZES = ((384, 1760, 1760), (256, 2800, 2500), (128, 3200, 3640))
_SIZES_OF_MANY = ((384, 1760, 1760), (256, 2800, 2500), (256, 3200, 3640), (128, 3200, 3640))
_SHAPE = 1.35  # width by height that is aimed at


@dataclasses.dataclass(frozen=True)
class Direction:
    """What rows, columns or blocks go through: one axis, several, or none."""

    names: tuple[str, ...]  # of its axes
    steps: tuple[tuple[int, ...], ...]  # places of values, one of each axis
    labels: tuple[tuple[str, ...], ...]  # of each step, a word of each axis that varies
    varying: tuple[str, ...]

    @classmethod
    def of(cls, grid: Grid, groups: Sequence[tuple[str, ...]]) -> Self:
        """Go through the values of axes, the last group fastest; a group stays together."""
        names = [name for group in groups for name in group]
        numbers = {axis.name: place for place, axis in enumerate(grid.axes)}
        ways = [
            dict.fromkeys(tuple(cell.indices[numbers[name]] for name in group) for cell in grid)
            for group in groups
        ]
        steps = tuple(tuple(itertools.chain(*step)) for step in itertools.product(*ways))
        several = [k for k in range(len(names)) if len({step[k] for step in steps}) > 1]
        told = several or list(range(len(names)))[:1]
        axes = [grid.axes[numbers[name]] for name in names]

        def word(k: int, step: tuple[int, ...]) -> str:
            label = axes[k].labels[step[k]]
            # A number beside a word has to say what it is.
            return f"{names[k]} {label}" if len(told) > 1 and axes[k].kind != "words" else label

        labels = tuple(tuple(word(k, step) for k in told) for step in steps)
        return cls(tuple(names), steps, labels, tuple(names[k] for k in told))

    @property
    def title(self) -> str:
        """Its name, if it has one."""
        return " · ".join(self.varying)

    def words(self, step: int) -> str:
        """One step in words; empty where there is nothing to tell."""
        return " · ".join(self.labels[step])

    def named(self, step: int) -> str:
        """One step in words, with the names of its axes."""
        pairs = zip(self.varying, self.labels[step], strict=True)
        said = (label if label.startswith(f"{n} ") else f"{n}: {label}" for n, label in pairs)
        return ", ".join(said)


@dataclasses.dataclass(frozen=True, eq=False)
class Table:
    """A grid as a table: rows, columns and blocks."""

    grid: Grid
    rows: Direction
    columns: Direction
    blocks: Direction
    fixed: dict[str, str]  # axes that have one value here -> that value in words

    @classmethod
    def of(cls, grid: Grid, rows: Named = None, columns: Named = None) -> Self:
        """Choose what goes down and across.

        Args:
            grid: whose cells are to be laid out.
            rows: names of axes; the last but one that varies, when None.
            columns: names of axes; the last that varies and is free, when None.

        Raises:
            InputError: an unknown axis (those known are listed), or one that goes both ways.
        """
        groups = grid.plan.expansion.groups
        down, across = (_groups(grid, "rows", rows), _groups(grid, "columns", columns))
        both = [group for group in down or () if group in (across or ())]
        if both:
            names = " and ".join(map(repr, both[0]))
            raise InputError(
                f"rows and columns both go through {names}"
                f"{', which stay together' if len(both[0]) > 1 else ''}: give one of them another "
                f"axis."
            )
        numbers = {axis.name: place for place, axis in enumerate(grid.axes)}
        varying = [
            group
            for group in groups
            if len({tuple(cell.indices[numbers[n]] for n in group) for cell in grid.cells}) > 1
        ]
        free = [group for group in varying if group not in (*(down or ()), *(across or ()))]
        if across is None:
            across, free = free[-1:], free[:-1]
        if down is None:
            down, free = free[-1:], free[:-1]
        used = [name for group in (*down, *across, *free) for name in group]
        fixed = {
            axis.name: axis.labels[grid.cells[0].indices[numbers[axis.name]]]
            for axis in grid.axes
            if axis.name not in used
        }
        go_down, go_across, go_on = (Direction.of(grid, way) for way in (down, across, free))
        return cls(grid, go_down, go_across, go_on, fixed)

    @functools.cached_property
    def _cells(self) -> dict[tuple[tuple[int, ...], ...], GridCell]:
        numbers = {axis.name: place for place, axis in enumerate(self.grid.axes)}
        ways = [
            [numbers[name] for name in way.names] for way in (self.rows, self.columns, self.blocks)
        ]
        return {
            tuple(tuple(cell.indices[i] for i in way) for way in ways): cell
            for cell in self.grid.cells
        }

    def cell(self, row: int, column: int, block: int) -> GridCell | None:
        """The cell of a row, a column and a block; None: it was left out of this grid."""
        key = (self.rows.steps[row], self.columns.steps[column], self.blocks.steps[block])
        return self._cells.get(key)


def _groups(grid: Grid, way: str, named: Named) -> list[tuple[str, ...]] | None:
    if named is None:
        return None
    names = [named] if isinstance(named, str) else named
    known = [axis.name for axis in grid.axes]
    if not isinstance(names, list | tuple) or any(name not in known for name in names):
        raise InputError(
            f"{way} is {named!r}, but it has to name one axis of the grid or a list of several: "
            f"the axes are {', '.join(known) or 'none'}."
        )
    groups = grid.plan.expansion.groups
    return [next(g for g in groups if name in g) for name in dict.fromkeys(names)]


@dataclasses.dataclass(frozen=True)
class Box:
    """The place of one cell: pictures side by side, in pixels of the page."""

    across: int
    down: int
    side: float
    high: float  # of a picture
    under: float  # below each picture
    foot: float  # below all of them

    gap = 10  # between its pictures

    @property
    def width(self) -> float:
        """Of the whole cell."""
        return self.across * self.side + (self.across - 1) * self.gap

    @property
    def height(self) -> float:
        """Of the whole cell, with what is written below the pictures."""
        each = self.high + self.under
        return self.down * each + (self.down - 1) * self.gap + self.foot

    @property
    def apart(self) -> float:
        """Between two cells."""
        return max(14.0, 0.09 * min(self.side, 256)) if self.across == 1 else 32.0

    def corner(self, place: int) -> tuple[float, float]:
        """Left and upper edge of one of its pictures."""
        row, column = divmod(place, self.across)
        return column * (self.side + self.gap), row * (self.high + self.under + self.gap)


@dataclasses.dataclass(frozen=True)
class Panel:
    """Some columns of one block."""

    block: int
    columns: range


@dataclasses.dataclass(frozen=True)
class Band:
    """Panels side by side, which share their rows."""

    panels: tuple[Panel, ...]
    rows: range


@dataclasses.dataclass(frozen=True, eq=False)
class Layout:
    """Where everything goes: pages of bands of panels of cells."""

    table: Table
    box: Box
    down: tuple[list[str], ...]  # lines of the heading of each row
    across: tuple[list[str], ...]
    labels: float  # width of the headings of rows, with the gap after them; 0: there are none
    size: float  # of the letters of headings of columns, in points
    pages: tuple[tuple[Band, ...], ...] = ()

    between = 64  # bands
    aside = 76  # panels

    def lines(self, band: Band) -> int:
        """Lines of the headings of columns above a band."""
        if not self.table.columns.names:
            return 0
        return max(len(self.across[k]) for panel in band.panels for k in panel.columns)

    def head(self, band: Band, first: bool) -> float:
        """Height of what stands above the pictures of a band; names of axes only on the first."""
        block = 52 if self.table.blocks.names else 0
        names = 34 if first and self.table.columns.names else 0
        lines = max(self.lines(band), 1 if first and self.table.rows.names else 0)
        return block + names + lines * HEAD_LINE + (10 if block or lines else 0)

    @property
    def step(self) -> tuple[float, float]:
        """From cell to cell, across and down."""
        return self.box.width + self.box.apart, self.box.height + self.box.apart

    def width(self, columns: int) -> float:
        """Of a panel."""
        return columns * self.step[0] - self.box.apart

    def wide(self, band: Band) -> float:
        """Width of a band."""
        panels = [self.width(len(panel.columns)) for panel in band.panels]
        return self.labels + sum(panels) + (len(panels) - 1) * self.aside

    def high(self, band: Band, first: bool) -> float:
        """Height of a band."""
        return self.head(band, first) + len(band.rows) * self.step[1] - self.box.apart

    def tall(self, bands: Sequence[Band]) -> float:
        """Height of all bands of a page."""
        heights = [self.high(band, place == 0) for place, band in enumerate(bands)]
        return sum(heights) + (len(heights) - 1) * self.between


def arrange(
    table: Table, shape: tuple[int, int], slots: int, under: tuple[float, float]
) -> Layout:
    """Find the largest pictures with which everything fits one page, else several pages.

    Args:
        table: what goes down and across.
        shape: width and height of a picture of the model, in pixels.
        slots: pictures in each cell.
        under: pixels of the page below each picture, and below each cell.
    """
    sizes = _SIZES if slots == 1 else _SIZES_OF_MANY
    for place, (wanted, wide, high) in enumerate(sizes):
        across = _across(slots)
        side = _side(wanted, shape[0], across)
        box = Box(across, -(-slots // across), side, side * shape[1] / shape[0], *under)
        layout = _measured(table, box)
        last = place == len(sizes) - 1
        fitting = [
            bands
            for bands in _arrangements(layout, wide, last)
            if max(map(layout.wide, bands)) <= max(wide, layout.labels + layout.width(1))
            and layout.tall(bands) <= high
        ]
        if fitting:
            best = min(fitting, key=functools.partial(_odd, layout))
            return dataclasses.replace(layout, pages=(tuple(best),))
        if last:
            *_, bands = _arrangements(layout, wide, last)
            return dataclasses.replace(layout, pages=tuple(_paged(layout, bands, high)))
    raise AssertionError("the last size is taken as it is")


def _across(slots: int) -> int:
    """Pictures beside each other in a cell: nearly a square, without empty places if possible."""
    least = math.ceil(math.sqrt(slots))
    whole = [a for a in range(least, 2 * least + 1) if slots % a == 0]
    return whole[0] if whole else least


def _side(wanted: int, pixels: int, across: int) -> float:
    """Enlarge a whole number of times, or make smaller; where a cell has many, they are small."""
    each = wanted if across == 1 else max(64, wanted // 2)
    return pixels * max(1, round(each / pixels)) if pixels <= each else each


def _measured(table: Table, box: Box) -> Layout:
    """Break the headings into lines; they are smaller where a word is longer than a column."""
    rows, columns = table.rows, table.columns
    named = [columns.words(k) for k in range(len(columns.steps))]
    wide = box.width + box.apart - 10
    longest = max(
        (length_of(word, HEAD, DPI, "italic") for words in named for word in words.split()),
        default=0.0,
    )
    # A little less than would fit, as letters of another size are not exactly to scale.
    size = HEAD * min(1.0, max(_SMALLEST / HEAD, 0.95 * wide / max(longest, 1.0)))
    across = tuple(_heading(words, wide, size) for words in named)
    down = tuple(_heading(rows.words(k), _LABELS, HEAD) for k in range(len(rows.steps)))
    lengths = [length_of(line, HEAD, DPI, "italic") for lines in down for line in lines]
    titles = min(length_of(rows.title, TINY, DPI), _LABELS)
    labels = max(*lengths, titles) + _GAP if rows.names else 0
    return Layout(table, box, down, across, labels, size)


def _heading(words: str, width: float, size: float) -> list[str]:
    lines = wrap(words, width, size, DPI, style="italic") if words else []
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], f"{lines[_LINES - 1][:-1]}…"]
    return lines


def _arrangements(layout: Layout, wide: float, last: bool) -> Iterator[list[Band]]:
    """Ways to put blocks and columns into bands of all rows; one at least, when it is the last."""
    table = layout.table
    rows = range(len(table.rows.steps))
    columns, blocks = len(table.columns.steps), len(table.blocks.steps)
    room = wide - layout.labels + layout.box.apart
    most = max(1, int(room // layout.step[0]))
    if columns > most:
        # A table is broken only where nothing else helps; a single line is, like a text.
        if len(rows) == 1 or last:
            yield [
                Band((Panel(block, part),), rows)
                for block in range(blocks)
                for part in _parts(columns, most)
            ]
        return
    for k in range(1, blocks + 1):
        panels = [Panel(block, range(columns)) for block in range(blocks)]
        bands = [Band(tuple(panels[at : at + k]), rows) for at in range(0, blocks, k)]
        if k > 1 and layout.wide(bands[0]) > wide:
            return
        yield bands


def _parts(count: int, most: int) -> list[range]:
    """Cut a run into parts of at most ``most``, about equally long."""
    parts = -(-count // most)
    cuts = [count * part // parts for part in range(parts + 1)]
    return [range(*ends) for ends in zip(cuts, cuts[1:], strict=False)]


def _odd(layout: Layout, bands: Sequence[Band]) -> float:
    """How far an arrangement is from a good page."""
    shape = max(map(layout.wide, bands)) / layout.tall(bands)
    ragged = len(bands[-1].panels) / len(bands[0].panels)
    return abs(math.log(shape / _SHAPE)) + 0.4 * (1 - ragged)


def _paged(layout: Layout, bands: Sequence[Band], high: float) -> Iterator[tuple[Band, ...]]:
    """Fill page after page."""
    head = max(layout.head(band, True) for band in bands)
    most = max(1, int((high - head + layout.box.apart) // layout.step[1]))
    page: list[Band] = []
    for band in bands:
        for rows in _parts(len(band.rows), most):
            part = Band(band.panels, rows)
            if page and layout.tall([*page, part]) > high:
                yield tuple(page)
                page = []
            page.append(part)
    yield tuple(page)


def part_in_words(layout: Layout, bands: Sequence[Band]) -> str:
    """Say which part of the table a page shows; empty where it is all of it."""
    table = layout.table
    said: list[Any] = []
    blocks = sorted({panel.block for band in bands for panel in band.panels})
    if len(blocks) < len(table.blocks.steps):
        ends = dict.fromkeys((blocks[0], blocks[-1]))
        said.append(" to ".join(table.blocks.named(block) for block in ends))
    ways = (
        (table.rows, [band.rows for band in bands]),
        (table.columns, [panel.columns for band in bands for panel in band.panels]),
    )
    for way, parts in ways:
        there = sorted({step for part in parts for step in part})
        if len(there) < len(way.steps):
            ends = dict.fromkeys((there[0], there[-1]))
            said.append(f"{way.title}: {' to '.join(way.words(step) for step in ends)}")
    return "; ".join(said)
