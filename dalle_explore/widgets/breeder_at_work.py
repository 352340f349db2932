"""How a breeder works: a litter begins, is watched, ends; and what is told of it all the while.

Cells, clicks and the thread of the workshop meet here.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import traitlets as t

from dalle_explore.errors import InputError
from dalle_explore.session.family import Family
from dalle_explore.session.model import Model
from dalle_explore.session.sample import Sample
from dalle_explore.session.studio import Work
from dalle_explore.settings import Settings
from dalle_explore.widgets.base import by_sentence
from dalle_explore.widgets.breeder_keeping import Keeping
from dalle_explore.widgets.breeder_nursery import Nursery, Painting
from dalle_explore.widgets.breeder_table import FOUNDERS, BreederTable
from dalle_explore.widgets.breeder_words import words_of
from dalle_explore.widgets.growing import Growing

__all__ = ["BreederAtWork"]

_REPORT, _UNWATCHED = 0.25, 2.0  # seconds between two reports of progress


class BreederAtWork(BreederTable):
    """A breeder's part that works; ``Breeder`` has what people call."""

    def __init__(self, model: Model, settings: Settings, keeping: Keeping) -> None:
        self._nursery = Nursery(model, settings)
        self._keeping = keeping
        self._ranking = False
        self._callbacks: list[Callable[[Sample | None], Any]] = []
        super().__init__()

    @property
    def model(self) -> Model:
        """What draws."""
        return self._nursery.model

    @property
    def family(self) -> Family | None:
        """Everybody so far; None before the first pictures are drawn."""
        return self._nursery.family

    def names(self) -> tuple[str, ...]:
        """Of all pictures, in the order in which they came."""
        return self._nursery.names()

    def numbers(self) -> tuple[int, ...]:
        """Of all litters, in the order in which they were bred."""
        return self._nursery.numbers()

    def check_free(self) -> None:
        """Refuse what cannot be done while something is drawn.

        Raises:
            InputError: something is drawn or put in order, or the breeder is closed.
        """
        self._check_open()
        if self._nursery.painting is not None or self._ranking:
            raise InputError("this breeder is at work already: wait for it, or press Stop first.")

    def send_pictures(self, wanted: Sequence[str]) -> None:
        """Send pictures to the browser, as soon as nothing more urgent is to be done."""
        there = [name for name in wanted if self._nursery.sample(name) is not None]

        def job(goes_on: Any) -> None:
            files = [self._nursery.picture(name) for name in there]
            self._post({"kind": "pictures", "ids": there}, files)

        if there:
            self._workshop.add(job, urgency=1)

    # -- drawing

    def _begin(self, painting: Painting) -> None:
        """Draw in the workshop what the nursery prepared."""
        try:
            self._error = None
            before = self.litter
            self._tell()
            self.litter = painting.number
            self._say("drawing", total=painting.total)
            self._workshop.add(self._kept(lambda: self._drawn(painting, before)))
        except BaseException:
            self._nursery.painting = None  # or it would be drawn for ever
            raise

    def _drawn(self, painting: Painting, before: int) -> None:
        """Runs in the workshop's thread, to the end of a litter."""
        watched, due = self._answered.is_set(), 0.0

        def report(work: Work) -> None:
            nonlocal due
            now = time.monotonic()
            if now >= due:
                due = now + (_REPORT if watched else _UNWATCHED)
                progress = painting.run.progress
                self._say("drawing", done=progress.done, total=painting.total, left=progress.left)

        watchers: list[Callable[[Work], Any]] = [report]
        if watched:
            watchers.append(Growing(self.model.generator, painting.names, self._post))
        count = 0
        try:
            count = self._nursery.finish(painting, watchers)
        finally:
            self._ended(painting, count, before)
        lacking = len(painting.wishes) - count
        what = "child" if painting.parents else "picture"
        sentence = ""
        if lacking:
            rest = "nothing was finished" if not count else f"{count} were finished and stay"
            sentence = f"Stopped: {rest}." if count != 1 else f"Stopped: one {what} stays."
        self._say("idle", sentence)
        if count:
            self._remember()

    def _ended(self, painting: Painting, count: int, before: int) -> None:
        """Show what came of a litter; of nothing, what was shown before."""
        there = set(self._nursery.ids)
        with self.hold_sync():
            if not count and self.litter == painting.number:
                self.litter = before
            for name in ("one", "two", "chosen"):
                if getattr(self, name) and getattr(self, name) not in there:
                    self.set_trait(name, "")
            if count and painting.number == FOUNDERS:
                self._founded(painting.names[:count])
            self.seed = self._nursery.next_seed()
            self._tell()

    def _founded(self, names: Sequence[str]) -> None:
        """The first pictures are the first parents."""
        self.one, self.two = names[0], names[1] if len(names) > 1 else ""
        self.chosen = names[0]
        self.other_prompt = ""  # it has been drawn, and is not mixed in again

    # -- what is kept

    def _remember(self) -> None:
        """Write the family into its gallery; where that fails, say so and go on."""
        family = self.family
        if family is None:
            return
        try:
            self._keeping.keep(family)
        except Exception as error:
            self._say("idle", f"Not kept in the gallery: {by_sentence(error)}")
        if not self._closed:
            self.place = self._keeping.in_words()

    # -- by CLIP

    def _rank(self, number: int) -> None:
        with self._nursery.desk:
            self.check_free()
            self._nursery.check_rankable(number)
            self._ranking, self._error = True, None
            self._say("working", "CLIP reads the pictures; the first time it has to be opened.")
            self._workshop.add(self._kept(lambda: self._ranked(number)))

    def _ranked(self, number: int) -> None:
        """Runs in the workshop's thread."""
        try:
            self._nursery.rank(number)
        finally:
            self._ranking = False
        self._tell()
        self._say("idle", "")

    # -- what is told

    def _tell(self) -> None:
        """Bring the traits that tell of the family up to date."""
        if self._closed:
            return
        with self.hold_sync():
            self.kin = self._nursery.told()
            self.litters = self._nursery.told_litters()
            self._word()

    @t.observe("litter")
    def _word(self, change: Any = None) -> None:
        """Say how what is shown was made."""
        if not self._closed:
            self.caption, self.alt = words_of(self._nursery, self.litter)

    @t.observe("chosen")
    def _chose(self, change: Any) -> None:
        sample = self._nursery.sample(self.chosen)
        for callback in list(self._callbacks):
            try:
                callback(sample)
            except Exception as error:  # of somebody else's; the breeder goes on
                self._failed(error)

    def _failed(self, error: BaseException) -> None:
        """Say it under the widget; while something is drawn, beside its progress."""
        if self._nursery.painting is None or self._closed:
            super()._failed(error)
        else:
            self.status = {**self.status, "sentence": by_sentence(error)}

    def _post(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        if not self._closed:
            self.send(content, buffers)
