"""AttentionExplorer in a real JupyterLab: with a kernel, a mouse and keys."""

import pytest
from test_widgets_jupyterlab import SOON, opening, until
from tiny import make_tiny_bundle

pytestmark = pytest.mark.browser

PROMPT = "a hedgehog drinking tea"
SIDE = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, side=SIDE, codebook_size=40)
    return folder


@pytest.fixture
def shown(lab, folder):
    """A notebook that shows an explorer, whose numbers are in."""
    cell = f"explorer = dx.AttentionExplorer(model, {PROMPT!r})\nexplorer"
    notebook = lab([opening(folder), cell, "after = 1"])
    lit = "document.querySelector('.dx-explorer .dx-word-number')?.innerText.endsWith('%')"
    notebook.page.wait_for_function(lit, timeout=SOON)
    return notebook


def word(notebook, place):
    return notebook.page.locator(".dx-explorer .dx-word").nth(place)


def plates(notebook):
    return notebook.page.locator(".dx-explorer canvas[data-kind=map]")


def test_words_and_patches_are_pinned_and_the_kernel_knows(shown):
    page = shown.page
    word(shown, 3).click()
    until(shown, "explorer.word", 3)
    box = plates(shown).bounding_box()
    page.mouse.click(box["x"] + box["width"] * 3.5 / SIDE, box["y"] + box["height"] * 2.5 / SIDE)
    until(shown, "explorer.patch", 2 * SIDE + 3)
    share = shown.value("float(explorer.inspection.looks_at(patch=(2, 3)).words[3])")
    said = word(shown, 3).locator(".dx-word-number").inner_text()
    assert abs(float(said.removesuffix(" %")) - 100 * share) <= 0.02 * 100 * share + 0.12
    assert shown.value("explorer.status['state']") == "idle"


def test_keys_move_the_explorer_and_never_the_notebook(shown):
    page = shown.page
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    plates(shown).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "]", "]", "2", "b", "a"):
        page.keyboard.press(key)
    until(shown, "explorer.patch, explorer.word, explorer.tab", (-1, 1, "depends"))
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells


def test_a_word_is_switched_off_while_somebody_looks_and_a_reload_keeps_it(shown):
    page = shown.page
    word(shown, 1).click()
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Switch it off and draw again").click()
    until(shown, "len(explorer.samples), explorer.status['state']", (2, "idle"))
    page.wait_for_function(
        "document.querySelectorAll('.dx-explorer canvas[data-kind=map]').length === 2",
        timeout=SOON,
    )
    assert page.get_by_text("without ‘hedgehog’").first.is_visible()
    assert shown.value("explorer.samples[1].recipe.edits[0].word") == "hedgehog"
    shown.reload()
    shown.page.wait_for_selector(".dx-explorer canvas[data-kind=map]", timeout=SOON)
    assert word(shown, 1).get_attribute("aria-pressed") == "true"


def test_a_still_is_kept_as_ordinary_output(shown):
    page = shown.page
    word(shown, 1).click()
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Keep").click()
    still = page.locator(".jp-OutputArea-output figure img")
    still.wait_for(timeout=SOON)
    assert "hedgehog" in still.get_attribute("alt")
    assert page.locator("figcaption", has_text="Where it looked").count() == 1
