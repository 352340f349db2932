"""Model sizes on one dial: ``thumb`` (a lesson), ``pocket`` (two CPU cores), ``studio`` (a GPU).

All three share the geometry of the drawn world: 128 x 128 pixels become 16 x 16 codes, one code
per patch of 8 x 8 pixels, after 64 text tokens. What changes is how wide and deep networks are.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, Self

from dalle_explore.errors import InputError, ModelFileError

__all__ = ["PATCH", "DVAEConfig", "PriorConfig", "Preset", "PRESETS", "preset"]

PATCH = 8  # pixels along one side of a patch: the dVAE halves the picture three times


class _Config:
    """What both configurations share: a JSON form that is checked when it is read back."""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as a dict that JSON can hold; ``from_json`` reads it back."""
        return dataclasses.asdict(self)  # type: ignore[call-overload]

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote.

        Raises:
            ModelFileError: a field that does not exist, is absent, or breaks a rule.
        """
        names = [field.name for field in dataclasses.fields(cls)]  # type: ignore[arg-type]
        if not isinstance(values, Mapping) or set(values) != set(names):
            found = ", ".join(map(str, values)) if isinstance(values, Mapping) else repr(values)
            raise ModelFileError(
                f"a {cls.__name__} has the fields {found}, but it needs exactly "
                f"{', '.join(names)}: the file comes from another version or is damaged."
            )
        plain = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
        for name, value in plain.items():
            numbers = value if isinstance(value, tuple) else (value,)
            if not all(type(number) is int for number in numbers):
                raise ModelFileError(
                    f"{cls.__name__}.{name} is {value!r}, but it has to be made of whole numbers: "
                    f"the file is damaged."
                )
        return cls(**plain)

    def _check(self, **rules: bool) -> None:
        for name, holds in rules.items():
            if not holds:
                raise ModelFileError(
                    f"{type(self).__name__}.{name} is {getattr(self, name)!r}, which no network "
                    f"of this kind can have: start from one of the presets {', '.join(PRESETS)}."
                )


@dataclasses.dataclass(frozen=True)
class DVAEConfig(_Config):
    """The sizes of a dVAE; widths are channels at one fraction of the picture's resolution.

    Raises:
        ModelFileError: a size that cannot be built.
    """

    size: int = 128  # pixels along one side of a picture
    codebook_size: int = 1024
    code_width: int = 64  # of the vector that stands for a code
    encoder_widths: tuple[int, int] = (64, 128)  # at 1/4 and 1/8
    encoder_blocks: tuple[int, int] = (1, 2)
    decoder_widths: tuple[int, ...] = (128, 64)  # at 1/8, 1/4, 1/2; one to three of them
    decoder_blocks: tuple[int, ...] = (2, 3)

    def __post_init__(self) -> None:
        """Check every field, the footprint of one code included."""
        stages = len(self.decoder_widths)
        self._check(
            size=self.size >= PATCH and self.size % PATCH == 0,
            codebook_size=self.codebook_size >= 2,
            code_width=self.code_width >= 1,
            encoder_widths=len(self.encoder_widths) == 2 and min(self.encoder_widths) >= 2,
            encoder_blocks=len(self.encoder_blocks) == 2 and min(self.encoder_blocks) >= 0,
            decoder_widths=1 <= stages <= 3 and min(self.decoder_widths) >= 2,
            decoder_blocks=len(self.decoder_blocks) == stages
            and min(self.decoder_blocks) >= 0
            and self.decoder_reach <= 4 * PATCH,
        )

    @property
    def decoder_reach(self) -> int:
        """Pixels that a code reaches beyond its own patch: at most four patches.

        Each block reaches one pixel of its resolution further, and the last convolution one of the
        finest resolution.
        """
        pixels = [PATCH >> stage for stage in range(len(self.decoder_widths))]
        blocks = sum(b * size for b, size in zip(self.decoder_blocks, pixels, strict=False))
        return blocks + pixels[-1]

    @property
    def rows(self) -> int:
        """Rows of the grid of codes; a picture is square, so there are as many columns."""
        return self.size // PATCH

    @property
    def columns(self) -> int:
        """Columns of the grid of codes."""
        return self.size // PATCH


@dataclasses.dataclass(frozen=True)
class PriorConfig(_Config):
    """The sizes of a prior.

    Raises:
        ModelFileError: a size that cannot be built.
    """

    layers: int = 6
    width: int = 256
    heads: int = 4
    text_vocabulary: int = 2048
    text_length: int = 64
    codebook_size: int = 1024
    rows: int = 16
    columns: int = 16

    def __post_init__(self) -> None:
        """Check every field."""
        self._check(
            layers=self.layers >= 1,
            width=self.width >= 1,
            heads=self.heads >= 1 and self.width % self.heads == 0,
            text_vocabulary=self.text_vocabulary >= 1,
            text_length=self.text_length >= 1,
            codebook_size=self.codebook_size >= 2,
            rows=self.rows >= 1,
            columns=self.columns >= 1,
        )

    @property
    def patches(self) -> int:
        """Codes of one picture."""
        return self.rows * self.columns

    @property
    def sequence(self) -> int:
        """Text tokens and codes together."""
        return self.text_length + self.patches


@dataclasses.dataclass(frozen=True)
class Preset:
    """One position of the dial: the sizes of all four networks.

    ``clip`` and ``judge`` are the fields of the configurations in the scoring and judging rooms;
    empty ones mean the sizes that those rooms keep under the same name.
    """

    name: str
    dvae: DVAEConfig
    prior: PriorConfig
    clip: dict[str, Any] = dataclasses.field(default_factory=dict)
    judge: dict[str, Any] = dataclasses.field(default_factory=dict)


PRESETS: dict[str, Preset] = {
    "thumb": Preset(
        name="thumb",
        dvae=DVAEConfig(
            encoder_widths=(48, 96),
            encoder_blocks=(1, 1),
            decoder_widths=(96, 48),
            decoder_blocks=(1, 2),
        ),
        prior=PriorConfig(layers=4, width=128, heads=4),
    ),
    "pocket": Preset(
        name="pocket",
        dvae=DVAEConfig(codebook_size=4096),
        prior=PriorConfig(width=192, codebook_size=4096),
    ),
    "studio": Preset(
        name="studio",
        dvae=DVAEConfig(
            code_width=128,
            encoder_widths=(128, 256),
            encoder_blocks=(2, 4),
            decoder_widths=(320, 160, 80),
            decoder_blocks=(2, 2, 3),
        ),
        prior=PriorConfig(layers=12, width=512, heads=8),
    ),
}


def preset(name: str) -> Preset:
    """Return the preset called ``name``.

    Raises:
        InputError: there is no such preset; the names are listed.
    """
    if name not in PRESETS:
        raise InputError(
            f"preset is {name!r}, but the presets are {', '.join(PRESETS)}: take one of them."
        )
    return PRESETS[name]
