"""A player as code that makes it again: the drawings, what was made of them, and the view."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dalle_explore.edits import AnyEdit, Force
from dalle_explore.pretrained.find import is_bundled
from dalle_explore.session.model import Model
from dalle_explore.session.sample import Sample
from dalle_explore.settings import Settings
from dalle_explore.trace import Recipe
from dalle_explore.widgets.branches import Branch, without_force
from dalle_explore.widgets.given import MOST, seed_of

if TYPE_CHECKING:
    from dalle_explore.widgets.table import Table

__all__ = [
    "as_code",
    "edit_as_code",
    "kind_of_figure",
    "model_as_code",
    "samples_as_code",
    "text_as_code",
    "view_of",
]


def as_code(
    model: Model,
    branches: Sequence[Branch],
    prompt: str,
    n: int,
    seed: str,
    settings: Settings,
    view: dict[str, Any],
) -> str:
    """Return Python that draws the same pictures, makes the same branches and shows the same.

    Args:
        model: what draws.
        branches: all pictures, in the order in which they came; unfinished ones are left out.
        prompt: of the prompt line.
        n: pictures of the next drawing.
        seed: of the next drawing.
        settings: of the next drawing.
        view: keywords of the player.

    Raises:
        InputError: nothing is drawn yet, and ``seed`` is no seed.
    """
    lines = ["import dalle_explore as dx", "", model_as_code(model)]
    whole = [one for one in branches if one.sample is not None]
    if not whole:
        words = f"model, {text_as_code(prompt)}, n={n}, seed={seed_of(seed)}"
        if settings != model.settings:
            words += f", settings=dx.Settings({_settings(settings)})"
        return "\n".join([*lines, f"dx.DecodePlayer({words})", ""])
    names: dict[str, str] = {}
    by_id = {one.id: one for one in whole}
    for number, group in enumerate(_groups(whole), start=1):
        first = group[0]
        if first.parent is not None and first.parent in names:
            name = f"{first.how}{number}"
            names[first.id] = name
            lines += [f"{name} = {line}" for line in _made_of(first, by_id[first.parent], names)]
            continue
        name = f"samples{number}"
        names |= _called(name, group)
        lines += _drawn(name, group)
    keywords = "".join(f", {key}={value!r}" for key, value in view.items())
    shown = ", ".join(names[one.id] for one in whole)
    return "\n".join([*lines, f"dx.DecodePlayer([{shown}]{keywords})", ""])


def model_as_code(model: Model) -> str:
    """Return the line that opens a model as ``model``."""
    folder = "" if is_bundled(model.folder) else text_as_code(str(model.folder))
    return f"model = dx.load({folder})  # {model.card.name}, {model.digest[:8]}"


def samples_as_code(samples: Sequence[Sample]) -> tuple[list[str], list[str]]:
    """Return lines that draw samples of ``model``, and how each is called in them."""
    whole = []
    for number, sample in enumerate(samples):
        whole.append(Branch(f"s{number}", sample.recipe, sample.seed, "drawn", ""))
        whole[-1].finish(sample.trace, sample)
    lines: list[str] = []
    names: dict[str, str] = {}
    for number, group in enumerate(_groups(whole), start=1):
        names |= _called(f"samples{number}", group)
        lines += _drawn(f"samples{number}", group)
    return lines, [names[one.id] for one in whole]


def _groups(whole: Sequence[Branch]) -> list[list[Branch]]:
    """Pictures that one call draws: of one recipe, drawn together or seed after seed."""
    groups: list[list[Branch]] = []
    for one in whole:
        last = groups[-1] if groups else []
        follows = (
            bool(last)
            and one.how == last[-1].how == "drawn"
            and one.recipe == last[-1].recipe
            and _among(one) == _among(last[-1])
            and (_chosen(one) or one.seed == last[-1].seed + 1)
        )
        if follows:
            last.append(one)
        else:
            groups.append([one])
    return groups


def _among(branch: Branch) -> tuple[int, ...]:
    return () if branch.sample is None else branch.sample.among


def _chosen(branch: Branch) -> bool:
    """Whether it was ranked by CLIP among pictures that one call can draw again."""
    sample = branch.sample
    assert sample is not None
    ranked = sample.rank is not None and sample.ranked_by == "CLIP" and branch.parent is None
    among = sorted(sample.among)
    return ranked and among == list(range(among[0], among[0] + len(among)) if among else ())


def _called(name: str, group: Sequence[Branch]) -> dict[str, str]:
    """How each picture of a group is called in the code."""
    if _chosen(group[0]):
        return {one.id: f"{name}[{one.seed}]" for one in group}
    return {one.id: f"{name}[{place}]" for place, one in enumerate(group)}


def _drawn(name: str, group: Sequence[Branch]) -> list[str]:
    recipe, lines = group[0].recipe, []
    edits = [edit_as_code(edit) for edit in without_force(recipe)]
    forced = [edit for edit in recipe.edits if isinstance(edit, Force)]
    if forced:
        codes = np.full(recipe.grid, -1)
        for edit in forced:
            codes[tuple(np.array(edit.at).T)] = edit.codes
        lines = ["import numpy as np", f"codes = np.array({codes.tolist()})"]
        edits.append("dx.Force.where(codes, codes >= 0)")
    told = f", edits=[{', '.join(edits)}]" if edits else ""
    how = f"{_settings(recipe.settings)}{told}"
    prompt = text_as_code(recipe.prompt)
    if _chosen(group[0]):
        among = sorted(_among(group[0]))
        draw = f"dx.draw(model, {prompt}, n={len(among)}, seed={among[0]}, {how})"
        lines.append(f"{name} = {{one.seed: one for one in {draw}.everything}}  # by seed")
    else:
        seeds = f"n={len(group)}, seed={group[0].seed}"
        lines.append(f"{name} = dx.draw(model, {prompt}, {seeds}, score=False, {how})")
    return lines


def _made_of(child: Branch, parent: Branch, names: Mapping[str, str]) -> list[str]:
    """What ``again`` has to be told, so that a parent becomes its child."""
    recipe, name = child.recipe, names[parent.id]
    assert parent.sample is not None
    edits = [edit_as_code(edit) for edit in without_force(recipe)]
    for edit in recipe.edits:
        if isinstance(edit, Force):
            codes = parent.sample.codes[tuple(np.array(edit.at).T)]
            same = codes.tolist() == list(edit.codes)
            edits.append(_force(edit, f"{name}.codes", recipe) if same else edit_as_code(edit))
    return [f"{name}.again(seed={child.seed}, edits=[{', '.join(edits)}])"]


def _force(edit: Force, codes: str, recipe: Recipe) -> str:
    """A Force that keeps codes of the parent, in as few words as there are."""
    kept = np.zeros(recipe.grid, dtype=bool)
    kept[tuple(np.array(edit.at).T)] = True
    if len(edit.at) == 1:
        return edit_as_code(edit)
    count, columns = int(kept.sum()), recipe.grid[1]
    if kept.flatten()[:count].all():
        return f"dx.Force.until({codes}, {divmod(count, columns)})"
    rows, places = np.flatnonzero(~kept.all(axis=1)), np.flatnonzero(~kept.all(axis=0))
    box = (slice(rows[0], rows[-1] + 1), slice(places[0], places[-1] + 1))
    if not kept[box].any():
        spans = (f"range({part.start}, {part.stop})" for part in box)
        return f"dx.Force.outside({codes}, {', '.join(spans)})"
    return edit_as_code(edit)


def _settings(settings: Settings) -> str:
    """All of them, as the model's own may be others; filters that are off only where they are."""
    plain = (("device", "cpu"), ("precision", "fp32"))
    return ", ".join(
        f"{name}={value!r}"
        for name, value in settings.to_json().items()
        if (name, value) not in plain
    )


def edit_as_code(edit: AnyEdit) -> str:
    """Return an edit in full; the ``repr`` of one with many patches is shortened."""
    fields = ", ".join(
        f"{field.name}={getattr(edit, field.name)!r}"
        for field in dataclasses.fields(edit)
        if field.init and field.compare
    )
    return f"dx.{type(edit).__name__}({fields})"


def text_as_code(words: str) -> str:
    """Return a string literal that no reader of the code can take for anything else."""
    return json.dumps(words)


def view_of(player: "Table", whole: Sequence[str]) -> dict[str, Any]:
    """Return the keywords that show the same again.

    Args:
        player: whose traits are asked.
        whole: names of its finished pictures, in the order in which a new player gets them.
    """
    view: dict[str, Any] = {"step": player.step, "overlay": player.overlay}
    if player.patch >= 0:
        view["patch"] = divmod(player.patch, player.geometry["columns"])
    if player.selected in whole:
        view["selected"] = whole.index(player.selected)
    if player.compared in whole:
        view["compared"] = whole.index(player.compared)
    every = list(range(len(whole)))
    shown = [whole.index(one) for one in player.shown if one in whole] or every[-MOST:]
    if shown != every:
        view["shown"] = shown
    return view


def kind_of_figure(overlay: str, patch: int, unfinished: bool) -> str:
    """Return which figure is the still of what is shown."""
    if overlay == "difference":
        return "tree"
    if overlay != "picture":
        return "entropy"
    if patch >= 0:
        return "alternatives"
    return "film" if unfinished else "sheet"
