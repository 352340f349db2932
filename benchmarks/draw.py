"""How long does somebody wait for pictures? `python -m benchmarks.draw`

The bundled model at its card's own settings, guidance included, on a CPU: from the call of `draw`
to the pixels, without CLIP and without imports. Kinds of drawing take turns, round after round;
the table has medians, the shortest and the longest, and the target beside each figure. Last, one
JSON line.

Statistics are timed both ways, with another one first in every other round, and the cost is the
median over the rounds of one time divided by the other. A film is a finished picture taken apart
again: every patch as it appeared, and the three likeliest codes of each patch decoded in its
place. Memory and imports are those of processes of their own that draw one picture.
"""

import argparse
import contextlib
import dataclasses
import json
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch

import dalle_explore as dx
from benchmarks.memory import in_child
from benchmarks.surroundings import rounded, surroundings, version
from dalle_explore.kernel import why_not
from dalle_explore.sampling.decode import Decoded, decode, drain
from dalle_explore.sampling.preview import Preview, alternatives
from dalle_explore.sampling.request import request
from dalle_explore.training.machine import fast_bf16

PROMPT = "a baby penguin with headphones skating on ice"
FRESH = 3  # processes at most


@dataclasses.dataclass
class Figure:
    """Something measured, once a round."""

    what: str
    unit: str
    values: list[float]
    target: float | None = None  # at most

    @property
    def median(self) -> float:
        """The figure."""
        return statistics.median(self.values)

    def to_json(self) -> dict[str, Any]:
        """Everything, with whether the target is met."""
        met = None if self.target is None else self.median <= self.target
        return {**dataclasses.asdict(self), "median": self.median, "met": met}


def seconds(call: Callable[[], Any]) -> float:
    """Time one call."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def first_patch(model: dx.Model, n: int) -> float:
    """Seconds from asking for pictures to the pixels of their first patch, as a view would."""
    seen: list[float] = []
    began = time.perf_counter()
    run = dx.drawing(model, PROMPT, n=n, score=False, every=1)
    preview = Preview(model.generator, n)

    def watch(work: Any) -> None:
        preview.add(work.step)
        seen.append(time.perf_counter() - began)
        run.stop(wait=False)

    run.watch(watch)
    with contextlib.suppress(dx.InputError):  # stopped before one picture was finished
        run.run()
    return seen[0]


def statistics_cost(model: dx.Model, n: int, kept_first: bool) -> float:
    """Per cent that the record of what the model thought adds to drawing codes."""
    one = request(model.generator, model.generator.encode_text(PROMPT), range(n))

    def codes(kept: bool) -> float:
        return seconds(
            lambda: drain(decode(model.generator, [one], model.settings, statistics=kept))
        )

    spent = {kept: codes(kept) for kept in (kept_first, not kept_first)}
    return 100 * (spent[True] / spent[False] - 1)


def film(model: dx.Model, sample: dx.Sample) -> tuple[float, float]:
    """Seconds for the frames of a picture, and for three alternatives of every patch."""

    def frames() -> None:
        preview = Preview(model.generator, 1)
        codes, forced = sample.trace.codes[None], sample.trace.forced[None]
        for patch in range(codes.shape[1]):
            here = slice(patch, patch + 1)
            preview.add(Decoded(first=patch, codes=codes[:, here], forced=forced[:, here]))

    return seconds(frames), seconds(lambda: alternatives(model.generator, sample.trace, top=3))


def measure(model: dx.Model, args: argparse.Namespace) -> list[Figure]:
    """Take turns, round after round."""
    few, many = 1, args.pictures
    targets = {
        (few, "fp32"): 1.5,
        (many, "fp32"): 5.0,
        (few, "bf16"): 1.0,
        (many, "bf16"): 3.0,
    }
    draws = {
        (n, precision): Figure(f"{count(n)}, {precision}", "s", [], target)
        for (n, precision), target in targets.items()
    }
    firsts = {n: Figure(f"first patch of {count(n)}", "s", [], 0.3) for n in (few, many)}
    costs = {n: Figure(f"statistics, {count(n)}", "%", [], 10.0) for n in (few, many)}
    frames = Figure("film: frames", "s", [])
    others = Figure("film: 3 alternatives a patch", "s", [])
    whole = Figure("film: both", "s", [], 8.0)
    (sample,) = dx.draw(model, PROMPT, n=1, score=False)  # warm, too
    for number in range(args.rounds):
        for (n, precision), figure in draws.items():
            options: dict[str, Any] = {"n": n, "score": False, "precision": precision}
            figure.values.append(seconds(lambda o=options: dx.draw(model, PROMPT, **o)))
        for n, figure in firsts.items():
            figure.values.append(first_patch(model, n))
        for n, figure in costs.items():
            figure.values.append(statistics_cost(model, n, kept_first=number % 2 == 1))
        spent = film(model, sample)
        for figure, value in zip((frames, others, whole), (*spent, sum(spent)), strict=True):
            figure.values.append(value)
    return [*draws.values(), *firsts.values(), *costs.values(), frames, others, whole]


def fresh(args: argparse.Namespace) -> tuple[list[Figure], list[dict[str, Any]]]:
    """What processes say that import, load and draw one picture."""
    folder = [args.model] if args.model else []
    said = [in_child("benchmarks.fresh", *folder) for _ in range(min(args.rounds, FRESH))]
    rows = (
        ("import", "s", "import_s", None),
        ("load", "s", "load_s", None),
        ("first picture of a process", "s", "draw_s", None),
        ("peak memory after import", "MB", "imported_mb", None),
        ("peak memory after loading", "MB", "loaded_mb", None),
        ("peak memory, one picture drawn", "MB", "drawn_mb", 1024.0),
    )
    known = [row for row in rows if all(one[row[2]] is not None for one in said)]
    return [Figure(w, u, [one[key] for one in said], t) for w, u, key, t in known], said


def count(n: int) -> str:
    """``1 picture``, ``16 pictures``."""
    return f"{n} picture{'s' * (n != 1)}"


def show(figures: list[Figure]) -> None:
    """Print the table."""
    print(f"{'':32} {'median':>8} {'min':>8} {'max':>8}      {'target':>8}")
    for one in figures:
        target, verdict = "", ""
        if one.target is not None:
            target, verdict = f"{one.target:g}", "met" if one.median <= one.target else "missed"
        print(
            f"{one.what:32} {one.median:8.2f} {min(one.values):8.2f} {max(one.values):8.2f} "
            f"{one.unit:4} {target:>8} {verdict}"
        )


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print the table, then the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=None, help="a folder; the bundled model")
    parser.add_argument("--pictures", type=int, default=16, help="of the larger draw")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument(
        "--no-fresh", action="store_true", help="leave out memory and imports of fresh processes"
    )
    args = parser.parse_args(argv)
    # Fresh processes first: while this one is small, nothing competes with them for memory.
    figures, said = ([], []) if args.no_fresh else fresh(args)
    if args.threads:
        torch.set_num_threads(args.threads)
    model = dx.load(args.model)
    figures = measure(model, args) + figures
    show(figures)
    native = fast_bf16(torch.device("cpu"))
    if not native:
        print("bf16 is emulated on this processor, so its targets do not hold here")
    line = {
        "benchmark": "draw",
        **surroundings(),
        "threads": torch.get_num_threads(),
        "versions": {"torch": version("torch")},
        "model": model.card.name,
        "digest": model.digest[:16],
        "settings": dataclasses.asdict(model.settings),
        "kernel": why_not() or "built",
        "fast_bf16": native,
        "pictures": args.pictures,
        "rounds": args.rounds,
        "figures": [one.to_json() for one in figures],
        "fresh": said,
    }
    print(json.dumps(rounded(line)))


if __name__ == "__main__":
    main()
