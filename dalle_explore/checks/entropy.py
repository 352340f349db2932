"""How uncertain is the model at every patch, on captions that it was never trained on?

The captions and why they are these: ``instruments.population``. The average that maps of entropy
are compared with is kept in the model's atlas; this measures it alone, with any settings.
"""

from dalle_explore.instruments.learned import Progress
from dalle_explore.instruments.population import SPLIT, Average, N, draw_population
from dalle_explore.session.model import Model
from dalle_explore.settings import Settings

__all__ = ["N", "SPLIT", "measure"]


def measure(
    model: Model,
    settings: Settings,
    progress: Progress,
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
    with model.lock:
        drawn = draw_population(model.generator, settings, progress, n=n, seed=seed)
    return drawn.average(model.digest)
