"""The table of traits that joins the two halves of an explorer, and what each may be.

``widgets/src/attention_explorer.traits.ts`` names the same; a test compares them.
"""

import abc
from typing import Any

import traitlets as t

from dalle_explore.instruments.attention import BY
from dalle_explore.instruments.knockout import MODES
from dalle_explore.widgets.base import View

__all__ = ["TABS", "ExplorerTable"]

TABS = ("looks", "depends")


class ExplorerTable(View):
    """The traits of ``AttentionExplorer``.

    Attributes:
        geometry: {rows, columns, patch, layers, heads}: grid, pixels, and the transformer.
        pictures: what is told of each picture (see ``Exhibit.told``).
        selected: name of the picture that is spoken of.
        beside: name of the one beside it, or "".
        tab: one of ``TABS``.
        word: the pinned word, its place in the prompt; -1: none.
        patch: the number of the pinned patch; -1: none.
        by: how "looked at" is meant, one of ``BY``.
        mode: how words are taken away, one of ``MODES``.
        picks: [layer, head] of each chosen head; none: all.
        box: [top, left, bottom, right] of the asked box, both ends included; none: no box.
        more: whether everything under "More" is shown.
        proof: what the report card of the instruments says (see ``proof_of``).
        embedded: all parts; only in a page without a kernel.
    """

    told = View.told | {"geometry", "pictures", "proof", "embedded"}

    geometry = t.Dict().tag(sync=True)
    pictures = t.List(t.Dict()).tag(sync=True)
    selected = t.Unicode("").tag(sync=True)
    beside = t.Unicode("").tag(sync=True)
    tab = t.Enum(TABS, "looks").tag(sync=True)
    word = t.Int(-1).tag(sync=True)
    patch = t.Int(-1).tag(sync=True)
    by = t.Enum(BY, "contribution").tag(sync=True)
    mode = t.Enum(MODES, "all").tag(sync=True)
    picks = t.List(t.List(t.Int())).tag(sync=True)
    box = t.List(t.Int()).tag(sync=True)
    more = t.Bool(False).tag(sync=True)
    proof = t.Dict().tag(sync=True)
    embedded = t.Dict().tag(sync=True)

    @abc.abstractmethod
    def names(self) -> tuple[str, ...]:
        """Of all pictures."""

    @abc.abstractmethod
    def _said(self) -> tuple[str, ...]:
        """The words of the picture that is spoken of."""

    @t.validate("selected", "beside")
    def _known(self, proposal: Any) -> str:
        value: str = proposal.value
        if value and value not in self.names():
            raise t.TraitError(
                f"{proposal.trait.name} is {value!r}, but the pictures are called "
                f"{', '.join(self.names())}."
            )
        return value

    @t.validate("word", "patch")
    def _in_range(self, proposal: Any) -> int:
        value: int = proposal.value
        rows, columns = self.geometry.get("rows", 0), self.geometry.get("columns", 0)
        most = len(self._said()) if proposal.trait.name == "word" else rows * columns
        if not -1 <= value < most:
            raise t.TraitError(
                f"{proposal.trait.name} is {value}, but it has to be a whole number from 0 to "
                f"{most - 1}, or -1 for none."
            )
        return value

    @t.validate("picks")
    def _heads(self, proposal: Any) -> list[list[int]]:
        value: list[list[int]] = proposal.value
        layers, heads = self.geometry.get("layers", 0), self.geometry.get("heads", 0)
        for pick in value:
            if len(pick) != 2 or not (0 <= pick[0] < layers and 0 <= pick[1] < heads):
                raise t.TraitError(
                    f"picks has {pick!r}, but a head is [layer, head], with the layers 0 to "
                    f"{layers - 1} and the heads 0 to {heads - 1}."
                )
        return sorted([layer, head] for layer, head in {(pick[0], pick[1]) for pick in value})

    @t.validate("box")
    def _rectangle(self, proposal: Any) -> list[int]:
        value: list[int] = proposal.value
        rows, columns = self.geometry.get("rows", 0), self.geometry.get("columns", 0)
        if value:
            top, left, bottom, right = value if len(value) == 4 else (-1,) * 4
            if not (0 <= top <= bottom < rows and 0 <= left <= right < columns):
                raise t.TraitError(
                    f"box is {value!r}, but it has to be [top, left, bottom, right] within "
                    f"{rows} rows and {columns} columns of patches, or [] for none."
                )
        return value
