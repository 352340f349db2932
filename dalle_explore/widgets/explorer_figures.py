"""Which instrument's result is the still of what an explorer shows."""

from typing import Any

from dalle_explore.errors import InputError
from dalle_explore.instruments.subject import Result
from dalle_explore.session.inspection import Inspection
from dalle_explore.widgets.explorer_shelf import Exhibit
from dalle_explore.widgets.explorer_table import ExplorerTable

__all__ = ["FIGURES", "result_of"]

FIGURES = ("looks", "depends", "box", "heads", "lens", "agreement")


def result_of(explorer: ExplorerTable, one: Exhibit, kind: str | None = None) -> Result:
    """Return what is shown, as a result that draws itself.

    Args:
        explorer: whose traits are asked.
        one: the picture that it speaks of.
        kind: one of ``FIGURES``; None: the box where one is marked, else the open page.

    Raises:
        InputError: no such kind, no box where one is asked for, or the instrument refuses.
    """
    kind = kind or ("box" if explorer.box else explorer.tab)
    view, word = one.view, one.words[explorer.word] if explorer.word >= 0 else None
    if kind == "looks":
        return _looks(explorer, one, word)
    if kind == "depends":
        return view.depends_on("all" if word is None else word, mode=explorer.mode)
    if kind == "box":
        return _box(explorer, view)
    if kind == "heads":
        return view.heads(word, by=explorer.by)
    if kind == "lens":
        return view.lens()
    if kind == "agreement":
        return view.agreement()
    raise InputError(f"kind is {kind!r}, but it is one of {', '.join(FIGURES)}.")


def _looks(explorer: ExplorerTable, one: Exhibit, word: str | None) -> Result:
    how: dict[str, Any] = {"by": explorer.by}
    how["heads"] = [(layer, head) for layer, head in explorer.picks] or None
    if explorer.patch >= 0:
        patch = divmod(explorer.patch, explorer.geometry["columns"])
        return one.view.looks_at(patch=patch, **how)
    if word is None:
        return one.view.looks_at(" ".join(one.words), **how)  # all words together
    return one.view.looks_at(word, occurrence=one.occurrence(explorer.word), **how)


def _box(explorer: ExplorerTable, view: Inspection) -> Result:
    if not explorer.box:
        raise InputError("no box is marked: draw one, or give box=(rows, columns).")
    top, left, bottom, right = explorer.box
    return view.box(range(top, bottom + 1), range(left, right + 1))
