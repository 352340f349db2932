"""Drawing a grid: what is known comes first, what is missing breadth first, scores behind.

Sample j of every cell is drawn before sample j + 1 of any, in batches across cells; where a grid
has several settings and one of them fewer than eight cells, a few samples of each share a batch.
Every batch is in the gallery before anybody is told of it, so a grid that is killed goes on where
it was.
"""

import dataclasses
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import numpy as np

from dalle_explore.errors import DataError
from dalle_explore.gallery import Address, Row
from dalle_explore.runs import Run
from dalle_explore.scoring.clip import cosines
from dalle_explore.session.cells import GridCell, Pictured
from dalle_explore.session.grids import Grid
from dalle_explore.session.model import Model
from dalle_explore.session.planning import Plan, PlannedCell, seconds_each
from dalle_explore.session.shelf import Shelf, addresses_of
from dalle_explore.session.studio import Painted, Wish, Work, at_once, strokes
from dalle_explore.trace import Recipe
from dalle_explore.world.reader import read

__all__ = ["GridStep", "Gridding"]

_LEAST = 8  # pictures of a batch that are worth waiting for
_SCORED = 32  # pictures that are scored between two looks at Stop
_HELD = 512  # pictures of one grid whose pixels stay in memory; of larger ones they are decoded


@dataclasses.dataclass(frozen=True, eq=False)
class GridStep:
    """What was done since the last time.

    Attributes:
        kind: "known" (a gallery had it), "patches" (some codes of some pictures), "drawn" (whole
            pictures), "scored" (by CLIP, and read by the judge).
        pictures: (place of the cell, picture), but for "patches".
        work: the patches, of the pictures in ``wishes``; only for "patches".
        wishes: (place of the cell, seed) of every row of ``work``.
        codes: codes drawn since the last time.
    """

    kind: Literal["known", "patches", "drawn", "scored"]
    pictures: tuple[tuple[int, Pictured], ...] = ()
    work: Work | None = None
    wishes: tuple[tuple[int, int], ...] = ()
    codes: int = 0


Slot = tuple[int, int]  # group of cells with an equal recipe, seed


class Gridding(Run[GridStep, Grid]):
    """A grid on its way: start it, run it, await it, stop it; its result is a valid grid always.

    Args:
        plan: what to draw.
        shelf: where to look first, and where to keep what is drawn.
        every: patches between two steps.
        before: a grid whose pictures are known already.
    """

    def __init__(
        self, plan: Plan, shelf: Shelf, *, every: int | None = None, before: Grid | None = None
    ) -> None:
        self.plan, self.shelf = plan, shelf
        self._book = _Book(plan, shelf)
        self._book.look(before)
        missing = self._book.missing()
        self.known = plan.pictures - len(missing)
        codes = sum(plan.cells[group].model.generator.patches for group, _ in missing)
        super().__init__(
            _steps(self._book, missing, every),
            self._book,
            total=codes,
            units=lambda step: step.codes,
        )
        self._missing = missing

    @property
    def missing(self) -> int:
        """Pictures that were in no gallery when the plan was made."""
        return len(self._missing)

    def so_far(self) -> Grid:
        """Return the grid as it is at this moment; also while it is being drawn."""
        return self._book.result()

    def seconds(self) -> float:
        """Return about how long drawing what is missing takes; a trial of the speed may be made.

        Scores take a little more.
        """
        cells = {cell.place: cell for cell in self.plan.cells}
        counts: dict[int, int] = {}
        for group, _ in self._missing:
            counts[group] = counts.get(group, 0) + 1
        return sum(count * seconds_each(cells[group]) for group, count in counts.items())

    def in_words(self, *, trial: bool = True) -> str:
        """Say how many cells and pictures this is, what is known, and about how long it takes."""
        plan, cells = self.plan, len(self.plan.cells)
        said = f"{cells} cell{'s' if cells != 1 else ''} × {plan.n} = {cells * plan.n} pictures"
        if self.known:
            said += f", {'all' if not self._missing else self.known} of them in the gallery"
        if not self._missing:
            return said + "."
        said += f"; {len(self._missing)} to draw"
        return f"{said}, about {_time(self.seconds())}." if trial else f"{said}."


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"


class _Book:
    """What is known of every picture of a grid; the collector of its run."""

    def __init__(self, plan: Plan, shelf: Shelf) -> None:
        self.plan, self.shelf = plan, shelf
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

    def missing(self) -> int:
        """Pictures that were in no gallery when the plan was made."""
        return len(self._missing)

    def so_far(self) -> Grid:
        """Return the grid as it is at this moment; also while it is being drawn."""
        return self._book.result()

    def seconds(self) -> float:
        """Return about how long drawing what is missing takes; a trial of the speed may be made.

        Scores take a little more.
        """
        cells = {cell.place: cell for cell in self.plan.cells}
        counts: dict[int, int] = {}
        for group, _ in self._missing:
            counts[group] = counts.get(group, 0) + 1
        return sum(count * seconds_each(cells[group]) for group, count in counts.items())

    def in_words(self, *, trial: bool = True) -> str:
        """Say how many cells and pictures this is, what is known, and about how long it takes."""
        plan, cells = self.plan, len(self.plan.cells)
        said = f"{cells} cell{'s' if cells != 1 else ''} × {plan.n} = {cells * plan.n} pictures"
        if self.known:
            said += f", {'all' if not self._missing else self.known} of them in the gallery"
        if not self._missing:
            return said + "."
        said += f"; {len(self._missing)} to draw"
        return f"{said}, about {_time(self.seconds())}." if trial else f"{said}."


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"


class _Book:
    """What is known of every picture of a grid; the collector of its run."""

    def __init__(self, plan: Plan, shelf: Shelf) -> None:
        self.plan, self.shelf = plan, shelf
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
        for digest, by_text in texts.items():
            for key, value in self.shelf.known("scores", digest, by_text).items():
                slot = slots[key]
                self.pictures[slot] = dataclasses.replace(self.pictures[slot], score=value)
        for digest, places in judged.items():
            for address, facts in self.shelf.known("readings", digest, list(places)).items():
                slot = places[address]
                self.pictures[slot] = dataclasses.replace(self.pictures[slot], facts=facts)

    def missing(self) -> list[Slot]:
        """Slots to draw, breadth first: a picture that is not there, or not fit to be scored."""
        found = []
        for slot in self.cells:
            one = self.pictures.get(slot)
            if one is None or (one.codes is None and self._wanted(slot, one)):
                found.append(slot)
        return found

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

    def _go_on(self, grid: Grid) -> "Gridding":
        return Gridding(self.plan, self.shelf, before=grid)

    def add(self, step: GridStep) -> None:
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


def _steps(book: _Book, missing: Sequence[Slot], every: int | None) -> Iterator[GridStep]:
    there = list(book.pictures)
    if there:
        yield GridStep("known", book.told(there))
    if missing:
        book.shelf.list_grid(book.plan)
    # Pictures that are only to be scored wait for those that are to be drawn.
    for batch in _batches(book, missing):
        yield from _draw(book, batch, every)
    yield from _score(book, book.unscored(there))


def _batches(book: _Book, missing: Sequence[Slot]) -> Iterator[list[Slot]]:
    """Slots that are drawn together, in order: of one model and one setting, breadth first."""
    plan = book.plan
    kinds: dict[Any, list[Slot]] = {}
    for slot in missing:
        cell = plan.cells[slot[0]]
        kinds.setdefault((id(cell.model), cell.recipe.settings), []).append(slot)
    cells = {kind: len({group for group, _ in slots}) for kind, slots in kinds.items()}
    first = True
    while any(kinds.values()):
        for kind, slots in kinds.items():
            if not slots:
                continue
            cell = plan.cells[slots[0][0]]
            room = at_once(cell.model, cell.recipe.settings)
            # With several kinds, one sample of each cell, or a few where there are few cells.
            turn = len(slots)
            if len(kinds) > 1:
                turn = cells[kind] * -(-_LEAST // cells[kind])
            elif first:
                turn = max(_LEAST, cells[kind])  # the first pictures come soon
            taken, kinds[kind] = slots[:turn], slots[turn:]
            for start in range(0, len(taken), room):
                yield taken[start : start + room]
        first = False


def _draw(book: _Book, slots: Sequence[Slot], every: int | None) -> Iterator[GridStep]:
    """Draw one batch, keep it, and score it."""
    cells = [book.cells[slot][0] for slot in slots]
    model = cells[0].model
    wishes = [Wish(cell.recipe, seed) for cell, (_, seed) in zip(cells, slots, strict=True)]
    began, pictures = time.perf_counter(), 0
    for work in strokes(model, wishes, every=every):
        codes = work.step.codes.size
        numbered = tuple((cells[n].place, slots[n][1]) for n in work.wishes)
        if not work.finished:
            yield GridStep("patches", work=work, wishes=numbered, codes=codes)
            continue
        spent = time.perf_counter() - began
        began, pictures = time.perf_counter(), len(work.finished)
        _remember(model, cells[0].recipe, spent / pictures, pictures)
        done = [slots[number] for number, _ in work.finished]
        _keep(book, [(slots[number], painted) for number, painted in work.finished])
        yield GridStep("drawn", book.told(done), work=work, wishes=numbered, codes=codes)
        yield from _score(book, book.unscored(done), dict(_pixels(slots, work)))
        began = time.perf_counter()


def _pixels(slots: Sequence[Slot], work: Work) -> Iterator[tuple[Slot, np.ndarray]]:
    for number, painted in work.finished:
        assert painted.pixels is not None  # it was drawn to its end
        yield slots[number], painted.pixels


def _remember(model: Model, recipe: Recipe, seconds: float, pictures: int) -> None:
    if pictures >= _LEAST:
        settings = recipe.settings
        kind = (settings.device.partition(":")[0], settings.precision, settings.guidance != 1)
        model.pace[kind] = seconds


def _keep(book: _Book, painted: Sequence[tuple[Slot, Painted]]) -> None:
    rows = []
    for slot, one in painted:
        (_, seed), cell = slot, book.cells[slot][0]
        trace, steps = one.trace, one.trace.steps
        assert steps is not None
        picture = Pictured(
            seed=seed,
            codes=trace.grid,
            log_probability=float(steps.log_probability.sum(dtype=np.float64)),
            entropy=float(steps.entropy.mean(dtype=np.float64)),
            fit=trace.kept_log_probability,
            steps=steps if book.held else None,
            pixels=one.pixels if book.held else None,
        )
        where = addresses_of(cell, cell.recipe, [seed])
        if where:
            rows.append(
                Row(
                    where[seed],
                    cell.recipe,
                    seed,
                    picture.codes,
                    picture.log_probability,
                    picture.entropy,
                    picture.fit,
                )
            )
        book.put(slot, picture)
    book.shelf.keep(rows)


def _score(
    book: _Book, slots: Sequence[Slot], pixels: dict[Slot, np.ndarray] | None = None
) -> Iterator[GridStep]:
    """Score pictures and let the judge read them, some at a time."""
    by_model: dict[int, list[Slot]] = {}
    for slot in slots:
        by_model.setdefault(id(book.plan.cells[slot[0]].model), []).append(slot)
    for own in by_model.values():
        model = book.plan.cells[own[0][0]].model
        for start in range(0, len(own), _SCORED):
            some = own[start : start + _SCORED]
            shown = np.stack(
                [pixels[slot] if pixels else _decoded(model, book.pictures[slot]) for slot in some]
            )
            if book.plan.score:
                _score_some(book, model, some, shown)
            if book.plan.judge:
                _judge_some(book, model, some, shown)
            yield GridStep("scored", book.told(some))


def _decoded(model: Model, one: Pictured) -> np.ndarray:
    if one.pixels is not None:
        return one.pixels
    assert one.codes is not None  # those without codes are drawn again first
    return model.decode(one.codes)


def _score_some(book: _Book, model: Model, slots: Sequence[Slot], shown: np.ndarray) -> None:
    scorer = model.scorer
    with model.lock:
        vectors = scorer.encode_image(shown)
        for slot in slots:
            prompt = book.plan.cells[slot[0]].filled.prompt
            if (scorer.digest, prompt) not in book.texts:
                book.texts[scorer.digest, prompt] = scorer.encode_text([prompt])[0]
    texts: dict[str, dict[Any, float]] = {}
    for slot, vector in zip(slots, vectors, strict=True):
        prompt = book.plan.cells[slot[0]].filled.prompt
        score = float(cosines(vector[None], book.texts[scorer.digest, prompt])[0])
        if not math.isfinite(score):
            raise DataError(
                f"the scorer {scorer.name} gave {score} for “{prompt}”, but scores are finite "
                f"numbers: look into the scorer; what was drawn is kept, and score=False shows it."
            )
        book.put(slot, dataclasses.replace(book.pictures[slot], score=score))
        texts.setdefault(prompt, {}).update(book.address(slot, score))
    for prompt, found in texts.items():
        book.shelf.tell("put_scores", scorer.digest, prompt, found)


def _judge_some(book: _Book, model: Model, slots: Sequence[Slot], shown: np.ndarray) -> None:
    judged = [place for place, slot in enumerate(slots) if book.readable(slot[0])]
    if not judged:
        return
    with model.lock:
        # One by one, so that a verdict does not depend on its neighbours.
        verdicts = [model.judge.read(shown[place : place + 1])[0] for place in judged]
    found: dict[Any, dict[str, str | None]] = {}
    for place, verdict in zip(judged, verdicts, strict=True):
        slot, facts = slots[place], dict(verdict.facts)
        book.put(slot, dataclasses.replace(book.pictures[slot], facts=facts))
        found.update(book.address(slot, facts))
    book.shelf.tell("put_readings", model.judge_digest, found)
