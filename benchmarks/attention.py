"""What does it cost to see where a picture looks? `python -m benchmarks.attention`

First the instruments, on one picture of the bundled model (see ``instruments``): medians of
rounds, and the target beside each figure.

Then three ways to get *all* attention of drawn pictures, side by side (see ``lookers``): our pass
afterwards, forward hooks on a plain network, and transformers' `output_attentions`. They take
turns, and so do drawing without looking and drawing with it; "x" is the median of one divided by
the other in the same round. "kept" is what lies in memory in the end, for each picture; ours is
more than weights (lengths of values, signed contributions), and its rows are as long as the
sequence. Peaks are those of processes of their own.

Does looking change the picture? The same pictures are drawn both ways, with the bundled weights
and, on half the rows and columns, with random ones. Shares of pictures and of codes that come out
otherwise are told, and flips a code: how many of the codes drawn while two pictures were still
equal were the first to differ. In brackets: drawing with attention written out and nothing kept,
beside drawing with fused attention. "apart" is how far weights that were kept while drawing are
from those of one pass over the same codes. That pass is what ours shows, which saw nothing of the
drawing itself; so of ours the replay error is told, nats of a code's log-probability.

Nobody is compared whose codes, in fp32, are not those that one honest reading of our network would
draw again, or whose attention is another one. Every part says how long it took, and for which
share of that it had a processor: where that is much less than all, others were at work, and times
are not to be trusted. Last, one JSON line. Peers are optional:
`python -m pip install -e ".[bench]"`.
"""

import argparse
import dataclasses
import json
import os
import time
from collections.abc import Sequence
from typing import Any

import torch

import dalle_explore as dx
from benchmarks.decode import cell
from benchmarks.instruments import measure
from benchmarks.instruments import show as show_figures
from benchmarks.lookers import LOOKERS
from benchmarks.looking import alone, case, compared, memory, taking_part, times
from benchmarks.surroundings import rounded, surroundings, version
from dalle_explore.kernel import why_not
from dalle_explore.training.machine import fast_bf16


def codes(model: dx.Model, args: argparse.Namespace) -> list[dict[str, Any]]:
    """What comes out otherwise, with every set of weights and in every precision."""
    found = []
    for precision in args.precisions:
        for weights in (None, *range(args.seeds)):
            one = case(model, weights, precision)
            found += compared(one, taking_part(one, args.who), args.compared)
    return found


def spent(model: dx.Model, args: argparse.Namespace) -> list[dict[str, Any]]:
    """Time of one picture, and of several."""
    one = case(model, None, "fp32")
    people = taking_part(one, args.who)
    counts = sorted({1, args.pictures})
    return [row for pictures in counts for row in times(one, people, pictures, args.rounds)]


def held(model: dx.Model, args: argparse.Namespace) -> list[dict[str, Any]]:
    """Memory of those who can take part, without looking and with it."""
    people = taking_part(case(model, None, "fp32"), args.who)
    return [memory(who.name, mode, args) for who in people for mode in ("without", "looking")]


def figures(model: dx.Model, args: argparse.Namespace) -> list[dict[str, Any]]:
    """The instruments: medians and targets."""
    return [one.to_json() for one in measure(model, args.rounds, args.replayed)]


def busy() -> float:
    """Seconds that this process, and those that it waited for, had a processor."""
    return sum(os.times()[:4])


def show_times(rows: Sequence[dict[str, Any]]) -> None:
    """Print what it costs to look."""
    print(
        f"\nall attention, fp32\n{'pict.':>5} {'who':38} {'without s':>9} "
        f"{'looking s':>9} {'x':>6} {'kept MB':>8} {'weights':>8}"
    )
    for row in rows:
        median = row["median_s"]
        print(
            f"{row['pictures']:5} {row['who']:38} {median['without']:9.2f} "
            f"{median['looking']:9.2f} {row['times_as_long']:6.2f} "
            f"{row['kept_mb_a_picture']:8.1f} {row['weights_mb_a_picture']:8.1f}"
        )


def show_codes(rows: Sequence[dict[str, Any]]) -> None:
    """Print what comes out otherwise."""
    print(
        f"\nwhat comes out otherwise\n{'':4} {'weights':16} {'who':38} {'pictures':>15} "
        f"{'codes':>15} {'flips a code':>12} {'apart':>8} {'replay':>8}"
    )
    for row in rows:
        seen, opened = row["looking"], row.get("open", {})
        shares = [f"{seen[name]:.1%} ({percent(opened.get(name))})" for name in _SHARES]
        print(
            f"{row['precision']:4} {row['weights']:16} {row['who']:38} {shares[0]:>15} "
            f"{shares[1]:>15} {seen['flips_a_code']:12.1e} {small(row['apart'])} "
            f"{small(row['replay_error'])}"
        )


def show_memory(rows: Sequence[dict[str, Any]]) -> None:
    """Print the peaks."""
    print(f"\nmemory\n{'pict.':>5} {'who':38} {'mode':8} {'peak MB':>8} {'drawing':>8}")
    for row in rows:
        print(
            f"{row['pictures']:5} {row['who']:38} {row['mode']:8} {cell(row['peak_mb'], 8, 0)} "
            f"{cell(row['drawing_mb'], 8, 0)}"
        )


_SHARES = ("pictures", "codes")


def percent(share: float | None) -> str:
    """A share, or a dash."""
    return "-" if share is None else f"{share:.1%}"


def small(value: float | None) -> str:
    """A small number, or a dash."""
    return f"{'-' if value is None else f'{value:.1e}':>8}"


PARTS = {  # how each is measured, and shown
    "figures": (figures, show_figures),
    "codes": (codes, show_codes),
    "times": (spent, show_times),
    "memory": (held, show_memory),
}


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print the tables, then the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=None, help="a folder; the bundled model")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pictures", type=int, default=8, help="drawn at once where time counts")
    parser.add_argument("--compared", type=int, default=4, help="pictures of each set of weights")
    parser.add_argument("--seeds", type=int, default=2, help="sets of random weights")
    parser.add_argument(
        "--precisions", nargs="+", default=["fp32", "bf16"], choices=["fp32", "bf16"]
    )
    parser.add_argument("--who", nargs="+", default=list(LOOKERS), choices=list(LOOKERS))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--replayed", type=int, default=2, help="pictures of each of four prompts")
    parser.add_argument(
        "--tiny",
        action="store_true",
        help="few of everything, and no memory: seconds, with a small model",
    )
    parser.add_argument("--alone", nargs=2, metavar=("WHO", "MODE"), help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.tiny:
        args.pictures, args.compared, args.seeds, args.replayed = 2, 2, 1, 1
        args.parts = [part for part in args.parts if part != "memory"]
    torch.set_num_threads(args.threads)
    model = dx.load(args.model)
    if args.alone:
        name, mode = args.alone
        print(json.dumps(alone(model, name, mode, args.pictures)))
        return
    found: dict[str, list[dict[str, Any]]] = {}
    took: dict[str, dict[str, float]] = {}
    for part in args.parts:
        began, before = time.perf_counter(), busy()
        measured, shown = PARTS[part]
        found[part] = measured(model, args)
        whole = time.perf_counter() - began
        took[part] = {"s": whole, "share": (busy() - before) / whole}
        shown(found[part])
    for part, one in took.items():
        print(f"{part}: {one['s']:.0f} s, with a processor for {one['share']:.0%} of it")
    native = fast_bf16(torch.device("cpu"))
    if not native and "bf16" in args.precisions:
        print("bf16 is emulated on this processor")
    line = {
        "benchmark": "attention",
        **surroundings(),
        "threads": torch.get_num_threads(),
        "versions": {name: version(name) for name in ("torch", "transformers")},
        "model": model.card.name,
        "digest": model.digest[:16],
        "settings": dataclasses.asdict(model.settings),
        "kernel": why_not() or "built",
        "fast_bf16": native,
        "rounds": args.rounds,
        "took": took,
        **found,
    }
    print(json.dumps(rounded(line)))


if __name__ == "__main__":
    main()
