"""Traces: everything that was recorded while a picture was drawn. Data only, no torch.

A trace holds the recipe (what, together with the seed, decides the picture), the codes, and for
every patch what the model thought when it was drawn. It may be unfinished: a drawing that was
stopped leaves the patches it had. Attention is not recorded; it is rebuilt from the codes.
"""

import dataclasses
import io
import json
import os
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any, Self

import numpy as np
from jaxtyping import Bool, Float32, Int64, UInt16

from dalle_explore.edits import AnyEdit
from dalle_explore.errors import InputError
from dalle_explore.files import faults, write_atomic
from dalle_explore.schema import read_fields, to_json
from dalle_explore.seeds import check_seed
from dalle_explore.settings import Settings

__all__ = ["ALTERNATIVES", "Recipe", "Steps", "Trace"]

ALTERNATIVES = 32  # likeliest codes kept for every patch, with their log-probabilities

_FORMAT = 1
_GRID_LIMIT = 256  # patches on a side
_FILE_LIMIT = 64 * 2**20  # bytes; a trace of 64 x 64 patches is under a megabyte
_HEADER = "trace"  # the array that holds the JSON part, as bytes


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What, together with a seed, decides a picture; and what scored it."""

    prompt: str
    settings: Settings
    model: str  # its name
    model_digest: str  # SHA-256, see Card.digest
    licence: str  # of the pictures, an SPDX name
    grid: tuple[int, ...]  # rows, columns of codes
    codebook_size: int
    scorer_digest: str | None  # None: not scored
    versions: dict[str, str]  # of dalle_explore and torch
    edits: tuple[AnyEdit, ...] = ()  # what was changed while drawing

    def __post_init__(self) -> None:
        """Check what a type cannot say."""
        if len(self.grid) != 2 or not all(1 <= side <= _GRID_LIMIT for side in self.grid):
            raise InputError(
                f"the grid of codes is {self.grid}, but it has to be rows and columns, each from "
                f"1 to {_GRID_LIMIT}: the record is damaged."
            )
        if not 1 <= self.codebook_size <= 2**16:
            raise InputError(
                f"the codebook has {self.codebook_size} codes, but 1 to 65536 can be recorded: "
                f"the record is damaged."
            )

    @property
    def numeric_class(self) -> str:
        """Device kind, precision and torch's minor version: where equal codes are promised."""
        kind = self.settings.device.partition(":")[0]
        torch = ".".join(self.versions.get("torch", "unknown").split(".")[:2])
        return f"{kind} {self.settings.precision} torch {torch}"

    @property
    def patches(self) -> int:
        """Codes of one picture."""
        return self.grid[0] * self.grid[1]

    @property
    def saved(self) -> bool:
        """Whether it can be written down; an ``Edit`` holds a function, which cannot."""
        return all(edit.saved for edit in self.edits)


@dataclasses.dataclass(frozen=True, eq=False)
class Steps:
    """What the model thought at the patches drawn so far, in raster order.

    Of the guided distribution at temperature 1, before filters, bans and biases; mixed prompts are
    mixed in it. Natural logarithms, fp32, whatever the settings drew with.
    """

    log_probability: Float32[np.ndarray, " p"]  # of the code at this patch
    conditional: Float32[np.ndarray, " p"]  # the same without guidance
    entropy: Float32[np.ndarray, " p"]  # nats
    rank: Int64[np.ndarray, " p"]  # of the code at this patch, 0 for the likeliest
    top_codes: UInt16[np.ndarray, "p a"]  # the likeliest codes, likeliest first
    top_log_probability: Float32[np.ndarray, "p a"]
    top_conditional: Float32[np.ndarray, "p a"]  # the same codes without guidance

    def __len__(self) -> int:
        return len(self.log_probability)


@dataclasses.dataclass(frozen=True, eq=False)
class Trace:
    """One picture, as far as it was drawn."""

    recipe: Recipe
    seed: int
    ids: tuple[int, ...]  # of the prompt's tokens
    codes: Int64[np.ndarray, " p"]  # of the patches drawn so far, in raster order
    forced: Bool[np.ndarray, " p"]  # those whose code was given from outside
    steps: Steps | None = None  # None: drawn without statistics

    def __post_init__(self) -> None:
        """Check that everything speaks of the same patches."""
        check_seed(self.seed)
        drawn = len(self.codes)
        lengths = {"forced": len(self.forced)}
        if self.steps is not None:
            for field in dataclasses.fields(Steps):
                lengths[field.name] = len(getattr(self.steps, field.name))
        wrong = [f"{name} has {n}" for name, n in lengths.items() if n != drawn]
        if drawn > self.recipe.patches or wrong:
            raise InputError(
                f"the trace has {drawn} codes for {self.recipe.patches} patches"
                f"{''.join(f', and {text}' for text in wrong)}, but these belong together: it is "
                f"damaged; draw again."
            )
        if drawn and not 0 <= self.codes.min() <= self.codes.max() < self.recipe.codebook_size:
            raise InputError(
                f"the trace has codes from {self.codes.min()} to {self.codes.max()}, but the "
                f"codebook has only {self.recipe.codebook_size}: it is damaged; draw again."
            )

    @property
    def complete(self) -> bool:
        """Whether the whole picture was drawn."""
        return len(self.codes) == self.recipe.patches

    @property
    def grid(self) -> Int64[np.ndarray, "rows columns"]:
        """The codes by row and column; -1 where nothing is drawn yet."""
        filled = np.full(self.recipe.patches, -1, dtype=np.int64)
        filled[: len(self.codes)] = self.codes
        return filled.reshape(self.recipe.grid)

    @property
    def kept_log_probability(self) -> float | None:
        """Log-probability, in nats, of the forced codes that follow a free one.

        Raster order cannot look ahead, so kept patches below a redrawn one say how well it fits:
        of several samples the one with the largest fits best. None without statistics, and where
        nothing that was kept follows.
        """
        free = np.flatnonzero(~self.forced)
        later = self.forced & (np.arange(len(self.forced)) > (free[0] if len(free) else 2**62))
        if self.steps is None or not later.any():
            return None
        return float(self.steps.log_probability[later].sum(dtype=np.float64))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a trace file (npz): arrays, and the rest as JSON in one of them.

        Raises:
            InputError: an ``Edit`` among the edits, or a path that cannot be written.
            MachineError: the disk is full.
        """
        header = {
            "dalle_explore_trace": _FORMAT,
            "recipe": to_json(self.recipe),
            "seed": self.seed,
            "ids": list(self.ids),
        }
        text = json.dumps(header, allow_nan=False).encode("utf-8")
        arrays: dict[str, Any] = {
            _HEADER: np.frombuffer(text, dtype=np.uint8),
            "codes": self.codes.astype("<u2"),
            "forced": self.forced,
        }
        if self.steps is not None:
            arrays |= {
                f"steps.{field.name}": getattr(self.steps, field.name)
                for field in dataclasses.fields(Steps)
            }
        held = io.BytesIO()
        np.savez_compressed(held, allow_pickle=False, **arrays)
        return write_atomic(path, held.getvalue())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read what ``save`` wrote; nothing in the file is ever executed.

        Raises:
            InputError: no such file, not a trace, truncated or damaged.
        """
        with faults(path, "read"), open(path, "rb") as file:
            data = file.read(_FILE_LIMIT + 1)
        if len(data) > _FILE_LIMIT:
            raise InputError(
                f"{path} is larger than {_FILE_LIMIT} bytes, the most that a trace may have: name "
                f"a trace that dalle_explore saved."
            )
        try:
            arrays = _arrays(data)
            header = json.loads(arrays.pop(_HEADER).tobytes().decode("utf-8"))
            if header.pop("dalle_explore_trace") != _FORMAT:
                raise ValueError("it is of another format, so another version wrote it")
            steps = {
                name.removeprefix("steps."): arrays.pop(name)
                for name in list(arrays)
                if name.startswith("steps.")
            }
            recipe = read_fields(Recipe, header["recipe"], f"the trace {path}")
            return cls(
                recipe=recipe,
                seed=header["seed"],
                ids=tuple(int(number) for number in header["ids"]),
                codes=_typed(arrays["codes"], "<u2", 1).astype(np.int64),
                forced=_typed(arrays["forced"], "?", 1),
                steps=_steps(steps) if steps else None,
            )
        except InputError:
            raise
        # Whatever a damaged file makes the readers of zip, npy and JSON say.
        except (ValueError, KeyError, TypeError, AttributeError, EOFError, OSError) as error:
            raise InputError(
                f"{path} is not a trace of dalle_explore, or it is truncated or damaged "
                f"({error}): get the file again, or draw again."
            ) from error


_STEP_TYPES = {
    "log_probability": ("<f4", 1),
    "conditional": ("<f4", 1),
    "entropy": ("<f4", 1),
    "rank": ("<i8", 1),
    "top_codes": ("<u2", 2),
    "top_log_probability": ("<f4", 2),
    "top_conditional": ("<f4", 2),
}


def _steps(arrays: dict[str, Any]) -> Steps:
    if set(arrays) != set(_STEP_TYPES):
        raise ValueError(f"its steps hold {', '.join(arrays)}")
    typed = {name: _typed(arrays[name], *_STEP_TYPES[name]) for name in arrays}
    widths = {array.shape[1] for array in typed.values() if array.ndim == 2}
    if len(widths) != 1 or not all(
        np.isfinite(a).all() for a in typed.values() if a.dtype == "f4"
    ):
        raise ValueError("its steps are of different widths, or not finite")
    return Steps(**typed)


def _typed(array: Any, kind: str, axes: int) -> Any:
    if array.dtype != np.dtype(kind) or array.ndim != axes:
        raise ValueError(f"an array is {array.dtype} of shape {array.shape}")
    return array


def _arrays(data: bytes) -> dict[str, Any]:
    """Read an npz without pickles, and never more than its limit."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > _FILE_LIMIT:
                raise ValueError("it unpacks to more than a trace may hold")
            if packed.testzip() is not None:
                raise ValueError("a checksum differs")
        with np.load(io.BytesIO(data), allow_pickle=False) as opened:
            return {name: opened[name] for name in opened.files}
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        RuntimeError,
        zlib.error,
        struct.error,
        OverflowError,
    ) as error:
        raise ValueError(str(error)) from error
