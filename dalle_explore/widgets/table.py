"""The table of traits that joins the two halves of a player, and what each may be.

``widgets/src/decode_player.traits.ts`` names the same; a test compares them.
"""

import abc
import math
from typing import Any

import traitlets as t

from dalle_explore.widgets.base import View

__all__ = ["OVERLAYS", "Table"]

OVERLAYS = ("picture", "entropy", "filtered", "average", "surprise", "rank", "difference")


class Table(View):
    """The traits of ``DecodePlayer``.

    Attributes:
        geometry: {rows, columns, patch, codes, average}: grid, pixels, codebook, held-out entropy.
        prompt: the prompt line.
        seed: decimal digits, because browsers cannot count that far: of the next drawing.
        n: pictures of the next drawing.
        settings: {temperature, top_k, top_p, guidance} of the next drawing.
        branches: what is told of each picture (see ``Branch.told``).
        shown: names of those that stand side by side.
        selected: name of the one whose numbers are shown, or "".
        compared: name of the one that the difference is to, or "".
        step: patches that are shown.
        patch: the number of the pinned patch; -1: none.
        overlay: one of ``OVERLAYS``.
        reshape: {temperature, top_k, top_p}: what if they were these?
        embedded: all films; only in a page without a kernel.
    """

    told = View.told | {"geometry", "branches", "embedded"}

    geometry = t.Dict().tag(sync=True)
    prompt = t.Unicode("").tag(sync=True)
    seed = t.Unicode("0").tag(sync=True)
    n = t.Int(4).tag(sync=True)
    settings = t.Dict().tag(sync=True)
    branches = t.List(t.Dict()).tag(sync=True)
    shown = t.List(t.Unicode()).tag(sync=True)
    selected = t.Unicode("").tag(sync=True)
    compared = t.Unicode("").tag(sync=True)
    step = t.Int(0).tag(sync=True)
    patch = t.Int(-1).tag(sync=True)
    overlay = t.Enum(OVERLAYS, "picture").tag(sync=True)
    reshape = t.Dict().tag(sync=True)
    embedded = t.Dict().tag(sync=True)

    @abc.abstractmethod
    def _patches(self) -> int:
        """Patches of one picture."""

    @abc.abstractmethod
    def names(self) -> tuple[str, ...]:
        """Of all pictures."""

    @t.validate("step", "patch")
    def _in_range(self, proposal: Any) -> int:
        steps = proposal.trait.name == "step"
        low, high = (0, self._patches()) if steps else (-1, self._patches() - 1)
        value: int = proposal.value
        if not low <= value <= high:
            raise t.TraitError(
                f"{proposal.trait.name} is {value}, but it has to be a whole number from {low} to "
                f"{high}."
            )
        return value

    @t.validate("settings", "reshape")
    def _finite(self, proposal: Any) -> dict[str, Any]:
        value: dict[str, Any] = proposal.value
        for name, one in value.items():
            number = isinstance(one, int | float) and not isinstance(one, bool)
            if one is not None and not (number and math.isfinite(one)):
                raise t.TraitError(
                    f"{proposal.trait.name} has {one!r} for {name}, but it has to be a number, or "
                    f"None."
                )
        return value

    @t.validate("shown")
    def _there(self, proposal: Any) -> list[str]:
        value: list[str] = list(dict.fromkeys(proposal.value))
        for one in value:
            if one not in self.names():
                raise t.TraitError(
                    f"shown names {one!r}, but the pictures are called "
                    f"{', '.join(self.names()) or 'nothing yet'}."
                )
        return value

    @t.validate("selected", "compared")
    def _known(self, proposal: Any) -> str:
        value: str = proposal.value
        if value and value not in self.names():
            raise t.TraitError(
                f"{proposal.trait.name} is {value!r}, but the pictures are called "
                f"{', '.join(self.names()) or 'nothing yet'}."
            )
        return value
