"""How the five manners look: papers, strokes, tubes and the last touch over a whole picture."""

import colorsys
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

Colour = tuple[int, int, int]

PAPER: Colour = (248, 244, 234)
NEON_DARK: Colour = (17, 13, 34)
NEON_DIM = 0.20


def average(picture: Image.Image) -> Colour:
    """The mean colour of a picture; a paint may carry it along as `info["average"]`."""
    known = picture.info.get("average")
    if known is not None:
        return known
    r, g, b = picture.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    return (int(r), int(g), int(b))


def tube(colour: Colour) -> Colour:
    """A colour as a lit glass tube: clear hue, full value; near-blacks and grays are white."""
    h, s, v = colorsys.rgb_to_hsv(colour[0] / 255, colour[1] / 255, colour[2] / 255)
    if s < 0.22 or v < 0.2:
        return (196, 208, 232) if v < 0.75 else (240, 244, 255)
    r, g, b = colorsys.hsv_to_rgb(h, min(1.0, max(s, 0.5) * 1.12), 1.0)
    return (round(r * 255), round(g * 255), round(b * 255))


def crayon(colour: Colour) -> Colour:
    """A colour as a coloured pencil leaves it: a little paler, hue kept."""
    return (
        round(colour[0] + (PAPER[0] - colour[0]) * 0.10),
        round(colour[1] + (PAPER[1] - colour[1]) * 0.10),
        round(colour[2] + (PAPER[2] - colour[2]) * 0.10),
    )


@lru_cache(maxsize=1)
def blob() -> Image.Image:
    """A soft round L mask, 96 x 96."""
    y, x = np.mgrid[-1:1:96j, -1:1:96j]
    g = np.clip(1 - np.hypot(x, y), 0, 1)
    g = g * g * (3 - 2 * g)
    return Image.fromarray((g * 255).astype(np.uint8))


def noise(size: int, cells: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Smooth noise in -1..1: random values on a coarse grid, enlarged."""
    grid = (rng.random((cells, cells)) * 255).astype(np.uint8)
    big = Image.fromarray(grid).resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(big, dtype=np.float32) / 127.5 - 1


@lru_cache(maxsize=4)
def hatching(pixels: int) -> Image.Image:
    """Diagonal pencil strokes with uneven pressure, an L mask of the whole canvas."""
    rng = np.random.default_rng(20210105)
    unit = pixels / 128
    y, x = np.mgrid[0:pixels, 0:pixels].astype(np.float32) / unit
    bend = noise(pixels, 9, rng) * 1.1
    stroke = 0.5 + 0.5 * np.sin((x * 0.82 + y * 0.57 + bend) * 2 * np.pi / 2.9)
    pressure = 0.5 + 0.5 * noise(pixels, 40, rng)
    grain = noise(pixels, 100, rng) * 0.12
    value = np.clip(0.66 + 0.34 * stroke**0.7 * (0.55 + 0.6 * pressure) - 0.12 + grain, 0.42, 1)
    return Image.fromarray((value * 255).astype(np.uint8))


def wobble(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """A slow drift of a hand along n points, [n 2], about unit size."""
    knots = rng.normal(0, 0.6, (6, 2))
    t = np.linspace(0, 5, n)
    low = np.minimum(t.astype(int), 4)
    share = (t - low)[:, None]
    return knots[low] * (1 - share) + knots[low + 1] * share


@lru_cache(maxsize=8)
def _paper(size: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(7)
    unit = max(1, size // 128)
    return noise(size, size // unit // 2, rng) * 0.6 + noise(size, size // unit // 5, rng) * 0.4


@lru_cache(maxsize=32)
def _drift(
    size: int, variant: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """Where the edges of one of 16 sheets wander [size size], and pigment pools at half size."""
    rng = np.random.default_rng(1000 + variant)
    unit = size / 128
    y, x = np.mgrid[0:size, 0:size]
    dx = noise(size, 13, rng) * 0.8 * unit + noise(size, 40, rng) * 0.3 * unit
    dy = noise(size, 13, rng) * 0.8 * unit + noise(size, 40, rng) * 0.3 * unit
    pool = noise(size // 2, 7, rng) * 0.6 + noise(size // 2, 18, rng) * 0.4
    return (
        np.clip(np.rint(y + dy), 0, size - 1).astype(np.intp),
        np.clip(np.rint(x + dx), 0, size - 1).astype(np.intp),
        pool.astype(np.float32),
    )


def finish(canvas: Image.Image, manner: str, size: int, rng: np.random.Generator) -> Image.Image:
    """From the supersampled canvas to the picture, RGB size x size."""
    if manner == "pixel art":
        return _pixels(canvas, size)
    if manner == "watercolour":
        return _watercolour(canvas, size, int(rng.integers(16)))
    small = canvas.reduce(canvas.width // size)
    if manner == "neon sign":
        return _neon(small, size)
    if manner == "pencil sketch":
        return _sketch(small, size)
    return small


PIXEL_GRID = 64
_STEPS = np.array(
    [round(round(value / 255 * 12) / 12 * 255) for value in range(256)], dtype=np.uint8
)


def _pixels(canvas: Image.Image, size: int) -> Image.Image:
    """A grid of hard pixels, thirteen steps a channel."""
    tiny = canvas.resize((PIXEL_GRID, PIXEL_GRID), Image.Resampling.BOX, reducing_gap=1.0)
    return Image.fromarray(_STEPS[np.asarray(tiny)]).resize((size, size), Image.Resampling.NEAREST)


def _neon(small: Image.Image, size: int) -> Image.Image:
    """Light spills: what is brighter than the dark wall glows into it."""
    unit = size / 128
    half = small.reduce(2)
    half = ImageChops.subtract(half, Image.new("RGB", half.size, (58, 58, 58)))
    near = half.filter(ImageFilter.BoxBlur(1.2 * unit)).resize(
        (size, size), Image.Resampling.BILINEAR
    )
    far = half.filter(ImageFilter.BoxBlur(4.5 * unit)).resize(
        (size, size), Image.Resampling.BILINEAR
    )
    spill = Image.blend(near, far, 0.5)
    return ImageChops.screen(small, spill)


def _watercolour(canvas: Image.Image, size: int, variant: int) -> Image.Image:
    """Edges wander, pigment pools and dries darker at the rim, the paper shows."""
    rows, columns, pool = _drift(canvas.width, variant)
    small = Image.fromarray(np.asarray(canvas)[rows, columns]).reduce(2)
    soft = small.filter(ImageFilter.BoxBlur(1.2 * size / 128))
    a = np.asarray(small).astype(np.float32)
    rim = np.clip(np.asarray(soft).astype(np.float32) - a, 0, 40) * 0.8
    wash = np.clip(0.17 + 0.10 * pool[..., None], 0, 1)
    a = a + (252 - a) * wash - rim + _paper(size)[..., None] * 5.0
    return Image.fromarray(np.clip(a, 0, 255).astype(np.uint8))


def _sketch(small: Image.Image, size: int) -> Image.Image:
    """Paper grain over everything."""
    a = np.asarray(small, dtype=np.float32) + _paper(size)[..., None] * 5.0
    return Image.fromarray(np.clip(a, 0, 255).astype(np.uint8))
