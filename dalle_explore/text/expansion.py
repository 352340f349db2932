"""The cells of a grid as text, in their order, and how to find one."""

import dataclasses
import functools
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from dalle_explore.errors import InputError
from dalle_explore.text.axes import Axis
from dalle_explore.text.template import Template

__all__ = ["Expansion", "Filled", "grouped"]


@dataclasses.dataclass(frozen=True)
class Filled:
    """One cell of a grid, as text.

    place: in the order of cells, from 0.
    indices: for each axis the place of its value.
    values: for each axis its value.
    raw: the template with every slot filled, as it is.
    prompt: the same with spaces squashed and articles fixed; this is what is drawn.
    spans: for each axis of words the characters of ``prompt`` that its value became, start and
        end, once for every time that it stands there; nothing for an empty option.
    """

    place: int
    indices: tuple[int, ...]
    values: dict[str, Any]
    raw: str
    prompt: str
    spans: dict[str, tuple[tuple[int, int], ...]]


@dataclasses.dataclass(frozen=True)
class Expansion:
    """Every cell of a grid, as text; ``expand`` makes one.

    template: what was filled.
    axes: words in the order of the template, then the others in the order given.
    linked: names of axes whose values stay together, one tuple for each such group.
    cells: in order, the last axis fastest.
    """

    template: Template
    axes: tuple[Axis, ...]
    linked: tuple[tuple[str, ...], ...]
    cells: tuple[Filled, ...]

    @property
    def count(self) -> int:
        """How many cells there are."""
        return len(self.cells)

    @functools.cached_property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Names of axes in order, those that stay together in one tuple."""
        return grouped([axis.name for axis in self.axes], self.linked)

    @functools.cached_property
    def shape(self) -> tuple[int, ...]:
        """How many choices each of ``groups`` has; their product is ``count``."""
        names = [axis.name for axis in self.axes]
        return tuple(
            len({tuple(cell.indices[names.index(name)] for name in group) for cell in self.cells})
            for group in self.groups
        )

    @functools.cached_property
    def twins(self) -> tuple[tuple[int, ...], ...]:
        """Places of cells that are drawn from the same sentence in the same way, together."""
        others = [place for place, axis in enumerate(self.axes) if axis.kind != "words"]
        alike: dict[Hashable, list[int]] = defaultdict(list)
        for cell in self.cells:
            alike[cell.prompt, tuple(cell.indices[i] for i in others)].append(cell.place)
        return tuple(tuple(places) for places in alike.values() if len(places) > 1)

    def axis(self, name: str) -> Axis:
        """Return an axis by its name.

        Raises:
            InputError: there is no such axis; those there are, are listed.
        """
        for axis in self.axes:
            if axis.name == name:
                return axis
        known = ", ".join(axis.name for axis in self.axes) or "none"
        raise InputError(f"there is no axis {name!r} in this grid: the axes are {known}.")

    def places(self, **values: Any) -> tuple[int, ...]:
        """Return the places of all cells with some values.

        Args:
            values: for some of the axes a value, its label, or a list of either; an axis whose
                name is no Python name goes in as ``**{"slot 1": "red"}``.

        Raises:
            InputError: an axis or a value that the grid does not have, or values that stay
                together with others.
        """
        wanted: list[tuple[int, set[int]]] = []
        for name, given in values.items():
            axis = self.axis(name)
            several = isinstance(given, list | tuple) and axis.kind != "edits"
            if several and not given:
                raise InputError(
                    f"{name} is an empty list, and no cell has none of its values: give at least "
                    f"one, or leave {name} out."
                )
            places = {axis.find(one) for one in (given if several else [given])}
            wanted.append((self.axes.index(axis), places))
        found = tuple(
            cell.place
            for cell in self.cells
            if all(cell.indices[axis] in places for axis, places in wanted)
        )
        if not found:
            together = " and ".join(" with ".join(group) for group in self.linked)
            raise InputError(
                f"no cell has {_said(values)}: {together} stay together, so that only the rows "
                f"that were given are there."
            )
        return found

    def cell(self, **values: Any) -> Filled:
        """Return the one cell with some values; axes that have one value need not be named.

        Args:
            values: as in ``places``.

        Raises:
            InputError: as in ``places``, or several cells have these values.
        """
        places = self.places(**values)
        if len(places) > 1:
            open_axes = [
                axis.name
                for number, axis in enumerate(self.axes)
                if len({self.cells[place].indices[number] for place in places}) > 1
            ]
            raise InputError(
                f"{len(places)} cells have {_said(values)}: give one value for each of "
                f"{', '.join(open_axes)} as well."
            )
        return self.cells[places[0]]

    def in_words(self) -> str:
        """Say how many cells there are, and of what."""
        cells = f"{self.count:,} cell{'' if self.count == 1 else 's'}"
        words = [
            f"{' with '.join(group)} ({size})"
            for group, size in zip(self.groups, self.shape, strict=True)
        ]
        said = f"{cells}: {' x '.join(words)}" if words else f"{cells}: the sentence as it is"
        twice = sum(len(places) - 1 for places in self.twins)
        if twice:
            are = "1 cell repeats" if twice == 1 else f"{twice:,} cells repeat"
            said += f"; {are} the sentence of another"
        return said


def grouped(
    names: Sequence[str], linked: Sequence[tuple[str, ...]]
) -> tuple[tuple[str, ...], ...]:
    """Return names in order, those that stay together in one tuple, where the first one stands."""
    of = {name: group for group in linked for name in group}
    groups = dict.fromkeys(of.get(name, (name,)) for name in names)
    return tuple(tuple(name for name in names if name in group) for group in groups)


def _said(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items()) or "no values named"
