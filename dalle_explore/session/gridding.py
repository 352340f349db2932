"""Drawing a grid: what is known comes first, what is missing breadth first, scores behind.

Sample j of every cell is drawn before sample j + 1 of any, in batches across cells; where a grid
has several settings and one of them fewer than eight cells, a few samples of each share a batch.
Every batch is in the gallery before anybody is told of it, so a grid that is killed goes on where
it was.
"""

import dataclasses
import math
import time
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np

from dalle_explore.errors import DataError
from dalle_explore.gallery import Row
from dalle_explore.judging.verdict import brief
from dalle_explore.runs import Run
from dalle_explore.scoring.clip import cosines
from dalle_explore.session.book import BEST, Book, Slot, uncollected
from dalle_explore.session.cells import Pictured
from dalle_explore.session.grids import Grid
from dalle_explore.session.model import Model
from dalle_explore.session.planning import Plan, seconds_each
from dalle_explore.session.shelf import Shelf, addresses_of
from dalle_explore.session.studio import Painted, Wish, Work, at_once, strokes
from dalle_explore.trace import Recipe

__all__ = ["GridStep", "Gridding"]

_LEAST = 8  # pictures of a batch that are worth waiting for
_SCORED = 32  # pictures that are scored between two looks at Stop
_LARGE = 64  # pictures of a cell; of larger ones the gallery drops the codes of losers


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
        with uncollected():
            self._book = Book(plan, shelf, self._further)
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

    def _further(self, grid: Grid) -> "Gridding":
        return Gridding(self.plan, self.shelf, before=grid)

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


def _steps(book: Book, missing: Sequence[Slot], every: int | None) -> Iterator[GridStep]:
    there = list(book.pictures)
    if there:
        yield GridStep("known", book.told(there))
    if missing:
        book.shelf.list_grid(book.plan)
    # Pictures that are only to be scored wait for those that are to be drawn.
    for batch in _batches(book, missing):
        yield from _draw(book, batch, every)
    yield from _score(book, book.unscored(there))
    if book.plan.n > _LARGE and missing:
        _drop_losers(book)


def _drop_losers(book: Book) -> None:
    """Of large cells the gallery keeps all scores, and the codes of the best."""
    best = max(BEST, book.plan.keep or 0)
    for cell in book.result().cells:
        if cell.complete and not np.isnan(cell.scores).any():
            losers = [cell.pictures[place].seed for place in cell.order[best:]]
            where = addresses_of(cell.planned, cell.recipe, losers)
            book.shelf.tell("drop_codes", list(where.values()))


def _batches(book: Book, missing: Sequence[Slot]) -> Iterator[list[Slot]]:
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


def _draw(book: Book, slots: Sequence[Slot], every: int | None) -> Iterator[GridStep]:
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


def _keep(book: Book, painted: Sequence[tuple[Slot, Painted]]) -> None:
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
    book: Book, slots: Sequence[Slot], pixels: dict[Slot, np.ndarray] | None = None
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


def _score_some(book: Book, model: Model, slots: Sequence[Slot], shown: np.ndarray) -> None:
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


def _judge_some(book: Book, model: Model, slots: Sequence[Slot], shown: np.ndarray) -> None:
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
        found.update(book.address(slot, brief(facts)))
    book.shelf.tell("put_readings", model.judge_digest, found)
