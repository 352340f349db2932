"""The optional part in C: built once, checked, and let go of where it is not what it should be."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from dalle_explore import kernel as room
from dalle_explore.kernel import build, check, cores, kernel, share, why_not, without_kernel

needs_compiler = pytest.mark.skipif(build.compiler() is None, reason="needs a C compiler")


@pytest.fixture
def anew(monkeypatch):
    """As in a process that has not looked for a kernel yet."""
    monkeypatch.setattr(room, "_found", None)
    return monkeypatch


@needs_compiler
def test_it_is_built_once_and_then_loaded(anew, tmp_path):
    anew.setenv("DALLE_EXPLORE_HOME", str(tmp_path))
    assert kernel() is not None and why_not() is None
    (kept,) = (tmp_path / "kernel").glob("kernel-*")
    written = kept.stat().st_mtime_ns
    anew.setattr(room, "_found", None)
    anew.setattr(build, "compile_with", lambda *_: pytest.fail("it was built again"))
    assert kernel() is not None
    assert kept.stat().st_mtime_ns == written


@needs_compiler
def test_a_library_that_others_could_have_written_is_not_loaded(anew, tmp_path):
    anew.setenv("DALLE_EXPLORE_HOME", str(tmp_path))
    kernel()
    (kept,) = (tmp_path / "kernel").glob("kernel-*")
    kept.unlink()  # it is in use here: nobody may write into it
    kept.write_bytes(b"not a library")
    kept.chmod(0o777)
    anew.setattr(room, "_found", None)
    assert kernel() is not None  # built anew
    assert kept.read_bytes()[:4] != b"not "
    kept.unlink()
    kept.write_bytes(b"damaged")  # ours, but no library
    anew.setattr(room, "_found", None)
    assert kernel() is not None


@needs_compiler
def test_a_cache_folder_that_cannot_be_written_is_no_hindrance(anew, tmp_path):
    (tmp_path / "file").write_text("")
    anew.setenv("DALLE_EXPLORE_HOME", str(tmp_path / "file"))
    assert kernel() is not None


def test_without_a_compiler_there_is_none_and_it_says_so(anew, tmp_path):
    anew.setattr(build, "compiler", lambda: None)
    assert kernel() is None
    assert why_not() == "no C compiler was found"


@needs_compiler
def test_a_compiler_that_fails_is_named_with_its_words(anew, tmp_path):
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'cannot do it' >&2\nexit 1\n")
    broken.chmod(0o755)
    anew.setenv("CC", str(broken))
    anew.setenv("DALLE_EXPLORE_HOME", str(tmp_path))
    assert kernel() is None
    assert why_not() == f"{broken} could not build it: cannot do it"


def test_zigs_compiler_does_where_there_is_no_other(monkeypatch):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(build.shutil, "which", lambda name: None)
    monkeypatch.setattr(build.importlib.util, "find_spec", lambda name: None)
    assert build.compiler() is None
    monkeypatch.setattr(build.importlib.util, "find_spec", lambda name: object())
    assert build.compiler() == (sys.executable, "-m", "ziglang", "cc")


@needs_compiler
def test_a_compiler_may_be_asked_for_with_arguments(anew, tmp_path):
    anew.setenv("CC", f"{build.compiler()[0]} -O1")
    anew.setenv("DALLE_EXPLORE_HOME", str(tmp_path))
    assert kernel() is not None


def test_a_compiler_that_is_asked_for_and_not_there_is_not_replaced(anew):
    anew.setenv("CC", "no-such-compiler")
    assert kernel() is None
    assert why_not() == "no C compiler was found"


@needs_compiler
def test_many_threads_at_once_build_and_check_it_once(anew, tmp_path):
    anew.setenv("DALLE_EXPLORE_HOME", str(tmp_path))
    judged, right = [], room.fault
    anew.setattr(room, "fault", lambda made: judged.append(made) or right(made))
    found = []
    threads = [threading.Thread(target=lambda: found.append(kernel())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(judged) == 1 and set(found) == {judged[0]}
    assert len(list((tmp_path / "kernel").iterdir())) == 1


def test_it_can_be_refused(anew):
    anew.setenv("DALLE_EXPLORE_KERNEL", "0")
    assert kernel() is None
    assert why_not() == "DALLE_EXPLORE_KERNEL is 0"


@needs_compiler
def test_it_can_be_switched_off_for_a_while():
    with without_kernel():
        assert kernel() is None and why_not() == "it is switched off"
        with without_kernel():
            pass
        assert kernel() is None
    assert kernel() is not None


class Wrong:
    """A kernel with a fault."""

    def __init__(self, right, what):
        self._right, self._what = right, what

    def draw(self, *values):
        self._right.draw(*values)
        if self._what == "draw":
            np.ctypeslib.as_array((np.ctypeslib.ctypes.c_int64 * 3).from_address(values[-1]))[
                1
            ] += 1

    def look(self, *values):
        self._right.look(*values)
        if self._what == "look":
            np.ctypeslib.as_array((np.ctypeslib.ctypes.c_float * 3).from_address(values[8]))[
                2
            ] += 0.01


@needs_compiler
@pytest.mark.parametrize(
    "what, said", [("draw", "draws other codes"), ("look", "records other statistics")]
)
def test_one_that_computes_something_else_is_found_out(what, said):
    assert check.fault(kernel()) is None
    assert check.fault(Wrong(kernel(), what)) == said


@needs_compiler
def test_one_that_is_wrong_is_not_used(anew):
    anew.setattr(room, "fault", lambda _: "draws other codes")
    assert kernel() is None
    assert why_not() == "what was built draws other codes"


def test_cores_are_at_least_one_and_at_most_those_there_are():
    assert 1 <= cores() <= os.cpu_count()


@pytest.mark.parametrize("rows, threads", [(1, 1), (1, 4), (5, 2), (7, 3), (64, 5), (3, 0)])
def test_rows_are_shared_out_whole_and_in_order(rows, threads):
    taken, lock = [], threading.Lock()

    def call(part):
        with lock:
            taken.append(part)

    share(call, rows, threads)
    assert len(taken) == min(rows, max(threads, 1))
    assert [row for part in sorted(taken, key=lambda part: part.start) for row in part] == list(
        range(rows)
    )


def test_an_error_in_one_thread_reaches_the_caller():
    def call(part):
        if part.start == 0:
            raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        share(call, 4, 2)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs POSIX fork")
def test_a_forked_process_has_workers_of_its_own():
    """Its parent's threads do not exist there; waiting for them would never end."""
    code = (
        "import os\n"
        "from dalle_explore.kernel import share\n"
        "share(lambda part: None, 4, 2)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    share(lambda part: None, 4, 2)\n"
        "    os._exit(7)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=60)
