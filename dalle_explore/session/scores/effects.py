"""Which slot of a grid moved the score, and which the judge's verdict."""

import dataclasses
import math
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from dalle_explore.errors import InputError
from dalle_explore.session.scores.held import ScoredPrompt
from dalle_explore.shown import SavedAsFigure
from dalle_explore.statistics.effects import AxisEffects, SlotEffects, effects
from dalle_explore.statistics.many import holm
from dalle_explore.text.grid import Axis

if TYPE_CHECKING:
    import dalle_explore.session.scores.scores

__all__ = ["Effects", "table_of"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Effects(SavedAsFigure):
    """What every value of every axis does to the score, and to being right.

    The p of all axes and both measures are raised together (Holm, 1979).
    """

    drawn_by: ClassVar[str] = "effects"

    scores: "dalle_explore.session.scores.scores.Scores"
    axes: tuple[tuple[str, tuple[str, ...]], ...]  # those that vary: name, and values in words
    score: SlotEffects  # in the unit of the scores
    right: SlotEffects | None  # in shares; None: no judge, or not for all cells
    p: dict[str, tuple[float, ...]]  # "score" and "right": one an axis, raised
    seeds: int  # pictures of every cell that are compared

    @classmethod
    def of(cls, scores: "dalle_explore.session.scores.scores.Scores") -> Self:
        """Estimate them; see ``Scores.effects``."""
        if not scores.axes:
            raise InputError(
                "these are no scores of a grid, so no slot could have moved them: make them of "
                "dx.grid(model, template) with slots, such as 'a {red|blue} cube'."
            )
        if len(scores.cells) < 2:
            raise InputError(
                "there is one cell only, with which nothing can be compared: draw a grid whose "
                "axes have several values."
            )
        axes, indices = _varying(scores.axes, scores.cells)
        sizes = [len(labels) for _, labels in axes]
        found = {"score": _effects(table_of(scores.cells, "scores"), indices, sizes)}
        if len(scores.judged) == len(scores.cells):
            found["right"] = _effects(table_of(scores.cells, "right"), indices, sizes)
        raised = holm([axis.p for one in found.values() for axis in one.axes]).tolist()
        return cls(
            scores=scores,
            axes=axes,
            score=found["score"],
            right=found.get("right"),
            p={
                name: tuple(raised[place * len(axes) : (place + 1) * len(axes)])
                for place, name in enumerate(found)
            },
            seeds=table_of(scores.cells, "scores").shape[1],
        )

    @property
    def measures(self) -> dict[str, SlotEffects]:
        """What was measured: "score", and "right" where a judge has read every cell."""
        return {"score": self.score} | ({} if self.right is None else {"right": self.right})

    def caption(self) -> str:
        """Say what effects are, and how they were tested."""
        tests = len(self.axes) * len(self.measures)
        more = ""
        if self.scores.judges and self.right is None:
            more = " The judge cannot read all cells, so only the score is shown."
        return (
            f"Effects: mean of all cells with a value, minus the mean of all cells, which are "
            f"{self.score.cells} with {self.seeds} seeds each; dot and line: estimate and 95 % "
            f"interval over seeds, for the words of this grid only. Share: of the variance of "
            f"all pictures; beside it, what an axis takes by chance. p: by exchanging the values "
            f"of an axis where all others are the same, raised for {tests} tests (Holm). Scores "
            f"of different texts also differ for reasons of their own.{more} {self.scores.made()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        told = [
            f"{name} takes {100 * axis.share:.0f} % of the score's variance"
            for (name, _), axis in zip(self.axes, self.score.axes, strict=True)
            if math.isfinite(axis.share)
        ]
        return f"Dots with intervals for every value of every axis. {'; '.join(told)}. " + (
            self.caption()
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a value and measure: effect, interval, and the axis' p and share."""
        return [
            {"measure": measure, "axis": name, "value": label}
            | {"mean": one.mean, "effect": one.effect, "low": one.low, "high": one.high}
            | {"cells": one.cells, "p": axis.p, "p raised": raised, "share": axis.share}
            for measure, found in self.measures.items()
            for (name, labels), axis, raised in zip(
                self.axes, found.axes, self.p[measure], strict=True
            )
            for label, one in zip(labels, axis.values, strict=True)
        ]

    def strongest(self, measure: str = "score") -> tuple[str, AxisEffects]:
        """Return the axis that takes the largest share of the variance, and its name.

        Args:
            measure: "score" or "right".

        Raises:
            InputError: another measure, or no judge.
        """
        if measure not in self.measures:
            raise InputError(
                f"measure is {measure!r}, but there is {' and '.join(map(repr, self.measures))}: "
                f"'right' needs a judge who has read every cell."
            )
        axes = self.measures[measure].axes
        place = int(np.argmax([np.nan_to_num(axis.share) for axis in axes]))
        return self.axes[place][0], axes[place]

    def __repr__(self) -> str:
        name, axis = self.strongest()
        return f"Effects({self.score.cells} cells, most by {name!r}: {100 * axis.share:.0f} %)"


def _varying(
    axes: tuple[Axis, ...], cells: tuple[ScoredPrompt, ...]
) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], np.ndarray]:
    """Axes of which the cells have several values, and the place of every cell among those."""
    indices = np.array([cell.indices for cell in cells])
    kept, columns = [], []
    for number, axis in enumerate(axes):
        present, places = np.unique(indices[:, number], return_inverse=True)
        if len(present) > 1:
            kept.append((axis.name, tuple(axis.labels[place] for place in present.tolist())))
            columns.append(places.ravel())
    return tuple(kept), np.stack(columns, axis=1)


def table_of(cells: tuple[ScoredPrompt, ...], what: str) -> np.ndarray:
    """Return scores or verdicts as a full table, [cells, n].

    Args:
        cells: of one grid.
        what: "scores" or "right".

    Columns are seeds, as far as every cell has them; where they have none in common, the first
    pictures of each.
    """
    seeds = set(cells[0].seeds.tolist()).intersection(*(cell.seeds.tolist() for cell in cells[1:]))
    if not seeds:
        least = min(len(cell.seeds) for cell in cells)
        return np.stack([getattr(cell, what)[:least] for cell in cells])
    chosen = np.array(sorted(seeds))
    return np.stack([getattr(c, what)[np.searchsorted(c.seeds, chosen)] for c in cells])


def _effects(values: np.ndarray, indices: np.ndarray, sizes: list[int]) -> SlotEffects:
    try:
        return effects(values, indices, sizes)
    except ValueError as error:
        raise InputError(f"the slots of this grid cannot be told apart: {error}") from error
