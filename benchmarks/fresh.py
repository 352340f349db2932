"""What one picture costs a process that has done nothing before: time and memory, as JSON.

`python -m benchmarks.fresh [FOLDER]`; nothing heavy is imported before the clock runs, and CLIP is
not imported at all.
"""

import json
import sys
import time

from benchmarks.memory import peak_mb


def main() -> None:
    """Import, load, draw twice; print the JSON line."""
    began = time.perf_counter()
    import dalle_explore as dx

    draw, load = dx.draw, dx.load  # the namespace is lazy: now everything is imported
    imported, imported_mb = time.perf_counter(), peak_mb()
    model = load(sys.argv[1] if len(sys.argv) > 1 else None)
    loaded, loaded_mb = time.perf_counter(), peak_mb()
    draw(model, "a hedgehog drinking tea", n=1, score=False)
    drawn, drawn_mb = time.perf_counter(), peak_mb()
    draw(model, "a hedgehog drinking tea", n=1, seed=1, score=False)
    again = time.perf_counter()
    line = {
        "import_s": imported - began,
        "load_s": loaded - imported,
        "draw_s": drawn - loaded,
        "draw_again_s": again - drawn,
        "imported_mb": imported_mb,
        "loaded_mb": loaded_mb,
        "drawn_mb": drawn_mb,
        "slow_imports": sorted({"open_clip", "torchvision", "torch._dynamo"} & set(sys.modules)),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
