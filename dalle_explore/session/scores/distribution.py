"""How scores are spread: densities of one bandwidth, steps with their band, and quartiles."""

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from jaxtyping import Float64

from dalle_explore.errors import InputError
from dalle_explore.shown import SavedAsFigure
from dalle_explore.statistics.distribution import common_bandwidth, density, dkw, ecdf

if TYPE_CHECKING:
    import dalle_explore.session.scores.scores

__all__ = ["ENOUGH", "FEW", "Distribution"]

ENOUGH = 50  # pictures of a prompt, from which on a density says more than steps
FEW = 6  # prompts that stand one below the other with all their points

_POINTS = 256  # of the common axis
_NARROW = 1e-3  # cosines


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Distribution(SavedAsFigure):
    """The scores of every prompt on one axis, smoothed with one bandwidth for all."""

    drawn_by: ClassVar[str] = "distribution"

    scores: "dalle_explore.session.scores.scores.Scores"
    axis: Float64[np.ndarray, " points"]  # raw cosines
    densities: Float64[np.ndarray, "prompts points"]  # per cosine; they integrate to 1
    bandwidth: float  # standard deviation of the normal kernel, in cosines

    @classmethod
    def of(cls, scores: "dalle_explore.session.scores.scores.Scores") -> Self:
        """Compute the densities; see ``Scores.distribution``."""
        values = list(scores.scores)
        wide = _bandwidth(values)
        low, high = (float(end(np.concatenate(values))) for end in (np.min, np.max))
        axis = np.linspace(low - 3 * wide, high + 3 * wide, _POINTS)
        return cls(scores, axis, np.stack([density(v, axis, wide) for v in values]), wide)

    @property
    def kind(self) -> str:
        """What shows them best: "raincloud", "ecdf" or "ridges"."""
        if len(self.scores.cells) > FEW:
            return "ridges"
        return "raincloud" if self.scores.least >= ENOUGH else "ecdf"

    def check_kind(self, kind: str | None) -> str:
        """Return the kind of figure that is asked for, or for None the one that shows most.

        Raises:
            InputError: an unknown kind, or one for fewer prompts.
        """
        if kind is None:
            return self.kind
        if kind not in ("raincloud", "ecdf", "ridges"):
            raise InputError(
                f"kind is {kind!r}, but distributions are drawn as 'raincloud', 'ecdf' or "
                f"'ridges': give one of them, or None."
            )
        prompts = len(self.scores.cells)
        if kind != "ridges" and prompts > FEW:
            raise InputError(
                f"kind is {kind!r}, which shows up to {FEW} prompts, but there are {prompts}: "
                f"take kind='ridges', or the scores of fewer prompts."
            )
        return kind

    def steps(self, prompt: int) -> tuple[np.ndarray, np.ndarray, float]:
        """Return the empirical distribution of a prompt: scores, shares up to them, and the band.

        The band is of Dvoretzky, Kiefer and Wolfowitz, with Massart's constant: with probability
        95 % the true curve lies nowhere further than that from the steps.
        """
        values = self.scores.cells[prompt].scores
        x, y = ecdf(values)
        return x, y, float(dkw(len(values)))

    def caption(self, kind: str | None = None) -> str:
        """Say how the curves were made, in the figure of a kind."""
        return (
            f"{self._told(self.check_kind(kind))} Whether a prompt lies further right than "
            f"another says little, as every text has its own place among the vectors. "
            f"{self.scores.made()}"
        )

    def _told(self, kind: str) -> str:
        wide = (
            f"normal kernel, bandwidth {self.bandwidth:.2g} for all (Silverman's rule, middle of "
            f"the prompts)"
        )
        if kind == "ecdf":
            return (
                "Share of pictures that score at most so much, with the 95 % band of Dvoretzky, "
                "Kiefer and Wolfowitz."
            )
        if kind == "raincloud":
            return f"Every picture is a dot; above, their density ({wide}); box: quartiles."
        return f"One density a prompt, in the order of their medians (ticks); {wide}."

    def alt(self) -> str:
        """Say what is to be seen."""
        some = [
            f"“{row['prompt']}” median {row['median']:.3f}, from {row['low']:.3f} to "
            f"{row['high']:.3f}"
            for row in self.rows()[:4]
        ]
        return f"Distributions of scores. {'; '.join(some)}. {self.caption()}"

    def rows(self) -> list[dict[str, Any]]:
        """One row a prompt: n, mean, standard deviation, quartiles, ends, and share right."""
        rows = []
        for cell in self.scores.cells:
            low, first, median, third, high = np.quantile(cell.scores, [0, 0.25, 0.5, 0.75, 1])
            spread = float(cell.scores.std(ddof=1)) if len(cell.scores) > 1 else float("nan")
            rows.append(
                {"prompt": cell.prompt, **cell.labels}
                | {"n": len(cell.scores), "mean": float(cell.scores.mean()), "sd": spread}
                | {"low": low, "first quartile": first, "median": median}
                | {"third quartile": third, "high": high, "right": float(cell.right.mean())}
            )
        return rows

    def __repr__(self) -> str:
        return f"Distribution({len(self.scores.cells)} prompts, bandwidth={self.bandwidth:.2g})"


def _bandwidth(values: list[np.ndarray]) -> float:
    """One for all prompts; where every score of every prompt is alike, a thousandth."""
    if all(np.ptp(one) == 0 for one in values):
        return _NARROW
    return common_bandwidth(values)
