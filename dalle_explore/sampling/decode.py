"""Drawing codes: prompts times seeds in one batch, one step after another.

``decode`` is an iterator, so that whoever runs it can show each step, stop between two, or pass
codes in from outside. ``drain`` runs it to its end.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float32, Int64
from torch import Tensor

from dalle_explore.errors import InputError
from dalle_explore.generator import Generator
from dalle_explore.sampling.pick import guide, pick
from dalle_explore.seeds import check_seed
from dalle_explore.settings import Settings

__all__ = ["ALTERNATIVES", "Step", "Decoded", "decode", "drain"]

ALTERNATIVES = 32  # likeliest codes kept per patch, with their log-probabilities


@dataclasses.dataclass(frozen=True, eq=False)
class Step:
    """One patch of every picture. b pictures: seed j of prompt i is row i * len(seeds) + j.

    Probabilities are those of the guided, unfiltered distribution at temperature 1, natural
    logarithms, in fp32, whatever the settings drew with.
    """

    position: int  # patch in raster order
    codes: Int64[np.ndarray, " b"]
    log_probability: Float32[np.ndarray, " b"]  # of the code
    conditional: Float32[np.ndarray, " b"]  # the same without guidance
    entropy: Float32[np.ndarray, " b"]  # nats
    rank: Int64[np.ndarray, " b"]  # 0 for the likeliest code
    top_codes: Int64[np.ndarray, "b a"]  # the likeliest codes, likeliest first
    top_log_probability: Float32[np.ndarray, "b a"]


@dataclasses.dataclass(frozen=True, eq=False)
class Decoded:
    """All steps of a batch: arrays as in ``Step``, with p patches in raster order as an axis."""

    codes: Int64[np.ndarray, "b p"]
    log_probability: Float32[np.ndarray, "b p"]
    conditional: Float32[np.ndarray, "b p"]
    entropy: Float32[np.ndarray, "b p"]
    rank: Int64[np.ndarray, "b p"]
    top_codes: Int64[np.ndarray, "b p a"]
    top_log_probability: Float32[np.ndarray, "b p a"]


class _Statistics(NamedTuple):
    log_probability: Tensor
    conditional: Tensor
    entropy: Tensor
    rank: Tensor
    top_codes: Tensor
    top_log_probability: Tensor


@torch.inference_mode()
def decode(
    model: Generator,
    texts: Sequence[Sequence[int]],
    seeds: Sequence[int],
    settings: Settings,
) -> Iterator[Step]:
    """Draw a picture for every prompt and every seed.

    Every picture is a function of its prompt, its seed and the settings alone: on a CPU its codes
    are the same in any batch.

    Args:
        model: draws; it is moved to ``settings.device``.
        texts: the ids of each prompt, as ``model.encode_text(prompt).ids`` gives them.
        seeds: one for each picture of a prompt; every prompt gets the same ones.
        settings: how to sample.

    Yields:
        One step per patch, in raster order.

    Raises:
        InputError: no texts, no seeds, a bad seed, a text that is too long, settings that do not
            fit the model, or guidance where the model knows none.
        MachineError: this machine has no such device.
    """
    if not len(texts) or not len(seeds):
        raise InputError(
            f"there are {len(texts)} texts and {len(seeds)} seeds, but it takes at least one of "
            f"each to draw a picture: add one."
        )
    settings.check(model.codebook_size)
    guided = settings.guidance != 1
    if guided and not model.supports.guidance:
        raise InputError(
            f"guidance is {settings.guidance:g}, but this model was never trained without "
            f"captions, so that guidance means nothing to it: use guidance=1."
        )
    model.to(settings.device)
    each = torch.tensor([check_seed(seed) for seed in seeds], device=model.device)
    pictures = len(texts) * len(seeds)
    seed_of = each.repeat(len(texts))
    # Without guidance a state of its own keeps the caption's half; with it, the other half of the
    # batch has no caption, and both take every step together.
    rows = [tuple(ids) for ids in texts]
    state = model.prefill(
        model.text_rows(rows + [model.null] * len(rows) * guided),
        copies=len(seeds),
        precision=settings.precision,
    )
    for position in range(model.patches):
        conditional = state.logits[:pictures]
        logits = conditional
        if guided:
            logits = guide(conditional, state.logits[pictures:], settings.guidance)
        codes = pick(logits, seed_of, position, settings)
        yield _step(position, codes, _statistics(logits, conditional, codes))
        if position + 1 < model.patches:
            model.step(state, codes.repeat(1 + guided))


def drain(steps: Iterable[Step]) -> Decoded:
    """Run ``decode`` to its end and return everything it yielded.

    Raises:
        InputError: there are no steps.
    """
    taken = list(steps)
    if not taken:
        raise InputError("there are no steps to drain: pass what decode() returned, unused.")
    names = [field.name for field in dataclasses.fields(Decoded)]
    return Decoded(**{n: np.stack([getattr(s, n) for s in taken], axis=1) for n in names})


def _statistics(logits: Tensor, conditional: Tensor, codes: Tensor) -> _Statistics:
    chosen = codes[:, None]
    log_p = logits.log_softmax(dim=-1)
    of_code = log_p.gather(1, chosen)
    top = log_p.topk(min(ALTERNATIVES, log_p.shape[-1]), dim=-1)
    return _Statistics(
        log_probability=of_code[:, 0],
        conditional=conditional.log_softmax(dim=-1).gather(1, chosen)[:, 0],
        entropy=torch.special.entr(log_p.exp()).sum(dim=-1),
        rank=(log_p > of_code).sum(dim=-1),
        top_codes=top.indices,
        top_log_probability=top.values,
    )


def _step(position: int, codes: Tensor, statistics: _Statistics) -> Step:
    arrays = {name: value.cpu().numpy() for name, value in statistics._asdict().items()}
    return Step(position=position, codes=codes.cpu().numpy(), **arrays)
