"""The first five animals, each told apart by outline and colour alone."""

from dalle_explore.world.anatomy import WHITE, Figure, Kind, bend, sculpt
from dalle_explore.world.brush import INK, Colour, darker, lighter, mix
from dalle_explore.world.outlines import star

CREAM: Colour = (252, 240, 220)
BEAK: Colour = (250, 158, 48)
BLACK: Colour = (66, 64, 88)


def torso(f: Figure, belly: Colour | None, rx: float = 0.145, ry: float = 0.142) -> None:
    """A round body with a paler belly."""
    f.body.ellipse(0, -0.185, rx, ry, f.coat, shade=0.3)
    if belly is not None:
        f.body.ellipse(0.01, -0.165, rx * 0.66, ry * 0.74, belly, edge=f.brush.dark, shade=0.12)


def nose(f: Figure, y: float, w: float, h: float, colour: Colour) -> None:
    """A flat nose in head coordinates, moved with the look."""
    fx, fy = f.look
    f.head.ellipse(fx * 1.5, y + fy * 1.5, w, h, colour, edge=f.brush.dark, shade=0.0)


def _ears(
    f: Figure, ear: list[tuple[float, float]], inner: Colour | None, tip: Colour | None = None
) -> None:
    """Two pointed ears from one outline (left), with an inner ear and perhaps a coloured tip."""
    cx, cy = sum(p[0] for p in ear) / 3, sum(p[1] for p in ear) / 3
    for side in (1, -1):
        f.head.fill([(side * x, y) for x, y in ear], f.coat, shade=0.2)
        if tip is not None:
            (ax, ay), (bx, by), (dx, dy) = ear
            cut = [((ax + bx) / 2, (ay + by) / 2), (bx, by), ((bx + dx) / 2, (by + dy) / 2)]
            f.head.fill([(side * x, y) for x, y in cut], tip, edge=False, shade=0.0)
        if inner is not None:
            small = [(side * (cx + (x - cx) * 0.5), cy + 0.09 + (y - cy) * 0.5) for x, y in ear]
            f.head.fill(small, inner, edge=f.brush.dark, shade=0.0)


# -- penguin ------------------------------------------------------------


def _penguin_body(f: Figure) -> None:
    f.body.ellipse(0, -0.195, 0.162, 0.185, f.coat, shade=0.3)
    f.body.ellipse(0.0, -0.165, 0.118, 0.15, (252, 252, 250), edge=f.brush.dark, shade=0.18)
    f.head.ellipse(0, 0, 1.0, 0.96, f.coat, shade=0.3)


def _penguin_face(f: Figure) -> None:
    fx, fy = f.look
    half = [(0, -0.22), (0.4, -0.44), (0.82, -0.12), (0.86, 0.36), (0.5, 0.74), (0, 0.8)]
    f.head.fill(
        sculpt(half + [(-x, y) for x, y in half[-2:0:-1]], 4) + (fx, fy),
        WHITE,
        edge=f.brush.dark,
        shade=0.0,
    )
    f.cheeks(0.58, 0.36, WHITE, 0.15)
    f.eyes()
    beak = [(-0.27, 0.24), (0, 0.12), (0.27, 0.24), (0.1, 0.46), (0, 0.52), (-0.1, 0.46)]
    f.head.fill([(x + fx * 1.5, y + fy * 1.3) for x, y in beak], BEAK, shade=0.2)


# -- hedgehog ------------------------------------------------------------


def _hedgehog_behind(f: Figure) -> None:
    f.body.fill(star(0, -0.225, 0.222, 0.78, 17), f.coat, shade=0.35)


def _hedgehog_body(f: Figure) -> None:
    f.head.fill(star(0, -0.12, 1.42, 0.78, 19), f.coat, shade=0.35)
    f.body.ellipse(0, -0.175, 0.125, 0.135, CREAM, shade=0.25)
    pale = lighter(f.coat, 0.35)
    for x, y, dx in (
        (-0.5, -0.92, -0.16),
        (-0.17, -1.02, -0.06),
        (0.17, -1.02, 0.06),
        (0.5, -0.92, 0.16),
    ):
        f.head.line([(x, y), (x + dx, y - 0.2)], pale, 0.08)
    for side in (-1, 1):
        f.head.ellipse(side * 0.66, -0.52, 0.23, 0.22, mix(f.coat, CREAM, 0.4), shade=0.0)
    face = [(0, -0.52), (0.42, -0.78), (0.84, -0.25), (0.8, 0.35), (0.4, 0.74), (0, 0.82)]
    f.head.fill(sculpt(face + [(-x, y) for x, y in face[-2:0:-1]], 4), CREAM, shade=0.22)


def _hedgehog_face(f: Figure) -> None:
    f.cheeks(0.56, 0.32, CREAM)
    f.eyes()
    fx, fy = f.look
    f.head.ellipse(fx * 1.3, 0.36 + fy, 0.3, 0.24, lighter(CREAM, 0.3), edge=False, shade=0.0)
    f.smile(0.5, 0.15)
    nose(f, 0.27, 0.17, 0.14, INK)


# -- cat ------------------------------------------------------------


def _cat_tail(f: Figure) -> None:
    path = bend([(0.09, -0.07), (0.24, -0.06), (0.285, -0.17), (0.235, -0.27), (0.29, -0.34)], 5)
    f.body.limb(path, f.coat, 0.05)
    dark = darker(f.coat, 0.42)
    for i in (9, 13, 17):
        x, y = path[i]
        f.body.line([(x - 0.022, y + 0.006), (x + 0.022, y - 0.006)], dark, 0.018)


def _cat_body(f: Figure) -> None:
    torso(f, lighter(f.coat, 0.62))
    _ears(f, [(-0.96, -0.22), (-0.86, -1.26), (-0.16, -0.84)], (248, 168, 172))
    f.head.ellipse(0, 0, 1.07, 0.93, f.coat)


def _cat_face(f: Figure) -> None:
    dark = darker(f.coat, 0.42)
    for x in (-0.26, 0, 0.26):
        f.head.line([(x, -0.82 + abs(x) * 0.25), (x * 0.85, -0.52 - abs(x) * 0.2)], dark, 0.1)
    fx, fy = f.look
    pale = lighter(f.coat, 0.72)
    for side in (-1, 1):
        f.head.ellipse(side * 0.2 + fx, 0.42 + fy, 0.29, 0.24, pale, edge=False, shade=0.0)
    f.cheeks(0.66, 0.36, f.coat, 0.15)
    f.eyes()
    f.smile(0.42, 0.2, 0.14)
    f.head.fill(
        [(fx - 0.13, 0.22 + fy), (fx + 0.13, 0.22 + fy), (fx, 0.37 + fy)],
        (240, 116, 128),
        edge=False,
    )
    for side in (-1, 1):
        for y, rise in ((0.34, -0.12), (0.5, 0.06)):
            f.head.line([(side * 0.55 + fx, y), (side * 1.26, y + rise)], f.ink, 0.045)


# -- fox ------------------------------------------------------------


def _fox_tail(f: Figure) -> None:
    brush = [
        (0.08, -0.07),
        (0.2, -0.04),
        (0.325, -0.13),
        (0.33, -0.27),
        (0.265, -0.38),
        (0.2, -0.27),
        (0.16, -0.15),
    ]
    f.body.fill(sculpt(brush, 5), f.coat, shade=0.3)
    tip = [
        (0.265, -0.38),
        (0.328, -0.275),
        (0.318, -0.225),
        (0.27, -0.262),
        (0.208, -0.245),
        (0.215, -0.295),
    ]
    f.body.fill(sculpt(tip, 4), WHITE, shade=0.0)


def _fox_body(f: Figure) -> None:
    torso(f, CREAM)
    _ears(f, [(-1.0, -0.2), (-0.86, -1.36), (-0.14, -0.78)], CREAM, (66, 48, 56))
    half = [(0, -0.86), (0.62, -0.68), (0.98, -0.1), (1.16, 0.36), (0.6, 0.72), (0, 0.96)]
    f.head.fill(sculpt(half + [(-x, y) for x, y in half[-2:0:-1]], 5), f.coat)


def _fox_face(f: Figure) -> None:
    fx, fy = f.look
    mask = [(1.08, 0.36), (0.66, 0.12), (0.26, 0.22), (0.1, 0.34)]
    low = [(0.58, 0.69), (0, 0.9)]
    left, right = [(-x, y) for x, y in mask], mask[::-1]
    f.head.fill(
        sculpt([*left, *right, low[0], low[1], (-0.58, 0.69)], 4) + (fx * 0.4, 0),
        (255, 250, 240),
        edge=f.brush.dark,
        shade=0.1,
    )
    f.cheeks(0.7, 0.42, WHITE, 0.14)
    f.eyes()
    f.smile(0.62, 0.2, 0.12)
    f.head.ellipse(fx * 1.6, 0.46 + fy, 0.17, 0.13, INK, edge=f.brush.dark, shade=0.0)


# -- panda ------------------------------------------------------------


def _panda_body(f: Figure) -> None:
    f.body.ellipse(0, -0.185, 0.152, 0.145, f.coat, shade=0.28)
    band = [
        (-0.13, -0.29),
        (0.13, -0.29),
        (0.146, -0.215),
        (0.07, -0.2),
        (-0.07, -0.2),
        (-0.146, -0.215),
    ]
    f.body.fill(sculpt(band, 4), f.limbs, edge=False, shade=0.1)
    for side in (-1, 1):
        f.head.ellipse(side * 0.76, -0.68, 0.34, 0.34, BLACK, shade=0.15)
    f.head.ellipse(0, 0, 1.1, 0.95, f.coat, shade=0.25)


def _panda_face(f: Figure) -> None:
    fx, fy = f.look
    for side in (-1, 1):
        f.head.ellipse(
            side * 0.44 + fx,
            0.04 + fy,
            0.27,
            0.34,
            BLACK,
            side * 0.5,
            edge=f.brush.dark,
            shade=0.0,
        )
    f.cheeks(0.78, 0.4, f.coat, 0.16)
    dx, y, r = f.kind.eyes
    for side in (-1, 1):
        x = side * dx + fx
        f.head.dot(x, y + fy, r * (1.2 if f.baby else 1), WHITE)
        f.eye(x + fx * 0.3, y + fy + 0.01, r * 0.8)
    f.smile(0.54, 0.18, 0.12, INK)
    nose(f, 0.38, 0.18, 0.13, INK)


ANIMAL_KINDS: dict[str, Kind] = {
    "penguin": Kind(
        coats=((64, 74, 106), (60, 66, 92)),
        feet=BEAK,
        body=_penguin_body,
        face=_penguin_face,
        head=(-0.43, 0.16),
        shoulder=(0.13, -0.26),
        arm=0.056,
        leg=0.04,
        foot=(0.072, 0.034),
        waist=(-0.118, 0.158),
        mouth=0.6,
        eyes=(0.38, 0.02, 0.16),
        peak=0.60,
    ),
    "hedgehog": Kind(
        coats=((142, 98, 68), (128, 86, 62)),
        limbs=(236, 206, 170),
        body=_hedgehog_body,
        face=_hedgehog_face,
        behind=_hedgehog_behind,
        head=(-0.42, 0.155),
        arm=0.046,
        eyes=(0.38, -0.06, 0.165),
        peak=0.66,
        ears=(1.08, 0.05),
        top=(-0.95, 0.72),
        band=-1.3,
    ),
    "cat": Kind(
        coats=((160, 164, 182), (240, 164, 88), (142, 148, 170)),
        body=_cat_body,
        face=_cat_face,
        tail=_cat_tail,
        peak=0.64,
    ),
    "fox": Kind(
        coats=((240, 124, 50), (232, 112, 44)),
        limbs=None,
        feet=(72, 52, 58),
        body=_fox_body,
        face=_fox_face,
        tail=_fox_tail,
        eyes=(0.4, -0.08, 0.155),
        mouth=0.66,
        peak=0.66,
    ),
    "panda": Kind(
        coats=((250, 249, 246),),
        limbs=BLACK,
        body=_panda_body,
        face=_panda_face,
        eyes=(0.41, 0.02, 0.15),
        peak=0.60,
    ),
}
