"""Building kernel.c with a C compiler, once for each kind of processor.

That is the machine's own, or the one that ``python -m pip install ziglang`` brings to any system
(Zig's, which is clang; the extra ``fast`` asks for it).
"""

import contextlib
import ctypes
import dataclasses
import hashlib
import importlib.util
import logging
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from dalle_explore.errors import InputError
from dalle_explore.files import home

__all__ = ["Unbuilt", "built", "compile_with", "compiler", "processor"]

SOURCE = Path(__file__).with_name("kernel.c")
# Products may be fused with their sums, for any width of registers; nothing else is allowed to
# change the order of what is written.
_FLAGS = ("-O2", "-std=gnu11", "-ffp-contract=fast", "-fno-math-errno", "-shared", "-fPIC")
_TARGETS: tuple[tuple[str, ...], ...] = (("-march=native",), ("-mcpu=native",), ())
_SUFFIX = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
_SECONDS = 180

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Unbuilt:
    """There is no kernel, and why."""

    reason: str


def built() -> ctypes.CDLL | Unbuilt:
    """Return the library, from the cache folder if it was built before."""
    cc = compiler()
    if cc is None:
        return Unbuilt("no C compiler was found")
    name = f"kernel-{_key(cc)}{_SUFFIX}"
    try:
        folder = home() / "kernel"
        kept = folder / name
        if kept.exists() and _ours(kept):
            with contextlib.suppress(OSError):  # damaged: built anew
                return ctypes.CDLL(str(kept))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=folder) as inner:
            failed = _compile(cc, Path(inner) / name)
            if failed:
                return Unbuilt(f"{cc[0]} could not build it: {failed}")
            (Path(inner) / name).replace(kept)
        return ctypes.CDLL(str(kept))
    except (OSError, InputError) as error:
        # No cache folder, or one that cannot be written, or from which nothing may be executed.
        _log.info("the kernel cannot be kept: %s", error)
    try:
        # Windows does not delete a library that is in use.
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as apart:
            failed = _compile(cc, Path(apart) / name)
            if failed:
                return Unbuilt(f"{cc[0]} could not build it: {failed}")
            return ctypes.CDLL(str(Path(apart) / name))
    except OSError as error:
        return Unbuilt(f"what was built cannot be loaded: {error}")


def _compile(cc: Sequence[str], path: Path) -> str:
    """Build for this processor, or for all of its kind where a compiler knows no other."""
    failed = ""
    for target in _TARGETS:
        failed = compile_with(cc, target, path)
        if not failed:
            path.chmod(0o700)
            break
    return failed


def compile_with(cc: Sequence[str], target: Sequence[str], path: Path) -> str:
    """Build the library at a path; return the compiler's last words if it could not, else ""."""
    command = [*cc, *_FLAGS, *target, str(SOURCE), "-o", str(path), "-lm"]
    _log.info("building the kernel: %s", " ".join(command))
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    words = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
    return words[-1] if done.returncode else ""


def compiler() -> tuple[str, ...] | None:
    """Return the command of a C compiler, if there is one; ``CC`` names another."""
    chosen = tuple(shlex.split(os.environ.get("CC", ""), posix=os.name == "posix"))
    if chosen:
        return chosen if shutil.which(chosen[0]) else None
    # Without the command line tools of macOS, cc opens a window that asks to install them.
    if sys.platform != "darwin" or _said("xcode-select", "-p"):
        for name in ("cc", "gcc", "clang"):
            if found := shutil.which(name):
                return (found,)
    if importlib.util.find_spec("ziglang") is not None:
        return sys.executable, "-m", "ziglang", "cc"
    return None


def _said(*command: str) -> str:
    """What a command says; nothing where it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def processor() -> str:
    """Return what the system says about the kind of processor: its name and what it can do."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return _said("sysctl", "-n", "machdep.cpu.brand_string") or platform.processor()
    said = ("flags", "Features", "model name", "CPU part")
    return "\n".join(sorted({line for line in lines if line.startswith(said)}))


def _key(cc: Sequence[str]) -> str:
    """Names the source, how it is built, and the kind of processor it is built for."""
    how = repr((cc, _said(*cc, "--version"), _FLAGS, processor()))
    return hashlib.sha256(SOURCE.read_bytes() + how.encode()).hexdigest()[:16]


def _ours(path: Path) -> bool:
    """Whether nobody else can have written the file: it is going to be executed."""
    if os.name != "posix":
        return True  # the cache folder lies within what belongs to the user
    for one in (path, path.parent):
        status = one.stat()
        if status.st_uid != os.getuid() or status.st_mode & 0o022:
            return False
    return True
