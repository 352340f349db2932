"""The table of traits that joins the two halves of a score explorer, and what each may be.

``widgets/src/score_explorer.traits.ts`` names the same; a test compares them.
"""

import math
from typing import Any

import traitlets as t

from dalle_explore.widgets.base import View

__all__ = ["SHAPES", "TABS", "WHICH", "ScoreTable"]

TABS = ("spread", "best", "matrix", "odd")
SHAPES = ("", "raincloud", "ecdf", "ridges")
WHICH = ("first", "best")


class ScoreTable(View):
    """The traits of ``ScoreExplorer``.

    Attributes:
        prompts: {prompt, labels} of each: the text, and the values of a grid's axes.
        about: {scorer, digest, warning, judged, width, height, left_out}: who scored, what may
            not be compared, whether a judge read anything, pixels of a picture, and what a page
            leaves out.
        values: {header, buffers}: every picture of every prompt (see ``score_parts``).
        spread: how the scores are spread.
        best: what the best of k is worth, or {refused}.
        matrix: pictures against texts, or {refused}; {} until somebody asks.
        odd: where scorer and judge disagree, or {refused}.
        tab: one of ``TABS``.
        shape: one of ``SHAPES``; "": what shows most.
        prompt: the number of the prompt in hand.
        span: [low, high], the scores of the prompt in hand that are brushed; []: none.
        k: pictures chosen among.
        which: one of ``WHICH``: the picture of every prompt that meets all texts.
        picture: the seed of the picture in hand; "": the best of the prompt in hand.
        embedded: pictures; only in a page without a kernel.
    """

    told = View.told | {
        "prompts",
        "about",
        "values",
        "spread",
        "best",
        "matrix",
        "odd",
        "embedded",
    }

    prompts = t.List(t.Dict()).tag(sync=True)
    about = t.Dict().tag(sync=True)
    values = t.Dict().tag(sync=True)
    spread = t.Dict().tag(sync=True)
    best = t.Dict().tag(sync=True)
    matrix = t.Dict().tag(sync=True)
    odd = t.Dict().tag(sync=True)
    tab = t.Enum(TABS, "spread").tag(sync=True)
    shape = t.Enum(SHAPES, "").tag(sync=True)
    prompt = t.Int(0).tag(sync=True)
    span = t.List(t.Float()).tag(sync=True)
    k = t.Int(1).tag(sync=True)
    which = t.Enum(WHICH, "first").tag(sync=True)
    picture = t.Unicode("").tag(sync=True)
    embedded = t.Dict().tag(sync=True)

    @t.validate("prompt")
    def _there(self, proposal: Any) -> int:
        value: int = proposal.value
        if not 0 <= value < max(1, len(self.prompts)):
            raise t.TraitError(
                f"prompt is {value}, but the prompts are 0 to {max(0, len(self.prompts) - 1)}."
            )
        return value

    @t.validate("span")
    def _ends(self, proposal: Any) -> list[float]:
        value: list[float] = proposal.value
        good = len(value) == 2 and all(map(math.isfinite, value)) and value[0] <= value[1]
        if value and not good:
            raise t.TraitError(f"span is {value}, but it is a low and a high score, or [].")
        return value

    @t.validate("k")
    def _choice(self, proposal: Any) -> int:
        value: int = proposal.value
        most = max(1, int(self.about.get("least", 1)))
        if not 1 <= value <= most:
            raise t.TraitError(
                f"k is {value}, but it is 1 to {most}: the prompt with the fewest pictures has "
                f"no more."
            )
        return value

    @t.validate("shape")
    def _drawable(self, proposal: Any) -> str:
        value: str = proposal.value
        kinds = self.spread.get("kinds", list(SHAPES))
        if value and value not in kinds:
            raise t.TraitError(
                f"shape is {value!r}, which shows few prompts: here it is {' or '.join(kinds)}."
            )
        return value

    @t.validate("picture")
    def _digits(self, proposal: Any) -> str:
        value: str = proposal.value
        if value and not (value.isdecimal() and len(value) < 20):
            raise t.TraitError(f"picture is {value!r}, but it is the digits of a seed, or ''.")
        return value
