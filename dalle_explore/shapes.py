"""The alphabet: one letter per axis, used in hints, comments, docs and einops patterns.

``Float[Array, "b p k"]`` reads: one float for every batch entry, patch and code. The letters mean
the same in every room, so that a pattern can be read without its function.
"""

__all__ = ["ALPHABET"]

ALPHABET: dict[str, str] = {
    "b": "batch",
    "n": "samples per prompt",
    "t": "text tokens",
    "p": "patches: rows * columns of the grid of image tokens, in raster order",
    "s": "sequence: t + p",
    "l": "layers",
    "h": "heads",
    "d": "width",
    "k": "codebook size",
    "c": "channels",
    "y": "pixel rows, from the top",
    "x": "pixel columns, from the left",
}
