"""Does this machine draw the pictures that others draw? 64 of them, compared code by code.

A picture is a function of model, prompt, seed, settings and numeric class. Within a class the
codes should be equal on every machine; where processors round differently, a code in some ten
thousand may change, and what follows it with it. The reference travels with the package.
"""

import dataclasses
import hashlib
import platform
from collections.abc import Callable, Mapping
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

__all__ = ["REFERENCE", "Same", "compare", "draw_digests", "read_reference", "write_reference"]

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


def draw_digests(model: Model, progress: Callable[[str, int, int], None]) -> tuple[str, ...]:
    """Return digests of the codes of every prompt with every seed, at the card's settings."""
    generator, digests = model.generator, []
    for prompt in PROMPTS:
        wish = request(generator, generator.encode_text(prompt), SEEDS)
        codes = drain(decode(generator, [wish], model.settings, statistics=False)).codes
        digests += [_digest(row) for row in codes]
        progress("pictures", len(digests), len(PROMPTS) * len(SEEDS))
    return tuple(digests)


def compare(digests: tuple[str, ...], reference: Mapping[str, Any]) -> Same:
    """Count the pictures that are those of a reference."""
    theirs = reference["digests"]
    equal = sum(a == b for a, b in zip(digests, theirs, strict=True))
    return Same(len(digests), equal, reference["machine"])


def write_reference(path: Path, model: Model, digests: tuple[str, ...]) -> None:
    """Write what this machine drew, for others to compare with.

    Raises:
        InputError, MachineError: the file cannot be written.
    """
    write_json(
        path,
        {
            "model": model.digest,
            "precision": model.settings.precision,
            "machine": _machine(model),
            "digests": list(digests),
        },
    )


def read_reference(path: Path, model: Model) -> Mapping[str, Any]:
    """Read a reference that is about this model.

    Raises:
        InputError: it is about another model.
        ModelFileError: it is damaged.
    """
    found: Any = read_json(path, "a reference of pictures")
    whole = isinstance(found, dict) and set(found) == {"model", "precision", "machine", "digests"}
    if not whole or len(found["digests"]) != len(PROMPTS) * len(SEEDS):
        raise ModelFileError(
            f"{path} is no reference of {len(PROMPTS) * len(SEEDS)} pictures: write one with "
            f"`python -m dalle_explore check same --write {path}`."
        )
    if found["model"] != model.digest:
        raise InputError(
            f"{path} is about the model with the digest {str(found['model'])[:16]}, but this one "
            f"has {model.digest[:16]}: write a reference of your own with `python -m "
            f"dalle_explore check same --write FILE`, and carry it to the other machines."
        )
    return found


def _digest(codes: np.ndarray) -> str:
    return hashlib.sha256(codes.astype("<u2").tobytes()).hexdigest()[:DIGITS]


def _machine(model: Model) -> str:
    device = model.settings.device
    name = torch.cuda.get_device_name(device) if device != "cpu" else platform.machine()
    how = "" if device != "cpu" else ", with the kernel" if kernel() else ", without the kernel"
    return f"{platform.system()} on {name}, torch {torch.__version__.partition('+')[0]}{how},"
