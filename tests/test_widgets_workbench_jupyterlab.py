"""The workbench in a real JupyterLab: the widgets of grids, scores and breeding, with a kernel."""

import pytest
from test_widgets_jupyterlab import SOON, opening, until
from tiny import make_tiny_bundle

pytestmark = pytest.mark.browser

TEMPLATE = "a {colour=red|blue} {solid=cube|sphere}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, side=8, codebook_size=40)
    return folder


FAULTS = "() => window.faults"
LISTEN = """
    window.faults = [];
    const said = console.error;
    console.error = (...words) => {
        window.faults.push(words.map(String).join(" "));
        said(...words);
    };
    window.addEventListener("error", (event) => window.faults.push(event.message));
"""


@pytest.fixture
def shown(lab, folder):
    """A notebook that shows the workbench of a grid that is not drawn yet."""
    cell = f"bench = dx.explore(model, {TEMPLATE!r}, n=3, gallery=False)\nbench"
    notebook = lab([opening(folder), cell, "after = 1"])
    notebook.page.wait_for_selector(".dx-prompts", timeout=SOON)
    notebook.page.evaluate(f"() => {{ {LISTEN} }}")
    return notebook


def press(notebook, name):
    notebook.page.get_by_role("button", name=name, exact=True).first.click()


def test_a_grid_is_drawn_a_picture_taken_in_hand_and_every_part_opens_with_it(shown):
    page = shown.page
    press(shown, "Scores")
    until(shown, "bench.part", "grid")  # there is nothing to show yet, and a line says so
    assert page.get_by_text("no scores yet").first.is_visible()
    press(shown, "Draw")
    until(shown, "bench.grid.grid.complete", True)
    page.get_by_label("solid").first.select_option(label="sphere")
    until(shown, "bench.selected.prompt", "a red sphere")
    for button, part, look in (
        ("Drawing", "player", ".dx-player"),
        ("Attention", "explorer", ".dx-explorer"),
        ("Scores", "scores", ".dx-scores"),
        ("Breeding", "breeder", ".dx-breeder"),
    ):
        press(shown, button)
        page.wait_for_selector(look, timeout=SOON)
        until(shown, "bench.part", part)
    until(shown, "bench.shown.samples[0].prompt", "a red sphere")
    press(shown, "Breed eight")
    until(shown, "bench.shown.status['state'], len(bench.shown.samples)", ("idle", 9))
    page.wait_for_function(
        "document.querySelectorAll('.dx-breeder .dx-child canvas[data-is=whole]').length === 8",
        timeout=SOON,
    )
    tiles = page.locator(".dx-breeder .dx-child canvas")
    boxes = [tiles.nth(number).bounding_box() for number in range(8)]
    assert len({round(box["width"]) for box in boxes}) == 1  # in rows, as its own sheet has it
    assert len({round(box["y"]) for box in boxes}) < 8
    press(shown, "Grid")
    page.wait_for_selector(".dx-prompts", timeout=SOON)
    assert shown.value("bench.selected.prompt") == "a red sphere"
    # Beside each other, in a page that has styles of its own, every view is laid out and drawn.
    # What observers of sizes put off to the next frame is no fault.
    assert [one for one in page.evaluate(FAULTS) if "ResizeObserver" not in one] == []
