"""The table of traits that joins the two halves of a codebook browser, and what each may be.

``widgets/src/codebook_browser.traits.ts`` names the same; a test compares them.
"""

from typing import Any

import traitlets as t

from dalle_explore.widgets.base import View

__all__ = ["SHOWS", "SORTS", "TABS", "CodebookTable"]

TABS = ("look", "paint")
SORTS = ("usage", "colour", "number")
SHOWS = ("picture", "change")


class CodebookTable(View):
    """The traits of ``CodebookBrowser``.

    Attributes:
        geometry: {rows, columns, patch, codes, reach}: grid, pixels, codebook, and how many
            patches around one can change when its code does.
        about: {pictures, patches, world, used, refused, only, canvas, ground}: what was counted,
            or why nothing was; the codes on the sheet, or null for all; what is painted on.
        tab: one of ``TABS``.
        sort: one of ``SORTS``.
        selected: the code in hand, which is also the brush; -1: none.
        at: a place in the order, whose page is open; -1: that of the code in hand.
        show: one of ``SHOWS``, while painting.
        painting: {grid, start, undo, redo}: codes in raster order, and strokes.
        embedded: all parts; only in a page without a kernel.
    """

    told = View.told | {"geometry", "about", "painting", "embedded"}

    geometry = t.Dict().tag(sync=True)
    about = t.Dict().tag(sync=True)
    tab = t.Enum(TABS, "look").tag(sync=True)
    sort = t.Enum(SORTS, "number").tag(sync=True)
    selected = t.Int(-1).tag(sync=True)
    at = t.Int(-1).tag(sync=True)
    show = t.Enum(SHOWS, "picture").tag(sync=True)
    painting = t.Dict().tag(sync=True)
    embedded = t.Dict().tag(sync=True)

    @t.validate("selected", "at")
    def _in_range(self, proposal: Any) -> int:
        value: int = proposal.value
        codes = self.geometry.get("codes", 0)
        if proposal.trait.name == "at":
            only = self.about.get("only")
            codes = codes if only is None else len(only)
        if not -1 <= value < codes:
            raise t.TraitError(
                f"{proposal.trait.name} is {value}, but it has to be a whole number from 0 to "
                f"{codes - 1}, or -1."
            )
        return value

    @t.validate("sort")
    def _sortable(self, proposal: Any) -> str:
        value: str = proposal.value
        if value == "usage" and self.about.get("refused"):
            raise t.TraitError(
                f"sort is 'usage', but nothing was counted: {self.about['refused']}"
            )
        return value
