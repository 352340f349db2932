"""What people give to a player, checked before anything is drawn."""

from collections.abc import Sequence
from typing import Any

from dalle_explore.errors import InputError
from dalle_explore.seeds import check_seed
from dalle_explore.session.model import Model, load
from dalle_explore.session.sample import Sample

__all__ = ["MOST", "count_of", "index_of", "opened", "patch_of", "places_of", "seed_of"]

MOST = 8  # pictures side by side

_DIGITS = 40  # of a seed: more than any has, and few enough to be read at once


def opened(what: Any) -> tuple[Model, tuple[Sample, ...]]:
    """Return the model and the samples of whatever a player was given.

    Raises:
        InputError: something else than a model or samples of one model.
        ModelFileError: nothing was given, and no model is bundled.
    """
    if what is None:
        return load(), ()
    if isinstance(what, Model):
        return what, ()
    if isinstance(what, Sample):
        return what.model, (what,)
    samples = tuple(what) if isinstance(what, Sequence) and not isinstance(what, str) else ()
    if not samples or not all(isinstance(one, Sample) for one in samples):
        raise InputError(
            f"a player shows a sample, samples or a model, but it was given {what!r}: give what "
            f"dx.draw() or dx.load() returned."
        )
    if len({one.model_digest for one in samples}) > 1:
        raise InputError("these samples come from several models: give those of one of them.")
    if samples[0].model is None:
        raise InputError(
            "the model that drew these samples is gone: open it with dx.load(), and the samples "
            "with dx.open(path, model)."
        )
    return samples[0].model, samples


def count_of(n: Any) -> int:
    """Return how many pictures a drawing makes, 1 to ``MOST``.

    Raises:
        InputError: another number.
    """
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= MOST:
        raise InputError(f"n is {n!r}, but a player draws 1 to {MOST} pictures at once.")
    return n


def seed_of(seed: Any) -> int:
    """Return a seed, which browsers send as text because they cannot count that far.

    Raises:
        InputError: not a seed.
    """
    if isinstance(seed, str) and seed.strip().isdecimal():
        digits = len(seed.strip())
        if digits > _DIGITS:
            raise InputError(f"seed has {digits} digits, but it has to be below 2**63.")
        seed = int(seed)
    return check_seed(seed)


def index_of(name: str, value: Any, count: int) -> int:
    """Return the place of a picture among ``count``.

    Raises:
        InputError: there is none at that place.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
        raise InputError(f"{name} is {value!r}, but there are {count} pictures, counted from 0.")
    return value


def places_of(shown: Any, count: int) -> list[int]:
    """Return which pictures stand side by side: the first ones when None.

    Raises:
        InputError: none, too many, one twice, or one that there is not.
    """
    if shown is None:
        return list(range(min(count, MOST)))
    if not isinstance(shown, Sequence) or isinstance(shown, str):
        raise InputError(f"shown is {shown!r}, but it is a list of pictures, counted from 0.")
    found = [index_of("shown", one, count) for one in shown]
    if not 1 <= len(found) <= MOST or len(set(found)) < len(found):
        raise InputError(f"shown is {shown!r}, but it names 1 to {MOST} pictures, each once.")
    return found


def patch_of(patch: Any, rows: int, columns: int) -> int:
    """Return the number of a patch given as (row, column).

    Raises:
        InputError: outside the picture, or something else.
    """
    try:
        row, column = (int(part) for part in patch)
    except (TypeError, ValueError):
        row = column = -1
    if not (0 <= row < rows and 0 <= column < columns):
        raise InputError(
            f"patch is {patch!r}, but it has to be (row, column), with rows 0 to {rows - 1} and "
            f"columns 0 to {columns - 1}."
        )
    return row * columns + column
