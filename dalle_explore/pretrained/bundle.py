"""A bundle: one folder with everything a model needs, checked file by file when it is opened.

    card.json  tokenizer.json  dvae.safetensors  prior.safetensors  judge.safetensors  clip/

Scorer and judge are opened by their own rooms, from ``Bundle.folder``, when somebody asks.
"""

import dataclasses
import hashlib
import os
from pathlib import Path
from typing import Any, TypeVar

from torch import Tensor, nn

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import faults
from dalle_explore.models.dvae import DVAE
from dalle_explore.models.presets import DVAEConfig, PriorConfig
from dalle_explore.models.prior import Prior
from dalle_explore.pretrained.card import Card, FileEntry, read_card
from dalle_explore.pretrained.find import find_model
from dalle_explore.pretrained.tensors import Hollow, fill, parse_tensors
from dalle_explore.schema import read_fields, to_json
from dalle_explore.text.tokenizer import Tokenizer

__all__ = ["Bundle", "load_bundle"]

_LARGEST = 2**16  # of any size in a config

_Network = TypeVar("_Network", bound=nn.Module)
_Config = TypeVar("_Config")


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
    path = folder / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_json(files[path.name].decode("utf-8"))
    except (UnicodeDecodeError, ModelFileError) as error:
        raise ModelFileError(f"{path} cannot be used: {error}") from error
    dvae = _build(DVAE, DVAEConfig, "dvae", folder, card, files)
    prior = _build(Prior, PriorConfig, "prior", folder, card, files)
    return Bundle(folder, card, tokenizer, dvae, prior)


def _build(
    kind: type[_Network],
    config_kind: type[_Config],
    part: str,
    folder: Path,
    card: Card,
    files: dict[str, bytes],
) -> _Network:
    """Make one network of the card's sizes, and fill it."""
    where = f"the card of {folder}, the {part}"
    if part not in card.networks:
        raise ModelFileError(
            f"{where} has files but no sizes: the card is damaged; get the model again, or name "
            f"another."
        )
    sizes = card.networks[part].config
    config = read_fields(config_kind, to_json(sizes), where, error=ModelFileError)
    names = card.part_files(part)
    tensors = _tensors(folder, names, files)
    # A card from a stranger must not make us build a million layers before we notice.
    if max(_integers(sizes), default=0) > _LARGEST or _depth(sizes) > len(tensors):
        raise ModelFileError(
            f"{where} has sizes that its files cannot fill ({sizes}): it belongs to another "
            f"model, or is damaged."
        )
    with Hollow():  # the tensors of the files take the places
        network = kind(config)
    fill(network, tensors, ", ".join(str(folder / name) for name in names))
    return network.eval().requires_grad_(False)


def _integers(sizes: dict[str, Any]) -> list[int]:
    flat = [n for v in sizes.values() for n in (v if isinstance(v, tuple) else (v,))]
    return [number for number in flat if isinstance(number, int)]


def _depth(sizes: dict[str, Any]) -> int:
    """Return how many layers the sizes ask for."""
    deep = {name: v for name, v in sizes.items() if name.endswith(("layers", "blocks"))}
    return sum(_integers(deep))


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
