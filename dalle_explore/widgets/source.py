"""A player as something else: code that makes it again, a page without a kernel, a small still."""

import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from dalle_explore.widgets.branches import Branch
from dalle_explore.widgets.easel import Easel
from dalle_explore.widgets.filming import PARTS, film_part

__all__ = ["as_code", "as_page", "still"]

_STILL = 512  # pixels, the longer side at most
_FILMS = 1_300_000  # bytes of films in one page, unless one film alone is more; base64 adds a third


def as_code(
    branches: Sequence[Branch], prompt: str, n: int, seed: str, view: dict[str, Any]
) -> str:
    """Return Python that draws the same pictures, makes the same branches and shows the same."""
    lines = ["import dalle_explore as dx", "", "model = dx.load()"]
    whole = [one for one in branches if one.sample is not None]
    if not whole:
        words = f"model, {_text(prompt)}, n={n}, seed={seed}"
        return "\n".join([*lines, f"dx.DecodePlayer({words})", ""])
    custom = {one.recipe.model_digest for one in whole}
    first = whole[0].recipe
    lines[-1] += f"  # {first.model}, {first.model_digest[:8]}"
    assert len(custom) == 1
    names = []
    for number, one in enumerate(whole):
        names.append(f"sample{number}")
        lines.append(f"{names[-1]} = {_draws(one)}")
    shown = ", ".join(f"{name}={value!r}" for name, value in view.items())
    joined = ", ".join(names)
    return "\n".join([*lines, f"dx.DecodePlayer([{joined}], {shown})", ""])


def _draws(branch: Branch) -> str:
    recipe = branch.recipe
    settings = recipe.settings
    how = ", ".join(
        f"{name}={value!r}"
        for name, value in settings.to_json().items()
        if not (name == "device" and value == "cpu")
    )
    edits = ""
    if recipe.edits:
        edits = ", edits=[" + ", ".join(_edit(edit) for edit in recipe.edits) + "]"
    return (
        f"dx.draw(model, {_text(recipe.prompt)}, n=1, seed={branch.seed}, score=False, "
        f"{how}{edits})[0]"
    )


def _edit(edit: Any) -> str:
    """An edit in full; the ``repr`` of one with many patches is shortened."""
    import dataclasses

    fields = ", ".join(
        f"{field.name}={getattr(edit, field.name)!r}"
        for field in dataclasses.fields(edit)
        if field.init and field.repr and field.name != "grid"
    )
    return f"dx.{type(edit).__name__}({fields})"


def _text(words: str) -> str:
    """A string literal that no reader of the code can take for anything else."""
    return json.dumps(words)


def as_page(state: dict[str, Any], easel: Easel) -> dict[str, Any]:
    """Return the traits of a page that needs no kernel.

    The pictures that are shown come with whole films, the selected one first, as many as fit into
    a page of about two megabytes; the others as pictures.
    """
    order = sorted(
        (one for one in easel.branches if one.trace is not None),
        key=lambda one: (one.id != state["selected"], one.id not in state["shown"]),
    )
    films: dict[str, dict[str, Any]] = {}
    spent = 0
    for branch in order:
        parts = {"picture": film_part(easel.model, branch, "picture", lambda: True)}
        for part in PARTS[1:]:
            if branch.id in state["shown"] and (spent < _FILMS or part != "choices"):
                parts[part] = film_part(easel.model, branch, part, lambda: True)
        made = {name: part for name, part in parts.items() if part is not None}
        size = sum(part.size for part in made.values())
        if films and spent + size > _FILMS:
            made = {"picture": made["picture"]}
            size = made["picture"].size
        spent += size
        films[branch.id] = {
            name: {"header": part.header, "buffers": part.buffers} for name, part in made.items()
        }
    status = {"state": "idle", "sentence": "", "done": 0, "total": 0, "left": None}
    shown = [one for one in state["shown"] if one in films]
    return {**state, "alive": False, "status": status, "embedded": films, "shown": shown}


def still(branches: Sequence[Branch]) -> bytes:
    """Return a small PNG of pictures side by side; b"" when none is finished."""
    from PIL import Image

    pictures = [np.asarray(one.sample.picture) for one in branches if one.sample is not None]
    if not pictures:
        return b""
    across = min(4, len(pictures))
    down = -(-len(pictures) // across)
    high, wide = pictures[0].shape[:2]
    gap = max(2, wide // 16)
    page = np.full((down * (high + gap) - gap, across * (wide + gap) - gap, 3), 255, np.uint8)
    for number, pixels in enumerate(pictures):
        row, column = divmod(number, across)
        top, left = row * (high + gap), column * (wide + gap)
        page[top : top + high, left : left + wide] = pixels
    times = max(1, _STILL // page.shape[1])
    buffer = io.BytesIO()
    picture = Image.fromarray(page)
    size = (picture.width * times, picture.height * times)
    picture.resize(size, Image.Resampling.NEAREST).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
