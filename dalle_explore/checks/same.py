"""Does this machine draw the pictures that others draw? 64 of them, compared code by code.

A picture is a function of model, prompt, seed, settings and numeric class. Machines of one class
still round differently in the last digits, which changes a code only where two are that close;
but then everything after it may change. The reference travels with the package.
"""

import dataclasses
import hashlib
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import read_json, write_json
from dalle_explore.kernel import kernel
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.request import request
from dalle_explore.session.model import Model
from dalle_explore.settings import Settings

__all__ = [
    "REFERENCE",
    "Reference",
    "Same",
    "compare",
    "draw_digests",
    "read_reference",
    "write_reference",
]

REFERENCE = Path(__file__).with_name("same.json")
PROMPTS = (
    "a baby penguin with headphones skating on ice",
    "a bok choy in a cape sitting at a desk",
    "a heptagonal stop sign",
    "a hedgehog with the texture of a mango",
    'a T-shirt that says "hogwash"',
    "a blue sphere on top of a red cube inside a fishbowl",
    "a purse in the style of a pig",
    "a pencil sketch of a frog on a unicycle",
)
SEEDS = range(8)
DIGITS = 16  # of a digest: equal by accident once in 2**64


@dataclasses.dataclass(frozen=True)
class Reference:
    """What another machine drew, and with which settings."""

    settings: Settings
    digests: tuple[str, ...]
    machine: str


@dataclasses.dataclass(frozen=True)
class Same:
    """How many pictures are those of the reference.

    Attributes:
        pictures: compared.
        equal: in every code.
        machine: the one that made the reference, in words.
    """

    pictures: int
    equal: int
    machine: str

    def __str__(self) -> str:
        """One sentence."""
        return f"{self.equal} of {self.pictures} pictures have the codes that {self.machine} drew."


def draw_digests(
    model: Model, settings: Settings, progress: Callable[[str, int, int], None]
) -> tuple[str, ...]:
    """Return digests of the codes of every prompt with every seed.

    Args:
        model: draws.
        settings: how.
        progress: called with (what, done, total).
    """
    generator, digests = model.generator, []
    for prompt in PROMPTS:
        wish = request(generator, generator.encode_text(prompt), SEEDS)
        codes = drain(decode(generator, [wish], settings, statistics=False)).codes
        digests += [_digest(row) for row in codes]
        progress("pictures", len(digests), len(PROMPTS) * len(SEEDS))
    return tuple(digests)


def compare(digests: tuple[str, ...], reference: Reference) -> Same:
    """Count the pictures that are those of a reference."""
    equal = sum(a == b for a, b in zip(digests, reference.digests, strict=True))
    return Same(len(digests), equal, reference.machine)


def write_reference(
    path: Path, model: Model, settings: Settings, digests: tuple[str, ...]
) -> None:
    """Write what this machine drew, for others to compare with.

    Raises:
        InputError, MachineError: the file cannot be written.
    """
    write_json(
        path,
        {
            "model": model.digest,
            "settings": settings.to_json(),
            "machine": _machine(settings.device),
            "digests": list(digests),
        },
    )


def read_reference(path: Path, model: Model) -> Reference:
    """Read a reference that is about this model.

    Raises:
        InputError: it is about another model.
        ModelFileError: it is damaged.
    """
    found: Any = read_json(path, "a reference of pictures")
    count = len(PROMPTS) * len(SEEDS)
    try:
        settings = Settings.from_json(found["settings"])
        digests = found["digests"]
        whole = (
            isinstance(digests, list) and [len(digest) for digest in digests] == [DIGITS] * count
        )
        texts = [found["model"], found["machine"], *digests]
        if not whole or not all(isinstance(text, str) for text in texts):
            raise ValueError("other digests")
    except (InputError, ModelFileError, KeyError, TypeError, ValueError) as error:
        raise ModelFileError(
            f"{path} is no reference of {count} pictures: write one with `python -m dalle_explore "
            f"check same --write {path}`."
        ) from error
    if found["model"] != model.digest:
        raise InputError(
            f"{path} is about the model with the digest {str(found['model'])[:16]}, but this one "
            f"has {model.digest[:16]}: write a reference of your own with `python -m "
            f"dalle_explore check same --write FILE`, and carry it to the other machines."
        )
    return Reference(settings, tuple(digests), found["machine"])


def _digest(codes: np.ndarray) -> str:
    return hashlib.sha256(codes.astype("<u2").tobytes()).hexdigest()[:DIGITS]


def _machine(device: str) -> str:
    name = torch.cuda.get_device_name(device) if device != "cpu" else platform.machine()
    how = "" if device != "cpu" else ", with the kernel" if kernel() else ", without the kernel"
    return f"{platform.system()} on {name}, torch {torch.__version__.partition('+')[0]}{how}"
