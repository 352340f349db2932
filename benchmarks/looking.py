"""How those who look (``lookers``) are measured: what comes out otherwise, time, and memory.

Everything takes turns, so that a noisy machine is noisy for all.
"""

import argparse
import dataclasses
import gc
import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

import dalle_explore as dx
from benchmarks.contenders import WARM
from benchmarks.flips import PROMPTS, difference
from benchmarks.lookers import LOOKERS, Case, Drawn, Looker, Mode
from benchmarks.memory import forget_peak, held_mb, in_child, peak_mb
from dalle_explore.instruments.passes import Passes
from dalle_explore.models.dvae import DVAE
from dalle_explore.models.native import NativeGenerator
from dalle_explore.models.prior import Prior
from dalle_explore.sampling.pick import pick

BUNDLED = "the model's own"
SPREAD = 8.0  # of random matrices; 1: as at the start of a training, where all codes are alike
APART = 1e-4  # of attention weights in fp32
SAME = 0.98  # share of codes that an honest reading has to draw again in fp32


def case(model: dx.Model, weights: int | None, precision: str) -> Case:
    """Return what is to be drawn: with the model's weights, or random ones by their seed."""
    own = model.generator
    assert isinstance(own, NativeGenerator)
    if weights is None:
        return Case(BUNDLED, own, PROMPTS[0], precision)
    rows, columns = max(own.rows // 2, 1), max(own.columns // 2, 1)
    with torch.random.fork_rng():
        torch.manual_seed(weights)
        prior = Prior(dataclasses.replace(own.prior.config, rows=rows, columns=columns))
        with torch.no_grad():
            for parameter in prior.parameters():
                parameter.mul_(SPREAD if parameter.ndim > 1 else 1.0)
        # It belongs to a generator; nothing is decoded here.
        dvae = DVAE(dataclasses.replace(own.dvae.config, size=own.dvae.config.size // 2))
    generator = NativeGenerator(own.tokenizer, dvae, prior.requires_grad_(False), {})
    return Case(f"random, seed {weights}", generator, PROMPTS[0], precision)


def taking_part(one: Case, names: Sequence[str]) -> list[Looker]:
    """Everybody who can take part; who cannot, and why, is said on stderr."""
    found = []
    for name in names:
        try:
            found.append(LOOKERS[name](name, one))
        except ImportError as error:
            print(f"left out: {name} ({one.precision}): {error}", file=sys.stderr)
    return found


def times(one: Case, people: Sequence[Looker], pictures: int, rounds: int) -> list[dict[str, Any]]:
    """Time everybody in turn, without looking and with it; the other one first in every round."""
    modes: tuple[Mode, ...] = ("without", "looking")
    spent: list[dict[Mode, list[float]]] = [{mode: [] for mode in modes} for _ in people]
    kept: list[dict[str, int]] = [{} for _ in people]
    for number in range(rounds):
        for place, who in enumerate(people):
            for mode in modes[:: -1 if number % 2 else 1]:
                gc.collect()
                began = time.perf_counter()
                drawn = who.draw(pictures, mode)
                spent[place][mode].append(time.perf_counter() - began)
                if mode == "looking":
                    kept[place] = drawn.kept
                del drawn
    return [
        {
            "who": who.name,
            "precision": one.precision,
            "pictures": pictures,
            "seconds": mine,
            "median_s": {mode: statistics.median(values) for mode, values in mine.items()},
            "times_as_long": _ratio(mine["looking"], mine["without"]),
            "kept_mb_a_picture": size["all"] / 2**20 / pictures,
            "weights_mb_a_picture": size["weights"] / 2**20 / pictures,
        }
        for who, mine, size in zip(people, spent, kept, strict=True)
    ]


def compared(one: Case, people: Sequence[Looker], pictures: int) -> list[dict[str, Any]]:
    """Draw the same pictures without looking, open, and looking; say how they differ."""
    rows: list[dict[str, Any]] = []
    first = None
    for who in people:
        drawn = {mode: who.draw(pictures, mode) for mode in who.modes}
        plain, seen = drawn["without"].codes, drawn["looking"]
        apart = apart_from_a_pass(one, seen)
        check(who.name, one, plain, apart)
        first = plain if first is None else first
        pairs = {"looking": (plain, seen.codes), "from_the_first": (first, plain)}
        if "open" in drawn:
            opened = drawn["open"].codes
            pairs |= {"open": (plain, opened), "looking_when_open": (opened, seen.codes)}
        found = {name: dataclasses.asdict(difference(*pair)) for name, pair in pairs.items()}
        rows.append(
            {
                "who": who.name,
                "precision": one.precision,
                "weights": one.name,
                "pictures": pictures,
                "codes": plain.shape[1],
                **found,
                "apart": apart,
                "replay_error": seen.replay_error,
            }
        )
    return rows


def apart_from_a_pass(one: Case, seen: Drawn) -> float | None:
    """The largest difference of a weight that was kept from one pass over the same codes.

    Of the first picture; None: what was kept is such a pass.
    """
    if seen.passes:
        return None
    layers = Passes(one.generator, one.trace(seen.codes[0], 0)).layers().values()
    again = np.stack([layer.pattern for layer in layers])
    return float(np.abs(seen.pattern(0) - again).max())


@torch.inference_mode()
def check(name: str, one: Case, codes: np.ndarray, apart: float | None) -> None:
    """End everything when somebody reads another network than ours; in fp32, where it shows."""
    if one.precision != "fp32":
        return
    drawn, seeds = torch.from_numpy(codes), torch.arange(len(codes))
    logits = one.generator.forward(one.text.expand(len(codes), -1), drawn).code_logits
    again = [pick(logits[:, patch], seeds, patch, WARM) for patch in range(codes.shape[1])]
    same = float((torch.stack(again, dim=1) == drawn).float().mean())
    if same < SAME or not (apart or 0) <= APART:
        raise SystemExit(
            f"{name} draws from another network: an honest reading draws {same:.1%} of its codes "
            f"again, and attention is {apart or 0:.2g} apart. There is nothing to compare."
        )


def memory(name: str, mode: str, args: argparse.Namespace) -> dict[str, Any]:
    """What a process held at most that drew in one mode, and how much of that came by drawing."""
    model = ["--model", args.model] if args.model else []
    said = in_child(
        "benchmarks.attention",
        *model,
        *("--alone", name, mode, "--pictures", str(args.pictures)),
        *("--threads", str(torch.get_num_threads())),
    )
    return {"who": name, "mode": mode, "pictures": args.pictures, **said}


def alone(model: dx.Model, name: str, mode: Any, pictures: int) -> dict[str, float | None]:
    """Draw once, in fp32, keep what is to be kept; see ``memory``."""
    who = LOOKERS[name](name, case(model, None, "fp32"))
    who.draw(1, mode)  # what libraries allocate once is not drawing
    gc.collect()
    before, fresh = held_mb(), forget_peak()
    drawn = who.draw(pictures, mode)
    most = peak_mb()
    assert len(drawn.codes) == pictures  # held until here
    drawing = most - before if fresh and most is not None and before is not None else None
    return {"peak_mb": most, "drawing_mb": drawing}


def _ratio(ones: Sequence[float], others: Sequence[float]) -> float:
    return statistics.median(one / other for one, other in zip(ones, others, strict=True))
