"""How open every patch of a sample was, and how unexpected its code."""

import dataclasses
import math
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from jaxtyping import Bool, Float64, Int

from dalle_explore.edits import Ban, Bias, TemperatureAt
from dalle_explore.errors import InputError
from dalle_explore.session.average import Average, average
from dalle_explore.shown import SavedAsFigure

if TYPE_CHECKING:
    import dalle_explore.session.sample

__all__ = ["Uncertainty"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Uncertainty(SavedAsFigure):
    """Maps of a sample, in bits, of the guided and unfiltered distribution at temperature 1.

    ``entropy`` is what the model did not know before a patch was drawn; ``surprise`` is -log2 of
    the probability of the code that was drawn. At temperature 1 and without filters, surprise is
    the entropy in the mean; a lower temperature lowers it. ``filtered`` is the entropy of what was
    drawn from in fact, after temperature, top-k and top-p. It takes all probabilities, so it is
    known only where top-k keeps fewer codes than a trace does, and no edit changes single codes or
    temperatures.
    """

    drawn_by: ClassVar[str] = "uncertainty"

    sample: "dalle_explore.session.sample.Sample"
    entropy: Float64[np.ndarray, "rows columns"]
    surprise: Float64[np.ndarray, "rows columns"]
    rank: Int[np.ndarray, "rows columns"]  # of the code that was drawn, 0 for the likeliest
    filtered: Float64[np.ndarray, "rows columns"] | None
    average: Average | None  # None: it was not measured for this model

    @classmethod
    def of(cls, sample: "dalle_explore.session.sample.Sample") -> Self:
        """Read the maps from what was recorded (see ``Sample.uncertainty``).

        Raises:
            InputError: the sample comes from a record, without what the model thought.
        """
        steps = sample.steps
        if steps is None:
            raise InputError(
                "the sample says nothing of what the model thought, because it comes from a "
                "record, or did not stay among those kept: draw it again, with again()."
            )
        grid = sample.codes.shape
        filtered = _filtered(sample)
        return cls(
            sample=sample,
            entropy=_bits(steps.entropy).reshape(grid),
            surprise=_bits(-steps.log_probability).reshape(grid),
            rank=steps.rank.reshape(grid),
            filtered=None if filtered is None else filtered.reshape(grid),
            average=average(sample.model),
        )

    @property
    def difference(self) -> Float64[np.ndarray, "rows columns"] | None:
        """Entropy minus the held-out average; None where that was not measured."""
        if self.average is None:
            return None
        return self.entropy - self.average.entropy.reshape(self.entropy.shape)

    @property
    def excess(self) -> Float64[np.ndarray, "rows columns"]:
        """Surprise minus entropy: above 0 where something less likely came than was expected."""
        return self.surprise - self.entropy

    @property
    def forced(self) -> Bool[np.ndarray, "rows columns"]:
        """The patches whose code was given and not drawn."""
        return self.sample.kept

    def caption(self) -> str:
        """Say what the maps are of, what they are compared with, and how the picture was made."""
        codes = self.sample.recipe.codebook_size
        sentences = [
            f"Entropy: how open a patch was before it was drawn, in bits, of the guided "
            f"distribution over {codes:,} codes at temperature 1, before any filter (all open: "
            f"{math.log2(codes):g} bits). Surprise: −log₂ of the probability of the code that "
            f"was drawn; {self.surprise.mean():.2f} bits a patch on average, beside an entropy of "
            f"{self.entropy.mean():.2f} (drawn at temperature 1 without filters, they agree in "
            f"the mean)."
        ]
        if self.average is None:
            sentences.append(
                "No difference to a held-out average is shown, as none was measured for this "
                "model: most of this map tells where a patch is, not which picture it is in."
            )
        else:
            sentences.append(f"Difference: entropy minus {self.average.in_words()}.")
            if not self.average.fits(self.sample.settings):
                sentences.append("That average is of other settings than this picture.")
        if self.forced.all():
            sentences.append("Every code was given and none drawn.")
        elif self.forced.any():
            sentences.append("Lines part the patches that were kept from those drawn anew.")
        sentences.append("A low entropy means sure, not right.")
        return f"{' '.join(sentences)} {self.sample.caption()}"

    def alt(self) -> str:
        """Say what is to be seen."""
        row, column = np.unravel_index(self.entropy.argmax(), self.entropy.shape)
        return (
            f"A picture of the text “{self.sample.prompt}” beside maps of its patches. The most "
            f"open patch is at row {row}, column {column}, with {self.entropy.max():.1f} bits. "
            f"{self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a patch, in the order of drawing; what is not known is None."""
        maps = {
            "entropy": self.entropy,
            "surprise": self.surprise,
            "excess": self.excess,
            "rank": self.rank,
            "filtered": self.filtered,
            "difference": self.difference,
        }
        return [
            {
                "row": row,
                "column": column,
                "code": int(self.sample.codes[row, column]),
                "forced": bool(self.forced[row, column]),
            }
            | {
                name: None if values is None else values[row, column].item()
                for name, values in maps.items()
            }
            for row, column in np.ndindex(self.entropy.shape)
        ]

    def __repr__(self) -> str:
        return (
            f"Uncertainty({self.sample.prompt!r}, seed={self.sample.seed}, "
            f"entropy={self.entropy.mean():.2f} bits, surprise={self.surprise.mean():.2f} bits)"
        )


def _bits(nats: Any) -> Float64[np.ndarray, " p"]:
    bits: Float64[np.ndarray, " p"] = nats.astype(np.float64) / math.log(2)
    return bits


def _filtered(sample: "dalle_explore.session.sample.Sample") -> Float64[np.ndarray, " p"] | None:
    """Entropy of what was drawn from, in bits, where the likeliest codes decide it."""
    settings, steps = sample.settings, sample.steps
    assert steps is not None
    if settings.temperature == 0:
        return np.zeros(len(steps))  # the likeliest code is taken
    recorded = steps.top_log_probability.shape[1]
    changed = any(isinstance(edit, Ban | Bias | TemperatureAt) for edit in sample.recipe.edits)
    if settings.top_k is None or settings.top_k >= recorded or changed:
        return None
    top = steps.top_log_probability.astype(np.float64)
    last = top[:, settings.top_k - 1]
    if (top[:, -1] == last).any():
        return None  # codes that tie with the last are kept, and perhaps more than were recorded
    heated = np.where(top >= last[:, None], top / settings.temperature, -np.inf)
    share = np.exp(heated - heated.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    if settings.top_p is not None:
        share[share.cumsum(axis=1) - share >= settings.top_p] = 0
        share /= share.sum(axis=1, keepdims=True)
    logs = np.log2(share, out=np.zeros_like(share), where=share > 0)
    return -(share * logs).sum(axis=1) + 0.0
