"""Cells that are run again: the widgets they made before are closed, so that memory is freed.

Running a cell again removes its output, and with it the only way to reach a widget that no name
holds. ipywidgets keeps every widget for ever; fifty runs of one cell would keep fifty.
"""

import weakref
from typing import Any

__all__ = ["born"]

_made: dict[str, list[weakref.ref[Any]]] = {}  # by cell
_before: list[weakref.ref[Any]] = []  # made by an earlier run of the cell that runs now
_cell: str | None = None
_DEPTH = 4  # containers within containers that are looked into
_watched: "weakref.WeakSet[Any]" = weakref.WeakSet()


def born(widget: Any) -> None:
    """Remember which cell made a widget; outside notebooks nothing is remembered."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return
    if shell not in _watched:
        _watched.add(shell)
        shell.events.register("pre_run_cell", _begins)
        shell.events.register("post_run_cell", lambda result: _ends(shell))
        _begins_now(shell)
    if _cell is not None:
        _made.setdefault(_cell, []).append(weakref.ref(widget))


def _begins_now(shell: Any) -> None:
    """The cell that makes the first widget has begun before anybody listened."""
    global _cell
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    _cell = (parent or {}).get("metadata", {}).get("cellId")


def _begins(info: Any) -> None:
    global _cell
    _cell = getattr(info, "cell_id", None)
    _before[:] = _made.pop(_cell, []) if _cell is not None else []


def _ends(shell: Any) -> None:
    global _cell
    held = _held(shell.user_ns)
    for reference in _before:
        widget = reference()
        if widget is None:
            continue
        if id(widget) in held:
            if _cell is not None:
                _made.setdefault(_cell, []).append(reference)
        else:
            _forget(shell, widget)
            widget.close()
    _before.clear()
    _cell = None  # what is made from now on, by a button perhaps, belongs to no cell


def _held(names: dict[str, Any]) -> set[int]:
    """Everything that a person's names hold, also in lists and dicts of lists and dicts."""
    found: set[int] = set()
    open_ones = [
        value
        for name, value in list(names.items())
        if not name.startswith("_") and name not in ("In", "Out")
    ]
    for _ in range(_DEPTH):
        inner: list[Any] = []
        for value in open_ones:
            if id(value) in found:
                continue
            found.add(id(value))
            if isinstance(value, dict):
                inner += list(value.values())
            elif isinstance(value, list | tuple | set):
                inner += list(value)
        open_ones = inner
    return found


def _forget(shell: Any, widget: Any) -> None:
    """Take it out of the history of outputs, which would hold it."""
    history = shell.user_ns.get("_oh", {})
    # IPython has each of these names twice: for the person, and to tell its own names from theirs.
    places = (shell.user_ns, getattr(shell, "user_ns_hidden", {}))
    for number in [number for number, value in history.items() if value is widget]:
        del history[number]
        for names in places:
            names.pop(f"_{number}", None)
    for name in ("_", "__", "___"):
        for names in places:
            if names.get(name) is widget:
                names[name] = ""
        if getattr(shell.displayhook, name, None) is widget:
            setattr(shell.displayhook, name, "")
