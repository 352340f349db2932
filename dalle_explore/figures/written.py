"""Words and numbers as figures of instruments write them."""

import math

from dalle_explore.figures.page import DPI, INK
from dalle_explore.figures.press import Style, length_of, wrap

__all__ = [
    "DEPENDED",
    "LOOKED",
    "NAME",
    "TINY",
    "bits_in_words",
    "fitted",
    "lines_of",
    "percent",
    "readable",
]

LOOKED, DEPENDED = "Where it looked", "What it depended on"  # two questions, never mixed up
NAME, TINY = 10.0, 7.0  # points: headings of parts, and numbers that stand close

_ELLIPSIS = "…"


def percent(share: float, signed: bool = False) -> str:
    """Write a share with two digits that count."""
    size = 100 * abs(share)
    if size < 0.005:
        return "< 0.01 %" if 0 < size and not signed else "0 %"
    written = f"{size:.0f}" if size >= 9.95 else f"{size:.{1 if size >= 0.995 else 2}f}"
    sign = "−" if share < 0 else "+" if signed else ""
    return f"{sign}{written} %"


def bits_in_words(bits: float) -> str:
    """Write a gain or loss of bits with its sign, with three digits at most; – for NaN."""
    if math.isnan(bits):
        return "–"
    size = abs(bits)
    written = f"{size:,.0f}" if size >= 99.5 else f"{size:.{1 if size >= 9.95 else 2}f}"
    if not any(digit in "123456789" for digit in written):
        return "0"
    return f"{'−' if bits < 0 else '+'}{written}"


def readable(colour: str) -> str:
    """Return ink or white, whichever reads better on a colour."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#ffffff"


def fitted(
    text: str, width: float, size: float, style: Style = "normal", weight: str = "normal"
) -> str:
    """Return a text that fits on one line: what is too long is cut, and ends in an ellipsis."""
    text = " ".join(text.split())

    def fits(words: str) -> bool:
        return length_of(words, size, DPI, style, weight) <= width

    if fits(text):
        return text
    low, high = 0, len(text)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(text[:middle] + _ELLIPSIS) else (low, middle)
    return text[:low].rstrip() + _ELLIPSIS


def lines_of(text: str, width: float, size: float) -> list[str]:
    """Break a text into lines of a width, in pixels of the page."""
    return wrap(text, width, size, DPI)
