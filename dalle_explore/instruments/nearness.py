"""How near pictures are: by CLIP's vectors, by codes, by pixels; and how near others are.

A number alone says nothing, so that some of the training pictures are compared with all the others
in the same way.
"""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from jaxtyping import Float64, Int64

from dalle_explore.instruments.drawn_again import Drawn, DrawnAgain
from dalle_explore.instruments.learned import Progress
from dalle_explore.seeds import rng

__all__ = ["HIGHER", "Name", "Scale", "compare", "scales"]

Name = Literal["clip", "codes", "pixels"]
HIGHER: dict[Name, bool] = {"clip": True, "codes": True, "pixels": False}  # is nearer

_OTHERS = 32  # training pictures that are themselves compared with all candidates


@dataclasses.dataclass(frozen=True)
class Scale:
    """Values of training pictures among themselves: one in ten below, half, one in ten above."""

    low: float
    middle: float
    high: float
    n: int  # values


Values = dict[Name, Float64[np.ndarray, "a v"]]
"""Of the picture itself (row 0) and of some candidates, with every candidate compared."""


def compare(
    again: DrawnAgain,
    indices: Int64[np.ndarray, " m"],
    own: Drawn,
    progress: Progress,
    goes_on: Callable[[], bool],
) -> tuple[Values, Int64[np.ndarray, " o"]] | None:
    """Compare a picture, and some of the candidates, with all candidates.

    Args:
        again: draws the candidates.
        indices: of the candidates, in the training split.
        own: the picture, as a batch of one.
        progress: called with (what, done, total).
        goes_on: asked before every batch; False ends it with the candidates so far.

    Returns:
        Values by measure [1 + o, v], those of the picture first; and the places, among the
        candidates, of the o that the other rows are of. None: it ended before anything was done.
    """
    total = len(indices)
    count = min(_OTHERS, total)
    others = np.sort(rng("neighbours", total).choice(total, count, replace=False))
    progress("training pictures", 0, total)
    if not goes_on():
        return None
    drawn = again.take(indices[others].tolist())
    vectors = None
    if own.vectors is not None and drawn.vectors is not None:
        vectors = np.concatenate([own.vectors, drawn.vectors])
    rows = Drawn(
        pixels=np.concatenate([own.pixels, drawn.pixels]),
        codes=np.concatenate([own.codes, drawn.codes]),
        vectors=vectors,
    )
    parts: dict[Name, list[np.ndarray]] = {}
    for part, batch in again.batches(indices.tolist(), goes_on):
        for name, values in _values(rows, batch):
            parts.setdefault(name, []).append(values)
        progress("training pictures", part.stop, total)
    if not parts:
        return None
    return {name: np.concatenate(found, axis=1) for name, found in parts.items()}, others


def _values(rows: Drawn, batch: Drawn) -> Iterator[tuple[Name, Float64[np.ndarray, "a b"]]]:
    """Every row against every picture of a batch, by every measure."""
    if rows.vectors is not None and batch.vectors is not None:
        yield "clip", (rows.vectors @ batch.vectors.T).astype(np.float64)
    yield "codes", np.stack([(batch.codes == row).mean(axis=1) for row in rows.codes])
    # Around the middle, so that little is lost where large numbers cancel.
    mine, theirs = (
        one.pixels.reshape(len(one.pixels), -1).astype(np.float32) - 127.5 for one in (rows, batch)
    )
    squares = (mine**2).sum(axis=1)[:, None] + (theirs**2).sum(axis=1) - 2 * mine @ theirs.T
    values = np.sqrt(np.maximum(squares, 0) / mine.shape[1]).astype(np.float64)
    apart = batch.pixels.astype(np.int32) - rows.pixels[0]
    values[0] = np.sqrt((apart**2).mean(axis=(1, 2, 3)))  # exact, as it is shown
    yield "pixels", values


def scales(
    name: Name, values: Float64[np.ndarray, "o m"], others: Int64[np.ndarray, " o"]
) -> tuple[Scale | None, Scale | None]:
    """Return how near candidates are to each other: in pairs, and each to its nearest.

    Args:
        name: the measure.
        values: of some candidates with all that were compared.
        others: which of all these candidates are.
    """
    if values.shape[1] < 2:
        return None, None
    itself = others[:, None] == np.arange(values.shape[1])
    sign = 1 if HIGHER[name] else -1
    closest = sign * np.where(itself, -np.inf, sign * values).max(axis=1)
    return _scale(values[~itself]), _scale(closest)


def _scale(values: Float64[np.ndarray, " v"]) -> Scale:
    low, middle, high = (float(value) for value in np.quantile(values, (0.1, 0.5, 0.9)))
    return Scale(low, middle, high, len(values))
