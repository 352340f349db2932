"""How a prompt grid works: pictures are sent as they come into sight, and drawn breadth first.

Cells, clicks and the thread of the workshop meet here.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets as t

from dalle_explore.errors import InputError
from dalle_explore.session.cells import GridCell
from dalle_explore.session.gridding import Gridding, GridStep
from dalle_explore.session.grids import Grid
from dalle_explore.session.sample import Sample
from dalle_explore.widgets.base import by_sentence
from dalle_explore.widgets.grid_given import again, side_by_side
from dalle_explore.widgets.grid_parts import pictures_part, sentence
from dalle_explore.widgets.grid_shelf import Cells
from dalle_explore.widgets.grid_table import GridTable
from dalle_explore.widgets.parts import Part

__all__ = ["GridAtWork"]

_LATER = 1  # urgency of pictures: after whatever somebody waits for
_TOGETHER = 8  # pictures that are made, and sent, together
_EVERY = 0.2  # seconds between two words about how far a drawing is

Select = Callable[[Sample | None], Any]
Open = Callable[[Sample, str], Any]


class GridAtWork(GridTable):
    """A grid's part that works; ``PromptGrid`` has what people call."""

    def __init__(self, grid: Grid, run: Gridding | None) -> None:
        self._desk = threading.RLock()  # held while something is begun
        self._fresh = run  # a run of this grid that was not started yet
        self._running: Gridding | None = None
        self._wanted: dict[tuple[int, int], None] = {}  # pictures, while something is drawn
        self._selecting: list[Select] = []
        self._opening: list[Open] = []
        self._told_of: Any = None
        self._said = 0.0
        super().__init__()
        self._hang(grid)

    @property
    def grid(self) -> Grid:
        """The grid as it is now: while it is drawn, a smaller one."""
        return self._cells.grid

    @property
    def cell(self) -> GridCell:
        """The cell in hand."""
        return self._cells[self.chosen]

    @property
    def selected(self) -> Sample | None:
        """The picture in hand; None: it is not drawn yet, or only its score was kept."""
        return self._cells.sample(self.chosen, self.picture or self.each)

    def check_free(self) -> None:
        """Refuse what cannot be done while something is drawn.

        Raises:
            InputError: something is drawn, or the widget is closed.
        """
        self._check_open()
        if self._running is not None:
            raise InputError("this grid is being drawn: wait for it, or press Stop first.")

    # -- what is shown

    def _hang(self, grid: Grid) -> None:
        """Show a grid, whatever was shown before."""
        self._cells = Cells(grid)
        expansion = grid.plan.expansion
        told, readings = sentence(expansion, [cell.planned.filled for cell in grid.cells])
        generator = grid.cells[0].model.generator
        scorer = grid.cells[0].model.card.scorer_digest if grid.plan.score else None
        self._cells.read_marks()
        with self.hold_sync():
            self.chosen, self.picture, self.each = 0, "", ""
            self.rows = self.columns = ""
            self.axes = [
                {"name": axis.name, "kind": axis.kind, "labels": list(axis.labels)}
                for axis in expansion.axes
            ]
            self.template = told
            self.cells = [
                {"at": list(cell.indices), "prompt": cell.prompt, "joints": reading}
                for cell, reading in zip(grid.cells, readings, strict=True)
            ]
            self.rows, self.columns = side_by_side(expansion)
            self.about = {
                "width": generator.columns * generator.patch,
                "height": generator.rows * generator.patch,
                "scorer": "CLIP" if scorer else "",
                "left_out": "",
                "notice": grid.notice or "",
                "kept": self._cells.keeps,
            }
            self.marks = self._cells.told_marks()
            self._word()

    def _word(self, trial: bool = False) -> None:
        """Say how what is shown was made, and what is still to be drawn."""
        grid, run = self.grid, self._next()
        words = "" if run is None or not grid.missing else run.in_words(trial=trial)
        with self.hold_sync():
            self.plan = {
                "words": words,
                "missing": 0 if run is None else grid.missing,
                "n": grid.n,
                "seed": str(grid.seed),
            }
            self.caption, self.alt = grid.caption(), grid.alt()

    def _next(self) -> Gridding | None:
        """A run that draws what is missing; None: nothing is, or nobody knows how."""
        grid = self.grid
        if grid.complete or grid.going_on is None:
            return None
        if self._fresh is None or self._fresh.state != "new":
            made = grid.going_on(grid)
            assert isinstance(made, Gridding)
            self._fresh = made
        return self._fresh

    def _plan_anew(self, template: str, n: int, seed: int) -> None:
        """Show another sentence, or more pictures; nothing is drawn yet."""
        with self._desk:
            self.check_free()
            run = again(self.grid.plan, self.grid.shelf, template, n, seed)
            self._fresh = run
            self._hang(run.so_far())
        self._say("idle")
        self.send({"kind": "anew"})
        self._send_values(range(len(self._cells)))
        self._estimate()

    def _estimate(self) -> None:
        """Find out how long drawing takes, when there is nothing else to do."""
        if self.plan.get("missing"):

            def job(goes_on: Callable[[], bool]) -> None:
                if self._running is None and not self._closed:
                    self._word(trial=True)

            self._workshop.add(job, urgency=_LATER)

    # -- drawing

    def _draw(self, wait: bool | None) -> None:
        with self._desk:
            self.check_free()
            run = self._next()
            if run is None:
                raise InputError("nothing is missing in this grid: everything is drawn.")
            self._running, self._fresh, self._error = run, None, None
            self._say("drawing", total=run.progress.total or 0)
            self._workshop.add(self._kept(lambda: self._drawn(run)))
        self._until(wait)

    def _drawn(self, run: Gridding) -> None:
        """Runs in the workshop's thread, to the end of a drawing."""
        try:
            if run.state != "stopped":  # somebody may have pressed Stop before it began
                run.watch(lambda step: self._watch(run, step)).run()
        finally:
            self._cells.take(run.so_far())
            self._running = None
            if not self._closed:
                self._word()
                self._send_wanted(len(self._wanted))
                self._notify(always=True)
        stopped = run.state == "stopped"
        self._say("idle", "Stopped; what was drawn so far stays." if stopped else "")

    def _watch(self, run: Gridding, step: GridStep) -> None:
        if self._closed:
            run.stop(wait=False)
            return
        if step.kind in ("drawn", "scored"):
            self._cells.take(run.so_far())
            self._send_values(self._cells.numbers(place for place, _ in step.pictures))
        self._send_wanted(_TOGETHER)
        now = time.monotonic()
        if now - self._said < _EVERY and step.kind == "patches":
            return
        self._said = now
        grid, progress = self.grid, run.progress
        every = grid.missing + grid.drawn
        self._say(
            "drawing",
            f"{grid.drawn} of {every} pictures",
            done=progress.done,
            total=progress.total or 0,
            left=progress.left,
        )

    # -- the browser half

    def _on_hello(self) -> None:
        self._estimate()

    def _post(self, part: Part, name: str) -> None:
        if not self._closed:
            message = {"kind": "part", "part": name, "header": part.header}
            self.send(message, part.buffers)

    def _send_values(self, numbers: Sequence[int] | range) -> None:
        self._post(self._cells.values(numbers), "values")

    def _want(self, wanted: Sequence[tuple[int, int]]) -> None:
        """Send pictures soon: between two patches, while something is drawn."""
        with self._desk:
            self._wanted |= dict.fromkeys(wanted)
            if self._running is not None:
                return

        def job(goes_on: Callable[[], bool]) -> bool:
            while self._wanted and not self._closed:
                if not goes_on():
                    return False
                self._send_wanted(_TOGETHER)
            return True

        self._workshop.add(job, urgency=_LATER)

    def _send_wanted(self, most: int) -> None:
        with self._desk:
            wanted = list(self._wanted)[:most]
            for key in wanted:
                del self._wanted[key]
        if wanted:
            self._post(pictures_part(wanted, self._cells.pictures(wanted)), "pictures")

    def _mark(self, number: int, seed: int, favourite: Any, note: Any) -> None:
        favourite = None if favourite is None else bool(favourite)
        self._cells.mark(number, seed, favourite, None if note is None else str(note)[:500])
        self.marks = self._cells.told_marks()

    # -- who listens

    @t.observe("chosen", "picture", "each")
    def _selection(self, change: Any) -> None:
        self._notify()

    def _notify(self, always: bool = False) -> None:
        """Tell those who listen which picture is in hand, once for each."""
        if not self._selecting or self._closed:
            return
        key = (self.chosen, self._cells.stands(self.chosen, self.picture or self.each))
        if key == self._told_of and not always:
            return
        self._told_of = key
        sample = self.selected
        for callback in list(self._selecting):
            try:
                callback(sample)
            except Exception as error:  # somebody else's; the grid goes on
                self._failed(error)

    def _failed(self, error: BaseException) -> None:
        """Say it under the widget; while something is drawn, beside its progress."""
        if self._running is None or self._closed:
            super()._failed(error)
        else:
            self.status = {**self.status, "sentence": by_sentence(error)}

    def _told(self, content: Mapping[str, Any]) -> None:
        if not self._closed:
            self.send(dict(content))
