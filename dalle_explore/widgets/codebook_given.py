"""What people give to a codebook browser, checked before anything is shown."""

from typing import Any

import numpy as np
from jaxtyping import Int64

from dalle_explore.errors import InputError
from dalle_explore.instruments.codebook import check_code
from dalle_explore.session.model import Model, load
from dalle_explore.session.sample import Sample

__all__ = ["codes_of", "grid_of", "model_and_sample", "place_of"]


def model_and_sample(what: Any) -> tuple[Model, Sample | None]:
    """Return the model, and the sample if there is one, of what a browser was given.

    Raises:
        InputError: something else than a model or one sample of a model that is at hand.
        ModelFileError: nothing was given, and no model is bundled.
    """
    if what is None:
        return load(), None
    if isinstance(what, Model):
        return what, None
    if not isinstance(what, Sample):
        raise InputError(
            f"a codebook browser shows a model or one sample, but it was given {what!r}: give "
            f"what dx.load() returned, or one of what dx.draw() returned, such as samples[0]."
        )
    if what.model is None:
        raise InputError(
            "the model that drew this sample is gone: open it with dx.load(), and the sample "
            "with dx.open(path, model)."
        )
    return what.model, what


def codes_of(codes: Any, model: Model) -> list[int]:
    """Return the codes of a sheet.

    Raises:
        InputError: none, one twice, or one that there is not.
    """
    found = list(codes) if not isinstance(codes, str | int) else []
    wanted = [check_code(model.generator, code) for code in found]
    if not wanted or len(set(wanted)) < len(wanted):
        raise InputError(
            f"codes is {codes!r}, but it names at least one code, and each once: give a list such "
            f"as [0, 17], or None for all."
        )
    return wanted


def grid_of(grid: Any, model: Model) -> Int64[np.ndarray, "rows columns"]:
    """Return codes to paint on.

    Raises:
        InputError: another shape or kind, or a code that there is not.
    """
    generator = model.generator
    try:
        found = np.asarray(grid)
    except ValueError:
        found = np.empty(0)
    shape = (generator.rows, generator.columns)
    whole = found.dtype.kind in "iu" and found.shape == shape
    if not whole or found.min() < 0 or found.max() >= generator.codebook_size:
        raise InputError(
            f"grid has the shape {found.shape} and the kind {found.dtype}, but it has to be whole "
            f"numbers of the shape {shape}, from 0 to {generator.codebook_size - 1}: give codes "
            f"such as those of a sample."
        )
    return found.astype(np.int64)


def place_of(at: Any, count: int) -> int:
    """Return a place in the order of a sheet.

    Raises:
        InputError: there is none such.
    """
    if isinstance(at, bool) or not isinstance(at, int) or not 0 <= at < count:
        raise InputError(f"at is {at!r}, but it has to be a place on the sheet, 0 to {count - 1}.")
    return at
