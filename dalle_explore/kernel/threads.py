"""How many processor cores there are, and dividing rows among them."""

import concurrent.futures
import functools
import os
from collections.abc import Callable
from pathlib import Path

__all__ = ["cores", "share"]


def cores() -> int:
    """How many processor cores this process may use (affinity and container quota respected)."""
    try:
        count = len(os.sched_getaffinity(0))  # type: ignore[attr-defined,unused-ignore]
    except AttributeError:  # macOS and Windows have no affinity call
        count = os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        count = min(count, max(1, int(quota) // int(period)))
    except (OSError, ValueError):  # no cgroup, or its quota is "max"
        pass
    return count


def share(call: Callable[[range], None], rows: int, threads: int) -> None:
    """Call with consecutive ranges that make up ``range(rows)``, each in a thread of its own.

    The calling thread takes the last range. ``call`` should let go of the interpreter, as calls
    into C libraries do.
    """
    threads = max(1, min(threads, rows))
    ends = [rows * (part + 1) // threads for part in range(threads)]
    ranges = [range(first, end) for first, end in zip([0, *ends], ends, strict=False)]
    others: list[concurrent.futures.Future[None]] = []
    try:
        for one in ranges[:-1]:
            others.append(_pool(os.getpid()).submit(call, one))
        call(ranges[-1])
    finally:
        # Also after an error, and Ctrl-C: what the others write into may be let go of. (Whatever
        # ``call`` holds is alive until they end, even where a second Ctrl-C ends this wait.)
        concurrent.futures.wait(others)
    for other in others:
        other.result()


@functools.lru_cache(maxsize=1)
def _pool(process: int) -> concurrent.futures.ThreadPoolExecutor:
    """Workers, started as they are needed; a process that was forked gets its own."""
    return concurrent.futures.ThreadPoolExecutor(cores(), thread_name_prefix="kernel")
