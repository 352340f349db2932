"""One SQLite file and one connection to it: opening, patience, transactions, errors.

What is promised: a transaction that returned is there after a killed process, and after a power
cut where the disk keeps its word about fsync; a transaction is whole or not at all, also under
Ctrl-C; any number of processes of one machine may take turns.
"""

import contextlib
import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from dalle_explore.errors import DalleExploreError, DataError, InputError, MachineError
from dalle_explore.files import faults, make_folder
from dalle_explore.gallery.tables import APPLICATION, PAGE, TABLES, THUMBNAILS, VERSION

__all__ = ["PATIENCE", "Store", "in_words"]

T = TypeVar("T")

PATIENCE = 30.0  # seconds to wait for other processes
_NAP = 0.2  # seconds SQLite waits by itself; in between Ctrl-C is heard
_SHORTEST = 512  # bytes of the smallest file that SQLite writes
_LONGEST = 64 * 2**20  # bytes of one value; a file from a stranger could name any size
_CACHE = 64 * 1024  # KiB of pages that are kept in memory, at most
# Before, two checkpoints at once could lose a commit (sqlite.org/wal.html, "WAL-reset bug").
_WAL_SOUND = (3, 51, 3)


class Store:
    """An open file. ``read`` and ``write`` run one function each, with the connection.

    Args:
        path: of the file; None: in memory.
        read_only: nothing is written, not even repairs after a crash.
        immutable: nobody writes to it, so that nothing is locked; implies ``read_only``.
        exclusive: nobody else may open it; for file systems whose locks cannot be trusted.
        data: the whole file, unpacked in memory, where ``path`` only says where it came from;
            implies ``read_only``.

    Raises:
        InputError: no such file, no permission, a folder.
        DataError: no gallery, a damaged one, or one of a newer version.
        MachineError: the disk is full, or another process held the file for 30 s.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        read_only: bool = False,
        immutable: bool = False,
        exclusive: bool = False,
        data: bytes | None = None,
    ) -> None:
        self.path = path
        self.read_only = read_only or immutable or data is not None
        self._process = os.getpid()
        self._lock = threading.RLock()
        self.closed = False
        if path is not None and not self.read_only:
            make_folder(path.parent)
            for needed in (path.parent, path):  # SQLite would open it all the same, to read
                if needed.exists() and not os.access(needed, os.W_OK):
                    raise InputError(
                        f"cannot write {needed}: no permission; open the gallery with "
                        f"read_only=True, or name another file."
                    )
        if path is not None and self.read_only and data is None:
            with faults(path, "open"), open(path, "rb") as file:
                file.read(1)
            # A file that was written ahead, alone in a folder of somebody else's: SQLite would
            # want to make files beside it.
            ahead = Path(f"{path}-wal")
            immutable = immutable or (not os.access(path.parent, os.W_OK) and not ahead.exists())
        if (
            path is not None
            and data is None
            and path.is_file()
            and 0 < path.stat().st_size < _SHORTEST
        ):
            # SQLite would take it for an empty file, and write over it.
            raise DataError(f"{path} is cut off, or no gallery: name another file.")
        self._connection = self._connect(immutable, data)
        try:
            self._translated(lambda: self._enter(exclusive), "open")
        except BaseException:
            self._connection.close()
            raise

    def _connect(self, immutable: bool, data: bytes | None) -> sqlite3.Connection:
        if self.path is None or data is not None:
            name = ":memory:"
        else:
            mode = "ro" if self.read_only else "rwc"
            name = f"{self.path.absolute().as_uri()}?mode={mode}{'&immutable=1' * immutable}"
        try:
            connection = sqlite3.connect(
                name,
                uri=True,
                timeout=_NAP,
                isolation_level=None,  # transactions begin where we say
                check_same_thread=False,  # the lock sees to it
            )
        except sqlite3.Error as error:
            raise in_words(error, self.path, "open") from error
        if data is not None:
            connection.deserialize(data)
            connection.execute("PRAGMA query_only=ON")
        # A flipped byte in a text makes its digest wrong; it need not stop the whole query.
        connection.text_factory = _text
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        return connection

    def _enter(self, exclusive: bool) -> None:
        """Refuse what is not ours, make what is not there yet, and set what is promised."""
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", f"cache_size=-{_CACHE}"):
            self._pragma(pragma)
        if exclusive:
            self._pragma("locking_mode=EXCLUSIVE")
        new = self._patiently(self._is_new)
        if new and self.read_only:
            raise DataError(f"{self.path} is empty, and not a gallery: name another file.")
        if new:
            self._pragma(f"page_size={PAGE}")
            self._pragma("auto_vacuum=INCREMENTAL")
        if not self.read_only:
            self._set_journal(exclusive)
            self._pragma("synchronous=FULL")
        if new:
            self.write(self._make)
        self._check_tables()
        if self.read_only:
            self.check_file()

    def check_file(self) -> None:
        """Look for damage to the file's structure; what rows say is guarded by their digests.

        Raises:
            DataError: it is damaged.
        """
        said = self.read(lambda db: db.execute("PRAGMA quick_check(1)").fetchone()[0])
        fault = " ".join(said.replace("*** in database main ***", "").split())  # of several lines
        if fault != "ok":
            raise DataError(f"{self.path} is damaged ({fault}): get the file again.")

    def _pragma(self, text: str) -> Any:
        """What a pragma answers; nearly all of them look into the file, as a question does."""
        answer = self._patiently(lambda: self._connection.execute(f"PRAGMA {text}").fetchone())
        return answer[0] if answer else None

    def _is_new(self) -> bool:
        """Say whether the file is still empty; raise where it is somebody else's."""
        # The tables first: a process that makes them meanwhile signs the file with them.
        tables = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        application = self._connection.execute("PRAGMA application_id").fetchone()[0]
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if not (application or version or tables):
            return True
        if application != APPLICATION:
            raise DataError(
                f"{self.path} is a file of SQLite, but not a gallery of dalle_explore: name "
                f"another file."
            )
        if version != VERSION:
            raise DataError(
                f"{self.path} is a gallery of version {version}, but this version of "
                f"dalle_explore reads version {VERSION}: update dalle_explore."
            )
        return False

    def _set_journal(self, exclusive: bool) -> None:
        sound = sqlite3.sqlite_version_info >= _WAL_SOUND
        mode = "WAL" if sound and not exclusive else "TRUNCATE"
        if self._pragma("journal_mode").upper() == mode:
            return
        # Leaving the other mode needs the file alone. Where it is in use, its users' mode serves:
        # the one is as safe as the other, but for the bug above, which needs luck.
        with contextlib.suppress(sqlite3.OperationalError):
            self._connection.execute(f"PRAGMA journal_mode={mode}")

    def _make(self, db: sqlite3.Connection) -> None:
        if not self._is_new():
            return  # another process was faster
        for table in TABLES:
            db.execute(table)
        db.execute(f"PRAGMA application_id={APPLICATION}")
        db.execute(f"PRAGMA user_version={VERSION}")

    def _check_tables(self) -> None:
        """A file from anywhere holds exactly our tables: no triggers, views or functions."""
        listed = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
        found = {text for (text,) in self.read(lambda db: db.execute(listed).fetchall())}
        found.discard("CREATE TABLE sqlite_sequence(name,seq)")
        wanted = set(TABLES)
        if found == wanted - {THUMBNAILS} and not self.read_only:
            self.write(lambda db: db.execute(THUMBNAILS))
        elif found | {THUMBNAILS} != wanted:
            raise DataError(
                f"{self.path} has other tables than a gallery of version {VERSION}: it is foreign "
                f"or damaged; name another file."
            )

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return ``work(connection)``, repeated while another process is in the way.

        Raises:
            DataError: the file is damaged.
            MachineError: another process held the file for 30 s, or the disk is failing.
            InputError: the gallery was closed, or opened in another process.
        """
        return self._translated(lambda: self._patiently(lambda: work(self._connection)), "read")

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return ``work(connection)``, run in one transaction: whole, or not at all.

        Raises:
            DataError: the file is damaged.
            MachineError: the disk is full or failing, or another process held the file for 30 s.
            InputError: the gallery is read-only, was closed, or opened in another process.
        """
        if self.read_only:
            raise InputError(
                f"cannot write into {self.path}: this gallery was opened read-only; open one of "
                f"your own, or import it with Gallery.import_."
            )
        return self._translated(lambda: self._transaction(work), "write")

    def _transaction(self, work: Callable[[sqlite3.Connection], T]) -> T:
        run = self._connection.execute
        try:
            self._patiently(lambda: run("BEGIN IMMEDIATE"))
            result = work(self._connection)
            self._patiently(lambda: run("COMMIT"))
        except BaseException:
            # Ctrl-C as well: whoever waits for the file must not wait for us.
            self._roll_back()
            raise
        return result

    def _roll_back(self) -> None:
        while self._connection.in_transaction:
            with contextlib.suppress(sqlite3.Error, KeyboardInterrupt):
                self._connection.rollback()

    def _translated(self, work: Callable[[], T], verb: str) -> T:
        self._check_alive()  # before the lock: after a fork, who held it may not exist here
        with self._lock:
            self._check_alive()
            try:
                if self._connection.in_transaction:  # a second Ctrl-C fell before a rollback
                    self._roll_back()
                return work()
            except sqlite3.Error as error:
                raise in_words(error, self.path, verb) from error
            except UnicodeDecodeError as error:  # SQLite's own sentence quotes damaged bytes
                raise in_words(sqlite3.DatabaseError(error), self.path, verb) from error

    def _patiently(self, work: Callable[[], T]) -> T:
        """Repeat what another process stands in the way of, for at most ``PATIENCE`` seconds."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return work()
            except sqlite3.OperationalError as error:
                if _primary(error) not in _BUSY or time.monotonic() >= end:
                    raise
            # After a crash everybody tries to repair the file and finds everybody in the way, at
            # once and without SQLite's own nap: whoever sleeps least, by luck, gets through.
            time.sleep(random.uniform(0.001, 0.03))

    def _check_alive(self) -> None:
        if self._process != os.getpid():
            raise InputError(
                f"the gallery {self.path} was opened in another process, and a connection does "
                f"not survive a fork: call Gallery.open again in this process."
            )
        if self.closed:
            raise InputError(f"the gallery {self.path} was closed: open it again.")

    def close(self) -> None:
        """Close the file; again is no harm. In a forked process nothing is touched."""
        if self._process == os.getpid():
            with self._lock:
                self.closed = True
                self._connection.close()


_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_REFUSED = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_FAILING = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL}


def _primary(error: sqlite3.Error) -> int:
    """The first byte of SQLite's result code; -1 where Python's module raised by itself."""
    code = getattr(error, "sqlite_errorcode", None)
    return -1 if code is None else code & 0xFF


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def in_words(error: sqlite3.Error, path: Path | None, verb: str) -> DalleExploreError:
    """Return the error of this package that says what an error of SQLite means for a person."""
    code = _primary(error)
    if code in _BUSY:
        return MachineError(
            f"cannot {verb} {path}: another process has used it for {PATIENCE:g} s without a "
            f"pause; try again, or stop that process."
        )
    if code == sqlite3.SQLITE_FULL:
        return MachineError(
            f"cannot {verb} {path}: the disk is full; free some space, or open a gallery on "
            f"another disk."
        )
    if code in _FAILING:
        return MachineError(
            f"cannot {verb} {path}: the machine answered '{error}'; try again, or open a gallery "
            f"on another disk."
        )
    if code in _REFUSED:
        return InputError(
            f"cannot {verb} {path}: {error}; choose another file, or repair its permissions."
        )
    return DataError(
        f"cannot {verb} {path}: it is damaged, or no gallery ({error}); move it away or name "
        f"another file; `python -m dalle_explore gallery check` says what can be read."
    )
