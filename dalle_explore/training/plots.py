"""The plots of a run: its losses, and how what it draws grew."""

import io
import math
import textwrap
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from dalle_explore.files import write_atomic
from dalle_explore.training import log

_NOT_PLOTTED = {"step", "seconds", "per_second", "rate", "gradient", "valid_pictures"}


def plot_log(path: Path, picture: Path, title: str) -> None:
    """Plot every number of a JSONL log against the step, one panel each, into a PNG.

    Raises:
        InputError, MachineError: the picture cannot be written.
    """
    series = read_series(path)
    if not series:
        return
    columns = min(3, len(series))
    rows = math.ceil(len(series) / columns)
    # The object API: pyplot keeps global state, and a training must not touch a notebook's.
    width, height = 4.2 * columns, 2.9 * rows
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    figure.suptitle(title)
    # Margins in inches; an automatic layout would draw everything twice, in seconds.
    figure.subplots_adjust(
        left=0.6 / width,
        right=1 - 0.2 / width,
        bottom=0.5 / height,
        top=1 - 0.65 / height,
        wspace=0.22,
        hspace=0.5,
    )
    for place, (name, points) in enumerate(series.items()):
        axes = figure.add_subplot(rows, columns, place + 1)
        steps, values = zip(*points, strict=True)
        axes.plot(steps, values, linewidth=1.2, marker="." if len(steps) < 20 else None)
        axes.set_title(name.replace("_", " "), fontsize=10)
        axes.set_xlabel("step", fontsize=8)
        axes.tick_params(labelsize=8)
        axes.grid(alpha=0.25)
        if len(values) > 50:
            # The first steps are far off the scale of everything that follows.
            low, high = sorted(values)[0], sorted(values)[int(0.97 * len(values))]
            margin = 0.05 * (high - low) or 1.0
            axes.set_ylim(low - margin, high + margin)
    held = io.BytesIO()
    figure.savefig(held, format="png", dpi=90)
    write_atomic(picture, held.getvalue())


def plot_growth(moments: Mapping[str, Mapping[str, Image.Image]], picture: Path) -> None:
    """Lay out what a model drew at several moments: a row for each prompt, a column for each.

    Args:
        moments: by the label of the moment, one picture for each prompt; the prompts are the same.
        picture: the PNG or JPEG to write.

    Raises:
        InputError, MachineError: it cannot be written.
    """
    prompts = list(next(iter(moments.values())))
    cell, words, head = 0.92, 2.1, 0.26  # inches
    width, height = words + cell * len(moments), head + cell * len(prompts)
    figure = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    for column, (label, drawn) in enumerate(moments.items()):
        left = words + cell * column
        figure.text(
            (left + 0.49 * cell) / width,
            1 - 0.17 / height,
            label,
            ha="center",
            fontsize=8,
            color="0.3",
        )
        for row, prompt in enumerate(prompts):
            bottom = height - head - cell * (row + 1)
            size = 0.96 * cell
            axes = figure.add_axes((left / width, bottom / height, size / width, size / height))
            axes.imshow(np.asarray(drawn[prompt].convert("RGB")), interpolation="lanczos")
            axes.set_axis_off()
    for row, prompt in enumerate(prompts):
        figure.text(
            (words - 0.1) / width,
            (height - head - cell * (row + 0.5)) / height,
            "\n".join(textwrap.wrap(prompt, 32)),
            ha="right",
            va="center",
            fontsize=8,
            style="italic",
            family="serif",
        )
    held = io.BytesIO()
    figure.savefig(held, format=picture.suffix[1:], dpi=140)
    write_atomic(picture, held.getvalue())


def read_series(path: Path) -> dict[str, list[tuple[int, float]]]:
    """The (step, value) points of every number in a log, in the order of first appearance."""
    series: dict[str, list[tuple[int, float]]] = {}
    for line in log.read(path):
        for name, value in line.items():
            if name not in _NOT_PLOTTED and isinstance(value, int | float):
                series.setdefault(name, []).append((int(line["step"]), float(value)))
    return series
