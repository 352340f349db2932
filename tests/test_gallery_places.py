"""A gallery lies where its locks can be trusted; and that of the user always lies somewhere."""

import errno
import os
import sqlite3
import sys
import tempfile
from pathlib import Path

import pytest
from tiny_gallery import make_row, make_rows

from dalle_explore.errors import DataError, InputError, MachineError
from dalle_explore.gallery import Gallery, places, store

MOUNTS = r"""
/dev/vda / ext4 rw 0 0
proc /proc proc rw 0 0
server:/home /home nfs4 rw 0 0
/dev/vdb /home/local xfs rw 0 0
//server/share /mnt/my\040share cifs rw 0 0
me@host:/ /mnt/far fuse.sshfs rw 0 0
overlay /mnt/near fuse.fuse-overlayfs rw 0 0
lustre@tcp:/scratch /scratch lustre rw 0 0
none /mnt/host 9p rw 0 0
broken line
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX paths")
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/x/gallery.sqlite", None),
        ("/home/me/gallery.sqlite", "nfs4"),
        ("/home/local/gallery.sqlite", None),
        ("/homes/gallery.sqlite", None),
        ("/mnt/my share/gallery.sqlite", "cifs"),
        ("/mnt/my", None),
        ("/mnt/far/a/b", "fuse.sshfs"),
        ("/mnt/near/a", None),
        ("/scratch", "lustre"),
        ("/mnt/host/c", "9p"),
    ],
)
def test_a_network_file_system_is_known_by_what_is_mounted(path, kind):
    assert places.network(Path(path), MOUNTS) == kind


def test_where_nobody_says_what_is_mounted_a_path_counts_as_local():
    assert places.network(Path("/anywhere"), "") is None


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home and a scratch space of this test alone."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.setenv("DALLE_EXPLORE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def shared(home, monkeypatch):
    """The home is on a network."""
    text = f"/dev/vda / ext4 rw 0 0\nserver:/ {str(home).replace(' ', chr(92) + '040')} nfs rw 0 0"
    monkeypatch.setattr(places, "_mounts", lambda: text)
    return home


def uses_scratch(gallery, home):
    """It works, in this machine's scratch space, and says so in one line."""
    with gallery:
        assert gallery.path.is_relative_to(home.parent / "scratch")
        assert "\n" not in gallery.notice and str(gallery.path) in gallery.notice
        assert "DALLE_EXPLORE_HOME" in gallery.notice
        gallery.put(make_rows(2))
        assert len(gallery.find([row.address for row in make_rows(2)])) == 2
    return True


def test_without_a_path_it_is_under_the_home_of_the_package(home):
    with Gallery.open() as gallery:
        assert gallery.path == home / "gallery.sqlite" and gallery.notice is None


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX paths")
def test_a_home_on_a_network_falls_back_to_scratch_that_processes_share(shared):
    assert uses_scratch(Gallery.open(), shared)
    assert not shared.exists(), "nothing is left on the network"
    with Gallery.open() as again:
        assert "nfs" in again.notice
        assert len(again.find([row.address for row in make_rows(2)])) == 2
        assert again.path.parent.stat().st_mode & 0o077 == 0, "it is of this user alone"


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX paths")
def test_a_scratch_folder_that_others_may_write_is_not_trusted(shared):
    trap = shared.parent / "scratch" / f"dalle_explore-{os.getuid()}"
    trap.mkdir()
    trap.chmod(0o777)
    with Gallery.open() as gallery:
        assert not gallery.path.is_relative_to(trap)
        gallery.put(make_rows(1))


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX paths")
def test_a_path_on_a_network_is_refused_unless_forced_and_then_it_is_used_alone(
    shared, monkeypatch
):
    path = shared / "mine.sqlite"
    with pytest.raises(InputError, match=r"nfs.*force=True"):
        Gallery.open(path)
    monkeypatch.setattr(store, "PATIENCE", 0.1)
    with Gallery.open(path, force=True) as gallery:
        gallery.put(make_rows(2))
        mode = gallery._store.read(lambda db: db.execute("PRAGMA journal_mode").fetchone())
        assert mode == ("truncate",)
        with pytest.raises(MachineError, match="another process"):
            Gallery.open(path, force=True)
    with Gallery.open(path, read_only=True) as gallery:
        assert len(gallery.query()) == 2


def test_a_home_that_is_no_folder_falls_back(home):
    home.write_text("a file")
    assert uses_scratch(Gallery.open(), home)


def test_a_home_that_cannot_be_written_falls_back(home, monkeypatch):
    home.mkdir()
    real = os.access
    # As it is for anybody but an administrator, who may run the tests.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != home and real(path, mode))
    assert uses_scratch(Gallery.open(), home)
    with pytest.raises(InputError, match="no permission"):
        Gallery.open(home / "mine.sqlite")


def test_a_broken_file_falls_back_and_stays_for_who_wants_to_look(home):
    home.mkdir()
    (home / "gallery.sqlite").write_bytes(b"SQLite format 3\0" + b"?" * 5000)
    assert uses_scratch(Gallery.open(), home)
    assert (home / "gallery.sqlite").stat().st_size == 5016


def test_a_file_that_is_broken_in_its_middle_falls_back(home):
    with Gallery.open() as gallery:
        gallery.put([make_row(seed, side=16) for seed in range(100)])
    path = home / "gallery.sqlite"
    data = bytearray(path.read_bytes())
    data[-80_000:] = bytes(80_000)
    path.write_bytes(data)
    gallery = Gallery.open()
    assert "is damaged" in gallery.notice
    assert uses_scratch(gallery, home)


def test_a_file_of_a_newer_version_falls_back(home):
    Gallery.open().close()
    with sqlite3.connect(home / "gallery.sqlite") as db:
        db.execute("PRAGMA user_version=9")
    db.close()
    gallery = Gallery.open()
    assert "version 9" in gallery.notice and "update dalle_explore" in gallery.notice
    assert uses_scratch(gallery, home)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits on files")
def test_a_full_disk_everywhere_leaves_the_memory(home):
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))  # every file is full at once
    try:
        with Gallery.open() as gallery:
            assert gallery.path is None and "in memory" in gallery.notice
            gallery.put(make_rows(2))
            assert len(gallery.query()) == 2 and gallery.check() == []
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_nowhere_to_write_leaves_the_memory(home, monkeypatch):
    home.write_text("a file")
    monkeypatch.setattr(tempfile, "tempdir", str(home / "nowhere"))
    with Gallery.open() as gallery:
        assert gallery.path is None and "memory" in gallery.notice and repr(gallery)
        gallery.put(make_rows(1))


def test_a_path_that_cannot_be_is_refused_and_not_replaced(home, tmp_path):
    (tmp_path / "text").write_text("no gallery, but a text of some length" * 40)
    with sqlite3.connect(tmp_path / "other.sqlite") as db:
        db.execute("CREATE TABLE pictures(id)")
    db.close()
    (tmp_path / "empty").touch()
    for name, kind, sentence in (
        ("text", DataError, "no gallery"),
        ("other.sqlite", DataError, "not a gallery of dalle_explore"),
        ("text/gallery.sqlite", InputError, "cannot"),
        (".", InputError, "cannot"),
    ):
        with pytest.raises(kind, match=sentence):
            Gallery.open(tmp_path / name)
        with pytest.raises(InputError):
            Gallery.open(tmp_path / name, read_only=True)
    with pytest.raises(InputError, match="no such file"):
        Gallery.open(tmp_path / "nothing", read_only=True)
    with pytest.raises(DataError, match="is empty"):
        Gallery.open(tmp_path / "empty", read_only=True)
    assert not (tmp_path / "nothing").exists()


def test_tables_of_somebody_else_are_refused(tmp_path):
    path = tmp_path / "gallery.sqlite"
    Gallery.open(path).close()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TRIGGER trap AFTER INSERT ON pictures BEGIN DELETE FROM marks; END")
    db.close()
    for read_only in (False, True):
        with pytest.raises(DataError, match="other tables"):
            Gallery.open(path, read_only=read_only)


def test_a_newer_version_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "gallery.sqlite"
    Gallery.open(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=2")
    db.close()
    for read_only in (False, True):
        with pytest.raises(DataError, match="version 2, .*update dalle_explore"):
            Gallery.open(path, read_only=read_only)


def test_a_read_only_gallery_writes_nothing(tmp_path):
    path = tmp_path / "gallery.sqlite"
    with Gallery.open(path) as gallery:
        gallery.put(make_rows(1))
    before = path.read_bytes()
    with Gallery.open(path, read_only=True) as gallery:
        (row,) = make_rows(1)
        for write in (
            lambda: gallery.put([make_row(5)]),
            lambda: gallery.put_scores("s", "t", {row.address: 0.5}),
            lambda: gallery.mark(row.address, favourite=True),
            lambda: gallery.save_grid(None, {}, []),
            gallery.drop_thumbnails,
        ):
            with pytest.raises(InputError, match="read-only"):
                write()
        assert len(gallery.query()) == 1
        assert gallery.read_only and "read-only" in repr(gallery)
    assert path.read_bytes() == before


def test_a_disk_that_refuses_is_no_traceback_of_sqlite(tmp_path):
    with Gallery.open(tmp_path / "gallery.sqlite") as gallery:
        gallery._store.read(lambda db: db.execute("PRAGMA query_only=1"))
        with pytest.raises(InputError, match="readonly"):
            gallery.put(make_rows(1))
    for number, kind in ((errno.ENOSPC, MachineError), (errno.EACCES, InputError)):
        target = tmp_path / f"out-{number}.jsonl"
        with Gallery.open(tmp_path / "gallery.sqlite") as gallery:
            gallery.put(make_rows(1))

            def full(row, number=number):
                raise OSError(number, os.strerror(number))

            with pytest.raises(kind):
                gallery.export(target, png=full)
        assert not target.exists()
