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
    """Draw, save pages of widgets, and photograph them."""
    path = browser.chromium_path()
    if path is None:
        sys.exit("error: no Chromium was found: install it, or name it in DALLE_EXPLORE_CHROMIUM.")
    model = dx.load()
    samples = dx.draw(model, PROMPT, n=3, score=False)
    first = samples[0]
    assert first.steps is not None
    with tempfile.TemporaryDirectory() as folder, browser.launched(path) as chromium:
        players(chromium, Path(folder), first, samples)
        explorers(chromium, Path(folder), first)


def players(chromium: Any, folder: Path, first: Any, samples: Any) -> None:
    """Photograph a player: its clock, its overlays, and on a phone."""
    patch, other = (6, 4), int(first.steps.top_codes[6 * 16 + 4][4])
    kept = [dx.Force.until(first.codes, patch), dx.Force((patch,), (other,))]
    shown = [first, first.again(edits=kept), *samples[1:]]
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
        page = player.save_html(folder / f"{name}.html")
        photograph(chromium, page, PICTURES / f"{name}.png", **options)
        player.close()


def explorers(chromium: Any, folder: Path, first: Any) -> None:
    """Photograph an explorer: a word, a patch, everything under More, and on a phone."""
    explorer = dx.AttentionExplorer(first, word="penguin")
    for name, view, options in (
        ("explorer", {"tab": "depends"}, {"size": (1180, 790)}),
        ("explorer-patch", {"tab": "looks", "patch": 8 * 16 + 8}, {"size": (1180, 790)}),
        ("explorer-more", {"patch": -1, "more": True}, {"size": (1180, 1640)}),
        ("explorer-phone", {"more": False, "tab": "depends"}, {"size": (360, 780), "dark": True}),
    ):
        for trait, value in view.items():
            explorer.set_trait(trait, value)
        page = explorer.save_html(folder / f"{name}.html")
        photograph(chromium, page, PICTURES / f"{name}.png", **options)
    explorer.close()


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
    seen.wait_for_selector("canvas.dx-plate:visible")
    seen.wait_for_timeout(1500)
    seen.screenshot(path=str(to))
    context.close()
    print(f"wrote {to}")


if __name__ == "__main__":
    main()
