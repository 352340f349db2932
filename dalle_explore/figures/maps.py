"""Maps of patches: a fixed scale for each kind of number, whatever the picture, and a legend."""

import dataclasses
import math

import numpy as np
from jaxtyping import Float
from matplotlib.colors import Colormap, LinearSegmentedColormap

from dalle_explore.figures.page import Page

__all__ = ["DIFFERENCE", "SURPRISE", "Scale", "entropy_scale", "heat", "legend"]

_OPEN = LinearSegmentedColormap.from_list(
    # From the paper to a dark brown, always darker: it reads in grey, too. The upper half of
    # differences has the same hues.
    "open",
    ["#fbf8f0", "#fce4b4", "#f8b85f", "#e27d1e", "#a94d0a", "#5c2a08"],
)
_GRID = "#1f1c1820"
_BAR = 14  # pixels: height of a legend's bar


@dataclasses.dataclass(frozen=True)
class Scale:
    """What colours mean; values beyond the ends have the colour of the end."""

    low: float
    high: float
    colours: str | Colormap  # safe for the colour-blind
    ticks: tuple[tuple[float, str], ...]
    unit: str = "bits"


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


def heat(
    page: Page,
    values: Float[np.ndarray, "rows columns"],
    scale: Scale,
    left: float,
    top: float,
    side: float,
) -> None:
    """Draw a value a patch, with the grid between patches; what is not a number is hatched."""
    rows, columns = values.shape
    height = side * rows / columns
    page.image(
        np.ma.masked_invalid(values),
        left,
        top,
        side,
        height,
        cmap=scale.colours,
        vmin=scale.low,
        vmax=scale.high,
    )
    page.hatch(np.isnan(values), left, top, side)
    step = side / columns
    ys = [top + row * step for row in range(1, rows)]
    xs = [left + column * step for column in range(1, columns)]
    page.lines([[(left, y), (left + side, y)] for y in ys], _GRID, 0.35)
    page.lines([[(x, top), (x, top + height)] for x in xs], _GRID, 0.35)


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
    steps = np.linspace(scale.low, scale.high, 256)[None]
    page.image(steps, left, top, width, _BAR, cmap=scale.colours, vmin=scale.low, vmax=scale.high)
    for value, words in scale.ticks:
        share = (value - scale.low) / (scale.high - scale.low)
        side = "left" if share == 0 else "right" if share == 1 else "center"
        page.write(left + share * width, top + _BAR + 3.6 * size, words, size, ha=side)
