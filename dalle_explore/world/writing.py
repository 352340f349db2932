"""Words on a t-shirt, a board or a post sign: every letter sits in its own pair of patches."""

import zlib
from typing import NamedTuple

import numpy as np

from dalle_explore.world.brush import Brush, Colour, darker, lighter, mix, vary
from dalle_explore.world.facts import Scene
from dalle_explore.world.letters import HEIGHT, WIDTH, pixels, strokes
from dalle_explore.world.outlines import Points, box, curve, turn
from dalle_explore.world.palette import COLOUR_RGB, WHITE, WOOD, luminance

GRID = 16
CELL = 1.0 / GRID


class Placement(NamedTuple):
    """Where things are: middle and half width of the writable area, and the word's first cell."""

    cx: float
    cy: float
    half: float
    row: int
    column: int


def placement(scene: Scene) -> Placement:
    """The layout of a writing scene, from the scene alone.

    The surface may stand anywhere; the word is then laid on the grid cells nearest to its middle,
    so a letter is always 1/16 wide and 2/16 tall and never straddles a patch.
    """
    key = zlib.crc32(repr((scene["surface"], scene["word"])).encode("utf-8"))
    rng = np.random.default_rng([scene.seed, key])
    length = len(scene["word"])
    least = (length + 0.9) * CELL / 2
    low, high = {"t-shirt": (0.272, 0.325), "board": (0.33, 0.41), "sign": (0.33, 0.41)}[
        scene["surface"]
    ]
    half = float(rng.uniform(max(low, least), max(high, least + 0.004)))
    reach = {"t-shirt": half + 0.155, "board": half + 0.05, "sign": half + 0.05}[scene["surface"]]
    slack = max(0.0, 0.5 - reach - 0.005)
    cx = 0.5 + float(rng.uniform(-1, 1)) * min(0.06, slack)
    middle = {"t-shirt": 0.52, "board": 0.45, "sign": 0.40}[scene["surface"]]
    cy = middle + float(rng.uniform(-0.035, 0.035))
    free = max(0.0, half - least)
    start = cx + float(rng.uniform(-1, 1)) * min(free, CELL) - length * CELL / 2
    column = round(start * GRID)
    lowest, highest = (cx - half) * GRID + 0.2, (cx + half) * GRID - length - 0.2
    column = min(max(column, int(np.ceil(lowest))), int(np.floor(highest)))
    drift = {"t-shirt": 0.05, "board": 0.065, "sign": 0.03}[scene["surface"]]
    row = round((cy + float(rng.uniform(-1, 1)) * drift) * GRID - 1)
    return Placement(cx, cy, half, row, column)


def letter_cells(scene: Scene) -> tuple[tuple[int, int, str], ...]:
    """Letters on the 16 x 16 patch grid: (row, column, letter), row being the upper patch.

    Empty for scenes without writing.
    """
    if scene.family != "writing":
        return ()
    at = placement(scene)
    return tuple((at.row, at.column + i, letter) for i, letter in enumerate(scene["word"]))


def draw_writing(brush: Brush, scene: Scene, rng: np.random.Generator) -> None:
    """Draw a surface in its colour with its word."""
    at = placement(scene)
    colour = vary(COLOUR_RGB[scene["colour"]], rng)
    draw = {"t-shirt": _shirt, "board": _board, "sign": _sign}[scene["surface"]]
    with brush.part("surface"), brush.part("colour"):
        draw(brush, at, colour, rng)
    # a pencil leaves paper between its strokes: only graphite stands out there
    bright = brush.dark or (luminance(colour) < 0.56 and brush.manner != "pencil sketch")
    ink: Colour = WHITE if bright else (46, 32, 58)
    with brush.part("word"):
        for row, column, letter in letter_cells(scene):
            write(brush, letter, row, column, ink)


def write(brush: Brush, letter: str, row: int, column: int, ink: Colour) -> None:
    """One letter into the cell pair whose upper patch is (row, column)."""
    x, y = column * CELL, row * CELL
    if brush.manner == "pixel art":
        unit = CELL / 4
        for x0, y0, x1, y1 in pixels(letter):
            brush.fill(
                box(
                    x + x0 * unit,
                    y + (y0 + 1) * unit,
                    x + x1 * unit - 1e-4,
                    y + (y1 + 1) * unit - 1e-4,
                ),
                ink,
                edge=False,
                shade=0,
            )
        return
    px = CELL / 8
    scale = np.array([4.5 * px / WIDTH, 11.0 * px / HEIGHT])
    corner = np.array([x + 1.75 * px, y + 2.5 * px])
    width = {"neon sign": 0.0072, "pencil sketch": 0.0119, "watercolour": 0.0162}.get(
        brush.manner, 0.0138
    )
    if letter in "mw":
        width *= 0.86
    for stroke in strokes(letter):
        brush.line(corner + stroke * scale, ink, width)


def _shirt(brush: Brush, at: Placement, colour: Colour, rng: np.random.Generator) -> None:
    """A t-shirt drying on a line, held by two pegs."""
    cx, cy, w, _, _ = at
    top, bottom = cy - 0.285, cy + 0.36 + float(rng.uniform(-0.02, 0.02))
    sag = float(rng.uniform(0.0, 0.02))
    drop = float(rng.uniform(-0.015, 0.02))
    rope = curve(
        [
            (-0.02, top - 0.03 - sag),
            (cx - 0.2, top + 0.006),
            (cx + 0.2, top + 0.006),
            (1.02, top - 0.03 - sag),
        ]
    )
    # fmt: off
    right = [
        (0.115, -0.012), (0.22, 0.018), (w + 0.015, 0.062), (w + 0.15, 0.235 + drop),
        (w + 0.045, 0.315 + drop),
        (w + 0.004, 0.262), (w + 0.006, bottom - top - 0.05), (w, bottom - top),
    ]
    # fmt: on
    neck = curve([(-0.115, -0.012), (-0.07, 0.05), (0.0, 0.072), (0.07, 0.05), (0.115, -0.012)], 5)
    hem = curve([(w, bottom - top), (0.0, bottom - top + 0.012), (-w, bottom - top)], 5)
    left = [(-x, y) for x, y in right[::-1]]
    body = np.concatenate([neck[:-1], right, hem[1:-1], left[:-1]]) + (cx, top)
    inner = np.concatenate([neck, [(0.06, 0.012), (-0.06, 0.012)]]) + (cx, top)
    brush.line(rope, (150, 120, 92) if not brush.dark else (200, 190, 160), 0.008)
    brush.fill(inner, darker(colour, 0.45), edge=False, shade=0)
    brush.fill(body, colour, shade=0.30, width=0.011)
    collar = np.concatenate([neck, (neck[::-1] * (1.0, 1.0)) + (0, 0.020)]) + (cx, top)
    brush.fill(collar, mix(darker(colour, 0.18), colour, 0.3), shade=0, width=0.006)
    tone = darker(colour, 0.34)
    for side in (-1, 1):
        seam = [
            (cx + side * (w + 0.004), top + 0.262),
            (cx + side * (w - 0.022), top + 0.16),
            (cx + side * (w - 0.004), top + 0.068),
        ]
        brush.line(curve(seam, 5), tone, 0.007)
        cuff = [
            (cx + side * (w + 0.128), top + 0.212 + drop),
            (cx + side * (w + 0.024), top + 0.290 + drop),
        ]
        brush.line(cuff, tone, 0.006)
        fold = [(cx + side * (w - 0.03), top + 0.33), (cx + side * (w - 0.05), top + 0.36)]
        brush.line(fold, tone, 0.007)
        peg = box(-0.012, -0.045, 0.012, 0.032, 0.006)
        brush.fill(
            turn(peg, side * 0.08) + (cx + side * 0.165, top + 0.002),
            (226, 178, 112),
            shade=0.2,
            width=0.006,
        )
    brush.line(
        curve(
            [
                (cx - w + 0.006, bottom - 0.026),
                (cx, bottom - 0.014),
                (cx + w - 0.006, bottom - 0.026),
            ],
            5,
        ),
        tone,
        0.006,
    )


def _legs(
    brush: Brush,
    feet: list[tuple[tuple[float, float], tuple[float, float]]],
    wood: Colour,
    width: float,
) -> None:
    for a, b in feet:
        brush.limb([a, b], wood, width)


def _board(brush: Brush, at: Placement, colour: Colour, rng: np.random.Generator) -> None:
    """A painted school board in a wooden frame, on an easel."""
    cx, cy, w, _, _ = at
    h = 0.185 + float(rng.uniform(0, 0.035))
    wood = vary(WOOD, rng, value=0.1)
    brush.shadow(cx, 0.93, w * 0.95, 0.03)
    feet = [((cx, cy - h - 0.09), (cx, 0.88))]
    feet += [((cx + s * 0.03, cy - h - 0.09), (cx + s * (w * 0.72), 0.93)) for s in (-1, 1)]
    _legs(brush, feet, darker(wood, 0.12), 0.026)
    frame = 0.034
    brush.fill(
        box(cx - w - frame, cy - h - frame, cx + w + frame, cy + h + frame, 0.018),
        wood,
        shade=0.25,
        width=0.010,
    )
    brush.fill(box(cx - w, cy - h, cx + w, cy + h, 0.006), colour, shade=0.16, width=0.008)
    dust = lighter(colour, 0.22)
    for _ in range(3):
        x, y = cx + float(rng.uniform(-0.7, 0.5)) * w, cy + float(rng.choice([-0.78, 0.8])) * h
        brush.line([(x, y), (x + float(rng.uniform(0.04, 0.1)), y - 0.012)], dust, 0.008)
    ledge = box(cx - w * 0.9, cy + h + 0.022, cx + w * 0.9, cy + h + 0.052, 0.008)
    brush.fill(ledge, lighter(wood, 0.12), shade=0.2, width=0.008)
    x = cx + float(rng.uniform(-0.7, 0.4)) * w
    brush.fill(
        box(x, cy + h + 0.004, x + 0.055, cy + h + 0.024, 0.006), WHITE, shade=0, width=0.005
    )
    brush.fill(
        box(x + 0.09, cy + h - 0.006, x + 0.165, cy + h + 0.024, 0.008),
        darker(colour, 0.35),
        shade=0.2,
        width=0.005,
    )


def _sign(brush: Brush, at: Placement, colour: Colour, rng: np.random.Generator) -> None:
    """Painted planks on two posts."""
    cx, cy, w, _, _ = at
    h = 0.135 + float(rng.uniform(0, 0.03))
    wood = vary(WOOD, rng, value=0.1)
    for side in (-1, 1):
        x = cx + side * w * 0.66
        brush.shadow(x, 0.925, 0.075, 0.022)
        brush.fill(
            box(x - 0.028, cy - h - 0.07, x + 0.028, 0.925, 0.012), wood, shade=0.3, width=0.010
        )
        brush.ellipse(x, cy - h - 0.068, 0.038, 0.020, lighter(wood, 0.2), width=0.008)
    nick = rng.uniform(-0.014, 0.014, 8)
    tip = float(rng.choice([-1, 0, 1]))
    # fmt: off
    plate = np.array([
        (cx - w - 0.02 + nick[0], cy - h + nick[1] * 0.5),
        (cx + w + 0.02 + nick[2], cy - h + nick[3] * 0.5),
        (cx + w + 0.012 + 0.035 * (tip > 0), cy + nick[4]), (cx + w + 0.02 + nick[5], cy + h),
        (cx - w - 0.02 + nick[6], cy + h), (cx - w - 0.012 - 0.035 * (tip < 0), cy + nick[7]),
    ])
    # fmt: on
    brush.fill(plate, colour, shade=0.22, width=0.013)
    tone = darker(colour, 0.24)
    for y in (cy - h * 0.72, cy + h * 0.76):
        x = cx + float(rng.uniform(-0.5, 0.3)) * w
        brush.line(curve([(x, y), (x + 0.05, y - 0.006), (x + 0.11, y)], 4), tone, 0.006)
    for sx in (-1, 1):
        for sy in (-1, 1):
            brush.dot(
                cx + sx * w * 0.66, cy + sy * (h - 0.028), 0.011, mix(tone, (70, 70, 80), 0.4)
            )
    if brush.manner != "neon sign" and rng.random() < 0.6:
        _grass(brush, cx + float(rng.choice([-1, 1])) * w * 0.66, 0.93, rng)


def _grass(brush: Brush, x: float, y: float, rng: np.random.Generator) -> None:
    for dx in (-0.05, -0.025, 0.02, 0.045):
        lean = float(rng.uniform(-0.02, 0.02))
        blade: Points = np.array([(x + dx, y), (x + dx + lean, y - 0.05)])
        brush.line(blade, (84, 140, 74), 0.010)
