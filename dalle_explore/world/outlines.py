"""Closed outlines as arrays of points: the geometry everything is cut from.

Every function returns float64 [points 2] in unit coordinates, x to the right, y down.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


@lru_cache(maxsize=64)
def _circle(n: int) -> Points:
    angle = np.linspace(0.0, 2.0 * np.pi, n, endpoint=False)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def ellipse(cx: float, cy: float, rx: float, ry: float, angle: float = 0.0, n: int = 36) -> Points:
    """An ellipse with half axes rx, ry, turned by `angle` radians."""
    points = _circle(n) * (rx, ry)
    if angle:
        points = turn(points, angle)
    return points + (cx, cy)


def turn(points: Points, angle: float, about: tuple[float, float] = (0.0, 0.0)) -> Points:
    """The points rotated by `angle` radians (clockwise on screen) about a point."""
    c, s = np.cos(angle), np.sin(angle)
    return (points - about) @ np.array([[c, s], [-s, c]]) + about


def regular(sides: int, cx: float, cy: float, r: float, angle: float = 0.0) -> Points:
    """A regular polygon standing on a side."""
    start = np.pi / 2 + np.pi / sides + angle
    a = start + np.arange(sides) * 2 * np.pi / sides
    return np.stack([cx + r * np.cos(a), cy + r * np.sin(a)], axis=1)


def smooth(control: Points | list[tuple[float, float]], steps: int = 6) -> Points:
    """A closed Catmull-Rom curve through the control points."""
    p = np.asarray(control, dtype=float)
    before, after, later = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    t = np.arange(steps)[None, :, None] / steps
    p0, p1, p2, p3 = before[:, None], p[:, None], after[:, None], later[:, None]
    curve = 0.5 * (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    return curve.reshape(-1, 2)


def curve(control: Points | list[tuple[float, float]], steps: int = 8) -> Points:
    """An open Catmull-Rom curve through the control points, ends included."""
    p = np.asarray(control, dtype=float)
    p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.arange(steps)[None, :, None] / steps
    p0, p1, p2, p3 = p[:-3, None], p[1:-2, None], p[2:-1, None], p[3:, None]
    body = 0.5 * (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    return np.concatenate([body.reshape(-1, 2), p[-2:-1]])


def box(x0: float, y0: float, x1: float, y1: float, r: float = 0.0) -> Points:
    """A rectangle with corners rounded by r."""
    if r <= 0:
        return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], dtype=float)
    r = min(r, (x1 - x0) / 2, (y1 - y0) / 2)
    quarter = _circle(24)
    corners = [
        quarter[12:19] * r + (x0 + r, y0 + r),
        quarter[18:25] * r + (x1 - r, y0 + r),
        quarter[0:7] * r + (x1 - r, y1 - r),
        quarter[6:13] * r + (x0 + r, y1 - r),
    ]
    return np.concatenate(corners)


def star(
    cx: float, cy: float, r: float, inner: float = 0.45, tips: int = 5, angle: float = 0.0
) -> Points:
    """A star with `tips` tips; `inner` is the share of the inner radius."""
    a = -np.pi / 2 + angle + np.arange(2 * tips) * np.pi / tips
    radius = np.where(np.arange(2 * tips) % 2 == 0, r, r * inner)
    return np.stack([cx + radius * np.cos(a), cy + radius * np.sin(a)], axis=1)
