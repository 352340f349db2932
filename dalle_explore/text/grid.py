"""Grids as text: a template and values for its slots, filled in every way.

The order is that of the template, words first, and the last axis changes fastest, like the digits
of a number. It depends on nothing but what was given, so that two grids can be laid side by side.
"""

import difflib
import itertools
import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dalle_explore.errors import InputError
from dalle_explore.settings import Settings
from dalle_explore.text.axes import Axis, checked, key_of, kind_of, listed, refuse_twice
from dalle_explore.text.expansion import Expansion, Filled, grouped
from dalle_explore.text.notations import shortened
from dalle_explore.text.template import Template, parse

__all__ = ["LIMIT", "Axis", "Expansion", "Filled", "as_axes", "expand"]

LIMIT = 400  # cells, unless a larger limit is given


def expand(
    template: str | Template,
    axes: Any = None,
    zip: Sequence[Sequence[str]] = (),
    limit: int = LIMIT,
) -> Expansion:
    """Fill a template in every way.

    Args:
        template: see ``text.template``.
        axes: values by the name of their axis, or a DataFrame, whose rows stay together. Names are
            those of slots, and, where the template has no slot of that name, "model", "seed",
            "edits", "settings" and the names of settings.
        zip: groups of axes that are gone through in step instead of combined,
            ``zip=[("x", "y")]``.
        limit: cells at most. They are counted before any is made.

    Raises:
        InputError: an axis that the template does not have or that has no values, a value that is
            not of its kind or that comes twice, linked axes of unequal lengths, or more cells than
            ``limit``.
    """
    template = template if isinstance(template, Template) else parse(template)
    if isinstance(limit, bool) or not isinstance(limit, int | np.integer) or limit < 1:
        raise InputError(
            f"limit is {limit!r}, but it is a number of cells: give a whole number of at least 1."
        )
    given, rows = as_axes(axes)
    columns = _columns(template, given)
    linked = _linked(
        [*rows, *_pairs(zip)], {name: len(column) for name, column in columns.items()}
    )
    groups = grouped(list(columns), linked)
    sizes = [len(columns[group[0]]) for group in groups]
    _refuse_many(groups, sizes, int(limit))
    made, chosen = {}, {}
    for name, column in columns.items():
        kind = "words" if name in template.names else str(kind_of(name))
        values = checked(name, kind, column)
        if not any(name in group for group in linked):
            refuse_twice(Axis(name, tuple(values), kind))
        made[name], chosen[name] = _unique(Axis(name, tuple(values), kind))
    for group in linked:
        _refuse_equal_rows(group, chosen)
    return Expansion(
        template, tuple(made.values()), linked, _cells(template, made, groups, chosen)
    )


def as_axes(axes: Any) -> tuple[dict[str, Sequence[Any]], tuple[tuple[str, ...], ...]]:
    """Return axes as a dict of lists, and the groups of those that stay together.

    Args:
        axes: values by the name of their axis; a DataFrame, whose columns stay together; or None.

    Raises:
        InputError: something else, a name that is not text or comes twice, or no list of values.
    """
    if axes is None:
        return {}, ()
    linked: tuple[tuple[str, ...], ...] = ()
    if hasattr(axes, "columns") and hasattr(axes, "itertuples"):
        names = list(axes.columns)
        if len(set(names)) != len(names):
            raise InputError(
                f"the table has the columns {', '.join(map(str, names))}, but an axis has one "
                f"column: rename or drop those that come twice."
            )
        axes = {name: axes[name].tolist() for name in names}
        linked = (tuple(names),) if len(names) > 1 else ()
    if not isinstance(axes, Mapping):
        raise InputError(
            f"axes is {axes!r} ({type(axes).__name__}), but it holds values by the name of their "
            f"axis: give axes={{'color': ['red', 'blue']}}, or a DataFrame whose rows stay "
            f"together."
        )
    for name in axes:
        if not isinstance(name, str):
            raise InputError(
                f"axes has the name {name!r} ({type(name).__name__}), but names are text, such as "
                f"'color' for the slot {{color}}."
            )
    return {name: listed(name, values) for name, values in axes.items()}, linked


def _columns(template: Template, given: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """The values of every axis in the order of axes, or say which are too many or too few."""
    inline = {axis.name: axis.values for axis in template.inline}
    for name in given:
        if name in inline:
            raise InputError(
                f"the axis {name!r} has its values in the template already: change them there, or "
                f"leave only {{{name}}} there and its values in axes."
            )
        if name not in template.names and kind_of(name) is None:
            raise _unknown(template, name)
    missing = [name for name in template.open if name not in given]
    if missing:
        raise InputError(
            f"the template has {', '.join(f'{{{name}}}' for name in missing)}, but no values are "
            f"given: give axes={{{missing[0]!r}: ['...', '...']}}, or write them into the "
            f"template, {{{missing[0]}=...|...}}."
        )
    others = [name for name in given if name not in template.names]
    if "settings" in others and any(name in Settings.names() for name in others):
        both = next(name for name in others if name in Settings.names())
        raise InputError(
            f"settings and {both} are both axes, but {both} is one of the settings: say it in the "
            f"values of settings, or make one axis of each setting."
        )
    return {name: inline.get(name, given.get(name, ())) for name in (*template.names, *others)}


def _unknown(template: Template, name: str) -> InputError:
    slots = ", ".join(template.names) or "none"
    if f"{{{name}}}" in "".join(part for part in template.parts if isinstance(part, str)):
        cure = "doubled braces are braces themselves, so write single ones."
    else:
        known = [*template.names, "model", "seed", "edits", "settings", *Settings.names()]
        close = difflib.get_close_matches(name, known, n=1)
        cure = f"did you mean {close[0]!r}?" if close else f"write {{{name}}} where it belongs."
    return InputError(
        f"the template has no slot {name!r}; its slots are {slots}, and besides words, axes may "
        f"be model, seed, edits, settings, {', '.join(Settings.names())}: {cure}"
    )


def _pairs(zip: Any) -> list[tuple[str, ...]]:
    groups = [] if zip is None else zip
    if isinstance(groups, str) or not isinstance(groups, Iterable):
        raise InputError(f"zip is {zip!r}, but it is a list of groups: give zip=[('x', 'y')].")
    groups = list(groups)
    if any(isinstance(group, str) or not isinstance(group, Iterable) for group in groups):
        raise InputError(
            f"zip is {zip!r}, but it is a list of groups of names: give "
            f"zip=[({', '.join(map(repr, groups))})] for these as one group."
        )
    return [tuple(group) for group in groups]


def _linked(
    groups: Sequence[tuple[str, ...]], lengths: Mapping[str, int]
) -> tuple[tuple[str, ...], ...]:
    """Groups of axes that stay together, their names in the order of axes."""
    taken: set[str] = set()
    for group in groups:
        for name in group:
            if name not in lengths:
                raise InputError(
                    f"zip names {name!r}, but there is no such axis: the axes are "
                    f"{', '.join(lengths) or 'none'}."
                )
            if name in taken:
                raise InputError(
                    f"zip names {name!r} twice, but an axis goes along with one group: put all "
                    f"that stay together into one."
                )
            taken.add(name)
        if len(group) < 2:
            raise InputError(
                f"zip has the group {group!r}, but it takes two axes at least to stay together: "
                f"give zip=[('x', 'y')]."
            )
        if len({lengths[name] for name in group}) > 1:
            said = ", ".join(f"{name} has {lengths[name]}" for name in group)
            raise InputError(
                f"the axes {' and '.join(group)} stay together, but their numbers of values "
                f"differ: {said}. Give as many of each."
            )
    return tuple(tuple(name for name in lengths if name in group) for group in groups)


def _refuse_many(groups: Sequence[tuple[str, ...]], sizes: Sequence[int], limit: int) -> None:
    count = math.prod(sizes)
    if count > limit:
        said = " x ".join(
            f"{' with '.join(group)} {size:,}" for group, size in zip(groups, sizes, strict=True)
        )
        raise InputError(
            f"the grid would have {count:,} cells ({said}), but at most {limit:,} are made unless "
            f"you ask for more: leave values out, or give limit={count}."
        )


def _unique(axis: Axis) -> tuple[Axis, list[int]]:
    """An axis with each value once, and for each value that was given its place there."""
    places: dict[Hashable, int] = {}
    values: list[Any] = []
    column: list[int] = []
    for value in axis.values:
        key = key_of(axis.kind, value)
        if key not in places:
            places[key] = len(values)
            values.append(value)
        column.append(places[key])
    return Axis(axis.name, tuple(values), axis.kind), column


def _refuse_equal_rows(group: tuple[str, ...], chosen: Mapping[str, Sequence[int]]) -> None:
    rows: dict[tuple[int, ...], int] = {}
    for place, row in enumerate(zip(*(chosen[name] for name in group), strict=True)):
        if row in rows:
            raise InputError(
                f"the axes {' and '.join(group)} have the same values at the places {rows[row]} "
                f"and {place}, from 0, and both would draw the same: leave one of them out."
            )
        rows[row] = place


def _cells(
    template: Template,
    axes: Mapping[str, Axis],
    groups: Sequence[tuple[str, ...]],
    chosen: Mapping[str, Sequence[int]],
) -> tuple[Filled, ...]:
    cells = []
    ranges = [range(len(chosen[group[0]])) for group in groups]
    for place, row in enumerate(itertools.product(*ranges)):
        at = {
            name: chosen[name][step]
            for group, step in zip(groups, row, strict=True)
            for name in group
        }
        values = {name: axis.values[at[name]] for name, axis in axes.items()}
        said = template.fill({name: values[name] for name in template.names})
        if not said.prompt:
            raise InputError(
                f"the template {shortened(template.text)!r} says nothing"
                f"{f' in cell {place}, where all is empty' if template.names else ''}: say what "
                f"to draw, such as 'a {{red|blue}} cube'."
            )
        indices = tuple(at[name] for name in axes)
        cells.append(Filled(place, indices, values, said.raw, said.prompt, said.spans))
    return tuple(cells)
