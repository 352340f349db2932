"""Strangers' JSON becomes dataclasses strictly, or one sentence."""

import dataclasses
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.schema import read_fields, to_json
from dalle_explore.settings import Settings


@dataclasses.dataclass(frozen=True)
class Inner:
    share: float
    note: str | None = None


@dataclasses.dataclass(frozen=True)
class Outer:
    count: int
    flag: bool
    sides: tuple[int, ...]
    parts: dict[str, Inner]
    either: int | str
    settings: Settings = Settings()


GOOD = Outer(3, True, (1, 2), {"a": Inner(0.5), "b": Inner(1.0, "x")}, "words", Settings(top_k=3))


def test_a_tree_of_dataclasses_survives_json():
    values = json.loads(json.dumps(to_json(GOOD)))
    assert read_fields(Outer, values, "here") == GOOD


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("count", 1.5),
        ("count", True),
        ("count", "3"),
        ("count", None),
        ("count", 10**30),
        ("flag", 1),
        ("sides", 4),
        ("sides", [1, "2"]),
        ("sides", {"0": 1}),
        ("parts", []),
        ("parts", {"a": 1}),
        ("parts", {"a": {"share": "much"}}),
        ("parts", {"a": {"share": 10**400}}),
        ("parts", {"a": {}}),
        ("parts", {"a": {"share": 1, "more": 2}}),
        ("either", 0.5),
        ("either", "x" * 100_000),
        ("settings", {"temperature": "hot"}),
        ("settings", 5),
    ],
)
def test_a_value_of_another_type_names_its_entry(entry, value):
    with pytest.raises(ModelFileError) as caught:
        read_fields(Outer, {**to_json(GOOD), entry: value}, "the card", error=ModelFileError)
    said = str(caught.value)
    assert said.startswith("the card") and repr(entry) in said and len(said) < 400


def test_missing_and_unknown_entries_are_named():
    values = to_json(GOOD)
    with pytest.raises(InputError, match="lacks the entry 'count'"):
        read_fields(Outer, {k: v for k, v in values.items() if k != "count"}, "it")
    with pytest.raises(InputError, match="unknown entry 'size'"):
        read_fields(Outer, {**values, "size": 1}, "it")
    assert read_fields(Outer, {k: v for k, v in values.items() if k != "settings"}, "it")


def test_an_int_is_read_as_a_float_where_a_float_belongs():
    read = read_fields(Inner, {"share": 1}, "it")
    assert read.share == 1.0 and isinstance(read.share, float)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(st.sampled_from([f.name for f in dataclasses.fields(Outer)]), anything)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_is_read_or_refused_with_the_one_error(entry, value):
    try:
        read = read_fields(Outer, {**to_json(GOOD), entry: value}, "it")
    except InputError:
        return
    assert read_fields(Outer, json.loads(json.dumps(to_json(read))), "it") == read
