"""Training pictures drawn again, with their codes and CLIP vectors, and kept for the next time."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import PIL
import torch
from jaxtyping import Float32, UInt8, UInt16

from dalle_explore.generator import Generator
from dalle_explore.instruments.kept import Kept
from dalle_explore.instruments.learned import side_of, training_pictures
from dalle_explore.scoring.clip import CosineScorer
from dalle_explore.world import WORLD_VERSION

__all__ = ["Drawn", "DrawnAgain"]

_BATCH = 50  # pictures drawn, written and compared together


class Drawn(NamedTuple):
    """Some training pictures."""

    pixels: UInt8[np.ndarray, "b y x 3"]
    codes: UInt16[np.ndarray, "b p"]
    vectors: Float32[np.ndarray, "b d"] | None  # None: no scorer


class DrawnAgain:
    """Draws, encodes and embeds training pictures, each once.

    Args:
        model: encodes.
        digest: of the model.
        clip: embeds; None: nothing does.
        kept: keeps pictures, codes and vectors.
    """

    def __init__(
        self, model: Generator, digest: str, clip: CosineScorer | None, kept: Kept
    ) -> None:
        self._model, self._clip, self._kept = model, clip, kept
        self._side = side_of(model)
        # Another Pillow may draw another pixel; another kind of device may choose another code.
        pictures = f"world {WORLD_VERSION}, Pillow {PIL.__version__}, {self._side} pixels"
        self._pixels_kind = f"pixels of {pictures}"
        self._codes_kind = f"codes by {digest} on {model.device.type} of {pictures}"
        self._vectors_kind = f"vectors by {clip.digest if clip else ''} of {pictures}"

    def batches(
        self, indices: Sequence[int], goes_on: Callable[[], bool] = lambda: True
    ) -> Iterator[tuple[slice, Drawn]]:
        """Yield training pictures by their indices, a batch at a time, while it goes on."""
        for first in range(0, len(indices), _BATCH):
            if not goes_on():
                return
            part = slice(first, min(first + _BATCH, len(indices)))
            yield part, self.take(indices[part])

    def take(self, indices: Sequence[int]) -> Drawn:
        """Return some training pictures."""
        numbers = [int(index) for index in indices]
        pixels = self._of_all(
            self._pixels_kind,
            numbers,
            lambda missing: training_pictures(self._model, missing),
            pack=lambda picture: zlib.compress(picture.tobytes(), 1),
            unpack=self._picture,
        )
        at = {number: place for place, number in enumerate(numbers)}
        codes = self._of_all(
            self._codes_kind,
            numbers,
            lambda missing: self.encode(pixels[[at[number] for number in missing]]),
            pack=lambda row: row.astype("<u2").tobytes(),
            unpack=lambda data: _row(data, "<u2", self._model.patches),
        )
        vectors = None
        if self._clip is not None:
            clip = self._clip
            vectors = self._of_all(
                self._vectors_kind,
                numbers,
                lambda missing: clip.encode_image(pixels[[at[number] for number in missing]]),
                pack=lambda row: row.astype("<f4").tobytes(),
                unpack=lambda data: _row(data, "<f4", None),
            )
        return Drawn(pixels, codes, vectors)

    def encode(self, pixels: UInt8[np.ndarray, "b y x 3"]) -> UInt16[np.ndarray, "b p"]:
        """Return the codes of pictures."""
        codes = self._model.encode_image(torch.from_numpy(pixels)).flatten(1)
        encoded: np.ndarray = codes.cpu().numpy().astype(np.uint16)
        return encoded

    def _of_all(
        self,
        kind: str,
        numbers: Sequence[int],
        make: Callable[[list[int]], np.ndarray],
        pack: Callable[[np.ndarray], bytes],
        unpack: Callable[[bytes], np.ndarray | None],
    ) -> np.ndarray:
        """What is kept of some pictures, and what was missing made and kept, in one array."""
        found = {n: unpack(data) for n, data in self._kept.get(kind, numbers).items()}
        missing = [number for number in numbers if found.get(number) is None]
        if missing:
            made = make(missing)
            found |= dict(zip(missing, made, strict=True))
            self._kept.put(kind, {n: pack(row) for n, row in zip(missing, made, strict=True)})
        return np.stack([found[number] for number in numbers])  # type: ignore[misc]

    def _picture(self, data: bytes) -> np.ndarray | None:
        try:
            flat = np.frombuffer(zlib.decompress(data), dtype=np.uint8)
            return flat.reshape(self._side, self._side, 3)
        except (zlib.error, ValueError):
            return None


def _row(data: bytes, kind: str, length: int | None) -> np.ndarray | None:
    try:
        row: np.ndarray = np.frombuffer(data, dtype=kind)
    except ValueError:
        return None
    return row if length is None or len(row) == length else None
