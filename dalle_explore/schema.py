"""Reading JSON from strangers into frozen dataclasses: closed schemas, typed errors.

A card or a record may come from anywhere. Nothing in it is trusted: every name has to be a field,
every field has to be there unless it has a default, every value has to be of the field's type, and
no string from it ever names something to import.
"""

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from dalle_explore.edits import AnyEdit, edit_from_json, edit_to_json
from dalle_explore.errors import InputError
from dalle_explore.settings import Settings

__all__ = ["read_fields", "to_json"]

T = TypeVar("T")

_TEXT_LIMIT = 65_536  # characters; a prompt of 64 tokens needs far fewer
_INTEGER_LIMIT = 2**63  # seeds and sizes are int64 everywhere


def read_fields(
    kind: type[T], values: object, where: str, *, error: type[InputError] = InputError
) -> T:
    """Make one dataclass of type ``kind`` from a JSON object, strictly.

    Args:
        kind: a dataclass whose fields are ``str``, ``int``, ``float``, ``bool``, ``None``, unions
            of these, ``tuple[X, ...]``, ``dict[str, X]``, ``Settings``, ``AnyEdit`` or further
            dataclasses.
        values: what ``json`` read.
        where: names the place for the sentence, for example "the card in my_model".
        error: the kind of InputError to raise.

    Raises:
        error: a name that is not a field, a field that is missing, or a value of another type.
    """
    if not isinstance(values, Mapping):
        raise error(
            f"{where} holds {_name(values)} where an object with names and values belongs: get "
            f"the file again or name another."
        )
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(typing.cast(Any, kind))}
    unknown = [str(name) for name in values if name not in fields]
    if unknown:
        raise error(
            f"{where} has the unknown entry {unknown[0]!r}, but only {', '.join(fields)} belong "
            f"there: it is foreign, damaged, or from a newer version of dalle_explore."
        )
    for name, field in fields.items():
        optional = (
            field.default is not dataclasses.MISSING
            or field.default_factory is not dataclasses.MISSING
        )
        if name not in values and not optional:
            raise error(
                f"{where} lacks the entry {name!r}: it is foreign or damaged; get the file again "
                f"or name another."
            )
    read = {
        name: _value(hints[name], value, f"{where}, entry {name!r}", error)
        for name, value in values.items()
    }
    try:
        return kind(**read)
    except InputError as fault:
        raise error(f"{where} cannot be used: {fault}") from fault


def to_json(value: Any) -> Any:
    """Turn a tree of dataclasses into what JSON can hold; ``read_fields`` reads it back."""
    if isinstance(value, Settings):
        return value.to_json()
    if isinstance(value, AnyEdit):
        return edit_to_json(value)
    if dataclasses.is_dataclass(value):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(name): to_json(entry) for name, entry in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(entry) for entry in value]
    return value


def _value(hint: Any, value: object, where: str, error: type[InputError]) -> Any:
    if hint == AnyEdit:
        return _edit(value, where, error)
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        if value is None and type(None) in parts:
            return None
        matching = [part for part in parts if _fits(part, value)]
        if not matching:
            raise _wrong(hint, value, where, error)
        return _value(matching[0], value, where, error)
    if origin is tuple:
        if not isinstance(value, list):
            raise _wrong(hint, value, where, error)
        return tuple(_value(parts[0], entry, where, error) for entry in value)
    if origin is dict:
        if not isinstance(value, Mapping):
            raise _wrong(hint, value, where, error)
        return {
            _value(str, name, where, error): _value(parts[1], entry, f"{where}, {name!r}", error)
            for name, entry in value.items()
        }
    if hint is Settings:
        try:
            return Settings.from_json(typing.cast(Any, value))
        except InputError as fault:
            raise error(f"{where} cannot be used: {fault}") from fault
    if dataclasses.is_dataclass(hint):
        return read_fields(typing.cast(Any, hint), value, where, error=error)
    if not _fits(hint, value):
        raise _wrong(hint, value, where, error)
    return float(typing.cast(float, value)) if hint is float else value


def _edit(value: object, where: str, error: type[InputError]) -> AnyEdit:
    try:
        return edit_from_json(typing.cast(Any, value))
    except InputError as fault:
        raise error(f"{where} cannot be used: {fault}") from fault


def _fits(hint: Any, value: object) -> bool:
    """Say whether a JSON value can become ``hint``; an int may, where a float belongs."""
    origin = typing.get_origin(hint)
    if origin is tuple:
        return isinstance(value, list)
    if origin is dict or hint is Settings or dataclasses.is_dataclass(hint):
        return isinstance(value, Mapping)
    if hint is bool:
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if hint is int:
        return isinstance(value, int) and abs(value) < _INTEGER_LIMIT
    if hint is float:
        return isinstance(value, int | float) and _finite(value)
    if hint is str:
        return isinstance(value, str) and len(value) <= _TEXT_LIMIT
    return hint is type(None) and value is None


def _finite(value: int | float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _wrong(hint: Any, value: object, where: str, error: type[InputError]) -> InputError:
    wanted = hint.__name__ if isinstance(hint, type) else str(hint)
    shown = repr(value)
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    return error(
        f"{where} is {shown}, but it has to be {wanted}: it is foreign or damaged; get the file "
        f"again or name another."
    )


def _name(value: object) -> str:
    return "null" if value is None else f"a {type(value).__name__}"
