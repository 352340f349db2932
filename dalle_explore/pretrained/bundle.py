"""A bundle: one folder with everything a model needs, checked file by file when it is opened.

    card.json  tokenizer.json  dvae.safetensors  prior.safetensors  judge.safetensors  clip/

Scorer and judge are opened by their own rooms, from ``Bundle.folder``, when somebody asks for them.
"""

import dataclasses
import hashlib
import os
from pathlib import Path

import torch
from torch import Tensor

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import faults
from dalle_explore.models.dvae import DVAE
from dalle_explore.models.presets import DVAEConfig, PriorConfig
from dalle_explore.models.prior import Prior
from dalle_explore.pretrained.card import Card, FileEntry, Network, read_card
from dalle_explore.pretrained.find import find_model
from dalle_explore.pretrained.tensors import fill, parse_tensors
from dalle_explore.text.tokenizer import Tokenizer

__all__ = ["Bundle", "load_bundle"]


@dataclasses.dataclass(frozen=True)
class Bundle:
    """An opened model: its networks on the CPU, in fp32 and evaluation mode."""

    folder: Path
    card: Card
    tokenizer: Tokenizer
    dvae: DVAE
    prior: Prior


def load_bundle(folder: str | os.PathLike[str] | None = None) -> Bundle:
    """Open a model: the bundled one, or a folder that a training wrote.

    The SHA-256 of every file is compared with the card, CLIP's and the judge's too.

    Raises:
        ModelFileError: no such model, or a file that is missing, foreign or damaged; it is named.
        MachineError: the disk is failing.
    """
    folder = find_model(folder)
    card = read_card(folder)
    for part in ("tokenizer", "dvae", "prior"):
        if not card.part_files(part):
            raise ModelFileError(
                f"the model in {folder} has no {part}, so it cannot draw: train it with "
                f"python -m dalle_explore train {part} --out {folder}."
            )
    # Each file is read once: what is parsed below is what was hashed here.
    files = {name: _checked(folder / name, entry) for name, entry in card.files.items()}
    tokenizer = _tokenizer(folder, files["tokenizer.json"])
    dvae = DVAE(DVAEConfig.from_json(_network(card, "dvae", folder).config))
    prior = Prior(PriorConfig.from_json(_network(card, "prior", folder).config))
    for part, network in (("dvae", dvae), ("prior", prior)):
        names = card.part_files(part)
        fill(network, _tensors(folder, names, files), ", ".join(str(folder / n) for n in names))
        network.eval().requires_grad_(False)
    _check_fit(folder, tokenizer, dvae, prior)
    return Bundle(folder, card, tokenizer, dvae, prior)


def _checked(path: Path, entry: FileEntry) -> bytes:
    """Return a file's bytes if they are what the card says."""
    if not path.is_file():
        raise ModelFileError(
            f"{path} is missing, but the card names it: get the model again, or name another."
        )
    try:
        with faults(path, "read"):
            data = path.read_bytes()
    except InputError as error:
        raise ModelFileError(str(error)) from error
    if len(data) != entry.bytes:
        raise ModelFileError(
            f"{path} has {len(data)} bytes, but the card says {entry.bytes}: it was cut off or "
            f"replaced; get the model again, or name another."
        )
    found = hashlib.sha256(data).hexdigest()
    if found != entry.sha256:
        raise ModelFileError(
            f"{path} is damaged or was replaced: its SHA-256 begins with {found[:12]}, but the "
            f"card says {entry.sha256[:12]}; get the model again, or name another."
        )
    return data


def _network(card: Card, part: str, folder: Path) -> Network:
    if part not in card.networks:
        raise ModelFileError(
            f"the card of {folder} has files of the {part}, but not its sizes: it is damaged; get "
            f"the model again, or name another."
        )
    return card.networks[part]


def _tensors(folder: Path, names: tuple[str, ...], files: dict[str, bytes]) -> dict[str, Tensor]:
    """Read one network from its files."""
    tensors: dict[str, Tensor] = {}
    for name in names:
        found = parse_tensors(files[name], folder / name)
        twice = found.keys() & tensors.keys()
        if twice:
            raise ModelFileError(
                f"{folder / name} repeats the weights {min(twice)!r} of another file of its "
                f"network: the files do not belong together; get the model again."
            )
        tensors |= found
    return tensors


def _build(kind: type[DVAE] | type[Prior], config: Any, tensors: dict[str, Tensor]) -> nn.Module:
    ...
