"""Reading a finished drawing once more: what the model thought at every patch, all of it.

A trace keeps the likeliest codes of every patch; the whole distribution is rebuilt from the codes,
by the same steps that drew them. The noise is not needed, because nothing is picked.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float32

from dalle_explore.errors import InputError
from dalle_explore.generator import Generator
from dalle_explore.sampling.batch import Batch
from dalle_explore.sampling.decode import executor_for, statistics_of, step_of
from dalle_explore.sampling.request import request
from dalle_explore.trace import Steps, Trace

__all__ = ["Reading", "read"]


class Reading(NamedTuple):
    """What the model thinks at the patches of a trace; e patches, k codes."""

    log_probability: Float32[np.ndarray, "e k"]  # guided, temperature 1, unfiltered; nats
    steps: Steps
    error: float | None
    """Nats: the largest difference to the log-probabilities recorded; None: none were."""


@torch.inference_mode()
def read(
    model: Generator, trace: Trace, *, goes_on: Callable[[], bool] = lambda: True
) -> Reading | None:
    """Go through a trace step by step, with the settings and edits it was drawn with.

    Args:
        model: that drew it.
        trace: what to read; it may be unfinished, and need not have statistics.
        goes_on: asked before every patch; False ends the reading.

    Returns:
        The reading; None when it was ended before its end.

    Raises:
        InputError: a trace of another grid, or one that has no patch.
    """
    settings = trace.recipe.settings
    if trace.recipe.grid != (model.rows, model.columns):
        raise InputError(
            f"the trace has a grid of {trace.recipe.grid}, but this model's is "
            f"{(model.rows, model.columns)}: give the model that drew it."
        )
    if not len(trace.codes):
        raise InputError("the trace has no patch yet, so there is nothing to read: draw first.")
    asked = request(
        model, model.encode_text(trace.recipe.prompt), [trace.seed], trace.recipe.edits
    )
    model.to(settings.device)
    batch = Batch(model, [asked], settings)
    state = model.prefill(
        batch.text,
        batch.rows,
        blend=batch.blend,
        precision=settings.precision,
        executor=executor_for([asked]),
        inside=batch.inside,
    )
    codes = torch.from_numpy(trace.codes).to(model.device)
    thought = np.empty((len(codes), model.codebook_size), dtype=np.float32)
    waiting = []
    for patch in range(len(codes)):
        if not goes_on():
            return None
        if patch:
            model.step(state, codes[patch - 1].expand(len(batch.picture)))
        guided, conditional = batch.logits(state.logits, patch)
        here = codes[patch : patch + 1]
        seen = statistics_of(guided, conditional, here)
        waiting.append((here, torch.zeros_like(here, dtype=torch.bool), seen))
        thought[patch] = guided.float().log_softmax(dim=-1)[0].cpu().numpy()
    steps = step_of(0, waiting).steps(0)
    assert steps is not None
    error = None
    if trace.steps is not None:
        apart = np.abs(steps.log_probability - trace.steps.log_probability)
        error = float(apart.max())
    return Reading(thought, steps, error)
