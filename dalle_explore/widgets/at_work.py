"""How a player works: a drawing begins, is watched, ends; and what is told of it all the while.

Cells, clicks and the thread of the workshop meet here.
"""

import contextlib
import functools
from collections.abc import Iterator, Sequence
from typing import Any

import traitlets as t

from dalle_explore.errors import DalleExploreError, InputError
from dalle_explore.widgets.base import by_sentence
from dalle_explore.widgets.easel import Easel, Painting
from dalle_explore.widgets.given import MOST
from dalle_explore.widgets.growing import import_clip
from dalle_explore.widgets.table import Table

__all__ = ["AtWork"]

_LATER = 4  # urgency of scores: after films, before the crops of alternatives


class AtWork(Table):
    """A player's part that draws; ``DecodePlayer`` has what people call."""

    _easel: Easel
    _score: bool
    _notice = ""  # what is said beside the progress of a drawing

    def names(self) -> tuple[str, ...]:
        """Of all pictures, in the order in which they came."""
        return self._easel.ids

    def check_free(self) -> None:
        """Refuse what cannot be done while something is drawn.

        Raises:
            InputError: something is drawn or uploaded, or the player is closed.
        """
        self._check_open()
        if self._easel.uploading:
            raise InputError("this player turns a picture into codes: wait a moment.")
        if self._easel.painting is not None:
            raise InputError("this player is drawing already: wait for it, or press Stop first.")

    def _failed(self, error: BaseException) -> None:
        """Say it under the widget; while something is drawn, beside its progress."""
        if self._easel.painting is None or self._closed:
            super()._failed(error)
        else:
            self._mention(by_sentence(error))

    def _mention(self, sentence: str) -> None:
        """Say something that ends nothing: while something is drawn, beside its progress."""
        if self._easel.painting is None:
            self._say("idle", sentence)
        else:
            self._notice = sentence
            self.status = {**self.status, "sentence": sentence}

    @contextlib.contextmanager
    def _beginning(self, run: Painting, shown: Sequence[str]) -> Iterator[None]:
        """Draw in the workshop what the easel prepared, when the traits are set."""
        try:
            yield
            self._tell()  # a name has to be told of before it can be shown
            child = run.branches[0]
            self.shown, self.selected = list(shown), child.id
            self.compared = child.parent or ""
            self.patch = self.patch if self.compared else -1
            self.step = self._easel.patches
            self._notice, self._error = "", None
            self._say("drawing", total=run.total)
            self._workshop.add(self._kept(lambda: self._drawn(run)))
        except BaseException:
            self._easel.take_down(run)  # or it would be drawn for ever
            raise

    def _uploaded(self, picture: Any, prompt: str, fit: str, name: str) -> None:
        """Runs in the workshop's thread."""
        try:
            branch, sentence = self._easel.upload(picture, prompt, fit, name)
        finally:
            self._easel.uploading = False
        self._tell()
        self.shown = [*self.shown, branch.id][-MOST:]
        self.selected, self.step = branch.id, self._easel.patches
        self._say("idle", sentence)

    def _drawn(self, run: Painting) -> None:
        """Runs in the workshop's thread, to the end of a drawing."""

        def report(done: int, left: float | None) -> None:
            self._say("drawing", self._notice, done=done, total=run.total, left=left)

        try:
            self._easel.finish(run, self._answered.is_set(), report)
        finally:
            there = self._easel.ids
            self.shown = [one for one in self.shown if one in there]
            if self.selected not in there:
                self.selected = self.shown[0] if self.shown else ""
            if self.compared not in there:
                self.compared = ""
            self._tell()
        stopped = any(branch.state != "whole" for branch in run.branches)
        if self._easel.painting is None:  # or the next one was asked for meanwhile
            self._say("idle", "Stopped; what was drawn so far stays." if stopped else "")
        if self._score and not stopped and self._easel.can_score(run.branches):
            # Pictures and their films come first; then CLIP is imported, in nobody's way.
            score = functools.partial(self._scored, run)
            ready = functools.partial(self._workshop.add, score, _LATER)
            self._workshop.add(lambda goes_on: import_clip(ready, self._unscored), urgency=_LATER)

    def _scored(self, run: Painting, goes_on: Any) -> None:
        try:
            self._easel.score(run.branches)
        except DalleExploreError as error:
            self._unscored(error)
        self._tell()

    def _unscored(self, error: BaseException) -> None:
        self._mention(f"Not scored: {by_sentence(error)}")

    def _tell(self) -> None:
        """Bring the traits that tell of the pictures up to date."""
        if self._closed:
            return
        with self.hold_sync():
            self.branches = self._easel.told()
            self._word()

    @t.observe("shown")
    def _word(self, change: Any = None) -> None:
        """Say how what is shown was made."""
        if self._closed:
            return
        self.caption, self.alt = self._easel.words(self.shown or self.names())
        # The browser has the films that it asked for; others can be made again.
        for branch in self._easel.branches:
            if branch.id not in self.shown:
                branch.parts.clear()

    def _post(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        if not self._closed:
            self.send(content, buffers)

    def _patches(self) -> int:
        return self._easel.patches
