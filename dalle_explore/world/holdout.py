"""Which combinations never occur in training: fixed by lot, about a tenth of the pairs.

The sentences that people quote (the penguin with headphones, the hedgehog and the mango, ...) stay
among the seen combinations, so that an example in the README tests no more than it says. Every
value of every role keeps at least three quarters of its combinations.
"""

from dalle_explore.world.dice import Dice
from dalle_explore.world.facts import (
    ACTIVITIES,
    COLOURS,
    OBJECTS,
    POLYGONS,
    SIGNS,
    SOLIDS,
    SUBJECTS,
    SURFACES,
    TEXTURES,
    WORN,
)

Held = tuple[tuple[str, ...], tuple[str, ...]]
"""A held-out combination: its roles and their values."""

_PROTECTED = {
    ("penguin", "headphones"),
    ("penguin", "skating on ice"),
    ("bok choy", "a cape"),
    ("bok choy", "writing a letter"),
    ("hedgehog", "drinking tea"),
    ("daikon radish", "a tutu"),
    ("daikon radish", "walking a dog"),
    ("hedgehog", "mango"),
    ("purse", "pig"),
    ("cube", "bricks"),
    ("snail", "strawberry"),
    ("stop sign", "octagonal"),
    ("stop sign", "heptagonal"),
    ("clock", "pentagonal"),
    ("t-shirt", "red"),
    ("sign", "red"),
    ("blue", "sphere"),
    ("red", "cube"),
    ("green", "cube"),
    ("blue", "cube"),
    ("red", "sphere"),
    ("sphere", "cube"),
    ("cube", "sphere"),
}


def _pairs(
    roles: tuple[str, str],
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    count: int,
    row_limit: int,
    column_limit: int,
) -> frozenset[tuple[str, str]]:
    """That many pairs by lot, no row and no column taking more than its limit."""
    lot = Dice("world 1", "held out", *roles).shuffled([(r, c) for r in rows for c in columns])
    chosen: list[tuple[str, str]] = []
    for pair in lot:
        row_full = sum(p[0] == pair[0] for p in chosen) >= row_limit
        column_full = sum(p[1] == pair[1] for p in chosen) >= column_limit
        if len(chosen) < count and pair not in _PROTECTED and not row_full and not column_full:
            chosen.append(pair)
    return frozenset(chosen)


# The rarest polygons stay out of it, so that rarity and novelty are not confused, and the square,
# more than a third of all signs, or the sign without it would become rare itself.
_COMMON_POLYGONS = tuple(p for p in POLYGONS if p not in ("heptagonal", "nonagonal", "square"))

HELD_OUT_PAIRS: dict[tuple[str, str], frozenset[tuple[str, str]]] = {
    ("subject", "worn"): _pairs(("subject", "worn"), SUBJECTS, WORN, 14, 1, 2),
    ("subject", "activity"): _pairs(("subject", "activity"), SUBJECTS, ACTIVITIES, 14, 1, 2),
    ("object", "texture"): _pairs(("object", "texture"), OBJECTS, TEXTURES, 11, 2, 2),
    ("sign", "outline"): _pairs(("sign", "outline"), SIGNS, _COMMON_POLYGONS, 4, 1, 1),
    ("surface", "colour"): _pairs(("surface", "colour"), SURFACES, COLOURS, 3, 1, 1),
    ("colour", "solid"): _pairs(("colour", "solid"), COLOURS, SOLIDS, 4, 1, 1),
}
"""Pairs of values that no training example joins, by their two roles."""

CONVERSE = {
    "to the left of": "to the right of",
    "to the right of": "to the left of",
    "above": "below",
    "below": "above",
}
"""Relations that say the same picture with the bodies swapped."""


def _layouts() -> frozenset[tuple[str, str, str]]:
    """Ordered (solid, relation, solid) that never occur, while the order swapped does.

    What is held out is the arrangement in the picture: with "cube to the left of cone" goes "cone
    to the right of cube", which would show the same.
    """
    held: set[tuple[str, str, str]] = set()
    counts = {"to the left of": 2, "above": 2, "on top of": 3, "inside": 3, "in front of": 3}
    ordered = [(a, b) for a in SOLIDS for b in SOLIDS if a != b]
    for relation, count in counts.items():
        taken: list[tuple[str, str]] = []
        for first, second in Dice("world 1", "held out", relation).shuffled(ordered):
            known = (first, second) in _PROTECTED or (second, first) in taken
            if len(taken) < count and not known:
                taken.append((first, second))
        for first, second in taken:
            held.add((first, relation, second))
            if relation in CONVERSE:
                held.add((second, CONVERSE[relation], first))
    return frozenset(held)


HELD_OUT_LAYOUTS: frozenset[tuple[str, str, str]] = _layouts()
"""(solid, relation, solid) in an order that training never shows; the mirror image is seen."""


def held_out(family: str, facts: dict[str, str]) -> tuple[Held, ...]:
    """The held-out combinations that these facts contain; empty when all was seen."""
    if family == "relations":
        return _held_out_bodies(facts)
    found = []
    for roles, pairs in HELD_OUT_PAIRS.items():
        pair = (facts.get(roles[0], ""), facts.get(roles[1], ""))
        if pair in pairs:
            found.append((roles, pair))
    return tuple(found)


def _held_out_bodies(facts: dict[str, str]) -> tuple[Held, ...]:
    found: list[Held] = []
    places = "123" if "solid3" in facts else "12"
    for n in places:
        body = (facts[f"colour{n}"], facts[f"solid{n}"])
        if body in HELD_OUT_PAIRS["colour", "solid"]:
            found.append(((f"colour{n}", f"solid{n}"), body))
    joined = [("1", "2")] if places == "12" else [("1", "2"), ("2", "3"), ("1", "3")]
    # In a row of three the first also stands to the left of the third, and so on.
    for first, second in joined:
        a, b = facts[f"solid{first}"], facts[f"solid{second}"]
        touching = facts["relation"] == "on top of" and (first, second) == ("1", "3")
        if (a, facts["relation"], b) in HELD_OUT_LAYOUTS and not touching:
            found.append(
                ((f"solid{first}", "relation", f"solid{second}"), (a, facts["relation"], b))
            )
    return tuple(found)
