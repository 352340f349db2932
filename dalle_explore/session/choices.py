"""What else stood to choose at some patches of a sample, as pictures with their probabilities."""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from jaxtyping import Bool, Float64, Int64, UInt8

from dalle_explore.errors import InputError
from dalle_explore.sampling.film import frames
from dalle_explore.sampling.preview import alternatives
from dalle_explore.shown import SavedAsFigure

if TYPE_CHECKING:
    import dalle_explore.session.sample

__all__ = ["Choice", "Choices"]

_PLACES = 4  # shown unless others are asked for
_APART = 3  # rows or columns between them, at least


@dataclasses.dataclass(frozen=True, eq=False)
class Choice:
    """What stood to choose at one patch: the likeliest codes, and the one that was drawn.

    Codes are in the order of their probability; where the one that was drawn is not among the
    likeliest it stands last. Crops show the picture as it was then, with that code in place.
    """

    row: int
    column: int
    codes: Int64[np.ndarray, " a"]
    probability: Float64[np.ndarray, " a"]  # guided, at temperature 1, before filters
    ranks: tuple[int, ...]  # of each code, 0 for the likeliest
    chosen: int  # which of the codes was drawn
    forced: bool  # it was given and not drawn
    entropy: float  # bits
    pixels: UInt8[np.ndarray, "a y x 3"]  # crops
    corner: tuple[int, int]  # row and column of the crops' first patch
    known: Bool[np.ndarray, "rows columns"]  # the patches of a crop that are drawn

    @property
    def others(self) -> float:
        """Probability of all codes that are not shown."""
        return max(0.0, 1.0 - float(self.probability.sum()))


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Choices(SavedAsFigure):
    """What stood to choose at some patches of a sample (see ``Sample.alternatives``)."""

    drawn_by: ClassVar[str] = "choices"

    sample: "dalle_explore.session.sample.Sample"
    places: tuple[Choice, ...]  # in the order of drawing
    picked: bool  # the patches are the most uncertain ones, and not asked for

    @classmethod
    def of(
        cls,
        sample: "dalle_explore.session.sample.Sample",
        patches: Iterable[tuple[int, int]] | None = None,
        top: int = 5,
        margin: int = 2,
    ) -> Self:
        """Decode the likeliest codes of some patches, each in the picture as it was then.

        Args:
            sample: one that knows what the model thought.
            patches: (row, column) of each; when None, the four of the largest entropy that were
                drawn, leaving out those within two rows and columns of one that is taken.
            top: how many of the likeliest codes; the one that was drawn is added if it is not one.
            margin: patches around the one in question that a crop shows, on each side.

        Raises:
            InputError: a sample without statistics, a patch outside the grid or twice, none at
                all, or a number out of its range.
        """
        if sample.steps is None:
            raise InputError(
                "the sample says nothing of what else might have been drawn, because it comes "
                "from a record, or did not stay among those kept: draw it again, with again()."
            )
        shape = sample.codes.shape
        wanted = _uncertain(sample) if patches is None else _checked(patches, shape)
        with sample.model.lock:
            places = [
                _choice(sample, row * shape[1] + column, top, margin) for row, column in wanted
            ]
        return cls(sample, tuple(places), patches is None)

    def caption(self) -> str:
        """Say what is shown, how the patches were chosen, and how the picture was made."""
        count = len(self.places)
        which = "The patch" if count == 1 else f"{count} patches"
        how = (
            f"{which} of the largest entropy, at least {_APART} rows or columns apart."
            if self.picked
            else f"{which} that {'was' if count == 1 else 'were'} asked for."
        )
        return (
            f"{how} Each with its likeliest codes in the picture as it was then (hatched: not "
            f"drawn yet), and their probabilities: guided, of "
            f"{self.sample.recipe.codebook_size:,} codes, at temperature 1, before filters; a bar "
            f"as wide as its crop is 100 %. Framed: the code that was drawn"
            f"{'' if self._all_among else ', last where it is not among the likeliest'}. "
            f"{self.sample.caption()}"
        )

    @property
    def _all_among(self) -> bool:
        """Whether every code that was drawn is among the likeliest."""
        return all(choice.ranks[-1] == len(choice.ranks) - 1 for choice in self.places)

    def alt(self) -> str:
        """Say what is to be seen."""
        told = "; ".join(
            f"row {choice.row}, column {choice.column}: the code that was drawn has "
            f"{choice.probability[choice.chosen]:.1%} and rank {choice.ranks[choice.chosen] + 1}"
            for choice in self.places
        )
        return (
            f"A picture of the text “{self.sample.prompt}” with marked patches, and beside it "
            f"what else each might have become. {told}. {self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a code of a patch."""
        return [
            {
                "row": choice.row,
                "column": choice.column,
                "rank": choice.ranks[j],
                "code": int(code),
                "probability": float(choice.probability[j]),
                "chosen": j == choice.chosen,
                "forced": choice.forced,
                "entropy": choice.entropy,
            }
            for choice in self.places
            for j, code in enumerate(choice.codes)
        ]

    def __repr__(self) -> str:
        at = [(choice.row, choice.column) for choice in self.places]
        return f"Choices({self.sample.prompt!r}, seed={self.sample.seed}, patches={at})"


def _choice(
    sample: "dalle_explore.session.sample.Sample", patch: int, top: int, margin: int
) -> Choice:
    steps, trace, model = sample.steps, sample.trace, sample.model.generator
    assert steps is not None
    found = alternatives(model, trace, top, margin=margin, patches=range(patch, patch + 1))
    codes, pixels = found.codes[0], found.pixels[0]
    logs = steps.top_log_probability[patch, :top].astype(np.float64)
    ranks = list(range(top))
    first, left = (int(number) for number in found.corners[0])
    rows, columns = (size // model.patch for size in pixels.shape[1:3])
    came = int(sample.codes.flat[patch])
    if came not in codes:
        (whole,) = frames(model, trace, at=[patch + 1])
        side = model.patch
        cut = whole[side * first : side * (first + rows), side * left : side * (left + columns)]
        pixels = np.concatenate([pixels, cut[None]])
        codes = np.append(codes, came)
        logs = np.append(logs, np.float64(steps.log_probability[patch]))
        ranks.append(int(steps.rank[patch]))
    drawn = (np.arange(sample.codes.size) <= patch).reshape(sample.codes.shape)
    row, column = divmod(patch, sample.codes.shape[1])
    return Choice(
        row=row,
        column=column,
        codes=codes,
        probability=np.exp(logs),
        ranks=tuple(ranks),
        chosen=int(np.flatnonzero(codes == came)[0]),
        forced=bool(sample.kept[row, column]),
        entropy=float(steps.entropy[patch]) / math.log(2),
        pixels=pixels,
        corner=(first, left),
        known=drawn[first : first + rows, left : left + columns],
    )


def _uncertain(sample: "dalle_explore.session.sample.Sample") -> list[tuple[int, int]]:
    """The most uncertain patches that were drawn, apart from each other, in raster order."""
    assert sample.steps is not None
    free = np.flatnonzero(~sample.kept.flatten())
    taken: list[tuple[int, int]] = []
    for patch in free[np.argsort(-sample.steps.entropy[free], kind="stable")].tolist():
        row, column = divmod(patch, sample.codes.shape[1])
        if all(max(abs(row - r), abs(column - c)) >= _APART for r, c in taken):
            taken.append((row, column))
    if not taken:
        raise InputError(
            "every patch of this sample was given and none was drawn, so that none was chosen: "
            "name the patches, as in patches=[(5, 7)]."
        )
    return sorted(taken[:_PLACES])


def _checked(patches: Any, shape: Sequence[int]) -> list[tuple[int, int]]:
    given = list(patches) if isinstance(patches, Iterable) else [patches]
    found: list[tuple[int, int]] = []
    for place in given:
        pair = isinstance(place, Sequence) and not isinstance(place, str) and len(place) == 2
        if (
            not pair
            or not all(isinstance(n, int | np.integer) and not isinstance(n, bool) for n in place)
            or not (0 <= place[0] < shape[0] and 0 <= place[1] < shape[1])
        ):
            raise InputError(
                f"patches holds {place!r}, but a patch is (row, column), from (0, 0) to "
                f"({shape[0] - 1}, {shape[1] - 1}): give a list such as [(5, 7), (8, 2)]."
            )
        found.append((int(place[0]), int(place[1])))
    if not found or len(set(found)) != len(found):
        raise InputError(
            f"patches is {given!r}, but it names at least one patch, and each once: give a list "
            f"such as [(5, 7), (8, 2)]."
        )
    return sorted(found)
