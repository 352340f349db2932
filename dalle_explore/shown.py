"""How a value shows itself: one mixin, and the only door that leads upstairs.

Data does not know how it is drawn. A class that wants to be seen names the door it is drawn by;
the door names a function of ``dalle_explore.figures``, which is imported when somebody looks.
"""

import abc
import base64
import html
import importlib
import re
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import os
    import pathlib

    import matplotlib.figure
    import pandas

__all__ = ["DOORS", "SavedAsFigure", "Shown", "plain_text", "upstairs"]

# The whole list of what may be reached from below: door -> module and function.
DOORS: Mapping[str, tuple[str, str]] = {
    "sheet": ("dalle_explore.figures.sheet", "sheet"),
    "rows": ("dalle_explore.figures.rows", "rows"),
    "film": ("dalle_explore.figures.film", "film"),
    "uncertainty": ("dalle_explore.figures.uncertainty", "uncertainty"),
    "choices": ("dalle_explore.figures.choices", "choices"),
    "tree": ("dalle_explore.figures.tree", "tree"),
    "family": ("dalle_explore.figures.family", "family"),
    "looks": ("dalle_explore.figures.looks", "looks"),
    "dependence": ("dalle_explore.figures.dependence", "dependence"),
    "heads": ("dalle_explore.figures.heads", "heads"),
    "ablation": ("dalle_explore.figures.ablation", "ablation"),
    "lens": ("dalle_explore.figures.lens", "lens"),
    "agreement": ("dalle_explore.figures.agreement", "agreement"),
    "box": ("dalle_explore.figures.box", "box"),
    "across": ("dalle_explore.figures.across", "across"),
    "counterfactual": ("dalle_explore.figures.counterfactual", "counterfactual"),
    "codebook": ("dalle_explore.figures.codebook", "codebook"),
    "repainted": ("dalle_explore.figures.repainted", "repainted"),
    "neighbours": ("dalle_explore.figures.neighbours", "neighbours"),
    "prompt_grid": ("dalle_explore.figures.prompt_grid", "prompt_grid"),
    "prompt_grid_pages": ("dalle_explore.figures.prompt_grid", "prompt_grid_pages"),
    "grid_page": ("dalle_explore.widgets.prompt_grid", "grid_page"),
    "scores": ("dalle_explore.figures.distribution", "scores"),
    "distribution": ("dalle_explore.figures.distribution", "distribution"),
    "best_of": ("dalle_explore.figures.best_of", "best_of"),
    "retrieval": ("dalle_explore.figures.retrieval", "retrieval"),
    "effects": ("dalle_explore.figures.effects", "effects"),
    "variance": ("dalle_explore.figures.variance", "variance"),
    "calibration": ("dalle_explore.figures.calibration", "calibration"),
    "compared": ("dalle_explore.figures.compared", "compared"),
    "disagreements": ("dalle_explore.figures.disagreements", "disagreements"),
    "print": ("dalle_explore.figures.press", "print_figure"),
    "save": ("dalle_explore.session.save", "save_figure"),
}

# Controls but for tab and line feed, halves of surrogate pairs, and the two that XML has no place
# for: no page, SVG or terminal shows them, and some act on them.
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_SCREEN = 2 / 3  # of a figure's resolution: a print is sharper than a notebook needs to be


def plain_text(text: str) -> str:
    """Return a text as it can be shown anywhere: what cannot be shown becomes U+FFFD.

    That are control characters except tab and line feed, unpaired surrogates, U+FFFE and U+FFFF.
    Line breaks of any system become line feeds. Nothing else changes; markup is not this
    function's business.
    """
    return _UNSHOWN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def upstairs(door: str) -> Callable[..., Any]:
    """Return the function behind a door of ``DOORS``, importing its module now."""
    module, name = DOORS[door]
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


class Shown(abc.ABC):
    """Mixin for values that show themselves: in a notebook, as a figure, as a table."""

    drawn_by: ClassVar[str]  # a door

    @abc.abstractmethod
    def caption(self) -> str:
        """Say how this was made, in sentences generated from its settings."""

    @abc.abstractmethod
    def alt(self) -> str:
        """Say what is to be seen, for those who cannot see it."""

    @abc.abstractmethod
    def rows(self) -> list[dict[str, Any]]:
        """Return the rows of ``table``, one dict a row."""

    def figure(self, **options: Any) -> "matplotlib.figure.Figure":
        """Draw this as a matplotlib figure; ``options`` are those of the drawing function."""
        figure: matplotlib.figure.Figure = upstairs(self.drawn_by)(self, **options).figure
        return figure

    def table(self) -> "pandas.DataFrame":
        """Return this as a pandas table."""
        import pandas

        return pandas.DataFrame(self.rows())

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """One figure for the notebook: HTML with every text escaped, PNG, and plain text."""
        wanted = set(include or ("text/plain", "text/html", "image/png")) - set(exclude or ())
        bundle = {"text/plain": repr(self)}
        if wanted & {"text/html", "image/png"}:
            picture = upstairs("print")(self.figure(), "png", scale=_SCREEN)
            encoded = base64.b64encode(picture).decode("ascii")
            bundle["image/png"] = encoded
            bundle["text/html"] = (
                f'<img style="max-width: 100%" alt="{html.escape(plain_text(self.alt()))}" '
                f'src="data:image/png;base64,{encoded}">'
            )
        return {kind: data for kind, data in bundle.items() if kind in wanted}


class SavedAsFigure(Shown):
    """Mixin for values whose figure is saved without a record: their samples have their own."""

    def save(self, path: "str | os.PathLike[str]") -> "pathlib.Path":
        """Save the figure as .png, .svg or .pdf.

        Raises:
            InputError: an unknown ending, or a path that cannot be written.
            MachineError: the disk is full.
        """
        saved: pathlib.Path = upstairs("save")(path, self.figure())
        return saved
