"""Small programs compiled into the weights of a prior: which rows look for which words, and why.

After "Tracr: Compiled Transformers as a Laboratory for Interpretability" (Lindner et al., 2023).
The networks are real; only the numbers in their matrices were chosen instead of learned.

The stream is a list of *features*. Each takes two channels, which hold its value and minus its
value, so that the mean is zero and layer normalisation only divides by the length. In every head,
queries and keys have two directions: along one, some rows *look* for some words; along the other,
everybody else *rests* at the last text position, which holds a pad. Since queries and keys are
normalised, the angle between them decides, and a large gain makes the softmax almost one-hot.
What is handed on, mostly a colour, is turned into a code by the last matrix. A resting head writes
a speck of ``dust`` that nothing reads, as resting heads of trained models do: so every patch took
something from somewhere, and shares of it are numbers.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor

from dalle_explore.models.attention import SelfAttention
from dalle_explore.models.dvae import DVAE, to_logits
from dalle_explore.models.presets import PATCH, DVAEConfig, PriorConfig
from dalle_explore.models.prior import Block, Prior
from dalle_explore.text.tokenizer import Tokenizer

__all__ = ["BACKGROUND", "COLOURS", "PLAIN", "SIDE", "Head", "painting_dvae", "wired_prior"]

COLOURS = ("red", "orange", "yellow", "green", "blue", "purple")
"""Words that have a value; the code of each is its place here, counted from 1."""
BACKGROUND = 0  # the code of every patch that no word decides
PLAIN = 1 + len(COLOURS)  # what a head hands on that looked for a colour in vain, if it says so
SIDE = 4  # patches
TEXT_LENGTH = 12

CARRIED = (*COLOURS, "plain", "dust")  # what heads can move, one slot of a head each
# One: of every position. Row and column: of patches, 1 where the row stands that looks, else -1.
# The last three tell tokens apart: where heads rest, a word of COLOURS, the program's other word.
FEATURES = (*CARRIED, "one", "row", "column", "sink", "colour", "rival")
SLOTS = len(CARRIED)
PAIR = torch.tensor([1.0, -1.0])

SHARP = 40.0  # the largest score that a query and a key can have
DUST = 0.15
BACKGROUND_WEIGHT, VALUE_WEIGHT = 9.0, 10.5  # logits of about 5; 3 where there is a value, with 9
SHADES = (  # of the codes, so that pictures can be read by eye
    *((0.93, 0.93, 0.90), (0.85, 0.15, 0.15), (0.95, 0.55, 0.10), (0.95, 0.85, 0.20)),
    *((0.20, 0.60, 0.25), (0.15, 0.35, 0.80), (0.50, 0.20, 0.60), (0.55, 0.55, 0.55)),
)


class Head(NamedTuple):
    """What one head does, in features.

    Attributes:
        rows: a row looks where this sum is above 0; it has to be about 1 there, and -1 or less
            elsewhere. Other rows rest.
        finds: the tokens that are looked for.
        fails: what is read where there is no such token, if anything but the sink.
        takes: feature found there -> feature written where the row stands.
        gain: how much of it, for a stream of length 1.
        rest: pull of the sink; at 1 a row that looks gives it half of its attention.
        writes: else the output projection drops whatever was taken.
    """

    rows: Mapping[str, float] = {"one": -1}
    finds: str = "colour"
    fails: str = ""
    takes: Mapping[str, str] = {}
    gain: float = 0.0
    rest: float = 0.5
    writes: bool = True


@torch.no_grad()
def wired_prior(
    layers: Sequence[Sequence[Head]], tokenizer: Tokenizer, rival: str | None, patch: int
) -> Prior:
    """Return a prior that runs a program.

    Args:
        layers: the heads of each, equally many.
        tokenizer: cuts every word of ``COLOURS``, and the rival, into one token each.
        rival: the word that has the feature of this name.
        patch: in raster order, not the first; the row that explains it has row and column 1.
    """
    features = len(layers[0]) * SLOTS
    prior = Prior(
        PriorConfig(
            layers=len(layers),
            width=2 * features,
            heads=len(layers[0]),
            text_vocabulary=tokenizer.vocabulary_size,
            text_length=TEXT_LENGTH,
            codebook_size=len(SHADES),
            rows=SIDE,
            columns=SIDE,
        )
    )
    for parameter in prior.parameters():
        if parameter.ndim > 1:  # gains are one, and biases nought, already
            parameter.zero_()

    def vector(**values: float) -> Tensor:
        return torch.kron(_row(values, features), PAIR)

    for colour in COLOURS:
        prior.text.weight[_token(tokenizer, colour)] = vector(**{colour: 1, "colour": 1})
    if rival is not None:
        prior.text.weight[_token(tokenizer, rival)] = vector(rival=1)
    prior.text_position[:] = vector(one=1)
    prior.text_position[-1] = vector(one=1, sink=1)
    row, column = divmod(patch - 1, SIDE)  # a patch is explained from where the one before stands
    for place in range(SIDE):
        prior.row[place] = vector(one=1, row=1 if place == row else -1)
        prior.column[place] = vector(column=1 if place == column else -1)
    for block, heads in zip(prior.blocks, layers, strict=True):
        _wire(cast(Block, block).attn, heads, features)
    logits = [{"one": BACKGROUND_WEIGHT}]
    logits += [{name: VALUE_WEIGHT} for name in (*COLOURS, "plain")]
    prior.code_head.weight[:] = _reads([_normed(weights, features) for weights in logits])
    return prior


def _wire(attention: SelfAttention, heads: Sequence[Head], features: int) -> None:
    """Set the matrices of one layer."""
    queries, keys, values, writes = [], [], [], []
    for head in heads:
        idle = [_row({}, features)] * (SLOTS - 2)
        queries += [_row(head.rows, features), _row({"one": head.rest}, features), *idle]
        # Places of tokens in the plane of the two directions: what is found (1, 0), the sink
        # (0, 1), what is read instead (1, -1), everything else (0, -1).
        found = {head.finds: 1.0} | ({head.fails: 1.0} if head.fails else {})
        away = {"one": -1, head.finds: 1, "sink": 2}
        keys += [_row(found, features), _row(away, features), *idle]
        slots: dict[str, dict[str, float]] = {name: {} for name in CARRIED}
        for source, name in head.takes.items():
            slots[name][source] = head.gain
        slots["dust"]["sink"] = DUST
        values += [_normed(slot, features) for slot in slots.values()]
        kept = CARRIED if head.writes else ("dust",)
        writes += [_row({name: 1} if name in kept else {}, features) for name in CARRIED]
    attention.qk.weight[:] = _maps(queries + keys)
    # Queries and keys are sqrt(c) times the gain long; their product is divided by sqrt(c).
    attention.norm.weight.fill_(math.sqrt(SHARP / math.sqrt(2 * SLOTS)))
    attention.v.weight[:] = _maps(values)
    attention.out.weight[:] = _maps(list(torch.stack(writes, dim=1)))


def _row(weights: Mapping[str, float], features: int) -> Tensor:
    """Return weights by name as a vector of features."""
    found = torch.zeros(features)
    for name, weight in weights.items():
        found[FEATURES.index(name)] = weight
    return found


def _normed(weights: Mapping[str, float], features: int) -> Tensor:
    """Return the same for a normalised stream, as if that had the length 1."""
    return _row(weights, features) / math.sqrt(features)


def _reads(rows: list[Tensor]) -> Tensor:
    """Turn vectors that weigh features into ones that weigh their pairs of channels."""
    return torch.kron(torch.stack(rows), PAIR / 2)


def _maps(rows: list[Tensor]) -> Tensor:
    """Turn a map between features into one between their pairs of channels."""
    return torch.kron(_reads(rows), PAIR[:, None])


def _token(tokenizer: Tokenizer, word: str) -> int:
    (token,) = tokenizer.encode(word).ids
    return token


@torch.no_grad()
def painting_dvae() -> DVAE:
    """Return a dVAE that paints every patch in the shade of its code, and reads it back."""
    config = DVAEConfig(
        size=SIDE * PATCH,
        codebook_size=len(SHADES),
        code_width=3,
        encoder_widths=(2, 2),
        encoder_blocks=(0, 0),
        decoder_widths=(2,),
        decoder_blocks=(0,),
    )
    dvae, same = DVAE(config), torch.eye(3)
    for layer in (dvae.encoder.out, dvae.encoder.linear, dvae.decoder.linear, dvae.decoder.out):
        for parameter in layer.parameters():
            parameter.zero_()
    shades = to_logits(torch.tensor(SHADES))
    dvae.codebook[:] = shades
    dvae.decoder.linear.weight[:, :, 0, 0] = same.repeat_interleave(PATCH**2, dim=0)
    dvae.encoder.linear.weight[:] = same[..., None, None] / PATCH**2
    dvae.logits.weight[:] = 2 * shades  # the nearest shade has the largest logit
    dvae.logits.bias[:] = -shades.square().sum(dim=-1)
    return dvae
