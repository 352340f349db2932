"""What was recorded while one sample was drawn, step by step."""

import dataclasses
from typing import Self

import numpy as np
from jaxtyping import Float32, Int64, UInt16

from dalle_explore.sampling.decode import Decoded

__all__ = ["Steps"]


@dataclasses.dataclass(frozen=True, eq=False)
class Steps:
    """Per patch in raster order; of the guided, unfiltered distribution at temperature 1, in nats.

    Probabilities are natural logarithms in fp32, whatever the settings drew with.
    """

    log_probability: Float32[np.ndarray, " p"]  # of the code that was drawn
    conditional: Float32[np.ndarray, " p"]  # the same without guidance
    entropy: Float32[np.ndarray, " p"]
    rank: Int64[np.ndarray, " p"]  # of the code that was drawn, 0 for the likeliest
    top_codes: UInt16[np.ndarray, "p a"]  # the likeliest codes, likeliest first
    top_log_probability: Float32[np.ndarray, "p a"]

    @classmethod
    def of(cls, decoded: Decoded, row: int) -> Self:
        """Take one picture out of a batch."""
        return cls(
            log_probability=decoded.log_probability[row],
            conditional=decoded.conditional[row],
            entropy=decoded.entropy[row],
            rank=decoded.rank[row],
            top_codes=decoded.top_codes[row].astype(np.uint16),
            top_log_probability=decoded.top_log_probability[row],
        )
