"""``PromptGrid``: a sentence whose slots are drop-downs, and every filling of it below."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dalle_explore.edits import AnyEdit
from dalle_explore.errors import DalleExploreError, InputError
from dalle_explore.session.grid import gridding
from dalle_explore.session.grids import Grid
from dalle_explore.session.model import Model, load
from dalle_explore.session.shelf import AnyGallery
from dalle_explore.session.stock import STOCK_TEMPLATES
from dalle_explore.settings import Settings
from dalle_explore.text.grid import LIMIT
from dalle_explore.widgets.base import built, refuse_unknown
from dalle_explore.widgets.grid_at_work import GridAtWork, Open, Select
from dalle_explore.widgets.grid_given import axis_in, side_by_side
from dalle_explore.widgets.grid_pages import as_page, still
from dalle_explore.widgets.grid_shelf import checked_seed
from dalle_explore.widgets.grid_source import grid_as_code, opened_as_code

if TYPE_CHECKING:
    import matplotlib.figure

__all__ = ["INSTRUMENTS", "PromptGrid", "grid_page"]

INSTRUMENTS = ("DecodePlayer", "AttentionExplorer")
"""Widgets that a picture of a grid can be opened in."""

_MEGABYTES = 2.0  # of a page, unless another size is asked for


class PromptGrid(GridAtWork):
    """A sentence with slots: choose a filling, see all its pictures, and the whole grid below.

    Nothing is drawn until somebody asks for it; what was drawn before is there at once. In a
    notebook it is live; ``figure()`` is its still, and ``save_html(path)`` its page that needs no
    kernel.

    Args:
        what: a grid that ``dx.grid`` returned, or a model that shall draw; the bundled model when
            None.
        template: a sentence with slots, such as ``"a {red|blue} {shape}"``; for a model only, as
            are all arguments down to ``gallery``, which are those of ``dx.grid``. None: the first
            of those that come with the package, which the bundled model need not draw.
        axes: values for the slots that are named only, and further axes.
        n: pictures of each cell.
        seed: of the first; a list is an axis.
        keep: how many of each cell stay, the best by CLIP; all when None.
        zip: groups of axes whose values stay together.
        limit: the most cells that are allowed.
        same_seeds: the same seeds in every cell.
        settings: how to sample; the model's own when None.
        edits: what to change while drawing.
        score: let CLIP score the pictures.
        judge: let the judge read the facts; None: if the model carries one.
        gallery: where to look before drawing, and to keep what is drawn.
        rows: the axis that goes down; "" for one row; None: the first.
        columns: the axis that goes across, "#rank" (all pictures of a cell, best first), "#seed"
            (by seed), or "" for one column; None: the second axis, or "#rank".
        each: a seed whose picture every cell shows; None: its best.
        chosen: values of axes, of the cell in hand: ``{"shape": "cube"}``.
        picture: the seed of the picture in hand; None: that which the grid shows.
        **changes: single settings, as in ``dx.grid``; anything else is refused, with the nearest
            keyword that there is.

    Raises:
        InputError: something that cannot be shown or drawn, or a value out of its range.
        ModelFileError: no model is at hand, or ``score`` and it carries no CLIP.
        DataError: the gallery is damaged.
    """

    _esm = built("prompt_grid.js")
    _css = built("prompt_grid.css")
    page_script = "prompt_grid.page.js"

    def __init__(
        self,
        what: Model | Sequence[Model] | Grid | None = None,
        template: str | None = None,
        axes: Any = None,
        n: int = 8,
        seed: int | Sequence[int] = 0,
        keep: int | None = None,
        *,
        zip: Sequence[Sequence[str]] = (),
        limit: int = LIMIT,
        same_seeds: bool = True,
        settings: Settings | None = None,
        edits: Iterable[AnyEdit | Sequence[AnyEdit] | None] = (),
        score: bool = True,
        judge: bool | None = None,
        gallery: AnyGallery = None,
        rows: str | None = None,
        columns: str | None = None,
        each: int | None = None,
        chosen: Mapping[str, Any] | None = None,
        picture: int | None = None,
        **changes: Any,
    ) -> None:
        unknown = {name: one for name, one in changes.items() if name not in Settings.names()}
        refuse_unknown(type(self), unknown)
        if isinstance(what, Grid):
            if template is not None or axes is not None or changes:
                raise InputError(
                    "a grid was given, which has its sentence, axes and settings: give the grid "
                    "alone, or a model and a sentence."
                )
            super().__init__(what, None)
        else:
            if template is None and axes is None:
                template = STOCK_TEMPLATES[0]
            if not isinstance(template, str):
                raise InputError(
                    f"template is {template!r}, but a prompt grid needs a sentence with slots: "
                    f"give one such as 'a {{red|blue}} {{cube|sphere}}', or a grid of dx.grid()."
                )
            run = gridding(
                load() if what is None else what,
                template,
                axes,
                n,
                seed,
                keep,
                zip=zip,
                limit=limit,
                same_seeds=same_seeds,
                settings=settings,
                edits=edits,
                score=score,
                judge=judge,
                gallery=gallery,
                **changes,
            )
            super().__init__(run.so_far(), run)
        self._look(rows, columns, each, picture)
        if chosen is not None:
            self.choose(**chosen)
            self.picture = "" if picture is None else str(picture)

    # -- drawing

    def draw(self, *, wait: bool | None = None) -> "PromptGrid":
        """Draw what is missing, breadth first: one picture of every cell, then the next.

        Args:
            wait: until it is drawn. None: wait where no widget can be watched, in scripts.

        Raises:
            InputError: nothing is missing, it is being drawn already, or the widget is closed.
        """
        self._draw(wait)
        return self

    def stop(self) -> "PromptGrid":
        """End the drawing after the patch it is at; finished pictures stay."""
        run = self._running
        if run is not None:
            run.stop(wait=False)
        return self

    # -- choosing

    def choose(self, **values: Any) -> "PromptGrid":
        """Take the cell with these values; axes that are not named stay as they are, if they can.

        Args:
            **values: axis -> a value, as it is or in words.

        Raises:
            InputError: an unknown axis or value, or no cell has all of them.
        """
        self._check_open()
        smaller = self.grid.where(**values)
        here = self.cell.indices
        alike = [sum(a == b for a, b in _pairs(cell.indices, here)) for cell in smaller.cells]
        best = smaller.cells[alike.index(max(alike))]
        (number,) = self._cells.numbers([best.place])
        with self.hold_sync():
            self.picture = ""
            self.chosen = number
        return self

    def mark(self, *, favourite: bool | None = None, note: str | None = None) -> "PromptGrid":
        """Say something about the picture in hand; it goes to the gallery, where there is one.

        Args:
            favourite: whether it is one; None leaves that as it is.
            note: what to remember; "" takes a note away, None leaves it.

        Raises:
            InputError: there is no picture in hand.
            DataError, MachineError: the gallery cannot keep it.
        """
        self._check_open()
        seed = self._cells.stands(self.chosen, self.picture or self.each)
        if seed is None:
            raise InputError("no picture is in hand: draw the grid first, or choose another cell.")
        self._mark(self.chosen, seed, favourite, note)
        return self

    def on_select(self, callback: Select) -> Callable[[], None]:
        """Call ``callback(sample)`` whenever another picture is in hand; None: it is not there.

        Returns:
            A function that ends this.
        """
        self._selecting.append(callback)
        return lambda: self._selecting.remove(callback)

    def on_open(self, callback: Open) -> Callable[[], None]:
        """Call ``callback(sample, instrument)`` when somebody opens a picture in another widget.

        Where nobody listens, the page shows the code that opens it.

        Returns:
            A function that ends this.
        """
        self._opening.append(callback)
        return lambda: self._opening.remove(callback)

    # -- looking

    @property
    def view(self) -> dict[str, Any]:
        """Keywords that show the same again: ``PromptGrid(view.grid, **view.view)``."""
        view: dict[str, Any] = {}
        usual = side_by_side(self.grid.plan.expansion)
        for name, mine, theirs in (
            ("rows", self.rows, usual[0]),
            ("columns", self.columns, usual[1]),
        ):
            if mine != theirs:
                view[name] = mine
        if self.each:
            view["each"] = int(self.each)
        if self.chosen:
            view["chosen"] = self.cell.labels
        if self.picture:
            view["picture"] = int(self.picture)
        return view

    def figure(self, **options: Any) -> "matplotlib.figure.Figure":
        """Draw the grid as it is laid out as a matplotlib figure.

        Args:
            **options: those of ``Grid.figure``.

        Raises:
            InputError: nothing is drawn yet, or the widget is closed.
        """
        self._check_open()
        grid = self.grid
        sides = [name for name in (self.rows, self.columns) if name and not name.startswith("#")]
        linked = {
            name
            for group in grid.plan.expansion.linked
            if set(group) & set(sides)
            for name in group
        }
        held = {
            name: label
            for name, label in self.cell.labels.items()
            if name not in sides and name not in linked
        }
        if held:
            grid = grid.where(**held)
        layout = {
            side: name
            for side, name in (("rows", self.rows), ("columns", self.columns))
            if name in sides
        }
        return grid.figure(**{**layout, **options})

    def python(self) -> str:
        """Return the code that makes this widget again, with its view."""
        self._check_open()
        return grid_as_code(self.grid, self.view)

    def save_html(
        self,
        path: str | os.PathLike[str],
        *,
        force: bool = False,
        megabytes: float = _MEGABYTES,
    ) -> Path:
        """Save a page that stays interactive with no kernel and no network, in one file.

        All scores travel; of the pictures, as many as fit: the best of each cell first, then
        those of the cell in hand, then the next best of each. The page says what it leaves out.

        Args:
            path: ending in .html.
            force: also when it is larger than 50 MB.
            megabytes: how large the page may become.

        Raises:
            InputError: another ending, a path that cannot be written, nothing to show yet, a size
                that is none, or a page that is too large.
            MachineError: the disk is full.
        """
        if isinstance(megabytes, bool) or not megabytes > 0:
            raise InputError(f"megabytes is {megabytes!r}, but it has to be more than 0.")
        self._megabytes = float(megabytes)
        try:
            return super().save_html(path, force=force)
        finally:
            del self._megabytes

    # -- the browser half

    def _asked(self, kind: str, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        self._check_open()
        try:
            if kind == "values":
                self._send_values(range(len(self._cells)))
            elif kind == "pictures":
                self._want([self._key(*one) for one in content["wanted"]])
            elif kind == "draw":
                self.draw(wait=False)
            elif kind == "stop":
                self.stop()
            elif kind == "plan":
                seed = checked_seed(content["seed"])
                self._plan_anew(str(content["template"]), int(content["n"]), seed)
            elif kind == "mark":
                key = self._key(content["cell"], content["seed"])
                self._mark(*key, content.get("favourite"), content.get("note"))
            elif kind == "open":
                self._open(*self._key(content["cell"], content["seed"]), content["instrument"])
        except DalleExploreError:
            raise
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"the page asked to {kind} in a way that means nothing here ({error!r}): reload "
                f"the page, or run the cell again."
            ) from error

    def _key(self, number: Any, seed: Any) -> tuple[int, int]:
        if isinstance(number, bool) or not isinstance(number, int):
            raise TypeError(f"the cell is {number!r}")
        if not 0 <= number < len(self._cells):
            raise IndexError(f"the cell is {number!r}")
        return number, checked_seed(seed)

    def _open(self, number: int, seed: int, instrument: str) -> None:
        if instrument not in INSTRUMENTS:
            raise InputError(
                f"the page wants to open {instrument!r}, but pictures open in "
                f"{' or '.join(INSTRUMENTS)}."
            )
        sample = self._cells.sample(number, str(seed))
        if sample is None:
            raise InputError("of this picture only the score was kept: choose another one.")
        if self._opening:
            for callback in list(self._opening):
                callback(sample, instrument)
            self._told({"kind": "opened", "sentence": f"Opened in {instrument}.", "code": ""})
            return
        labels = self._cells[number].labels
        code = opened_as_code(self.grid, labels, seed, instrument)
        self._told({"kind": "opened", "sentence": "Run this in a cell:", "code": code})

    def _look(
        self, rows: str | None, columns: str | None, each: int | None, picture: int | None
    ) -> None:
        axes = self.grid.axes
        if rows is not None or columns is not None:
            down, across = side_by_side(self.grid.plan.expansion)
            down = down if rows is None else axis_in("rows", rows, axes)
            across = across if columns is None else axis_in("columns", columns, axes)
            if down == across and down:
                raise InputError(
                    f"rows and columns are both {down!r}, but an axis goes one way: name another."
                )
            self.rows, self.columns = down, across
        for name, value in (("each", each), ("picture", picture)):
            if value is not None:
                if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                    raise InputError(f"{name} is {value!r}, but it has to be a seed.")
                self.set_trait(name, str(value))

    def _title(self) -> str:
        return self.grid.template

    def _free(self) -> None:
        self.stop()
        self._selecting.clear()
        self._opening.clear()

    def _still(self) -> bytes:
        names = [axis.name for axis in self.grid.axes]
        sides = [names.index(one) if one in names else -1 for one in (self.rows, self.columns)]
        here = self.cell.indices
        rows: dict[int, dict[int, int]] = {}
        for number, at in enumerate(cell.indices for cell in self.grid.cells):
            if all(a == b for i, (a, b) in enumerate(_pairs(at, here)) if i not in sides):
                down, across = (0 if side < 0 else at[side] for side in sides)
                rows.setdefault(down, {})[across] = number
        wide = 1 + max(max(row) for row in rows.values())
        return still(self._cells, [[row.get(c, -1) for c in range(wide)] for row in rows.values()])

    def _embedded(self) -> dict[str, Any]:
        if not self.grid.drawn:
            raise InputError(
                "there is nothing to save yet, as no picture of this grid is drawn: draw() it "
                "first."
            )
        state = {name: getattr(self, name) for name in self.shared()}
        most = getattr(self, "_megabytes", _MEGABYTES)
        return as_page(state, self._cells, most, len(self._still()))


def _pairs(one: Sequence[int], other: Sequence[int]) -> list[tuple[int, int]]:
    return [(a, other[place]) for place, a in enumerate(one)]


def grid_page(grid: Grid, path: str | os.PathLike[str], **options: Any) -> Path:
    """Save the page of a grid (see ``PromptGrid.save_html``).

    Args:
        grid: what is shown.
        path: ending in .html.
        **options: ``rows``, ``columns``, ``each``, ``chosen`` and ``picture`` of the widget;
            ``megabytes`` and ``force`` of ``save_html``.

    Raises:
        InputError, MachineError: as for ``PromptGrid`` and ``save_html``.
    """
    saving = {name: options.pop(name) for name in ("force", "megabytes") if name in options}
    view = PromptGrid(grid, **options)
    try:
        return view.save_html(path, **saving)
    finally:
        view.close()
