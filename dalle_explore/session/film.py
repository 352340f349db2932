"""The film of a sample: the picture after each number of patches, still or moving."""

import dataclasses
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from jaxtyping import Bool, UInt8

from dalle_explore.errors import InputError
from dalle_explore.files import write_atomic
from dalle_explore.sampling.film import frames
from dalle_explore.session.animation import animation
from dalle_explore.session.record import record_text
from dalle_explore.session.save import FILM_KINDS, check_output, save_figure
from dalle_explore.shown import Shown

if TYPE_CHECKING:
    import dalle_explore.session.sample

__all__ = ["Film"]

_FRAMES = 8  # of a strip, unless others are asked for
_SIDE = 512  # pixels of a moving picture, at most, unless its own are more
_SECONDS, _HOLD = 8.0, 2500  # of the growth; milliseconds of the finished picture
_FASTEST = 20  # milliseconds; browsers slow faster ones down to a tenth of a second


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Film(Shown):
    """The picture as it was after some numbers of patches (see ``Sample.film``)."""

    drawn_by: ClassVar[str] = "film"

    sample: "dalle_explore.session.sample.Sample"
    at: tuple[int, ...]  # patches drawn in each frame
    pixels: UInt8[np.ndarray, "f y x 3"]  # what is not drawn shows the neutral code

    @classmethod
    def of(
        cls, sample: "dalle_explore.session.sample.Sample", at: Sequence[int] | None = None
    ) -> Self:
        """Decode frames of a sample (see ``Sample.film``)."""
        rows, columns = sample.codes.shape
        if at is None:
            count = min(rows, _FRAMES)
            at = [columns * round(rows * part / count) for part in range(1, count + 1)]
        counts = list(at) if isinstance(at, Iterable) else []
        if not counts:
            raise InputError(
                f"at is {at!r}, but a film has frames: give numbers of patches, as in [64, 128]."
            )
        pixels = _decoded(sample, counts)
        return cls(sample, tuple(map(int, counts)), pixels)

    @property
    def known(self) -> Bool[np.ndarray, "f rows columns"]:
        """The patches that are drawn in each frame."""
        return _known(self.sample, self.at)

    def caption(self) -> str:
        """Say which moments are shown, and how the picture was made."""
        one = len(self.at) == 1
        counts = (
            f"{self.at[0]}" if one else f"{', '.join(map(str, self.at[:-1]))} and {self.at[-1]}"
        )
        return (
            f"The picture after {counts} of {self.sample.codes.size} patches, in the order in "
            f"which they were drawn: row by row. Hatched: not drawn yet; the decoder sees a "
            f"neutral code there, which may show at the edge of what is drawn. "
            f"{self.sample.caption()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        return (
            f"A strip of {len(self.at)} frames: a picture of the text “{self.sample.prompt}” "
            f"grows row by row. {self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a frame: patches drawn, and the place, code and numbers of the last of them."""
        steps, codes = self.sample.steps, self.sample.codes.flatten()
        found = []
        for number, count in enumerate(self.at):
            row, column = divmod(count - 1, self.sample.codes.shape[1])
            last = count > 0
            found.append(
                {
                    "frame": number,
                    "patches": count,
                    "row": row if last else None,
                    "column": column if last else None,
                    "code": int(codes[count - 1]) if last else None,
                    "log_probability": None
                    if steps is None or not last
                    else float(steps.log_probability[:count].sum(dtype=np.float64)),
                }
            )
        return found

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        every: int | None = None,
        seconds: float | None = None,
    ) -> Path:
        """Save it as a moving picture (.gif, .webp) or as the strip of frames (.png, .svg, .pdf).

        A moving picture has frames of its own, whatever ``at`` is: from nothing to the whole, the
        whole held for a while, and again. It is enlarged a whole number of times, up to 512
        pixels. Caption and record are inside: in the comment of a GIF, the XMP of a WebP; a PNG
        has its record. What was drawn with an ``Edit`` has no record, as its caption shows.

        Args:
            path: its ending is the kind.
            every: patches from frame to frame of a moving picture; 1 when None.
            seconds: that the growth of a moving picture lasts, rounded to hundredths a frame; 8
                when None.

        Raises:
            InputError: an unknown ending, a path that cannot be written, numbers for a strip, or
                more than 50 frames a second.
            MachineError: the disk is full.
        """
        kind = check_output(path, FILM_KINDS)
        record = record_text(self.sample.record()) if self.sample.recipe.saved else None
        if kind not in ("gif", "webp"):
            if every is not None or seconds is not None:
                raise InputError(
                    f"every and seconds are of moving pictures, but {str(path)!r} is a strip: "
                    f"leave them out, or save a .gif or .webp."
                )
            return save_figure(path, self.figure(), record, FILM_KINDS)
        total = self.sample.codes.size
        counts, pause = _timed(total, 1 if every is None else every, seconds)
        pixels = _decoded(self.sample, counts)
        data = animation(
            pixels,
            _known(self.sample, counts),
            kind,
            enlarge=max(1, _SIDE // max(pixels.shape[1:3])),
            milliseconds=[*[pause] * (len(counts) - 1), _HOLD],
            caption=self._moving(),
            record=record,
        )
        return write_atomic(path, data)

    def _moving(self) -> str:
        """The caption of a moving picture."""
        return (
            f"“{self.sample.prompt}”, patch by patch in the order in which they were drawn. "
            f"Hatched: not drawn yet. {self.sample.caption()}"
        )

    def __repr__(self) -> str:
        return f"Film({self.sample.prompt!r}, seed={self.sample.seed}, at={list(self.at)})"


def _decoded(
    sample: "dalle_explore.session.sample.Sample", at: Sequence[int]
) -> UInt8[np.ndarray, "f y x 3"]:
    with sample.model.lock:
        return np.stack(list(frames(sample.model.generator, sample.trace, at=at)))


def _known(
    sample: "dalle_explore.session.sample.Sample", at: Sequence[int]
) -> Bool[np.ndarray, "f rows columns"]:
    flat = np.arange(sample.codes.size) < np.array(at)[:, None]
    return flat.reshape(len(at), *sample.codes.shape)


def _timed(total: int, every: int, seconds: float | None) -> tuple[list[int], int]:
    """Patches drawn in each frame, and milliseconds from frame to frame."""
    if isinstance(every, bool) or not isinstance(every, int) or not 1 <= every <= total:
        raise InputError(
            f"every is {every!r}, but the picture has {total} patches: give a whole number from 1 "
            f"to {total}."
        )
    length = _SECONDS if seconds is None else seconds
    number = isinstance(length, int | float) and not isinstance(length, bool)
    if not number or not 0 < length <= 600:
        raise InputError(
            f"seconds is {seconds!r}, but a film lasts more than 0 and at most 600: give a number "
            f"such as 8."
        )
    counts = [*range(0, total, every), total]
    pause = 10 * round(100 * length / (len(counts) - 1))
    if pause < _FASTEST and seconds is None:
        pause = _FASTEST  # nobody asked for a length
    if pause < _FASTEST:
        raise InputError(
            f"seconds is {seconds!r}, which is too short for {len(counts) - 1} frames, as "
            f"browsers show 50 a second at most: give {(len(counts) - 1) / 50:g} seconds, or a "
            f"larger every."
        )
    return counts, pause
