"""Does a grid of 400 cells scroll and hover without a hitch? `python -m benchmarks.grid_page`

A page of 20 x 20 cells with 8 samples each, all best pictures in it (128 pixels wide), in headless
Chromium without a graphics card. It is scrolled by the wheel, down and across, then a pointer goes
over its cells. A frame is the time between two animation frames, which whatever else runs on this
machine makes longer (an empty page says by how much). So the target is for the longest task of the
page's own thread, in processor time: with its script, layout and painting, no frame can be made
faster than that. Last, one JSON line.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

from benchmarks.surroundings import rounded, surroundings

ROOT = Path(__file__).resolve().parents[1]
TARGET = 50  # milliseconds, at most

FRAMES = """() => {
  window.waits = [];
  window.watching = true;
  let last = null;
  const frame = (now) => {
    if (last !== null) waits.push(now - last);
    last = now;
    if (watching) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""


def still(page: Any) -> None:
    """Do nothing for a second."""
    page.wait_for_timeout(1000)


def frames(page: Any, act: Any) -> list[float]:
    """Milliseconds between frames while something is done."""
    page.evaluate(FRAMES)
    act(page)
    page.wait_for_timeout(100)
    page.evaluate("() => { watching = false; }")
    return [float(wait) for wait in page.evaluate("waits")]


def main() -> None:
    """Measure, print the table and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    sys.path.insert(0, str(ROOT / "tests"))
    from browser import EMPTY, HOST, chromium_path, launched, packed
    from grid_page import STATIC, busiest, hover, large, scroll

    path = chromium_path()
    if path is None:
        sys.exit("error: no Chromium was found: install it, or name it in DALLE_EXPLORE_CHROMIUM.")
    state = large()
    found: dict[str, list[float]] = {}
    busy: dict[str, list[float]] = {}
    with launched(path) as chromium:
        for _ in range(rounds):
            page = chromium.new_context(viewport={"width": 1180, "height": 900}).new_page()
            page.set_content(EMPTY)
            found.setdefault("empty page", []).extend(frames(page, still))
            page.evaluate("(source) => { (0, eval)(source); }", HOST)
            code = [(STATIC / f"prompt_grid.{kind}").read_text("utf-8") for kind in ("js", "css")]
            page.evaluate("(parts) => mount(...parts)", [*code, *packed(state)])
            page.wait_for_timeout(800)
            for name, act in (("at rest", still), ("scroll", scroll), ("hover", hover)):
                found.setdefault(name, []).extend(frames(page, act))
                busy.setdefault(name, []).append(busiest(chromium, page, act))
            page.close()
    rows = []
    for name, waits in found.items():
        worst, over = max(waits), sum(wait > TARGET for wait in waits)
        task = max(busy[name]) if name in busy else None
        met = None if task is None else task <= TARGET
        print(
            f"{name:12} frames: median {statistics.median(waits):5.1f} ms, worst {worst:6.1f} ms, "
            f"{over} of {len(waits)} over {TARGET} ms"
            + ("" if task is None else f"   longest task {task:5.1f} ms   ")
            + {None: "", True: "met", False: "missed"}[met]
        )
        rows.append(
            {
                "what": name,
                "median": rounded(statistics.median(waits)),
                "worst": rounded(worst),
                "over": over,
                "frames": len(waits),
                "longest_task": None if task is None else rounded(task),
                "target": TARGET,
                "met": met,
            }
        )
    figures = {"benchmark": "grid_page", **surroundings(), "rounds": rounds, "figures": rows}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
