"""What a result is about: a picture, its words, and how far it was read again as it was drawn."""

import dataclasses
import fnmatch
import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import UInt8

from dalle_explore.captions import settings_in_words
from dalle_explore.edits import Edit
from dalle_explore.errors import InputError
from dalle_explore.generator import EncodedText
from dalle_explore.shown import SavedAsFigure
from dalle_explore.trace import Trace

__all__ = ["Result", "Subject"]


@dataclasses.dataclass(frozen=True, eq=False)
class Subject:
    """The picture that an instrument was pointed at."""

    trace: Trace
    text: EncodedText
    text_length: int  # positions of text in the sequence
    pixels: UInt8[np.ndarray, "y x 3"]
    replay_error: float | None  # nats; None: nothing was recorded to compare with
    guidance: float | None  # None: without
    twin: int | None = None  # seed of the weights of an untrained twin; None: the model itself

    @property
    def prompt(self) -> str:
        """The text it was drawn from."""
        return self.trace.recipe.prompt

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of patches."""
        rows, columns = self.trace.recipe.grid
        return rows, columns

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the prompt as they were typed."""
        return tuple(word.text for word in self.text.words)

    def find(self, word: str, occurrence: int | None = None) -> tuple[int, ...]:
        """Return the places, among the words, of a word or a run of words.

        Raises:
            InputError: the prompt has no such word; its words are listed.
        """
        if not isinstance(word, str):
            raise InputError(
                f"word is {word!r}, but it has to be a word of the prompt: its words are "
                f"{', '.join(self.words)}."
            )
        counted = isinstance(occurrence, int) and not isinstance(occurrence, bool)
        if occurrence is not None and not counted:
            raise InputError(
                f"occurrence is {occurrence!r}, but it counts from 0: give a whole number, or "
                f"leave it out for every time that the word is said."
            )
        found = self.text.find(word, occurrence)
        if not found:
            which = "" if occurrence is None else f" (occurrence {occurrence})"
            raise InputError(
                f"the prompt has no word {word!r}{which}: its words are {', '.join(self.words)}."
            )
        return tuple(sorted({place for run in found for place in run}))

    def named(self, places: Sequence[int]) -> str:
        """Quote words, by their places: a run as it reads, with … where others stand between."""
        said = ""
        for number, place in enumerate(places):
            between = " " if number and place == places[number - 1] + 1 else " … "
            said += (between if number else "") + self.words[place]
        return f"“{said}”"

    def patch(self, patch: Any) -> int:
        """Return the number, in raster order, of a patch given as (row, column).

        Raises:
            InputError: outside the picture, or something else.
        """
        rows, columns = self.grid
        try:
            row, column = (operator.index(part) for part in patch)
        except (TypeError, ValueError):
            row = column = -1
        if not (0 <= row < rows and 0 <= column < columns):
            raise InputError(
                f"patch is {patch!r}, but it has to be (row, column), with rows 0 to {rows - 1} "
                f"and columns 0 to {columns - 1}."
            )
        return row * columns + column

    def box(self, rows: Any, columns: Any) -> np.ndarray:
        """Return a rectangle of patches, given as two ranges, as a mask [rows columns].

        Raises:
            InputError: something else than two ranges, or an empty or outer rectangle.
        """
        for name, part, size in (("rows", rows, self.grid[0]), ("columns", columns, self.grid[1])):
            inside = isinstance(part, range) and part.step == 1
            if not (inside and 0 <= part.start < part.stop <= size):
                raise InputError(
                    f"{name} is {part!r}, but it has to be a range within 0 to {size}: give, for "
                    f"example, range(0, {size // 2})."
                )
        mask = np.zeros(self.grid, dtype=bool)
        mask[rows.start : rows.stop, columns.start : columns.stop] = True
        return mask

    def function_at(self, point: str) -> Edit | None:
        """Return the function, if any, that changed a hook point while it was drawn."""
        for edit in self.trace.recipe.edits:
            if isinstance(edit, Edit) and fnmatch.fnmatchcase(point, edit.point):
                return edit
        return None

    def columns(self) -> dict[str, tuple[int, ...]]:
        """Return what the text positions are: each word by its place, ``start`` and ``pad``.

        ``start`` are tokens that belong to no word; ``pad`` are positions where nothing is said.
        """
        taken = {token for word in self.text.words for token in range(*word.tokens)}
        said = range(len(self.text.ids))
        return {
            "start": tuple(token for token in said if token not in taken),
            "pad": tuple(range(len(self.text.ids), self.text_length)),
        }

    def in_words(self) -> str:
        """Say which picture this is, and how exactly it was read again."""
        recipe = self.trace.recipe
        if self.twin is not None:
            read = (
                f"READ BY THE UNTRAINED TWIN: the same network with random weights (seed "
                f"{self.twin}), which has learned nothing; the picture is the trained model's."
            )
        elif self.replay_error is None:
            read = "Nothing was recorded that a replay could be checked against."
        else:
            what = "log-probabilities" if self.trace.steps is not None else "their total"
            error = _bound(self.replay_error)
            read = f"Replay error: {what} within {error} nats of the recorded."
        return (
            f"{read} Picture: seed {self.trace.seed}, model {recipe.model} "
            f"({recipe.model_digest[:8]}), {settings_in_words(recipe)}. Pictures: "
            f"{recipe.licence}."
        )


def _bound(error: float) -> str:
    """An error rounded up, so that what is said to be within it is."""
    if error == 0:
        return "0"
    step = 10.0 ** math.floor(math.log10(error))
    return f"{math.ceil(error / step) * step:.1g}"


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Result(SavedAsFigure):
    """What an instrument says of one picture; knows its settings and writes its caption."""

    subject: Subject

    def measures(self) -> dict[str, float]:
        """Return the numbers of which a mean over several prompts makes sense, by name."""
        return {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.subject.prompt!r}, seed={self.subject.trace.seed})"
