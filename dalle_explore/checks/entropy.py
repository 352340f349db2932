"""How uncertain is the model at every patch, on captions that it was never trained on?

The captions are the first of ``unseen_pairs``: each joins two things that no training picture
joins, in words and phrasings that the model knows. So a low entropy is not the memory of a picture
(few training pictures would lower it too), and a high one is not a word that it cannot read. The
families of the world take turns, so every multiple of five is even.
"""

import math
from collections.abc import Callable

import numpy as np

from dalle_explore.errors import InputError
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.request import request
from dalle_explore.seeds import check_seed
from dalle_explore.session.average import Average
from dalle_explore.session.model import Model
from dalle_explore.settings import Settings
from dalle_explore.world.splits import example, split_sizes

__all__ = ["N", "SPLIT", "measure"]

SPLIT = "unseen_pairs"
N = 200  # captions

_BATCH = 20  # pictures drawn together


def measure(
    model: Model,
    settings: Settings,
    progress: Callable[[str, int, int], None],
    *,
    n: int = N,
    seed: int = 0,
) -> Average:
    """Draw one picture of each of the first ``n`` held-out captions and average the entropy.

    Args:
        model: draws.
        settings: how; the entropy is that of the guided, unfiltered distribution at temperature 1,
            but what was drawn before a patch depends on all of them.
        progress: called with (what, done, total).
        n: captions.
        seed: of the first picture; picture j has seed + j.

    Raises:
        InputError: n is not from 2 to the size of the split, or a bad seed.
    """
    most = split_sizes()[SPLIT]
    if isinstance(n, bool) or not isinstance(n, int) or not 2 <= n <= most:
        raise InputError(
            f"n is {n!r}, but an average with a spread takes from 2 to {most} captions: give a "
            f"whole number such as {N}."
        )
    check_seed(seed)
    check_seed(seed + n - 1)
    generator = model.generator
    rows: list[np.ndarray] = []
    while len(rows) < n:
        wishes = [
            request(generator, generator.encode_text(example(SPLIT, j).caption), [seed + j])
            for j in range(len(rows), min(len(rows) + _BATCH, n))
        ]
        with model.lock:
            drawn = drain(decode(generator, wishes, settings))
        for row in range(len(wishes)):
            steps = drawn.steps(row)
            assert steps is not None  # they were asked for
            rows.append(steps.entropy.astype(np.float64) / math.log(2))
        progress("pictures", len(rows), n)
    bits = np.stack(rows)
    return Average(
        digest=model.digest,
        settings=settings,
        split=SPLIT,
        n=n,
        seed=seed,
        entropy=bits.mean(axis=0),
        sd=bits.std(axis=0, ddof=1),
    )
