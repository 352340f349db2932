"""Grids as text: every filling in a stable order, each cell knowing what its axes became."""

import dataclasses
import pickle
import re
import types

import numpy as np
import pandas as pd
import pytest
from house import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.text.grid import as_axes, expand

TEXT = "a {red|blue} {shape} {above|below} a {size=small|large} {other}"
AXES = {"other": ["green cube"], "shape": ["owl", "unicorn"]}


def model(name):
    return types.SimpleNamespace(card=types.SimpleNamespace(name=name))


def prompts(*args, **kwargs):
    return [cell.prompt for cell in expand(*args, **kwargs).cells]


def test_the_last_axis_is_the_fastest_and_words_stand_in_the_order_of_the_template():
    grid = expand(TEXT, {**AXES, "guidance": [1, 3], "seed": [5]})
    names = ["slot 1", "shape", "slot 2", "size", "other", "guidance", "seed"]
    assert [axis.name for axis in grid.axes] == names
    assert grid.shape == (2, 2, 2, 2, 1, 2, 1) and grid.count == 32
    assert [cell.place for cell in grid.cells] == list(range(32))
    assert [cell.indices for cell in grid.cells] == sorted(cell.indices for cell in grid.cells)
    assert [cell.values["guidance"] for cell in grid.cells[:4]] == [1.0, 3.0, 1.0, 3.0]
    assert grid.cells[0].prompt == "a red owl above a small green cube"
    assert grid.cells[2].prompt == "a red owl above a large green cube"


def test_the_same_asked_twice_is_the_same():
    assert expand(TEXT, AXES) == expand(TEXT, dict(reversed(AXES.items())))


def test_a_cell_knows_its_values_and_the_characters_that_they_became():
    cell = expand("a {shape} and a {shape}, {|very }old", {"shape": ["cat", "owl"]}).cells[3]
    assert cell.raw == "a owl and a owl, very old"
    assert cell.prompt == "an owl and an owl, very old"
    assert cell.values == {"shape": "owl", "slot 1": "very "}
    assert cell.spans == {"shape": ((3, 6), (14, 17)), "slot 1": ((19, 23),)}


def test_a_sentence_without_slots_is_one_cell():
    grid = expand("a red cube")
    assert (grid.count, grid.shape, grid.axes) == (1, (), ())
    assert grid.cell().prompt == "a red cube"
    assert grid.in_words() == "1 cell: the sentence as it is"


def test_numbers_become_words_where_a_slot_takes_them():
    grid = expand("{n} owls", {"n": [2, 2.5, np.int64(3)]})
    assert grid.axes[0].values == ("2", "2.5", "3")
    assert grid.cell(n=3).prompt == "3 owls"


@pytest.mark.parametrize(
    "values",
    [
        ("a", "b"),
        np.array(["a", "b"]),
        pd.Series(["a", "b"]),
        {"a": 0, "b": 0}.keys(),
        pd.Index(["a", "b"]),
    ],
)
def test_values_come_in_any_list(values):
    assert prompts("{x}", {"x": values}) == ["a", "b"]


def test_zip_keeps_axes_together():
    grid = expand(
        "a {color} {shape} on a {table|desk}",
        {"color": ["red", "red", "emerald"], "shape": ["cat", "dog", "cat"]},
        zip=[("shape", "color")],
    )
    assert grid.linked == (("color", "shape"),)
    assert grid.groups == (("color", "shape"), ("slot 1",)) and grid.shape == (3, 2)
    assert [axis.values for axis in grid.axes[:2]] == [("red", "emerald"), ("cat", "dog")]
    assert [cell.indices[:2] for cell in grid.cells[::2]] == [(0, 0), (0, 1), (1, 0)]
    assert grid.cells[4].prompt == "an emerald cat on a table"
    with pytest.raises(InputError, match="color with shape stay together"):
        grid.cell(color="emerald", shape="dog", **{"slot 1": "desk"})


def test_axes_that_do_not_touch_stay_together_where_the_first_one_stands():
    grid = expand("{x=1|2} {y=a|b} {z=3|4}", zip=[("x", "z")])
    assert [cell.prompt for cell in grid.cells] == ["1 a 3", "1 b 3", "2 a 4", "2 b 4"]


def test_rows_of_a_table_stay_together():
    table = pd.DataFrame({"shape": ["owl", "owl"], "color": ["red", "blue"], "seed": [1, 2]})
    grid = expand("a {color} {shape}", table)
    assert grid.linked == (("color", "shape", "seed"),) and grid.shape == (2,)
    assert [cell.values for cell in grid.cells] == [
        {"color": "red", "shape": "owl", "seed": 1},
        {"color": "blue", "shape": "owl", "seed": 2},
    ]
    named, linked = as_axes(table)
    assert expand("a {color} {shape}", named, zip=linked) == grid


def test_models_settings_seeds_and_edits_are_axes_when_no_slot_has_their_name():
    cape = dx.KnockOut("cape")
    twin = model("tiny"), model("tiny"), model("large")
    grid = expand(
        "an {model} owl",
        {
            "model": ["old"],
            "edits": [None, cape, [cape, dx.TemperatureAt(0.5, at=[(1, 2)])]],
            "top_k": [None, 5],
            "seed": [0, 7],
        },
    )
    kinds = {axis.name: axis.kind for axis in grid.axes}
    assert kinds == {"model": "words", "edits": "edits", "top_k": "setting", "seed": "seed"}
    assert grid.axis("edits").values[:2] == ((), (cape,))
    assert grid.axis("edits").labels == (
        "none",
        "knock out cape",
        "knock out cape and temperature at 0.5 at 1 2",
    )
    assert grid.axis("top_k").labels == ("all", "5")
    assert grid.cell(edits=None, top_k=None, seed=7) is grid.cell(
        edits="none", top_k="all", seed="7"
    )
    assert grid.cell(edits=cape, top_k=5, seed=0).values["edits"] == (cape,)
    models = expand("an owl", {"model": twin}).axes[0]
    assert models.kind == "model" and models.labels == ("tiny (1)", "tiny (2)", "large")
    assert models.find(twin[1]) == 1 and models.find("large") == 2


def test_whole_settings_are_named_by_what_differs():
    cold, hot = dx.Settings(temperature=0.5), dx.Settings(temperature=1, guidance=3)
    axis = expand("an owl", {"settings": [cold, hot, {"top_k": 5}, {}]}).axes[0]
    assert axis.kind == "setting"
    assert axis.labels == (
        "temperature 0.5, guidance 1",
        "temperature 1, guidance 3",
        "top_k 5",
        "as they are",
    )


def test_two_edits_that_print_alike_get_a_number():
    edits = [
        dx.Force(((0, 0), (0, 1), (0, 2), (1, 1)), codes) for codes in ((1, 2, 3, 4), (4,) * 4)
    ]
    labels = expand("an owl", {"edits": edits}).axes[0].labels
    assert labels == (
        "force (4 values) codes (4 values) (1)",
        "force (4 values) codes (4 values) (2)",
    )


def test_edits_are_the_same_when_they_do_the_same_not_when_they_print_alike():
    one, other = dx.AddResidual(1, (3.0, 4.0)), dx.AddResidual(1, (4.0, 3.0))
    assert repr(one) == repr(other)
    assert len(expand("an owl", {"edits": [one, other]}).axes[0].values) == 2
    kinds = [
        dx.Force([(0, 0)], [1]),
        dx.Ban([1]),
        dx.Bias([1], 2.0),
        dx.TemperatureAt(0.5, at=[(1, 2)]),
        dx.Mix(["a", "b"], [0.5, 0.5]),
        dx.KnockOut("cape"),
        dx.AblateHead(0, 1),
        dx.ScaleHead(0, 1, 0.5),
        one,
    ]
    axis = expand("an owl", {"edits": kinds}).axes[0]
    assert [axis.find(edit) for edit in kinds] == list(range(9))
    with pytest.raises(InputError, match="twice"):
        expand("an owl", {"edits": [*kinds, dx.AddResidual(1, [3, 4])]})


def test_cells_with_the_same_sentence_are_allowed_and_noted():
    grid = expand("an owl {|in} {snow|in snow}", {"guidance": [1, 3]})
    assert grid.twins == ((2, 4), (3, 5))
    assert grid.cells[2].prompt == grid.cells[4].prompt == "an owl in snow"
    same = expand("{old |}{|old }owl", {"seed": [1, 2]})
    assert same.twins == ((0, 6), (1, 7))
    assert same.in_words() == (
        "8 cells: slot 1 (2) x slot 2 (2) x seed (2); 2 cells repeat the sentence of another"
    )


def test_cells_are_found_by_value_or_label():
    grid = expand("a {color} {|tiny }owl", {"color": ["red", "blue"]})
    assert grid.cell(color="blue", **{"slot 1": ""}) is grid.cells[2]
    assert grid.cell(color="blue", **{"slot 1": "(nothing)"}) is grid.cells[2]
    assert grid.cell(color="blue", **{"slot 1": "tiny"}) is grid.cells[3]
    assert grid.places(color="blue") == (2, 3)
    assert grid.places(color=["red", "blue"], **{"slot 1": "tiny"}) == (1, 3)
    assert grid.places() == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"colour": "red"}, "the axes are color, slot 1"),
        ({"color": "green"}, "its values are red, blue"),
        ({"color": 3}, "its values are red, blue"),
        ({"color": None}, "its values are red, blue"),
        ({"color": "red"}, "2 cells have color='red': give one value for each of slot 1"),
        ({"color": []}, "color is an empty list"),
        ({}, "4 cells have no values named: give one value for each of color, slot 1"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(values, words):
    with pytest.raises(InputError, match=re.escape(words)):
        expand("a {color} {|tiny }owl", {"color": ["red", "blue"]}).cell(**values)


ONE = {"x": ["a"]}


@pytest.mark.parametrize(
    ("text", "axes", "words"),
    [
        ("a {color}", {"colour": ["red"]}, "no slot 'colour'; its slots are color"),
        ("a {color}", {"colour": ["red"]}, "did you mean 'color'?"),
        ("{x}", {**ONE, "temprature": [1]}, "did you mean 'temperature'?"),
        ("a {{color}}", {"color": ["red"]}, "write single ones"),
        ("a {color} {x} {y}", ONE, "the template has {color}, {y}, but no values"),
        ("a {x=1|2}", ONE, "in the template already"),
        ("a {b|c}", {"slot 1": ["d"]}, "in the template already"),
        ("{x}", {"x": []}, "has no values"),
        ("{x}", pd.DataFrame({"x": []}), "has no values"),
        ("{x}", {"x": "red"}, "give ['red']"),
        ("{x}", {"x": b"red"}, "takes a list"),
        ("{x}", {"x": 3}, "give [3]"),
        ("{x}", {"x": np.array(3)}, "takes a list"),
        ("{x}", {"x": (w for w in "ab")}, "list(...)"),
        ("{x}", {"x": {"a", "b"}}, "the order of cells"),
        ("{x}", {"x": ["a", "b", "a"]}, "'a' twice (the second time at place 2, from 0)"),
        ("{x}", {"x": [1, "1"]}, "'1' twice"),
        ("{x}", {"x": [True]}, "True (bool) at place 0"),
        ("{x}", {"x": ["a", None]}, "None (NoneType) at place 1"),
        ("{x}", pd.DataFrame({"x": ["a", np.nan]}), "nan (float) at place 1"),
        ("{x}", pd.DataFrame([["a", "b"]], columns=["x", "x"]), "those that come twice"),
        ("{x} {y}", pd.DataFrame({"x": list("aba"), "y": list("cdc")}), "places 0 and 2"),
        ("{x}", {3: ["a"]}, "names are text"),
        ("{x}", ["a"], "or a DataFrame"),
        ("{x}", {**ONE, "seed": [-1]}, "at least 0"),
        ("{x}", {**ONE, "seed": ["one"]}, "whole number"),
        ("{x}", {**ONE, "seed": [1, 1]}, "'1' twice"),
        ("{x}", {**ONE, "guidance": [-1]}, "cannot be negative"),
        ("{x}", {**ONE, "guidance": [1, 1.0]}, "'1' twice"),
        ("{x}", {**ONE, "model": ["tiny"]}, "dx.load"),
        ("{x}", {**ONE, "model": [model("tiny")] * 2}, "'tiny' twice"),
        ("{x}", {**ONE, "edits": ["tiny"]}, "no edit"),
        ("{x}", {**ONE, "edits": [3]}, "no edit"),
        ("{x}", {**ONE, "edits": [None, []]}, "'none' twice"),
        ("{x}", {**ONE, "edits": [dx.Ban((1,)), [dx.Ban((1,))]]}, "'ban 1' twice"),
        ("{x}", {**ONE, "settings": [3]}, "dict(temperature=0.5"),
        ("{x}", {**ONE, "settings": [{"heat": 1}]}, "no setting called 'heat'"),
        ("{x}", {**ONE, "settings": [{}], "guidance": [1]}, "settings and guidance"),
        ("", None, "says nothing"),
        (" # all of it", None, "says nothing"),
        ("{|a} {|b}", None, "in cell 0, where all is empty"),
    ],
)
def test_axes_that_do_not_fit_are_refused_in_a_sentence(text, axes, words):
    with pytest.raises(InputError, match=re.escape(words)):
        expand(text, axes)


@pytest.mark.parametrize(
    ("zip", "words"),
    [
        (("x", "y"), "zip=[('x', 'y')]"),
        ("xy", "zip=[('x', 'y')]"),
        (3, "zip=[('x', 'y')]"),
        ([("x",)], "two axes at least"),
        ([("x", "w")], "no such axis: the axes are x, y, z"),
        ([("x", "y"), ("y", "z")], "names 'y' twice"),
        ([("x", "x")], "names 'x' twice"),
        ([("x", "z")], "x has 2, z has 3"),
    ],
)
def test_groups_that_cannot_stay_together_are_refused(zip, words):
    with pytest.raises(InputError, match=re.escape(words)):
        expand("{x=1|2} {y=1|2} {z=1|2|3}", zip=zip)


def test_cells_are_counted_before_any_is_made():
    with pytest.raises(InputError, match=r"10,000,000 cells \(x 10,000,000\).*limit=10000000"):
        expand("{x}", {"x": range(10_000_000)})
    ten = "|".join("abcdefghij")
    with pytest.raises(InputError, match=r"10,000,000,000,000 cells"):
        expand(" ".join([f"{{{ten}}}"] * 13))


def test_more_cells_than_the_limit_are_made_when_asked_for():
    assert expand("{x}", {"x": range(400)}).count == 400
    with pytest.raises(InputError, match="401 cells .* at most 400 .* limit=401"):
        expand("{x}", {"x": range(401)})
    assert expand("{x}", {"x": range(401)}, limit=401).count == 401
    with pytest.raises(InputError, match="2 cells .* at most 1 "):
        expand("{a|b}", limit=1)


@pytest.mark.parametrize("limit", [0, -1, 1.5, True, None, "400"])
def test_a_limit_is_a_number_of_cells(limit):
    with pytest.raises(InputError, match="limit is"):
        expand("{a|b}", limit=limit)


def test_everything_is_frozen_and_can_be_sent_to_another_process():
    grid = expand(TEXT, AXES)
    assert grid.shape and pickle.loads(pickle.dumps(grid)) == grid
    for value, name in ((grid, "cells"), (grid.cells[0], "prompt"), (grid.axes[0], "values")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, ())


words = st.lists(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=6),
    min_size=1,
    max_size=3,
    unique_by=lambda word: " ".join(word.split()),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words, words)
def test_every_value_of_every_cell_stands_where_its_span_says(ones, others):
    grid = expand("an {x} and a {y}, then {x}{y}.", {"x": ones, "y": others})
    assert grid.count == len(ones) * len(others)
    for cell in grid.cells:
        for name in ("x", "y"):
            value = " ".join(cell.values[name].split())
            said = [cell.prompt[start:end] for start, end in cell.spans[name]]
            assert said == ([value] * 2 if value else [])
    for axis in grid.axes:
        assert len(set(axis.labels)) == len(axis.values)
        assert [axis.find(label) for label in axis.labels] == list(range(len(axis.labels)))


@pytest.mark.usefixtures("one_thread")
def test_the_page_about_templates_runs_and_prints_what_it_shows(tmp_path, capsys):
    make_tiny_bundle(tmp_path / "bundle", clip=False)
    text = (ROOT / "docs/templates.md").read_text(encoding="utf-8")
    found = re.findall(r"^```python\n(.*?)^```(?:\n\n```text\n(.*?)^```)?", text, re.M | re.S)
    assert len(found) > 4
    names = {"dx": dx, "model": dx.load(tmp_path / "bundle")}
    for block, printed in found:
        exec(compile(block, "docs/templates.md", "exec"), names)
        assert capsys.readouterr().out == printed
