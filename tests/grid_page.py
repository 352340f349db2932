"""A prompt grid on a page of its own, with cells, scores and pictures made up in bytes."""

import json

import numpy as np
from browser import tell
from house import PACKAGE

from dalle_explore.widgets.grid_parts import Known, encoded, pictures_part, values_part

STATIC = PACKAGE / "widgets" / "static"
SIDE = 24
HOSTILE = '<img src=x onerror="window.fired = 1">'
COLOURS = ("red", "emerald", HOSTILE)
SOLIDS = ("cube", "sphere", "cone", "owl")
MANNERS = ("", "on ice")
FACTS = {"colour1": "red", "solid1": "cube"}


def colour_of(cell, seed):
    """Every picture has a colour of its own, far from those of its neighbours."""
    return (cell * 9 + 20) % 250, (seed * 37 + 40) % 250, (cell * 5 + seed * 11) % 250


def pixels(cell, seed, side=SIDE):
    return np.full((side, side, 3), colour_of(cell, seed), dtype=np.uint8)


def score_of(cell, seed):
    return 0.2 + 0.01 * ((7 * seed + cell) % 10)


def known(cell, n=4, kept=None, scored=True, judged=True):
    """The samples of a cell, best first; only the best ``kept`` have a picture."""
    order = sorted(range(n), key=lambda seed: -score_of(cell, seed)) if scored else range(n)
    ticks = {"colour1": True, "solid1": None}
    return [
        Known(
            seed,
            score_of(cell, seed) if scored else None,
            kept is None or place < kept,
            {**ticks, "colour1": seed % 2 == 0} if judged else None,
        )
        for place, seed in enumerate(order)
    ]


def grid_cells(*sizes):
    """The values of axes of every cell, the last axis fastest."""
    return [list(map(int, at)) for at in np.ndindex(*sizes)]


def state(**changes):
    """All traits, as the Python half would send them."""
    at = grid_cells(len(COLOURS), len(SOLIDS), len(MANNERS))
    traits = {
        "status": {"state": "idle", "sentence": "", "done": 0, "total": 0, "left": None},
        "alive": True,
        "caption": "24 cells, made up.",
        "alt": "a grid",
        "template": {
            "text": "a {red|emerald|...} {cube|...} {|on ice}",
            "slots": [0, 1, 2],
            "joints": [["a ", " ", " ", ""], ["an ", " ", " ", ""]],
            "linked": [],
        },
        "axes": [
            {"name": "colour", "kind": "words", "labels": list(COLOURS)},
            {"name": "solid", "kind": "words", "labels": list(SOLIDS)},
            {"name": "manner", "kind": "words", "labels": ["(nothing)", "on ice"]},
        ],
        "cells": [
            {
                "at": one,
                "prompt": " ".join(["a", COLOURS[one[0]], SOLIDS[one[1]]]),
                "joints": int(one[0] == 1),
            }
            for one in at
        ],
        "plan": {"words": "", "missing": 0, "n": 4, "seed": "0"},
        "about": {
            "width": SIDE,
            "height": SIDE,
            "scorer": "CLIP",
            "left_out": "",
            "notice": "",
            "kept": True,
        },
        "rows": "colour",
        "columns": "solid",
        "each": "",
        "chosen": 0,
        "picture": "",
        "marks": {},
        "embedded": {},
    }
    return {**traits, **changes}


def values(cells=None, **options):
    cells = range(24) if cells is None else cells
    return values_part([(cell, FACTS, known(cell, **options)) for cell in cells])


def pictures(wanted, side=SIDE):
    return pictures_part(wanted, [encoded(pixels(*one, side)) for one in wanted])


def told(part):
    return {"header": part.header, "buffers": part.buffers}


def give(page, name, part):
    """Send a part as Python does."""
    tell(page, {"kind": "part", "part": name, "header": part.header}, part.buffers)


def open_grid(mount, given, parts=True, **options):
    page = mount(
        (STATIC / "prompt_grid.js").read_text(encoding="utf-8"),
        (STATIC / "prompt_grid.css").read_text(encoding="utf-8"),
        given,
        **options,
    )
    if parts:
        give(page, "values", values())
    return page


def sent(page, kind):
    return [one for one in page.evaluate("sent") if one["kind"] == kind]


def held(page, trait):
    """A trait as the view has set it; what it sets it saves a moment later."""
    page.wait_for_timeout(200)
    return page.evaluate("(name) => model.get(name)", trait)


WAITS = """() => document.querySelector(
  "[data-state=coming], .dx-brick:not([data-lacks]) img[hidden], .dx-hand-plate .dx-large[hidden]"
) !== null"""


def answer(page):
    """Give pictures as they are asked for, as Python does, until none is waited for."""
    for _ in range(40):
        page.wait_for_timeout(60)
        asked = page.evaluate("sent.splice(0)")
        for one in asked:
            if one["kind"] == "pictures":
                wanted = [(cell, int(seed)) for cell, seed in one["wanted"]]
                give(page, "pictures", pictures(wanted))
        if not page.evaluate(WAITS):
            return


def tile(page, row, column):
    return page.locator(f'.dx-tile[data-row="{row}"][data-column="{column}"]')


def large(rows=20, columns=20, n=8):
    """A grid of many cells without a kernel, every best picture in it."""
    at = grid_cells(rows, columns)
    numbers = range(len(at))
    down, across = (
        [f"{name} {one}" for one in range(count)]
        for name, count in (("creature", rows), ("activity", columns))
    )
    best = [(cell, known(cell, n)[0].seed) for cell in numbers]
    return state(
        alive=False,
        template={
            "text": "a {creature} {activity}",
            "slots": [0, 1],
            "joints": [["a ", " ", ""]],
            "linked": [],
        },
        axes=[
            {"name": "creature", "kind": "words", "labels": down},
            {"name": "activity", "kind": "words", "labels": across},
        ],
        cells=[
            {"at": one, "prompt": f"a {down[one[0]]} {across[one[1]]}", "joints": 0} for one in at
        ],
        plan={"words": "", "missing": 0, "n": n, "seed": "0"},
        about={**state()["about"], "width": 128, "height": 128},
        rows="creature",
        columns="activity",
        embedded={
            "values": told(values_part([(cell, FACTS, known(cell, n)) for cell in numbers])),
            "pictures": told(pictures(best, 128)),
        },
    )


def busiest(chromium, page, act):
    """Milliseconds of processor time of the page's longest task while something is done.

    Whatever else runs on this machine makes a frame late, but not a task longer in this sense.
    """
    kinds = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]
    chromium.start_tracing(page=page, categories=kinds)
    act(page)
    page.wait_for_timeout(100)
    events = json.loads(chromium.stop_tracing())["traceEvents"]
    main = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        one["tdur"] / 1000
        for one in events
        if one["ph"] == "X" and "tdur" in one and (one["pid"], one["tid"]) in main
    ]
    return max(tasks)


def scroll(page, turns=60):
    """Turn the wheel over the grid: down, across and back."""
    box = page.locator(".dx-scroller").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    ways = [(0, 60)] * 5 + [(60, 0)] * 3 + [(-40, -80)] * 4
    for turn in range(turns):
        page.mouse.wheel(*ways[turn * len(ways) // turns])
        page.wait_for_timeout(16)


def hover(page, steps=120):
    """Move over cell after cell."""
    box = page.locator(".dx-scroller").bounding_box()
    for number in range(steps):
        x, y = (number * 37 % 97) / 97, (number * 61 % 89) / 89
        page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        page.wait_for_timeout(8)
