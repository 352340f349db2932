"""Sixteen figures and eight polygons as closed outlines, their insets, and the room inside them.

All are float64 [points 2], centred on the origin, y down; the longer side of their box reaches
from -1 to 1.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dalle_explore.world.facts import POLYGONS
from dalle_explore.world.outlines import Points, curve, ellipse, regular, smooth, star


def _star() -> Points:
    return star(0, 0, 1, inner=0.44)


def _heart() -> Points:
    # fmt: off
    half = [
        (0.16, -0.76), (0.40, -0.90), (0.68, -0.88), (0.92, -0.68), (1.0, -0.36), (0.92, -0.02),
        (0.70, 0.32), (0.38, 0.62),
    ]
    # fmt: on
    points = [(0.0, -0.58), *half, (0.0, 0.96), *[(-x, y) for x, y in half[::-1]]]
    right = curve(points[:10], 5)
    return np.concatenate([right, (right[-2:0:-1] * (-1, 1))])


def _crescent() -> Points:
    outer = np.linspace(np.radians(44), np.radians(316), 44)
    tip = (np.cos(outer[0]), np.sin(outer[0]))
    cx = 0.70
    r = np.hypot(tip[0] - cx, tip[1])
    a = np.arctan2(tip[1], tip[0] - cx)
    inner = np.linspace(2 * np.pi - a, a, 34)[1:-1]
    back = np.stack([cx + r * np.cos(inner), r * np.sin(inner)], axis=1)
    return np.concatenate([np.stack([np.cos(outer), np.sin(outer)], axis=1), back])


def _cross() -> Points:
    w = 0.36
    # fmt: off
    return np.array([
        (-w, -1), (w, -1), (w, -w), (1, -w), (1, w), (w, w), (w, 1), (-w, 1), (-w, w), (-1, w),
        (-1, -w), (-w, -w),
    ])
    # fmt: on


def _teardrop() -> Points:
    a = np.linspace(np.radians(-28), np.radians(208), 44)
    arc = np.stack([0.68 * np.cos(a), 0.36 + 0.64 * np.sin(a)], axis=1)
    left = np.array([(-0.44, -0.28), (-0.2, -0.66), (0, -1.0), (0.2, -0.66), (0.44, -0.28)])
    return np.concatenate([arc, left])


def _arrow() -> Points:
    return np.array(
        [(-1, -0.34), (0.08, -0.34), (0.08, -0.8), (1, 0), (0.08, 0.8), (0.08, 0.34), (-1, 0.34)]
    )


def _gear() -> Points:
    points = []
    teeth = 8
    for i in range(teeth):
        for share, radius in ((-0.34, 0.76), (-0.24, 1.0), (0.24, 1.0), (0.34, 0.76)):
            a = 2 * np.pi * (i + share) / teeth - np.pi / 2
            points.append((radius * np.cos(a), radius * np.sin(a)))
    return np.array(points)


def _bumps(circles: list[tuple[float, float, float]], about: tuple[float, float]) -> Points:
    """The outer contour of overlapping discs as seen from a point inside."""
    a = np.linspace(0, 2 * np.pi, 144, endpoint=False)
    ray = np.stack([np.cos(a), np.sin(a)], axis=1)
    far = np.zeros(len(a))
    for cx, cy, r in circles:
        d = np.array([cx - about[0], cy - about[1]])
        along = ray @ d
        root = r * r - (d @ d - along**2)
        far = np.maximum(far, np.where(root >= 0, along + np.sqrt(np.maximum(root, 0)), 0))
    return ray * far[:, None] + about


def _cloud() -> Points:
    puffs = [
        (-0.62, 0.12, 0.36),
        (-0.28, -0.2, 0.42),
        (0.24, -0.26, 0.46),
        (0.64, 0.1, 0.36),
        (0, 0.14, 0.44),
    ]
    points = _bumps(puffs, (0.0, 0.08))
    points[:, 1] = np.minimum(points[:, 1], 0.42)
    return points


def _leaf() -> Points:
    t = np.linspace(0, 1, 22)
    half = 0.50 * np.sin(np.pi * t**0.86)
    half[-1] = 0.0
    axis = np.stack([-0.95 + 1.75 * t, 0.0 * t], axis=1)
    upper, lower = axis + np.stack([0 * t, -half], 1), axis + np.stack([0 * t, half], 1)
    stem = np.array([(-1.25, 0.06), (-1.25, -0.06), (-0.93, -0.05)])
    body = np.concatenate([upper[1:], lower[1:-1][::-1], [(-0.93, 0.05)], stem])
    a = np.radians(-48)
    return body @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])


def _flower() -> Points:
    a = np.arange(6) * np.pi / 3 - np.pi / 2
    petals = [(0.6 * np.cos(i), 0.6 * np.sin(i), 0.40) for i in a]
    return _bumps([*petals, (0.0, 0.0, 0.5)], (0.0, 0.0))


def _shield() -> Points:
    top = [(-0.82, -0.86), (-0.42, -0.78), (0, -1.0), (0.42, -0.78), (0.82, -0.86)]
    right = [(0.84, -0.4), (0.80, 0.0), (0.66, 0.38), (0.40, 0.72), (0.0, 1.0)]
    left = [(-x, y) for x, y in right[-2::-1]]
    return np.array(top + right + left)


def _lightning() -> Points:
    return np.array(
        [
            (-0.08, -1),
            (0.60, -1),
            (0.26, -0.34),
            (0.72, -0.34),
            (-0.40, 1),
            (-0.10, 0.18),
            (-0.62, 0.18),
        ]
    )


def _clover() -> Points:
    leaves = [(0.0, 0.0, 0.30)]
    for a in np.pi / 4 + np.arange(4) * np.pi / 2:
        leaves.append((0.36 * np.cos(a), 0.36 * np.sin(a), 0.19))
        leaves += [(0.62 * np.cos(a + d), 0.62 * np.sin(a + d), 0.262) for d in (-0.27, 0.27)]
    contour = _bumps(leaves, (0.0, 0.0))
    a = np.arctan2(contour[:, 1], contour[:, 0])
    keep = contour[np.abs(a - np.pi / 2) > 0.20]
    cut = int((np.arctan2(keep[:, 1], keep[:, 0]) % (2 * np.pi) < np.pi / 2).sum())
    stem = np.array([(0.09, 0.40), (0.22, 1.06), (0.02, 1.08), (-0.09, 0.40)])
    keep = np.roll(keep, -cut, 0)
    stem = stem if keep[-1, 0] > 0 else stem[::-1]
    return np.concatenate([keep, stem])


def _butterfly() -> Points:
    # fmt: off
    right = smooth([
        (0.12, -0.40), (0.36, -0.72), (0.80, -0.86), (0.98, -0.56), (0.84, -0.12), (0.56, 0.05),
        (0.76, 0.24), (0.76, 0.58),
        (0.50, 0.78), (0.26, 0.66), (0.12, 0.50),
    ], 5)[:51]
    # fmt: on
    left = right[::-1] * (-1, 1)
    return np.concatenate([right, left])


def _fish() -> Points:
    # fmt: off
    contour = smooth([
        (-1.0, 0.0), (-0.74, -0.36), (-0.34, -0.58), (0.08, -0.52), (0.46, -0.20), (0.96, -0.62),
        (0.84, 0.0),
        (0.96, 0.62), (0.46, 0.20), (0.08, 0.52), (-0.34, 0.58), (-0.74, 0.36),
    ], 6)
    # fmt: on
    return contour


def _house() -> Points:
    # fmt: off
    return np.array([
        (0, -1), (0.36, -0.66), (0.36, -0.90), (0.60, -0.90), (0.60, -0.42), (0.96, -0.08),
        (0.72, -0.08), (0.72, 0.84),
        (-0.72, 0.84), (-0.72, -0.08), (-0.96, -0.08),
    ])
    # fmt: on


_FIGURES = {
    "star": _star,
    "heart": _heart,
    "crescent": _crescent,
    "cross": _cross,
    "teardrop": _teardrop,
    "arrow": _arrow,
    "gear": _gear,
    "cloud": _cloud,
    "leaf": _leaf,
    "flower": _flower,
    "shield": _shield,
    "lightning bolt": _lightning,
    "clover": _clover,
    "butterfly": _butterfly,
    "fish": _fish,
    "house": _house,
}


@lru_cache(maxsize=32)
def silhouette(outline: str) -> Points:
    """The closed outline of a polygon ("heptagonal") or figure ("heart-shaped").

    Raises:
        KeyError: an outline that is not in `facts.OUTLINES`.
    """
    if outline in POLYGONS:
        points = regular(POLYGONS[outline], 0.0, 0.0, 1.0)
    else:
        points = _FIGURES[outline.removesuffix("-shaped")]()
    low, high = points.min(0), points.max(0)
    points = (points - (low + high) / 2) * (2.0 / float((high - low).max()))
    points.setflags(write=False)
    return points


def _distance(at: Points, points: Points) -> Points:
    """From every place [k 2] to the closed polyline, [k]."""
    a, b = points[None], np.roll(points, -1, 0)[None]
    d = b - a
    t = np.clip(((at[:, None] - a) * d).sum(-1) / np.maximum((d * d).sum(-1), 1e-12), 0, 1)
    return np.hypot(*np.moveaxis(at[:, None] - a - d * t[..., None], -1, 0)).min(1)


def _inside(at: Points, points: Points) -> NDArray[np.bool_]:
    """Even-odd rule for every place [k 2], bool [k]."""
    a, b = points[None], np.roll(points, -1, 0)[None]
    x, y = at[:, :1], at[:, 1:]
    over = (a[..., 1] > y) != (b[..., 1] > y)
    slope = (b[..., 0] - a[..., 0]) / np.where(over, b[..., 1] - a[..., 1], 1.0)
    return (over & (x < a[..., 0] + (y - a[..., 1]) * slope)).sum(1) % 2 == 1


@lru_cache(maxsize=128)
def inset(outline: str, depth: float) -> Points:
    """The outline moved inwards by `depth`, corners kept sharp, folds cut away."""
    p = silhouette(outline)
    if outline == "clover-shaped":
        p = p[:-4]  # a stalk is too thin to have an inside
    area = 0.5 * (p[:, 0] * np.roll(p[:, 1], -1) - np.roll(p[:, 0], -1) * p[:, 1]).sum()
    e = np.roll(p, -1, 0) - p
    normal = np.stack([-e[:, 1], e[:, 0]], 1) / np.maximum(np.hypot(*e.T), 1e-9)[:, None]
    normal *= np.sign(area)
    before = np.roll(normal, 1, 0)
    both = normal + before
    scale = 2.0 / np.maximum((both * both).sum(1), 0.12)
    moved = p + both * (scale * depth)[:, None]
    far = _distance(moved, p)
    good = _inside(moved, p) & (far > depth * 0.93) & (far < depth * 1.6)
    moved = moved[good]
    if len(moved) < 0.7 * len(
        p
    ):  # too thin for a parallel outline: a round one in its widest place
        cx, cy, r = core(outline)
        moved = ellipse(cx, cy, r - 0.4 * depth, r - 0.4 * depth)
    moved.setflags(write=False)
    return moved


_ROOM: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "triangular": ((0.00, 0.46, 0.52), (0.00, 0.28, 0.57)),
    "square": ((0.00, 0.00, 0.90), (0.00, 0.00, 1.00)),
    "pentagonal": ((0.00, 0.00, 0.72), (0.00, 0.10, 0.85)),
    "hexagonal": ((0.00, 0.00, 0.72), (0.00, 0.00, 0.87)),
    "heptagonal": ((0.00, 0.05, 0.80), (0.00, 0.05, 0.92)),
    "octagonal": ((0.00, 0.00, 0.90), (0.00, 0.00, 1.00)),
    "nonagonal": ((0.00, 0.03, 0.82), (0.00, 0.03, 0.95)),
    "decagonal": ((0.00, 0.00, 0.80), (0.00, 0.00, 0.95)),
    "star-shaped": ((0.00, 0.06, 0.42), (0.00, 0.08, 0.46)),
    "heart-shaped": ((0.00, -0.20, 0.72), (0.00, 0.05, 0.65)),
    "crescent-shaped": ((-0.36, 0.00, 0.33), (-0.36, 0.00, 0.46)),
    "cross-shaped": ((0.00, 0.00, 0.55), (0.00, 0.00, 0.50)),
    "teardrop-shaped": ((0.00, 0.35, 0.55), (0.00, 0.33, 0.65)),
    "arrow-shaped": ((-0.12, 0.00, 0.56), (0.30, 0.00, 0.42)),
    "gear-shaped": ((0.00, 0.00, 0.62), (0.00, 0.00, 0.76)),
    "cloud-shaped": ((0.00, 0.10, 0.62), (0.10, 0.05, 0.50)),
    "leaf-shaped": ((0.00, 0.00, 0.50), (0.08, -0.07, 0.63)),
    "flower-shaped": ((0.00, 0.00, 0.74), (0.00, 0.00, 0.76)),
    "shield-shaped": ((0.00, -0.30, 0.72), (0.00, -0.10, 0.76)),
    "lightning bolt-shaped": ((0.00, -0.06, 0.30), (0.00, -0.08, 0.34)),
    "clover-shaped": ((0.00, 0.22, 0.44), (0.00, -0.08, 0.38)),
    "butterfly-shaped": ((0.00, 0.00, 0.46), (0.00, 0.02, 0.42)),
    "fish-shaped": ((-0.25, 0.00, 0.50), (-0.25, 0.00, 0.50)),
    "house-shaped": ((0.00, 0.10, 0.68), (0.00, 0.10, 0.75)),
}


def room(outline: str) -> tuple[float, float, float]:
    """Where a short word fits (about twice as wide as tall): centre x, centre y, half width."""
    return _ROOM[outline][0]


def core(outline: str) -> tuple[float, float, float]:
    """The largest circle inside: centre x, centre y, radius."""
    return _ROOM[outline][1]
