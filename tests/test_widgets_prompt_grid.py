"""The Python half of PromptGrid: what it shows, draws, sends, keeps and says."""

import time

import numpy as np
import pytest

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.session.stock import STOCK_TEMPLATES
from dalle_explore.text.grid import expand
from dalle_explore.widgets.grid_parts import joints, sentence

TEMPLATE = "a {red|emerald} {cube|sphere|owl}"
N = 2


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    from tiny import make_tiny_bundle  # it brings torch, which few tests need

    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, side=6, codebook_size=40)
    return dx.load(folder)


@pytest.fixture(scope="module")
def drawn(model):
    return dx.grid(model, TEMPLATE, n=N, gallery=False)


@pytest.fixture
def gallery(tmp_path):
    from dalle_explore.gallery import Gallery

    with Gallery.open(tmp_path / "gallery.sqlite") as one:
        yield one


class Browser:
    """Takes the place of the browser half: says what it says, and keeps what it is sent."""

    def __init__(self, view):
        self.view, self.sent = view, []
        view.send = lambda content, buffers=None: self.sent.append((content, buffers or []))
        self.say("hello")

    def say(self, kind, **content):
        self.view._received(None, {"kind": kind, **content}, [])
        return self.view.status["sentence"]

    def done(self):
        assert self.view._workshop.wait(60, urgency=9)

    def parts(self, name):
        return [
            (content["header"], buffers)
            for content, buffers in self.sent
            if content.get("part") == name
        ]


@pytest.fixture
def shown():
    made = []

    def show(*given, **options):
        made.append(dx.PromptGrid(*given, **options))
        return made[-1]

    yield show
    for one in made:
        one.close()


# -- what is shown


def test_a_grid_opens_with_its_cells_and_draws_nothing(model, shown):
    view = shown(model, TEMPLATE, n=N, gallery=False)
    assert [cell["prompt"] for cell in view.cells][:4] == [
        "a red cube",
        "a red sphere",
        "a red owl",
        "an emerald cube",
    ]
    assert (view.rows, view.columns) == ("slot 1", "slot 2")
    assert view.plan["missing"] == 12 and "12 to draw" in view.plan["words"]
    assert view.selected is None and view.grid.drawn == 0


def test_the_text_around_slots_reads_as_each_cell_does():
    expansion = expand("an {old|new} {|tiny }{cat|owl}, {old|new}?")
    told, which = sentence(expansion, expansion.cells)
    names = [axis.name for axis in expansion.axes]
    for cell, reading in zip(expansion.cells, which, strict=True):
        pieces = told["joints"][reading]
        assert len(pieces) == len(told["slots"]) + 1
        values = [cell.values[names[slot]] for slot in told["slots"]]
        said = "".join(a + b for a, b in zip(pieces, [*values, ""], strict=True))
        assert " ".join(said.split()).replace(" ,", ",") == cell.prompt
    (empty,) = [one for one in expand("{red|blue} {|very }{cat|dog}").cells][:1]
    assert joints(expand("{red|blue} {|very }{cat|dog}").template, empty) == ("", " ", "", "")


def test_text_between_empty_slots_stays_where_it_was_written():
    expansion = expand("a {|red} cat on {|blue} ice")
    first, *_ = expansion.cells
    assert first.prompt == "a cat on ice"
    assert joints(expansion.template, first) == ("a ", " cat on ", " ice")


def test_a_sentence_of_one_axis_shows_all_samples_and_one_without_slots_too(model, shown):
    one = shown(model, "a {red|blue} cube", n=N, gallery=False)
    assert (one.rows, one.columns) == ("slot 1", "#rank")
    none = shown(model, "a red cube", n=N, gallery=False)
    assert (none.rows, none.columns) == ("", "#rank")


def test_a_finished_grid_is_shown_as_it_is(drawn, shown):
    view = shown(drawn, columns="#seed", rows="slot 2", each=1, chosen={"slot 1": "emerald"})
    assert view.plan["missing"] == 0 and view.plan["words"] == ""
    assert view.cell.labels == {"slot 1": "emerald", "slot 2": "cube"}
    assert view.selected.seed == 1
    assert view.view == {
        "rows": "slot 2",
        "columns": "#seed",
        "each": 1,
        "chosen": {"slot 1": "emerald", "slot 2": "cube"},
    }
    again = shown(drawn, **view.view)
    assert again.view == view.view


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rows": "colour"}, "rows is 'colour'"),
        ({"rows": "slot 1", "columns": "slot 1"}, "both 'slot 1'"),
        ({"each": -1}, "each is -1"),
        ({"chosen": {"slot 1": "green"}}, "green"),
        ({"colums": "slot 1"}, "did you mean 'columns'"),
        ({"template": "a {b|c}"}, "a grid was given"),
    ],
)
def test_what_cannot_be_shown_is_refused(drawn, options, words):
    with pytest.raises(InputError, match=words):
        dx.PromptGrid(drawn, **options)


def test_a_model_needs_a_sentence_and_its_keywords_are_those_of_a_grid(model):
    with pytest.raises(InputError, match="needs a sentence"):
        dx.PromptGrid(model, 7)
    with pytest.raises(InputError, match="no value"):
        dx.PromptGrid(model, "a {red|blue} {shape}", gallery=False)


def test_without_a_sentence_it_opens_the_first_that_comes_with_the_package(model):
    view = dx.PromptGrid(model, gallery=False, n=1)
    assert view.grid.template == STOCK_TEMPLATES[0] and not view.grid.drawn
    view.close()


def test_traits_believe_no_browser_that_names_what_there_is_not(drawn, shown):
    view = shown(drawn)
    for name, value in (("rows", "x"), ("chosen", 99), ("each", "-1"), ("picture", "one")):
        with pytest.raises(Exception, match=name):
            view.set_trait(name, value)
    view.set_state({"cells": [], "plan": {}, "marks": {}})
    assert len(view.cells) == 6


# -- drawing


def test_drawing_fills_the_grid_and_tells_of_it_as_it_goes(model, drawn, shown):
    view = shown(model, TEMPLATE, n=N, gallery=False)
    browser = Browser(view)
    heard = []
    view.on_select(heard.append)
    browser.say("draw")
    browser.done()
    assert view.status["state"] == "idle" and view.grid.complete
    told = {cell for header, _ in browser.parts("values") for cell in header["cells"]}
    assert told == set(range(6))
    assert heard[-1].seed == view.selected.seed
    for mine, theirs in zip(view.grid.cells, drawn.cells, strict=True):
        for one, other in zip(mine.pictures, theirs.pictures, strict=True):
            assert np.array_equal(one.codes, other.codes)
    assert "nothing is missing" in browser.say("draw")


def test_stop_leaves_a_smaller_grid_that_goes_on(model, shown):
    view = shown(model, TEMPLATE, n=40, gallery=False)
    browser = Browser(view)
    view.draw(wait=False)
    while view.status["done"] == 0 and view.status["state"] == "drawing":
        time.sleep(0.005)
    browser.say("stop")
    browser.done()
    assert view.status["sentence"] == "Stopped; what was drawn so far stays."
    assert 0 < view.plan["missing"] <= 240 and "to draw" in view.plan["words"]
    assert "is being drawn" not in browser.say("plan", template="a {x|y}", n=1, seed="0")
    assert view.grid.template == "a {x|y}"


def test_another_sentence_keeps_the_axes_that_it_names(model, shown):
    axes = {"shape": ["cube", "cone"], "guidance": [1, 2]}
    view = shown(model, "a {red|blue} {shape}", axes, n=1, gallery=False)
    browser = Browser(view)
    browser.say("plan", template="one {shape}", n=3, seed="7")
    assert [axis["name"] for axis in view.axes] == ["shape", "guidance"]
    assert (view.grid.n, view.grid.seed) == (3, 7)
    assert [content["kind"] for content, _ in browser.sent if content["kind"] == "anew"]
    assert "shapes" in browser.say("plan", template="one {shapes}", n=3, seed="7")
    assert view.grid.template == "one {shape}"


# -- what is sent


def test_values_come_at_once_and_pictures_when_they_are_asked_for(drawn, shown):
    view = shown(drawn)
    browser = Browser(view)
    browser.say("values")
    ((header, buffers),) = browser.parts("values")
    assert header["cells"] == list(range(6)) and header["counts"] == [N] * 6
    seeds = np.frombuffer(buffers[0], "<u8").reshape(6, N)
    scores = np.frombuffer(buffers[1], "<f4").reshape(6, N)
    for cell, mine, row in zip(drawn.cells, seeds, scores, strict=True):
        assert [cell.seeds[place] for place in cell.order] == mine.tolist()
        assert (np.diff(row) <= 0).all()
    assert not browser.parts("pictures")
    browser.say("pictures", wanted=[[1, "0"], [5, "1"], [5, "77"]])
    browser.done()
    ((header, buffers),) = browser.parts("pictures")
    assert header["wanted"] == [[1, "0"], [5, "1"], [5, "77"]]
    assert [one[:4] for one in buffers] == [b"RIFF", b"RIFF", b""]


def test_messages_that_mean_nothing_are_answered_in_a_sentence(drawn, shown):
    browser = Browser(shown(drawn))
    for kind, content in (
        ("pictures", {"wanted": [[99, "0"]]}),
        ("pictures", {"wanted": [[True, "0"]]}),
        ("mark", {"cell": 0}),
        ("plan", {"template": "a {", "n": 1, "seed": "0"}),
        ("open", {"cell": 0, "seed": "0", "instrument": "Popen"}),
    ):
        assert browser.say(kind, **content), kind
        assert browser.view.status["state"] == "failed"


# -- choosing, marks, opening


def test_who_listens_hears_of_every_picture_once(drawn, shown):
    view = shown(drawn)
    heard = []
    end = view.on_select(heard.append)
    view.choose(**{"slot 2": "owl"})
    view.picture = str(view.selected.seed)  # the same picture, by its name
    other = next(seed for seed in view.cell.seeds if seed != view.selected.seed)
    view.picture = str(other)
    assert [(one.prompt, one.seed) for one in heard] == [
        ("a red owl", view.cell.best.seed),
        ("a red owl", other),
    ]
    end()
    view.choose(**{"slot 1": "emerald"})
    assert len(heard) == 2 and view.selected.prompt == "an emerald owl"


def test_favourites_and_notes_live_in_the_gallery(model, gallery, shown):
    view = shown(model, "a {red|blue} cube", n=1, gallery=gallery).draw(wait=True)
    browser = Browser(view)
    browser.say("mark", cell=1, seed="0", favourite=True)
    view.chosen = 1
    view.mark(note="look at its edge")
    assert view.marks == {"1 0": {"favourite": True, "note": "look at its edge"}}
    again = shown(model, "a {blue|green} cube", n=1, gallery=gallery)
    assert again.marks == {"0 0": {"favourite": True, "note": "look at its edge"}}
    assert again.plan["missing"] == 1  # the other one was drawn before
    browser.say("pictures", wanted=[[0, "0"]])
    browser.done()
    assert gallery.thumbnails([view.grid.cells[0].address(0)])


def test_without_a_gallery_favourites_stay_with_the_widget(drawn, shown):
    view = shown(drawn).mark(favourite=True)
    assert not view.about["kept"] and len(view.marks) == 1
    assert view.mark(favourite=False).marks == {}


def test_opening_a_picture_goes_to_who_listens_or_says_the_code(drawn, shown):
    view = shown(drawn)
    browser = Browser(view)
    browser.say("open", cell=2, seed="1", instrument="DecodePlayer")
    (code,) = [content["code"] for content, _ in browser.sent if content["kind"] == "opened"]
    assert "dx.DecodePlayer(" in code and "one.seed == 1" in code
    compile(code, "<opened>", "exec")
    heard = []
    view.on_open(lambda sample, instrument: heard.append((sample.seed, instrument)))
    browser.say("open", cell=2, seed="1", instrument="AttentionExplorer")
    assert heard == [(1, "AttentionExplorer")]


# -- copies


def test_the_copied_python_makes_the_same_plan_and_view(model, shown):
    axes = {"shape": ["cube", "cone"], "edits": [None, [dx.KnockOut("red")]]}
    view = shown(
        model,
        "a red {shape} {|on ice}",
        axes,
        n=2,
        seed=5,
        guidance=[1, 3],
        temperature=0.5,
        keep=1,
        gallery=False,
        columns="guidance",
        chosen={"guidance": 3},
    )
    names: dict = {}
    code = view.python().replace("\ndx.PromptGrid", "\nview = dx.PromptGrid")
    exec(compile(code, "<copied>", "exec"), names)
    other = names["view"]
    try:
        assert other.view == view.view
        for mine, theirs in zip(view.grid.plan.cells, other.grid.plan.cells, strict=True):
            assert (mine.recipe, mine.seeds, mine.labels) == (
                theirs.recipe,
                theirs.seeds,
                theirs.labels,
            )
    finally:
        other.close()


def test_rows_that_stay_together_are_asked_again_together(model, shown):
    import pandas

    table = pandas.DataFrame({"colour": ["red", "red", "blue"], "shape": ["cube", "cone", "owl"]})
    view = shown(model, "a {colour} {shape}", table, n=1, gallery=False)
    assert [cell["prompt"] for cell in view.cells] == ["a red cube", "a red cone", "a blue owl"]
    assert view.template["linked"] == [[0, 1]] and view.columns == "#rank"
    names: dict = {}
    exec(view.python().replace("\ndx.PromptGrid", "\nview = dx.PromptGrid"), names)
    assert names["view"].cells == view.cells
    names["view"].close()


def test_a_page_says_what_it_leaves_out(drawn, shown, tmp_path):
    view = shown(drawn)
    state = view._embedded()
    assert state["about"]["left_out"] == "" and not state["alive"]
    assert len(state["embedded"]["pictures"]["buffers"]) == 6 * N
    view._megabytes = 0.245
    small = view._embedded()
    taken = len(small["embedded"]["pictures"]["buffers"])
    assert 6 <= taken < 12 and f"carries {taken} of 12 pictures" in small["about"]["left_out"]
    assert len({cell for cell, _ in small["embedded"]["pictures"]["header"]["wanted"]}) == 6
    path = drawn.save(tmp_path / "grid.html", rows="slot 2", columns="slot 1")[0]
    assert path.stat().st_size < 2_000_000
    with pytest.raises(InputError, match="megabytes"):
        view.save_html(tmp_path / "other.html", megabytes=0)


def test_nothing_drawn_cannot_be_saved_and_a_closed_widget_refuses(model, shown, tmp_path):
    view = shown(model, TEMPLATE, n=1, gallery=False)
    assert view._still() == b""
    with pytest.raises(InputError, match="nothing to save"):
        view.save_html(tmp_path / "grid.html")
    view.close()
    with pytest.raises(InputError, match="was closed"):
        view.draw()


def test_a_figure_has_the_layout_of_the_widget(drawn, shown):
    view = shown(drawn)
    assert view.figure().axes
    assert view._still().startswith(b"\x89PNG")
