"""How an explorer works: parts are sent, pictures drawn beside others, heads taken away.

Cells, clicks and the thread of the workshop meet here.
"""

import threading
from collections.abc import Callable
from typing import Any

import traitlets as t

from dalle_explore.errors import InputError
from dalle_explore.instruments.ablation import Kind
from dalle_explore.session.model import Model
from dalle_explore.session.sample import Sample
from dalle_explore.session.studio import Wish, paint
from dalle_explore.trace import Recipe
from dalle_explore.widgets.explorer_parts import PARTS
from dalle_explore.widgets.explorer_shelf import Exhibit, Role, Shelf
from dalle_explore.widgets.explorer_table import ExplorerTable

__all__ = ["ExplorerAtWork"]

_READ = "Where it looked was read in one pass over the recorded codes, not while it was drawn."
_HEADS = "Taking heads away, one by one."


class ExplorerAtWork(ExplorerTable):
    """An explorer's part that works; ``AttentionExplorer`` has what people call."""

    def __init__(self, model: Model) -> None:
        self._shelf = Shelf(model)
        self._desk = threading.RLock()  # held while something is begun
        self._making: Callable[[], Any] | None = None  # ends what is being made
        super().__init__()

    @property
    def model(self) -> Model:
        """What drew the pictures."""
        return self._shelf.model

    def names(self) -> tuple[str, ...]:
        """Of all pictures, in the order in which they came."""
        return self._shelf.ids

    def check_free(self) -> None:
        """Refuse what cannot be done while something is made.

        Raises:
            InputError: something is drawn or measured, or the explorer is closed.
        """
        self._check_open()
        if self._making is not None:
            raise InputError("this explorer is at work already: wait for it, or press Stop first.")

    def send_part(self, wanted: str, name: str) -> None:
        """Send a part of a picture, as soon as nothing more urgent is to be done.

        Raises:
            InputError: there is no picture of this name.
        """
        exhibit = self._shelf.find(wanted)
        if name in PARTS and exhibit.sample is not None:
            urgency = 1 + PARTS.index(name)
            self._workshop.add(lambda goes_on: self._sent(exhibit, name, goes_on), urgency)

    def _sent(self, exhibit: Exhibit, name: str, goes_on: Callable[[], bool]) -> bool:
        fresh = not exhibit.read
        made = self._shelf.part(exhibit, name, goes_on)
        if made is None:
            return False
        if not self._closed:
            message = {"kind": "part", "id": exhibit.id, "part": name, "header": made.header}
            self.send(message, made.buffers)
        if fresh and exhibit.read:
            self._tell()  # its replay error is known now
        return True

    # -- drawing beside

    def _draw(
        self, recipe: Recipe, parent: Exhibit, role: Role, label: str, wait: bool | None
    ) -> None:
        with self._desk:
            self.check_free()
            run = paint(self.model, [Wish(recipe, parent.seed)], every=1)
            self._shelf.keep([self.selected])
            one = self._shelf.put_up(recipe, parent.seed, role, label)
            self._making, self._error = (lambda: run.stop(wait=False)), None
            self.beside = ""
            self._tell()
            self.beside = one.id
            self._say("drawing", total=self.model.generator.patches)
            self._workshop.add(self._kept(lambda: self._drawn(run, one)))
        self._until(wait)

    def _drawn(self, run: Any, one: Exhibit) -> None:
        """Runs in the workshop's thread, to the end of a drawing."""
        total = self.model.generator.patches

        def report(work: Any) -> None:
            progress = run.progress
            self._say("drawing", done=progress.done, total=total, left=progress.left)

        try:
            (painted,) = run.watch(report).run()
            if painted is not None and painted.trace.complete:
                one.sample = Sample.painted(self.model, painted)
        finally:
            self._making = None
            if one.sample is None:
                if self.beside == one.id:
                    self.beside = ""
                self._shelf.take_down(one)
            self._tell()
        self._say("idle", "" if one.sample is not None else "Stopped; nothing was drawn.")

    # -- taking heads away

    def _take_away(self, kind: Kind, wait: bool | None) -> None:
        with self._desk:
            self.check_free()
            one, ended = self._whole(), threading.Event()
            self._making, self._error = ended.set, None
            self._say("working", _HEADS)
            self._workshop.add(self._kept(lambda: self._ablated(one, kind, ended)))
        self._until(wait)

    def _ablated(self, one: Exhibit, kind: Kind, ended: threading.Event) -> None:
        """Runs in the workshop's thread, to the end of an ablation."""

        def report(done: int, total: int) -> None:
            self._say("working", _HEADS, done=done, total=total)

        try:
            found = one.view.ablate(kind, progress=report, goes_on=lambda: not ended.is_set())
        finally:
            self._making = None
        if not found.finished:
            self._say("idle", "Stopped; effects are shown when every head was asked.")
            return
        one.parts.pop("heads", None)
        self.send_part(one.id, "heads")
        self._say("idle")

    # -- what is told

    def _tell(self) -> None:
        """Bring the traits that tell of the pictures up to date."""
        if not self._closed:
            self.pictures = [one.told() for one in self._shelf.exhibits]
            self._word()

    @t.observe("selected")
    def _word(self, change: Any = None) -> None:
        """Say how the picture that is spoken of was made."""
        if self._closed or not self.selected:
            return
        one = self._shelf.find(self.selected)
        if self.word >= len(one.words):
            self.word = -1
        if one.sample is not None:
            self.caption = f"{one.sample.caption()} {_READ}"
            self.alt = (
                f"A picture drawn from the text: {one.recipe.prompt}, and maps of where it looked "
                f"and what it depended on. {self.caption}"
            )

    def _said(self) -> tuple[str, ...]:
        return self._shelf.find(self.selected).words if self.selected else ()

    def _whole(self) -> Exhibit:
        """The picture that is spoken of, which has to be drawn."""
        self._check_open()
        one = self._shelf.find(self.selected)
        if one.sample is None:
            raise InputError("this picture is still being drawn: wait for it, or press Stop.")
        return one
