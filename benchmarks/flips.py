"""How often does a GPU draw another code in another batch? `python -m benchmarks.flips`

On a CPU a picture does not depend on its batch. On a GPU matrix libraries choose their kernels by
the size of a batch, and the last bits of the logits follow; where two codes are almost equally
good, the other one is taken, and from there on it is another picture. This counts how often.

The same pictures of the bundled model are drawn in batches of several sizes on the GPU, and on the
CPU. For every two ways: the share of pictures that differ, the share of codes that differ, and
flips a code: of the codes drawn while two pictures were still equal, how many were the first to
differ. Last, one JSON line. Without a GPU it ends with status 2.
"""

import argparse
import dataclasses
import itertools
import json
import sys
from collections.abc import Sequence

import numpy as np
import torch

from benchmarks.surroundings import surroundings
from dalle_explore.generator import Generator
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.request import request
from dalle_explore.session.model import load
from dalle_explore.settings import Settings

PROMPTS = (
    "a baby penguin with headphones skating on ice",
    "a red cube on top of a blue sphere",
    "a stop sign in pixel art",
    "an armchair in the shape of an avocado",
)


@dataclasses.dataclass(frozen=True)
class Difference:
    """How two drawings of the same pictures differ."""

    pictures: float  # share of those with at least one other code
    codes: float  # share, counting those after a first flip
    flips_a_code: float  # first flips, per code drawn until then


def difference(one: np.ndarray, other: np.ndarray) -> Difference:
    """Compare codes [b p]."""
    differs = one != other
    flipped = differs.any(axis=1)
    # Up to and with the first flip; all codes where there is none.
    alike = np.where(flipped, differs.argmax(axis=1) + 1, one.shape[1])
    return Difference(
        float(flipped.mean()), float(differs.mean()), float(flipped.sum() / alike.sum())
    )


def codes_of(
    generator: Generator, prompts: Sequence[str], n: int, settings: Settings, batch: int
) -> np.ndarray:
    """Draw pictures 0 to n - 1, the prompts in turn, so many at once; codes [n p]."""
    texts = [generator.encode_text(prompt) for prompt in prompts]
    wanted = [request(generator, texts[i % len(texts)], [i]) for i in range(n)]
    drawn = [
        drain(decode(generator, wanted[i : i + batch], settings, statistics=False)).codes
        for i in range(0, n, batch)
    ]
    return np.concatenate(drawn)


def main() -> int:
    """Draw, compare, print the table, then the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=256)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--precision", default="fp32", choices=["fp32", "bf16"])
    args = parser.parse_args()
    if not torch.cuda.is_available():
        print(
            "error: this counts how a GPU differs from itself and from the CPU, so it needs a GPU "
            "that torch can use, and there is none here.",
            file=sys.stderr,
        )
        return 2
    model = load(device="cuda")
    settings = model.settings.replace(precision=args.precision)
    ways = {
        f"GPU, {batch} at once": codes_of(model.generator, PROMPTS, args.pictures, settings, batch)
        for batch in args.batches
    }
    on_cpu = settings.replace(device="cpu")
    ways["CPU"] = codes_of(model.generator, PROMPTS, args.pictures, on_cpu, max(args.batches))
    print(f"{'one':18} {'other':18} {'pictures':>9} {'codes':>9} {'flips a code':>13}")
    rows = []
    for one, other in itertools.combinations(ways, 2):
        found = difference(ways[one], ways[other])
        rows.append({"one": one, "other": other, **dataclasses.asdict(found)})
        print(
            f"{one:18} {other:18} {found.pictures:9.2%} {found.codes:9.2%} "
            f"{found.flips_a_code:13.2e}"
        )
    line = {
        "benchmark": "flips",
        **surroundings(),
        "gpu": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "model": model.card.name,
        "pictures": args.pictures,
        "settings": settings.to_json(),
        "rows": rows,
    }
    print(json.dumps(line))
    return 0


if __name__ == "__main__":
    sys.exit(main())
