"""The table of traits that joins the two halves of a breeder, and what each may be.

``widgets/src/breeder.traits.ts`` names the same; a test compares them.
"""

import abc
import math
from typing import Any

import traitlets as t

from dalle_explore.widgets.base import View

__all__ = ["FOUNDERS", "BreederTable"]

FOUNDERS = -1  # the number that stands for those who are in no litter


class BreederTable(View):
    """The traits of ``Breeder``.

    Attributes:
        geometry: {rows, columns, patch}: grid and pixels.
        kin: what is told of each picture (see ``Nursery.told``), in the order in which they came.
        litters: {number, parents, children, words} of each litter; parents and children are names.
        one: name of the first parent of the next litter, or "".
        two: name of the second, or "".
        litter: number of the litter that is shown; ``FOUNDERS``: what the family began with.
        chosen: name of the picture in hand, or "".
        share: of patches that the next litter draws anew, 0 to 1.
        weight: of what the second parent says, or ``other_prompt``, 0 to 1.
        prompt: what a family begins with.
        other_prompt: the second sentence of its beginning; later, one to mix in.
        seed: decimal digits, because browsers cannot count that far: of the next litter's first.
        place: where the family is kept, in a sentence; "" nowhere.
        embedded: all pictures by name; only in a page without a kernel.
    """

    told = View.told | {"geometry", "kin", "litters", "place", "embedded"}

    geometry = t.Dict().tag(sync=True)
    kin = t.List(t.Dict()).tag(sync=True)
    litters = t.List(t.Dict()).tag(sync=True)
    one = t.Unicode("").tag(sync=True)
    two = t.Unicode("").tag(sync=True)
    litter = t.Int(FOUNDERS).tag(sync=True)
    chosen = t.Unicode("").tag(sync=True)
    share = t.Float(0.5).tag(sync=True)
    weight = t.Float(0.5).tag(sync=True)
    prompt = t.Unicode("").tag(sync=True)
    other_prompt = t.Unicode("").tag(sync=True)
    seed = t.Unicode("0").tag(sync=True)
    place = t.Unicode("").tag(sync=True)
    embedded = t.Dict().tag(sync=True)

    @abc.abstractmethod
    def names(self) -> tuple[str, ...]:
        """Of all pictures."""

    @abc.abstractmethod
    def numbers(self) -> tuple[int, ...]:
        """Of all litters."""

    @t.validate("share", "weight")
    def _part(self, proposal: Any) -> float:
        value = float(proposal.value)
        if not (math.isfinite(value) and 0 <= value <= 1):
            raise t.TraitError(
                f"{proposal.trait.name} is {value!r}, but it has to be a number from 0 to 1."
            )
        return value

    @t.validate("one", "two", "chosen")
    def _known(self, proposal: Any) -> str:
        value: str = proposal.value
        if value and value not in self.names():
            raise t.TraitError(
                f"{proposal.trait.name} is {value!r}, but the pictures are called "
                f"{', '.join(self.names()) or 'nothing yet'}."
            )
        return value

    @t.validate("litter")
    def _numbered(self, proposal: Any) -> int:
        value: int = proposal.value
        if value != FOUNDERS and value not in self.numbers():
            raise t.TraitError(
                f"litter is {value}, but the litters are "
                f"{', '.join(map(str, self.numbers())) or 'none yet'}, and {FOUNDERS} what the "
                f"family began with."
            )
        return value
