"""The same dice, one thing changed: a picture beside what it would have been.

The noise of a picture belongs to seed, patch and code, so what stays the same stays because the
change did not reach it (Gumbel-coupled counterfactuals: Ravfogel et al., 2024, arXiv 2411.07180).
Beside stands the noise floor: how much changes when nothing but the dice changes.
"""

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from jaxtyping import Bool

from dalle_explore.captions import numbers_in_words
from dalle_explore.edits import AnyEdit, check_edits
from dalle_explore.errors import InputError
from dalle_explore.shown import SavedAsFigure

if TYPE_CHECKING:
    import dalle_explore.session.sample

__all__ = ["Counterfactual", "counterfactual"]

_RERUNS = 3
_NEW_DICE = 1_000_003  # from the seed of the picture to that of the first rerun


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Counterfactual(SavedAsFigure):
    """A picture, the one under a change with the same noise, and the noise floor."""

    drawn_by: ClassVar[str] = "counterfactual"

    original: "dalle_explore.session.sample.Sample"
    changed: "dalle_explore.session.sample.Sample"
    reruns: "tuple[dalle_explore.session.sample.Sample, ...]"  # other dice, nothing changed
    change: str  # in words

    @property
    def differs(self) -> Bool[np.ndarray, "rows columns"]:
        """The patches whose code is another."""
        return self.original.codes != self.changed.codes

    @property
    def share(self) -> float:
        """Share of patches whose code is another."""
        return float(self.differs.mean())

    @property
    def floor(self) -> tuple[float, ...]:
        """The same share for each rerun with other dice."""
        return tuple(float((one.codes != self.original.codes).mean()) for one in self.reruns)

    @property
    def first_flip(self) -> tuple[int, int] | None:
        """The first patch, in raster order, whose code is another; None: none is."""
        places = np.argwhere(self.differs)
        return (int(places[0][0]), int(places[0][1])) if len(places) else None

    def caption(self) -> str:
        """Say what was changed, how much that changed, and what chance alone changes."""
        flip = self.first_flip
        where = "no code is another."
        if flip is not None:
            where = (
                f"{100 * self.share:.0f} % of the codes are others, the first at row {flip[0]}, "
                f"column {flip[1]}; everything after it may follow from it."
            )
        floor = ""
        if self.reruns:
            shares = ", ".join(f"{100 * one:.0f} %" for one in self.floor)
            seeds = numbers_in_words(one.seed for one in self.reruns)
            floor = f" With other dice and no change ({seeds}): {shares}."
        return (
            f"The same noise, {self.change}: {where}{floor} Drawn again without a change, it is "
            f"the same picture, code by code. {self.original.caption()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        return (
            f"Two pictures of the text “{self.original.prompt}”, the second {self.change}, with "
            f"the patches outlined that differ. {self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a picture: what was done, its seed, and the share of codes that are others."""
        told = [{"what": self.change, "seed": self.changed.seed, "changed": self.share}]
        return told + [
            {"what": "other dice", "seed": one.seed, "changed": share}
            for one, share in zip(self.reruns, self.floor, strict=True)
        ]

    def __repr__(self) -> str:
        return f"Counterfactual({self.original.prompt!r}, {self.change}, {self.share:.0%} changed)"


def counterfactual(
    sample: "dalle_explore.session.sample.Sample",
    edits: Iterable[AnyEdit] = (),
    *,
    prompt: str | None = None,
    reruns: int = _RERUNS,
) -> Counterfactual:
    """Draw a sample again with the same noise and one thing changed.

    Args:
        sample: the picture.
        edits: what to change, besides the edits it was drawn with.
        prompt: other words; None: the same.
        reruns: pictures with other dice and no change, for the noise floor.

    Raises:
        InputError: nothing to change, an edit that does not fit, a number of reruns below 0, or a
            sample that is not drawn here as it was recorded: then nothing could be told apart.
    """
    added = check_edits(edits)
    if not added and prompt is None:
        raise InputError("nothing is to be changed: give edits=[...] or another prompt.")
    if isinstance(reruns, bool) or not isinstance(reruns, int) or not 0 <= reruns <= 64:
        raise InputError(f"reruns is {reruns!r}, but it is a whole number from 0 to 64.")
    replay = sample.replay()
    if not replay.exact:
        raise InputError(
            f"drawn again without a change, {len(replay.flipped)} codes of this picture are "
            f"others, so a change could not be told from the machine: draw it anew with again()."
        )
    changed = sample.again(edits=[*sample.recipe.edits, *added], prompt=prompt)
    words = " and ".join(map(_said, added))
    if prompt is not None:
        words = f"the text “{prompt}”" + (f" and {words}" if words else "")
    others = tuple(sample.again(seed=(sample.seed + _NEW_DICE + j) % 2**63) for j in range(reruns))
    return Counterfactual(sample, changed, others, f"with {words}")


def _said(edit: AnyEdit) -> str:
    """An edit without the fields that are as ever; one that shortens itself does it its way."""
    plain = f"{type(edit).__name__}(" + ", ".join(
        f"{field.name}={getattr(edit, field.name)!r}"
        for field in dataclasses.fields(edit)
        if field.repr
    )
    if f"{plain})" != repr(edit):
        return repr(edit)
    told = [
        f"{field.name}={getattr(edit, field.name)!r}"
        for field in dataclasses.fields(edit)
        if field.default is dataclasses.MISSING or getattr(edit, field.name) != field.default
    ]
    return f"{type(edit).__name__}({', '.join(told)})"
