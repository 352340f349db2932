"""The best of k: who wins, what the score gains, and what the judge says of the winners."""

import math
from collections.abc import Callable

from matplotlib.axes import Axes

from dalle_explore.figures.lanes import Axis, axis_of, plain
from dalle_explore.figures.page import DPI, INK, Page
from dalle_explore.figures.panels import CHANCE, JUDGE, LIMIT, SCORE, Panel, apart, log_axis
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.press import length_of
from dalle_explore.figures.thumbs import TICKED, thumb
from dalle_explore.figures.written import TINY, fitted, percent
from dalle_explore.session.scores.best_of import BestOf
from dalle_explore.statistics.curves import Curve

__all__ = ["best_of"]

_WIDTH, _AXIS, _NAMES = 1480, 92, 300  # pixels of the page; room for ticks and for names of lines
_HEAD, _FOOT = 116, 76
_HIGH = {"score": 360, "right": 360, "efficiency": 220}
_MOST = 190  # side of a picture

Line = tuple[str, float, str]  # name, its end, colour


def best_of(best_of: BestOf, *, prompt: int = 0, ax: Axes | None = None) -> Axes:
    """Draw, one below the other, who wins among k, the score, the judge's verdict, the efficiency.

    All panels share the axis of k, on which doubling is always equally far; none has a second
    axis at its side.

    Args:
        best_of: what to show (see ``Scores.best_of``).
        prompt: whose winners are shown, counted from 0.
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on.
    """
    winners = best_of.winners(prompt)
    across = log_axis(best_of.ks)
    wide = _WIDTH - _AXIS - _NAMES
    places = [across.place(math.log2(k)) * wide for k in best_of.ks]
    steps = sorted(b - a for a, b in zip(places, places[1:], strict=False))
    side = min(_MOST, max(64.0, steps[len(steps) // 2] - 24)) if steps else _MOST
    shown = _spread_out(places, side)
    kinds = [kind for kind in _HIGH if getattr(best_of, kind) is not None]
    body = 76 + side + 24 + sum(_HEAD + _HIGH[kind] for kind in kinds) + _FOOT
    page, left, top = plate(
        ax,
        "",
        best_of.caption(),
        _WIDTH,
        body,
        heading="What is choosing the best of k worth?",
        aside=best_of.scores.counted(),
    )
    text = best_of.scores.prompts[prompt]
    page.write(left, top + 30, "The winner among the first k of", TINY)
    start = left + length_of("The winner among the first k of", TINY, DPI) + 12
    told = fitted(f"“{text}”", left + _WIDTH - start, SMALL, "italic")
    page.write(start, top + 30, told, SMALL, color=INK, style="italic")
    for number in shown:
        winner = winners[number]
        x = left + _AXIS + places[number] - side / 2
        thumb(page, winner.picture, x, top + 56, side, winner.right)
        words = f"seed {winner.seed}"
        page.write(x + side / 2, top + 56 + side + 28, words, TINY, ha="center")
    if best_of.scores.cells[prompt].judged:
        _ticks(page, left + _WIDTH, top + 56 + side / 2)
    y = top + 76 + side + 24
    for place, kind in enumerate(kinds):
        y += _HEAD
        last = place == len(kinds) - 1
        _DRAW[kind](best_of, _panel(page, best_of, kind, across, left, y, wide), last)
        y += _HIGH[kind]
    return page.ax


def _spread_out(places: list[float], side: float) -> list[int]:
    """The numbers of the winners that have room beside each other; the last is always shown."""
    shown: list[int] = []
    for number in reversed(range(len(places))):
        if not shown or places[shown[-1]] - places[number] >= side + 8:
            shown.append(number)
    return shown[::-1]


def _ticks(page: Page, right: float, middle: float) -> None:
    x = right - _NAMES + 70
    for line, (colour, words) in enumerate(TICKED.values()):
        page.write(x, middle - 8 + line * 34, words, TINY, color=colour)


def _panel(
    page: Page, shown: BestOf, kind: str, across: Axis, left: float, top: float, wide: float
) -> Panel:
    if kind == "score":
        curve = shown.score
        ends = [*curve.value, *curve.low, *curve.high, *shown.null]
        up = axis_of(ends, most=5)
    elif kind == "right":
        up = _shares(shown)
    else:
        assert shown.efficiency is not None
        one = shown.efficiency
        found = axis_of([*one.value, *one.low, *one.high, 1.0], most=5)
        up = Axis(min(found.low, -0.04), found.high, found.ticks)
    return Panel(page, left + _AXIS, top, wide, _HIGH[kind], across, up)


def _shares(shown: BestOf) -> Axis:
    """From 0 to as far as the ceiling goes, in steps that are read easily."""
    assert shown.ceiling is not None
    highest = max(v for v in (*shown.ceiling.value, *shown.ceiling.high) if math.isfinite(v))
    step = 0.25 if highest > 0.5 else 0.1 if highest > 0.2 else 0.05
    ticks = tuple(step * n for n in range(round(1 / step) + 1) if step * n <= highest + step)
    high = min(1.04, max(highest * 1.08, 0.02))
    return Axis(-0.02 * high, high, tuple(tick for tick in ticks if tick <= high))


def _score(shown: BestOf, panel: Panel, last: bool) -> None:
    note = "expected, in standard deviations of its prompt"
    panel.head("Score of the winner", note)
    panel.draw_up()
    _across(panel, shown, last)
    _curve(panel, "null", shown.ks, shown.null, CHANCE, dashed=True)
    _measured(panel, "score", shown.score, SCORE)
    _names(
        panel,
        [("the score", shown.score.value[-1], SCORE), ("pure noise", shown.null[-1], CHANCE)],
        lambda value: f"{value:+.2f}".replace("-", "−"),
    )


def _right(shown: BestOf, panel: Panel, last: bool) -> None:
    assert shown.right is not None and shown.ceiling is not None and shown.random is not None
    panel.head("The winner is right", "share of prompts, by the judge, who does not choose")
    panel.draw_up(_percent)
    _across(panel, shown, last)
    _curve(panel, "random", shown.ks, [shown.random] * len(shown.ks), CHANCE, dashed=True)
    _measured(panel, "ceiling", shown.ceiling, LIMIT)
    _measured(panel, "right", shown.right, JUDGE)
    lines = [
        ("one of k is right", shown.ceiling.value[-1], LIMIT),
        ("the score chooses", shown.right.value[-1], JUDGE),
        ("nobody chooses", shown.random, CHANCE),
    ]
    _names(panel, lines, percent)


def _efficiency(shown: BestOf, panel: Panel, last: bool) -> None:
    assert shown.efficiency is not None
    panel.head("Efficiency", "0 %: as nobody chooses; 100 %: as the judge would")
    panel.draw_up(_percent)
    _across(panel, shown, last)
    _measured(panel, "efficiency", shown.efficiency, JUDGE)
    _names(panel, [("of what is possible", shown.efficiency.value[-1], JUDGE)], percent)


_DRAW: dict[str, Callable[[BestOf, Panel, bool], None]] = {
    "score": _score,
    "right": _right,
    "efficiency": _efficiency,
}


def _across(panel: Panel, shown: BestOf, last: bool) -> None:
    """Hairlines at every k; below the last panel the numbers that have room, and what they are."""
    for tick in panel.across.ticks:
        panel.bar(panel.x(tick) - 0.75, panel.top, 1.5, panel.height, "#00000010")
    if not last:
        return
    bottom = panel.top + panel.height
    free = math.inf
    for k in reversed(shown.ks):
        words, x = str(k), panel.x(math.log2(k))
        half = length_of(words, TINY, DPI) / 2 + 4
        if x + half < free:
            panel.page.write(x, bottom + 30, words, TINY, color=INK, ha="center")
            free = x - half
    told = "k: pictures chosen among"
    panel.page.write(panel.left + panel.width / 2, bottom + 66, told, TINY, ha="center")


def _measured(panel: Panel, name: str, curve: Curve, colour: str) -> None:
    logs = [math.log2(k) for k in curve.k]
    panel.band(logs, curve.low, curve.high, colour, f"band of {name}")
    panel.line(logs, curve.value, colour, 1.6, name=name)
    panel.dots(logs, curve.value, colour, 6.5, name=f"dots of {name}")


def _curve(
    panel: Panel,
    name: str,
    ks: tuple[int, ...],
    values: tuple[float, ...] | list[float],
    colour: str,
    *,
    dashed: bool,
) -> None:
    panel.line([math.log2(k) for k in ks], values, colour, 1.2, dashed=dashed, name=name)


def _names(panel: Panel, lines: list[Line], write: Callable[[float], str]) -> None:
    """Name every line at its end, with the value there."""
    known = [line for line in lines if math.isfinite(line[1])]
    x = panel.left + panel.width + 20
    wanted = [panel.y(value) for _, value, _ in known]
    heights = apart(wanted, 34, panel.top + 8, panel.top + panel.height)
    for (name, value, colour), y in zip(known, heights, strict=True):
        words = write(value)
        panel.page.write(x, y + 8, words, TINY, color=colour, weight="bold")
        at = x + length_of(words, TINY, DPI, weight="bold") + 10
        panel.page.write(at, y + 8, name, TINY, color=colour)


def _percent(share: float) -> str:
    return f"{plain(round(100 * share, 6))} %"
