"""Two prompts on the same seeds: a slope for every pair, and the differences with intervals."""

import math

import numpy as np
from matplotlib.axes import Axes

from dalle_explore.figures.effects import probability
from dalle_explore.figures.lanes import Axis, axis_of, draw_axis, plain
from dalle_explore.figures.page import INK, Page
from dalle_explore.figures.panels import JUDGE, SCORE, Panel, dots
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.thumbs import thumb
from dalle_explore.figures.written import NAME, TINY, fitted, lines_of
from dalle_explore.session.scores.compared import Compared
from dalle_explore.statistics.paired import Paired

__all__ = ["compared"]

_WIDTH, _SLOPES, _GAP = 1480, 520, 110  # pixels of the page
_HIGH, _THUMB, _PAIRS = 520, 112, 8


def compared(compared: Compared, *, ax: Axes | None = None) -> Axes:
    """Draw every pair as a line from one to the other, and what they say together.

    Args:
        compared: what to show (see ``Scores.compare``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on.
    """
    shown = compared
    heads = [lines_of(f"“{name}”", _SLOPES / 2 - 10, SMALL)[:4] for name in shown.names]
    above = 40 + 30 * max(map(len, heads))
    strip = 84 + 2 * _THUMB + 20 + 40
    page, left, top = plate(
        ax,
        "",
        shown.caption(),
        _WIDTH,
        above + _HIGH + 40 + strip,
        heading="The same seeds, other words",
        aside=f"{sum(map(len, shown.seeds))} pairs of pictures",
    )
    _slopes(page, shown, heads, left + 70, top + above)
    x = left + _SLOPES + 70 + _GAP
    _differences(page, shown, x, top + 20, left + _WIDTH - x)
    _strip(page, shown, left, top + above + _HIGH + 40)
    return page.ax


def _slopes(page: Page, shown: Compared, heads: list[list[str]], left: float, top: float) -> None:
    one, other = (np.concatenate(side) for side in (shown.one, shown.other))
    up = axis_of([*one, *other], most=6, zero=False)
    panel = Panel(page, left, top, _SLOPES, _HIGH, Axis(-0.12, 1.12, ()), up)
    panel.draw_up(plain)
    for place, lines in enumerate(heads):
        at = left if place == 0 else left + _SLOPES
        for number, words in enumerate(lines):
            y = top - 16 - 30 * (len(lines) - 1 - number)
            side = "left" if place == 0 else "right"
            page.write(at, y, words, SMALL, color=INK, style="italic", ha=side)
    slopes = [
        [(panel.x(0), panel.y(a)), (panel.x(1), panel.y(b))]
        for a, b in zip(one, other, strict=True)
    ]
    rising = one < other
    for there, colour in ((rising, JUDGE), (~rising, SCORE)):
        some = [line for line, yes in zip(slopes, there, strict=True) if yes]
        if some:
            page.lines(some, f"{colour}66", 0.8)
            for end in (0, 1):
                dots(page, np.array([line[end] for line in some]), colour, 4.5)
    share = float(rising.mean())
    equal = float((one == other).mean())
    told = f"{100 * share:.0f} % of pairs rise, {100 * (1 - share - equal):.0f} % fall"
    page.write(left + _SLOPES / 2, top + _HIGH + 34, told, TINY, ha="center")


def _differences(page: Page, shown: Compared, left: float, top: float, width: float) -> None:
    y = top
    told: list[tuple[str, Paired, str, str]] = [
        ("Score", shown.score, "score", SCORE),
    ]
    if shown.right is not None:
        told.append(("Right, by the judge", shown.right, "share", JUDGE))
    for title, found, unit, colour in told:
        page.write(left, y + 20, title, NAME, color=INK)
        page.write(left + width, y + 20, "first minus second", TINY, ha="right")
        _interval(page, found, left, y + 52, width, colour, unit)
        y += 220
    delta = shown.delta
    page.write(left, y + 20, "Cliff’s delta of the scores", NAME, color=INK)
    words = f"{delta.value:+.2f} ({delta.low:+.2f} to {delta.high:+.2f})".replace("-", "−")
    page.write(left, y + 62, words, 12.0, color=SCORE)
    for number, line in enumerate(
        lines_of(
            "how often a picture of the first scores above one of the second, minus how often "
            "below; 0: as often",
            width,
            TINY,
        )
    ):
        page.write(left, y + 96 + 28 * number, line, TINY)


def _interval(
    page: Page, found: Paired, left: float, top: float, width: float, colour: str, unit: str
) -> None:
    """A dot with its interval on an axis that holds 0, and what it says in words below."""
    known = [v for v in (found.low, found.high, found.difference) if math.isfinite(v)]
    axis = axis_of(known, most=5)
    write = plain if unit == "score" else lambda share: f"{100 * share:g} %".replace("-", "−")
    draw_axis(page, axis, left, top, width, 50, write)
    middle = top + 25
    panel = Panel(page, left, top, width, 50, axis, Axis(0, 1, ()))
    if math.isfinite(found.low):
        whisker = panel.bar(
            panel.x(found.low), middle - 2, panel.x(found.high) - panel.x(found.low), 4, colour
        )
        whisker.set_gid(f"interval of {unit}")
    at = np.array([[panel.x(found.difference), middle]])
    dots(page, at, colour, 9, name=f"difference of {unit}")
    digits = 4 if unit == "score" else 2
    said = f"{found.difference:+.{digits}f}"
    if math.isfinite(found.low):
        said += f" ({found.low:+.{digits}f} to {found.high:+.{digits}f})"
    said += f", {probability(found.p)}, {found.n} pairs, {found.discordant} of them differ"
    page.write(left, top + 118, said.replace("-", "−"), TINY, color=INK)


def _strip(page: Page, shown: Compared, left: float, top: float) -> None:
    """Pictures of the same seed, one above the other."""
    page.write(left, top + 40, "The same noise", NAME, color=INK)
    one, other = shown.pairs[0]
    names = [fitted(cell.prompt, 360, TINY, "italic") for cell in (one, other)]
    x = left + 380
    seeds = shown.seeds[0][:_PAIRS]
    for row, (cell, name) in enumerate(zip((one, other), names, strict=True)):
        y = top + 66 + row * (_THUMB + 12)
        page.write(left, y + _THUMB / 2 + 8, name, TINY, style="italic", color=INK)
        for column, seed in enumerate(seeds):
            number = int(np.searchsorted(cell.seeds, seed))
            at = x + column * (_THUMB + 14)
            thumb(page, cell.sample(number), at, y, _THUMB, float(cell.right[number]))
    for column, seed in enumerate(seeds):
        at = x + column * (_THUMB + 14) + _THUMB / 2
        page.write(at, top + 66 + 2 * _THUMB + 42, f"seed {seed}", TINY, ha="center")
