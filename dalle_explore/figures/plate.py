"""A plate: a title above, a body, and a caption below, on one page."""

from matplotlib.axes import Axes

from dalle_explore.figures.page import DPI, INK, Page
from dalle_explore.figures.press import wrap

__all__ = ["MARGIN", "SMALL", "plate"]

MARGIN = 96  # pixels of the page
SMALL = 8.0  # points: labels and captions

_TITLE, _TITLE_LINE, _CAPTION_LINE = 15.0, 58, 32
_HEADING, _HEADING_LINE = 11.0, 52
_READABLE = 1560  # longest line of a caption


def plate(
    ax: Axes | None,
    title: str,
    caption: str,
    width: float,
    height: float,
    *,
    heading: str = "",
    aside: str = "",
) -> tuple[Page, float, float]:
    """Make a page for a body of a size, with its title and caption written.

    Args:
        ax: where to draw; a figure of the right size is made when it is None.
        title: set in italics, as prompts are.
        caption: how everything was made.
        width: of the body, in pixels of the page.
        height: of the body.
        heading: which question is answered, in bold above the title.
        aside: said in small letters at the end of that line.

    Returns:
        The page, and the left and upper edge of the body.
    """
    lines = wrap(title, width, _TITLE, DPI, style="italic") if title else []
    text = wrap(caption, min(width, _READABLE), SMALL, DPI)
    first = MARGIN + (_HEADING_LINE if heading else 0)
    top = first + len(lines) * _TITLE_LINE + (34 if lines else 0)
    bottom = top + height
    total = bottom + 44 + len(text) * _CAPTION_LINE + MARGIN - 20
    page = Page(ax, width + 2 * MARGIN, total)
    if heading:
        page.write(MARGIN, MARGIN + 20, heading, _HEADING, color=INK, weight="bold")
        page.write(MARGIN + width, MARGIN + 20, aside, SMALL, ha="right")
    for number, line in enumerate(lines):
        y = first + 34 + number * _TITLE_LINE
        page.write(MARGIN, y, line, _TITLE, color=INK, style="italic")
    for number, line in enumerate(text):
        page.write(MARGIN, bottom + 64 + number * _CAPTION_LINE, line, SMALL)
    return page, MARGIN, top
