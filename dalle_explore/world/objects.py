"""Ten things that can wear any skin, and the details that make the skin unmistakable.

An object is drawn in its own coordinates: x and y from -1 to 1, y down, standing on y = 1.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dalle_explore.world.brush import Brush, Colour, darker, lighter, mix, vary
from dalle_explore.world.decals import Anchors, draw_decals
from dalle_explore.world.facts import Scene
from dalle_explore.world.outlines import Points, box, curve, ellipse, smooth, turn
from dalle_explore.world.textures import mean, skin

BRASS: Colour = (214, 168, 78)
CREAM: Colour = (252, 236, 210)
DARK: Colour = (48, 38, 52)


class Spot:
    """Where an object stands: its own coordinates to the picture's, tilted and mirrored."""

    def __init__(self, cx: float, cy: float, s: float, tilt: float, flip: float):
        self.cx, self.cy, self.s, self.tilt, self.flip = cx, cy, s, tilt, flip

    def at(self, points: Points | list[tuple[float, float]]) -> Points:
        """Points of the object as points of the picture."""
        p = np.asarray(points, dtype=float) * (self.flip * self.s, self.s)
        return turn(p, self.tilt, (0.0, self.s)) + (self.cx, self.cy)

    def one(self, x: float, y: float) -> tuple[float, float]:
        """A single point of the object in the picture."""
        p = self.at([(x, y)])[0]
        return float(p[0]), float(p[1])


@lru_cache(maxsize=80)
def _lens(w: int, h: int) -> NDArray[np.int32]:
    """Which pixel of a flat patch w x h a round form shows where: bent away towards the rim."""
    y, x = np.mgrid[-1 : 1 : complex(h), -1 : 1 : complex(w)]
    r = np.clip(np.hypot(x, y), 1e-6, 1.0)
    bend = np.arcsin(r) / r / 1.5708
    rows = np.clip(np.rint((y * bend + 1) * (h - 1) / 2), 0, h - 1)
    columns = np.clip(np.rint((x * bend + 1) * (w - 1) / 2), 0, w - 1)
    return (rows * w + columns).astype(np.int32)


def wrapped(brush: Brush, paint: Image.Image, points: Points) -> Image.Image:
    """The paint bulging over a round form, [canvas x canvas]."""
    unit = max(4, brush.pixels // 16)  # few sizes, so that few lenses are ever made
    low, high = points.min(0) * brush.pixels, points.max(0) * brush.pixels
    w, h = (min(-(-int(span + 2) // unit) * unit, brush.pixels) for span in high - low)
    x0, y0 = (
        min(max(int(middle - span / 2), 0), brush.pixels - span)
        for middle, span in zip((low + high) / 2, (w, h), strict=True)
    )
    patch = np.frombuffer(paint.crop((x0, y0, x0 + w, y0 + h)).tobytes("raw", "RGBX"), np.uint32)
    bulged = np.take(patch, _lens(w, h))
    sheet = paint.copy()
    sheet.paste(Image.frombuffer("RGB", (w, h), bulged.tobytes(), "raw", "RGBX", 0, 1), (x0, y0))
    return sheet


def sheared(
    brush: Brush, paint: Image.Image, corner: Points, right: Points, down: Points
) -> Image.Image:
    """The paint laid on a flat face in space, from a corner along two edges, [canvas x canvas]."""
    s = brush.pixels
    u, v = (right - corner), (down - corner)
    long_u, long_v = float(np.hypot(*u)), float(np.hypot(*v))
    back = np.linalg.inv(np.stack([u / long_u, v / long_v], axis=1))
    p = np.stack([corner, right, down, right + down - corner]) * s
    x0, y0 = np.maximum(p.min(0).astype(int) - 1, 0)
    x1, y1 = np.minimum(p.max(0).astype(int) + 2, s)
    shift = back @ (np.array([x0, y0]) - corner * s) + 4
    data = (back[0, 0], back[0, 1], shift[0], back[1, 0], back[1, 1], shift[1])
    sheet = paint.copy()
    size = (int(x1 - x0), int(y1 - y0))
    sheet.paste(
        paint.transform(size, Image.Transform.AFFINE, tuple(map(float, data))), (int(x0), int(y0))
    )
    return sheet


def draw_textured(brush: Brush, scene: Scene, rng: np.random.Generator) -> None:
    """Draw an object whose main surfaces wear the texture."""
    size = 0.358 * float(rng.uniform(0.93, 1.07))
    flip = float(rng.choice([-1.0, 1.0]))
    foot = 0.905 + float(rng.uniform(-0.025, 0.025))
    cx = 0.5 + float(rng.uniform(-0.045, 0.045))
    spot = Spot(cx, foot - size, size, float(rng.uniform(-0.05, 0.05)), flip)
    paint = skin(scene["texture"], brush.pixels, rng)
    with brush.part("object"):
        anchors = _OBJECTS[scene["object"]](brush, spot, paint, rng)
        with brush.part("texture"):
            draw_decals(brush, scene["texture"], spot.at, anchors, size, rng)


def _skinned(
    brush: Brush,
    spot: Spot,
    points: Points | list[tuple[float, float]],
    paint: Image.Image,
    **how: Any,
) -> None:
    """A round surface with the skin around it."""
    p = spot.at(points)
    with brush.part("texture"):
        brush.fill(
            p, wrapped(brush, paint, p), **{"shade": 0.42, "shine": 0.28, "width": 0.011, **how}
        )


def _flat(
    brush: Brush,
    spot: Spot,
    points: Points | list[tuple[float, float]],
    paint: Image.Image,
    **how: Any,
) -> None:
    with brush.part("texture"):
        brush.fill(spot.at(points), paint, **{"shade": 0.34, "shine": 0.12, "width": 0.010, **how})


def _hedgehog(brush: Brush, spot: Spot, paint: Image.Image, rng: np.random.Generator) -> Anchors:
    brush.shadow(spot.cx, spot.cy + spot.s * 0.98, spot.s * 1.0, spot.s * 0.14)
    n = 15
    back = []
    for i in range(n):
        a = np.radians(-172 + i * 196 / (n - 1))
        b = np.radians(-172 + (i + 0.5) * 196 / (n - 1))
        back.append((-0.12 + 0.88 * np.cos(a), 0.22 + 0.88 * np.sin(a)))
        lean = 0.10
        back.append((-0.12 + 1.10 * np.cos(b - lean), 0.22 + 1.10 * np.sin(b - lean)))
    back = [(-x - 0.10, y) for x, y in back[:-1]]
    coat = np.array([*back, (-0.90, 0.70), (-0.70, 0.88), (0.2, 0.94), (0.50, 0.80)])
    coat[:, 0] = np.clip(coat[:, 0], -1.12, 1.05)
    fur = vary((236, 204, 164), rng)
    for x in (-0.52, 0.34):
        brush.fill(spot.at(ellipse(x, 0.93, 0.17, 0.11)), darker(fur, 0.18), width=0.009)
    brush.fill(
        spot.at(smooth([
            (0.30, 0.02), (0.66, 0.10), (0.92, 0.36), (1.12, 0.56), (0.98, 0.74), (0.6, 0.90),
            (0.1, 0.92), (0.1, 0.4),
        ])),
        fur, shade=0.22, width=0.010,
    )  # fmt: skip
    _skinned(brush, spot, coat, paint)
    face = [
        (0.42, 0.10),
        (0.70, 0.14),
        (0.92, 0.38),
        (1.13, 0.55),
        (1.0, 0.72),
        (0.66, 0.84),
        (0.38, 0.74),
        (0.30, 0.42),
    ]
    brush.fill(spot.at(smooth(face)), lighter(fur, 0.25), shade=0.2, width=0.009)
    brush.fill(spot.at(ellipse(0.40, 0.12, 0.13, 0.14)), fur, shade=0.1, width=0.009)
    x, y = spot.one(0.70, 0.42)
    brush.dot(x, y, 0.062 * spot.s / 0.9, DARK)
    brush.dot(x - 0.006, y - 0.007, 0.020 * spot.s / 0.9, (255, 255, 255))
    x, y = spot.one(1.10, 0.555)
    brush.dot(x, y, 0.075 * spot.s, DARK)
    brush.line(
        spot.at(curve([(0.98, 0.69), (0.86, 0.72), (0.78, 0.66)], 5)), darker(fur, 0.55), 0.009
    )
    blush = spot.one(0.62, 0.62)
    brush.dot(*blush, 0.055 * spot.s, mix(fur, (240, 130, 120), 0.5))
    return Anchors(
        (-0.16, -0.80), (1.08, 0.555), ((0.28, -0.10), (0.50, 0.0)), (-1.02, 0.45), 0.8, True
    )


def _cube(brush: Brush, spot: Spot, paint: Image.Image, rng: np.random.Generator) -> Anchors:
    brush.shadow(spot.cx, spot.cy + spot.s * 0.86, spot.s * 1.0, spot.s * 0.18)
    edge = float(rng.uniform(-0.22, 0.22))
    drop = 0.36
    a, b = np.array((-0.92, -0.52 + 0.08 * edge)), np.array((edge, -0.52 + drop - 0.02))
    c, d = np.array((0.92, -0.52 - 0.08 * edge)), np.array((-edge, -0.92))
    tall = np.array((0.0, 1.14))
    faces = [(a, b, a + tall, 0.0), (b, c, b + tall, 0.30), (d, c, a, -0.18)]
    for corner, right, down, dim in faces:
        quad = np.array([corner, right, right + down - corner, down])
        p = spot.at(quad)
        with brush.part("texture"):
            brush.fill(p, sheared(brush, paint, p[0], p[1], p[3]), shade=0.10, width=0.010)
            if dim > 0:
                brush.fill(p, (40, 26, 60), alpha=dim, edge=False, shade=0)
            elif brush.manner != "neon sign":
                brush.fill(p, (255, 252, 236), alpha=-dim, edge=False, shade=0)
    return Anchors((0.0, -0.56), (-0.46, 0.28), ((-0.62, -0.62), (0.62, -0.62)), (0.94, 0.25), 1.0)


def _sphere(brush: Brush, spot: Spot, paint: Image.Image, rng: np.random.Generator) -> Anchors:
    brush.shadow(spot.cx + 0.02, spot.cy + spot.s * 0.96, spot.s * 0.85, spot.s * 0.15, 0.36)
    _skinned(brush, spot, ellipse(0, 0.04, 0.95, 0.95), paint, shade=0.62, shine=0.5, width=0.011)
    return Anchors((0.0, -0.88), (0.0, 0.12), ((-0.62, -0.68), (0.62, -0.68)), (0.92, 0.30), 0.95)


def _teapot(brush: Brush, spot: Spot, paint: Image.Image, rng: np.random.Generator) -> Anchors:
    brush.shadow(spot.cx, spot.cy + spot.s * 0.97, spot.s * 0.8, spot.s * 0.13)
    tone = mean(paint)
    brush.limb(
        spot.at(
            curve([(0.58, -0.18), (0.98, -0.28), (1.12, 0.10), (0.98, 0.46), (0.62, 0.56)], 6)
        ),
        darker(tone, 0.2),
        0.15 * spot.s,
    )
    spout = [
        (-0.52, 0.16),
        (-0.80, 0.0),
        (-0.88, -0.36),
        (-1.16, -0.52),
        (-1.04, -0.60),
        (-0.74, -0.46),
        (-0.5, -0.28),
        (-0.3, 0.6),
        (-0.62, 0.56),
    ]
    _flat(brush, spot, smooth(spout, 5), paint)
    _flat(brush, spot, box(-0.40, 0.84, 0.40, 0.99, 0.06), paint)
    # fmt: off
    body = smooth([
        (-0.36, -0.46), (0.36, -0.46), (0.68, -0.20), (0.80, 0.22), (0.66, 0.66), (0.36, 0.90),
        (-0.36, 0.90), (-0.66, 0.66),
        (-0.80, 0.22), (-0.68, -0.20),
    ], 5)
    # fmt: on
    _skinned(brush, spot, body, paint, shine=0.45)
    lid = smooth(
        [(-0.46, -0.44), (-0.34, -0.64), (0.0, -0.76), (0.34, -0.64), (0.46, -0.44), (0.0, -0.36)],
        5,
    )
    _flat(brush, spot, lid, paint, shine=0.3)
    brush.fill(spot.at(ellipse(0, -0.84, 0.11, 0.11)), darker(tone, 0.12), shine=0.5, width=0.009)
    return Anchors((0.0, -0.92), (0.0, 0.26), ((-0.48, -0.52), (0.48, -0.52)), (1.10, 0.12), 0.85)


def _purse(brush: Brush, spot: Spot, paint: Image.Image, rng: np.random.Generator) -> Anchors:
    brush.shadow(spot.cx, spot.cy + spot.s * 0.97, spot.s * 0.9, spot.s * 0.13)
    brass = vary(BRASS, rng)
    tone = mean(paint)
    strap = curve(
        [
            (-0.52, -0.20),
            (-0.50, -0.72),
            (-0.26, -0.98),
            (0.0, -1.04),
            (0.26, -0.98),
            (0.50, -0.72),
            (0.52, -0.20),
        ],
        6,
    )
    brush.limb(spot.at(strap), darker(tone, 0.30), 0.11 * spot.s)
    # fmt: off
    bag = smooth([
        (-0.66, -0.28), (0.0, -0.32), (0.66, -0.28), (0.84, 0.14), (0.98, 0.66), (0.82, 0.95),
        (0.0, 0.99), (-0.82, 0.95),
        (-0.98, 0.66), (-0.84, 0.14),
    ], 5)
    # fmt: on
    _skinned(brush, spot, bag, paint)
    flap = np.concatenate(
        [
            [(-0.68, -0.29), (0.68, -0.29)],
            curve([(0.80, 0.06), (0.46, 0.30), (0.0, 0.40), (-0.46, 0.30), (-0.80, 0.06)], 6),
        ]
    )
    with brush.part("texture"):
        p = spot.at(flap)
        brush.fill(p, paint, shade=0.2, shine=0.3, width=0.012)
    for x in (-0.52, 0.52):
        brush.fill(spot.at(ellipse(x, -0.22, 0.085, 0.085)), brass, shine=0.5, width=0.008)
    brush.fill(
        spot.at(box(-0.12, 0.27, 0.12, 0.52, 0.06)), brass, shade=0.3, shine=0.6, width=0.009
    )
    brush.dot(*spot.one(0.0, 0.41), 0.035 * spot.s, darker(brass, 0.6))
    return Anchors((0.0, -0.34), (0.0, 0.68), ((-0.60, -0.36), (0.60, -0.36)), (0.96, 0.55), 0.85)


def _armchair(brush: Brush, spot: Spot, paint: Image.Image, rng: np.random.Generator) -> Anchors:
    brush.shadow(spot.cx, spot.cy + spot.s * 0.97, spot.s * 1.0, spot.s * 0.13)
    wood = vary((122, 78, 48), rng)
    for x in (-0.78, 0.78):
        brush.fill(
            spot.at([(x - 0.09, 0.78), (x + 0.09, 0.78), (x + 0.05, 1.0), (x - 0.05, 1.0)]),
            wood,
            width=0.008,
        )
    # fmt: off
    back = smooth([
        (-0.70, 0.50), (-0.74, -0.50), (-0.56, -0.90), (0.0, -1.0), (0.56, -0.90), (0.74, -0.50),
        (0.70, 0.50), (0.0, 0.56),
    ], 5)
    # fmt: on
    _flat(brush, spot, back, paint, shade=0.34, width=0.012)
    seat = box(-0.62, 0.18, 0.62, 0.56, 0.14)
    front = box(-0.72, 0.44, 0.72, 0.86, 0.06)
    _flat(brush, spot, front, paint, shade=0.42, width=0.011)
    with brush.part("texture"):
        brush.fill(spot.at(front), (40, 26, 60), alpha=0.16, edge=False, shade=0)
    _flat(brush, spot, seat, paint, shade=0.14, shine=0.3, width=0.012)
    for side in (-1, 1):
        # fmt: off
        arm = smooth([
            (side * 0.58, 0.86), (side * 0.56, 0.20), (side * 0.60, -0.06), (side * 0.80, -0.16),
            (side * 1.02, -0.04),
            (side * 1.06, 0.20), (side * 0.98, 0.86),
        ], 5)
        # fmt: on
        _flat(brush, spot, arm, paint, shade=0.36, shine=0.25, width=0.012)
    tone = darker(mean(paint), 0.45)
    for x in (-0.26, 0.26):
        brush.dot(*spot.one(x, -0.44), 0.045 * spot.s, tone)
    return Anchors((0.0, -0.98), (0.0, -0.22), ((-0.52, -0.88), (0.52, -0.88)), (1.02, 0.3), 0.84)


def _lamp(brush: Brush, spot: Spot, paint: Image.Image, rng: np.random.Generator) -> Anchors:
    brush.shadow(spot.cx, spot.cy + spot.s * 0.98, spot.s * 0.55, spot.s * 0.11)
    brass = vary(BRASS, rng)
    glow = spot.one(0.0, 0.0)
    brush.glow(*glow, spot.s * 1.15, (255, 232, 160), 0.55)
    brush.fill(spot.at(box(-0.07, -0.1, 0.07, 0.50)), brass, shade=0.3, width=0.009)
    base = smooth(
        [
            (-0.10, 0.30),
            (0.10, 0.30),
            (0.40, 0.56),
            (0.44, 0.78),
            (0.26, 0.94),
            (-0.26, 0.94),
            (-0.44, 0.78),
            (-0.40, 0.56),
        ],
        5,
    )
    _skinned(brush, spot, base, paint, shine=0.4)
    brush.fill(spot.at(box(-0.36, 0.90, 0.36, 1.0, 0.04)), brass, shade=0.3, width=0.009)
    shade = np.concatenate(
        [
            curve([(-0.46, -0.94), (0.0, -0.90), (0.46, -0.94)], 5),
            curve([(0.94, 0.12), (0.0, 0.24), (-0.94, 0.12)], 6),
        ]
    )
    brush.fill(spot.at(ellipse(0, 0.14, 0.90, 0.085)), (255, 240, 186), edge=False, shade=0)
    _flat(brush, spot, shade, paint, shade=0.26, shine=0.4, width=0.012)
    tone = darker(mean(paint), 0.4)
    brush.line(spot.at(curve([(-0.92, 0.10), (0.0, 0.215), (0.92, 0.10)], 6)), tone, 0.012)
    brush.line(spot.at(curve([(-0.45, -0.92), (0.0, -0.885), (0.45, -0.92)], 5)), tone, 0.012)
    chain = spot.at([(0.36, 0.20), (0.36, 0.46)])
    brush.line(chain, darker(brass, 0.2), 0.008)
    brush.dot(*spot.one(0.36, 0.48), 0.045 * spot.s, brass)
    return Anchors(
        (0.0, -0.92), (0.0, -0.30), ((-0.44, -0.86), (0.44, -0.86)), (0.86, -0.05), 0.78
    )


def _vase(brush: Brush, spot: Spot, paint: Image.Image, rng: np.random.Generator) -> Anchors:
    brush.shadow(spot.cx, spot.cy + spot.s * 0.97, spot.s * 0.6, spot.s * 0.12)
    wide = float(rng.uniform(0.74, 0.84))
    # fmt: off
    side = [
        (0.40, -0.92), (0.30, -0.74), (0.26, -0.52), (0.44, -0.28), (wide - 0.04, 0.06),
        (wide - 0.02, 0.36), (0.56, 0.72),
        (0.36, 0.98),
    ]
    # fmt: on
    right = curve(side, 5)
    body = np.concatenate([right, right[::-1] * (-1, 1)])
    _skinned(brush, spot, body, paint, shade=0.5, shine=0.5, width=0.012)
    tone = mean(paint)
    brush.fill(
        spot.at(ellipse(0, -0.92, 0.42, 0.10)),
        darker(tone, 0.30),
        shade=0,
        width=0.011,
        edge=darker(tone, 0.55),
    )
    brush.fill(spot.at(ellipse(0, -0.905, 0.30, 0.06)), darker(tone, 0.72), shade=0, edge=False)
    return Anchors((0.0, -0.86), (0.0, 0.20), ((-0.50, -0.40), (0.50, -0.40)), (wide, 0.30), 0.9)


def _mug(brush: Brush, spot: Spot, paint: Image.Image, rng: np.random.Generator) -> Anchors:
    brush.shadow(spot.cx, spot.cy + spot.s * 0.97, spot.s * 0.8, spot.s * 0.13)
    tone = mean(paint)
    handle = curve([(0.48, -0.30), (0.90, -0.36), (1.06, 0.08), (0.90, 0.52), (0.46, 0.50)], 6)
    brush.limb(spot.at(handle), darker(tone, 0.16), 0.17 * spot.s)
    foot = curve([(0.60, 0.86), (0.44, 0.98), (-0.16, 1.02), (-0.76, 0.98), (-0.92, 0.86)], 5)
    body = np.concatenate([[(-0.96, -0.68), (0.64, -0.68)], foot])
    _skinned(brush, spot, body, paint, shade=0.44, shine=0.4, width=0.012)
    rim = spot.at(ellipse(-0.16, -0.68, 0.80, 0.17))
    brush.fill(rim, lighter(tone, 0.45), shade=0.05, width=0.011, edge=darker(tone, 0.5))
    drink = vary((110, 64, 40), rng)
    brush.fill(spot.at(ellipse(-0.16, -0.655, 0.68, 0.115)), drink, shade=0.1, width=0.006)
    if not brush.dark:
        for x in (-0.34, 0.04):
            sway = float(rng.uniform(-0.05, 0.05))
            steam = curve(
                [
                    (x, -0.80),
                    (x + 0.08 + sway, -0.92),
                    (x - 0.06, -1.04),
                    (x + 0.04 + sway, -1.18),
                ],
                5,
            )
            brush.line(spot.at(steam), (250, 248, 244), 0.011)
    return Anchors(
        (-0.16, -0.68), (-0.16, 0.22), ((-0.84, -0.74), (0.52, -0.74)), (-0.96, 0.30), 0.85
    )


def _snail(brush: Brush, spot: Spot, paint: Image.Image, rng: np.random.Generator) -> Anchors:
    brush.shadow(spot.cx, spot.cy + spot.s * 0.98, spot.s * 1.1, spot.s * 0.11)
    flesh = vary((232, 194, 148), rng)
    for x in (0.70, 0.98):
        brush.limb(spot.at([(0.84, 0.28), (x + 0.04, -0.14)]), flesh, 0.075 * spot.s)
        brush.fill(
            spot.at(ellipse(x + 0.05, -0.18, 0.095, 0.095)), (252, 250, 244), shade=0, width=0.007
        )
        brush.dot(*spot.one(x + 0.07, -0.17), 0.045 * spot.s, DARK)
    # fmt: off
    body = smooth([
        (-1.16, 0.96), (-0.80, 0.74), (-0.2, 0.70), (0.44, 0.70), (0.58, 0.36), (0.76, 0.16),
        (1.0, 0.20), (1.10, 0.46),
        (0.98, 0.76), (0.78, 0.98), (0.0, 1.0),
    ], 5)
    # fmt: on
    brush.fill(spot.at(body), flesh, shade=0.25, width=0.011)
    brush.line(
        spot.at(curve([(0.84, 0.56), (0.94, 0.60), (1.03, 0.54)], 4)), darker(flesh, 0.55), 0.009
    )
    shell = ellipse(-0.20, 0.02, 0.80, 0.78)
    _skinned(brush, spot, shell, paint, shade=0.48, shine=0.35, width=0.012)
    t = np.linspace(0.35, 4.3 * np.pi, 40)
    r = 0.05 + 0.69 * (t / t[-1]) ** 1.15
    swirl = np.stack([-0.18 + r * np.cos(t + 0.9), 0.04 + r * 0.96 * np.sin(t + 0.9)], axis=1)
    tone = darker(mean(paint), 0.62)
    brush.line(spot.at(swirl), tone, 0.012)
    return Anchors(
        (-0.20, -0.74), (1.06, 0.44), ((-0.66, -0.60), (0.26, -0.60)), (-1.06, 0.78), 0.75, True
    )


_OBJECTS: dict[str, Callable[[Brush, Spot, Image.Image, np.random.Generator], Anchors]] = {
    "hedgehog": _hedgehog,
    "cube": _cube,
    "sphere": _sphere,
    "teapot": _teapot,
    "purse": _purse,
    "armchair": _armchair,
    "lamp": _lamp,
    "vase": _vase,
    "mug": _mug,
    "snail": _snail,
}
