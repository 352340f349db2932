"""An optional part in C: the inner loops of drawing on a processor, several times as fast.

Where a C compiler is found (``cc``, ``gcc``, ``clang`` or the package ziglang; ``CC`` names
another), ``kernel.c`` is built once, in about three seconds, and kept in the cache folder. Where
there is none, or what was built does not compute what it should, everything is drawn by torch
alone. Both round differently in the sixth digit, which changes a code where two are that close: in
64 pictures of the bundled model, none. ``DALLE_EXPLORE_KERNEL=0`` asks for torch alone.

No torch here: arrays travel as addresses.
"""

import contextlib
import ctypes
import os
import threading
from collections.abc import Iterator
from ctypes import c_int64, c_void_p
from typing import Any

from dalle_explore.kernel.build import Unbuilt, built
from dalle_explore.kernel.check import fault
from dalle_explore.kernel.threads import cores, share

__all__ = ["Kernel", "Layer", "Net", "cores", "kernel", "share", "why_not", "without_kernel"]


def _pointers(*names: str) -> list[tuple[str, type]]:
    return [(name, c_void_p) for name in names]


class Layer(ctypes.Structure):
    """The weights of one block; see ``Layer`` in kernel.c."""

    _fields_ = [  # noqa: RUF012
        *_pointers("norm_gain", "norm_bias", "qkv", "qk_gain", "out", "out_bias"),
        *_pointers("mlp_gain", "mlp_bias", "up", "up_bias", "down", "down_bias"),
    ]


class Net(ctypes.Structure):
    """A transformer and its unfinished pictures; see ``Net`` in kernel.c.

    Attributes:
        kept: whatever owns the memory that this points to.
    """

    kept: Any
    _fields_ = [  # noqa: RUF012
        *((name, c_int64) for name in ("layers", "heads", "channels", "text", "patches", "codes")),
        ("layer", ctypes.POINTER(Layer)),
        *_pointers("code", "position", "norm_gain", "norm_bias", "head"),
        *_pointers("text_keys", "text_values", "keys", "values"),
    ]


class Kernel:
    """The functions of kernel.c, which says what their arguments mean. Arrays are addresses."""

    def __init__(self, library: ctypes.CDLL) -> None:
        """Declare the functions of a library that was just loaded."""
        number, array = c_int64, c_void_p
        self._step = _declare(library.dalle_step, c_void_p, number, number, number, *[array] * 4)
        self._read = _declare(library.dalle_read, c_void_p, number, *[array] * 3)
        self._draw = _declare(library.dalle_draw, array, number, number, array, number, array)
        self._look = _declare(
            library.dalle_look, array, array, number, number, array, number, *[array] * 7
        )

    def read(self, network: Net, text: int, embedded: int, scratch: int, logits: int) -> None:
        """Read a text: keep its keys and values, and make the logits of the first code."""
        self._read(ctypes.addressof(network), text, embedded, scratch, logits)

    def step(
        self,
        network: Net,
        rows: range,
        patch: int,
        codes: int,
        text_of: int,
        scratch: int,
        logits: int,
    ) -> None:
        """Write codes at a patch and make the next logits of some rows."""
        first, end = rows.start, rows.stop
        self._step(ctypes.addressof(network), first, end, patch, codes, text_of, scratch, logits)

    def draw(
        self, heated: int, rows: int, codebook_size: int, seeds: int, position: int, codes: int
    ) -> None:
        """Find the largest logit plus noise of every row."""
        self._draw(heated, rows, codebook_size, seeds, position, codes)

    def look(
        self,
        guided: int,
        conditional: int | None,
        rows: int,
        codebook_size: int,
        codes: int,
        top: int,
        *found: int,
    ) -> None:
        """Fill the seven arrays of what is recorded about a step."""
        self._look(guided, conditional, rows, codebook_size, codes, top, *found)


def _declare(function: "ctypes._NamedFuncPointer", *types: type) -> "ctypes._NamedFuncPointer":
    function.argtypes, function.restype = list(types), None
    return function


_found: Kernel | Unbuilt | None = None
_off = 0
_lock = threading.Lock()


def kernel() -> Kernel | None:
    """Return the kernel, built and checked if it has to be; None where there is none."""
    global _found
    if _found is None:
        with _lock:
            if _found is None:
                _found = _checked()
    return _found if isinstance(_found, Kernel) and not _off else None


def _checked() -> Kernel | Unbuilt:
    if os.environ.get("DALLE_EXPLORE_KERNEL", "1") == "0":
        return Unbuilt("DALLE_EXPLORE_KERNEL is 0")
    library = built()
    if isinstance(library, Unbuilt):
        return library
    made = Kernel(library)
    wrong = fault(made)
    return made if wrong is None else Unbuilt(f"what was built {wrong}")


def why_not() -> str | None:
    """Return, in a few words, why there is no kernel; None where there is one."""
    if kernel() is not None:
        return None
    return _found.reason if isinstance(_found, Unbuilt) else "it is switched off"


@contextlib.contextmanager
def without_kernel() -> Iterator[None]:
    """Return a context in which torch does everything, to compare the two."""
    global _off
    _off += 1
    try:
        yield
    finally:
        _off -= 1
