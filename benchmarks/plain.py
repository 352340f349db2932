"""The same network as somebody would write it who wants to see its attention: plain modules.

One class a layer, keys and values in tensors allocated once, nothing packed and nothing shared.
Fused attention hands out no pattern, so whoever wants one writes the softmax out as a module of
its own (``opened``), and hangs a forward hook on it.
"""

import functools
from typing import Any

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from dalle_explore.models.prior import Prior


class Attention(nn.Module):
    """Causal attention of the positions since ``at`` to all before them."""

    def __init__(self, of: Any, opened: bool) -> None:
        super().__init__()
        self.heads, self.opened = of.heads, opened
        self.qk, self.v, self.out = (linear(part) for part in (of.qk, of.v, of.out))
        self.norm = nn.LayerNorm(of.norm.normalized_shape, bias=False)
        self.norm.load_state_dict(of.norm.state_dict())
        self.softmax = nn.Softmax(dim=-1)

    def forward(self, x: Tensor, keys: Tensor, values: Tensor, at: int) -> Tensor:
        new, end = x.shape[1], at + x.shape[1]
        qk = self.norm(rearrange(self.qk(x), "b m (h c) -> b m h c", h=2 * self.heads))
        q, keys[:, :, at:end] = rearrange(qk, "b m (two h) c -> two b h m c", two=2)
        values[:, :, at:end] = rearrange(self.v(x), "b m (h c) -> b h m c", h=self.heads)
        keys, values = keys[:, :, :end], values[:, :, :end]
        if self.opened:
            scores = q @ keys.transpose(-1, -2) * q.shape[-1] ** -0.5
            if new > 1:
                ahead = torch.ones(new, end, dtype=torch.bool).triu(1 + at)
                scores = scores.masked_fill(ahead, -torch.inf)
            read = self.softmax(scores) @ values
        else:
            read = F.scaled_dot_product_attention(q, keys, values, is_causal=new > 1)
        return self.out(rearrange(read, "b h m c -> b m (h c)"))


class Layer(nn.Module):
    """Attention and MLP, each behind its norm."""

    def __init__(self, block: Any, opened: bool) -> None:
        super().__init__()
        self.attn = Attention(block.attn, opened)
        self.up, self.down = linear(block.up), linear(block.down)
        self.norm_attn, self.norm_mlp = (
            nn.LayerNorm(norm.normalized_shape) for norm in (block.norm_attn, block.norm_mlp)
        )
        self.norm_attn.load_state_dict(block.norm_attn.state_dict())
        self.norm_mlp.load_state_dict(block.norm_mlp.state_dict())

    def forward(self, x: Tensor, keys: Tensor, values: Tensor, at: int) -> Tensor:
        x = x + self.attn(self.norm_attn(x), keys, values, at)
        return x + self.down(F.gelu(self.up(self.norm_mlp(x))))


class Plain(nn.Module):
    """A copy of our prior, weight for weight.

    Codes, text tokens and pads are one vocabulary, as in ``peers.gpt2_of``.
    """

    def __init__(self, prior: Prior, opened: bool) -> None:
        super().__init__()
        self.width, self.heads = prior.config.width, prior.config.heads
        self.said = nn.Embedding.from_pretrained(
            torch.cat([prior.code.weight, prior.text.weight, prior.pad])
        )
        self.place = nn.Embedding.from_pretrained(
            torch.cat([prior.text_position, prior.patch_position()])
        )
        self.layers = nn.ModuleList(Layer(block, opened) for block in prior.blocks)
        self.norm = nn.LayerNorm(prior.norm.normalized_shape)
        self.norm.load_state_dict(prior.norm.state_dict())
        self.head = linear(prior.code_head)
        self.eval().requires_grad_(False)

    @property
    def softmaxes(self) -> list[nn.Module]:
        """Return where attention comes by, a layer each, when it is opened."""
        return [module for module in self.modules() if isinstance(module, nn.Softmax)]

    def caches(self, pictures: int) -> list[tuple[Tensor, Tensor]]:
        """Return room for the keys and values of every layer."""
        shape = (pictures, self.heads, self.place.num_embeddings, self.width // self.heads)
        like = self.head.weight
        return [(like.new_empty(shape), like.new_empty(shape)) for _ in self.layers]

    def forward(self, ids: Tensor, caches: list[tuple[Tensor, Tensor]], at: int) -> Tensor:
        """Read ids [b m] that stand at the positions from ``at`` on; the last one's logits."""
        x = self.said(ids) + self.place(torch.arange(at, at + ids.shape[1]))
        for layer, (keys, values) in zip(self.layers, caches, strict=True):
            x = layer(x, keys, values, at)
        return self.head(self.norm(x[:, -1])).float()


class Hooks:
    """Forward hooks that keep what every softmax returned, while one is ``with`` them."""

    def __init__(self, model: Plain) -> None:
        self.model = model
        self.kept: list[list[Tensor]] = [[] for _ in model.layers]  # a layer each, then the steps

    def __enter__(self) -> "Hooks":
        self.handles = [
            module.register_forward_hook(functools.partial(_keep, steps))
            for module, steps in zip(self.model.softmaxes, self.kept, strict=True)
        ]
        return self

    def __exit__(self, *exception: object) -> None:
        for handle in self.handles:
            handle.remove()


def _keep(steps: list[Tensor], module: nn.Module, given: Any, pattern: Tensor) -> None:
    steps.append(pattern)


def linear(of: nn.Linear) -> nn.Linear:
    """Return torch's own layer with copies of these weights."""
    made = nn.Linear(of.in_features, of.out_features, bias=of.bias is not None)
    made.load_state_dict(of.state_dict())
    return made
