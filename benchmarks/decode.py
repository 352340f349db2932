"""How fast are codes drawn, and by how much faster than others? `python -m benchmarks.decode`

Contenders take turns, A B C A B C, so that a noisy machine is noisy for all of them. Those of one
architecture have one set of random weights, and nobody is timed before the logits from which he
drew were compared with one honest reading of the codes that he drew. Two more draw with two rows
a picture: ours with guidance, and min-dalle, which is another architecture of near-equal size.
min-dalle samples as it was shipped; ours draws with keyed noise, and GPT-2's `generate` with
torch's, both from the whole codebook at temperature 1 and without statistics.

"first" is what comes before the first code is there, reading the prompt included; "ms/step" is
every further code. Floors, the least time that this machine needs to read the weights and caches
and to multiply, are measured in the same run (see `floors`), and so is the memory of each
contender, in a process of its own. Last, one JSON line.

Peers are optional: `python -m pip install -e ".[bench]"` brings those that are compared here, and
those that cannot take part are named.
"""

import argparse
import gc
import json
import statistics
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from benchmarks.contenders import Contender, Unfit, apart
from benchmarks.floors import Floor, floor
from benchmarks.memory import forget_peak, held_mb, in_child, peak_mb
from benchmarks.peers import MAKERS, taking_part
from benchmarks.surroundings import rounded, surroundings, version
from dalle_explore.kernel import why_not
from dalle_explore.models.presets import PriorConfig, preset
from dalle_explore.models.prior import Prior
from dalle_explore.training.machine import fast_bf16

TOLERANCE = {"fp32": 1e-4, "bf16": 0.05}  # of logits, relative to the largest
OURS = {1: "ours, fast", 2: "ours, fast, guided"}  # what others are compared with, by rows


class Spent(NamedTuple):
    """Seconds, one for each round."""

    first: list[float]  # until the first code
    step: list[float]  # every further code


def main(argv: Sequence[str] | None = None) -> None:
    """Compare logits, take turns, print the table, then the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="pocket")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 16, 64], help="pictures")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--codes", type=int, default=256, help="codes to draw of each picture")
    parser.add_argument("--precisions", nargs="+", default=["fp32"], choices=["fp32", "bf16"])
    parser.add_argument("--who", nargs="+", default=list(MAKERS), choices=list(MAKERS))
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument(
        "--memory", type=int, nargs="*", default=[1, 16], help="batches whose memory is measured"
    )
    parser.add_argument("--alone", action="store_true", help="only the memory of one contender")
    args = parser.parse_args(argv)
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    config: PriorConfig = preset(args.preset).prior
    args.codes = min(args.codes, config.patches)
    prior = Prior(config).eval().requires_grad_(False)
    prompt = torch.randint(config.text_vocabulary, (config.text_length,))
    prompt[config.text_length // 3 :] = -1
    if args.alone:
        print(json.dumps(alone(prior, prompt, args)))
        return
    people = taking_part(prior, args.precisions, args.who)
    differences = [check(who, prior, prompt, min(args.codes, 24)) for who in people]
    rows = []
    floors = []
    for pictures in args.batches:
        able = [who for who in people if warm(who, prompt, pictures)]
        times = turns(able, prompt, pictures, args.codes, args.rounds)
        least = {
            # One prompt for all pictures; with two rows a picture, silence is the other text.
            kind: floor(config, pictures * kind[0], kind[1], texts=kind[0])
            for kind in sorted({(who.rows, who.precision) for who in able})
        }
        floors += [{"pictures": pictures, **one._asdict(), "ms": one.ms} for one in least.values()]
        for who, spent in zip(able, times, strict=True):
            rows.append(row(who, pictures, config, spent, least[who.rows, who.precision]))
            rows[-1]["logits_apart"] = differences[people.index(who)]
    for found in rows:
        if found["pictures"] in args.memory:
            found |= memory(found, args)
    show(rows, floors)
    line = {
        "benchmark": "decode",
        **surroundings(),
        "threads": torch.get_num_threads(),
        "versions": {name: version(name) for name in ("torch", "transformers", "min-dalle")},
        "kernel": why_not() or "built",
        "fast_bf16": fast_bf16(torch.device("cpu")),
        "preset": args.preset,
        "sizes": config.to_json(),
        "codes": args.codes,
        "rows": rows,
        "floors": floors,
    }
    print(json.dumps(rounded(line)))


def check(who: Contender, prior: Prior, prompt: Tensor, count: int) -> float | None:
    """Return how far the logits are from the truth; end everything when that is too far."""
    found = apart(who, prior, prompt, count)
    if found is not None and not found <= TOLERANCE[who.precision]:
        raise SystemExit(
            f"{who.name} ({who.precision}) draws from other logits, {found:.2g} of the largest "
            f"apart: there is nothing to compare."
        )
    return found


def warm(who: Contender, prompt: Tensor, pictures: int) -> bool:
    """Let somebody draw a little; say whether he can draw so many pictures."""
    try:
        who.draw(prompt, pictures, 4)
    except Unfit as error:
        print(f"left out: {who.name} ({who.precision}): {error}")
        return False
    return True


def turns(
    people: list[Contender], prompt: Tensor, pictures: int, count: int, rounds: int
) -> list[Spent]:
    """Time everybody in turn."""
    spent = [Spent([], []) for _ in people]
    for _ in range(rounds):
        for who, mine in zip(people, spent, strict=True):
            codes = max(min(count, who.most or count), 2)
            gc.collect()
            first = seconds(who, prompt, pictures, 1)
            mine.first.append(first)
            mine.step.append((seconds(who, prompt, pictures, codes) - first) / (codes - 1))
    return spent


def seconds(who: Contender, prompt: Tensor, pictures: int, count: int) -> float:
    """Time one drawing."""
    began = time.perf_counter()
    who.draw(prompt, pictures, count)
    return time.perf_counter() - began


def row(
    who: Contender, pictures: int, config: PriorConfig, spent: Spent, least: Floor
) -> dict[str, Any]:
    """Everything about one contender at one batch."""
    step, first = statistics.median(spent.step), statistics.median(spent.first)
    whole = first + step * (config.patches - 1)
    return {
        "pictures": pictures,
        "who": who.name,
        "precision": who.precision,
        "rows_a_picture": who.rows,
        "parameters_a_step": who.parameters,
        "first_ms": 1000 * first,
        "step_ms": 1000 * step,
        "step_ms_all": [1000 * one for one in spent.step],
        "codes_a_second": pictures / step,
        "seconds_a_picture": whole / pictures,
        # The floor is that of our architecture.
        "times_the_floor": None if who.heard is None else 1000 * step / least.ms,
        "times_the_products": None if who.heard is None else 1000 * step / least.products_ms,
    }


def memory(found: dict[str, Any], args: argparse.Namespace) -> dict[str, Any]:
    """The memory of one contender, drawing in a process of its own."""
    said = in_child(
        "benchmarks.decode",
        *("--alone", "--preset", args.preset, "--codes", str(args.codes)),
        *("--batches", str(found["pictures"]), "--precisions", found["precision"]),
        *("--who", found["who"], "--threads", str(torch.get_num_threads())),
    )
    return {"peak_mb": said["peak_mb"], "drawing_mb": said["drawing_mb"]}


def alone(prior: Prior, prompt: Tensor, args: argparse.Namespace) -> dict[str, float | None]:
    """Draw once; what the process held at most, and how much of that came by drawing."""
    (who,) = taking_part(prior, args.precisions, args.who)
    who.draw(prompt, 1, 2)  # what libraries allocate once is not drawing
    before, peak = held_mb(), peak_mb()
    fresh = forget_peak()
    who.draw(prompt, args.batches[0], args.codes)
    most = peak_mb()
    if most is None or peak is None:
        return {"peak_mb": None, "drawing_mb": None}
    drawing = most - before if fresh and before is not None else None
    return {"peak_mb": max(most, peak), "drawing_mb": drawing}


def show(rows: list[dict[str, Any]], floors: list[dict[str, Any]]) -> None:
    """Print the tables; "we are" is how much faster ours is, with as many rows a picture."""
    titles = {1: "one architecture, one set of weights", 2: "two rows a picture"}
    for many, title in titles.items():
        mine = [one for one in rows if one["rows_a_picture"] == many]
        if not mine:
            continue
        print(
            f"\n{title}\n{'pict.':>5} {'who':34} {'':4} {'first ms':>8} {'ms/step':>8} "
            f"{'min':>7} {'max':>7} {'codes/s':>8} {'s/pict.':>8} {'x floor':>8} {'we are':>8} "
            f"{'peak MB':>8} {'drawing':>8} {'weights':>8}"
        )
        for one in mine:
            us = [
                r["step_ms"]
                for r in mine
                if r["who"] == OURS[many]
                and (r["pictures"], r["precision"]) == (one["pictures"], one["precision"])
            ]
            print(
                f"{one['pictures']:5} {one['who']:34} {one['precision']:4} "
                f"{one['first_ms']:8.1f} {one['step_ms']:8.2f} {min(one['step_ms_all']):7.2f} "
                f"{max(one['step_ms_all']):7.2f} {one['codes_a_second']:8.0f} "
                f"{one['seconds_a_picture']:8.3f} {cell(one['times_the_floor'], 8, 1)} "
                f"{cell(one['step_ms'] / us[0] if us else None, 7, 2)}x "
                f"{cell(one.get('peak_mb'), 8, 0)} {cell(one.get('drawing_mb'), 8, 0)} "
                f"{one['parameters_a_step'] / 1e6:7.2f}M"
            )
    print(
        f"\nfloors\n{'rows':>5} {'':4} {'MB/step':>8} {'GB/s':>6} {'memory':>7} {'GFLOP/s':>8} "
        f"{'read ms':>8} {'mult. ms':>8} {'products':>9}"
    )
    for least in floors:
        print(
            f"{least['rows']:5} {least['precision']:4} {least['mb_a_step']:8.1f} "
            f"{least['read_gb_s']:6.1f} {least['memory_gb_s']:7.1f} {least['gflop_s']:8.0f} "
            f"{least['read_ms']:8.2f} {least['multiply_ms']:8.2f} {least['products_ms']:9.2f}"
        )


def cell(value: float | None, width: int, digits: int) -> str:
    """A number, or a dash."""
    return f"{'-' if value is None else f'{value:.{digits}f}':>{width}}"


if __name__ == "__main__":
    main()
