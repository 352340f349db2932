"""Hook points: named places of the prior that can be looked at, and cost nothing otherwise.

A point is an identity: the network hands the tensor over and goes on with what it gets back.
Nothing is ever attached to a model; a :class:`Tap` lives for one reading and is passed
down as an argument (see TransformerLens for the idea of named points).
"""

import fnmatch
import functools
import re
from collections.abc import Callable, Iterable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from dalle_explore.edits import Edit
from dalle_explore.errors import InputError
from dalle_explore.generator import Add, At, Cut, Inside, Scale
from dalle_explore.models.presets import PriorConfig

__all__ = ["Tap", "match", "point_names", "resolve"]

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


def match(want: Iterable[str], points: Iterable[str]) -> list[str]:
    """Return the points, in their order, that ``want`` asks for; ``*`` matches any characters.

    Raises:
        InputError: a name or pattern that matches no point; the valid ones are listed.
    """
    if isinstance(want, str):
        raise InputError(
            f"want is the string {want!r}, but it is a list of names: want=[{want!r}]."
        )
    valid, wanted = list(points), set()
    for pattern in want:
        found = fnmatch.filter(valid, pattern)
        if not found:
            # One line for all layers.
            brief = dict.fromkeys(re.sub(r"\.\d+\.", ".{l}.", point) for point in valid)
            last = max(
                (int(n) for point in valid for n in re.findall(r"\.(\d+)\.", point)), default=0
            )
            raise InputError(
                f"want asks for {pattern!r}, which matches no hook point: the points are "
                f"{', '.join(brief)}, with l from 0 to {last} (* matches anything)."
            )
        wanted.update(found)
    return [point for point in valid if point in wanted]


def resolve(want: Iterable[str], layers: int) -> frozenset[str]:
    """Return the points of a prior with ``layers`` blocks that ``want`` asks for (``match``)."""
    return frozenset(match(want, point_names(layers)))


class Tap:
    """What stands at the hook points during one reading: it edits, then keeps what is wanted.

    The network hands it every tensor and goes on with what it gets back. It lives for one forward
    pass, or for one batch of pictures that are drawn step by step.

    Args:
        config: of the prior.
        want: names and patterns of points to keep in ``found``.
        inside: what to change; its texts are counted as ``rows`` counts them.
        rows: int64 [b], for every row of the batch its text.

    Raises:
        InputError: an unknown point; a layer or head that the prior does not have.
    """

    def __init__(
        self,
        config: PriorConfig,
        want: Iterable[str] = (),
        inside: Inside | None = None,
        rows: Tensor | None = None,
    ) -> None:
        self.config, self.rows = config, rows
        self.want = resolve(want, config.layers) if want else frozenset()
        self.found: dict[str, Tensor] = {}
        self.positions = range(config.sequence)  # of the sequence, in the tensors to come
        self._edits: dict[str, list[Callable[[Tensor], Tensor]]] = {}
        self._explicit = {_layer(point) for point in self.want if point.endswith(EXPLICIT)}
        for point, change in _changes(inside or Inside(), config, self):
            self._edits.setdefault(point, []).append(change)
            if point.endswith(EXPLICIT):
                self._explicit.add(_layer(point))

    def __call__(self, point: str, value: Tensor) -> Tensor:
        """Edit ``value``, keep it if it is wanted, and hand it on."""
        for change in self._edits.get(point, ()):
            value = change(value)
        if point in self.want:
            self.found[point] = value
        return value

    def explicit(self, layer: int) -> bool:
        """Return whether this layer has to compute its softmax openly."""
        return layer in self._explicit


def _layer(point: str) -> int:
    return int(point.split(".")[1])


def _changes(
    inside: Inside, config: PriorConfig, tap: Tap
) -> Iterator[tuple[str, Callable[[Tensor], Tensor]]]:
    """Every edit as a point and a function of its tensor."""
    for cut in inside.cuts:
        _check_layers(cut.layers or (), config)
        for layer in range(config.layers) if cut.layers is None else cut.layers:
            yield f"block.{layer}.attn.scores", functools.partial(_cut, cut, tap)
    for scale in inside.scales:
        _check_layers([scale.layer], config)
        if not 0 <= scale.head < config.heads:
            raise InputError(
                f"there is no head {scale.head}: every layer of this model has the heads 0 to "
                f"{config.heads - 1}."
            )
        yield f"block.{scale.layer}.attn.head", functools.partial(_scale, scale)
    for add in inside.adds:
        _check_layers([add.layer], config)
        yield f"block.{add.layer}.resid_in", functools.partial(_add, add, tap)
    for call in inside.calls:
        for point in resolve([call.point], config.layers):
            yield point, functools.partial(_call, call, point, tap)


def _check_layers(layers: Iterable[int], config: PriorConfig) -> None:
    for layer in layers:
        if not 0 <= layer < config.layers:
            raise InputError(
                f"there is no layer {layer}: this model has the layers 0 to {config.layers - 1}."
            )


def _cut(cut: Cut, tap: Tap, scores: Tensor) -> Tensor:
    """Scores [b h m s]: -inf where a later position would read a hidden one."""
    t, keys = tap.config.text_length, scores.shape[-1]
    hidden = cut.keys if tap.rows is None else cut.keys[tap.rows]
    hidden = F.pad(hidden[:, :keys], (0, max(keys - hidden.shape[1], 0)))[:, None, None]
    query = torch.tensor(tap.positions, device=scores.device)[:, None]
    # A token always reads itself, so that no row is left with nothing to read.
    reads = query > torch.arange(keys, device=scores.device)
    if cut.image_only:
        reads = reads & (query >= t - 1)
    return scores.masked_fill(hidden & reads, -torch.inf)


def _scale(scale: Scale, head: Tensor) -> Tensor:
    factor = head.new_ones(head.shape[1])
    factor[scale.head] = scale.factor
    return head * factor[:, None, None]


def _add(add: Add, tap: Tap, stream: Tensor) -> Tensor:
    """Stream [b m d]: the vector where the row predicts a patch that is meant."""
    first = tap.positions.start - (tap.config.text_length - 1)
    patches = torch.arange(first, first + len(tap.positions), device=stream.device)
    there = (patches >= 0) & (patches < len(add.patches))
    meant = there & add.patches[patches.clamp(0, len(add.patches) - 1)]
    return stream + meant[:, None] * add.vector.to(stream.dtype)


def _call(call: Edit, point: str, tap: Tap, value: Tensor) -> Tensor:
    """What a function makes of a copy, checked."""
    rows = torch.arange(len(value), device=value.device) if tap.rows is None else tap.rows
    # Points of the text or of the picture alone have other positions than the stream.
    at = At(point, _positions(point, value, tap), tap.config.text_length, rows)
    found = call.function(value.clone(), at)
    if not isinstance(found, Tensor) or found.shape != value.shape or found.dtype != value.dtype:
        shown = f"{found.dtype} {tuple(found.shape)}" if isinstance(found, Tensor) else repr(found)
        raise InputError(
            f"{call!r} returned {shown}, but it has to return a tensor like the one it was "
            f"given, {value.dtype} {tuple(value.shape)}."
        )
    return found


def _positions(point: str, value: Tensor, tap: Tap) -> range:
    t = tap.config.text_length
    if point == "embed.text":
        return range(t)
    whole = tap.positions.start == 0  # the text is among what is read
    if point == "embed.image":
        return range(t, t + value.shape[1]) if whole else tap.positions
    if point == "logits":
        # They stand where the patch will be that they predict.
        first = t if whole else tap.positions.start + 1
        return range(first, first + value.shape[1])
    return tap.positions
