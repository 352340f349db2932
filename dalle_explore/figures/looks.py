"""Where a picture looked: the picture, and beside it a map over a grey copy, under the words."""

from matplotlib.axes import Axes

from dalle_explore.figures.maps import SHARE, SIGNED_SHARE, legend
from dalle_explore.figures.overlay import WordLine, draw_shares, picture, veiled
from dalle_explore.figures.page import INK
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.written import LOOKED, NAME, fitted, percent
from dalle_explore.instruments.attention import Looks

__all__ = ["looks"]

_SIDE, _GAP, _HEAD, _UNDER = 608, 40, 44, 124  # pixels of the page


def looks(looks: Looks, *, ax: Axes | None = None) -> Axes:
    """Draw a picture, the map of where it looked, and the shares of all that was read.

    Colours have one fixed scale for every word, head, patch and picture, spaced by cube roots
    from 0 to 50 %.

    Args:
        looks: what to show (see ``Inspection.looks_at``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: the picture, its grey copy, the map, its hatching if there is any, and
        the legend.
    """
    signed = looks.by == "signed"
    scale = SIGNED_SHARE if signed else SHARE
    width = 2 * _SIDE + _GAP
    subject = looks.subject
    numbers = [percent(share, signed) for share in looks.words]
    line = WordLine(subject.words, looks.words, numbers, width)
    rows, columns = subject.grid
    height = _SIDE * rows / columns
    over = "at this patch" if looks.patch is not None else "mean over all patches"
    page, left, top = plate(
        ax,
        "",
        looks.caption(),
        width,
        line.height + _HEAD + height + _UNDER,
        heading=LOOKED,
        aside=f"below words: share of all that was read, {over}",
    )
    line.draw(page, left, top, scale, looks.word)
    top += line.height + _HEAD
    right = left + _SIDE + _GAP
    picture(page, subject.pixels, left, top, _SIDE)
    veiled(page, subject.pixels, looks.values, scale, right, top, _SIDE)
    page.write(left, top - 16, "Picture", NAME, color=INK)
    page.write(left + _SIDE, top - 16, f"seed {subject.trace.seed}", SMALL, ha="right")
    if looks.patch is None:
        room = _SIDE - 150
        name, colours = f"Looked at {looks.named}", "colour: share of all that a patch read"
        mean = f"mean {percent(float(looks.values.mean()), signed)}"
        page.write(right + _SIDE, top - 16, mean, SMALL, ha="right")
    else:
        row, column = looks.patch
        room = _SIDE
        name = f"What row {row}, column {column} looked at"
        colours = "colour: share of all that this patch read; hatched: not drawn yet"
        step = _SIDE / columns
        for x in (left, right):
            page.frame(x + column * step, top + row * step, step, step)
    page.write(right, top - 16, fitted(name, room, NAME), NAME, color=INK)
    base = top + height + 24
    draw_shares(page, looks.shares, left, base, _SIDE, signed)
    legend(page, scale, right, base, _SIDE, SMALL)
    page.write(right, base + 84, colours, SMALL)
    return page.ax
