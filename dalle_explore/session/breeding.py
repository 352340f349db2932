"""Children of one or two samples."""

import math
from collections.abc import Mapping

from dalle_explore.edits import AnyEdit, Mix
from dalle_explore.errors import InputError
from dalle_explore.runs import Run
from dalle_explore.sampling.children import inherit
from dalle_explore.seeds import sample_seeds
from dalle_explore.session.sample import Sample
from dalle_explore.session.studio import Painted, Wish, Work, paint, recipe_of
from dalle_explore.trace import Recipe

__all__ = ["breed", "breeding", "said_by", "said_in", "said_to", "wishes_of"]

_DIGITS = 4  # of the weight of a sentence: what is printed and stored is what was drawn with


def breed(
    one: Sample,
    two: Sample | None = None,
    *,
    n: int = 8,
    share: float = 0.5,
    seed: int = 0,
    weight: float = 0.5,
    other_prompt: str | None = None,
) -> tuple[Sample, ...]:
    """Draw children: patches of the parents are kept, the rest is drawn anew.

    Child j is decided by seed + j: which patches it keeps, and the noise of the others. What is
    drawn anew is drawn from the sentences of the parents, mixed (``Mix``); a parent that was drawn
    from a mixture itself passes that on. Of their other edits children inherit nothing.

    Args:
        one: a parent; children are drawn with its settings.
        two: the other, of the same model; None for children of one.
        n: how many children.
        share: how far they go, the share of patches that are drawn anew, from 0 to 1.
        seed: of the first.
        weight: how much the sentence of ``two``, or ``other_prompt``, counts, from 0 (only what
            ``one`` says) to 1; without either of them it means nothing.
        other_prompt: a sentence to mix in, instead of what ``two`` says.

    Returns:
        The children in order, not scored; of each, ``fit`` says how well what it drew fits
        what it kept after that; children that keep different patches cannot be compared by it.

    Raises:
        InputError: parents of different models, a number out of its range, or a sentence that the
            model cannot read.
    """
    made = breeding(
        one, two, n=n, share=share, seed=seed, weight=weight, other_prompt=other_prompt
    ).run()
    return tuple(Sample.painted(one.model, each) for each in made if each is not None)


def breeding(
    one: Sample,
    two: Sample | None = None,
    *,
    n: int = 8,
    share: float = 0.5,
    seed: int = 0,
    weight: float = 0.5,
    other_prompt: str | None = None,
    every: int | None = None,
) -> Run[Work, tuple[Painted | None, ...]]:
    """Return a run that draws children: start it, run it, await it, stop it.

    Its arguments are those of ``breed``, and ``every``, the patches between two steps.
    """
    wishes = wishes_of(
        one, two, n=n, share=share, seed=seed, weight=weight, other_prompt=other_prompt
    )
    return paint(one.model, wishes, every=every)


def wishes_of(
    one: Sample,
    two: Sample | None = None,
    *,
    n: int,
    share: float,
    seed: int,
    weight: float,
    other_prompt: str | None,
) -> tuple[Wish, ...]:
    """Return what decides the children of parents; the arguments are those of ``breed``.

    Raises:
        InputError: see ``breed``.
    """
    if two is not None and two.model_digest != one.model_digest:
        raise InputError(
            f"the parents were drawn by {one.recipe.model!r} ({one.model_digest[:8]}) and "
            f"{two.recipe.model!r} ({two.model_digest[:8]}), whose codes mean different things: "
            f"take two pictures of one model."
        )
    said = said_to(one, two, weight=weight, other_prompt=other_prompt)
    prompt = one.prompt if one.prompt in said else next(iter(said))
    mix: tuple[AnyEdit, ...] = ()
    if len(said) > 1:
        mix = (Mix(tuple(said), tuple(said.values())),)
    wishes = []
    for child in sample_seeds(seed, n):
        kept = inherit(one.codes, None if two is None else two.codes, share=share, seed=child)
        wishes.append(Wish(recipe_of(one.model, prompt, one.settings, (*mix, *kept)), child))
    return tuple(wishes)


def said_by(sample: Sample) -> dict[str, float]:
    """Return the sentences that a picture was drawn from, each with its weight; together 1.

    That is its prompt, or those of a ``Mix`` that holds everywhere.
    """
    return said_in(sample.recipe)


def said_in(recipe: Recipe) -> dict[str, float]:
    """Return the sentences of a recipe, each with its weight; see ``said_by``."""
    for edit in recipe.edits:
        if isinstance(edit, Mix) and edit.at is None:
            return dict(zip(edit.prompts, edit.weights, strict=True))
    return {recipe.prompt: 1.0}


def said_to(
    one: Sample,
    two: Sample | None = None,
    *,
    weight: float = 0.5,
    other_prompt: str | None = None,
) -> dict[str, float]:
    """Return the sentences that children are drawn from, each with its weight; together 1.

    Args:
        one: a parent.
        two: the other.
        weight: of what the other says, from 0 to 1.
        other_prompt: what it says instead.

    Raises:
        InputError: a weight outside 0 to 1, or an empty sentence.
    """
    is_number = isinstance(weight, int | float) and not isinstance(weight, bool)
    if not is_number or not 0 <= weight <= 1:
        raise InputError(
            f"weight is {weight!r}, but it is a share from 0 (only what the first parent says) to "
            f"1: give such a number."
        )
    if other_prompt is not None and (
        not isinstance(other_prompt, str) or not other_prompt.strip()
    ):
        raise InputError(
            f"other_prompt is {other_prompt!r}, but it is a sentence to mix in: write one, or "
            f"leave it out."
        )
    if other_prompt is not None:
        others = {other_prompt: 1.0}
    elif two is not None:
        others = said_by(two)
    else:
        return said_by(one)
    said = {prompt: (1 - weight) * part for prompt, part in said_by(one).items()}
    for prompt, part in others.items():
        said[prompt] = said.get(prompt, 0.0) + weight * part
    return _rounded(said)


def _rounded(said: Mapping[str, float]) -> dict[str, float]:
    """Weights in few digits, which sum to 1; a sentence that counts for nothing is not said."""
    found = {prompt: round(part, _DIGITS) for prompt, part in said.items()}
    found = {prompt: part for prompt, part in found.items() if part > 0}
    most = max(found, key=lambda prompt: found[prompt])
    others = math.fsum(part for prompt, part in found.items() if prompt != most)
    return {**found, most: round(1 - others, _DIGITS)}
