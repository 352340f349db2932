"""Children of one or two samples."""

from dalle_explore.edits import AnyEdit, Mix
from dalle_explore.errors import InputError
from dalle_explore.sampling.children import inherit
from dalle_explore.seeds import sample_seeds
from dalle_explore.session.sample import Sample
from dalle_explore.session.studio import Wish, paint, recipe_of

__all__ = ["breed"]


def breed(
    one: Sample,
    two: Sample | None = None,
    *,
    n: int = 8,
    share: float = 0.5,
    seed: int = 0,
) -> tuple[Sample, ...]:
    """Draw children: patches of the parents are kept, the rest is drawn anew.

    Two parents of different prompts have children of both, mixed half and half. Child j is decided
    by seed + j: which patches it keeps, and the noise of the others.

    Args:
        one: a parent.
        two: the other, of the same model; None for children of one.
        n: how many children.
        share: how far they go, the share of patches that are drawn anew, from 0 to 1.
        seed: of the first.

    Returns:
        The children in order, not scored; of each, ``fit`` says how well what it drew fits
        what it kept after that; children that keep different patches cannot be compared by it.

    Raises:
        InputError: parents of different models, or a number out of its range.
    """
    if two is not None and two.model_digest != one.model_digest:
        raise InputError(
            f"the parents were drawn by {one.recipe.model!r} ({one.model_digest[:8]}) and "
            f"{two.recipe.model!r} ({two.model_digest[:8]}), whose codes mean different things: "
            f"take two pictures of one model."
        )
    mix: tuple[AnyEdit, ...] = ()
    if two is not None and two.prompt != one.prompt:
        mix = (Mix((one.prompt, two.prompt), (0.5, 0.5)),)
    wishes = []
    for child in sample_seeds(seed, n):
        kept = inherit(one.codes, None if two is None else two.codes, share=share, seed=child)
        wishes.append(Wish(recipe_of(one.model, one.prompt, one.settings, (*mix, *kept)), child))
    painted = paint(one.model, wishes).run()
    return tuple(Sample.painted(one.model, each) for each in painted if each is not None)
