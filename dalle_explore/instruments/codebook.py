"""What pictures are made of: single codes, where they really occur, and which are like them.

A code means something in its surroundings: so it is shown first in real training pictures, where
the encoder chose it. The tile, a whole picture of one code, is nothing that the decoder ever
learned from, and is marked as artificial.
"""

import dataclasses
import operator
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float64, UInt8

from dalle_explore.errors import InputError
from dalle_explore.generator import Generator
from dalle_explore.instruments.atlas import Atlas
from dalle_explore.instruments.crops import MARGIN, Crop, around, cut_crops
from dalle_explore.instruments.learned import check_learned
from dalle_explore.instruments.usage import PLACES, Usage
from dalle_explore.shown import SavedAsFigure
from dalle_explore.trace import Trace

__all__ = ["CodeEntry", "CodeSheet", "Crop", "Near", "codes", "spread_codes", "swap"]

_SHOWN = 12  # codes, unless others are asked for


@dataclasses.dataclass(frozen=True, eq=False)
class Near:
    """A code whose vector is near another's."""

    code: int
    distance: float  # of the vectors that the decoder reads, Euclidean
    count: int  # how often it occurs; 0: never
    crop: Crop | None  # None: it never occurs
    tile: UInt8[np.ndarray, "y x 3"]  # artificial


@dataclasses.dataclass(frozen=True, eq=False)
class CodeEntry:
    """What is known about one code."""

    code: int
    count: int  # patches of the counted training pictures that have it; 0: it is dead
    share: float  # of all patches
    rank: int | None  # 1 for the commonest; None: it never occurs
    crops: tuple[Crop, ...]
    tile: UInt8[np.ndarray, "y x 3"]  # the middle of a whole picture of this code; artificial
    near: tuple[Near, ...]  # nearest first
    typical: float  # the median distance to all other codes, which the others are compared with


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class CodeSheet(SavedAsFigure):
    """Some codes of a codebook, each with real crops, a tile and the codes that are like it."""

    drawn_by: ClassVar[str] = "codebook"

    model: str  # its name
    digest: str
    licence: str  # of its pictures
    codebook_size: int
    used: int  # codes that occur at all
    pictures: int  # training pictures that were counted
    patches: int  # of one picture
    world_version: int
    margin: int  # patches around the one in question, in crops and tiles
    asked: bool  # the codes were asked for, and not chosen by rank
    entries: tuple[CodeEntry, ...]

    @property
    def dead(self) -> int:
        """How many codes never occur in the training pictures that were counted."""
        return self.codebook_size - self.used

    def caption(self) -> str:
        """Say how the codes were chosen and counted, and what crops, tiles and distances are."""
        count, side = len(self.entries), 2 * self.margin + 1
        which = (
            f"{count} of {self.codebook_size:,} codes, those that were asked for."
            if self.asked
            else f"{count} of {self.codebook_size:,} codes, from the commonest to the rarest that "
            f"occurs, at even steps of the logarithm of their rank."
        )
        never = [str(entry.code) for entry in self.entries if not entry.count]
        dead = f" (here: {', '.join(never)})" if never else ""
        return (
            f"{which} Counted in the first {self.pictures:,} training pictures of world "
            f"{self.world_version}, {self.pictures * self.patches:,} patches: codes that occur, "
            f"{self.used:,}; that never do, {self.dead:,}{dead}. Crops: real places in training "
            f"pictures where the encoder chose the code, framed, within {side} x {side} patches, "
            f"as the world draws them; from different pictures as far as there are some. Tile: "
            f"artificial, the middle of a whole picture of this one code, which the decoder never "
            f"learned from. Nearest codes: by the Euclidean distance of the vectors that the "
            f"decoder reads. Model {self.model} ({self.digest[:8]}). Pictures: {self.licence}."
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        told = "; ".join(_told(entry) for entry in self.entries[:12])
        return (
            f"A sheet of codes, each with crops of training pictures, an artificial tile and "
            f"codes like it. {told}. {self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a code."""
        return [
            {
                "code": entry.code,
                "count": entry.count,
                "share": entry.share,
                "rank": entry.rank,
                "examples": [crop.index for crop in entry.crops],
                "nearest": [near.code for near in entry.near],
                "distances": [near.distance for near in entry.near],
                "typical": entry.typical,
            }
            for entry in self.entries
        ]

    def __repr__(self) -> str:
        return f"CodeSheet({self.model!r}, codes={[entry.code for entry in self.entries]})"


def codes(
    model: Generator,
    atlas: Atlas,
    codes: Sequence[int] | None = None,
    crops: int = 6,
    neighbours: int = 6,
) -> CodeSheet:
    """Look up some codes.

    Args:
        model: whose codes they are.
        atlas: of this model (``instruments.atlas.find_atlas``).
        codes: which; None: twelve, from the commonest to the rarest that occurs.
        crops: training pictures of each code, at most 8.
        neighbours: nearest codes of each.

    Raises:
        InputError: an atlas of another model or without usage, a code outside the codebook, or a
            number out of its range.
    """
    card = check_learned(model)
    if atlas.digest != card.digest:
        raise InputError(
            f"the atlas is of the model {atlas.about.model!r} ({atlas.digest[:8]}), but this is "
            f"{card.name!r} ({card.digest[:8]}): give its own, from find_atlas()."
        )
    usage = atlas.need_usage()
    _check_number("crops", crops, 0, PLACES)
    _check_number("neighbours", neighbours, 0, model.codebook_size - 1)
    wanted = spread_codes(usage, _SHOWN) if codes is None else _checked(codes, model)
    distances = _distances(model, wanted)
    # Of equal distances the smaller code comes first.
    order = np.argsort(distances, axis=1, kind="stable")
    nearest = [
        [int(other) for other in row if other != code][:neighbours]
        for code, row in zip(wanted, order, strict=True)
    ]
    involved = sorted({*wanted, *(other for row in nearest for other in row)})
    tiles = dict(zip(involved, _tiles(model, involved), strict=True))
    counts = dict.fromkeys(involved, 1) | dict.fromkeys(wanted, max(crops, 1))
    cut = cut_crops(model, usage, counts)
    ranks = usage.ranks()
    total = usage.pictures * len(usage.common)
    entries = [
        CodeEntry(
            code=code,
            count=int(usage.counts[code]),
            share=int(usage.counts[code]) / total,
            rank=int(ranks[code]) or None,
            crops=cut[code][:crops],
            tile=tiles[code],
            near=tuple(
                Near(
                    code=other,
                    distance=float(distances[place, other]),
                    count=int(usage.counts[other]),
                    crop=next(iter(cut[other]), None),
                    tile=tiles[other],
                )
                for other in nearest[place]
            ),
            typical=float(np.median(np.delete(distances[place], code))),
        )
        for place, code in enumerate(wanted)
    ]
    return CodeSheet(
        model=card.name,
        digest=card.digest,
        licence=card.licences.pictures,
        codebook_size=model.codebook_size,
        used=usage.used,
        pictures=usage.pictures,
        patches=model.patches,
        world_version=atlas.about.world_version,
        margin=MARGIN,
        asked=codes is not None,
        entries=tuple(entries),
    )


def spread_codes(usage: Usage, count: int) -> list[int]:
    """Return codes from the commonest to the rarest that occurs, evenly by the log of the rank."""
    ranks = usage.ranks()
    at = np.unique(np.geomspace(1, usage.used, min(count, usage.used)).round().astype(int))
    return [int(np.flatnonzero(ranks == rank)[0]) for rank in at]


def _distances(model: Generator, wanted: Sequence[int]) -> Float64[np.ndarray, "m k"]:
    vectors = model.code_vectors().double().cpu()
    found: np.ndarray = torch.cdist(
        vectors[list(wanted)], vectors, compute_mode="donot_use_mm_for_euclid_dist"
    ).numpy()
    return found


def _tiles(model: Generator, wanted: Sequence[int]) -> UInt8[np.ndarray, "m y x 3"]:
    """The middle of a whole picture of each code."""
    whole = torch.tensor(list(wanted))[:, None, None].expand(-1, model.rows, model.columns)
    rows = around(model.rows // 2, model.rows)
    columns = around(model.columns // 2, model.columns)
    corners = torch.tensor([[rows.start, columns.start]]).expand(len(whole), -1)
    tiles: np.ndarray = model.decode_windows(whole, corners, (len(rows), len(columns))).numpy()
    return tiles


def swap(
    model: Generator, trace: Trace, patch: tuple[int, int], code: int
) -> UInt8[np.ndarray, "y x 3"]:
    """Return a picture with another code at one patch; the others stay, drawn for the old one.

    Only the patches of ``model.footprint`` around it are decoded again; others cannot change.

    Args:
        model: that drew the trace.
        trace: the picture; where it is unfinished, patches that are not drawn are not read.
        patch: (row, column) of one that is drawn.
        code: what stands there instead.

    Raises:
        InputError: a trace of another grid, a patch that is not drawn, or a code that there is
            not.
    """
    if trace.recipe.grid != (model.rows, model.columns):
        raise InputError(
            f"the trace has a grid of {trace.recipe.grid}, but this model's is "
            f"{(model.rows, model.columns)}: give the model that drew it."
        )
    row, column = _drawn(patch, trace)
    grid = torch.from_numpy(trace.grid)[None]
    known = None if trace.complete else grid >= 0
    pixels: np.ndarray = model.decode_codes(grid.clamp(min=0), known=known)[0].numpy()
    grid[0, row, column] = check_code(model, code)
    if not model.supports.window:
        return model.decode_codes(grid.clamp(min=0), known=known)[0].numpy()
    rows, columns = model.footprint(range(row, row + 1), range(column, column + 1))
    part = model.decode_codes(grid.clamp(min=0), known=known, window=(rows, columns))
    top, left = model.patch * rows.start, model.patch * columns.start
    pixels[top : top + part.shape[1], left : left + part.shape[2]] = part[0].numpy()
    return pixels


def _drawn(patch: Any, trace: Trace) -> tuple[int, int]:
    rows, columns = trace.recipe.grid
    try:
        row, column = (operator.index(part) for part in patch)
    except (TypeError, ValueError):
        row = column = -1
    if not (0 <= row < rows and 0 <= column < columns):
        raise InputError(
            f"patch is {patch!r}, but it has to be (row, column), with rows 0 to {rows - 1} and "
            f"columns 0 to {columns - 1}."
        )
    if row * columns + column >= len(trace.codes):
        raise InputError(
            f"patch is {patch!r}, which is not drawn yet: the picture has its first "
            f"{len(trace.codes)} patches; choose one of these."
        )
    return row, column


def _told(entry: CodeEntry) -> str:
    if entry.rank is None:
        return f"code {entry.code} never occurs"
    return f"code {entry.code}, rank {entry.rank}, occurs {entry.count:,} times"


def _check_number(name: str, value: object, low: int, high: int) -> None:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or not low <= int(value) <= high:  # type: ignore[call-overload]
        raise InputError(
            f"{name} is {value!r}, but there are {low} to {high} of each code: give a whole "
            f"number in that range."
        )


def _checked(wanted: Sequence[int], model: Generator) -> list[int]:
    """Codes that were asked for, if there are such."""
    found = list(wanted) if not isinstance(wanted, str | int) else []
    for code in found:
        check_code(model, code)
    if not found or len({int(code) for code in found}) != len(found):
        raise InputError(
            f"codes is {wanted!r}, but it names at least one code, and each once: give a list "
            f"such as [0, 17]."
        )
    return [int(code) for code in found]


def check_code(model: Generator, code: object) -> int:
    """Return a code as a number.

    Raises:
        InputError: it is not one of this model.
    """
    whole = isinstance(code, int | np.integer) and not isinstance(code, bool)
    if not whole or not 0 <= int(code) < model.codebook_size:  # type: ignore[call-overload]
        raise InputError(
            f"code is {code!r}, but this model's codes are whole numbers from 0 to "
            f"{model.codebook_size - 1}: choose one of those."
        )
    return int(code)  # type: ignore[call-overload]
