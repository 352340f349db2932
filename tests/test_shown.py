"""How values show themselves: one figure, escaped text, and one whitelisted door upstairs."""

import ast
import base64
import html.parser
import importlib
import io
import json

import pytest
from house import PACKAGE, modules
from PIL import Image
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore import shown

HOSTILE = "<script>alert(1)</script> \" onerror='x' & </figure>"


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False)
    return dx.draw(dx.load(folder), HOSTILE, n=2, score=False)


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        assert not data.strip(), f"text outside of attributes: {data!r}"


def test_a_notebook_gets_one_picture_with_every_text_escaped(samples):
    bundle = samples._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "image/png"}
    tags = Tags()
    tags.feed(bundle["text/html"])
    ((tag, attributes),) = tags.found
    assert tag == "img" and set(attributes) == {"style", "alt", "src"}
    assert HOSTILE in attributes["alt"] and samples.caption() in attributes["alt"]
    kind, data = attributes["src"].split(",")
    assert kind == "data:image/png;base64" and data == bundle["image/png"]
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        assert image.format == "PNG" and image.width > 300
    json.dumps(bundle)


def test_a_front_end_may_choose_what_it_wants(samples):
    assert set(samples._repr_mimebundle_(include={"text/plain"})) == {"text/plain"}
    assert "text/html" not in samples._repr_mimebundle_(exclude={"text/html"})


def test_ipython_shows_it(samples):
    from IPython.core.formatters import DisplayFormatter

    data, _ = DisplayFormatter().format(samples[0])
    assert {"text/plain", "text/html", "image/png"} <= set(data)


def test_the_table_has_a_row_for_each_that_stays(samples):
    table = samples.table()
    assert list(table["seed"]) == [0, 1] and set(table["prompt"]) == {HOSTILE}
    named = ["rank", "seed", "score", "fit", "log_probability", "entropy", "prompt"]
    assert list(table.columns) == named
    assert len(samples[1].table()) == 1


def test_plain_text_names_prompt_seeds_and_model(samples):
    assert "seeds=[0, 1]" in repr(samples) and "'tiny'" in repr(samples)
    assert repr(HOSTILE) in repr(samples[0]) and "seed=0" in repr(samples[0])


def test_looking_neither_opens_a_window_nor_keeps_a_figure(samples):
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    samples.figure()
    samples._repr_mimebundle_()
    assert pyplot.get_fignums() == before


def test_every_door_leads_to_a_function_of_the_figures_but_for_saving_and_a_page():
    elsewhere = {"save": "session.save", "grid_page": "widgets.prompt_grid"}
    for door, (module, name) in shown.DOORS.items():
        room = elsewhere.get(door, "figures.")
        assert module.startswith(f"dalle_explore.{room}"), door
        assert shown.upstairs(door) is getattr(importlib.import_module(module), name)


def test_a_door_that_is_not_on_the_list_does_not_open():
    with pytest.raises(KeyError):
        shown.upstairs("os.system")


def test_every_class_that_is_shown_names_a_door_on_the_list():
    named = {
        ast.literal_eval(node.value)
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign)
        and node.value is not None
        and getattr(node.target, "id", "") == "drawn_by"
    }
    assert named and named <= set(shown.DOORS)
    assert (PACKAGE / "shown.py").is_file()
