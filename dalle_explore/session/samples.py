"""Samples: pictures bound to how they were drawn, in order, that show and save themselves."""

import dataclasses
import functools
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, overload

import numpy as np
from jaxtyping import Bool, Int, UInt8

from dalle_explore.captions import how_made
from dalle_explore.edits import AnyEdit, Force, check_edits
from dalle_explore.errors import InputError
from dalle_explore.scoring.rerank import rank
from dalle_explore.seeds import check_seed
from dalle_explore.session.choices import Choices
from dalle_explore.session.film import Film
from dalle_explore.session.inspection import Inspection, Inspections
from dalle_explore.session.limits import check_keep
from dalle_explore.session.record import Entry, Record
from dalle_explore.session.replay import Replay, replay
from dalle_explore.session.save import save_picture, save_sheet
from dalle_explore.session.studio import Painted, Wish, paint, recipe_of
from dalle_explore.session.uncertainty import Uncertainty
from dalle_explore.settings import Settings
from dalle_explore.shown import Shown
from dalle_explore.trace import Recipe, Steps, Trace

if TYPE_CHECKING:
    import PIL.Image

    import dalle_explore.session.model

__all__ = ["Replay", "Sample", "Samples"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Sample(Shown):
    """One picture with its seed, codes and score, bound to the model that drew it."""

    drawn_by: ClassVar[str] = "sheet"

    model: "dalle_explore.session.model.Model"
    recipe: Recipe
    seed: int
    codes: Int[np.ndarray, "rows columns"]
    log_probability: float  # nats, total over the codes; of the guided distribution, unfiltered
    entropy: float  # nats, mean over the steps, of the same distribution
    score: float | None = None  # cosine between prompt and picture, by CLIP
    rank: int | None = None  # among all that were drawn, 1 is the best
    drawn: int = 1  # how many were drawn and compared
    steps: Steps | None = None  # what the model thought; None: it comes from a record
    pixels: UInt8[np.ndarray, "y x 3"] | None = None  # None: decoded when the picture is wanted
    fit: float | None = None  # nats: log-probability of kept codes that follow a redrawn one
    ranked_by: str = "CLIP"  # or "fit": what its rank is a place in
    among: tuple[int, ...] = ()  # seeds of all that were drawn with it; empty: not recorded

    @property
    def prompt(self) -> str:
        """The text it was drawn from."""
        return self.recipe.prompt

    @property
    def settings(self) -> Settings:
        """How it was sampled."""
        return self.recipe.settings

    @property
    def model_digest(self) -> str:
        """SHA-256 of what drew it (see ``Card.digest``)."""
        return self.recipe.model_digest

    @functools.cached_property
    def picture(self) -> "PIL.Image.Image":
        """The picture, RGB."""
        from PIL import Image

        pixels = self.pixels if self.pixels is not None else self.model.decode(self.codes)
        return Image.fromarray(pixels)

    @property
    def kept(self) -> Bool[np.ndarray, "rows columns"]:
        """The patches whose code was given (``Force``) and not drawn."""
        mask = np.zeros(self.codes.shape, dtype=bool)
        for edit in self.recipe.edits:
            if isinstance(edit, Force):
                mask[tuple(np.array(edit.at).T)] = True
        return mask

    @functools.cached_property
    def trace(self) -> Trace:
        """Everything recorded while it was drawn; no statistics, if it comes from a record."""
        return Trace(
            recipe=self.recipe,
            seed=self.seed,
            ids=self.model.generator.encode_text(self.prompt).ids,
            codes=self.codes.flatten(),
            forced=self.kept.flatten(),
            steps=self.steps,
        )

    def again(
        self,
        *,
        seed: int | None = None,
        edits: Iterable[AnyEdit] | None = None,
        prompt: str | None = None,
        settings: Settings | None = None,
        from_patch: tuple[int, int] | None = None,
        **changes: Any,
    ) -> "Sample":
        """Draw it again with something changed; the noise is that of the seed, patch by patch.

        What is not named stays as it was. The sample that comes back is not scored.

        Args:
            seed: other dice.
            edits: what to change, instead of the edits it was drawn with; ``[]`` for none.
            prompt: other words.
            settings: other settings.
            from_patch: (row, column) to go on from; everything before it keeps its code.
            **changes: single settings by name, as in ``draw``.

        Raises:
            InputError: an edit, a prompt or a number that does not fit.
        """
        kept = self.recipe.edits if edits is None else check_edits(edits)
        if from_patch is not None:
            if any(isinstance(edit, Force) for edit in kept):
                raise InputError(
                    "from_patch keeps the codes before a patch, and so does a Force among the "
                    "edits: give only one of them."
                )
            kept = (*kept, Force.until(self.codes, from_patch))
        how = (self.settings if settings is None else settings).replace(**changes)
        recipe = recipe_of(self.model, self.prompt if prompt is None else prompt, how, kept)
        wish = Wish(recipe, self.seed if seed is None else check_seed(seed))
        (painted,) = paint(self.model, [wish]).run()
        assert painted is not None  # a run that came to its end has painted everything
        return Sample.painted(self.model, painted)

    def replay(self) -> "Replay":
        """Draw it again exactly, and say how far that is from what was recorded.

        Raises:
            InputError: another torch or another model drew it, so that equal codes are not
                promised; the sentence says which.
        """
        return replay(self)

    def inspect(self) -> Inspection:
        """Point the instruments at it: where it looks, what it depends on (see ``Inspection``).

        Its codes are read once more, in the numeric class that drew them; the view's
        ``replay_error`` says how far that is from what was recorded.

        Raises:
            InputError: another model drew it, or the codes are not as likely here as they were.
            MachineError: this machine has not the kind of device that drew it.
        """
        return Inspection(self)

    def film(self, at: Sequence[int] | None = None) -> Film:
        """Decode it as it was after ``at`` patches; 8 moments by rows when None (see ``Film``)."""
        return Film.of(self, at)

    def uncertainty(self) -> Uncertainty:
        """Say how open every patch was, and how unexpected its code (see ``Uncertainty``)."""
        return Uncertainty.of(self)

    def alternatives(
        self, patches: Iterable[tuple[int, int]] | None = None, top: int = 5, margin: int = 2
    ) -> Choices:
        """Decode what else stood to choose at some patches (see ``Choices.of``)."""
        return Choices.of(self, patches, top, margin)

    @classmethod
    def painted(cls, model: "dalle_explore.session.model.Model", painted: Painted) -> Self:
        """Make a sample of what was painted to its end."""
        trace, steps = painted.trace, painted.trace.steps
        assert steps is not None and trace.complete  # the studio always keeps statistics
        return cls(
            model=model,
            recipe=trace.recipe,
            seed=trace.seed,
            codes=trace.grid,
            log_probability=float(steps.log_probability.sum(dtype=np.float64)),
            entropy=float(steps.entropy.mean(dtype=np.float64)),
            steps=steps,
            pixels=painted.pixels,
            fit=trace.kept_log_probability,
            among=(trace.seed,),
        )

    def caption(self) -> str:
        """Say how this picture was made and chosen."""
        unknown = self.model.unknown_words(self.prompt)
        return how_made(self.recipe, self.drawn, [self.seed], [self.rank], unknown, self.ranked_by)

    def alt(self) -> str:
        """Say what is to be seen."""
        return f"A picture drawn from the text: {self.prompt}. {self.caption()}"

    def rows(self) -> list[dict[str, Any]]:
        """One row: rank, seed, score, fit and totals."""
        return [
            {
                "rank": self.rank,
                "seed": self.seed,
                "score": self.score,
                "fit": self.fit,
                "log_probability": self.log_probability,
                "entropy": self.entropy,
                "prompt": self.prompt,
            }
        ]

    def record(self) -> Record:
        """Return the record of this sample alone; it still says out of how many it was chosen."""
        return Record(
            self.recipe,
            drawn=self.drawn,
            keep=1,
            samples=(self.entry(),),
            ranked_by=self.ranked_by,
        )

    def entry(self) -> Entry:
        """Return this sample's part of a record."""
        return Entry.of_codes(
            self.codes,
            seed=self.seed,
            log_probability=self.log_probability,
            entropy=self.entropy,
            score=self.score,
            rank=self.rank,
            fit=self.fit,
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Save the picture alone, pixel for pixel, as a PNG that carries its record.

        Raises:
            InputError: another ending than .png, or a path that cannot be written.
            MachineError: the disk is full.
        """
        return save_picture(path, self.picture, self.record())

    def __repr__(self) -> str:
        score = "" if self.score is None else f", score={self.score:.4f}, rank={self.rank}"
        return f"Sample({self.prompt!r}, seed={self.seed}{score}, model={self.recipe.model!r})"


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
        """Put the samples of one draw in order: by CLIP's score, or by seed when not all have one.

        Raises:
            InputError: ``keep`` is not a number from 1 to the number of samples.
        """
        by_seed = sorted(samples, key=lambda sample: sample.seed)
        scores = [sample.score for sample in by_seed if sample.score is not None]
        if len(scores) == len(by_seed):
            by_seed = _ranked(by_seed, scores, "CLIP")
        else:
            by_seed = [
                dataclasses.replace(sample, rank=None, ranked_by="CLIP") for sample in by_seed
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

    def scored(self) -> Self:
        """Return the same draw scored by the model's CLIP and put in order.

        Raises:
            ModelFileError: the model carries no CLIP.
        """
        pixels = np.stack([np.asarray(sample.picture) for sample in self.everything])
        scores = self.model.score(self.prompt, pixels)
        recipe = dataclasses.replace(self.recipe, scorer_digest=self.model.scorer.digest)
        return self.ordered(
            (
                dataclasses.replace(sample, recipe=recipe, score=float(score))
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
        by = self.everything[0].ranked_by
        return Record(self.recipe, self.drawn, self.keep, samples=entries, ranked_by=by)

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
