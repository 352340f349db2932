"""Maps of patches: a fixed scale for each kind of number, whatever the picture, and a legend."""

import dataclasses
import functools
import math

import matplotlib
import numpy as np
from jaxtyping import Float
from matplotlib.colors import Colormap, FuncNorm, LinearSegmentedColormap, Normalize, to_hex
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike

from dalle_explore.figures.page import Page

__all__ = [
    "BITS",
    "CORRELATION",
    "DIFFERENCE",
    "FAR",
    "SHARE",
    "SIGNED_SHARE",
    "SURPRISE",
    "Scale",
    "effect_scale",
    "entropy_scale",
    "heat",
    "legend",
]

_OPEN = LinearSegmentedColormap.from_list(
    # From the paper to a dark brown, always darker: it reads in grey, too. The upper half of
    # differences has the same hues.
    "open",
    ["#fbf8f0", "#fce4b4", "#f8b85f", "#e27d1e", "#a94d0a", "#5c2a08"],
)
_GRID = "#1f1c1820"
_BAR = 14  # pixels: height of a legend's bar


def _bent(values: ArrayLike, power: float) -> np.ndarray:
    given = np.asarray(values, dtype=float)
    bent: np.ndarray = np.sign(given) * np.abs(given) ** power
    return bent


@dataclasses.dataclass(frozen=True)
class Scale:
    """What colours mean; values beyond the ends have the colour of the end."""

    low: float
    high: float
    colours: str | Colormap  # safe for the colour-blind
    ticks: tuple[tuple[float, str], ...]
    unit: str = "bits"
    power: float = 1.0  # of values, on both sides of 0: 1/2 and 1/3 tell small ones apart

    def norm(self) -> Normalize:
        """Return matplotlib's form of it: from values to 0 .. 1."""
        if self.power != 1:
            there, back = (functools.partial(_bent, power=p) for p in (self.power, 1 / self.power))
            return FuncNorm((there, back), self.low, self.high)
        return Normalize(self.low, self.high)

    def place(self, value: float) -> float:
        """Return where a value lies between the ends, 0 to 1."""
        return min(max(float(self.norm()(value)), 0.0), 1.0)

    def colour(self, value: float) -> str:
        """Return the colour of a value, as #rrggbb."""
        colours = self.colours
        colours = matplotlib.colormaps[colours] if isinstance(colours, str) else colours
        return to_hex(colours(self.place(value)))


def entropy_scale(codebook_size: int) -> Scale:
    """Return the scale of entropies: from sure to all codes alike."""
    most = math.log2(codebook_size)
    step = 4 if most > 6 else 2 if most > 3 else 1
    marks = [float(bits) for bits in range(0, math.floor(most) + 1, step)]
    return Scale(0, most, _OPEN, tuple((bits, f"{bits:g}") for bits in marks))


SURPRISE = Scale(0, 16, _OPEN, ((0, "0"), (4, "4"), (8, "8"), (12, "12"), (16, "≥ 16")), "bits")
DIFFERENCE = Scale(
    -6,
    6,
    "PuOr_r",
    ((-6, "≤ −6"), (-3, "−3"), (0, "0"), (3, "+3"), (6, "≥ +6")),
    "bits",
)


# Shares are small nearly everywhere, and so are bits: one patch takes 0.1 % to 10 % of what it
# reads from a word, and what a head reads may be one word alone.
_SHARES = ((0.001, "0.1 %"), (0.01, "1 %"), (0.05, "5 %"), (0.2, "20 %"))
SHARE = Scale(0, 0.5, _OPEN, ((0, "0"), *_SHARES, (0.5, "≥ 50 %")), "of all it reads", 1 / 3)
SIGNED_SHARE = Scale(
    -0.5,
    0.5,
    "PuOr_r",
    (
        (-0.5, "≤ −50 %"),
        (-0.05, "−5 %"),
        (-0.005, "−0.5 %"),
        (0, "0"),
        (0.005, "+0.5 %"),
        (0.05, "+5 %"),
        (0.5, "≥ +50 %"),
    ),
    "of all it reads",
    1 / 3,
)
BITS = Scale(
    -8,
    8,
    "PuOr_r",
    ((-8, "≤ −8"), (-4, "−4"), (-1, "−1"), (0, "0"), (1, "+1"), (4, "+4"), (8, "≥ +8")),
    "bits",
    1 / 2,
)
FAR = Scale(0, 16, _OPEN, ((0, "0"), (1, "1"), (4, "4"), (16, "≥ 16")), "bits", 1 / 2)
CORRELATION = Scale(-1, 1, "PuOr_r", ((-1, "−1"), (0, "0"), (1, "+1")), "")


def effect_scale(patches: int) -> Scale:
    """Return the scale of bits over a whole picture: up to one bit for each of its patches."""
    ticks = [0.0, patches / 32, patches / 4]
    marks = [(-tick, f"−{tick:,.4g}") for tick in ticks[:0:-1]]
    marks += [(0.0, "0"), *((tick, f"+{tick:,.4g}") for tick in ticks[1:])]
    ends = (-patches, f"≤ −{patches:,}"), (patches, f"≥ +{patches:,}")
    return Scale(
        -patches,
        patches,
        BITS.colours,
        (ends[0], *marks, ends[1]),
        "bits over the picture",
        BITS.power,
    )


def heat(
    page: Page,
    values: Float[np.ndarray, "rows columns"],
    scale: Scale,
    left: float,
    top: float,
    side: float,
    alpha: float = 1.0,
) -> AxesImage:
    """Draw a value a patch, with the grid between patches; what is not a number is hatched.

    Args:
        page: to draw on.
        values: one a patch.
        scale: what colours mean.
        left: of the map.
        top: of the map.
        side: width of the map; patches are square.
        alpha: how much of what lies below is covered.
    """
    rows, columns = values.shape
    height = side * rows / columns
    image = page.image(
        np.ma.masked_invalid(values),
        left,
        top,
        side,
        height,
        cmap=scale.colours,
        norm=scale.norm(),
        alpha=alpha,
    )
    page.hatch(np.isnan(values), left, top, side)
    step = side / columns
    ys = [top + row * step for row in range(1, rows)]
    xs = [left + column * step for column in range(1, columns)]
    page.lines([[(left, y), (left + side, y)] for y in ys], _GRID, 0.35)
    page.lines([[(x, top), (x, top + height)] for x in xs], _GRID, 0.35)
    return image


def legend(page: Page, scale: Scale, left: float, top: float, width: float, size: float) -> None:
    """Draw the bar of a scale with its ticks.

    Args:
        page: to draw on.
        scale: what colours mean.
        left: of the bar.
        top: of the bar.
        width: of the bar.
        size: of the letters, in points.
    """
    norm = scale.norm()
    low, high = _bent([scale.low, scale.high], scale.power).tolist()
    steps = _bent(np.linspace(low, high, 256), 1 / scale.power)[None]
    page.image(steps, left, top, width, _BAR, cmap=scale.colours, norm=norm)
    for value, words in scale.ticks:
        share = scale.place(value)
        side = "left" if share == 0 else "right" if share == 1 else "center"
        page.write(left + share * width, top + _BAR + 3.6 * size, words, size, ha=side)
