"""Whether what a compiler made of kernel.c computes what it should.

The transformer's step is compared with torch where a model is first drawn with (``models``).
"""

from typing import TYPE_CHECKING

import numpy as np

from dalle_explore.seeds import uniform

if TYPE_CHECKING:
    from dalle_explore.kernel import Kernel

__all__ = ["fault"]

ROWS, CODES, TOP = 3, 45, 8


def fault(kernel: "Kernel") -> str | None:
    """Return what is wrong with a kernel, in words that go on "what was built ..."; or None."""
    rows = np.arange(ROWS)
    # A spread of 8 nats in no order, so that both likely and unlikely codes are there.
    waves = np.sin(np.arange(ROWS * CODES) * 1.7).reshape(ROWS, CODES)
    logits = (4 * waves).astype(np.float32)
    seeds = np.array([3, 2**40 + 5, 2**63 - 1], dtype=np.int64)
    drawn = np.empty(ROWS, dtype=np.int64)
    kernel.draw(logits.ctypes.data, ROWS, CODES, seeds.ctypes.data, 7, drawn.ctypes.data)
    noise = -np.log(-np.log(uniform(seeds[:, None], 7, np.arange(CODES))))
    if not np.array_equal(drawn, (logits + noise.astype(np.float32)).argmax(axis=-1)):
        return "draws other codes"
    alone = logits * np.float32(0.5)
    floats = [np.empty(ROWS, dtype=np.float32) for _ in range(3)]
    rank = np.empty(ROWS, dtype=np.int64)
    codes = np.empty((ROWS, TOP), dtype=np.int64)
    tops = [np.empty((ROWS, TOP), dtype=np.float32) for _ in range(2)]
    found: list[np.ndarray] = [*floats, rank, codes, *tops]
    addresses = [array.ctypes.data for array in found]
    kernel.look(
        logits.ctypes.data, alone.ctypes.data, ROWS, CODES, drawn.ctypes.data, TOP, *addresses
    )
    log_p, log_alone = _log_softmax(logits), _log_softmax(alone)
    order = np.argsort(-logits, axis=-1, kind="stable")
    right: list[np.ndarray] = [
        log_p[rows, drawn],
        log_alone[rows, drawn],
        -(np.exp(log_p) * log_p).sum(axis=-1),
        np.argsort(order, axis=-1)[rows, drawn],
        order[:, :TOP],
        np.take_along_axis(log_p, order[:, :TOP], axis=-1),
        np.take_along_axis(log_alone, order[:, :TOP], axis=-1),
    ]
    if not all(np.allclose(a, b, rtol=1e-5, atol=1e-5) for a, b in zip(found, right, strict=True)):
        return "records other statistics"
    return None


def _log_softmax(x: np.ndarray) -> np.ndarray:
    x = x.astype(np.float64)
    x = x - x.max(axis=-1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
