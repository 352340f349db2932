"""The prompt grid: every filling of a sentence in its place, its best pictures, and its verdicts.

A grid of any size is drawn: what does not fit one page becomes several, each made when it is asked
for.
"""

import math
from collections.abc import Sequence
from typing import overload

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dalle_explore.errors import InputError
from dalle_explore.figures.page import DPI, INK, Page
from dalle_explore.figures.press import length_of, wrap
from dalle_explore.figures.prompt_layout import (
    HEAD,
    HEAD_LINE,
    Band,
    Named,
    Panel,
    Table,
    arrange,
    part_in_words,
)
from dalle_explore.figures.prompt_marks import Marks, write_key
from dalle_explore.figures.prompt_words import TITLE, title_of
from dalle_explore.figures.written import TINY, fitted
from dalle_explore.session.cells import GridCell
from dalle_explore.session.grids import Grid
from dalle_explore.session.sample import Sample

__all__ = ["MOST", "prompt_grid", "prompt_grid_pages"]

MOST = 64  # pictures of one cell

_MARGIN = 96  # pixels of the page
_PART, _SMALL = 10.0, 8.0  # points
_TITLE_LINE, _PART_LINE, _CAPTION_LINE, _KEY_LINE = 64, 44, 32, 34
_LEAST, _READABLE = 1120, 1560  # narrowest body; longest line of a caption
_FOOT, _LANE = 30, 26  # below a picture; of its scores
_TIGHT = 160  # pictures up to this side have a bare number below them
_PAPER, _RULE = "#fcfbf8", "#00000026"


def prompt_grid(
    grid: Grid,
    ax: Axes | None = None,
    *,
    rows: Named = None,
    columns: Named = None,
    shown: int = 1,
    page: int = 1,
    scores: bool = False,
) -> Axes:
    """Draw a grid as a table of pictures, with headings, verdicts, seeds and a caption.

    Args:
        grid: what to show; what is not drawn yet is hatched.
        ax: where to draw; a figure of the right size is made when it is None. Text shrinks with
            the axes.
        rows: the axis, or axes, that go down; the last but one that varies, when None.
        columns: the axis, or axes, that go across; the last that varies, when None. All others
            become blocks, each with its heading.
        shown: pictures of each cell, the best by CLIP first; by seed where they are not scored.
        page: which one, from 1, where not everything fits one.
        scores: draw a line below each cell with the scores of all its pictures.

    Returns:
        The axes drawn on: one image per picture, and one per place that is still empty.

    Raises:
        InputError: an axis the grid does not have, one that goes both ways, a number of pictures
            or a page that is none.
    """
    pages = _Pages(grid, rows, columns, shown, scores)
    if isinstance(page, bool) or not isinstance(page, int) or not 1 <= page <= len(pages):
        raise InputError(
            f"page is {page!r}, but this grid takes {len(pages)}: give a whole number from 1 to "
            f"{len(pages)}."
        )
    return pages.draw(page - 1, ax)


def prompt_grid_pages(
    grid: Grid,
    *,
    rows: Named = None,
    columns: Named = None,
    shown: int = 1,
    scores: bool = False,
) -> Sequence[Figure]:
    """Draw a grid of any size on as many pages as it takes; the arguments are ``prompt_grid``'s.

    Returns:
        The figures in order. Each is made when it is asked for, and not kept.

    Raises:
        InputError: as for ``prompt_grid``.
    """
    return _Pages(grid, rows, columns, shown, scores)


class _Pages(Sequence[Figure]):
    """The pages of a grid."""

    def __init__(self, grid: Grid, rows: Named, columns: Named, shown: int, scores: bool) -> None:
        if isinstance(shown, bool) or not isinstance(shown, int) or not 1 <= shown <= MOST:
            raise InputError(
                f"shown is {shown!r}, but it has to be a number of pictures from 1 to {MOST}: the "
                f"sheet of a cell, grid.cell(...).figure(), shows more."
            )
        self.grid, self.scores = grid, scores
        self.slots = min(shown, max(len(cell.planned.seeds) for cell in grid.cells))
        generator = grid.cells[0].model.generator
        shape = (generator.columns * generator.patch, generator.rows * generator.patch)
        one = self.slots == 1
        lane = _LANE if scores else 0
        under = (0.0, _FOOT + lane) if one else (_FOOT, lane)
        table = Table.of(grid, rows, columns)
        self.layout = arrange(table, shape, self.slots, under)
        self.judged = any(not math.isnan(value) for cell in grid.cells for value in cell.whole)
        known = [float(s) for cell in grid.cells for s in cell.scores if not math.isnan(s)]
        self.range = (min(known), max(known)) if known else None

    def __len__(self) -> int:
        return len(self.layout.pages)

    @overload
    def __getitem__(self, index: int) -> Figure: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Figure]: ...
    def __getitem__(self, index: int | slice) -> Figure | Sequence[Figure]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        number = range(len(self))[index]
        figure = self.draw(number, None).figure
        assert isinstance(figure, Figure)
        return figure

    def draw(self, number: int, ax: Axes | None) -> Axes:
        """Draw one page, from 0."""
        layout, bands = self.layout, self.layout.pages[number]
        width = max(_LEAST, *map(layout.wide, bands))
        title = title_of(layout.table, width)
        part = self._part(number, width)
        key = self._key(width)
        caption = wrap(self._caption(number), min(width, _READABLE), _SMALL, DPI)
        lines = 1 + max(word.line for word in title)
        top = _MARGIN + lines * _TITLE_LINE + len(part) * _PART_LINE + 36
        body = layout.tall(bands)
        below = top + body + 40 + (len(key) * _KEY_LINE + 18 if key else 0)
        height = below + len(caption) * _CAPTION_LINE + _MARGIN - 20
        page = Page(ax, width + 2 * _MARGIN, height)
        for word in title:
            style = {"weight": "bold"} if word.emphasised else {}
            x, y = _MARGIN + word.left, _MARGIN + 36 + word.line * _TITLE_LINE
            page.write(x, y, word.text, TITLE, color=INK, style="italic", **style)
        for line, words in enumerate(part):
            under = _MARGIN + lines * _TITLE_LINE + 24 + line * _PART_LINE
            page.write(_MARGIN, under, words, _PART)
        marks = Marks(page)
        begin = float(top)
        for place, band in enumerate(bands):
            self._band(page, marks, band, begin, first=place == 0)
            begin += layout.high(band, place == 0) + layout.between
        for line, entry in enumerate(key):
            write_key(page, marks, entry, _MARGIN, top + body + 54 + line * _KEY_LINE)
        for line, words in enumerate(caption):
            page.write(_MARGIN, below + 24 + line * _CAPTION_LINE, words, _SMALL)
        marks.draw()
        return page.ax

    def _part(self, number: int, width: float) -> list[str]:
        """Which page it is, and what of the grid is on it."""
        if len(self) == 1:
            return []
        words = part_in_words(self.layout, self.layout.pages[number])
        said = f"page {number + 1} of {len(self)}{f': {words}' if words else ''}"
        return wrap(said, width, _PART, DPI)

    def _caption(self, number: int) -> str:
        """How the grid was made, then how many of its pictures are shown and how selected."""
        cells, shown = self.grid.cells, self.slots
        there = [cell for cell in cells if cell.samples is not None]
        if not there:
            return self.grid.caption()
        ranked = [cell for cell in there if not np.isnan(cell.scores).any()]
        counts = sorted({len(cell.pictures) for cell in there})
        each = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        if shown >= counts[-1]:
            said = "Shown: all pictures of each cell."
        elif len(ranked) == len(there):
            best = "the best picture" if shown == 1 else f"the best {shown} pictures"
            said = f"Shown: {best} of {each} in each cell, selected by CLIP."
        else:
            first = "the first picture" if shown == 1 else f"the first {shown} pictures"
            said = f"Shown: {first} of {each} in each cell, by seed and not selected by any score"
            said += ", but where a whole cell is scored, the best by CLIP." if ranked else "."
        if len(self) > 1:
            here = sum(
                self.layout.table.cell(row, column, panel.block) is not None
                for band in self.layout.pages[number]
                for panel in band.panels
                for row in band.rows
                for column in panel.columns
            )
            said += f" {here} of {len(cells)} cells are on this page."
        return f"{self.grid.caption()} {said}"

    def _key(self, width: float) -> list[tuple[tuple[float | None, str], ...]]:
        """Lines of the legend: pairs of a mark and what it means."""
        lines: list[tuple[tuple[float | None, str], ...]] = []
        if self.judged:
            which = (
                "one mark for each picture of a cell, best by CLIP first"
                if self.slots == 1
                else "read by the judge, who selects nothing"
            )
            said: list[tuple[float | None, str]] = [
                (1.0, "the judge read all stated facts"),
                (0.0, "not all"),
                (None, which),
            ]
            if self.slots == 1 and max(len(cell.pictures) for cell in self.grid.cells) > 1:
                said.append((None, "or, in figures: how many of them are right"))
            if any(0 < np.isnan(cell.whole).sum() < len(cell.whole) for cell in self.grid.cells):
                said.insert(2, (math.nan, "not read yet"))
            lines.append(tuple(said))
        if self.layout.box.side <= _TIGHT:
            lines.append(((None, "the number below a picture is its seed"),))
        if self.scores and self.range is not None:
            low, high = self.range
            ends = f"from {low:.3f} (left) to {high:.3f} (right)".replace("-", "−")
            told = (
                f"lines below a cell: CLIP scores of all its pictures, {ends} in every cell; in "
                f"ink: those shown"
            )
            lines += [((None, line),) for line in wrap(told, width, TINY, DPI)]
        return lines

    def _band(self, page: Page, marks: Marks, band: Band, top: float, *, first: bool) -> None:
        layout = self.layout
        table, left = layout.table, _MARGIN + layout.labels
        body = top + layout.head(band, first)
        if table.rows.names:
            if first:
                title = fitted(table.rows.title, layout.labels - 20, TINY)
                page.write(_MARGIN, body - 18, title, TINY)
            for place, row in enumerate(band.rows):
                self._row_heading(page, layout.down[row], body + place * layout.step[1])
        if table.columns.names and first:
            title = fitted(table.columns.title, layout.width(len(band.panels[0].columns)), TINY)
            page.write(left, body - 18 - layout.lines(band) * HEAD_LINE, title, TINY)
        for panel in band.panels:
            wide = layout.width(len(panel.columns))
            if table.blocks.names:
                self._block_heading(page, panel, left, top, wide)
            for place, column in enumerate(panel.columns):
                self._column_heading(page, layout.across[column], left, place, body)
                for down, row in enumerate(band.rows):
                    cell = table.cell(row, column, panel.block)
                    if cell is not None:
                        x = left + place * layout.step[0]
                        self._cell(page, marks, cell, x, body + down * layout.step[1])
            left += wide + layout.aside

    def _row_heading(self, page: Page, lines: Sequence[str], top: float) -> None:
        box = self.layout.box
        high = box.height - box.foot if box.down == 1 else box.height
        middle = top + high / 2 - (len(lines) - 1) * HEAD_LINE / 2 + 9
        for line, words in enumerate(lines):
            y = middle + line * HEAD_LINE
            page.write(_MARGIN, y, words, HEAD, color=INK, style="italic")

    def _column_heading(
        self, page: Page, lines: Sequence[str], left: float, place: int, body: float
    ) -> None:
        x = left + place * self.layout.step[0]
        for above, words in enumerate(reversed(lines)):
            y = body - 18 - above * HEAD_LINE
            page.write(x, y, words, self.layout.size, color=INK, style="italic")

    def _block_heading(
        self, page: Page, panel: Panel, left: float, top: float, wide: float
    ) -> None:
        words = fitted(self.layout.table.blocks.named(panel.block), wide, HEAD, weight="bold")
        page.write(left, top + 22, words, HEAD, color=INK, weight="bold")
        page.ax.add_patch(Rectangle((left, top + 36), wide, 1.5, fc=_RULE, lw=0))

    def _cell(self, page: Page, marks: Marks, cell: GridCell, left: float, top: float) -> None:
        box = self.layout.box
        samples = [] if cell.samples is None else list(cell.samples)[: self.slots]
        whole = {one.seed: float(w) for one, w in zip(cell.pictures, cell.whole, strict=True)}
        for place in range(min(self.slots, len(cell.planned.seeds))):
            x, y = (a + b for a, b in zip((left, top), box.corner(place), strict=True))
            if place < len(samples):
                sample = samples[place]
                self._picture(page, cell, sample, x, y)
                self._under(page, marks, cell, sample, whole, x, y + box.high)
            else:
                kept = len(samples) < len(cell.pictures) and place < len(cell.pictures)
                self._empty(page, marks, "not kept" if kept else "not drawn yet", x, y)
        if self.scores and self.range is not None and cell.pictures:
            shown = {sample.seed for sample in samples}
            y = top + box.height - _LANE + 4
            marks.scores(cell, shown, self.range, left, y, box.width)

    def _picture(
        self, page: Page, cell: GridCell, sample: Sample, left: float, top: float
    ) -> None:
        box = self.layout.box
        pixels = np.asarray(sample.picture)
        smooth = "nearest" if pixels.shape[1] == box.side else "bicubic"
        image = page.image(pixels, left, top, box.side, box.high, interpolation=smooth)
        image.set_gid(f"cell {cell.place}, seed {sample.seed}")

    def _under(
        self,
        page: Page,
        marks: Marks,
        cell: GridCell,
        sample: Sample,
        whole: dict[int, float],
        left: float,
        bottom: float,
    ) -> None:
        """Marks of the judge at the left, the seed at the right."""
        side = self.layout.box.side
        size = TINY if side > _TIGHT else 0.8 * TINY
        seed = f"seed {sample.seed}" if side > _TIGHT else str(sample.seed)
        long = length_of(seed, size, DPI)
        if long > 0.45 * side:  # a seed may have nineteen digits
            size, long = size * 0.45 * side / long, 0.45 * side
        page.write(left + side, bottom + 23, seed, size, ha="right")
        if np.isnan(cell.whole).all():
            return
        room = side - long - 16
        if self.slots > 1:
            marks.row([whole[sample.seed]], left, bottom + 16, room)
            return
        verdicts = [float(cell.whole[place]) for place in cell.order]
        if not marks.row(verdicts, left, bottom + 16, room):
            marks.row(verdicts[:1], left, bottom + 16, room)
            known = [verdict for verdict in verdicts if not math.isnan(verdict)]
            right, of = f"{sum(known):.0f}", len(known)
            told = (f"{right} of {of} right", f"{right} of {of}", f"{right}/{of}")
            short = [words for words in told if length_of(words, TINY, DPI) <= room - 24]
            if short:  # half a number would be another number
                page.write(left + 24, bottom + 23, short[0], TINY)

    def _empty(self, page: Page, marks: Marks, words: str, left: float, top: float) -> None:
        """A place without a picture: hatched, and never black."""
        box = self.layout.box
        marks.hatch(left, top, box.side, box.high)
        long = length_of(words, TINY, DPI)
        if long + 20 > box.side:
            return  # no room for it; the caption counts them
        x, y = left + box.side / 2, top + box.high / 2
        paper = Rectangle((x - long / 2 - 8, y - 16), long + 16, 30, fc=_PAPER, lw=0, zorder=1)
        page.ax.add_patch(paper)
        page.write(x, y + 6, words, TINY, ha="center", zorder=2)
