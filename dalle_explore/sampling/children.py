"""Children of pictures: patches of one or two parents kept, the rest drawn anew.

Which patches stay is decided by smooth noise, so that regions stay together and not single
patches. Raster order cannot look ahead: a kept patch below a free one is not foreseen, which is
why several children are worth drawing, and why the likelihood of what was kept is recorded.
"""

import numpy as np
from jaxtyping import Bool, Float, Int

from dalle_explore.edits import Force
from dalle_explore.errors import InputError
from dalle_explore.seeds import check_seed, rng

__all__ = ["ANEW", "inherit", "origins"]

ANEW = 0  # of a patch that is drawn; 1 and 2: kept from the first parent, or from the second

_COARSE = 5  # knots of the noise along each side


def inherit(
    one: Int[np.ndarray, "rows columns"],
    two: Int[np.ndarray, "rows columns"] | None = None,
    *,
    share: float = 0.5,
    seed: int = 0,
) -> tuple[Force, ...]:
    """Return the edits that make a child.

    Args:
        one: codes of a parent.
        two: codes of the other; about half of what is kept comes from each.
        share: how far the child goes, the share of patches that are drawn anew, from 0 to 1.
        seed: decides which.

    Returns:
        One ``Force``, or nothing when everything is drawn anew.

    Raises:
        InputError: grids that differ, or a share outside 0 to 1.
    """
    if two is not None and np.shape(two) != np.shape(one):
        raise InputError(
            f"the parents have grids of {np.shape(one)} and {np.shape(two)} codes, but a child "
            f"takes patches of both: take two pictures of one model."
        )
    from_whom = origins(np.shape(one), 1 if two is None else 2, share=share, seed=seed)
    if (from_whom == ANEW).all():
        return ()
    codes = np.asarray(one) if two is None else np.where(from_whom == 2, two, one)
    return (Force.where(codes, from_whom != ANEW),)


def origins(
    grid: tuple[int, ...], parents: int = 1, *, share: float = 0.5, seed: int = 0
) -> Int[np.ndarray, "rows columns"]:
    """Say of every patch of a child from whom it has its code.

    Args:
        grid: rows and columns.
        parents: how many, 1 or 2.
        share: of patches that are drawn anew.
        seed: of the child.

    Returns:
        ``ANEW``, or 1 or 2, the parent that it is kept from.

    Raises:
        InputError: a share outside 0 to 1, or a bad seed.
    """
    is_number = isinstance(share, int | float | np.floating) and not isinstance(share, bool)
    if not is_number or not 0 <= share <= 1:
        raise InputError(f"share is {share!r}, but it is a share from 0 to 1: give such a number.")
    seed = check_seed(seed)
    size = int(np.prod(grid))
    found = np.ones(grid, dtype=np.int64)
    if parents == 2:
        found[largest(smooth("parent", seed, grid), size // 2)] = 2
    found[largest(smooth("child", seed, grid), round(share * size))] = ANEW
    return found


def smooth(name: str, seed: int, shape: tuple[int, ...]) -> Float[np.ndarray, "rows columns"]:
    """Noise that changes slowly over a grid: a few random numbers, interpolated."""
    knots = rng(name, seed).random((_COARSE, _COARSE))
    y, x = (np.linspace(0, _COARSE - 1, size) for size in shape)
    along = np.array([np.interp(x, np.arange(_COARSE), row) for row in knots])
    return np.array([np.interp(y, np.arange(_COARSE), column) for column in along.T]).T


def largest(
    values: Float[np.ndarray, "rows columns"], count: int
) -> Bool[np.ndarray, "rows columns"]:
    """Mark the ``count`` largest values; of equals, those that come first."""
    mask = np.zeros(values.size, dtype=bool)
    mask[np.argsort(-values.flatten(), kind="stable")[:count]] = True
    return mask.reshape(values.shape)
