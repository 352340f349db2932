"""Rows for tests of the gallery: as real as those of a model, but of any codes one likes."""

import numpy as np

from dalle_explore.edits import KnockOut
from dalle_explore.gallery import Addresses, Row
from dalle_explore.settings import Settings
from dalle_explore.trace import Recipe

SCORER, JUDGE = "5" * 64, "7" * 64


def make_recipe(prompt="a hedgehog drinking tea", side=4, torch="2.11.0", edits=(), **settings):
    return Recipe(
        prompt=prompt,
        settings=Settings(**settings),
        model="tiny",
        model_digest="d" * 64,
        licence="CC0-1.0",
        grid=(side, side),
        codebook_size=1024,
        scorer_digest=SCORER,
        versions={"dalle_explore": "0.1.0", "torch": torch},
        edits=tuple(edits),
    )


def addresses_of(recipe):
    """Ids as a tokenizer would give them: other texts, other ids."""
    return Addresses(recipe, recipe.prompt.encode("utf-8"))


def codes_of(number, side=4):
    """The codes of picture ``number``: whoever reads a row knows what has to be there."""
    return np.random.default_rng(number).integers(0, 1024, (side, side))


def make_row(seed=0, recipe=None, codes=None, number=None, **recipe_values):
    recipe = recipe or make_recipe(**recipe_values)
    if codes is None:
        codes = codes_of(seed if number is None else number, recipe.grid[0])
    address = addresses_of(recipe).of(seed)
    return Row(address, recipe, seed, codes, -30.5 - seed / 7, 2.0 + seed / 9)


def make_rows(n, **values):
    return [make_row(seed, **values) for seed in range(n)]


def same(one, other):
    """Whether two rows say the same."""
    if (one.codes is None) != (other.codes is None):
        return False
    equal = one.codes is None or np.array_equal(one.codes, other.codes)
    numbers = (one.log_probability, one.entropy, one.fit, one.seed)
    return (
        equal
        and numbers == (other.log_probability, other.entropy, other.fit, other.seed)
        and (one.address, one.recipe) == (other.address, other.recipe)
    )


EDITED = make_recipe(edits=[KnockOut("tea")])
