"""A grid of pictures: a sentence with slots, every filling of it, every score."""

import dataclasses
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from dalle_explore.captions import numbers_in_words, outside_in_words, settings_in_words
from dalle_explore.errors import InputError
from dalle_explore.files import write_atomic
from dalle_explore.judging.verdict import unabridged
from dalle_explore.runs import Run
from dalle_explore.session.cells import GridCell
from dalle_explore.session.planning import Plan, spec_of
from dalle_explore.session.record import record_text
from dalle_explore.session.samples import Samples
from dalle_explore.session.save import check_output, save_figure
from dalle_explore.session.shelf import Shelf
from dalle_explore.shown import Shown, upstairs
from dalle_explore.text.grid import Axis

if TYPE_CHECKING:
    import dalle_explore.session.scores

__all__ = ["GRID_KINDS", "Grid", "watched"]

GRID_KINDS = ("png", "svg", "pdf", "csv", "json", "html")


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Grid(Shown):
    """All cells of a grid, as far as they are drawn; a stopped grid is a smaller grid.

    Iterating gives the cells in their order: the last axis fastest.
    """

    drawn_by: ClassVar[str] = "prompt_grid"

    plan: Plan
    cells: tuple[GridCell, ...]  # in order; some, where ``where`` chose
    shelf: Shelf = dataclasses.field(default=Shelf(None, None))
    going_on: "Callable[[Grid], Run[Any, Grid]] | None" = None  # how to draw what is missing

    @property
    def template(self) -> str:
        """The sentence with its slots, as it was typed."""
        return self.plan.expansion.template.text

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes in order; the last is the fastest."""
        return self.plan.expansion.axes

    @property
    def n(self) -> int:
        """How many pictures of each cell were asked for."""
        return self.plan.n

    @property
    def seed(self) -> int:
        """Seed of the first picture of each cell, unless seeds are an axis or differ by cell."""
        return self.plan.seed

    @property
    def drawn(self) -> int:
        """Pictures that are there, in all cells."""
        return sum(len(cell.pictures) for cell in self.cells)

    @property
    def missing(self) -> int:
        """Pictures that were asked for and are not there."""
        return sum(len(cell.planned.seeds) - len(cell.pictures) for cell in self.cells)

    @property
    def complete(self) -> bool:
        """Whether every picture that was asked for is there."""
        return self.missing == 0

    @property
    def notice(self) -> str | None:
        """What the gallery has to say, in one line; None: nothing."""
        return self.shelf.notice

    def cell(self, **values: Any) -> GridCell:
        """Return the one cell with these values of its axes, given as they are or in words.

        Names that are no Python words go in as ``cell(**{"slot 1": "red"})``.

        Raises:
            InputError: an unknown axis or value (those known are listed), or several such cells.
        """
        place = self.plan.expansion.cell(**values).place
        for cell in self.cells:
            if cell.place == place:
                return cell
        raise InputError(
            f"the cell “{self.plan.cells[place].filled.prompt}” was left out of this smaller "
            f"grid: ask the whole grid."
        )

    def where(self, **values: Any) -> "Grid":
        """Return the smaller grid of the cells with these values.

        Args:
            **values: axis -> a value, or a list of values, as they are or in words.

        Raises:
            InputError: an unknown axis or value; the known ones are listed.
        """
        places = set(self.plan.expansion.places(**values))
        chosen = tuple(cell for cell in self.cells if cell.place in places)
        if not chosen:
            raise InputError("no cell of this smaller grid has these values: ask the whole grid.")
        return dataclasses.replace(self, cells=chosen)

    @property
    def best(self) -> tuple[Any, ...]:
        """The best sample of every cell; None where a cell has no picture yet."""
        return tuple(cell.best for cell in self.cells)

    @property
    def samples(self) -> tuple[Samples, ...]:
        """The samples of every cell that has some."""
        return tuple(cell.samples for cell in self.cells if cell.samples is not None)

    def resume(self, progress: bool = False) -> "Grid":
        """Draw what is missing, and nothing else; return the whole grid.

        Args:
            progress: show a bar.

        Raises:
            InputError, MachineError: as for ``grid``.
        """
        if self.complete or self.going_on is None:
            return self
        run = self.going_on(self)
        return watched(run, progress)

    def scores(self) -> "dalle_explore.session.scores.Scores":
        """Return what the scores say: distributions, best of k, effects of the slots."""
        from dalle_explore.session.scores import Scores

        return Scores.of(self)

    def caption(self) -> str:
        """Say what was filled in, how many were drawn, how chosen, and with what."""
        cells = [cell for cell in self.cells if cell.pictures]
        axes = " × ".join(f"{axis.name} ({len(axis.values)})" for axis in self.axes)
        part = "" if len(self.cells) == len(self.plan.cells) else f", {len(self.cells)} shown"
        said = [
            f"“{self.template}”: {count_of(len(self.plan.cells), 'cell')}"
            f"{f' of {axes}' if axes else ''}{part}."
        ]
        if not cells:
            return f"{said[0]} Nothing is drawn yet."
        counts = sorted({len(cell.pictures) for cell in cells})
        each = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        seeds = {cell.seeds for cell in cells}
        longest = max(seeds, key=len)
        which = (
            f"with the seed{'s' * (counts[-1] > 1)} {numbers_in_words(longest)} in every cell"
            if len(seeds) == 1 or all(set(one) <= set(cells[0].planned.seeds) for one in seeds)
            else "each cell with seeds of its own"
        )
        scored = all(not np.isnan(cell.scores).any() for cell in cells)
        order = "ranked by CLIP in each cell" if scored else "in the order of their seeds"
        said.append(f"{each} drawn per cell, {which}, {order}.")
        if self.missing:
            said.append(f"{self.missing} of {self.missing + self.drawn} are not drawn yet.")
        bare = {
            (cell.recipe.model, cell.recipe.model_digest, settings_in_words(cell.recipe))
            for cell in cells
        }
        if len(bare) == 1:
            ((model, digest, settings),) = bare
            said.append(f"Model {model} ({digest[:8]}), {settings}.")
        else:
            models = dict.fromkeys(f"{model} ({digest[:8]})" for model, digest, _ in sorted(bare))
            said.append(f"Model {', '.join(models)}; settings and edits as the axes say.")
        sources = {one.source for cell in cells for one in cell.pictures}
        if "stock" in sources:
            said.append("Drawn before, and part of the gallery that comes with the package.")
        words = dict.fromkeys(
            word for cell in cells for word in cell.model.unknown_words(cell.prompt)
        )
        licences = ", ".join(dict.fromkeys(cell.recipe.licence for cell in cells))
        return f"{' '.join(said)}{outside_in_words(list(words))} Pictures: {licences}."

    def alt(self) -> str:
        """Say what is to be seen."""
        axes = "; ".join(f"{axis.name}: {', '.join(axis.labels)}" for axis in self.axes)
        return f"A grid of pictures of “{self.template}”. {axes}. {self.caption()}"

    def rows(self) -> list[dict[str, Any]]:
        """One row a picture: axes, prompt, seed, rank, score, ticks (see ``GridCell.rows``)."""
        return [{"cell": cell.place, **row} for cell in self.cells for row in cell.rows()]

    def to_json(self) -> dict[str, Any]:
        """Return everything that was drawn, as JSON can hold it: axes, and a record of every cell.

        Raises:
            InputError: an edit that holds a function.
        """
        cells = []
        for cell in self.cells:
            record = None
            if cell.samples is not None:  # as a file of its own would hold it
                record = json.loads(record_text(cell.samples.record()))
            cells.append(
                {
                    "place": cell.place,
                    "axes": cell.labels,
                    "raw": cell.raw,
                    "prompt": cell.prompt,
                    "spans": {name: list(map(list, s)) for name, s in cell.spans.items()},
                    "seeds": list(cell.seeds),
                    "scores": [one.score for one in cell.pictures],
                    "facts": [
                        None if one.facts is None else unabridged(one.facts)
                        for one in cell.pictures
                    ],
                    "record": record,
                }
            )
        return {**spec_of(self.plan, self.cells[0].recipe), "cells": cells}

    def save(self, path: str | os.PathLike[str], **options: Any) -> tuple[Path, ...]:
        """Save it: figure (.png, .svg, .pdf), table (.csv), everything (.json), page (.html).

        A grid that is too large for one figure becomes several: grid-1.png, grid-2.png and so on.

        Args:
            path: its ending says what is saved.
            **options: of the figure: ``rows``, ``columns`` (names of axes) and so on.

        Returns:
            The files written.

        Raises:
            InputError: an unknown ending, a path that cannot be written, or nothing drawn yet.
            MachineError: the disk is full.
        """
        path = Path(path)
        kind = check_output(path, GRID_KINDS, with_record=False)
        if kind == "csv":
            return (write_atomic(path, self.table().to_csv(index=False).encode("utf-8")),)
        if kind == "json":
            text = json.dumps(self.to_json(), ensure_ascii=True, allow_nan=False)
            return (write_atomic(path, text.encode("ascii")),)
        if kind == "html":
            return (upstairs("grid_page")(self, path, **options),)
        pages = upstairs("prompt_grid_pages")(self, **options)
        names = [
            path if len(pages) == 1 else path.with_stem(f"{path.stem}-{number}")
            for number in range(1, len(pages) + 1)
        ]
        inside = json.dumps(
            spec_of(self.plan, self.cells[0].recipe), ensure_ascii=True, allow_nan=False
        )
        return tuple(
            save_figure(name, page, inside) for name, page in zip(names, pages, strict=True)
        )

    def __iter__(self) -> Iterator[GridCell]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def __repr__(self) -> str:
        axes = " x ".join(f"{axis.name} ({len(axis.values)})" for axis in self.axes)
        state = "" if self.complete else f", {self.missing} missing"
        return f"Grid({self.template!r}, {axes or 'one cell'}, {self.drawn} pictures{state})"


def count_of(number: int, what: str) -> str:
    """Say how many of something there are: "1 cell", "3 cells"."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def watched(run: "Run[Any, Grid]", progress: bool) -> Grid:
    """Run a grid here, with a bar if that is wanted; an interrupt leaves the smaller grid.

    Raises:
        KeyboardInterrupt: Ctrl-C came; what was drawn is in the gallery, and in ``run.result``.
    """
    if not progress or not run.progress.total:
        return run.run()
    from tqdm.auto import tqdm

    bar = tqdm(desc="drawing", unit=" codes", total=run.progress.total, leave=False)
    run.watch(lambda step: bar.update(run.progress.done - bar.n))
    try:
        return run.run()
    finally:
        bar.close()
