"""Writing pictures: functions on a connection, inside somebody's transaction."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from dalle_explore.errors import DataError
from dalle_explore.gallery.address import Address
from dalle_explore.gallery.pictures import Hows, chunks, encoded, marks, read, select
from dalle_explore.gallery.rows import Row, all_packed, checked, codes_digest, row_digest

__all__ = ["NOBODY", "Packed", "Written", "drop", "intern", "next_id", "pack", "put"]


class Packed(NamedTuple):
    """A row as it is written, but for the small numbers that stand for texts."""

    address: Address
    prompt: str
    how: str
    model: str
    model_digest: str
    numbers: tuple[int, float, float, float | None]  # seed, log-probability, entropy, fit
    codes: bytes | None
    check: int | None  # codes_digest
    digest: bytes


class Written(NamedTuple):
    """The numbers of pictures, and the first of those that are new."""

    ids: dict[Address, int]
    new: int


NOBODY = Written({}, 2**63)  # none of those that somebody asks about is new


def pack(rows: Sequence[Row], hows: Hows) -> list[Packed]:
    """Check rows and make them ready to be written.

    Raises:
        InputError: see ``rows.checked`` and ``rows.packed``.
    """
    return [_pack(*pair, hows) for pair in zip(rows, all_packed(rows), strict=True)]


def _pack(row: Row, codes: bytes | None, hows: Hows) -> Packed:
    text, digest, numeric = hows.text(row.recipe)
    checked(row, numeric)
    fit = None if row.fit is None else float(row.fit)
    numbers = (int(row.seed), float(row.log_probability), float(row.entropy), fit)
    prompt = encoded(row.recipe.prompt)
    check = None if codes is None else codes_digest(codes)
    sealed = row_digest(row.address, prompt, digest, numbers, check)
    recipe = row.recipe
    return Packed(
        row.address,
        prompt,
        text,
        recipe.model,
        recipe.model_digest,
        numbers,
        codes,
        check,
        sealed,
    )


def intern(
    db: sqlite3.Connection, table: str, column: str, values: Iterable[str]
) -> dict[str, int]:
    """Return the small number of each text in a table of texts, and write those that are new."""
    wanted = [encoded(value) for value in dict.fromkeys(values)]
    found: dict[str, int] = {}
    for some in chunks(wanted):
        question = f"SELECT {column}, id FROM {table} WHERE {column} IN ({marks(len(some))})"
        found.update(db.execute(question, some).fetchall())
    new = [value for value in wanted if value not in found]
    if new:
        first = next_id(db, table)
        found.update((value, first + k) for k, value in enumerate(new))
        db.executemany(
            f"INSERT INTO {table}(id, {column}) VALUES (?, ?)",
            [(found[value], value) for value in new],
        )
    return found


def next_id(db: sqlite3.Connection, table: str) -> int:
    """Return the first number that is free; one transaction at a time writes."""
    return int(db.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0])


def put(db: sqlite3.Connection, rows: Sequence[Packed], hows: Hows) -> Written:
    """Write rows: new ones, codes that had been dropped, and what was damaged.

    Raises:
        DataError: an address is there with other codes.
    """
    unique: dict[Address, Packed] = {}
    for row in rows:
        first = unique.setdefault(row.address, row)
        if first is not row and row.check is not None:
            if first.check is None:
                unique[row.address] = row
            elif first.check != row.check:
                raise _conflict(row)
    classes = intern(db, "classes", "name", (address.numeric for address in unique))
    texts = intern(db, "texts", "text", (row.prompt for row in unique.values()))
    numbers = _write_hows(db, unique.values())

    def columns(row: Packed) -> tuple[Any, ...]:
        refers = (classes[row.address.numeric], texts[row.prompt], numbers[row.how])
        return (row.address.key, *refers, *row.numbers, row.digest, row.codes)

    ids: dict[Address, int] = {}
    changed = []
    for values in list(select(db, (address.key for address in unique))):
        address = Address(values[1], values[2])
        if address not in unique:
            continue
        row = unique.pop(address)
        ids[address] = values[0]
        there = read(values, hows)
        if there is not None:
            held = values[-1]
            check = codes_digest(held) if isinstance(held, bytes) else held
            if row.check is None or (isinstance(held, bytes) and held == row.codes):
                continue
            if check is not None and check != row.check:
                raise _conflict(row)
        changed.append((*columns(row), values[0]))
    db.executemany(
        "UPDATE pictures SET key=?, class=?, text=?, how=?, seed=?, log_probability=?, entropy=?, "
        "fit=?, digest=?, codes=? WHERE id=?",
        changed,
    )
    begin = next_id(db, "pictures")
    ids.update((address, begin + k) for k, address in enumerate(unique))
    db.executemany(
        "INSERT INTO pictures(id, key, class, text, how, seed, log_probability, entropy, fit, "
        f"digest, codes) VALUES ({marks(11)})",
        ((ids[address], *columns(row)) for address, row in unique.items()),
    )
    return Written(ids, begin)


def _write_hows(db: sqlite3.Connection, rows: Iterable[Packed]) -> dict[str, int]:
    wanted = {row.how: row for row in rows}
    found: dict[str, int] = {}
    for some in chunks(wanted):
        question = f"SELECT json, id FROM hows WHERE json IN ({marks(len(some))})"
        found.update(db.execute(question, some).fetchall())
    first = next_id(db, "hows")
    new = [row for how, row in wanted.items() if how not in found]
    found.update((row.how, first + k) for k, row in enumerate(new))
    db.executemany(
        "INSERT INTO hows(id, json, model, model_digest) VALUES (?, ?, ?, ?)",
        [(found[row.how], row.how, encoded(row.model), encoded(row.model_digest)) for row in new],
    )
    return found


def _conflict(row: Packed) -> DataError:
    return DataError(
        f"the picture of {row.prompt!r} with seed {row.numbers[0]} has other codes than the "
        f"gallery holds for the same address (key {row.address.key.hex()}, "
        f"{row.address.numeric}): one of the two was drawn wrongly; nothing was written. Draw it "
        f"again, or use another gallery."
    )


def drop(db: sqlite3.Connection, addresses: Iterable[Address], hows: Hows) -> None:
    """Drop the codes of pictures; a digest stays, so that they can be checked when filled in."""
    wanted = set(addresses)
    dropped = [
        (codes_digest(values[-1]), values[0])
        for values in list(select(db, (address.key for address in wanted)))
        if Address(values[1], values[2]) in wanted
        and isinstance(values[-1], bytes)
        and read(values, hows) is not None
    ]
    db.executemany("UPDATE pictures SET codes=? WHERE id=?", dropped)
