"""Single codes: how often they occur, real places where they do, a tile, and codes like them."""

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dalle_explore.figures.overlay import hatch_box
from dalle_explore.figures.page import INK, SOFT, Page
from dalle_explore.figures.plate import plate
from dalle_explore.figures.written import NAME, TINY
from dalle_explore.instruments.codebook import CodeEntry, CodeSheet, Crop, Near

__all__ = ["codebook"]

_CROP, _GAP, _LEAD, _BLOCK = 112, 12, 216, 48  # pixels of the page
_NEAR = 88
_FEWEST = 3  # crops that a row has room for: its heading needs it
_HEAD, _STEP = 64, 46


def codebook(codebook: CodeSheet, *, ax: Axes | None = None) -> Axes:
    """Draw a row for every code: its use, real crops, the artificial tile, and the nearest codes.

    Args:
        codebook: what to show (see ``Inspection.codes``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: for each code its crops, its tile, then a crop (or the tile, where there
        is none) of each of the nearest codes.
    """
    entries = codebook.entries
    crops = max(_FEWEST, *(len(entry.crops) for entry in entries))
    near = max(0, *(len(entry.near) for entry in entries)) if entries else 0
    crops_wide = crops * (_CROP + _GAP) - _GAP
    near_wide = near * (_NEAR + _GAP) - _GAP if near else 0
    width = _LEAD + crops_wide + _BLOCK + _CROP + (_BLOCK + near_wide if near else 0)
    page, left, top = plate(
        ax,
        "",
        codebook.caption(),
        width,
        _HEAD + len(entries) * (_CROP + _STEP) - _STEP + 8,
        heading="What pictures are made of",
        aside=f"{codebook.model}: {codebook.used:,} of {codebook.codebook_size:,} codes occur",
    )
    xs = [left + _LEAD, left + _LEAD + crops_wide + _BLOCK]
    xs.append(xs[1] + _CROP + _BLOCK)
    names = ["In training pictures, framed", "Tile", "Nearest codes, and how far"]
    for x, name in zip(xs[: 3 if near else 2], names, strict=False):
        page.write(x, top + 24, name, NAME, color=INK)
    for line, entry in enumerate(entries):
        y = top + _HEAD + line * (_CROP + _STEP)
        _use(page, entry, left, y)
        for place, crop in enumerate(entry.crops):
            _crop(page, crop, codebook.margin, xs[0] + place * (_CROP + _GAP), y, _CROP)
        if not entry.crops:
            hatch_box(page, xs[0], y, crops_wide, _CROP)
            page.write(xs[0], y + _CROP + 24, "never occurs", TINY)
        _tile(page, entry.tile, xs[1], y, _CROP)
        page.write(xs[1], y + _CROP + 24, "artificial", TINY, style="italic")
        for place, one in enumerate(entry.near):
            _near(page, one, codebook.margin, xs[2] + place * (_NEAR + _GAP), y)
    return page.ax


def _use(page: Page, entry: CodeEntry, left: float, top: float) -> None:
    """Number, rank and share of a code."""
    page.write(left, top + 24, f"{entry.code}", 13.0, color=INK)
    if entry.rank is None:
        page.write(left, top + 60, "never occurs", TINY)
        return
    page.write(left, top + 60, f"rank {entry.rank:,}", TINY)
    page.write(left, top + 86, _often(entry.share), TINY, color=INK)


def _often(share: float) -> str:
    """A share of patches, or one in how many."""
    if share >= 0.001:
        return f"{100 * share:.2g} % of patches"
    return f"1 of {round(1 / share):,} patches"


def _crop(page: Page, crop: Crop, margin: int, left: float, top: float, side: float) -> None:
    """A real place, with the patch framed."""
    patch = side / (2 * margin + 1)
    page.image(crop.pixels, left, top, side, side, interpolation="bicubic")
    row, column = crop.place
    page.frame(left + column * patch, top + row * patch, patch, patch)


def _tile(page: Page, tile: object, left: float, top: float, side: float) -> None:
    """What no training picture has: in a broken line."""
    page.image(tile, left, top, side, side, interpolation="bicubic")
    edge = Rectangle((left - 3, top - 3), side + 6, side + 6, fill=False, ec=SOFT, lw=0.8)
    edge.set_linestyle((0, (3, 2)))
    page.ax.add_patch(edge)


def _near(page: Page, near: Near, margin: int, left: float, top: float) -> None:
    """A code that is near, and how far."""
    if near.crop is None:
        _tile(page, near.tile, left, top, _NEAR)
    else:
        _crop(page, near.crop, margin, left, top, _NEAR)
    page.write(left, top + _NEAR + 24, f"{near.code}", TINY, color=INK)
    page.write(left + _NEAR, top + _NEAR + 24, f"{near.distance:.1f}", TINY, ha="right")
