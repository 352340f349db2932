"""Captions, generated from settings and never written by hand."""

from collections.abc import Iterable, Sequence

from dalle_explore.trace import Recipe

__all__ = [
    "how_made",
    "numbers_in_words",
    "outside_in_words",
    "ranked_in_words",
    "settings_in_words",
]


def how_made(
    recipe: Recipe,
    drawn: int,
    seeds: Sequence[int],
    ranks: Sequence[int | None],
    unknown: Sequence[str] = (),
    by: str = "CLIP",
) -> str:
    """Say how many were drawn, how many are shown, how they were selected, and with what.

    Args:
        recipe: what they were drawn with.
        drawn: how many were drawn and compared.
        seeds: of those shown.
        ranks: of those shown, among those drawn; None: not ranked.
        unknown: words of the prompt outside the world that the model has learned.
        by: what ranked them: "CLIP" (the model's own), "fit", or another scorer's name.
    """
    judge = ranked_in_words(by)
    places = [rank for rank in ranks if rank is not None]
    if drawn == 1:
        selection = f"1 drawn, with seed {seeds[0]}, and shown as it came."
    elif len(seeds) == drawn:
        order = "by seed, not scored"
        if places:
            in_order = places == sorted(places)
            order = f"ordered by {judge}, best first" if in_order else f"ranked by {judge}"
        selection = f"{drawn} drawn, with seeds {numbers_in_words(seeds)}; all shown, {order}."
    elif places and sorted(places) == list(range(1, len(places) + 1)):
        best = "the best is" if len(places) == 1 else f"the best {len(places)} are"
        selection = f"{drawn} drawn; {best} shown, selected by {judge}."
    elif places:
        selection = (
            f"{drawn} drawn; {len(seeds)} shown, rank {numbers_in_words(places)} by {judge}."
        )
    else:
        selection = f"{drawn} drawn; {len(seeds)} shown, not scored and not selected by any score."
    return (
        f"{selection} Model {recipe.model} ({recipe.model_digest[:8]}), "
        f"{settings_in_words(recipe)}.{outside_in_words(unknown)} Pictures: {recipe.licence}."
    )


def ranked_in_words(by: str) -> str:
    """Name what put samples in order."""
    return "fit to what was kept (log-probability, nats)" if by == "fit" else by


def outside_in_words(unknown: Sequence[str]) -> str:
    """Name words outside the world, as a sentence with a blank before it, or nothing."""
    words = ", ".join(f"“{word}”" for word in unknown)
    return f" Outside the world it has learned: {words}." if words else ""


def settings_in_words(recipe: Recipe) -> str:
    """Name every setting that decides the codes, the edits, and the numeric class."""
    settings = recipe.settings
    words = [f"temperature {settings.temperature:g}"]
    if settings.top_k is not None:
        words.append(f"top-k {settings.top_k}")
    if settings.top_p is not None:
        words.append(f"top-p {settings.top_p:g}")
    words.append(f"guidance {settings.guidance:g}")
    if recipe.edits:
        words.append(f"edited: {' and '.join(map(repr, recipe.edits))}")
    return f"{', '.join(words)}, {recipe.numeric_class}"


def numbers_in_words(numbers: Iterable[int]) -> str:
    """Name seeds or ranks briefly, in order: "0 to 15" for a run, "3, 8 and 11" otherwise."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words: list[str] = []
    for run in runs:
        words += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run)
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
