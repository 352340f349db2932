"""Linear layers whose answer for one row does not depend on how many rows there are."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ["STEADY_ROWS", "SteadyLinear"]

STEADY_ROWS = 32
"""Below some number of rows, matrix libraries switch to other kernels and to other roundings.

Measured with MKL on a Xeon with AVX-512: 9 rows for 192 inputs, 16 for 768.
"""


class SteadyLinear(nn.Linear):
    """``nn.Linear``, except that a few rows are computed as if they were ``STEADY_ROWS``.

    So a picture that is drawn alone gets the bits it has among others. Weights and names are those
    of ``nn.Linear``; training, with its many rows, is not touched.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Map [... in] to [... out]."""
        rows = x.numel() // x.shape[-1]
        if torch.is_grad_enabled() or rows >= STEADY_ROWS:
            return super().forward(x)
        flat = F.pad(x.reshape(rows, x.shape[-1]), (0, 0, 0, STEADY_ROWS - rows))
        return super().forward(flat)[:rows].reshape(*x.shape[:-1], -1)
