"""Files are written whole or not at all, and everything that goes wrong is one sentence."""

import errno
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dalle_explore import files
from dalle_explore.errors import InputError, MachineError, ModelFileError

POSIX = pytest.mark.skipif(
    sys.platform == "win32", reason="needs POSIX file-size limits or devices"
)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_file_is_written_and_replaced_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "a picture é.png"
    assert files.write_atomic(path, b"first") == path
    files.write_atomic(str(path), memoryview(b"second"))
    assert path.read_bytes() == b"second"
    assert names(tmp_path) == [path.name]


def run_limited(program: str, *arguments: str) -> subprocess.CompletedProcess:
    """Run a program in which no file may grow beyond 64 KiB: a real, small, full disk."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
    return subprocess.run(
        [sys.executable, "-c", limit + program, *arguments], capture_output=True, encoding="utf-8"
    )


@POSIX
def test_a_full_disk_is_the_machines_fault_and_leaves_the_old_file_whole(tmp_path):
    path = tmp_path / "record.json"
    path.write_bytes(b"old")
    program = (
        "import sys\n"
        "from dalle_explore import errors, files\n"
        "try:\n"
        "    files.write_atomic(sys.argv[1], bytes(1_000_000))\n"
        "except errors.MachineError as error:\n"
        "    print(error)\n"
    )
    done = run_limited(program, str(path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"cannot write {path}: the disk is full (")
    assert done.stdout.endswith("free some space or choose a path on another disk.\n")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["record.json"]


@POSIX
def test_a_full_disk_leaves_no_file_where_there_was_none(tmp_path):
    program = (
        "import sys\n"
        "from dalle_explore import errors, files\n"
        "try:\n"
        "    files.write_json(sys.argv[1], {'long': 'x' * 100_000})\n"
        "except errors.MachineError:\n"
        "    print('full')\n"
    )
    done = run_limited(program, str(tmp_path / "record.json"))
    assert done.stdout == "full\n", done.stderr
    assert names(tmp_path) == []


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_an_interrupt_keeps_the_old_file_and_cleans_up(tmp_path, monkeypatch, moment):
    path = tmp_path / "record.json"
    path.write_bytes(b"old")

    def interrupt(*_):
        raise KeyboardInterrupt

    # A real Ctrl-C cannot be timed to arrive at these two lines.
    monkeypatch.setattr(os, moment, interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["record.json"]


def test_a_killed_writer_leaves_one_content_or_the_other(tmp_path):
    path = tmp_path / "weights"
    files.write_atomic(path, b"a" * 500_000)
    program = (
        "import sys\n"
        "from dalle_explore import files\n"
        "while True:\n"
        "    for letter in (b'b', b'a'):\n"
        "        files.write_atomic(sys.argv[1], letter * 500_000)\n"
        "        print('.', end='', flush=True)\n"
    )
    for wait in (0.0, 0.005, 0.011):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE
        ) as writer:
            writer.stdout.read(3)  # it writes by now
            time.sleep(wait)
            writer.kill()
        content = path.read_bytes()
        assert len(content) == 500_000 and len(set(content)) == 1


def bad_paths(folder: Path) -> dict[str, str | Path]:
    (folder / "file").write_bytes(b"")
    return {
        "missing folder": folder / "missing" / "sheet.png",
        "below a file": folder / "file" / "sheet.png",
        "a folder": folder,
        "long": folder / ("x" * 300),
        "null": str(folder) + "/a\0b",
        "empty": "",
    }


@pytest.mark.parametrize(
    "kind", ["missing folder", "below a file", "a folder", "long", "null", "empty"]
)
def test_a_path_that_cannot_be_written_is_the_persons_to_change(tmp_path, kind):
    path = bad_paths(tmp_path)[kind]
    with pytest.raises(InputError, match="^cannot write ") as caught:
        files.write_atomic(path, b"data")
    assert str(caught.value).endswith(".")
    assert names(tmp_path) == ["file"]


@POSIX
def test_a_device_is_never_replaced_by_a_file(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path in (fifo, "/dev/null"):
        with pytest.raises(InputError, match="it is a folder or a device"):
            files.write_atomic(path, b"data")
    assert not os.path.isfile("/dev/null") and not fifo.is_file()


def test_a_link_is_followed_not_replaced(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("symbolic links need a privilege here")
    files.write_atomic(link, b"new")
    assert link.is_symlink() and target.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("number", "kind", "said"),
    [
        (errno.ENOSPC, MachineError, "the disk is full"),
        (errno.EIO, MachineError, "the machine answered"),
        (errno.EACCES, InputError, "choose another path"),
        (errno.EROFS, InputError, "choose another path"),
    ],
)
def test_faults_sorts_the_systems_errors(number, kind, said):
    with pytest.raises(kind, match=said), files.faults("sheet.png", "write"):
        raise OSError(number, os.strerror(number))
    with pytest.raises(MachineError, match="not enough memory"), files.faults("a", "read"):
        raise MemoryError
    with pytest.raises(KeyError), files.faults("a", "read"):
        raise KeyError("ours to see, not to hide")


def test_make_folder_makes_all_of_it_and_refuses_a_file(tmp_path):
    assert files.make_folder(tmp_path / "a" / "b").is_dir()
    assert files.make_folder(tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="cannot make the folder"):
        files.make_folder(tmp_path / "file")


def test_sha256_is_the_published_one(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")  # the first example of FIPS 180-2
    assert files.sha256(path) == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
    path.write_bytes(bytes(3_000_000))
    assert files.sha256(path) == hashlib.sha256(bytes(3_000_000)).hexdigest()
    with pytest.raises(InputError, match="cannot read .*missing"):
        files.sha256(tmp_path / "missing")


def test_json_comes_back_as_it_was_written(tmp_path):
    value = {"prompt": "a mouse — \u2028 ✓ \U0001f427", "seed": 2**63 - 1, "scores": [0.1, None]}
    path = files.write_json(tmp_path / "record.json", value)
    assert files.read_json(path, "a record") == value
    assert path.read_bytes().endswith(b"}\n") and b"\r" not in path.read_bytes()
    path.write_text(json.dumps(value), encoding="utf-8-sig")  # as some Windows editors save it
    assert files.read_json(path, "a record") == value
    with pytest.raises(InputError, match="cannot be written as JSON"):
        files.write_json(path, {"score": float("nan")})
    assert files.read_json(path, "a record") == value


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not readable JSON"),
        (b'{"a": 1', "not readable JSON"),
        (b"\xff\xfe{", "not readable JSON"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": 1, "b": 2, "a": 3}', "the name 'a' is given twice"),
        (b'{"a": ' + b"[" * 100_000, "nested too deeply|not readable JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not readable JSON"),
        (b"[1, 2]", "holds a JSON list, but it has to be an object"),
        (b'{"a": "' + b"x" * 5000 + b'"}', "larger than 4000 bytes"),
    ],
)
def test_a_foreign_json_file_is_refused_in_a_sentence(tmp_path, content, said):
    path = tmp_path / "card.json"
    path.write_bytes(content)
    limit = 4000 if "larger" in said else files.JSON_LIMIT
    for kind in (InputError, ModelFileError):
        with pytest.raises(kind, match=said) as caught:
            files.read_json(path, "the card", limit=limit, error=kind)
        assert type(caught.value) is kind
        assert str(caught.value).startswith("the card in ") and len(str(caught.value)) < 500


def test_a_missing_json_file_is_named_with_what_it_should_have_been(tmp_path):
    with pytest.raises(ModelFileError, match="the card cannot be used: cannot read .*card.json"):
        files.read_json(tmp_path / "card.json", "the card", error=ModelFileError)


def test_home_is_the_folder_chosen_or_the_platforms_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DALLE_EXPLORE_HOME", str(tmp_path / "mine"))
    assert files.home() == tmp_path / "mine"
    monkeypatch.delenv("DALLE_EXPLORE_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    expected = {
        "win32": tmp_path / "Local",
        "darwin": tmp_path / "Library" / "Caches",
        "linux": tmp_path / ".cache",
    }
    for platform, folder in expected.items():
        monkeypatch.setattr(sys, "platform", platform)
        assert files.home() == folder / "dalle_explore"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert files.home() == tmp_path / "xdg" / "dalle_explore"


def test_a_user_without_a_home_is_told_which_variable_to_set(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("DALLE_EXPLORE_HOME")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(InputError, match="set the environment variable DALLE_EXPLORE_HOME"):
        files.home()
