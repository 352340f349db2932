"""What a picture depends on inside: heads and layers are taken away one by one.

Four ways to take away, because none is neutral. *mean*: what the head writes on average at that
patch, over captions never trained on (the atlas knows it). *zero*: nothing at all. *start*: the
head reads the first position of the sequence only (a head that is "not engaged" does). *resample*:
what the head wrote in another picture. An effect is a lower bound: other heads may step in
(McGrath et al., 2023, arXiv 2307.15771).
"""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from dalle_explore.errors import InputError
from dalle_explore.instruments.passes import Change, Passes, Variant, check_layers
from dalle_explore.instruments.population import Means
from dalle_explore.instruments.subject import Result

__all__ = ["KINDS", "Ablation", "Kind", "ablate"]

Kind = Literal["mean", "zero", "start", "resample"]
KINDS: tuple[Kind, ...] = ("mean", "zero", "start", "resample")

_HOW = {
    "mean": "its mean over {n} stands in",
    "zero": "nothing stands in",
    "start": "it reads the first position of the sequence only",
    "resample": "what it wrote in another picture stands in",
}


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Ablation(Result):
    """Bits that the recorded codes lose without a head, the attention or the MLP of a layer."""

    drawn_by: ClassVar[str] = "ablation"

    kind: Kind
    rows_cut: Literal["image", "all"]  # the rows of the sequence where it is taken away
    layers: tuple[int, ...]
    heads: Float64[np.ndarray, "l h rows columns"]  # NaN: not asked, or stopped before
    attention: Float64[np.ndarray, "l rows columns"]  # all heads of the layer at once
    mlp: Float64[np.ndarray, "l rows columns"]  # NaN with "start": an MLP reads no positions
    population: str = ""  # what the means are over
    stopped: bool = False  # before everything that was wanted was asked

    @property
    def totals(self) -> Float64[np.ndarray, "l h"]:
        """Bits over the whole picture, head by head."""
        totals: Float64[np.ndarray, "l h"] = self.heads.sum(axis=(2, 3))
        return totals

    @property
    def finished(self) -> bool:
        """Whether everything that was wanted was asked."""
        return not self.stopped and not bool(np.isnan(self.heads).any())

    def caption(self) -> str:
        """Say what was taken away, how, and that it is a lower bound."""
        where = "in the rows that predict patches" if self.rows_cut == "image" else "in every row"
        guided = "" if self.subject.guidance is None else "guided "
        stopped = (
            "" if self.finished else " Stopped before its end: what is hatched was not asked."
        )
        how = _HOW[self.kind].format(n=self.population or "a population")
        if self.kind == "mean" and guided:
            how += ", which read captions; it stands in without a caption, too"
        return (
            f"What it depended on inside: bits by which the recorded codes get less likely when "
            f"one head, the whole attention or the MLP of a layer is taken away {where} "
            f"({how}), on the {guided}distribution, earlier patches as they were. Other parts may "
            f"step in, so an effect is a lower bound.{stopped} {self.subject.in_words()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        known = np.where(np.isnan(self.totals), -np.inf, self.totals)
        layer, head = np.unravel_index(known.argmax(), known.shape)
        most = (
            f"Most, {known[layer, head]:.1f} bits, without head {head} of layer "
            f"{self.layers[int(layer)]}."
        )
        if not np.isfinite(known[layer, head]):
            most = "No head was asked."
        return (
            f"A table of layers and heads, each with the bits that are lost without it. {most} "
            f"{self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a head, and two a layer: its whole attention and its MLP."""
        found: list[dict[str, Any]] = []
        for place, layer in enumerate(self.layers):
            parts = [(f"head {h}", bits) for h, bits in enumerate(self.heads[place])]
            parts += [("attention", self.attention[place]), ("mlp", self.mlp[place])]
            found += [
                {"layer": layer, "part": name, "kind": self.kind, "bits": float(bits.sum())}
                for name, bits in parts
            ]
        return found

    def measures(self) -> dict[str, float]:
        """Return the bits of every head."""
        return {
            f"bits of head {layer}.{head}": float(self.totals[place, head])
            for place, layer in enumerate(self.layers)
            for head in range(self.totals.shape[1])
        }


def ablate(
    passes: Passes,
    kind: Kind = "mean",
    *,
    layers: Iterable[int] | None = None,
    rows: Literal["image", "all"] = "image",
    means: Means | None = None,
    population: str = "",
    donor: Passes | None = None,
    whole_layers: bool = True,
    progress: Callable[[int, int], None] = lambda done, total: None,
    goes_on: Callable[[], bool] = lambda: True,
) -> Ablation:
    """Take away every head of some layers, one by one, and say how many bits every patch loses.

    Args:
        passes: the picture.
        kind: "mean", "zero", "start" or "resample".
        layers: None: all.
        rows: where it is taken away: "image", in the rows that predict patches; "all", in every
            row of the sequence, which only "zero" and "start" can.
        means: what heads and MLPs write on average; "mean" needs them.
        population: what the means are over, in words.
        donor: another picture of the same model; "resample" needs it.
        whole_layers: also take away the whole attention of each layer, and its MLP.
        progress: called with readings done and readings in all.
        goes_on: asked before every chunk; when it says no, what is not done stays NaN.

    Raises:
        InputError: a kind or layer that there is not, no means or donor where they are needed, or
            a model that cannot be changed inside.
    """
    if kind not in KINDS:
        raise InputError(f"kind is {kind!r}, but it is one of {', '.join(KINDS)}.")
    if rows not in ("image", "all"):
        raise InputError(f"rows is {rows!r}, but it is 'image' or 'all'.")
    if rows == "all" and kind in ("mean", "resample"):
        raise InputError(
            f"kind={kind!r} knows what stands in only for the rows that predict patches: leave "
            f"rows out, or take 'zero' or 'start'."
        )
    if kind == "mean" and means is None:
        raise InputError(
            "kind='mean' needs what heads write on average: measure it once with `python -m "
            "dalle_explore check atlas`, or take kind='zero'."
        )
    if kind == "resample" and donor is None:
        raise InputError("kind='resample' needs a donor: give another picture of this model.")
    numbers = check_layers(passes.model, layers)
    stand_ins = _StandIns(passes, kind, rows, means, donor, numbers)
    count = passes.model.heads
    variants = [stand_ins.head(layer, head) for layer in numbers for head in range(count)]
    if whole_layers:
        variants += [stand_ins.attention(layer) for layer in numbers]
        variants += [stand_ins.mlp(layer) for layer in numbers] if kind != "start" else []
    bits = passes.bits_lost(variants, progress=progress, goes_on=goes_on)
    stopped = bool(np.isnan(bits).any())
    bits = bits.reshape(len(variants), *passes.subject.grid)
    nothing = np.full((len(numbers), *passes.subject.grid), np.nan)
    heads = bits[: len(numbers) * count].reshape(len(numbers), count, *passes.subject.grid)
    rest = bits[len(numbers) * count :]
    return Ablation(
        subject=passes.subject,
        kind=kind,
        rows_cut=rows,
        layers=numbers,
        heads=heads,
        attention=rest[: len(numbers)] if whole_layers else nothing,
        mlp=rest[len(numbers) :] if len(rest) > len(numbers) else nothing,
        population=population,
        stopped=stopped,
    )


class _StandIns:
    """What takes the place of what is taken away, as changes of one row of a batch."""

    def __init__(
        self,
        passes: Passes,
        kind: Kind,
        rows: str,
        means: Means | None,
        donor: Passes | None,
        layers: Sequence[int],
    ) -> None:
        self.kind = kind
        self.rows = passes.explaining if rows == "image" else slice(None)
        self.device = passes.model.device
        # With a caption, and without one where that is something else.
        self.heads: list[dict[int, Tensor]] = [{}]  # [h p c]
        self.mlps: list[dict[int, Tensor]] = [{}]  # [p d]
        if means is not None and kind == "mean":
            _check_means(passes, means)
            for layer in layers:
                self.heads[0][layer] = self._tensor(means.heads[layer])
                self.mlps[0][layer] = self._tensor(means.mlp[layer])
        if donor is not None and kind == "resample":
            if donor.model is not passes.model:
                raise InputError("the donor was drawn by another model: give one of this model.")
            points = [f"block.{n}.{part}" for n in layers for part in ("attn.head", "mlp.out")]
            read = [donor.wanted(points)]
            if passes.subject.guidance is not None:
                read.append(donor.wanted_of_no_caption(points))
            rows_of = donor.explaining
            self.heads = [
                {n: found[f"block.{n}.attn.head"][:, rows_of] for n in layers} for found in read
            ]
            self.mlps = [
                {n: found[f"block.{n}.mlp.out"][rows_of] for n in layers} for found in read
            ]

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(array.astype(np.float32)).to(self.device)

    def head(self, layer: int, head: int) -> Variant:
        """One head."""
        return self._heads(layer, slice(head, head + 1))

    def attention(self, layer: int) -> Variant:
        """All heads of a layer."""
        return self._heads(layer, slice(None))

    def mlp(self, layer: int) -> Variant:
        """What the MLP of a layer writes."""
        return _variant([self._mlp(layer, stand_ins.get(layer)) for stand_ins in self.mlps])

    def _heads(self, layer: int, heads: slice) -> Variant:
        return _variant([self._change(layer, heads, one.get(layer)) for one in self.heads])

    def _mlp(self, layer: int, stand_in: Tensor | None) -> Change:
        rows = self.rows

        def change(value: Tensor) -> Tensor:
            value[rows] = 0 if stand_in is None else stand_in.to(value.dtype)
            return value

        return f"block.{layer}.mlp.out", change

    def _change(self, layer: int, heads: slice, stand_in: Tensor | None) -> Change:
        rows = self.rows

        def silent(value: Tensor) -> Tensor:
            value[heads, rows] = 0 if stand_in is None else stand_in[heads].to(value.dtype)
            return value

        def to_start(pattern: Tensor) -> Tensor:
            pattern[heads, rows] = 0
            pattern[heads, rows, 0] = 1
            return pattern

        if self.kind == "start":
            return f"block.{layer}.attn.pattern", to_start
        return f"block.{layer}.attn.head", silent


def _variant(changes: Sequence[Change]) -> Variant:
    """A change of both streams, or one of each."""
    return Variant(changes=(changes[0],), uncaptioned=tuple(changes[1:]) or None)


def _check_means(passes: Passes, means: Means) -> None:
    model = passes.model
    shape = (model.layers, model.heads, passes.patches, model.width // model.heads)
    if means.heads.shape != shape:
        raise InputError(
            f"the means are of heads {means.heads.shape}, but this model's are {shape}: they were "
            f"measured for another model."
        )
