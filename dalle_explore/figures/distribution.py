"""Distributions of scores: rainclouds for few prompts, steps with a band, ridges for many."""

import math
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Polygon

from dalle_explore.figures.lanes import Axis, axis_of
from dalle_explore.figures.page import INK, SOFT, Page
from dalle_explore.figures.panels import CHANCE, JUDGE, SCORE, Panel, dots
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.thumbs import thumb
from dalle_explore.figures.written import TINY, fitted, lines_of
from dalle_explore.session.scores.distribution import Distribution
from dalle_explore.session.scores.held import ScoredPrompt
from dalle_explore.session.scores.scores import Scores

__all__ = ["distribution", "scores"]

_WIDTH, _LABEL, _GAP, _THUMB = 1480, 330, 28, 120  # pixels of the page
_LANE, _CLOUD, _RAIN = 210, 96, 62  # of a raincloud: from prompt to prompt, and its parts
_CLOUD_COLOUR, _BAND = "#c9a27c", "#b35806"
_STEPS_HIGH, _BETWEEN = 300, 84  # of a panel of steps, and between two
_GOLDEN = 0.6180339887498949


def scores(scores: Scores, *, kind: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw how scores are spread (see ``distribution``).

    Args:
        scores: what to show.
        kind: "raincloud", "ecdf" or "ridges"; None: what shows most of them.
        ax: where to draw; a figure of the right size is made when it is None.
    """
    return distribution(scores.distribution(), kind=kind, ax=ax)


def distribution(
    distribution: Distribution, *, kind: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw how the scores of every prompt are spread, all on one axis.

    Args:
        distribution: what to show (see ``Scores.distribution``).
        kind: "raincloud" (up to 6 prompts: density, every picture a dot, quartiles), "ecdf" (up
            to 6: steps with their band), "ridges" (any number: one density above the other); None
            takes what shows most.
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on.

    Raises:
        InputError: an unknown kind, or one for fewer prompts.
    """
    taken = distribution.check_kind(kind)
    return _KINDS[taken](distribution, distribution.caption(taken), ax)


def _cosine(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")


def _axis(shown: Distribution) -> Axis:
    found = axis_of(np.concatenate(shown.scores.scores).tolist(), most=7, zero=False)
    low, high = float(shown.axis[0]), float(shown.axis[-1])
    return Axis(low, high, tuple(tick for tick in found.ticks if low <= tick <= high))


def _page(
    shown: Distribution, caption: str, height: float, ax: Axes | None
) -> tuple[Page, float, float]:
    return plate(
        ax,
        "",
        caption,
        _WIDTH,
        height,
        heading="How are the scores spread?",
        aside=shown.scores.counted(),
    )


def _label(page: Page, cell: ScoredPrompt, left: float, middle: float, width: float) -> None:
    """The prompt, in as many lines as stand beside its lane, and what happened to it."""
    lines = lines_of(f"“{cell.prompt}”", width, SMALL)
    if len(lines) > 4:
        lines = [*lines[:3], fitted(" ".join(lines[3:]), width, SMALL, "italic")]
    told = f"median {np.median(cell.scores):.3f}".replace("-", "−")
    if cell.judged:
        told += f", right {int(cell.right.sum())} of {len(cell.right)}"
    y = middle - 16 * len(lines)
    for number, line in enumerate(lines):
        page.write(left, y + 18 + 32 * number, line, SMALL, color=INK, style="italic")
    page.write(left, y + 18 + 32 * len(lines), told, TINY)


# -- rainclouds


def _rainclouds(shown: Distribution, caption: str, ax: Axes | None) -> Axes:
    cells = shown.scores.cells
    body = 30 + len(cells) * _LANE + 84
    page, left, top = _page(shown, caption, body, ax)
    x = left + _LABEL + _GAP + _THUMB + _GAP
    wide = _WIDTH - _LABEL - 2 * (_GAP + _THUMB) - _GAP
    across = _axis(shown)
    frame = Panel(page, x, top + 30, wide, len(cells) * _LANE, across, Axis(0, 1, ()))
    frame.draw_across(_cosine)
    told = f"score by {shown.scores.scorer}"
    page.write(x + wide / 2, top + 30 + frame.height + 64, told, TINY, ha="center")
    page.write(x - _GAP - _THUMB / 2, top + 16, "lowest", TINY, ha="center")
    page.write(x + wide + _GAP + _THUMB / 2, top + 16, "highest", TINY, ha="center")
    highest = float(shown.densities.max())
    for number, cell in enumerate(cells):
        upper = top + 30 + number * _LANE
        base = upper + 20 + _CLOUD
        _label(page, cell, left, upper + _LANE / 2, _LABEL)
        lane = Panel(page, x, upper + 20, wide, _CLOUD, across, Axis(0, highest, ()))
        _cloud(lane, shown.axis, shown.densities[number], f"density {number}")
        _rain(lane, cell, base + 22)
        _box(lane, cell, base + 8, number)
        order = np.argsort(cell.scores, kind="stable")
        ends = ((order[0], x - _GAP - _THUMB), (order[-1], x + wide + _GAP))
        for place, at in ends:
            sample, right = cell.sample(int(place)), float(cell.right[place])
            thumb(page, sample, at, upper + (_LANE - _THUMB) / 2 - 8, _THUMB, right)
            words = f"seed {cell.seeds[place]}"
            page.write(
                at + _THUMB / 2, upper + (_LANE + _THUMB) / 2 + 16, words, TINY, ha="center"
            )
    if shown.scores.judged:
        _key(page, x, top + 16)
    return page.ax


def _cloud(lane: Panel, axis: np.ndarray, density: np.ndarray, name: str) -> None:
    points = lane.points(axis.tolist(), density.tolist())
    base = lane.top + lane.height
    closed = np.vstack([points, [points[-1, 0], base], [points[0, 0], base]])
    cloud = Polygon(closed, fc=_CLOUD_COLOUR, alpha=0.55, lw=0)
    cloud.set_gid(name)
    lane.page.ax.add_patch(cloud)
    lane.line(axis.tolist(), density.tolist(), SCORE, 0.9)


def _rain(lane: Panel, cell: ScoredPrompt, top: float) -> None:
    """Every picture a dot; how high it lies means nothing, but is the same every time."""
    heights = top + 12 + (np.arange(1, len(cell.scores) + 1) * _GOLDEN % 1) * (_RAIN - 12)
    points = np.column_stack([[lane.x(score) for score in cell.scores], heights])
    radius = 5.5 if len(points) <= 100 else 3.5
    for verdict, colour, hollow in (
        (math.nan, CHANCE, False),
        (0.0, SCORE, True),
        (1.0, JUDGE, False),
    ):
        there = np.isnan(cell.right) if math.isnan(verdict) else cell.right == verdict
        dots(lane.page, points[there], colour, radius, hollow=hollow, name=f"pictures {verdict:g}")


def _box(lane: Panel, cell: ScoredPrompt, middle: float, number: int) -> None:
    """Quartiles as a bar, with the median as a light gap in it."""
    first, median, third = np.quantile(cell.scores, [0.25, 0.5, 0.75])
    bar = lane.bar(lane.x(first), middle - 4, lane.x(third) - lane.x(first), 8, INK)
    bar.set_gid(f"quartiles {number}")
    gap = lane.bar(lane.x(median) - 3, middle - 9, 6, 18, "#fcfbf8")
    gap.set_gid(f"median {number}")
    lane.bar(lane.x(median) - 1.5, middle - 9, 3, 18, INK)


def _key(page: Page, x: float, y: float) -> None:
    told = ((JUDGE, False, "right"), (SCORE, True, "not all facts right"))
    for colour, hollow, words in told:
        dots(page, np.array([[x + 8, y - 8]]), colour, 5.5, hollow=hollow)
        page.write(x + 24, y, words, TINY)
        x += 130


# -- steps


def _steps(shown: Distribution, caption: str, ax: Axes | None) -> Axes:
    cells = shown.scores.cells
    columns = 1 if len(cells) == 1 else 2 if len(cells) in (2, 4) else 3
    rows = math.ceil(len(cells) / columns)
    room = 92
    wide = (_WIDTH - room * columns - 36 * (columns - 1)) / columns
    heads = [lines_of(f"“{cell.prompt}”", wide, SMALL)[:3] for cell in cells]
    above = 24 + 32 * max(map(len, heads)) + 32
    each = above + _STEPS_HIGH + _BETWEEN
    page, left, top = _page(shown, caption, rows * each, ax)
    across, up = _axis(shown), Axis(-0.02, 1.02, (0.0, 0.25, 0.5, 0.75, 1.0))
    curves = [shown.steps(number) for number in range(len(cells))]
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        x = left + room + column * (wide + room + 36)
        y = top + row * each + above
        panel = Panel(page, x, y, wide, _STEPS_HIGH, across, up)
        lines = len(heads[number])
        for line, words in enumerate(heads[number]):
            at = y - 30 - 32 * (lines - line)
            page.write(x, at + 12, words, SMALL, color=INK, style="italic")
        told = f"{len(cell.scores)} pictures, median {np.median(cell.scores):.3f}"
        page.write(x, y - 16, told.replace("-", "−"), TINY)
        panel.draw_up(lambda share: f"{100 * share:g} %")
        panel.draw_across(_cosine)
        for other, (values, shares, _) in enumerate(curves):
            if other != number:
                panel.line(*_stairs(values, shares, across), "#00000026", 0.8)
        values, shares, band = curves[number]
        xs, ys = _stairs(values, shares, across)
        low, high = np.clip(np.array(ys) - band, 0, 1), np.clip(np.array(ys) + band, 0, 1)
        panel.band(xs, low.tolist(), high.tolist(), _BAND, f"band {number}")
        panel.line(xs, ys, SCORE, 1.6, name=f"steps {number}")
    return page.ax


def _stairs(values: np.ndarray, shares: np.ndarray, axis: Axis) -> tuple[list[float], list[float]]:
    """Corners of the steps, from one end of the axis to the other."""
    xs, ys = [axis.low], [0.0]
    for value, share in zip(values.tolist(), shares.tolist(), strict=True):
        xs += [value, value]
        ys += [ys[-1], share]
    return [*xs, axis.high], [*ys, ys[-1]]


# -- ridges


def _ridges(shown: Distribution, caption: str, ax: Axes | None) -> Axes:
    cells = shown.scores.cells
    order = sorted(range(len(cells)), key=lambda n: -float(np.median(cells[n].scores)))
    step = float(np.clip(2600 / len(cells), 30, 64))
    reach = 2.4 * step  # how far a ridge reaches into those above it
    label, told = 560, 200
    body = reach + len(cells) * step + 84
    page, left, top = _page(shown, caption, body, ax)
    x, wide = left + label + _GAP, _WIDTH - label - told - 2 * _GAP
    across = _axis(shown)
    frame = Panel(page, x, top + 20, wide, reach + len(cells) * step - 20, across, Axis(0, 1, ()))
    frame.draw_across(_cosine)
    words = f"score by {shown.scores.scorer}"
    page.write(x + wide / 2, top + reach + len(cells) * step + 64, words, TINY, ha="center")
    right = left + _WIDTH
    judged = bool(shown.scores.judged)
    head = "median, right" if judged else "median"
    page.write(right, top + reach - 30, head, TINY, ha="right")
    highest = float(shown.densities.max())
    size = SMALL if step >= 40 else TINY
    for line, number in enumerate(order):
        cell = cells[number]
        base = top + reach + (line + 0.75) * step
        lane = Panel(page, x, base - reach, wide, reach, across, Axis(0, highest, ()))
        points = lane.points(shown.axis.tolist(), shown.densities[number].tolist())
        ridge = Polygon(
            np.vstack([points, [points[-1, 0], base], [points[0, 0], base]]),
            fc="#ecdcc9",
            ec="#fcfbf8",
            lw=0.6 * page.scale,
            zorder=2 + 0.001 * line,
        )
        ridge.set_gid(f"density {number}")
        page.ax.add_patch(ridge)
        edge = LineCollection([points], colors=SCORE, linewidths=0.8 * page.scale)
        edge.set(zorder=2.0005 + 0.001 * line)
        page.ax.add_collection(edge, autolim=False)
        median = float(np.median(cell.scores))
        tick = lane.bar(lane.x(median) - 1.5, base - 12, 3, 12, INK)
        tick.set(zorder=3, gid=f"median {number}")
        name = fitted(cell.prompt, label, size, "italic")
        page.write(left + label, base, name, size, color=INK, style="italic", ha="right")
        number_told = f"{median:.3f}".replace("-", "−")
        if judged:
            share = f"{100 * cell.right.mean():.0f} %" if cell.judged else "–"
            page.write(right, base, share, TINY, color=JUDGE if cell.judged else SOFT, ha="right")
            page.write(right - 72, base, number_told, TINY, ha="right")
        else:
            page.write(right, base, number_told, TINY, ha="right")
    return page.ax


_KINDS: dict[str, Callable[[Distribution, str, Axes | None], Axes]] = {
    "raincloud": _rainclouds,
    "ecdf": _steps,
    "ridges": _ridges,
}
