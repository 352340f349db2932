"""DecodePlayer where people meet it: in a real JupyterLab, with a kernel, a mouse and keys."""

import json

import pytest
from browser import pixel
from tiny import make_tiny_bundle

pytestmark = pytest.mark.browser

PROMPT = "a hedgehog drinking tea"
PLAYER = ".dx-player"
SOON = 90_000  # milliseconds; other tests run at the same time


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model that takes about a second for a picture, so that one can be stopped."""
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, side=8, codebook_size=40, layers=4)
    return folder


def opening(folder):
    # One thread: the machine has to run a browser, a server and the tests at the same time.
    lines = ("import torch; torch.set_num_threads(1)", "import dalle_explore as dx")
    return "\n".join([*lines, f"model = dx.load({str(folder)!r})"])


def until(notebook, expression, wanted=True):
    """Wait until an expression has a value in the kernel."""
    for _ in range(900):
        value = notebook.value(expression)
        if value == wanted:
            return
        notebook.page.wait_for_timeout(100)
    raise AssertionError(f"{expression} is {value!r} and not {wanted!r}")


@pytest.fixture
def drawn(lab, folder):
    """A notebook whose player has drawn two pictures while somebody looked."""
    cell = f"player = dx.DecodePlayer(model, {PROMPT!r}, n=2, score=False)\nplayer"
    notebook = lab([opening(folder), cell, "after = 1"])
    until(notebook, "player.status['state'], len(player.samples)", ("idle", 2))
    notebook.page.wait_for_selector(f"{PLAYER} canvas", timeout=SOON)
    return notebook


def canvas(notebook, number=0):
    return notebook.page.locator(f"{PLAYER} canvas.dx-plate").nth(number)


def place(notebook, row, column, number=0):
    """The middle of a patch of 8 x 8, in pixels of the page."""
    box = canvas(notebook, number).bounding_box()
    return (
        box["x"] + box["width"] * (column + 0.5) / 8,
        box["y"] + box["height"] * (row + 0.5) / 8,
    )


def test_a_prompt_is_drawn_when_its_player_is_seen_and_the_kernel_has_the_pictures(drawn):
    assert drawn.value("[sample.seed for sample in player.samples]") == [0, 1]
    assert drawn.page.get_by_role("textbox", name="prompt").input_value() == PROMPT
    assert drawn.value("player.samples[0].steps is not None")


def test_somebody_types_draws_and_forks(drawn):
    page = drawn.page
    line = page.get_by_role("textbox", name="prompt")
    line.fill("a red cube on top of a blue sphere")
    page.get_by_role("button", name="Draw", exact=True).click()
    until(drawn, "len(player.samples), player.status['state']", (4, "idle"))
    assert drawn.value("player.prompt") == "a red cube on top of a blue sphere"
    assert drawn.value("[s.seed for s in player.samples[2:]]") == [2, 3]
    page.mouse.click(*place(drawn, 2, 3))
    until(drawn, "player.patch", 2 * 8 + 3)
    page.get_by_role("button", name="fork with code").nth(1).click()
    until(drawn, "len(player.samples), player.status['state']", (5, "idle"))
    assert drawn.value("player.branches[-1]['how'], player.branches[-1]['at']") == ("fork", 19)
    assert drawn.value(
        "bool((player.samples[-1].codes.flat[:19] == player.samples[2].codes.flat[:19]).all())"
    )


def test_a_region_that_is_dragged_over_is_redrawn(drawn):
    page = drawn.page
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Redraw a region").click()
    canvas(drawn).evaluate("plate => plate.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(300)
    page.mouse.move(*place(drawn, 3, 3))
    page.mouse.down()
    page.mouse.move(*place(drawn, 5, 6), steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Redraw this").click()
    until(drawn, "len(player.samples), player.status['state']", (3, "idle"))
    changed = "(player.samples[-1].codes != player.samples[0].codes)"
    assert drawn.value(f"bool({changed}[3:6, 3:7].any())")
    assert not drawn.value(f"bool({changed}[:3].any() or {changed}[6:].any())")
    assert drawn.value("player.samples[-1].seed") == 2


def test_keys_move_the_clock_and_never_the_notebook(drawn):
    page = drawn.page
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    page.get_by_role("slider", name="patches drawn").focus()
    page.keyboard.press("Home")
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "b", "a"):
        page.keyboard.press(key)
    until(drawn, "player.step", 2)
    page.keyboard.press("Shift+ArrowRight")
    until(drawn, "player.step", 10)
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    canvas(drawn).focus()
    page.keyboard.press("b")
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells


def test_python_moves_the_clock_and_the_view_follows(drawn):
    drawn.value("setattr(player, 'step', 7)")
    slider = drawn.page.get_by_role("slider", name="patches drawn")
    for _ in range(100):
        if slider.input_value() == "7":
            break
        drawn.page.wait_for_timeout(50)
    assert slider.input_value() == "7"


_PRESS_STOP = """() => {
  const stop = () => [...document.querySelectorAll("button")].find(
    (button) => button.textContent.trim() === "Stop" && button.offsetParent);
  const timer = setInterval(() => {
    if (!stop()) return;
    clearInterval(timer);
    stop().click();
  }, 2);
}"""


def test_stop_ends_a_drawing_and_keeps_what_is_there(drawn):
    page = drawn.page
    drawn.value("setattr(player, 'n', 8)")
    # Pressed in the page as soon as it is seen: a fast machine has drawn before a message is here.
    page.evaluate(_PRESS_STOP)
    page.get_by_role("button", name="Draw", exact=True).click()
    until(drawn, "player.status['state']", "idle")
    states = drawn.value("[one['state'] for one in player.branches]")
    assert states[:2] == ["whole", "whole"] and set(states) <= {"whole", "unfinished"}
    page.get_by_role("button", name="Draw", exact=True).click()
    until(drawn, "player.status['state'], player.branches[-1]['state']", ("idle", "whole"))


def test_an_error_is_a_sentence_under_the_player_and_nothing_is_lost(drawn):
    page = drawn.page
    page.get_by_role("textbox", name="prompt").fill("   ")
    asked = "{'kind': 'draw', 'prompt': ' ', 'n': 1, 'seed': '0', 'settings': {}}"
    drawn.value(f"player._received(None, {asked}, [])")
    page.wait_for_selector("text=the prompt is empty", timeout=SOON)
    assert drawn.value("len(player.samples)") == 2


def test_interrupting_the_cell_that_waits_stops_the_drawing(lab, folder, tmp_path):
    began = tmp_path / "began"
    cell = f"""player = dx.DecodePlayer(model, {PROMPT!r}, n=8, score=False)
open({str(began)!r}, "w").close()
while True:
    player.draw(wait=True)"""
    notebook = lab([opening(folder), cell], run=False)
    notebook.run_all(wait=False)
    for _ in range(600):
        if began.exists():
            break
        notebook.page.wait_for_timeout(100)
    notebook.page.wait_for_timeout(500)
    notebook.interrupt()
    notebook.wait_idle()
    assert notebook.value("player.status['state']") == "idle"
    notebook.value("player.draw(n=1, wait=True) and None")
    assert notebook.value("player.branches[-1]['state']") == "whole"


def test_without_its_kernel_a_player_plays_on_and_says_what_needs_one(drawn):
    page = drawn.page
    # The film has to be there before the kernel goes.
    page.mouse.click(*place(drawn, 2, 3))
    page.wait_for_selector("text=row 2, column 3", timeout=SOON)
    page.wait_for_timeout(3000)
    drawn.kill()
    slider = page.get_by_role("slider", name="patches drawn")
    slider.focus()
    page.keyboard.press("Home")
    blank = canvas(drawn).screenshot()
    page.keyboard.press("End")
    page.wait_for_timeout(200)
    assert canvas(drawn).screenshot() != blank
    page.mouse.click(*place(drawn, 5, 5))
    page.wait_for_selector("text=row 5, column 5", timeout=SOON)
    page.get_by_role("button", name="fork with code").nth(1).click()
    page.wait_for_selector("text=needs a running kernel", timeout=SOON)


def test_a_page_that_is_reloaded_shows_the_same_again(drawn):
    page = drawn.page
    drawn.value("setattr(player, 'step', 20)")
    page.wait_for_timeout(500)
    drawn.reload()
    page.wait_for_selector(f"{PLAYER} canvas", timeout=SOON)
    slider = page.get_by_role("slider", name="patches drawn")
    assert slider.input_value() == "20"
    page.wait_for_timeout(1500)
    plate = f"{PLAYER} canvas[data-branch=b0]"
    colours = {pixel(page, plate, x, 10) for x in range(5, 100, 7)}
    assert len(colours) > 1


def test_two_views_of_one_player_follow_each_other(lab, folder):
    one = f"samples = dx.draw(model, {PROMPT!r}, n=1, score=False)"
    cell = f"{one}\nplayer = dx.DecodePlayer(samples, score=False)\nplayer"
    notebook = lab([opening(folder), cell, "player"])
    page = notebook.page
    page.wait_for_selector(f"{PLAYER} canvas", timeout=SOON)
    sliders = page.get_by_role("slider", name="patches drawn")
    assert sliders.count() == 2
    sliders.nth(0).focus()
    page.keyboard.press("Home")
    until(notebook, "player.step", 0)
    page.wait_for_timeout(300)
    assert sliders.nth(1).input_value() == "0"


def test_a_dark_lab_has_a_dark_player(drawn):
    ground = "() => getComputedStyle(document.querySelector('.dx-player')).color"
    drawn.theme("JupyterLab Light")  # a theme outlives its notebook
    light = drawn.page.evaluate(ground)
    drawn.theme("JupyterLab Dark")
    drawn.page.wait_for_timeout(300)
    dark = drawn.page.evaluate(ground)

    def brightness(colour):
        return sum(float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])

    assert brightness(dark) > brightness(light) + 200


def test_keep_writes_a_picture_into_the_notebook(drawn):
    page = drawn.page
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Keep").click()
    page.wait_for_selector(".jp-OutputArea figure img, .jp-OutputArea img", timeout=SOON)
    drawn.command("docmanager:save")
    page.wait_for_timeout(500)
    kept = json.loads(drawn.path.read_text(encoding="utf-8"))
    outputs = [output for cell in kept["cells"] for output in cell["outputs"]]
    held = [output["data"] for output in outputs if "image/png" in output.get("data", {})]
    assert any("seeds 0 and 1" in "".join(data.get("text/plain", "")) for data in held)


def test_fifty_runs_of_a_cell_leave_one_player(lab, folder):
    """The benchmark measures the memory; here, that earlier players are closed."""
    cell = f"dx.DecodePlayer(dx.draw(model, {PROMPT!r}, n=1, score=False), score=False)"
    notebook = lab([opening(folder), cell])
    for _ in range(3):
        notebook.run_all()
    count = (
        "sum(type(one).__name__ == 'DecodePlayer' "
        "for one in __import__('ipywidgets').Widget.widgets.values())"
    )
    assert notebook.value(count) == 1


def test_a_name_that_holds_a_player_keeps_it(lab, folder):
    cells = [opening(folder), f"samples = dx.draw(model, {PROMPT!r}, n=1, score=False)"]
    cell = (
        "mine = globals().get('kept') or dx.DecodePlayer(samples, score=False)\nkept = mine\nmine"
    )
    notebook = lab([*cells, cell])
    notebook.run_all()
    assert notebook.value("repr(kept)") == f"DecodePlayer({PROMPT!r})"


def test_nothing_moves_and_nothing_complains_while_it_plays(drawn):
    page = drawn.page
    page.get_by_role("slider", name="patches drawn").focus()
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    height = "() => document.querySelector('.dx-player').getBoundingClientRect().height"
    heights = set()
    for _ in range(20):
        heights.add(page.evaluate(height))
        page.wait_for_timeout(50)
    assert len(heights) == 1
