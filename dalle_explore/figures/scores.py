"""Scores of words by every instrument: looks and dependences under their own headings."""

from collections.abc import Mapping, Sequence

import numpy as np

from dalle_explore.figures.lanes import axis_of, draw_axis, draw_bars, plain
from dalle_explore.figures.page import DPI, INK, Page
from dalle_explore.figures.press import length_of
from dalle_explore.figures.written import (
    DEPENDED,
    LOOKED,
    NAME,
    TINY,
    bits_in_words,
    fitted,
    percent,
)
from dalle_explore.instruments.agreement import LOOKS

__all__ = ["COLOURS", "SHORT", "draw_scores", "scores_height"]

SHORT = {
    "attention": "attention",
    "contribution": "value-weighted",
    "gradient": "gradient × att.",
    "knockout_image": "cut at patches",
    "knockout": "cut everywhere",
}
COLOURS = {  # looks are warm, as their maps; dependences are cold; all differ in lightness, too
    "attention": "#e9a04b",
    "contribution": "#a94d0a",
    "gradient": "#7fb0a8",
    "knockout_image": "#8073ac",
    "knockout": "#3b1a66",
}
_STEP, _CLOSE = 38, 30  # pixels of the page, from word to word
_HEAD, _FOOT = 84, 40
_GAP, _NUMBER = 36, 84


def scores_height(words: int) -> float:
    """Return the height that scores of so many words need."""
    return _HEAD + words * _step(words) + _FOOT


def draw_scores(
    page: Page,
    words: Sequence[str],
    scores: Mapping[str, np.ndarray],
    left: float,
    top: float,
    width: float,
) -> None:
    """Draw a column of bars for each instrument, beside the words.

    Args:
        page: to draw on.
        words: one a line.
        scores: by the names of ``agreement.SCORES``, one a word.
        left: of the words.
        top: of the headings.
        width: of all.
    """
    longest = max(length_of(word, 9.0, DPI, "italic") for word in words)
    names = min(longest, 260.0)
    each = (width - names - _GAP * len(scores)) / len(scores)
    bar = each - _NUMBER
    step = _step(len(words))
    upper = top + _HEAD
    for line, word in enumerate(words):
        y = upper + (line + 0.5) * step + 9
        text = fitted(word, names, 9.0, "italic")
        page.write(left + names, y, text, 9.0, style="italic", color=INK, ha="right")
    for place, (name, values) in enumerate(scores.items()):
        x = left + names + _GAP + place * (each + _GAP)
        look = name in LOOKS
        first = place == 0 or (list(scores)[place - 1] in LOOKS) != look
        if first:
            page.write(x, top + 20, LOOKED if look else DEPENDED, NAME, color=INK, weight="bold")
        page.write(x, top + 54, SHORT[name], TINY)
        page.write(x + each, top + 54, "share" if look else "bits", TINY, ha="right")
        axis = axis_of(values.tolist())
        write = _percent if look else plain
        draw_axis(page, axis, x, upper, bar, len(words) * step, write)
        numbers = [percent(v) if look else bits_in_words(v) for v in values.tolist()]
        colours = (COLOURS[name], COLOURS[name])
        draw_bars(page, axis, values, x, upper, bar, step, numbers, x + each, colours)


def _step(words: int) -> int:
    return _STEP if words <= 12 else _CLOSE


def _percent(share: float) -> str:
    return f"{100 * share:g} %"
