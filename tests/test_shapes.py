"""One alphabet of axes, and hints written with it are enforced while the tests run."""

import jaxtyping
import numpy as np
import pytest
import shape_checks
from jaxtyping import Float, Int

from dalle_explore import shapes
from dalle_explore.sampling.pick import pick

checked = jaxtyping.jaxtyped(typechecker=shape_checks.check)


@checked
def logits(codes: Int[np.ndarray, "b p"], wanted: int = 3) -> Float[np.ndarray, "b p k"]:
    return np.zeros((*codes.shape[: 2 if wanted else 1], 5))


@checked
def mask(picture: Float[np.ndarray, "y x"] | None = None) -> None:
    return None


def test_the_alphabet_is_one_letter_an_axis_and_each_has_its_own_meaning():
    assert "".join(shapes.ALPHABET) == "bntpslhdkcyx"
    assert len(set(shapes.ALPHABET.values())) == len(shapes.ALPHABET)


def test_a_wrong_rank_type_or_size_is_caught():
    assert logits(np.zeros((2, 4), dtype=np.int64)).shape == (2, 4, 5)
    assert mask() is None and mask(np.zeros((2, 2))) is None
    with pytest.raises(jaxtyping.TypeCheckError, match="codes"):
        logits(np.zeros(4, dtype=np.int64))
    with pytest.raises(jaxtyping.TypeCheckError, match="codes"):
        logits(np.zeros((2, 4)))
    with pytest.raises(jaxtyping.TypeCheckError, match="return"):
        logits(np.zeros((2, 4), dtype=np.int64), wanted=0)
    with pytest.raises(jaxtyping.TypeCheckError, match="picture"):
        mask(np.zeros(3))


def test_hints_without_a_shape_are_left_to_mypy_and_to_our_own_sentences():
    assert logits(np.zeros((2, 4), dtype=np.int64), wanted="three").shape == (2, 4, 5)


def test_the_package_is_loaded_through_the_checker():
    assert hasattr(pick, "__wrapped__"), "run the tests with the addopts of pyproject.toml"
