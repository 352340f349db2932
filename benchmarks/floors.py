"""The least time that this machine needs for one step: reading and multiplying, measured here.

What a step reads (weights and caches) is read again at the next, so it may come from the
processor's cache. The rate of reading is therefore that of a buffer of exactly this size, read
again and again; the rate of memory itself is measured beside it.
"""

import functools
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from dalle_explore.models.native import DTYPES
from dalle_explore.models.presets import PriorConfig

MEMORY = 256 * 2**20  # bytes; several times what any processor's cache holds


class Floor(NamedTuple):
    """Rates measured here, and milliseconds of one step at these rates."""

    rows: int  # of the batch; two a picture with guidance
    texts: int  # that these rows continue; the keys and values of each are read once
    precision: str
    mb_a_step: float  # weights, and caches half full of patches
    gflop_a_step: float
    read_gb_s: float  # of a buffer of this size, read again and again
    memory_gb_s: float  # of a buffer that no cache holds
    gflop_s: float  # of a large product
    read_ms: float
    memory_ms: float  # read_ms if nothing stayed in a cache
    multiply_ms: float
    products_ms: float  # the matrix products of a step, as torch computes them at this batch

    @property
    def ms(self) -> float:
        """The floor: no step is shorter than its reading and than its multiplying."""
        return max(self.read_ms, self.multiply_ms)


def shapes(c: PriorConfig) -> list[tuple[int, int]]:
    """(in, out) of every matrix of a step."""
    d = c.width
    return [(d, 3 * d), (d, d), (d, 4 * d), (4 * d, d)] * c.layers + [(d, c.codebook_size)]


def floor(c: PriorConfig, rows: int, precision: str, *, texts: int) -> Floor:
    """Measure everything for one batch.

    Rows of one text share what was kept of it, so it has to be read only once for all of them;
    every row still multiplies with it, and has patches of its own.
    """
    dtype = DTYPES[precision]
    weights = sum(a * b for a, b in shapes(c))
    caches = 2 * c.layers * c.width * (c.text_length * texts + c.patches / 2 * rows)
    size = int((weights + caches) * dtype.itemsize)
    seen = c.text_length + c.patches / 2
    work = 2 * rows * weights + 4 * c.layers * c.width * seen * rows
    read, memory = reading(size), reading(MEMORY)
    multiply = multiplying(c.width, dtype)
    return Floor(
        rows=rows,
        texts=texts,
        precision=precision,
        mb_a_step=size / 1e6,
        gflop_a_step=work / 1e9,
        read_gb_s=read / 1e9,
        memory_gb_s=memory / 1e9,
        gflop_s=multiply / 1e9,
        read_ms=1000 * size / read,
        memory_ms=1000 * size / memory,
        multiply_ms=1000 * work / multiply,
        products_ms=1000 * products(c, rows, dtype),
    )


@functools.cache
def reading(size: int) -> float:
    """Bytes a second of the fastest way that torch has to read a buffer again and again."""
    width = 1024
    table, x = torch.ones(max(size // (4 * width), 1), width), torch.ones(width)
    spent = min(best(table.sum), best(lambda: table @ x))
    return table.numel() * 4 / spent


@functools.cache
def multiplying(width: int, dtype: torch.dtype) -> float:
    """Operations a second of a product of 512 rows, as large as the widest of a step."""
    x, w = torch.ones(512, width, dtype=dtype), torch.ones(width, 4 * width, dtype=dtype)
    return 2 * 512 * w.numel() / best(lambda: x @ w)


def products(c: PriorConfig, rows: int, dtype: torch.dtype) -> float:
    """Seconds of all matrix products of a step, one after another, each with its own weights."""
    pairs = [
        (torch.ones(rows, a, dtype=dtype), torch.ones(a, b, dtype=dtype)) for a, b in shapes(c)
    ]

    def once() -> None:
        for x, w in pairs:
            x @ w

    return best(once)


def best(call: Callable[[], Any], seconds: float = 0.05) -> float:
    """The shortest of as many calls as fit into some time, three at least."""
    call()
    spent: list[float] = []
    while len(spent) < 3 or sum(spent) < seconds:
        began = time.perf_counter()
        call()
        spent.append(time.perf_counter() - began)
    return min(spent)
