"""Where pictures are made: wishes in, traces and pixels out, batch after batch.

Everything that draws goes through here: one prompt with many seeds, grids, "what if" questions. A
batch that does not fit into memory is halved, and the model remembers what fitted; that changes
nothing but the time, because a picture does not depend on its batch.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import UInt8

from dalle_explore import __version__
from dalle_explore.edits import (
    AblateHead,
    AddResidual,
    AnyEdit,
    Edit,
    ScaleHead,
    check_edits,
)
from dalle_explore.errors import InputError, MachineError
from dalle_explore.runs import Run
from dalle_explore.sampling.decode import Decoded, Step, decode, drain
from dalle_explore.sampling.request import Request, request
from dalle_explore.session.model import Model
from dalle_explore.settings import Settings
from dalle_explore.trace import Recipe, Trace

__all__ = ["Painted", "Wish", "Work", "at_once", "paint", "recipe_of", "strokes"]

_AT_ONCE = {"cpu": 32, "cuda": 256}  # pictures of one batch, unless the model knows better


@dataclasses.dataclass(frozen=True)
class Wish:
    """A picture that somebody wants."""

    recipe: Recipe
    seed: int


@dataclasses.dataclass(frozen=True, eq=False)
class Painted:
    """A picture that was drawn, perhaps not to its end."""

    trace: Trace
    pixels: UInt8[np.ndarray, "y x 3"] | None  # None: it was stopped before its end


@dataclasses.dataclass(frozen=True, eq=False)
class Work:
    """What was done since the last time: some patches of some of the wishes."""

    wishes: tuple[int, ...]  # their numbers, one for each row of ``step``
    step: Step
    finished: tuple[tuple[int, Painted], ...] = ()  # whole pictures, with the numbers of wishes


def recipe_of(
    model: Model, prompt: str, settings: Settings, edits: Iterable[AnyEdit] = ()
) -> Recipe:
    """Return what, together with a seed, decides a picture."""
    return Recipe(
        prompt=prompt,
        settings=settings,
        model=model.card.name,
        model_digest=model.digest,
        licence=model.card.licences.pictures,
        grid=(model.generator.rows, model.generator.columns),
        codebook_size=model.generator.codebook_size,
        scorer_digest=None,
        versions={"dalle_explore": __version__, "torch": torch.__version__},
        edits=check_edits(edits),
    )


def paint(
    model: Model, wishes: Sequence[Wish], *, every: int | None = None
) -> Run[Work, tuple[Painted | None, ...]]:
    """Return a run that draws everything wished for, in the order of the wishes.

    Its result is a tuple with one ``Painted`` for each wish; None where nothing was drawn before
    it was stopped.

    Args:
        model: draws; nobody else uses it meanwhile.
        wishes: what to draw. Those of one recipe should stand together.
        every: patches between two steps.

    Raises:
        InputError: wishes with different settings, or an edit that does not fit.
    """
    # Resolved here, where the caller can see the sentence, and not in a thread later.
    plans = _plans(model, wishes)
    patches = model.generator.patches
    return Run(
        _work(model, wishes, plans, every),
        _Easel(wishes, plans),
        total=len(wishes) * patches,
        units=lambda work: work.step.codes.size,
    )


def strokes(model: Model, wishes: Sequence[Wish], *, every: int | None = None) -> Iterator[Work]:
    """Return what ``paint`` runs, bare: for whoever draws many batches in one run of their own.

    Args:
        model: draws; nobody else uses it meanwhile.
        wishes: what to draw.
        every: patches between two steps.

    Raises:
        InputError: wishes with different settings, or an edit that does not fit.
    """
    return _work(model, wishes, _plans(model, wishes), every)


def at_once(model: Model, settings: Settings) -> int:
    """Return how many pictures one batch of a model holds, as far as is known."""
    kind = (settings.device.partition(":")[0], settings.precision)
    return model.at_once.get(kind, _AT_ONCE[kind[0]])


def _plans(model: Model, wishes: Sequence[Wish]) -> "dict[Any, _Plan]":
    settings = {wish.recipe.settings for wish in wishes}
    if len(settings) > 1:
        raise InputError(
            "these pictures are wished for with different settings, but one run draws with one: "
            "draw them one after another."
        )
    plans: dict[Any, _Plan] = {}
    for key in dict.fromkeys(map(_key, wishes)):
        text = model.generator.encode_text(key[0])
        plans[key] = _Plan(text.ids, request(model.generator, text, [0], key[1]), key[1])
    return plans


def _key(wish: Wish) -> tuple[str, tuple[Any, ...]]:
    """What decides the request of a wish, besides its seed."""
    return wish.recipe.prompt, wish.recipe.edits


def _work(
    model: Model, wishes: Sequence[Wish], plans: "dict[Any, _Plan]", every: int | None
) -> Iterator[Work]:
    if not wishes:
        return
    settings = wishes[0].recipe.settings
    for group in _groups(wishes, plans):
        kind = (settings.device.partition(":")[0], settings.precision)
        first = 0
        while first < len(group):
            batch = group[first : first + at_once(model, settings)]
            try:
                with model.lock:
                    yield from _batch(model, wishes, batch, plans, settings, every)
            except (MemoryError, RuntimeError) as error:
                if not _is_out_of_memory(error):
                    raise
                if len(batch) == 1:
                    raise MachineError(
                        f"there is not enough memory on {settings.device} to draw even one "
                        f"picture with this model: close other programs, or take another device."
                    ) from error
                model.at_once[kind] = len(batch) // 2
                continue
            first += len(batch)


def _groups(wishes: Sequence[Wish], plans: "dict[Any, _Plan]") -> list[list[int]]:
    """Numbers of wishes that can share a batch: those that change the same things inside."""
    groups: dict[Any, list[int]] = {}
    for number, wish in enumerate(wishes):
        groups.setdefault(plans[_key(wish)].shared, []).append(number)
    return list(groups.values())


@dataclasses.dataclass(frozen=True, eq=False)
class _Plan:
    """What wishes of one prompt and the same edits come to."""

    ids: tuple[int, ...]
    request: Request  # with seeds to be filled in
    edits: tuple[AnyEdit, ...]

    @property
    def shared(self) -> Any:
        """What pictures of one batch have in common inside the network."""
        kinds = AblateHead | ScaleHead | AddResidual | Edit
        return self.request.inside, tuple(e for e in self.edits if isinstance(e, kinds))


def _batch(
    model: Model,
    wishes: Sequence[Wish],
    numbers: Sequence[int],
    plans: "dict[Any, _Plan]",
    settings: Settings,
    every: int | None,
) -> Iterator[Work]:
    """Draw one batch; the last step brings the pictures."""
    by_key: dict[Any, list[int]] = {}
    for number in numbers:
        by_key.setdefault(_key(wishes[number]), []).append(number)
    order = tuple(number for group in by_key.values() for number in group)
    requests = [
        dataclasses.replace(plans[key].request, seeds=tuple(wishes[n].seed for n in group))
        for key, group in by_key.items()
    ]
    taken: list[Step] = []
    for step in decode(model.generator, requests, settings, every=every):
        taken.append(step)
        if step.end < model.generator.patches:
            yield Work(order, step)
    whole = drain(taken)
    pixels = _pixels(model, whole)
    painted = (
        (number, Painted(_trace(wishes[number], whole, row, plans), pixels[row]))
        for row, number in enumerate(order)
    )
    yield Work(order, taken[-1], tuple(painted))


def _trace(wish: Wish, decoded: Decoded, row: int, plans: "dict[Any, _Plan]") -> Trace:
    return decoded.trace(row, wish.recipe, wish.seed, plans[_key(wish)].ids)


class _Easel:
    """Collects what was painted: one result for each wish; of an unfinished batch, what there is.

    Steps are let go of as soon as their pictures are finished.
    """

    def __init__(self, wishes: Sequence[Wish], plans: "dict[Any, _Plan]") -> None:
        self._wishes, self._plans = wishes, plans
        self._results: list[Painted | None] = [None] * len(wishes)
        self._open: list[Work] = []

    def add(self, work: Work) -> None:
        """Take what was done since the last time."""
        if work.step.first == 0:
            self._open = []  # a batch begins, or begins again with fewer pictures
        self._open.append(work)
        for number, painted in work.finished:
            self._results[number] = painted
        if work.finished:
            self._open = []

    def result(self) -> tuple[Painted | None, ...]:
        """Return what there is."""
        results = list(self._results)
        if self._open:
            partial = drain(work.step for work in self._open)
            for row, number in enumerate(self._open[0].wishes):
                trace = _trace(self._wishes[number], partial, row, self._plans)
                results[number] = Painted(trace, None)
        return tuple(results)


def _pixels(model: Model, decoded: Decoded) -> np.ndarray:
    generator = model.generator
    codes = torch.from_numpy(decoded.codes)
    grid = codes.reshape(len(codes), generator.rows, generator.columns)
    return generator.decode_codes(grid).numpy()


def _is_out_of_memory(error: Exception) -> bool:
    # On a CPU torch has no class of its own for it.
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        "can't allocate memory" in str(error)
    )
