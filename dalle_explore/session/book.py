"""The book of a grid: what is known of every picture while it is drawn.

A picture is known by its slot: the group of cells with an equal recipe, and its seed. Two cells of
one sentence share their slots, and are drawn once.
"""

import contextlib
import dataclasses
import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from dalle_explore.gallery import Address
from dalle_explore.runs import Run
from dalle_explore.scoring.rerank import rank
from dalle_explore.session.cells import GridCell, Pictured
from dalle_explore.session.grids import Grid
from dalle_explore.session.planning import Plan, PlannedCell
from dalle_explore.session.shelf import Shelf, addresses_of
from dalle_explore.trace import Recipe
from dalle_explore.world.reader import read

__all__ = ["BEST", "Book", "Slot", "uncollected"]

BEST = 8  # pictures of a cell whose codes are always there
_HELD = 512  # pictures of one grid whose pixels stay in memory; of larger ones they are decoded

Slot = tuple[int, int]  # group of cells with an equal recipe, seed


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Let Python look for garbage later: among ten thousand new pictures there is none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Book:
    """What is known of every picture of a grid; the collector of its run."""

    def __init__(self, plan: Plan, shelf: Shelf, go_on: Callable[[Grid], Run[Any, Grid]]) -> None:
        self.plan, self.shelf, self._go_on = plan, shelf, go_on
        self.cells: dict[Slot, list[PlannedCell]] = {}  # those that show a picture, in order
        for j in range(plan.n):  # breadth first
            for cell in plan.cells:
                self.cells.setdefault((cell.group, cell.seeds[j]), []).append(cell)
        self.pictures: dict[Slot, Pictured] = {}
        # Where it is another than planned: by group and seeds.
        self.recipes: dict[tuple[int, tuple[int, ...]], Recipe] = {}
        self.texts: dict[tuple[str, str], np.ndarray] = {}  # vectors of prompts, by scorer
        self._readable: dict[int, bool] = {}
        self.held = plan.pictures <= _HELD

    def look(self, before: Grid | None = None) -> None:
        """Fill in what a grid, and the galleries, know already."""
        if before is not None:
            for cell in before.cells:
                self._take(self._twin(cell), cell.recipe, cell.pictures)
        leaders = list({(cell.group, cell.seeds): cell for cell in self.plan.cells}.values())
        lacking = [cell for cell in leaders if len(self._there(cell)) < len(cell.seeds)]
        for place, (recipe, pictures) in self.shelf.find(lacking).items():
            self._take(self.plan.cells[place], recipe, pictures)
        self._look_up_scores(leaders)

    def _twin(self, cell: GridCell) -> PlannedCell | None:
        mine = (cell.model.digest, cell.planned.text.ids, cell.recipe)
        for planned in self.plan.cells:
            theirs = (planned.model.digest, planned.text.ids, planned.recipe)
            if mine[:2] == theirs[:2] and (
                cell.planned.seeds == planned.seeds
                and mine[2].settings == theirs[2].settings
                and mine[2].edits == theirs[2].edits
                and mine[2].versions == theirs[2].versions
            ):
                return planned
        return None

    def _take(
        self, cell: PlannedCell | None, recipe: Recipe, pictures: Iterable[Pictured]
    ) -> None:
        if cell is None:
            return
        wanted = set(cell.seeds)
        other = recipe.numeric_class != cell.recipe.numeric_class
        if other and self._there(cell):
            return  # never two classes of numbers in one cell
        for one in pictures:
            slot = (cell.group, one.seed)
            if one.seed in wanted and slot not in self.pictures:
                self.pictures[slot] = one
        if other:
            self.recipes[cell.group, cell.seeds] = recipe

    def _there(self, cell: PlannedCell) -> list[int]:
        return [seed for seed in cell.seeds if (cell.group, seed) in self.pictures]

    def recipe(self, cell: PlannedCell) -> Recipe:
        """What the pictures of a cell were, or will be, drawn with."""
        return self.recipes.get((cell.group, cell.seeds), cell.recipe)

    def _look_up_scores(self, cells: Sequence[PlannedCell]) -> None:
        texts: dict[str, dict[str, list[Any]]] = {}
        slots: dict[tuple[str, Any], Slot] = {}
        judged: dict[str, dict[Any, Slot]] = {}
        for cell in cells:
            where = addresses_of(cell, self.recipe(cell), self._there(cell))
            digest = cell.model.card.scorer_digest
            for seed, address in where.items():
                slot = (cell.group, seed)
                if self.plan.score and digest and self.pictures[slot].score is None:
                    by_text = texts.setdefault(digest, {})
                    by_text.setdefault(cell.filled.prompt, []).append(address)
                    slots[cell.filled.prompt, address] = slot
                if self.plan.judge and self.pictures[slot].facts is None:
                    judged.setdefault(str(cell.model.judge_digest), {})[address] = slot
        scores: dict[Slot, float] = {}
        facts: dict[Slot, Any] = {}
        for digest, by_text in texts.items():
            found = self.shelf.known("scores", digest, by_text)
            scores |= {slots[key]: value for key, value in found.items()}
        for digest, places in judged.items():
            read_ = self.shelf.known("readings", digest, list(places))
            facts |= {places[address]: value for address, value in read_.items()}
        for slot in scores.keys() | facts.keys():
            one = self.pictures[slot]
            self.pictures[slot] = dataclasses.replace(
                one, score=scores.get(slot, one.score), facts=facts.get(slot, one.facts)
            )

    def missing(self) -> list[Slot]:
        """Slots to draw, breadth first: pictures not there, or without the codes they need."""
        bare = {slot for slot, one in self.pictures.items() if one.codes is None}
        needed = self._in_sight() if bare else set()
        return [
            slot
            for slot in self.cells
            if slot not in self.pictures
            or (slot in bare and (slot in needed or self._wanted(slot, self.pictures[slot])))
        ]

    def _in_sight(self) -> set[Slot]:
        """Slots of pictures that somebody will see: the best of each cell; all, without scores."""
        seen: set[Slot] = set()
        best = max(BEST, self.plan.keep or 0)
        for cell in self.plan.cells:
            slots = [(cell.group, seed) for seed in cell.seeds]
            there = [slot for slot in slots if slot in self.pictures]
            if self.plan.score:
                scores = [self.pictures[slot].score for slot in there]
                if all(score is not None for score in scores) and there:
                    order = rank([float(score or 0) for score in scores]).order
                    there = [there[place] for place in order[:best]]
            seen.update(there)
        return seen

    def _wanted(self, slot: Slot, one: Pictured) -> bool:
        """Whether a picture whose codes were dropped is needed after all."""
        return (self.plan.score and one.score is None) or (
            self.plan.judge and one.facts is None and self.readable(slot[0])
        )

    def readable(self, group: int) -> bool:
        """Whether the sentence of a group states facts that a judge can look for."""
        if group not in self._readable:
            prompt = self.plan.cells[group].filled.prompt
            self._readable[group] = read(prompt).scene is not None
        return self._readable[group]

    def address(self, slot: Slot, value: Any) -> dict[Address, Any]:
        """``value`` under where the gallery keeps a picture; empty, where it does not."""
        cell = self.cells[slot][0]
        if self.pictures[slot].source == "stock":
            return {}
        return {a: value for a in addresses_of(cell, self.recipe(cell), [slot[1]]).values()}

    def unscored(self, slots: Iterable[Slot]) -> list[Slot]:
        """Those of some slots that still want a score or a verdict."""
        return [
            slot
            for slot in slots
            if slot in self.pictures and self._wanted(slot, self.pictures[slot])
        ]

    def put(self, slot: Slot, picture: Pictured) -> None:
        """Know a picture, or know more of it."""
        self.pictures[slot] = picture

    def told(self, slots: Iterable[Slot]) -> tuple[tuple[int, Pictured], ...]:
        """(place, picture) of every cell that some slots stand in."""
        return tuple(
            (cell.place, self.pictures[slot])
            for slot in slots
            for cell in self.cells.get(slot, ())
            if slot in self.pictures
        )

    def add(self, step: Any) -> None:
        """Take a step; the book was written before the step was made."""

    def result(self) -> Grid:
        """Return the grid as far as it is there."""
        pictures = dict(self.pictures)
        cells = tuple(
            GridCell(
                cell,
                tuple(
                    pictures[cell.group, seed]
                    for seed in cell.seeds
                    if (cell.group, seed) in pictures
                ),
                self.recipe(cell),
                self.plan.keep,
            )
            for cell in self.plan.cells
        )
        return Grid(self.plan, cells, self.shelf, self._go_on)
