"""What the judge can answer: every role of the world with its values, *none* and *unclear*.

A picture shows more than its caption states (an unstated age is grown), and a relation looks the
same from both ends. `scoring.meaning` brings scenes into that form; here it becomes class numbers.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from dalle_explore import world
from dalle_explore.scoring.meaning import DEFAULTS, INVERSE, NONE, visible

__all__ = [
    "IGNORE",
    "LETTERS",
    "UNCLEAR",
    "WRITTEN",
    "answers",
    "fingerprint",
    "letters",
    "targets",
]

UNCLEAR = "unclear"
WRITTEN = "written"  # the role "word" only says whether there are letters; the grid spells them
LETTERS = "abcdefghijklmnopqrstuvwxyz"  # class 0 of a patch is "no letter", then these
IGNORE = -100  # a class number that counts for no loss
ROWS = COLUMNS = 16  # of the patch grid


def answers() -> dict[str, tuple[str, ...]]:
    """Return the possible answers of every head, by role, and of the head "family".

    A role's values come in the world's order, without those that canonical relations never take,
    followed by how it looks when unstated, ``NONE`` and ``UNCLEAR`` as the last.
    """
    found = {"family": (*world.FAMILIES, UNCLEAR)}
    for role, values in world.ROLES.items():
        kept = [WRITTEN] if role == "word" else [v for v in values if v not in INVERSE]
        default = [DEFAULTS[role]] if role in DEFAULTS else []
        # dict: a default such as "illustration" may also be a value that captions state.
        found[role] = tuple(dict.fromkeys([*kept, *default, NONE, UNCLEAR]))
    return found


def fingerprint(table: Mapping[str, Sequence[str]]) -> Tensor:
    """Return the SHA-256 of a table of answers, uint8 [32]: it travels with the weights."""
    text = json.dumps({role: list(values) for role, values in table.items()}, sort_keys=True)
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return torch.tensor(list(digest), dtype=torch.uint8)


def targets(
    table: Mapping[str, Sequence[str]], scenes: Sequence[world.Scene], unclear: Any = None
) -> dict[str, Tensor]:
    """Return the right answer of every head for pictures of some scenes.

    Args:
        table: from ``answers``.
        scenes: what the pictures show.
        unclear: bool [b], pictures that nobody could read; None: none of them.

    Returns:
        By head, int64 [b]; ``IGNORE`` where the scene leaves to chance what the picture shows.
    """
    numbers = {role: {v: k for k, v in enumerate(values)} for role, values in table.items()}
    blurred = [bool(flag) for flag in unclear] if unclear is not None else [False] * len(scenes)
    found: dict[str, list[int]] = {role: [] for role in table}
    for scene, blur in zip(scenes, blurred, strict=True):
        shown = visible(scene) | {"family": scene.family}
        for role, known in numbers.items():
            value = shown[role]
            if role == "word" and value != NONE:
                value = WRITTEN
            if blur:
                found[role].append(known[UNCLEAR])
            else:
                found[role].append(IGNORE if value is None else known[value])
    return {role: torch.tensor(column) for role, column in found.items()}


def letters(scenes: Sequence[world.Scene], unclear: Any = None) -> Tensor:
    """Return the letter of every patch, int64 [b 16 16].

    0 for none, 1 to 26 in the upper of the two patches that a letter covers, and ``IGNORE`` all
    over unclear pictures.
    """
    grid = torch.zeros(len(scenes), ROWS, COLUMNS, dtype=torch.long)
    for place, scene in enumerate(scenes):
        for row, column, letter in world.letter_cells(scene):
            grid[place, row, column] = 1 + LETTERS.index(letter)
        if unclear is not None and bool(unclear[place]):
            grid[place] = IGNORE
    return grid
