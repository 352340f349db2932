"""The cupboard in the cache: whole entries or none, damage is noticed, a limit holds."""

import os
import sqlite3
import sys

import pytest

from dalle_explore.instruments.kept import Kept


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "kept.sqlite"


def test_what_is_kept_is_there_for_the_next(path):
    Kept(path).put("codes", {3: b"three", 5: b"five"})
    kept = Kept(path)
    assert kept.get("codes", [5, 4, 3]) == {3: b"three", 5: b"five"}
    assert kept.get("pixels", [3]) == {} and kept.fault == ""
    kept.put("codes", {3: b"other"})
    assert kept.get("codes", [3]) == {3: b"other"}


def test_more_numbers_than_one_question_takes(path):
    kept = Kept(path)
    kept.put("x", {number: str(number).encode() for number in range(2_000)})
    found = kept.get("x", range(0, 3_000, 2))
    assert found == {number: str(number).encode() for number in range(0, 2_000, 2)}


def test_without_a_path_it_lies_in_the_cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DALLE_EXPLORE_HOME", str(tmp_path))
    Kept().put("x", {1: b"1"})
    assert (tmp_path / "neighbours" / "kept.sqlite").is_file()


def test_a_damaged_entry_is_not_there(path):
    kept = Kept(path)
    kept.put("x", {1: b"one", 2: b"two"})
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE kept SET data = ? WHERE number = 1", (b"0ne",))
    connection.close()
    assert kept.get("x", [1, 2]) == {2: b"two"}
    kept.put("x", {1: b"one"})
    assert kept.get("x", [1, 2]) == {1: b"one", 2: b"two"}


@pytest.mark.parametrize("size", [0, 10, 5_000])
def test_a_damaged_file_is_begun_anew(size, path):
    kept = Kept(path)
    kept.put("x", {number: bytes(100) for number in range(300)})
    whole = path.read_bytes()
    path.write_bytes(os.urandom(16) + whole[16:size])
    assert kept.get("x", [1]) == {} and kept.fault == ""
    kept.put("x", {1: b"one"})
    assert Kept(path).get("x", [1]) == {1: b"one"}


def test_what_was_not_looked_at_for_longest_goes(path):
    kept = Kept(path, limit=1_000)
    for number in range(5):
        kept.put("x", {number: bytes(200)})
    assert len(kept.get("x", range(5))) == 5
    kept.get("x", [0])
    kept.put("y", {7: bytes(400)})
    assert set(kept.get("x", range(5))) < {0, 1, 2, 3, 4} and kept.get("y", [7])
    assert 0 in kept.get("x", range(5)) and len(kept.get("x", range(5))) == 3


def test_the_file_stays_small_too(path):
    kept = Kept(path, limit=100_000)
    for number in range(40):
        kept.put("x", {number: bytes(20_000)})
    assert path.stat().st_size < 200_000


def test_where_nothing_can_be_kept_it_is_empty_and_says_why(tmp_path):
    (tmp_path / "file").write_text("")
    kept = Kept(tmp_path / "file" / "kept.sqlite")
    kept.put("x", {1: b"one"})
    assert kept.get("x", [1]) == {} and "cannot make the folder" in kept.fault
    folder = Kept(tmp_path)
    folder.put("x", {1: b"one"})
    assert folder.get("x", [1]) == {} and "unable to open" in folder.fault


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="needs POSIX rights, and not to be root"
)
def test_a_file_that_may_not_be_written_is_left_alone(path):
    Kept(path).put("x", {1: b"one"})
    path.chmod(0o400)
    kept = Kept(path)
    kept.put("x", {1: b"two"})
    assert "readonly" in kept.fault
    path.chmod(0o600)
    assert Kept(path).get("x", [1]) == {1: b"one"}


def test_another_process_that_writes_does_not_stop_the_work(path, monkeypatch):
    monkeypatch.setattr("dalle_explore.instruments.kept._WAIT", 0.05)
    Kept(path).put("x", {1: b"one"})
    other = sqlite3.connect(path)
    try:
        other.execute("BEGIN EXCLUSIVE")
        kept = Kept(path)
        kept.put("x", {1: b"two"})
        assert kept.get("x", [1]) == {} and "locked" in kept.fault
    finally:
        other.close()
    assert Kept(path).get("x", [1]) == {1: b"one"}
