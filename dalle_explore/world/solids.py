"""Five solids, drawn from where they touch the ground, in flat colours and soft light."""

import numpy as np

from dalle_explore.world.brush import Brush, Colour, darker, lighter
from dalle_explore.world.outlines import Points, ellipse

ASPECT = {"cube": 0.92, "sphere": 1.0, "cylinder": 1.06, "cone": 1.10, "ring": 1.0}
"""Height over width of each solid as it is drawn."""


def solid(
    brush: Brush,
    name: str,
    colour: Colour,
    cx: float,
    bottom: float,
    width: float,
    alpha: float = 1.0,
) -> None:
    """Draws a solid standing on `bottom`, `width` wide; alpha < 1 makes it glass."""
    _DRAW[name](brush, colour, cx, bottom, width, alpha)


def height(name: str, width: float) -> float:
    """How tall a solid of this width is, units of the picture."""
    return ASPECT[name] * width


def _cube(brush: Brush, colour: Colour, cx: float, bottom: float, w: float, alpha: float) -> None:
    h = ASPECT["cube"] * w
    d = 0.24 * w
    x0, x1, x2 = cx - w / 2, cx + w / 2 - d, cx + w / 2
    y2, y1, y0 = bottom, bottom - h + 0.8 * d, bottom - h
    front = np.array([(x0, y1), (x1, y1), (x1, y2), (x0, y2)])
    top = np.array([(x0, y1), (x0 + d, y0), (x2, y0), (x1, y1)])
    side = np.array([(x1, y1), (x2, y0), (x2, y2 - 0.8 * d), (x1, y2)])
    if alpha < 1:
        back = np.array([(x0 + d, y0), (x2, y0), (x2, y2 - 0.8 * d), (x0 + d, y2 - 0.8 * d)])
        brush.fill(back, colour, alpha=alpha * 0.4, shade=0.0, width=0.005)
    brush.fill(front, colour, shade=0.14, alpha=alpha)
    brush.fill(top, lighter(colour, 0.38), shade=0.0, alpha=alpha, edge=darker(colour, 0.5))
    brush.fill(side, darker(colour, 0.28), shade=0.0, alpha=alpha, edge=darker(colour, 0.5))


def _sphere(
    brush: Brush, colour: Colour, cx: float, bottom: float, w: float, alpha: float
) -> None:
    r = w / 2
    brush.fill(ellipse(cx, bottom - r, r, r, n=44), colour, shade=0.5, shine=0.65, alpha=alpha)


def _cylinder(
    brush: Brush, colour: Colour, cx: float, bottom: float, w: float, alpha: float
) -> None:
    h = ASPECT["cylinder"] * w
    rx, ry = w / 2 * 0.86, 0.13 * w
    low = ellipse(cx, bottom - ry, rx, ry, n=36)
    high = ellipse(cx, bottom - h + ry, rx, ry, n=36)
    body = np.concatenate([low[0:19], high[18:36]])
    brush.fill(body, colour, shade=0.42, shine=0.25, alpha=alpha)
    brush.fill(high, lighter(colour, 0.4), shade=0.0, alpha=alpha, edge=darker(colour, 0.5))


def _cone(brush: Brush, colour: Colour, cx: float, bottom: float, w: float, alpha: float) -> None:
    h = ASPECT["cone"] * w
    rx, ry = w / 2, 0.12 * w
    low = ellipse(cx, bottom - ry, rx, ry, n=36)
    body: Points = np.concatenate([low[0:19], [(cx, bottom - h)]])
    brush.fill(body, colour, shade=0.45, shine=0.2, alpha=alpha)


def _ring(brush: Brush, colour: Colour, cx: float, bottom: float, w: float, alpha: float) -> None:
    r = w / 2
    cy = bottom - r
    outer, inner = ellipse(cx, cy, r, r, n=44), ellipse(cx, cy, 0.5 * r, 0.5 * r, n=44)
    # one outline with a cut from rim to hole, so that what is behind shows through
    band = np.concatenate([outer, outer[:1], inner[:1], inner[::-1]])
    brush.fill(band, colour, shade=0.42, shine=0.5, alpha=alpha, edge=False)
    brush.fill(outer, colour, alpha=0.0, edge=True)
    brush.fill(inner, colour, alpha=0.0, edge=True)


_DRAW = {
    "cube": _cube,
    "sphere": _sphere,
    "cylinder": _cylinder,
    "cone": _cone,
    "ring": _ring,
}
