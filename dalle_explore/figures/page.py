"""The page that figures of pictures are set on: paper, letters, and pictures with their labels.

Everything is placed in pixels of the page, y downwards.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from dalle_explore.figures.press import families
from dalle_explore.sampling.preview import hatched
from dalle_explore.session.sample import Sample
from dalle_explore.shown import plain_text

__all__ = ["DPI", "INK", "PAPER", "SOFT", "Page"]

DPI = 200
INK, SOFT = "#1f1c18", "#6f695f"

PAPER = "#fcfbf8"
_LINE = "#00000018"


class Page:
    """Axes that stand for a sheet of paper."""

    def __init__(self, ax: Axes | None, width: float, height: float) -> None:
        if ax is None:
            figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
            ax = figure.add_axes((0, 0, 1, 1))
        ax.set_axis_off()
        ax.add_patch(Rectangle((0, 0), width, height, color=PAPER, lw=0, zorder=-1))
        ax.set_xlim(0, width)
        ax.set_ylim(height, 0)
        ax.set_aspect("equal")
        self.ax, self.width = ax, width
        # Axes narrower than the page (someone's own figure) get smaller letters.
        inches = ax.get_window_extent().width / ax.figure.dpi
        self.scale = min(1.0, inches * DPI / width)

    def write(self, x: float, y: float, words: str, size: float, **style: Any) -> None:
        """Set words as they are, never as mathematics, with their baseline at ``y``."""
        style = {"color": SOFT, "family": families(), "va": "baseline", **style}
        size *= self.scale
        words = plain_text(words)
        self.ax.text(x, y, words, fontsize=size, parse_math=False, usetex=False, **style)

    def picture(self, sample: Sample, left: float, top: float, side: float) -> None:
        """Place a picture, inside a hairline."""
        self.image(np.asarray(sample.picture), left, top, side, side, interpolation="bicubic")

    def image(
        self,
        array: Any,
        left: float,
        top: float,
        width: float,
        height: float,
        **style: Any,
    ) -> AxesImage:
        """Place an array of pixels or values, inside a hairline; nearest, unless told otherwise.

        Args:
            array: what ``imshow`` takes.
            left: edge.
            top: edge.
            width: of the image.
            height: of the image.
            **style: of ``imshow``.
        """
        extent = (left, left + width, top + height, top)
        image = self.ax.imshow(array, extent=extent, **{"interpolation": "nearest", **style})
        frame = Rectangle((left, top), width, height, fill=False, ec=_LINE, lw=0.5 * self.scale)
        self.ax.add_patch(frame)
        return image

    def hatch(
        self, mask: Bool[np.ndarray, "rows columns"], left: float, top: float, side: float
    ) -> None:
        """Hatch the patches of a mask, as ``sampling.preview.hatched`` does.

        Args:
            mask: one truth value a patch; square patches that fill ``side`` across.
            left: of what is hatched.
            top: of what is hatched.
            side: width of what is hatched, in pixels of the page.
        """
        if not mask.any():
            return
        patch = max(2, round(side / mask.shape[1]))
        shape = (1, patch * mask.shape[0], patch * mask.shape[1], 3)
        lines = hatched(np.zeros(shape, dtype=np.uint8), ~mask[None])[0]
        alpha = 255 * np.repeat(np.repeat(mask, patch, axis=0), patch, axis=1)
        height = side * mask.shape[0] / mask.shape[1]
        self.ax.imshow(
            np.dstack([lines, alpha.astype(np.uint8)]),
            extent=(left, left + side, top + height, top),
            interpolation="nearest",
        )

    def frame(self, left: float, top: float, width: float, height: float) -> None:
        """Draw a rectangle of ink on white, which is seen on every ground."""
        for colour, line in (("#ffffffe6", 2.2), (INK, 0.7)):
            self.ax.add_patch(
                Rectangle((left, top), width, height, fill=False, ec=colour, lw=line * self.scale)
            )

    def lines(self, points: Sequence[Any], colour: str, width: float) -> None:
        """Draw lines, each through points of the page, ``width`` points thick."""
        self.ax.add_collection(
            LineCollection(points, colors=colour, linewidths=width * self.scale),
            autolim=False,
        )

    def outline(
        self, mask: Bool[np.ndarray, "rows columns"], left: float, top: float, side: float
    ) -> None:
        """Draw the line between patches that are in a mask and those that are not.

        Args:
            mask: one truth value a patch.
            left: of the picture.
            top: of the picture.
            side: of the picture.
        """
        step = side / np.array(mask.shape)  # down, across
        edges = []
        for row, column in np.argwhere(mask[1:] != mask[:-1]):
            edges.append([(column, row + 1), (column + 1, row + 1)])
        for row, column in np.argwhere(mask[:, 1:] != mask[:, :-1]):
            edges.append([(column + 1, row), (column + 1, row + 1)])
        if not edges:
            return
        lines = np.array(edges, dtype=float) * step[::-1] + (left, top)
        # Ink on a white edge is seen on every ground.
        for colour, width in (("#ffffffe6", 2.2), (INK, 0.7)):
            width *= self.scale
            drawn = LineCollection(list(lines), colors=colour, linewidths=width)
            drawn.set_capstyle("projecting")
            self.ax.add_collection(drawn, autolim=False)

    def label(
        self, sample: Sample, left: float, bottom: float, side: float, size: float, large: float
    ) -> None:
        """Write under a picture how it did, and at its right end its seed."""
        base = bottom + 4.75 * size
        unit = 2.25 * size  # about the width of a digit, with some air
        start = left
        if sample.rank is not None:
            self.write(start, base, str(sample.rank), large, color=INK)
            start += unit * (1 + len(str(sample.rank)))
        if sample.rank is not None and sample.ranked_by == "fit" and sample.fit is not None:
            how = f"fit {sample.fit:.1f}".replace("-", "−")
        else:
            # A scorer's name may be long; the caption tells it.
            by = "CLIP" if sample.scored_by == "CLIP" else "score"
            how = "" if sample.score is None else f"{by} {sample.score:.3f}"
        if how:
            fits = min(1.0, (0.62 * side - (start - left)) / (1.25 * size * len(how)))
            self.write(start, base, how, size * fits)
        seed = f"seed {sample.seed}"
        # A seed may have nineteen digits; it gets a third of the line, in smaller letters.
        fits = min(1.0, 0.34 * side / (1.375 * size * len(seed)))
        self.write(left + side, base, seed, size * fits, ha="right")
