"""Branches: the pictures of a player, each with where it came from."""

import dataclasses
from collections.abc import Collection
from typing import Any, Literal

import numpy as np

from dalle_explore.edits import AnyEdit, Force
from dalle_explore.errors import InputError
from dalle_explore.sampling.reading import Reading
from dalle_explore.session.samples import Sample
from dalle_explore.trace import Recipe, Trace
from dalle_explore.widgets.parts import Part

__all__ = ["Branch", "How", "fork_edits", "place", "redraw_edits"]

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
            "rank": None if sample is None else sample.rank,
            "drawn": 1 if sample is None else sample.drawn,
            "caption": caption,
            "alt": alt,
        }

    def read(self, reading: Reading) -> None:
        """Take statistics that a trace from a record does not have."""
        assert self.trace is not None
        if self.trace.steps is None:
            self.trace = dataclasses.replace(self.trace, steps=reading.steps)
            if self.sample is not None:
                self.sample = dataclasses.replace(self.sample, steps=reading.steps)


def place(patch: int, columns: int) -> str:
    """Say where a patch is, counted from 1, as people do."""
    row, column = divmod(patch, columns)
    return f"row {row + 1}, column {column + 1}"


def fork_edits(trace: Trace, patch: int, code: int) -> tuple[AnyEdit, ...]:
    """Return the edits of a picture that keeps everything before a patch, and takes a code there.

    Raises:
        InputError: a patch that was not drawn, no such code, or the one that is there.
    """
    columns, grid = trace.recipe.grid[1], trace.grid
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
    grid[divmod(patch, columns)] = code
    keep = np.arange(grid.size).reshape(grid.shape) <= patch
    return (*_without_force(trace.recipe), Force.where(grid, keep))


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
    return (*_without_force(trace.recipe), *kept)


def _without_force(recipe: Recipe) -> tuple[AnyEdit, ...]:
    return tuple(edit for edit in recipe.edits if not isinstance(edit, Force))
