"""One instrument, many pictures: means with intervals, counted over prompts.

Pictures of one prompt are averaged first, because they are not independent of each other.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

import numpy as np

from dalle_explore.errors import InputError
from dalle_explore.instruments.subject import Result
from dalle_explore.shown import SavedAsFigure
from dalle_explore.statistics.ranks import Mean, mean

__all__ = ["Across", "across"]

_NAMED = 6  # measures that a caption names because some prompts lack them


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Across(SavedAsFigure):
    """What an instrument says of several pictures: for each measure n, mean and 95 % interval."""

    drawn_by: ClassVar[str] = "across"

    results: tuple[Result, ...]
    measures: dict[str, Mean]  # over prompts that have it
    missing: dict[str, int]  # prompts that do not, where some do not

    @property
    def prompts(self) -> int:
        """How many different prompts there are."""
        return len({one.subject.prompt for one in self.results})

    def caption(self) -> str:
        """Say what was averaged over what."""
        lacking = [f"{name} ({count})" for name, count in list(self.missing.items())[:_NAMED]]
        if len(self.missing) > _NAMED:
            lacking.append(f"and {len(self.missing) - _NAMED} others")
        some = f" Not known for all prompts: {', '.join(lacking)}." if lacking else ""
        first = self.results[0]
        how = "means over prompts with 95 % bootstrap intervals; pictures of one prompt are "
        how += "averaged first"
        if self.prompts == 1:
            how = "means over pictures; an interval over prompts needs several"
        return (
            f"{type(first).__name__} of {len(self.results)} pictures of {self.prompts} "
            f"{'prompt' if self.prompts == 1 else 'prompts'}: {how}.{some} Of the first: "
            f"{first.caption()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        told = "; ".join(f"{name} {value}" for name, value in list(self.measures.items())[:4])
        return f"Means with intervals over {self.prompts} prompts: {told}. {self.caption()}"

    def rows(self) -> list[dict[str, Any]]:
        """One row a measure: n prompts, mean, and the interval."""
        return [
            {"measure": name, "n": one.n, "mean": one.value, "low": one.low, "high": one.high}
            for name, one in self.measures.items()
        ]

    def __repr__(self) -> str:
        kind = type(self.results[0]).__name__
        return f"Across({len(self.results)} x {kind}, {self.prompts} prompts)"


def across(
    pictures: Iterable[Any],
    instrument: Callable[[Any], Result],
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Across:
    """Point one instrument at many pictures.

    Args:
        pictures: what the instrument takes, such as ``Passes`` or the views of ``inspect()``.
        instrument: makes a result of one of them.
        progress: called with pictures done and pictures in all.

    Raises:
        InputError: no pictures, an instrument without numbers that could be averaged, or what the
            instrument raises.
    """
    every = list(pictures)
    results = []
    for number, one in enumerate(every, start=1):
        results.append(instrument(one))
        progress(number, len(every))
    return joined(results)


def joined(results: Sequence[Result]) -> Across:
    """Join results of one instrument; see ``across``.

    Raises:
        InputError: no results, results of several instruments, or no numbers among them.
    """
    if not results:
        raise InputError("there are no pictures to look across: give at least one.")
    kinds = {type(one).__name__ for one in results}
    if len(kinds) > 1:
        raise InputError(
            f"these are results of several instruments ({', '.join(sorted(kinds))}), which have "
            f"no mean: give those of one."
        )
    prompts = {one.subject.prompt for one in results}
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in results:
        for name, value in one.measures().items():
            if np.isfinite(value):
                found[name][one.subject.prompt].append(value)
    if not found:
        raise InputError(
            f"{kinds.pop()} has no numbers of which a mean over prompts makes sense: look at its "
            f"results one by one."
        )
    return Across(
        tuple(results),
        {
            name: mean([float(np.mean(values)) for values in by_prompt.values()])
            for name, by_prompt in found.items()
        },
        {
            name: len(prompts) - len(by_prompt)
            for name, by_prompt in found.items()
            if len(by_prompt) < len(prompts)
        },
    )
