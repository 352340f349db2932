"""The reference executor: the network's own blocks, one position at a time, with every hook point.

It is what the fast executor is held to, and what draws when something inside the network is
changed. Nothing is packed, nothing skipped; attention is always open.
"""

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from dalle_explore.generator import Inside
from dalle_explore.models.attention import Heads
from dalle_explore.models.hooks import Tap

if TYPE_CHECKING:
    from dalle_explore.models.prior import Prior

__all__ = ["Memory", "prefill", "step"]


@dataclasses.dataclass
class Memory:
    """Unfinished pictures, with the keys and values of every position so far.

    Attributes:
        pictures: rows of the batch.
        length: positions filled so far, text included.
        logits: of the next code, fp32 [b k].
        tap: stands at the hook points of every step to come.
        bf16: whether matrix products are in bfloat16.
    """

    pictures: int
    length: int
    logits: Tensor
    tap: Tap
    bf16: bool
    keys: list[Tensor]  # a layer each, [b h s c]; filled up to length
    values: list[Tensor]

    @property
    def steady(self) -> bool:
        """Whether threads change no bit; so it was found in fp32."""
        return not self.bf16

    def extend(self, layer: int, heads: Heads) -> Heads:
        """Add keys and values of m new positions; return the new queries with all of them."""
        end = self.length + heads.k.shape[2]
        self.keys[layer][:, :, self.length : end] = heads.k
        self.values[layer][:, :, self.length : end] = heads.v
        return Heads(heads.q, self.keys[layer][:, :, :end], self.values[layer][:, :, :end])


def prefill(
    prior: "Prior",
    text: Tensor,
    rows: Tensor,
    blend: Tensor | None,
    dtype: torch.dtype,
    inside: Inside | None,
) -> Memory:
    """See ``Generator.prefill``. Every text is read alone, so that no other changes its bits."""
    config = prior.config
    tap = Tap(config, inside=inside)
    nothing = text.new_empty(1, 0)
    bf16 = dtype == torch.bfloat16
    read = []
    with _precision(text, bf16):
        for number in range(len(text) if blend is None else len(blend)):
            tap.rows = rows.new_tensor([number])
            tap.positions = range(config.text_length)
            mine = text if blend is not None else text[number : number + 1]
            weights = None if blend is None else blend[number : number + 1]
            memory = _empty(prior, tap, 1, bf16, config.text_length)
            x = prior.embed(mine, nothing, tap, weights)
            _read(prior, memory, x)
            read.append(memory)
    tap.rows = rows
    state = _empty(prior, tap, len(rows), bf16, config.sequence)
    state.length = config.text_length
    for layer in range(config.layers):
        for name in ("keys", "values"):
            seen = torch.cat([getattr(memory, name)[layer] for memory in read])
            getattr(state, name)[layer][:, :, : state.length] = seen[rows]
    state.logits = torch.cat([memory.logits for memory in read])[rows]
    return state


def step(prior: "Prior", memory: Memory, codes: Tensor) -> Tensor:
    """See ``Prior.step``."""
    tap, patch = memory.tap, memory.length - prior.config.text_length
    tap.positions = range(memory.length, memory.length + 1)
    with _precision(codes, memory.bf16):
        _read(prior, memory, prior.embed_code(codes, patch, tap))
    return memory.logits


def _read(prior: "Prior", memory: Memory, x: Tensor) -> None:
    """Send the stream [b m d] of new positions through the network."""
    tap = memory.tap
    for block in prior.blocks:
        x = block(x, tap, memory)
    memory.length += x.shape[1]
    last = tap("final.norm", prior.norm(x))[:, -1:]
    memory.logits = tap("logits", prior.code_head(last).float())[:, 0]


def _empty(prior: "Prior", tap: Tap, pictures: int, bf16: bool, length: int) -> Memory:
    config = prior.config
    shape = (pictures, config.heads, length, config.width // config.heads)
    make: Any = prior.row.new_zeros
    dtype = torch.bfloat16 if bf16 else torch.float32
    return Memory(
        pictures=pictures,
        length=0,
        logits=make(0),
        tap=tap,
        bf16=bf16,
        keys=[make(shape, dtype=dtype) for _ in range(config.layers)],
        values=[make(shape, dtype=dtype) for _ in range(config.layers)],
    )


def _precision(like: Tensor, bf16: bool) -> Any:
    if not bf16:
        return contextlib.nullcontext()
    return torch.autocast(like.device.type, dtype=torch.bfloat16)
