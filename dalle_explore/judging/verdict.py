"""What the judge says about one picture, and how it compares with a caption."""

import dataclasses
from collections.abc import Mapping
from itertools import permutations

import numpy as np

from dalle_explore import world
from dalle_explore.judging.table import LETTERS
from dalle_explore.scoring.meaning import NONE, body_order, canonical

__all__ = ["Verdict", "brief", "spell", "unabridged"]

_NUMBERS = ("1", "2", "3")


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The facts of one picture as the judge reads them.

    Relations are in canonical form (see ``scoring.meaning``): the leftmost or topmost body is
    number 1, and "to the right of" and "below" never occur.
    """

    facts: Mapping[str, str | None]  # every role -> value, "none" if absent; None if unclear
    confidence: Mapping[str, float]  # every role -> probability of the answer, in 0..1
    family: str | None = None  # None: unclear

    def agrees(self, scene: world.Scene) -> dict[str, bool]:
        """Say for every fact that ``scene`` states whether the picture shows it.

        Unclear counts as wrong. Facts are compared in canonical form, so "A below B" agrees with a
        picture in which the judge saw B above A. Having the right bodies and having them in the
        right places are two skills (VISOR: Gokhale et al., 2022): stated bodies are matched with
        those that were seen in the order that makes most of their facts right, and the relation is
        right if its value is and no other order makes more of them right than the stated one. All
        facts are right exactly when all are right in the stated order.
        """
        wanted = canonical(scene)
        right = {role: self.facts.get(role) == value for role, value in wanted.items()}
        stated = body_order(scene)
        if not stated:
            return {role: right[role] for role in scene.roles}

        # The first permutation is the stated order itself, so it wins ties.
        orders = [self._compare(wanted, order) for order in permutations(_NUMBERS[: len(stated)])]
        best = max(orders, key=lambda found: sum(found.values()))
        in_place = sum(orders[0].values()) == sum(best.values())
        right |= best | {"relation": right["relation"] and in_place}
        # Back from the geometric numbers to the caption's.
        number = dict(zip(stated, _NUMBERS, strict=False))
        return {role: right[_renumbered(role, number)] for role in scene.roles}

    def _compare(self, wanted: Mapping[str, str], order: tuple[str, ...]) -> dict[str, bool]:
        """The facts of the wanted bodies, were they the seen bodies of these numbers."""
        return {
            f"{kind}{place}": self.facts.get(f"{kind}{seen}") == wanted[f"{kind}{place}"]
            for place, seen in zip(_NUMBERS, order, strict=False)
            for kind in ("colour", "solid")
        }

    def reason(self, scene: world.Scene) -> str:
        """Return in words which stated facts are missed; empty when all are right."""
        missed = [role for role, right in self.agrees(scene).items() if not right]
        number = dict(zip(body_order(scene), _NUMBERS, strict=False))
        wanted = canonical(scene)
        return "; ".join(
            f"{role} should be {wanted[place]}, seen {self.facts.get(place) or 'unclear'}"
            for role in missed
            for place in [_renumbered(role, number)]
        )


def _renumbered(role: str, number: Mapping[str, str]) -> str:
    """The role of the body that ``number`` maps to: "colour1" -> "colour2"; others unchanged."""
    kind, last = role[:-1], role[-1]
    return f"{kind}{number[last]}" if kind in ("colour", "solid") and last in number else role


def brief(facts: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return a verdict's facts without the roles that are absent from the picture.

    Few of the roles are there, so that a gallery keeps a quarter; ``unabridged`` undoes it.
    """
    return {role: value for role, value in facts.items() if value != NONE}


def unabridged(facts: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the facts of which ``brief`` left something out, absent roles filled in."""
    return {role: NONE for role in world.ROLES} | dict(facts)


def spell(probability: np.ndarray) -> tuple[str | None, float]:
    """Read a word off the patch grid.

    Args:
        probability: float [27 y x], for every patch none or one of the letters a to z; a letter is
            marked in the upper of its two patches.

    Returns:
        The word and the product of its letters' probabilities. The word is "none" without any
        letter, and None (unclear) when its letters have a gap, or when another row has half as
        many.
    """
    marked = probability[0] < 0.5
    counts = marked.sum(1)
    row = int(counts.argmax())
    if not counts[row]:
        return NONE, float(probability[0].min())
    columns = np.flatnonzero(marked[row])
    best = probability[1:, row, columns]
    word = "".join(LETTERS[number] for number in best.argmax(0))
    gap = bool((np.diff(columns) > 1).any())
    rival = bool((2 * np.delete(counts, row) >= counts[row]).any())
    return (None if gap or rival else word), float(best.max(0).prod())
