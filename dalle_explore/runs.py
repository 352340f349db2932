"""Whoever drives an iterator of steps: a thread, this cell, or an event loop.

A drawing is an iterator that yields steps. A ``Run`` takes it to its end in one of three ways
(``start`` in a thread, ``run`` in the caller's, ``await``), can be stopped between two steps, and
always has a result: of a run that was stopped, that of the steps it took.
"""

import asyncio
import dataclasses
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any, Generic, Literal, Protocol, TypeVar

from dalle_explore.errors import InputError

__all__ = ["Collector", "Gather", "Progress", "Run"]

S = TypeVar("S")
R = TypeVar("R")
V = TypeVar("V")
T = TypeVar("T", contravariant=True)
U = TypeVar("U", covariant=True)

State = Literal["new", "running", "finished", "stopped", "failed"]


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far a run has come."""

    done: int  # units of work, such as codes
    total: int | None  # None: nobody knows
    seconds: float  # since it began

    @property
    def left(self) -> float | None:
        """Seconds that it will still take at the speed so far; None: nobody knows."""
        if not self.done or self.total is None:
            return None
        return self.seconds * (self.total - self.done) / self.done


class Collector(Protocol[T, U]):
    """Takes steps and makes a result of them; of fewer than all, too."""

    def add(self, step: T) -> None:
        """Take one step more."""

    def result(self) -> U:
        """Return what the steps so far come to."""


class Gather(Generic[S, R]):
    """A collector that keeps every step and gives all of them to a function."""

    def __init__(self, finish: Callable[[Sequence[S]], R]) -> None:
        self.steps: list[S] = []
        self._finish = finish

    def add(self, step: S) -> None:
        """Take one step more."""
        self.steps.append(step)

    def result(self) -> R:
        """Return what the function makes of the steps so far."""
        return self._finish(tuple(self.steps))


class _Changed(Generic[S, R, V]):
    """A collector whose result is changed in the end, once."""

    def __init__(self, collector: Collector[S, R], change: Callable[[R], V]) -> None:
        self._collector, self._change = collector, change
        self._made: list[V] = []

    def add(self, step: S) -> None:
        self._collector.add(step)

    def result(self) -> V:
        if not self._made:
            self._made.append(self._change(self._collector.result()))
        return self._made[0]


class Run(Generic[S, R]):
    """Steps on their way to a result.

    Args:
        steps: what to run; it is closed in the end, so that generators can tidy up.
        collector: makes the result; of fewer steps than all, if the run is stopped.
        total: units of work in all steps together; None: unknown.
        units: units of work in one step.
    """

    def __init__(
        self,
        steps: Iterable[S],
        collector: Collector[S, R],
        *,
        total: int | None = None,
        units: Callable[[S], int] = lambda step: 1,
    ) -> None:
        self._steps, self._collector, self._units = iter(steps), collector, units
        self._total = total
        self._watchers: list[Callable[[S], Any]] = []
        self._lock = threading.Lock()
        self._stop, self._over = threading.Event(), threading.Event()
        self._began = self._ended = 0.0
        self._done = 0
        self._error: BaseException | None = None
        self._state: State = "new"

    @property
    def state(self) -> State:
        """new, running, finished, stopped (before its end) or failed."""
        return self._state

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        if self._state == "new":
            return Progress(0, self._total, 0.0)
        until = self._ended if self._over.is_set() else time.monotonic()
        # Work that is done again, because a batch was too large, is not counted beyond the end.
        done = self._done if self._total is None else min(self._done, self._total)
        return Progress(done, self._total, until - self._began)

    def watch(self, watcher: Callable[[S], Any]) -> "Run[S, R]":
        """Call ``watcher`` with every step to come, in the thread that runs; returns the run.

        A watcher that raises ends the run with that error.
        """
        self._watchers.append(watcher)
        return self

    def start(self) -> "Run[S, R]":
        """Run in a thread of its own, and return at once.

        Raises:
            InputError: it was started before.
        """
        self._claim()
        # A daemon: leaving Python does not wait for pictures that nobody will see.
        threading.Thread(target=self._drive, name="dalle_explore run", daemon=True).start()
        return self

    def run(self) -> R:
        """Run here, and return the result.

        Ctrl-C ends it between two steps; ``result`` then holds what was there.

        Raises:
            InputError: it was started before.
            KeyboardInterrupt: Ctrl-C came; and whatever a step raised.
        """
        self._claim()
        self._drive()
        return self.result

    def stop(self, *, wait: bool = True) -> "Run[S, R]":
        """Ask it to end after the step it is at; stopping twice, or too late, does no harm.

        Args:
            wait: return when it has ended. Not for watchers, who would wait for themselves.
        """
        with self._lock:
            self._stop.set()
            if self._state == "new":
                self._finish("stopped")
        if wait:
            self.wait()
        return self

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended, at most so many seconds; whether it has."""
        return self._over.wait(seconds)

    @property
    def result(self) -> R:
        """The result; that of the steps taken, if it was stopped.

        Raises:
            InputError: it has not ended yet.
            Whatever a step raised.
        """
        if not self._over.is_set():
            raise InputError(
                f"the run is {self._state}, so it has no result yet: wait for it with wait(), "
                f"or end it with stop()."
            )
        if self._error is not None and not isinstance(self._error, KeyboardInterrupt):
            raise self._error
        return self._collector.result()

    def __await__(self) -> Generator[Any, None, R]:
        if self._state == "new":
            self.start()
        return self._awaited().__await__()

    async def _awaited(self) -> R:
        try:
            await asyncio.to_thread(self._over.wait)
        except asyncio.CancelledError:
            self.stop(wait=False)
            raise
        # In a thread as well: a result may have to be worked out.
        return await asyncio.to_thread(lambda: self.result)

    def then(self, change: "Callable[[R], V]") -> "Run[S, V]":
        """Return the same run with another result: what ``change`` makes of the one it had.

        The run it is called on must not be started any more.
        """
        with self._lock:
            if self._state != "new":
                raise InputError(f"this run is {self._state} already, so its result is settled.")
            self._state = "stopped"
        changed = _Changed(self._collector, change)
        run = Run(self._steps, changed, total=self._total, units=self._units)
        run._watchers = self._watchers
        return run

    def _claim(self) -> None:
        with self._lock:
            if self._state != "new":
                raise InputError(
                    f"this run is {self._state} already, and runs only once: make another."
                )
            self._state, self._began = "running", time.monotonic()

    def _drive(self) -> None:
        state: State = "failed"
        try:
            state = self._take_all()
        except BaseException as error:
            self._error = error
            if isinstance(error, KeyboardInterrupt):
                state = "stopped"
            if threading.current_thread() is threading.main_thread():
                raise
        finally:
            close = getattr(self._steps, "close", None)
            if close is not None:
                close()
            with self._lock:
                self._finish(state)

    def _take_all(self) -> State:
        while not self._stop.is_set():
            try:
                step = next(self._steps)
            except StopIteration:
                return "finished"
            self._collector.add(step)
            self._done += self._units(step)
            for watcher in self._watchers:
                watcher(step)
        return "stopped"

    def _finish(self, state: State) -> None:
        self._state, self._ended = state, time.monotonic()
        self._over.set()
