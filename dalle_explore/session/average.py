"""The held-out average of the entropy: what a map of entropy is compared with.

At the first patches everything is open, in a corner of the ground nothing is: most of a map of
entropy shows where a patch is, and not which picture it is in. The average over captions that
were never trained on tells the two apart. It stands in the model's atlas, which
``python -m dalle_explore check atlas`` measures.
"""

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64

from dalle_explore.instruments.atlas import find_atlas
from dalle_explore.instruments.population import Average

if TYPE_CHECKING:
    import dalle_explore.session.model

__all__ = ["Average", "average", "average_entropy"]


def average(model: "dalle_explore.session.model.Model") -> Average | None:
    """Return the held-out average of a model; None: it was not measured.

    Raises:
        ModelFileError: the model's atlas is damaged.
    """
    found = find_atlas(model.digest)
    return None if found is None else found.average


def average_entropy(
    model: "dalle_explore.session.model.Model",
) -> Float64[np.ndarray, " p"] | None:
    """Return the mean entropy of every patch in bits, or None where there is none of this model.

    Args:
        model: whose average is wanted; nothing is drawn.
    """
    found = average(model)
    return None if found is None else found.entropy
