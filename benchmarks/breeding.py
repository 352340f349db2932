"""How long does breeding take? `python -m benchmarks.breeding`

The bundled model on this machine, on all its cores. Five generations of eight children, as
somebody breeds them who presses on at once: of one parent (one sentence), and of two parents of
different sentences (two, mixed, which the model reads one after another). The breeder is used as
a notebook uses it: watched, in its thread, its family kept in a gallery after every litter. Beside
that stand the seconds that the processor needs when nobody watches: frames of growing pictures are
sent by the clock, so that on a machine that others use a watched litter costs more, and only these
seconds say what a quiet one needs. Then every picture is drawn again from recipe and seed, and has
to be the same. The table has a target beside each figure. Last, one JSON line.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import dalle_explore as dx
from benchmarks.surroundings import rounded, surroundings
from dalle_explore.session.family import Family
from dalle_explore.session.family_kept import open_family

PROMPTS = ("a baby penguin with headphones skating on ice", "a hedgehog drinking tea")
GENERATIONS = 5

TARGETS = {  # at most
    "five generations, one parent (s)": 60,
    "five generations, two parents (s)": 60,
    "processor, unwatched, one parent (s)": 60,
    "processor, unwatched, two parents (s)": 60,
    "Stop to idle (s)": 0.5,
    "codes that came out otherwise": 0,
    "page of the tree (MB)": 2,
}


def bred(
    family: Family, folder: Path, two: bool, watched: bool
) -> tuple[Any, list[tuple[float, float]]]:
    """Breed generation after generation; return the breeder, seconds and processor seconds."""
    breeder = dx.Breeder(family, gallery=folder / f"{two} {watched}.sqlite", tree="bred")
    sent: list[int] = []
    breeder.send = lambda content, buffers=None: sent.append(sum(map(len, buffers or [])))
    if watched:
        breeder._received(None, {"kind": "hello"}, [])
    seconds = []
    for generation in range(GENERATIONS):
        count = len(breeder.samples)
        # The third child goes on; beside it, where there are two, the one before it.
        parents = [0, 1][: 1 + two] if not generation else [count - 6, count - 7][: 1 + two]
        began, busy = time.perf_counter(), time.process_time()
        breeder.breed(*parents, share=0.5, wait=True)
        seconds.append((time.perf_counter() - began, time.process_time() - busy))
    return breeder, seconds


def stopped(breeder: Any, rounds: int) -> float:
    """Seconds from Stop to idle, in the middle of a litter."""
    taken = []
    for _ in range(rounds):
        breeder.breed(0, wait=False)
        while breeder.status["done"] == 0:
            time.sleep(0.01)
        began = time.perf_counter()
        breeder.stop()
        breeder.wait()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def otherwise(family: Family) -> int:
    """How many codes of all pictures come out otherwise when they are drawn again."""
    return sum(len(sample.replay().flipped) for sample in family.samples)


def main() -> None:
    """Measure, print the table and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="of Stop")
    rounds = parser.parse_args().rounds
    model = dx.load()
    founders = [dx.draw(model, prompt, n=1, score=False)[0] for prompt in PROMPTS]
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for two, words in ((False, "one parent"), (True, "two parents")):
            family = Family.founded(*founders[: 1 + two])
            alone, seconds = bred(family, folder, two, watched=False)
            alone._keeping.gallery().close()
            found[f"processor, unwatched, {words} (s)"] = sum(busy for _, busy in seconds)
            breeder, seconds = bred(family, folder, two, watched=True)
            found[f"five generations, {words} (s)"] = sum(clock for clock, _ in seconds)
            found[f"slowest litter of eight, {words} (s)"] = max(clock for clock, _ in seconds)
        found["Stop to idle (s)"] = stopped(breeder, rounds)
        opened = open_family(model, breeder._keeping.gallery(), "bred")
        began = time.perf_counter()
        found["codes that came out otherwise"] = otherwise(opened)
        found["one picture drawn again (s)"] = (time.perf_counter() - began) / len(opened.kin)
        page = breeder.save_html(folder / "family.html")
        found["page of the tree (MB)"] = page.stat().st_size / 1e6
        breeder._keeping.gallery().close()
    if len(opened.kin) != 2 + 8 * GENERATIONS:
        sys.exit(f"error: the gallery holds {len(opened.kin)} pictures of the family.")
    rows = []
    for what, value in found.items():
        target = TARGETS.get(what)
        met = None if target is None else value <= target
        rows.append({"what": what, "value": rounded(value), "target": target, "met": met})
        mark = {None: "", True: "met", False: "missed"}[met]
        print(f"{what:45} {value:10.3f}  {'' if target is None else f'<= {target:g}':8} {mark}")
    print(
        json.dumps({"benchmark": "breeding", **surroundings(), "rounds": rounds, "figures": rows})
    )


if __name__ == "__main__":
    main()
