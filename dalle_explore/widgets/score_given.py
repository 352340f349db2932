"""What a score explorer is given, checked before anything is shown."""

import math
from collections.abc import Iterable
from typing import Any

from dalle_explore.errors import InputError
from dalle_explore.scoring.clip import Scorer
from dalle_explore.session.samples import Samples
from dalle_explore.session.scores import Scores
from dalle_explore.session.scores.scores import Celled

__all__ = ["Given", "number_of", "scores_of", "span_of"]

Given = Scores | Celled | Samples | Iterable[Samples]


def scores_of(what: Any, scorer: Scorer | None, judge: bool) -> Scores:
    """Return the scores of whatever an explorer was given.

    Raises:
        InputError: something else, or scores together with a scorer that did not make them.
        ModelFileError: a draw is not scored, and its model carries no CLIP.
    """
    if not isinstance(what, Scores):
        return Scores.of(what, scorer, judge=judge)
    if scorer is not None and scorer.digest != what.scorer_digest:
        raise InputError(
            f"scorer is {scorer.name!r}, but these scores are by {what.scorer} "
            f"({(what.scorer_digest or 'unknown')[:8]}): give what was drawn, and the scorer."
        )
    return what


def number_of(prompt: Any, scores: Scores) -> int:
    """Return the number of a prompt that is given by its number, its text, or values of axes.

    Raises:
        InputError: there is none, or there are several.
    """
    found = scores.find(prompt)
    if len(found) > 1:
        raise InputError(
            f"{prompt!r} means {len(found)} cells of the grid: give a value of every axis, or the "
            f"number of one."
        )
    return next(place for place, cell in enumerate(scores.cells) if cell is found[0])


def span_of(low: Any, high: Any) -> list[float]:
    """Return the ends of a range of scores.

    Raises:
        InputError: no two numbers, the lower first.
    """
    ends = [low, high]
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in ends)
    if not numbers or not all(map(math.isfinite, ends)) or low > high:
        raise InputError(
            f"the range of scores is {low!r} to {high!r}, but it has to be two numbers, the lower "
            f"first."
        )
    return [float(low), float(high)]
