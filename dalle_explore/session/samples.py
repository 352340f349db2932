"""Samples: pictures bound to how they were drawn, in order, that show and save themselves."""

import contextlib
import dataclasses
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, overload

import numpy as np

from dalle_explore.captions import how_made
from dalle_explore.errors import InputError
from dalle_explore.scoring.clip import Scorer
from dalle_explore.scoring.rerank import rank
from dalle_explore.scoring.scorers import called, check_scorer, scores_of
from dalle_explore.session.inspection import Inspections
from dalle_explore.session.limits import check_keep
from dalle_explore.session.record import Record
from dalle_explore.session.sample import Sample
from dalle_explore.session.save import save_sheet
from dalle_explore.session.studio import Painted
from dalle_explore.settings import Settings
from dalle_explore.shown import Shown
from dalle_explore.trace import Recipe, Trace

if TYPE_CHECKING:
    import dalle_explore.session.model

__all__ = ["Samples"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Samples(Shown, Sequence[Sample]):
    """The samples of one draw, best first, or in the order of their seeds when nobody ranked.

    As a sequence it holds those that stay (``keep``); ``everything`` holds all that were drawn, so
    that ``best`` can show fewer or more of them later.
    """

    drawn_by: ClassVar[str] = "sheet"

    everything: tuple[Sample, ...]  # in order
    keep: int  # how many stay: the first of them
    unfinished: tuple[Trace, ...] = ()  # of a drawing that was stopped

    def __post_init__(self) -> None:
        """Check ``keep``."""
        check_keep(self.keep, len(self.everything), scored=True)

    @classmethod
    def ordered(cls, samples: Iterable[Sample], keep: int | None = None) -> Self:
        """Put the samples of one draw in order: by score, or by seed when not all have one.

        Raises:
            InputError: ``keep`` is not a number from 1 to the number of samples.
        """
        by_seed = sorted(samples, key=lambda sample: sample.seed)
        scores = [sample.score for sample in by_seed if sample.score is not None]
        if by_seed and len(scores) == len(by_seed):
            by_seed = _ranked(by_seed, scores, by_seed[0].scored_by)
        else:
            by_seed = [
                dataclasses.replace(sample, rank=None, ranked_by=sample.scored_by)
                for sample in by_seed
            ]
        return cls(tuple(by_seed), len(by_seed) if keep is None else keep)

    @classmethod
    def painted(
        cls,
        model: "dalle_explore.session.model.Model",
        painted: Iterable[Painted | None],
        keep: int,
        *,
        score: bool,
    ) -> Self:
        """Make the samples of one draw of what was painted, scored and in order.

        Raises:
            InputError: not one picture was finished.
        """
        there = [one for one in painted if one is not None]
        whole = [one for one in there if one.trace.complete]
        unfinished = tuple(one.trace for one in there if not one.trace.complete)
        if not whole:
            drawn = max((len(trace.codes) for trace in unfinished), default=0)
            raise InputError(
                f"the drawing was stopped after {drawn} patches, before one picture was finished, "
                f"so there are no samples: let it run longer."
            )
        among = tuple(one.trace.seed for one in whole)
        taken = [
            dataclasses.replace(Sample.painted(model, one), drawn=len(whole), among=among)
            for one in whole
        ]
        samples = cls.ordered(taken)
        if score:
            samples = samples.scored()
        keep = min(keep, len(whole))
        # Of those that do not stay, codes and scores are enough.
        others = (
            dataclasses.replace(sample, steps=None, pixels=None)
            for sample in samples.everything[keep:]
        )
        return cls((*samples.everything[:keep], *others), keep, unfinished)

    @property
    def recipe(self) -> Recipe:
        """What all of them were drawn with."""
        return self.everything[0].recipe

    @property
    def model(self) -> "dalle_explore.session.model.Model":
        """What drew them."""
        return self.everything[0].model

    @property
    def prompt(self) -> str:
        """The text they were drawn from."""
        return self.recipe.prompt

    @property
    def settings(self) -> Settings:
        """How they were sampled."""
        return self.recipe.settings

    @property
    def drawn(self) -> int:
        """How many were drawn and compared."""
        return self.everything[0].drawn

    @property
    def scores(self) -> tuple[float | None, ...]:
        """The scores of those that stay, best first."""
        return tuple(sample.score for sample in self)

    def inspect(self) -> Inspections:
        """Point the instruments at all that stay: means over prompts (see ``Inspections``).

        For several draws: ``Inspections.of([draw1, draw2])``.
        """
        return Inspections.of(self)

    def best(self, keep: int) -> Self:
        """Return the same draw with the best ``keep`` of ``everything`` staying.

        Raises:
            InputError: ``keep`` is not a number from 1 to the number of samples, or they are not
                in an order of merit.
        """
        check_keep(keep, len(self.everything), scored=self.everything[0].rank is not None)
        return dataclasses.replace(self, keep=keep)

    def scored(self, scorer: Scorer | None = None) -> Self:
        """Return the same draw scored and put in order; this one stays as it is.

        Args:
            scorer: what ``dx.load_scorer`` returned, or any other ``Scorer``; the model's own CLIP
                when None.

        Raises:
            InputError: no scorer, one that cannot read the prompt, or one that gives something
                else than a finite number for each picture.
            ModelFileError: no scorer is given, and the model carries no CLIP.
        """
        if scorer is None:
            scorer = self.model.scorer
        check_scorer(scorer)
        pixels = np.stack([np.asarray(sample.picture) for sample in self.everything])
        own = scorer.digest == self.model.card.scorer_digest
        with self.model.lock if own else contextlib.nullcontext():
            scores = scores_of(scorer, self.prompt, pixels)
        by = "CLIP" if own else called(scorer)
        recipe = dataclasses.replace(self.recipe, scorer_digest=scorer.digest)
        return self.ordered(
            (
                dataclasses.replace(sample, recipe=recipe, score=float(score), scored_by=by)
                for sample, score in zip(self.everything, scores, strict=True)
            ),
            self.keep,
        )

    def by_fit(self) -> Self:
        """Return the same draw, ordered by how well what was drawn fits what was kept after it.

        Raster order cannot look ahead: where the middle of a picture is redrawn (``Force``), the
        patches below it are kept unforeseen. The log-probability that the model then gives them,
        ``Sample.fit``, tells which candidates they continue; it is the logarithm of the weight of
        importance sampling with the model's own next patch as the proposal, at temperature 1.

        Raises:
            InputError: nothing was kept after a patch that was drawn, or their record is from
                before fits were recorded.
        """
        by_seed = sorted(self.everything, key=lambda sample: sample.seed)
        fits = [sample.fit for sample in by_seed if sample.fit is not None]
        if len(fits) < len(by_seed):
            kept = next(sample.kept.flatten() for sample in by_seed if sample.fit is None)
            if (kept & np.maximum.accumulate(~kept)).any():
                raise InputError(
                    "these samples cannot be ordered by fit, because their record is from before "
                    "fits were recorded: draw them again, with dx.draw and their prompt, seeds, "
                    "settings and edits."
                )
            raise InputError(
                "these samples cannot be ordered by fit, because nothing was kept after a patch "
                "that was drawn: draw with edits=[dx.Force.outside(sample.codes, rows, columns)]."
            )
        return dataclasses.replace(self, everything=tuple(_ranked(by_seed, fits, "fit")))

    def caption(self) -> str:
        """Say how many were drawn, how many stay, how they were chosen, and with what."""
        seeds, ranks = [sample.seed for sample in self], [sample.rank for sample in self]
        unknown = self.model.unknown_words(self.prompt)
        by = self.everything[0].ranked_by
        return how_made(self.recipe, self.drawn, seeds, ranks, unknown, by)

    def alt(self) -> str:
        """Say what is to be seen."""
        return f"A sheet of {len(self)} pictures of the text: {self.prompt}. {self.caption()}"

    def rows(self) -> list[dict[str, Any]]:
        """One row a sample that stays: rank, seed, score, fit and totals."""
        return [row for sample in self for row in sample.rows()]

    def record(self) -> Record:
        """Return the record of everything drawn."""
        entries = tuple(sample.entry() for sample in self.everything)
        first = self.everything[0]
        return Record(
            self.recipe,
            self.drawn,
            self.keep,
            samples=entries,
            ranked_by=first.ranked_by,
            scored_by=first.scored_by,
        )

    def save(self, path: str | os.PathLike[str]) -> tuple[Path, ...]:
        """Save the sheet as .png, .svg or .pdf with its record beside it, or the record alone.

        ``sheet.png`` comes with ``sheet.json``, and carries the same record inside. With the
        ending .json only the record is written.

        Returns:
            The files written.

        Raises:
            InputError: an unknown ending, a path that cannot be written, or a .json beside it that
                is not a record.
            MachineError: the disk is full; nothing is left half-written.
        """
        as_record = Path(path).suffix.lower() == ".json"
        return save_sheet(path, self.record(), None if as_record else self.figure())

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Sample, ...]: ...
    def __getitem__(self, index: int | slice) -> Sample | tuple[Sample, ...]:
        return self.everything[: self.keep][index]

    def __len__(self) -> int:
        return self.keep

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.everything[: self.keep])

    def __repr__(self) -> str:
        return (
            f"Samples({self.prompt!r}, {self.keep} of {self.drawn}, "
            f"seeds={[sample.seed for sample in self]}, model={self.recipe.model!r})"
        )


def _ranked(by_seed: Sequence[Sample], values: Sequence[float], by: str) -> list[Sample]:
    """Put samples in order by a value, the largest first; equal values stay as they stand."""
    among = tuple(sample.seed for sample in by_seed)
    return [
        dataclasses.replace(by_seed[j], rank=place, drawn=len(among), ranked_by=by, among=among)
        for place, j in enumerate(rank(values).order, start=1)
    ]
