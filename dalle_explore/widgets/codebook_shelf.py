"""What stands behind a codebook browser: its codes, what was counted, what travels."""

import collections
import io
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import UInt8

from dalle_explore.errors import DalleExploreError, InputError
from dalle_explore.instruments.atlas import Atlas, need_atlas
from dalle_explore.instruments.codebook import CodeEntry, CodeSheet, Near, check_code, codes
from dalle_explore.instruments.learned import check_learned
from dalle_explore.instruments.usage import PLACES, Usage
from dalle_explore.session.model import Model
from dalle_explore.widgets.codebook_painting import Painting
from dalle_explore.widgets.codebook_parts import (
    entry_part,
    near_part,
    order_part,
    picture_part,
    tiles_part,
    usage_part,
)
from dalle_explore.widgets.codebook_tiles import Tiles, nearest, tiles_of

__all__ = ["NEAR", "Shelf"]

NEAR = 6  # codes like one, that are shown with it

_ENTRIES = 64  # that travel with a page, at most
_BYTES = 1_350_000  # of all parts: base64 adds a third, the view itself a hundred thousand
_KEPT = 256  # entries that are held, the last ones looked at
_STILL = 16  # tiles across a still


class Shelf:
    """The codebook of one model.

    Attributes:
        model: whose codes they are.
        tiles: of all codes, as far as they are made.
        refused: why nothing was counted; "" when it was.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.tiles: Tiles = tiles_of(model)
        self._atlas, self.refused = _counted(model)
        self._entries: collections.OrderedDict[int, CodeEntry] = collections.OrderedDict()
        self._lock = threading.RLock()  # cells and the workshop's thread look codes up

    @property
    def usage(self) -> Usage | None:
        """How often codes occur, if that was counted."""
        return None if self._atlas is None else self._atlas.need_usage()

    def about(self) -> dict[str, Any]:
        """Return what was counted, and in what, or why nothing was."""
        usage = self.usage
        if usage is None or self._atlas is None:
            return {"pictures": 0, "patches": 0, "world": 0, "used": 0, "refused": self.refused}
        return {
            "pictures": usage.pictures,
            "patches": usage.pictures * len(usage.common),
            "world": self._atlas.about.world_version,
            "used": usage.used,
            "refused": "",
        }

    def ground(self) -> int:
        """Return the code of an empty sheet: what white becomes, or else the commonest."""
        with self.model.lock:
            generator = self.model.generator
            if generator.supports.image_encoding:
                size = (generator.rows * generator.patch, generator.columns * generator.patch)
                found = generator.encode_image(torch.full((1, *size, 3), 255, dtype=torch.uint8))
                return int(np.bincount(found.cpu().numpy().ravel()).argmax())
        return 0 if self.usage is None else int(self.usage.counts.argmax())

    def order(self, sort: str, only: Sequence[int] | None) -> list[int]:
        """Return the codes of the sheet in their order; by colour only when all tiles are made."""
        usage = self.usage
        if sort == "colour" and self.tiles.whole:
            found = self.tiles.order()
        elif sort != "number" and usage is not None:
            found = np.argsort(-usage.counts.astype(np.int64), kind="stable")
        else:
            found = np.arange(len(self.tiles.made))
        if only is None:
            return [int(code) for code in found]
        wanted = set(only)
        return [int(code) for code in found if int(code) in wanted]

    def sheet(self, wanted: Sequence[int] | None, **options: Any) -> CodeSheet:
        """Look codes up (see ``instruments.codebook.codes``).

        Raises:
            InputError: nothing was counted, or a code that there is not.
        """
        if self._atlas is None:
            raise InputError(f"codes cannot be looked up: {self.refused}")
        with self.model.lock:
            return codes(self.model.generator, self._atlas, wanted, **options)

    def entry(self, code: int) -> CodeEntry:
        """Return what is known about a code; where nothing was counted, what is like it.

        Raises:
            InputError: there is no such code, or the model was closed.
        """
        (found,) = self.entries([check_code(self.model.generator, code)])
        return found

    def entries(self, wanted: Sequence[int]) -> list[CodeEntry]:
        """Return what is known about some codes; those looked at lately are not looked up again.

        Raises:
            InputError: the model was closed.
        """
        with self._lock:
            return self._looked_up(wanted)

    def _looked_up(self, wanted: Sequence[int]) -> list[CodeEntry]:
        lacking = [code for code in wanted if code not in self._entries]
        made: dict[int, CodeEntry] = {}
        if lacking and self._atlas is None:
            made = {code: self._uncounted(code) for code in lacking}
        elif lacking:
            found = self.sheet(lacking, crops=PLACES, neighbours=self._near())
            made = {entry.code: entry for entry in found.entries}
        held = [made[code] if code in made else self._entries[code] for code in wanted]
        for entry in held:
            self._entries[entry.code] = entry
            self._entries.move_to_end(entry.code)
        while len(self._entries) > _KEPT:
            self._entries.popitem(last=False)
        return held

    def embedded(
        self, first: Sequence[int], sort: str, only: Sequence[int] | None, painting: Painting
    ) -> dict[str, Any]:
        """Return all parts of a page without a kernel.

        All tiles and all nearest codes travel, and what is known of as many codes as there is
        room for: the first ones named, then the commonest.
        """
        every = list(range(len(self.tiles.made)))
        self.tiles.make(self.model, every)
        parts = {
            "tiles": tiles_part(self.tiles.pixels, every, small=True),
            "order": order_part(self.tiles.order()),
            "near": near_part(*nearest(self.model, every, self._near())),
            "picture": picture_part(painting.pixels(self.model)),
            "start": picture_part(painting.start_pixels(self.model)),
        }
        usage = self.usage
        if usage is not None:
            parts["usage"] = usage_part(usage)
            wanted = list(dict.fromkeys([*first, *self.order("usage", only)]))[:_ENTRIES]
            spent = sum(part.size for part in parts.values())
            for number, entry in enumerate(self.entries(wanted)):
                made = entry_part(entry, small=True)
                spent += made.size
                if number and spent > _BYTES:
                    break
                parts[f"entry {entry.code}"] = made
        return {
            name: {"header": part.header, "buffers": part.buffers} for name, part in parts.items()
        }

    def still(self, page: Sequence[int], selected: int) -> bytes:
        """Return a small PNG of the tiles of a page, the code in hand framed."""
        from PIL import Image

        shown = list(page)[: _STILL**2]
        self.tiles.make(self.model, shown)
        side, across = self.tiles.pixels.shape[1], min(_STILL, len(shown))
        down = -(-len(shown) // across)
        times = max(1, 24 // side)
        step = side * times + 2
        paper = np.full((down * step + 2, across * step + 2, 3), 252, dtype=np.uint8)
        for number, code in enumerate(shown):
            row, column = divmod(number, across)
            top, left = row * step + 2, column * step + 2
            if code == selected:
                paper[top - 2 : top + step, left - 2 : left + step] = (168, 56, 28)
            tile = self.tiles.pixels[code].repeat(times, 0).repeat(times, 1)
            paper[top : top + len(tile), left : left + len(tile)] = tile
        buffer = io.BytesIO()
        picture = Image.fromarray(paper).quantize(128, dither=Image.Dither.NONE)
        picture.save(buffer, format="PNG", optimize=True)
        return buffer.getvalue()

    def _near(self) -> int:
        return min(NEAR, len(self.tiles.made) - 1)

    def _uncounted(self, code: int) -> CodeEntry:
        found, away, typical = nearest(self.model, [code], self._near())
        involved = [code, *map(int, found[0])]
        self.tiles.make(self.model, involved)
        tiles: UInt8[np.ndarray, "m y x 3"] = self.tiles.pixels[involved]
        near = zip(involved[1:], map(float, away[0]), tiles[1:], strict=True)
        return CodeEntry(
            code=code,
            count=0,
            share=0.0,
            rank=None,
            crops=(),
            tile=tiles[0],
            near=tuple(Near(other, distance, 0, None, tile) for other, distance, tile in near),
            typical=float(typical[0]),
        )


def _counted(model: Model) -> tuple[Atlas | None, str]:
    """The atlas of a model whose training pictures can be drawn here; or why there is none."""
    try:
        atlas = need_atlas(model.digest, "how often codes occur, and where,")
        atlas.need_usage()
        check_learned(model.generator)
    except DalleExploreError as error:
        return None, str(error)
    return atlas, ""
