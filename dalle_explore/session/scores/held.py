"""The scores of one prompt: one number for every picture that was drawn, also for the losers."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64, Int64

from dalle_explore import world
from dalle_explore.errors import InputError
from dalle_explore.scoring.clip import Scorer
from dalle_explore.session.cells import GridCell
from dalle_explore.session.sample import Sample
from dalle_explore.session.samples import Samples
from dalle_explore.trace import Recipe

if TYPE_CHECKING:
    import dalle_explore.session.model

__all__ = ["ScoredPrompt", "from_cell", "from_samples"]

Ticks = Callable[[int], Mapping[str, bool] | None]


def _untold(seed: int) -> Mapping[str, bool] | None:
    """Nobody has read this picture."""
    return None


@dataclasses.dataclass(frozen=True, eq=False)
class ScoredPrompt:
    """One prompt, its seeds in order, and what scorer and judge say of each."""

    recipe: Recipe  # it names the scorer's digest
    scorer: str  # its name
    judge: str | None  # its digest; None: nobody has read the pictures
    seeds: Int64[np.ndarray, " n"]
    scores: Float64[np.ndarray, " n"]  # raw, as the scorer gives them
    right: Float64[np.ndarray, " n"]  # 1: all stated facts are right, 0: not all; NaN: unknown
    labels: Mapping[str, str]  # axis -> its value in words; empty without a grid
    indices: tuple[int, ...]  # for every axis the place of its value; empty without a grid
    held: Mapping[int, Sample]  # by seed; losers may be missing
    ticks: Ticks = _untold  # of a seed: which of the stated facts are right
    missing: int = 0  # pictures that are not scored yet

    @property
    def prompt(self) -> str:
        """The text they were drawn from and scored against."""
        return self.recipe.prompt

    @property
    def judged(self) -> bool:
        """Whether a judge has read every picture."""
        return bool(np.isfinite(self.right).all())

    @property
    def standard(self) -> Float64[np.ndarray, " n"]:
        """The scores in standard deviations of this prompt around its mean; 0 if all are alike."""
        spread = self.scores.std(ddof=1) if len(self.scores) > 1 else 0.0
        if not spread > 0:
            return np.zeros_like(self.scores)
        standard: Float64[np.ndarray, " n"] = (self.scores - self.scores.mean()) / spread
        return standard

    @property
    def places(self) -> Int64[np.ndarray, " n"]:
        """The place of every picture by its score, 1 the best; equal scores in order of seeds."""
        order = np.argsort(-self.scores, kind="stable")
        places = np.empty(len(order), dtype=np.int64)
        places[order] = np.arange(1, len(order) + 1)
        return places

    def sample(self, number: int) -> Sample | None:
        """Return the picture of a number, counted as ``seeds``; None where its codes are gone."""
        return self.held.get(int(self.seeds[number]))


def from_samples(samples: "Samples", scorer: Scorer | None, judge: bool) -> ScoredPrompt:
    """Read the scores of a draw, computing what is not there yet.

    Args:
        samples: of one draw.
        scorer: another scorer than the one that ranked them; None: theirs, or the model's.
        judge: let the model's judge read them, where it can.

    Raises:
        ModelFileError: they are not scored, and the model carries no CLIP.
        InputError: the scorer gave something that is not a finite number.
    """
    if scorer is not None or any(sample.score is None for sample in samples.everything):
        samples = samples.scored(scorer)
    every = sorted(samples.everything, key=lambda sample: sample.seed)
    recipe = every[0].recipe
    told = _read(samples.model, recipe.prompt, every) if judge else {}
    whole = [float(all(told[s.seed].values())) if s.seed in told else np.nan for s in every]
    return ScoredPrompt(
        recipe=recipe,
        scorer=every[0].scored_by,
        judge=samples.model.judge_digest if told else None,
        seeds=np.array([sample.seed for sample in every], dtype=np.int64),
        scores=np.array([sample.score for sample in every], dtype=np.float64),
        right=np.array(whole, dtype=np.float64),
        labels={},
        indices=(),
        held={sample.seed: sample for sample in every},
        ticks=told.get,
    )


def from_cell(cell: GridCell, scorer: Scorer | None) -> ScoredPrompt | None:
    """Read the scores of a cell of a grid; None where not one of its pictures is scored.

    Args:
        cell: of the grid.
        scorer: another scorer than the grid's; it reads the pictures whose codes are there.

    Raises:
        InputError: ``scorer`` is given, and the codes of some pictures were dropped, or it gave
            something that is not a finite number.
    """
    held = {} if cell.samples is None else {s.seed: s for s in cell.samples.everything}
    seeds = np.array(cell.seeds, dtype=np.int64)
    given, name, digest = cell.scores, "CLIP", cell.model.card.scorer_digest
    if scorer is not None and len(seeds):
        lost = [seed for seed in cell.seeds if seed not in held]
        if lost:
            raise InputError(
                f"another scorer has to see every picture, but of “{cell.prompt}” the codes of "
                f"{len(lost)} of {len(seeds)} were dropped, such as those of seed {lost[0]}: draw "
                f"the grid with keep=None, or stay with the scores it has."
            )
        assert cell.samples is not None
        draw = cell.samples.scored(scorer)
        scored = {sample.seed: sample for sample in draw.everything}
        given = np.array([scored[seed].score for seed in cell.seeds], dtype=np.float64)
        name, digest = draw.everything[0].scored_by, scorer.digest
    known = np.isfinite(given)
    if not known.any():
        return None
    order = np.flatnonzero(known)[np.argsort(seeds[known], kind="stable")]
    right = cell.whole[order]
    return ScoredPrompt(
        recipe=dataclasses.replace(cell.recipe, scorer_digest=digest),
        scorer=name,
        judge=cell.model.judge_digest if np.isfinite(right).any() else None,
        seeds=seeds[order],
        scores=given[order],
        right=right,
        labels=dict(cell.labels),
        indices=tuple(cell.indices),
        held=held,
        ticks=cell.ticks,
        missing=len(cell.planned.seeds) - len(order),
    )


def _read(
    model: "dalle_explore.session.model.Model", prompt: str, every: Sequence[Sample]
) -> dict[int, Mapping[str, bool]]:
    """Which stated facts the judge finds in every picture; empty where nobody can say."""
    scene = world.read(prompt).scene
    if scene is None or model.judge_digest is None:
        return {}
    pixels = [np.array(sample.picture)[None] for sample in every]
    size = model.judge.config.size
    if pixels[0].shape[1:3] != (size, size):
        return {}  # the judge has not learned to read pictures of another size
    with model.lock:
        # One by one, so that a reading does not depend on its neighbours.
        verdicts = [model.judge.read(one)[0] for one in pixels]
    return {
        sample.seed: verdict.agrees(scene) for sample, verdict in zip(every, verdicts, strict=True)
    }
