"""Whole patches on the device: what a GPU records once and replays.

In the ordinary loop of ``decode`` a GPU mostly waits: Python asks for one small kernel after the
other, several hundred for every patch. Here everything that happens for one patch of all pictures
(guidance, rules, temperatures, filters, noise, forced codes, statistics, the transformer) is one
*body* that asks the host nothing. All that differs between patches lies in tensors that stay where
they are: the number of the patch, the logits, the codes, the caches. So the body can be recorded
as a CUDA graph and replayed (A. Gray, "Getting Started with CUDA Graphs", NVIDIA, 2019;
"CUDA Graphs" in PyTorch's "CUDA semantics").

Seeds and patch have to be tensors: a number of Python would be frozen into the recording, and
every patch would get the noise of the first.

Attention reads up to a bound that is frozen too, so there is one recording for every *bucket* of
patches. Its first patch is drawn without a graph, which is the rehearsal that torch asks for
before a recording (libraries are loaded, workspaces allocated); its second is recorded; from then
on it is replayed.
"""

import functools
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from dalle_explore.generator import Generator
from dalle_explore.sampling.batch import Batch
from dalle_explore.sampling.pick import pick_on_device
from dalle_explore.settings import Settings

__all__ = ["BUCKET", "GraphRecorder", "Look", "Loop", "Recorder", "Replayed"]

BUCKET = 64  # patches that share a bound for attention, and so a recording

_ONE_AT_A_TIME = threading.Lock()  # torch allows one recording in a process

Look = Callable[[Tensor, Tensor, Tensor], Sequence[Tensor]]
"""Statistics [b ...] of one patch, from guided and conditional logits [b k] and codes [b]."""


class _Kept(NamedTuple):
    """What one patch leaves behind, and where it is collected: [b ...] and [b p ...]."""

    codes: Tensor
    statistics: tuple[Tensor, ...]


class Loop:
    """Pictures that are drawn patch by patch with nothing but tensors that stay in their place.

    Args:
        model: draws; it supports ``fixed_steps``.
        batch: what to draw.
        state: what ``model.prefill`` returned for it, with the fast executor.
        settings: how to sample.
        look: what to keep besides the codes; None for nothing.
    """

    def __init__(
        self, model: Generator, batch: Batch, state: Any, settings: Settings, look: Look | None
    ) -> None:
        self._model, self._batch, self._state = model, batch, state
        self._settings, self._look = settings, look
        self._patch = torch.zeros(1, dtype=torch.int64, device=model.device)
        self._logits = state.logits.clone()
        self._warmth = self._logits.new_full((batch.pictures,), settings.temperature)
        guided, conditional = batch.logits(self._logits, self._patch)
        codes = batch.seeds.new_zeros(batch.pictures)
        seen = () if look is None else look(guided, conditional, codes)  # for its shapes alone
        self._tables = _Kept(self._table(codes), tuple(map(self._table, seen)))

    def _table(self, like: Tensor) -> Tensor:
        pictures, *rest = like.shape
        return like.new_zeros(pictures, self._model.patches, *rest)

    def body(self, within: int) -> None:
        """Draw the next patch of every picture, which is below the bound ``within``."""
        batch, patch = self._batch, self._patch
        guided, conditional = batch.logits(self._logits, patch)
        heat = batch.heat(patch)
        drawn = pick_on_device(
            batch.ruled(guided, patch),
            batch.seeds,
            patch,
            self._settings,
            self._warmth if heat is None else heat,
        )
        given = batch.given(patch)
        codes = torch.where(given >= 0, given, drawn)
        self._tables.codes.index_copy_(1, patch, codes[:, None])
        if self._look is not None:
            seen = self._look(guided, conditional, codes)
            for table, value in zip(self._tables.statistics, seen, strict=True):
                table.index_copy_(1, patch, value[:, None])
        spread = codes.index_select(0, batch.picture)
        self._logits.copy_(self._model.step_at(self._state, spread, patch, within))
        patch.add_(1)

    def blocks(
        self, run: Callable[[int], None], every: int, bucket: int = BUCKET
    ) -> Iterator[tuple[int, np.ndarray, tuple[np.ndarray, ...]]]:
        """Draw to the end, and bring what was drawn to the host every few patches.

        Args:
            run: draws one patch, given its bound: ``body``, or a ``Replayed`` one.
            every: patches of one block.
            bucket: patches that share a bound.

        Yields:
            The first patch of a block, its codes [b e], and its statistics [b e ...].
        """
        first, patches = 0, self._model.patches
        for patch in range(patches):
            run(min((patch // bucket + 1) * bucket, patches))
            end = patch + 1
            if end - first == every or end == patches:
                yield first, *self._fetched(first, end)
                first = end

    def _fetched(self, first: int, end: int) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        """Some patches on the host; copies are queued together and waited for once."""
        tables = [self._tables.codes, *self._tables.statistics]
        parts = [table[:, first:end].contiguous() for table in tables]
        # On a GPU torch makes these in page-locked memory, into which it can copy meanwhile.
        parts = [part.to("cpu", non_blocking=True, copy=True) for part in parts]
        if self._patch.device.type == "cuda":
            torch.cuda.current_stream(self._patch.device).synchronize()
        codes, *statistics = (part.numpy() for part in parts)
        return codes, tuple(statistics)


class Recorder(Protocol):
    """Turns work into something that can be replayed."""

    def rehearse(self, work: Callable[[], None]) -> None:
        """Do the work once, as it is."""

    def record(self, work: Callable[[], None]) -> Callable[[], None]:
        """Return what does the work when it is called; nothing is done yet.

        Raises:
            torch.OutOfMemoryError: there is no room for what the work needs.
            RuntimeError: this work cannot be recorded.
        """


class Replayed:
    """A body that is rehearsed, recorded, and then replayed, for each bound that it is given.

    Args:
        body: draws one patch, given its bound.
        recorder: how to record on this device.
    """

    def __init__(self, body: Callable[[int], None], recorder: Recorder) -> None:
        self._body, self._recorder = body, recorder
        self._rehearsed: set[int] = set()
        self._replays: dict[int, Callable[[], None]] = {}
        self._records = True

    def __call__(self, within: int) -> None:
        """Draw one patch below a bound."""
        work = functools.partial(self._body, within)
        if self._records and within in self._rehearsed and within not in self._replays:
            self._record(within, work)
        if within in self._replays:
            self._replays[within]()
        else:
            self._recorder.rehearse(work)
            self._rehearsed.add(within)

    def _record(self, within: int, work: Callable[[], None]) -> None:
        try:
            self._replays[within] = self._recorder.record(work)
        except torch.OutOfMemoryError:
            raise  # with fewer pictures there is room
        except RuntimeError as error:
            self._records = False
            warnings.warn(
                f"this GPU could not record a step as a graph, so patches are drawn kernel by "
                f"kernel, which gives the same picture several times more slowly. Torch said: "
                f"{error.__context__ or error}",
                RuntimeWarning,
                stacklevel=2,
            )


class GraphRecorder:
    """Records CUDA graphs on one device: on one side stream, into one pool of memory.

    They may share the pool because they are replayed in the order in which they were recorded,
    never two at a time, and leave nothing in it that is read later. It lives as long as they do.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._side = torch.cuda.Stream(device)
        self._pool = torch.cuda.graph_pool_handle()
        self._graphs: list[torch.cuda.CUDAGraph] = []

    def rehearse(self, work: Callable[[], None]) -> None:
        """Do the work on the side stream, between what came before and what comes next."""
        here = torch.cuda.current_stream(self._device)
        self._side.wait_stream(here)
        try:
            with torch.cuda.stream(self._side):
                work()
        finally:  # also where memory runs out: what is let go now may still be in use there
            here.wait_stream(self._side)

    def record(self, work: Callable[[], None]) -> Callable[[], None]:
        """Return a graph's replay.

        Raises:
            torch.OutOfMemoryError: there is no room for what the work needs.
            RuntimeError: this work cannot be recorded.
        """
        graph = torch.cuda.CUDAGraph()
        # Other threads may use the GPU meanwhile (a preview, a scorer), hence thread_local. The
        # outer context puts the stream back, which torch does not where a recording fails.
        here = torch.cuda.stream(torch.cuda.current_stream(self._device))
        recording = torch.cuda.graph(
            graph, pool=self._pool, stream=self._side, capture_error_mode="thread_local"
        )
        try:
            with _ONE_AT_A_TIME, here, recording:
                work()
        except RuntimeError as error:
            lack = out_of_memory_behind(error)
            if lack is not None:
                raise lack from None
            raise
        self._graphs.append(graph)
        return graph.replay


def out_of_memory_behind(error: BaseException) -> torch.OutOfMemoryError | None:
    """Return the lack of memory that led to an error, if one did.

    A recording that is broken off complains when it is closed, and hides why it was broken off.
    """
    chain: BaseException | None = error
    while chain is not None and not isinstance(chain, torch.OutOfMemoryError):
        chain = chain.__cause__ or chain.__context__
    return chain
