"""The numbers of one draw: how many, from which seed on, and how many stay. No torch."""

from dalle_explore.errors import InputError
from dalle_explore.seeds import sample_seeds

__all__ = ["MOST_SAMPLES", "check_draw", "check_keep"]

MOST_SAMPLES = 10_000  # of one draw; their record stays within what readers accept


def check_draw(
    n: object, seed: object, keep: object, *, scored: bool
) -> tuple[tuple[int, ...], int]:
    """Return the seeds of ``n`` samples, and how many of them stay.

    Raises:
        InputError: a number out of its range, or fewer stay than are drawn and nobody scores.
    """
    seeds = sample_seeds(seed, n)
    if len(seeds) > MOST_SAMPLES:
        raise InputError(
            f"n is {n}, but one draw makes at most {MOST_SAMPLES} samples: draw several times, "
            f"with other seeds."
        )
    return seeds, len(seeds) if keep is None else check_keep(keep, len(seeds), scored=scored)


def check_keep(keep: object, n: int, *, scored: bool) -> int:
    """Return ``keep`` as a number from 1 to ``n``; fewer than ``n`` need scores to choose by.

    Raises:
        InputError: it is not such a number, or there are no scores.
    """
    if isinstance(keep, bool) or not isinstance(keep, int) or not 1 <= keep <= n:
        raise InputError(
            f"keep is {keep!r}, but {n} {'is' if n == 1 else 'are'} drawn: give a whole number "
            f"from 1 to {n}."
        )
    if keep < n and not scored:
        raise InputError(
            f"keep is {keep} of {n}, but without scores nobody can say which are the best: score "
            f"them, or keep all."
        )
    return keep
