"""Reading and writing that either succeeds whole or says in one sentence why not."""

import contextlib
import errno
import hashlib
import json
import os
import secrets
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dalle_explore.errors import InputError, MachineError

__all__ = ["home", "faults", "make_folder", "write_atomic", "write_json", "sha256", "read_json"]

JSON_LIMIT = 16 * 2**20  # bytes; the largest record we write is well under a tenth of it

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_MACHINE = {errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE}


def home() -> Path:
    """Return the folder for what can be made again: ``$DALLE_EXPLORE_HOME`` or the user's cache.

    Without the variable it is ``dalle_explore`` under %LOCALAPPDATA% (Windows), ~/Library/Caches
    (macOS), or $XDG_CACHE_HOME, else ~/.cache (elsewhere). The folder may not exist yet.

    Raises:
        InputError: the variable is unset and the user has no home folder.
    """
    chosen = os.environ.get("DALLE_EXPLORE_HOME", "")
    if chosen:
        return Path(chosen).expanduser().absolute()
    try:
        return _cache_folder() / "dalle_explore"
    except RuntimeError as error:
        raise InputError(
            "this user has no home folder to keep a cache in: set the environment variable "
            "DALLE_EXPLORE_HOME to a folder that can be written."
        ) from error


def _cache_folder() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", "")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    cache = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG base directory specification: a relative path is invalid and has to be ignored.
    return Path(cache) if os.path.isabs(cache) else Path.home() / ".cache"


@contextlib.contextmanager
def faults(path: str | os.PathLike[str], verb: str) -> Iterator[None]:
    """Turn the operating system's errors about ``path`` into sentences of ours.

    ``verb`` completes "cannot ... <path>", for example "write" or "read".

    Raises:
        MachineError: disk full or quota exceeded, a failing disk, too many open files.
        InputError: everything else: no permission, no such folder, not a file, a bad name.
    """
    try:
        yield
    except MemoryError as error:
        raise MachineError(
            f"cannot {verb} {path}: not enough memory; close other programs and try again."
        ) from error
    except OSError as error:
        if error.errno in _FULL:
            raise MachineError(
                f"cannot {verb} {path}: the disk is full ({_reason(error)}); free some space or "
                f"choose a path on another disk."
            ) from error
        if error.errno in _MACHINE:
            raise MachineError(
                f"cannot {verb} {path}: the machine answered '{_reason(error)}'; try again, or "
                f"choose a path on another disk."
            ) from error
        raise InputError(
            f"cannot {verb} {path}: {_reason(error)}; choose another path or repair this one."
        ) from error
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        # "embedded null byte" and unpaired surrogates: names no file system can hold.
        raise InputError(
            f"cannot {verb} {os.fspath(path)!r}: {error}; choose another path."
        ) from error


def _reason(error: OSError) -> str:
    reason = error.strerror or str(error) or type(error).__name__
    return reason[0].lower() + reason[1:]


def make_folder(path: str | os.PathLike[str]) -> Path:
    """Make a folder, and those above it, unless it is there; return it.

    Raises:
        InputError, MachineError: as in ``faults``.
    """
    with faults(path, "make the folder"):
        Path(path).mkdir(parents=True, exist_ok=True)
    return Path(path)


def write_atomic(path: str | os.PathLike[str], data: bytes | bytearray | memoryview) -> Path:
    """Write a file whole or not at all, and return its path.

    The bytes go to a temporary file in the same folder, are forced to the disk, and take the name
    in one step. Whatever stops it (full disk, Ctrl-C, power cut), the name keeps the old content
    or gets the new one, and no temporary file stays behind after an error.

    Raises:
        MachineError: the disk is full or failing.
        InputError: the folder is missing, the path cannot be written or is not a regular file.
    """
    with faults(path, "write"):
        # Follow a link, so that its target is replaced and not the link.
        target = Path(os.path.realpath(path))
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            # Replacing something like /dev/null by a file would break the machine.
            raise InputError(
                f"cannot write {path}: it is a folder or a device, not a file; name a file."
            )
        temporary = target.parent / f".{secrets.token_hex(8)}.tmp"
        try:
            with open(temporary, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
    return Path(path)


def _sync_folder(folder: Path) -> None:
    """Force the new name to the disk, where folders can be opened (not on Windows)."""
    if sys.platform == "win32":
        return
    # Some network file systems refuse to sync a folder; the file itself is already safe.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_json(path: str | os.PathLike[str], value: Mapping[str, Any]) -> Path:
    """Write a JSON object as UTF-8 text, atomically; ``read_json`` reads it back.

    Raises:
        InputError, MachineError: as in ``write_atomic``; also for NaN and infinities, which JSON
            cannot hold.
    """
    try:
        text = json.dumps(dict(value), ensure_ascii=False, indent=1, allow_nan=False)
    except ValueError as error:
        raise InputError(
            f"cannot write {path}: a value in it cannot be written as JSON ({error}); "
            f"store None instead."
        ) from error
    return write_atomic(path, (text + "\n").encode("utf-8"))


def sha256(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits, without holding it in memory.

    Raises:
        InputError, MachineError: as in ``faults``.
    """
    with faults(path, "read"), open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_json(
    path: str | os.PathLike[str],
    what: str,
    *,
    limit: int = JSON_LIMIT,
    error: type[InputError] = InputError,
) -> dict[str, Any]:
    """Read a JSON object from a UTF-8 file that may come from a stranger.

    Args:
        path: the file.
        what: what it should be, for the sentence: "the card", "a record".
        limit: the largest size in bytes that is read at all.
        error: what to raise: ``InputError``, or one of its kinds such as ``ModelFileError``.

    Raises:
        error: no such file, too large, not UTF-8, not JSON, not an object, a key given twice.
        MachineError: the disk is failing.
    """
    try:
        with faults(path, "read"), open(path, "rb") as file:
            data = file.read(limit + 1)
    except InputError as fault:
        raise error(f"{what} cannot be used: {fault}") from fault
    if len(data) > limit:
        raise error(
            f"{what} in {path} is larger than {limit} bytes, the most that is read: check that "
            f"this is the right file."
        )
    try:
        # utf-8-sig also accepts the mark that some Windows editors put first.
        value = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_refuse
        )
    except (ValueError, RecursionError) as fault:
        reason = "it is nested too deeply" if isinstance(fault, RecursionError) else str(fault)
        raise error(
            f"{what} in {path} is not readable JSON ({reason}): get the file again, or name "
            f"another."
        ) from fault
    if not isinstance(value, dict):
        raise error(
            f"{what} in {path} holds a JSON {type(value).__name__}, but it has to be an object "
            f"with names and values: check that this is the right file."
        )
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice!r} is given twice")
    return value


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not a JSON number")
