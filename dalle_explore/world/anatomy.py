"""One skeleton for sixteen creatures: nested frames and the anchors everything hangs on.

Three frames carry a figure. The *figure* frame has its origin on the ground between the
feet and is about 0.6 high; the *body* frame shares that origin (a baby's is smaller); the *head*
frame is centred on the face and measured in head radii. Clothes and props only know anchors, so
that anything worn fits anybody.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import cos, sin, sqrt
from typing import Any

import numpy as np

from dalle_explore.world.brush import INK, Brush, Colour, darker, mix, vary
from dalle_explore.world.outlines import Points, ellipse, smooth

Spot = tuple[float, float]
WHITE: Colour = (255, 255, 255)
ROSE: Colour = (244, 128, 132)


@lru_cache(maxsize=256)
def _sculpted(control: tuple[Spot, ...], steps: int) -> Points:
    return smooth(list(control), steps)


def sculpt(control: list[Spot], steps: int = 5) -> Points:
    """`smooth`, remembered: for outlines that are the same in every picture."""
    return _sculpted(tuple(control), steps)


def bend(control: list[Spot], steps: int = 4) -> list[Spot]:
    """`curve` for a handful of points in plain floats, where numpy would cost more."""
    first = (2 * control[0][0] - control[1][0], 2 * control[0][1] - control[1][1])
    last = (2 * control[-1][0] - control[-2][0], 2 * control[-1][1] - control[-2][1])
    p = [first, *control, last]
    out: list[Spot] = []
    for (ax, ay), (bx, by), (cx, cy), (dx, dy) in zip(p, p[1:], p[2:], p[3:], strict=False):
        for k in range(steps):
            t = k / steps
            a, b = -0.5 * t * (1 - t) ** 2, 1 + t * t * (1.5 * t - 2.5)
            c, d = t * (0.5 + t * (2 - 1.5 * t)), 0.5 * t * t * (t - 1)
            out.append((a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy))
    out.append(control[-1])
    return out


class Frame:
    """Local coordinates on a brush: origin, scales, turn, and a mirror over the whole picture.

    Args:
        brush: what draws.
        x, y: the origin in the frame below (for the first frame: in the picture).
        sx, sy: units of the frame below per local unit.
        tilt: radians, clockwise on screen.
        mirror: turn the finished picture about its vertical middle.
        below: the frame this one is nested in.
    """

    matrix: Points
    origin: Points
    unit: float

    def __init__(
        self,
        brush: Brush,
        x: float = 0.0,
        y: float = 0.0,
        sx: float = 1.0,
        sy: float | None = None,
        tilt: float = 0.0,
        mirror: bool = False,
        below: "Frame | None" = None,
    ):
        c, s = cos(tilt), sin(tilt)
        sy = sx if sy is None else sy
        matrix: Points = np.array([[c * sx, s * sx], [-s * sy, c * sy]])
        origin: Points = np.array([x, y], dtype=float)
        area = abs(sx * sy)
        if below is not None:
            matrix, origin = matrix @ below.matrix, origin @ below.matrix + below.origin
            area *= below.unit**2
        self.brush = brush
        self.matrix, self.origin = matrix, origin
        self.mirror: bool = mirror if below is None else below.mirror
        self.unit = sqrt(area)
        turn = np.array([-1.0 if self.mirror else 1.0, 1.0])
        self._to = matrix * turn
        self._at = origin * turn + (1.0 if self.mirror else 0.0, 0.0)

    def inside(
        self, x: float, y: float, sx: float, sy: float | None = None, tilt: float = 0.0
    ) -> "Frame":
        """A frame nested in this one."""
        return Frame(self.brush, x, y, sx, sy, tilt, below=self)

    def world(self, spot: Spot) -> Spot:
        """Where a local spot lies in the picture before mirroring."""
        x, y = np.asarray(spot) @ self.matrix + self.origin
        return (float(x), float(y))

    def local(self, spot: Spot) -> Spot:
        """The local coordinates of a spot of the picture before mirroring."""
        (a, b), (c, d) = self.matrix.tolist()
        x, y = spot[0] - float(self.origin[0]), spot[1] - float(self.origin[1])
        area = a * d - b * c
        return ((x * d - y * c) / area, (y * a - x * b) / area)

    def fill(self, points: Points | list[Spot], colour: Colour, **how: Any) -> None:
        """`Brush.fill` of local points."""
        self.brush.fill(np.asarray(points, dtype=float) @ self._to + self._at, colour, **how)

    def ellipse(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        colour: Colour,
        angle: float = 0.0,
        **how: Any,
    ) -> None:
        """An ellipse with local half axes."""
        n = 24 if max(rx, ry) * self.unit < 0.06 else 36
        self.fill(ellipse(x, y, rx, ry, angle, n), colour, **how)

    def line(self, points: Points | list[Spot], colour: Colour, width: float) -> None:
        """`Brush.line`; the width is local too."""
        p = np.asarray(points, dtype=float) @ self._to + self._at
        self.brush.line(p, colour, max(0.0075, width * self.unit))

    def limb(self, points: Points | list[Spot], colour: Colour, width: float) -> None:
        """`Brush.limb`; the width is local too."""
        p = np.asarray(points, dtype=float) @ self._to + self._at
        w = max(0.012, width * self.unit)
        if self.brush.manner in ("pencil sketch", "neon sign") or self.brush.size > 192:
            self.brush.limb(p, colour, w)
            return
        # pieces with round ends look like one joined stroke and are drawn several times as fast
        for tone, wide in ((darker(colour, 0.5), w + 0.012), (colour, w)):
            for k in range(len(p) - 1):
                self.brush.line(p[k : k + 2], tone, wide)

    def dot(self, x: float, y: float, r: float, colour: Colour) -> None:
        """`Brush.dot` at a local spot."""
        px, py = np.array([x, y]) @ self._to + self._at
        self.brush.dot(float(px), float(py), r * self.unit, colour)

    def shadow(self, x: float, y: float, rx: float, ry: float, strength: float = 0.28) -> None:
        """`Brush.shadow` at a local spot."""
        px, py = np.array([x, y]) @ self._to + self._at
        self.brush.shadow(float(px), float(py), rx * self.unit, ry * self.unit, strength)


Art = Callable[["Figure"], None]


def nothing(figure: "Figure") -> None:
    """The art of a subject that has no such part."""


@dataclass(frozen=True)
class Kind:
    """How one subject is built; lengths in the body frame unless said otherwise.

    `head` is the height of the face's centre and its radius; `top`, `ears`, `eyes` and `mouth`
    are in head radii. `peak` is the height of the highest point (ears, leaves) of the figure.
    """

    coats: tuple[Colour, ...]
    limbs: Colour | None = None
    feet: Colour | None = None
    body: Art = nothing
    face: Art = nothing
    crest: Art = nothing
    behind: Art = nothing
    tail: Art = nothing
    plant: bool = False
    head: tuple[float, float] = (-0.425, 0.168)
    neck: tuple[float, float] = (-0.288, 0.105)
    shoulder: Spot = (0.115, -0.245)
    waist: tuple[float, float] = (-0.118, 0.145)
    hip: Spot = (0.068, -0.075)
    arm: float = 0.052
    leg: float = 0.056
    foot: Spot = (0.06, 0.034)
    top: tuple[float, float] = (-0.86, 0.66)
    ears: Spot = (1.02, 0.08)
    band: float = -1.12
    eyes: tuple[float, float, float] = (0.40, 0.0, 0.165)
    mouth: float = 0.50
    peak: float = 0.64


@dataclass
class Figure:
    """One creature about to be drawn: its kind, frames, colours and the accidents of the day."""

    brush: Brush
    kind: Kind
    rng: np.random.Generator
    frame: Frame
    baby: bool
    worn: str | None
    activity: str | None
    name: str
    coat: Colour = (0, 0, 0)
    limbs: Colour = (0, 0, 0)
    feet: Colour = (0, 0, 0)
    body: Frame = field(init=False)
    head: Frame = field(init=False)
    look: Spot = (0.0, 0.0)
    hands: list[Spot] = field(default_factory=list)

    def __post_init__(self) -> None:
        kind, rng = self.kind, self.rng
        self.coat = vary(kind.coats[int(rng.integers(len(kind.coats)))], rng)
        self.limbs = vary(kind.limbs, rng) if kind.limbs else self.coat
        self.feet = vary(kind.feet, rng) if kind.feet else self.limbs
        side = float(rng.uniform(-1, 1))
        self.look = (0.09 * side, float(rng.uniform(-0.04, 0.05)))
        if self.activity in ("writing a letter", "reading a book", "walking a dog"):
            self.look = (0.05 + 0.04 * abs(side), 0.05)
        elif self.activity == "flying a kite":
            self.look = (0.05 + 0.04 * abs(side), -0.07)
        plump = float(rng.uniform(0.96, 1.05))
        y, r = kind.head
        if self.baby and kind.plant:
            self.body = self.frame.inside(0, 0, 1.12 * plump, 0.94)
            self.head = self.body.inside(0, y, r * 1.02, r * 1.2)
        elif self.baby:
            self.body = self.frame.inside(0, 0, 0.90 * plump, 0.86)
            self.head = self.frame.inside(
                0, y * 0.98, r * 1.2, tilt=float(rng.uniform(-0.07, 0.07))
            )
        else:
            self.body = self.frame.inside(0, 0, plump, 1.0)
            tilt = 0.0 if kind.plant else float(rng.uniform(-0.06, 0.06))
            self.head = (self.body if kind.plant else self.frame).inside(0, y, r, tilt=tilt)

    @property
    def ink(self) -> Colour:
        """The darkest tone of this creature's lines."""
        return mix(darker(self.coat, 0.7), INK, 0.5)

    def spot(self, frame: Frame, x: float, y: float) -> Spot:
        """A spot of another frame, in figure coordinates."""
        return self.frame.local(frame.world((x, y)))

    @property
    def bigger(self) -> float:
        """How much larger small things are drawn on a baby, so that they stay readable."""
        return 1.22 if self.baby else 1.0

    def shoulder(self, side: int) -> Spot:
        """The shoulder of a side (-1 or 1), in figure coordinates."""
        x, y = self.kind.shoulder
        return self.spot(self.body, side * x, y)

    def arm(self, side: int, hand: Spot, bow: float = 0.0) -> None:
        """An arm from the shoulder of a side (-1 or 1) to a hand in figure coordinates."""
        a, b = np.array(self.shoulder(side)), np.array(hand)
        reach = b - a
        across = np.array([-reach[1], reach[0]])
        elbow = (a + b) / 2 + across * bow * side
        path = bend([(float(a[0]), float(a[1])), (float(elbow[0]), float(elbow[1])), hand], 3)
        self.frame.limb(path, self.limbs, self.kind.arm)
        if not self.brush.dark and not self.kind.plant:
            x, y = 0.7 * path[1][0] + 0.3 * float(a[0]), 0.7 * path[1][1] + 0.3 * float(a[1])
            self.frame.dot(x - side * 0.012, y, self.kind.arm * 0.5 + 0.002, self.limbs)
        self.hands.append(hand)

    def leg(self, side: int, foot: Spot, shoe: Colour | None = None, toe: float = 0.018) -> None:
        """A leg from the hip of a side to a foot in figure coordinates."""
        x, y = self.kind.hip
        hip = self.spot(self.body, side * x, y)
        self.frame.limb(
            [hip, (foot[0], foot[1] - 0.01)], self.limbs, self.kind.leg * (0.9 if self.baby else 1)
        )
        w, h = self.kind.foot
        self.frame.ellipse(
            foot[0] + side * toe, foot[1] - h * 0.55, w, h, shoe or self.feet, shade=0.0
        )

    def eye(
        self, x: float, y: float, r: float, colour: Colour = INK, glint: Colour = WHITE
    ) -> None:
        """A bright round eye in head coordinates: two highlights, upper left and lower right."""
        r *= 1.2 if self.baby else 1.0
        h = self.head
        h.dot(x, y, r, colour)
        if not self.brush.dark:
            flip = -1 if h.mirror else 1
            h.dot(x - 0.32 * r * flip, y - 0.34 * r, r * 0.42, glint)
            h.dot(x + 0.38 * r * flip, y + 0.40 * r, r * 0.2, mix(colour, glint, 0.75))

    def eyes(self, colour: Colour = INK) -> None:
        """Both eyes where this kind has them, following the look."""
        dx, y, r = self.kind.eyes
        fx, fy = self.look
        for side in (-1, 1):
            self.eye(side * dx + fx, y + fy, r, colour)

    def smile(self, y: float, w: float, depth: float = 0.13, colour: Colour | None = None) -> None:
        """A smile in head coordinates, moved with the look."""
        fx, fy = self.look
        self.head.line(
            bend([(fx - w, y + fy), (fx, y + fy + depth), (fx + w, y + fy)], 5),
            colour or self.ink,
            0.065,
        )

    def cheeks(self, x: float, y: float, base: Colour, r: float = 0.17) -> None:
        """Rosy cheeks in head coordinates; a baby's are rosier."""
        tone = mix(base, ROSE, 0.75 if self.baby else 0.42)
        if self.brush.dark:
            tone = (150, 52, 84) if self.baby else (120, 48, 80)
        fx, fy = self.look
        for side in (-1, 1):
            self.head.dot(side * x + fx, y + fy, r * (1.15 if self.baby else 1), tone)
