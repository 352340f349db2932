"""Power cuts without a plug: a file system that records, and what a disk may make of it.

The gallery's own SQL runs through apsw on a virtual file system of Python. What was written since
the last sync of a file may be on the disk, or not, or by halves; what was synced is there. Files
that were made or deleted count as on the disk at once, and there is one connection: that is what
this does not show.
"""

import apsw

SECTOR = 512  # bytes that a disk writes whole


class Recorder(apsw.VFS):
    """A file system whose files lie where asked, and that notes every change in ``events``."""

    def __init__(self, name):
        self.name, self.events = name, []
        super().__init__(name, "")

    def xOpen(self, name, flags):
        return RecordedFile(self, name, flags)

    def xDelete(self, name, sync):
        self.events.append(("delete", kind(name)))
        super().xDelete(name, sync)


class RecordedFile(apsw.VFSFile):
    def __init__(self, recorder, name, flags):
        path = name.filename() if hasattr(name, "filename") else name
        self.kind, self.events = kind(path), recorder.events
        super().__init__("", name, flags)
        self.events.append(("open", self.kind))

    def xWrite(self, data, offset):
        self.events.append(("write", self.kind, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size):
        self.events.append(("truncate", self.kind, size))
        super().xTruncate(size)

    def xSync(self, flags):
        super().xSync(flags)
        self.events.append(("sync", self.kind))


def kind(path):
    """The end that SQLite gives the names of companions: "", "-journal" or "-wal"."""
    return next((end for end in ("-journal", "-wal", "-shm") if str(path).endswith(end)), "")


class Cursor:
    def __init__(self, cursor):
        self.cursor = cursor

    def __iter__(self):
        return iter(self.cursor)

    def fetchall(self):
        return self.cursor.fetchall()

    def fetchone(self):
        return self.cursor.fetchone()


class Connection:
    """As much of ``sqlite3.Connection`` as a gallery uses, on apsw.

    Args:
        path: of the file.
        recorder: the file system.
        careless: leave ``synchronous`` off, whatever is asked for: the control.
    """

    def __init__(self, path, recorder, careless):
        self.careless = careless
        self.connection = apsw.Connection(str(path), vfs=recorder.name)
        # Its files have no shared memory; alone, SQLite keeps the index of the log in its own.
        self.connection.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()

    def execute(self, sql, values=()):
        if self.careless and sql == "PRAGMA synchronous=FULL":
            sql = "PRAGMA synchronous=OFF"
        return Cursor(self.connection.execute(sql, values))

    def executemany(self, sql, values):
        self.connection.executemany(sql, list(values)).fetchall()

    @property
    def in_transaction(self):
        return self.connection.in_transaction

    def rollback(self):
        self.connection.execute("ROLLBACK")

    def setlimit(self, category, limit):
        self.connection.limit(category, limit)

    def close(self):
        self.connection.close()


def survivors(events, chance):
    """What is on the disk after the power fails at the end of ``events``: kind -> bytes."""
    files, pending = {}, {}
    for event in events:
        what, name = event[:2]
        if what == "open":
            files.setdefault(name, bytearray())
        elif what == "delete":
            files.pop(name, None)
            pending.pop(name, None)
        elif what == "sync":
            for change in pending.pop(name, []):
                apply(files[name], change)
        else:
            pending.setdefault(name, []).append(event)
    for name, changes in pending.items():
        mood = chance.choice(["all", "none", "some", "torn"])
        for change in changes:
            if mood == "all" or (mood in ("some", "torn") and chance.random() < 0.5):
                apply(files[name], change)
            elif mood == "torn" and change[0] == "write":
                _, _, offset, data = change
                for begin in range(0, len(data), SECTOR):
                    if chance.random() < 0.5:
                        part = data[begin : begin + SECTOR]
                        apply(files[name], ("write", name, offset + begin, part))
    return {name: bytes(data) for name, data in files.items()}


def apply(file, change):
    if change[0] == "truncate":
        del file[change[2] :]
        return
    _, _, offset, data = change
    if len(file) < offset:
        file.extend(bytes(offset - len(file)))
    file[offset : offset + len(data)] = data
