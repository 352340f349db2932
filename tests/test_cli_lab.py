"""``python -m dalle_explore lab``: lessons beside people, and nothing of theirs overwritten."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from house import ROOT

from dalle_explore.cli import lab, main

# As in a terminal: where tests run in the background, Ctrl-C may be switched off for children.
WITH_CTRL_C = (
    "import signal, sys\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from dalle_explore.cli import main\n"
    "sys.exit(main(sys.argv[1:]))\n"
)
# In the place of JupyterLab: says how it was called, and ends with a status of its own.
STAND_IN = (
    "import json, os, sys\n"
    "print(json.dumps([os.getcwd(), sys.argv[1:]]), flush=True)\n"
    "sys.exit(7)\n"
)
NAMES = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def stand_in(tmp_path_factory, monkeypatch):
    """A package of the name jupyterlab that comes first."""
    folder = tmp_path_factory.mktemp("stand_in")
    (folder / "jupyterlab").mkdir()
    (folder / "jupyterlab" / "__init__.py").touch()
    (folder / "jupyterlab" / "__main__.py").write_text(STAND_IN)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


def test_the_lessons_are_those_of_the_checkout():
    assert [path.name for path in lab.lessons()] == NAMES and len(NAMES) >= 3


def test_lessons_are_copied_byte_for_byte_and_used_again(here):
    (said,) = lab.lay_out(here / "school" / "monday")
    assert f"({len(NAMES)} copied just now)" in said
    for path in lab.lessons():
        assert (here / "school" / "monday" / path.name).read_bytes() == path.read_bytes()
    (said,) = lab.lay_out(here / "school" / "monday")
    assert said == f"the lessons are in {here / 'school' / 'monday'}"


def test_what_somebody_changed_is_kept_and_named(here):
    lab.lay_out(here)
    changed, gone = here / NAMES[1], here / NAMES[2]
    changed.write_text("my work")
    gone.unlink()
    first, second = lab.lay_out(here)
    assert "(1 copied just now)" in first and gone.is_file()
    assert NAMES[1] in second and NAMES[0] not in second
    assert changed.read_text() == "my work"


def test_jupyterlab_starts_in_the_folder_at_the_first_lesson(here, stand_in, capfd):
    (here / "mine").mkdir()
    (here / "mine" / "json.py").write_text("raise RuntimeError('not the one of Python')")
    assert main(["lab", "mine", "--no-browser", "--port", "8899"]) == 7
    *said, called = capfd.readouterr().out.splitlines()
    assert said[0].startswith("the lessons are in mine") and "Ctrl-C" in said[-1]
    folder, arguments = json.loads(called)
    assert folder == os.path.realpath(here / "mine")
    assert arguments[0] == NAMES[0] and {"--no-browser", "--port=8899"} <= set(arguments)
    assert "--allow-root" not in arguments


def test_without_a_folder_they_go_beside_the_person(here, stand_in):
    assert main(["lab"]) == 7
    assert sorted(path.name for path in (here / "dalle-explore-lessons").iterdir()) == NAMES


def test_without_jupyterlab_the_cure_is_one_sentence(here, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "jupyterlab", None)
    assert main(["lab", "mine"]) == 1
    said = capsys.readouterr().err
    assert 'python -m pip install "jupyterlab>=4.6.2"' in said and said.count("\n") == 1
    assert sorted(path.name for path in (here / "mine").iterdir()) == NAMES


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["taken"], "cannot make the folder taken: file exists"),
        (["mine", "--port", "0"], "--port is 0, but ports are 1 to 65535"),
        (["mine", "--port", "70000"], "--port is 70000"),
        (["mine", "more"], "unrecognized arguments: more"),
    ],
)
def test_bad_input_is_one_sentence(here, arguments, sentence, capsys):
    (here / "taken").write_text("mine")
    assert main(["lab", *arguments]) == 2
    said = capsys.readouterr().err
    assert sentence in said and said.count("\n") == 1
    assert [path.name for path in here.iterdir()] == ["taken"]


def test_an_installation_that_lost_its_lessons_says_so(here, monkeypatch, capsys):
    monkeypatch.setattr(lab, "__file__", str(here / "dalle_explore" / "cli" / "lab.py"))
    assert main(["lab", "mine"]) == 1
    assert "the lessons are missing from the installation" in capsys.readouterr().err


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer(url, process, patience=60):
    """What a server says at an address, once it is up."""
    end = time.monotonic() + patience
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:
                return json.load(reply)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    process.kill()
    raise AssertionError(process.communicate()[0])


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals to groups of processes")
def test_a_real_server_shows_the_lessons_and_ends_with_ctrl_c(here):
    port, own = free_port(), here / "jupyter"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "JUPYTER_TOKEN": "a-token"}
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        environment[name] = str(own / name.lower())
    options = ["--no-browser", "--port", str(port)] + ["--allow-root"] * (os.geteuid() == 0)
    process = subprocess.Popen(
        [sys.executable, "-c", WITH_CTRL_C, "lab", "school", *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        found = answer(f"http://127.0.0.1:{port}/api/contents?token=a-token", process)
        assert sorted(entry["name"] for entry in found["content"]) == NAMES
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        said, _ = process.communicate(timeout=90)
        assert process.returncode == 130, said
        assert "stopped at your request" in said and "Traceback" not in said
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=5)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        shutil.rmtree(own, ignore_errors=True)


DEAF = (
    "import signal, sys, time\n"
    "for name in (signal.SIGINT, signal.SIGTERM):\n"
    "    signal.signal(name, signal.SIG_IGN)\n"
    "print('up', flush=True)\n"
    "time.sleep(600)\n"
)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals to groups of processes")
def test_a_server_that_listens_to_nothing_is_ended_all_the_same(here, stand_in):
    (stand_in / "jupyterlab" / "__main__.py").write_text(DEAF)
    quick = WITH_CTRL_C.replace(
        "sys.exit",
        "import dalle_explore.cli.lab as lab\nlab._PATIENCE = lab._LAST = 0.2\nsys.exit",
    )
    process = subprocess.Popen(
        [sys.executable, "-c", quick, "lab", "school"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(stand_in), str(ROOT)])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        for line in process.stdout:
            if line == "up\n":
                break
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 130 and "stopped at your request" in said
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
