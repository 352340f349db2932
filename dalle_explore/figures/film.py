"""The film strip: a picture that grows, with everything not drawn yet hatched."""

import math

from matplotlib.axes import Axes

from dalle_explore.errors import InputError
from dalle_explore.figures.page import INK
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.session.film import Film

__all__ = ["film"]

_GAP, _UNDER, _BETWEEN = 24, 54, 20
_ROOM = 1900  # pixels of the page that a row of frames may take


def film(film: Film, *, ax: Axes | None = None, columns: int | None = None) -> Axes:
    """Draw the frames of a film in their order, with patches and rows, and a caption.

    Args:
        film: what to show (see ``Sample.film``).
        ax: where to draw; a figure of the right size is made when it is None.
        columns: frames in a row; when None, up to 10 stand in one row, and more in rows as equal
            as possible.

    Returns:
        The axes drawn on: for every frame an image, and one of the hatching if there is any.

    Raises:
        InputError: ``columns`` is not a number from 1 on.
    """
    count = len(film.at)
    if columns is None:
        columns = math.ceil(count / math.ceil(count / 10))
    if isinstance(columns, bool) or not isinstance(columns, int) or columns < 1:
        raise InputError(f"columns is {columns!r}, but it has to be a whole number from 1 on.")
    columns = min(columns, count)
    pixels = film.pixels.shape[2]
    side = pixels * max(1, min(6, round(_ROOM / columns / pixels - 0.3)))
    lines = math.ceil(count / columns)
    step = side + _UNDER + _BETWEEN
    page, left, top = plate(
        ax,
        f"“{film.sample.prompt}”",
        film.caption(),
        columns * side + (columns - 1) * _GAP,
        lines * step - _BETWEEN,
    )
    total, across = film.sample.codes.size, film.sample.codes.shape[1]
    for place, (drawn, frame, known) in enumerate(
        zip(film.at, film.pixels, film.known, strict=True)
    ):
        x = left + place % columns * (side + _GAP)
        y = top + place // columns * step
        page.image(frame, x, y, side, side, interpolation="bicubic")
        page.hatch(~known, x, y, side)
        base = y + side + 4.75 * SMALL
        page.write(x, base, f"{drawn}", SMALL + 2, color=INK)
        number = 2.0 * (SMALL + 2) * len(str(drawn))
        if place == 0 or side > 300:
            page.write(x + number, base, f"of {total}", SMALL)
        page.write(x + side, base, _in_rows(drawn, across), SMALL, ha="right")
    return page.ax


def _in_rows(drawn: int, across: int) -> str:
    """Say how many rows are full, and how many patches the next one has."""
    rows, more = divmod(drawn, across)
    if not rows:
        return f"{more} of row 0" if more else "nothing"
    full = f"{rows} row{'' if rows == 1 else 's'}"
    return f"{full} + {more}" if more else full
