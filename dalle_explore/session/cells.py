"""The cells of a grid: a filled-in sentence with all its pictures, scores and ticks."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float64, Int, UInt8

from dalle_explore.errors import InputError
from dalle_explore.gallery import Address
from dalle_explore.judging.verdict import Verdict, unabridged
from dalle_explore.scoring.rerank import rank
from dalle_explore.session.limits import check_keep
from dalle_explore.session.model import Model
from dalle_explore.session.planning import PlannedCell
from dalle_explore.session.sample import Sample
from dalle_explore.session.samples import Samples
from dalle_explore.shown import Shown
from dalle_explore.trace import Recipe, Steps
from dalle_explore.world import Scene
from dalle_explore.world.reader import read

__all__ = ["GridCell", "Pictured"]


@dataclasses.dataclass(frozen=True, eq=False)
class Pictured:
    """One picture of a cell, as far as it is known."""

    seed: int
    codes: Int[np.ndarray, "rows columns"] | None  # None: dropped; its seed draws it again
    log_probability: float  # nats, total over the codes
    entropy: float  # nats, mean over the steps
    fit: float | None = None  # nats, see ``Sample.fit``
    source: str = "drawn"  # "drawn" just now, from the "gallery", or from the "stock" gallery
    score: float | None = None  # cosine; None: not scored
    # As the judge read it, roles that are absent perhaps left out; None: it was not asked.
    facts: Mapping[str, str | None] | None = None
    steps: Steps | None = None
    pixels: UInt8[np.ndarray, "y x 3"] | None = None


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class GridCell(Shown):
    """A cell: one sentence with everything that was drawn of it.

    ``seeds``, ``scores``, ``right`` and ``whole`` speak of the same pictures in the same order, of
    all that are known: also of those whose codes were dropped.
    """

    drawn_by: ClassVar[str] = "sheet"

    planned: PlannedCell
    pictures: tuple[Pictured, ...]  # in the order of their seeds
    recipe: (
        Recipe  # what they were drawn with: another class of numbers, if they came with a model
    )
    keep: int | None = None  # how many stay; None: all whose codes are there

    @property
    def place(self) -> int:
        """Its place in the order of the grid, from 0."""
        return self.planned.filled.place

    @property
    def indices(self) -> tuple[int, ...]:
        """For every axis, the place of its value."""
        return self.planned.filled.indices

    @property
    def values(self) -> dict[str, Any]:
        """Axis -> value."""
        return self.planned.filled.values

    @property
    def labels(self) -> dict[str, str]:
        """Axis -> value in words."""
        return self.planned.labels

    @property
    def prompt(self) -> str:
        """The sentence that was drawn, its articles put right."""
        return self.planned.filled.prompt

    @property
    def raw(self) -> str:
        """The sentence as it was filled in."""
        return self.planned.filled.raw

    @property
    def spans(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """Axis of words -> the characters of ``prompt`` that its value became."""
        return self.planned.filled.spans

    @property
    def tokens(self) -> dict[str, tuple[int, ...]]:
        """Axis of words -> the places, among the tokens of ``prompt``, that its value became."""
        text = self.planned.text
        found = {}
        for axis, spans in self.spans.items():
            words = [
                place
                for place, word in enumerate(text.words)
                if any(
                    word.characters[0] < end and start < word.characters[1] for start, end in spans
                )
            ]
            found[axis] = text.tokens(words)
        return found

    @property
    def model(self) -> Model:
        """What drew it."""
        return self.planned.model

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of the pictures that are known."""
        return tuple(one.seed for one in self.pictures)

    @property
    def complete(self) -> bool:
        """Whether all that was planned is there."""
        return len(self.pictures) == len(self.planned.seeds)

    @functools.cached_property
    def scores(self) -> Float64[np.ndarray, " n"]:
        """Cosines between prompt and picture; NaN where nobody scored."""
        return np.array(
            [np.nan if one.score is None else one.score for one in self.pictures], dtype=np.float64
        )

    @functools.cached_property
    def scene(self) -> Scene | None:
        """The facts that the sentence states; None: it cannot be judged."""
        return read(self.prompt).scene

    @functools.cached_property
    def right(self) -> Float64[np.ndarray, " n"]:
        """Share of the stated facts that the judge read right; NaN where there is no verdict."""
        ticks = [self._ticks(one) for one in self.pictures]
        return np.array(
            [np.nan if not one else np.mean(list(one.values())) for one in ticks], dtype=np.float64
        )

    @property
    def whole(self) -> Float64[np.ndarray, " n"]:
        """1 where all stated facts were read right, 0 where not, NaN without a verdict."""
        return np.where(np.isnan(self.right), np.nan, (self.right == 1).astype(np.float64))

    def ticks(self, seed: int) -> dict[str, bool] | None:
        """Say for every stated fact whether the judge read it; None: there is no verdict.

        Raises:
            InputError: no picture of this seed is known.
        """
        return self._ticks(self.picture(seed))

    def picture(self, seed: int) -> Pictured:
        """Return what is known of the picture of a seed.

        Raises:
            InputError: nothing is.
        """
        for one in self.pictures:
            if one.seed == seed:
                return one
        raise InputError(
            f"seed is {seed!r}, but of “{self.prompt}” the seeds "
            f"{', '.join(map(str, self.seeds)) or 'of none'} are known: give one of them."
        )

    def address(self, seed: int) -> Address | None:
        """Return where a gallery keeps the picture of a seed; None: it cannot be kept.

        Raises:
            InputError: the seed is none of this cell's.
        """
        if seed not in self.planned.seeds:
            self.picture(seed)  # raises the sentence
        addresses = self.planned.addresses
        if addresses is None:
            return None
        found = addresses[self.planned.seeds.index(seed)]
        return Address(found.key, self.recipe.numeric_class)

    def _ticks(self, one: Pictured) -> dict[str, bool] | None:
        if one.facts is None or self.scene is None:
            return None
        return Verdict(unabridged(one.facts), {}).agrees(self.scene)

    @functools.cached_property
    def order(self) -> tuple[int, ...]:
        """Places among ``pictures``, the best score first; as drawn where not all are scored."""
        if not self.pictures or np.isnan(self.scores).any():
            return tuple(range(len(self.pictures)))
        return rank(self.scores).order

    @functools.cached_property
    def samples(self) -> Samples | None:
        """The pictures whose codes are there, best first; None: there are none yet."""
        scored = bool(self.pictures) and not np.isnan(self.scores).any()
        drawn, among = len(self.pictures), self.seeds
        recipe = self.recipe
        if scored:
            recipe = dataclasses.replace(recipe, scorer_digest=self.model.card.scorer_digest)
        found = []
        for rank_, place in enumerate(self.order, start=1):
            one = self.pictures[place]
            if one.codes is None:
                continue
            found.append(
                Sample(
                    model=self.model,
                    recipe=recipe,
                    seed=one.seed,
                    codes=one.codes,
                    log_probability=one.log_probability,
                    entropy=one.entropy,
                    score=one.score if scored else None,
                    rank=rank_ if scored else None,
                    drawn=drawn,
                    steps=one.steps,
                    pixels=one.pixels,
                    fit=one.fit,
                    among=among,
                )
            )
        if not found:
            return None
        keep = len(found)
        if self.keep is not None and scored:
            keep = min(keep, check_keep(self.keep, max(drawn, self.keep), scored=True))
        return Samples(tuple(found), keep)

    @property
    def best(self) -> Sample | None:
        """The first of ``samples``; None: there is none yet."""
        return None if self.samples is None else self.samples[0]

    def _shown(self) -> Samples:
        if self.samples is None:
            raise InputError(
                f"“{self.prompt}” has no picture yet: let the grid run on, with grid.resume()."
            )
        return self.samples

    def figure(self, **options: Any) -> Any:
        """Draw its samples as a sheet; the options are those of ``Samples.figure``."""
        return self._shown().figure(**options)

    def caption(self) -> str:
        """Say how its pictures were made and chosen."""
        return self._shown().caption()

    def alt(self) -> str:
        """Say what is to be seen."""
        return self._shown().alt()

    def rows(self) -> list[dict[str, Any]]:
        """One row a picture, best first: its axes, seed, rank, score, ticks and totals."""
        scored = bool(self.pictures) and not np.isnan(self.scores).any()
        rows = []
        for place_, number in enumerate(self.order, start=1):
            one = self.pictures[number]
            right = self.right[number]
            rows.append(
                {
                    **self.labels,
                    "prompt": self.prompt,
                    "seed": one.seed,
                    "rank": place_ if scored else None,
                    "score": one.score,
                    "facts_right": None if np.isnan(right) else float(right),
                    "all_right": None if np.isnan(right) else bool(right == 1),
                    "log_probability": one.log_probability,
                    "entropy": one.entropy,
                    "codes": one.codes is not None,
                    "source": one.source,
                }
            )
        return rows

    def __repr__(self) -> str:
        words = ", ".join(f"{name}={label!r}" for name, label in self.labels.items())
        of = f"{len(self.pictures)} of {len(self.planned.seeds)} pictures"
        return f"GridCell({words + ', ' if words else ''}{self.prompt!r}, {of})"
