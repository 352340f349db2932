"""From a finished training to the files of a model, and back: weights, words, and their card."""

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import make_folder, sha256, write_atomic
from dalle_explore.kernel import cores
from dalle_explore.pretrained.card import (
    CARD_NAME,
    Card,
    Network,
    Training,
    read_card,
    update_card,
)
from dalle_explore.pretrained.tensors import fill, parse_tensors, write_network
from dalle_explore.settings import Settings
from dalle_explore.training.machine import Machine


def training_facts(
    machine: Machine, data: str, world_version: int | None, steps: int, seconds: float
) -> Training:
    """What the card says about how a part came to be."""
    if machine.device.type == "cuda":
        name = torch.cuda.get_device_name(machine.device)
        device = name if machine.world_size == 1 else f"{machine.world_size} x {name}"
    else:
        device = "1 CPU core" if cores() == 1 else f"{cores()} CPU cores"
    return Training(
        data=data,
        world_version=world_version,
        steps=steps,
        device=f"{device}, {machine.precision}",
        seconds=round(seconds, 1),
        commit=commit(),
    )


def continued(before: Training, after: Training) -> Training:
    """One training that went on where another had ended: steps and seconds add up."""

    def joined(first: str, then: str) -> str:
        same = first == then or first.endswith(f", then {then}")
        return first if same else f"{first}, then {then}"

    return Training(
        data=joined(before.data, after.data),
        world_version=after.world_version if after.world_version else before.world_version,
        steps=before.steps + after.steps,
        device=joined(before.device, after.device),
        seconds=round(before.seconds + after.seconds, 1),
        commit=after.commit,
    )


def commit() -> str:
    """The commit of this code when it runs from a checkout with git at hand; else nothing."""
    git = shutil.which("git")
    root = Path(__file__).resolve().parents[2]
    if git is None or not (root / ".git").exists():
        return ""
    asked = subprocess.run(
        [git, "-C", str(root), "rev-parse", "--verify", "HEAD"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return asked.stdout.strip() if asked.returncode == 0 else ""


def export_network(out: Path, part: str, network: nn.Module, training: Training) -> None:
    """Write a dVAE or a prior in half precision, and bring the card up to date.

    Args:
        out: the folder of the model.
        part: "dvae" or "prior".
        network: has a ``config`` with ``to_json``.
        training: how it came to be.

    Raises:
        InputError, MachineError: a weight is not finite, or the folder cannot be written.
    """
    write_network(make_folder(out), part, network.state_dict())
    note(out, part, network, network.config, training)


def note(out: Path, part: str, network: nn.Module | None, config: Any, training: Training) -> None:
    """Enter a part, whose files are there, in the card."""
    count = sum(p.numel() for p in network.parameters()) if network is not None else 0
    values = config.to_json() if hasattr(config, "to_json") else dict(config)
    entry = Network(
        config={name: tuple(v) if isinstance(v, list) else v for name, v in values.items()},
        parameters=count,
        training=training,
    )
    changes = {} if (out / CARD_NAME).is_file() else {"about": ABOUT}
    update_card(out, networks={part: entry}, **changes)


ABOUT = "a small DALL-E: a text becomes codes, the codes become a picture, and CLIP scores it"


def first_settings(codebook_size: int) -> Settings:
    """What to draw with until an exam has chosen better: in a short trial these composed well."""
    return Settings(guidance=3.0, top_k=min(100, codebook_size))


def suggest_settings(out: Path, codebook_size: int) -> None:
    """Give a new model's card the first settings; settings somebody has chosen stay."""
    if read_card(out).settings == Settings():
        update_card(out, settings=first_settings(codebook_size))


def has_part(folder: Path, part: str) -> bool:
    """Whether a folder holds a model with this part."""
    return (folder / CARD_NAME).is_file() and part in read_card(folder).networks


def read_part(folder: Path, part: str) -> tuple[Card, dict[str, bytes]]:
    """The card of a model and the bytes of one part's files by name, hashes checked.

    Raises:
        ModelFileError: the part is not there, or a file is missing or damaged.
    """
    card = read_card(folder)
    names = card.part_files(part)
    if part not in card.networks or not names:
        raise ModelFileError(
            f"the model in {folder} has no {part}: train it there first, or name another folder."
        )
    found = {}
    for name in names:
        try:
            found[name] = (folder / name).read_bytes()
        except OSError as error:
            raise ModelFileError(
                f"{folder / name} cannot be read ({error.strerror}): get the model again."
            ) from error
        if hashlib.sha256(found[name]).hexdigest() != card.files[name].sha256:
            raise ModelFileError(
                f"{folder / name} is not the file that the card describes (its SHA-256 differs): "
                f"it was damaged or replaced; get the model again, or train that part again."
            )
    return card, found


def fill_from(folder: Path, part: str, network: nn.Module) -> None:
    """Put a model's weights of one part into a network of the same sizes.

    Raises:
        ModelFileError: the part is missing, damaged, or of other sizes.
    """
    _, files = read_part(folder, part)
    tensors: dict[str, Tensor] = {}
    for name, data in files.items():
        if name.endswith(".safetensors"):
            tensors |= parse_tensors(data, folder / name)
    fill(network, tensors, f"the {part} in {folder}")


def part_digest(folder: Path, part: str) -> str:
    """SHA-256 over the files of one part: it names what was computed with them."""
    total = hashlib.sha256()
    for name in read_card(folder).part_files(part):
        total.update(sha256(folder / name).encode("ascii"))
    return total.hexdigest()


def adopt(source: Path, out: Path, part: str) -> None:
    """Copy one part of another model into this one, with its entry in the card.

    Raises:
        ModelFileError: the part is missing there, or damaged.
        InputError: both folders are the same.
    """
    if source.resolve() == out.resolve():
        raise InputError(
            f"out is {str(out)!r}, which is also where --init-from reads: name another folder."
        )
    card, files = read_part(source, part)
    for name, data in files.items():
        make_folder((out / name).parent)
        write_atomic(out / name, data)
    update_card(out, networks={part: card.networks[part]})
