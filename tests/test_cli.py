"""The command line: a first line at once, errors as one sentence, honest exit statuses."""

import importlib
import os
import subprocess
import sys
import time

import pytest
from house import ROOT

from dalle_explore import __version__, cli
from dalle_explore.errors import InputError, MachineError


def start(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "dalle_explore", *arguments],
        cwd=options.pop("cwd", ROOT),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        **options,
    )


@pytest.fixture
def command(monkeypatch):
    """A command of its own, whose ``run`` a test chooses."""

    def make(run):
        module = type(sys)("a_command")
        module.add_arguments = lambda parser: parser.add_argument("--value", type=int, default=1)
        module.run = run
        monkeypatch.setitem(sys.modules, "a_command", module)
        monkeypatch.setitem(cli.COMMANDS, "test", "a_command")
        monkeypatch.setitem(cli.SUMMARIES, "test", "a command of this test")

    return make


def test_every_command_has_a_summary_and_a_module():
    assert list(cli.COMMANDS) == list(cli.SUMMARIES)
    for name, path in cli.COMMANDS.items():
        module = importlib.import_module(path)
        assert callable(module.add_arguments) and callable(module.run), name


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_without_a_command_all_of_them_are_listed(arguments, capsys):
    assert cli.main(arguments) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_explains_itself(name, capsys):
    assert cli.main([name, "--help"]) == 0
    assert f"python -m dalle_explore {name}" in capsys.readouterr().out


def test_the_version_is_told(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == __version__


def test_a_command_gets_its_arguments_and_gives_its_status(command):
    command(lambda args: args.value)
    assert cli.main(["test", "--value", "7"]) == 7
    command(lambda args: None)
    assert cli.main(["test"]) == 0


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("n is 0, but\nit has to be more: give 1."), 2),
        (MachineError("the disk is full: free some space."), 1),
        (MemoryError(), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_errors_are_one_line_without_a_traceback(command, capsys, error, status):
    def run(args):
        raise error

    command(run)
    assert cli.main(["test"]) == status
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1
    assert "Traceback" not in shown.err


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["test", "--nonsense"], ["test", "--value", "x"], ["test", "more"], ["--x"]],
)
def test_what_argparse_refuses_is_one_sentence_too(command, capsys, arguments):
    command(lambda args: 0)
    assert cli.main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1 and "--help" in said


def test_options_are_not_abbreviated(command, capsys):
    command(lambda args: 0)
    assert cli.main(["test", "--val", "7"]) == 2


def test_the_first_line_comes_within_a_second_and_before_torch(tmp_path):
    process = start("draw", "a cat", "--model", str(tmp_path), "-o", str(tmp_path / "a.png"))
    begun = time.monotonic()
    assert process.stdout.readline().startswith('drawing "a cat"')
    # A machine that runs other tests beside this one is slow; torch alone would take longer.
    assert time.monotonic() - begun < 3
    _, said = process.communicate()
    assert process.returncode == 2 and "card.json" in said


def test_a_reader_that_goes_away_leaves_no_complaint(tmp_path):
    process = start("--help")
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait() in (0, 141) and said == ""


def test_letters_that_a_console_cannot_show_do_not_stop_it(tmp_path):
    process = subprocess.run(
        [sys.executable, "-m", "dalle_explore", "draw", "a 企鵝 🐧", "--model", str(tmp_path)],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "cp1252",
            "PYTHONUTF8": "0",
        },
        capture_output=True,
    )
    assert process.returncode == 2 and b"\\u4f01" in process.stdout
    assert b"Traceback" not in process.stderr
