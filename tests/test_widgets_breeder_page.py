"""The browser half of Breeder, joined with the Python half: seen, pressed, and on a page alone."""

import pytest
from player_rig import PROMPT

import dalle_explore as dx
from dalle_explore.session.family import Family
from dalle_explore.widgets.breeder import Breeder

OTHER = "a red cube on top of a blue sphere"

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("one_thread")]


@pytest.fixture(scope="module")
def family(played_model, played_samples):
    (other,) = dx.draw(played_model, OTHER, n=1, seed=3, score=False)
    return Family.founded(played_samples[0], other).bred(0, 1, n=8, seed=10).bred(2, n=8, seed=20)


@pytest.fixture
def shown(joined, family):
    def show(*given, size=(1100, 900), touch=False, **options):
        given = given or (family,)
        make = lambda: Breeder(*given, **{"gallery": False, **options})  # noqa: E731
        found = joined(make, viewport=size, touch=touch)
        found.until(lambda: painted(found))
        return found

    return show


def painted(found):
    """Whether every finished picture is on its canvas."""
    return found.page.evaluate(
        """(whole) => whole <= document.querySelectorAll(".dx-node [data-is=whole]").length &&
          !document.querySelector(".dx-child [data-is=growing]")""",
        len(found.widget.samples),
    )


def child(page, seed):
    return page.locator(".dx-child", has_text=f"seed {seed}")


def test_a_child_is_pressed_bred_from_and_left_again(shown):
    one = shown()
    page, breeder = one.page, one.widget
    assert page.get_by_role("button", name="Breed eight").is_visible()
    child(page, 22).locator(".dx-take").click()
    child(page, 25).get_by_role("button", name="second parent").click()
    page.get_by_role("slider", name="How far").fill("25")
    page.get_by_role("button", name="Breed eight").click()
    one.until(lambda: len(breeder.samples) == 26 and breeder.status["state"] == "idle")
    litter = breeder.family.litters[-1]
    assert litter.parents == (12, 15) and litter.bred.share == 0.25
    one.until(lambda: painted(one))
    assert page.get_by_role("heading", name="Litter 3").is_visible()
    page.get_by_role("button", name="Back", exact=True).click()
    one.until(lambda: breeder.litter == 1 and (breeder.one, breeder.two) == ("k12", "k15"))
    assert page.locator(".dx-node").count() == 26, "nobody is lost"
    page.get_by_role("button", name="go back to seed 12,").click()
    one.until(lambda: breeder.litter == 0 and breeder.selected is breeder.samples[4])
    assert child(page, 12).locator(".dx-take").get_attribute("aria-pressed") == "false"


def test_children_are_seen_from_the_first_patch_on(shown, family):
    one = shown(family.samples[0])
    page, breeder = one.page, one.widget
    assert page.get_by_text("No children yet").is_visible()
    assert not page.get_by_role("region", name="family tree").is_visible()
    page.evaluate(
        "window.lives = 0; model.on('msg:custom', (m) => { lives += m.kind === 'live'; })"
    )
    page.keyboard.press("b")
    page.locator(".dx-take").first.focus()
    page.keyboard.press("b")
    one.until(lambda: len(breeder.samples) == 9 and breeder.status["state"] == "idle")
    one.until(lambda: painted(one))
    assert page.evaluate("lives") > 0 and page.locator(".dx-vacant").count() == 0


def test_keys_go_from_picture_to_picture_and_mark_choose_and_go_back(shown):
    one = shown()
    page, breeder = one.page, one.widget
    child(page, 20).locator(".dx-take").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    one.until(lambda: breeder.one == "k15")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("2")
    page.keyboard.press("h")
    one.until(lambda: breeder.two == "k14" and 14 in breeder.family.favourites)
    page.keyboard.press("u")
    one.until(lambda: (breeder.one, breeder.two) == ("k2", ""))
    page.locator(".dx-node[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    one.until(lambda: breeder.chosen != "k2" and breeder.litter == 1)


def test_words_are_weighed_only_where_they_differ_and_a_sentence_can_be_mixed_in(shown):
    one = shown(parents=[0])
    page, breeder = one.page, one.widget
    dial = page.get_by_role("slider", name="Whose words")
    assert not dial.is_visible()
    page.get_by_role("button", name="More").click()
    page.get_by_label("mix in another sentence").fill("a zebra")
    one.until(lambda: breeder.other_prompt == "a zebra")
    assert dial.is_visible()
    dial.fill("20")
    one.until(lambda: breeder.weight == 0.2)
    page.get_by_role("button", name="What each kept").click()
    assert page.get_by_text("kept from the first parent").is_visible()
    page.get_by_role("button", name="Copy as Python").click()
    one.until(lambda: "other_prompt='a zebra'" in page.get_by_label("Python").input_value())


def test_a_family_is_begun_with_two_sentences(shown, played_model):
    one = shown(played_model)
    page, breeder = one.page, one.widget
    page.get_by_role("textbox", name="first sentence").fill(PROMPT)
    page.get_by_role("textbox", name="second sentence").fill(OTHER)
    page.keyboard.press("Enter")
    one.until(lambda: len(breeder.samples) == 2 and breeder.status["state"] == "idle")
    assert not page.get_by_role("textbox", name="first sentence").is_visible()
    assert page.get_by_role("slider", name="Whose words").is_visible()


def test_a_page_alone_is_browsed_and_its_nodes_are_opened(opened, family, tmp_path):
    breeder = Breeder(family.marked(4), gallery=False)
    path = breeder.save_html(tmp_path / "family.html")
    breeder.close()
    seen = opened(path, viewport=(360, 780), touch=True, dark=True)
    page = seen.page
    page.get_by_role("button", name="go back to seed 12,").tap()
    assert page.get_by_role("heading", name="Litter 1").is_visible()
    hand = page.get_by_role("group", name="picture in hand").inner_text()
    assert "seed 12" in hand and "Child of" in hand
    assert not page.get_by_role("button", name="Breed").is_visible()
    assert page.get_by_text("Breeding on needs a running kernel").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.locator(".dx-breeder button:visible:not(.dx-node)").evaluate_all(
        "(all) => all.filter((one) => one.getBoundingClientRect().height < 39).length"
    )
    assert small == 0, "a finger meets everything"
    assert page.locator("canvas:not([aria-hidden])").count() == 0
    names = page.locator(".dx-take:visible, .dx-node").evaluate_all(
        "(all) => all.map((one) => one.ariaLabel).filter((name) => !name).length"
    )
    assert names == 0, "every picture has words"


def test_texts_from_people_stay_texts(shown, played_model):
    hostile = "<img src=x onerror=window.__fired=1>"
    (sample,) = dx.draw(played_model, hostile, n=1, score=False)
    one = shown(Family.founded(sample).bred(0, n=1))
    one.page.wait_for_timeout(100)
    assert one.page.evaluate("window.__fired") is None
    assert hostile in one.page.locator(".dx-caption").inner_text()
