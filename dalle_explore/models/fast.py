"""The fast executor: pictures one code at a time, with everything computed only once.

The same arithmetic as ``Prior.forward``, laid out for one new position per picture: keys and
values lie in caches allocated once for the whole picture and read exactly as far as they are
filled; weights are packed for the product that is needed here.

A picture must not depend on the batch that it is drawn in. So every operation treats rows alone:
attention is one small product per picture and head, prompts are read one by one, and weights are
packed as [in out] without gaps, which is the layout in which the CPU's matrix library adds up a
row's products in one order for any number of rows but very few; smaller batches are filled up.
"""

import dataclasses
from typing import TYPE_CHECKING, NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor

from dalle_explore.models.attention import Heads, fused_attention

if TYPE_CHECKING:
    from dalle_explore.models.prior import Block, Prior

__all__ = ["Cache", "prefill", "step"]

# Below so many rows, and for what is left over by blocks of so many when threads share the rows,
# matrix libraries switch to other kernels and to other roundings (MKL on AMD's AVX2: 1 to 3, and
# with two threads 5 to 7 and 9 to 11).
LEAST_ROWS = 4


class Packed(NamedTuple):
    """The matrices of one block as [in out] without gaps, and what stays a vector."""

    block: "Block"
    qkv: Tensor  # [d 3d]
    out: Tensor  # [d d]
    up: Tensor  # [d 4d]
    down: Tensor  # [4d d]


@dataclasses.dataclass
class Cache:
    """Unfinished pictures of one prior.

    Attributes:
        pictures: how many.
        length: positions filled so far, text included.
        logits: of the next code, fp32 [pictures k].
        steady: threads change no bit; so it was found in fp32.
    """

    pictures: int
    length: int
    logits: Tensor
    keys: list[Tensor]  # a layer each, [b h s c]; b is filled up to LEAST_ROWS
    values: list[Tensor]
    packed: list[Packed]
    head: Tensor  # [d k]
    positions: Tensor  # [p d]
    steady: bool


def prefill(
    prior: "Prior",
    text: Tensor,
    rows: Tensor,
    blend: Tensor | None,
    dtype: torch.dtype,
) -> Cache:
    """See ``Generator.prefill``."""
    config = prior.config
    t, nothing = config.text_length, text.new_empty(1, 0)
    pictures = len(rows)
    shape = (
        -(-max(pictures, 1) // LEAST_ROWS) * LEAST_ROWS,
        config.heads,
        config.sequence,
        config.width // config.heads,
    )
    packed = [pack(cast("Block", block), dtype) for block in prior.blocks]
    cache = Cache(
        pictures=pictures,
        length=t,
        logits=text.new_empty(0, dtype=torch.float32),
        # Zeros, because rows that only fill up the batch are read too, and must stay finite.
        keys=[text.new_zeros(shape, dtype=dtype) for _ in packed],
        values=[text.new_zeros(shape, dtype=dtype) for _ in packed],
        packed=packed,
        head=prior.code_head.weight.t().to(dtype).contiguous(),
        positions=prior.patch_position(),
        steady=dtype == torch.float32,
    )
    last = []
    for number in range(len(text) if blend is None else len(blend)):
        # One text at a time, so that no other changes its bits.
        if blend is None:
            x = prior.embed(text[number : number + 1], nothing)[0]
        else:
            x = prior.embed(text, nothing, blend=blend[number : number + 1])[0]
        mine = torch.nonzero(rows == number).flatten()
        for layer, weights in enumerate(packed):
            q, k, v = project(weights, x)
            cache.keys[layer][mine, :, :t] = k.transpose(0, 1)
            cache.values[layer][mine, :, :t] = v.transpose(0, 1)
            heads = Heads(*(part.transpose(0, 1)[None] for part in (q, k, v)))
            x = finish(weights, x, fused_attention(heads)[0].transpose(0, 1))
        last.append(x[-LEAST_ROWS:])
    # The last position of every text, through a product of the usual size.
    logits = torch.stack([product(prior.norm(x), cache.head)[-1] for x in last])
    cache.logits = logits[rows]
    return cache


def step(prior: "Prior", cache: Cache, codes: Tensor) -> Tensor:
    """See ``Prior.step``."""
    written = cache.length - prior.config.text_length
    x = prior.code(codes) + cache.positions[written]
    x = F.pad(x, (0, 0, 0, cache.keys[0].shape[0] - cache.pictures))
    end = cache.length + 1
    for weights, keys, values in zip(cache.packed, cache.keys, cache.values, strict=True):
        q, k, v = project(weights, x)
        keys[:, :, end - 1] = k
        values[:, :, end - 1] = v
        # Written out rather than fused: for a single query this is as fast, and each picture's sum
        # is taken in the same order whatever its neighbours.
        scores = (q[:, :, None] * q.shape[-1] ** -0.5) @ keys[:, :, :end].transpose(-1, -2)
        pattern = scores.float().softmax(dim=-1).to(values.dtype)
        x = finish(weights, x, (pattern @ values[:, :, :end])[:, :, 0])
    cache.length = end
    cache.logits = product(prior.norm(x), cache.head)[: cache.pictures]
    return cache.logits


def pack(block: "Block", dtype: torch.dtype) -> Packed:
    """Lay out the matrices of a block for ``product``."""
    attn = block.attn

    def laid(weight: Tensor) -> Tensor:
        return weight.t().to(dtype).contiguous()

    qkv = laid(torch.cat([attn.qk.weight, attn.v.weight]))
    return Packed(
        block, qkv, laid(attn.out.weight), laid(block.up.weight), laid(block.down.weight)
    )


def product(x: Tensor, weight: Tensor) -> Tensor:
    """Return x @ weight in fp32, computed in the precision of the weight."""
    return (x.to(weight.dtype) @ weight).float()


def project(weights: Packed, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Turn the stream [m d] into queries, keys and values [m h c], as precise as the cache."""
    block, attn = weights.block, weights.block.attn
    m, h = x.shape[0], attn.heads
    qkv = product(block.norm_attn(x), weights.qkv).view(m, 3 * h, -1)
    qk = attn.norm(qkv[:, : 2 * h]).to(weights.qkv.dtype)
    return qk[:, :h], qk[:, h:], qkv[:, 2 * h :].to(weights.qkv.dtype)


def finish(weights: Packed, x: Tensor, read: Tensor) -> Tensor:
    """Add what the heads read, [m h c], and the MLP's answer to the stream [m d]."""
    block = weights.block
    x = x + product(read.reshape(x.shape), weights.out).add_(block.attn.out.bias)
    act = F.gelu(product(block.norm_mlp(x), weights.up).add_(block.up.bias))
    return x + product(act, weights.down).add_(block.down.bias)
