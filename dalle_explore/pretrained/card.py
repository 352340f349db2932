"""The card: what is known about a model, kept beside its weights as ``card.json``.

The card is a closed schema and carries the SHA-256 of every file of the model, and a seal over
itself, so that one flipped bit anywhere is noticed. Reading a card needs no torch.
"""

import dataclasses
import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from dalle_explore.errors import ModelFileError
from dalle_explore.files import read_json, sha256, write_json
from dalle_explore.schema import read_fields, to_json
from dalle_explore.settings import Settings

__all__ = [
    "CARD_NAME",
    "Card",
    "FileEntry",
    "Licences",
    "Measured",
    "Network",
    "Training",
    "bundle_files",
    "read_card",
    "update_card",
    "write_card",
]

CARD_NAME = "card.json"
_FORMAT = 1
_LIMIT = 2**20  # bytes of a card
_DRAWING = ("tokenizer", "dvae", "prior")  # the parts that decide what a picture looks like

# A file of a bundle: the tokenizer, one network (whole, or in numbered parts), or CLIP's folder.
_FILE = re.compile(
    r"tokenizer\.json|(dvae|prior|judge)(-\d{1,3}-of-\d{1,3})?\.safetensors"
    r"|clip/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"
)


@dataclasses.dataclass(frozen=True)
class Licences:
    """What people may do, as SPDX names; CC0-1.0 leaves everybody free to do anything."""

    weights: str = "CC0-1.0"
    pictures: str = "CC0-1.0"


@dataclasses.dataclass(frozen=True)
class Training:
    """How one part came to be."""

    data: str  # what it was trained on, in words
    world_version: int | None  # of the drawn world; None: a folder of pictures
    steps: int
    device: str  # in words, for example "2 CPU cores" or the name of a GPU
    seconds: float
    commit: str = ""  # of the training code; empty: unknown


@dataclasses.dataclass(frozen=True)
class Network:
    """One part of the model: its sizes and how it was trained."""

    config: dict[str, int | float | bool | str | None | tuple[int, ...]]  # its dataclass's fields
    parameters: int = 0
    training: Training | None = None  # None: its weights are random


@dataclasses.dataclass(frozen=True)
class Measured:
    """A figure of the model: a share or a mean, its 95 % interval, and over how many cases."""

    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclasses.dataclass(frozen=True)
class FileEntry:
    """What a file has to be."""

    bytes: int
    sha256: str  # 64 hexadecimal digits


@dataclasses.dataclass(frozen=True)
class Card:
    """What is known about a model.

    ``networks`` has an entry for every part that is there, among tokenizer, dvae, prior, clip and
    judge. ``files`` names every file by its path below the folder, with forward slashes.
    """

    name: str
    about: str = ""  # one sentence
    family: str = "native"
    licences: Licences = Licences()
    settings: Settings = Settings()  # what to draw with when nothing else is asked for
    networks: dict[str, Network] = dataclasses.field(default_factory=dict)
    figures: dict[str, Measured] = dataclasses.field(default_factory=dict)
    files: dict[str, FileEntry] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse file names that could lead out of the folder, and hashes that are none."""
        for name, entry in self.files.items():
            if not _FILE.fullmatch(name):
                raise ModelFileError(
                    f"the card names the file {name!r}, which no model of this family has: it is "
                    f"foreign or damaged; get it again."
                )
            if not re.fullmatch(r"[0-9a-f]{64}", entry.sha256) or entry.bytes < 0:
                raise ModelFileError(
                    f"the card's size and SHA-256 of {name!r} are {entry.bytes} and "
                    f"{entry.sha256!r}, which no file can have: get the card again."
                )

    @property
    def digest(self) -> str:
        """SHA-256 over everything that decides what this model draws: 64 hexadecimal digits.

        It covers the configs and the files of tokenizer, dVAE and prior; scorers, judge, name,
        figures and default settings may change without changing any picture.
        """
        return _digest(
            {
                "family": self.family,
                "configs": {p: to_json(self.networks[p].config) for p in self._drawing()},
                "files": {f: e.sha256 for f, e in self.files.items() if _part(f) in _DRAWING},
            }
        )

    @property
    def scorer_digest(self) -> str | None:
        """SHA-256 over the files of the CLIP that the model carries; None when there is none."""
        files = {name: e.sha256 for name, e in self.files.items() if _part(name) == "clip"}
        return _digest(files) if files else None

    @property
    def parameters(self) -> int:
        """Number of weights of all parts together."""
        return sum(network.parameters for network in self.networks.values())

    @property
    def world_version(self) -> int | None:
        """Version of the drawn world that the prior was trained on; None: another kind of data."""
        prior = self.networks.get("prior")
        return prior.training.world_version if prior and prior.training else None

    def part_files(self, part: str) -> tuple[str, ...]:
        """Return the names of the files of one part, in order."""
        return tuple(sorted(name for name in self.files if _part(name) == part))

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some entries changed."""
        return dataclasses.replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """Return the card as a dict that JSON can hold, sealed."""
        body = {"dalle_explore_card": _FORMAT, **to_json(self)}
        return {**body, "seal": _digest(body)}

    def _drawing(self) -> list[str]:
        return [part for part in _DRAWING if part in self.networks]


def read_card(folder: str | os.PathLike[str]) -> Card:
    """Read ``card.json`` of a folder; no other file is opened.

    Raises:
        ModelFileError: no such folder or card, not a card, damaged, or from a newer version.
    """
    folder = Path(folder)
    path = folder / CARD_NAME
    if not folder.is_dir():
        raise ModelFileError(
            f"there is no model folder {str(folder)!r}: give the folder that a training wrote "
            f"with --out."
        )
    if not path.is_file():
        raise ModelFileError(
            f"the folder {str(folder)!r} holds no {CARD_NAME}, so it is not a model of "
            f"dalle_explore: give the folder that a training wrote with --out."
        )
    values = read_json(path, "the card", limit=_LIMIT, error=ModelFileError)
    version = values.pop("dalle_explore_card", None)
    if version != _FORMAT:
        raise ModelFileError(
            f"{path} is a card of format {version!r}, but this version of dalle_explore reads "
            f"format {_FORMAT}: update dalle_explore, or name another model."
        )
    seal = values.pop("seal", None)
    if seal != _digest({"dalle_explore_card": version, **values}):
        raise ModelFileError(
            f"{path} does not match its own checksum: it was damaged, or edited by hand; get it "
            f"again, or write it with dalle_explore.pretrained.card.write_card."
        )
    return read_fields(Card, values, f"the card {path}", error=ModelFileError)


def write_card(folder: str | os.PathLike[str], card: Card) -> Card:
    """Write ``card.json`` for the files that lie in ``folder`` now, and return the card written.

    Sizes and hashes are taken from the files; everything else from ``card``.

    Raises:
        InputError, MachineError: the folder cannot be read or written.
    """
    folder = Path(folder)
    card = card.replace(files=_files(folder))
    write_json(folder / CARD_NAME, card.to_json())
    return card


def update_card(
    folder: str | os.PathLike[str],
    *,
    networks: Mapping[str, Network] | None = None,
    **changes: Any,
) -> Card:
    """Bring the card of ``folder`` up to date with its files; start one if there is none.

    ``networks`` are added to those the card has; ``changes`` replace other entries: ``name``,
    ``about``, ``licences``, ``settings``, ``figures``. Figures are dropped when any file changed,
    because they were measured on other weights, unless new ones are given.

    Raises:
        ModelFileError: the card that is there is damaged.
        InputError, MachineError: the folder cannot be read or written.
    """
    folder = Path(folder)
    there = (folder / CARD_NAME).is_file()
    card = read_card(folder) if there else Card(name=folder.resolve().name)
    files = _files(folder)
    if files != card.files:
        card = card.replace(files=files, figures={})
    card = card.replace(networks={**card.networks, **(networks or {})}, **changes)
    write_json(folder / CARD_NAME, card.to_json())
    return card


def bundle_files(folder: str | os.PathLike[str]) -> tuple[str, ...]:
    """Return the names of the files in ``folder`` that belong to a model, in order.

    Whatever else lies there (checkpoints under runs/, notes, the card) does not count.
    """
    folder = Path(folder)
    places: Iterable[Path] = [*folder.glob("*"), *(folder / "clip").glob("*")]
    names = (path.relative_to(folder).as_posix() for path in places if path.is_file())
    return tuple(sorted(name for name in names if _FILE.fullmatch(name)))


def _files(folder: Path) -> dict[str, FileEntry]:
    return {
        name: FileEntry((folder / name).stat().st_size, sha256(folder / name))
        for name in bundle_files(folder)
    }


def _part(file: str) -> str:
    """Return the part that a file belongs to: "prior-1-of-2.safetensors" -> "prior"."""
    return re.split(r"[-./]", file, maxsplit=1)[0]


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
