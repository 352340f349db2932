"""What a picture depended on inside: the bits that each head, attention and MLP is worth."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dalle_explore.figures.maps import BITS, Scale, effect_scale, legend
from dalle_explore.figures.overlay import hatch_box, picture, veiled
from dalle_explore.figures.page import INK, Page
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.written import DEPENDED, TINY, bits_in_words, readable
from dalle_explore.instruments.ablation import Ablation

__all__ = ["ablation"]

_TALL, _LABEL, _GAP = 52, 110, 32  # pixels of the page: a cell, names of layers, between blocks
_NARROWEST = 82
_MAPS, _SIDE, _BETWEEN = 4, 240, 28
_HEAD, _KEY = 40, 96

_ASIDE = {
    "mean": "taken away: its mean stands in",
    "zero": "taken away: nothing stands in",
    "start": "taken away: it reads the first position only",
    "resample": "taken away: another picture stands in",
}


def ablation(ablation: Ablation, *, ax: Axes | None = None) -> Axes:
    """Draw the bits that are lost without each head, attention and MLP, and where most are lost.

    Colours have one fixed scale for every picture, spaced by square roots up to one bit for each
    of its patches, both ways; what was not asked is hatched.

    Args:
        ablation: what to show (see ``Inspection.ablate``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: one image for the heads, one for attention and MLP, hatching if there is
        any; the legend; then the picture, and a grey copy and a map of each of the parts that
        cost most, with a legend of bits at a patch.
    """
    layers, heads = ablation.totals.shape
    width = max((_MAPS + 1) * _SIDE + _MAPS * _BETWEEN, _LABEL + _GAP + (heads + 2) * _NARROWEST)
    wide = (width - _LABEL - _GAP) / (heads + 2)
    tall = _SIDE * ablation.subject.grid[0] / ablation.subject.grid[1]
    sheet = _HEAD + layers * _TALL
    page, left, top = plate(
        ax,
        f"“{ablation.subject.prompt}”",
        ablation.caption(),
        width,
        sheet + _KEY + 40 + _HEAD + tall + _KEY,
        heading=f"{DEPENDED}, inside",
        aside=_ASIDE[ablation.kind],
    )
    top += _HEAD
    x = left + _LABEL
    scale = effect_scale(ablation.mlp[0].size)
    _block(page, ablation.totals, [f"head {head}" for head in range(heads)], scale, x, top, wide)
    wholes = np.stack([ablation.attention.sum(axis=(1, 2)), ablation.mlp.sum(axis=(1, 2))], axis=1)
    across = x + heads * wide + _GAP
    _block(page, wholes, ["attention", "MLP"], scale, across, top, wide)
    for place, layer in enumerate(ablation.layers):
        page.write(x - 16, top + (place + 0.5) * _TALL + 9, f"layer {layer}", SMALL, ha="right")
    top += layers * _TALL
    legend(page, scale, x, top + 24, 560, SMALL)
    page.write(x + 560 + _GAP, top + 42, "bits over the picture", SMALL)
    _where(page, ablation, wholes, left, top + _KEY + 40 + _HEAD)
    return page.ax


def _block(
    page: Page,
    totals: np.ndarray,
    names: list[str],
    scale: Scale,
    left: float,
    top: float,
    wide: float,
) -> None:
    """Numbers on the colours of their scale, a column under each name."""
    rows, columns = totals.shape
    page.image(
        np.ma.masked_invalid(totals),
        left,
        top,
        columns * wide,
        rows * _TALL,
        cmap=scale.colours,
        norm=scale.norm(),
    )
    for column, name in enumerate(names):
        page.write(left + (column + 0.5) * wide, top - 14, name, TINY, ha="center")
    for (row, column), total in np.ndenumerate(totals):
        x, y = left + column * wide, top + row * _TALL
        if np.isnan(total):
            hatch_box(page, x, y, wide, _TALL)
            continue
        page.ax.add_patch(Rectangle((x, y), wide, _TALL, fill=False, ec="#fcfbf8", lw=0.8))
        ink = readable(scale.colour(float(total)))
        words = bits_in_words(float(total))
        page.write(x + wide / 2, y + 34, words, SMALL, color=ink, ha="center")


def _where(page: Page, shown: Ablation, wholes: np.ndarray, left: float, top: float) -> None:
    """The picture, and maps of the parts that cost most."""
    heads = shown.totals.shape[1]
    picture(page, shown.subject.pixels, left, top, _SIDE)
    page.write(left, top - 14, "Picture", SMALL, color=INK)
    known = np.where(np.isnan(shown.totals), -np.inf, shown.totals).flatten()
    order = [int(place) for place in np.argsort(-known, kind="stable")[:_MAPS]]
    tall = _SIDE * shown.subject.grid[0] / shown.subject.grid[1]
    for number, place in enumerate(order, start=1):
        layer, head = divmod(place, heads)
        x = left + number * (_SIDE + _BETWEEN)
        values = shown.heads[layer, head]
        veiled(page, shown.subject.pixels, values, BITS, x, top, _SIDE)
        name = f"layer {shown.layers[layer]}, head {head}"
        page.write(x, top - 14, name, SMALL, color=INK)
        words = bits_in_words(float(shown.totals[layer, head]))
        page.write(x + _SIDE, top - 14, words, TINY, ha="right")
    x = left + _SIDE + _BETWEEN
    legend(page, BITS, x, top + tall + 24, 560, SMALL)
    page.write(x + 560 + _GAP, top + tall + 42, "bits lost at a patch, without the head", SMALL)
