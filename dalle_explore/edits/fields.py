"""What edits share, and the checks of their fields: sentences that name edit and field."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np

from dalle_explore.errors import InputError

__all__ = [
    "Base",
    "Patch",
    "codes_grid",
    "finite",
    "maybe_patches",
    "number",
    "numbers",
    "patch_inside",
    "patches",
    "shortened",
    "some_codes",
    "whole",
]

Patch = tuple[int, int]  # row, column


class Base:
    """What all edits share."""

    saved: ClassVar[bool] = True  # False: it cannot be written into a record

    def _put(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _refuse(self, name: str, rule: str, cure: str) -> InputError:
        given = getattr(self, name)
        return InputError(f"{type(self).__name__}.{name} is {given!r}, but {rule}: {cure}.")


def number(owner: Any, name: str, value: Any) -> float:
    """Return a finite number as a float."""
    is_number = isinstance(value, int | float | np.integer | np.floating)
    if isinstance(value, bool) or not is_number or not math.isfinite(value):
        raise InputError(
            f"{type(owner).__name__}.{name} holds {value!r}, but it takes finite numbers: give an "
            f"int or a float."
        )
    return float(value)


def finite(owner: Any, name: str) -> float:
    """Return a field that has to be a finite number."""
    return number(owner, name, getattr(owner, name))


def whole(owner: Any, name: str, value: Any = None) -> int:
    """Return a field, or a value of it, that counts from 0."""
    value = getattr(owner, name) if value is None else value
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
        raise InputError(
            f"{type(owner).__name__}.{name} holds {value!r}, but it counts from 0: give a whole "
            f"number of at least 0."
        )
    return int(value)


def numbers(owner: Any, name: str, values: Any) -> tuple[int, ...]:
    """Return a list of numbers that count from 0."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InputError(
            f"{type(owner).__name__}.{name} is {values!r}, but it is a list of whole numbers: "
            f"put it in brackets."
        )
    return tuple(whole(owner, name, value) for value in values)


def some_codes(owner: Any) -> tuple[int, ...]:
    """Return the field ``codes``: in order, each once, at least one."""
    codes = tuple(sorted(set(numbers(owner, "codes", owner.codes))))
    if not codes:
        raise InputError(f"{type(owner).__name__}.codes is empty: name at least one code.")
    return codes


def patches(owner: Any, name: str, values: Any) -> tuple[Patch, ...]:
    """Return a list of patches, in the order given."""
    found = []
    for value in values if isinstance(values, Iterable) else [values]:
        if not isinstance(value, Sequence | np.ndarray) or len(value) != 2:
            raise InputError(
                f"{type(owner).__name__}.{name} holds {value!r}, but a patch is (row, column): "
                f"give a list of such pairs, as in [(0, 0), (0, 1)]."
            )
        row, column = (whole(owner, name, number) for number in value)
        found.append((row, column))
    return tuple(found)


def maybe_patches(owner: Any) -> tuple[Patch, ...] | None:
    """Return the field ``at``: patches in order, each once; None for all."""
    if owner.at is None:
        return None
    found = tuple(sorted(set(patches(owner, "at", owner.at))))
    if not found:
        raise InputError(
            f"{type(owner).__name__}.at is empty, so nothing would change: name patches, or leave "
            f"it out for every patch."
        )
    return found


def codes_grid(codes: Any) -> np.ndarray:
    """Return codes as an array of rows and columns."""
    grid = np.asarray(codes)
    if grid.ndim != 2 or not grid.size or not np.issubdtype(grid.dtype, np.integer):
        raise InputError(
            f"codes are {grid.dtype} of shape {grid.shape}, but they have to be whole numbers of "
            f"shape (rows, columns): give sample.codes."
        )
    return grid


def patch_inside(patch: Patch, grid: np.ndarray) -> Patch:
    """Return a patch that lies within a grid."""
    try:
        row, column = (int(number) for number in patch)
    except (TypeError, ValueError):
        row = column = -1
    if not (0 <= row < grid.shape[0] and 0 <= column < grid.shape[1]):
        raise InputError(
            f"the patch is {patch!r}, but patches are (row, column) within {grid.shape[0]} x "
            f"{grid.shape[1]}: give such a pair."
        )
    return row, column


def shortened(values: Sequence[Any]) -> str:
    """A list as text, shortened where it is long."""
    if len(values) <= 4:
        return repr(list(values))
    return f"[{values[0]!r}, {values[1]!r}, ... {len(values)} in all]"
