"""CodebookBrowser where people meet it: in a real JupyterLab, with a kernel, a mouse and keys."""

import pytest
from codebook_page import click_tile, face, over, sheet
from codebook_rig import tiny
from test_widgets_jupyterlab import opening, until

pytestmark = pytest.mark.browser

SOON = 90_000  # milliseconds


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    tiny(folder)
    return folder


@pytest.fixture
def notebook(lab, folder):
    cell = "browser = dx.CodebookBrowser(model)\nbrowser"
    found = lab([opening(folder), cell, "after = 1"])
    until(found, "browser._shelf.tiles.whole, browser.status['state']", (True, "idle"))
    found.page.wait_for_selector("canvas.dx-sheet-plate", timeout=SOON)
    return found


def test_somebody_takes_a_code_paints_with_it_keeps_that_and_reloads_the_page(notebook):
    page = notebook.page
    click_tile(page, 9)
    until(notebook, "browser.selected", 9)
    sheet(page).focus()
    page.keyboard.press("b")  # which would insert a cell, anywhere else in the notebook
    until(notebook, "browser.tab", "paint")
    assert notebook.value("after") == 1
    page.mouse.move(*over(page, 7))
    page.mouse.down()
    page.mouse.move(*over(page, 10))
    page.mouse.up()
    until(notebook, "browser.painted[1, 1:5].tolist()", [9, 9, 9, 9])
    page.get_by_text("4 patches painted").wait_for(timeout=SOON)
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Keep").click()
    kept = "Patches painted by hand, which no model chose: 4 of 36"
    page.get_by_text(kept).wait_for(timeout=SOON)
    notebook.reload()
    page.wait_for_selector("canvas.dx-canvas-plate", timeout=SOON)
    page.get_by_text("4 patches painted, 256 pixels").wait_for(timeout=SOON)
    assert face(page).is_visible()
    page.get_by_role("button", name="undo").click()
    until(notebook, "int(browser._painting.painted.sum())", 0)
