"""Activations of many pictures, into files, in bounded memory, resumable.

Pictures are drawn first and read afterwards, in one teacher-forced pass with the edits they were
drawn with, so that nothing that is recorded changes what is drawn. Shards are safetensors; an
index beside them says what is where.
"""

import contextlib
import dataclasses
import hashlib
import json
import math
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor

from dalle_explore.edits import AnyEdit, check_edits, edit_to_json
from dalle_explore.errors import InputError
from dalle_explore.files import make_folder, read_json, write_atomic, write_json
from dalle_explore.generator import Generator
from dalle_explore.models.hooks import match
from dalle_explore.sampling.batch import Batch
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.request import Request, request
from dalle_explore.settings import Settings

__all__ = ["INDEX", "Recording", "precision", "record"]

INDEX = "index.json"
_BUDGET = 256 * 2**20  # bytes of one shard, and about the memory that it takes
_FORMAT = 1


@dataclasses.dataclass(frozen=True)
class Recording:
    """Where activations lie."""

    folder: Path
    shards: tuple[str, ...]  # file names, in order; see ``record`` for what they hold
    pictures: int


def record(
    model: Generator,
    prompts: Sequence[str],
    want: Iterable[str],
    to: str | os.PathLike[str],
    settings: Settings,
    *,
    digest: str,
    n: int = 1,
    seed: int = 0,
    edits: Iterable[AnyEdit] = (),
    budget: int = _BUDGET,
) -> Recording:
    """Draw pictures and write what happened inside the model at some hook points.

    A shard holds, for m pictures: ``codes`` int64 [m p], ``prompt`` and ``seed`` int64 [m], and
    every point asked for, fp32 [m ...] (see ``model.points``), of the stream that has the caption.
    ``index.json`` lists prompts and shards. Called again with the same arguments it goes on where
    it was stopped.

    Args:
        model: draws.
        prompts: what to draw.
        want: names and patterns of hook points.
        to: a folder, new or of the same recording.
        settings: how to draw.
        digest: of the model, to tell recordings apart.
        n: pictures of each prompt.
        seed: of the first picture of each prompt.
        edits: what to change while drawing, and while reading.
        budget: bytes of one shard.

    Raises:
        InputError: an unknown point, a bad prompt, a folder that holds another recording, or
            a budget that does not hold one picture.
        MachineError: the disk is full; finished shards stay.
    """
    points, folder = match(want, model.points), Path(to)
    if not points:
        raise InputError("want is empty, so nothing would be recorded: name hook points.")
    edits = check_edits(edits)
    if not prompts:
        raise InputError("there are no prompts to record: give at least one.")
    texts = [model.encode_text(prompt) for prompt in prompts]
    wanted = [(number, seed + j) for number in range(len(prompts)) for j in range(n)]
    each = sum(_bytes(model, point) for point in points)
    at_once = budget // max(each, 1)
    if at_once < 1:
        raise InputError(
            f"one picture takes {each:,} bytes at the points asked for, but the budget is "
            f"{budget:,}: ask for fewer points, or give a larger budget."
        )
    at_once = min(at_once, 16)
    about = {
        "dalle_explore_activations": _FORMAT,
        "model": digest,
        "settings": settings.to_json(),
        "edits": [edit_to_json(edit) for edit in edits],
        "points": {point: model.points[point] for point in points},
        "prompts": list(prompts),
        "n": n,
        "seed": seed,
        "pictures_in_a_shard": at_once,
    }
    done = _begin(make_folder(folder), about)
    names = []
    for first in range(0, len(wanted), at_once):
        name = f"activations-{first // at_once:05d}.safetensors"
        names.append(name)
        if name in done and done[name] == _sha(folder / name):
            continue
        part = wanted[first : first + at_once]
        data = safetensors.torch.save(_shard(model, texts, part, points, settings, edits))
        write_atomic(folder / name, data)
        done[name] = hashlib.sha256(data).hexdigest()
        write_json(folder / INDEX, {**about, "shards": done})
    return Recording(folder, tuple(names), len(wanted))


def precision(settings: Settings) -> Any:
    """Return a context in which ``forward`` computes in the precision of some settings."""
    if settings.precision == "fp32":
        return contextlib.nullcontext()
    return torch.autocast(settings.device.partition(":")[0], dtype=torch.bfloat16)


def _bytes(model: Generator, point: str) -> int:
    """Bytes of one picture at a point, fp32."""
    sizes = {
        "b": 1,
        "s": model.text_length + model.patches,
        "t": model.text_length,
        "p": model.patches,
        "k": model.codebook_size,
        "d": model.width,
        "h": model.heads,
        # The channels of a head; the MLP, whose letter is the same, is four times the width.
        "c": 4 * model.width if "mlp" in point else model.width // model.heads,
    }
    return 4 * math.prod(sizes[letter] for letter in model.points[point].split())


def _begin(folder: Path, about: dict[str, Any]) -> dict[str, str]:
    """What an earlier call has finished."""
    path = folder / INDEX
    if not path.exists():
        if any(folder.iterdir()):
            raise InputError(
                f"{folder} holds other files, and a recording wants a folder of its own: name "
                f"another."
            )
        write_json(path, {**about, "shards": {}})
        return {}
    found = read_json(path, "the index of a recording")
    shards = found.pop("shards", None)
    if found != json.loads(json.dumps(about)) or not isinstance(shards, dict):
        raise InputError(
            f"{folder} holds another recording (of other prompts, points, settings or another "
            f"model): name another folder, or give the same arguments to go on."
        )
    return {str(name): str(digest) for name, digest in shards.items()}


def _sha(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _shard(
    model: Generator,
    texts: Sequence[Any],
    part: Sequence[tuple[int, int]],
    points: Sequence[str],
    settings: Settings,
    edits: tuple[AnyEdit, ...],
) -> dict[str, Tensor]:
    by_prompt: dict[int, list[int]] = {}
    for number, seed in part:
        by_prompt.setdefault(number, []).append(seed)
    requests: list[Request] = [
        request(model, texts[number], seeds, edits) for number, seeds in by_prompt.items()
    ]
    decoded = drain(decode(model, requests, settings, statistics=False))
    codes = torch.from_numpy(decoded.codes).to(model.device)
    text, inside = Batch(model, requests, settings).spoken()
    with torch.inference_mode(), precision(settings):
        found = model.forward(text, codes, want=points, inside=inside).wanted
    shard = {
        "codes": codes,
        "prompt": torch.tensor([number for number, seeds in by_prompt.items() for _ in seeds]),
        "seed": torch.tensor([one for seeds in by_prompt.values() for one in seeds]),
    }
    for point in points:
        value = found[point].float()
        if not model.points[point].startswith("b"):  # the same for all pictures
            value = value.expand(len(codes), *value.shape)
        shard[point] = value
    return {name: tensor.contiguous().cpu() for name, tensor in shard.items()}
