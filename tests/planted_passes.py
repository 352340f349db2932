"""The planted models, drawn and ready for the instruments."""

import functools

import pytest

from dalle_explore.checks.planted import planted, trace
from dalle_explore.instruments.passes import Passes

DIRECT, DECOY, HOPS = planted()
each = pytest.mark.parametrize("one", planted(), ids=lambda one: one.name)


@functools.cache
def reading(one):
    """The picture of a planted model; shared, so nothing may change it."""
    return Passes(one.model, trace(one))


def word(one):
    """The word that decides."""
    return reading(one).subject.words[one.word]


def rival(one):
    """The word that attention names instead."""
    return reading(one).subject.words[one.rival]


def box(one):
    """The one patch that a word decides, as rows and columns."""
    row, column = one.patch
    return range(row, row + 1), range(column, column + 1)
