"""Where a session looks before it draws: the gallery that it writes to, and the one that travels.

A gallery is asked first for pictures of exactly this class of numbers. The stock gallery, which
comes with the package, was drawn on another machine; it serves where it holds a whole cell, and
the cell then says so.
"""

import dataclasses
import os
import threading
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

from dalle_explore.errors import InputError, MachineError
from dalle_explore.gallery import Address, Gallery, Row, stock
from dalle_explore.session.cells import Pictured
from dalle_explore.session.planning import Plan, PlannedCell, spec_of
from dalle_explore.trace import Recipe

__all__ = ["AnyGallery", "Shelf", "addresses_of", "default_gallery"]

AnyGallery = Gallery | bool | str | os.PathLike[str] | None

_LOCK = threading.Lock()
_OPEN: dict[tuple[int, str], Gallery] = {}  # by process and place: one connection for all grids
_TOLD: set[str] = set()


def default_gallery() -> Gallery:
    """Return the gallery under ``$DALLE_EXPLORE_HOME``, opened once by this process.

    Where that folder cannot be used, it is a gallery in another place, and one line says so.
    """
    return _opened(None)


def _opened(path: Path | None) -> Gallery:
    key = (os.getpid(), str(path or os.environ.get("DALLE_EXPLORE_HOME", "")))
    with _LOCK:
        if key not in _OPEN or _OPEN[key].closed:
            _OPEN[key] = Gallery.open(path)
        gallery = _OPEN[key]
    if gallery.notice and gallery.notice not in _TOLD:
        _TOLD.add(gallery.notice)
        warnings.warn(gallery.notice, stacklevel=4)
    return gallery


@dataclasses.dataclass(frozen=True, eq=False)
class Shelf:
    """The galleries of one grid."""

    own: Gallery | None  # read and written; None: nothing is kept
    stock: Gallery | None  # read only
    usual: bool = False  # the gallery of this user, that nobody named: it may fail
    troubles: list[str] = dataclasses.field(default_factory=list)

    @classmethod
    def of(cls, given: AnyGallery) -> Self:
        """Open what somebody named.

        Args:
            given: None or True for the default gallery, False for none at all, a path, or a
                gallery.

        Raises:
            InputError: something else, or a file that is no gallery.
        """
        if given is False:
            return cls(None, None)
        if isinstance(given, Gallery):
            return cls(given, stock())
        if given is None or given is True:
            return cls(default_gallery(), stock(), usual=True)
        if isinstance(given, str | os.PathLike):
            return cls(_opened(Path(given).absolute()), stock())
        raise InputError(
            f"gallery is {given!r}, but it is a path, a gallery, None for the one of this user, "
            f"or False for none."
        )

    @property
    def writes(self) -> bool:
        """Whether what is drawn can be kept."""
        return self.own is not None and not self.own.read_only and not self.troubles

    @property
    def notice(self) -> str | None:
        """What is to be said of the gallery, in one line; None: nothing."""
        if self.troubles:
            return self.troubles[0]
        return None if self.own is None else self.own.notice

    def find(self, cells: Sequence[PlannedCell]) -> dict[int, tuple[Recipe, list[Pictured]]]:
        """Return what is known of cells: their place -> what it was drawn with, and pictures."""
        with_address = [cell for cell in cells if cell.addresses is not None]
        wanted = [address for cell in with_address for address in cell.addresses or ()]
        exact = {} if self.own is None else self.own.find(dict.fromkeys(wanted))
        found: dict[int, tuple[Recipe, list[Pictured]]] = {}
        lacking = []
        for cell in with_address:
            rows = [exact[address] for address in cell.addresses or () if address in exact]
            if rows:
                found[cell.place] = cell.recipe, [_pictured(row, "gallery") for row in rows]
            if len(rows) < len(cell.seeds):
                lacking.append(cell)
        if self.stock is not None and lacking:
            keys = dict.fromkeys(a.key for cell in lacking for a in cell.addresses or ())
            near = self.stock.like(keys)
            for cell in lacking:
                whole = _whole(cell, near)
                if whole is not None:
                    found[cell.place] = whole
        return found

    def keep(self, rows: Iterable[Row]) -> None:
        """Write rows, where there is a gallery to write to."""
        self.tell("put", list(rows))

    def list_grid(self, plan: Plan) -> None:
        """Put a grid on the gallery's list, so that it is found also if it is never finished."""
        cells = [(cell.place, cell.labels, cell.addresses) for cell in plan.cells]
        if all(addresses is not None for _, _, addresses in cells):
            self.tell("save_grid", None, spec_of(plan), [(p, x, a or ()) for p, x, a in cells])

    def known(self, method: str, *arguments: Any) -> dict[Any, Any]:
        """Ask both galleries the same: ``scores`` or ``readings``; the own one is believed."""
        found: dict[Any, Any] = {}
        for gallery in (self.stock, self.own):
            if gallery is not None:
                found |= getattr(gallery, method)(*arguments)
        return found

    def tell(self, method: str, *arguments: Any) -> None:
        """Write into the gallery, where there is one to write to.

        A disk that fills up in the middle of a drawing does not end it, unless somebody named the
        gallery: the pictures go on in memory, and one line says so.

        Raises:
            DataError: it holds another picture at the same address.
            MachineError: it cannot be written, and was named.
        """
        if self.own is None or not self.writes:
            return
        try:
            getattr(self.own, method)(*arguments)
        except MachineError as error:
            if not self.usual:
                raise
            said = f"From here on nothing is kept in the gallery, only in memory: {error}"
            self.troubles.append(said)
            warnings.warn(said, stacklevel=2)


def _pictured(row: Row, source: str) -> Pictured:
    return Pictured(row.seed, row.codes, row.log_probability, row.entropy, row.fit, source=source)


def _whole(cell: PlannedCell, near: dict[bytes, Row]) -> tuple[Recipe, list[Pictured]] | None:
    """A cell as the stock holds it, if it holds all of it, in one class of numbers."""
    rows = [near.get(address.key) for address in cell.addresses or ()]
    there = [row for row in rows if row is not None]
    if len(there) < len(rows) or len({row.recipe.numeric_class for row in there}) != 1:
        return None
    settings = there[0].recipe.settings
    recipe = dataclasses.replace(cell.recipe, settings=settings, versions=there[0].recipe.versions)
    return recipe, [_pictured(row, "stock") for row in there]


def addresses_of(cell: PlannedCell, recipe: Recipe, seeds: Iterable[int]) -> dict[int, Address]:
    """Return seed -> where its picture is kept, in the class of numbers it was drawn with."""
    if cell.addresses is None:
        return {}
    places = {seed: place for place, seed in enumerate(cell.seeds)}
    return {
        seed: Address(cell.addresses[places[seed]].key, recipe.numeric_class) for seed in seeds
    }
