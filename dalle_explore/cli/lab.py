"""``python -m dalle_explore lab``: the lessons beside you, and JupyterLab to read them in."""

import argparse
import contextlib
import importlib.util
import subprocess
import sys
from pathlib import Path

from dalle_explore.errors import InputError, MachineError
from dalle_explore.files import faults, make_folder, write_atomic

__all__ = ["add_arguments", "lay_out", "lessons", "run"]

_FOLDER = "dalle-explore-lessons"
_CURE = 'python -m pip install "jupyterlab>=4.6.2"'
_PATIENCE = 10  # seconds in which an interrupted server is expected to end by itself
_LAST = 5  # seconds for one that was told to end; some hang on a thread of theirs for good


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be given."""
    add = parser.add_argument
    add("folder", nargs="?", type=Path, default=Path(_FOLDER), metavar="FOLDER", help=_WHERE)
    add("--no-browser", action="store_true", help="print the address and open no browser")
    add("--port", type=int, metavar="P", help="of the server (8888, or the next one free)")
    add("--allow-root", action="store_true", help="run as root, as in a container")


_WHERE = f"where the lessons are copied to; what is there stays as it is ({_FOLDER})"


def run(args: argparse.Namespace) -> int:
    """Copy the lessons, start JupyterLab there, and give its exit status."""
    if args.port is not None and not 1 <= args.port <= 65535:
        raise InputError(
            f"--port is {args.port}, but ports are 1 to 65535: give one of these, or none."
        )
    for sentence in lay_out(args.folder):
        print(sentence, flush=True)
    if importlib.util.find_spec("jupyterlab") is None:
        raise MachineError(
            f"JupyterLab is not installed here: run {_CURE} and then this command again; the "
            f"lessons in {args.folder} open in any other Jupyter, too."
        )
    # -P: a random.py among somebody's lessons is not Python's own.
    command = [sys.executable, "-P", "-m", "jupyterlab", lessons()[0].name]
    # Without a second question: our own line has said what Ctrl-C does.
    command.append("--ServerApp.answer_yes=True")
    command += ["--no-browser"] * args.no_browser + ["--allow-root"] * args.allow_root
    command += [] if args.port is None else [f"--port={args.port}"]
    print("starting JupyterLab; Ctrl-C in this window stops it", flush=True)
    return _serve(command, args.folder)


def lessons() -> list[Path]:
    """Return the lessons that travel with the package, in their order.

    Raises:
        MachineError: the installation has lost them.
    """
    package = Path(__file__).parent.parent
    # In an installation they are inside the package, in a checkout beside it.
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if found := sorted(folder.glob("*.ipynb")):
            return found
    raise MachineError(
        f"the lessons are missing from the installation in {package}: install dalle_explore again."
    )


def lay_out(folder: Path) -> list[str]:
    """Copy the lessons into a folder, and say in sentences what was done.

    A file that is there already is never overwritten: running a lesson changes it, and what
    somebody wrote into it is worth more than a fresh copy.

    Args:
        folder: made if it is not there.

    Raises:
        InputError, MachineError: the folder cannot be made, read or written.
    """
    make_folder(folder)
    copied, kept = 0, []
    for source in lessons():
        target, data = folder / source.name, source.read_bytes()
        with faults(target, "read"):
            there = target.exists()
            same = there and target.is_file() and target.read_bytes() == data
        if not there:
            write_atomic(target, data)
            copied += 1
        elif not same:
            kept.append(target.name)
    said = [f"the lessons are in {folder}" + (f" ({copied} copied just now)" if copied else "")]
    if kept:
        said.append(
            f"kept as they are here, because they differ from those published: {', '.join(kept)}; "
            f"for fresh copies name another folder"
        )
    return said


def _serve(command: list[str], folder: Path) -> int:
    """Run a server in a folder until it ends or is interrupted; return its exit status."""
    with faults(folder, "start JupyterLab in"):
        server = subprocess.Popen(command, cwd=folder)
    try:
        return server.wait()
    except BaseException:
        # Ctrl-C in a terminal reaches the server too, which then closes its kernels and ends.
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            server.wait(timeout=_PATIENCE)
        if server.poll() is None:
            server.terminate()
            try:
                server.wait(timeout=_LAST)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        raise
