"""Type and printing: families of letters, breaking lines, and a figure as a file's bytes."""

import contextlib
import dataclasses
import functools
import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import matplotlib
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager

from dalle_explore.session.record import PNG_KEYWORD
from dalle_explore.shown import plain_text

__all__ = ["Style", "Word", "families", "length_of", "print_figure", "set_words", "wrap"]

# The first two come with matplotlib; the others, where a system has them, hold the letters of
# prompts in Chinese, Japanese and Korean.
_FAMILIES = (
    "STIXGeneral",
    "DejaVu Serif",
    "Noto Serif CJK SC",
    "Noto Sans CJK SC",
    "Hiragino Mincho ProN",
    "Songti SC",
    "Yu Mincho",
    "SimSun",
    "Malgun Gothic",
)

# The same figure gives the same bytes, looks the same where a font is missing (SVG holds outlines,
# PDF holds the fonts), and nothing crops what we laid out.
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "dalle_explore",
    "pdf.fonttype": 42,
    "savefig.bbox": None,
}


Style = Literal["normal", "italic"]


@functools.cache
def families() -> tuple[str, ...]:
    """Return the families of letters that this system has, in the order they are tried."""
    there = set(fontManager.get_font_names())
    return tuple(family for family in _FAMILIES if family in there)


def length_of(
    text: str, size: float, dpi: float, style: Style = "normal", weight: str = "normal"
) -> float:
    """Return how long a line of letters is, in pixels.

    Args:
        text: on one line.
        size: of the letters, in points.
        dpi: pixels per inch.
        style: "normal" or "italic".
        weight: "normal" or "bold".
    """
    font = FontProperties(family=list(families()), size=size, style=style, weight=weight)
    with _any_letter():
        found = RendererAgg(1, 1, dpi).get_text_width_height_descent(plain_text(text), font, False)
    return float(found[0])


def wrap(text: str, width: float, size: float, dpi: float, style: Style = "normal") -> list[str]:
    """Break a text into lines.

    Args:
        text: with blanks where it may be broken; a word that is too long is broken anywhere.
        width: of a line, in pixels.
        size: of the letters, in points.
        dpi: pixels per inch.
        style: "normal" or "italic".

    Returns:
        One line at least, and no more than are needed; several are about equally long.
    """
    renderer = RendererAgg(1, 1, dpi)
    font = FontProperties(family=list(families()), size=size, style=style)

    def inked(text: str) -> float:
        return float(renderer.get_text_width_height_descent(text, font, False)[0])

    @functools.cache
    def advance(word: str) -> float:
        # Between two letters, so that the white on both sides of the word counts.
        return inked(f"n{word}n") - inked("nn")

    def length(line: str) -> float:
        # Word by word: a caption has hundreds of beginnings of lines, but few different words.
        words = line.split()
        return sum(map(advance, words)) + advance(" ") * (len(words) - 1)

    with _any_letter():
        lines = _fill(text, width, length)
        # No word that fits a line is broken only to make lines equally long.
        whole = [advance(word) for word in plain_text(text).split()]
        widest = max((long for long in whole if long <= width), default=0.0)
        for share in (0.5, 0.6, 0.7, 0.8, 0.9) if len(lines) > 1 else ():
            if share * width < widest:
                continue
            narrower = _fill(text, share * width, length)
            if len(narrower) == len(lines):
                return narrower
    return lines


@dataclasses.dataclass(frozen=True)
class Word:
    """A word on its line."""

    text: str
    emphasised: bool
    left: float  # pixels from where the line begins
    right: float
    line: int


def set_words(
    words: Sequence[tuple[str, bool]], width: float, size: float, dpi: float
) -> tuple[Word, ...]:
    """Place italic words, some of them emphasised (bold), in lines of a width.

    Args:
        words: each with whether it is emphasised. A word that is too long has a line of its own,
            and hangs over; emphasised neighbours stay together as long as a line holds them.
        width: of a line, in pixels.
        size: of the letters, in points.
        dpi: pixels per inch.
    """
    renderer = RendererAgg(1, 1, dpi)

    def length(text: str, bold: bool) -> float:
        weight = "bold" if bold else "normal"
        font = FontProperties(family=list(families()), size=size, style="italic", weight=weight)
        return float(renderer.get_text_width_height_descent(text, font, False)[0])

    with _any_letter():
        blank = length("n n", False) - length("nn", False)
        placed: list[Word] = []
        left, line = 0.0, 0
        for word, emphasised in words:
            text = plain_text(word)
            here = length(text, emphasised)
            if placed and left + here > width:
                left, line = 0.0, line + 1
            placed.append(Word(text, emphasised, left, left + here, line))
            left += here + blank
    return tuple(placed)


def _fill(text: str, width: float, length: Callable[[str], float]) -> list[str]:
    """Fill line after line."""
    lines = [""]
    for word in plain_text(text).split():
        joined = f"{lines[-1]} {word}".lstrip()
        if length(joined) <= width:
            lines[-1] = joined
            continue
        lines.append("")
        for letter in word:
            if lines[-1] and length(lines[-1] + letter) > width:
                lines.append("")
            lines[-1] += letter
    return [line for line in lines if line] or [""]


@contextlib.contextmanager
def _any_letter() -> Iterator[None]:
    """Letters that no family has become boxes, which is seen; no warning is needed."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"(?s)Glyph .* missing from")
        yield


def print_figure(
    figure: Figure, kind: str, record: str | None = None, *, scale: float = 1.0
) -> bytes:
    """Return a figure as a file's bytes.

    Args:
        figure: a matplotlib figure, printed at its own size.
        kind: "png", "svg" or "pdf".
        record: JSON text to carry inside a PNG (chunk iTXt), from which ``open`` reads samples.
        scale: of the resolution; 1 is the figure's own.

    No date and no machine goes into the file: the same figure gives the same bytes.
    """
    options: dict[str, Any] = {"metadata": {"Date": None} if kind == "svg" else None}
    if kind == "pdf":
        options["metadata"] = {"CreationDate": None}
    if kind == "png":
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        if record is not None:
            info.add_itxt(PNG_KEYWORD, record)
        options = {"pil_kwargs": {"pnginfo": info}}
    buffer = io.BytesIO()
    with matplotlib.rc_context(_STYLE), _any_letter():
        figure.savefig(buffer, format=kind, dpi=figure.dpi * scale, **options)
    return buffer.getvalue()
