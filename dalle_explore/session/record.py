"""The record: JSON from which samples can be looked at again, or drawn again.

It holds the recipe, the digests, and for every sample drawn its seed, codes and score; never a
picture. It lies beside a saved sheet and inside its PNG (chunk iTXt, PNG specification, third
edition, section 11.3.3.4). Records come from strangers: the reader is strict.
"""

import base64
import binascii
import dataclasses
import json
import os
import struct
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int

from dalle_explore.errors import InputError
from dalle_explore.files import faults, read_json
from dalle_explore.schema import read_fields, to_json
from dalle_explore.seeds import check_seed
from dalle_explore.session.limits import MOST_SAMPLES
from dalle_explore.trace import Recipe

__all__ = ["PNG_KEYWORD", "Entry", "Recipe", "Record", "record_text", "read_record"]

PNG_KEYWORD = "dalle_explore"  # of the iTXt chunk

_FORMAT = 1
_PNG_LIMIT = 256 * 2**20  # bytes of a PNG that is opened at all
_RECORD_LIMIT = 16 * 2**20  # bytes of a record that is read at all
_LONGEST_NAME = 120  # letters of a scorer's
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclasses.dataclass(frozen=True)
class Entry:
    """One sample in a record."""

    seed: int
    codes: str  # base64 of unsigned 16-bit little-endian integers, in raster order
    log_probability: float  # nats, total over the codes
    entropy: float  # nats, mean over the steps
    score: float | None = None  # how well the picture fits the text; CLIP's are cosines
    rank: int | None = None  # among all that were drawn, 1 is the best
    fit: float | None = None  # nats: log-probability of kept codes that follow a redrawn one

    @classmethod
    def of_codes(cls, codes: Int[np.ndarray, "rows columns"], **values: Any) -> "Entry":
        """Make an entry from an array of codes."""
        data = np.ascontiguousarray(codes, dtype="<u2").tobytes()
        return cls(codes=base64.b64encode(data).decode("ascii"), **values)

    def array(self, recipe: Recipe) -> Int[np.ndarray, "rows columns"]:
        """Return the codes as int64.

        Raises:
            InputError: not base64, another number of codes than the grid has, or no such code.
        """
        rows, columns = recipe.grid
        try:
            data = base64.b64decode(self.codes, validate=True)
        except (binascii.Error, ValueError) as error:
            raise InputError(
                f"the codes of the sample with seed {self.seed} are not base64 ({error}): the "
                f"record is damaged."
            ) from error
        if len(data) != 2 * rows * columns:
            raise InputError(
                f"the sample with seed {self.seed} has {len(data) / 2:g} codes, but its grid of "
                f"{rows} x {columns} needs {rows * columns}: the record is damaged."
            )
        codes = np.frombuffer(data, dtype="<u2").astype(np.int64).reshape(rows, columns)
        if codes.max() >= recipe.codebook_size:
            raise InputError(
                f"the sample with seed {self.seed} has the code {codes.max()}, but the codebook "
                f"has only {recipe.codebook_size}: the record is damaged."
            )
        return codes


@dataclasses.dataclass(frozen=True)
class Record:
    """A recipe and the samples that were drawn with it."""

    recipe: Recipe
    drawn: int  # how many were drawn and compared; usually all of them are here
    keep: int  # how many of those here are shown: the first
    samples: tuple[Entry, ...]
    ranked_by: str = "CLIP"  # what scored them, or "fit": what the ranks are places in
    scored_by: str = "CLIP"  # the model's own, or the name of another scorer

    def __post_init__(self) -> None:
        """Check every sample, so that a record in hand is a good one."""
        if not 1 <= len(self.samples) <= MOST_SAMPLES:
            raise InputError(
                f"the record holds {len(self.samples)} samples, but it has to hold 1 to "
                f"{MOST_SAMPLES}: it is damaged."
            )
        if not 1 <= self.keep <= len(self.samples) <= self.drawn <= MOST_SAMPLES:
            raise InputError(
                f"the record shows {self.keep} of {len(self.samples)} samples out of {self.drawn} "
                f"drawn, which cannot be: it is damaged."
            )
        by = self.scored_by
        if not 1 <= len(by) <= _LONGEST_NAME or not by.isprintable() or by == "fit":
            raise InputError(
                f"the record's samples are scored by {by[:_LONGEST_NAME]!r}, but a scorer has a "
                f"name of 1 to {_LONGEST_NAME} letters in one line, other than 'fit': it is "
                f"damaged."
            )
        if by != "CLIP" and self.recipe.scorer_digest is None:
            raise InputError(
                f"the record's samples are said to be scored by {by!r}, but it names no scorer's "
                f"digest: it is damaged."
            )
        if self.ranked_by not in (by, "fit"):
            raise InputError(
                f"the record's samples are ranked by {self.ranked_by!r}, but ranks are by {by!r}, "
                f"which scored them, or by 'fit': it is damaged."
            )
        ranks = [entry.rank for entry in self.samples if entry.rank is not None]
        scores = [entry.score for entry in self.samples if entry.score is not None]
        fits = [entry.fit for entry in self.samples if entry.fit is not None]
        everyone = len(self.samples)
        scored = self.recipe.scorer_digest is not None
        ranked = len(fits) == everyone if self.ranked_by == "fit" else scored
        if (
            len(scores) != everyone * scored
            or len(ranks) != everyone * ranked
            or len(fits) not in (0, everyone)
            or (self.ranked_by == "fit" and not ranked)
        ):
            raise InputError(
                "the record gives scores and ranks to some samples and not to others: it is "
                "damaged."
            )
        if len(set(ranks)) != len(ranks) or not all(1 <= rank <= self.drawn for rank in ranks):
            raise InputError(
                f"the record's ranks are not different numbers from 1 to {self.drawn}: it is "
                f"damaged."
            )
        seeds = [check_seed(entry.seed) for entry in self.samples]
        if len(set(seeds)) != len(seeds):
            raise InputError("the record has one seed twice, which no draw gives: it is damaged.")
        for entry in self.samples:
            entry.array(self.recipe)


def record_text(record: Record) -> str:
    """Return the record as JSON text in ASCII; ``read_record`` reads it back."""
    return json.dumps({"dalle_explore_record": _FORMAT, **to_json(record)}, allow_nan=False)


def read_record(path: str | os.PathLike[str]) -> Record:
    """Read a record from its JSON file, or from a PNG that carries one.

    Raises:
        InputError: no such file, neither a PNG nor JSON, a PNG that is not ours, a damaged record.
        MachineError: the disk is failing.
    """
    path = Path(path)
    with faults(path, "open"), open(path, "rb") as file:
        start = file.read(len(_SIGNATURE))
        size = file.seek(0, os.SEEK_END)
    if start == _SIGNATURE:
        if size > _PNG_LIMIT:
            raise InputError(
                f"{path} has {size} bytes, but a sheet has at most {_PNG_LIMIT}: name a PNG or a "
                f"record that dalle_explore saved."
            )
        values = _from_png(path)
    elif start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        values = read_json(path, "a record", limit=_RECORD_LIMIT)
    else:
        raise InputError(
            f"{path} is neither a PNG nor a record: name one that dalle_explore saved."
        )
    version = values.pop("dalle_explore_record", None)
    if version is None and "dalle_explore_grid" in values:
        raise InputError(
            f"{path} is a whole grid, but a record is of one sentence: dx.grid with the same "
            f"sentence takes its pictures from the gallery, and every cell of a saved grid.json "
            f"has a record of its own."
        )
    if version is None:
        raise InputError(
            f"{path} is JSON, but not a record of dalle_explore: name the .json that was saved "
            f"beside a sheet."
        )
    if version != _FORMAT:
        raise InputError(
            f"{path} holds a record of format {version!r}, but this version of dalle_explore "
            f"reads format {_FORMAT}: update dalle_explore."
        )
    return read_fields(Record, values, f"the record in {path}")


def _from_png(path: Path) -> dict[str, Any]:
    """Read the text chunk; no pixel is decoded."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            # A sheet may be large; its pixels are never unpacked here.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=["PNG"]) as image:
                text = image.info.get(PNG_KEYWORD)
    except (
        OSError,
        ValueError,
        SyntaxError,
        struct.error,
        EOFError,
        Image.DecompressionBombError,
    ) as error:
        raise InputError(
            f"{path} is a damaged PNG ({error}): get the file again, or name the .json that was "
            f"saved beside it."
        ) from error
    if not isinstance(text, str):
        raise InputError(
            f"{path} is a PNG, but not one that dalle_explore saved (or it was saved again by "
            f"another program, which drops the record): name the .json that was saved beside it."
        )
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"the record inside {path} is not readable JSON ({error}): name the .json that was "
            f"saved beside it."
        ) from error
    if not isinstance(values, dict):
        raise InputError(
            f"the record inside {path} is not an object with names and values: name the .json "
            f"that was saved beside it."
        )
    return values
