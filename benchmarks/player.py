"""What does somebody feel who watches a player? `python -m benchmarks.player`

The bundled model in a real JupyterLab, in headless Chromium, on this machine; everything (kernel,
server, browser, this program) shares its cores. The table has a target beside each figure. Last,
one JSON line.

A pointer's time runs from the event to the last pixel written on any canvas for it; a drawing's
first patch from the click to the first pixels of a picture that grows. The slow-down compares
drawings in the same kernel, in turns: `dx.draw`, the player without a browser half, and the
player that is watched.
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

ROOT = Path(__file__).resolve().parents[1]
PROMPT = "a baby penguin with headphones skating on ice"

# Notes when pixels are written on a canvas; the newest pointer event and click are noted as well.
WATCH = """() => {
  window.seen = { last: 0, waits: [], clicked: 0, first: null, at: 0 };
  const context = CanvasRenderingContext2D.prototype;
  const kinds = ["drawImage", "putImageData", "fillRect", "strokeRect", "stroke", "clearRect"];
  for (const name of kinds) {
    const real = context[name];
    context[name] = function (...given) {
      const result = real.apply(this, given);
      seen.last = performance.now();
      const plate = this.canvas.classList?.contains("dx-plate");
      if (plate && name === "drawImage" && seen.clicked && seen.first === null)
        seen.first = performance.now() - seen.clicked;
      return result;
    };
  }
  addEventListener("pointermove", () => {
    const began = seen.at = performance.now();
    seen.last = 0;
    requestAnimationFrame(() => setTimeout(() => {
      if (seen.at === began && seen.last) seen.waits.push(seen.last - began);
    }));
  }, true);
}"""


def pointer(page: Any) -> list[float]:
    """Milliseconds from a pointer event to the last pixel written for it."""
    page.evaluate(WATCH)
    box = page.locator("canvas.dx-plate").first.bounding_box()
    for number in range(300):
        x, y = (number * 37 % 97) / 97, (number * 61 % 89) / 89
        page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        page.wait_for_timeout(5)
    page.wait_for_timeout(300)
    return [float(wait) for wait in page.evaluate("seen.waits")]


def exported(chromium: Any, folder: Path) -> dict[str, float]:
    """The page of four samples: its bytes, its requests, the pointer, the drift of its height."""
    samples = dx.draw(dx.load(), PROMPT, n=4, score=False)
    player = dx.DecodePlayer(samples, score=False)
    path = player.save_html(folder / "player.html")
    branch = player._easel.branches[0]
    film = sum(part.size for part in branch.parts.values())
    context = chromium.new_context(viewport={"width": 1180, "height": 900})
    page, requests, errors = context.new_page(), [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_selector("canvas.dx-plate")
    page.wait_for_timeout(1500)
    waits = pointer(page)
    page.get_by_role("slider", name="patches drawn").focus()
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    heights = []
    for _ in range(100):
        heights.append(page.evaluate("document.documentElement.scrollHeight"))
        page.wait_for_timeout(100)
    context.close()
    return {
        "pointer, p95 (ms)": statistics.quantiles(waits, n=20)[-1],
        "pointer, median (ms)": statistics.median(waits),
        "one film (MB)": film / 1e6,
        "page of four films (MB)": path.stat().st_size / 1e6,
        "page, requests beside itself": len(requests) - 1,
        "height drift in 10 s (px)": max(heights) - min(heights),
        "console messages": len(errors),
    }


SETUP = f"""import time, statistics, dalle_explore as dx
model = dx.load()
def seconds(call):
    began = time.perf_counter(); call(); return time.perf_counter() - began
player = dx.DecodePlayer(model, n=4, score=False)
player.prompt = {PROMPT!r}
alone = dx.DecodePlayer(model, n=4, score=False)
frames = []
post = player._easel._send
def counted(content, buffers):
    if content["kind"] == "live":
        frames.append((time.perf_counter(), sum(map(len, buffers))))
    post(content, buffers)
player._easel._send = counted
for _ in range(2):
    dx.draw(model, {PROMPT!r}, n=4, score=False)
def watched(n):
    player.draw({PROMPT!r}, n=n, seed=0, wait=True)
def unwatched(n):
    alone.draw({PROMPT!r}, n=n, seed=0, wait=True)
def plain(n):
    dx.draw(model, {PROMPT!r}, n=n, seed=0, score=False)
"""


def live(notebook: Any, rounds: int) -> dict[str, float]:
    """Drawings that are watched, in JupyterLab."""
    page, found = notebook.page, {}
    page.wait_for_selector(".dx-player")
    page.wait_for_timeout(1000)
    page.evaluate(WATCH)
    button = page.get_by_role("button", name="Draw", exact=True)
    first, stops = [], []
    for _ in range(rounds):
        page.evaluate("() => { seen.first = null; seen.clicked = 0; }")
        page.evaluate(
            "() => addEventListener('click', () => { seen.clicked = performance.now(); },"
            " { capture: true, once: true })"
        )
        button.click()
        page.wait_for_function("() => seen.first !== null", timeout=30_000)
        first.append(page.evaluate("seen.first") / 1000)
        page.get_by_role("button", name="Stop").wait_for(timeout=10_000)
        began = time.perf_counter()
        page.get_by_role("button", name="Stop").click()
        while notebook.value("player.status['state']") == "drawing":
            pass
        stops.append(time.perf_counter() - began)
        page.wait_for_timeout(300)
    found["first patch after Draw (s)"] = statistics.median(first)
    found["Stop to idle (s)"] = statistics.median(stops)
    for n in (1, 4):
        times: dict[str, list[float]] = {"plain": [], "unwatched": [], "watched": []}
        rates, sizes = [], []
        for _ in range(rounds):
            for kind, taken in times.items():
                notebook.value("frames.clear()")
                taken.append(notebook.value(f"seconds(lambda: {kind}({n}))"))
                if kind == "watched":
                    count, size = notebook.value("(len(frames), sum(s for _, s in frames))")
                    rates.append(count / taken[-1])
                    sizes.append(size / 1e6)
                    # The film that the browser asks for afterwards belongs to nobody's time.
                    notebook.value("player._workshop.wait(60, urgency=9)")
        middle = {kind: statistics.median(taken) for kind, taken in times.items()}
        pictures = f"{n} picture{'s' if n > 1 else ''}"
        found[f"frames a second, {pictures}"] = statistics.median(rates)
        found[f"frames sent, {pictures} (MB)"] = statistics.median(sizes)
        found[f"slow-down unwatched, {pictures}"] = middle["unwatched"] / middle["plain"] - 1
        found[f"slow-down watched, {pictures}"] = middle["watched"] / middle["plain"] - 1
    return found


def again_and_again(notebook: Any) -> dict[str, float]:
    """Memory of a kernel in which a cell that draws is run fifty times more."""
    memory = "int(open('/proc/self/statm').read().split()[1]) * 4096 / 1e6"
    for _ in range(3):
        notebook.run_all()
    settle = "(player._workshop.wait(60, urgency=9), __import__('gc').collect()) and None"
    notebook.value(settle)
    before = notebook.value(memory)
    for _ in range(50):
        notebook.run_all()
        notebook.value(settle)
    return {"kernel's growth in 50 runs of a cell (MB)": notebook.value(memory) - before}


TARGETS = {  # at most; negative: at least
    "pointer, p95 (ms)": 8,
    "first patch after Draw (s)": 0.5,
    "frames a second, 1 picture": -10,
    "frames a second, 4 pictures": -10,
    "slow-down unwatched, 1 picture": 0.1,
    "slow-down unwatched, 4 pictures": 0.1,
    "slow-down watched, 1 picture": 0.1,
    "slow-down watched, 4 pictures": 0.1,
    "Stop to idle (s)": 0.5,
    "one film (MB)": 1,
    "page of four films (MB)": 2,
    "page, requests beside itself": 0,
    "height drift in 10 s (px)": 0,
    "console messages": 0,
    "kernel's growth in 50 runs of a cell (MB)": 50,
}


def main() -> None:
    """Measure, print the table and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    sys.path.insert(0, str(ROOT / "tests"))
    from browser import chromium_path, launched
    from laboratory import jupyter, open_notebook

    path = chromium_path()
    if path is None:
        sys.exit("error: no Chromium was found: install it, or name it in DALLE_EXPLORE_CHROMIUM.")
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, launched(path) as chromium:
        found |= exported(chromium, Path(folder))
        with jupyter(Path(folder)) as server:
            page = chromium.new_context(viewport={"width": 1200, "height": 900}).new_page()
            notebook = open_notebook(page, server, [SETUP, "player"], run=True)
            found |= live(notebook, rounds)
            cell = (
                f"player = dx.DecodePlayer(dx.draw(model, {PROMPT!r}, n=1, score=False))\nplayer"
            )
            opening = "import dalle_explore as dx\nmodel = globals().get('model') or dx.load()"
            page = chromium.new_context(viewport={"width": 1200, "height": 900}).new_page()
            found |= again_and_again(open_notebook(page, server, [opening, cell], run=True))
    rows = []
    for what, value in found.items():
        target = TARGETS.get(what)
        met = None if target is None else value <= target if target >= 0 else value >= -target
        rows.append({"what": what, "value": rounded(value), "target": target, "met": met})
        mark = {None: "", True: "met", False: "missed"}[met]
        told = "" if target is None else f"{'<=' if target >= 0 else '>='} {abs(target):g}"
        print(f"{what:45} {value:10.3f}  {told:8} {mark}")
    print(json.dumps({"benchmark": "player", **surroundings(), "rounds": rounds, "figures": rows}))


if __name__ == "__main__":
    main()
