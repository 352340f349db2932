"""How long does a picture of the drawn world take? `python -m benchmarks.world`

Milliseconds of processor time a picture, on one core, per family and manner: medians.
The yardstick is a plain Pillow picture of the same supersampled size, drawn and reduced: machines
differ, ratios hardly do.
"""

import argparse
import json
import statistics
import time

from PIL import Image, ImageDraw

from benchmarks.surroundings import surroundings
from dalle_explore.world import FAMILIES, ROLES, Scene, draw, example


def yardstick(size: int = 128) -> None:
    """Fifty ellipses on a canvas of twice the size, reduced: what any illustrator would pay."""
    canvas = Image.new("RGB", (2 * size, 2 * size), (200, 220, 240))
    pen = ImageDraw.Draw(canvas)
    for k in range(50):
        pen.ellipse(
            (4 * k, 3 * k, 4 * k + 40, 3 * k + 30), fill=(5 * k, 90, 120), outline=(0, 0, 0)
        )
    canvas.reduce(2).tobytes()


def milliseconds(work: list, repeat: int = 1) -> float:
    """Median processor time of calls, after each was called once to fill the caches."""
    for call in work:
        call()
    spent = []
    for call in work * repeat:
        began = time.process_time()
        call()
        spent.append(time.process_time() - began)
    return 1000 * statistics.median(spent)


def main() -> None:
    """Print the table, then the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=30, help="per family and manner")
    parser.add_argument("--size", type=int, default=128)
    args = parser.parse_args()
    unit = milliseconds([yardstick] * 20, 3)
    print(
        f"yardstick: {unit:.2f} ms\n{'family':12}" + "".join(f"{m:>15}" for m in ROLES["manner"])
    )
    found: dict[str, dict[str, float]] = {}
    for number, family in enumerate(FAMILIES):
        found[family] = {}
        for manner in ROLES["manner"]:
            scenes = []
            index = number
            while len(scenes) < args.pictures:
                scene = example("judge", index).scene
                index += 1
                if scene.family == family:
                    facts = {**dict(scene.facts), "manner": manner}
                    scenes.append(Scene.of(family, seed=scene.seed, **facts))
            calls = [lambda s=scene: draw(s, args.size) for scene in scenes]
            found[family][manner] = round(milliseconds(calls), 2)
        print(f"{family:12}" + "".join(f"{ms:12.2f} ms" for ms in found[family].values()))
    everything = [ms for row in found.values() for ms in row.values()]
    mean = statistics.mean(everything)
    print(f"mean over families and manners: {mean:.2f} ms, {mean / unit:.1f} yardsticks")
    line = {
        "benchmark": "world",
        **surroundings(),
        "size": args.size,
        "milliseconds": found,
        "mean": round(mean, 2),
        "yardstick": round(unit, 3),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
