"""Axes of a grid: what changes from cell to cell, with every value checked and named.

Words fill slots of a template. Models, settings, seeds and edits change how its sentences are
drawn; they are axes like any other, and their names are kept for them.
"""

import dataclasses
import functools
import math
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dalle_explore.edits import AnyEdit, check_edits
from dalle_explore.edits.fields import Base
from dalle_explore.errors import InputError
from dalle_explore.seeds import check_seed
from dalle_explore.settings import Settings

__all__ = [
    "NOTHING",
    "Axis",
    "check_words",
    "checked",
    "key_of",
    "kind_of",
    "listed",
    "refuse_twice",
]

NOTHING = "(nothing)"  # the label of an empty option

_NAMES = {"model": "model", "seed": "seed", "edits": "edits", "settings": "setting"}


@dataclasses.dataclass(frozen=True)
class Axis:
    """What changes from cell to cell, with its values in order.

    name: of the slot, or what the values are: "model", "seed", "edits", "settings", or a setting.
    values: words are str; a model is an object with a card; edits are tuples, () for none; values
        of "settings" are Settings, or dicts of those that change.
    kind: "words", "model", "setting", "seed" or "edits".
    """

    name: str
    values: tuple[Any, ...]
    kind: str

    @functools.cached_property
    def labels(self) -> tuple[str, ...]:
        """The values in words, all different: equal ones are numbered."""
        plain = [_label(self.kind, value) for value in self.values]
        if self.name == "settings":
            plain = _settings_labels(self.values)
        elif self.name in ("top_k", "top_p"):
            plain = ["all" if label == "none" else label for label in plain]
        return tuple(_numbered(plain))

    def find(self, value: Any) -> int:
        """Return the place of a value, given itself or as its label.

        Raises:
            InputError: this axis has no such value; those it has are listed.
        """
        if isinstance(value, str) and value in self.labels:
            return self.labels.index(value)
        refusal = InputError(
            f"{self.name} has no value {value!r}: its values are {', '.join(self.labels)}."
        )
        try:
            wanted = key_of(self.kind, checked(self.name, self.kind, [value])[0])
        except InputError as error:
            raise refusal from error
        for place, mine in enumerate(self.values):
            if key_of(self.kind, mine) == wanted:
                return place
        raise refusal


def kind_of(name: str) -> str | None:
    """Return the kind of an axis that is no slot, by its name; None: there is no such axis."""
    return "setting" if name in Settings.names() else _NAMES.get(name)


def listed(name: str, values: Any) -> Sequence[Any]:
    """Return the values of an axis as a sequence whose length is known before it is read.

    Raises:
        InputError: one value instead of a list, something without an order or an end, or nothing.
    """
    if isinstance(values, str | bytes) or _length(values) is None:
        cure = (
            f"[{values!r}]"
            if isinstance(values, str | bytes | int | float)
            else "list(...) of what it is"
        )
        raise InputError(
            f"the axis {name!r} is {values!r}, but it takes a list of values: give {cure}."
        )
    if isinstance(values, set | frozenset | Mapping):
        raise InputError(
            f"the axis {name!r} is a {type(values).__name__}, but the order of cells is that of "
            f"the values: give a list."
        )
    if not _length(values):
        raise InputError(
            f"the axis {name!r} has no values, so that the grid would have no cells: give at "
            f"least one."
        )
    return values


def _length(values: Any) -> int | None:
    try:
        return len(values)
    except TypeError:  # a single value, or something that is read to its end to be counted
        return None


def checked(name: str, kind: str, values: Iterable[Any]) -> list[Any]:
    """Return the values of an axis in the form that ``Axis`` describes.

    Raises:
        InputError: a value that is none of its kind.
    """
    if kind == "words":
        return [_word(name, value, place) for place, value in enumerate(values)]
    if kind == "seed":
        return [check_seed(value) for value in values]
    if kind == "model":
        return [_model(value) for value in values]
    if kind == "edits":
        return [_edits(value) for value in values]
    if name == "settings":
        return [_some_settings(value) for value in values]
    return [getattr(Settings().replace(**{name: value}), name) for value in values]


def check_words(name: str, values: Iterable[Any]) -> tuple[str, ...]:
    """Return the values of a slot, all different.

    Raises:
        InputError: a value that is neither text nor a number, or one that comes twice.
    """
    words = checked(name, "words", values)
    refuse_twice(Axis(name, tuple(words), "words"))
    return tuple(words)


def key_of(kind: str, value: Any) -> Hashable:
    """Return what two values share when they are the same to a grid."""
    if kind == "words":
        return " ".join(value.split())
    if kind == "model":
        return id(value)
    if isinstance(value, Mapping):
        return tuple(sorted(value.items(), key=lambda item: item[0]))
    return value


def refuse_twice(axis: Axis) -> None:
    """Raise InputError if a value of an axis comes twice."""
    seen: set[Hashable] = set()
    for place, value in enumerate(axis.values):
        key = key_of(axis.kind, value)
        if key in seen:
            raise InputError(
                f"the axis {axis.name!r} has the value {_label(axis.kind, value)!r} twice (the "
                f"second time at place {place}, from 0), and both would draw the same: leave one "
                f"of them out."
            )
        seen.add(key)


def _word(name: str, value: Any, place: int) -> str:
    if isinstance(value, str):
        return str(value)  # numpy's text as well
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return str(value)
    raise InputError(
        f"the axis {name!r} holds {value!r} ({type(value).__name__}) at place {place}, but "
        f"a slot takes text or finite numbers: write it as text, or '' for nothing."
    )


def _model(value: Any) -> Any:
    if not isinstance(_name_of(value), str):
        raise InputError(
            f"the axis 'model' holds {value!r} ({type(value).__name__}), which is no model: give "
            f"what dx.load(...) returns."
        )
    return value


def _edits(value: Any) -> tuple[AnyEdit, ...]:
    alone = isinstance(value, Base | str) or not (value is None or isinstance(value, Iterable))
    return check_edits([value] if alone else value)


def _name_of(model: Any) -> Any:
    return getattr(getattr(model, "card", None), "name", None)


def _some_settings(value: Any) -> Any:
    if isinstance(value, Settings):
        return value
    if not isinstance(value, Mapping):
        raise InputError(
            f"the axis 'settings' holds {value!r} ({type(value).__name__}), but it takes Settings "
            f"or dicts of some of them: give dict(temperature=0.5, guidance=3), for example."
        )
    changed = Settings().replace(**value)
    return {name: getattr(changed, name) for name in value}


def _label(kind: str, value: Any) -> str:
    if kind == "words":
        return " ".join(value.split()) or NOTHING
    if kind == "model":
        return str(_name_of(value))
    if kind == "edits":
        return " and ".join(map(_edit_in_words, value)) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_short(one)}" for name, one in value.items()) or "as they are"
    return _short(value)


def _settings_labels(values: Sequence[Any]) -> list[str]:
    """Whole settings by what differs among them; dicts by what they say."""
    whole = [value for value in values if isinstance(value, Settings)]
    differing = [
        name for name in Settings.names() if len({getattr(one, name) for one in whole}) > 1
    ] or ["temperature"]
    return [
        _label(
            "setting",
            {name: getattr(value, name) for name in differing}
            if isinstance(value, Settings)
            else value,
        )
        for value in values
    ]


def _edit_in_words(edit: Any) -> str:
    """An edit by its name and by what it does not leave as it usually is."""
    words = [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(edit).__name__).lower()]
    for place, field in enumerate(dataclasses.fields(edit)):
        value = getattr(edit, field.name)
        if not field.compare or (
            field.default is not dataclasses.MISSING and _same(value, field.default)
        ):
            continue
        words.append(_short(value) if place == 0 else f"{field.name} {_short(value)}")
    return " ".join(words)


def _same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and bool(value == default)


def _short(value: Any) -> str:
    """A value in few characters; what does not fit in some is counted."""
    if value is None:
        return "none"
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, Sequence):
        inside = " ".join(map(_short, value))
        return inside if len(value) <= 3 and len(inside) <= 40 else f"({len(value)} values)"
    return getattr(value, "__name__", type(value).__name__)


def _numbered(labels: list[str]) -> list[str]:
    """Labels that stand for several values get a number each, which no other label has."""
    times = Counter(labels)
    taken = {label for label in labels if times[label] == 1}
    found = []
    for label in labels:
        number = 1
        new = label
        while times[label] > 1 and (new == label or new in taken):
            new = f"{label} ({number})"
            number += 1
        taken.add(new)
        found.append(new)
    return found
