"""Looking pictures up: a question made of fixed parts; what people typed is only a value."""

import dataclasses
import math
import sqlite3
from collections.abc import Mapping
from typing import Any

from dalle_explore.errors import InputError
from dalle_explore.gallery.address import KEY_BYTES
from dalle_explore.gallery.pictures import COLUMNS, JOINS, encoded

__all__ = ["Question", "ask", "totals"]


@dataclasses.dataclass(frozen=True)
class Question:
    """What is asked for; None asks nothing. All conditions have to hold."""

    prompt: str | None = None  # a part of it; upper and lower case of ASCII are the same
    axis: Mapping[str, str] | None = None  # of a saved grid: axis -> value in words, in one cell
    score: tuple[float | None, float | None] | None = None  # least and most, for its own prompt
    model: str | None = None  # name or digest
    favourite: bool | None = None
    note: str | None = None  # a part of it
    key: str | None = None  # how it begins, in hexadecimal

    def where(self) -> tuple[str, list[Any]]:
        """Return the conditions and their values."""
        parts: list[str] = []
        values: list[Any] = []
        if self.prompt is not None:
            parts.append("p.text IN (SELECT id FROM texts WHERE instr(lower(text), lower(?)) > 0)")
            values.append(encoded(self.prompt))
        if self.axis:
            joins = ["labels l0"] + [
                f"JOIN labels l{k} ON l{k}.grid = l0.grid AND l{k}.place = l0.place"
                for k in range(1, len(self.axis))
            ]
            wanted = " AND ".join(
                f"l{k}.axis = ? AND l{k}.label = ?" for k in range(len(self.axis))
            )
            parts.append(
                f"(p.key, p.class) IN (SELECT m.key, m.class FROM {' '.join(joins)} JOIN members "
                f"m ON m.grid = l0.grid AND m.place = l0.place WHERE {wanted})"
            )
            values += [encoded(str(text)) for pair in self.axis.items() for text in pair]
        if self.score is not None:
            low, high = self._bounds()
            parts.append(
                "EXISTS (SELECT 1 FROM scores s WHERE s.picture = p.id AND s.text = p.text AND "
                "s.value BETWEEN ? AND ?)"
            )
            values += [low, high]
        if self.model is not None:
            parts.append("p.how IN (SELECT id FROM hows WHERE model = ? OR model_digest = ?)")
            values += [encoded(self.model)] * 2
        if self.favourite is not None:
            negated = "" if self.favourite else "NOT "
            parts.append(f"p.id {negated}IN (SELECT picture FROM marks WHERE favourite = 1)")
        if self.note is not None:
            parts.append(
                "p.id IN (SELECT picture FROM marks WHERE instr(lower(note), lower(?)) > 0)"
            )
            values.append(encoded(self.note))
        if self.key is not None:
            parts.append("p.key BETWEEN ? AND ?")
            values += self._keys()
        return " AND ".join(parts) or "1", values

    def _keys(self) -> tuple[bytes, bytes]:
        digits = 2 * KEY_BYTES
        begin = str(self.key).lower()
        if not 1 <= len(begin) <= digits or set(begin) - set("0123456789abcdef"):
            raise InputError(
                f"key is {self.key!r}, but it is how a key begins: give 1 to {digits} digits from "
                f"0 to f."
            )
        return bytes.fromhex(begin.ljust(digits, "0")), bytes.fromhex(begin.ljust(digits, "f"))

    def _bounds(self) -> tuple[float, float]:
        try:
            low, high = self.score or (None, None)
            bounds = (
                -math.inf if low is None else float(low),
                math.inf if high is None else float(high),
            )
        except (TypeError, ValueError):
            bounds = math.nan, math.nan
        if not bounds[0] <= bounds[1]:
            raise InputError(
                f"score is {self.score!r}, but it is the least and the most, as in (0.2, 0.4) or "
                f"(0.2, None): give two numbers in this order."
            )
        return bounds


def ask(
    db: sqlite3.Connection, question: Question, limit: int, offset: int
) -> list[tuple[Any, ...]]:
    """Return ``COLUMNS`` of the pictures that are asked for, the latest first.

    Raises:
        InputError: a limit or an offset that is no number of pictures, a score that is no range.
    """
    for name, value, least in (("limit", limit, 1), ("offset", offset, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**31:
            raise InputError(
                f"{name} is {value!r}, but it is a number of pictures of at least {least}: give "
                f"a whole number."
            )
    where, values = question.where()
    return db.execute(
        f"SELECT {COLUMNS} FROM {JOINS} WHERE {where} ORDER BY p.id DESC LIMIT ? OFFSET ?",
        (*values, limit, offset),
    ).fetchall()


def totals(db: sqlite3.Connection) -> dict[str, int]:
    """Count what there is: pictures, sentences, scores and so on."""
    tables = {
        "pictures": "pictures",
        "dropped": "pictures WHERE typeof(codes) != 'blob'",
        "prompts": "texts WHERE id IN (SELECT text FROM pictures)",
        "scores": "scores",
        "readings": "readings",
        "favourites": "marks WHERE favourite = 1",
        "grids": "grids",
        "trees": "trees",
    }
    return {
        name: int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
        for name, table in tables.items()
    }
