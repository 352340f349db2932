"""Ten skins as picture tiles: fruit, walls, coats. Made once by numpy, cut out at random places.

Inside, x and y count pixels of a 128-pixel picture, so that features can be kept readable there.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dalle_explore.world.manners import noise

Plane = NDArray[np.floating]

VARIANTS = 6
SPAN = 192
"""A tile covers 1.5 pictures a side, so that a picture can be cut from it at many places."""


def _mix(a: Plane | tuple[int, ...], b: Plane | tuple[int, ...], share: Plane) -> Plane:
    """From colour a to colour b by a map of shares, [y x 3]."""
    s = np.clip(share, 0, 1)[..., None]
    return np.asarray(a, np.float32) * (1 - s) + np.asarray(b, np.float32) * s


def _step(value: Plane, at: float | Plane, soft: float = 0.5) -> Plane:
    """0 below `at`, 1 above, over a ramp of width `soft`."""
    return np.clip((value - at) / soft + 0.5, 0, 1)


def _cells(
    x: Plane, y: Plane, w: float, h: float, jitter: float, rng: np.random.Generator, stagger: bool
) -> tuple[Plane, Plane, Plane, Plane, Plane]:
    """The nearest centre of a (staggered, jittered) lattice for every pixel.

    Returns:
        Distance to the nearest and to the second nearest centre, offset x and y from the nearest,
        and a random number in 0..1 of that cell; each [y x].
    """
    table = rng.random((64, 64, 3)).astype(np.float32)
    row = np.floor(y / h).astype(int)
    best = np.full(x.shape, 1e9, np.float32)
    second = best.copy()
    bx, by, value = np.zeros_like(best), np.zeros_like(best), np.zeros_like(best)
    for dr in (-1, 0, 1):
        r = row + dr
        shift = np.where(r % 2 == 1, 0.5, 0.0).astype(np.float32) if stagger else np.float32(0)
        column = np.floor(x / w - shift).astype(int)
        for dc in (-1, 0, 1):
            c = column + dc
            chance = table[r % 64, c % 64]
            ox = x - (c + 0.5 + shift + jitter * (chance[..., 0] - 0.5)) * w
            oy = y - (r + 0.5 + jitter * (chance[..., 1] - 0.5)) * h
            d = np.hypot(ox, oy).astype(np.float32)
            nearer = d < best
            second = np.where(nearer, best, np.minimum(second, d))
            bx, by = np.where(nearer, ox, bx), np.where(nearer, oy, by)
            value = np.where(nearer, chance[..., 2], value)
            best = np.where(nearer, d, best)
    return best, second, bx, by, value


def _mango(x: Plane, y: Plane, k: float, rng: np.random.Generator) -> Plane:
    n = len(x)
    drift = noise(n, 5, rng) * 0.09 + noise(n, 12, rng) * 0.02
    t = (x * 0.62 + y * 0.78) / (88 * k) + drift
    wave = 0.5 - 0.5 * np.cos(2 * np.pi * t)
    out = _mix((255, 210, 54), (252, 146, 34), _step(wave, 0.34, 0.5))
    out = _mix(out, (222, 50, 44), _step(wave, 0.72, 0.5))
    green = np.exp(-(((t + 0.27) % 1.0 - 0.5) ** 2) / 0.010)
    out = _mix(out, (126, 176, 52), 0.9 * green)
    d, _, _, _, v = _cells(x, y, 8.5 * k, 8.0 * k, 0.7, rng, True)
    return _mix(out, (255, 240, 164), 0.8 * (1 - _step(d, 0.75 + 0.6 * v, 0.6)))


def _strawberry(x: Plane, y: Plane, k: float, rng: np.random.Generator) -> Plane:
    n = len(x)
    out = _mix((226, 34, 44), (196, 18, 40), 0.5 + 0.5 * noise(n, 8, rng))
    _, _, ox, oy, v = _cells(x, y, 11.5 * k, 10.5 * k, 0.16, rng, True)
    dimple = np.hypot(ox * 1.25, oy)
    out = _mix(out, (146, 8, 32), 0.75 * (1 - _step(dimple, 3.4, 1.8)))
    lit = 1 - _step(np.hypot((ox - 0.6) * 1.2, oy - 3.4), 1.5, 2.2)
    out = _mix(out, (250, 96, 92), 0.55 * lit)
    seed = np.hypot(ox / (1.0 - 0.13 * np.clip(oy, -3, 3)), oy * 0.62) * 0.86
    tint = _mix((255, 222, 110), (246, 196, 74), v)
    return _mix(out, tint, 1 - _step(seed, 1.35, 0.5))


def _watermelon(x: Plane, y: Plane, k: float, rng: np.random.Generator) -> Plane:
    n = len(x)
    jag = noise(n, 40, rng) * 1.5 + noise(n, 22, rng) * 2.6 + noise(n, 8, rng) * 2.0
    phase = (x + jag) / (17.0 * k)
    bar = np.abs((phase % 1.0) - 0.5) * 2
    light = _mix((164, 214, 92), (124, 190, 76), 0.5 + 0.5 * noise(n, 26, rng))
    dark = _mix((22, 92, 44), (14, 70, 38), 0.5 + 0.5 * noise(n, 12, rng))
    return _mix(light, dark, _step(bar, 0.47 + 0.12 * noise(n, 14, rng), 0.10))


def _pineapple(x: Plane, y: Plane, k: float, rng: np.random.Generator) -> Plane:
    n = len(x)
    w, h = 13.0 * k, 14.0 * k
    a, b = x / w + y / h, x / w - y / h
    fa, fb = a % 1.0 - 0.5, b % 1.0 - 0.5
    rim = np.maximum(np.abs(fa), np.abs(fb))
    out = _mix((255, 196, 44), (236, 150, 26), 0.5 + (fa - fb) * 0.9 + 0.2 * noise(n, 9, rng))
    out = _mix(out, (255, 226, 112), 0.8 * (1 - _step(np.hypot(fa + 0.16, fb - 0.10), 0.20, 0.22)))
    eye = np.hypot((fa + fb) * 1.1, fa - fb)
    out = _mix(out, (132, 78, 22), 1 - _step(eye, 0.17, 0.10))
    spike = np.maximum(np.abs(fa + fb) * 2.6, np.abs(fa - fb + 0.16) * 0.9)
    out = _mix(out, (96, 120, 40), 1 - _step(spike, 0.16, 0.06))
    return _mix(out, (128, 74, 22), _step(rim, 0.415, 0.05))


def _bricks(x: Plane, y: Plane, k: float, rng: np.random.Generator) -> Plane:
    n = len(x)
    w, h = 19.0 * k, 9.5 * k
    row = np.floor(y / h).astype(int)
    bx = x / w + 0.5 * (row % 2)
    column = np.floor(bx).astype(int)
    table = rng.random((64, 64)).astype(np.float32)
    value = table[row % 64, column % 64]
    fx, fy = (bx % 1.0) * w, (y % h)
    gap = np.minimum(np.minimum(fx, w - fx), np.minimum(fy, h - fy))
    out = _mix((196, 84, 58), (160, 58, 46), value)
    out = _mix(out, (222, 118, 80), 0.7 * _step(table[column % 64, row % 64], 0.74, 0.1))
    out = out * (1 + 0.07 * noise(n, 90, rng))[..., None]
    out = _mix(out, (236, 150, 116), 0.5 * (1 - _step(fy, 2.0, 0.8)))
    out = _mix(out, (110, 40, 36), 0.45 * _step(fy, h - 1.9, 0.6))
    return _mix((232, 222, 206), out, _step(gap, 0.85, 0.35))


def _wood(x: Plane, y: Plane, k: float, rng: np.random.Generator) -> Plane:
    n = len(x)
    plank = 27.0 * k
    number = np.floor(x / plank).astype(int)
    table = rng.random((64, 4)).astype(np.float32)
    chance = table[number % 64]
    px = x - (number + 0.5) * plank
    py = (y + chance[..., 0] * 90) % 84.0 - 42.0
    knot = np.exp(-((px / (6.5 * k)) ** 2 + (py / (11 * k)) ** 2))
    sway = noise(n, 6, rng) * 5 + noise(n, 12, rng) * 1.8
    ring = (np.abs(px) * 0.42 + sway + 13 * knot + chance[..., 1] * 9) / (2.15 * k)
    grain = 0.5 + 0.5 * np.cos(2 * np.pi * ring)
    base = _mix((214, 154, 92), (190, 126, 68), chance[..., 2])
    out = _mix(base, (126, 74, 36), 0.85 * grain**2)
    out = _mix(out, (92, 50, 26), 0.9 * _step(knot, 0.72, 0.16))
    edge = plank / 2 - np.abs(px)
    return _mix(out, (78, 44, 26), 1 - _step(edge, 0.65, 0.3))


def _honeycomb(x: Plane, y: Plane, k: float, rng: np.random.Generator) -> Plane:
    w = 13.5 * k
    d1, d2, ox, oy, v = _cells(x, y, w, w * 0.866, 0.0, rng, True)
    wall = d2 - d1
    full = _step(v, 0.30, 0.02)
    deep = _mix((150, 78, 10), (198, 112, 14), _step(oy, 0.0, 9.0))
    honey = _mix((255, 186, 30), (236, 138, 14), _step(ox + oy, 2.0, 12.0))
    out = _mix(deep, honey, full)
    glint = (1 - _step(np.hypot(ox + 1.6, (oy + 1.9) * 1.3), 1.35, 0.8)) * full
    out = _mix(out, (255, 240, 170), 0.9 * glint)
    out = _mix(out, (140, 72, 10), 0.7 * (1 - _step(wall, 4.3, 0.9)))
    return _mix(out, (255, 220, 112), 1 - _step(wall, 2.5, 0.5))


def _zebra(x: Plane, y: Plane, k: float, rng: np.random.Generator) -> Plane:
    n = len(x)
    bend = noise(n, 5, rng) * 9 + noise(n, 10, rng) * 2.6
    angle = rng.uniform(-0.5, 0.5)
    phase = (x * np.cos(angle) + y * np.sin(angle) + bend) / (14.0 * k)
    wave = np.cos(2 * np.pi * phase) + 0.35 * noise(n, 9, rng)
    coat = _mix((252, 248, 238), (232, 224, 210), 0.5 + 0.5 * noise(n, 9, rng))
    return _mix(coat, (36, 32, 40), _step(wave, 0.04, 0.26))


def _giraffe(x: Plane, y: Plane, k: float, rng: np.random.Generator) -> Plane:
    n = len(x)
    wx, wy = x + noise(n, 22, rng) * 0.9, y + noise(n, 22, rng) * 0.9
    d1, d2, _, _, v = _cells(wx, wy, 16.5 * k, 15.5 * k, 0.62, rng, True)
    patch = _mix((178, 100, 42), (144, 74, 32), v)
    patch = _mix(patch, (112, 56, 26), 0.6 * (1 - _step(d1, 3.0, 6.0)))
    return _mix((250, 224, 166), patch, _step(d2 - d1, 3.1, 0.6))


def _pig(x: Plane, y: Plane, k: float, rng: np.random.Generator) -> Plane:
    n = len(x)
    out = _mix((252, 178, 182), (242, 150, 162), 0.5 + 0.5 * noise(n, 7, rng))
    d, _, _, _, v = _cells(x, y, 40 * k, 36 * k, 0.7, rng, True)
    edge = d + noise(n, 24, rng) * 1.6
    mud = (1 - _step(edge, 5.0 + 3.0 * v, 1.2)) * _step(v, 0.42, 0.02)
    out = _mix(out, (206, 104, 122), 0.75 * mud)
    ox = x + noise(n, 30, rng)
    hair = _cells(ox, y, 8.5 * k, 9.5 * k, 0.8, rng, True)
    bristle = np.maximum(np.abs(hair[2] + hair[3] * 0.35) / 0.5, np.abs(hair[3]) / 1.9)
    return _mix(out, (222, 122, 138), 0.65 * (1 - _step(bristle, 1.0, 0.4)))


_MAKERS = {
    "mango": _mango,
    "strawberry": _strawberry,
    "watermelon": _watermelon,
    "pineapple": _pineapple,
    "bricks": _bricks,
    "wood": _wood,
    "honeycomb": _honeycomb,
    "zebra": _zebra,
    "giraffe": _giraffe,
    "pig": _pig,
}


@lru_cache(maxsize=len(_MAKERS) * VARIANTS)
def tile(texture: str, resolution: int, variant: int = 0) -> Image.Image:
    """A skin as an RGB picture that spans 1.5 pictures a side.

    Args:
        texture: one of `facts.TEXTURES`.
        resolution: pixels of a whole picture; the tile has 1.5 times as many a side.
        variant: 0..5, each of its own scale and arrangement.

    Raises:
        KeyError: an unknown texture.
    """
    make = _MAKERS[texture]
    name = sum(ord(c) * 31**i for i, c in enumerate(texture)) % 2**31
    rng = np.random.default_rng([name, variant])
    k = 0.92 + 0.05 * (variant % VARIANTS)
    n = resolution * SPAN // 128
    fine = n if resolution > 384 else n * 3 // 4  # at 128 pixels a picture, this is fine enough
    y, x = (np.mgrid[0:fine, 0:fine].astype(np.float32) + 0.5) * np.float32(SPAN / fine)
    pixels = make(x, y, k, rng)
    whole = Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))
    return whole if fine == n else whole.resize((n, n), Image.Resampling.BICUBIC)


def skin(texture: str, pixels: int, rng: np.random.Generator) -> Image.Image:
    """A canvas-sized paint [pixels x pixels] of a texture at a random place, scale and tint."""
    variant = int(rng.integers(VARIANTS))
    ox, oy = rng.random(2)
    warm, light = rng.uniform(-1, 1, 2)
    resolution = 256 if pixels <= 256 else 512
    whole = tile(texture, resolution, variant)
    free = whole.width - resolution
    left, upper = round(float(ox) * free), round(float(oy) * free)
    sheet = whole.crop((left, upper, left + resolution, upper + resolution))
    if resolution != pixels:
        sheet = sheet.resize((pixels, pixels), Image.Resampling.BICUBIC)
    gains = (1 + 0.03 * light + 0.025 * warm, 1 + 0.03 * light, 1 + 0.03 * light - 0.03 * warm)
    ramp = np.arange(256)[None] * np.array(gains)[:, None]
    sheet = sheet.point(np.minimum(np.rint(ramp), 255).astype(int).ravel().tolist())
    sheet.info["average"] = mean(sheet)  # the paint's edges ask for it again and again
    return sheet


def mean(paint: Image.Image) -> tuple[int, int, int]:
    """The average colour of a paint, taken once per paint and kept with it."""
    kept = paint.info.get("average")
    if isinstance(kept, tuple):
        return (int(kept[0]), int(kept[1]), int(kept[2]))
    small = paint.reduce(max(1, paint.width // 4)).resize((1, 1), Image.Resampling.BOX)
    r, g, b = np.asarray(small)[0, 0]
    return (int(r), int(g), int(b))
