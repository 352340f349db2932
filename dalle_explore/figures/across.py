"""Means over many pictures, each with its interval: dots and whiskers on straight axes."""

import dataclasses
import math
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle

from dalle_explore.figures.lanes import Axis, axis_of, draw_axis, plain
from dalle_explore.figures.page import DPI, INK, Page
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.press import length_of
from dalle_explore.figures.scores import SHORT
from dalle_explore.figures.written import (
    DEPENDED,
    LOOKED,
    NAME,
    TINY,
    bits_in_words,
    fitted,
    percent,
)
from dalle_explore.instruments.across import Across
from dalle_explore.statistics.ranks import Mean

__all__ = ["across"]

_STEP, _HEAD, _FOOT, _BETWEEN = 36, 76, 44, 44  # pixels of the page
_BAR, _ALONE, _LABELS, _NUMBERS, _GAP = 380, 640, 330, 280, 72
_TOP, _KEY = 28, 34
_ONE = "#a89f90"

_QUESTIONS = {
    "Looks": LOOKED,
    "Heads": f"{LOOKED}, head by head",
    "Dependence": DEPENDED,
    "Ablation": f"{DEPENDED}, inside",
    "Lens": "What it might have drawn, had it stopped earlier",
    "Agreement": "Do they agree?",
}


@dataclasses.dataclass(frozen=True)
class _Panel:
    """Measures of one kind, which share an axis."""

    title: str
    unit: str  # "share", "bits", "logits", "correlation" or ""
    names: tuple[tuple[str, str], ...]  # of the measure, and as it is written here

    @property
    def height(self) -> float:
        return _HEAD + len(self.names) * _STEP + _FOOT


# Beginnings of the names of measures, and what is left out at the end: title of the panel, unit.
_KINDS = (
    ("bits of ", "", "Bits lost without it", "bits"),
    ("KL, ", "", "Bits from the final distribution", "bits"),
    ("text share of ", "", "Share of words in what it read", "share"),
    ("push of ", "", "Logits added to the codes drawn", "logits"),
    (
        "correlation of ",
        " with knockout",
        "Rank correlation with cutting everywhere",
        "correlation",
    ),
    ("deletion area by ", "", "Mean height of the deletion curve", "share"),
)
_DIFFER = "disagree"
_SHARES = "Share of all that was read"


def across(across: Across, *, ax: Axes | None = None) -> Axes:
    """Draw the mean of every measure with its interval, and the prompts one by one.

    Measures of one kind share a straight axis that holds 0.

    Args:
        across: what to show (see ``Samples.inspect``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: panel by panel a small dot for every prompt, and a line and a large dot
        for every mean.
    """
    panels = _panels(across)
    two = len(panels) > 1
    sides = _split(panels) if two else (panels,)
    heights = [sum(panel.height + _BETWEEN for panel in side) - _BETWEEN for side in sides]
    longest = max(length_of(written, SMALL, DPI) for panel in panels for _, written in panel.names)
    labels = min(longest + 4, _LABELS)
    bar = _BAR if two else _ALONE
    each = labels + 20 + bar + _NUMBERS
    kind = type(across.results[0]).__name__
    page, left, top = plate(
        ax,
        "",
        across.caption(),
        len(sides) * each + (len(sides) - 1) * _GAP,
        _TOP + max(heights) + _KEY,
        heading=_QUESTIONS.get(kind, kind),
        aside=f"{len(across.results)} pictures of {across.prompts} prompts",
    )
    values = _by_prompt(across)
    for column, side in enumerate(sides):
        y = top + _TOP
        for panel in side:
            _draw(page, across, panel, values, left + column * (each + _GAP), y, labels, bar)
            y += panel.height + _BETWEEN
    key = (
        "dot and line: mean and 95 % interval; grey: each prompt; hollow: one prompt, no interval"
    )
    page.write(left, top + _TOP + max(heights) + 22, key, TINY)
    return page.ax


def _panels(across: Across) -> list[_Panel]:
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for name in across.measures:
        for begin, end, title, unit in _KINDS:
            if name.startswith(begin):
                written = name.removeprefix(begin).removesuffix(end)
                found[title, unit].append((name, SHORT.get(written, written)))
                break
        else:
            if name == _DIFFER:
                written = "looked at most is not needed most"
                found["Prompts where they disagree", "share"].append((name, written))
            else:
                found[_SHARES, "share"].append((name, name))
    return [_Panel(title, unit, tuple(names)) for (title, unit), names in found.items()]


def _split(panels: list[_Panel]) -> tuple[list[_Panel], ...]:
    """Two columns, about equally high, in order."""
    total = [sum(panel.height for panel in panels[:at]) for at in range(len(panels) + 1)]
    cuts = range(1, len(panels))
    at = min(cuts, key=lambda cut: max(total[cut], total[-1] - total[cut]))
    return panels[:at], panels[at:]


def _by_prompt(across: Across) -> Mapping[str, list[float]]:
    """The values behind every mean: one a prompt, in order."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in across.results:
        for name, value in one.measures().items():
            if math.isfinite(value):
                found[name][one.subject.prompt].append(value)
    return {
        name: [float(np.mean(values)) for values in by_prompt.values()]
        for name, by_prompt in found.items()
    }


def _draw(
    page: Page,
    across: Across,
    panel: _Panel,
    values: Mapping[str, list[float]],
    left: float,
    top: float,
    labels: float,
    wide: float,
) -> None:
    """One panel: a line for every measure."""
    page.write(left, top + 20, panel.title, NAME, color=INK)
    bar = left + labels + 20
    right = bar + wide + _NUMBERS
    page.write(bar, top + 52, {"share": ""}.get(panel.unit, panel.unit), TINY)
    page.write(right, top + 52, "mean (95 % interval), prompts", TINY, ha="right")
    axis = _axis(panel, values)
    top += _HEAD
    write = _percent if panel.unit == "share" else plain
    draw_axis(page, axis, bar, top, wide, len(panel.names) * _STEP, write)
    for line, (name, written) in enumerate(panel.names):
        one, middle = across.measures[name], top + (line + 0.5) * _STEP
        text = fitted(written, labels, SMALL)
        page.write(bar - 20, middle + 9, text, SMALL, color=INK, ha="right")
        for value in values[name]:
            _dot(page, f"prompt of {name}", bar + axis.place(value) * wide, middle, 4, fc=_ONE)
        low, high = (bar + axis.place(end) * wide for end in (one.low, one.high))
        whisker = Rectangle((low, middle - 1.5), high - low, 3, fc=INK, lw=0)
        whisker.set_gid(f"interval of {name}")
        page.ax.add_patch(whisker)
        style = {"fc": "#fcfbf8", "ec": INK, "lw": 0.9}
        if one.n > 1:
            style = {"fc": INK, "ec": "#fcfbf8", "lw": 0.6}
        _dot(page, f"mean of {name}", bar + axis.place(one.value) * wide, middle, 7, **style)
        page.write(right, middle + 8, _told(one, panel.unit), TINY, ha="right")


def _dot(page: Page, name: str, x: float, y: float, radius: float, **style: Any) -> None:
    dot = Circle((x, y), radius, **{"lw": 0, **style})
    dot.set_gid(name)
    page.ax.add_patch(dot)


def _axis(panel: _Panel, values: Mapping[str, list[float]]) -> Axis:
    if panel.unit == "correlation":
        return Axis(-1.04, 1.04, (-1.0, -0.5, 0.0, 0.5, 1.0))
    return axis_of([value for name, _ in panel.names for value in values[name]], most=5)


def _told(one: Mean, unit: str) -> str:
    def write(value: float) -> str:
        return percent(value) if unit == "share" else bits_in_words(value)

    if one.n == 1:
        return f"{write(one.value)}, n 1"
    return f"{write(one.value)} ({write(one.low)} to {write(one.high)}), n {one.n}"


def _percent(share: float) -> str:
    return f"{100 * share:g} %".replace("-", "−")
