"""The README's pictures of widgets, made anew: ``python docs/screenshots.py``.

Needs what the tests need (``python -m pip install -e ".[test]"``) and Chromium.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import browser  # noqa: E402  (of tests/, as the tests have it)

import dalle_explore as dx  # noqa: E402

PROMPT = "a baby penguin with headphones skating on ice"
PICTURES = ROOT / "docs" / "pictures"


def main() -> None:
    """Draw, save the page of a player, and photograph it."""
    path = browser.chromium_path()
    if path is None:
        sys.exit("error: no Chromium was found: install it, or name it in DALLE_EXPLORE_CHROMIUM.")
    model = dx.load()
    samples = dx.draw(model, PROMPT, n=3, score=False)
    first = samples[0]
    assert first.steps is not None
    patch, other = (6, 4), int(first.steps.top_codes[6 * 16 + 4][4])
    kept = [dx.Force.until(first.codes, patch), dx.Force((patch,), (other,))]
    fork = first.again(edits=kept)
    with tempfile.TemporaryDirectory() as folder, browser.launched(path) as chromium:
        shown = [first, fork, *samples[1:]]
        for name, view, options in (
            ("player", {"step": 150, "patch": patch}, {"size": (1180, 860)}),
            ("player-entropy", {"step": 256, "overlay": "entropy"}, {"size": (1180, 860)}),
            (
                "player-difference",
                {"step": 256, "overlay": "difference", "selected": 1, "compared": 0},
                {"size": (1180, 860)},
            ),
            ("player-phone", {"step": 150, "patch": patch}, {"size": (360, 780), "dark": True}),
        ):
            player = dx.DecodePlayer(shown, score=False, **view)
            page = player.save_html(Path(folder) / f"{name}.html")
            photograph(chromium, page, PICTURES / f"{name}.png", **options)
            player.close()


def photograph(
    chromium: Any, page: Path, to: Path, size: tuple[int, int], dark: bool = False
) -> None:
    """Open a page as a person would, and save what is seen."""
    phone = size[0] < 500
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=2 if phone else 1.5,
        color_scheme="dark" if dark else "light",
        has_touch=phone,
        is_mobile=phone,
    )
    seen = context.new_page()
    seen.goto(page.as_uri(), wait_until="load")
    seen.wait_for_selector("canvas.dx-plate")
    seen.wait_for_timeout(1500)
    seen.screenshot(path=str(to))
    context.close()
    print(f"wrote {to}")


if __name__ == "__main__":
    main()
