"""A whole model small enough to draw with in a test; its weights mean nothing."""

import numpy as np
import torch
from torch import Tensor

from dalle_explore.models.dvae import DVAE
from dalle_explore.models.native import NativeGenerator
from dalle_explore.models.presets import DVAEConfig, PriorConfig
from dalle_explore.models.prior import Prior
from dalle_explore.text.tokenizer import learn_tokenizer

CODES = 40


def tiny_model(
    seed: int = 0, spread: float = 8.0, side: int = 6, text_length: int = 24
) -> NativeGenerator:
    """A generator of 48 x 48 pixels, 6 x 6 codes out of 40, whose logits differ well."""
    torch.manual_seed(seed)
    tokenizer = learn_tokenizer(["a red cube on top of a blue sphere"] * 2, size=300)
    dvae = DVAE(
        DVAEConfig(
            size=8 * side,
            codebook_size=CODES,
            code_width=8,
            encoder_widths=(8, 8),
            encoder_blocks=(1, 1),
            decoder_widths=(8, 8, 8),
            decoder_blocks=(1, 1, 1),
        )
    )
    prior = Prior(
        PriorConfig(
            layers=2,
            width=32,
            heads=2,
            text_vocabulary=300,
            text_length=text_length,
            codebook_size=CODES,
            rows=side,
            columns=side,
        )
    )
    with torch.no_grad():
        for parameter in prior.parameters():
            parameter.mul_(spread if parameter.ndim > 1 else 1.0)
    return NativeGenerator(tokenizer, dvae, prior, {"name": "tiny"})


def rounded_alike(one: Tensor | np.ndarray, two: Tensor | np.ndarray) -> bool:
    """Say whether levels are the same, but for a last bit that rounds the other way, seldom.

    Convolutions of another batch or another width may add up in another order.
    """
    levels, others = (torch.as_tensor(pixels).int() for pixels in (one, two))
    assert levels.shape == others.shape
    apart = (levels - others).abs().flatten().tolist()
    return max(apart, default=0) <= 1 and sum(apart) <= 1e-3 * len(apart)
