"""What else might have been drawn: crops with their probabilities, beside the picture."""

import string

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dalle_explore.figures.page import INK, SOFT, Page
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.session.choices import Choice, Choices

__all__ = ["choices"]

_PICTURE = 768  # pixels of the page: side of the picture
_CROP, _GAP, _LEAD = 160, 24, 72
_HEAD, _UNDER, _BETWEEN = 40, 58, 24
_BAR = 12
_FEWEST = 5  # crops that a row has room for: its heading needs it
_NAME = 10.0  # points


def choices(choices: Choices, *, ax: Axes | None = None) -> Axes:
    """Draw the picture with the patches marked, and for each what stood to choose.

    Args:
        choices: what to show (see ``Sample.alternatives``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: the picture, then the crops, patch by patch in order, each followed by
        its hatching if there is any.
    """
    most = max(_FEWEST, *(len(choice.codes) for choice in choices.places))
    line = _HEAD + _CROP + _UNDER
    height = len(choices.places) * (line + _BETWEEN) - _BETWEEN
    page, left, top = plate(
        ax,
        f"“{choices.sample.prompt}”",
        choices.caption(),
        _PICTURE + _LEAD + most * _CROP + (most - 1) * _GAP,
        max(height, _PICTURE + _UNDER),
    )
    page.picture(choices.sample, left, top, _PICTURE)
    base = top + _PICTURE + 4.75 * SMALL
    page.write(left + _PICTURE, base, f"seed {choices.sample.seed}", SMALL, ha="right")
    step = _PICTURE / choices.sample.codes.shape[1]
    for place, choice in enumerate(choices.places):
        name = _name(place)
        x, y = left + choice.column * step, top + choice.row * step
        page.frame(x, y, step, step)
        _tag(page, name, x + step, y, step, right=left + _PICTURE)
        upper = top + place * (line + _BETWEEN)
        _row(page, name, choice, left + _PICTURE + _LEAD, upper, page.width - left)
    return page.ax


def _row(page: Page, name: str, choice: Choice, left: float, top: float, right: float) -> None:
    """The heading of a patch, and its crops with bars."""
    base = top + 24
    page.write(left, base, name, _NAME, color=INK, weight="bold")
    words = f"row {choice.row}, column {choice.column}; entropy {choice.entropy:.1f} bits"
    words += "; given, not drawn" if choice.forced else ""
    page.write(left + 2.6 * _NAME * len(name) + 8, base, words, SMALL)
    page.write(right, base, f"all others {_percent(choice.others)}", SMALL, ha="right")
    rows, columns = choice.known.shape
    patch = _CROP / max(rows, columns)
    y = top + _HEAD
    for j, pixels in enumerate(choice.pixels):
        x = left + j * (_CROP + _GAP)
        page.image(pixels, x, y, columns * patch, rows * patch, interpolation="bicubic")
        page.hatch(~choice.known, x, y, columns * patch)
        row, column = choice.row - choice.corner[0], choice.column - choice.corner[1]
        page.frame(x + column * patch, y + row * patch, patch, patch)
        drawn = j == choice.chosen
        colour = INK if drawn else SOFT
        share = float(choice.probability[j])
        under = y + _CROP + 8
        page.ax.add_patch(Rectangle((x, under), _CROP, _BAR, color="#0000000d", lw=0))
        page.ax.add_patch(Rectangle((x, under), share * _CROP, _BAR, color=colour, lw=0))
        words = _percent(share)
        style = {"weight": "bold"} if drawn else {}
        page.write(x, under + _BAR + 30, words, SMALL, color=colour, **style)
        rank = choice.ranks[j] + 1
        page.write(x + _CROP, under + _BAR + 30, _place(rank), SMALL, color=colour, ha="right")
        if drawn:
            page.ax.add_patch(
                Rectangle((x - 5, y - 5), _CROP + 10, _CROP + 10, fill=False, ec=INK, lw=1.1)
            )


def _tag(page: Page, name: str, x: float, y: float, step: float, right: float) -> None:
    """The letter of a patch, on a small ground of paper beside it."""
    width, height = 30, 34
    if x + width > right:
        x -= step + width
    ground = Rectangle((x, y), width, height, color="#fcfbf8e6", lw=0)
    page.ax.add_patch(ground)
    page.write(x + width / 2, y + 26, name, SMALL + 1, color=INK, weight="bold", ha="center")


def _name(place: int) -> str:
    letters = string.ascii_uppercase
    return letters[place] if place < len(letters) else str(place + 1)


def _percent(share: float) -> str:
    if share >= 0.0995:
        return f"{share:.0%}".replace("%", " %")
    return f"{share:.1%}".replace("%", " %") if share >= 0.00095 else "< 0.1 %"


def _place(rank: int) -> str:
    ends = {1: "st", 2: "nd", 3: "rd"}
    end = "th" if rank % 100 in (11, 12, 13) else ends.get(rank % 10, "th")
    return f"{rank:,}{end}"
