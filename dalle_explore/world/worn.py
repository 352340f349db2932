"""The eight things worn, hung on the anchors of a figure so that anybody can wear them."""

import numpy as np

from dalle_explore.world.anatomy import WHITE, Figure, bend, sculpt
from dalle_explore.world.brush import Colour, darker, lighter, mix, vary
from dalle_explore.world.outlines import box, smooth

CLOTHS: dict[str, tuple[Colour, ...]] = {
    "headphones": ((232, 62, 140), (40, 178, 190), (112, 84, 214)),
    "a cape": ((206, 42, 58), (62, 84, 196), (128, 62, 172)),
    "a tutu": ((250, 142, 190), (170, 130, 232), (108, 196, 222)),
    "a top hat": ((92, 66, 132), (66, 78, 138)),
    "a scarf": ((214, 48, 62), (44, 140, 150), (70, 92, 200)),
    "sunglasses": ((240, 72, 116), (54, 190, 200)),
    "a crown": ((255, 210, 58),),
    "a bow tie": ((214, 44, 66), (62, 92, 206), (136, 66, 178)),
}


def cloth(f: Figure) -> Colour:
    """A colour for what is worn, well away from the wearer's own coat and limbs."""
    choices = CLOTHS[f.worn or "a scarf"]
    far = [
        c
        for c in choices
        if min(sum(abs(a - b) for a, b in zip(c, own, strict=True)) for own in (f.coat, f.limbs))
        > 190
    ] or list(choices)
    return vary(far[int(f.rng.integers(len(far)))], f.rng)


def behind(f: Figure, colour: Colour) -> None:
    """What is worn behind the body: the back of a cape."""
    if f.worn != "a cape":
        return
    y, w = f.kind.neck
    b, wide = f.body, f.kind.waist[1]
    sway = float(f.rng.uniform(-0.03, 0.03))
    low = max(0.265, wide + 0.11)
    top, mid = min(y, -0.25) - 0.015, min(y + 0.1, -0.175)
    out = [
        (-w * 0.9, top),
        (w * 0.9, top),
        (wide + 0.08, mid),
        (low - 0.01 + sway, -0.075),
        (low * 0.5, -0.035),
        (0, -0.06),
        (-low * 0.55, -0.03),
        (-low - 0.035 + sway, -0.07),
        (-wide - 0.09, mid),
    ]
    b.fill(smooth(out, 4), colour, shade=0.35)
    for side in (-1, 1):
        b.line(
            [(side * (wide + 0.05), y + 0.12), (side * (low - 0.05) + sway, -0.075)],
            darker(colour, 0.3),
            0.012,
        )


def waist(f: Figure, colour: Colour) -> None:
    """What is worn about the waist: a tutu of three layers."""
    if f.worn != "a tutu":
        return
    y, w = f.kind.waist
    wide = max(w + 0.115, 0.235)
    n = 29
    t = np.linspace(-1, 1, n)
    frill = 0.016 * np.abs(np.sin((t + 1) * np.pi * 3))
    for layer, tone in ((0, darker(colour, 0.12)), (1, colour), (2, lighter(colour, 0.42))):
        reach, drop = wide - 0.034 * layer, 0.096 - 0.035 * layer
        hem = np.stack([t * reach, y + drop * (1 - 0.5 * t**2) - 0.02 + frill], axis=1)
        top = np.stack([t[::-4] * (w * 0.98), y - 0.035 + 0.022 * (1 - t[::-4] ** 2)], axis=1)
        f.body.fill(np.concatenate([hem, top]), tone, shade=0.1, width=0.006)
    sash = bend([(-w * 0.97, y - 0.036), (0, y - 0.012), (w * 0.97, y - 0.036)], 4)
    f.body.line(sash, darker(colour, 0.25), 0.02)


def neck(f: Figure, colour: Colour) -> None:
    """What is worn about the neck: a scarf, a bow tie, the collar of a cape."""
    y, w = f.kind.neck
    b, k = f.body, f.bigger
    if f.worn == "a scarf":
        stripe = lighter(colour, 0.7)
        x = w * 0.45
        b.limb(
            bend([(x, y + 0.01), (x + 0.03, y + 0.07), (x + 0.02, y + 0.135)], 4),
            colour,
            0.058 * k,
        )
        b.line([(x - 0.004, y + 0.105), (x + 0.05, y + 0.105)], stripe, 0.018)
        around = bend(
            [(-w, y - 0.008), (-w * 0.5, y + 0.02), (w * 0.5, y + 0.02), (w, y - 0.008)], 4
        )
        b.limb(around, colour, 0.056 * k)
        if f.brush.dark:  # a single tube would not read as cloth
            b.fill(box(x - 0.03, y + 0.03, x + 0.05, y + 0.145, 0.015), colour, shade=0.0)
            b.fill(box(-w - 0.02, y - 0.025, w + 0.02, y + 0.045, 0.03), colour, shade=0.0)
        for share in (-0.62, -0.05, 0.5):
            b.line([(w * share, y - 0.01), (w * share + 0.008, y + 0.035)], stripe, 0.02)
    elif f.worn == "a bow tie":
        k *= 1.08
        for side in (-1, 1):
            wing = [
                (0, y),
                (side * 0.1 * k, y - 0.052 * k),
                (side * 0.112 * k, y),
                (side * 0.1 * k, y + 0.052 * k),
            ]
            b.fill([(px, py + 0.02) for px, py in wing], colour, shade=0.25)
            b.dot(side * 0.068 * k, y + 0.02, 0.012 * k, lighter(colour, 0.6))
        b.ellipse(0, y + 0.02, 0.028 * k, 0.032 * k, darker(colour, 0.18), shade=0.0)
    elif f.worn == "a cape":
        around = bend([(-w, y - 0.012), (0, y + 0.022), (w, y - 0.012)], 5)
        b.limb(around, colour, 0.036)
        b.ellipse(0, y + 0.02, 0.03, 0.03, (255, 208, 70), shade=0.0)


def head(f: Figure, colour: Colour) -> None:
    """What is worn on the head, drawn before the face: headphones, a top hat, a crown."""
    h = f.head
    y, w = f.kind.top
    if f.worn == "headphones":
        ex, ey = f.kind.ears
        t = np.linspace(np.pi, 2 * np.pi, 15)
        arc = np.stack([ex * np.cos(t), ey + (ey - f.kind.band) * np.sin(t)], axis=1)
        s = 1 / h.unit
        h.limb(arc, mix(colour, WHITE, 0.25), 0.026 * s)
        for side in (-1, 1):
            h.ellipse(side * ex, ey, 0.048 * s, 0.064 * s, colour, shade=0.2)
            h.ellipse(
                side * (ex + 0.008 * s),
                ey,
                0.022 * s,
                0.034 * s,
                lighter(colour, 0.55),
                edge=False,
                shade=0.0,
            )
    elif f.worn == "a top hat":
        tall = w * 1.32
        flank = [(-w * 0.66, y), (-w * 0.72, y - tall), (w * 0.72, y - tall), (w * 0.66, y)]
        h.fill(flank, colour, shade=0.3)
        h.ellipse(0, y - tall, w * 0.72, w * 0.13, lighter(colour, 0.2), shade=0.0)
        red = (232, 66, 74)
        h.fill(
            [(-w * 0.665, y), (-w * 0.69, y - w * 0.36), (w * 0.69, y - w * 0.36), (w * 0.665, y)],
            red,
            shade=0.15,
        )
        h.ellipse(0, y + w * 0.02, w * 1.12, w * 0.19, colour, shade=0.2)
    elif f.worn == "a crown":
        tall = w * 1.0
        base = [
            (-w * 0.8, y + w * 0.1),
            (-w * 0.98, y - tall * 0.72),
            (-w * 0.46, y - tall * 0.3),
            (0, y - tall),
            (w * 0.46, y - tall * 0.3),
            (w * 0.98, y - tall * 0.72),
            (w * 0.8, y + w * 0.1),
        ]
        low = [(w * 0.4, y + w * 0.2), (0, y + w * 0.23), (-w * 0.4, y + w * 0.2)]
        h.fill(base + low, colour, shade=0.25)
        for x, top in ((-0.98, 0.78), (0, 1.06), (0.98, 0.78)):
            h.dot(w * x, y - tall * top, w * 0.12, lighter(colour, 0.4))
        for x, gem in ((-0.45, (60, 160, 220)), (0.0, (226, 56, 84)), (0.45, (60, 160, 220))):
            h.dot(w * x, y - w * 0.02, w * 0.14, gem)


def eyes(f: Figure, colour: Colour) -> None:
    """What is worn over the eyes: sunglasses."""
    if f.worn != "sunglasses":
        return
    h = f.head
    dx, y, _ = f.kind.eyes
    fx, fy = f.look
    least = 0.064 / h.unit * f.frame.unit
    rx = min(max(dx * 0.86, 0.36, least), 0.46)
    dx = max(dx, rx * 1.12)
    ry = rx * 0.84
    y += fy
    for side in (-1, 1):
        h.line(
            [
                (side * (dx + rx * 0.6) + fx, y - ry * 0.4),
                (side * max(1.02, dx + rx), y - ry * 0.55),
            ],
            colour,
            0.1,
        )
    h.line([(fx - dx * 0.5, y - ry * 0.5), (fx + dx * 0.5, y - ry * 0.5)], colour, 0.13)
    for side in (-1, 1):
        x = side * dx + fx
        lens = sculpt([(-1, -0.75), (1, -0.75), (0.9, 0.45), (0, 1), (-0.9, 0.45)], 3)
        h.fill(lens * (rx, ry) + (x, y), (48, 46, 72), edge=colour, shade=0.0, width=0.014)
        flip = -1 if h.mirror else 1
        h.line(
            [(x - 0.13 * flip, y + 0.06), (x + 0.03 * flip, y - ry * 0.5)], (170, 190, 230), 0.075
        )
