"""Captions, generated from settings and never written by hand."""

from collections.abc import Sequence

from dalle_explore.trace import Recipe

__all__ = ["how_made", "seeds_in_words", "settings_in_words"]


def how_made(
    recipe: Recipe,
    drawn: int,
    seeds: Sequence[int],
    ranks: Sequence[int | None],
    unknown: Sequence[str] = (),
) -> str:
    """Say how many were drawn, how many are shown, how they were selected, and with what.

    Args:
        recipe: what they were drawn with.
        drawn: how many were drawn and compared.
        seeds: of those shown.
        ranks: of those shown, by score among those drawn; None: not scored.
        unknown: words of the prompt outside the world that the model has learned.
    """
    places = [rank for rank in ranks if rank is not None]
    if drawn == 1:
        selection = f"1 drawn, with seed {seeds[0]}, and shown as it came."
    elif len(seeds) == drawn:
        order = "ordered by CLIP, best first" if places else "by seed, not scored"
        selection = f"{drawn} drawn, with seeds {seeds_in_words(seeds)}; all shown, {order}."
    elif places and places == list(range(1, len(places) + 1)):
        best = "the best is" if len(places) == 1 else f"the best {len(places)} are"
        selection = f"{drawn} drawn; {best} shown, selected by CLIP."
    elif places:
        numbers = ", ".join(map(str, places))
        selection = f"{drawn} drawn; {len(seeds)} shown, rank {numbers} by CLIP."
    else:
        selection = f"{drawn} drawn; {len(seeds)} shown, not scored and not selected by any score."
    words = ", ".join(f"“{word}”" for word in unknown)
    outside = f" Outside the world it has learned: {words}." if words else ""
    return (
        f"{selection} Model {recipe.model} ({recipe.model_digest[:8]}), "
        f"{settings_in_words(recipe)}.{outside} Pictures: {recipe.licence}."
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
    if recipe.edits:
        words.append(f"edited: {' and '.join(map(repr, recipe.edits))}")
    return f"{', '.join(words)}, {recipe.numeric_class}"


def seeds_in_words(seeds: Sequence[int]) -> str:
    """Name seeds briefly: "0 to 15" for a run, "3, 8 and 11" otherwise."""
    ordered = sorted(seeds)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[0] + len(ordered))):
        return f"{ordered[0]} to {ordered[-1]}"
    *first, last = map(str, ordered)
    return f"{', '.join(first)} and {last}" if first else last
