"""A picture as it was after every patch, decoded again from its trace."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from jaxtyping import UInt8

from dalle_explore.errors import InputError
from dalle_explore.generator import Generator
from dalle_explore.sampling.preview import Fill, check_fill
from dalle_explore.trace import Trace

__all__ = ["frames"]

_BATCH = 32  # frames decoded together


def frames(
    model: Generator,
    trace: Trace,
    *,
    fill: Fill = "mean",
    at: Sequence[int] | None = None,
) -> Iterator[UInt8[np.ndarray, "y x 3"]]:
    """Decode the picture as it was when a number of patches were drawn.

    Every frame has the pixels of ``Preview`` at that moment: nothing is carried from frame to
    frame, so that any of them can be asked for alone.

    Args:
        model: that drew the trace.
        trace: which codes were drawn; it may be unfinished.
        fill: what the decoder sees where nothing is drawn yet, as for ``Preview``.
        at: numbers of patches drawn, in any order; None: every number from 0 to all.

    Yields:
        One picture after another, as ``at`` has them; what is not drawn is not hatched yet.

    Raises:
        InputError: a trace of another grid, a number that is not from 0 to the patches drawn, or
            a fill that is no code of this model.
    """
    check_fill(model, fill)
    if trace.recipe.grid != (model.rows, model.columns):
        raise InputError(
            f"the trace has a grid of {trace.recipe.grid}, but this model's is "
            f"{(model.rows, model.columns)}: give the model that drew it."
        )
    drawn = len(trace.codes)
    counts = range(drawn + 1) if at is None else _checked(at, drawn)
    return _decoded(model, trace, fill, counts)


def _decoded(
    model: Generator, trace: Trace, fill: Fill, counts: Sequence[int]
) -> Iterator[UInt8[np.ndarray, "y x 3"]]:
    whole = torch.zeros(model.patches, dtype=torch.int64)
    whole[: len(trace.codes)] = torch.from_numpy(trace.codes)
    patch = torch.arange(model.patches)
    for start in range(0, len(counts), _BATCH):
        some = torch.tensor(counts[start : start + _BATCH])
        known = patch < some[:, None]
        codes = torch.where(known, whole, 0 if fill == "mean" else fill)
        grid = (len(some), model.rows, model.columns)
        yield from model.decode_codes(
            codes.view(grid), known=known.view(grid) if fill == "mean" else None
        ).numpy()


def _checked(at: Sequence[int], drawn: int) -> list[int]:
    counts = list(at)
    for count in counts:
        whole = isinstance(count, int | np.integer) and not isinstance(count, bool)
        if not whole or not 0 <= count <= drawn:
            raise InputError(
                f"at holds {count!r}, but a frame is of 0 to {drawn} patches, as many as were "
                f"drawn: give whole numbers in that range."
            )
    return [int(count) for count in counts]
