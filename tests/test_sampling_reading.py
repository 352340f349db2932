"""Reading a drawing once more gives what was recorded, and the whole distribution beside it."""

import dataclasses

import numpy as np
import pytest
import torch
from tiny_model import CODES, tiny_model

from dalle_explore.edits import Ban, Force, KnockOut, Mix, ScaleHead
from dalle_explore.errors import InputError
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.reading import read
from dalle_explore.sampling.request import request
from dalle_explore.settings import Settings
from dalle_explore.trace import Recipe

pytestmark = pytest.mark.usefixtures("one_thread", "both_ways")

PROMPT = "a red cube on a sphere"


@pytest.fixture(scope="module")
def model():
    return tiny_model()


def drawn(model, edits=(), stop=None, **settings):
    """A trace as the studio makes it."""
    how = Settings(**settings)
    text = model.encode_text(PROMPT)
    asked = request(model, text, [3], tuple(edits))
    steps = list(decode(model, [asked], how))[:stop]
    recipe = Recipe(
        prompt=PROMPT,
        settings=how,
        model="tiny",
        model_digest="0" * 64,
        licence="CC0-1.0",
        grid=(model.rows, model.columns),
        codebook_size=CODES,
        scorer_digest=None,
        versions={"torch": torch.__version__},
        edits=tuple(edits),
    )
    return drain(steps).trace(0, recipe, 3, text.ids)


ALL_EDITS = [
    (),
    (KnockOut("red"),),
    (ScaleHead(0, 1, 0.5),),
    (Ban(tuple(range(20))),),
    (Mix((PROMPT, "a cat"), (0.5, 0.5)),),
    (Mix((PROMPT, "a cat"), (0.5, 0.5), how="embeddings"),),
    (Force(((0, 0), (5, 5)), (1, 2)),),
]


@pytest.mark.parametrize(
    "edits", ALL_EDITS, ids=lambda edits: type(edits[0]).__name__ if edits else "plain"
)
@pytest.mark.parametrize("guidance", [1.0, 2.5])
def test_what_is_read_is_what_was_recorded_bit_for_bit(model, edits, guidance):
    trace = drawn(model, edits, guidance=guidance, temperature=0.8, top_k=9)
    reading = read(model, trace)
    assert reading.error == 0.0
    for field in dataclasses.fields(trace.steps):
        np.testing.assert_array_equal(
            getattr(reading.steps, field.name), getattr(trace.steps, field.name)
        )


def test_the_distribution_holds_every_code_and_sums_to_one(model):
    trace = drawn(model, guidance=2.0)
    reading = read(model, trace)
    assert reading.log_probability.shape == (36, CODES)
    np.testing.assert_allclose(np.exp(reading.log_probability).sum(axis=1), 1, rtol=1e-5)
    chosen = reading.log_probability[np.arange(36), trace.codes]
    np.testing.assert_allclose(chosen, trace.steps.log_probability, atol=1e-5)
    entropy = -(np.exp(reading.log_probability) * reading.log_probability).sum(axis=1)
    np.testing.assert_allclose(entropy, trace.steps.entropy, atol=1e-4)


def test_a_trace_without_statistics_gets_them_and_no_error(model):
    trace = drawn(model)
    reading = read(model, dataclasses.replace(trace, steps=None))
    assert reading.error is None
    np.testing.assert_array_equal(reading.steps.rank, trace.steps.rank)


def test_an_unfinished_trace_is_read_as_far_as_it_goes(model):
    trace = drawn(model, stop=7)
    reading = read(model, trace)
    assert len(reading.steps) == len(reading.log_probability) == 7
    assert reading.error == 0.0


def test_another_model_is_told_by_its_error(model):
    assert read(tiny_model(seed=1), drawn(model)).error > 0.1


def test_it_ends_when_it_is_asked_to(model):
    asked = iter([True, True, False])
    assert read(model, drawn(model), goes_on=lambda: next(asked)) is None


def test_traces_that_cannot_be_read_are_refused(model):
    trace = drawn(model)
    with pytest.raises(InputError, match="no patch yet"):
        read(
            model,
            drawn(model, stop=1).__class__(
                trace.recipe, 3, trace.ids, trace.codes[:0], trace.forced[:0]
            ),
        )
    other = dataclasses.replace(trace.recipe, grid=(36, 1))
    with pytest.raises(InputError, match="give the model that drew it"):
        read(model, dataclasses.replace(trace, recipe=other))
