"""Edits are small values: printable, comparable, and what JSON can hold comes back as it was."""

import json

import numpy as np
import pytest

from dalle_explore.edits import (
    AblateHead,
    AddResidual,
    Ban,
    Bias,
    Edit,
    Force,
    KnockOut,
    Mix,
    ScaleHead,
    TemperatureAt,
    check_edits,
    edit_from_json,
    edit_to_json,
)
from dalle_explore.errors import InputError


class Unhashable:
    __hash__ = None

    def __call__(self, value, at):
        return value


CODES = np.arange(12).reshape(3, 4)
EDITS = [
    Force(((0, 1), (2, 3)), (4, 5)),
    Ban([3, 1]),
    Ban([3], [(0, 0)]),
    Bias([7], -2.5, [(1, 2), (0, 0)]),
    TemperatureAt(0.3, [(0, 0)]),
    Mix(("a cat", "a dog"), (0.25, 0.75)),
    Mix(("a cat",), (1,), [(0, 0)], "embeddings"),
    KnockOut("cape"),
    KnockOut("red cube", edges="all", layers=(0, 2), occurrence=1),
    AblateHead(3, 5),
    ScaleHead(0, 1, -2.0),
    AddResidual(2, np.array([0.5, -1.0]), [(0, 0)]),
]


@pytest.mark.parametrize("edit", EDITS, ids=repr)
def test_an_edit_survives_json_and_is_a_value(edit):
    again = edit_from_json(json.loads(json.dumps(edit_to_json(edit))))
    assert again == edit and hash(again) == hash(edit) and repr(again) == repr(edit)


def test_a_function_cannot_be_written_down_and_says_so():
    edit = Edit("block.0.mlp.out", lambda value, at: value)
    assert not edit.saved and "not saved" in repr(edit)
    with pytest.raises(InputError, match="cannot be saved"):
        edit_to_json(edit)


def test_force_keeps_rows_a_beginning_or_a_surrounding():
    assert Force.rows(CODES, 2).codes == tuple(range(8))
    assert Force.rows(CODES, 3, start=2).at == ((2, 0), (2, 1), (2, 2), (2, 3))
    assert Force.until(CODES, (1, 2)).codes == tuple(range(6))
    outside = Force.outside(CODES, range(1, 2), range(1, 3))
    assert set(range(12)) - set(outside.codes) == {5, 6}
    assert Force.where(CODES, CODES % 2 == 0).codes == (0, 2, 4, 6, 8, 10)
    assert (
        repr(Force.rows(CODES, 2))
        == "Force([(0, 0), (0, 1), ... 8 in all], codes=[0, 1, ... 8 in all])"
    )


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Force((), ()), "0 patches and 0 codes"),
        (lambda: Force(((0, 0),), (1, 2)), "1 patches and 2 codes"),
        (lambda: Force(((0, 0), (0, 0)), (1, 2)), r"the patch \(0, 0\) more than once"),
        (lambda: Force(((0,),), (1,)), r"a patch is \(row, column\)"),
        (lambda: Force(((0, -1),), (1,)), "counts from 0"),
        (lambda: Force.rows(CODES, 4), "has the rows 0 to 2"),
        (lambda: Force.rows(CODES[0], 1), r"shape \(rows, columns\)"),
        (lambda: Force.rows(CODES / 2, 1), "whole numbers"),
        (lambda: Force.until(CODES, (0, 0)), "nothing comes before"),
        (lambda: Force.until(CODES, (3, 0)), "within 3 x 4"),
        (lambda: Force.until(CODES, 5), "within 3 x 4"),
        (lambda: Force.outside(CODES, range(3), range(4)), "the whole picture"),
        (lambda: Force.outside(CODES, range(2, 5), range(4)), "a range within 0 to 3"),
        (lambda: Force.outside(CODES, 2, range(4)), "a range within 0 to 3"),
        (lambda: Force.where(CODES, CODES), "has to be bool"),
        (lambda: Ban([]), "at least one code"),
        (lambda: Ban(3), "put it in brackets"),
        (lambda: Ban([True]), "counts from 0"),
        (lambda: Ban([1], []), "nothing would change"),
        (lambda: Bias([1], float("nan")), "finite numbers"),
        (lambda: TemperatureAt(-1, [(0, 0)]), "cannot be negative"),
        (lambda: TemperatureAt(1, []), "at least one patch"),
        (lambda: Mix("a cat", (1,)), "a list of texts"),
        (lambda: Mix(("a cat", "a dog"), (0.5,)), "2 prompts and 1 weights"),
        (lambda: Mix(("a cat", "a dog"), (0.5, 0.6)), "sum to 1.1"),
        (lambda: Mix(("a cat", "a cat"), (0.5, 0.5)), "have to differ"),
        (lambda: Mix(("a cat", "a dog"), (0.5, 0.5), how="words"), "'logits' or 'embeddings'"),
        (lambda: KnockOut(" "), "a word of the prompt"),
        (lambda: KnockOut("cat", edges="some"), "'image' or 'all'"),
        (lambda: KnockOut("cat", layers=[-1]), "counts from 0"),
        (lambda: KnockOut("cat", occurrence=1.5), "counts from 0"),
        (lambda: AblateHead("0", 1), "counts from 0"),
        (lambda: ScaleHead(0, 1, "2"), "finite numbers"),
        (lambda: AddResidual(0, [[1.0]]), "a list of finite numbers"),
        (lambda: Edit("", print), "the name of a hook point"),
        (lambda: Edit("logits", 3), "has to be callable"),
        (lambda: Edit("logits", Unhashable()), "give a plain function"),
        (lambda: check_edits(KnockOut("cat")), r"edits=\[KnockOut"),
        (lambda: check_edits(["cat"]), "which is no edit"),
        (lambda: edit_from_json({"edit": "Paint"}), "there is no edit 'Paint'"),
        (lambda: edit_from_json("KnockOut"), "there is no edit"),
        (lambda: edit_from_json({"edit": "AblateHead", "layer": 1}), "has the fields layer"),
        (lambda: edit_from_json({"edit": "Ban", "codes": [1], "x": 1}), "another version"),
    ],
)
def test_bad_edits_are_sentences(make, sentence):
    with pytest.raises(InputError, match=sentence):
        make()


def test_where_forced_codes_come_from_is_neither_compared_nor_saved():
    kept = Force.rows(CODES, 2)
    assert kept.grid == (3, 4)
    again = edit_from_json(edit_to_json(kept))
    assert again == kept and again.grid is None
    assert set(edit_to_json(kept)) == {"edit", "at", "codes"}
