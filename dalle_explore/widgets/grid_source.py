"""A prompt grid as code that makes it again: the sentence, its axes, and the view."""

from pathlib import Path
from typing import Any

from dalle_explore.files import home
from dalle_explore.session.grids import Grid
from dalle_explore.session.model import Model
from dalle_explore.settings import Settings
from dalle_explore.widgets.grid_given import asked_of
from dalle_explore.widgets.source import edit_as_code, model_as_code, text_as_code

__all__ = ["grid_as_code", "opened_as_code"]

_PLAIN = {
    "axes": {},
    "seed": 0,
    "keep": None,
    "zip": (),
    "same_seeds": True,
    "settings": None,
    "edits": [],
    "score": True,
    "judge": None,
}


def grid_as_code(grid: Grid, view: dict[str, Any]) -> str:
    """Return Python that shows the same grid with the same view.

    Args:
        grid: what is shown.
        view: keywords of the widget.
    """
    lines = ["import dalle_explore as dx", ""]
    models, made = _asked(grid)
    lines += models
    told = "".join(f", {name}={value!r}" for name, value in view.items())
    return "\n".join([*lines, f"dx.PromptGrid({made}{told})", ""])


def opened_as_code(grid: Grid, labels: dict[str, str], seed: int, instrument: str) -> str:
    """Return Python that opens one picture of a grid in another widget."""
    models, made = _asked(grid)
    chosen = "" if not labels else f"**{labels!r}"
    return "\n".join(
        [
            "import dalle_explore as dx",
            "",
            *models,
            f"grid = dx.grid({made})",
            f"samples = grid.cell({chosen}).samples.everything",
            f"dx.{instrument}(next(one for one in samples if one.seed == {seed}))",
            "",
        ]
    )


def _asked(grid: Grid) -> tuple[list[str], str]:
    asked = asked_of(grid.plan)
    names: dict[int, str] = {}
    lines = []
    axes = dict(asked["axes"])
    several: list[Model] = axes.pop("model", [])
    for number, model in enumerate(several or [asked["model"]], start=1):
        names[id(model)] = f"model{number}" if several else "model"
        line = model_as_code(model)
        lines.append(line.replace("model =", f"{names[id(model)]} =", 1))
    model = f"[{', '.join(names.values())}]" if several else "model"
    words = [model, text_as_code(asked["template"])]
    asked["axes"] = axes
    for name, plain in _PLAIN.items():
        if name == "seed":
            words.append(f"n={asked['n']}")
        if asked[name] != plain:
            words.append(f"{name}={_as_code(asked[name])}")
    if len(grid.plan.cells) > 400:
        words.append(f"limit={len(grid.plan.cells)}")
    own = grid.shelf.own
    if own is None:
        words.append("gallery=False")
    elif own.path is not None and own.notice is None and home() not in Path(own.path).parents:
        words.append(f"gallery={str(own.path)!r}")
    return lines, ", ".join(words)


def _as_code(value: Any) -> str:
    if isinstance(value, str):
        return text_as_code(value)
    if isinstance(value, Settings):
        told = ", ".join(f"{name}={one!r}" for name, one in value.to_json().items())
        return f"dx.Settings({told})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_as_code(k)}: {_as_code(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_as_code, value))}]"
    if isinstance(value, tuple):
        inside = ", ".join(map(_as_code, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if hasattr(value, "saved"):
        return edit_as_code(value)
    return repr(value)
