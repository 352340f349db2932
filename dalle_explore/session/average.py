"""The held-out average of the entropy: what a map of entropy is compared with.

At the first patches everything is open, in a corner of the ground nothing is: most of a map of
entropy shows where a patch is, and not which picture it is in. The average over captions that
were never trained on tells the two apart. ``python -m dalle_explore check entropy`` measures it.
"""

import dataclasses
import functools
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float64

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import read_json, write_json
from dalle_explore.settings import Settings

if TYPE_CHECKING:
    import dalle_explore.session.model

__all__ = ["AVERAGE", "Average", "average", "average_entropy", "read_average", "write_average"]

AVERAGE = Path(__file__).parents[1] / "checks" / "entropy.json"  # of the bundled model

_DIGITS = 3  # of a bit


@dataclasses.dataclass(frozen=True, eq=False)
class Average:
    """The mean entropy of every patch over held-out captions, and how far captions differ."""

    digest: str  # of the model
    settings: Settings
    split: str  # of the drawn world, where the captions are from
    n: int  # captions: the first of the split, one picture of each
    seed: int  # of the first picture; picture j has seed + j
    entropy: Float64[np.ndarray, " p"]  # bits, guided, unfiltered, at temperature 1
    sd: Float64[np.ndarray, " p"]  # bits, between captions

    def in_words(self) -> str:
        """Say what it is an average of."""
        how = self.settings
        return (
            f"the mean over {self.n} captions never trained on (split {self.split}, one picture "
            f"of each, temperature {how.temperature:g}, guidance {how.guidance:g})"
        )

    def fits(self, settings: Settings) -> bool:
        """Whether pictures of these settings are drawn as those of the average were."""
        return settings.replace(device="cpu") == self.settings.replace(device="cpu")


def average(model: "dalle_explore.session.model.Model") -> Average | None:
    """Return the held-out average that travels with the package; None: it is of another model."""
    found = _shipped()
    return found if found is not None and found.digest == model.digest else None


def average_entropy(
    model: "dalle_explore.session.model.Model",
) -> Float64[np.ndarray, " p"] | None:
    """Return the mean entropy of every patch in bits, or None where there is none of this model.

    Args:
        model: whose average is wanted; nothing is drawn.
    """
    found = average(model)
    return None if found is None else found.entropy


@functools.cache
def _shipped() -> Average | None:
    return read_average(AVERAGE) if AVERAGE.is_file() else None


def write_average(path: Path, found: Average) -> Path:
    """Write an average as JSON.

    Raises:
        InputError, MachineError: the file cannot be written.
    """
    values = {name: getattr(found, name) for name in ("digest", "split", "n", "seed")}
    for name in ("entropy", "sd"):
        values[name] = [round(float(bits), _DIGITS) for bits in getattr(found, name)]
    return write_json(path, values | {"settings": found.settings.to_json()})


def read_average(path: Path) -> Average:
    """Read what ``write_average`` wrote.

    Raises:
        InputError: no such file.
        ModelFileError: it is something else, or damaged.
    """
    found: Any = read_json(path, "a held-out average of the entropy")
    try:
        entropy, sd = (_bits(found[name]) for name in ("entropy", "sd"))
        numbers, texts = [found["n"], found["seed"]], [found["digest"], found["split"]]
        if len(entropy) != len(sd) or not all(isinstance(text, str) for text in texts):
            raise ValueError("fields that do not fit together")
        if not all(type(number) is int and number >= 0 for number in numbers):
            raise ValueError("no whole numbers")
        return Average(
            digest=found["digest"],
            settings=Settings.from_json(found["settings"]),
            split=found["split"],
            n=found["n"],
            seed=found["seed"],
            entropy=entropy,
            sd=sd,
        )
    except (InputError, KeyError, TypeError, ValueError) as error:
        raise ModelFileError(
            f"{path} is no held-out average of the entropy ({error}): write one with `python -m "
            f"dalle_explore check entropy --write {path}`."
        ) from error


def _bits(given: Any) -> Float64[np.ndarray, " p"]:
    if not isinstance(given, list) or not given:
        raise ValueError("a list of bits is missing")
    if not all(type(bits) in (int, float) and 0 <= bits < math.inf for bits in given):
        raise ValueError("bits that are no numbers from 0 on")
    return np.array(given, dtype=np.float64)
