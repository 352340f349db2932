"""Which training examples come nearest to a prompt by their facts; no picture is drawn for it."""

import dataclasses
import functools
import zlib
from collections.abc import Callable

import numpy as np
from jaxtyping import Int64, UInt8

from dalle_explore.instruments.kept import Kept
from dalle_explore.instruments.learned import Progress, quiet
from dalle_explore.world import FAMILIES, ROLES, WORLD_VERSION, Scene, example, read, split_sizes
from dalle_explore.world.splits import planted

__all__ = ["Candidates", "candidates", "facts_table"]

_FAMILIES = tuple(FAMILIES)
_ROLES = max(len(roles) for roles in FAMILIES.values())
_TOLD = 2_000  # examples between two reports


@dataclasses.dataclass(frozen=True, eq=False)
class Candidates:
    """Training examples to compare a picture with.

    A picture that the training split has several times, pixel for pixel, is one candidate.
    """

    indices: Int64[np.ndarray, " m"]  # nearest first
    times: Int64[np.ndarray, " m"]  # how often the training split has each
    how: str  # how they were chosen, as a sentence


def candidates(
    prompt: str | None,
    among: int,
    kept: Kept,
    progress: Progress = quiet,
    goes_on: Callable[[], bool] = lambda: True,
) -> Candidates | None:
    """Choose training examples by the facts of a prompt.

    Those of the prompt's family come first; among them those that share most facts with it, then
    those that state least besides, then those with the smaller index. Where the prompt's facts
    cannot be read, it is the first examples of the split, which is shuffled.

    Args:
        prompt: None: there is none.
        among: how many.
        kept: keeps the table of all facts, which takes seconds to make.
        progress: called with (what, done, total).
        goes_on: asked from time to time; False ends it.

    Returns:
        The candidates; None when it was ended.
    """
    reading = None if prompt is None else read(prompt)
    if reading is None or reading.scene is None:
        why = "there is no prompt" if reading is None else _without_stop(reading.reason)
        order = np.arange(split_sizes()["train"])
        how = f"the first of the training split, which is shuffled, because {why}"
    else:
        table = facts_table(kept, progress, goes_on)
        if table is None:
            return None
        order, shared = _by_facts(table, reading.scene)
        facts, best = len(reading.scene.facts), int(shared[order[0]])
        family = table[:, 0] == table[order[0], 0]
        equal = int((family & (shared == best)).sum())
        how = (
            f"those of the training split that share most facts with the prompt, "
            f"{reading.scene.family} first ({equal:,} share {best} of {facts})"
        )
    times, later = _repeats()
    order = order[~np.isin(order, later)][:among]
    return Candidates(
        indices=order.astype(np.int64),
        times=np.array([times.get(int(index), 1) for index in order], dtype=np.int64),
        how=how,
    )


def facts_table(
    kept: Kept, progress: Progress = quiet, goes_on: Callable[[], bool] = lambda: True
) -> UInt8[np.ndarray, "n f"] | None:
    """Return the family and facts of every training example as numbers, uint8 [n f].

    Column 0 is the place of the family in ``FAMILIES``; column i + 1 that of the value of the
    family's role i in ``ROLES``, counted from 1; 0: not stated.

    Returns:
        The table; None when ``goes_on`` ended it.
    """
    kind = f"facts {WORLD_VERSION}"
    count = split_sizes()["train"]
    table = _unpacked(kept.get(kind, [0]).get(0), count)
    if table is None:
        table = np.zeros((count, _ROLES + 1), dtype=np.uint8)
        for index in range(count):
            if index % _TOLD == 0:
                progress("training facts", index, count)
                if not goes_on():
                    return None
            table[index] = _numbers(example("train", index).scene)
        progress("training facts", count, count)
        kept.put(kind, {0: zlib.compress(table.tobytes())})
    return table


def _unpacked(data: bytes | None, count: int) -> UInt8[np.ndarray, "n f"] | None:
    if data is None:
        return None
    try:
        return np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(count, _ROLES + 1)
    except (zlib.error, ValueError):
        return None  # of another version


def _numbers(scene: Scene) -> list[int]:
    row = [_FAMILIES.index(scene.family)]
    facts = dict(scene.facts)
    row += [_place(role, facts[role]) if role in facts else 0 for role in FAMILIES[scene.family]]
    return row + [0] * (_ROLES + 1 - len(row))


@functools.cache
def _place(role: str, value: str) -> int:
    """The number of a value; 255 for letters of its own, which no training example has."""
    values = ROLES[role]
    return values.index(value) + 1 if value in values else 255


def _by_facts(
    table: UInt8[np.ndarray, "n f"], scene: Scene
) -> tuple[Int64[np.ndarray, " n"], Int64[np.ndarray, " n"]]:
    """All examples, nearest first, and how many facts each shares with a scene."""
    facts = dict(scene.facts)
    shared = np.zeros(len(table), dtype=np.int64)
    stated = (table[:, 1:] > 0).sum(axis=1)
    for family, roles in enumerate(FAMILIES.values()):
        here = table[:, 0] == family
        for column, role in enumerate(roles, start=1):
            if role in facts:
                shared += here & (table[:, column] == _place(role, facts[role]))
    other = table[:, 0] != _FAMILIES.index(scene.family)
    # The last key decides first; lexsort is stable, so that equal ones stay in their order.
    return np.lexsort((stated - shared, -shared, other)), shared


@functools.cache
def _repeats() -> tuple[dict[int, int], Int64[np.ndarray, " r"]]:
    """How often pictures stand in the split that do so more than once, and the later places."""
    groups = [sorted(group.indices) for group in planted()]
    later = [index for group in groups for index in group[1:]]
    return {group[0]: len(group) for group in groups}, np.array(later, dtype=np.int64)


def _without_stop(sentence: str) -> str:
    return sentence.rstrip(".")
