"""Both halves of PromptGrid joined: a grid is drawn, looked through and changed in the page."""

import pytest
from grid_page import tile

import dalle_explore as dx

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    from tiny import make_tiny_bundle  # it brings torch, which few tests need

    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, side=6, codebook_size=40)
    return dx.load(folder)


def test_a_grid_is_drawn_looked_through_and_asked_anew_in_the_page(model, joined):
    live = joined(lambda: dx.PromptGrid(model, "a {red|emerald} {cube|owl}", n=2, gallery=False))
    page, view = live.page, live.widget
    live.until(lambda: "about" in page.locator(".dx-plan-words").inner_text(), 60)
    assert page.locator(".dx-plan-words").inner_text() == view.plan["words"]
    page.get_by_role("button", name="Draw", exact=True).click()
    live.until(lambda: page.locator('.dx-tile[data-state="there"]').count() == 4, 60)
    live.until(lambda: view.status["state"] == "idle")
    assert not page.locator(".dx-plan").is_visible()

    tile(page, 1, 0).click()
    live.until(lambda: view.chosen == 2 and page.locator(".dx-large").is_visible())
    assert view.selected.prompt == "an emerald cube"
    assert page.get_by_role("heading", name="1st of 2 by CLIP").is_visible()
    page.get_by_role("button", name="favourite", exact=True).click()
    live.until(lambda: "dx-favourite" in (tile(page, 1, 0).get_attribute("class") or ""))

    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Copy as Python").click()
    box = page.get_by_role("textbox", name="Python of this view")
    live.until(lambda: box.is_visible())
    assert box.input_value() == view.python()

    page.get_by_role("textbox", name="the sentence with its slots").fill("an {owl|ox|ant} {|!}")
    page.get_by_role("button", name="Count").click()
    live.until(lambda: len(view.cells) == 6)
    live.until(lambda: page.locator('.dx-tile[data-state="empty"]').count() == 6)
    assert page.locator(".dx-slots").inner_text().startswith("an ")
    assert page.get_by_text("12 to draw").is_visible()
