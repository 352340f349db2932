"""Who draws codes in ``benchmarks.decode``: what a contender is, and ours; ``peers`` has others.

Everybody draws several pictures of one prompt and is asked the way its own users ask it. Those of
our architecture can say which logits they drew from (``heard``), so that what they compute is
compared before it is timed.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from dalle_explore.generator import PAD
from dalle_explore.kernel import without_kernel
from dalle_explore.models.native import DTYPES
from dalle_explore.models.prior import Prior
from dalle_explore.sampling.pick import guide, pick
from dalle_explore.settings import Settings

WARM = Settings()  # temperature 1, the whole codebook
GUIDANCE = 2.0
Heard = tuple[Tensor, Tensor]  # codes [b p] that were drawn, and the logits [b p k] behind them


class Unfit(Exception):
    """This contender cannot take part; the sentence says why."""


@dataclasses.dataclass
class Contender:
    """Somebody who draws.

    ``draw(prompt [t], pictures, codes)`` draws so many codes of so many pictures of one prompt.
    """

    name: str
    precision: str
    parameters: int  # read at every step
    draw: Callable[[Tensor, int, int], Any]
    heard: Callable[[Tensor, int, int], Heard] | None = None  # None: of another architecture
    rows: int = 1  # of the batch for each picture; two where what is said weighs against silence
    most: int | None = None  # codes it is asked for, where all would take minutes


def a_step(prior: Prior) -> int:
    """Weights that one step reads: matrices of the blocks, and the head."""
    blocks = sum(p.numel() for block in prior.blocks for p in block.parameters() if p.ndim > 1)
    return blocks + prior.code_head.weight.numel()


Maker = Callable[[str, Prior, str], Contender]  # (name, weights, precision)


def ours(executor: Any, guided: bool = False, torch_alone: bool = False) -> Maker:
    """Our prefill and step, which read a prompt once for all its pictures; with our noise.

    Torch alone is what draws on a machine that has no C compiler.
    """
    without = without_kernel if torch_alone else contextlib.nullcontext

    def make(name: str, prior: Prior, precision: str) -> Contender:
        @torch.inference_mode()
        def steps(prompt: Tensor, pictures: int, count: int) -> Iterator[tuple[Tensor, Tensor]]:
            texts = torch.stack([prompt, torch.full_like(prompt, PAD)])[: 1 + guided]
            rows = torch.arange(1 + guided).repeat_interleave(pictures)
            of = torch.arange(pictures).repeat(1 + guided)
            seeds = torch.arange(pictures)
            with without():
                state = prior.prefill(texts, rows, dtype=DTYPES[precision], executor=executor)
            for position in range(count):
                logits = state.logits
                if guided:
                    logits = guide(logits[:pictures], logits[pictures:], GUIDANCE)
                with without():
                    codes = pick(logits, seeds, position, WARM)
                yield codes, logits
                if position + 1 < count:
                    prior.step(state, codes[of])

        def draw(prompt: Tensor, pictures: int, count: int) -> None:
            for _ in steps(prompt, pictures, count):
                pass

        def heard(prompt: Tensor, pictures: int, count: int) -> Heard:
            codes, logits = zip(*steps(prompt, pictures, count), strict=True)
            return torch.stack(codes, dim=1), torch.stack(logits, dim=1)

        return Contender(name, precision, a_step(prior), draw, heard, rows=1 + guided)

    return make


def naive(name: str, prior: Prior, precision: str) -> Contender:
    """No cache: for every code everything before it is read again.

    A few codes are drawn, evenly spread over the picture; what stands before them is made up.
    """
    if precision != "fp32":
        raise Unfit("shown in fp32 only")
    patches = prior.config.patches

    def logits_at(text: Tensor, codes: Tensor) -> Tensor:
        x = prior.norm(prior.blocks_of(prior.embed(text, codes)))[:, -1]
        # Not through the head itself, which fills a small batch up.
        return x @ prior.code_head.weight.t()

    @torch.inference_mode()
    def draw(prompt: Tensor, pictures: int, count: int) -> None:
        text, seeds = prompt.expand(pictures, -1), torch.arange(pictures)
        before = torch.zeros(pictures, patches, dtype=torch.int64)
        for number in range(count):
            position = number * patches // count
            pick(logits_at(text, before[:, :position]), seeds, position, WARM)

    @torch.inference_mode()
    def heard(prompt: Tensor, pictures: int, count: int) -> Heard:
        text, seeds = prompt.expand(pictures, -1), torch.arange(pictures)
        codes, logits = text.new_empty(pictures, 0), []
        for position in range(count):
            logits.append(logits_at(text, codes))
            new = pick(logits[-1], seeds, position, WARM)
            codes = torch.cat([codes, new[:, None]], dim=1)
        return codes, torch.stack(logits, dim=1)

    return Contender(name, precision, a_step(prior), draw, heard, most=16)


@torch.inference_mode()
def apart(who: Contender, prior: Prior, prompt: Tensor, count: int) -> float | None:
    """How far the logits it draws from are from one honest reading of what it drew.

    Relative to the largest logit; None for another architecture.
    """
    if who.heard is None:
        return None
    pictures = 2
    codes, logits = who.heard(prompt, pictures, count)
    truth = prior(prompt.expand(pictures, -1), codes).code_logits
    if who.rows == 2:
        silence = torch.full_like(prompt, PAD).expand(pictures, -1)
        null = prior(silence, codes).code_logits
        truth = null + GUIDANCE * (truth - null)
    return float((logits.float() - truth).abs().max() / truth.abs().max())
