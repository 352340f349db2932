"""The cells of a prompt grid: what is known of each, pictures as bytes, favourites and notes."""

import threading
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from jaxtyping import UInt8

from dalle_explore.errors import InputError
from dalle_explore.gallery import Address, Mark
from dalle_explore.session.cells import GridCell
from dalle_explore.session.grids import Grid
from dalle_explore.session.sample import Sample
from dalle_explore.widgets.grid_parts import encoded, facts_of, known_of, values_part
from dalle_explore.widgets.parts import Part

__all__ = ["Cells", "checked_seed"]


class Cells:
    """The cells of one grid by their number, which is their place in ``grid.cells``."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.marks: dict[str, Mark] = {}  # by "cell seed"
        self._cells = list(grid.cells)
        self._numbers = {cell.place: number for number, cell in enumerate(grid.cells)}
        self._facts: dict[int, dict[str, str]] = {}
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self._cells)

    def __getitem__(self, number: int) -> GridCell:
        return self._cells[number]

    def take(self, grid: Grid) -> None:
        """Go on with the same grid, of which more is known."""
        with self._lock:
            self.grid = grid
            for number, cell in enumerate(grid.cells):
                if cell.pictures != self._cells[number].pictures:  # or what it worked out stays
                    self._cells[number] = cell

    def numbers(self, places: Iterable[int]) -> list[int]:
        """Return the numbers of the cells at some places of the whole grid, each once."""
        return list(
            dict.fromkeys(self._numbers[place] for place in places if place in self._numbers)
        )

    def values(self, numbers: Iterable[int]) -> Part:
        """Return what is known of all samples of some cells."""
        cells = []
        for number in numbers:
            cell = self._cells[number]
            if number not in self._facts:
                self._facts[number] = facts_of(cell)
            cells.append((number, self._facts[number], known_of(cell)))
        return values_part(cells)

    def stands(self, number: int, seed: str) -> int | None:
        """Return the seed of the picture that stands for a cell; None: there is none.

        Args:
            number: of the cell.
            seed: digits, of the one that is wanted; "": the best there is.
        """
        cell = self._cells[number]
        if seed:
            return int(seed) if int(seed) in cell.seeds else None
        there = (
            cell.pictures[place] for place in cell.order if cell.pictures[place].codes is not None
        )
        return next((one.seed for one in there), None)

    def sample(self, number: int, seed: str) -> Sample | None:
        """Return the sample of a cell (see ``stands``); None: no picture, or only its score."""
        wanted = self.stands(number, seed)
        samples = self._cells[number].samples
        if wanted is None or samples is None:
            return None
        return next((one for one in samples.everything if one.seed == wanted), None)

    # -- pictures

    def pictures(self, wanted: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return pictures by (cell, seed), as WebP; b"" where there is none."""
        found = self._thumbnails(wanted)
        made: dict[Address, bytes] = {}
        pictures = []
        for key in wanted:
            if key not in found:
                pixels = self.pixels(*key)
                found[key] = b"" if pixels is None else encoded(pixels)
                address = self._own_address(*key)
                if address is not None and found[key]:
                    made[address] = found[key]
            pictures.append(found[key])
        own = self.grid.shelf.own
        if own is not None and made and not own.closed:
            own.put_thumbnails(made)
        return pictures

    def pixels(self, number: int, seed: int) -> UInt8[np.ndarray, "y x 3"] | None:
        """Return a picture; None: there is none, or its codes were not kept."""
        cell = self._cells[number]
        if seed not in cell.seeds:
            return None
        one = cell.picture(seed)
        if one.pixels is not None or one.codes is None:
            return one.pixels
        return cell.model.decode(one.codes)

    def _thumbnails(self, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
        keys: dict[Address, list[tuple[int, int]]] = {}
        for number, seed in wanted:
            cell = self._cells[number]
            address = cell.address(seed) if seed in cell.seeds else None
            if address is not None and cell.picture(seed).codes is not None:
                keys.setdefault(address, []).append((number, seed))
        shelf = self.grid.shelf
        found: dict[tuple[int, int], bytes] = {}
        for gallery in (shelf.stock, shelf.own):
            if gallery is not None and keys and not gallery.closed:
                for address, data in gallery.thumbnails(list(keys)).items():
                    found |= dict.fromkeys(keys[address], data)
        return found

    def _own_address(self, number: int, seed: int) -> Address | None:
        """Where the gallery that is written to holds a picture; None: nowhere."""
        cell = self._cells[number]
        if not self.grid.shelf.writes or cell.picture(seed).source == "stock":
            return None
        return cell.address(seed)

    # -- favourites and notes

    @property
    def keeps(self) -> bool:
        """Whether favourites and notes go to a gallery."""
        own = self.grid.shelf.own
        return self.grid.shelf.writes and own is not None and not own.closed

    def read_marks(self) -> None:
        """Look up what was said about pictures before."""
        own = self.grid.shelf.own
        if own is None or own.closed:
            return
        keys: dict[Address, list[str]] = {}
        for number, cell in enumerate(self._cells):
            for seed in cell.seeds:
                address = cell.address(seed)
                if address is not None:
                    keys.setdefault(address, []).append(f"{number} {seed}")
        for address, mark in own.marks(list(keys)).items():
            self.marks |= dict.fromkeys(keys[address], mark)

    def mark(self, number: int, seed: int, favourite: bool | None, note: str | None) -> None:
        """Say something about a picture; None leaves as it is.

        Raises:
            InputError: there is no such picture.
            MachineError, DataError: the gallery cannot keep it.
        """
        cell = self._cells[number]
        one = cell.picture(seed)
        name = f"{number} {seed}"
        before = self.marks.get(name, Mark())
        after = Mark(
            before.favourite if favourite is None else favourite,
            before.note if note is None else note,
        )
        own, address = self.grid.shelf.own, cell.address(seed)
        if self.keeps and own is not None and address is not None:
            if one.source == "stock":  # to have a mark, it has to be in the own gallery, too
                stock = self.grid.shelf.stock
                own.put(list(stock.find([address]).values()) if stock is not None else [])
            own.mark(address, favourite=after.favourite, note=after.note)
        self.marks[name] = after

    def told_marks(self) -> dict[str, dict[str, Any]]:
        """Return favourites and notes as the browser half reads them."""
        return {
            name: {"favourite": mark.favourite, "note": mark.note}
            for name, mark in self.marks.items()
            if mark.favourite or mark.note
        }


def checked_seed(value: Any) -> int:
    """Return a seed that came as digits.

    Raises:
        InputError: it is none.
    """
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        return int(value)
    raise InputError(f"the page named the seed {value!r}, which is none: reload the page.")
