"""How many threads draw fastest is tried out, not assumed.

Two threads on two idle cores are faster than one; on a busy machine, or where two "cores" are one,
they wait for each other and can be several times slower. Where their number changes no bit, it is
tried while something is being drawn; where it could, it stays what torch was told, so that a
drawing has the same bits every time.
"""

import contextlib
import time
from collections.abc import Callable, Iterator

import torch

from dalle_explore.kernel import cores

__all__ = ["Threads"]

ROUNDS = 3  # steps with each number of threads before one is chosen


class Threads:
    """Times the first steps of a drawing with all threads and with one, and keeps the faster.

    All are those that torch was told to use (``torch.set_num_threads``), at most one for each core
    that this process may use. Between steps torch has the number it had; a thread that is born,
    and first uses torch, within a step keeps the number of that step.
    """

    def __init__(self, *, steady: bool, clock: Callable[[], float] = time.perf_counter) -> None:
        """Nothing is tried yet.

        Args:
            steady: the number changes no bit (see ``generator.State``); otherwise none is tried.
            clock: gives seconds.
        """
        self._clock = clock
        self._most = min(torch.get_num_threads(), cores())
        # The first step of all warms the caches, and is not counted.
        tried = steady and self._most > 1
        self._trials = [0, *(self._most, 1) * ROUNDS] if tried else []
        self._spent: dict[int, list[float]] = {self._most: [], 1: []}

    @property
    def best(self) -> int:
        """The number that is faster, as far as is known."""
        spent = {count: min(all_of) for count, all_of in self._spent.items() if all_of}
        return min(spent, key=lambda count: spent[count], default=self._most)

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        """Return a context for one step."""
        trial = self._trials.pop(0) if self._trials else None
        before, count = torch.get_num_threads(), trial or self.best
        began = self._clock()
        with _threads(count, before):
            yield
        if trial:
            self._spent[count].append(self._clock() - began)


@contextlib.contextmanager
def _threads(count: int, before: int) -> Iterator[None]:
    if count == before:
        yield
        return
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
