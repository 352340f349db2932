"""The command line: a table of commands, each in a module of its own, imported when it is called.

A command's module has ``add_arguments(parser)`` and ``run(args) -> int``; it imports torch inside
``run``, after its first line of output.
"""

import argparse
import contextlib
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from dalle_explore.errors import DalleExploreError, InputError, MachineError

__all__ = ["COMMANDS", "SUMMARIES", "main"]

COMMANDS = {
    "draw": "dalle_explore.cli.draw",
    "grid": "dalle_explore.cli.grid",
    "gallery": "dalle_explore.cli.gallery",
    "lab": "dalle_explore.cli.lab",
    "export": "dalle_explore.cli.export",
    "inspect": "dalle_explore.cli.inspect",
    "score": "dalle_explore.cli.score",
    "examples": "dalle_explore.cli.examples",
    "train": "dalle_explore.cli.train",
    "world": "dalle_explore.cli.world",
    "check": "dalle_explore.cli.check",
}
SUMMARIES = {
    "draw": "turn a sentence into pictures",
    "grid": "fill the slots of a sentence in every way, and draw a table of pictures",
    "gallery": "list, show, carry and check what was drawn so far",
    "lab": "copy the lessons beside you and open them in JupyterLab",
    "export": "turn a record into one HTML page that can be explored without Python",
    "inspect": "say where a picture looked, and what it depended on",
    "score": "say how well pictures fit a text, and which fits best",
    "examples": "draw five sheets that show what can be asked of a model",
    "train": "train a model of your own, on the drawn world or on a folder of pictures",
    "world": "look at the drawn world that the models learn, and count it",
    "check": "examine a model and print its figures",
}

_INTERRUPTED = 130  # 128 + SIGINT, as shells count
_PIPE_CLOSED = 141  # 128 + SIGPIPE


class _Parser(argparse.ArgumentParser):
    """argparse, with its complaints as errors of ours, and options by their full names only."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; {self.prog} --help lists what can be given.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    0 is success, 1 the machine's fault, 2 a mistake in what was given, 130 an interrupt.

    Args:
        arguments: what follows ``python -m dalle_explore``; from ``sys.argv`` when None.
    """
    # Before torch is imported: threads that wait should sleep. By default they spin, and on a
    # machine that has anything else to do, drawing 16 pictures took 20 s instead of 4.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    for stream in (sys.stdout, sys.stderr):
        # A prompt may hold letters that a console cannot show.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = _run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except DalleExploreError as error:
        _say(f"error: {' '.join(str(error).split())}")
        return error.exit_status
    except BrokenPipeError:
        # Whoever read our output has gone; what is still buffered must not complain at exit.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except KeyboardInterrupt:
        _say("stopped at your request; no file was left half-written.")
        return _INTERRUPTED
    except MemoryError:
        _say("error: the machine has not enough memory for this; ask for less at once.")
        return MachineError.exit_status
    return status


def _run(arguments: list[str]) -> int:
    parser = _Parser(
        prog="python -m dalle_explore",
        description="Look inside text-to-image models of the DALL-E kind.",
        epilog="python -m dalle_explore COMMAND --help tells more about each.",
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    asked = next((word for word in arguments if not word.startswith("-")), None)
    for name, summary in SUMMARIES.items():
        command = commands.add_parser(name, help=summary, description=_sentence(summary))
        if name == asked:
            module = importlib.import_module(COMMANDS[name])
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    try:
        args = parser.parse_args(arguments)
    except SystemExit as leaving:  # after --help
        return int(leaving.code or 0)
    if args.version:
        from dalle_explore import __version__

        print(__version__)
        return 0
    if args.command is None:
        parser.print_help()
        return 0
    return int(args.run(args) or 0)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _say(sentence: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        print(sentence, file=sys.stderr, flush=True)
