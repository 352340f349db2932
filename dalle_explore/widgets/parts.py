"""A film as bytes: what the browser needs to show a picture being written, with no kernel.

The byte layout is read by ``widgets/src/decode_player/film.ts``; little-endian everywhere.
"""

import io
import zlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, UInt8, UInt16

from dalle_explore.trace import Steps, Trace

__all__ = ["Part", "choices", "frames", "numbers", "picture", "spread_bytes", "windows"]

REACH = 2  # patches around the new one that a frame of the film renews; see ``frames``
TOP, MARGIN = 3, 1  # alternatives of every patch, and patches around each that its crop shows
_FRAMES, _CHOICES = 80, 70  # quality of WebP; the last picture is a PNG, and exact


class Part(NamedTuple):
    """A header and the bytes that belong to it."""

    header: dict[str, Any]
    buffers: list[bytes]

    @property
    def size(self) -> int:
        """Bytes in all buffers."""
        return sum(map(len, self.buffers))


def picture(final: UInt8[np.ndarray, "y x 3"], blank: UInt8[np.ndarray, "y x 3"]) -> Part:
    """Pack the picture as it is in the end, and what it looks like when nothing is known."""
    return Part({}, [_image(final, "PNG"), _image(blank, "PNG")])


def numbers(
    trace: Trace, steps: Steps, log_probability: Float32[np.ndarray, "e k"] | None
) -> Part:
    """Pack codes and statistics, and all sorted log-probabilities of every patch.

    Args:
        trace: the codes, and which of them were given.
        steps: what the model thought.
        log_probability: nats, guided, at temperature 1; None leaves the spread out.
    """
    header = {
        "end": len(trace.codes),
        "a": steps.top_codes.shape[1],
        "k": trace.recipe.codebook_size,
        "spread": log_probability is not None,
    }
    arrays = [
        trace.codes.astype("<u2"),
        steps.rank.astype("<u2"),
        trace.forced.astype("u1"),
        np.stack([steps.log_probability, steps.entropy]).astype("<f4"),
        steps.top_codes.astype("<u2"),
        steps.top_log_probability.astype("<f4"),
    ]
    spread = b"" if log_probability is None else spread_bytes(log_probability)
    return Part(header, [array.tobytes() for array in arrays] + [spread])


def spread_bytes(log_probability: Float32[np.ndarray, "e k"]) -> bytes:
    """Pack log-probabilities, likeliest first, as fp16: about 0.16 bytes a number.

    Sorted, their bit patterns only grow, by little; so what is packed are differences.
    """
    away = np.sort(np.maximum(-log_probability, 0), axis=1)
    # What cannot be drawn at all is infinitely far away, which fp16 can say too.
    with np.errstate(over="ignore"):
        patterns: UInt16[np.ndarray, "e k"] = away.astype("<f2").view("<u2")
    steps = np.diff(patterns, axis=1, prepend=np.zeros((len(away), 1), dtype="<u2"))
    planes = (steps & 255).astype(np.uint8).tobytes() + (steps >> 8).astype(np.uint8).tobytes()
    return zlib.compress(planes, 6)


def windows(
    rows: int, columns: int, margin: int, patches: Iterable[int]
) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """Return the first patch of the window around each patch, moved inside, and its size."""
    high, wide = min(2 * margin + 1, rows), min(2 * margin + 1, columns)
    corners = []
    for patch in patches:
        row, column = divmod(patch, columns)
        corners.append(
            (min(max(row - margin, 0), rows - high), min(max(column - margin, 0), columns - wide))
        )
    return corners, (high, wide)


def frames(crops: Sequence[UInt8[np.ndarray, "y x 3"]], reach: int) -> Part:
    """Pack the window around every patch, as it was when that patch was new."""
    return _atlas(crops, _FRAMES, {"steps": len(crops), "reach": reach})


def choices(pixels: UInt8[np.ndarray, "p a y x 3"], first: int, margin: int = MARGIN) -> Part:
    """Pack the likeliest alternatives of every patch."""
    crops = pixels.reshape(-1, *pixels.shape[2:])
    about = {"top": pixels.shape[1], "margin": margin, "first": first}
    return _atlas(list(crops), _CHOICES, about)


def _atlas(
    crops: Sequence[UInt8[np.ndarray, "y x 3"]], quality: int, about: dict[str, Any]
) -> Part:
    """Lay crops out on one page, each in whole blocks of the WebP with its edge repeated around.

    WebP works on blocks of 16 pixels and smooths their borders; without an edge of its own, a crop
    would be coloured by its neighbours.
    """
    high, wide = crops[0].shape[:2]
    (above, down), (left, over) = _edge(high), _edge(wide)
    # No side of a WebP may be longer than 16,383 pixels; nearly square is safe.
    across = max(1, round((len(crops) * down / over) ** 0.5))
    page = np.full((-(-len(crops) // across) * down, across * over, 3), 255, dtype=np.uint8)
    around = ((above, down - high - above), (left, over - wide - left), (0, 0))
    for number, crop in enumerate(crops):
        row, column = divmod(number, across)
        here = (slice(row * down, (row + 1) * down), slice(column * over, (column + 1) * over))
        page[here] = np.pad(crop, around, mode="edge")
    layout = {"across": across, "side": wide, "height": high}
    cells = {"left": left, "above": above, "over": over, "down": down}
    return Part({**about, **layout, **cells}, [_image(page, "WEBP", quality=quality, method=5)])


def _edge(side: int) -> tuple[int, int]:
    """Pixels before a crop, and of its whole cell: a multiple of 16, with 4 to spare."""
    cell = -(-(side + 8) // 16) * 16
    return (cell - side) // 2, cell


def _image(pixels: UInt8[np.ndarray, "y x 3"], kind: str, **options: Any) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, format=kind, **options)
    return buffer.getvalue()
