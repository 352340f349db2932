"""The six vegetables (a mushroom and an avocado are guests): a body that is its own face."""

import numpy as np

from dalle_explore.world.anatomy import Figure, Kind, bend, sculpt
from dalle_explore.world.brush import Colour, darker, lighter, mix, vary
from dalle_explore.world.outlines import Points, star

LEAF: Colour = (70, 150, 72)
CHOY: Colour = (34, 116, 66)


def _even(half: list[tuple[float, float]], steps: int = 5) -> Points:
    """A smooth outline from its right half, listed from the top of the axis to the bottom."""
    return sculpt(half + [(-x, y) for x, y in half[::-1] if x > 0], steps)


def _width(half: list[tuple[float, float]], y: float) -> float:
    """How far a right half reaches from the axis at a height."""
    return float(np.interp(y, [p[1] for p in half], [p[0] for p in half]))


def _face(f: Figure, base: Colour, mouth: float | None = None) -> None:
    f.cheeks(0.66, 0.3, base)
    f.eyes()
    f.smile((f.kind.mouth if mouth is None else mouth) - 0.16, 0.2, 0.14)


def _leaf(
    f: Figure, x: float, y: float, rx: float, ry: float, angle: float, colour: Colour
) -> None:
    """One leaf with a pale rib, standing on its lower end."""
    f.body.ellipse(x, y, rx, ry, colour, angle, shade=0.3)
    dx, dy = -ry * 0.75 * _sin(angle), ry * 0.75 * _cos(angle)
    f.body.line([(x + dx, y + dy), (x - dx * 0.7, y - dy * 0.7)], lighter(colour, 0.4), 0.012)


def _sin(a: float) -> float:
    return a - a**3 / 6


def _cos(a: float) -> float:
    return 1 - a * a / 2 + a**4 / 24


def _choy_behind(f: Figure) -> None:
    green = vary(CHOY, f.rng)
    spread = float(f.rng.uniform(0.9, 1.1))
    for side in (-1, 1):
        _leaf(f, side * 0.165 * spread, -0.5, 0.1, 0.135, side * 0.75, darker(green, 0.12))
    _leaf(f, 0, -0.6, 0.115, 0.145, 0.0, darker(green, 0.06))
    for side in (-1, 1):
        _leaf(f, side * 0.095 * spread, -0.555, 0.1, 0.145, side * 0.32, green)


def _choy_body(f: Figure) -> None:
    half = [
        (0, -0.485),
        (0.085, -0.47),
        (0.108, -0.39),
        (0.155, -0.26),
        (0.17, -0.15),
        (0.11, -0.06),
        (0, -0.04),
    ]
    f.body.fill(_even(half), f.coat, shade=0.22)
    tone = mix(f.coat, (120, 180, 110), 0.5)
    for side in (-1, 1):
        f.body.line(
            bend([(side * 0.05, -0.46), (side * 0.108, -0.3), (side * 0.1, -0.1)], 4), tone, 0.013
        )


def _choy_face(f: Figure) -> None:
    _face(f, f.coat)


def _daikon_behind(f: Figure) -> None:
    green = vary((92, 166, 74), f.rng)
    sway = float(f.rng.uniform(-0.12, 0.12))
    for x, y, a in (
        (-0.12, -0.62, -0.95),
        (0.12, -0.62, 0.95),
        (-0.07, -0.665, -0.45),
        (0.07, -0.665, 0.45),
        (0, -0.685, 0),
    ):
        _leaf(f, x, y, 0.046, 0.118, a + sway, green if a else lighter(green, 0.12))


def _daikon_body(f: Figure) -> None:
    half = [
        (0, -0.57),
        (0.1, -0.555),
        (0.156, -0.48),
        (0.162, -0.36),
        (0.14, -0.22),
        (0.09, -0.11),
        (0.03, -0.04),
        (0, -0.015),
    ]
    f.body.fill(_even(half), f.coat, shade=0.24)
    f.body.fill(
        _even([(0, -0.567), (0.1, -0.552), (0.145, -0.5), (0.09, -0.512), (0, -0.522)], 4),
        (196, 222, 150),
        edge=False,
        shade=0.0,
    )
    tone = mix(f.coat, (150, 150, 130), 0.45)
    for side, y, w in ((-1, -0.2, 0.05), (1, -0.16, 0.04), (1, -0.25, 0.035), (-1, -0.12, 0.03)):
        x = side * (_width(half, y) - 0.012)
        f.body.line([(x, y), (x - side * w, y + 0.006)], tone, 0.01)


def _daikon_face(f: Figure) -> None:
    _face(f, f.coat)


def _carrot_behind(f: Figure) -> None:
    green = vary(LEAF, f.rng)
    sway = float(f.rng.uniform(-0.1, 0.1))
    for a, length in ((-1.0, 0.125), (1.0, 0.125), (-0.5, 0.165), (0.5, 0.165), (0.0, 0.185)):
        dx, dy = _sin(a + sway), -_cos(a + sway)
        f.body.limb([(0, -0.53), (dx * length, -0.53 + dy * length)], darker(green, 0.1), 0.02)
        x, y = dx * length, -0.53 + dy * length
        f.body.fill(
            star(x, y, 0.064, 0.62, 8, a), lighter(green, 0.2 if a == 0 else 0.08), shade=0.15
        )


def _carrot_body(f: Figure) -> None:
    half = [
        (0, -0.56),
        (0.1, -0.55),
        (0.172, -0.48),
        (0.168, -0.38),
        (0.125, -0.23),
        (0.07, -0.1),
        (0, 0.0),
    ]
    f.body.fill(_even(half), f.coat, shade=0.32)
    tone = darker(f.coat, 0.3)
    for side, y, w in (
        (-1, -0.27, 0.045),
        (1, -0.23, 0.045),
        (-1, -0.18, 0.035),
        (1, -0.13, 0.03),
        (1, -0.5, 0.04),
    ):
        x = side * (_width(half, y) - 0.012)
        f.body.line([(x, y), (x - side * w, y + 0.008)], tone, 0.012)


def _carrot_face(f: Figure) -> None:
    _face(f, f.coat)


def _avocado_body(f: Figure) -> None:
    half = [
        (0, -0.595),
        (0.09, -0.565),
        (0.13, -0.46),
        (0.165, -0.35),
        (0.2, -0.22),
        (0.165, -0.09),
        (0.08, -0.04),
        (0, -0.03),
    ]
    skin = _even(half)
    f.body.fill(skin, f.coat, shade=0.3)
    flesh = (skin - (0, -0.3)) * (0.84, 0.9) + (0, -0.3)
    f.body.fill(flesh, (222, 232, 140), edge=(176, 204, 92), shade=0.12)
    f.body.ellipse(0, -0.195, 0.088, 0.088, (150, 92, 54), shade=0.35, shine=0.6)


def _avocado_face(f: Figure) -> None:
    _face(f, (222, 232, 140))


def _mushroom_body(f: Figure) -> None:
    half = [
        (0, -0.42),
        (0.105, -0.41),
        (0.112, -0.3),
        (0.128, -0.16),
        (0.12, -0.07),
        (0.06, -0.04),
        (0, -0.035),
    ]
    f.body.fill(_even(half), (250, 236, 212), shade=0.25)


def _mushroom_crest(f: Figure) -> None:
    half = [
        (0, -0.64),
        (0.12, -0.615),
        (0.215, -0.53),
        (0.25, -0.425),
        (0.2, -0.378),
        (0.1, -0.372),
        (0, -0.372),
    ]
    f.body.fill(_even(half), f.coat, shade=0.34, shine=0.2)
    for x, y, rx, ry in (
        (0.0, -0.54, 0.05, 0.045),
        (-0.13, -0.475, 0.04, 0.042),
        (0.14, -0.47, 0.042, 0.042),
        (0.085, -0.6, 0.025, 0.018),
        (-0.085, -0.597, 0.025, 0.018),
        (0.02, -0.42, 0.03, 0.022),
    ):
        f.body.ellipse(x, y, rx, ry, (255, 250, 242), edge=f.brush.dark, shade=0.0)


def _mushroom_face(f: Figure) -> None:
    _face(f, (250, 236, 212))


def _pumpkin_behind(f: Figure) -> None:
    green = vary((92, 140, 62), f.rng)
    f.body.limb(bend([(0, -0.52), (0.0, -0.58), (0.03, -0.63)], 4), green, 0.05)
    _leaf(f, -0.09, -0.585, 0.05, 0.085, -1.15, lighter(green, 0.12))


def _pumpkin_body(f: Figure) -> None:
    for x, rx, ry in ((0.135, 0.092, 0.2), (0.072, 0.102, 0.228)):
        for side in (-1, 1):
            tone = f.coat if rx > 0.1 else darker(f.coat, 0.08)
            f.body.ellipse(side * x, -0.31, rx, ry, tone, shade=0.25)
    f.body.ellipse(0, -0.31, 0.086, 0.238, f.coat, shade=0.22)


def _pumpkin_face(f: Figure) -> None:
    _face(f, f.coat)


VEGETABLE_KINDS: dict[str, Kind] = {
    "bok choy": Kind(
        coats=((248, 250, 240), (238, 246, 226)),
        limbs=(150, 196, 118),
        body=_choy_body,
        face=_choy_face,
        behind=_choy_behind,
        plant=True,
        head=(-0.325, 0.14),
        neck=(-0.2, 0.15),
        shoulder=(0.145, -0.21),
        waist=(-0.11, 0.155),
        arm=0.036,
        leg=0.038,
        foot=(0.048, 0.028),
        top=(-1.0, 0.88),
        ears=(1.0, 0.08),
        band=-1.3,
        eyes=(0.38, 0.0, 0.175),
        peak=0.74,
    ),
    "daikon radish": Kind(
        coats=((255, 254, 248), (252, 250, 240)),
        limbs=(146, 196, 110),
        body=_daikon_body,
        face=_daikon_face,
        behind=_daikon_behind,
        plant=True,
        head=(-0.4, 0.145),
        neck=(-0.258, 0.148),
        shoulder=(0.13, -0.235),
        hip=(0.06, -0.09),
        waist=(-0.13, 0.1),
        arm=0.036,
        leg=0.038,
        foot=(0.048, 0.028),
        top=(-1.06, 0.88),
        ears=(1.12, 0.0),
        band=-1.28,
        eyes=(0.38, 0.0, 0.175),
        peak=0.80,
    ),
    "avocado": Kind(
        coats=((62, 104, 56), (72, 112, 52)),
        limbs=(84, 124, 60),
        body=_avocado_body,
        face=_avocado_face,
        plant=True,
        head=(-0.425, 0.128),
        neck=(-0.312, 0.155),
        shoulder=(0.172, -0.275),
        waist=(-0.105, 0.175),
        arm=0.036,
        leg=0.038,
        foot=(0.048, 0.028),
        top=(-1.12, 0.82),
        ears=(1.08, 0.0),
        band=-1.5,
        eyes=(0.37, 0.0, 0.18),
        peak=0.60,
    ),
    "carrot": Kind(
        coats=((246, 138, 44), (250, 146, 52)),
        limbs=(110, 168, 76),
        body=_carrot_body,
        face=_carrot_face,
        behind=_carrot_behind,
        plant=True,
        head=(-0.415, 0.148),
        neck=(-0.272, 0.135),
        shoulder=(0.12, -0.25),
        hip=(0.05, -0.1),
        waist=(-0.14, 0.085),
        arm=0.036,
        leg=0.038,
        foot=(0.048, 0.028),
        top=(-0.92, 0.86),
        ears=(1.14, 0.0),
        band=-1.18,
        eyes=(0.38, 0.0, 0.17),
        peak=0.78,
    ),
    "mushroom": Kind(
        coats=((222, 58, 54), (228, 66, 50)),
        limbs=(232, 204, 168),
        body=_mushroom_body,
        face=_mushroom_face,
        crest=_mushroom_crest,
        plant=True,
        head=(-0.29, 0.125),
        neck=(-0.178, 0.125),
        shoulder=(0.118, -0.215),
        waist=(-0.105, 0.125),
        arm=0.036,
        leg=0.038,
        foot=(0.048, 0.028),
        top=(-2.72, 0.84),
        ears=(1.98, -1.08),
        band=-2.95,
        eyes=(0.38, 0.0, 0.18),
        peak=0.65,
    ),
    "pumpkin": Kind(
        coats=((240, 132, 36), (244, 124, 32)),
        limbs=(112, 150, 70),
        body=_pumpkin_body,
        face=_pumpkin_face,
        behind=_pumpkin_behind,
        plant=True,
        head=(-0.37, 0.155),
        neck=(-0.222, 0.195),
        shoulder=(0.192, -0.27),
        waist=(-0.135, 0.185),
        arm=0.036,
        leg=0.038,
        foot=(0.05, 0.03),
        top=(-1.12, 0.7),
        ears=(1.34, 0.2),
        band=-1.4,
        eyes=(0.42, 0.0, 0.17),
        peak=0.65,
    ),
}
