"""Drawing pictures of the world in several processes; without torch, so that they start fast."""

import concurrent.futures
import functools
import io
import json
import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from dalle_explore import world
from dalle_explore.files import write_atomic
from dalle_explore.seeds import rng
from dalle_explore.world.captions import caption, phrasings
from dalle_explore.world.splits import planted


def chunk_paths(folder: Path, chunk: int) -> tuple[Path, Path]:
    """The pictures (npy) and the captions (json) of one chunk."""
    return folder / f"{chunk:05d}.npy", folder / f"{chunk:05d}.json"


def training_captions(example: world.Example) -> list[str]:
    """The phrasings of an example that training may use: its own caption, then others.

    Held-out phrasings are never used. Examples that exist to be counted (planted duplicates, the
    rare "seven-sided") keep their one caption, whatever the number of passes over the data.
    """
    own = example.caption
    if example.index in _planted() and example.split == "train" or "-sided" in own:
        return [own]
    dice = rng("captions", example.split, example.index)
    others = []
    for phrasing in phrasings(example.scene):
        if not phrasing.held_out and not phrasing.rare:
            manner, setting = (int(form) for form in dice.integers((4, 3)))
            text = caption(
                example.scene,
                phrasing,
                manner_form=manner,
                setting_form=setting,
                grey=bool(dice.random() < 0.4),
            )
            others.append(text)
    return [own, *(text for text in others if text != own)]


@functools.lru_cache(maxsize=1)
def _planted() -> frozenset[int]:
    """The indices of the planted duplicates of the training split."""
    return frozenset(index for group in planted() for index in group.indices)


def draw_chunk(split: str, size: int, start: int, stop: int, pictures: Path, notes: Path) -> int:
    """Draw the examples ``start`` to ``stop`` of a split into two files; returns how many.

    The captions are written first: a chunk exists exactly when its pictures do.
    """
    drawn = np.empty((stop - start, size, size, 3), dtype=np.uint8)
    families, captions = [], []
    for place, index in enumerate(range(start, stop)):
        example = world.example(split, index)
        drawn[place] = np.asarray(world.draw(example.scene, size=size))
        families.append(example.scene.family)
        captions.append(training_captions(example))
    text = json.dumps({"families": families, "captions": captions}, ensure_ascii=False)
    write_atomic(notes, text.encode("utf-8"))
    held = io.BytesIO()
    np.save(held, drawn)
    write_atomic(pictures, held.getvalue())
    return stop - start


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the parent: it lets running chunks finish, so that none is lost."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def draw_chunks(
    jobs: Sequence[tuple[str, int, int, int, Path, Path]], workers: int
) -> Iterator[int]:
    """Draw many chunks, yielding the number of pictures of each as it is done.

    ``workers`` processes are spawned (the one start method that is the same on Windows, macOS and
    Linux). With one worker or one chunk everything happens in this process.
    """
    if workers < 2 or len(jobs) < 2:
        for job in jobs:
            yield draw_chunk(*job)
        return
    with concurrent.futures.ProcessPoolExecutor(
        max_workers=min(workers, len(jobs)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_ignore_interrupts,
    ) as pool:
        pending = [pool.submit(draw_chunk, *job) for job in jobs]
        try:
            for done in concurrent.futures.as_completed(pending):
                yield done.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
