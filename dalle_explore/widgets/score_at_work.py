"""How a score explorer works: pictures are sent as they come into sight, texts met when asked for.

Cells, clicks and the thread of the workshop meet here.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import traitlets as t

from dalle_explore.errors import DalleExploreError, InputError
from dalle_explore.scoring.clip import Scorer
from dalle_explore.session.sample import Sample
from dalle_explore.session.scores import ScoredPrompt, Scores
from dalle_explore.session.scores.retrieval import Retrieval
from dalle_explore.widgets.base import by_sentence
from dalle_explore.widgets.grid_parts import encoded, pictures_part
from dalle_explore.widgets.score_table import ScoreTable
from dalle_explore.widgets.score_told import matrix_told, warned
from dalle_explore.widgets.workshop import GoesOn

__all__ = ["ScoresAtWork", "Select"]

_LATER = 1  # urgency of pictures: after whatever somebody waits for
_TOGETHER = 8  # pictures that are made, and sent, together

Select = Callable[[Sample | None], Any]


class ScoresAtWork(ScoreTable):
    """An explorer's part that works; ``ScoreExplorer`` has what people call."""

    def __init__(self, scores: Scores, scorer: Scorer | None) -> None:
        self._scores, self._scorer = scores, scorer
        self._found: dict[str, Retrieval] = {}
        self._desk = threading.RLock()  # held while what is wanted changes
        self._wanted: dict[tuple[int, int], None] = {}
        self._selecting: list[Select] = []
        self._told_of: Any = None
        super().__init__()

    @property
    def scores(self) -> Scores:
        """What is shown, as a value."""
        return self._scores

    @property
    def cell(self) -> ScoredPrompt:
        """The prompt in hand, with all its scores."""
        return self._scores.cells[self.prompt]

    @property
    def selected(self) -> Sample | None:
        """The picture in hand; None: only its score was kept."""
        return self.cell.held.get(self._seed())

    # -- the browser half

    def _asked(self, kind: str, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        self._check_open()
        try:
            if kind == "pictures":
                self._want([self._key(*one) for one in content["wanted"]])
            elif kind == "matrix":
                self.which = str(content["which"])
                self._workshop.add(lambda goes_on: self._compare())
        except DalleExploreError:
            raise
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"the page asked for {kind} in a way that means nothing here ({error!r}): reload "
                f"the page, or run the cell again."
            ) from error

    def _key(self, number: Any, seed: Any) -> tuple[int, int]:
        if isinstance(number, bool) or not isinstance(number, int):
            raise TypeError(f"the prompt is {number!r}")
        if not 0 <= number < len(self._scores.cells):
            raise IndexError(f"the prompt is {number!r}")
        if not (isinstance(seed, str) and seed.isdecimal() and len(seed) < 20):
            raise ValueError(f"the seed is {seed!r}")
        return number, int(seed)

    def _want(self, wanted: Sequence[tuple[int, int]]) -> None:
        with self._desk:
            self._wanted |= dict.fromkeys(wanted)

        def job(goes_on: GoesOn) -> bool:
            while self._wanted and not self._closed:
                if not goes_on():
                    return False
                self._send_wanted()
            return True

        self._workshop.add(job, urgency=_LATER)

    def _send_wanted(self) -> None:
        with self._desk:
            wanted = list(self._wanted)[:_TOGETHER]
            for key in wanted:
                del self._wanted[key]
        part = pictures_part(wanted, [self._encoded(*key) for key in wanted])
        if not self._closed:
            message = {"kind": "part", "part": "pictures", "header": part.header}
            self.send(message, part.buffers)

    def _encoded(self, number: int, seed: int) -> bytes:
        sample = self._scores.cells[number].held.get(seed)
        return b"" if sample is None else encoded(np.asarray(sample.picture))

    def _retrieval(self, which: str) -> Retrieval:
        if which not in self._found:
            self._found[which] = self._scores.retrieval(which, self._scorer)
        return self._found[which]

    def _compare(self) -> None:
        """Let pictures meet the texts of all prompts; what hinders that is told instead."""
        which = self.which
        try:
            if which not in self._found:
                self._say("working", "Every picture meets every text.", total=1)
            told = matrix_told(self._retrieval(which))
        except DalleExploreError as error:
            told = {"which": which, "refused": by_sentence(error)}
        if not self._closed:
            self.matrix = told
            self._say("idle")

    @t.observe("tab", "shape", "which", "matrix")
    def _word(self, change: Any = None) -> None:
        """Say how what is shown was made."""
        if self._closed or not self.spread:
            return
        told: Mapping[str, Any] = getattr(self, self.tab)
        caption = told.get("caption", "")
        if self.tab == "spread":
            caption = told["captions"][self.shape or told["kind"]]
        with self.hold_sync():
            self.caption = caption or warned(self._scores.made(), self._scores)
            self.alt = told.get("alt") or self.caption

    def _seed(self) -> int:
        """The seed of the picture in hand."""
        cell = self.cell
        if self.picture and int(self.picture) in cell.seeds:
            return int(self.picture)
        return int(cell.seeds[int(np.argmax(cell.scores))])

    @t.observe("prompt", "picture")
    def _notify(self, change: Any) -> None:
        """Tell those who listen which picture is in hand, once for each."""
        if not self._selecting or self._closed:
            return
        key = (self.prompt, self._seed())
        if key == self._told_of:
            return
        self._told_of = key
        sample = self.selected
        for callback in list(self._selecting):
            try:
                callback(sample)
            except Exception as error:  # somebody else's; the explorer goes on
                self._failed(error)
