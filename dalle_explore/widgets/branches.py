"""Branches: the pictures of a player, each with where it came from."""

import dataclasses
from collections.abc import Collection, Sequence
from typing import Any, Literal

import numpy as np

from dalle_explore.edits import AnyEdit, Force
from dalle_explore.errors import InputError
from dalle_explore.sampling.reading import Reading
from dalle_explore.session.sample import Sample
from dalle_explore.trace import Recipe, Trace
from dalle_explore.widgets.parts import Part

__all__ = [
    "Branch",
    "How",
    "Lineage",
    "fork_edits",
    "lineage",
    "place",
    "redraw_edits",
    "without_force",
]

How = Literal["drawn", "fork", "redraw", "upload"]
State = Literal["drawing", "whole", "unfinished"]


@dataclasses.dataclass(eq=False)
class Branch:
    """One picture of a player.

    A picture that is being drawn has neither sample nor trace; one that was stopped has a trace.
    """

    id: str
    recipe: Recipe
    seed: int
    how: How
    label: str
    parent: str | None = None
    at: int | None = None  # the patch where it leaves its parent
    made: str = ""  # how, where it was not drawn
    sample: Sample | None = None
    trace: Trace | None = None
    parts: dict[str, Part] = dataclasses.field(default_factory=dict)

    @property
    def state(self) -> State:
        """drawing, whole, or unfinished (it was stopped)."""
        return "drawing" if self.trace is None else "whole" if self.sample else "unfinished"

    def finish(self, trace: Trace, sample: Sample | None) -> None:
        """It was drawn, perhaps not to its end."""
        self.trace, self.sample = trace, sample

    def told(self, caption: str, alt: str) -> dict[str, Any]:
        """Return what the browser is told of it."""
        sample = self.sample
        return {
            "id": self.id,
            "parent": self.parent,
            "how": self.how,
            "label": self.label,
            "seed": str(self.seed),
            "prompt": self.recipe.prompt,
            "at": self.at,
            "state": self.state,
            "end": 0 if self.trace is None else len(self.trace.codes),
            "score": None if sample is None else sample.score,
            # The view says "CLIP 3rd of 16"; places in another order are told by the caption.
            "rank": sample.rank if sample is not None and sample.ranked_by == "CLIP" else None,
            "drawn": 1 if sample is None else sample.drawn,
            "caption": caption,
            "alt": alt,
        }

    def beside(self, child: str, shown: Sequence[str], most: int) -> list[str]:
        """Return the names of what is shown with a child next to it, and at most so many."""
        found = list(shown)
        if self.id in found:
            found.insert(found.index(self.id) + 1, child)
        else:
            found += [self.id, child]
        while len(found) > most:
            found.remove(next(one for one in found if one not in (self.id, child)))
        return found

    def read(self, reading: Reading) -> None:
        """Take statistics that a trace from a record does not have."""
        assert self.trace is not None
        if self.trace.steps is None:
            self.trace = dataclasses.replace(self.trace, steps=reading.steps)
            if self.sample is not None:
                self.sample = dataclasses.replace(self.sample, steps=reading.steps)


@dataclasses.dataclass(frozen=True)
class Lineage:
    """Which picture another one was made from, and how."""

    parent: Branch
    how: How
    label: str
    at: int | None  # the first patch where they differ; None: nowhere


def lineage(sample: Sample, earlier: Sequence[Branch]) -> Lineage | None:
    """Find among earlier pictures the one that a sample was made from; None: it stands alone.

    It keeps codes of its parent (``Force``), or has its seed and prompt and other edits.
    """
    columns = sample.recipe.grid[1]
    forced = {at: code for edit in sample.recipe.edits if isinstance(edit, Force)
              for at, code in zip(edit.at, edit.codes, strict=True)}  # fmt: skip
    for branch in reversed(earlier):
        other = branch.sample
        if other is None or _drawn_how(other) != _drawn_how(sample):
            continue
        apart = np.flatnonzero((other.codes != sample.codes).flatten())
        first = int(apart[0]) if len(apart) else None
        strange = [at for at, code in forced.items() if int(other.codes[at]) != code]
        if forced and len(strange) <= 1 and len(forced) > len(strange):
            if sample.seed == other.seed and strange == [max(forced)]:
                row, column = max(forced)
                told = f"{place(row * columns + column, columns)}: code {forced[row, column]}"
                return Lineage(branch, "fork", told, first)
            if not strange:
                redrawn = sample.codes.size - len(forced)
                told = f"{redrawn} patches redrawn, seed {sample.seed}"
                return Lineage(branch, "redraw", told, first)
        if (
            not forced
            and sample.seed == other.seed
            and sample.recipe.edits
            and not other.recipe.edits
        ):
            told = ", ".join(repr(edit) for edit in sample.recipe.edits)
            return Lineage(branch, "fork", told, first)
    return None


def _drawn_how(sample: Sample) -> tuple[Any, ...]:
    """What a picture shares with those that were made from it."""
    recipe = sample.recipe
    return recipe.model_digest, recipe.grid, recipe.prompt, recipe.settings


def place(patch: int, columns: int) -> str:
    """Say where a patch is, counted from 0, as everywhere in this package."""
    row, column = divmod(patch, columns)
    return f"row {row}, column {column}"


def fork_edits(trace: Trace, patch: int, code: int) -> tuple[AnyEdit, ...]:
    """Return the edits of a picture that keeps everything before a patch, and takes a code there.

    Raises:
        InputError: a patch that was not drawn, no such code, or the one that is there.
    """
    columns, grid = trace.recipe.grid[1], np.maximum(trace.grid, 0)
    if not 0 <= patch < len(trace.codes):
        raise InputError(
            f"patch is {patch}, but only the {len(trace.codes)} patches drawn so far can be left: "
            f"choose one of these."
        )
    if not 0 <= code < trace.recipe.codebook_size:
        raise InputError(
            f"code is {code}, but the codes are 0 to {trace.recipe.codebook_size - 1}: choose "
            f"one of these."
        )
    if int(trace.codes[patch]) == code:
        raise InputError(
            f"code {code} is what stands at {place(patch, columns)} already, so this would be "
            f"the same picture: choose another code."
        )
    here = divmod(patch, columns)
    # As two edits, so that the code that makes the difference can be told from what was kept.
    before = (Force.until(grid, here),) if patch else ()
    return (*without_force(trace.recipe), *before, Force((here,), (code,)))


def redraw_edits(trace: Trace, patches: Collection[int]) -> tuple[AnyEdit, ...]:
    """Return the edits of a picture of which only some patches are drawn anew.

    Raises:
        InputError: an unfinished picture, no patches, or patches outside the picture.
    """
    if not trace.complete:
        raise InputError(
            "this picture is not finished, so there is nothing to keep around what is redrawn: "
            "draw it to its end first."
        )
    wanted = sorted(set(patches))
    if not wanted or not 0 <= wanted[0] <= wanted[-1] < len(trace.codes):
        raise InputError(
            f"the patches to redraw are {wanted[:5]}, but they have to be some of 0 to "
            f"{len(trace.codes) - 1}: drag over the part that shall change."
        )
    keep = np.ones(len(trace.codes), dtype=bool)
    keep[wanted] = False
    grid = trace.grid
    kept = (Force.where(grid, keep.reshape(grid.shape)),) if keep.any() else ()
    return (*without_force(trace.recipe), *kept)


def without_force(recipe: Recipe) -> tuple[AnyEdit, ...]:
    """Return the edits of a picture, but for the codes that it was given."""
    return tuple(edit for edit in recipe.edits if not isinstance(edit, Force))
