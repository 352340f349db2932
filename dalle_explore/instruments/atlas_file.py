"""How an atlas lies on the disk: one safetensors file, with what it says of itself in its header.

Reading is strict, as a file may come from anybody: every array has its one type and fits the
others, every number is finite, every reference leads somewhere.
"""

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from dalle_explore.instruments.population import Average, Means
from dalle_explore.instruments.usage import Usage
from dalle_explore.schema import read_fields, to_json
from dalle_explore.settings import Settings
from dalle_explore.world import split_sizes

__all__ = ["PARTS", "About", "pack", "unpack"]

_FORMAT = 1
_HEADER = "atlas"  # the one entry beside the arrays: with several, the file's order would vary


@dataclasses.dataclass(frozen=True)
class About:
    """What an atlas says of itself."""

    digest: str  # of the model, see Card.digest
    model: str  # its name
    world_version: int
    settings: Settings  # that the pictures of average and means were drawn with
    split: str  # where their captions are from
    n: int  # captions: the first of the split, one picture of each
    seed: int  # of the first picture; picture j has seed + j
    pictures: int  # of the training split, whose codes were counted
    made: str  # with what
    refused: dict[str, str] = dataclasses.field(default_factory=dict)  # part -> why it is not here


Parts = Mapping[str, Average | Means | Usage | None]

# Part -> array -> its type in the file, and its axes; equal letters have equal sizes everywhere.
FIELDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "average": {"entropy": ("<f4", "p"), "sd": ("<f4", "p")},
    "means": {
        "heads": ("<f2", "l h p c"),
        "mlp": ("<f2", "l p d"),
        "attention": ("<f2", "l d"),
    },
    "usage": {
        "counts": ("<u4", "k"),
        "common": ("<u2", "p"),
        "codes": ("<u2", "m"),
        "indices": ("<u4", "m"),
        "patches": ("<u2", "m"),
    },
}
PARTS = tuple(FIELDS)


def pack(about: About, parts: Parts) -> bytes:
    """Return the file's bytes."""
    header = {"dalle_explore_atlas": _FORMAT, **to_json(about)}
    arrays = {
        f"{name}.{field}": np.ascontiguousarray(getattr(parts[name], field), dtype=kind)
        for name, fields in FIELDS.items()
        if parts[name] is not None
        for field, (kind, _) in fields.items()
    }
    text = json.dumps(header, sort_keys=True, allow_nan=False)
    return safetensors.numpy.save(arrays, {_HEADER: text})


def unpack(data: bytes) -> tuple[About, dict[str, Any]]:
    """Read what ``pack`` wrote.

    Raises:
        ValueError: whatever is wrong with it, in words.
    """
    try:
        arrays = safetensors.numpy.load(data)
        # Parsed by safetensors already, so that the header's length is true.
        length = int.from_bytes(data[:8], "little")
        header = json.loads(json.loads(data[8 : 8 + length])["__metadata__"][_HEADER])
        if header.pop("dalle_explore_atlas") != _FORMAT:
            raise ValueError("it is of another format, so another version wrote it")
        about = read_fields(About, header, "its header")
        return about, _assemble(about, arrays)
    except (SafetensorError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(str(error)) from error


def _assemble(about: About, arrays: dict[str, Any]) -> dict[str, Any]:
    """The parts of arrays that fit each other; ValueError otherwise."""
    sizes: dict[str, int] = {}
    parts: dict[str, dict[str, Any]] = {}
    for name, fields in FIELDS.items():
        here = {f: arrays.pop(f"{name}.{f}") for f in fields if f"{name}.{f}" in arrays}
        if (not here) is not (name in about.refused) or (here and set(here) != set(fields)):
            raise ValueError(f"its part {name} is incomplete")
        for field, array in here.items():
            kind, axes = fields[field]
            if array.dtype != np.dtype(kind) or array.ndim != len(axes.split()):
                raise ValueError(f"{name}.{field} is {array.dtype} of shape {array.shape}")
            shape = zip(axes.split(), array.shape, strict=True)
            if any(sizes.setdefault(axis, size) != size for axis, size in shape):
                raise ValueError(f"{name}.{field} of shape {array.shape} does not fit the rest")
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise ValueError(f"{name}.{field} has values that are no finite numbers")
        parts[name] = here
    if arrays:
        raise ValueError(f"it has the unknown array {min(arrays)!r}")
    if not re.fullmatch(r"[0-9a-f]{64}", about.digest) or about.n < 2 or about.seed < 0:
        raise ValueError("its header has a digest, number or seed that cannot be")
    made: dict[str, Any] = dict.fromkeys(PARTS)
    if parts["average"]:
        entropy, sd = (parts["average"][f].astype(np.float64) for f in ("entropy", "sd"))
        if min(entropy.min(initial=0), sd.min(initial=0)) < 0:
            raise ValueError("bits below 0")
        told = (about.digest, about.settings, about.split, about.n, about.seed)
        made["average"] = Average(*told, entropy, sd)
    if parts["means"]:
        made["means"] = Means(**parts["means"])
    if parts["usage"]:
        made["usage"] = Usage(about.pictures, **parts["usage"])
        _check_usage(made["usage"])
    return made


def _check_usage(usage: Usage) -> None:
    patches, codebook = len(usage.common), len(usage.counts)
    total = int(usage.counts.sum(dtype=np.int64))
    if not 1 <= usage.pictures <= split_sizes()["train"] or total != usage.pictures * patches:
        raise ValueError(f"its counts are of {total} codes, not of {usage.pictures} pictures")
    if usage.common.max() >= codebook or usage.codes.max() >= codebook:
        raise ValueError("codes outside the codebook")
    if (np.diff(usage.codes.astype(np.int64)) < 0).any():
        raise ValueError("places that are not in the order of their codes")
    if usage.indices.max() >= usage.pictures or usage.patches.max() >= patches:
        raise ValueError("places outside the pictures")
    if set(usage.codes.tolist()) != set(np.flatnonzero(usage.counts).tolist()):
        raise ValueError("codes that occur without a place, or have one without occurring")
