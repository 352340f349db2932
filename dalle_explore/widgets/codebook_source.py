"""A codebook browser as code that makes it again: the picture, the view, what was painted."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Int64

from dalle_explore.session.model import Model
from dalle_explore.session.sample import Sample
from dalle_explore.widgets.source import model_as_code, samples_as_code

__all__ = ["browser_as_code"]

_MANY = 64  # painted patches from which the whole grid is shorter


def browser_as_code(
    model: Model,
    sample: Sample | None,
    grid: Int64[np.ndarray, "rows columns"],
    start: Int64[np.ndarray, "rows columns"],
    view: dict[str, Any],
    ground: Int64[np.ndarray, "rows columns"] | None,
) -> str:
    """Return Python that shows the same.

    Args:
        model: whose codes they are.
        sample: what is painted on; None: a grid of codes.
        grid: the codes as they are now.
        start: the codes before anything was painted.
        view: keywords of the browser.
        ground: the codes of an empty sheet, where there is no sample.
    """
    lines = ["import dalle_explore as dx", "", model_as_code(model)]
    what = "model"
    if sample is not None:
        drawn, (what,) = samples_as_code([sample])
        lines += drawn
    keywords = dict(view)
    painted = np.argwhere(grid != start)
    if ground is not None and not np.array_equal(start, ground):
        lines.append(f"grid = {start.tolist()}")
        keywords["grid"] = None
    elif sample is not None and len(painted) > _MANY:
        lines.append(f"grid = {grid.tolist()}")
        keywords["grid"] = None
        painted = painted[:0]
    told = "".join(
        f", {name}={'grid' if name == 'grid' else repr(value)}" for name, value in keywords.items()
    )
    made = f"dx.CodebookBrowser({what}{told})"
    if not len(painted):
        return "\n".join([*lines, made, ""])
    lines.append(f"browser = {made}")
    lines += _strokes(grid, painted.tolist())
    return "\n".join([*lines, "browser", ""])


def _strokes(
    grid: Int64[np.ndarray, "rows columns"], painted: Sequence[Sequence[int]]
) -> list[str]:
    by_code: dict[int, list[tuple[int, int]]] = {}
    for row, column in painted:
        by_code.setdefault(int(grid[row, column]), []).append((row, column))
    return [f"browser.paint({code}, {patches})" for code, patches in by_code.items()]
