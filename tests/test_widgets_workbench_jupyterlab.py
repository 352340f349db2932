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


@pytest.fixture
def shown(lab, folder):
    """A notebook that shows the workbench of a grid that is not drawn yet."""
    cell = f"bench = dx.explore(model, {TEMPLATE!r}, n=3, gallery=False)\nbench"
    notebook = lab([opening(folder), cell, "after = 1"])
    notebook.page.wait_for_selector(".dx-prompts", timeout=SOON)
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
    press(shown, "Grid")
    page.wait_for_selector(".dx-prompts", timeout=SOON)
    assert shown.value("bench.selected.prompt") == "a red sphere"
