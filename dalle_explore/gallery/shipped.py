"""The gallery that travels in the package, so that the first grids open full."""

import os
from importlib import resources
from pathlib import Path

from dalle_explore.errors import DalleExploreError
from dalle_explore.gallery.gallery import Gallery
from dalle_explore.gallery.store import Store

__all__ = ["STOCK", "stock"]

STOCK = "stock.sqlite"  # beside this file

_opened: dict[int, Gallery | None] = {}  # by process: a connection does not survive a fork


def stock() -> Gallery | None:
    """Return the gallery of the package, read-only; None where it has none, or a damaged one.

    It stays open, and is the same object for everybody in this process.
    """
    process = os.getpid()
    if process not in _opened:
        _opened[process] = _open()
    return _opened[process]


def _open() -> Gallery | None:
    path = Path(str(resources.files("dalle_explore.gallery"))) / STOCK
    if not path.is_file():
        return None
    try:
        return Gallery(Store(path, immutable=True))
    except DalleExploreError:
        return None  # everything in it can be drawn; `gallery check` says what is wrong
