"""Where a scene takes place: a plain sheet, or day, night, sunset and winter.

Every setting keeps an emblem in a corner (sun, moon and stars, half a sun on the horizon,
snowflakes), so that it can be told apart in every manner, also where the sky's colour is lost.
"""

import numpy as np

from dalle_explore.world.brush import Brush, Colour, darker, lighter, mix, vary
from dalle_explore.world.outlines import Points, ellipse, smooth

PLAIN: tuple[Colour, ...] = (
    (247, 236, 218),
    (226, 238, 240),
    (240, 228, 236),
    (231, 240, 224),
    (244, 231, 222),
    (232, 230, 245),
    (250, 243, 214),
)

CLOUD = (
    (-1.2, 0.45),
    (-1.55, 0.12),
    (-1.1, -0.2),
    (-0.72, -0.12),
    (-0.5, -0.5),
    (0.05, -0.68),
    (0.55, -0.38),
    (0.72, -0.1),
    (1.15, -0.22),
    (1.55, 0.1),
    (1.3, 0.45),
    (0.0, 0.47),
)


def backdrop(brush: Brush, setting: str | None, rng: np.random.Generator) -> float:
    """Draws sky and ground; returns the height of the horizon (0 above, 1 below)."""
    horizon = float(rng.uniform(0.70, 0.76))
    left = bool(rng.random() < 0.5)
    if setting is None:
        _plain(brush, horizon, rng)
        return horizon
    with brush.part("setting"):
        {"day": _day, "night": _night, "sunset": _sunset, "winter": _winter}[setting](
            brush, horizon, rng, left
        )
    return horizon


def _corner(rng: np.random.Generator, left: bool) -> tuple[float, float]:
    x = float(rng.uniform(0.10, 0.17))
    return (x if left else 1 - x, float(rng.uniform(0.10, 0.16)))


def _plain(brush: Brush, horizon: float, rng: np.random.Generator) -> None:
    wall = vary(PLAIN[int(rng.integers(len(PLAIN)))], rng, 0.02, 0.02, 0.2)
    brush.wash(lighter(wall, 0.35), wall, 0.0, horizon)
    floor = mix(wall, darker(wall, 0.5), 0.22)
    brush.wash(mix(floor, wall, 0.45), floor, horizon, 1.0)


def _hill(horizon: float, rng: np.random.Generator, height: float, n: int = 7) -> Points:
    """A rolling line from edge to edge, closed below the picture."""
    x = np.linspace(-0.12, 1.12, n)
    y = horizon - height * rng.uniform(0.15, 1.0, n)
    top = smooth([*zip(x, y, strict=True), (1.3, 1.4), (-0.3, 1.4)], 8)
    return top


def _cloud(brush: Brush, x: float, y: float, r: float, colour: Colour) -> None:
    shape = smooth(np.array(CLOUD) * r + (x, y), 5)
    brush.fill(shape, colour, edge=mix(colour, (120, 150, 190), 0.35), shade=0.06, width=0.005)


def _day(brush: Brush, horizon: float, rng: np.random.Generator, left: bool) -> None:
    sky = vary((118, 190, 240), rng, 0.015, 0.03, 0.12)
    brush.wash(sky, lighter(sky, 0.72), 0.0, horizon + 0.04)
    x, y = _corner(rng, left)
    brush.glow(x, y, 0.22, (255, 246, 190), 0.8)
    brush.ellipse(x, y, 0.075, 0.075, (255, 214, 72), edge=(240, 170, 40), shade=0.1)
    cx = float(rng.uniform(0.58, 0.82))
    _cloud(brush, 1 - cx if not left else cx, float(rng.uniform(0.1, 0.2)), 0.075, (255, 255, 255))
    grass = vary((124, 190, 92), rng, 0.02, 0.05, 0.1)
    brush.fill(_hill(horizon, rng, 0.09), lighter(grass, 0.22), edge=False, shade=0.1)
    brush.wash(grass, darker(grass, 0.16), horizon, 1.0)


def _night(brush: Brush, horizon: float, rng: np.random.Generator, left: bool) -> None:
    sky = vary((26, 32, 82), rng, 0.03, 0.1, 0.1)
    brush.wash(sky, mix(sky, (92, 92, 168), 0.6), 0.0, horizon + 0.04)
    for sx, sy, r in zip(
        rng.uniform(0.03, 0.97, 14),
        rng.uniform(0.03, 0.5, 14),
        rng.uniform(0.006, 0.013, 14),
        strict=True,
    ):
        brush.dot(float(sx), float(sy), float(r), (255, 250, 214))
    x, y = _corner(rng, left)
    brush.glow(x, y, 0.2, (210, 215, 255), 0.45)
    bend = ellipse(x, y, 0.085, 0.085, n=40)
    bite = ellipse(x + (0.042 if left else -0.042), y - 0.018, 0.07, 0.07, n=40)
    inside = np.hypot(*((bend - bite.mean(0)).T)) < 0.0705
    start = int(np.flatnonzero(~inside & np.roll(inside, 1))[0]) if inside.any() else 0
    outer = np.roll(bend, -start, 0)[: int((~inside).sum())]
    cut = np.hypot(*((bite - bend.mean(0)).T)) < 0.0855
    begin = int(np.flatnonzero(cut & ~np.roll(cut, 1))[0])
    inner = np.roll(bite, -begin, 0)[: int(cut.sum())]
    moon = np.concatenate([outer, inner[::-1]])
    brush.fill(moon, (252, 238, 178), edge=(226, 196, 120), shade=0.05)
    ground = vary((62, 74, 112), rng, 0.03, 0.06, 0.1)
    brush.fill(_hill(horizon, rng, 0.09), darker(ground, 0.2), edge=False, shade=0.0)
    brush.wash(ground, darker(ground, 0.25), horizon, 1.0)
    brush.glow(0.5, 0.58, 0.46, (176, 184, 240), 0.38)


def _sunset(brush: Brush, horizon: float, rng: np.random.Generator, left: bool) -> None:
    top = vary((148, 88, 158), rng, 0.03, 0.06, 0.1)
    low = vary((255, 172, 92), rng, 0.02, 0.03, 0.1)
    middle = mix((250, 122, 110), low, 0.15)
    brush.wash(top, middle, 0.0, horizon * 0.55)
    brush.wash(middle, low, horizon * 0.55, horizon + 0.01)
    x = float(rng.uniform(0.13, 0.22))
    x = x if left else 1 - x
    brush.glow(x, horizon, 0.34, (255, 226, 140), 0.8)
    disc = ellipse(x, horizon, 0.125, 0.125, n=48)
    brush.fill(disc[disc[:, 1] <= horizon + 1e-9], (255, 205, 84), edge=(244, 128, 66), shade=0.0)
    for k in range(3):
        wide = float(rng.uniform(0.1, 0.2))
        cx = float(rng.uniform(0.2, 0.8))
        cy = 0.1 + 0.1 * k + float(rng.uniform(-0.03, 0.03))
        brush.line([(cx - wide, cy), (cx + wide, cy)], mix(low, middle, 0.3), 0.016)
    sea = vary((122, 74, 128), rng, 0.03, 0.06, 0.1)
    brush.wash(mix(sea, low, 0.35), darker(sea, 0.2), horizon, 1.0)
    for k in range(3):
        cy = horizon + 0.03 + 0.035 * k
        wide = 0.10 - 0.025 * k
        brush.line([(x - wide, cy), (x + wide, cy)], (255, 206, 120), 0.011)


def _winter(brush: Brush, horizon: float, rng: np.random.Generator, left: bool) -> None:
    sky = vary((176, 202, 222), rng, 0.02, 0.03, 0.15)
    brush.wash(sky, lighter(sky, 0.6), 0.0, horizon + 0.04)
    brush.fill(_hill(horizon, rng, 0.10), (226, 236, 246), edge=(186, 204, 224), shade=0.08)
    for k in range(2):
        x = float(rng.uniform(0.05, 0.16)) if (k == 0) == left else float(rng.uniform(0.84, 0.95))
        _pine(brush, x, horizon + 0.01, float(rng.uniform(0.17, 0.25)))
    brush.wash((246, 250, 255), (222, 232, 246), horizon, 1.0)
    for sx, sy, r in zip(
        rng.uniform(0.02, 0.98, 22),
        rng.uniform(0.02, 0.66, 22),
        rng.uniform(0.008, 0.014, 22),
        strict=True,
    ):
        brush.dot(float(sx), float(sy), float(r), (255, 255, 255))


def _pine(brush: Brush, x: float, y: float, h: float) -> None:
    brush.line([(x, y), (x, y - 0.3 * h)], (120, 90, 70), 0.02)
    for k in range(3):
        base = y - h * (0.15 + 0.26 * k)
        w = h * (0.34 - 0.07 * k)
        tier = np.array([(x - w, base), (x, base - 0.42 * h), (x + w, base)])
        brush.fill(tier, (74, 128, 112), shade=0.1, width=0.005)
        cap = np.array(
            [
                (x - 0.42 * w, base - 0.24 * h),
                (x, base - 0.42 * h),
                (x + 0.42 * w, base - 0.24 * h),
            ]
        )
        brush.fill(cap, (250, 252, 255), edge=False, shade=0.0)
