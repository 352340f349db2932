"""Streams of captioned pictures, and the order in which training sees them.

A stream answers by index: the same index is the same picture and caption, whatever was read
before. The order is a pure function of (seed, step, rank), so resuming needs no reader's state.
"""

import abc
import functools
import hashlib
import json
import math
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from dalle_explore import world
from dalle_explore.errors import InputError
from dalle_explore.files import faults, home, make_folder, read_json
from dalle_explore.kernel import cores
from dalle_explore.seeds import rng
from dalle_explore.training.drawing import chunk_paths, draw_chunks

CHUNK = 100  # pictures; 5 MB at 128 px: enough for a sheet, little enough to wait for
_TRAINABLE = {"judge": 890_000}  # of the split; the exam reads from 900,000 on
_VALIDATION = {"train": "seen"}  # other splits validate on what lies behind their own examples


class Stream(abc.ABC):
    """Captioned pictures by index.

    ``size`` is the side of every picture in pixels, ``limit`` the number there can be, and
    ``chunk`` how many are worth handling together.
    """

    name: str
    size: int
    limit: int
    chunk: int = CHUNK

    @abc.abstractmethod
    def ensure(self, indices: range, *, quiet: bool = False) -> None:
        """Make the pictures of a run of indices ready to be read quickly."""

    def missing_seconds(self, indices: range) -> float:
        """About how long `ensure` would take."""
        return 0.0

    @abc.abstractmethod
    def pictures(self, indices: Sequence[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """The pictures of some indices, [b y x 3]."""

    @abc.abstractmethod
    def captions(self, index: int) -> tuple[str, ...]:
        """The phrasings of one picture's caption that training may use; the first is its own."""

    def scene(self, index: int) -> world.Scene | None:
        """The facts of one picture, or None where nobody knows them."""
        return None

    def caption(self, index: int, epoch: int) -> str:
        """The caption shown in one pass over the data: in the first pass the picture's own."""
        phrasings = self.captions(index)
        return phrasings[phrasing(index, epoch, len(phrasings))]

    @abc.abstractmethod
    def held_out(self, count: int) -> tuple["Stream", range]:
        """At most ``count`` examples to validate on: a stream, and which of its indices."""

    @property
    @abc.abstractmethod
    def digest(self) -> str:
        """A name that changes when the pictures or captions change."""


def phrasing(index: int, epoch: int, count: int) -> int:
    """Which of ``count`` phrasings an example shows in a pass: its own first, then by chance."""
    if epoch == 0 or count == 1:
        return 0
    return int(rng("phrasing", index, epoch).integers(count))


class WorldStream(Stream):
    """One split of the drawn world, kept on disk as uint8 chunks.

    Chunks are drawn in parallel when asked for, each whole or absent, and stay in the cache for
    the next training: ``home()/world-<version>-<size>-<code>/<split>-by-<chunk>/``, where <code>
    names the program that draws, so that a change to it never meets old pictures.
    """

    def __init__(
        self, split: str, size: int, *, folder: Path | None = None, chunk: int | None = None
    ) -> None:
        self.split, self.size, self.chunk = split, size, chunk or CHUNK
        self.limit = min(world.split_sizes()[split], _TRAINABLE.get(split, 2**62))
        self.root = folder or home() / f"world-{world.WORLD_VERSION}-{size}-{drawing_code()}"
        self.folder = self.root / f"{split}-by-{self.chunk}"
        self.name = f"the split {split!r} of the drawn world, version {world.WORLD_VERSION}"
        self._picture_seconds = 0.0
        self._offsets: dict[int, int] = {}
        self._notes: dict[int, dict[str, list]] = {}

    def ensure(self, indices: range, *, quiet: bool = False, workers: int | None = None) -> None:
        """Draw whatever is missing of a run of pictures.

        Raises:
            InputError: indices outside the split, or an unwritable cache.
            MachineError: the disk is full.
        """
        size = world.split_sizes()[self.split]
        if indices.start < 0 or indices.stop > size:
            raise InputError(
                f"the pictures {indices.start} to {indices.stop - 1} were asked of {self.name}, "
                f"but it has {size}: ask for fewer."
            )
        missing = self._missing(indices)
        if not missing:
            return
        make_folder(self.folder)
        jobs = [self._job(chunk) for chunk in missing]
        with tqdm(
            total=sum(stop - start for _, _, start, stop, _, _ in jobs),
            desc=f"drawing {self.split}",
            unit="picture",
            disable=quiet,
            leave=False,
        ) as bar:
            for done in draw_chunks(jobs, workers or cores()):
                bar.update(done)

    def missing_seconds(self, indices: range) -> float:
        """About how long `ensure` would take, from the speed of drawing a few pictures now."""
        missing = len(self._missing(indices))
        if missing and not self._picture_seconds:
            started = time.monotonic()
            for index in range(12):
                world.draw(world.example(self.split, index).scene, size=self.size)
            self._picture_seconds = (time.monotonic() - started) / 12
        return missing * self.chunk * self._picture_seconds / cores()

    def _missing(self, indices: range) -> list[int]:
        chunks = range(indices.start // self.chunk, math.ceil(indices.stop / self.chunk))
        return [chunk for chunk in chunks if not self._has(chunk)]

    def _job(self, chunk: int) -> tuple[str, int, int, int, Path, Path]:
        start = chunk * self.chunk
        stop = min(start + self.chunk, world.split_sizes()[self.split])
        return (self.split, self.size, start, stop, *chunk_paths(self.folder, chunk))

    def _has(self, chunk: int) -> bool:
        pictures, notes = chunk_paths(self.folder, chunk)
        return pictures.is_file() and notes.is_file()

    def _checked(self, chunk: int) -> tuple[Path, int]:
        """The file of a chunk, drawn if it is missing, and the byte where its pictures begin."""
        _, _, start, stop, path, _ = self._job(chunk)
        if chunk not in self._offsets:
            if not self._has(chunk):
                make_folder(self.folder)
                list(draw_chunks([self._job(chunk)], 1))
            try:
                held = np.load(path, mmap_mode="r", allow_pickle=False)
            except (ValueError, OSError, EOFError):
                held = np.empty(0, np.uint8)
            if held.shape != (stop - start, self.size, self.size, 3) or held.dtype != np.uint8:
                raise InputError(
                    f"{path} is not a whole chunk of {stop - start} pictures of {self.size} "
                    f"pixels: remove that file, and it is drawn again."
                )
            self._offsets[chunk] = int(held.offset)
        return path, self._offsets[chunk]

    def _note(self, chunk: int) -> dict[str, list]:
        if chunk not in self._notes:
            self._checked(chunk)  # draws the chunk if it is not there yet
            path = chunk_paths(self.folder, chunk)[1]
            self._notes[chunk] = read_json(path, "the captions of a chunk")
        return self._notes[chunk]

    def pictures(self, indices: Sequence[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """The pictures of some indices, [b y x 3]; a missing chunk is drawn here and now."""
        batch = np.empty((len(indices), self.size, self.size, 3), dtype=np.uint8)
        for place, index in enumerate(indices):
            chunk, within = divmod(int(index), self.chunk)
            path, offset = self._checked(chunk)
            # Read, not mapped: thousands of mapped chunks would use up a process's open files.
            with faults(path, "read"), open(path, "rb") as file:
                file.seek(offset + within * batch[place].nbytes)
                file.readinto(memoryview(batch[place]).cast("B"))
        return batch

    def captions(self, index: int) -> tuple[str, ...]:
        """The phrasings of one caption that training may use; the first is the example's own."""
        chunk, within = divmod(int(index), self.chunk)
        return tuple(self._note(chunk)["captions"][within])

    def family(self, index: int) -> str:
        """The family of one picture's scene."""
        chunk, within = divmod(int(index), self.chunk)
        return str(self._note(chunk)["families"][within])

    def scene(self, index: int) -> world.Scene:
        """The facts of one picture."""
        return world.example(self.split, int(index)).scene

    def held_out(self, count: int) -> tuple[Stream, range]:
        """Fresh pictures of the same kind: another split, or the end of this one."""
        other = _VALIDATION.get(self.split)
        if other is None:
            return self, range(self.limit, self.limit + count)
        stream = WorldStream(other, self.size, folder=self.root, chunk=self.chunk)
        return stream, range(min(count, stream.limit))

    @property
    def digest(self) -> str:
        """Split, version and size: they determine every picture."""
        key = json.dumps(["world", world.WORLD_VERSION, self.split, self.size])
        return hashlib.sha256(key.encode()).hexdigest()


@functools.cache
def drawing_code() -> str:
    """Twelve digits that change with the program that draws the world."""
    total = hashlib.sha256()
    for path in sorted(Path(world.__file__).parent.glob("*.py")):
        total.update(path.name.encode("utf-8") + path.read_bytes())
    return total.hexdigest()[:12]


def order(
    key: str, seed: int, count: int, step: int, batch: int, rank: int = 0, world_size: int = 1
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Which examples one process sees in one step.

    The run walks through shuffled passes ("epochs") over ``count`` examples, every example once a
    pass; the processes share each step's stretch of the walk.

    Args:
        key: names the part, so that parts walk differently.
        seed: the training's seed.
        count: number of examples, the first ones of the stream.
        step: counted from 0.
        batch: examples per process.
        rank: this process, of ``world_size``.
        world_size: number of processes.

    Returns:
        Indices [b] and the pass each belongs to [b].
    """
    first = (step * world_size + rank) * batch
    epochs, places = np.divmod(np.arange(first, first + batch, dtype=np.int64), count)
    indices = np.empty(batch, dtype=np.int64)
    for epoch in np.unique(epochs):
        here = epochs == epoch
        indices[here] = shuffled(key, seed, count, int(epoch))[places[here]]
    return indices, epochs


@functools.lru_cache(maxsize=8)
def shuffled(key: str, seed: int, count: int, epoch: int) -> npt.NDArray[np.int64]:
    """A permutation of ``count`` examples, read-only; a pure function of its arguments."""
    walk = rng("order", key, seed, epoch).permutation(count).astype(np.int64)
    walk.setflags(write=False)
    return walk
