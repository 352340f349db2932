"""Hook points: named places of the prior that can be looked at, and cost nothing otherwise.

A point is an identity: the network hands the tensor over and goes on with what it gets back.
Nothing is ever attached to a model; a :class:`Recorder` lives for one forward pass and is passed
down as an argument (see TransformerLens for the idea of named points).
"""

import fnmatch
from collections.abc import Iterable

from torch import Tensor

from dalle_explore.errors import InputError

__all__ = ["point_names", "resolve", "Recorder"]

# Point -> shape, in the letters of the house; c are the channels of one head, or of the MLP.
EMBED_POINTS = {"embed.text": "b t d", "embed.image": "b p d", "embed.position": "s d"}
BLOCK_POINTS = {
    "resid_in": "b s d",
    "attn.q": "b h s c",
    "attn.k": "b h s c",
    "attn.v": "b h s c",
    "attn.scores": "b h s s",  # fp32, scaled, after the mask (-inf), before the softmax
    "attn.pattern": "b h s s",  # fp32, rows sum to 1
    "attn.head": "b h s c",  # what each head read, before the output projection mixes them
    "attn.out": "b s d",
    "resid_mid": "b s d",
    "mlp.act": "b s c",
    "mlp.out": "b s d",
    "resid_out": "b s d",
}
FINAL_POINTS = {"final.norm": "b s d", "logits": "b p k"}

EXPLICIT = ("attn.scores", "attn.pattern", "attn.head")  # fused attention cannot hand these out


def point_names(layers: int) -> dict[str, str]:
    """Return every hook point of a prior with ``layers`` blocks, in order, with its shape.

    Row i of a point belongs to position i of the sequence, text first. The row that *predicts*
    patch p is ``text_length + p - 1``.
    """
    names = dict(EMBED_POINTS)
    for layer in range(layers):
        names |= {f"block.{layer}.{name}": shape for name, shape in BLOCK_POINTS.items()}
    return names | FINAL_POINTS


def resolve(want: Iterable[str], layers: int) -> frozenset[str]:
    """Return the points that ``want`` asks for; ``*`` matches any run of characters.

    Raises:
        InputError: a name or pattern that matches no point; the valid ones are listed.
    """
    if isinstance(want, str):
        raise InputError(
            f"want is the string {want!r}, but it is a list of names: want=[{want!r}]."
        )
    valid = point_names(layers)
    wanted: set[str] = set()
    for pattern in want:
        found = fnmatch.filter(valid, pattern)
        if not found:
            blocks = ", ".join(f"block.{{l}}.{name}" for name in BLOCK_POINTS)
            others = ", ".join((*EMBED_POINTS, *FINAL_POINTS))
            raise InputError(
                f"want asks for {pattern!r}, which matches no hook point: the points are "
                f"{others}, and {blocks} with l from 0 to {layers - 1} (* matches anything)."
            )
        wanted.update(found)
    return frozenset(wanted)


class Recorder:
    """Keeps the wanted points of one forward pass; calling it is the identity."""

    def __init__(self, want: Iterable[str], layers: int) -> None:
        """Resolve ``want`` (names and patterns) against the points of ``layers`` blocks."""
        self.want = resolve(want, layers)
        self.found: dict[str, Tensor] = {}

    def __call__(self, point: str, value: Tensor) -> Tensor:
        """Keep ``value`` if it is wanted, and hand it back."""
        if point in self.want:
            self.found[point] = value
        return value

    def explicit(self, layer: int) -> bool:
        """Return whether this layer has to compute its softmax openly."""
        return any(f"block.{layer}.{name}" in self.want for name in EXPLICIT)
