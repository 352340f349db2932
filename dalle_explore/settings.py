"""How to sample: one frozen value that travels with every picture."""

import dataclasses
import math
import re
from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from dalle_explore.errors import InputError

__all__ = ["PRECISIONS", "Settings"]

PRECISIONS = ("fp32", "bf16")

_DEVICE = re.compile(r"cpu|cuda(:\d{1,3})?")


@dataclasses.dataclass(frozen=True)
class Settings:
    """How codes are picked and where the arithmetic happens.

    Order of the rules: guidance, then temperature, then ``top_k``, then ``top_p``.

    Raises:
        InputError: a value outside the range given beside it.
    """

    temperature: float = 1.0  # >= 0; logits are divided by it; 0 takes the likeliest code
    top_k: int | None = None  # >= 1; only the k likeliest codes may be picked; None: all
    top_p: float | None = None  # in (0, 1]; nucleus sampling (Holtzman et al., 2020); None: all
    guidance: float = 1.0  # >= 0; classifier-free scale (Ho and Salimans, 2022); 1 leaves it out
    precision: str = "fp32"  # "fp32" (TF32 off) or "bf16"
    device: str = "cpu"  # "cpu", "cuda" or "cuda:0"

    def __post_init__(self) -> None:
        """Check every field and bring equal values to one form (1 becomes 1.0)."""
        self._put("temperature", _number("temperature", self.temperature))
        if self.temperature < 0:
            raise InputError(
                f"temperature is {self.temperature:g}, but it cannot be negative: use 1 to sample "
                f"from the model as it is, 0 for the likeliest code, or anything between."
            )
        if self.top_k is not None:
            if isinstance(self.top_k, bool) or not isinstance(self.top_k, int | np.integer):
                raise InputError(
                    f"top_k is {self.top_k!r}, but it has to be a whole number of codes: give an "
                    f"int, or None to allow every code."
                )
            self._put("top_k", int(self.top_k))
            if self.top_k < 1:
                raise InputError(
                    f"top_k is {self.top_k}, but at least 1 code has to be allowed: give a number "
                    f"of at least 1, or None to allow every code."
                )
        if self.top_p is not None:
            self._put("top_p", _number("top_p", self.top_p))
            if not 0 < self.top_p <= 1:
                raise InputError(
                    f"top_p is {self.top_p:g}, but it is a share of probability above 0 and at "
                    f"most 1: give such a number, or None to allow every code."
                )
        self._put("guidance", _number("guidance", self.guidance))
        if self.guidance < 0:
            raise InputError(
                f"guidance is {self.guidance:g}, but it cannot be negative: use 1 for none, and "
                f"larger numbers to follow the prompt more closely."
            )
        if self.precision not in PRECISIONS:
            raise InputError(
                f"precision is {self.precision!r}, but the choices are "
                f"{' and '.join(map(repr, PRECISIONS))}: take one of them."
            )
        if not isinstance(self.device, str) or not _DEVICE.fullmatch(self.device):
            raise InputError(
                f"device is {self.device!r}, but the choices are 'cpu', 'cuda' and 'cuda:0' (or "
                f"another number of a GPU): take one of them."
            )

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the settings, in order."""
        return tuple(field.name for field in dataclasses.fields(cls))

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some settings changed.

        Raises:
            InputError: a name that is not a setting (the valid ones are listed), or a bad value.
        """
        _check_names(changes)
        return dataclasses.replace(self, **changes)

    def check(self, codebook_size: int) -> None:
        """Check what can only be known beside a model: its codebook of ``codebook_size`` codes.

        Raises:
            InputError: ``top_k`` is larger than the codebook.
        """
        if self.top_k is not None and self.top_k > codebook_size:
            raise InputError(
                f"top_k is {self.top_k}, but this model has only {codebook_size} codes: give at "
                f"most {codebook_size}, or None to allow every code."
            )

    def to_json(self) -> dict[str, Any]:
        """Return the settings as a dict that JSON can hold; ``from_json`` reads it back."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote; settings that are absent take their defaults.

        Raises:
            InputError: a name that is not a setting, or a bad value.
        """
        if not isinstance(values, Mapping):
            raise InputError(
                f"the settings are {type(values).__name__}, but they have to be a JSON object "
                f"with names among {', '.join(cls.names())}: check where they come from."
            )
        _check_names(values)
        return cls(**values)

    def _put(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)


def _check_names(values: Mapping[str, Any]) -> None:
    unknown = [str(name) for name in values if name not in Settings.names()]
    if unknown:
        raise InputError(
            f"there is no setting called {', '.join(map(repr, unknown))}: the settings are "
            f"{', '.join(Settings.names())}."
        )


def _number(name: str, value: Any) -> float:
    is_number = isinstance(value, int | float | np.integer | np.floating)
    if isinstance(value, bool) or not is_number or not math.isfinite(value):
        raise InputError(
            f"{name} is {value!r}, but it has to be a finite number: give an int or a float."
        )
    return float(value)
