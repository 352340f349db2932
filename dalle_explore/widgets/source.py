"""A player as code that makes it again: the drawings, what was made of them, and the view."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from dalle_explore.edits import AnyEdit, Force
from dalle_explore.pretrained.find import is_bundled
from dalle_explore.session.model import Model
from dalle_explore.trace import Recipe
from dalle_explore.widgets.branches import Branch, without_force

__all__ = ["as_code"]


def as_code(
    model: Model,
    branches: Sequence[Branch],
    prompt: str,
    n: int,
    seed: str,
    view: dict[str, Any],
) -> str:
    """Return Python that draws the same pictures, makes the same branches and shows the same.

    Args:
        model: what draws.
        branches: all pictures, in the order in which they came; unfinished ones are left out.
        prompt: of the prompt line.
        n: pictures of the next drawing.
        seed: of the next drawing.
        view: keywords of the player.
    """
    folder = "" if is_bundled(model.folder) else _text(str(model.folder))
    lines = ["import dalle_explore as dx", ""]
    lines.append(f"model = dx.load({folder})  # {model.card.name}, {model.digest[:8]}")
    whole = [one for one in branches if one.sample is not None]
    if not whole:
        words = f"model, {_text(prompt)}, n={n}, seed={seed}"
        return "\n".join([*lines, f"dx.DecodePlayer({words})", ""])
    names: dict[str, str] = {}
    for number, group in enumerate(_groups(whole), start=1):
        first = group[0]
        if first.parent is not None and first.parent in names:
            name = f"{first.how}{number}"
            names[first.id] = name
            lines += [f"{name} = {line}" for line in _made_of(first, names[first.parent])]
            continue
        name = f"samples{number}"
        names |= {one.id: f"{name}[{place}]" for place, one in enumerate(group)}
        lines += _drawn(name, group)
    keywords = "".join(f", {key}={value!r}" for key, value in view.items())
    shown = ", ".join(names[one.id] for one in whole)
    return "\n".join([*lines, f"dx.DecodePlayer([{shown}]{keywords})", ""])


def _groups(whole: Sequence[Branch]) -> list[list[Branch]]:
    """Pictures that one call draws: one recipe, seeds one after another."""
    groups: list[list[Branch]] = []
    for one in whole:
        last = groups[-1] if groups else []
        follows = (
            bool(last)
            and one.how == last[-1].how == "drawn"
            and one.recipe == last[-1].recipe
            and one.seed == last[-1].seed + 1
        )
        if follows:
            last.append(one)
        else:
            groups.append([one])
    return groups


def _drawn(name: str, group: Sequence[Branch]) -> list[str]:
    recipe, lines = group[0].recipe, []
    edits = [_edit(edit) for edit in without_force(recipe)]
    forced = [edit for edit in recipe.edits if isinstance(edit, Force)]
    if forced:
        codes = np.full(recipe.grid, -1)
        for edit in forced:
            codes[tuple(np.array(edit.at).T)] = edit.codes
        lines = ["import numpy as np", f"codes = np.array({codes.tolist()})"]
        edits.append("dx.Force.where(codes, codes >= 0)")
    told = f", edits=[{', '.join(edits)}]" if edits else ""
    lines.append(
        f"{name} = dx.draw(model, {_text(recipe.prompt)}, n={len(group)}, seed={group[0].seed}, "
        f"score=False, {_settings(recipe)}{told})"
    )
    return lines


def _made_of(child: Branch, parent: str) -> list[str]:
    """What ``again`` has to be told, so that a parent becomes its child."""
    recipe = child.recipe
    edits = [_edit(edit) for edit in without_force(recipe)]
    for edit in recipe.edits:
        if isinstance(edit, Force):
            edits.append(_force(edit, f"{parent}.codes", recipe, child.at))
    return [f"{parent}.again(seed={child.seed}, edits=[{', '.join(edits)}])"]


def _force(edit: Force, codes: str, recipe: Recipe, at: int | None) -> str:
    """A Force that keeps codes of the parent, in as few words as there are."""
    kept = np.zeros(recipe.grid, dtype=bool)
    kept[tuple(np.array(edit.at).T)] = True
    if len(edit.at) == 1:
        return _edit(edit)
    count, columns = int(kept.sum()), recipe.grid[1]
    if kept.flatten()[:count].all():
        return f"dx.Force.until({codes}, {divmod(count, columns)})"
    rows, places = np.flatnonzero(~kept.all(axis=1)), np.flatnonzero(~kept.all(axis=0))
    box = (slice(rows[0], rows[-1] + 1), slice(places[0], places[-1] + 1))
    if not kept[box].any():
        spans = (f"range({part.start}, {part.stop})" for part in box)
        return f"dx.Force.outside({codes}, {', '.join(spans)})"
    return _edit(edit)


def _settings(recipe: Recipe) -> str:
    return ", ".join(
        f"{name}={value!r}"
        for name, value in recipe.settings.to_json().items()
        if value is not None and (name, value) not in (("device", "cpu"), ("precision", "fp32"))
    )


def _edit(edit: AnyEdit) -> str:
    """An edit in full; the ``repr`` of one with many patches is shortened."""
    fields = ", ".join(
        f"{field.name}={getattr(edit, field.name)!r}"
        for field in dataclasses.fields(edit)
        if field.init and field.compare
    )
    return f"dx.{type(edit).__name__}({fields})"


def _text(words: str) -> str:
    """A string literal that no reader of the code can take for anything else."""
    return json.dumps(words)
