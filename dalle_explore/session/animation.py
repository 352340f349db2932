"""Moving pictures: frames as the bytes of a GIF or WebP, with words inside."""

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from jaxtyping import Bool, UInt8

from dalle_explore.sampling.preview import hatched

__all__ = ["animation", "palette"]

_COLOURS = 254  # of 256: two are kept for the lines and the ground of what is not drawn
_KEY = 1 << 24  # colours as numbers


def animation(
    frames: UInt8[np.ndarray, "f y x 3"],
    known: Bool[np.ndarray, "f rows columns"],
    kind: str,
    *,
    enlarge: int,
    milliseconds: Sequence[int],
    caption: str,
    record: str | None,
) -> bytes:
    """Return a file that shows frames one after another, for ever.

    What is not known is hatched, and a pixel becomes a square of pixels, never anything between.
    A WebP is lossless. A GIF has one palette for all of its frames and no dithering, so that a
    pixel that keeps its colour keeps it in the file.

    Args:
        frames: in their order.
        known: the patches drawn in each frame.
        kind: "gif" or "webp".
        enlarge: pixels of the file for a pixel of the frames, across and down.
        milliseconds: how long each frame is shown; a GIF counts in tens.
        caption: put into the file: the comment of a GIF, the description (XMP) of a WebP.
        record: JSON from which the picture can be drawn again, put beside the caption, or None.
    """
    first, *others = (_with_palette if kind == "gif" else _in_colour)(frames, known, enlarge)
    options: dict[str, Any] = {"comment": _comment(caption, record), "disposal": 1}
    if kind == "webp":
        # Lossless is smaller here than lossy; more effort takes minutes and saves a third.
        options = {"lossless": True, "quality": 50, "method": 0, "xmp": _xmp(caption, record)}
    held = io.BytesIO()
    first.save(
        held,
        format=kind.upper(),
        save_all=True,
        append_images=others,
        duration=list(milliseconds),
        loop=0,
        **options,
    )
    return held.getvalue()


def palette(
    frames: UInt8[np.ndarray, "f y x 3"], known: Bool[np.ndarray, "f rows columns"]
) -> UInt8[np.ndarray, "colours 3"]:
    """Return up to 254 colours for everything known in some frames, the last one most of all."""
    from PIL import Image

    side = frames.shape[1] // known.shape[1]
    mask = known.repeat(side, axis=1).repeat(side, axis=2)
    pixels = np.concatenate([frames[mask], frames[-1].reshape(-1, 3)])
    reduced = Image.fromarray(pixels[None]).quantize(
        _COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE
    )
    found = reduced.getpalette("RGB") or []
    return np.array(found, dtype=np.uint8).reshape(-1, 3)[:_COLOURS]


def _in_colour(frames: Any, known: Any, enlarge: int) -> list[Any]:
    from PIL import Image

    lines = _lines(known.shape[1:], enlarge * frames.shape[1] // known.shape[1])
    return [
        Image.fromarray(
            np.where(_large(mask, len(lines))[..., None], _large(one, len(lines)), lines)
        )
        for one, mask in zip(frames, known, strict=True)
    ]


def _with_palette(frames: Any, known: Any, enlarge: int) -> list[Any]:
    """Frames as indices of one palette, each pixel with the nearest colour there is."""
    from PIL import Image

    few = np.unique(np.linspace(0, len(frames) - 1, 17).round().astype(int))
    colours = palette(frames[few], known[few])
    table = np.zeros(_KEY, dtype=np.uint8)
    for one in frames:
        keys = np.unique(_keys(one))
        new = keys[table[keys] == 0]  # those of the first colour are looked up again, cheaply
        table[new] = _nearest(new, colours)
    lines = _lines(known.shape[1:], enlarge * frames.shape[1] // known.shape[1])
    hatch = np.where(lines[..., 0] == lines.min(), len(colours), len(colours) + 1)
    every = np.concatenate([colours, lines.min((0, 1))[None], lines.max((0, 1))[None]])
    images = []
    for one, mask in zip(frames, known, strict=True):
        large = _large(table[_keys(one)], len(lines))
        indices = np.where(_large(mask, len(lines)), large, hatch).astype(np.uint8)
        image = Image.frombytes("P", indices.shape[::-1], indices.tobytes())
        image.putpalette(every.tobytes())
        images.append(image)
    return images


def _lines(grid: Any, patch: int) -> UInt8[np.ndarray, "y x 3"]:
    """What stands where nothing is drawn: the hatching of a whole picture."""
    shape = (1, grid[0] * patch, grid[1] * patch, 3)
    return hatched(np.zeros(shape, dtype=np.uint8), np.zeros((1, *grid), dtype=bool))[0]


def _large(array: Any, height: int) -> Any:
    times = height // len(array)
    return array.repeat(times, axis=0).repeat(times, axis=1)


def _keys(colours: Any) -> Any:
    wide = colours.astype(np.int32)
    return wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]


def _nearest(keys: Any, colours: Any) -> Any:
    rgb = np.stack([keys >> 16, keys >> 8 & 255, keys & 255], axis=-1)
    # |a - b|^2 without |a|^2, which is the same for every colour.
    table = colours.astype(np.int64)
    return ((table**2).sum(axis=1) - 2 * rgb @ table.T).argmin(axis=1).astype(np.uint8)


def _comment(caption: str, record: str | None) -> bytes:
    return "\n\n".join(text for text in (caption, record) if text is not None).encode("utf-8")


def _xmp(caption: str, record: str | None) -> bytes:
    """An XMP packet (ISO 16684-1): the caption as description, the record in a field of ours."""
    ours = "" if record is None else f"<dx:record>{escape(record)}</dx:record>"
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dx="urn:dalle_explore"><dc:description><rdf:Alt>'
        f'<rdf:li xml:lang="x-default">{escape(caption)}</rdf:li>'
        f"</rdf:Alt></dc:description>{ours}</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
