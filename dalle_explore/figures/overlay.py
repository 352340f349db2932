"""What figures of instruments share: a picture under a map, words in a line, and the shares."""

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from dalle_explore.figures.maps import Scale, heat
from dalle_explore.figures.page import DPI, INK, SOFT, Page
from dalle_explore.figures.press import length_of
from dalle_explore.figures.written import TINY, fitted, percent, readable

__all__ = ["WordLine", "draw_shares", "grey", "hatch_box", "picture", "veiled"]

VEIL = 0.8  # how much of the picture a map covers, as in the browser
_KINDS = {
    "text": ("text", "#a8381c"),
    "earlier": ("earlier patches", "#a39b8c"),
    "start": ("start", "#5f5a51"),
    "pad": ("padding", "#e6e0d3"),
}
_BAR = 22  # pixels: height of the bar of shares


def picture(
    page: Page, pixels: UInt8[np.ndarray, "y x 3"], left: float, top: float, side: float
) -> float:
    """Place a picture ``side`` across, inside a hairline, and return its height."""
    height = side * pixels.shape[0] / pixels.shape[1]
    page.image(pixels, left, top, side, height, interpolation="bicubic")
    return height


def grey(pixels: UInt8[np.ndarray, "y x 3"]) -> UInt8[np.ndarray, "y x 3"]:
    """Return a copy without colours, paler than the picture: what lies over it shall be read."""
    light = pixels @ np.array([0.299, 0.587, 0.114])
    level = np.round(120 + 0.5 * light).astype(np.uint8)
    return np.repeat(level[..., None], 3, axis=-1)


def veiled(
    page: Page,
    pixels: UInt8[np.ndarray, "y x 3"],
    values: Float[np.ndarray, "rows columns"],
    scale: Scale,
    left: float,
    top: float,
    side: float,
) -> AxesImage:
    """Draw a map over a grey copy of its picture.

    Args:
        page: to draw on.
        pixels: the picture.
        values: one a patch; what is not a number is hatched.
        scale: what colours mean.
        left: of the map.
        top: of the map.
        side: width of the map.
    """
    picture(page, grey(pixels), left, top, side)
    return heat(page, values, scale, left, top, side, alpha=VEIL)


def hatch_box(page: Page, left: float, top: float, width: float, height: float) -> AxesImage:
    """Hatch a box of the page, with lines that go on from box to box."""
    y, x = np.indices((max(2, round(height)), max(2, round(width))))
    lines = np.where((x + y + round(left) + round(top)) % 13 < 1, 205, 246).astype(np.uint8)
    return page.image(np.repeat(lines[..., None], 3, axis=-1), left, top, width, height)


@dataclasses.dataclass(frozen=True)
class _Slot:
    """Where a word stands on its line."""

    text: str
    number: str
    left: float
    width: float
    line: int


class WordLine:
    """The words of a prompt, each on a tint of its value, with the number below it.

    Args:
        words: of the prompt.
        values: one a word.
        numbers: the values as they are written.
        width: of a line, in pixels of the page.
    """

    SIZE = 14.0  # points
    STEP = 116  # from line to line
    _GAP, _AIR = 12, 10  # between tints, and around the letters in one

    def __init__(
        self,
        words: Sequence[str],
        values: Iterable[float],
        numbers: Sequence[str],
        width: float,
    ) -> None:
        self.values = tuple(float(value) for value in values)
        slots: list[_Slot] = []
        left, line = 0.0, 0
        for word, number in zip(words, numbers, strict=True):
            text = fitted(word, width - 2 * self._AIR, self.SIZE, style="italic")
            longest = max(
                length_of(text, self.SIZE, DPI, "italic", "bold"), length_of(number, TINY, DPI)
            )
            wide = min(longest + 2 * self._AIR, width)
            if slots and left + wide > width:
                left, line = 0.0, line + 1
            slots.append(_Slot(text, number, left, wide, line))
            left += wide + self._GAP
        self.slots = tuple(slots)

    @property
    def height(self) -> float:
        """Of all lines, in pixels of the page."""
        return (1 + max((slot.line for slot in self.slots), default=0)) * self.STEP

    def draw(
        self, page: Page, left: float, top: float, scale: Scale, chosen: Sequence[int] = ()
    ) -> None:
        """Draw the line.

        Args:
            page: to draw on.
            left: of the first word.
            top: of the first line.
            scale: of the tints.
            chosen: places of the words that the figure is about; they are framed.
        """
        for place, (slot, value) in enumerate(zip(self.slots, self.values, strict=True)):
            x, y = left + slot.left, top + slot.line * self.STEP
            known = not math.isnan(value)
            colour = scale.colour(value) if known else "#fcfbf8"
            tint = Rectangle((x, y), slot.width, 60, fc=colour, ec="#00000018", lw=0.5)
            tint.set_gid(f"word {place}")
            page.ax.add_patch(tint)
            ink, weight = readable(colour), "normal"
            if place in chosen:
                page.frame(x, y, slot.width, 60)
                weight = "bold"
            middle = x + slot.width / 2
            style = {"style": "italic", "ha": "center", "weight": weight}
            page.write(middle, y + 42, slot.text, self.SIZE, color=ink, **style)
            colour = INK if place in chosen else SOFT
            page.write(middle, y + 88, slot.number, TINY, ha="center", color=colour)


def draw_shares(
    page: Page, shares: Mapping[str, float], left: float, top: float, width: float, signed: bool
) -> float:
    """Draw a bar of the shares of text, earlier patches, start and padding, with their numbers.

    What is negative is as long as its size, and hollow.

    Args:
        page: to draw on.
        shares: by kind; they sum to 1.
        left: of the bar.
        top: of the bar.
        width: of the bar.
        signed: some may be negative.

    Returns:
        The height of bar and numbers.
    """
    total = sum(abs(share) for share in shares.values()) or 1.0
    x = left
    for place, (kind, share) in enumerate(shares.items()):
        name, colour = _KINDS[kind]
        long = width * abs(share) / total
        style: dict[str, Any] = {"fc": colour, "ec": "#fcfbf8", "lw": 0.4}
        if share < 0:
            style = {"fc": "none", "ec": colour, "lw": 0.8}
        bar = Rectangle((x, top), long, _BAR, **style)
        bar.set_gid(f"share {kind}")
        page.ax.add_patch(bar)
        x += long
        row, column = divmod(place, 2)
        at, y = left + column * width / 2, top + _BAR + 16 + row * 34
        page.ax.add_patch(Rectangle((at, y), 20, 20, fc=colour, ec="#00000030", lw=0.4))
        page.write(at + 32, y + 18, name, 8.0)
        number = percent(share, signed)
        page.write(at + width / 2 - 36, y + 18, number, 8.0, color=INK, ha="right")
    return _BAR + 16 + 2 * 34
