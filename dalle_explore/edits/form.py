"""All edits together: what one is, and its form in JSON."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from dalle_explore.edits.fields import Base
from dalle_explore.edits.inside import AblateHead, AddResidual, Edit, KnockOut, ScaleHead
from dalle_explore.edits.said import Ban, Bias, Force, Mix, TemperatureAt
from dalle_explore.errors import InputError

__all__ = ["AnyEdit", "check_edits", "edit_from_json", "edit_to_json"]

AnyEdit = (
    Force
    | Ban
    | Bias
    | TemperatureAt
    | Mix
    | KnockOut
    | AblateHead
    | ScaleHead
    | AddResidual
    | Edit
)

_KINDS: Mapping[str, Any] = {
    kind.__name__: kind
    for kind in (
        Force,
        Ban,
        Bias,
        TemperatureAt,
        Mix,
        KnockOut,
        AblateHead,
        ScaleHead,
        AddResidual,
    )
}


def check_edits(edits: Iterable[AnyEdit] | None) -> tuple[AnyEdit, ...]:
    """Return edits as a tuple, or say what is none.

    Raises:
        InputError: something that is no edit.
    """
    if edits is None:
        return ()
    if isinstance(edits, Base):
        raise InputError(f"edits is {edits!r}, but it is a list: edits=[{edits!r}].")
    found = tuple(edits)
    for one in found:
        if not isinstance(one, Base):
            kinds = ", ".join([*_KINDS, "Edit"])
            raise InputError(f"edits holds {one!r}, which is no edit: take one of {kinds}.")
    return found


def edit_to_json(edit: AnyEdit) -> dict[str, Any]:
    """Return an edit as a dict that JSON can hold; ``edit_from_json`` reads it back.

    Raises:
        InputError: an ``Edit``, whose function no file can hold.
    """
    if not edit.saved:
        raise InputError(
            f"{edit!r} holds a function, which cannot be saved: save without it, or use one of "
            f"{', '.join(_KINDS)}."
        )
    values = dataclasses.asdict(edit)
    return {"edit": type(edit).__name__} | {
        field.name: values[field.name] for field in _saved(edit)
    }


def edit_from_json(values: Mapping[str, Any]) -> AnyEdit:
    """Read what ``edit_to_json`` wrote.

    Raises:
        InputError: an unknown kind of edit, unknown or missing fields, or a bad value.
    """
    if not isinstance(values, Mapping) or values.get("edit") not in _KINDS:
        kind = values.get("edit") if isinstance(values, Mapping) else values
        raise InputError(f"there is no edit {kind!r}: the kinds are {', '.join(_KINDS)}.")
    kind = _KINDS[values["edit"]]
    names = {field.name for field in _saved(kind)}
    given = {name: value for name, value in values.items() if name != "edit"}
    required = {f.name for f in _saved(kind) if f.default is dataclasses.MISSING}
    if not required <= set(given) <= names:
        raise InputError(
            f"the edit {kind.__name__} has the fields {', '.join(given) or 'none'}, but it takes "
            f"{', '.join(sorted(names))}: the file comes from another version or is damaged."
        )
    edit: AnyEdit = kind(**{name: _tuples(value) for name, value in given.items()})
    return edit


def _saved(edit: Any) -> list[dataclasses.Field[Any]]:
    """The fields that make an edit what it is."""
    return [field for field in dataclasses.fields(edit) if field.compare]


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
