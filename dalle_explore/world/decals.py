"""What a skin brings along (a mango's leaf, a pig's snout), set where the object has a place."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dalle_explore.world.brush import Brush, Colour, darker, lighter, vary
from dalle_explore.world.outlines import Points, curve, ellipse, smooth, turn

LEAF: Colour = (84, 158, 66)
STEM: Colour = (116, 84, 50)
PIG: Colour = (248, 164, 172)


class Anchors(NamedTuple):
    """Where details sit, in the object's coordinates: its top, its face, its ears, its tail."""

    top: tuple[float, float]
    face: tuple[float, float]
    ears: tuple[tuple[float, float], tuple[float, float]]
    tail: tuple[float, float]
    scale: float = 1.0
    alive: bool = False


To = Callable[[Points], Points]


def draw_decals(
    brush: Brush, texture: str, to: To, places: Anchors, size: float, rng: np.random.Generator
) -> None:
    """Draw a texture's own details on an object.

    Args:
        brush: the canvas.
        texture: one of `facts.TEXTURES`; those without details of their own draw nothing.
        to: the object's coordinates to the picture's.
        places: the object's anchors.
        size: half the object's height in the picture.
        rng: small irregularities.
    """
    draw = _DECALS.get(texture)
    if draw is not None:
        draw(brush, to, places, size, rng)


def _blade(length: float, width: float, angle: float) -> Points:
    """A pointed leaf from the origin upwards, leaning by `angle`."""
    half = [(0.0, 0.0), (0.5, 0.30), (0.42, 0.62), (0.0, 1.0)]
    p = [(x * width, -y * length) for x, y in half] + [
        (-x * width, -y * length) for x, y in half[2:0:-1]
    ]
    return turn(np.array(p), angle)


def _mango(brush: Brush, to: To, places: Anchors, size: float, rng: np.random.Generator) -> None:
    k = places.scale
    x, y = places.top
    green = vary(LEAF, rng)
    brush.limb(
        to(curve([(x, y + 0.06), (x + 0.01, y - 0.06), (x + 0.06 * k, y - 0.16 * k)], 4)),
        STEM,
        0.07 * size,
    )
    leaf = smooth(
        turn(
            np.array(
                [(0, 0), (0.20, -0.12), (0.46, -0.10), (0.66, 0.06), (0.42, 0.12), (0.16, 0.10)]
            )
            * k,
            -0.25,
        ),
        4,
    )
    brush.fill(to(leaf + (x + 0.02, y - 0.05)), green, shade=0.2, width=0.009)
    vein = turn(np.array([(0.04, 0.0), (0.30, 0.01), (0.56, 0.05)]) * k, -0.25) + (
        x + 0.02,
        y - 0.05,
    )
    brush.line(to(vein), lighter(green, 0.45), 0.007)


def _strawberry(
    brush: Brush, to: To, places: Anchors, size: float, rng: np.random.Generator
) -> None:
    k = places.scale
    x, y = places.top
    green = vary((74, 158, 62), rng)
    brush.limb(
        to(curve([(x, y), (x + 0.01, y - 0.14 * k), (x + 0.09 * k, y - 0.24 * k)], 4)),
        green,
        0.065 * size,
    )
    points = []
    tips = 5
    for i in range(tips * 2 + 1):
        a = np.pi * (0.02 + 0.96 * i / (tips * 2))
        r = 0.56 if i % 2 == 0 else 0.26
        points.append((x + r * k * np.cos(a), y - 0.06 + r * k * 0.62 * np.sin(a)))
    points.append((x - 0.18 * k, y - 0.14 * k))
    points.append((x + 0.18 * k, y - 0.14 * k))
    brush.fill(to(np.array(points)), green, shade=0.25, width=0.010)


def _watermelon(
    brush: Brush, to: To, places: Anchors, size: float, rng: np.random.Generator
) -> None:
    k = places.scale
    x, y = places.top
    green = vary((96, 150, 62), rng)
    t = np.linspace(0, 3.6 * np.pi, 30)
    r = 0.13 * (1 - t / t[-1] * 0.55)
    curl = np.stack(
        [
            x + 0.24 * k + r * k * np.cos(t + 2.6) + 0.02 * t * k,
            y - 0.18 * k + r * k * np.sin(t + 2.6),
        ],
        axis=1,
    )
    stem = np.concatenate([[(x, y + 0.05), (x + 0.02, y - 0.08 * k)], curl])
    brush.line(to(stem), darker(green, 0.15), 0.016)


def _pineapple(
    brush: Brush, to: To, places: Anchors, size: float, rng: np.random.Generator
) -> None:
    k = places.scale
    x, y = places.top
    for angle, long in (
        (-1.05, 0.46),
        (1.05, 0.46),
        (-0.62, 0.52),
        (0.62, 0.52),
        (-0.24, 0.56),
        (0.26, 0.56),
        (0.0, 0.46),
    ):
        green = vary((70, 148, 72), rng, value=0.10)
        lean = angle + float(rng.uniform(-0.06, 0.06))
        brush.fill(
            to(_blade(long * k, 0.26 * k, lean) + (x, y + 0.05)), green, shade=0.2, width=0.009
        )


def _honeycomb(
    brush: Brush, to: To, places: Anchors, size: float, rng: np.random.Generator
) -> None:
    k = places.scale
    x, y = places.top
    x += float(rng.uniform(-0.12, 0.12))
    y -= 0.14 * k
    for side in (-1, 1):
        wing = ellipse(side * 0.07, -0.16, 0.10, 0.17, side * 0.55) * k + (x, y)
        brush.fill(to(wing), (226, 240, 250), shade=0, width=0.007, edge=(120, 140, 160))
    body = ellipse(0, 0, 0.23, 0.145) * k + (x, y)
    brush.fill(to(body), (255, 206, 44), shade=0.2, width=0.009, edge=(58, 42, 40))
    for dx in (-0.06, 0.07):
        brush.line(
            to(np.array([(x + dx * k, y - 0.11 * k), (x + dx * k, y + 0.11 * k)])),
            (58, 42, 40),
            0.016,
        )
    eye = to(np.array([(x + 0.16 * k, y - 0.03 * k)]))[0]
    brush.dot(float(eye[0]), float(eye[1]), 0.028 * k * size, (40, 30, 36))


def _giraffe(brush: Brush, to: To, places: Anchors, size: float, rng: np.random.Generator) -> None:
    k = places.scale
    x, y = places.top
    hide = vary((236, 190, 110), rng)
    for side in (-1, 1):
        foot = (x + side * 0.15 * k, y + 0.04)
        tip = (x + side * 0.20 * k, y - 0.26 * k)
        brush.limb(to(np.array([foot, tip])), hide, 0.085 * size)
        brush.fill(to(ellipse(*tip, 0.10 * k, 0.10 * k)), (110, 62, 38), shade=0.2, width=0.008)


def _tail_scale(places: Anchors) -> float:
    """How large a tail may be before it leaves the picture."""
    return places.scale * min(1.0, max(0.5, (1.36 - abs(places.tail[0])) / 0.42))


def _zebra(brush: Brush, to: To, places: Anchors, size: float, rng: np.random.Generator) -> None:
    k = _tail_scale(places)
    x, y = places.tail
    away = 1.0 if x > 0 else -1.0
    end = (x + away * 0.20 * k, y + 0.34 * k)
    path = curve([(x - away * 0.05, y - 0.02), (x + away * 0.16 * k, y + 0.02), end], 5)
    brush.limb(to(path), (244, 240, 232), 0.06 * size)
    tuft = smooth(
        np.array(
            [(0, -0.06), (0.09, 0.08), (0.07, 0.24), (0.0, 0.34), (-0.07, 0.24), (-0.09, 0.08)]
        )
        * k,
        4,
    )
    brush.fill(to(turn(tuft, -away * 0.15) + end), (44, 38, 46), shade=0.1, width=0.008)


def _pig(brush: Brush, to: To, places: Anchors, size: float, rng: np.random.Generator) -> None:
    k = places.scale
    pink = vary(PIG, rng)
    deep = darker(pink, 0.30)
    x, y = places.tail
    k = _tail_scale(places)
    away = 1.0 if x > 0 else -1.0
    t = np.linspace(0, 1, 22)
    turns = 2 * np.pi * 1.6 * t
    curl = np.stack(
        [
            x + away * (0.02 + 0.34 * t + 0.07 * np.sin(turns)) * k,
            y - (0.10 * t + 0.13 * (1 - np.cos(turns)) * 0.6) * k,
        ],
        1,
    )
    brush.limb(to(curl), pink, 0.05 * size)
    k = places.scale
    for (ex, ey), side in zip(places.ears, (-1, 1), strict=True):
        ear = (
            np.array(
                [(-0.20, 0.10), (-0.14, -0.16), (side * 0.12, -0.36), (0.15, -0.14), (0.20, 0.10)]
            )
            * k
        )
        brush.fill(to(smooth(ear, 4) + (ex, ey)), pink, shade=0.2, width=0.010)
        inner = ear * 0.52 + (0.0, -0.02)
        brush.fill(to(smooth(inner, 4) + (ex, ey)), deep, shade=0.0, edge=False)
    x, y = places.face
    w = 0.20 if places.alive else 0.30
    brush.fill(
        to(ellipse(x, y, w * k, w * 0.80 * k)),
        lighter(pink, 0.08),
        shade=0.22,
        shine=0.3,
        width=0.011,
        edge=darker(pink, 0.5),
    )
    for side in (-1, 1):
        nostril = ellipse(x + side * w * 0.36 * k, y, w * 0.17 * k, w * 0.30 * k)
        brush.fill(to(nostril), darker(pink, 0.62), shade=0, edge=brush.dark, width=0.007)
    if not places.alive:
        for side in (-1, 1):
            eye = to(np.array([(x + side * 0.36 * k, y - 0.30 * k)]))[0]
            brush.dot(float(eye[0]), float(eye[1]), 0.062 * k * size, (52, 36, 48))
            brush.dot(
                float(eye[0]) - 0.004, float(eye[1]) - 0.005, 0.02 * k * size, (255, 255, 255)
            )


_DECALS: dict[str, Callable[[Brush, To, Anchors, float, np.random.Generator], None]] = {
    "mango": _mango,
    "strawberry": _strawberry,
    "watermelon": _watermelon,
    "pineapple": _pineapple,
    "honeycomb": _honeycomb,
    "giraffe": _giraffe,
    "zebra": _zebra,
    "pig": _pig,
}
