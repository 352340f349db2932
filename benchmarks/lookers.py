"""Three ways to see the attention behind a drawn picture, for ``benchmarks.attention``.

Ours draws with the fast executor and looks afterwards, in one pass over the codes. The other two
keep what they see while they draw: forward hooks on a plain network (``plain``), and transformers'
GPT-2 with ``output_attentions=True``. Both have to leave fused attention for that, which hands out
no pattern; so there is a third way to draw, *open*, where attention is written out and nothing is
kept. It says how much of a difference is the looking, and how much what it takes to be able to.

All have one set of weights, and take their codes from their own logits by one and the same
function, ``pick``, with noise that depends on seed, patch and code alone. ``generate`` has it as a
logits processor that leaves only the code that was picked. So when codes differ, logits did.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from benchmarks.contenders import WARM
from benchmarks.plain import Hooks, Plain
from dalle_explore.instruments.passes import Passes
from dalle_explore.models.native import DTYPES, NativeGenerator
from dalle_explore.models.presets import PriorConfig
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.pick import pick
from dalle_explore.sampling.request import request
from dalle_explore.trace import Recipe, Trace

Mode = Literal["without", "open", "looking"]
MODES: tuple[Mode, ...] = ("without", "open", "looking")


@dataclasses.dataclass(frozen=True, eq=False)
class Case:
    """What everybody draws: pictures 0, 1, 2 ... of one prompt, by one model."""

    name: str  # of the weights
    generator: NativeGenerator
    prompt: str
    precision: str

    @property
    def config(self) -> PriorConfig:
        """The sizes of the network."""
        return self.generator.prior.config

    @property
    def text(self) -> Tensor:
        """The prompt, [1 t], as our network reads it."""
        return self.generator.text_rows([self.generator.encode_text(self.prompt).ids])

    def ids(self, pictures: int) -> Tensor:
        """The prompt, [b t], in one vocabulary with codes and pads (``peers.gpt2_of``)."""
        c, text = self.config, self.text
        pads = torch.arange(c.text_length) + c.codebook_size + c.text_vocabulary
        return torch.where(text >= 0, text + c.codebook_size, pads).expand(pictures, -1)

    def trace(self, codes: np.ndarray, seed: int) -> Trace:
        """Make a trace of codes that somebody drew, without what he thought."""
        c = self.config
        recipe = Recipe(
            prompt=self.prompt,
            settings=WARM.replace(precision=self.precision),
            model=self.name,
            model_digest="",
            licence="",
            grid=(c.rows, c.columns),
            codebook_size=c.codebook_size,
            scorer_digest=None,
            versions={},
        )
        ids = self.generator.encode_text(self.prompt).ids
        return Trace(recipe, seed, ids, codes, np.zeros(len(codes), dtype=bool))


@dataclasses.dataclass(frozen=True, eq=False)
class Drawn:
    """Codes [b p], and all attention of all these pictures, where somebody looked."""

    codes: np.ndarray
    layers: Sequence[Any] = ()  # what is kept: a layer each, then the steps, [b h m s]
    passes: Sequence[Passes] = ()  # what is kept: a picture each

    @property
    def kept(self) -> dict[str, int]:
        """Bytes that are kept: all, and those of attention weights alone."""
        every = [layer for one in self.passes for layer in one.layers().values()]
        weights = sum(pattern.nbytes for layer in self.layers for pattern in layer)
        weights += sum(layer.pattern.nbytes for layer in every)
        more = sum(part.nbytes for layer in every for part in layer[1:])
        return {"all": weights + more, "weights": weights}

    def pattern(self, picture: int) -> np.ndarray:
        """Return weights kept while drawing, of one picture, laid out as in a pass: [l h p s]."""
        first, steps = self.layers[0][0], len(self.layers[0])
        out = np.zeros((len(self.layers), first.shape[1], steps, first.shape[-1] + steps))
        for number, layer in enumerate(self.layers):
            for patch, pattern in enumerate(layer):
                row = pattern[picture, :, -1].float().numpy()
                out[number, :, patch, : row.shape[-1]] = row
        return out

    @property
    def replay_error(self) -> float | None:
        """Nats, the largest, where the pictures were read again."""
        errors = [one.replay_error for one in self.passes if one.replay_error is not None]
        return max(errors, default=None)


@dataclasses.dataclass(frozen=True)
class Looker:
    """Somebody who draws a case: ``draw(pictures, mode)``, in the modes that he has."""

    name: str
    modes: tuple[Mode, ...]
    draw: Callable[[int, Mode], Drawn]


def ours(name: str, case: Case) -> Looker:
    """Draw fast, with the statistics that every drawing keeps; look afterwards, at everything."""

    def draw(pictures: int, mode: Mode) -> Drawn:
        model, settings = case.generator, WARM.replace(precision=case.precision)
        asked = request(model, model.encode_text(case.prompt), range(pictures))
        found = drain(decode(model, [asked], settings))
        if mode == "without":
            return Drawn(found.codes)
        blank = case.trace(found.codes[0], 0)
        traces = [found.trace(row, blank.recipe, row, blank.ids) for row in range(pictures)]
        passes = [Passes(model, trace) for trace in traces]
        for one in passes:
            one.layers()
        return Drawn(found.codes, passes=passes)

    return Looker(name, ("without", "looking"), draw)


def hooks(name: str, case: Case) -> Looker:
    """Draw with a plain network; to look, with its attention open and a hook on every softmax."""
    fused, opened = (
        Plain(case.generator.prior, one).to(DTYPES[case.precision]) for one in (False, True)
    )

    @torch.inference_mode()
    def codes(model: Plain, pictures: int) -> np.ndarray:
        ids, at, drawn = case.ids(pictures), 0, []
        seeds, caches = torch.arange(pictures), model.caches(pictures)
        for patch in range(case.config.patches):
            logits = model(ids, caches, at)
            at += ids.shape[1]
            ids = pick(logits, seeds, patch, WARM)[:, None]
            drawn.append(ids)
        return torch.cat(drawn, dim=1).numpy()

    def draw(pictures: int, mode: Mode) -> Drawn:
        if mode != "looking":
            return Drawn(codes(fused if mode == "without" else opened, pictures))
        with Hooks(opened) as seen:
            found = codes(opened, pictures)
        return Drawn(found, layers=seen.kept)

    return Looker(name, MODES, draw)


def gpt2(name: str, case: Case) -> Looker:
    """Draw with GPT-2's ``generate``; to look, with eager attention and ``output_attentions``."""
    from benchmarks.peers import gpt2_of

    fused, opened = (gpt2_of(case.generator.prior, DTYPES[case.precision]) for _ in range(2))
    opened.set_attn_implementation("eager")
    t = case.config.text_length

    @torch.inference_mode()
    def draw(pictures: int, mode: Mode) -> Drawn:
        ids, seeds = case.ids(pictures), torch.arange(pictures)

        def picked(read: Tensor, scores: Tensor) -> Tensor:
            code = pick(scores.float(), seeds, read.shape[1] - t, WARM)[:, None]
            return torch.full_like(scores, -torch.inf).scatter(1, code, 0.0)

        found = (fused if mode == "without" else opened).generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            logits_processor=[picked],
            max_new_tokens=case.config.patches,
            pad_token_id=0,
            return_dict_in_generate=True,
            output_attentions=mode == "looking",
        )
        codes = found.sequences[:, t:].numpy()
        if mode != "looking":
            return Drawn(codes)
        return Drawn(codes, layers=list(zip(*found.attentions, strict=True)))

    return Looker(name, MODES, draw)


LOOKERS: dict[str, Callable[[str, Case], Looker]] = {
    "ours, one pass afterwards": ours,
    "plain network, forward hooks": hooks,
    "transformers GPT-2, output_attentions": gpt2,
}
