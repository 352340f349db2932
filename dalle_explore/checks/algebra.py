"""What holds exactly, whatever the weights: the arithmetic under every instrument, measured."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from dalle_explore.edits import KnockOut
from dalle_explore.instruments.attention import attention
from dalle_explore.instruments.heads import pushes
from dalle_explore.instruments.lens import lens
from dalle_explore.instruments.passes import Passes, Variant

__all__ = ["Claim", "algebra"]


@dataclasses.dataclass(frozen=True)
class Claim:
    """Something that has to hold, by how much it does not, and how much that may be."""

    says: str
    error: float
    bound: float

    @property
    def holds(self) -> bool:
        """Whether the error is within its bound."""
        return self.error <= self.bound


class _Interrupted(Exception):
    """Raised in the middle of a pass, to see what it leaves behind."""


def algebra(passes: Passes) -> tuple[Claim, ...]:
    """Check the arithmetic on one picture.

    Args:
        passes: the picture; its model has to allow edits inside.
    """
    model = passes.model
    before = _weights(passes)
    claims = [*_attention(passes), *_readings(passes)]
    try:
        passes.log_probability([Variant(changes=(("block.0.attn.head", _interrupt),))])
    except _Interrupted:
        pass
    after = _weights(passes)
    changed = sum(not torch.equal(a, b) for a, b in zip(before, after, strict=True))
    again = passes.log_probability([Variant()])[0]
    claims += [
        Claim("no weight is touched, also after an exception", float(changed), 0.0),
        Claim(
            "after an exception the next reading is the same, bit for bit",
            float((again != passes.base).sum()),
            0.0,
        ),
    ]
    hooks = [m for m in _modules(model) if m._forward_hooks or m._forward_pre_hooks]
    claims.append(Claim("no hook stays on the model", float(len(hooks)), 0.0))
    return tuple(claims)


def _attention(passes: Passes) -> Sequence[Claim]:
    model = passes.model
    found = attention(passes)
    first = model.text_length
    rows = max(float(np.abs(one.pattern.sum(axis=-1) - 1).max()) for one in found.layers)
    # Patch i is explained by the row before it, which stands at patch i - 1.
    ahead = np.triu(np.ones((passes.patches, passes.patches), dtype=bool))
    above = max(float(np.abs(one.pattern[:, :, first:][:, ahead]).max()) for one in found.layers)
    signed = max(
        float((np.abs(one.signed.sum(axis=-1) - one.strength) / one.strength.max()).max())
        for one in found.layers
    )
    apart = 0.0
    for layer in range(model.layers):
        points = [f"block.{layer}.attn.{part}" for part in ("pattern", "v", "out")]
        pattern, v, out = passes.wanted(points).values()
        matrices, bias = model.output_projection(layer)
        with torch.inference_mode():
            written = torch.einsum("hms,hsc,hcd->md", pattern, v, matrices.float()) + bias.float()
            apart = max(apart, float((written - out).abs().max() / out.abs().max()))
    return [
        Claim("rows of attention sum to 1", rows, 1e-5),
        Claim("nothing looks at a patch that is not drawn yet", above, 0.0),
        Claim("pattern × v × Wo + b = attn.out, relative", apart, 1e-4),
        Claim("signed contributions of a head sum to its output, relative", signed, 1e-4),
    ]


def _readings(passes: Passes) -> Sequence[Claim]:
    text = passes.subject.text
    names = [word.text for word in text.words if word.text.isalnum()]
    one, two = (text.tokens(text.find(name)[0]) for name in (names[0], names[-1]))
    # An edit that changes nothing takes the way of edits; the reading without one does not.
    empty = passes.log_probability([Variant(changes=(("block.0.resid_in", _unchanged),))])[0]
    once = passes.log_probability([Variant(hidden=one)])[0]
    twice = _edited(passes, names[0]).log_probability([Variant(hidden=one)])[0]
    # One is hidden by the drawing itself, the other by the reading; and the other way round.
    first = _edited(passes, names[0]).log_probability([Variant(hidden=two)])[0]
    last = _edited(passes, names[-1]).log_probability([Variant(hidden=one)])[0]
    both = passes.log_probability([Variant(hidden=one + two)])[0]
    reading = lens(passes)
    pushed = pushes(passes)
    return [
        Claim("an empty edit changes no bit", float((empty != passes.base).sum()), 0.0),
        Claim(
            "two knock-outs commute, and are that of both",
            max(_apart(first, last), _apart(first, both)),
            1e-5,
        ),
        Claim("a word knocked out twice is knocked out", _apart(once, twice), 0.0),
        Claim("the lens after the last layer is the model", float(reading.kl[-1].max()), 1e-6),
        Claim("pushes of all parts sum to the logit", _unpushed(passes, pushed), 1e-3),
    ]


def _edited(passes: Passes, word: str) -> Passes:
    """The same codes, as if they had been drawn with a word knocked out at its first place."""
    trace = passes.trace
    edit = KnockOut(word, edges="all", occurrence=0)
    recipe = dataclasses.replace(trace.recipe, edits=(*trace.recipe.edits, edit))
    return Passes(passes.model, dataclasses.replace(trace, recipe=recipe, steps=None))


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).max())


def _unpushed(passes: Passes, pushed: np.ndarray) -> float:
    """What heads, biases, MLPs and the embedding together leave of the whole stream's push."""
    model, rows = passes.model, passes.explaining
    last = f"block.{model.layers - 1}.resid_out"
    points = ["block.0.resid_in", last]
    points += [f"block.{layer}.mlp.out" for layer in range(model.layers)]
    found = passes.wanted(points)
    stream = found[last][None, rows]
    others = [found[point][None, rows] for point in points if point != last]
    with torch.inference_mode():
        for layer in range(model.layers):
            _, bias = model.output_projection(layer)
            others.append(bias.float().expand_as(stream))
        parts = model.push(stream, torch.stack([stream, *others]), passes.codes[None])[:, 0]
    total = parts[1:].double().sum(dim=0).cpu().numpy() + pushed.sum(axis=(0, 1))
    return float(np.abs(parts[0].double().cpu().numpy() - total).max())


def _unchanged(value: Tensor) -> Tensor:
    return value


def _interrupt(value: Tensor) -> Tensor:
    raise _Interrupted


def _modules(model: object) -> list[torch.nn.Module]:
    parts = [part for part in vars(model).values() if isinstance(part, torch.nn.Module)]
    return [module for part in parts for module in part.modules()]


def _weights(passes: Passes) -> list[Tensor]:
    return [
        tensor.clone()
        for module in _modules(passes.model)
        for tensor in (*module.parameters(recurse=False), *module.buffers(recurse=False))
    ]
