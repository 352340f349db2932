"""Finding the right text for a picture among many, or the right picture for a text."""

import dataclasses
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dalle_explore.statistics.given import numbers
from dalle_explore.statistics.intervals import Rate, rate
from dalle_explore.statistics.ranks import Mean, mean

__all__ = ["Retrieval", "Swap", "Swaps", "retrieval", "swap_block", "swap_blocks"]


@dataclasses.dataclass(frozen=True)
class Retrieval:
    """How well each query finds its own among the candidates, beside what chance would find.

    Attributes:
        ranks: for each query the rank of its best-placed own, from 1; ties count against it.
        candidates: how many there were to choose from.
        recall: for k: share of queries whose own is among the best k.
        mrr: mean of 1 / rank.
        mean_rank: mean of the ranks.
        chance_recall: recall of a scorer that knows nothing: k / candidates with one own each.
        chance_mrr: its mean of 1 / rank: the harmonic number of the candidates over them.
        chance_mean_rank: its mean rank: (candidates + 1) / 2.
    """

    ranks: tuple[int, ...]
    candidates: int
    recall: dict[int, Rate]
    mrr: Mean
    mean_rank: Mean
    chance_recall: dict[int, float]
    chance_mrr: float
    chance_mean_rank: float


def retrieval(
    similarity: ArrayLike, match: ArrayLike | None = None, ks: Sequence[int] | None = None
) -> Retrieval:
    """Rank every row's own column among all columns.

    A candidate that scores as high as one's own stands before it, so a scorer that gives all the
    same finds nothing. Intervals count rows; several pictures of one text are alike, and their
    intervals too narrow.

    Args:
        similarity: float [queries, candidates], higher is more alike: pictures by texts to find
            texts; transposed to find pictures.
        match: bool [queries, candidates], which candidates belong to a query, at least one each;
            default the diagonal. Of several the best placed counts.
        ks: of the recall, each 1 to candidates; default 1, 5 and 10 as far as there are so many.

    Raises:
        ValueError: no square matrix and no match, another shape, a query without its own, NaN, or
            a k above the number of candidates.
    """
    given = np.asarray(similarity, dtype=float)
    if given.ndim != 2:
        raise ValueError(
            f"similarity has shape {given.shape}: give a table, queries by candidates."
        )
    numbers("similarity", given)
    queries, candidates = given.shape
    if match is None and queries != candidates:
        raise ValueError(
            f"similarity is {queries} by {candidates}, so the diagonal does not say which belong "
            f"together: pass match."
        )
    own = np.eye(queries, dtype=bool) if match is None else np.asarray(match, dtype=bool)
    if own.shape != given.shape:
        raise ValueError(f"match has shape {own.shape}, but similarity {given.shape}: give one.")
    count = own.sum(axis=1)
    if not count.all():
        raise ValueError(f"query {int(np.argmin(count))} has no candidate of its own to find.")
    best = np.where(own, given, -np.inf).max(axis=1, keepdims=True)
    placed = 1 + (~own & (given >= best)).sum(axis=1)
    held = [k for k in (1, 5, 10) if k <= candidates] if ks is None else sorted(set(ks))
    for k in held:
        if not 1 <= k <= candidates:
            raise ValueError(f"k={k} of {candidates} candidates: give a k from 1 to {candidates}.")
    first = _first_place(candidates, count)
    return Retrieval(
        tuple(placed.tolist()),
        candidates,
        {k: rate(placed <= k) for k in held},
        mean(1 / placed),
        mean(placed),
        {k: float(first[:, :k].sum(axis=1).mean()) for k in held},
        float((first / np.arange(1, candidates + 1)).sum(axis=1).mean()),
        float(((candidates + 1) / (count + 1)).mean()),
    )


def _first_place(candidates: int, own: np.ndarray) -> np.ndarray:
    """Chance that the best of ``own`` [q] is in each place of a random order, [q, candidates]."""
    place = np.arange(candidates)
    # No own among the first r: (N-c)/N (N-c-1)/(N-1) ...
    missed = np.cumprod(
        np.maximum(candidates - own[:, None] - place, 0) / (candidates - place), axis=1
    )
    return -np.diff(missed, axis=1, prepend=1.0)


class Swap(NamedTuple):
    """Two pictures and two texts of the same words in another order.

    Attributes:
        text: for both pictures, the right text scores higher.
        image: for both texts, the right picture scores higher.
        group: both of these.
        margin: how much right pairs outscore swapped ones, on average; 0 for a scorer that knows
            words only and not their order.
    """

    text: bool
    image: bool
    group: bool
    margin: float


@dataclasses.dataclass(frozen=True)
class Swaps:
    """Many swapped pairs; ``CHANCE`` is what a scorer reaches that knows nothing.

    Attributes:
        text: share of pairs in which both pictures find their text.
        image: share in which both texts find their picture.
        group: share in which all four do.
        margins: of each pair, as in ``Swap``.
    """

    CHANCE: ClassVar[dict[str, float]] = {"text": 1 / 4, "image": 1 / 4, "group": 1 / 6}

    text: Rate
    image: Rate
    group: Rate
    margins: tuple[float, ...]


def swap_block(similarity: ArrayLike) -> Swap:
    """Read one block of a picture, its text, and both with the words swapped.

    Winoground's three scores (T. Thrush et al., 2022, CVPR); a tie is not right.

    Args:
        similarity: float [2, 2], pictures by texts, the right pairs on the diagonal.

    Raises:
        ValueError: another shape, or a number that is not finite.
    """
    text, image, group, margin = _swaps(np.asarray(similarity, dtype=float)[None])
    return Swap(bool(text[0]), bool(image[0]), bool(group[0]), float(margin[0]))


def swap_blocks(similarity: ArrayLike) -> Swaps:
    """Read many blocks, with Wilson's intervals over them.

    Args:
        similarity: float [blocks, 2, 2], as for ``swap_block``.

    Raises:
        ValueError: no blocks, another shape, or a number that is not finite.
    """
    text, image, group, margins = _swaps(np.asarray(similarity, dtype=float))
    return Swaps(rate(text), rate(image), rate(group), tuple(margins.tolist()))


def _swaps(given: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    if given.ndim != 3 or given.shape[1:] != (2, 2):
        raise ValueError(
            f"blocks have shape {given.shape[1:]}: give two pictures by two texts, the right "
            f"pairs on the diagonal."
        )
    numbers("similarity", given)
    a, b, c, d = given[:, 0, 0], given[:, 0, 1], given[:, 1, 0], given[:, 1, 1]
    text, image = (a > b) & (d > c), (a > c) & (d > b)
    return text, image, text & image, (a + d - b - c) / 2
