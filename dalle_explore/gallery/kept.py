"""Thumbnails, favourites and notes: functions on a connection."""

import sqlite3
from collections.abc import Iterable, Mapping

from dalle_explore.gallery.address import Address
from dalle_explore.gallery.pictures import chunks, encoded, identities, known, marks
from dalle_explore.gallery.rows import Mark
from dalle_explore.gallery.tables import THUMBNAILS

__all__ = ["drop_thumbnails", "mark", "marks_of", "put_thumbnails", "thumbnails"]


def put_thumbnails(db: sqlite3.Connection, values: Mapping[Address, bytes]) -> None:
    """Write small pictures, instead of those there.

    Raises:
        DataError: a picture that is not in the gallery.
    """
    numbers = known(db, values, {})
    db.executemany(
        "INSERT OR REPLACE INTO thumbnails VALUES (?, ?)",
        [(number, bytes(values[address])) for address, number in numbers.items()],
    )


def thumbnails(db: sqlite3.Connection, addresses: Iterable[Address]) -> dict[Address, bytes]:
    """Return the thumbnails that are there."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'thumbnails'").fetchone():
        return {}
    ids = {number: address for address, number in identities(db, addresses).items()}
    found = {}
    for some in chunks(ids):
        question = f"SELECT picture, data FROM thumbnails WHERE picture IN ({marks(len(some))})"
        for number, data in db.execute(question, some):
            if isinstance(data, bytes):
                found[ids[number]] = data
    return found


def drop_thumbnails(db: sqlite3.Connection) -> None:
    """Empty the table in one step."""
    db.execute("DROP TABLE IF EXISTS thumbnails")
    db.execute(THUMBNAILS)


def mark(
    db: sqlite3.Connection, address: Address, favourite: bool | None, note: str | None
) -> None:
    """Change what is said about a picture; None leaves as it is.

    Raises:
        DataError: it is not in the gallery.
    """
    number = known(db, [address], {})[address]
    now = marks_of(db, [address]).get(address, Mark())
    mark = Mark(
        now.favourite if favourite is None else bool(favourite),
        now.note if note is None else encoded(note),
    )
    if mark == Mark():
        db.execute("DELETE FROM marks WHERE picture = ?", (number,))
    else:
        values = (number, int(mark.favourite), mark.note)
        db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?)", values)


def marks_of(db: sqlite3.Connection, addresses: Iterable[Address]) -> dict[Address, Mark]:
    """Return the marks that were made."""
    ids = {number: address for address, number in identities(db, addresses).items()}
    found = {}
    for some in chunks(ids):
        question = (
            f"SELECT picture, favourite, note FROM marks WHERE picture IN ({marks(len(some))})"
        )
        for number, favourite, note in db.execute(question, some):
            found[ids[number]] = Mark(bool(favourite), str(note))
    return found
