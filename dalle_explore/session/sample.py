"""One picture bound to how it was drawn; it shows, saves and redraws itself."""

import dataclasses
import functools
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from jaxtyping import Bool, Int, UInt8

from dalle_explore.captions import how_made
from dalle_explore.edits import AnyEdit, Force, check_edits
from dalle_explore.errors import InputError
from dalle_explore.seeds import check_seed
from dalle_explore.session.choices import Choices
from dalle_explore.session.film import Film
from dalle_explore.session.inspection import Inspection
from dalle_explore.session.record import Entry, Record
from dalle_explore.session.replay import Replay, replay
from dalle_explore.session.save import save_picture
from dalle_explore.session.studio import Painted, Wish, paint, recipe_of
from dalle_explore.session.uncertainty import Uncertainty
from dalle_explore.settings import Settings
from dalle_explore.shown import Shown
from dalle_explore.trace import Recipe, Steps, Trace

if TYPE_CHECKING:
    import PIL.Image

    import dalle_explore.session.model

__all__ = ["Sample"]


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
    score: float | None = None  # how well the picture fits the prompt, by ``scored_by``
    rank: int | None = None  # among all that were drawn, 1 is the best
    drawn: int = 1  # how many were drawn and compared
    steps: Steps | None = None  # what the model thought; None: it comes from a record
    pixels: UInt8[np.ndarray, "y x 3"] | None = None  # None: decoded when the picture is wanted
    fit: float | None = None  # nats: log-probability of kept codes that follow a redrawn one
    ranked_by: str = "CLIP"  # or "fit", or another scorer: what its rank is a place in
    among: tuple[int, ...] = ()  # seeds of all that were drawn with it; empty: not recorded
    scored_by: str = "CLIP"  # the model's own, whose scores are cosines; or another scorer's name

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

    def replay(self) -> Replay:
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
            scored_by=self.scored_by,
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
