"""Stop signs, clocks, plates and mirrors in any outline, from triangles to butterflies."""

import numpy as np

from dalle_explore.world.brush import Brush, Colour, darker, lighter, mix, vary
from dalle_explore.world.facts import COLOURS, POLYGONS, Scene
from dalle_explore.world.letters import HEIGHT, WIDTH, strokes
from dalle_explore.world.outlines import Points, box, curve, turn
from dalle_explore.world.palette import COLOUR_RGB, GLASS, STEEL, WHITE, WOOD, luminance
from dalle_explore.world.silhouettes import core, inset, room, silhouette

DARK: Colour = (50, 40, 60)


class Frame:
    """Where a sign hangs: middle, half size and tilt."""

    def __init__(self, cx: float, cy: float, r: float, angle: float):
        self.cx, self.cy, self.r, self.angle = cx, cy, r, angle

    def at(self, points: Points) -> Points:
        """Points of the figure as points of the picture."""
        return turn(points * self.r, self.angle) + (self.cx, self.cy)

    def spot(self, x: float, y: float) -> tuple[float, float]:
        """A single point of the figure in the picture."""
        p = self.at(np.array([(x, y)]))[0]
        return float(p[0]), float(p[1])


def draw_sign(brush: Brush, scene: Scene, rng: np.random.Generator) -> None:
    """Draw a sign of its kind, outline and colour.

    A stop sign of no stated colour is red; everything else takes one of the eight by chance.
    """
    kind, outline = scene["sign"], scene["outline"]
    chance = COLOURS[int(rng.integers(len(COLOURS)))]
    name = scene.get("colour") or ("red" if kind == "stop sign" else chance)
    colour = vary(COLOUR_RGB[name], rng)
    angle = float(rng.uniform(-1, 1)) * (0.085 if outline in POLYGONS else 0.10)
    span = silhouette(outline)
    tall = float(span[:, 1].max() - span[:, 1].min()) / 2
    wide = float(span[:, 0].max() - span[:, 0].min()) / 2
    size = float(rng.uniform(0.94, 1.06))
    dx, dy = float(rng.uniform(-0.035, 0.035)), float(rng.uniform(-0.025, 0.025))
    with brush.part("sign"):
        if kind == "stop sign":
            r = size * min(0.362, 0.375 / tall)
            _stop(brush, Frame(0.5 + dx, 0.40 + dy, r, angle), outline, colour, rng)
        elif kind == "clock":
            r = size * 0.388
            _clock(brush, Frame(0.5 + dx, 0.445 + dy, r, angle), outline, colour, rng)
        elif kind == "plate":
            r = size * min(0.342, 0.345 / wide)
            _plate(brush, Frame(0.5 + dx * 0.5, 0.50 + dy, r, angle), outline, colour, rng)
        else:
            r = size * 0.375
            _mirror(brush, Frame(0.5 + dx, 0.425 + dy, r, angle), outline, colour, rng)


def _stop(brush: Brush, f: Frame, outline: str, colour: Colour, rng: np.random.Generator) -> None:
    x, y, half = room(outline)
    px, _ = f.spot(core(outline)[0], 0)
    post = vary(STEEL, rng, value=0.08)
    brush.shadow(px, 0.945, 0.10, 0.025)
    w = 0.024
    brush.fill(
        box(px - w, f.spot(0, core(outline)[1])[1], px + w, 0.945, 0.006),
        post,
        shade=0.35,
        width=0.008,
    )
    rim, body = f.at(silhouette(outline)), f.at(inset(outline, 0.105))
    with brush.part("outline"):
        if brush.dark:  # tubes: the colour outside, where it is longest, and the white line within
            with brush.part("colour"):
                brush.fill(rim, colour, shade=0, width=0.015)
            brush.line(np.concatenate([body, body[:1]]), WHITE, 0.007)
        else:
            brush.fill(
                rim, WHITE, shade=0.05, width=0.013, edge=mix(darker(colour, 0.6), DARK, 0.5)
            )
            with brush.part("colour"):
                brush.fill(body, colour, shade=0.22, width=0.006, edge=darker(colour, 0.2))
    light = brush.dark or luminance(colour) < 0.70
    ink = WHITE if light else DARK
    tall = half * 0.84
    step, glyph = half * 2 / 4, half * 0.34
    weight = min(0.021, max(0.011, 0.062 * half * f.r / 0.3 * 1.25))
    if brush.manner in ("pencil sketch", "watercolour"):
        weight *= 1.3
    for i, letter in enumerate("stop"):
        left = x - half + step * (i + 0.5) - glyph / 2
        for stroke in strokes(letter):
            p = stroke * (glyph / WIDTH, tall / HEIGHT) + (left, y - tall / 2)
            brush.line(f.at(p), ink, 0.008 if brush.dark else weight)


def _clock(brush: Brush, f: Frame, outline: str, colour: Colour, rng: np.random.Generator) -> None:
    cx, cy, r = core(outline)
    brush.shadow(f.cx, 0.93, 0.24, 0.028)
    wood = darker(colour, 0.45)
    for side in (-1, 1):
        low = f.spot(side * 0.30 + cx * 0.3, 0.35)
        brush.limb([low, (f.cx + side * 0.2, 0.925)], wood, 0.03)
    with brush.part("outline"), brush.part("colour"):
        brush.fill(f.at(silhouette(outline)), colour, shade=0.26, shine=0.25, width=0.013)
    face = f.at(inset(outline, 0.17))
    brush.fill(
        face,
        lighter(mix(WHITE, colour, 0.10), 0.2),
        shade=0.07,
        width=0.009,
        edge=darker(colour, 0.35),
    )
    tick = DARK if not brush.dark else WHITE
    reach = r - 0.27 if r > 0.6 else r - 0.13
    for i in range(12):
        a = i * np.pi / 6
        inner = reach - (0.15 if i % 3 == 0 else 0.07) * (r / 0.9)
        ray = np.array([(np.sin(a), -np.cos(a))])
        line = np.concatenate([ray * inner, ray * reach]) + (cx, cy)
        if r > 0.6 or i % 3 == 0:
            brush.line(f.at(line), tick, 0.016 if i % 3 == 0 else 0.009)
    hour = float(rng.uniform(0, 2 * np.pi))
    minute = (hour * 12) % (2 * np.pi)
    if abs((minute - hour + np.pi) % (2 * np.pi) - np.pi) < 0.5:
        minute = hour + 1.2
    scale = max(reach, 0.30)
    for a, length, width in ((hour, 0.50, 0.024), (minute, 0.80, 0.017)):
        hand = np.array([(0.0, 0.0), (np.sin(a), -np.cos(a))]) * length * scale + (cx, cy)
        brush.line(f.at(hand), tick, width)
    x, y = f.spot(cx, cy)
    brush.dot(x, y, 0.020, tick)
    brush.dot(x, y, 0.009, colour)


def _plate(brush: Brush, f: Frame, outline: str, colour: Colour, rng: np.random.Generator) -> None:
    deep = core(outline)[2] > 0.6
    brush.shadow(f.cx + 0.02, f.cy + 0.05, f.r * 0.98, f.r * 0.98, 0.20)
    with brush.part("outline"), brush.part("colour"):
        brush.fill(f.at(silhouette(outline)), colour, shade=0.20, shine=0.25, width=0.012)
        ring = f.at(inset(outline, 0.075))
        brush.line(np.concatenate([ring, ring[:1]]), lighter(colour, 0.66), 0.008)
        well = f.at(inset(outline, 0.27 if deep else 0.17))
        brush.fill(
            well,
            lighter(colour, 0.66),
            shade=0.16,
            shine=0.4,
            width=0.011,
            edge=darker(colour, 0.30),
        )
    silver = vary((206, 212, 222), rng)
    p = f.at(silhouette(outline))
    left = min(float(p[:, 0].min()) - 0.055, 0.10)
    right = max(float(p[:, 0].max()) + 0.05, 0.90)
    _fork(brush, max(left, 0.055), f.cy, silver)
    _knife(brush, min(right, 0.95), f.cy, silver)


def _fork(brush: Brush, x: float, y: float, silver: Colour) -> None:
    # fmt: off
    half = [(0.036, -0.30), (0.036, -0.17), (0.028, -0.125), (0.011, -0.10), (0.011, 0.05),
    (0.017, 0.26), (0.0, 0.285)]
    # fmt: on
    tines = [
        (-0.018, -0.30),
        (-0.018, -0.19),
        (-0.009, -0.19),
        (-0.009, -0.30),
        (0.009, -0.30),
        (0.009, -0.19),
    ]
    tines += [(0.018, -0.19), (0.018, -0.30)]
    body = np.array(tines + half + [(-a, b) for a, b in half[-2::-1]])
    brush.fill(body + (x, y), silver, shade=0.3, width=0.007, edge=darker(silver, 0.55))


def _knife(brush: Brush, x: float, y: float, silver: Colour) -> None:
    # fmt: off
    blade = np.array([
        (0.012, -0.30), (-0.014, -0.24), (-0.026, -0.12), (-0.024, 0.0), (-0.012, 0.02),
        (-0.015, 0.27), (0.015, 0.27),
        (0.015, 0.02),
    ])
    # fmt: on
    brush.fill(blade + (x, y), silver, shade=0.3, width=0.007, edge=darker(silver, 0.55))


def _mirror(
    brush: Brush, f: Frame, outline: str, colour: Colour, rng: np.random.Generator
) -> None:
    cx, cy, r = core(outline)
    x, y = f.spot(cx, cy)
    wood = vary(WOOD, rng, value=0.1)
    low = max(y, 0.5)
    brush.shadow(x, 0.94, 0.24, 0.028)
    brush.fill(box(x - 0.026, low, x + 0.026, 0.90, 0.01), wood, shade=0.3, width=0.009)
    foot = curve(
        [(x - 0.21, 0.935), (x - 0.13, 0.89), (x, 0.865), (x + 0.13, 0.89), (x + 0.21, 0.935)], 5
    )
    brush.fill(
        np.concatenate([foot, [(x + 0.16, 0.945), (x, 0.915), (x - 0.16, 0.945)]]),
        wood,
        shade=0.25,
        width=0.009,
    )
    with brush.part("outline"), brush.part("colour"):
        brush.fill(f.at(silhouette(outline)), colour, shade=0.24, shine=0.3, width=0.013)
    depth = 0.17 if r > 0.4 else 0.13
    glass = f.at(inset(outline, depth))
    pale = vary(GLASS, rng, hue=0.02)
    brush.fill(glass, pale, shade=0.20, width=0.009, edge=darker(colour, 0.4))
    reach = (r - depth) * 0.86
    for offset, long, width in ((-0.30, 0.80, 0.026), (0.02, 0.92, 0.013), (0.42, 0.62, 0.020)):
        u = np.array([(0.7071, -0.7071)])
        v = np.array([(0.7071, 0.7071)])
        span = long * np.sqrt(max(0.0, 1 - offset**2)) * reach
        line = np.concatenate([u * -span, u * span]) + v * offset * reach + (cx, cy)
        brush.line(f.at(line), lighter(pale, 0.85), max(0.009, width * min(1.0, reach / 0.6)))
