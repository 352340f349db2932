"""``ScoreExplorer``: the scores of every picture, losers too, and what can be read off them."""

import functools
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dalle_explore.errors import InputError
from dalle_explore.scoring.clip import Scorer
from dalle_explore.session.grids import Grid
from dalle_explore.session.sample import Sample
from dalle_explore.widgets.base import STATIC, built, refuse_unknown
from dalle_explore.widgets.score_at_work import ScoresAtWork, Select
from dalle_explore.widgets.score_given import Given, number_of, scores_of, span_of
from dalle_explore.widgets.score_offline import as_page
from dalle_explore.widgets.score_parts import values_part
from dalle_explore.widgets.score_source import explorer_as_code
from dalle_explore.widgets.score_still import still
from dalle_explore.widgets.score_table import SHAPES, TABS, WHICH
from dalle_explore.widgets.score_told import (
    WARNING,
    best_told,
    odd_told,
    spread_told,
)

if TYPE_CHECKING:
    import matplotlib.figure

__all__ = ["SHAPES", "TABS", "WHICH", "ScoreExplorer"]

_MEGABYTES = 2.0  # of a page, unless another size is asked for
_AROUND = 20_000  # bytes of a page around its parts, and to spare


class ScoreExplorer(ScoresAtWork):
    """See how scores are spread, brush some and see those pictures, and what choosing is worth.

    Four pages: how the scores of every prompt are spread; what the best of k is worth; whether
    the score finds the text that a picture was drawn from; where scorer and judge disagree. All
    numbers are those of ``Scores``, with their intervals. In a notebook it is live; ``figure()``
    is its still, and ``save_html(path)`` its page that needs no kernel.

    Args:
        what: what ``dx.grid`` or ``dx.draw`` returned, a list of draws, or ``Scores``.
        scorer: another scorer than that of the model, such as ``dx.load_scorer(...)``; of
            ``Scores``, the one that made them, which then meets pictures with other texts, too.
        judge: let the model's judge read draws, where it can.
        tab: "spread", "best", "matrix" or "odd".
        shape: how distributions are drawn: "raincloud", "ecdf" or "ridges"; "": what shows most.
        prompt: the prompt in hand, by its number, its text, or ``{axis: value}``.
        span: (low, high), scores of this prompt that are brushed; None: none.
        k: pictures chosen among; None: as many as the prompt with the fewest has.
        which: the picture of every prompt that meets all texts: "first", of the first seed, or
            "best".
        picture: the seed of the picture in hand; None: the best of the prompt.
        **unknown: refused, with the nearest keyword that there is.

    Raises:
        InputError: nothing that has scores, or a value out of its range.
        ModelFileError: a draw is not scored, and its model carries no CLIP.
    """

    _esm = built("score_explorer.js")
    _css = built("score_explorer.css")
    page_script = "score_explorer.page.js"

    def __init__(
        self,
        what: Given,
        *,
        scorer: Scorer | None = None,
        judge: bool = True,
        tab: str = "spread",
        shape: str = "",
        prompt: int | str | Mapping[str, Any] = 0,
        span: tuple[float, float] | None = None,
        k: int | None = None,
        which: str = "first",
        picture: int | None = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(type(self), unknown)
        scores = scores_of(what, scorer, judge)
        for name, value, known in (
            ("tab", tab, TABS),
            ("shape", shape, SHAPES),
            ("which", which, WHICH),
        ):
            if value not in known:
                said = ", ".join(map(repr, known))
                raise InputError(f"{name} is {value!r}, but it is one of {said}.")
        number = number_of(prompt, scores)
        ends = [] if span is None else span_of(*_two(span))
        if k is not None and (isinstance(k, bool) or not 1 <= k <= scores.least):
            raise InputError(
                f"k is {k!r}, but the prompt with the fewest pictures has {scores.least}: give a "
                f"whole number from 1 to {scores.least}."
            )
        self._grid = what if isinstance(what, Grid) else None
        self._judge = judge
        super().__init__(scores, scorer)
        first = next((one for cell in scores.cells for one in cell.held.values()), None)
        self.prompts = [{"prompt": c.prompt, "labels": dict(c.labels)} for c in scores.cells]
        self.about = {
            "scorer": scores.scorer,
            "digest": (scores.scorer_digest or "")[:8],
            "warning": "" if len(scores.cells) == 1 else WARNING,
            "judged": bool(scores.judges),
            "least": scores.least,
            "width": 0 if first is None else first.model.generator.columns * _patch(first),
            "height": 0 if first is None else first.model.generator.rows * _patch(first),
            "left_out": "",
        }
        self.values, self.spread = values_part(scores), spread_told(scores)
        self.best, self.odd = best_told(scores), odd_told(scores)
        if shape and shape not in self.spread["kinds"]:
            scores.distribution().check_kind(shape)  # raises the sentence
        self.shape, self.which, self.k = shape, which, scores.least if k is None else k
        self.prompt, self.span = number, ends
        if picture is not None:
            self.choose(number, picture)
        self.tab = tab
        if tab == "matrix":
            self._compare()

    # -- choosing

    def choose(
        self, prompt: int | str | Mapping[str, Any], seed: int | None = None
    ) -> "ScoreExplorer":
        """Take a prompt in hand, and one of its pictures.

        Args:
            prompt: its number, its text, or ``{axis: value}``.
            seed: of the picture; None: the best.

        Raises:
            InputError: there is no such prompt or picture.
        """
        self._check_open()
        number = number_of(prompt, self._scores)
        cell = self._scores.cells[number]
        if seed is not None and seed not in cell.seeds:
            raise InputError(
                f"seed is {seed!r}, but “{cell.prompt}” has {_named(cell.seeds)}: give one of "
                f"them."
            )
        with self.hold_trait_notifications():
            if number != self.prompt:
                self.span = []
            self.prompt, self.picture = number, "" if seed is None else str(seed)
        return self

    def brush(
        self, low: float, high: float, prompt: int | str | Mapping[str, Any] | None = None
    ) -> "ScoreExplorer":
        """Brush the scores from ``low`` to ``high``; ``brushed`` are those pictures.

        Args:
            low: raw score, as ``scores`` has them.
            high: likewise.
            prompt: whose; None: of the prompt in hand.

        Raises:
            InputError: no such prompt, or no two numbers, the lower first.
        """
        ends = span_of(low, high)
        if prompt is not None:
            self.choose(prompt)
        self._check_open()
        self.span = ends
        return self

    def on_select(self, callback: Select) -> Callable[[], None]:
        """Call ``callback(sample)`` whenever another picture is in hand; None: it was not kept.

        Returns:
            A function that ends this.
        """
        self._selecting.append(callback)
        return lambda: self._selecting.remove(callback)

    # -- looking

    @property
    def brushed(self) -> list[Sample]:
        """The brushed pictures, best first, as far as they were kept; empty without a brush."""
        if not self.span:
            return []
        cell, (low, high) = self.cell, self.span
        order = np.argsort(-cell.scores, kind="stable")
        inside = [n for n in order.tolist() if low <= cell.scores[n] <= high]
        return [one for one in map(cell.sample, inside) if one is not None]

    @property
    def view(self) -> dict[str, Any]:
        """Keywords that show the same again: ``ScoreExplorer(view.scores, **view.view)``."""
        view: dict[str, Any] = {"tab": self.tab}
        if self.shape:
            view["shape"] = self.shape
        if self.prompt:
            view["prompt"] = self.prompt
        if self.span:
            view["span"] = tuple(self.span)
        if self.k != self._scores.least:
            view["k"] = self.k
        if self.which != "first":
            view["which"] = self.which
        if self.picture:
            view["picture"] = int(self.picture)
        return view

    def figure(self, kind: str | None = None, **options: Any) -> "matplotlib.figure.Figure":
        """Draw the open page as a matplotlib figure.

        Args:
            kind: "spread", "best", "matrix" or "odd"; None: the open page.
            **options: of the drawing function.

        Raises:
            InputError: no such kind, nothing to be shown on that page, or the widget is closed.
            ModelFileError: for "matrix", the model carries no CLIP.
        """
        self._check_open()
        if kind is not None and kind not in TABS:
            raise InputError(f"kind is {kind!r}, but it is one of {', '.join(map(repr, TABS))}.")
        taken = kind or self.tab
        if taken == "best":
            return self._scores.best_of().figure(**{"prompt": self.prompt, **options})
        if taken == "matrix":
            return self._retrieval(self.which).figure(**options)
        if taken == "odd":
            return self._scores.disagreements().figure(**options)
        return self._scores.distribution().figure(**{"kind": self.shape or None, **options})

    def python(self) -> str:
        """Return the code that makes this widget again, with its view."""
        self._check_open()
        return explorer_as_code(self._scores, self._grid, self._scorer, self._judge, self.view)

    def save_html(
        self,
        path: str | os.PathLike[str],
        *,
        force: bool = False,
        megabytes: float = _MEGABYTES,
    ) -> Path:
        """Save a page that stays interactive with no kernel and no network, in one file.

        All scores and numbers travel; of the pictures, as many as fit: the highest and the lowest
        of every prompt first, then the winners of the prompt in hand, those that are brushed, and
        those of the other pages. The page says what it leaves out.

        Args:
            path: ending in .html.
            force: also when it is larger than 50 MB.
            megabytes: how large the page may become.

        Raises:
            InputError: another ending, a path that cannot be written, a size that is none, or a
                page that is too large.
            MachineError: the disk is full.
        """
        if isinstance(megabytes, bool) or not megabytes > 0:
            raise InputError(f"megabytes is {megabytes!r}, but it has to be more than 0.")
        self._megabytes = float(megabytes)
        try:
            return super().save_html(path, force=force)
        finally:
            del self._megabytes

    def _title(self) -> str:
        prompts = self._scores.prompts
        return prompts[0] if len(prompts) == 1 else f"scores of {len(prompts)} prompts"

    def _free(self) -> None:
        self._selecting.clear()
        self._found.clear()

    def _still(self) -> bytes:
        return self._pictured

    @functools.cached_property
    def _pictured(self) -> bytes:
        return still(self._scores)

    def _embedded(self) -> dict[str, Any]:
        if not self.matrix or self.matrix.get("which") != self.which:
            self._compare()
        state = {name: getattr(self, name) for name in self.shared()}
        room = getattr(self, "_megabytes", _MEGABYTES) * 1e6
        return as_page(state, self._scores, room - self._weight(state))

    def _weight(self, state: Mapping[str, Any]) -> float:
        """Bytes of a page without pictures: the still, the script, and everything that is told."""
        told = json.dumps(
            state, ensure_ascii=False, default=lambda data: "=" * (len(data) * 4 // 3 + 60)
        )
        files = (self.page_script, self.page_script.replace(".page.js", ".css"))
        fixed = sum((STATIC / name).stat().st_size for name in files) + len(self._pictured) * 4 / 3
        return fixed + len(told.encode("utf-8")) + _AROUND


def _patch(sample: Sample) -> int:
    size: int = sample.model.generator.patch
    return size


def _two(span: Any) -> tuple[Any, Any]:
    """The ends of a range.

    Raises:
        InputError: not two.
    """
    if not isinstance(span, Sequence) or isinstance(span, str) or len(span) != 2:
        raise InputError(f"span is {span!r}, but it has to be (low, high), or None.")
    return span[0], span[1]


def _named(seeds: np.ndarray) -> str:
    shown = ", ".join(map(str, seeds[:8].tolist()))
    return f"the seeds {shown}{' and others' if len(seeds) > 8 else ''}"
