"""Planted truth: three models in which we know which word decides which patch.

What an instrument says about a trained model cannot be looked up anywhere. Here it can: whoever
measures attention, contributions or knock-outs is held to models whose programs are known, since
they were written by hand (see ``wiring``). They draw like any other model.
"""

import dataclasses
import functools
import hashlib
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Int64

from dalle_explore import __version__
from dalle_explore.checks.wiring import (
    BACKGROUND,
    COLOURS,
    PLAIN,
    SIDE,
    Head,
    painting_dvae,
    wired_prior,
)
from dalle_explore.models.native import NativeGenerator
from dalle_explore.sampling.decode import Decoded, decode, drain
from dalle_explore.sampling.request import request
from dalle_explore.settings import Settings
from dalle_explore.text.tokenizer import Tokenizer, learn_tokenizer
from dalle_explore.trace import Recipe, Trace

__all__ = ["BACKGROUND", "COLOURS", "PLAIN", "Planted", "planted", "trace"]

SETTINGS = Settings(temperature=0.0)  # what is likeliest; statistics are of temperature 1 anyway
REPEATS = 40  # of the prompts, among common words, so that each of their words is one token


@dataclasses.dataclass(frozen=True, eq=False)
class Planted:
    """A model in which we know which word decides which patch.

    Attributes:
        name: "direct", "decoy" or "two hops".
        says: one sentence: what decides what.
        model: draws ``BACKGROUND`` everywhere but at ``patch``; there, the code of the colour that
            the prompt names (``COLOURS``), and of a prompt without one ``BACKGROUND``, or
            ``PLAIN`` where a relay reports that there was none. Earlier codes matter to nothing.
        prompt: the text that everything below is about.
        word: which of ``model.encode_text(prompt).words`` decides, counted from 0.
        rival: the word that attention names instead: the decoy, or the relay; None: there is none.
        patch: row and column of the one patch that a word decides.
        heads: (layer, head) of those that hand the value on; the others hand on nothing.
        codes: int64 [rows columns], the picture that the model draws greedily from the prompt.
    """

    name: str
    says: str
    model: NativeGenerator
    prompt: str
    word: int
    rival: int | None
    patch: tuple[int, int]
    heads: tuple[tuple[int, int], ...]
    codes: Int64[np.ndarray, "rows columns"]


class _Plan(NamedTuple):
    name: str
    says: str
    prompt: str
    word: str
    rival: str | None
    patch: tuple[int, int]
    layers: tuple[tuple[Head, ...], ...]


_EXPLAINS = {"row": 1, "column": 1, "one": -1}  # 1 where the patch is explained; else -1, or -3
_RELAYS = {"rival": 2, "one": -1}
_COLOUR = {colour: colour for colour in COLOURS}
_IDLE = Head()
# Gains are such that about as much of the value arrives at the patch in all three.
_PLANS = (
    _Plan(
        name="direct",
        says="The word 'red' alone decides the code at patch (2, 1), which reads it in layer 1.",
        prompt="a small cube on a red table",
        word="red",
        rival=None,
        patch=(2, 1),
        layers=((_IDLE, _IDLE), (_IDLE, Head(_EXPLAINS, takes=_COLOUR, gain=4.3))),
    ),
    _Plan(
        name="decoy",
        says="The word 'green' alone decides the code at patch (3, 0), which looks more at "
        "'shiny' but takes nothing from there.",
        prompt="a green ball under a shiny lamp",
        word="green",
        rival="shiny",
        patch=(3, 0),
        layers=(
            (
                # Large values, which the output projection drops: their length alone misleads.
                Head(_EXPLAINS, "rival", takes={"rival": "red"}, gain=9.0, writes=False),
                Head(_EXPLAINS, takes=_COLOUR, gain=8.7, rest=1.0),
                Head(_EXPLAINS, "rival", takes={"rival": "red"}, gain=9.0, writes=False),
            ),
        ),
    ),
    _Plan(
        name="two hops",
        says="The word 'blue' decides the code at patch (1, 2), which never looks at it: 'night' "
        "reads it in layer 0, and the patch reads 'night' in layer 1.",
        prompt="the door of a blue house by night",
        word="blue",
        rival="night",
        patch=(1, 2),
        layers=(
            # Without a colour the relay reads itself, and reports that: so the loss of the colour
            # costs more than the loss of the relay, and which of the two decides is no tie.
            (Head(_RELAYS, "colour", "rival", _COLOUR | {"rival": "plain"}, gain=2.6), _IDLE),
            (_IDLE, Head(_EXPLAINS, "rival", takes=_COLOUR | {"plain": "plain"}, gain=3.4)),
        ),
    ),
)


@functools.cache
def planted() -> tuple[Planted, ...]:
    """Return the three models, "direct", "decoy" and "two hops"; the same objects every time."""
    sentences = [plan.prompt for plan in _PLANS] + [" ".join(COLOURS)]
    tokenizer = learn_tokenizer(sentences * REPEATS)
    return tuple(_plant(plan, tokenizer) for plan in _PLANS)


def trace(planted: Planted) -> Trace:
    """Draw the picture of a planted model greedily, and return everything that was recorded."""
    model = planted.model
    recipe = Recipe(
        prompt=planted.prompt,
        settings=SETTINGS,
        model=f"planted: {planted.name}",
        model_digest=_digest(model),
        licence="CC0-1.0",
        grid=(model.rows, model.columns),
        codebook_size=model.codebook_size,
        scorer_digest=None,
        versions={"dalle_explore": __version__, "torch": torch.__version__},
    )
    ids = model.encode_text(planted.prompt).ids
    return _draw(model, planted.prompt).trace(0, recipe, 0, ids)


def _draw(model: NativeGenerator, prompt: str) -> Decoded:
    return drain(decode(model, [request(model, model.encode_text(prompt), [0])], SETTINGS))


def _plant(plan: _Plan, tokenizer: Tokenizer) -> Planted:
    patch = plan.patch[0] * SIDE + plan.patch[1]
    with torch.random.fork_rng(devices=[]):  # what no program sets is drawn, always the same
        torch.manual_seed(0)
        dvae, prior = painting_dvae(), wired_prior(plan.layers, tokenizer, plan.rival, patch)
    card = {"name": f"planted: {plan.name}", "about": plan.says}
    model = NativeGenerator(tokenizer, dvae, prior, card)
    words = [word.text for word in model.encode_text(plan.prompt).words]
    return Planted(
        name=plan.name,
        says=plan.says,
        model=model,
        prompt=plan.prompt,
        word=words.index(plan.word),
        rival=None if plan.rival is None else words.index(plan.rival),
        patch=plan.patch,
        heads=tuple(
            (layer, number)
            for layer, heads in enumerate(plan.layers)
            for number, head in enumerate(heads)
            if head.takes and head.writes
        ),
        codes=_draw(model, plan.prompt).codes[0].reshape(SIDE, SIDE),
    )


def _digest(model: NativeGenerator) -> str:
    found = hashlib.sha256(model.tokenizer.to_json().encode("utf-8"))
    for network in (model.dvae, model.prior):
        for name, weights in network.state_dict().items():
            found.update(name.encode("utf-8") + weights.cpu().contiguous().numpy().tobytes())
    return found.hexdigest()
