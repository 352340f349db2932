"""Which words made a rectangle of patches: the box, and the scores of the words for it alone."""

from matplotlib.axes import Axes

from dalle_explore.figures.overlay import picture
from dalle_explore.figures.page import INK
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.scores import draw_scores, scores_height
from dalle_explore.figures.written import NAME, bits_in_words, lines_of, percent
from dalle_explore.instruments.box import Box

__all__ = ["box"]

_WIDTH, _PICTURE, _GAP, _HEAD, _BETWEEN = 1400, 416, 40, 40, 60  # pixels of the page
_SAID, _LINE = 12.0, 42  # points, pixels


def box(box: Box, *, ax: Axes | None = None) -> Axes:
    """Draw a picture with the box, the box enlarged, and the scores of the words for it.

    Every instrument has a straight axis of its own that begins at 0.

    Args:
        box: what to show (see ``Inspection.box``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: the picture, then what is in the box.
    """
    subject = box.subject
    rows, columns = subject.grid
    tall = _PICTURE * rows / columns
    down, across = box.ranges
    inside = _PICTURE / max(len(down) * columns / rows, len(across))
    size = inside * len(across), inside * len(down)
    x = _PICTURE + _GAP + _PICTURE + _GAP
    said = lines_of(_said(box), _WIDTH - x, _SAID)
    head = _HEAD + max(tall, size[1], len(said) * _LINE) + _BETWEEN
    page, left, top = plate(
        ax,
        f"“{subject.prompt}”",
        box.caption(),
        _WIDTH,
        head + scores_height(len(box.words)),
        heading="Which words made this box?",
    )
    upper = top + _HEAD
    picture(page, subject.pixels, left, upper, _PICTURE)
    page.outline(box.mask, left, upper, _PICTURE)
    page.write(left, upper - 16, "Picture", NAME, color=INK)
    seed = f"seed {subject.trace.seed}"
    page.write(left + _PICTURE, upper - 16, seed, SMALL, ha="right")
    patch = subject.pixels.shape[0] // rows
    y, z = (slice(part.start * patch, part.stop * patch) for part in (down, across))
    at = left + _PICTURE + _GAP
    page.image(subject.pixels[y, z], at, upper, *size, interpolation="bicubic")
    page.write(at, upper - 16, "The box", NAME, color=INK)
    for line, words in enumerate(said):
        page.write(left + x, upper + 30 + line * _LINE, words, _SAID, color=INK)
    draw_scores(page, box.words, box.scores, left, top + head, _WIDTH)
    return page.ax


def _said(box: Box) -> str:
    """Which word it looked at most, and without which it loses most."""
    looked, needed = box.first("contribution"), box.first()
    share = percent(float(box.scores["contribution"].max()))
    bits = bits_in_words(float(box.scores["knockout"].max()))
    if looked == needed:
        return f"It looked most at “{looked}” ({share}), and loses most without it ({bits} bits)."
    return (
        f"It looked most at “{looked}” ({share}), but loses most without “{needed}” ({bits} bits)."
    )
