"""An explorer as code that makes it again: the drawings, and the view."""

from typing import TYPE_CHECKING, Any

from dalle_explore.session.model import Model
from dalle_explore.widgets.explorer_shelf import Exhibit, Shelf
from dalle_explore.widgets.source import model_as_code, samples_as_code

if TYPE_CHECKING:
    from dalle_explore.widgets.explorer_table import ExplorerTable

__all__ = ["explorer_as_code", "view_of"]

_PLAIN = {"by": "contribution", "tab": "looks", "mode": "all", "more": False}


def view_of(explorer: "ExplorerTable", shelf: Shelf) -> dict[str, Any]:
    """Return the keywords that show the same again, of the samples that came first.

    What is as it is at the beginning is left out.
    """
    spoken, other = _pair(explorer, shelf)
    firsts = [one for one in shelf.exhibits if one.role == "first"]
    view: dict[str, Any] = {
        name: getattr(explorer, name)
        for name, plain in _PLAIN.items()
        if getattr(explorer, name) != plain
    }
    if spoken is not firsts[0]:
        view["selected"] = firsts.index(spoken)
    if 0 <= explorer.word < len(spoken.words):
        once = spoken.occurrence(explorer.word) is None
        view["word"] = spoken.words[explorer.word] if once else explorer.word
    if explorer.patch >= 0:
        view["patch"] = divmod(explorer.patch, explorer.geometry["columns"])
    if explorer.picks:
        view["picks"] = [(layer, head) for layer, head in explorer.picks]
    if explorer.box:
        top, left, bottom, right = explorer.box
        view["box"] = (range(top, bottom + 1), range(left, right + 1))
    if other is not None and other.sample is not None:
        view["beside"] = other.sample
    return view


def _pair(explorer: "ExplorerTable", shelf: Shelf) -> tuple[Exhibit, Exhibit | None]:
    """The picture that came first, and the one beside it, whichever is spoken of."""
    spoken = shelf.find(explorer.selected)
    other = shelf.find(explorer.beside) if explorer.beside else None
    if spoken.role == "first":
        return spoken, other
    if other is not None and other.role == "first":
        return other, spoken
    return next(one for one in shelf.exhibits if one.role == "first"), spoken


def explorer_as_code(model: Model, shelf: Shelf, explorer: "ExplorerTable") -> str:
    """Return Python that draws the same pictures and shows the same of them."""
    view = view_of(explorer, shelf)
    beside = view.pop("beside", None)
    samples = [one.sample for one in shelf.exhibits if one.role == "first" and one.sample]
    lines, names = samples_as_code(samples + ([] if beside is None else [beside]))
    shown = names[: len(samples)]
    what = shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"
    keywords = "".join(f", {name}={value!r}" for name, value in view.items())
    if beside is not None:
        keywords += f", beside={names[-1]}"
    call = f"dx.AttentionExplorer({what}{keywords})"
    return "\n".join(["import dalle_explore as dx", "", model_as_code(model), *lines, call, ""])
