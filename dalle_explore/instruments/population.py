"""What a model thinks and does on captions that it was never trained on, on average.

The captions are the first of ``unseen_pairs``: each joins two things that no training picture
joins, in words and phrasings that the model knows. So a low entropy is not the memory of a picture
(few training pictures would lower it too), and a high one is not a word that it cannot read. The
families of the world take turns, so every multiple of five is even.
"""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float16, Float64, Int64
from torch import Tensor

from dalle_explore.errors import InputError
from dalle_explore.generator import Generator
from dalle_explore.instruments.learned import Progress, quiet
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.request import request
from dalle_explore.seeds import check_seed
from dalle_explore.settings import Settings
from dalle_explore.world.splits import example, split_sizes

__all__ = ["N", "SPLIT", "Average", "Means", "Population", "draw_population", "means_of"]

SPLIT = "unseen_pairs"
N = 200  # captions

_BATCH = 20  # pictures drawn together
_ROOM = 2**28  # bytes that one teacher-forced pass may take
_POINTS = ("attn.head", "attn.out", "mlp.out")


@dataclasses.dataclass(frozen=True, eq=False)
class Average:
    """The mean entropy of every patch over held-out captions, and how far captions differ."""

    digest: str  # of the model
    settings: Settings
    split: str  # of the drawn world, where the captions are from
    n: int  # captions: the first of the split, one picture of each
    seed: int  # of the first picture; picture j has seed + j
    entropy: Float64[np.ndarray, " p"]  # bits, guided, unfiltered, at temperature 1
    sd: Float64[np.ndarray, " p"]  # bits, between captions

    def in_words(self) -> str:
        """Say what it is an average of."""
        how = self.settings
        return (
            f"the mean over {self.n} captions never trained on (split {self.split}, one picture "
            f"of each, temperature {how.temperature:g}, guidance {how.guidance:g})"
        )

    def fits(self, settings: Settings) -> bool:
        """Whether pictures of these settings are drawn as those of the average were."""
        return settings.replace(device="cpu") == self.settings.replace(device="cpu")


@dataclasses.dataclass(frozen=True, eq=False)
class Means:
    """What parts of the network write on average, at the rows that explain each patch.

    Of the stream that reads the caption. What a whole layer of attention writes at one patch is
    not kept: it is the heads' means through the layer's output projection, plus its bias.
    """

    heads: Float16[np.ndarray, "l h p c"]  # before the output projection mixes them
    mlp: Float16[np.ndarray, "l p d"]
    attention: Float16[np.ndarray, "l d"]  # after the output projection, over all patches


@dataclasses.dataclass(frozen=True, eq=False)
class Population:
    """One picture of each of some held-out captions."""

    settings: Settings
    split: str
    seed: int  # of the first; picture j has seed + j
    ids: tuple[tuple[int, ...], ...]  # of the captions
    codes: Int64[np.ndarray, "n p"]
    entropy: Float64[np.ndarray, "n p"]  # bits, guided, unfiltered, at temperature 1

    def average(self, digest: str) -> Average:
        """Return the mean over the pictures; ``digest`` names the model that drew them."""
        return Average(
            digest=digest,
            settings=self.settings,
            split=self.split,
            n=len(self.ids),
            seed=self.seed,
            entropy=self.entropy.mean(axis=0),
            sd=self.entropy.std(axis=0, ddof=1),
        )


def draw_population(
    model: Generator,
    settings: Settings,
    progress: Progress = quiet,
    *,
    n: int = N,
    seed: int = 0,
) -> Population:
    """Draw one picture of each of the first ``n`` held-out captions.

    Args:
        model: draws.
        settings: how.
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
    ids, codes, entropy = [], [], []
    for first in range(0, n, _BATCH):
        texts = [
            model.encode_text(example(SPLIT, j).caption)
            for j in range(first, min(first + _BATCH, n))
        ]
        wishes = [request(model, text, [seed + first + j]) for j, text in enumerate(texts)]
        drawn = drain(decode(model, wishes, settings))
        assert drawn.entropy is not None  # statistics were asked for
        ids += [text.ids for text in texts]
        codes.append(drawn.codes)
        entropy.append(drawn.entropy.astype(np.float64) / math.log(2))
        progress("pictures", len(ids), n)
    return Population(
        settings=settings,
        split=SPLIT,
        seed=seed,
        ids=tuple(ids),
        codes=np.concatenate(codes),
        entropy=np.concatenate(entropy),
    )


@torch.inference_mode()
def means_of(
    model: Generator,
    ids: Sequence[Sequence[int]],
    codes: Int64[np.ndarray, "n p"],
    progress: Progress = quiet,
) -> Means:
    """Read pictures with their captions, in a few passes, and average what the parts write.

    Args:
        model: reads.
        ids: of every picture's caption.
        codes: int64 [n p].
        progress: called with (what, done, total).

    Raises:
        InputError: the model has no such hook points, no picture is given, or a mean is too
            large for fp16.
    """
    points = [f"block.{layer}.{name}" for layer in range(model.layers) for name in _POINTS]
    lacking = [point for point in points if point not in model.points]
    if lacking:
        raise InputError(
            f"this model has no hook point {lacking[0]!r}, so that what its heads write cannot be "
            f"averaged: take a model with the points of our own."
        )
    if not len(codes) or len(ids) != len(codes):
        raise InputError(
            f"there are {len(ids)} captions and {len(codes)} pictures, but every picture has one, "
            f"and at least one is needed: give as many of both."
        )
    text = model.text_rows(ids)
    given = torch.from_numpy(codes).to(model.device)
    sums: dict[str, Tensor] = {}
    for first in range(0, len(codes), _at_once(model)):
        part = slice(first, first + _at_once(model))
        found = model.forward(text[part], given[part], want=points).wanted
        for point in points:
            # The row before a patch explains it.
            rows = found[point][..., model.text_length - 1 : -1, :]
            # Added on the CPU, because not every device has fp64.
            added = rows.cpu().double().sum(dim=0)
            sums[point] = added + sums.get(point, 0)
        progress("passes", min(first + _at_once(model), len(codes)), len(codes))
    mean = {
        name: torch.stack([sums[f"block.{layer}.{name}"] for layer in range(model.layers)])
        / len(codes)
        for name in _POINTS
    }
    return Means(
        heads=_half(mean["attn.head"]),
        mlp=_half(mean["mlp.out"]),
        attention=_half(mean["attn.out"].mean(dim=1)),
    )


def _at_once(model: Generator) -> int:
    """Pictures of one pass: every layer's points are kept, one layer's softmax is open."""
    sequence = model.text_length + model.patches
    kept = 4 * sequence * (3 * model.layers + 8) * model.width
    softmax = 2 * 4 * model.heads * sequence**2
    return max(_ROOM // (kept + softmax), 1)


def _half(mean: Tensor) -> np.ndarray:
    half = mean.half()
    if not half.isfinite().all():
        raise InputError(
            f"what parts of this model write is up to {float(mean.abs().max()):g} on average, but "
            f"a mean is kept in fp16, below 65504: this model's means cannot be kept."
        )
    return half.numpy()
