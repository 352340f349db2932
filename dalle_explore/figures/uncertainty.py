"""Maps of uncertainty beside their picture, each with its fixed scale."""

from matplotlib.axes import Axes

from dalle_explore.figures.maps import DIFFERENCE, SURPRISE, entropy_scale, heat, legend
from dalle_explore.figures.page import INK
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.session.uncertainty import Uncertainty

__all__ = ["uncertainty"]

_SIDE, _GAP, _HEAD, _UNDER = 416, 44, 40, 82  # pixels of the page
_NAME = 10.0  # points


def uncertainty(uncertainty: Uncertainty, *, ax: Axes | None = None) -> Axes:
    """Draw a picture and its maps: entropy, surprise, and the difference to the average.

    Scales are fixed, so that maps of different pictures may be laid side by side: entropy from 0
    to that of all codes alike, surprise from 0 to 16 bits, differences from -6 to 6 bits.

    Args:
        uncertainty: what to show (see ``Sample.uncertainty``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: the picture, then an image and a legend for each map.
    """
    sample = uncertainty.sample
    maps = [
        ("Entropy", uncertainty.entropy, entropy_scale(sample.recipe.codebook_size)),
        ("Surprise", uncertainty.surprise, SURPRISE),
    ]
    if uncertainty.difference is not None:
        maps.append(("Entropy minus average", uncertainty.difference, DIFFERENCE))
    count = 1 + len(maps)
    page, left, top = plate(
        ax,
        f"“{sample.prompt}”",
        uncertainty.caption(),
        count * _SIDE + (count - 1) * _GAP,
        _HEAD + _SIDE + _UNDER,
    )
    top += _HEAD
    page.picture(sample, left, top, _SIDE)
    page.write(left, top - 16, "Picture", _NAME, color=INK)
    page.write(left + _SIDE, top + _SIDE + 40, f"seed {sample.seed}", SMALL, ha="right")
    for place, (name, values, scale) in enumerate(maps, start=1):
        x = left + place * (_SIDE + _GAP)
        page.write(x, top - 16, name, _NAME, color=INK)
        page.write(x + _SIDE, top - 16, scale.unit, SMALL, ha="right")
        heat(page, values, scale, x, top, _SIDE)
        page.outline(uncertainty.forced, x, top, _SIDE)
        legend(page, scale, x, top + _SIDE + 24, _SIDE, SMALL)
    page.outline(uncertainty.forced, left, top, _SIDE)
    return page.ax
