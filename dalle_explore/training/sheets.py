"""Sample sheets: what a network can do at one moment of its training, on one page."""

import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

_GAP = 4
_LINE = 16  # height of a label
_PAPER = (255, 255, 255)
_INK = (40, 40, 40)


def png_bytes(picture: Image.Image) -> bytes:
    """A picture as a PNG file."""
    held = io.BytesIO()
    picture.save(held, format="PNG", optimize=True)
    return held.getvalue()


def picture_sheet(
    rows: Sequence[Sequence[npt.NDArray[np.uint8]]], labels: Sequence[str], note: str = ""
) -> Image.Image:
    """Rows of pictures [y x 3], a label above each row and a note at the foot.

    A row may be shorter than the others.
    """
    height, width = rows[0][0].shape[:2]
    columns = max(len(row) for row in rows)
    font = ImageFont.load_default(size=11)
    page = Image.new(
        "RGB",
        (
            columns * (width + _GAP) + _GAP,
            len(rows) * (height + _LINE + _GAP) + _GAP + (_LINE if note else 0),
        ),
        _PAPER,
    )
    pen = ImageDraw.Draw(page)
    for r, (row, label) in enumerate(zip(rows, labels, strict=True)):
        top = _GAP + r * (height + _LINE + _GAP)
        pen.text((_GAP, top), _fitted(label, page.width - 2 * _GAP, font), fill=_INK, font=font)
        for c, picture in enumerate(row):
            page.paste(Image.fromarray(picture), (_GAP + c * (width + _GAP), top + _LINE))
    if note:
        pen.text((_GAP, page.height - _LINE), note, fill=_INK, font=font)
    return page


def first_of_rows(sheet: Image.Image, rows: int, size: int) -> list[Image.Image]:
    """The first picture of each row, cut out of a ``picture_sheet`` of pictures size x size."""
    tops = [_GAP + r * (size + _LINE + _GAP) + _LINE for r in range(rows)]
    return [sheet.crop((_GAP, top, _GAP + size, top + size)) for top in tops]


def pairs_sheet(
    above: npt.NDArray[np.uint8], below: npt.NDArray[np.uint8], columns: int, note: str = ""
) -> Image.Image:
    """Pictures [n y x 3] and, under each row of them, what became of them [n y x 3]."""
    rows, labels = [], []
    for start in range(0, len(above), columns):
        rows += [list(above[start : start + columns]), list(below[start : start + columns])]
        labels += ["pictures", "reconstructed from their codes"]
    return picture_sheet(rows, labels, note)


def matrix_sheet(
    values: npt.NDArray[np.float64], row_names: Sequence[str], title: str
) -> Image.Image:
    """A square table of scores [n n] as shades; in each row the largest is framed.

    Args:
        values: scores, larger is darker.
        row_names: what each row is; the columns are in the same order.
        title: stands above.
    """
    font = ImageFont.load_default(size=11)
    cell, left, top = 26, 330, 24
    count = len(values)
    page = Image.new("RGB", (left + count * cell + _GAP, top + count * cell + _GAP), _PAPER)
    pen = ImageDraw.Draw(page)
    pen.text((_GAP, _GAP), title, fill=_INK, font=font)
    low, high = float(values.min()), float(values.max())
    shades = 255 - 215 * (values - low) / max(high - low, 1e-9)
    for r in range(count):
        y = top + r * cell
        pen.text((_GAP, y + 6), _fitted(row_names[r], left - 2 * _GAP, font), fill=_INK, font=font)
        for c in range(count):
            x = left + c * cell
            shade = round(float(shades[r, c]))
            pen.rectangle((x, y, x + cell - 2, y + cell - 2), fill=(shade, shade, 255))
            if c == int(values[r].argmax()):
                pen.rectangle((x, y, x + cell - 2, y + cell - 2), outline=_INK, width=2)
    return page


def _fitted(text: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """The text, or as much of it as fits, marked."""
    # The built-in font draws Latin letters only; anything else would be a box.
    text = text.encode("latin-1", errors="replace").decode("latin-1")
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}...") > width:
        text = text[:-1]
    return f"{text}..."


def bars_sheet(shares: dict[str, float], title: str) -> Image.Image:
    """Shares in 0..1 as bars with their names and numbers."""
    font = ImageFont.load_default(size=12)
    line, left, length = 20, 110, 300
    page = Image.new("RGB", (left + length + 60, 26 + line * len(shares) + _GAP), _PAPER)
    pen = ImageDraw.Draw(page)
    pen.text((_GAP, _GAP), title, fill=_INK, font=font)
    for place, (name, share) in enumerate(shares.items()):
        y = 26 + place * line
        pen.text((_GAP, y), _fitted(name, left - 2 * _GAP, font), fill=_INK, font=font)
        pen.rectangle((left, y, left + length, y + line - 6), outline=(210, 210, 210))
        pen.rectangle((left, y, left + round(length * share), y + line - 6), fill=(70, 110, 200))
        pen.text((left + length + 8, y), f"{100 * share:.1f} %", fill=_INK, font=font)
    return page
