"""Making the parts of a film, a little at a time, so that a drawing can go first."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from jaxtyping import UInt8

from dalle_explore.sampling.preview import alternatives
from dalle_explore.sampling.reading import read
from dalle_explore.session.model import Model
from dalle_explore.trace import Trace
from dalle_explore.widgets.branches import Branch
from dalle_explore.widgets.parts import (
    MARGIN,
    REACH,
    TOP,
    Part,
    choices,
    frames,
    numbers,
    picture,
    windows,
)

__all__ = ["PARTS", "film_part"]

PARTS = ("picture", "numbers", "frames", "choices")  # in the order in which people miss them

_AT_ONCE = 48  # windows decoded before somebody else may go first

GoesOn = Callable[[], bool]


def film_part(model: Model, branch: Branch, part: str, goes_on: GoesOn) -> Part | None:
    """Return a part of a film, made now if it is not there; None when it was put aside.

    Args:
        model: that drew it.
        branch: what was drawn, or as far as it was.
        part: one of ``PARTS``.
        goes_on: asked often; when it says no, the work is put aside.
    """
    assert branch.trace is not None
    made = branch.parts.get(part)  # another thread may let go of it at any time
    if made is None:
        makers = {
            "picture": _picture,
            "numbers": _numbers,
            "frames": _frames,
            "choices": _choices,
        }
        made = makers[part](model, branch, goes_on)
        if made is None:
            return None
        branch.parts[part] = made
    return made


def _picture(model: Model, branch: Branch, goes_on: GoesOn) -> Part:
    trace = branch.trace
    assert trace is not None
    sample = branch.sample
    if sample is not None:
        final = np.asarray(sample.picture)
    else:
        (final,) = _decoded(model, trace, [len(trace.codes)])
    (blank,) = _decoded(model, trace, [0])
    return picture(final, blank)


def _numbers(model: Model, branch: Branch, goes_on: GoesOn) -> Part | None:
    assert branch.trace is not None
    with model.lock:
        reading = read(model.generator, branch.trace, goes_on=goes_on)
    if reading is None:
        return None
    branch.read(reading)
    assert branch.trace.steps is not None
    made = numbers(branch.trace, branch.trace.steps, reading.log_probability)
    error = None if reading.error is None else round(reading.error, 6)
    return Part({**made.header, "error": error}, made.buffers)


def _frames(model: Model, branch: Branch, goes_on: GoesOn) -> Part | None:
    trace = branch.trace
    assert trace is not None
    generator = model.generator
    corners, size = windows(generator.rows, generator.columns, REACH, range(len(trace.codes)))
    crops: list[UInt8[np.ndarray, "y x 3"]] = []
    for start in range(0, len(corners), _AT_ONCE):
        if not goes_on():
            return None
        counts = range(start + 1, min(start + _AT_ONCE, len(corners)) + 1)
        codes, known = _so_far(model, trace, counts)
        with model.lock:
            crops.extend(
                generator.decode_windows(
                    codes,
                    torch.tensor(corners[start : start + _AT_ONCE]),
                    size,
                    known=known,
                ).numpy()
            )
    return frames(crops, REACH)


def _choices(model: Model, branch: Branch, goes_on: GoesOn) -> Part | None:
    trace = branch.trace
    assert trace is not None
    if trace.steps is None and _numbers(model, branch, goes_on) is None:
        return None
    trace = branch.trace
    assert trace is not None and trace.steps is not None
    top = min(TOP, trace.steps.top_codes.shape[1])
    pixels = []
    for start in range(0, len(trace.codes), _AT_ONCE):
        if not goes_on():
            return None
        patches = range(start, min(start + _AT_ONCE, len(trace.codes)))
        with model.lock:
            found = alternatives(model.generator, trace, top, margin=MARGIN, patches=patches)
        pixels.append(found.pixels)
    return choices(np.concatenate(pixels), 0)


def _so_far(
    model: Model, trace: Trace, counts: Sequence[int]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Codes and known patches [f rows columns] when so many patches were drawn."""
    generator = model.generator
    whole = torch.zeros(generator.patches, dtype=torch.int64)
    whole[: len(trace.codes)] = torch.from_numpy(trace.codes)
    known = torch.arange(generator.patches) < torch.tensor(list(counts))[:, None]
    grid = (len(known), generator.rows, generator.columns)
    return torch.where(known, whole, 0).view(grid), known.view(grid)


def _decoded(
    model: Model, trace: Trace, counts: Sequence[int]
) -> Iterator[UInt8[np.ndarray, "y x 3"]]:
    codes, known = _so_far(model, trace, counts)
    with model.lock:
        yield from model.generator.decode_codes(codes, known=known).numpy()
