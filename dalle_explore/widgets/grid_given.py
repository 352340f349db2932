"""What a prompt grid is given, and what a plan was asked for, so that it can be asked again."""

from collections.abc import Sequence
from typing import Any

from dalle_explore.errors import InputError
from dalle_explore.session.grid import gridding
from dalle_explore.session.gridding import Gridding
from dalle_explore.session.planning import Plan
from dalle_explore.session.shelf import Shelf
from dalle_explore.settings import Settings
from dalle_explore.text.grid import LIMIT, Axis, Expansion
from dalle_explore.text.template import parse
from dalle_explore.widgets.grid_table import RANK, SEED

__all__ = ["again", "asked_of", "axis_in", "side_by_side"]


def asked_of(plan: Plan) -> dict[str, Any]:
    """Return the keywords of ``gridding`` that make a plan like this one, but for the gallery."""
    expansion, first = plan.expansion, plan.cells[0]
    by_name = {axis.name: axis for axis in expansion.axes}
    inline = {axis.name for axis in expansion.template.inline}
    columns = _columns(expansion)
    axes = {name: columns[name] for name in by_name if name not in inline}
    edits = first.recipe.edits
    own = first.filled.values.get("edits", ())
    could_judge = all(cell.model.judge_digest is not None for cell in plan.cells)
    return {
        "model": first.model,
        "template": expansion.template.text,
        "axes": axes,
        "n": plan.n,
        "seed": plan.seed,
        "keep": plan.keep,
        "zip": expansion.linked,
        "same_seeds": plan.same_seeds,
        "settings": _settings(plan),
        "edits": list(edits[: len(edits) - len(own)]),
        "score": plan.score,
        "judge": False if not plan.judge and could_judge else None,
    }


def again(plan: Plan, shelf: Shelf, template: str, n: int, seed: int) -> Gridding:
    """Plan another sentence as a plan was made; axes that it does not name any more are left out.

    Raises:
        InputError, ModelFileError, DataError: as for ``dalle_explore.grid``.
    """
    asked = asked_of(plan)
    words = [axis.name for axis in plan.expansion.axes if axis.kind == "words"]
    wanted = parse(template).open
    axes = {
        name: values
        for name, values in asked["axes"].items()
        if name not in words or name in wanted
    }
    names = {*axes, *parse(template).names}
    linked = [group for group in asked["zip"] if names.issuperset(group)]
    model = axes.pop("model", None) or asked["model"]
    changed = {"template": template, "axes": axes, "n": n, "seed": seed, "zip": linked}
    keep = asked["keep"]
    if keep is not None:
        changed["keep"] = min(keep, n)
    return gridding(
        **{**asked, **changed, "model": model},
        limit=LIMIT,
        gallery=False if shelf.own is None else shelf.own,
    )


def side_by_side(expansion: Expansion) -> tuple[str, str]:
    """Return what stands in rows and columns when nobody has said.

    The first axis goes down and the second across; a grid of one axis shows all samples.
    """
    names = [axis.name for axis in expansion.axes if len(axis.values) > 1]
    if not names:
        return "", RANK
    rows = names[0]
    together = next((set(group) for group in expansion.linked if rows in group), set())
    across = [name for name in names[1:] if name not in together]
    return rows, across[0] if across else RANK


def axis_in(side: str, name: Any, axes: Sequence[Axis]) -> str:
    """Return the name of what shall stand in rows or columns.

    Raises:
        InputError: no such axis.
    """
    known = [axis.name for axis in axes] + ([RANK, SEED] if side == "columns" else [])
    if name != "" and name not in known:
        raise InputError(
            f"{side} is {name!r}, but it is one of {', '.join(map(repr, known)) or 'no axes'}, or "
            f"'' for one {side.removesuffix('s')}."
        )
    return str(name)


def _columns(expansion: Expansion) -> dict[str, list[Any]]:
    """The values of every axis, as they were given: those that stay together row by row."""
    names = [axis.name for axis in expansion.axes]
    found = {axis.name: list(axis.values) for axis in expansion.axes}
    for group in expansion.linked:
        places = [names.index(name) for name in group]
        rows = dict.fromkeys(
            tuple(cell.indices[place] for place in places) for cell in expansion.cells
        )
        for column, name in enumerate(group):
            values = expansion.axes[names.index(name)].values
            found[name] = [values[row[column]] for row in rows]
    return found


def _settings(plan: Plan) -> Settings | None:
    """The settings below all axes; None: those of every model itself."""
    axes = {axis.name for axis in plan.expansion.axes}
    single = axes.intersection(Settings.names())
    if "settings" not in axes:
        own = all(
            _but(cell.recipe.settings, single) == _but(cell.model.settings, single)
            for cell in plan.cells
        )
        return None if own else plan.cells[0].recipe.settings
    base: dict[str, Any] = plan.cells[0].recipe.settings.to_json()
    # A setting that some value of the axis leaves alone is seen where it is left alone.
    for name in base:
        for cell in plan.cells:
            value = cell.filled.values["settings"]
            if not isinstance(value, Settings) and name not in value:
                base[name] = getattr(cell.recipe.settings, name)
                break
    return Settings().replace(**base)


def _but(settings: Settings, names: set[str]) -> Settings:
    return settings.replace(**{name: getattr(Settings(), name) for name in names})
