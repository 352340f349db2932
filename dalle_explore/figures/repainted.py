"""What painting with codes did: the picture before, after, and a map of what changed."""

from matplotlib.axes import Axes

from dalle_explore.figures.maps import SHARE, Scale, legend
from dalle_explore.figures.page import INK
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.session.repainted import Repainted

__all__ = ["LEVELS", "repainted"]

# Most of what changes, far from the hand, changes by a few levels: the square root shows it.
LEVELS = Scale(
    0,
    255,
    SHARE.colours,
    ((0, "0"), (16, "16"), (64, "64"), (128, "128"), (255, "255")),
    "levels",
    1 / 2,
)

_SIDE, _GAP, _HEAD, _UNDER = 480, 44, 40, 82  # pixels of the page
_NAME = 10.0  # points


def repainted(repainted: Repainted, *, ax: Axes | None = None) -> Axes:
    """Draw a picture before and after codes were painted on it, and the change of every pixel.

    Args:
        repainted: what to show (see ``CodebookBrowser.repainted``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: before, after, the map, the hatching of what cannot have changed (if
        there is such), and the legend.
    """
    rows, columns = repainted.codes.shape
    height = _SIDE * rows / columns
    page, left, top = plate(
        ax, "", repainted.caption(), 3 * _SIDE + 2 * _GAP, _HEAD + height + _UNDER
    )
    top += _HEAD
    places = [left + place * (_SIDE + _GAP) for place in range(3)]
    for x, name in zip(places, ("Before", "Painted", "What changed"), strict=True):
        page.write(x, top - 16, name, _NAME, color=INK)
    page.image(repainted.pixels_before, places[0], top, _SIDE, height, interpolation="bicubic")
    page.image(repainted.pixels, places[1], top, _SIDE, height, interpolation="bicubic")
    page.outline(repainted.painted, places[1], top, _SIDE)
    x = places[2]
    page.write(x + _SIDE, top - 16, "levels of 255", SMALL, ha="right")
    style = {"cmap": LEVELS.colours, "norm": LEVELS.norm()}
    page.image(repainted.levels, x, top, _SIDE, height, **style)
    page.hatch(~repainted.reached, x, top, _SIDE)
    page.outline(repainted.painted, x, top, _SIDE)
    legend(page, LEVELS, x, top + height + 24, _SIDE, SMALL)
    return page.ax
