"""What every widget has: a status line, a still, a page of its own, its state as Python.

The browser half lies in ``static/``, built from ``widgets/src`` at the top of the project.
"""

import abc
import base64
import difflib
import inspect
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import anywidget
import traitlets as t

from dalle_explore.errors import DalleExploreError, InputError
from dalle_explore.files import write_atomic
from dalle_explore.widgets.cells import born
from dalle_explore.widgets.stills import Stills
from dalle_explore.widgets.workshop import Job, Workshop

if TYPE_CHECKING:
    import matplotlib.figure

__all__ = ["View", "built", "by_sentence", "refuse_unknown"]

STATIC = Path(__file__).parent / "static"


def built(name: str) -> str | Path:
    """Return a file of the built browser half, as text.

    As a path anywidget would watch it, and hold on to every widget ever made to tell it of
    changes; only who works on the browser half (ANYWIDGET_HMR=1) wants that.
    """
    path = STATIC / name
    return path if os.environ.get("ANYWIDGET_HMR") == "1" else path.read_text(encoding="utf-8")


_PATIENCE = 3.0  # seconds until a still is shown where no browser half has answered


class View(anywidget.AnyWidget):
    """A widget of this package.

    Attributes:
        status: {state, sentence, done, total, left}; what the line under the figure shows.
        alive: whether there is a kernel; False in a page that was saved.
        caption: how what is shown was made.
        alt: what is to be seen, for those who cannot see it.
    """

    told: ClassVar[frozenset[str]] = frozenset({"status", "alive", "caption", "alt"})
    """Traits that only this half sets; what a browser says of them is not believed."""

    page_script = ""  # file in STATIC: the view and what stands in for Jupyter, in one module

    status = t.Dict().tag(sync=True)
    alive = t.Bool(True).tag(sync=True)
    caption = t.Unicode("").tag(sync=True)
    alt = t.Unicode("").tag(sync=True)

    def __init__(self, **state: Any) -> None:
        self._workshop = Workshop(self._failed)
        self._answered = threading.Event()
        self._closed = False
        self._error: BaseException | None = None  # of what somebody waits for
        self._stills = Stills()
        self._say("idle", send=False)
        super().__init__(**state)
        self.on_msg(self._received)
        born(self)

    # -- what a widget of its own has to bring

    @abc.abstractmethod
    def figure(self, **options: Any) -> "matplotlib.figure.Figure":
        """Draw what the widget shows as a matplotlib figure."""

    @abc.abstractmethod
    def python(self) -> str:
        """Return the code that makes this widget again, as it is now."""

    @abc.abstractmethod
    def _still(self) -> bytes:
        """Return a small PNG of what is shown; b"" when there is nothing yet."""

    @abc.abstractmethod
    def _embedded(self) -> dict[str, Any]:
        """Return the traits of a page without a kernel; bytes are allowed anywhere."""

    def _on_hello(self) -> None:
        """A browser half has appeared."""

    def _asked(self, kind: str, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        """Do what the browser half asks for; what is raised is shown under the widget."""

    def stop(self) -> Any:
        """End what is being done, where that can be ended."""

    # -- what they share

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser half has set, as far as that is for it to set."""
        told = type(self).told
        super().set_state({name: value for name, value in sync_data.items() if name not in told})

    @classmethod
    def shared(cls) -> tuple[str, ...]:
        """Return the names of the traits that both halves know."""
        jupyters = anywidget.AnyWidget.class_trait_names(sync=True)
        names = set(cls.class_trait_names(sync=True)) - set(jupyters)
        return tuple(sorted(names))

    def save_html(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Save a page that stays interactive with no kernel and no network, in one file.

        Args:
            path: ending in .html.
            force: also when it is larger than 50 MB.

        Raises:
            InputError: another ending, a path that cannot be written, nothing to show yet, or a
                page that is too large.
            MachineError: the disk is full.
        """
        from dalle_explore.session.save import PAGE_KINDS, check_output
        from dalle_explore.widgets.page import page

        check_output(path, PAGE_KINDS)
        self._check_open()
        text = page(
            (STATIC / self.page_script).read_text(encoding="utf-8"),
            (STATIC / self.page_script.replace(".page.js", ".css")).read_text(encoding="utf-8"),
            self._embedded(),
            title=self._title(),
            poster=self._still(),
            alt=self.alt,
            caption=self.caption,
            force=force,
        )
        return write_atomic(path, text.encode("utf-8"))

    def keep(self) -> None:
        """Put the figure, with its caption, into the output of the cell, as an ordinary picture.

        A notebook that is opened again shows it without a kernel.

        Raises:
            InputError: there is nothing to show yet, or the widget is closed.
        """
        self._check_open()
        from dalle_explore.shown import upstairs

        picture: bytes = upstairs("print")(self.figure(), "png", scale=2 / 3)
        alt, caption = self._words()
        self._stills.put(picture, alt or caption, caption)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until what was asked for is done, at most so many seconds; whether it is."""
        return self._workshop.wait(seconds)

    def close(self) -> None:
        """End what is being done, and free the memory; the widget shows nothing any more."""
        if getattr(self, "_closed", True):
            return
        self._closed = True
        self._workshop.close()
        self._stills.close()
        self._say("closed", "This widget was closed. Run the cell again to make another.")
        self._free()
        layout = self.layout
        super().close()
        if layout is not None:
            layout.close()

    def _free(self) -> None:
        """Let go of everything large."""

    def _kept(self, work: Callable[[], None]) -> Job:
        """Work as a job whose error is kept for whoever waits; others are only shown."""

        def job(goes_on: Callable[[], bool]) -> None:
            try:
                work()
            except BaseException as error:
                self._error = error
                raise

        return job

    def _until(self, wait: bool | None) -> None:
        """Wait if somebody wants that, or nobody can watch; then errors are raised here."""
        if wait or (wait is None and not self._answered.is_set()):
            try:
                self._workshop.wait()
            except KeyboardInterrupt:
                self.stop()
                self._workshop.wait()
                raise
            if self._error is not None:
                error, self._error = self._error, None
                raise error

    def _title(self) -> str:
        return "dalle_explore"

    def _words(self) -> tuple[str, str]:
        """Alt text and caption of ``figure()``."""
        return self.alt, self.caption

    def _check_open(self) -> None:
        if self._closed:
            raise InputError(
                f"this {type(self).__name__} was closed, so it holds nothing any more: make "
                f"another."
            )

    def _say(
        self,
        state: str,
        sentence: str = "",
        *,
        done: int = 0,
        total: int = 0,
        left: float | None = None,
        send: bool = True,
    ) -> None:
        said = {
            "state": state,
            "sentence": sentence,
            "done": done,
            "total": total,
            "left": None if left is None else round(left, 1),
        }
        if self._closed and state != "closed":
            return  # a thread that ends just now
        if send:
            self.status = said
        else:
            self._trait_values["status"] = said

    def _failed(self, error: BaseException) -> None:
        """Show an error under the widget, in a sentence; runs in any thread."""
        if not self._closed:
            self._say("failed", by_sentence(error))

    def _received(self, _: Any, content: Any, buffers: Sequence[Any]) -> None:
        """Messages of the browser half; they may come in any thread, and from anybody."""
        if not isinstance(content, dict) or not isinstance(content.get("kind"), str):
            return
        kind = content["kind"]
        self._answered.set()
        self._stills.answered()
        try:
            if kind == "hello":
                self._on_hello()
            elif kind == "keep":
                self.keep()
            elif kind == "python":
                self.send({"kind": "python", "code": self.python()})
            else:
                self._asked(kind, content, buffers)
        except Exception as error:
            self._failed(error)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The live view; a PNG for readers that run nothing, and a sentence for plain text."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return {"text/plain": repr(self)}
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        still = self._still()
        if still:
            data = {**data, "image/png": base64.b64encode(still).decode("ascii")}
        data = {**data, "text/plain": repr(self)}
        self._stills.shown(_PATIENCE, self._still, lambda: (self.alt, self.caption))
        return data, metadata

    def __repr__(self) -> str:
        closed = ", closed" if self._closed else ""
        return f"{type(self).__name__}({self._title()!r}{closed})"


def by_sentence(error: BaseException) -> str:
    """Say an error in one sentence, for people."""
    if isinstance(error, KeyboardInterrupt):
        return "Stopped; what was there before stays."
    text = " ".join(str(error).split())
    if isinstance(error, DalleExploreError):
        return text
    if isinstance(error, t.TraitError):
        return text
    return f"Something went wrong here ({type(error).__name__}: {text}). Please try again."


def refuse_unknown(what: Callable[..., Any], unknown: Mapping[str, Any]) -> None:
    """Raise an InputError that names keywords nobody knows, and the nearest that are known."""
    if not unknown:
        return
    known = [
        name
        for name, parameter in inspect.signature(what).parameters.items()
        if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
        and name not in ("self", "what")
    ]
    name = next(iter(unknown))
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"the keywords are {', '.join(known)}."
    raise InputError(f"{name!r} is no keyword of {what.__qualname__.split('.')[0]}: {hint}")
