"""Edits inside the network."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any, ClassVar, Literal

import numpy as np

from dalle_explore.edits.fields import (
    Base,
    Patch,
    finite,
    maybe_patches,
    numbers,
    shortened,
    whole,
)
from dalle_explore.errors import InputError

__all__ = ["AblateHead", "AddResidual", "Edit", "KnockOut", "ScaleHead"]


@dataclasses.dataclass(frozen=True)
class KnockOut(Base):
    """Cut the attention to a word, or to a run of words.

    ``edges="image"`` cuts it for the rows that predict patches: what other words had taken from it
    stays. ``edges="all"`` cuts it for every later token, text included.
    """

    word: str
    edges: Literal["image", "all"] = "image"
    layers: tuple[int, ...] | None = None  # None: all
    occurrence: int | None = None  # 0 for the first; None: wherever it occurs

    def __post_init__(self) -> None:
        """Check every field."""
        if not isinstance(self.word, str) or not self.word.strip():
            raise self._refuse("word", "it has to be a word of the prompt", "name one")
        if self.edges not in ("image", "all"):
            raise self._refuse("edges", "there are two kinds", "take 'image' or 'all'")
        if self.layers is not None:
            self._put("layers", numbers(self, "layers", self.layers))
        if self.occurrence is not None:
            self._put("occurrence", whole(self, "occurrence"))


@dataclasses.dataclass(frozen=True)
class AblateHead(Base):
    """Take away what one attention head reads: it adds nothing to the stream."""

    layer: int
    head: int

    def __post_init__(self) -> None:
        """Check the numbers."""
        self._put("layer", whole(self, "layer"))
        self._put("head", whole(self, "head"))


@dataclasses.dataclass(frozen=True)
class ScaleHead(Base):
    """Multiply what one attention head reads."""

    layer: int
    head: int
    factor: float

    def __post_init__(self) -> None:
        """Check the numbers."""
        self._put("layer", whole(self, "layer"))
        self._put("head", whole(self, "head"))
        self._put("factor", finite(self, "factor"))


@dataclasses.dataclass(frozen=True)
class AddResidual(Base):
    """Add a vector to the stream that enters a layer, in the rows that predict some patches."""

    layer: int
    vector: tuple[float, ...]  # as many numbers as the model is wide
    at: tuple[Patch, ...] | None = None

    def __post_init__(self) -> None:
        """Check numbers and patches."""
        self._put("layer", whole(self, "layer"))
        values = np.asarray(self.vector, dtype=float)
        if values.ndim != 1 or not values.size or not np.isfinite(values).all():
            raise InputError(
                f"AddResidual.vector has the shape {values.shape}, but it has to be a list of "
                f"finite numbers: give one for each channel of the stream."
            )
        self._put("vector", tuple(float(value) for value in values))
        self._put("at", maybe_patches(self))

    def __repr__(self) -> str:
        length = math.sqrt(math.fsum(value * value for value in self.vector))
        at = "" if self.at is None else f", at={shortened(self.at)}"
        return f"AddResidual({self.layer}, <{len(self.vector)} numbers, length {length:.3g}>{at})"


@dataclasses.dataclass(frozen=True)
class Edit(Base):
    """Anything else: a function that gets a hook point's tensor and returns what replaces it.

    ``function(value, at)`` receives a copy of the tensor of ``point`` (see the model's list of
    points) and an ``At`` that says which rows of the batch and which positions of the sequence it
    holds. A function cannot be written into a record: what is drawn with it says so.
    """

    saved: ClassVar[bool] = False

    point: str
    function: Callable[[Any, Any], Any]

    def __post_init__(self) -> None:
        """Check point and function."""
        if not isinstance(self.point, str) or not self.point:
            raise self._refuse("point", "it is the name of a hook point", "name one")
        if not callable(self.function):
            raise self._refuse("function", "it has to be callable", "give a function of two")
        if type(self.function).__hash__ is None:
            raise self._refuse("function", "edits are compared by hash", "give a plain function")

    def __repr__(self) -> str:
        name = getattr(self.function, "__qualname__", type(self.function).__name__)
        return f"Edit({self.point!r}, {name}, not saved)"
