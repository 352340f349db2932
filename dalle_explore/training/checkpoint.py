"""Checkpoints that are whole or absent: tensors in safetensors, facts in JSON, a LATEST pointer.

One checkpoint is ``step-00000120.safetensors`` (weights, averaged weights, optimizer, random
state) and ``step-00000120.json`` (the step, the plan, SHA-256 of the tensors). Each is written
beside its place, flushed to the disk and renamed; ``LATEST`` follows last and names both with
their SHA-256. A process killed at any moment therefore leaves the previous one or the new one.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import faults, read_json, write_atomic, write_json

POINTER = "LATEST"
FORMAT = 1


@dataclass(frozen=True)
class Checkpoint:
    """One moment of a training.

    ``tensors`` by dotted name, on the processor; ``facts`` is plain JSON.
    """

    step: int
    tensors: dict[str, Tensor]
    facts: dict[str, Any]


def save(
    folder: Path, step: int, tensors: Mapping[str, Tensor], facts: dict[str, Any], keep: int = 2
) -> None:
    """Write a checkpoint and point LATEST at it; all but the newest ``keep`` are removed.

    Raises:
        MachineError: the disk is full.
        InputError: the folder cannot be written.
    """
    name = f"step-{step:08d}"
    payload = safetensors.torch.save({k: t.detach().contiguous() for k, t in tensors.items()})
    digest = hashlib.sha256(payload).hexdigest()
    write_atomic(folder / f"{name}.safetensors", payload)
    manifest = {"format": FORMAT, "step": step, "sha256": digest, "facts": facts}
    write_json(folder / f"{name}.json", manifest)
    write_json(folder / POINTER, _pointer(folder / f"{name}.json"))
    for old in sorted(folder.glob("step-*.safetensors"))[:-keep]:
        old.unlink(missing_ok=True)
        old.with_suffix(".json").unlink(missing_ok=True)


def exists(folder: Path) -> bool:
    """Whether there is a checkpoint to resume from."""
    return (folder / POINTER).is_file() or any(folder.glob("step-*.json"))


def load(folder: Path) -> Checkpoint:
    """The checkpoint that LATEST names, every byte checked.

    Without LATEST (a person removed it, to get past a damaged checkpoint) the newest whole one.

    Raises:
        InputError: there is none.
        ModelFileError: a file is missing, damaged or of another format.
    """
    if not exists(folder):
        raise InputError(
            f"there is nothing to resume in {folder}: it holds no finished checkpoint; "
            f"start without --resume."
        )
    if (folder / POINTER).is_file():
        pointer = read_json(folder / POINTER, "the pointer LATEST", error=ModelFileError)
        return _read(folder, pointer)
    for manifest in sorted(folder.glob("step-*.json"), reverse=True):
        try:
            return _read(folder, _pointer(manifest))
        except ModelFileError:
            continue
    raise ModelFileError(
        f"no checkpoint in {folder} is whole; remove {folder.parent} and start that part again."
    )


def _pointer(manifest: Path) -> dict[str, Any]:
    """What LATEST says about the checkpoint of ``manifest``."""
    content = read_json(manifest, "a manifest", error=ModelFileError)
    return {
        "step": content.get("step"),
        "manifest": manifest.name,
        "manifest_sha256": hashlib.sha256(manifest.read_bytes()).hexdigest(),
        "tensors": manifest.with_suffix(".safetensors").name,
        "sha256": content.get("sha256"),
    }


def _read(folder: Path, pointer: dict[str, Any]) -> Checkpoint:
    """The checkpoint a pointer names."""
    texts = [pointer.get(key) for key in ("manifest", "manifest_sha256", "tensors", "sha256")]
    if not all(isinstance(text, str) for text in texts):
        raise ModelFileError(
            f"{folder / POINTER} is damaged: it does not name a manifest and its tensors with "
            f"their SHA-256; {_way_out(folder)}"
        )
    name, name_sha256, weights, weights_sha256 = map(str, texts)
    manifest_bytes = _checked(folder, name, name_sha256)
    payload = _checked(folder, weights, weights_sha256)
    try:
        manifest = json.loads(manifest_bytes)
        tensors = safetensors.torch.load(payload)
        step, facts, version = manifest["step"], manifest["facts"], manifest["format"]
    except (ValueError, KeyError, TypeError, safetensors.SafetensorError) as error:
        raise ModelFileError(
            f"checkpoint {folder / name} cannot be read ({error}); {_way_out(folder)}"
        ) from None
    if version != FORMAT:
        raise ModelFileError(
            f"checkpoint {folder / name} has format {version!r}, and this version reads format "
            f"{FORMAT}; resume with the version that wrote it, or start again."
        )
    return Checkpoint(step, tensors, facts)


def _checked(folder: Path, name: str, expected: str) -> bytes:
    """The bytes of one file of a checkpoint, if they are the ones that were promised."""
    if Path(name).name != name:
        raise ModelFileError(
            f"{folder / POINTER} is damaged: it points outside its folder ({name!r}); "
            f"{_way_out(folder)}"
        )
    try:
        with faults(folder / name, "read"):
            data = (folder / name).read_bytes()
    except InputError as error:
        raise ModelFileError(f"a checkpoint is incomplete: {error}") from error
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise ModelFileError(
            f"checkpoint file {folder / name} is corrupted: its SHA-256 begins {found[:12]} where "
            f"{expected[:12]} was promised; {_way_out(folder)}"
        )
    return data


def _way_out(folder: Path) -> str:
    """What a person can do about a damaged checkpoint, from what lies beside it."""
    if len(list(folder.glob("step-*.json"))) > 1:
        return f"remove {folder / POINTER} to resume from the newest checkpoint that is whole."
    return f"remove {folder.parent} and start that part again."


def model_tensors(model: nn.Module) -> dict[str, Tensor]:
    """Weights and saved buffers by name, each once: tied weights appear under their first name."""
    kept = model.state_dict().keys()
    named: Iterable[tuple[str, Tensor]] = (*model.named_parameters(), *model.named_buffers())
    return {name: tensor.detach() for name, tensor in named if name in kept}


def load_model(model: nn.Module, tensors: Mapping[str, Tensor], what: str) -> None:
    """Copy tensors into a model in place; names and shapes must be exactly its own.

    Raises:
        ModelFileError: a tensor is missing, foreign or of another shape.
    """
    load_tensors(model_tensors(model), tensors, what)


def load_tensors(own: Mapping[str, Tensor], tensors: Mapping[str, Tensor], what: str) -> None:
    """Copy ``tensors`` into ``own`` in place, as `load_model` does."""
    odd = sorted(own.keys() ^ tensors.keys())
    if odd:
        side = "lacks the" if odd[0] in own else "has the foreign"
        raise ModelFileError(
            f"{what} {side} tensor {odd[0]!r} ({len(odd)} names differ), so it was not written "
            f"for this model: use the preset it was trained with."
        )
    for name, tensor in own.items():
        if tensor.shape != tensors[name].shape:
            raise ModelFileError(
                f"{what} holds {name!r} with the shape {tuple(tensors[name].shape)}, but this "
                f"model has {tuple(tensor.shape)}: use the preset it was trained with."
            )
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(tensors[name])


def optimizer_tensors(optimizers: Sequence[torch.optim.Optimizer]) -> dict[str, Tensor]:
    """The state of several optimizers as ``optimizer.<which>.<parameter>.<slot>`` tensors."""
    found = {}
    for which, optimizer in enumerate(optimizers):
        for parameter, slots in optimizer.state_dict()["state"].items():
            for slot, value in slots.items():
                tensor = torch.as_tensor(value)
                found[f"optimizer.{which}.{parameter}.{slot}"] = tensor
    return found


def load_optimizers(
    optimizers: Sequence[torch.optim.Optimizer], tensors: Mapping[str, Tensor]
) -> None:
    """Put back what `optimizer_tensors` took out."""
    for which, optimizer in enumerate(optimizers):
        state: dict[int, dict[str, Tensor]] = {}
        prefix = f"optimizer.{which}."
        for name, tensor in tensors.items():
            if name.startswith(prefix):
                parameter, slot = name.removeprefix(prefix).split(".", 1)
                state.setdefault(int(parameter), {})[slot] = tensor
        optimizer.load_state_dict({**optimizer.state_dict(), "state": state})


def digest(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 over names, shapes and values: equal exactly when the weights are bit-equal."""
    total = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        total.update(f"{name}:{tensor.dtype}:{tuple(tensor.shape)};".encode())
        total.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return total.hexdigest()
