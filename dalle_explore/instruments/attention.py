"""Where a picture looks: from the rows that explain its patches to words and earlier patches.

Three readings of one softmax. *attention*: the weights, averaged over heads. *contribution*: the
weight times the length of what the value writes to the stream (Kobayashi et al., 2020, arXiv
2004.10102), as a share of all that the chosen heads take. *signed*: what of it points the way that
the head's whole output goes; what points the other way is negative, which weights cannot say.
None of them says what the picture depends on.
"""

import dataclasses
import math
import operator
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from jaxtyping import Float64

from dalle_explore.errors import InputError
from dalle_explore.instruments.passes import Layer, Passes
from dalle_explore.instruments.subject import Result, Subject

__all__ = ["BY", "By", "Attention", "Looks", "attention", "looks_at"]

By = Literal["contribution", "attention", "signed"]
BY: tuple[By, ...] = ("contribution", "attention", "signed")
SHARES = ("text", "earlier", "start", "pad")

Head = tuple[int, int]  # layer, head

_NAMES = {
    "contribution": "value-weighted attention (weight × ‖value·Wo‖, summed over heads)",
    "attention": "attention weights (mean over heads)",
    "signed": "signed contribution (weight × value·Wo, projected on the head's whole output)",
}


@dataclasses.dataclass(frozen=True, eq=False)
class Attention:
    """The attention of some layers, head by head, in the rows that explain the patches."""

    subject: Subject
    numbers: tuple[int, ...]  # layers
    layers: tuple[Layer, ...]

    def heads(self, picks: Iterable[Head] | None = None) -> tuple[Head, ...]:
        """Return heads, by (layer, head); all of these layers when None.

        Raises:
            InputError: a head that is not there.
        """
        most = len(self.layers[0].norms)
        every = tuple((layer, head) for layer in self.numbers for head in range(most))
        if picks is None:
            return every
        chosen = []
        for pick in picks:
            try:
                layer, head = (operator.index(number) for number in pick)
            except (TypeError, ValueError):
                layer = head = -1
            if (layer, head) not in every:
                raise InputError(
                    f"heads holds {pick!r}, but a head is (layer, head), with the layers "
                    f"{', '.join(map(str, self.numbers))} and the heads 0 to {most - 1}: name "
                    f"heads among these."
                )
            chosen.append((layer, head))
        if not chosen:
            raise InputError("heads is empty: name at least one, or leave it out for all.")
        return tuple(dict.fromkeys(chosen))

    def of_head(self, head: Head, by: By) -> tuple[np.ndarray, np.ndarray]:
        """Return what one head reads, fp32 [p s], and what a row of it adds up to, [p].

        Raises:
            InputError: a contribution to what a function changed while the picture was drawn.
        """
        layer = self.layers[self.numbers.index(head[0])]
        number = head[1]
        if by == "attention":
            return layer.pattern[number], np.ones(len(layer.pattern[number]), dtype=np.float32)
        for part in ("head", "out"):
            changed = self.subject.function_at(f"block.{head[0]}.attn.{part}")
            if changed is not None:
                raise InputError(
                    f"the picture was drawn with {changed!r}, so what came from which position is "
                    f"not known in layer {head[0]}: take by='attention', or other layers."
                )
        if by == "signed":
            return layer.signed[number], layer.strength[number]
        weighed = layer.pattern[number] * layer.norms[number]
        return weighed, weighed.sum(axis=-1)

    def shares(
        self, by: By = "contribution", heads: Iterable[Head] | None = None
    ) -> Float64[np.ndarray, "p s"]:
        """Return what the chosen heads together read at every patch; rows sum to 1.

        Where these heads write nothing at all, as one that was ablated while the picture was
        drawn, contributions are 0 instead.

        Args:
            by: see the module.
            heads: (layer, head) of each; None: all heads of these layers.

        Raises:
            InputError: no such quantity or head.
        """
        check_by(by)
        chosen = self.heads(heads)
        total = weight = None
        for head in chosen:
            read, whole = self.of_head(head, by)
            total = read.astype(np.float64) if total is None else total + read
            weight = whole.astype(np.float64) if weight is None else weight + whole
        assert total is not None and weight is not None
        shares: Float64[np.ndarray, "p s"] = total / np.maximum(weight, 1e-30)[:, None]
        return shares

    def by_word(self, shares: np.ndarray) -> np.ndarray:
        """Sum columns [... s] to [... w+3]: every word, then ``start``, ``pad`` and ``earlier``.

        A word is the sum of its tokens.
        """
        subject = self.subject
        parts = [subject.text.tokens([place]) for place in range(len(subject.words))]
        parts += subject.columns().values()
        summed = [shares[..., list(part)].sum(axis=-1) for part in parts]
        summed.append(shares[..., subject.text_length :].sum(axis=-1))
        return np.stack(summed, axis=-1)


def attention(passes: Passes, layers: Iterable[int] | None = None) -> Attention:
    """Return the attention of some layers; of all when None.

    Raises:
        InputError: no such layer, or a model whose attention to words means nothing.
    """
    _check_words(passes)
    found = passes.layers(layers)
    return Attention(passes.subject, tuple(found), tuple(found.values()))


def looks_at(
    passes: Passes,
    word: str | None = None,
    *,
    patch: tuple[int, int] | None = None,
    by: By = "contribution",
    layers: Iterable[int] | None = None,
    heads: Iterable[Head] | None = None,
    occurrence: int | None = None,
) -> "Looks":
    """Say where a picture looks: how much every patch takes from a word, or what one patch takes.

    Args:
        passes: the picture.
        word: a word of the prompt, or a run of words; the sum of their tokens.
        patch: (row, column), instead of a word: its words and the earlier patches it looks at.
        by: "contribution", "attention" or "signed".
        layers: None: all.
        heads: (layer, head) of each; None: all heads of those layers.
        occurrence: of a word that is said more than once; None: all of them.

    Raises:
        InputError: a word, patch, layer, head or quantity that there is not; both or neither of
            word and patch.
    """
    if (word is None) == (patch is None):
        raise InputError(
            "looks_at takes a word, to see which patches look at it, or a patch, to see what it "
            "looks at: give one of them."
        )
    check_by(by)
    if heads is not None and (isinstance(heads, str) or not isinstance(heads, Iterable)):
        raise InputError(f"heads is {heads!r}, but it is a list of pairs: heads=[(0, 1)].")
    picks = None if heads is None else list(heads)
    if picks and layers is None:
        named = [pick[0] for pick in picks if isinstance(pick, Sequence) and len(pick) == 2]
        # Anything else is refused below, with the heads of all layers.
        if len(named) == len(picks) and all(one in range(passes.model.layers) for one in named):
            layers = sorted(set(named))
    found = attention(passes, layers)
    return Looks.of(found, by=by, heads=picks, word=word, patch=patch, occurrence=occurrence)


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Looks(Result):
    """A map of where a picture looks, with the shares of everything that its rows read."""

    drawn_by: ClassVar[str] = "looks"

    by: By
    heads: tuple[Head, ...]
    layers: tuple[int, ...]
    word: tuple[int, ...]  # places among the words; empty: of a patch
    patch: tuple[int, int] | None  # None: of a word
    values: Float64[np.ndarray, "rows columns"]  # shares; NaN: nothing that could be looked at
    words: Float64[np.ndarray, " w"]  # share of every word, of the patch or mean over patches
    shares: dict[str, float]  # text, earlier, start and pad; they sum to 1
    whole: bool  # whether these are all heads of all layers

    @classmethod
    def of(
        cls,
        attention: Attention,
        *,
        by: By,
        heads: Iterable[Head] | None = None,
        word: str | None = None,
        patch: tuple[int, int] | None = None,
        occurrence: int | None = None,
    ) -> Self:
        """Make it of attention that is at hand; see ``looks_at``."""
        subject, chosen = attention.subject, attention.heads(heads)
        shares = attention.shares(by, chosen)
        columns = attention.by_word(shares)
        rows, across = subject.grid
        count = len(subject.words)
        places: tuple[int, ...] = ()
        if patch is None:
            assert word is not None
            places = subject.find(word, occurrence)
            values = columns[:, list(places)].sum(axis=-1)
            told = columns.mean(axis=0)
        else:
            number = subject.patch(patch)
            patch = divmod(number, across)
            values = np.full(rows * across, np.nan)
            values[:number] = shares[number, subject.text_length :][:number]
            told = columns[number]
        start, pad, earlier = (float(part) for part in told[count:])
        return cls(
            subject=subject,
            by=by,
            heads=chosen,
            layers=tuple(dict.fromkeys(layer for layer, _ in chosen)),
            word=places,
            patch=patch,
            values=values.reshape(rows, across),
            words=told[:count],
            shares=dict(
                zip(SHARES, (float(told[:count].sum()), earlier, start, pad), strict=True)
            ),
            whole=len(chosen) == len(attention.layers[0].norms) * len(attention.numbers),
        )

    @property
    def named(self) -> str:
        """The word, or the patch, in words."""
        if self.patch is not None:
            return f"the patch at row {self.patch[0]}, column {self.patch[1]}"
        return self.subject.named(self.word)

    def caption(self) -> str:
        """Say what the map shows, over which heads, and that it is no dependence."""
        if self.patch is None:
            what = "Where it looked: how much each patch, as it was predicted, took from "
            what += f"{self.named}."
        else:
            what = f"Where it looked: what {self.named} took from earlier patches and from words, "
            what += "as it was predicted."
        shares = ", ".join(f"{name} {_percent(self.shares[name])}" for name in SHARES)
        over = "of this patch" if self.patch is not None else "mean over all patches"
        return (
            f"{what} Quantity: {_NAMES[self.by]}, {heads_in_words(self)}, as shares of all that "
            f"the row reads ({over}: {shares}); the row that predicts a patch is the one before "
            f"it. A look is not a dependence. {self.subject.in_words()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        known = np.where(np.isnan(self.values), -np.inf, self.values)
        row, column = np.unravel_index(known.argmax(), known.shape)
        most = f"most, {_percent(float(known[row, column]))}, at row {row}, column {column}"
        if not np.isfinite(known[row, column]):
            most = "there are no earlier patches"
        first = int(self.words.argmax())
        return (
            f"A picture of the text “{self.subject.prompt}” under a map of where {self.named} "
            f"{'looks' if self.patch is not None else 'is looked at'}: {most}. Of the words "
            f"“{self.subject.words[first]}” gets most, {_percent(float(self.words[first]))}. "
            f"{self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a word and kind of share, then one a patch of the map; shares of 1."""
        told = [
            {"what": "word", "name": word, "row": None, "column": None, "share": float(share)}
            for word, share in zip(self.subject.words, self.words, strict=True)
        ]
        told += [
            {"what": "kind", "name": name, "row": None, "column": None, "share": share}
            for name, share in self.shares.items()
        ]
        return told + [
            {"what": "patch", "name": None, "row": row, "column": column, "share": float(value)}
            for (row, column), value in np.ndenumerate(self.values)
            if not math.isnan(value)
        ]

    def measures(self) -> dict[str, float]:
        """Return the shares of a row, and of the word that was asked for."""
        found = dict(self.shares)
        if self.patch is None:
            found[f"share of {self.named}"] = float(self.values.mean())
        return found


def check_by(by: str) -> None:
    """Refuse a quantity that there is not.

    Raises:
        InputError: it is none of ``BY``.
    """
    if by not in BY:
        raise InputError(f"by is {by!r}, but it is one of {', '.join(BY)}.")


def heads_in_words(result: Any) -> str:
    """Name the heads that a result is over."""
    if result.whole:
        layers = result.layers
        several = (
            f"layers {layers[0]} to {layers[-1]}" if len(layers) > 1 else f"layer {layers[0]}"
        )
        if len(layers) > 1 and list(layers) != list(range(layers[0], layers[-1] + 1)):
            several = f"layers {', '.join(map(str, layers))}"
        return f"all heads of {several}"
    named = [f"{layer}.{head}" for layer, head in result.heads]
    shown = ", ".join(named[:8]) + (f" and {len(named) - 8} more" if len(named) > 8 else "")
    return f"{'head' if len(named) == 1 else 'heads'} (layer.head) {shown}"


def _check_words(passes: Passes) -> None:
    supports = passes.model.supports
    if supports.word_attention == "uniform":
        raise InputError(
            "attention to words is the same for every word in this model, so a map of it would "
            "show nothing: its supports.word_attention is 'uniform'."
        )


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if abs(share) < 0.0995 else f"{100 * share:.0f} %"
