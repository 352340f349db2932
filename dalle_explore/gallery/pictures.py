"""Finding pictures and reading their rows: functions on a connection."""

import contextlib
import dataclasses
import json
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from dalle_explore.errors import DataError, InputError
from dalle_explore.gallery.address import KEY_BYTES, Address, canonical
from dalle_explore.gallery.rows import Row, codes_digest, how_digest, row_digest, unpacked
from dalle_explore.schema import read_fields, to_json
from dalle_explore.trace import Recipe

__all__ = [
    "COLUMNS",
    "JOINS",
    "Hows",
    "batches",
    "by_address",
    "checked_key",
    "chunks",
    "encoded",
    "identities",
    "known",
    "marks",
    "page",
    "read",
    "select",
]

T = TypeVar("T")

_CHUNK = 500  # values in one question; SQLite before 3.32 takes 999
_REMEMBERED = 4096  # recipes kept in memory as values

COLUMNS = (
    "p.id, p.key, c.name, t.text, h.json, p.seed, p.log_probability, p.entropy, p.fit, p.digest, "
    "p.codes"
)
JOINS = (
    "pictures p LEFT JOIN classes c ON c.id = p.class LEFT JOIN texts t ON t.id = p.text "
    "LEFT JOIN hows h ON h.id = p.how"
)


class Hows:
    """Recipes without their prompt, in JSON and as values, each made once."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[Recipe, str, bytes, str]] = {}
        self._alike: dict[tuple[Any, ...], tuple[str, bytes]] = {}
        self._values: dict[str, tuple[Recipe, bytes]] = {}
        self._recipes: dict[tuple[str, str], Recipe] = {}

    def text(self, recipe: Recipe) -> tuple[str, bytes, str]:
        """Return a recipe without its prompt as JSON, its digest, and the numeric class."""
        # Recipes are frozen but hold dicts, so that they are known again by their identity.
        known = self._texts.get(id(recipe))
        if known is None or known[0] is not recipe:
            known = recipe, *self._text(recipe), recipe.numeric_class
            _remember(self._texts, id(recipe), known)
        return known[1:]

    def _text(self, recipe: Recipe) -> tuple[str, bytes]:
        """The same; recipes that differ in their prompts only are written once."""
        alike = tuple(
            tuple(value.items()) if isinstance(value, dict) else value
            for name, value in vars(recipe).items()
            if name != "prompt"
        )
        known = None
        with contextlib.suppress(TypeError):  # an edit that holds arrays has no hash
            known = self._alike.get(alike)
        if known is None:
            values = to_json(recipe)
            del values["prompt"]
            text = encoded(canonical(values))
            known = text, how_digest(text)
            with contextlib.suppress(TypeError):
                _remember(self._alike, alike, known)
        return known

    def recipe(self, text: str, prompt: str) -> tuple[Recipe, bytes]:
        """Return the recipe of a prompt that ``text`` wrote, and its digest.

        Raises:
            ValueError: it is damaged.
        """
        value, digest = self.value(text)
        known = self._recipes.get((text, prompt))
        if known is None:
            known = dataclasses.replace(value, prompt=prompt)
            _remember(self._recipes, (text, prompt), known)
        return known, digest

    def value(self, text: str) -> tuple[Recipe, bytes]:
        """Return what ``text`` wrote, with an empty prompt, and its digest.

        Raises:
            ValueError: it is damaged.
        """
        known = self._values.get(text)
        if known is None:
            values = json.loads(text)
            values["prompt"] = ""
            known = read_fields(Recipe, values, "a gallery's recipe"), how_digest(text)
            _remember(self._values, text, known)
        return known


def _remember(known: dict[Any, T], name: Any, value: T) -> None:
    if len(known) >= _REMEMBERED:
        known.clear()
    known[name] = value


def chunks(values: Iterable[T], size: int = _CHUNK) -> Iterator[Sequence[T]]:
    """Yield values in lists that one question can hold."""
    held = list(values)
    for begin in range(0, len(held), size):
        yield held[begin : begin + size]


def batches(values: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    """Yield values in lists, reading no further ahead."""
    held: list[T] = []
    for value in values:
        held.append(value)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


def encoded(text: str) -> str:
    """Return a text that a file can hold.

    Raises:
        InputError: half of a surrogate pair, which no file can hold.
    """
    if not isinstance(text, str):
        raise InputError(
            f"{text!r} is {type(text).__name__}, but a text belongs here: give a str."
        )
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"the text {text!r} cannot be written as UTF-8 ({error.reason}): take out the "
            f"character at place {error.start}."
        ) from error
    return text


def marks(count: int) -> str:
    """Return question marks for ``count`` values."""
    return ",".join("?" * count)


def read(values: tuple[Any, ...], hows: Hows) -> Row | None:
    """Return the row that ``COLUMNS`` hold, or None where it is damaged."""
    _, key, numeric, prompt, how, seed, log_probability, entropy, fit, digest, codes = values
    try:
        recipe, how_bytes = hows.recipe(how, prompt)
        address = Address(key, numeric)
        check = codes if codes is None or isinstance(codes, int) else codes_digest(codes)
        numbers = (seed, log_probability, entropy, fit)
        if row_digest(address, prompt, how_bytes, numbers, check) != digest:
            return None
        grid = unpacked(codes, recipe) if isinstance(codes, bytes) else None
        return Row(address, recipe, seed, grid, log_probability, entropy, fit)
    # Whatever a column of another type, or of damaged bytes, makes the readers say.
    except (
        ValueError,
        TypeError,
        AttributeError,
        KeyError,
        ArithmeticError,
        RecursionError,
        struct.error,
    ):
        return None


def select(db: sqlite3.Connection, keys: Iterable[bytes]) -> Iterator[tuple[Any, ...]]:
    """Yield ``COLUMNS`` of all pictures with such keys, of any numeric class."""
    for some in chunks(dict.fromkeys(keys)):
        question = f"SELECT {COLUMNS} FROM {JOINS} WHERE p.key IN ({marks(len(some))})"
        yield from db.execute(question, some).fetchall()


def page(db: sqlite3.Connection, last: int) -> list[tuple[Any, ...]]:
    """Return ``COLUMNS`` of the next pictures behind number ``last``, in their order."""
    question = f"SELECT {COLUMNS} FROM {JOINS} WHERE p.id > ? ORDER BY p.id LIMIT {_CHUNK}"
    return db.execute(question, (last,)).fetchall()


def identities(db: sqlite3.Connection, addresses: Iterable[Address]) -> dict[Address, int]:
    """Return the number of each picture; those that are not there are left out."""
    found = {}
    wanted = set(addresses)
    for some in chunks({address.key for address in wanted}):
        question = (
            f"SELECT p.id, p.key, c.name FROM pictures p JOIN classes c ON c.id = p.class "
            f"WHERE p.key IN ({marks(len(some))})"
        )
        for number, key, numeric in db.execute(question, some):
            found[Address(key, numeric)] = number
    return {address: found[address] for address in wanted if address in found}


def known(
    db: sqlite3.Connection, addresses: Iterable[Address], numbers: Mapping[Address, int]
) -> dict[Address, int]:
    """Return the number of each picture, some of which the caller may know.

    Raises:
        DataError: one is not in the gallery.
    """
    wanted = list(addresses)
    found = {address: numbers[address] for address in wanted if address in numbers}
    if len(found) < len(wanted):
        found |= identities(db, (address for address in wanted if address not in found))
    missing = [address for address in wanted if address not in found]
    if missing:
        raise DataError(
            f"{len(missing)} of {len(wanted)} pictures are not in the gallery, the first with the "
            f"key {missing[0].key.hex()} ({missing[0].numeric}): put them there first."
        )
    return found


def checked_key(key: object) -> bytes:
    """Return a key.

    Raises:
        InputError: it is none.
    """
    if not isinstance(key, bytes) or len(key) != KEY_BYTES:
        raise InputError(f"a key is {key!r}, but it is {KEY_BYTES} bytes: take it of an Address.")
    return key


def by_address(rows: Iterable[Row], wanted: Iterable[Address]) -> Mapping[Address, Row]:
    """Return rows in the order in which they were asked for."""
    found = {row.address: row for row in rows}
    return {address: found[address] for address in wanted if address in found}
