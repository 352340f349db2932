"""A cupboard for what takes long to make and can be made again: one SQLite file in the cache.

Every entry is written whole or not at all, carries a checksum, and is made again when that fails.
The file stays below a limit: what was not looked at for longest goes. A cupboard that cannot be
used (no room, no right, another process) is an empty one, and says why.
"""

import contextlib
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from dalle_explore.errors import DalleExploreError
from dalle_explore.files import home, make_folder

__all__ = ["LIMIT", "Kept"]

LIMIT = 256 * 2**20  # bytes of all entries; 2,000 pictures of 128 pixels take 25 million

_WAIT = 10.0  # seconds for another process that is writing
_AT_ONCE = 500  # numbers of one question; SQLite takes 999 at least
_TABLE = """
CREATE TABLE IF NOT EXISTS kept (
    kind TEXT NOT NULL, number INTEGER NOT NULL, used INTEGER NOT NULL, crc INTEGER NOT NULL,
    data BLOB NOT NULL, UNIQUE (kind, number)
)"""
_TOO_MUCH = """
DELETE FROM kept WHERE rowid IN (
    SELECT rowid FROM (
        SELECT rowid, SUM(LENGTH(data)) OVER (ORDER BY used DESC, rowid DESC) AS total FROM kept
    ) WHERE total > ?
)"""

R = TypeVar("R")


class Kept:
    """Bytes by kind and number.

    Args:
        path: the file; None: ``neighbours/kept.sqlite`` in the cache folder.
        limit: bytes that all entries together may have.

    Attributes:
        fault: why nothing could be read or kept, in words; "" as long as all is well.
    """

    def __init__(self, path: Path | None = None, limit: int = LIMIT) -> None:
        self.path, self.limit = path, limit
        self.fault = ""

    def get(self, kind: str, numbers: Sequence[int]) -> dict[int, bytes]:
        """Return what there is of some entries; those that are damaged are not there."""

        def ask(connection: sqlite3.Connection) -> dict[int, bytes]:
            found, bad = {}, []
            for first in range(0, len(numbers), _AT_ONCE):
                part = [int(number) for number in numbers[first : first + _AT_ONCE]]
                marks = ", ".join("?" * len(part))
                where = f"WHERE kind = ? AND number IN ({marks})"
                asked = connection.execute(
                    f"SELECT number, crc, data FROM kept {where}", (kind, *part)
                )
                for number, crc, data in asked:
                    if isinstance(data, bytes) and zlib.crc32(data) == crc:
                        found[number] = data
                    else:
                        bad.append((kind, number))
                now = time.time_ns()
                connection.execute(f"UPDATE kept SET used = ? {where}", (now, kind, *part))
            connection.executemany("DELETE FROM kept WHERE kind = ? AND number = ?", bad)
            return found

        return self._do(ask) or {}

    def put(self, kind: str, entries: Mapping[int, bytes]) -> None:
        """Keep some entries; what is there already under their names is replaced."""
        now = time.time_ns()
        rows = [
            (kind, int(number), now, zlib.crc32(data), data) for number, data in entries.items()
        ]

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)", rows)
            connection.execute(_TOO_MUCH, (self.limit,))

        self._do(write)

    def _do(self, what: Callable[[sqlite3.Connection], R]) -> R | None:
        """Do something in one transaction; None where it cannot be done."""
        if self.fault:
            return None  # it was tried, and may have taken the whole wait
        try:
            return self._try(what)
        except sqlite3.OperationalError as error:
            self.fault = str(error)
        except sqlite3.DatabaseError:
            # No database, or a torn one: everything in it can be made again.
            try:
                self._path().unlink(missing_ok=True)
                return self._try(what)
            except (OSError, sqlite3.Error) as error:
                self.fault = str(error)
        except (OSError, DalleExploreError) as error:
            self.fault = str(error)
        return None

    def _try(self, what: Callable[[sqlite3.Connection], R]) -> R:
        with self._open() as connection, connection:
            return what(connection)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        path = self._path()
        make_folder(path.parent)
        connection = sqlite3.connect(path, timeout=_WAIT)
        try:
            connection.execute(_TABLE)
            yield connection
        finally:
            connection.close()

    def _path(self) -> Path:
        return home() / "neighbours" / "kept.sqlite" if self.path is None else self.path
