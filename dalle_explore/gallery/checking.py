"""What is wrong with a gallery, in sentences: of the file, and of every row by its digest."""

import sqlite3

from dalle_explore.errors import DalleExploreError
from dalle_explore.gallery import saved
from dalle_explore.gallery.address import Address
from dalle_explore.gallery.grades import facts_seal, holds, score_seal
from dalle_explore.gallery.pictures import COLUMNS, JOINS, Hows, read

__all__ = ["faults"]

_MOST = 20  # sentences of one kind; then only how many more


def faults(db: sqlite3.Connection, hows: Hows) -> list[str]:
    """Return what is wrong; an empty list means that all of it can be relied on."""
    found = []
    try:
        for (text,) in db.execute(f"PRAGMA integrity_check({_MOST})").fetchall():
            if text != "ok":
                found.append(f"the file: {' '.join(text.split())}.")
        found += _shortened(_pictures(db, hows), "pictures")
        found += _shortened(_scores(db), "scores")
        found += _shortened(_readings(db), "readings")
        found += _shortened(_saved(db), "grids and trees")
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and not found:
            raise  # busy, or a failing disk: that says nothing about the gallery
        found.append(f"the file: reading stopped ({error}); what comes behind is unknown.")
    return found


def _shortened(sentences: list[str], kind: str) -> list[str]:
    more = len(sentences) - _MOST
    return sentences[:_MOST] + ([f"and {more} more of the {kind}."] if more > 0 else [])


def _pictures(db: sqlite3.Connection, hows: Hows) -> list[str]:
    return [
        f"picture {values[0]}: it differs from its digest, and is not shown; it is drawn again "
        f"when asked for."
        for values in db.execute(f"SELECT {COLUMNS} FROM {JOINS}")
        if read(values, hows) is None
    ]


def _scores(db: sqlite3.Connection) -> list[str]:
    question = (
        "SELECT s.picture, p.key, c.name, d.digest, t.text, s.value, s.seal FROM scores s "
        "LEFT JOIN pictures p ON p.id = s.picture LEFT JOIN classes c ON c.id = p.class "
        "LEFT JOIN digests d ON d.id = s.scorer LEFT JOIN texts t ON t.id = s.text"
    )
    found = []
    for number, key, numeric, scorer, text, value, seal in db.execute(question):
        if not holds(seal, score_seal, Address(key, numeric), scorer, text, value):
            found.append(f"a score of picture {number}: it differs from its seal; it is not used.")
    return found


def _readings(db: sqlite3.Connection) -> list[str]:
    question = (
        "SELECT r.picture, p.key, c.name, d.digest, f.json, r.seal FROM readings r "
        "LEFT JOIN pictures p ON p.id = r.picture LEFT JOIN classes c ON c.id = p.class "
        "LEFT JOIN digests d ON d.id = r.judge LEFT JOIN facts f ON f.id = r.facts"
    )
    found = []
    for number, key, numeric, judge, facts, seal in db.execute(question):
        if not holds(seal, facts_seal, Address(key, numeric), judge, facts):
            found.append(
                f"a reading of picture {number}: it differs from its seal; it is not used."
            )
    return found


def _saved(db: sqlite3.Connection) -> list[str]:
    found = []
    for kind, listed, one in (
        ("grid", saved.grids, saved.grid),
        ("tree", saved.trees, saved.tree),
    ):
        for line in listed(db):
            try:
                one(db, line.id)
            except DalleExploreError:
                found.append(f"{kind} {line.id}: it differs from its digest, and is not shown.")
    return found
