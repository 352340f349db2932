"""One picture outside of a gallery: what a line of JSON, CSV or Parquet says, read strictly."""

import base64
import binascii
import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from dalle_explore.errors import DataError, InputError
from dalle_explore.gallery.address import KEY_BYTES, Address, canonical
from dalle_explore.gallery.grades import Scored
from dalle_explore.gallery.rows import Mark, Row, checked, packed, unpacked
from dalle_explore.schema import read_fields, to_json
from dalle_explore.trace import Recipe

__all__ = ["FLAT", "Exchanged", "Reading", "Score", "flat", "full", "graded", "parse", "values_of"]


@dataclasses.dataclass(frozen=True)
class Score:
    """How well a picture fits a text, as one scorer says."""

    scorer: str  # its digest
    text: str
    value: float


@dataclasses.dataclass(frozen=True)
class Reading:
    """What one judge read in a picture."""

    judge: str  # its digest
    facts: str  # JSON of an object


@dataclasses.dataclass(frozen=True)
class _Said:
    """All but the codes, which may be longer than the reader's texts."""

    key: str  # hexadecimal
    numeric: str
    recipe: Recipe
    seed: int
    log_probability: float
    entropy: float
    fit: float | None
    scores: tuple[Score, ...]
    readings: tuple[Reading, ...]
    favourite: bool
    note: str
    picture: str | None = None  # the name of the PNG beside it


@dataclasses.dataclass(frozen=True, eq=False)
class Exchanged:
    """One picture with everything that is said about it, but for grids and trees."""

    row: Row
    scores: tuple[Score, ...]
    readings: tuple[Reading, ...]
    mark: Mark


# Columns of tables, in order; nested values are JSON in a text there.
FLAT = (
    "key",
    "numeric",
    "prompt",
    "seed",
    "codes",
    "log_probability",
    "entropy",
    "fit",
    "recipe",
    "scores",
    "readings",
    "favourite",
    "note",
)
_NESTED = ("recipe", "scores", "readings")


def values_of(one: Exchanged) -> dict[str, Any]:
    """Return what JSON can hold; ``parse`` reads it back."""
    data = packed(one.row)
    return {
        "key": one.row.address.key.hex(),
        "numeric": one.row.address.numeric,
        "recipe": to_json(one.row.recipe),
        "seed": one.row.seed,
        "codes": None if data is None else base64.b64encode(data).decode("ascii"),
        "log_probability": one.row.log_probability,
        "entropy": one.row.entropy,
        "fit": one.row.fit,
        "scores": to_json(one.scores),
        "readings": to_json(one.readings),
        "favourite": one.mark.favourite,
        "note": one.mark.note,
    }


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of one row of a table."""
    found = {name: values[name] for name in FLAT if name != "prompt"}
    found["prompt"] = values["recipe"]["prompt"]
    return found | {name: canonical(values[name]) for name in _NESTED}


def full(row: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return what ``flat`` flattened.

    Raises:
        DataError: another set of columns, or a text that is no JSON.
    """
    if set(row) != set(FLAT):
        raise DataError(
            f"{where} has the columns {', '.join(map(str, row))}, but an exported gallery has "
            f"{', '.join(FLAT)}: name a file that dalle_explore exported."
        )
    values = {name: value for name, value in row.items() if name != "prompt"}
    for name in _NESTED:
        try:
            values[name] = json.loads(values[name])
        except (TypeError, ValueError, RecursionError) as error:
            raise DataError(
                f"{where}: {name} is not readable JSON ({error}); get the file again."
            ) from error
    recipe = values["recipe"]
    if not isinstance(recipe, dict) or recipe.get("prompt") != row["prompt"]:
        raise DataError(
            f"{where}: the prompt is {row['prompt']!r}, but its recipe has another one; the file "
            f"was edited or is damaged."
        )
    return values


def parse(values: object, where: str) -> Exchanged:
    """Return one picture; everything about it is checked.

    What cannot be checked is whether a model draws these codes: that takes the model.

    Raises:
        DataError: unknown, missing or damaged entries; ``where`` begins the sentence.
    """
    if not isinstance(values, Mapping):
        raise DataError(f"{where} is no object with names and values: name another file.")
    said = read_fields(
        _Said, {k: v for k, v in values.items() if k != "codes"}, where, error=DataError
    )
    try:
        key = bytes.fromhex(said.key)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise DataError(f"{where}: the key {said.key!r} is not {KEY_BYTES} bytes in hexadecimal.")
    codes = _codes(values.get("codes"), said.recipe, where)
    row = Row(
        Address(key, said.numeric),
        said.recipe,
        said.seed,
        codes,
        said.log_probability,
        said.entropy,
        said.fit,
    )
    try:
        checked(row, row.recipe.numeric_class)
        for reading in said.readings:
            if not isinstance(json.loads(reading.facts), dict):
                raise InputError("the facts of a reading are no JSON object.")
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where} cannot be used: {error}") from error
    return Exchanged(row, said.scores, said.readings, Mark(said.favourite, said.note))


def _codes(text: object, recipe: Recipe, where: str) -> np.ndarray | None:
    if text is None:
        return None
    try:
        if not isinstance(text, str):
            raise ValueError(f"they are {type(text).__name__}")
        return unpacked(base64.b64decode(text, validate=True), recipe)
    except (binascii.Error, ValueError) as error:
        raise DataError(
            f"{where}: the codes are not those of a {recipe.grid[0]} x {recipe.grid[1]} picture "
            f"({error}); the file is damaged."
        ) from error


def graded(
    some: Iterable[Exchanged],
) -> tuple[list[Scored], list[tuple[str, dict[Address, dict[str, Any]]]]]:
    """Return scores and readings of pictures as ``Gallery.put`` takes them."""
    scores: dict[tuple[str, str], dict[Address, float]] = {}
    readings: dict[str, dict[Address, dict[str, Any]]] = {}
    for one in some:
        for score in one.scores:
            scores.setdefault((score.scorer, score.text), {})[one.row.address] = score.value
        for reading in one.readings:
            readings.setdefault(reading.judge, {})[one.row.address] = json.loads(reading.facts)
    return [(*named, values) for named, values in scores.items()], list(readings.items())
