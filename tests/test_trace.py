"""Traces are written and read back exactly; whatever else a file holds is one sentence."""

import dataclasses
import io
import json
import zipfile

import numpy as np
import pytest

from dalle_explore.edits import Edit, Force, KnockOut
from dalle_explore.errors import InputError
from dalle_explore.settings import Settings
from dalle_explore.trace import Recipe, Steps, Trace

RECIPE = Recipe(
    prompt="a red “cube”",
    settings=Settings(guidance=2.0, top_k=3),
    model="tiny",
    model_digest="ab" * 32,
    licence="CC0-1.0",
    grid=(2, 3),
    codebook_size=9,
    scorer_digest=None,
    versions={"dalle_explore": "0.1.0", "torch": "2.15.0"},
    edits=(KnockOut("cube"), Force(((0, 0),), (4,))),
)


def steps(drawn):
    floats = np.linspace(-3, -1, drawn, dtype=np.float32)
    table = np.repeat(floats[:, None], 4, axis=1)
    return Steps(
        log_probability=floats,
        conditional=floats - 1,
        entropy=-floats,
        rank=np.arange(drawn, dtype=np.int64),
        top_codes=np.ones((drawn, 4), dtype=np.uint16),
        top_log_probability=table,
        top_conditional=table - 1,
    )


def trace(drawn=6, **changes):
    codes = np.array([4, 8, 0, 1, 2, 3], dtype=np.int64)[:drawn]
    forced = np.array([True] + [False] * 3 + [True] * 2)[:drawn]
    values = {
        "recipe": RECIPE,
        "seed": 2**62,
        "ids": (5, 6, 7),
        "codes": codes,
        "forced": forced,
        "steps": steps(drawn),
    }
    return Trace(**(values | changes))


def same(one, other):
    assert one.recipe == other.recipe and one.seed == other.seed and one.ids == other.ids
    assert np.array_equal(one.codes, other.codes) and np.array_equal(one.forced, other.forced)
    assert (one.steps is None) == (other.steps is None)
    if one.steps is not None:
        for field in dataclasses.fields(Steps):
            mine, yours = (getattr(t.steps, field.name) for t in (one, other))
            assert mine.dtype == yours.dtype and np.array_equal(mine, yours), field.name


@pytest.mark.parametrize("drawn", [6, 2, 0])
@pytest.mark.parametrize("kept", [True, False])
def test_a_trace_comes_back_as_it_was(tmp_path, drawn, kept):
    made = trace(drawn, **({} if kept else {"steps": None}))
    made.save(tmp_path / "a.npz")
    again = Trace.load(tmp_path / "a.npz")
    same(made, again)
    assert again.complete == (drawn == 6)


def test_what_was_kept_further_down_has_a_likelihood():
    made = trace()
    np.testing.assert_allclose(
        made.kept_log_probability, made.steps.log_probability[[4, 5]].sum(), rtol=1e-6
    )
    assert trace(steps=None).kept_log_probability is None
    everything = trace(forced=np.ones(6, dtype=bool))
    assert everything.kept_log_probability is None


def test_a_function_among_the_edits_cannot_be_saved(tmp_path):
    recipe = dataclasses.replace(RECIPE, edits=(Edit("logits", lambda value, at: value),))
    with pytest.raises(InputError, match="cannot be saved"):
        trace(recipe=recipe).save(tmp_path / "a.npz")
    assert not list(tmp_path.iterdir()) and not recipe.saved


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_a_sentence(tmp_path, share):
    path = trace().save(tmp_path / "a.npz")
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(InputError, match="truncated or damaged"):
        Trace.load(path)


def test_any_flipped_byte_is_noticed_or_harmless(tmp_path):
    path = trace().save(tmp_path / "a.npz")
    data = path.read_bytes()
    noticed = 0
    for place in range(0, len(data), 7):
        changed = bytearray(data)
        changed[place] ^= 0xFF
        path.write_bytes(bytes(changed))
        try:
            same(Trace.load(path), trace())
        except InputError:
            noticed += 1
    assert noticed > len(data) / 7 / 2


def repacked(path, **changes):
    with zipfile.ZipFile(path) as old:
        held = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in held.items():
            if name.removesuffix(".npy") in changes:
                array = changes[name.removesuffix(".npy")]
                if array is None:
                    continue
                buffer = io.BytesIO()
                np.save(buffer, array, allow_pickle=array.dtype == object)
                data = buffer.getvalue()
            new.writestr(name, data)


def header(**changes):
    values = {
        "dalle_explore_trace": 1,
        "recipe": {},
        "seed": 0,
        "ids": [1],
    }
    return np.frombuffer(json.dumps(values | changes).encode(), dtype=np.uint8)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"codes": np.zeros(6)}, "float64"),
        ({"codes": np.zeros(5, dtype="<u2")}, "5 codes for 6 patches, and forced has 6"),
        ({"codes": np.full(6, 9, dtype="<u2")}, "the codebook has only 9"),
        ({"codes": np.array([{}], dtype=object)}, "truncated or damaged"),
        ({"forced": None}, "truncated or damaged"),
        ({"steps.rank": None}, "its steps hold"),
        ({"steps.entropy": np.full(6, np.nan, dtype=np.float32)}, "not finite"),
        ({"trace": header()}, "lacks the entry"),
        ({"trace": header(dalle_explore_trace=2)}, "another format"),
        ({"trace": np.frombuffer(b"[1]", dtype=np.uint8)}, "truncated or damaged"),
    ],
)
def test_a_file_that_holds_something_else_is_a_sentence(tmp_path, changes, sentence):
    path = trace().save(tmp_path / "a.npz")
    repacked(path, **changes)
    with pytest.raises(InputError, match=sentence):
        Trace.load(path)


def test_files_that_are_no_traces_are_sentences(tmp_path):
    (tmp_path / "text.npz").write_text("hello", encoding="ascii")
    with pytest.raises(InputError, match="not a trace of dalle_explore"):
        Trace.load(tmp_path / "text.npz")
    with pytest.raises(InputError, match="cannot read"):
        Trace.load(tmp_path / "nowhere.npz")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(InputError, match="not a trace of dalle_explore"):
        Trace.load(tmp_path / "other.npz")


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": -1},
        {"forced": np.zeros(3, dtype=bool)},
        {"codes": np.full(6, -1)},
        {"codes": np.zeros(7, dtype=np.int64), "forced": np.zeros(7, dtype=bool), "steps": None},
    ],
)
def test_parts_that_do_not_belong_together_are_refused(changes):
    with pytest.raises(InputError):
        trace(**changes)
