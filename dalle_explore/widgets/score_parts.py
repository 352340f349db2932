"""Scores as bytes: every picture of every prompt, its verdict, and densities.

The byte layout is read by ``widgets/src/score_explorer/values.ts``; little-endian everywhere. The
values have, in their header, the ``counts`` of the pictures of every prompt and its ``facts`` in
words; their four buffers hold, picture after picture, in the order of the seeds:

=========  ======  ===============================================================================
seeds      uint64
scores     fp64    raw, so that a brush means the same in both halves
flags      uint8   1: its picture can be had; 2: the judge read it; 4: all stated facts are right
right      uint32  one bit for each fact: it is right
=========  ======  ===============================================================================

Pictures travel as those of a prompt grid do (``grid_parts.pictures_part``).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float64

from dalle_explore import world
from dalle_explore.session.scores import ScoredPrompt, Scores

__all__ = ["densities_part", "facts_of", "values_part"]

_THERE, _JUDGED, _RIGHT = 1, 2, 4
_MOST = 32  # facts that have a bit
_LEVELS = 65535  # of a density as it travels


def facts_of(cell: ScoredPrompt) -> dict[str, str]:
    """Return the facts that a judge looks for: role -> how it is told; empty without a judge."""
    told: Mapping[str, bool] = {}
    for seed in cell.seeds.tolist():
        told = cell.ticks(seed) or {}
        if told:
            break
    if not told:
        return {}
    scene = world.read(cell.prompt).scene
    stated = {} if scene is None else {role: str(scene[role]) for role in scene.roles}
    return {
        role: f"{role}: {stated[role]}" if role in stated else role for role in list(told)[:_MOST]
    }


def values_part(scores: Scores) -> dict[str, Any]:
    """Pack what is known of every picture."""
    flags, right, facts = [], [], []
    for cell in scores.cells:
        roles = facts_of(cell)
        facts.append(list(roles.values()))
        for number, seed in enumerate(cell.seeds.tolist()):
            verdict = cell.right[number]
            flags.append(
                _THERE * (cell.sample(number) is not None)
                + _JUDGED * bool(np.isfinite(verdict))
                + _RIGHT * bool(verdict == 1)
            )
            ticks = cell.ticks(seed) or {}
            right.append(sum(bool(ticks.get(role)) << bit for bit, role in enumerate(roles)))
    arrays = [
        np.concatenate(scores.seeds).astype("<u8"),
        np.concatenate(scores.scores).astype("<f8"),
        np.array(flags, dtype="u1"),
        np.array(right, dtype="<u4"),
    ]
    header = {"counts": [len(cell.seeds) for cell in scores.cells], "facts": facts}
    return {"header": header, "buffers": [array.tobytes() for array in arrays]}


def densities_part(densities: Float64[np.ndarray, "prompts points"]) -> dict[str, Any]:
    """Pack densities as u16 [prompts points], as shares of the highest of all."""
    most = float(densities.max()) or 1.0
    packed = np.round(densities / most * _LEVELS).astype("<u2")
    return {"points": densities.shape[1], "most": most, "bytes": packed.tobytes()}
