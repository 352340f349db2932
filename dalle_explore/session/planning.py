"""What a grid comes to before anything is drawn: its cells, their seeds, and what is missing.

Everything that can be refused is refused here: axes that do not fit, prompts that are too long,
edits that a model does not know. Nothing here draws, but for a moment's trial of the speed.
"""

import dataclasses
import functools
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dalle_explore.edits import AnyEdit, check_edits
from dalle_explore.errors import InputError
from dalle_explore.gallery import Address, Addresses
from dalle_explore.sampling.request import request
from dalle_explore.seeds import sample_seeds
from dalle_explore.session.limits import check_draw
from dalle_explore.session.model import Model
from dalle_explore.session.studio import Wish, recipe_of, strokes
from dalle_explore.settings import Settings
from dalle_explore.text.grid import Expansion, Filled
from dalle_explore.text.tokenizer import EncodedText
from dalle_explore.trace import Recipe

__all__ = ["Plan", "PlannedCell", "make_plan", "seconds_each", "spec_of"]

_FORMAT = 1  # of ``spec_of``
_TRIAL = 8  # pictures, and patches of each, that are drawn to see how fast this machine is


@dataclasses.dataclass(frozen=True, eq=False)
class PlannedCell:
    """One cell of a grid, before it is drawn."""

    filled: Filled
    labels: dict[str, str]  # axis -> its value in words
    model: Model
    recipe: Recipe
    text: EncodedText
    seeds: tuple[int, ...]
    group: int  # the place of the first cell with an equal recipe: these share their pictures
    addresses: tuple[Address, ...] | None  # one a seed; None: its edits cannot be written down

    @property
    def place(self) -> int:
        """Its place in the order of the grid."""
        return self.filled.place


@dataclasses.dataclass(frozen=True, eq=False)
class Plan:
    """A grid that could be drawn."""

    expansion: Expansion
    cells: tuple[PlannedCell, ...]
    n: int  # pictures of each cell
    seed: int  # of the first picture
    keep: int | None  # how many stay in each cell, the best by CLIP; None: all
    same_seeds: bool  # whether every cell has the same ones
    score: bool
    judge: bool

    @functools.cached_property
    def pictures(self) -> int:
        """Pictures in all; those that two cells share count once."""
        return len({(cell.group, seed) for cell in self.cells for seed in cell.seeds})


def spec_of(plan: Plan, recipe: Recipe | None = None) -> dict[str, Any]:
    """Return what was asked for, as JSON can hold it: axes in words, and what draws them.

    Args:
        plan: the grid.
        recipe: of a cell, where it was drawn with another class of numbers than planned.
    """
    recipe = plan.cells[0].recipe if recipe is None else recipe
    return {
        "dalle_explore_grid": _FORMAT,
        "template": plan.expansion.template.text,
        "axes": [
            {"name": axis.name, "kind": axis.kind, "values": list(axis.labels)}
            for axis in plan.expansion.axes
        ],
        "linked": [list(names) for names in plan.expansion.linked],
        "n": plan.n,
        "seed": plan.seed,
        "same_seeds": plan.same_seeds,
        "model": recipe.model,
        "model_digest": recipe.model_digest,
        "settings": recipe.settings.to_json(),
        "versions": dict(recipe.versions),
    }


def make_plan(
    model: Model | Sequence[Model],
    expansion: Expansion,
    *,
    n: int,
    seed: int,
    keep: int | None,
    same_seeds: bool,
    settings: Settings | None,
    edits: Iterable[AnyEdit],
    changes: Mapping[str, Any],
    score: bool,
    judge: bool | None,
) -> Plan:
    """Settle what every cell is drawn with; see ``grid`` for the arguments.

    Raises:
        InputError: whatever does not fit, with the cell that it does not fit.
        ModelFileError: scores are asked for and a model carries no CLIP, or a judge and it has
            none.
    """
    check_draw(n, seed, keep, scored=score)
    base = check_edits(edits)
    cells: list[PlannedCell] = []
    groups: dict[Any, int] = {}
    for filled in expansion.cells:
        try:
            cells.append(
                _cell(
                    model, expansion, filled, n, seed, same_seeds, settings, base, changes, groups
                )
            )
            if score:
                cells[-1].model.check_scorable(filled.prompt, encoded=True)
        except InputError as error:
            if len(expansion.cells) == 1:
                raise
            raise type(error)(f"the cell “{filled.prompt}”: {error}") from error
    can_judge = all(cell.model.judge_digest is not None for cell in cells)
    if judge and not can_judge:
        lacking = next(cell.model for cell in cells if cell.model.judge_digest is None)
        lacking.judge  # noqa: B018 - raises its sentence
    return Plan(
        expansion, tuple(cells), n, seed, keep, same_seeds, score, can_judge and judge is not False
    )


def _cell(
    model: Model | Sequence[Model],
    expansion: Expansion,
    filled: Filled,
    n: int,
    seed: int,
    same_seeds: bool,
    settings: Settings | None,
    base: tuple[AnyEdit, ...],
    changes: Mapping[str, Any],
    groups: dict[Any, int],
) -> PlannedCell:
    values = filled.values
    own = values.get("model", model)
    if not isinstance(own, Model):
        raise InputError(
            f"model is {own!r}, but it has to be a model that was opened: give what dx.load() "
            f"returned."
        )
    how = own.settings if settings is None else settings
    if not isinstance(how, Settings):
        raise InputError(f"settings is {how!r}, but it has to be dx.Settings(...), or None.")
    of_axis = values.get("settings")
    if isinstance(of_axis, Settings):
        how = of_axis
    elif of_axis is not None:
        how = how.replace(**of_axis)
    single = {name: values[name] for name in Settings.names() if name in values}
    how = how.replace(**{**changes, **single})
    how.check(own.generator.codebook_size)
    recipe = recipe_of(own, filled.prompt, how, (*base, *values.get("edits", ())))
    text = own.generator.encode_text(filled.prompt)
    if recipe.edits:
        request(own.generator, text, [0], recipe.edits)
    first = values.get("seed", seed)
    if not same_seeds:
        first += filled.place * n
    seeds = sample_seeds(first, n)
    key = (own.digest, text.ids, how, recipe.edits)
    group = groups.setdefault(key, filled.place)
    addresses = None
    if recipe.saved:
        where = Addresses(recipe, text.ids)
        addresses = tuple(where.of(one) for one in seeds)
    labels = {
        axis.name: axis.labels[place]
        for axis, place in zip(expansion.axes, filled.indices, strict=True)
    }
    return PlannedCell(filled, labels, own, recipe, text, seeds, group, addresses)


def seconds_each(cell: PlannedCell) -> float:
    """Return about how many seconds a picture of a cell takes here, by a moment's trial.

    A few patches are drawn and thrown away. What is drawn later makes the number better; the model
    remembers it.
    """
    model, settings = cell.model, cell.recipe.settings
    kind = (settings.device.partition(":")[0], settings.precision, settings.guidance != 1)
    if kind not in model.pace:
        wishes = [Wish(cell.recipe, seed) for seed in range(_TRIAL)]
        work = strokes(model, wishes, every=_TRIAL)
        try:
            next(work)  # weights are packed and memory is found
            began = time.perf_counter()
            drawn = next(work).step.codes.size
            spent = time.perf_counter() - began
        except StopIteration:  # fewer patches than two steps
            return 0.0
        finally:
            work.close()  # type: ignore[attr-defined]
        model.pace[kind] = spent / drawn * model.generator.patches
    return model.pace[kind]
