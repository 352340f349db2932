"""The table of traits that joins the two halves of a prompt grid, and what each may be.

``widgets/src/prompt_grid.traits.ts`` names the same; a test compares them.
"""

from typing import Any

import traitlets as t

from dalle_explore.widgets.base import View

__all__ = ["RANK", "SEED", "GridTable"]

RANK, SEED = "#rank", "#seed"
"""What stands in the columns instead of an axis: the samples of each cell."""


class GridTable(View):
    """The traits of ``PromptGrid``.

    Attributes:
        template: {text, slots, joints, linked}: the sentence cut at its slots (see
            ``grid_parts.sentence``).
        axes: {name, kind, labels} of each.
        cells: {at, prompt, joints} of each: a value of every axis, the sentence, its reading.
        plan: {words, missing, n, seed}: what is to be drawn, before anything is.
        about: {width, height, scorer, chance, left_out, notice, kept}: pixels of a picture, whose
            scores they are, what a page leaves out, what the gallery says, and whether it keeps
            favourites and notes.
        rows: the name of an axis; "": one row.
        columns: the name of an axis, ``RANK`` or ``SEED``; "": one column.
        each: "" for the best picture of every cell, or the seed of the one that is shown.
        chosen: the number of the cell in hand.
        picture: the seed of the picture in hand; "": the one that the grid shows.
        marks: "cell seed" -> {favourite, note}.
        embedded: all parts; only in a page without a kernel.
    """

    told = View.told | {"template", "axes", "cells", "plan", "about", "marks", "embedded"}

    template = t.Dict().tag(sync=True)
    axes = t.List(t.Dict()).tag(sync=True)
    cells = t.List(t.Dict()).tag(sync=True)
    plan = t.Dict().tag(sync=True)
    about = t.Dict().tag(sync=True)
    rows = t.Unicode("").tag(sync=True)
    columns = t.Unicode("").tag(sync=True)
    each = t.Unicode("").tag(sync=True)
    chosen = t.Int(0).tag(sync=True)
    picture = t.Unicode("").tag(sync=True)
    marks = t.Dict().tag(sync=True)
    embedded = t.Dict().tag(sync=True)

    @t.validate("rows", "columns")
    def _axis(self, proposal: Any) -> str:
        value: str = proposal.value
        side = proposal.trait.name
        known = [axis["name"] for axis in self.axes]
        if side == "columns":
            known += [RANK, SEED]
        if value and value not in known:
            raise t.TraitError(
                f"{side} is {value!r}, but it is {', '.join(map(repr, known)) or 'nothing'}, or "
                f"'' for one {side.removesuffix('s')}."
            )
        return value

    @t.validate("each", "picture")
    def _seed(self, proposal: Any) -> str:
        value: str = proposal.value
        if value and not (value.isdecimal() and len(value) < 20):
            raise t.TraitError(
                f"{proposal.trait.name} is {value!r}, but it is the digits of a seed, or ''."
            )
        return value

    @t.validate("chosen")
    def _cell(self, proposal: Any) -> int:
        value: int = proposal.value
        if not 0 <= value < max(1, len(self.cells)):
            raise t.TraitError(
                f"chosen is {value}, but the cells are 0 to {max(0, len(self.cells) - 1)}."
            )
        return value
