"""One thread that does the work of one widget: what somebody asked for first, the rest later.

Jobs that only prepare something are put aside when somebody asks for something, and begin again
when that is done. Where threads do not reach the browser (Colab) or do not exist (a kernel in the
browser), jobs are done at once by whoever adds them; Stop then comes too late.
"""

import contextlib
import dataclasses
import itertools
import queue
import sys
import threading
from collections.abc import Callable

__all__ = ["ASKED", "Job", "Workshop"]

ASKED = 0  # the urgency of what somebody waits for; larger numbers come later

GoesOn = Callable[[], bool]
Job = Callable[[GoesOn], bool | None]
"""Does a piece of work. It looks often at what it is given: when that says no, it has to return,
and returns False if it was not finished."""


@dataclasses.dataclass(frozen=True, order=True)
class _Entry:
    urgency: int
    number: int
    job: Job = dataclasses.field(compare=False)


class Workshop:
    """Does jobs one after another, in a thread that comes with the first and leaves at the end.

    Args:
        failed: called in that thread with what a job raised.
        inline: do without a thread; None: where threads are of no use.
    """

    def __init__(
        self, failed: Callable[[BaseException], None], *, inline: bool | None = None
    ) -> None:
        self._failed = failed
        self._inline = _no_threads() if inline is None else inline
        self._jobs: queue.PriorityQueue[_Entry] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._now: _Entry | None = None
        self._closed = threading.Event()
        self._idle = threading.Condition(self._lock)

    def add(self, job: Job, urgency: int = ASKED) -> None:
        """Have a job done; after ``close``, nothing is."""
        with self._lock:
            if self._closed.is_set():
                return
            self._jobs.put(_Entry(urgency, next(self._numbers), job))
            if self._inline:
                if self._thread is not None:
                    return  # added by a job: it is done after that
                self._thread = threading.current_thread()
            elif self._thread is None:
                # A daemon: leaving Python does not wait for pictures that nobody will see.
                self._thread = threading.Thread(
                    target=self._work, name="dalle_explore widget", daemon=True
                )
                self._thread.start()
        if self._inline:
            self._work()

    @property
    def busy(self) -> bool:
        """Whether something that was asked for is being done, or waits."""
        with self._lock:
            return self._busy(ASKED)

    def wait(self, seconds: float | None = None, *, urgency: int = ASKED) -> bool:
        """Wait until no job of this urgency or a higher one is left; whether that is so."""
        with self._lock:
            return self._idle.wait_for(lambda: not self._busy(urgency), seconds)

    def close(self) -> None:
        """Drop what waits, and ask what is being done to end."""
        self._closed.set()
        with self._lock:
            self._drop()
            self._idle.notify_all()

    def _drop(self) -> None:
        while not self._jobs.empty():
            self._jobs.get_nowait()

    def _busy(self, urgency: int) -> bool:
        if self._closed.is_set():
            return False
        waiting = [entry.urgency for entry in self._jobs.queue]
        if self._now is not None:
            waiting.append(self._now.urgency)
        return any(one <= urgency for one in waiting)

    def _goes_on(self, entry: _Entry) -> bool:
        if self._closed.is_set():
            return False
        # What was asked for is ended by whoever asked, in a way of its own.
        first = self._jobs.queue[0] if self._jobs.queue else None
        return entry.urgency == ASKED or first is None or first.urgency != ASKED

    def _work(self) -> None:
        while True:
            with self._lock:
                if self._closed.is_set() or self._jobs.empty():
                    self._thread = None
                    self._idle.notify_all()
                    return
                entry = self._now = self._jobs.get_nowait()
            finished: bool | None = True
            try:
                finished = entry.job(lambda entry=entry: self._goes_on(entry))  # type: ignore[misc]
            except BaseException as error:
                # Where even that cannot be said, as nobody listens any more, the work goes on.
                with contextlib.suppress(Exception):
                    self._failed(error)
            with self._lock:
                self._now = None
                if finished is False and not self._closed.is_set():
                    self._jobs.put(entry)
                self._idle.notify_all()


def _no_threads() -> bool:
    return "google.colab" in sys.modules or sys.platform == "emscripten"
