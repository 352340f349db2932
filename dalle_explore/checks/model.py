"""The exam: how many of the facts that a caption states does the model draw?

For every family and split, prompts are sampled several times and the judge reads the pictures.
Four reference lines stand beside every figure: the world's own renders, their dVAE
reconstructions, the nearest training
picture by caption, and the model's samples held against another prompt (shuffled). The distance
between the lines is the
finding, not a line alone.
"""

import concurrent.futures
import contextlib
import dataclasses
import functools
import json
import multiprocessing
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dalle_explore.checks.examinee import Examinee, Pictures, render
from dalle_explore.checks.questions import (
    JUDGE_EXAM_START,
    SPLITS,
    families_of,
    nearest_training,
    prompts,
    subject_right,
)
from dalle_explore.errors import InputError
from dalle_explore.files import faults, make_folder
from dalle_explore.world import FAMILIES, Example, Scene, example


@dataclasses.dataclass(frozen=True)
class Scale:
    """How much is asked.

    Attributes:
        prompts: per family and split, for one-sample figures.
        samples: of each of these prompts.
        best_prompts: per family and split, for best of n by CLIP.
        best_n: samples of each of these.
        renders: fresh pictures that the judge alone is examined on.
        retrieval: captions of a family among which CLIP looks for the right one.
        training: training captions among which the nearest is looked up.
        splits: which splits are asked.
    """

    prompts: int = 100
    samples: int = 4
    best_prompts: int = 25
    best_n: int = 16
    renders: int = 2000
    retrieval: int = 100
    training: int = 20_000
    splits: tuple[str, ...] = SPLITS


FULL = Scale()
QUICK = Scale(
    prompts=10,
    samples=2,
    best_prompts=3,
    best_n=16,
    renders=250,
    retrieval=100,
    training=4000,
    splits=("seen", "unseen_pairs"),
)

Row = dict[str, Any]
Opening = Callable[[], Examinee]
CHUNK = 5  # prompts between two lines of the log


def run(
    examinee: Examinee,
    scale: Scale,
    log: Path,
    progress: Callable[[str, int, int], None] | None = None,
    *,
    opening: Opening | None = None,
    workers: int = 1,
) -> list[Row]:
    """Ask everything that the log does not hold yet, and return all rows.

    Args:
        examinee: what is examined.
        scale: how much is asked.
        log: a JSONL file, one row a chunk; an exam that was interrupted goes on where it stopped.
        progress: called with (what, done, total) after every chunk.
        opening: opens the same examinee in another process; it has to be picklable.
        workers: processes, of one thread each, that work at once; more than one need ``opening``.
            On a processor two processes of one thread do more than one process of two.

    Returns:
        One row for each chunk: its key, and per prompt what was right in every picture.

    Raises:
        InputError: the log belongs to another model, or cannot be read.
    """
    rows = {row["key"]: row for row in _read_log(log, examinee.digest)}
    tasks = _tasks(scale)
    missing = [key for key in tasks if key not in rows]
    make_folder(log.parent)
    done = len(tasks) - len(missing)
    if progress is not None and done:
        progress("earlier", done, len(tasks))
    if workers > 1 and opening is not None and len(missing) > 1:
        found = _together(missing, scale, opening, workers)
    else:
        found = ((key, tasks[key](examinee)) for key in missing)
    with contextlib.closing(found):
        for key, answers in found:
            row = {"digest": examinee.digest, "key": key, **answers}
            with faults(log, "write"), log.open("a", encoding="utf-8") as out:
                out.write(json.dumps(row) + "\n")
            rows[key] = row
            done += 1
            if progress is not None:
                progress(key, done, len(tasks))
    return [rows[key] for key in tasks]


def _together(
    keys: Sequence[str], scale: Scale, opening: Opening, workers: int
) -> Generator[tuple[str, Row], None, None]:
    """Answers in the order in which processes of one thread each find them."""
    # Spawned everywhere: a fork would copy torch's locks in whatever state they are.
    pool = concurrent.futures.ProcessPoolExecutor(
        min(workers, len(keys)), multiprocessing.get_context("spawn"), _open_here, (opening,)
    )
    try:
        waiting = {pool.submit(_answer_here, key, scale): key for key in keys}
        for future in concurrent.futures.as_completed(waiting):
            yield waiting[future], future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_here: list[Examinee] = []  # in a process that helps: the examinee it has opened


def _open_here(opening: Opening) -> None:
    opened = opening()
    _here.append(opened)


def _answer_here(key: str, scale: Scale) -> Row:
    return _tasks(scale)[key](_here[0])


def _read_log(log: Path, digest: str) -> list[Row]:
    if not log.exists():
        return []
    rows: list[Row] = []
    with faults(log, "read"):
        # Bytes that are no text become lines that are no JSON, which are refused below.
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            key_digest = row["digest"]
        except (json.JSONDecodeError, KeyError, TypeError) as fault:
            if number == len(lines):  # the line that was being written when the exam was stopped
                log.write_text("".join(f"{kept}\n" for kept in lines[:-1]), encoding="utf-8")
                break
            raise InputError(
                f"line {number} of the exam's log {log} cannot be read: remove the file "
                "and start the exam again."
            ) from fault
        if key_digest != digest:
            raise InputError(
                f"the exam's log {log} belongs to another model or other settings: remove "
                "it, or name another with --log."
            )
        rows.append(row)
    return rows


Work = Callable[[Examinee], Row]


@functools.lru_cache(maxsize=4)
def _tasks(scale: Scale) -> Mapping[str, Work]:
    """Everything that is asked, by key, in order."""
    return dict(_all_tasks(scale))


def _all_tasks(scale: Scale) -> Iterator[tuple[str, Work]]:
    for start in range(0, scale.renders, 250):
        count = min(250, scale.renders - start)
        yield f"judge/{start}/{count}", lambda e, s=start, c=count: _judge(e, s, c)  # type: ignore[misc]
    for family in FAMILIES:
        yield (
            f"retrieval/{family}/{scale.retrieval}",
            lambda e, f=family: _retrieval(e, f, scale.retrieval),  # type: ignore[misc]
        )
    for split in scale.splits:
        for family in families_of(split):
            asked = list(prompts(split, family, scale.prompts))
            for start in range(0, len(asked), CHUNK):
                chunk = asked[start : start + CHUNK]
                other = asked[start - 1]
                key = f"one/{split}/{family}/{start}/{len(chunk)}x{scale.samples}"
                yield key, lambda e, c=chunk, o=other: _one(e, c, o, scale)  # type: ignore[misc]
            for start in range(min(scale.best_prompts, len(asked))):
                key = f"best/{split}/{family}/{start}/{scale.best_n}"
                yield key, lambda e, p=asked[start]: _best(e, p, scale)  # type: ignore[misc]


def _agreement(
    examinee: Examinee, scenes: Sequence[Scene], pictures: Pictures
) -> list[dict[str, bool]]:
    verdicts = examinee.read(pictures)
    return [v.agrees(scene) for v, scene in zip(verdicts, scenes, strict=True)]


def _judge(examinee: Examinee, start: int, count: int) -> Row:
    scenes = [example("judge", JUDGE_EXAM_START + i).scene for i in range(start, start + count)]
    right: dict[str, list[int]] = {}
    for begin in range(0, count, 50):
        part = scenes[begin : begin + 50]
        for agreed in _agreement(examinee, part, render(part)):
            for role, ok in agreed.items():
                counted = right.setdefault(role, [0, 0])
                counted[0] += int(ok)
                counted[1] += 1
    return {"kind": "judge", "right": right}


def _retrieval(examinee: Examinee, family: str, count: int) -> Row:
    asked = list(prompts("seen", family, count))
    images = examinee.image_features(render([a.scene for a in asked]))
    texts = examinee.text_features([a.caption for a in asked])
    similar = images @ texts.T
    own = np.diagonal(similar).copy()
    np.fill_diagonal(similar, -np.inf)
    hits = own > similar.max(axis=1)  # strictly better: a tie is not a find
    return {"kind": "retrieval", "family": family, "hits": hits.astype(int).tolist()}


def _summary(scenes: Sequence[Scene], agreed: Sequence[dict[str, bool]]) -> list[list[int]]:
    """Per picture: all stated facts right, subject right, facts right, facts stated."""
    return [
        [int(all(a.values())), int(subject_right(s, a)), sum(a.values()), len(a)]
        for s, a in zip(scenes, agreed, strict=True)
    ]


def _one(examinee: Examinee, asked: Sequence[Example], other: Example, scale: Scale) -> Row:
    n = scale.samples
    scenes = [a.scene for a in asked]
    each = [scene for scene in scenes for _ in range(n)]
    pictures = examinee.sample([a.caption for a in asked], range(n), examinee.settings)
    verdicts = examinee.read(pictures)
    agreed = [v.agrees(s) for v, s in zip(verdicts, each, strict=True)]
    shifted = [other.scene, *scenes[:-1]]
    wrong = [s for s in shifted for _ in range(n)]
    drawn = render(scenes)
    again = examinee.reconstruct(drawn)
    nearest = render([nearest_training(s, scale.training) for s in scenes])
    return {
        "kind": "one",
        "split": asked[0].split,
        "family": scenes[0].family,
        "indices": [a.index for a in asked],
        "samples": np.reshape(_summary(each, agreed), (len(asked), n, 4)).tolist(),
        "roles": _by_role(agreed),
        "shuffled": np.reshape(
            _summary(wrong, [v.agrees(s) for v, s in zip(verdicts, wrong, strict=True)]),
            (len(asked), n, 4),
        ).tolist(),
        "renders": _summary(scenes, _agreement(examinee, scenes, drawn)),
        "reconstructions": _summary(scenes, _agreement(examinee, scenes, again)),
        "nearest": _summary(scenes, _agreement(examinee, scenes, nearest)),
    }


def _by_role(agreed: Sequence[dict[str, bool]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for a in agreed:
        for role, ok in a.items():
            counted = found.setdefault(role, [0, 0])
            counted[0] += int(ok)
            counted[1] += 1
    return found


def _best(examinee: Examinee, asked: Example, scale: Scale) -> Row:
    n = scale.best_n
    pictures = examinee.sample([asked.caption], range(n), examinee.settings)
    scenes = [asked.scene] * n
    return {
        "kind": "best",
        "split": asked.split,
        "family": asked.scene.family,
        "index": asked.index,
        "samples": _summary(scenes, _agreement(examinee, scenes, pictures)),
        "scores": [round(float(s), 5) for s in examinee.scores([asked.caption] * n, pictures)],
    }
