"""Solids in relation: two or three bodies, free or in a bowl, a box or a basket.

Margins keep every relation unambiguous: bodies side by side never touch, "above" leaves a gap that
"on top of" never has, and what stands behind is always visible for the most part.
"""

from dataclasses import dataclass, replace

import numpy as np

from dalle_explore.world.brush import Brush, Colour, darker, lighter, vary
from dalle_explore.world.facts import Scene
from dalle_explore.world.outlines import box, ellipse
from dalle_explore.world.palette import COLOUR_RGB
from dalle_explore.world.solids import height, solid

GAP = 0.13
"""Least air between a body and what it hangs above, units of the picture."""


@dataclass(frozen=True, slots=True)
class Body:
    """One solid in its place: number, colour, centre, ground contact and width."""

    number: int
    shape: str
    colour: Colour
    x: float
    bottom: float
    width: float
    alpha: float = 1.0
    floats: bool = False

    @property
    def top(self) -> float:
        """Height of its upper end, units of the picture."""
        return self.bottom - height(self.shape, self.width)


def draw_relation(brush: Brush, scene: Scene, rng: np.random.Generator) -> None:
    """Draws the bodies of a scene of the family "relations" over a finished backdrop."""
    container = scene.get("container")
    shrink = 1.0 if container is None else 0.76
    bodies = place(scene, rng, shrink)
    if container is not None:
        bodies = _into(container, bodies, rng)
        with brush.part("container"):
            _back(brush, container, rng)
    else:
        for body in bodies:
            if not body.floats:
                brush.shadow(body.x + 0.02, body.bottom, body.width * 0.52, 0.035)
    if scene["relation"] == "inside":
        inner, outer = bodies
        _draw(brush, replace(outer, alpha=0.45))
        _draw(brush, inner)
        _draw(brush, replace(outer, alpha=0.11))
    else:
        for body in bodies if scene["relation"] != "in front of" else bodies[::-1]:
            _draw(brush, body)
    if container is not None:
        with brush.part("container"):
            _front(brush, container)


def _draw(brush: Brush, body: Body) -> None:
    with brush.part(f"solid{body.number}"), brush.part(f"colour{body.number}"):
        solid(brush, body.shape, body.colour, body.x, body.bottom, body.width, body.alpha)


def place(scene: Scene, rng: np.random.Generator, shrink: float = 1.0) -> list[Body]:
    """Where the bodies stand, first named first; widths already shrunk for a container."""
    numbers = (1, 2, 3) if scene.get("solid3") else (1, 2)
    shapes = [scene[f"solid{i}"] for i in numbers]
    colours = [vary(COLOUR_RGB[scene[f"colour{i}"]], rng, 0.008, 0.05, 0.05) for i in numbers]
    relation = scene["relation"]
    ground = float(rng.uniform(0.85, 0.91))
    if relation in ("to the left of", "to the right of"):
        found = _row(shapes, rng, ground, shrink)
        if relation == "to the right of":
            found = [(1 - x, b, w, f) for x, b, w, f in found]
    elif relation == "inside":
        found = _nested(shapes, rng, ground)
    elif relation == "in front of":
        found = _overlap(rng, ground, shrink)
    else:
        hangs = relation in ("above", "below")
        found = _stack(shapes if relation != "below" else shapes[::-1], rng, ground, shrink, hangs)
        if relation == "below":
            found = found[::-1]
    return [
        Body(i, s, c, x, b, w, 1.0, f)
        for i, s, c, (x, b, w, f) in zip(numbers, shapes, colours, found, strict=True)
    ]


Place = tuple[float, float, float, bool]


def _row(shapes: list[str], rng: np.random.Generator, ground: float, shrink: float) -> list[Place]:
    n = len(shapes)
    least, most = (0.27, 0.36) if n == 2 else (0.21, 0.25)
    widths = rng.uniform(least, most, n) * shrink
    gap = float(rng.uniform(0.06, 0.12)) * shrink
    total = float(widths.sum()) + gap * (n - 1)
    slack = max(0.0, (0.94 - total) / 2) * 0.7
    x = 0.5 - total / 2 + float(rng.uniform(-slack, slack))
    found: list[Place] = []
    for w in widths.tolist():
        found.append((x + w / 2, ground + float(rng.uniform(-0.02, 0.02)), w, False))
        x += w + gap
    return found


def _stack(
    shapes: list[str], rng: np.random.Generator, ground: float, shrink: float, hangs: bool
) -> list[Place]:
    """Top body first."""
    n = len(shapes)
    if n == 2:
        widths = rng.uniform(0.27, 0.34, 2) * shrink * (0.92 if hangs else 1.0)
    else:
        widths = rng.uniform(0.185, 0.215, 3) * (0.86 if hangs else 1.12)
    cx = 0.5 + float(rng.uniform(-0.16, 0.16)) * shrink
    bottom = ground
    found: list[Place] = []
    for k in range(n - 1, -1, -1):
        w = float(widths[k])
        x = cx + float(rng.uniform(-0.025, 0.025)) * (1 if k < n - 1 else 0)
        found.append((x, bottom, w, hangs and k < n - 1))
        top = bottom - height(shapes[k], w)
        if hangs:
            bottom = top - float(rng.uniform(GAP, GAP + (0.05 if n == 2 else 0.0)))
        else:
            sink = {"cone": 0.05, "sphere": 0.008, "ring": 0.008, "cube": 0.045, "cylinder": 0.055}
            bottom = top + sink[shapes[k]] * w / 0.3
    return found[::-1]


def _nested(shapes: list[str], rng: np.random.Generator, ground: float) -> list[Place]:
    """A small body in a large, glassy one."""
    w = float(rng.uniform(0.60, 0.68))
    x = 0.5 + float(rng.uniform(-0.1, 0.1))
    inner = w * float(rng.uniform(0.30, 0.36))
    base = {"cube": 0.06, "sphere": 0.30, "cylinder": 0.12, "cone": 0.09, "ring": 0.33}[
        shapes[1]
    ] * w
    if shapes[1] == "ring":
        inner = w * 0.30
        base = 0.5 * w - height(shapes[0], inner) / 2
    shift = -0.10 * w if shapes[1] == "cube" else 0.0
    return [(x + shift, ground - base, inner, False), (x, ground, w, False)]


def _overlap(rng: np.random.Generator, ground: float, shrink: float) -> list[Place]:
    front = float(rng.uniform(0.26, 0.31)) * shrink
    behind = float(rng.uniform(0.36, 0.43)) * shrink
    side = 1.0 if rng.random() < 0.5 else -1.0
    apart = float(rng.uniform(0.17, 0.22)) * shrink
    x = 0.5 + float(rng.uniform(-0.1, 0.1)) * shrink
    return [
        (x + side * apart / 2, ground + 0.025, front, False),
        (x - side * apart / 2, ground - 0.105 * shrink, behind, False),
    ]


# -- containers --------------------

FLOOR = {"fishbowl": 0.838, "glass box": 0.855, "basket": 0.74}
BASKET: Colour = (196, 146, 88)
WATER: Colour = (128, 200, 232)
SAND: Colour = (232, 212, 168)


def _into(container: str, bodies: list[Body], rng: np.random.Generator) -> list[Body]:
    """The bodies moved to the middle of the container's floor."""
    lowest = max(body.bottom for body in bodies)
    middle = (min(b.x - b.width / 2 for b in bodies) + max(b.x + b.width / 2 for b in bodies)) / 2
    dx = 0.5 - middle + float(rng.uniform(-0.02, 0.02))
    dy = FLOOR[container] - lowest
    return [replace(b, x=b.x + dx, bottom=b.bottom + dy) for b in bodies]


def _bowl() -> np.ndarray:
    ring = ellipse(0.5, 0.56, 0.41, 0.345, n=60)
    return ring[ring[:, 1] > 0.285]


def _back(brush: Brush, container: str, rng: np.random.Generator) -> None:
    if container == "fishbowl":
        brush.shadow(0.5, 0.9, 0.36, 0.04)
        bowl = _bowl()
        brush.fill(bowl, (226, 242, 250), alpha=0.35, edge=False, shade=0.0)
        water = bowl[bowl[:, 1] > float(rng.uniform(0.36, 0.40))]
        brush.fill(np.roll(water, 1, 0), WATER, alpha=0.5, edge=False, shade=0.1)
        brush.fill(bowl[bowl[:, 1] > 0.815], SAND, edge=False, shade=0.12)
    elif container == "glass box":
        brush.shadow(0.5, 0.9, 0.44, 0.035)
        brush.fill(box(0.13, 0.16, 0.91, 0.80), (214, 236, 244), alpha=0.4, shade=0.0, width=0.006)
        for x0, y0, x1, y1 in (
            (0.13, 0.16, 0.07, 0.24),
            (0.13, 0.80, 0.07, 0.89),
            (0.91, 0.80, 0.87, 0.89),
        ):
            brush.line([(x0, y0), (x1, y1)], (132, 164, 184), 0.007)
    else:
        brush.shadow(0.5, 0.9, 0.42, 0.045)
        brush.fill(ellipse(0.5, 0.66, 0.43, 0.085, n=44), darker(BASKET, 0.55), shade=0.0)


def _front(brush: Brush, container: str) -> None:
    if container == "fishbowl":
        bowl = _bowl()
        brush.fill(bowl, (110, 160, 190), alpha=0.0, edge=(110, 150, 178), width=0.011)
        brush.fill(
            ellipse(0.5, 0.285, 0.245, 0.035, n=40),
            (232, 246, 252),
            alpha=0.35,
            shade=0.0,
            edge=(110, 150, 178),
        )
        arc = ellipse(0.5, 0.56, 0.355, 0.295, n=60)[32:41]
        brush.line(arc, (255, 255, 255), 0.014)
    elif container == "glass box":
        brush.fill(
            box(0.07, 0.24, 0.87, 0.89),
            (200, 228, 240),
            alpha=0.12,
            shade=0.0,
            edge=(112, 146, 168),
            width=0.011,
        )
        brush.line([(0.87, 0.24), (0.91, 0.16)], (132, 164, 184), 0.007)
        brush.line([(0.13, 0.46), (0.27, 0.29)], (255, 255, 255), 0.013)
        brush.line([(0.13, 0.56), (0.35, 0.29)], (255, 255, 255), 0.008)
    else:
        _weave(brush)


def _weave(brush: Brush) -> None:
    """The near side of a basket: hides the bodies' feet, no more."""
    upper = ellipse(0.5, 0.66, 0.43, 0.085, n=44)[0:23]
    side = np.concatenate([upper, ellipse(0.5, 0.86, 0.36, 0.06, n=44)[0:23][::-1]])
    brush.fill(side, BASKET, shade=0.3, width=0.009)
    for k in range(1, 4):
        y, rx = 0.66 + 0.05 * k, 0.43 - 0.0175 * k
        brush.line(ellipse(0.5, y, rx, 0.08, n=44)[1:22], darker(BASKET, 0.4), 0.007)
    for k in range(-4, 5):
        x = 0.095 * k
        drop = 0.085 * float(np.sqrt(max(0.0, 1 - (x / 0.43) ** 2)))
        brush.line(
            [(0.5 + x, 0.665 + drop), (0.5 + 0.84 * x, 0.845 + 0.7 * drop)],
            darker(BASKET, 0.4),
            0.007,
        )
    brush.line(upper, lighter(BASKET, 0.25), 0.022)
