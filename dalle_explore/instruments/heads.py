"""Every head in one table: what it reads, how far it looks, and what it writes about the codes.

Sheets of patterns invite stories, and the head with the most attention need not be the one with
the largest effect: so the effect (``ablation``) stands beside as soon as it is known.
"""

import dataclasses
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float64

from dalle_explore.errors import InputError
from dalle_explore.instruments.ablation import Ablation
from dalle_explore.instruments.attention import By, Head, attention, check_by
from dalle_explore.instruments.passes import Passes, check_layers
from dalle_explore.instruments.subject import Result

__all__ = ["SORTS", "Heads", "heads", "pushes"]

SORTS = ("layer", "text", "locality", "entropy", "push", "effect")


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Heads(Result):
    """The heads of some layers, by (layer, head) in order, with a map of each."""

    drawn_by: ClassVar[str] = "heads"

    by: By
    heads: tuple[Head, ...]
    named: str  # what the maps are of
    maps: Float64[np.ndarray, "m rows columns"]  # share of the word, or of all words
    text: Float64[np.ndarray, " m"]  # share of words, by ``by``; mean over patches
    earlier: Float64[np.ndarray, " m"]  # share of earlier patches
    entropy: Float64[np.ndarray, " m"]  # bits of the attention weights
    distance: Float64[np.ndarray, " m"]  # patches, of the weights on earlier patches
    push: Float64[np.ndarray, " m"]  # logits, direct, of the recorded codes above the mean code
    effect: Float64[np.ndarray, " m"] | None  # bits lost without it; None: not measured
    effect_kind: str | None
    sort: str

    def order(self) -> list[int]:
        """Return the places of the heads, sorted as was asked."""
        keys = {
            "layer": np.arange(len(self.heads)),
            "text": -self.text,
            "locality": self.distance,
            "entropy": self.entropy,
            "push": -self.push,
            "effect": np.arange(len(self.heads)) if self.effect is None else -self.effect,
        }
        return np.argsort(keys[self.sort], kind="stable").tolist()

    def caption(self) -> str:
        """Say what the maps and the numbers are."""
        effect = (
            "The effect of taking a head away was not measured, and nothing here says it."
            if self.effect is None
            else f"Effect: bits lost over the picture without the head ({self.effect_kind})."
        )
        return (
            f"Where each head looked: maps of {self.named}, quantity {self.by}. Text and earlier: "
            f"shares of what its rows read; distance: patches to those it weighs, by attention; "
            f"push: what it adds directly to the logits of the recorded codes, above the mean of "
            f"all codes, with the final norm held fixed, mean over patches. {effect} "
            f"{self.subject.in_words()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        layer, head = self.heads[int(self.text.argmax())]
        return (
            f"Small maps of {len(self.heads)} heads for the text “{self.subject.prompt}”. Most of "
            f"words reads head {head} of layer {layer}. {self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a head, sorted as was asked."""
        return [
            {
                "layer": self.heads[m][0],
                "head": self.heads[m][1],
                "text": float(self.text[m]),
                "earlier": float(self.earlier[m]),
                "entropy": float(self.entropy[m]),
                "distance": float(self.distance[m]),
                "push": float(self.push[m]),
                "effect": None if self.effect is None else float(self.effect[m]),
            }
            for m in self.order()
        ]

    def measures(self) -> dict[str, float]:
        """Return text share and push of every head."""
        found = {}
        for m, (layer, head) in enumerate(self.heads):
            found[f"text share of head {layer}.{head}"] = float(self.text[m])
            found[f"push of head {layer}.{head}"] = float(self.push[m])
        return found


def heads(
    passes: Passes,
    word: str | None = None,
    *,
    by: By = "contribution",
    layers: Iterable[int] | None = None,
    ablation: Ablation | None = None,
    sort: str | None = None,
) -> Heads:
    """Return the table of heads, with a map of each.

    Args:
        passes: the picture.
        word: whose maps; None: all words together.
        by: the quantity of maps and shares.
        layers: None: all.
        ablation: adds the column of effects.
        sort: one of ``SORTS``; None: by effect where it is known, else by layer.

    Raises:
        InputError: a word, quantity, layer or order that there is not; an ablation of another
            picture, or a sort by an effect that was not measured.
    """
    check_by(by)
    effect = kind = None
    numbers = check_layers(passes.model, layers)
    if ablation is not None:
        if ablation.subject.trace is not passes.trace:
            raise InputError("the ablation is of another picture: give one of this picture.")
        if not set(numbers) <= set(ablation.layers):
            raise InputError("the ablation is of other layers: let it have those asked for here.")
        places = [ablation.layers.index(number) for number in numbers]
        effect = ablation.totals[places].flatten()
        kind = ablation.kind + ("" if ablation.rows_cut == "image" else ", in every row")
    sort = sort or ("effect" if effect is not None else "layer")
    if sort not in SORTS or (sort == "effect" and effect is None):
        raise InputError(
            f"sort is {sort!r}, but heads can be sorted by {', '.join(SORTS)} (effect: once an "
            f"ablation is given)."
        )
    found = attention(passes, numbers)
    subject, every = found.subject, found.heads()
    count, first = len(subject.words), subject.text_length
    places = list(range(count)) if word is None else list(subject.find(word))
    maps, text, earlier, entropy, distance = [], [], [], [], []
    apart = _distances(*subject.grid)
    for head in every:
        shares = found.by_word(found.shares(by, [head]))
        maps.append(shares[:, places].sum(axis=-1).reshape(subject.grid))
        text.append(shares[:, :count].sum(axis=-1).mean())
        earlier.append(shares[:, -1].mean())
        weights = found.of_head(head, "attention")[0].astype(np.float64)
        logs = np.log2(weights, out=np.zeros_like(weights), where=weights > 0)
        entropy.append(-(weights * logs).sum(axis=-1).mean())
        near = weights[:, first:]
        total = near.sum()
        distance.append((near * apart).sum() / total if total > 0 else np.nan)
    named = "all words together" if word is None else subject.named(places)
    return Heads(
        subject=subject,
        by=by,
        heads=every,
        named=named,
        maps=np.stack(maps),
        text=np.array(text),
        earlier=np.array(earlier),
        entropy=np.array(entropy),
        distance=np.array(distance),
        push=pushes(passes, numbers).mean(axis=-1).flatten(),
        effect=effect,
        effect_kind=kind,
        sort=sort,
    )


def pushes(passes: Passes, layers: Iterable[int] | None = None) -> Float64[np.ndarray, "l h p"]:
    """Return by how much each head directly pushes the logit of each recorded code.

    Above the mean of all codes; the final norm's scale is held fixed, so that the pushes of all
    parts of the stream add up to the logit. Of the stream with the caption, before guidance.
    (Logit attribution, as in Elhage et al., "A Mathematical Framework for Transformer Circuits".)

    Raises:
        InputError: no such layer.
    """
    model, numbers = passes.model, check_layers(passes.model, layers)
    last = f"block.{model.layers - 1}.resid_out"
    points = {number: f"block.{number}.attn.head" for number in numbers}
    found = passes.wanted([last, *points.values()])
    rows = passes.explaining
    stream = found[last][None, rows]
    pushed = []
    with torch.inference_mode():
        for number in numbers:
            matrices, _ = model.output_projection(number)
            parts = found[points[number]][:, rows] @ matrices.float()  # [h p d]
            pushed.append(model.push(stream, parts[:, None], passes.codes[None])[:, 0])
    values: Float64[np.ndarray, "l h p"] = torch.stack(pushed).double().cpu().numpy()
    return values


def _distances(rows: int, columns: int) -> Float64[np.ndarray, "p p"]:
    """Patches between two places, as the crow flies."""
    place = np.stack(np.divmod(np.arange(rows * columns), columns), axis=-1).astype(float)
    away = place[:, None] - place[None]
    apart: Float64[np.ndarray, "p p"] = np.hypot(away[..., 0], away[..., 1])
    return apart
