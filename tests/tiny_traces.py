"""Pictures of a tiny model as traces, and the instruments' readings of them."""

import functools

import torch
from tiny_model import CODES, tiny_model

from dalle_explore.instruments.passes import Passes
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.request import request
from dalle_explore.settings import Settings
from dalle_explore.trace import Recipe

PROMPT = "a red cube on a sphere"
SIDE = 4  # patches
PATCHES = SIDE * SIDE
T = 18  # text positions, of which the prompt fills 15; patch j stands at T + j


def other_model(seed):
    """The same network with other weights."""
    return tiny_model(seed, side=SIDE, text_length=T)


@functools.cache
def model():
    """One tiny model for all; nothing that a test does may stay on it."""
    return other_model(0)


def drawn(edits=(), *, prompt=PROMPT, seed=3, stop=None, by=None, **settings):
    """A trace as the studio makes it."""
    network, how = by or model(), Settings(**settings)
    text = network.encode_text(prompt)
    steps = list(decode(network, [request(network, text, [seed], tuple(edits))], how))[:stop]
    recipe = Recipe(
        prompt=prompt,
        settings=how,
        model="tiny",
        model_digest="0" * 64,
        licence="CC0-1.0",
        grid=(network.rows, network.columns),
        codebook_size=CODES,
        scorer_digest=None,
        versions={"torch": torch.__version__},
        edits=tuple(edits),
    )
    return drain(steps).trace(0, recipe, seed, text.ids)


def passes(edits=(), *, budget=None, by=None, **how):
    """A picture, drawn and ready to be read again."""
    options = {} if budget is None else {"budget": budget}
    return Passes(by or model(), drawn(edits, by=by, **how), **options)


@functools.cache
def plain():
    """A picture drawn without guidance and without edits; shared, so nothing may change it."""
    return passes()


@functools.cache
def guided():
    """The same, drawn with guidance."""
    return passes(guidance=2.5)
