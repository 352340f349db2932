"""A small still of a score explorer: the distributions, quickly, without the figures' press."""

import io

import numpy as np

from dalle_explore.session.scores import ScoredPrompt, Scores

__all__ = ["still"]

_PAPER, _CLOUD, _EDGE = "#fcfbf8", "#ecd9c2", "#b35806"  # as the view has them
_RIGHT, _UNREAD = "#0b5a5f", "#7c766c"
_WIDE, _FINE = 640, 2  # pixels of the still, and how much finer it is drawn
_PICTURED, _MOST = 6, 40  # prompts that have pictures at their ends, and that are drawn at all


def still(scores: Scores) -> bytes:
    """Return a PNG of one density a prompt, with the lowest and the highest picture of few."""
    from PIL import Image, ImageDraw

    found = scores.distribution()
    rows = np.linspace(0, len(scores.cells) - 1, min(_MOST, len(scores.cells))).astype(int)
    pictured = len(rows) <= _PICTURED
    high = 88 if pictured else max(12, 480 // len(rows))
    side = high - 12 if pictured else 0
    left = (side + 20 if pictured else 12) * _FINE
    across = _WIDE * _FINE - 2 * left
    page = Image.new("RGB", (_WIDE * _FINE, (len(rows) * high + 16) * _FINE), _PAPER)
    pen = ImageDraw.Draw(page)
    most = float(found.densities.max()) or 1.0
    low, width = found.axis[0], found.axis[-1] - found.axis[0]
    reach = (0.62 if pictured else 1.6) * high * _FINE
    for line, number in enumerate(rows.tolist()):
        cell = scores.cells[number]
        base = (8 + (line + (0.7 if pictured else 0.95)) * high) * _FINE
        xs = left + (found.axis - low) / width * across
        ys = base - found.densities[number] / most * reach
        points = list(zip(xs.tolist(), ys.tolist(), strict=True))
        pen.polygon([(xs[0], base), *points, (xs[-1], base)], fill=_CLOUD)
        pen.line(points, fill=_EDGE, width=_FINE)
        if pictured:
            _rain(pen, cell, left + (cell.scores - low) / width * across, base)
            order = np.argsort(cell.scores, kind="stable")
            for place, x in ((order[0], 8), (order[-1], _WIDE - 8 - side)):
                sample = cell.sample(int(place))
                if sample is not None:
                    small = sample.picture.resize((side * _FINE, side * _FINE))
                    page.paste(small, (x * _FINE, (8 + line * high + 6) * _FINE))
    buffer = io.BytesIO()
    page = page.resize((_WIDE, page.height // _FINE), Image.Resampling.LANCZOS)
    # A still, not a record: 128 colours make a third of the bytes.
    page.quantize(128, dither=Image.Dither.NONE).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def _rain(pen: object, cell: ScoredPrompt, xs: np.ndarray, base: float) -> None:
    """Every picture a tick; those that the judge found right stand out."""
    for x, right in zip(xs.tolist(), cell.right.tolist(), strict=True):
        colour = _RIGHT if right == 1 else _EDGE if right == 0 else _UNREAD
        pen.line(  # type: ignore[attr-defined]
            [(x, base + 4 * _FINE), (x, base + 16 * _FINE)], fill=colour, width=_FINE
        )
