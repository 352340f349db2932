"""``dx.explore``: the widgets joined, with one picture in hand.

Every part is a widget of its own, made when somebody first looks at it. What joins them is the
picture in hand: chosen in the grid, the scores, the breeder or the player, it is what the other
parts open with.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets

from dalle_explore.errors import InputError
from dalle_explore.session.grids import Grid
from dalle_explore.session.model import Model, load
from dalle_explore.session.sample import Sample
from dalle_explore.session.samples import Samples
from dalle_explore.session.stock import DRAWN, STOCK_TEMPLATES
from dalle_explore.widgets.attention_explorer import AttentionExplorer
from dalle_explore.widgets.base import View, by_sentence
from dalle_explore.widgets.breeder import Breeder
from dalle_explore.widgets.decode_player import DecodePlayer
from dalle_explore.widgets.prompt_grid import PromptGrid
from dalle_explore.widgets.score_explorer import ScoreExplorer

if TYPE_CHECKING:
    import matplotlib.figure

__all__ = ["PARTS", "Workbench", "explore"]

PARTS: Mapping[str, str] = {
    "grid": "Grid",
    "player": "Drawing",
    "explorer": "Attention",
    "scores": "Scores",
    "breeder": "Breeding",
}
_NO_PICTURE = "Nothing is in hand yet: choose a picture in the grid."


def explore(
    model: "Model | Grid | Samples | Sample | None" = None,
    template: str | None = None,
    axes: Any = None,
    **options: Any,
) -> "Workbench":
    """Open the workbench: grid, player, explorer, scores and breeder, with one picture in hand.

    Args:
        model: what ``load`` returned; the bundled one when None. Or a grid, samples, or a sample
            to begin with.
        template: a sentence with slots for the grid; the first of those that come with the
            package when None.
        axes: values for its slots.
        **options: of ``PromptGrid``.

    Raises:
        InputError, ModelFileError: as for ``PromptGrid``.
    """
    if isinstance(model, Grid):
        return Workbench(PromptGrid(model, **options))
    if isinstance(model, Samples | Sample):
        sample = model if isinstance(model, Sample) else model[0]
        sentence = sample.prompt.replace("{", "{{").replace("}", "}}")
        grid = PromptGrid(sample.model, template or sentence, axes, **options)
        bench = Workbench(grid)
        bench.take(sample)
        return bench
    opened = load() if model is None else model
    if template is None:
        # These come with the package, so that the bundled model begins with a full grid.
        template, options = STOCK_TEMPLATES[0], {"n": DRAWN, **options}
    return Workbench(PromptGrid(opened, template, axes, **options))


class Workbench(ipywidgets.VBox):
    """One place for all widgets; see ``explore``.

    Attributes:
        grid: the ``PromptGrid`` that it begins with.
    """

    def __init__(self, grid: PromptGrid) -> None:
        self.grid = grid
        self._parts: dict[str, Any] = {"grid": grid}
        self._opened_with: dict[str, Any] = {}
        self._sample: Sample | None = None
        self._ends: list[Callable[[], None]] = [
            grid.on_select(self.take),
            grid.on_open(self._open),
        ]
        self._choice = ipywidgets.ToggleButtons(
            options=[(label, name) for name, label in PARTS.items()],
            value="grid",
            description="Show",
            style={"button_width": "auto", "description_width": "auto"},
        )
        self._choice.observe(self._chosen, "value")
        self._line = ipywidgets.Label(_NO_PICTURE)
        super().__init__([self._choice, self._line, grid])
        self.take(grid.selected)

    @property
    def selected(self) -> Sample | None:
        """The picture in hand."""
        return self._sample

    @property
    def part(self) -> str:
        """The name of the part that is shown."""
        return str(self._choice.value)

    @property
    def shown(self) -> View:
        """The widget that is shown."""
        found: View = self._parts[self.part]
        return found

    def take(self, sample: Sample | None) -> "Workbench":
        """Take a picture in hand; every part that is opened from now on opens with it.

        Args:
            sample: None leaves what is in hand.
        """
        if sample is not None and sample is not self._sample:
            self._sample = sample
            place = "" if sample.rank is None else f", {_ordinal(sample)}"
            self._line.value = f"In hand: “{sample.prompt}”, seed {sample.seed}{place}."
        return self

    def show(self, part: str) -> "Workbench":
        """Show a part: "grid", "player", "explorer", "scores" or "breeder".

        Raises:
            InputError: there is no such part, or nothing is in hand that it could open with.
        """
        if part not in PARTS:
            raise InputError(
                f"part is {part!r}, but the workbench has {', '.join(PARTS)}: name one of them."
            )
        widget = self._made(part)
        self._choice.unobserve(self._chosen, "value")
        try:
            self._choice.value = part
        finally:
            self._choice.observe(self._chosen, "value")
        self.children = (self._choice, self._line, widget)
        return self

    def figure(self, **options: Any) -> "matplotlib.figure.Figure":
        """Draw the part that is shown; the options are those of its ``figure``."""
        return self.shown.figure(**options)

    def save_html(self, path: str | os.PathLike[str], **options: Any) -> Path:
        """Save the part that is shown as a page that needs no kernel (see its ``save_html``)."""
        return self.shown.save_html(path, **options)

    def keep(self) -> None:
        """Put a still of the part that is shown into the notebook."""
        self.shown.keep()

    def python(self) -> str:
        """Return the code that makes the part that is shown again."""
        return self.shown.python()

    def close(self) -> None:
        """Close every part, and free the memory."""
        for end in self._ends:
            end()
        self._ends = []
        for widget in self._parts.values():
            widget.close()
        for control in (self._choice, self._line):
            control.close()
        super().close()

    # -- making parts

    def _chosen(self, change: Any) -> None:
        """Somebody pressed a button; what cannot be shown is said, and the old part stays."""
        try:
            self.show(change["new"])
        except Exception as error:
            self._line.value = by_sentence(error)
            self._choice.unobserve(self._chosen, "value")
            self._choice.value = change["old"]
            self._choice.observe(self._chosen, "value")

    def _open(self, sample: Sample, instrument: str) -> None:
        self.take(sample)
        self.show("explorer" if instrument == "AttentionExplorer" else "player")

    def _made(self, part: str) -> Any:
        if part == "grid":
            return self.grid
        if part == "scores":
            return self._with("scores", self.grid.grid.drawn, self._scores)
        sample = self._sample
        if sample is None:
            raise InputError(_NO_PICTURE)
        if part == "breeder" and "breeder" in self._parts:
            breeder: Breeder = self._parts["breeder"]
            if breeder.selected is not sample:
                breeder.adopt(sample)
            return breeder
        makers: dict[str, Callable[[], Any]] = {
            "player": lambda: DecodePlayer([sample]),
            "explorer": lambda: AttentionExplorer(sample),
            "breeder": lambda: Breeder(sample),
        }
        return self._with(part, sample, makers[part])

    def _with(self, part: str, what: Any, make: Callable[[], Any]) -> Any:
        """The part as it is, if it was made with the same; otherwise another."""
        same = part in self._parts and self._opened_with.get(part) is what
        if part == "scores":
            same = part in self._parts and self._opened_with.get(part) == what
        if not same:
            made = make()
            if part in self._parts:
                self._parts[part].close()
            self._parts[part], self._opened_with[part] = made, what
            listen = getattr(made, "on_select", None)
            if listen is not None:
                listen(self.take)
            elif isinstance(made, DecodePlayer):
                made.observe(lambda change: self.take(made.sample), "selected")
        return self._parts[part]

    def _scores(self) -> ScoreExplorer:
        return ScoreExplorer(self.grid.grid)

    def __repr__(self) -> str:
        return f"Workbench({self.grid.grid.template!r}, showing {self.part!r})"


def _ordinal(sample: Sample) -> str:
    return f"rank {sample.rank} of {sample.drawn}"
