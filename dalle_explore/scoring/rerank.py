"""Ordering samples by a score, without forgetting the losers or the order of drawing."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from dalle_explore.errors import InputError

__all__ = ["Ranking", "rank"]


@dataclasses.dataclass(frozen=True)
class Ranking:
    """All samples of a prompt in two orders: as drawn, and from the best score to the worst."""

    scores: tuple[float, ...]  # [n], as drawn
    order: tuple[int, ...]  # [n], the numbers of the samples, best first

    def __len__(self) -> int:
        return len(self.order)

    @property
    def places(self) -> tuple[int, ...]:
        """The place of every sample as drawn, 1 being the best: [n]."""
        return tuple(int(place) + 1 for place in np.argsort(self.order))

    def place(self, sample: int) -> str:
        """Return what people see instead of a cosine, for example "3rd of 16".

        Raises:
            InputError: there is no such sample.
        """
        self._check("sample", sample, 0, len(self) - 1)
        return f"{_ordinal(self.places[sample])} of {len(self)}"

    def kept(self, keep: int) -> tuple[int, ...]:
        """Return the ``keep`` best samples, best first.

        Raises:
            InputError: fewer than one, or more than there are.
        """
        self._check("keep", keep, 1, len(self))
        return self.order[:keep]

    def lost(self, keep: int) -> tuple[int, ...]:
        """Return the samples that ``kept`` leaves out, best first.

        Raises:
            InputError: as in ``kept``.
        """
        self._check("keep", keep, 1, len(self))
        return self.order[keep:]

    def _check(self, name: str, value: int, low: int, high: int) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InputError(
                f"{name} is {value!r}, but {len(self)} samples were drawn: give a whole number "
                f"from {low} to {high}."
            )


def rank(scores: Sequence[float] | np.ndarray) -> Ranking:
    """Order samples by score, the highest first; equal scores stay in the order of drawing.

    Args:
        scores: [n], one for every sample as drawn.

    Raises:
        InputError: no scores, not a flat list, or a score that is not a finite number.
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise InputError(
            f"scores is {np.array2string(values, threshold=8)} with the shape {values.shape}, but "
            f"ranking needs a list of at least one finite number: score every sample first."
        )
    order = np.argsort(-values, kind="stable")
    return Ranking(tuple(values.tolist()), tuple(order.tolist()))


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{ending or 'th'}"
