"""The untrained twin: the same network with weights as they are before any training.

Some maps look convincing whatever the weights are (Adebayo et al., 2018, arXiv 1810.03292). So
the same instrument is pointed at the same picture in a network that has learned nothing: what both
show is not about the model.
"""

import torch

from dalle_explore.errors import InputError
from dalle_explore.generator import Generator
from dalle_explore.instruments.passes import Passes
from dalle_explore.models.native import NativeGenerator
from dalle_explore.models.prior import Prior
from dalle_explore.models.start import start_codes

__all__ = ["twin", "twin_model"]


def twin_model(model: Generator, seed: int = 0) -> Generator:
    """Return a model with the same tokenizer and dVAE, and a prior of fresh random weights.

    Args:
        model: whose twin it is; it is not changed.
        seed: of the weights.

    Raises:
        InputError: a model of another family, whose beginning is not known here.
    """
    if not isinstance(model, NativeGenerator):
        raise InputError(
            f"the weights before training are known for models of this package alone, and "
            f"{type(model).__name__} is another: it has no untrained twin here."
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        prior = Prior(model.prior.config)
        start_codes(prior, model.dvae.codebook)  # as every training begins
    prior.to(model.device)
    return NativeGenerator(model.tokenizer, model.dvae, prior, model.card)


def twin(passes: Passes, seed: int = 0) -> Passes:
    """Return the same picture, read by the untrained twin.

    Args:
        passes: the picture.
        seed: of the twin's weights.

    Raises:
        InputError: a model of another family.
    """
    return Passes(twin_model(passes.model, seed), passes.trace, budget=passes.budget, twin=seed)
