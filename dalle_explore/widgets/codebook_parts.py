"""A codebook as bytes: what the browser needs to look through it, with no kernel.

The byte layout is read by ``widgets/src/codebook_browser/book.ts``; little-endian everywhere.
"""

import io
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64, Int64, UInt8

from dalle_explore.instruments.codebook import CodeEntry
from dalle_explore.instruments.usage import Usage
from dalle_explore.widgets.codebook_painting import Window
from dalle_explore.widgets.parts import Part

__all__ = [
    "entry_part",
    "near_part",
    "order_part",
    "picture_part",
    "pixels_part",
    "tiles_part",
    "usage_part",
]

_LEVELS = 65535  # of a distance as it travels


def usage_part(usage: Usage) -> Part:
    """Pack how often each code occurs: u32 [k]."""
    return Part({}, [usage.counts.astype("<u4").tobytes()])


def tiles_part(
    pixels: UInt8[np.ndarray, "k y x 3"], codes: Sequence[int], *, small: bool = False
) -> Part:
    """Pack the tiles of some codes on one page, row by row: u16 [m], and a picture.

    Args:
        pixels: of all codes.
        codes: which.
        small: take the time to make few bytes.
    """
    chosen = pixels[list(codes)]
    side = chosen.shape[1]
    across = max(1, int(np.ceil(len(chosen) ** 0.5)))
    down = -(-len(chosen) // across)
    page = np.zeros((down * across, side, side, 3), dtype=np.uint8)
    page[: len(chosen)] = chosen
    page = page.reshape(down, across, side, side, 3).swapaxes(1, 2)
    # Without loss, as a tile is compared with its neighbours pixel by pixel.
    image = _image(page.reshape(down * side, across * side, 3), small)
    return Part({"across": across, "side": side}, [np.array(codes, dtype="<u2").tobytes(), image])


def order_part(order: Int64[np.ndarray, " k"]) -> Part:
    """Pack the order by colour: u16 [k]."""
    return Part({}, [order.astype("<u2").tobytes()])


def near_part(
    codes: Int64[np.ndarray, "k n"],
    distances: Float64[np.ndarray, "k n"],
    typical: Float64[np.ndarray, " k"],
) -> Part:
    """Pack the nearest codes of all: u16 [k n], their distances and the typical ones.

    Distances are u16, as shares of the largest: u16 [k n] and u16 [k].
    """
    most = float(max(distances.max(initial=0), typical.max(initial=0))) or 1.0
    packed = [np.round(one / most * _LEVELS).astype("<u2") for one in (distances, typical)]
    header = {"n": codes.shape[1], "most": most}
    return Part(header, [codes.astype("<u2").tobytes(), *(one.tobytes() for one in packed)])


def entry_part(entry: CodeEntry, *, small: bool = False) -> Part:
    """Pack what is known about one code: its crops, then those of the codes like it, in a row.

    Args:
        entry: what is known.
        small: take the time to make few bytes.
    """
    crops = [*entry.crops, *(near.crop for near in entry.near if near.crop is not None)]
    header = {
        "code": entry.code,
        "typical": entry.typical,
        "crops": [
            {"index": crop.index, "caption": crop.caption, "patch": crop.patch, "at": crop.place}
            for crop in entry.crops
        ],
        "near": [
            {
                "code": near.code,
                "distance": near.distance,
                "at": None if near.crop is None else near.crop.place,
            }
            for near in entry.near
        ],
        "side": crops[0].pixels.shape[0] if crops else 0,
    }
    pages = [np.concatenate([crop.pixels for crop in crops], axis=1)] if crops else []
    return Part(header, [_image(page, small) for page in pages])


def picture_part(pixels: UInt8[np.ndarray, "y x 3"]) -> Part:
    """Pack a whole picture, exactly."""
    return Part({}, [_image(pixels)])


def pixels_part(window: Window | None, number: int) -> Part:
    """Pack a part of a picture that was painted on, as it is: u8 [y x 3].

    Args:
        window: the part; None: no pixel can have changed.
        number: of the last message that it is an answer to.
    """
    high, wide = (0, 0) if window is None else window.pixels.shape[:2]
    top, left = (0, 0) if window is None else (window.top, window.left)
    header = {"top": top, "left": left, "width": wide, "height": high, "number": number}
    return Part(header, [b"" if window is None else window.pixels.tobytes()])


def _image(pixels: UInt8[np.ndarray, "y x 3"], small: bool = False) -> bytes:
    """A picture without loss: fast as PNG, a sixth smaller as WebP."""
    from PIL import Image

    buffer = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    # No side of a WebP may be longer than 16,383 pixels.
    if small and max(picture.size) < 2**14:
        picture.save(buffer, format="WEBP", lossless=True, method=4)
    else:
        picture.save(buffer, format="PNG")
    return buffer.getvalue()
