"""Sample pictures of a prior in training, by the same engine that draws for people."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from dalle_explore.errors import InputError
from dalle_explore.models.dvae import DVAE
from dalle_explore.models.native import NativeGenerator
from dalle_explore.models.prior import Prior
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.request import request
from dalle_explore.text.tokenizer import EncodedText, Tokenizer
from dalle_explore.training.export import first_settings


class Painter:
    """Draws with a prior as it is at the moment of drawing."""

    def __init__(self, prior: Prior, dvae: DVAE, tokenizer: Tokenizer) -> None:
        self._parts = (tokenizer, dvae, prior)

    def pictures(self, prompts: Sequence[str], seeds: Sequence[int]) -> npt.NDArray[np.uint8]:
        """Pictures [m n y x 3] of m prompts and n seeds, with guidance.

        The prior is left in evaluation mode.
        """
        generator = NativeGenerator(*self._parts, card={})
        settings = first_settings(generator.codebook_size).replace(device=str(generator.device))
        requests = [request(generator, self._text(generator, one), seeds) for one in prompts]
        decoded = drain(decode(generator, requests, settings, statistics=False))
        codes = torch.from_numpy(decoded.codes)
        grids = codes.view(-1, generator.rows, generator.columns)
        drawn = generator.decode_codes(grids).numpy()
        return drawn.reshape(len(prompts), len(seeds), *drawn.shape[1:])

    def _text(self, generator: NativeGenerator, prompt: str) -> EncodedText:
        try:
            return generator.encode_text(prompt)
        except InputError:
            # A caption of a person's own that is too long to be read.
            return EncodedText(prompt, generator.null, ())
