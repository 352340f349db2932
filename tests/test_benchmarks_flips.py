"""Counting flips: the arithmetic, the drawing in batches, and the sentence without a GPU."""

import importlib
import os
import subprocess
import sys

import numpy as np
import pytest
from house import ROOT
from tiny_model import tiny_model

from dalle_explore.settings import Settings


@pytest.fixture
def flips(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.flips")


def test_a_flip_is_counted_once_and_against_the_codes_until_then(flips):
    one = np.zeros((4, 10), dtype=np.int64)
    other = one.copy()
    other[1, 4:] = 1  # flipped at the fifth code, other from there on
    other[2, 9] = 1
    found = flips.difference(one, other)
    assert (found.pictures, found.codes) == (0.5, 7 / 40)
    assert found.flips_a_code == 2 / (10 + 5 + 10 + 10)
    assert flips.difference(one, one) == flips.Difference(0.0, 0.0, 0.0)


def test_pictures_are_the_same_ones_in_every_batch(flips):
    model, settings = tiny_model(), Settings(guidance=2.0)
    prompts = ("a red cube", "a blue sphere")
    two, five = (flips.codes_of(model, prompts, 5, settings, batch) for batch in (2, 5))
    assert two.shape == (5, model.patches) and np.array_equal(two, five)
    assert flips.difference(two[:4], two[1:]).pictures == 1  # and they are five different ones


def test_without_a_gpu_it_says_so_and_ends_with_status_2():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.flips"],
        cwd=ROOT,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("error: ") and "needs a GPU" in done.stderr
    assert done.stderr.count("\n") == 1
