"""Building kernel.c with the machine's own compiler, once for each kind of processor."""

import ctypes
import dataclasses
import hashlib
import logging
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from dalle_explore.errors import InputError
from dalle_explore.files import home

__all__ = ["Unbuilt", "built", "compile_with", "compiler", "processor"]

SOURCE = Path(__file__).with_name("kernel.c")
# Products are fused with their sums everywhere, so that the same chain of roundings results for
# any width of registers; nothing else is allowed to change the order of what is written.
_FLAGS = ("-O2", "-std=gnu11", "-ffp-contract=fast", "-fno-math-errno", "-shared", "-fPIC")
_TARGETS: tuple[tuple[str, ...], ...] = (("-march=native",), ("-mcpu=native",), ())
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
    name = f"kernel-{_key(cc)}.so"
    try:
        kept = home() / "kernel" / name
        if kept.exists() and _ours(kept):
            return ctypes.CDLL(str(kept))
    except (OSError, InputError):
        pass  # no cache folder, or a file that cannot be loaded: built anew
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        failed = "it was not tried"
        for target in _TARGETS:
            failed = compile_with(cc, target, path)
            if not failed:
                break
        else:
            return Unbuilt(f"{cc} could not build it: {failed}")
        try:
            library = ctypes.CDLL(str(path))
        except OSError as error:
            return Unbuilt(f"what was built cannot be loaded: {error}")
        _keep(path, name)
        return library


def compile_with(compiler: str, target: tuple[str, ...], path: Path) -> str:
    """Build the library at a path; return the compiler's last words if it could not, else ""."""
    command = [compiler, *_FLAGS, *target, str(SOURCE), "-o", str(path), "-lm"]
    _log.info("building the kernel: %s", " ".join(command))
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    words = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
    return words[-1] if done.returncode else ""


def compiler() -> str | None:
    """Return the machine's C compiler, if it has one."""
    if sys.platform == "win32":
        return None  # the compilers there take other flags
    if sys.platform == "darwin":
        # Without the command line tools, cc is a stub that opens a window asking to install them.
        tools = subprocess.run(["xcode-select", "-p"], capture_output=True, check=False)
        if tools.returncode:
            return None
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        if name and (found := shutil.which(name)):
            return found
    return None


def processor() -> str:
    """Return what the system says about the kind of processor: its name and what it can do."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    said = ("flags", "Features", "model name", "CPU part")
    return "\n".join(sorted({line for line in lines if line.startswith(said)}))


def _key(cc: str) -> str:
    """Names the source, how it is built, and the kind of processor it is built for."""
    how = repr((cc, _FLAGS, platform.machine(), processor()))
    return hashlib.sha256(SOURCE.read_bytes() + how.encode()).hexdigest()[:16]


def _ours(path: Path) -> bool:
    """Whether nobody else can have written the file: it is going to be executed."""
    for one in (path, path.parent):
        status = one.stat()
        if status.st_uid != os.getuid() or status.st_mode & 0o022:
            return False
    return True


def _keep(path: Path, name: str) -> None:
    """Put what was built into the cache folder, if there is one that can be written."""
    try:
        folder = home() / "kernel"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = folder / f"{name}.{os.getpid()}.tmp"
        shutil.copyfile(path, fresh)
        fresh.chmod(0o700)
        fresh.replace(folder / name)
    except (OSError, InputError) as error:
        _log.info("the kernel could not be kept: %s", error)
