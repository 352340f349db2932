"""The fast executor's step in a fixed shape: the position is a tensor, not a number of Python.

``fast.step`` reads keys exactly as far as they are written, so every position has its own shapes.
Here attention reads up to a bound, and what lies beyond the position is masked; the same kernels
with the same shapes do for every position below that bound. So a GPU can record them once as a
graph and replay it (``sampling.graphs``). On a CPU it is the same arithmetic, for the tests.
"""

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from dalle_explore.models.fast import Cache, finish, product, project

if TYPE_CHECKING:
    from dalle_explore.models.prior import Prior

__all__ = ["step_at"]


def step_at(prior: "Prior", cache: Cache, codes: Tensor, patch: Tensor, within: int) -> Tensor:
    """See ``Generator.step_at``; ``cache.length`` and ``cache.logits`` stay as they were."""
    place = patch + prior.config.text_length
    reach = prior.config.text_length + within
    x = prior.code(codes) + cache.positions.index_select(0, patch)
    x = F.pad(x, (0, 0, 0, cache.keys[0].shape[0] - cache.pictures))
    ahead = torch.arange(reach, device=x.device) > place
    for weights, keys, values in zip(cache.packed, cache.keys, cache.values, strict=True):
        q, k, v = project(weights, x)
        keys.index_copy_(2, place, k[:, :, None])
        values.index_copy_(2, place, v[:, :, None])
        scores = (q[:, :, None] * q.shape[-1] ** -0.5) @ keys[:, :, :reach].transpose(-1, -2)
        pattern = scores.float().masked_fill(ahead, -torch.inf).softmax(dim=-1)
        # What is ahead is read with weight 0, so it has to be finite: caches begin as zeros.
        read = pattern.to(values.dtype) @ values[:, :, :reach]
        x = finish(weights, x, read[:, :, 0])
    return product(prior.norm(x), cache.head)[: cache.pictures]
