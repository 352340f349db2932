"""Settings are checked when they are made, travel through JSON, and never change in place."""

import dataclasses
import json

import numpy as np
import pytest

from dalle_explore.errors import InputError
from dalle_explore.settings import Settings


def test_the_defaults_sample_from_the_model_as_it_is():
    assert Settings() == Settings(
        temperature=1.0, top_k=None, top_p=None, guidance=1.0, precision="fp32", device="cpu"
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"temperature": -0.5}, "temperature is -0.5, but it cannot be negative"),
        ({"temperature": float("nan")}, "temperature is nan, but it has to be a finite number"),
        ({"temperature": float("inf")}, "temperature is inf"),
        ({"temperature": "hot"}, "temperature is 'hot'"),
        ({"temperature": True}, "temperature is True"),
        ({"top_k": 0}, "top_k is 0, but at least 1"),
        ({"top_k": -3}, "top_k is -3"),
        ({"top_k": 2.5}, "top_k is 2.5, but it has to be a whole number"),
        ({"top_k": True}, "top_k is True"),
        ({"top_p": 0}, "top_p is 0, but it is a share"),
        ({"top_p": 1.01}, "top_p is 1.01"),
        ({"top_p": "most"}, "top_p is 'most'"),
        ({"guidance": -1}, "guidance is -1, but it cannot be negative"),
        ({"guidance": None}, "guidance is None"),
        ({"precision": "fp64"}, "precision is 'fp64', but the choices are 'fp32' and 'bf16'"),
        ({"device": "tpu"}, "device is 'tpu', but the choices are"),
        ({"device": 0}, "device is 0"),
        ({"device": "cuda:"}, "device is 'cuda:'"),
    ],
)
def test_a_bad_value_is_refused_in_a_sentence(values, said):
    with pytest.raises(InputError) as caught:
        Settings(**values)
    assert said in str(caught.value)
    assert ": " in str(caught.value) and str(caught.value).endswith(".")
    with pytest.raises(InputError):
        Settings().replace(**values)
    with pytest.raises(InputError):
        Settings.from_json(values)


def test_the_edges_of_every_range_are_allowed():
    for values in (
        {"temperature": 0},
        {"top_k": 1},
        {"top_p": 1},
        {"top_p": 1e-9},
        {"guidance": 0},
        {"precision": "bf16"},
        {"device": "cuda"},
        {"device": "cuda:3"},
    ):
        Settings(**values)


def test_equal_settings_are_equal_whatever_number_types_they_came_in():
    assert Settings(temperature=1, top_k=np.int64(5), guidance=np.float64(2)) == Settings(
        temperature=1.0, top_k=5, guidance=2.0
    )
    assert type(Settings(top_k=np.int64(5)).top_k) is int
    assert type(Settings(temperature=1).temperature) is float
    assert len({Settings(), Settings(temperature=1)}) == 1


def test_settings_cannot_be_changed_in_place():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().temperature = 2.0


def test_replace_changes_one_thing_and_lists_the_names_for_an_unknown_one():
    before = Settings(top_k=50)
    after = before.replace(temperature=0.5)
    assert (after.temperature, after.top_k, before.temperature) == (0.5, 50, 1.0)
    with pytest.raises(InputError, match="'temprature'.* temperature, top_k, top_p, guidance"):
        before.replace(temprature=0.5)


def test_settings_survive_json():
    settings = Settings(temperature=0.9, top_k=64, top_p=0.95, guidance=3, precision="bf16")
    assert Settings.from_json(json.loads(json.dumps(settings.to_json()))) == settings
    assert Settings.from_json({}) == Settings()
    with pytest.raises(InputError, match="no setting called 'steps'"):
        Settings.from_json({"steps": 50})


def test_top_k_is_checked_against_the_codebook():
    Settings(top_k=1024).check(1024)
    Settings().check(1024)
    with pytest.raises(InputError, match="top_k is 1025, but this model has only 1024 codes"):
        Settings(top_k=1025).check(1024)


def test_no_setting_is_left_out_of_the_names():
    assert Settings.names() == tuple(Settings().to_json())
    assert len(Settings.names()) < 10
