"""Grids and family trees as they were saved: functions on a connection.

They name pictures by address and hold none, so that a grid can be saved before it is drawn.
"""

import dataclasses
import hashlib
import json
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dalle_explore.errors import DataError, InputError
from dalle_explore.gallery.address import Address, canonical
from dalle_explore.gallery.pictures import checked_key, encoded
from dalle_explore.gallery.writing import intern, next_id

__all__ = [
    "Listed",
    "SavedCell",
    "SavedGrid",
    "SavedTree",
    "TreeNode",
    "grid",
    "grids",
    "save_grid",
    "save_tree",
    "tree",
    "trees",
]


@dataclasses.dataclass(frozen=True)
class Listed:
    """One line of a list of grids or trees."""

    id: int
    name: str | None
    created: int  # seconds since 1970, UTC: when it was saved last
    count: int  # of cells, or nodes


@dataclasses.dataclass(frozen=True)
class SavedCell:
    """One cell of a grid."""

    place: int  # in the order of the grid
    labels: dict[str, str]  # axis -> its value in words
    addresses: tuple[Address, ...]


@dataclasses.dataclass(frozen=True)
class SavedGrid:
    """A grid as it was saved."""

    id: int
    name: str | None
    created: int  # seconds since 1970, UTC
    spec: dict[str, Any]  # what it was made with, as the session wrote it
    cells: tuple[SavedCell, ...]


@dataclasses.dataclass(frozen=True)
class TreeNode:
    """One picture of a family tree."""

    address: Address
    parents: tuple[int, ...]  # places in the list of nodes, all before this one
    label: str
    how: dict[str, Any]  # what it was made with


@dataclasses.dataclass(frozen=True)
class SavedTree:
    """A family tree as it was saved."""

    id: int
    name: str
    created: int  # seconds since 1970, UTC
    nodes: tuple[TreeNode, ...]


def save_grid(
    db: sqlite3.Connection,
    name: str | None,
    spec: Mapping[str, Any],
    cells: Iterable[tuple[int, Mapping[str, str], Sequence[Address]]],
) -> int:
    """Write a grid, instead of the one of that name; return its number.

    Raises:
        InputError: two cells at one place, something JSON cannot hold, an address that is none.
    """
    wanted = [
        SavedCell(int(place), {str(k): str(v) for k, v in labels.items()}, tuple(addresses))
        for place, labels, addresses in cells
    ]
    wanted.sort(key=lambda cell: cell.place)
    places = [cell.place for cell in wanted]
    if len(set(places)) != len(places) or min(places, default=0) < 0:
        raise InputError(
            "the places of a grid's cells have to be different whole numbers from 0: number the "
            "cells in their order."
        )
    text = encoded(canonical(dict(spec)))
    digest = _grid_digest(name, text, wanted)
    same = "name = ?" if name is not None else "name IS NULL AND digest = ?"
    there = db.execute(
        f"SELECT id, digest FROM grids WHERE {same}",
        (encoded(name) if name is not None else digest,),
    ).fetchone()
    if there is not None and there[1] == digest:
        return int(there[0])
    number = next_id(db, "grids") if there is None else int(there[0])
    for table in ("cells", "labels", "members"):
        db.execute(f"DELETE FROM {table} WHERE grid = ?", (number,))
    db.execute(
        "INSERT OR REPLACE INTO grids VALUES (?, ?, ?, ?, ?)",
        (number, name, int(time.time()), text, digest),
    )
    classes = _classes(db, (address for cell in wanted for address in cell.addresses))
    db.executemany(
        "INSERT INTO cells VALUES (?, ?, ?)",
        [(number, cell.place, encoded(canonical(cell.labels))) for cell in wanted],
    )
    db.executemany(
        "INSERT INTO labels VALUES (?, ?, ?, ?)",
        [
            (encoded(axis), encoded(label), number, cell.place)
            for cell in wanted
            for axis, label in cell.labels.items()
        ],
    )
    db.executemany(
        "INSERT INTO members VALUES (?, ?, ?, ?, ?)",
        [
            (number, cell.place, k, checked_key(address.key), classes[address.numeric])
            for cell in wanted
            for k, address in enumerate(cell.addresses)
        ],
    )
    return number


def grids(db: sqlite3.Connection) -> list[Listed]:
    """Return all grids, the latest first."""
    return _list(db, "grids", "cells", "grid")


def grid(db: sqlite3.Connection, number: int) -> SavedGrid:
    """Return one grid.

    Raises:
        InputError: there is none of that number.
        DataError: it is damaged.
    """
    name, created, spec, digest = _one(db, "grids", "name, created, spec, digest", number)
    addresses: dict[int, list[Address]] = {}
    members = (
        "SELECT m.place, m.key, c.name FROM members m LEFT JOIN classes c ON c.id = m.class "
        "WHERE m.grid = ? ORDER BY m.place, m.number"
    )
    for place, key, numeric in db.execute(members, (number,)):
        addresses.setdefault(place, []).append(Address(key, numeric))
    try:
        cells = [
            SavedCell(place, dict(json.loads(labels)), tuple(addresses.get(place, ())))
            for place, labels in db.execute(
                "SELECT place, labels FROM cells WHERE grid = ? ORDER BY place", (number,)
            )
        ]
        sound = _grid_digest(name, spec, cells) == digest
        values = json.loads(spec)
    except (ValueError, TypeError, AttributeError, RecursionError, InputError):
        sound, values = False, {}
    if not sound:
        raise DataError(f"grid {number} of the gallery is damaged: save it again.")
    return SavedGrid(number, name, created, values, tuple(cells))


def save_tree(db: sqlite3.Connection, name: str, nodes: Iterable[TreeNode]) -> int:
    """Write a family tree, instead of the one of that name; return its number.

    Raises:
        InputError: no name, a node whose parents do not stand before it, no JSON.
    """
    wanted = list(nodes)
    if not isinstance(name, str) or not name:
        raise InputError(f"the name of a tree is {name!r}, but it is a text: give it a name.")
    for place, node in enumerate(wanted):
        if not all(isinstance(p, int) and 0 <= p < place for p in node.parents):
            raise InputError(
                f"node {place} of the tree has the parents {node.parents}, but parents stand "
                f"before their children, and are counted from 0."
            )
    digest = _tree_digest(name, wanted)
    question = "SELECT id, digest FROM trees WHERE name = ?"
    there = db.execute(question, (encoded(name),)).fetchone()
    if there is not None and there[1] == digest:
        return int(there[0])
    number = next_id(db, "trees") if there is None else int(there[0])
    db.execute("DELETE FROM nodes WHERE tree = ?", (number,))
    db.execute(
        "INSERT OR REPLACE INTO trees VALUES (?, ?, ?, ?)",
        (number, name, int(time.time()), digest),
    )
    classes = _classes(db, (node.address for node in wanted))
    db.executemany(
        "INSERT INTO nodes VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                number,
                place,
                checked_key(node.address.key),
                classes[node.address.numeric],
                canonical(list(node.parents)),
                encoded(node.label),
                encoded(canonical(dict(node.how))),
            )
            for place, node in enumerate(wanted)
        ],
    )
    return number


def trees(db: sqlite3.Connection) -> list[Listed]:
    """Return all family trees, the latest first."""
    return _list(db, "trees", "nodes", "tree")


def tree(db: sqlite3.Connection, number: int) -> SavedTree:
    """Return one family tree.

    Raises:
        InputError: there is none of that number.
        DataError: it is damaged.
    """
    name, created, digest = _one(db, "trees", "name, created, digest", number)
    question = (
        "SELECT n.key, c.name, n.parents, n.label, n.how FROM nodes n LEFT JOIN classes c ON "
        "c.id = n.class WHERE n.tree = ? ORDER BY n.number"
    )
    try:
        nodes = [
            TreeNode(Address(key, numeric), tuple(json.loads(parents)), label, json.loads(how))
            for key, numeric, parents, label, how in db.execute(question, (number,))
        ]
        sound = _tree_digest(name, nodes) == digest
    except (ValueError, TypeError, AttributeError, RecursionError, InputError):
        sound, nodes = False, []
    if not sound:
        raise DataError(f"tree {number} of the gallery is damaged: save it again.")
    return SavedTree(number, name, created, tuple(nodes))


def _grid_digest(name: str | None, spec: str, cells: Sequence[SavedCell]) -> bytes:
    members = [
        [cell.place, cell.labels, [[a.key.hex(), a.numeric] for a in cell.addresses]]
        for cell in cells
    ]
    return hashlib.blake2b(canonical([name, spec, members]).encode(), digest_size=16).digest()


def _tree_digest(name: str, nodes: Sequence[TreeNode]) -> bytes:
    members = [
        [n.address.key.hex(), n.address.numeric, list(n.parents), n.label, n.how] for n in nodes
    ]
    return hashlib.blake2b(canonical([name, members]).encode(), digest_size=16).digest()


def _classes(db: sqlite3.Connection, addresses: Iterable[Address]) -> dict[str, int]:
    return intern(db, "classes", "name", (address.numeric for address in addresses))


def _list(db: sqlite3.Connection, table: str, parts: str, column: str) -> list[Listed]:
    question = (
        f"SELECT id, name, created, (SELECT count(*) FROM {parts} WHERE {column} = {table}.id) "
        f"FROM {table} ORDER BY created DESC, id DESC"
    )
    return [Listed(*values) for values in db.execute(question)]


def _one(db: sqlite3.Connection, table: str, columns: str, number: int) -> tuple[Any, ...]:
    found = db.execute(f"SELECT {columns} FROM {table} WHERE id = ?", (number,)).fetchone()
    if found is None:
        raise InputError(
            f"the gallery has no {table.removesuffix('s')} {number!r}: take a number that "
            f"gallery.{table}() lists."
        )
    return tuple(found)
