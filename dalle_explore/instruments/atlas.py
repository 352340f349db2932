"""What needs a population, measured once for a model and kept in one small file.

It has three parts. ``average``: how open every patch is on captions that were never trained on.
``means``: what heads and layers write there on average, to stand in for what is ablated.
``usage``: how often each code occurs in training pictures, and where. All are made from weights
and world alone, by ``python -m dalle_explore check atlas``; the bundled model's travels with the
package. What a model cannot give is left out, with the reason.
"""

import dataclasses
import functools
import os
import re
from pathlib import Path
from typing import Any, TypeVar

import torch

from dalle_explore import __version__
from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import faults, home, write_atomic
from dalle_explore.generator import Generator
from dalle_explore.instruments.atlas_file import PARTS, About, pack, unpack
from dalle_explore.instruments.learned import Progress, check_learned, quiet
from dalle_explore.instruments.population import Average, Means, N, draw_population, means_of
from dalle_explore.instruments.usage import PICTURES, Usage, check_countable, count_codes
from dalle_explore.settings import Settings
from dalle_explore.world import WORLD_VERSION

__all__ = ["PACKAGED", "About", "Atlas", "atlas_path", "find_atlas", "measure", "need_atlas"]

PACKAGED = Path(__file__).parent / "atlas.safetensors"  # of the bundled model

_LIMIT = 256 * 2**20  # bytes; the bundled model's has 1.4 million
_COMMAND = "python -m dalle_explore check atlas"

P = TypeVar("P")


@dataclasses.dataclass(frozen=True, eq=False)
class Atlas:
    """What was measured over a population; a part that the model cannot give is None."""

    about: About
    average: Average | None
    means: Means | None
    usage: Usage | None

    @property
    def digest(self) -> str:
        """The model that it is about."""
        return self.about.digest

    def need_average(self) -> Average:
        """Return the held-out entropy, or raise InputError with the reason why it is not here."""
        return self._need(self.average, "average")

    def need_means(self) -> Means:
        """Return what heads and layers write on average, or raise InputError with the reason."""
        return self._need(self.means, "means")

    def need_usage(self) -> Usage:
        """Return how codes are used, or raise InputError with the reason why it is not here."""
        return self._need(self.usage, "usage")

    def _need(self, part: P | None, name: str) -> P:
        if part is None:
            why = self.about.refused.get(name, "it was left out when the atlas was made")
            raise InputError(f"the atlas of {self.about.model!r} has no {name}: {why}")
        return part

    @property
    def population(self) -> str:
        """What average and means are over, in words."""
        about, how = self.about, self.about.settings
        return (
            f"{about.n} captions never trained on (split {about.split}, one picture of each, "
            f"temperature {how.temperature:g}, guidance {how.guidance:g})"
        )

    def in_words(self) -> str:
        """Say on what it was measured, and with what."""
        about, parts = self.about, []
        if self.average is not None or self.means is not None:
            parts.append(self.population)
        if self.usage is not None:
            parts.append(f"the first {about.pictures:,} training pictures")
        return f"{' and '.join(parts)} of world {about.world_version}, {about.made}"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it as safetensors, whole or not at all.

        Raises:
            InputError, MachineError: the file cannot be written.
        """
        return write_atomic(path, pack(self.about, {name: getattr(self, name) for name in PARTS}))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Atlas":
        """Read what ``save`` wrote; strictly, as it may come from anybody.

        Raises:
            InputError: no such file.
            ModelFileError: something else, of another format, damaged, or not of one piece.
        """
        with faults(path, "read"), open(path, "rb") as file:
            data = file.read(_LIMIT + 1)
        try:
            if len(data) > _LIMIT:
                raise ValueError(f"it is larger than {_LIMIT} bytes")
            about, parts = unpack(data)
            return cls(about, **parts)
        except ValueError as error:
            raise ModelFileError(
                f"{path} is no atlas of a model, or it is damaged ({error}): remove it, and write "
                f"it with `{_COMMAND}`."
            ) from error


def measure(
    model: Generator,
    settings: Settings,
    progress: Progress = quiet,
    *,
    n: int = N,
    seed: int = 0,
    pictures: int = PICTURES,
) -> Atlas:
    """Measure what needs a population: a few minutes for the bundled model, on one core.

    Args:
        model: one that learned from the drawn world.
        settings: what to draw with, for the average and the means.
        progress: called with (what, done, total).
        n: captions, one picture of each.
        seed: of the first picture; picture j has seed + j.
        pictures: of the training split, whose codes are counted.

    Raises:
        InputError: a number out of its range, or a model that did not learn from the drawn world.
    """
    card = check_learned(model)
    parts: dict[str, Any] = dict.fromkeys(PARTS)
    refused: dict[str, str] = {}
    try:
        check_countable(model)
    except InputError as error:
        refused["usage"] = str(error)
    else:
        parts["usage"] = count_codes(model, progress, pictures=pictures)
    drawn = draw_population(model, settings, progress, n=n, seed=seed)
    parts["average"] = drawn.average(card.digest)
    try:
        parts["means"] = means_of(model, drawn.ids, drawn.codes, progress)
    except InputError as error:
        refused["means"] = str(error)
    about = About(
        digest=card.digest,
        model=card.name,
        world_version=WORLD_VERSION,
        settings=settings,
        split=drawn.split,
        n=n,
        seed=seed,
        pictures=pictures if parts["usage"] else 0,
        made=_made(settings),
        refused=refused,
    )
    return Atlas(about=about, **parts)


def _made(settings: Settings) -> str:
    kind = settings.device.partition(":")[0]
    torch_version = torch.__version__.partition("+")[0]
    return f"dalle_explore {__version__}, torch {torch_version}, {kind} {settings.precision}"


def atlas_path(digest: str) -> Path:
    """Return where the atlas of a model lies that was measured on this machine."""
    return home() / "atlases" / f"{digest}.safetensors"


def find_atlas(digest: str) -> Atlas | None:
    """Return the atlas of a model: one that was measured here, or the one in the package.

    Args:
        digest: of the model (``Card.digest``).

    Raises:
        ModelFileError: there is one, and it is damaged or of another model.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        return None  # of a model that was set by hand; and no path is made of a stranger's text
    try:
        own = atlas_path(digest)
    except InputError:
        own = None  # this user has no folder for what can be made again
    if own is not None and own.is_file():
        found = _loaded(own)
        if found.digest != digest:
            raise ModelFileError(
                f"{own} is the atlas of another model ({found.digest[:8]}): remove it, and write "
                f"this model's with `{_COMMAND}`."
            )
        return found
    packaged = _loaded(PACKAGED) if PACKAGED.is_file() else None
    return packaged if packaged is not None and packaged.digest == digest else None


def need_atlas(digest: str, purpose: str) -> Atlas:
    """Return the atlas of a model.

    Args:
        digest: of the model.
        purpose: what it is needed for, to complete "... needs".

    Raises:
        InputError: there is none yet; the command that makes it is named.
        ModelFileError: as in ``find_atlas``.
    """
    found = find_atlas(digest)
    if found is None:
        raise InputError(
            f"{purpose} needs what this model does on average, and that was not measured yet: run "
            f"`{_COMMAND}` once, with --model and its folder; it takes minutes."
        )
    return found


def _loaded(path: Path) -> Atlas:
    """Read a file again only when it has changed."""
    with faults(path, "read"):
        now = path.stat()
    return _read(path, now.st_mtime_ns, now.st_size)


@functools.lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> Atlas:
    return Atlas.load(path)
