"""Causal self-attention, twice: fused where nobody looks, explicit where somebody does.

Both forms compute softmax(q k' / sqrt(c) + mask) v (Vaswani et al., 2017); they are tested equal.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float, Float32
from torch import Tensor, nn

from dalle_explore.models.linear import SteadyLinear

__all__ = ["Heads", "SelfAttention", "explicit_attention", "fused_attention"]


class Heads(NamedTuple):
    """Queries, keys and values, each [b h s c]; q and k are already normalised."""

    q: Float[Tensor, "b h s c"]
    k: Float[Tensor, "b h s c"]
    v: Float[Tensor, "b h s c"]


def fused_attention(heads: Heads) -> Float[Tensor, "b h s c"]:
    """Return what every head read, [b h s c], without ever holding the pattern."""
    return F.scaled_dot_product_attention(heads.q, heads.k, heads.v, is_causal=True)


def explicit_scores(heads: Heads) -> Float32[Tensor, "b h m s"]:
    """Return the scores in fp32: scaled, and -inf where a position lies ahead.

    There may be fewer queries than keys: they are the last m positions.
    """
    q, k = heads.q.float(), heads.k.float()
    with torch.autocast(q.device.type, enabled=False):
        scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5
    m, s = scores.shape[-2:]
    ahead = torch.ones(m, s, dtype=torch.bool, device=scores.device).triu(1 + s - m)
    return scores.masked_fill(ahead, -torch.inf)


def explicit_attention(
    heads: Heads, tap: Callable[[str, Tensor], Tensor]
) -> Float[Tensor, "b h m c"]:
    """Return what every head read, [b h m c], with scores and pattern open on the way.

    Args:
        heads: queries of the last m positions, keys and values of all s.
        tap: sees, and may change, ``scores`` [b h m s] (fp32), ``pattern`` [b h m s] (fp32) and
            ``head`` [b h m c].
    """
    scores = tap("scores", explicit_scores(heads))
    pattern = tap("pattern", scores.softmax(dim=-1))
    return tap("head", pattern.to(heads.v.dtype) @ heads.v)


class SelfAttention(nn.Module):
    """Projections around the attention; queries and keys are normalised per head.

    The normalisation (Henry et al., "Query-Key Normalization for Transformers", 2020; as layer
    normalisation: Dehghani et al., "Scaling Vision Transformers to 22 Billion Parameters", 2023)
    is not in the DALL-E paper. It bounds the scores, so that a step size several times larger
    trains without diverging. One gain serves queries and keys: only their product counts.
    """

    def __init__(self, width: int, heads: int) -> None:
        """Make the projections of ``heads`` heads with ``width // heads`` channels each."""
        super().__init__()
        self.heads = heads
        self.qk = SteadyLinear(width, 2 * width, bias=False)
        self.v = SteadyLinear(width, width, bias=False)
        self.norm = nn.LayerNorm(width // heads, bias=False)
        self.out = SteadyLinear(width, width)

    def project(self, x: Float[Tensor, "b s d"]) -> Heads:
        """Turn the normalised stream [b s d] into queries, keys and values [b h s c]."""
        v = rearrange(self.v(x), "b s (h c) -> b h s c", h=self.heads)
        qk = self.norm(rearrange(self.qk(x), "b s (h c) -> b s h c", h=2 * self.heads))
        # Under autocast the norm answers in fp32; attention wants all three in one precision.
        q, k = rearrange(qk.to(v.dtype), "b s (two h) c -> two b h s c", two=2)
        return Heads(q, k, v)

    def merge(self, head: Float[Tensor, "b h s c"]) -> Float[Tensor, "b s d"]:
        """Mix what the heads read, [b h s c], back into the stream [b s d]."""
        return self.out(rearrange(head, "b h s c -> b s (h c)"))
