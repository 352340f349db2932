"""Captions, generated from settings and never written by hand."""

from collections.abc import Sequence

from dalle_explore.errors import InputError
from dalle_explore.session.record import Recipe

__all__ = ["check_keep", "how_made", "whole_number", "seeds_in_words", "settings_in_words"]


def how_made(
    recipe: Recipe, drawn: int, seeds: Sequence[int], ranks: Sequence[int | None]
) -> str:
    """Say how many were drawn, how many are shown, how they were selected, and with what.

    Args:
        recipe: what they were drawn with.
        drawn: how many were drawn and compared.
        seeds: of those shown.
        ranks: of those shown, by score among those drawn; None: not scored.
    """
    places = [rank for rank in ranks if rank is not None]
    chosen = (
        "not scored, in the order of their seeds"
        if not places
        else f"ordered by CLIP, best first"
    )
    if drawn == 1:
        selection = f"1 drawn with seed {seeds[0]}, and shown as it came."
    elif len(seeds) == drawn:
        selection = f"{drawn} drawn with seeds {seeds_in_words(seeds)}, all shown, {chosen}."
    elif places == list(range(1, len(places) + 1)) and places:
        best = "the best is" if len(places) == 1 else f"the best {len(places)} are"
        selection = f"{drawn} drawn, {best} shown, selected by CLIP."
    elif places:
        numbers = ", ".join(map(str, places))
        selection = f"{drawn} drawn, {len(seeds)} shown: rank {numbers} by CLIP."
    else:
        selection = f"{drawn} drawn, {len(seeds)} shown: the first by seed, nobody scored them."
    return (
        f"{selection} Model {recipe.model} ({recipe.model_digest[:8]}), "
        f"{settings_in_words(recipe)}. Pictures: {recipe.licence}."
    )


def settings_in_words(recipe: Recipe) -> str:
    """Name every setting that decides the codes, and the numeric class."""
    settings = recipe.settings
    words = [f"temperature {settings.temperature:g}"]
    if settings.top_k is not None:
        words.append(f"top-k {settings.top_k}")
    if settings.top_p is not None:
        words.append(f"top-p {settings.top_p:g}")
    words.append(f"guidance {settings.guidance:g}")
    return f"{', '.join(words)}, {recipe.numeric_class}"


def seeds_in_words(seeds: Sequence[int]) -> str:
    """Name seeds briefly: "0 to 15" for a run, "3, 8 and 11" otherwise."""
    ordered = sorted(seeds)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[0] + len(ordered))):
        return f"{ordered[0]} to {ordered[-1]}"
    *first, last = map(str, ordered)
    return f"{', '.join(first)} and {last}" if first else last


def whole_number(name: str, value: object, most: int) -> int:
    """Return ``value`` as a whole number from 1 to ``most``.

    Raises:
        InputError: it is not one.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise InputError(
            f"{name} is {value!r}, but {most} samples are drawn: give a whole number from 1 to "
            f"{most}."
        )
    return value


def check_keep(keep: object, n: int, *, scored: bool) -> int:
    """Return ``keep`` as a number from 1 to ``n``; fewer than ``n`` need scores to choose by.

    Raises:
        InputError: it is not such a number, or there are no scores.
    """
    kept = whole_number("keep", keep, n)
    if kept < n and not scored:
        raise InputError(
            f"keep is {kept} of {n}, but without scores nobody can say which are the best: score "
            f"them, or keep all."
        )
    return kept
