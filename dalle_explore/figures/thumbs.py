"""Small pictures with the judge's verdict on them, and a place for those that are gone."""

import math

import numpy as np
from matplotlib.patches import Rectangle

from dalle_explore.figures.page import Page
from dalle_explore.figures.panels import JUDGE, SCORE
from dalle_explore.figures.written import TINY
from dalle_explore.session.sample import Sample

__all__ = ["TICKED", "thumb"]

# By the judge's verdict: a colour, and the mark that stands for it.
TICKED = {1.0: (JUDGE, "✓ right"), 0.0: (SCORE, "× not all right")}
_BADGE = 30  # pixels of the page
_GONE = "#efece5"


def thumb(
    page: Page, sample: Sample | None, left: float, top: float, side: float, right: float
) -> None:
    """Place a small picture, with a mark in its corner where a judge has read it.

    Args:
        page: to draw on.
        sample: the picture; None: its codes were dropped, and an empty place says so.
        left: edge.
        top: edge.
        side: of the picture.
        right: 1 right, 0 not; NaN: nobody can say, no mark.
    """
    if sample is None:
        page.ax.add_patch(Rectangle((left, top), side, side, fc=_GONE, lw=0))
        if side >= 90:
            page.write(left + side / 2, top + side / 2 + 6, "not kept", TINY, ha="center")
    else:
        pixels = np.asarray(sample.picture)
        high = side * min(1.0, pixels.shape[0] / pixels.shape[1])
        image = page.image(pixels, left, top, side, high, interpolation="bicubic")
        image.set_gid(f"seed {sample.seed}")
    if math.isnan(right):
        return
    colour, words = TICKED[right]
    badge = min(_BADGE, 0.3 * side)
    x, y = left + side - badge, top + side - badge
    page.ax.add_patch(Rectangle((x, y), badge, badge, fc=colour, lw=0, zorder=3))
    style = {"color": "#ffffff", "ha": "center", "zorder": 4}
    page.write(x + badge / 2, y + 0.72 * badge, words[0], TINY * badge / _BADGE, **style)
