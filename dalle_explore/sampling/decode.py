"""Drawing codes: many prompts and many seeds in one batch, one patch after another.

``decode`` is an iterator, so that whoever runs it can show each step, stop between two, or go on
later. ``drain`` takes it to its end, or to where it was stopped. Everything that can be changed
about a drawing (see ``request``) goes through the one loop of ``plain_steps``; a GPU has the same
loop in a form that it can record, ``fixed_steps``, and the tests hold the two together.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float32, Int64
from torch import Tensor

from dalle_explore.errors import InputError
from dalle_explore.generator import EXECUTORS, Executor, Generator
from dalle_explore.kernel import Kernel, kernel
from dalle_explore.sampling.batch import Batch
from dalle_explore.sampling.graphs import BUCKET, GraphRecorder, Loop, Replayed
from dalle_explore.sampling.pick import pick
from dalle_explore.sampling.request import Request
from dalle_explore.sampling.threads import Threads
from dalle_explore.settings import Settings
from dalle_explore.trace import ALTERNATIVES, Recipe, Steps, Trace

__all__ = [
    "Decoded",
    "Step",
    "decode",
    "drain",
    "executor_for",
    "fixed_steps",
    "plain_steps",
    "statistics_of",
    "step_of",
]

_EVERY = {"cpu": 1, "cuda": 16}  # patches of one step: a GPU should not wait to be looked at


@dataclasses.dataclass(frozen=True, eq=False)
class Decoded:
    """Some patches of every picture of a batch, in raster order.

    b pictures: those of the first request in the order of their seeds, then those of the next. The
    statistics are those of ``Steps``; None when nobody wanted them.
    """

    first: int  # the patch of the first column
    codes: Int64[np.ndarray, "b e"]
    forced: Bool[np.ndarray, "b e"]
    log_probability: Float32[np.ndarray, "b e"] | None = None
    conditional: Float32[np.ndarray, "b e"] | None = None
    entropy: Float32[np.ndarray, "b e"] | None = None
    rank: Int64[np.ndarray, "b e"] | None = None
    top_codes: Int64[np.ndarray, "b e a"] | None = None
    top_log_probability: Float32[np.ndarray, "b e a"] | None = None
    top_conditional: Float32[np.ndarray, "b e a"] | None = None

    @property
    def end(self) -> int:
        """One past the last patch."""
        return self.first + self.codes.shape[1]

    def steps(self, row: int) -> Steps | None:
        """Return the statistics of one picture; None when nobody wanted them."""
        if self.log_probability is None:
            return None
        taken = {field.name: getattr(self, field.name)[row] for field in dataclasses.fields(Steps)}
        return Steps(**(taken | {"top_codes": taken["top_codes"].astype(np.uint16)}))

    def trace(self, row: int, recipe: Recipe, seed: int, ids: tuple[int, ...]) -> Trace:
        """Return one picture as a trace; the first column has to be the first patch."""
        return Trace(
            recipe=recipe,
            seed=seed,
            ids=ids,
            codes=self.codes[row],
            forced=self.forced[row],
            steps=self.steps(row),
        )


Step = Decoded  # what one step yields: the patches since the step before


class _Statistics(NamedTuple):
    log_probability: Tensor
    conditional: Tensor
    entropy: Tensor
    rank: Tensor
    top_codes: Tensor
    top_log_probability: Tensor
    top_conditional: Tensor


def executor_for(requests: Sequence[Request]) -> Executor:
    """Return the executor that can draw these: the reference when something changes inside.

    Raises:
        InputError: some need one and some the other. Their bits may differ in the last place, and
            a picture must not depend on its neighbours.
    """
    inside = {one.inside for one in requests}
    if len(inside) > 1:
        raise InputError(
            "some of these requests change something inside the network and others do not, which "
            "takes two executors: draw them apart, or name the executor."
        )
    return "reference" if inside == {True} else "fast"


@torch.inference_mode()
def decode(
    model: Generator,
    requests: Sequence[Request],
    settings: Settings,
    *,
    every: int | None = None,
    statistics: bool = True,
    executor: Executor | None = None,
) -> Iterator[Step]:
    """Draw the pictures of all requests together.

    Every picture is a function of its prompt, its seed, the settings and its edits alone: on a CPU
    its codes are the same in any batch, and whether statistics are kept does not matter.

    Args:
        model: draws; it is moved to ``settings.device``.
        requests: what to draw, as ``request`` makes them.
        settings: how to sample.
        every: patches of one step; None: 1 on a CPU, 16 on a GPU.
        statistics: keep what the model thought.
        executor: None takes ``executor_for(requests)``.

    Yields:
        One step after another, in raster order.

    Raises:
        InputError: no requests, settings that do not fit the model, guidance where the model knows
            none, edits inside that cannot be drawn together, or an executor that cannot do them.
        MachineError: this machine has no such device.
    """
    if not requests:
        raise InputError("there are no requests, so nothing to draw: give at least one.")
    settings.check(model.codebook_size)
    if settings.guidance != 1 and not model.supports.guidance:
        raise InputError(
            f"guidance is {settings.guidance:g}, but this model was never trained without "
            f"captions, so that guidance means nothing to it: use guidance=1."
        )
    executor = executor_for(requests) if executor is None else executor
    if executor not in EXECUTORS:
        raise InputError(f"executor is {executor!r}, but the two are {' and '.join(EXECUTORS)}.")
    every = every or _EVERY[settings.device.partition(":")[0]]
    model.to(settings.device)
    batch = Batch(model, requests, settings)
    state = model.prefill(
        batch.text,
        batch.rows,
        blend=batch.blend,
        precision=settings.precision,
        executor=executor,
        inside=batch.inside,
    )
    on_a_gpu = model.device.type == "cuda" and executor == "fast" and model.supports.fixed_steps
    steps = fixed_steps if on_a_gpu else plain_steps
    yield from steps(model, batch, state, settings, every=every, statistics=statistics)


def plain_steps(
    model: Generator,
    batch: Batch,
    state: Any,
    settings: Settings,
    *,
    every: int,
    statistics: bool,
) -> Iterator[Step]:
    """Draw a batch with ``model.step``, for any model, executor and device; see ``decode``."""
    waiting: list[tuple[Tensor, Tensor, _Statistics | None]] = []
    threads, codes = Threads(steady=state.steady), None
    for patch in range(model.patches):
        with threads.step():
            if codes is not None:
                model.step(state, codes[batch.picture])
            guided, conditional = batch.logits(state.logits, patch)
            ruled = batch.ruled(guided, patch)
            codes = pick(ruled, batch.seeds, patch, settings, batch.heat(patch))
            forced = batch.given(patch)
            codes = torch.where(forced >= 0, forced, codes)
            kept = statistics_of(guided, conditional, codes) if statistics else None
        waiting.append((codes, forced >= 0, kept))
        if len(waiting) == every or patch + 1 == model.patches:
            yield step_of(patch + 1 - len(waiting), waiting)
            waiting = []


def fixed_steps(
    model: Generator,
    batch: Batch,
    state: Any,
    settings: Settings,
    *,
    every: int,
    statistics: bool,
    bucket: int = BUCKET,
) -> Iterator[Step]:
    """Draw a batch with ``model.step_at``: on a GPU as graphs, elsewhere call by call.

    What it draws is what ``plain_steps`` draws, up to the rounding of sums over a fixed length.

    Args:
        model: draws; it supports ``fixed_steps``.
        batch: what to draw.
        state: what ``model.prefill`` returned, with the fast executor.
        settings: how to sample.
        every: patches of one step, and between two looks of the host at the device.
        statistics: keep what the model thought.
        bucket: patches that share one recording; attention reads to the end of them.
    """
    loop = Loop(model, batch, state, settings, statistics_of if statistics else None)
    on_a_gpu = model.device.type == "cuda"
    run = Replayed(loop.body, GraphRecorder(model.device)) if on_a_gpu else loop.body
    forced = (batch.forced >= 0).cpu().numpy()
    for first, codes, seen in loop.blocks(run, every, bucket):
        known = dict(zip(_Statistics._fields, seen, strict=True)) if statistics else {}
        there = slice(first, first + codes.shape[1])
        yield Step(first=first, codes=codes, forced=forced[:, there], **known)


def drain(steps: Iterable[Step]) -> Decoded:
    """Join steps into one, all of ``decode`` or as many as there were.

    Raises:
        InputError: there are no steps.
    """
    taken = list(steps)
    if not taken:
        raise InputError("there are no steps to drain: pass what decode() returned, unused.")
    joined: dict[str, Any] = {"first": taken[0].first}
    for field in dataclasses.fields(Decoded)[1:]:
        parts = [getattr(step, field.name) for step in taken]
        joined[field.name] = None if parts[0] is None else np.concatenate(parts, axis=1)
    return Decoded(**joined)


def statistics_of(logits: Tensor, conditional: Tensor, codes: Tensor) -> _Statistics:
    """Return what the model thought of ``codes`` [b], from guided and conditional logits [b k]."""
    kinds = (logits.device.type, logits.dtype, conditional.dtype, codes.dtype)
    plain = kinds == ("cpu", torch.float32, torch.float32, torch.int64)
    if plain and (fast := kernel()) is not None:
        return _looked(fast, logits, conditional, codes)
    chosen = codes[:, None]
    log_p = logits.log_softmax(dim=-1)
    alone = conditional.log_softmax(dim=-1) if conditional is not logits else log_p
    of_code = log_p.gather(1, chosen)
    top = log_p.topk(min(ALTERNATIVES, log_p.shape[-1]), dim=-1)
    return _Statistics(
        log_probability=of_code[:, 0],
        conditional=alone.gather(1, chosen)[:, 0],
        # No logarithm again, as in special.entr; p is 0 only where log p is far below -80.
        entropy=-(log_p.exp() * log_p.clamp(min=-100)).sum(dim=-1),
        rank=(log_p > of_code).sum(dim=-1),
        top_codes=top.indices,
        top_log_probability=top.values,
        top_conditional=alone.gather(1, top.indices),
    )


def _looked(fast: Kernel, logits: Tensor, conditional: Tensor, codes: Tensor) -> _Statistics:
    b, k = logits.shape
    top = min(ALTERNATIVES, k)
    guided, codes = logits.contiguous(), codes.contiguous()
    alone = None if conditional is logits else conditional.contiguous()
    found = _Statistics(
        log_probability=torch.empty(b),
        conditional=torch.empty(b),
        entropy=torch.empty(b),
        rank=torch.empty(b, dtype=torch.int64),
        top_codes=torch.empty(b, top, dtype=torch.int64),
        top_log_probability=torch.empty(b, top),
        top_conditional=torch.empty(b, top),
    )
    fast.look(
        guided.data_ptr(),
        None if alone is None else alone.data_ptr(),
        b,
        k,
        codes.data_ptr(),
        top,
        *(array.data_ptr() for array in found),
    )
    return found


def step_of(first: int, waiting: Sequence[tuple[Tensor, Tensor, _Statistics | None]]) -> Step:
    """Bring the patches since the last step to where everybody can see them."""
    codes, forced, statistics = zip(*waiting, strict=True)
    arrays = {"codes": codes, "forced": forced}
    if statistics[0] is not None:
        names = _Statistics._fields
        arrays |= {name: tuple(getattr(one, name) for one in statistics) for name in names}
    return Step(first=first, **{name: _together(parts) for name, parts in arrays.items()})


def _together(parts: Sequence[Tensor]) -> Any:
    return torch.stack(list(parts), dim=1).cpu().numpy()
