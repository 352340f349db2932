"""The brush: shapes in, a finished picture out, in any of the five manners.

A drawing function only says *what* is there (`brush.fill(points, colour)`, `brush.line(...)`); the
brush decides how that looks as an illustration, a pencil sketch, pixel art, a neon sign or a
watercolour, so that every fact
exists in every manner. Coordinates are unit: (0, 0) is the upper left corner, (1, 1) the lower
right. Drawing is
supersampled and box-filtered.
"""

import colorsys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from dalle_explore.world import manners
from dalle_explore.world.outlines import Points, ellipse

Colour = tuple[int, int, int]

INK: Colour = (52, 44, 62)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Colour a with `share` (0..1) of colour b in it."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def darker(c: Colour, share: float = 0.35) -> Colour:
    """Towards a warm violet black, as printed shadows are."""
    return mix(c, (38, 24, 56), share)


def lighter(c: Colour, share: float = 0.35) -> Colour:
    """Towards a warm white."""
    return mix(c, (255, 253, 244), share)


def vary(
    c: Colour,
    rng: np.random.Generator,
    hue: float = 0.012,
    value: float = 0.05,
    saturation: float = 0.06,
) -> Colour:
    """A neighbour of a colour: hue in turns, value and saturation as shares."""
    h, s, v = colorsys.rgb_to_hsv(c[0] / 255, c[1] / 255, c[2] / 255)
    d = rng.uniform(-1, 1, 3)
    h = (h + hue * d[0]) % 1.0
    s = min(1.0, max(0.0, s * (1 + saturation * d[1])))
    v = min(1.0, max(0.0, v * (1 + value * d[2])))
    r, g, b = colorsys.hsv_to_rgb(h, s, v)
    return (round(r * 255), round(g * 255), round(b * 255))


@lru_cache(maxsize=4)
def _light_map(kind: str) -> Image.Image:
    """Soft light from the upper left, an L mask of 64 x 64: where a form is dark, or bright."""
    y, x = np.mgrid[0:64, 0:64] / 63.0
    if kind == "shade":
        d = np.hypot(x - 0.34, y - 0.28)
        g = np.clip((d - 0.34) / 0.62, 0, 1) ** 1.35
    else:
        d = np.hypot((x - 0.33) / 0.9, y - 0.25)
        g = np.clip(1 - d / 0.42, 0, 1) ** 1.6
    return Image.fromarray((g * 255).astype(np.uint8))


@lru_cache(maxsize=1500)
def _form(kind: str, percent: int, width: int, height: int) -> Image.Image:
    faint = _faded(_light_map(kind), percent / 100)
    return faint.resize((width, height), Image.Resampling.BILINEAR)


def _faded(mask: Image.Image, share: float) -> Image.Image:
    """A mask or picture times a share; `multiply` beats `point`, which rebuilds its table."""
    level = round(share * 255)
    return ImageChops.multiply(
        mask, Image.new(mask.mode, mask.size, level if mask.mode == "L" else (level,) * 3)
    )


class Brush:
    """A canvas that knows its manner.

    Args:
        size: pixels on a side of the finished picture.
        manner: one of the five manners.
        rng: draws the small irregularities of the hand.
    """

    def __init__(
        self, size: int = 128, manner: str = "illustration", rng: np.random.Generator | None = None
    ):
        self.size = size
        self.manner = manner
        self.rng = rng if rng is not None else np.random.default_rng(0)
        self.over = 2
        self.pixels = size * self.over
        self.canvas = Image.new("RGB", (self.pixels, self.pixels), (255, 255, 255))
        self.pen = ImageDraw.Draw(self.canvas)
        self.parts: dict[str, Image.Image] | None = None
        self._part: list[str] = []
        self.dark = manner == "neon sign"

    # -- parts: which pixels belong to which role --------------------

    @contextmanager
    def part(self, role: str) -> Iterator[None]:
        """Everything drawn inside belongs to this role (kept only when parts are recorded)."""
        self._part.append(role)
        try:
            yield
        finally:
            self._part.pop()

    def record_parts(self) -> None:
        """Keep an L mask per role from now on, at the supersampled size."""
        self.parts = {}

    def _note(self, mask: Image.Image, at: tuple[int, int]) -> None:
        if self.parts is None:
            return
        region = (at[0], at[1], at[0] + mask.width, at[1] + mask.height)
        for sheet in self.parts.values():
            sheet.paste(0, region, mask)
        for role in set(self._part):
            if role not in self.parts:
                self.parts[role] = Image.new("L", self.canvas.size, 0)
            self.parts[role].paste(255, region, mask)

    # -- shapes --------------------

    def _mask(self, points: Points) -> tuple[Image.Image, tuple[int, int]] | None:
        px = points * self.pixels
        x0, y0 = np.floor(px.min(0)).astype(int) - 1
        x1, y1 = np.ceil(px.max(0)).astype(int) + 2
        x0, y0 = max(int(x0), 0), max(int(y0), 0)
        # why: sizes in steps of eight let the light maps be shared between shapes
        x1, y1 = (
            min(x0 + -(-int(x1 - x0) // 8) * 8, self.pixels),
            min(y0 + -(-int(y1 - y0) // 8) * 8, self.pixels),
        )
        if x1 - x0 < 1 or y1 - y0 < 1:
            return None
        mask = Image.new("L", (x1 - x0, y1 - y0), 0)
        ImageDraw.Draw(mask).polygon((px - (x0, y0)).ravel().tolist(), fill=255)
        return mask, (x0, y0)

    def fill(
        self,
        points: Points,
        paint: "Colour | Image.Image",
        *,
        edge: bool | Colour = True,
        shade: float = 0.32,
        shine: float = 0.0,
        width: float = 0.007,
        alpha: float = 1.0,
    ) -> None:
        """A closed shape.

        Args:
            points: float [points 2], unit coordinates.
            paint: a colour, or a texture tile (RGB picture as large as the canvas; its average
                stands for edges).
            edge: outline in a darker tone of the paint (True), in a colour of its own, or none
                (False).
            shade: how strongly the form turns dark away from the light, 0..1.
            shine: how strong a highlight sits on it, 0..1.
            width: of the outline, in units of the picture.
            alpha: opacity of the inside, 0..1 (glass, ghosts).
        """
        texture = paint if isinstance(paint, Image.Image) else None
        colour: Colour = manners.average(texture) if texture is not None else paint  # type: ignore[assignment]
        lit = self.manner not in ("pencil sketch", "neon sign")
        spread = float((points.max(0) - points.min(0)).max()) * self.pixels
        shaded = lit and (shade > 0 or shine > 0) and spread > 14
        if lit and alpha >= 1 and texture is None and not shaded and self.parts is None:
            self.pen.polygon((points * self.pixels).ravel().tolist(), fill=colour)
        elif alpha > 0 or self.parts is not None:
            self._inside(
                points, texture, colour, alpha, shade if shaded or not lit else 0.0, shine
            )
        if edge is not False:
            tone = darker(colour, 0.5) if edge is True else edge
            self._edge(points, tone, colour, width)

    def _inside(
        self,
        points: Points,
        texture: Image.Image | None,
        colour: Colour,
        alpha: float,
        shade: float,
        shine: float,
    ) -> None:
        """The body of a shape, as the manner paints it."""
        found = self._mask(points)
        if found is None:
            return
        mask, at = found
        if alpha > 0.25:
            self._note(mask, at)
        inside = mask if alpha >= 1 else _faded(mask, alpha)
        region = (at[0], at[1], at[0] + mask.width, at[1] + mask.height)
        if self.manner == "pencil sketch":
            self._hatch(texture, colour, inside, region, shade)
        elif self.manner == "neon sign" and texture is not None:
            self.canvas.paste(_faded(texture.crop(region), 0.62), region, inside)
        elif self.manner == "neon sign":
            glass = mix(manners.NEON_DARK, manners.tube(colour), manners.NEON_DIM)
            self.canvas.paste(glass, region, inside)
        else:
            self.canvas.paste(
                texture.crop(region) if texture is not None else colour, region, inside
            )
            strength = 1.25 if self.manner == "watercolour" else 1.0
            self._light(inside, region, "shade", darker(colour, 0.62), shade * strength)
            self._light(inside, region, "shine", (255, 255, 250), shine if shade else 0.0)

    def _light(
        self,
        mask: Image.Image,
        region: tuple[int, int, int, int],
        kind: str,
        colour: Colour,
        strength: float,
    ) -> None:
        if strength <= 0:
            return
        percent = min(100, round(strength * 100))
        # why: small pictures repeat the same few sizes; at 512 the maps would fill the memory
        make = _form if self.size <= 192 else _form.__wrapped__
        self.canvas.paste(
            colour, region, ImageChops.multiply(make(kind, percent, *mask.size), mask)
        )

    def _hatch(
        self,
        texture: Image.Image | None,
        colour: Colour,
        mask: Image.Image,
        region: tuple[int, int, int, int],
        shade: float,
    ) -> None:
        """Coloured pencil: strokes on paper, denser where the form is dark."""
        grain = manners.hatching(self.pixels).crop(region)
        self.canvas.paste(manners.PAPER, region, mask)
        layer = ImageChops.multiply(grain, mask)
        if texture is not None:
            self.canvas.paste(texture.crop(region), region, layer)
        else:
            self.canvas.paste(manners.crayon(colour), region, layer)
        if shade and max(mask.size) > 24:
            self._light(mask, region, "shade", darker(colour, 0.5), 0.5 * shade)

    def _edge(self, points: Points, tone: Colour, colour: Colour, width: float) -> None:
        closed = np.concatenate([points, points[:2]])
        if self.manner == "pencil sketch":
            self._graphite(closed, mix(tone, (70, 66, 74), 0.55), width)
        elif self.manner == "neon sign":
            self._tube(closed, manners.tube(colour), width)
        elif self.manner == "watercolour":
            self._stroke(closed, mix(tone, colour, 0.45), width * 0.7)
        else:
            self._stroke(closed, tone, width)

    def _stroke(self, points: Points, colour: Colour, width: float) -> None:
        w = max(1, round(width * self.pixels))
        # why: joints of thin lines cannot be seen, and cost more than the line
        joint = "curve" if w > 4 else None
        self.pen.line((points * self.pixels).ravel().tolist(), fill=colour, width=w, joint=joint)

    def _graphite(self, points: Points, colour: Colour, width: float) -> None:
        n = len(points)
        for _ in range(2):
            drift = manners.wobble(n, self.rng) * 0.0035
            self._stroke(points + drift, colour, width * 0.62)

    def _tube(self, points: Points, colour: Colour, width: float) -> None:
        w = max(width, 0.007)
        self._stroke(points, mix(manners.NEON_DARK, colour, 0.55), w * 2.1)
        self._stroke(points, colour, w * 1.35)
        self._stroke(points, lighter(colour, 0.65), w * 0.6)

    def line(
        self, points: Points | Sequence[tuple[float, float]], colour: Colour, width: float = 0.01
    ) -> None:
        """An open stroke with round ends; `width` in units of the picture."""
        p = np.asarray(points, dtype=float)
        self._note_stroke(p, width)
        if self.manner == "pencil sketch":
            self._round(p, manners.crayon(colour), width)
            if width > 0.012:
                self._graphite(p, mix(colour, (70, 66, 74), 0.5), 0.006)
            return
        if self.manner == "neon sign":
            tube = manners.tube(colour)
            w = min(max(width, 0.007), 0.016)
            self._stroke(p, mix(manners.NEON_DARK, tube, 0.55), w * 1.9)
            self._round(p, tube, w * 1.3)
            self._stroke(p, lighter(tube, 0.65), w * 0.6)
            return
        self._round(p, colour, width)

    def _note_stroke(self, p: Points, width: float) -> None:
        if self.parts is None:
            return
        sheet = Image.new("L", self.canvas.size, 0)
        w = max(1, round(width * self.pixels))
        ImageDraw.Draw(sheet).line(
            (p * self.pixels).ravel().tolist(), fill=255, width=w, joint="curve"
        )
        self._note(sheet, (0, 0))

    def _round(self, p: Points, colour: Colour, width: float) -> None:
        self._stroke(p, colour, width)
        r = width * self.pixels / 2
        if r >= 1.5:
            for x, y in (p[0] * self.pixels, p[-1] * self.pixels):
                self.pen.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    def limb(
        self, points: Points | Sequence[tuple[float, float]], colour: Colour, width: float = 0.05
    ) -> None:
        """A thick outlined stroke: an arm, a leg, a handle."""
        p = np.asarray(points, dtype=float)
        if self.manner == "neon sign":
            self.line(p, colour, width)
            return
        self._note_stroke(p, width)
        edge = mix(
            darker(colour, 0.5), (70, 66, 74), 0.55 if self.manner == "pencil sketch" else 0.0
        )
        self._round(p, edge, width + 0.012)
        self._round(p, colour if self.manner != "pencil sketch" else manners.crayon(colour), width)

    def dot(self, x: float, y: float, r: float, colour: Colour) -> None:
        """A small filled disc without an outline: an eye, a star, a snowflake."""
        s = self.pixels
        if self.dark and sum(colour) < 240:
            colour = (225, 235, 255)
        self.pen.ellipse(((x - r) * s, (y - r) * s, (x + r) * s, (y + r) * s), fill=colour)
        if self.parts is not None:
            found = self._mask(ellipse(x, y, r, r, n=12))
            if found is not None:
                self._note(*found)

    def ellipse(
        self,
        cx: float,
        cy: float,
        rx: float,
        ry: float,
        paint: "Colour | Image.Image",
        angle: float = 0.0,
        **how: Any,
    ) -> None:
        """`fill` of an ellipse."""
        self.fill(ellipse(cx, cy, rx, ry, angle), paint, **how)

    def shadow(self, cx: float, cy: float, rx: float, ry: float, strength: float = 0.28) -> None:
        """A soft contact shadow on the ground."""
        if self.dark:
            return
        s = self.pixels
        w, h = max(2, round(2.6 * rx * s)), max(2, round(2.6 * ry * s))
        soft = manners.blob().resize((w, h), Image.Resampling.BILINEAR)
        soft = _faded(soft, strength)
        self.canvas.paste((46, 34, 66), (round(cx * s - w / 2), round(cy * s - h / 2)), soft)

    def glow(self, cx: float, cy: float, r: float, colour: Colour, strength: float = 0.5) -> None:
        """Soft light around a point: the moon's halo, a lamp."""
        s = self.pixels
        w = max(2, round(2 * r * s))
        soft = manners.blob().resize((w, w), Image.Resampling.BILINEAR)
        share = strength * (0.5 if self.manner in ("neon sign", "pencil sketch") else 1.0)
        soft = _faded(soft, share)
        self.canvas.paste(colour, (round(cx * s - w / 2), round(cy * s - w / 2)), soft)

    def wash(self, top: Colour, bottom: Colour, y0: float = 0.0, y1: float = 1.0) -> None:
        """A vertical gradient over the full width between two heights: skies and grounds."""
        s = self.pixels
        a, b = round(y0 * s), round(y1 * s)
        if b <= a:
            return
        if self.manner == "pencil sketch":
            top, bottom = manners.crayon(top), manners.crayon(bottom)
        elif self.dark:
            top, bottom = mix(manners.NEON_DARK, top, 0.07), mix(manners.NEON_DARK, bottom, 0.07)
        ramp = np.linspace(0, 1, b - a)[:, None, None]
        strip = np.array(top)[None, None] * (1 - ramp) + np.array(bottom)[None, None] * ramp
        band = Image.fromarray((strip + 0.5).astype(np.uint8)).resize(
            (s, b - a), Image.Resampling.NEAREST
        )
        if self.manner == "pencil sketch":
            grain = manners.hatching(s).crop((0, a, s, b))
            self.canvas.paste(manners.PAPER, (0, a, s, b))
            self.canvas.paste(band, (0, a), _faded(grain, 0.6))
        else:
            self.canvas.paste(band, (0, a))

    def texture(self, tile: Image.Image, x: float, y: float) -> Image.Image:
        """A canvas-sized paint from a tile whose upper left corner is laid at (x, y)."""
        sheet = Image.new("RGB", self.canvas.size)
        px, py = round(x * self.pixels), round(y * self.pixels)
        for left in range(px % tile.width - tile.width, self.pixels, tile.width):
            for upper in range(py % tile.height - tile.height, self.pixels, tile.height):
                sheet.paste(tile, (left, upper))
        return sheet

    def finish(self) -> Image.Image:
        """The picture, RGB size x size, with the manner's last touch."""
        return manners.finish(self.canvas, self.manner, self.size, self.rng)
