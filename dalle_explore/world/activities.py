"""The eight activities: a place, a pose for the limbs, and props that never cover what is worn."""

from collections.abc import Callable

import numpy as np

from dalle_explore.world.anatomy import WHITE, Figure, Frame, bend, sculpt
from dalle_explore.world.brush import INK, Colour, darker, lighter, mix, vary
from dalle_explore.world.outlines import box

WOOD: Colour = (196, 138, 86)
STEEL: Colour = (112, 126, 156)
PAPER: Colour = (255, 253, 244)


def distinct(f: Figure, choices: tuple[Colour, ...]) -> Colour:
    """One of the colours, far enough from the figure's coat."""
    far = [c for c in choices if sum(abs(a - b) for a, b in zip(c, f.coat, strict=True)) > 150]
    pool = far or list(choices)
    return vary(pool[int(f.rng.integers(len(pool)))], f.rng)


# -- what lies under the figure --------------------------------------------------


def _ice(f: Figure, page: Frame) -> None:
    x, y = f.frame.world((0, 0))
    wide = 0.37
    y += 0.045 * f.frame.unit
    page.ellipse(
        x, y + 0.015, wide, 0.078, (186, 226, 246), edge=(104, 164, 206), shade=0.1, width=0.009
    )
    page.ellipse(x - 0.02, y + 0.008, wide * 0.86, 0.056, (220, 243, 253), edge=False, shade=0.0)
    for dx, dy, w in (
        (-0.24, 0.03, 0.1),
        (0.13, 0.05, 0.13),
        (0.2, -0.005, 0.08),
        (-0.2, -0.015, 0.06),
    ):
        page.line([(x + dx, y + dy), (x + dx + w, y + dy - 0.008)], (138, 190, 224), 0.008)


def _unicycle(f: Figure, page: Frame) -> None:
    red = distinct(f, ((226, 60, 66), (46, 134, 206), (250, 190, 50)))
    t = f.frame
    cy, r = 0.172, 0.135
    t.ellipse(0, cy, r, r, (62, 60, 80), shade=0.0)
    t.ellipse(0, cy, r * 0.77, r * 0.77, (226, 232, 240), shade=0.0)
    a0 = float(f.rng.uniform(0, 1))
    for k in range(4):
        a = a0 + k * np.pi / 4
        dx, dy = r * 0.75 * float(np.cos(a)), r * 0.75 * float(np.sin(a))
        t.line([(-dx, cy - dy), (dx, cy + dy)], STEEL, 0.009)
    t.limb([(0, -0.04), (0, cy)], red, 0.026)
    t.dot(0, cy, 0.026, darker(red, 0.3))
    t.fill(
        sculpt(
            [
                (-0.085, -0.055),
                (0, -0.045),
                (0.085, -0.055),
                (0.06, -0.015),
                (0, -0.005),
                (-0.06, -0.015),
            ],
            3,
        ),
        red,
        shade=0.0,
    )


def under(f: Figure, page: Frame) -> None:
    """Ice, or a unicycle: what the figure stands or sits on."""
    if f.activity == "skating on ice":
        _ice(f, page)
    elif f.activity == "riding a unicycle":
        _unicycle(f, page)


# -- legs --------------------------------------------------


def legs(f: Figure) -> None:
    """Both legs, posed for the activity."""
    hip = f.kind.hip[0] * (1.12 if f.baby and f.kind.plant else 1.0)
    if f.activity == "skating on ice":
        for side, foot in ((-1, (-hip * 0.7, 0.025)), (1, (hip + 0.115, -0.02))):
            toe = 0.02 if side > 0 else -0.004
            f.leg(side, foot, (242, 244, 252), toe)
            x = foot[0] + side * toe
            f.frame.line([(x - 0.07, foot[1] + 0.022), (x + 0.082, foot[1] + 0.022)], STEEL, 0.019)
    elif f.activity == "riding a unicycle":
        swing = float(f.rng.uniform(-1, 1)) * 0.03
        f.leg(-1, (-0.1, 0.15 + swing), None, 0.0)
        f.leg(1, (0.1, 0.17 - swing), None, 0.0)
    else:
        stride = 0.03 if f.activity == "walking a dog" else float(f.rng.uniform(-0.008, 0.016))
        f.leg(-1, (-hip - stride, 0.0))
        f.leg(1, (hip + stride, -0.008 if f.activity == "walking a dog" else 0.0))


# -- arms and props --------------------------------------------------


def _side(f: Figure, x: float, y: float) -> tuple[float, float]:
    """A spot beside the shoulder of the right side, in figure coordinates, outside any body."""
    sx, sy = f.shoulder(1)
    return (max(sx + x, 0.0), sy + y)


def _rest(f: Figure, side: int) -> None:
    """A free arm: hanging, held out or waving."""
    sx, sy = f.shoulder(side)
    pose = float(f.rng.uniform(0, 1))
    if pose < 0.45:
        hand, bend = (
            (sx + side * f.rng.uniform(0.055, 0.085), sy + f.rng.uniform(0.10, 0.125)),
            -0.12,
        )
    elif pose < 0.75:
        hand, bend = (
            (sx + side * f.rng.uniform(0.10, 0.125), sy + f.rng.uniform(-0.01, 0.05)),
            0.14,
        )
    else:
        hand, bend = (
            (sx + side * f.rng.uniform(0.115, 0.13), sy - f.rng.uniform(0.045, 0.075)),
            0.26,
        )
    f.arm(side, (float(hand[0]), float(hand[1])), bend)


def _stand(f: Figure, page: Frame) -> None:
    _rest(f, -1)
    _rest(f, 1)


def _skate(f: Figure, page: Frame) -> None:
    for side, rise in ((-1, f.rng.uniform(-0.07, -0.03)), (1, f.rng.uniform(0.0, 0.04))):
        sx, sy = f.shoulder(side)
        f.arm(side, (sx + side * 0.13, float(sy + rise)), 0.1)


def _write(f: Figure, page: Frame) -> None:
    t = f.frame
    x0 = max(0.2, f.shoulder(1)[0] + 0.065)
    x1, y = x0 + 0.31, f.shoulder(1)[1] + 0.075
    wood = vary(WOOD, f.rng)
    for x in (x0 + 0.045, x1 - 0.035):
        t.limb([(x, y + 0.04), (x, 0.0)], darker(wood, 0.2), 0.032)
    t.fill(
        [
            (x0 + 0.05, y - 0.05),
            (x1 - 0.005, y - 0.05),
            (x1 + 0.03, y + 0.03),
            (x0 - 0.01, y + 0.03),
        ],
        wood,
        shade=0.15,
    )
    t.fill(box(x0 - 0.01, y + 0.028, x1 + 0.03, y + 0.062, 0.006), darker(wood, 0.18), shade=0.1)
    sheet = np.array(
        [
            (x0 + 0.085, y - 0.075),
            (x1 - 0.015, y - 0.075),
            (x1 - 0.035, y + 0.022),
            (x0 + 0.055, y + 0.022),
        ]
    )
    t.fill(sheet, PAPER, edge=(120, 112, 128), shade=0.0)
    for k in range(3):
        yy = y - 0.05 + 0.024 * k
        t.line(
            [(x0 + 0.12 - 0.008 * k, yy), (x1 - (0.05 if k < 2 else 0.11), yy)],
            (92, 120, 196),
            0.010,
        )
    hand = (x0 + 0.075, y - 0.03)
    tip = (hand[0] + 0.03, y + 0.01)
    end = (hand[0] - 0.005, hand[1] - 0.125)
    body = vary((252, 196, 48), f.rng)
    t.limb([end, tip], body, 0.026)
    t.dot(*tip, 0.014, INK)
    t.dot(*end, 0.017, (240, 112, 124))
    _rest(f, -1)
    f.arm(1, hand, -0.12)


def _tea(f: Figure, page: Frame) -> None:
    t, k = f.frame, f.bigger
    china = distinct(f, ((64, 168, 188), (232, 92, 120), (246, 190, 70)))
    x0 = max(0.225, f.shoulder(1)[0] + 0.09)
    cx, y = x0 + 0.115, -0.13
    wood = vary(WOOD, f.rng)
    t.limb([(cx - 0.07, y), (cx - 0.085, 0.0)], darker(wood, 0.2), 0.026)
    t.limb([(cx + 0.07, y), (cx + 0.085, 0.0)], darker(wood, 0.2), 0.026)
    t.ellipse(cx, y, 0.125, 0.028, wood, shade=0.1)
    t.limb(
        bend([(cx + 0.07, y - 0.11), (cx + 0.118, y - 0.095), (cx + 0.065, y - 0.045)], 4),
        china,
        0.016,
    )
    spout = sculpt(
        [(-0.06, -0.075), (-0.1, -0.125), (-0.135, -0.13), (-0.1, -0.08), (-0.06, -0.035)], 3
    )
    t.fill(spout + (cx, y), china, shade=0.0)
    t.ellipse(cx, y - 0.07, 0.082, 0.072, china, shade=0.3, shine=0.3)
    t.ellipse(cx, y - 0.137, 0.042, 0.016, darker(china, 0.15), shade=0.0)
    t.dot(cx, y - 0.158, 0.016, lighter(china, 0.3))
    for dx in (-0.035, 0.01, 0.045):
        t.dot(cx + dx, y - 0.062 - abs(dx) * 0.2, 0.011, WHITE)
    sx, sy = f.shoulder(-1)
    hand = (sx - 0.105, sy + 0.015)
    px, py = hand[0] - 0.035, hand[1] - 0.05 * k
    w, h = 0.066 * k, 0.088 * k
    t.limb(
        bend([(px - w * 0.8, py - h * 0.4), (px - w * 1.6, py), (px - w * 0.6, py + h * 0.4)], 4),
        WHITE,
        0.014,
    )
    cup = [
        (px - w, py - h / 2),
        (px + w, py - h / 2),
        (px + w * 0.66, py + h / 2),
        (px - w * 0.66, py + h / 2),
    ]
    t.fill(cup, (250, 250, 252), edge=darker(china, 0.4), shade=0.2, width=0.008)
    t.line([(px - w * 0.8, py + h * 0.05), (px + w * 0.8, py + h * 0.05)], china, 0.02)
    t.ellipse(px, py - h / 2, w, h * 0.17, (168, 98, 50), edge=darker(china, 0.4), shade=0.0)
    fume = (236, 240, 248) if f.brush.dark else (250, 251, 255)
    for dx in (-0.024, 0.02):
        x = px + dx
        wave = bend(
            [
                (x, py - h * 0.8),
                (x - 0.02, py - h * 0.8 - 0.035),
                (x + 0.006, py - h * 0.8 - 0.07),
                (x - 0.014, py - h * 0.8 - 0.105),
            ],
            4,
        )
        t.line(wave, (150, 160, 190), 0.018)
        t.line(wave, fume, 0.011)
    f.arm(-1, hand, 0.16)
    _rest(f, 1)


def _dog(f: Figure, page: Frame) -> None:
    fx, fy = f.frame.world((0, 0))
    s = 1.12 * (0.9 if f.baby else 1.0) * float(f.rng.uniform(0.95, 1.05))
    d = page.inside(0.765, fy - 0.002, s)
    fur = distinct(f, ((236, 190, 124), (150, 96, 62), (246, 240, 230)))
    deep = darker(fur, 0.3)
    hop = float(f.rng.uniform(-0.012, 0.012))
    d.shadow(0.0, 0.0, 0.11, 0.018, 0.25)
    d.limb(bend([(-0.085, -0.12), (-0.125, -0.15), (-0.12, -0.2)], 4), fur, 0.024)
    for x, dx, tone in (
        (-0.055, -hop, deep),
        (0.06, hop, deep),
        (-0.08, hop, fur),
        (0.035, -hop, fur),
    ):
        d.limb([(x, -0.08), (x + dx, -0.008)], tone, 0.026)
    d.ellipse(-0.012, -0.105, 0.098, 0.056, fur, shade=0.25)
    d.ellipse(0.085, -0.185, 0.068, 0.062, fur, shade=0.2)
    d.ellipse(0.13, -0.168, 0.046, 0.034, lighter(fur, 0.45), shade=0.0)
    d.ellipse(0.042, -0.182, 0.027, 0.056, deep, 0.3, shade=0.0)
    d.dot(0.168, -0.182, 0.017, INK)
    d.dot(0.1, -0.203, 0.014, INK)
    if not f.brush.dark:
        d.dot(0.096, -0.208, 0.005, WHITE)
    red = (226, 52, 60)
    d.line([(0.028, -0.132), (0.075, -0.118)], red, 0.022)
    d.line([(0.118, -0.148), (0.14, -0.142)], darker(fur, 0.6), 0.008)
    ax, ay = d.world((0.04, -0.132))
    sx, sy = f.shoulder(1)
    hand = (sx + 0.115, sy + float(f.rng.uniform(-0.01, 0.05)))
    hx, hy = f.frame.world(hand)
    page.line(bend([(hx, hy), ((hx + ax) / 2, (hy + ay) / 2 + 0.03), (ax, ay)], 5), red, 0.013)
    _rest(f, -1)
    f.arm(1, hand, 0.12)


def _guitar(f: Figure, page: Frame) -> None:
    ny, wy = f.spot(f.body, 0, f.kind.neck[0])[1], f.spot(f.body, 0, f.kind.waist[0])[1]
    high = f.worn == "a tutu"
    y = wy - 0.07 if high else max(wy - 0.035, ny + 0.115)
    y = min(y, -0.095)
    g = f.frame.inside(-0.035, y, f.bigger * 0.98, tilt=-0.36 + float(f.rng.uniform(-0.06, 0.06)))
    wood = distinct(f, ((222, 150, 70), (206, 62, 54), (58, 134, 190)))
    dark = (92, 58, 46)
    g.limb([(0.06, 0), (0.265, 0)], dark, 0.026)
    g.fill([(0.255, -0.028), (0.325, -0.034), (0.325, 0.034), (0.255, 0.028)], dark, shade=0.0)
    shape = [
        (-0.14, 0),
        (-0.125, -0.062),
        (-0.06, -0.088),
        (-0.005, -0.056),
        (0.05, -0.064),
        (0.09, -0.036),
        (0.098, 0),
    ]
    g.fill(sculpt(shape + [(x, -yy) for x, yy in shape[-2:0:-1]], 4), wood, shade=0.3, width=0.009)
    g.dot(0.022, 0, 0.034, lighter(wood, 0.5))
    g.dot(0.022, 0, 0.026, (64, 40, 40))
    g.line([(-0.085, -0.03), (-0.085, 0.03)], dark, 0.018)
    for dy in (-0.008, 0.008):
        g.line([(-0.085, dy), (0.27, dy)], (250, 236, 210), 0.0075)
    strum = f.frame.local(g.world((-0.028, 0.012 + float(f.rng.uniform(-0.02, 0.02)))))
    fret = f.frame.local(g.world((0.205, 0.008)))
    f.arm(-1, strum, -0.35)
    f.arm(1, fret, 0.3)


def _kite(f: Figure, page: Frame) -> None:
    kx, ky = float(f.rng.uniform(0.79, 0.83)), float(f.rng.uniform(0.165, 0.2))
    k = page.inside(kx, ky, 1.14, tilt=0.14 + float(f.rng.uniform(-0.12, 0.12)))
    one, two = (
        ((226, 56, 66), (255, 208, 62)),
        ((52, 130, 214), (255, 160, 70)),
        ((150, 74, 196), (255, 214, 84)),
    )[int(f.rng.integers(3))]
    one = vary(one, f.rng)
    sx, sy = f.shoulder(1)
    hand = (sx + 0.12, sy - float(f.rng.uniform(0.05, 0.085)))
    hx, hy = f.frame.world(hand)
    wind = float(f.rng.uniform(-0.02, 0.02))
    bx, by = k.world((0, 0.135))
    tail = bend(
        [
            (bx, by),
            (bx + 0.045 + wind, by + 0.05),
            (bx + wind, by + 0.105),
            (bx + 0.06, by + 0.15),
        ],
        5,
    )
    page.line(tail, darker(two, 0.3), 0.011)
    for i in (5, 10, 15):
        x, y = tail[i]
        page.fill(
            [
                (x - 0.026, y - 0.018),
                (x + 0.026, y + 0.018),
                (x + 0.026, y - 0.018),
                (x - 0.026, y + 0.018),
            ],
            one,
            edge=False,
            shade=0.0,
        )
    kx2, ky2 = k.world((0, -0.01))
    line = bend([(hx, hy), ((hx + kx2) / 2 + 0.03, (hy + ky2) / 2 + 0.04), (kx2, ky2)], 5)
    page.line(line, (120, 112, 130), 0.011)
    page.line(line, (250, 246, 236), 0.006)
    k.fill([(0, -0.115), (0.09, -0.01), (0, 0.14), (-0.09, -0.01)], one, shade=0.12, width=0.009)
    k.fill([(0, -0.115), (0.09, -0.01), (0, -0.01)], two, edge=False, shade=0.0)
    k.fill([(0, 0.14), (-0.09, -0.01), (0, -0.01)], two, edge=False, shade=0.0)
    k.line([(0, -0.11), (0, 0.13)], darker(one, 0.45), 0.008)
    k.line([(-0.085, -0.01), (0.085, -0.01)], darker(one, 0.45), 0.008)
    _rest(f, -1)
    f.arm(1, hand, 0.25)


def _ride(f: Figure, page: Frame) -> None:
    for side in (-1, 1):
        sx, sy = f.shoulder(side)
        f.arm(side, (sx + side * 0.125, float(sy + f.rng.uniform(-0.05, 0.03))), 0.15)


def _read(f: Figure, page: Frame) -> None:
    k = f.bigger
    sx, sy = f.shoulder(1)
    cx = max(0.185, sx + 0.06)
    chin = f.spot(f.head, 0, f.kind.mouth + 0.1)[1]
    y = min(max(sy + 0.06, chin + 0.09 * k, -0.2), -0.085)
    b = f.frame.inside(cx, y, k, tilt=-0.12 + float(f.rng.uniform(-0.05, 0.05)))
    right = f.frame.local(b.world((0.135, 0.03)))
    f.arm(1, right, -0.05)
    cover = distinct(f, ((214, 56, 70), (56, 104, 196), (60, 150, 110), (150, 78, 180)))
    half = [
        (0, 0.062),
        (0.075, 0.046),
        (0.142, 0.066),
        (0.142, -0.07),
        (0.075, -0.088),
        (0, -0.068),
    ]
    back = [(x * 1.06, y * 1.0 + (0.012 if y > 0 else -0.006)) for x, y in half]
    b.fill(back + [(-x, y) for x, y in back[-2:0:-1]], cover, shade=0.0, width=0.009)
    for side in (-1, 1):
        leaf = [(side * x, y) for x, y in half]
        b.fill(
            leaf,
            mix(PAPER, (214, 204, 190), 0.0 if side < 0 else 0.25),
            edge=(150, 130, 120),
            shade=0.0,
            width=0.006,
        )
        for row in range(3):
            y = -0.05 + 0.036 * row
            b.line(
                [(side * 0.028, y + 0.004), (side * 0.075, y - 0.008), (side * 0.118, y)],
                (132, 124, 150),
                0.010,
            )
    left = f.frame.local(b.world((-0.125, 0.07)))
    f.frame.limb([right, (right[0] + 0.012, right[1] - 0.02)], f.limbs, f.kind.arm)
    if f.kind.shoulder[0] < 0.14:
        f.arm(-1, left, -0.22)
    else:
        _rest(f, -1)


ART: dict[str | None, Callable[[Figure, Frame], None]] = {
    None: _stand,
    "skating on ice": _skate,
    "writing a letter": _write,
    "drinking tea": _tea,
    "walking a dog": _dog,
    "playing the guitar": _guitar,
    "flying a kite": _kite,
    "riding a unicycle": _ride,
    "reading a book": _read,
}


def front(f: Figure, page: Frame) -> None:
    """Props and arms, in front of the figure."""
    ART[f.activity](f, page)
