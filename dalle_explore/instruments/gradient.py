"""Gradient × attention: what one backward pass estimates of cutting attention edges.

Every attention weight times the derivative of the recorded codes' log-probability by it, signed
and summed over heads and layers (the product is that of Chefer et al., 2021, arXiv 2103.15679, who
keep its positive part): to first order, what it costs that a row does not get what it read there.
It is quick and local; where it and a knock-out differ, the knock-out has measured and this has
extrapolated.
"""

import numpy as np
import torch
from jaxtyping import Bool, Float64
from torch import Tensor

from dalle_explore.edits import Edit
from dalle_explore.errors import InputError
from dalle_explore.generator import At
from dalle_explore.instruments.attention import Attention
from dalle_explore.instruments.passes import Passes, check_layers

__all__ = ["gradient"]


def gradient(
    passes: Passes, mask: Bool[np.ndarray, "rows columns"] | None = None
) -> Float64[np.ndarray, "p w"]:
    """Return bits [p w+3]: what the rows of the patches owe to words, start, pad and patches.

    Columns are those of ``Attention.by_word``. The row of a patch counts for its own code and for
    later ones that read it.

    Args:
        passes: the picture.
        mask: bool [rows columns], the patches whose codes count; None: all.

    Raises:
        InputError: an empty mask, or a model that cannot be changed inside.
    """
    model = passes.model
    if not model.supports.edits:
        raise InputError(
            "this model cannot be changed inside, so no gradient can be taken there: its "
            "supports.edits is False."
        )
    counted = np.ones(passes.patches, dtype=bool) if mask is None else mask.flatten()
    if not counted.any():
        raise InputError("the mask is empty: mark at least one patch.")
    numbers = check_layers(model, None)
    points = [f"block.{number}.attn.pattern" for number in numbers]
    with torch.enable_grad():
        found, logs = passes.with_gradients(points, Edit("embed.text", _leaf))
        target = logs[torch.from_numpy(counted).to(logs.device)].sum() / np.log(2)
        slopes = torch.autograd.grad(target, [found[point] for point in points])
    weighed = [found[p][0].detach() * slope[0] for p, slope in zip(points, slopes, strict=True)]
    rows = torch.stack(weighed).sum(dim=(0, 1))[passes.explaining].double().cpu().numpy()
    return Attention(passes.subject, (), ()).by_word(rows)


def _leaf(value: Tensor, at: At) -> Tensor:
    """The embedded text as the beginning of the graph; weights need no gradient for that."""
    return value.detach().requires_grad_(True)
