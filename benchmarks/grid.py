"""What does a grid cost beyond its pictures? `python -m benchmarks.grid`

The same pictures of the bundled model are drawn as a grid, with a gallery, and bare, in the same
batches: the cost of scheduling and keeping is the median over the rounds of one time divided by
the other, with another one first in every other round. What breadth first costs is measured, too:
cell by cell, a batch has fewer sentences to read. Then a grid of 400 cells is asked again,
of which the gallery holds everything: seconds until every value and score is there. Last, the four
sentences of the gallery that comes with the package. The codes of the 400 cells are made up; what
is timed reads them, and does not look at them.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

import dalle_explore as dx
from benchmarks.draw import Figure, seconds
from benchmarks.surroundings import rounded, surroundings, version
from dalle_explore.gallery import Gallery, Row, stock
from dalle_explore.session.grid import gridding
from dalle_explore.session.gridding import Gridding
from dalle_explore.session.shelf import addresses_of
from dalle_explore.session.stock import DRAWN, STOCK_TEMPLATES
from dalle_explore.session.studio import Wish, strokes

DRAWN_TEMPLATE = (
    "a {colour=red|green|blue|yellow} {solid=cube|sphere|cylinder|cone} on top of a "
    "{other=red cube|blue sphere}"
)
ASKED_TEMPLATE = (
    "a {colour=red|orange|yellow|green|blue|purple|pink|gray} "
    "{solid=cube|sphere|cylinder|cone|ring} {relation=on top of|above} a "
    "{other=red|green|blue|yellow|pink} cube"
)


def bare(run: Gridding, by_cell: bool) -> None:
    """Draw what a grid would draw in batches of 32, and keep nothing."""
    cells, n = run.plan.cells, run.plan.n
    breadth = [Wish(cell.recipe, cell.seeds[j]) for j in range(n) for cell in cells]
    depth = [Wish(cell.recipe, seed) for cell in cells for seed in cell.seeds]
    wishes = depth if by_cell else breadth
    for first in range(0, len(wishes), 32):
        for _ in strokes(run.plan.cells[0].model, wishes[first : first + 32]):
            pass


def scheduling(model: dx.Model, rounds: int, n: int) -> list[Figure]:
    """Draw the same both ways, in turns."""
    as_grid = Figure("32 cells drawn as a grid, unscored", "s", [])
    plain = Figure("the same batches drawn bare", "s", [])
    deep = Figure("the same pictures bare, cell by cell", "s", [])
    cost = Figure("as a grid, times as long as the same batches", "x", [], 1.05)
    breadth = Figure("breadth first, times as long as cell by cell", "x", [])

    def grid() -> None:
        with tempfile.TemporaryDirectory() as folder, Gallery.open(Path(folder) / "g") as gallery:
            dx.grid(model, DRAWN_TEMPLATE, n=n, gallery=gallery, score=False, judge=False)

    def pictures(by_cell: bool = False) -> None:
        run = gridding(model, DRAWN_TEMPLATE, n=n, gallery=False, score=False, judge=False)
        bare(run, by_cell)

    for number in range(rounds):
        if number % 2:
            plain.values.append(seconds(pictures))
            as_grid.values.append(seconds(grid))
        else:
            as_grid.values.append(seconds(grid))
            plain.values.append(seconds(pictures))
        deep.values.append(seconds(lambda: pictures(True)))
        cost.values.append(as_grid.values[-1] / plain.values[-1])
        breadth.values.append(plain.values[-1] / deep.values[-1])
    return [as_grid, plain, deep, cost, breadth]


def fill(model: dx.Model, gallery: Gallery) -> None:
    """Put pictures that nobody drew into a gallery, with scores and readings."""
    random = np.random.default_rng(0)
    run = gridding(model, ASKED_TEMPLATE, gallery=gallery)
    for cell in run.plan.cells:
        where = addresses_of(cell, cell.recipe, cell.seeds)
        made = random.integers(0, cell.recipe.codebook_size, (len(where), *cell.recipe.grid))
        gallery.put(
            [
                Row(address, cell.recipe, seed, codes, -1000.0, 3.0)
                for (seed, address), codes in zip(where.items(), made, strict=True)
            ]
        )
        scores = random.normal(0.3, 0.05, len(where))
        digest = model.card.scorer_digest
        assert digest is not None and model.judge_digest is not None
        values = dict(zip(where.values(), map(float, scores), strict=True))
        gallery.put_scores(digest, cell.filled.prompt, values)
        gallery.put_readings(model.judge_digest, {a: {"solid1": "cube"} for a in where.values()})


def asked_again(model: dx.Model, rounds: int) -> list[Figure]:
    """Ask for 400 cells that are all there."""
    found = Figure("400 cells × 8 asked again: values and scores", "s", [], 1.0)
    ticks = Figure("their ticks, one for each fact", "s", [])
    with tempfile.TemporaryDirectory() as folder, Gallery.open(Path(folder) / "g") as gallery:
        fill(model, gallery)
        for _ in range(rounds):
            began = time.perf_counter()
            grid = dx.grid(model, ASKED_TEMPLATE, gallery=gallery)
            assert grid.complete and len(grid) == 400 and all(len(c.scores) == 8 for c in grid)
            found.values.append(time.perf_counter() - began)
            ticks.values.append(seconds(lambda grid=grid: [cell.right for cell in grid]))  # type: ignore[misc]
    return [found, ticks]


def from_stock(model: dx.Model, rounds: int) -> list[Figure]:
    """Ask for the sentences that come with the package; nothing may be drawn."""
    if stock() is None:
        return []
    figures = [
        Figure("four stock sentences × 8: full", "s", [], 1.0),
        Figure(f"four stock sentences × {DRAWN}: full", "s", []),
    ]
    with tempfile.TemporaryDirectory() as folder, Gallery.open(Path(folder) / "g") as empty:
        for _ in range(rounds):
            for full, n in zip(figures, (8, DRAWN), strict=True):
                began = time.perf_counter()
                for template in STOCK_TEMPLATES:
                    run = gridding(model, template, n=n, gallery=empty)
                    if run.missing:
                        return []  # another model than the one that drew the stock
                    run.run()
                full.values.append(time.perf_counter() - began)
    return figures


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print the table, then the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=None, help="a folder; the bundled model")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--n", type=int, default=4, help="pictures of each of the 32 cells")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    torch.set_num_threads(args.threads)
    model = dx.load(args.model)
    dx.draw(model, "a red cube", n=2, score=False)  # weights are packed once
    figures = [
        *scheduling(model, args.rounds, args.n),
        *asked_again(model, args.rounds),
        *from_stock(model, args.rounds),
    ]
    for one in figures:
        target = "" if one.target is None else f"  (target {one.target:g})"
        print(f"{one.what:48} {one.median:8.3f} {one.unit}{target}")
    line = {
        "benchmark": "grid",
        **surroundings(),
        "torch": version("torch"),
        "threads": args.threads,
        "model": model.card.name,
        "figures": [one.to_json() for one in figures],
    }
    print(json.dumps(rounded(line)))


if __name__ == "__main__":
    main()
