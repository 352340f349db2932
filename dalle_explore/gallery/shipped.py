"""The gallery that travels in the package, so that the first grids open full."""

import lzma
import os
from importlib import resources
from pathlib import Path

from dalle_explore.errors import DalleExploreError, DataError
from dalle_explore.files import faults, write_atomic
from dalle_explore.gallery.gallery import Gallery
from dalle_explore.gallery.store import Store

__all__ = ["STOCK", "pack", "stock", "unpacked"]

STOCK = "stock.sqlite.xz"  # beside this file

_MOST = 64 * 2**20  # bytes that it may unpack to

_opened: dict[int, Gallery | None] = {}  # by process: a connection does not survive a fork


def stock() -> Gallery | None:
    """Return the gallery of the package, read-only; None where it has none, or a damaged one.

    It is unpacked into memory once, in about a fifth of a second, stays open, and is the same
    object for everybody in this process.
    """
    process = os.getpid()
    if process not in _opened:
        path = Path(str(resources.files("dalle_explore.gallery"))) / STOCK
        try:
            _opened[process] = unpacked(path) if path.is_file() else None
        except DalleExploreError:
            _opened[process] = None  # everything in it can be drawn
    return _opened[process]


def pack(gallery: Gallery, path: Path) -> Path:
    """Write a gallery as one packed file, whole or not at all.

    Args:
        gallery: nobody writes to it meanwhile.
        path: ends in ".xz".

    Raises:
        InputError, MachineError: the path cannot be written.
    """
    made = gallery.backup(path.with_suffix(f".{os.getpid()}.tmp"))
    try:
        return write_atomic(path, lzma.compress(made.read_bytes(), preset=9))
    finally:
        made.unlink()


def unpacked(path: Path) -> Gallery:
    """Open a packed gallery, in memory and read-only.

    Raises:
        InputError: it cannot be read.
        DataError: it is damaged, or no gallery.
    """
    with faults(path, "read"):
        packed = path.read_bytes()
    try:
        data = lzma.LZMADecompressor(memlimit=_MOST * 4).decompress(packed, max_length=_MOST)
    except lzma.LZMAError as error:
        raise DataError(f"{path} is damaged ({error}): get the file again.") from error
    return Gallery(Store(path, data=data))
