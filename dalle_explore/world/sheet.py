"""Contact sheets: pictures of the world side by side, each over its caption."""

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from dalle_explore.errors import InputError
from dalle_explore.world.draw import draw
from dalle_explore.world.facts import FAMILIES, MANNERS
from dalle_explore.world.splits import Example, example, split_sizes

_PAPER = (252, 251, 248)
_INK = (60, 58, 55)
_SEARCHED = 20_000


def chosen_examples(
    family: str, n: int, *, split: str = "train", manner: str | None = None
) -> tuple[Example, ...]:
    """The first `n` different scenes of a family in a split, in the split's order.

    Args:
        family: one of `FAMILIES`.
        n: how many; fewer come back if the first 20,000 examples hold no more.
        split: one of `split_sizes()`.
        manner: only scenes that state this manner.

    Raises:
        InputError: an unknown family, split or manner, or n below 1.
    """
    if family not in FAMILIES:
        names = ", ".join(FAMILIES)
        raise InputError(f"family is {family!r}, which is unknown: use {names} or all.")
    if manner is not None and manner not in MANNERS:
        names = ", ".join(MANNERS)
        raise InputError(f"manner is {manner!r}, which is unknown: use one of {names}.")
    if n < 1:
        raise InputError(f"n is {n}, but a sheet shows at least one picture: use 1 or more.")
    found: dict[tuple[tuple[str, str], ...], Example] = {}
    for index in range(min(_SEARCHED, split_sizes().get(split, 1))):
        one = example(split, index)
        wanted = manner is None or one.scene.get("manner") == manner
        # A planted duplicate would show the same picture twice.
        if one.scene.family == family and wanted and one.scene.facts not in found:
            found[one.scene.facts] = one
            if len(found) == n:
                break
    return tuple(found.values())


def contact_sheet(
    examples: Sequence[Example], *, size: int = 128, columns: int = 6, captions: bool = True
) -> Image.Image:
    """The pictures of the examples in rows, each over its caption.

    Args:
        examples: what to show, row by row.
        size: pixels on a side of each picture; 128 is the model's size, 512 for figures.
        columns: pictures in a row.
        captions: whether to write the captions.

    Returns:
        An RGB picture.

    Raises:
        InputError: no example, no column, or a size that cannot be drawn.
    """
    if not examples:
        raise InputError("examples is empty: a sheet shows at least one picture.")
    if columns < 1:
        raise InputError(f"columns is {columns}, but it has to be at least 1: try columns=6.")
    if not 16 <= size <= 2048:
        raise InputError(f"size is {size}, but a picture has 16 to 2048 pixels on a side.")
    gap = max(4, size // 12)
    letter = max(9.0, size / 14)
    font = ImageFont.load_default(letter)
    line_height = round(letter * 1.3)
    texts = [_wrapped(one.caption, font, size) for one in examples] if captions else []
    below = max(map(len, texts), default=0) * line_height
    rows = -(-len(examples) // columns)
    columns = min(columns, len(examples))
    width = columns * size + (columns + 1) * gap
    height = rows * (size + below + gap) + gap
    sheet = Image.new("RGB", (width, height), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for place, one in enumerate(examples):
        row, column = divmod(place, columns)
        x, y = gap + column * (size + gap), gap + row * (size + below + gap)
        sheet.paste(draw(one.scene, size), (x, y))
        for number, line in enumerate(texts[place] if captions else ()):
            top = y + size + gap // 4 + number * line_height
            pen.text((x, top), line, fill=_INK, font=font)
    return sheet


def sheet_of(
    family: str,
    *,
    split: str = "train",
    manner: str | None = None,
    size: int = 128,
    columns: int = 6,
    rows: int = 4,
) -> Image.Image:
    """A contact sheet of one family, or of `"all"`: then each family has a row or more.

    Raises:
        InputError: as `chosen_examples` and `contact_sheet`, or nothing to show.
    """
    families = [family]
    if family == "all":
        families = [f for f in FAMILIES if split != "unseen_words" or "word" in FAMILIES[f]]
    per_family = columns * max(1, rows // len(families))
    examples: list[Example] = []
    for name in families:
        examples += chosen_examples(name, per_family, split=split, manner=manner)
    if not examples:
        raise InputError(
            f"the split {split!r} has no {family} to show: choose another split or family."
        )
    return contact_sheet(examples, size=size, columns=columns)


def _wrapped(
    text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int
) -> list[str]:
    """The text in lines that fit a width in pixels."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
