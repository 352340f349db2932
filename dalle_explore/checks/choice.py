"""Which settings draw best? Guidance and temperature tried on prompts of the seen split."""

import dataclasses
from collections.abc import Callable

import numpy as np

from dalle_explore.checks.examinee import Examinee
from dalle_explore.checks.questions import prompts
from dalle_explore.settings import Settings
from dalle_explore.statistics import Rate, rate
from dalle_explore.world import FAMILIES

GUIDANCE = (1.0, 2.0, 3.0, 4.5)
TEMPERATURE = (0.7, 1.0)
SKIP = 100
"""Prompts passed over in every family: the exam asks those, and must not have chosen settings."""


@dataclasses.dataclass(frozen=True)
class Tried:
    """One setting and how often all stated facts were right, over prompts."""

    settings: Settings
    right: Rate


def choose(
    examinee: Examinee, count: int, progress: Callable[[str, int, int], None], samples: int = 2
) -> list[Tried]:
    """Try every pair of guidance and temperature on the same prompts and seeds.

    Args:
        examinee: the model; its settings give whatever is not varied.
        count: prompts per family.
        progress: called with (what, done, total).
        samples: of each prompt.
    """
    asked = [p for f in FAMILIES for p in list(prompts("seen", f, SKIP + count))[SKIP:]]
    grid = [
        examinee.settings.replace(guidance=g, temperature=t) for g in GUIDANCE for t in TEMPERATURE
    ]
    found: list[Tried] = []
    for done, settings in enumerate(grid):
        right: list[bool] = []
        for start in range(0, len(asked), 10):
            part = asked[start : start + 10]
            pictures = examinee.sample([p.caption for p in part], range(samples), settings)
            scenes = [p.scene for p in part for _ in range(samples)]
            verdicts = examinee.read(pictures)
            right += [all(v.agrees(s).values()) for v, s in zip(verdicts, scenes, strict=True)]
        shares = np.reshape(right, (len(asked), samples)).mean(axis=1)
        found.append(Tried(settings, rate(shares)))
        progress("settings", done + 1, len(grid))
    return found
