"""``Scores``: what scorer and judge say of the pictures of one prompt or many."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
from jaxtyping import Float64, Int64

from dalle_explore.captions import numbers_in_words, settings_in_words
from dalle_explore.errors import InputError
from dalle_explore.scoring.clip import Scorer
from dalle_explore.session.cells import GridCell
from dalle_explore.session.samples import Samples
from dalle_explore.session.scores.best_of import BestOf
from dalle_explore.session.scores.calibration import Calibration
from dalle_explore.session.scores.compared import Compared
from dalle_explore.session.scores.disagreements import Disagreements
from dalle_explore.session.scores.distribution import Distribution
from dalle_explore.session.scores.effects import Effects
from dalle_explore.session.scores.held import ScoredPrompt, from_cell, from_samples
from dalle_explore.session.scores.retrieval import Retrieval
from dalle_explore.session.scores.variance import Variance
from dalle_explore.shown import SavedAsFigure
from dalle_explore.text.grid import Axis

__all__ = ["Celled", "Scores"]

Which = int | str | Mapping[str, Any]
_MOST_NAMED = 8  # prompts that an error lists


@runtime_checkable
class Celled(Protocol):
    """A grid: cells, and the axes along which they differ."""

    @property
    def cells(self) -> tuple[GridCell, ...]:
        """In their order."""

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The last is the fastest."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Scores(SavedAsFigure):
    """The scores of every picture of some prompts, losers included; see ``Scores.of``.

    Raw scores are kept, such as cosines. Those of different prompts cannot be compared (Liang et
    al., 2022: the modality gap), so what is said across prompts is said in standard deviations
    within each.
    """

    drawn_by: ClassVar[str] = "scores"

    cells: tuple[ScoredPrompt, ...]  # one a prompt, or one a cell of a grid
    axes: tuple[Axis, ...] = ()  # of the grid; empty without one
    missing: int = 0  # cells of the grid without any score

    def __post_init__(self) -> None:
        """Check that they can be spoken of together."""
        digests = {cell.recipe.scorer_digest or "unknown" for cell in self.cells}
        if len(digests) > 1:
            raise InputError(
                f"these were scored by {len(digests)} scorers ("
                f"{', '.join(sorted(digest[:8] for digest in digests))}), whose scores cannot be "
                f"compared: score all of them with one, as in Scores.of(draws, scorer)."
            )

    @classmethod
    def of(
        cls,
        given: Celled | Samples | Iterable[Samples],
        scorer: Scorer | None = None,
        *,
        judge: bool = True,
    ) -> Self:
        """Gather the scores of a grid, of one draw, or of several.

        Args:
            given: what ``dx.grid`` or ``dx.draw`` returned, or a list of draws. Draws that are
                not scored yet are scored now; a grid is taken as far as it has come.
            scorer: another scorer than that of the model, such as ``dx.load_scorer(...)``.
            judge: let the model's judge read draws, where it carries one and the prompt states
                facts of the drawn world; a grid has been read already, or has not.

        Raises:
            InputError: nothing given, something else, no scores, several scorers, or a scorer
                that gives what is not a finite number.
            ModelFileError: a draw is not scored, and its model carries no CLIP.
        """
        if isinstance(given, Celled) and all(isinstance(cell, GridCell) for cell in given.cells):
            found = [from_cell(cell, scorer) for cell in given.cells]
            cells = tuple(cell for cell in found if cell is not None)
            if not cells:
                raise InputError(
                    "the grid has no scores yet: draw it with score=True, let it run on with "
                    "grid.resume(), or give a scorer, as in Scores.of(grid, scorer)."
                )
            return cls(cells, tuple(given.axes), len(found) - len(cells))
        draws = [given] if isinstance(given, Samples | str) else list(_listed(given))
        other = next((draw for draw in draws if not isinstance(draw, Samples)), None)
        if other is not None or not draws:
            what = "nothing" if other is None else type(other).__name__
            raise InputError(
                f"given holds {what}, but scores are of a grid, of samples, or of a list of "
                f"samples: give what dx.grid or dx.draw returned."
            )
        return cls(tuple(from_samples(draw, scorer, judge) for draw in draws))

    # -- what is held

    @property
    def prompts(self) -> tuple[str, ...]:
        """The texts, one a cell."""
        return tuple(cell.prompt for cell in self.cells)

    @property
    def seeds(self) -> tuple[Int64[np.ndarray, " n"], ...]:
        """The seeds of every prompt, in order."""
        return tuple(cell.seeds for cell in self.cells)

    @property
    def scores(self) -> tuple[Float64[np.ndarray, " n"], ...]:
        """Raw scores of every prompt, in the order of its seeds."""
        return tuple(cell.scores for cell in self.cells)

    @property
    def right(self) -> tuple[Float64[np.ndarray, " n"], ...]:
        """1.0 where the judge finds all stated facts, 0.0 where not; NaN where nobody can say."""
        return tuple(cell.right for cell in self.cells)

    @property
    def judged(self) -> tuple[ScoredPrompt, ...]:
        """The prompts of which the judge has read every picture."""
        return tuple(cell for cell in self.cells if cell.judged)

    @property
    def scorer(self) -> str:
        """The name of what scored them."""
        return self.cells[0].scorer

    @property
    def scorer_digest(self) -> str | None:
        """Names the scorer's weights; None: a record from before that was kept."""
        return self.cells[0].recipe.scorer_digest

    @property
    def judges(self) -> tuple[str, ...]:
        """The digests of the judges who read them; empty: nobody did."""
        return tuple(dict.fromkeys(cell.judge for cell in self.cells if cell.judge is not None))

    @property
    def least(self) -> int:
        """How many pictures the prompt with the fewest has."""
        return min(len(cell.seeds) for cell in self.cells)

    def find(self, which: Which) -> tuple[ScoredPrompt, ...]:
        """Return the prompts meant by a number, a text, or values of axes.

        Args:
            which: the place of a prompt, counted from 0; its text; or ``{axis: value in words}``,
                which may mean several.

        Raises:
            InputError: there is none; what there is is named.
        """
        if isinstance(which, Mapping):
            return self._with(which)
        if isinstance(which, str):
            found = tuple(cell for cell in self.cells if cell.prompt == which)
        else:
            counted = isinstance(which, int) and not isinstance(which, bool)
            inside = counted and 0 <= which < len(self.cells)
            found = (self.cells[which],) if inside else ()
        if not found:
            shown = "; ".join(f"{i}: {p}" for i, p in enumerate(self.prompts[:_MOST_NAMED]))
            more = len(self.cells) - _MOST_NAMED
            also = f"; and {more} more" if more > 0 else ""
            raise InputError(
                f"there is no prompt {which!r}: give its text or its number, of {shown}{also}."
            )
        return found

    def _with(self, values: Mapping[str, Any]) -> tuple[ScoredPrompt, ...]:
        names = [axis.name for axis in self.axes]
        wanted = {}
        for name, value in values.items():
            if name not in names:
                known = f"the axes are {', '.join(names)}" if names else "there are no axes"
                raise InputError(
                    f"there is no axis {name!r}: {known}; without a grid, name the prompts."
                )
            number = names.index(name)
            wanted[number] = self.axes[number].find(value)
        found = tuple(
            cell
            for cell in self.cells
            if all(cell.indices[number] == place for number, place in wanted.items())
        )
        if not found:
            raise InputError(
                f"no cell with {dict(values)!r} is scored yet: let the grid run on first, with "
                f"grid.resume()."
            )
        return found

    # -- what they say

    def distribution(self) -> Distribution:
        """Say how the scores of every prompt are spread (see ``Distribution``)."""
        return Distribution.of(self)

    def best_of(self, ks: Iterable[int] | None = None) -> BestOf:
        """Say what choosing the best of k by score is worth (see ``BestOf``).

        Args:
            ks: numbers of pictures to choose among; None: 1, 2, 4, ... as far as there are.

        Raises:
            InputError: a k below 1 or above the number of pictures, or only one picture.
        """
        return BestOf.of(self, ks)

    def retrieval(self, which: str = "first", scorer: Scorer | None = None) -> Retrieval:
        """Score pictures of every prompt against all prompts (see ``Retrieval``).

        Args:
            which: "first", the picture of the first seed of every prompt, chosen by nobody; or
                "best", the one that scores highest.
            scorer: that of the model when None; it has to be the one the scores are of.

        Raises:
            InputError: one prompt only, the same prompt twice, or no codes of such a picture.
            ModelFileError: the model carries no CLIP.
        """
        return Retrieval.of(self, which, scorer)

    def effects(self) -> Effects:
        """Say which slot of the grid moved the score, and the judge's verdict (see ``Effects``).

        Raises:
            InputError: no grid, one cell only, or cells that are missing.
        """
        return Effects.of(self)

    def variance(self, phrasing: str | None = None) -> Variance:
        """Split the variance of the scores into words and luck (see ``Variance``).

        Args:
            phrasing: the axis whose values say the same in other words; None: there is none.

        Raises:
            InputError: one prompt or one picture only, an unknown axis, or missing cells.
        """
        return Variance.of(self, phrasing)

    def calibration(self, bins: int = 8) -> Calibration:
        """Say how likely a picture of a given score is right (see ``Calibration``).

        Args:
            bins: into how many parts of equally many pictures the scores are cut.

        Raises:
            InputError: no judge, verdicts that are all alike, or more bins than pictures.
        """
        return Calibration.of(self, bins)

    def compare(self, one: Which, other: Which) -> Compared:
        """Compare two prompts, or two values of an axis, seed by seed (see ``Compared``).

        Args:
            one: the number of a prompt, its text, or ``{axis: value}``.
            other: as ``one``.

        Raises:
            InputError: no such prompts, or no two seeds in common.
        """
        return Compared.of(self, one, other)

    def disagreements(self, n: int = 8) -> Disagreements:
        """Find pictures that score high and are wrong, and that score low and are right.

        Args:
            n: of each kind, at most.

        Raises:
            InputError: no judge, or scorer and judge never disagree.
        """
        return Disagreements.of(self, n)

    # -- how it is told

    def counted(self) -> str:
        """Say how many prompts and pictures there are."""
        counts = sorted({len(cell.seeds) for cell in self.cells})
        if len(self.cells) == 1:
            return f"1 prompt, {_counted(counts[0], 'picture')}"
        many = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        pictures = "picture" if counts == [1] else "pictures"
        return f"{len(self.cells)} prompts, {many} {pictures} each"

    def made(self) -> str:
        """Say what was scored, with what, and by whom: the end of every caption."""
        seeds = {tuple(cell.seeds.tolist()) for cell in self.cells}
        which = (
            f"seeds {numbers_in_words(next(iter(seeds)))}" if len(seeds) == 1 else "own seeds each"
        )
        recipes = [cell.recipe for cell in self.cells]
        hows = dict.fromkeys(settings_in_words(recipe) for recipe in recipes)
        how = next(iter(hows)) if len(hows) == 1 else f"{len(hows)} different settings"
        models = dict.fromkeys(f"{r.model} ({r.model_digest[:8]})" for r in recipes)
        sentences = [
            f"{self.counted()} ({which}), all counted, none selected.",
            f"Model {' and '.join(models)}, {how}.",
            f"Scorer: {self.scorer} ({(self.scorer_digest or 'unknown')[:8]}), raw scores.",
        ]
        if self.judges:
            judges = " and ".join(digest[:8] for digest in self.judges)
            some = len(self.judged)
            of = "" if some == len(self.cells) else f" (it can read {_counted(some, 'prompt')})"
            sentences.append(f"Judge: {judges}; right is a picture with all stated facts{of}.")
        pictures = sum(cell.missing for cell in self.cells)
        if self.missing or pictures:
            sentences.append(
                f"Not scored yet and left out: {_counted(self.missing, 'cell')} and "
                f"{_counted(pictures, 'picture')} of others."
            )
        licences = ", ".join(dict.fromkeys(recipe.licence for recipe in recipes))
        return f"{' '.join(sentences)} Pictures: {licences}."

    def caption(self) -> str:
        """Say what was scored, and how the distributions were made."""
        return self.distribution().caption()

    def alt(self) -> str:
        """Say what is to be seen."""
        return self.distribution().alt()

    def rows(self) -> list[dict[str, Any]]:
        """One row a picture: prompt, axes, seed, score, place among its prompt's, and right."""
        return [
            {"prompt": cell.prompt, **cell.labels}
            | {"seed": int(seed), "score": float(score), "place": int(place), "right": verdict}
            for cell in self.cells
            for seed, score, place, verdict in zip(
                cell.seeds, cell.scores, cell.places, cell.right.tolist(), strict=True
            )
        ]

    def __repr__(self) -> str:
        judge = f"{len(self.judged)} judged" if self.judges else "no judge"
        return f"Scores({_counted(len(self.cells), 'prompt')}, {self.least} pictures, {judge})"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _listed(given: Any) -> Iterable[Any]:
    return given if isinstance(given, Iterable) else [given]
