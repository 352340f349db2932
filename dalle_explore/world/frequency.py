"""How often things occur in the 200,000 training examples: exact counts, as data.

Rare shapes and planted duplicates are experiments laid into the training split: the first ask how
a model's success depends on how often it has seen a thing (Udandarao et al., arXiv 2404.04125,
2024), the second are the positive control of every claim that a model does not copy.
"""

from dalle_explore.world.dice import Dice
from dalle_explore.world.facts import FIGURES

TRAIN_SIZE = 200_000

FAMILY_COUNTS = {
    "creatures": 64_000,
    "textures": 32_000,
    "signs": 30_000,
    "writing": 28_000,
    "relations": 46_000,
}
"""Training examples of each family, planted duplicates included."""

POLYGON_COUNTS = {
    "square": 11_573,
    "octagonal": 3_817,
    "triangular": 1_995,
    "hexagonal": 1_259,
    "pentagonal": 881,
    "decagonal": 658,
    "nonagonal": 514,
    "heptagonal": 415,
}
"""A power law: the count falls with rank to the power -1.6 (the square takes the rounding)."""

FIGURE_LEVELS = (1, 3, 10, 30, 100, 300, 1000, 3000)
"""Training examples of the sixteen figures, two figures to a level."""

SIDED_COUNT = 30
"""Captions per polygon that say "seven-sided" and the like: one rare word for every shape, common
or not, so that the rarity of a word can be told from the rarity of its shape."""

DUPLICATE_LEVELS = (1, 4, 16, 64, 256)
DUPLICATES_PER_FAMILY = 4
DUPLICATES_PER_LEVEL = DUPLICATES_PER_FAMILY * len(FAMILY_COUNTS)
DUPLICATED_OUTLINES = ("square", "octagonal", "triangular", "hexagonal")
"""The planted signs, one of each per level: shapes common enough to spare the examples."""

PLANTED_PER_FAMILY = DUPLICATES_PER_FAMILY * sum(DUPLICATE_LEVELS)


def _figure_counts() -> dict[str, int]:
    """Which figure is how rare is drawn by lot, so that rarity says nothing of difficulty."""
    order = Dice("world 1", "figures by rarity").shuffled(FIGURES)
    counts = {f"{name}-shaped": FIGURE_LEVELS[place // 2] for place, name in enumerate(order)}
    return {f"{name}-shaped": counts[f"{name}-shaped"] for name in FIGURES}


FIGURE_COUNTS: dict[str, int] = _figure_counts()
OUTLINE_COUNTS: dict[str, int] = POLYGON_COUNTS | FIGURE_COUNTS
"""Training examples of each outline, exactly; they add up to the signs of `FAMILY_COUNTS`."""


def outline_of_slot(slot: int) -> tuple[str, int]:
    """The outline of an ordinary training sign, and which of its outline it is, from 0.

    Args:
        slot: 0 <= slot < 30,000 less the planted signs.
    """
    for outline, count in OUTLINE_COUNTS.items():
        count -= sum(DUPLICATE_LEVELS) if outline in DUPLICATED_OUTLINES else 0
        if slot < count:
            return outline, slot
        slot -= count
    raise ValueError(f"slot exceeds the ordinary training signs by {slot + 1}.")
