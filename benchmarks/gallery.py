"""How fast is a gallery, and how large? `python -m benchmarks.gallery`

Rows of 256 codes, eight to a prompt, each with a score, written in batches of one transaction
each: seconds until all of them are on the disk, bytes a row, and reading some again. The target is
a million rows in a minute, of at most 700 bytes.
"""

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.surroundings import rounded, surroundings
from dalle_explore.gallery import Address, Addresses, Gallery, Row
from dalle_explore.settings import Settings
from dalle_explore.trace import Recipe

SAMPLES = 8  # of a prompt
SCORER = "0" * 64


def recipe(prompt: str) -> Recipe:
    """A recipe as a model with 16 x 16 codes out of 1024 writes it."""
    return Recipe(
        prompt=prompt,
        settings=Settings(top_k=256),
        model="compact",
        model_digest="1" * 64,
        licence="CC0-1.0",
        grid=(16, 16),
        codebook_size=1024,
        scorer_digest=SCORER,
        versions={"dalle_explore": "0.1.0", "torch": "2.11.0"},
    )


def batch(first: int, rows: int, random: np.random.Generator) -> list[Row]:
    """Rows number ``first`` and on; equal numbers give equal addresses."""
    codes = random.integers(0, 1024, (rows, 16, 16), dtype=np.int64)
    made = []
    for k in range(rows):
        number, seed = divmod(first + k, SAMPLES)
        if seed == 0 or not made:
            how = recipe(f"an illustration of hedgehog number {number} in a red coat, skating")
            addresses = Addresses(how, [5, 9, number % 997, number // 997, 3])
        made.append(Row(addresses.of(seed), how, seed, codes[k], -1234.5 - k / 7, 3.25 + k / 9))
    return made


def scored(rows: list[Row]) -> list[tuple[str, str, dict[Address, float]]]:
    """A score for every row, of its own prompt."""
    by_prompt: dict[str, dict[Address, float]] = {}
    for row in rows:
        by_prompt.setdefault(row.recipe.prompt, {})[row.address] = 0.25 + row.seed / 97
    return [(SCORER, prompt, values) for prompt, values in by_prompt.items()]


def milliseconds(call, repeat: int) -> float:
    """Median wall-clock time of a call that takes the number of the try."""
    spent = []
    for k in range(repeat):
        began = time.perf_counter()
        call(k)
        spent.append(1000 * (time.perf_counter() - began))
    return statistics.median(spent)


def main(arguments: list[str] | None = None) -> None:
    """Print the table, then the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=10_000, help="rows of one transaction")
    parser.add_argument("--folder", help="where to write; a temporary folder otherwise")
    parser.add_argument("--no-scores", action="store_true", help="write no scores")
    args = parser.parse_args(arguments)
    random = np.random.default_rng(0)
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        path = Path(folder) / "gallery.sqlite"
        with Gallery.open(path) as gallery:
            # Making numbers up is not what is measured.
            seconds = processor = 0.0
            for first in range(0, args.rows, args.batch):
                rows = batch(first, min(args.batch, args.rows - first), random)
                scores = () if args.no_scores else scored(rows)
                began = time.perf_counter(), time.process_time()
                gallery.put(rows, scores)
                seconds += time.perf_counter() - began[0]
                processor += time.process_time() - began[1]
            size = path.stat().st_size / args.rows
            picked = [
                [row.address for row in batch(SAMPLES * int(number), SAMPLES, random)]
                for number in random.integers(0, max(1, args.rows // SAMPLES), 400)
            ]
            cells = [address for some in picked for address in some]
            figures = {
                "seconds": seconds,
                "processor_s": processor,
                "rows_per_s": args.rows / seconds,
                "bytes_a_row": size,
                "find_8_ms": milliseconds(lambda k: gallery.find(picked[k % 400]), 100),
                "find_400_cells_ms": milliseconds(lambda k: gallery.find(cells), 3),
                "put_8_ms": milliseconds(
                    lambda k: gallery.put(batch(args.rows + 8 * k, 8, random)), 20
                ),
                "query_ms": milliseconds(
                    lambda k: gallery.query(prompt=f"number {k}1 ", limit=50), 3
                ),
            }
            began = time.perf_counter()
            faults = gallery.check()
            figures["check_s"] = time.perf_counter() - began
            assert not faults, faults[0]
    targets = {"seconds": 60 * args.rows / 1e6, "bytes_a_row": 700}
    print(f"{args.rows} rows in batches of {args.batch}, SQLite {sqlite3.sqlite_version}")
    for name, value in figures.items():
        target = f"   target {targets[name]:g}" if name in targets else ""
        print(f"{name:20} {value:12.4g}{target}")
    line = {
        "benchmark": "gallery",
        **surroundings(),
        "sqlite": sqlite3.sqlite_version,
        "rows": args.rows,
        "batch": args.batch,
        **rounded(figures),
        "met": {name: figures[name] <= target for name, target in targets.items()},
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
