"""The other five animals: rabbit, owl, frog, pig and capybara."""

from dalle_explore.world.anatomy import WHITE, Figure, Kind, bend, sculpt
from dalle_explore.world.animals import BEAK, torso
from dalle_explore.world.brush import darker, lighter, mix
from dalle_explore.world.outlines import box

# -- rabbit ------------------------------------------------------------


def _rabbit_tail(f: Figure) -> None:
    f.body.ellipse(0.155, -0.1, 0.055, 0.055, WHITE, shade=0.2)


def _rabbit_body(f: Figure) -> None:
    torso(f, lighter(f.coat, 0.65))
    hat = f.worn in ("a top hat", "a crown", "headphones")
    splay = 0.6 if hat else 0.2
    for side in (-1, 1):
        a = side * (splay + float(f.rng.uniform(-0.08, 0.08)))
        x, y = (0.9 * side, -1.2) if hat else (0.52 * side, -1.38)
        f.head.ellipse(x, y, 0.25, 0.74, f.coat, a, shade=0.25)
        f.head.ellipse(x, y + 0.05, 0.13, 0.54, (250, 172, 180), a, edge=f.brush.dark, shade=0.0)
    f.head.ellipse(0, 0, 1.03, 0.93, f.coat)


def _rabbit_face(f: Figure) -> None:
    fx, fy = f.look
    pale = lighter(f.coat, 0.75)
    for side in (-1, 1):
        f.head.ellipse(side * 0.18 + fx, 0.42 + fy, 0.26, 0.21, pale, edge=False, shade=0.0)
    f.cheeks(0.64, 0.36, f.coat)
    f.eyes()
    f.head.fill(
        box(fx - 0.13, 0.5 + fy, fx + 0.13, 0.78 + fy, 0.05), WHITE, shade=0.0, width=0.005
    )
    f.smile(0.46, 0.22, 0.1)
    f.head.fill(
        [(fx - 0.14, 0.25 + fy), (fx + 0.14, 0.25 + fy), (fx, 0.41 + fy)],
        (238, 110, 130),
        edge=False,
    )


# -- owl ------------------------------------------------------------


def _owl_body(f: Figure) -> None:
    f.body.ellipse(0, -0.2, 0.168, 0.175, f.coat, shade=0.32)
    f.body.ellipse(0, -0.165, 0.118, 0.132, (244, 222, 184), edge=f.brush.dark, shade=0.15)
    for x, y in ((-0.045, -0.2), (0.045, -0.2), (0, -0.155), (-0.045, -0.11), (0.045, -0.11)):
        f.body.line([(x - 0.02, y), (x, y + 0.016), (x + 0.02, y)], f.coat, 0.011)
    for side in (-1, 1):
        tuft = [(side * 0.98, -0.2), (side * 1.02, -1.2), (side * 0.24, -0.8)]
        f.head.fill(tuft, darker(f.coat, 0.14), shade=0.1)
    f.head.ellipse(0, 0, 1.12, 0.92, f.coat)


def _owl_face(f: Figure) -> None:
    fx, fy = f.look
    dx, y, r = f.kind.eyes
    for side in (-1, 1):
        f.head.ellipse(side * dx + fx * 0.5, y, 0.48, 0.48, (252, 234, 200), shade=0.0)
    f.cheeks(0.78, 0.5, f.coat, 0.14)
    for side in (-1, 1):
        x = side * dx + fx * 0.9
        f.head.ellipse(
            x, y + fy, 0.31, 0.31, (252, 190, 50), edge=darker((252, 190, 50), 0.45), shade=0.0
        )
        f.eye(x + fx * 0.6, y + fy * 1.5, r)
    beak = [(-0.17, 0.2), (0, 0.12), (0.17, 0.2), (0, 0.56)]
    f.head.fill([(x + fx, y + fy) for x, y in beak], BEAK, shade=0.0)


# -- frog ------------------------------------------------------------


def _frog_body(f: Figure) -> None:
    torso(f, (236, 240, 176), 0.15, 0.142)
    f.head.ellipse(0, 0.08, 1.2, 0.84, f.coat)


def _frog_face(f: Figure) -> None:
    fx, fy = f.look
    dx, y, r = f.kind.eyes
    for side in (-1, 1):
        f.head.ellipse(side * dx, y - 0.02, 0.4, 0.4, f.coat, shade=0.2)
        f.head.ellipse(side * dx + fx * 0.4, y - 0.02, 0.29, 0.29, WHITE, edge=False, shade=0.0)
        f.eye(side * dx + fx * 1.3, y + fy * 1.5, r)
    f.cheeks(0.84, 0.34, f.coat, 0.16)
    for side in (-1, 1):
        f.head.dot(side * 0.1 + fx, 0.0 + fy, 0.045, darker(f.coat, 0.5))
    wide = bend(
        [
            (-0.8 + fx, 0.2 + fy),
            (-0.4 + fx, 0.44 + fy),
            (fx, 0.5 + fy),
            (0.4 + fx, 0.44 + fy),
            (0.8 + fx, 0.2 + fy),
        ],
        4,
    )
    f.head.line(wide, f.ink, 0.085)


# -- pig ------------------------------------------------------------


def _pig_tail(f: Figure) -> None:
    path = [
        (0.12, -0.11),
        (0.19, -0.12),
        (0.225, -0.16),
        (0.195, -0.185),
        (0.18, -0.15),
        (0.22, -0.125),
        (0.262, -0.155),
    ]
    f.body.line(bend(path, 4), darker(f.coat, 0.2), 0.022)


def _pig_body(f: Figure) -> None:
    torso(f, lighter(f.coat, 0.35), 0.155, 0.146)
    f.head.ellipse(0, 0, 1.08, 0.95, f.coat)
    for side in (-1, 1):
        ear = [
            (side * 0.3, -0.8),
            (side * 0.7, -1.16),
            (side * 1.02, -1.1),
            (side * 1.12, -0.5),
            (side * 0.82, -0.56),
        ]
        f.head.fill(sculpt(ear, 3), mix(f.coat, (226, 96, 124), 0.35), shade=0.15)


def _pig_face(f: Figure) -> None:
    fx, fy = f.look
    f.cheeks(0.72, 0.28, f.coat)
    f.eyes()
    tone = mix(f.coat, (230, 92, 122), 0.5)
    f.head.ellipse(fx * 1.5, 0.3 + fy * 1.3, 0.42, 0.31, tone, shade=0.0)
    for side in (-1, 1):
        f.head.ellipse(
            side * 0.16 + fx * 1.6,
            0.3 + fy * 1.3,
            0.085,
            0.13,
            darker(tone, 0.55),
            edge=False,
            shade=0.0,
        )
    f.smile(0.7, 0.18, 0.1)


# -- capybara ------------------------------------------------------------


def _capybara_body(f: Figure) -> None:
    f.body.fill(box(-0.16, -0.33, 0.16, -0.045, 0.12), f.coat, shade=0.3)
    for side in (-1, 1):
        f.head.ellipse(side * 0.66, -0.9, 0.17, 0.2, darker(f.coat, 0.35), side * 0.4, shade=0.0)
    half = [
        (0, -0.92),
        (0.6, -0.88),
        (0.84, -0.5),
        (0.92, 0.1),
        (0.96, 0.6),
        (0.66, 0.98),
        (0, 1.0),
    ]
    f.head.fill(sculpt(half + [(-x, y) for x, y in half[-2:0:-1]], 4), f.coat)
    if f.worn not in ("a top hat", "a crown", "headphones"):
        f.head.ellipse(0, -1.08, 0.27, 0.24, (250, 152, 40), shade=0.2)
        f.head.ellipse(0.12, -1.33, 0.13, 0.06, (84, 156, 70), -0.4, edge=False, shade=0.0)


def _capybara_face(f: Figure) -> None:
    fx, fy = f.look
    muzzle = darker(f.coat, 0.3)
    f.head.fill(
        box(-0.66 + fx, 0.0 + fy, 0.66 + fx, 0.94, 0.34), muzzle, edge=f.brush.dark, shade=0.15
    )
    f.cheeks(0.8, 0.06, f.coat, 0.14)
    f.eyes()
    for side in (-1, 1):
        f.head.ellipse(
            side * 0.26 + fx * 1.3,
            0.2 + fy,
            0.15,
            0.085,
            f.ink,
            side * -0.45,
            edge=f.brush.dark,
            shade=0.0,
        )
    f.head.line([(fx * 1.2, 0.36 + fy), (fx * 1.2, 0.6 + fy)], f.ink, 0.075)
    f.smile(0.58, 0.28, 0.13)


CRITTER_KINDS: dict[str, Kind] = {
    "rabbit": Kind(
        coats=((236, 218, 200), (206, 200, 214), (222, 196, 170)),
        body=_rabbit_body,
        face=_rabbit_face,
        tail=_rabbit_tail,
        head=(-0.415, 0.16),
        peak=0.755,
    ),
    "owl": Kind(
        coats=((150, 104, 76), (134, 98, 96)),
        feet=BEAK,
        body=_owl_body,
        face=_owl_face,
        head=(-0.43, 0.168),
        shoulder=(0.135, -0.26),
        arm=0.066,
        leg=0.04,
        eyes=(0.46, -0.06, 0.19),
        mouth=0.66,
        peak=0.64,
    ),
    "frog": Kind(
        coats=((112, 190, 84), (96, 182, 96)),
        body=_frog_body,
        face=_frog_face,
        head=(-0.41, 0.162),
        eyes=(0.6, -0.68, 0.16),
        top=(-0.9, 0.6),
        band=-1.0,
        ears=(1.16, 0.12),
        mouth=0.52,
        peak=0.60,
        foot=(0.074, 0.03),
    ),
    "pig": Kind(
        coats=((252, 184, 190), (248, 172, 182)),
        body=_pig_body,
        face=_pig_face,
        tail=_pig_tail,
        eyes=(0.46, -0.1, 0.145),
        mouth=0.74,
        peak=0.62,
    ),
    "capybara": Kind(
        coats=((190, 138, 90), (182, 128, 84)),
        body=_capybara_body,
        face=_capybara_face,
        head=(-0.42, 0.165),
        eyes=(0.6, -0.26, 0.135),
        mouth=0.72,
        ears=(0.92, -0.05),
        peak=0.64,
        top=(-0.84, 0.68),
        shoulder=(0.125, -0.25),
    ),
}
