"""Many small windows of different pictures: what every model checks, and the plain way."""

import numpy as np
import torch
from jaxtyping import Int64, UInt8
from torch import Tensor

from dalle_explore.errors import InputError

__all__ = ["check_windows", "cut_windows"]


def check_windows(
    codes: Tensor,
    corners: Tensor,
    size: tuple[int, int],
    known: Tensor | None,
    reach: int | None,
) -> None:
    """Raise InputError unless ``Generator.decode_windows`` can be asked this.

    Args:
        codes: [b rows columns], already known to be a batch of the model's grids.
        corners: int64 [b 2], the row and column of each window's first patch.
        size: rows and columns of a window, in patches.
        known: bool [b rows columns], or None.
        reach: patches around a window that are read, or None.

    Raises:
        InputError: corners, sizes, masks or a reach that do not fit.
    """
    count, *grid = codes.shape
    if tuple(corners.shape) != (count, 2) or corners.dtype != torch.int64:
        raise InputError(
            f"corners are {corners.dtype} of shape {tuple(corners.shape)}, but {count} pictures "
            f"have int64 of shape ({count}, 2): give the row and column of each window's first "
            f"patch."
        )
    if (
        not isinstance(size, tuple)
        or len(size) != 2
        or not all(_whole(n) and 1 <= n <= most for n, most in zip(size, grid, strict=True))
    ):
        raise InputError(
            f"size is {size!r}, but a window has 1 to {grid[0]} rows and 1 to {grid[1]} columns "
            f"of patches: give two whole numbers such as (1, 1)."
        )
    last = [most - n for most, n in zip(grid, size, strict=True)]
    outside = ((corners < 0) | (corners > corners.new_tensor(last))).any(dim=1)
    if bool(outside.any()):
        row = int(outside.nonzero()[0])
        raise InputError(
            f"the window of {size[0]} x {size[1]} patches at {tuple(corners[row].tolist())} "
            f"reaches out of picture {row} of {grid[0]} x {grid[1]}: let it begin within (0, 0) "
            f"and {tuple(last)}."
        )
    if known is not None and (known.shape != codes.shape or known.dtype != torch.bool):
        raise InputError(
            f"known is {known.dtype} of shape {tuple(known.shape)}, but the codes have the shape "
            f"{tuple(codes.shape)}: give one bool for each."
        )
    if reach is not None and not (_whole(reach) and reach >= 0):
        raise InputError(
            f"reach is {reach!r}, but it counts the patches around a window that are read: give "
            f"None, for all that can change a pixel, or a whole number of at least 0."
        )


def cut_windows(
    pixels: UInt8[Tensor, "b y x 3"], corners: Int64[Tensor, "b 2"], size: tuple[int, int]
) -> UInt8[Tensor, "b h w 3"]:
    """Cut a window out of each of some whole pictures.

    Args:
        pixels: uint8 [b y x 3], on the CPU.
        corners: int64 [b 2], the window's first row and column, in pixels.
        size: its rows and columns, in pixels.
    """
    cut = torch.empty(len(pixels), *size, 3, dtype=torch.uint8)
    for number, (top, left) in enumerate(corners.tolist()):
        cut[number] = pixels[number, top : top + size[0], left : left + size[1]]
    return cut


def _whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
