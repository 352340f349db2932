"""A person's own captioned pictures as a stream.

Two layouts are read: ``metadata.jsonl`` with ``file_name`` and ``text`` (or ``caption``) on every
line, as in Hugging Face's ImageFolder; or one ``.txt`` beside each picture. Every picture is
cropped to the square in its middle and resized. What cannot be used is reported once, by reason.
"""

import dataclasses
import hashlib
import json
import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps
from tqdm import tqdm

from dalle_explore.errors import DataError
from dalle_explore.files import faults, make_folder
from dalle_explore.seeds import rng
from dalle_explore.training.data import Stream

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
METADATA = "metadata.jsonl"
LARGEST = 16_000_000  # pixels of one picture
LONGEST = 4_000  # characters of one caption
FEWEST = 8  # pictures
_SHOWN = 3  # names in the report, for each reason


@dataclasses.dataclass(frozen=True)
class Report:
    """What was found in a folder: how many pictures are used, and which are left out and why."""

    used: int
    cropped: int  # of the used ones: not square, so their edges are cut off
    left_out: dict[str, tuple[str, ...]]  # reason -> names of files

    def __str__(self) -> str:
        """The report as a few lines."""
        lines = [
            f"{self.used} captioned pictures will be used; {self.cropped} of them are not square "
            f"and are cropped to their middle."
        ]
        for reason, names in self.left_out.items():
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            lines.append(f"left out, {reason}: {', '.join(names[:_SHOWN])}{more}")
        return "\n".join(lines)


class FolderStream(Stream):
    """The captioned pictures of one folder, resized to ``size`` x ``size`` pixels.

    ``limit`` of them are trained on, the others kept back. Reading happens in the constructor; the
    resized pictures go to a file in the folder ``cache`` and are mapped from there, so that any
    number of them fits.

    Raises:
        DataError: no such folder, an unreadable metadata.jsonl, or fewer than 8 usable pictures.
    """

    def __init__(self, folder: Path, size: int, *, cache: Path, quiet: bool = False) -> None:
        if not folder.is_dir():
            raise DataError(
                f"data is {str(folder)!r}, but there is no such folder: give a folder with "
                f"{METADATA}, or with one .txt beside each picture."
            )
        self.size = size
        self.name = f"a person's own pictures in the folder {folder.resolve().name!r}"
        self._captions: list[str] = []
        left_out: dict[str, list[str]] = {}
        cropped, total = 0, hashlib.sha256()
        found = list(_captioned(folder, left_out))
        # Shuffled once, so that the examples kept back for validation are of every kind.
        found = [found[place] for place in rng("folder").permutation(len(found))]
        part = make_folder(cache) / f"reading-{os.getpid()}.part"
        with faults(part, "write"):
            try:
                with open(part, "wb") as file:
                    for path, name, caption in tqdm(
                        found, desc="reading pictures", unit="picture", disable=quiet, leave=False
                    ):
                        try:
                            picture, square = _read(path, size)
                        except _Unusable as reason:
                            left_out.setdefault(str(reason), []).append(name)
                            continue
                        file.write(picture.tobytes())
                        total.update(picture.tobytes())
                        self._captions.append(caption)
                        cropped += not square
                count = len(self._captions)
                self.limit = count - (min(2_048, count // 20) if count >= 100 else 0)
                self.report = Report(
                    count, cropped, {why: tuple(names) for why, names in left_out.items()}
                )
                self._refuse_too_few(folder)
                total.update(json.dumps(self._captions).encode("utf-8"))
                self._digest = total.hexdigest()
                kept = cache / f"folder-{size}-{self._digest[:16]}.raw"
                if not kept.is_file():  # another stream may have it open, which Windows minds
                    os.replace(part, kept)
            finally:
                part.unlink(missing_ok=True)
            shape = (count, size, size, 3)
            self._pictures = np.memmap(kept, dtype=np.uint8, mode="r", shape=shape)

    def _refuse_too_few(self, folder: Path) -> None:
        if self.report.used >= FEWEST:
            return
        counts = "; ".join(f"{len(names)}: {why}" for why, names in self.report.left_out.items())
        raise DataError(
            f"the folder {str(folder)!r} has {self.report.used} usable captioned pictures"
            f"{f' (left out {counts})' if counts else ''}, but training needs at least {FEWEST}: "
            f"add pictures, each with a line in {METADATA} or a .txt beside it."
        )

    def ensure(self, indices: range, *, quiet: bool = False) -> None:
        """Nothing to do: everything was read when the stream was opened."""

    def pictures(self, indices: Sequence[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """The pictures of some indices, [b y x 3]."""
        return np.asarray(self._pictures[np.asarray(indices, dtype=np.int64)])

    def captions(self, index: int) -> tuple[str, ...]:
        """The one caption of a picture."""
        return (self._captions[int(index)],)

    def held_out(self, count: int) -> tuple[Stream, range]:
        """One in twenty is kept back; of fewer than 100 pictures none, so these are trained on."""
        kept_back = range(self.limit, self.report.used)
        return self, (kept_back or range(self.limit))[:count]

    @property
    def digest(self) -> str:
        """SHA-256 over the resized pictures and their captions."""
        return self._digest


class _Unusable(Exception):
    """Why one picture is left out, as a few words."""


def _captioned(folder: Path, left_out: dict[str, list[str]]) -> Iterator[tuple[Path, str, str]]:
    """Every (path, name, caption) of a folder, in a fixed order; the rest goes to ``left_out``."""
    root = folder.resolve()
    if (folder / METADATA).is_file():
        entries = _metadata(folder / METADATA, left_out)
    else:
        entries = _beside(folder, left_out)
    for name, caption in entries:
        path = (root / name).resolve()
        # A file_name such as ../../private.png, or a link, must not lead out of the folder.
        if not path.is_relative_to(root):
            left_out.setdefault("its path leads out of the folder", []).append(name)
        elif not path.is_file():
            left_out.setdefault("there is no such file", []).append(name)
        elif not caption.strip():
            left_out.setdefault("it has no caption", []).append(name)
        elif len(caption) > LONGEST:
            reason = f"its caption is longer than {LONGEST} characters"
            left_out.setdefault(reason, []).append(name)
        else:
            yield path, name, " ".join(caption.split())


def _metadata(path: Path, left_out: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """The (file_name, caption) pairs of metadata.jsonl; pictures it does not name are reported."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path} cannot be read as UTF-8 text ({error}): save it as UTF-8, one JSON object a "
            f"line."
        ) from error
    named = set()
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
            name, caption = line["file_name"], line.get("text", line.get("caption", ""))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            name = caption = None
        if not isinstance(name, str) or "\0" in name or not isinstance(caption, str | None):
            reason = f"the line of {METADATA} is not a JSON object with file_name and text"
            left_out.setdefault(reason, []).append(f"line {number}")
            continue
        if name in named:
            left_out.setdefault(f"it is named twice in {METADATA}", []).append(name)
            continue
        named.add(name)
        yield name, caption or ""
    for name in _pictures_in(path.parent):
        if name not in named:
            left_out.setdefault(f"{METADATA} does not name it", []).append(name)


def _beside(folder: Path, left_out: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """The (name, caption) pairs of pictures with a .txt of the same name beside them."""
    for name in _pictures_in(folder):
        note = (folder / name).with_suffix(".txt")
        try:
            yield name, note.read_text(encoding="utf-8-sig") if note.is_file() else ""
        except (OSError, UnicodeDecodeError):
            left_out.setdefault("its .txt is not UTF-8 text", []).append(name)


def _pictures_in(folder: Path) -> list[str]:
    """Names of the files below a folder that look like pictures, sorted, with forward slashes."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix.lower() in ENDINGS and path.is_file()
    )


def _read(path: Path, size: int) -> tuple[npt.NDArray[np.uint8], bool]:
    """One picture [y x 3], cropped to its middle square and resized; and whether it was square.

    Raises:
        _Unusable: not a picture, truncated, or too large.
    """
    try:
        # Only formats of still pictures; Pillow's others include programs such as PostScript.
        with warnings.catch_warnings():
            # Pillow warns of very large pictures and of odd metadata; ours is the report.
            warnings.simplefilter("ignore")
            opened = Image.open(path, formats=FORMATS)
        with opened:
            # The header tells the size: a bomb of pixels is refused before it is unpacked.
            if opened.width * opened.height > LARGEST:
                raise _Unusable(f"it has more than {LARGEST // 1_000_000} million pixels")
            if min(opened.size) < 8:
                raise _Unusable("it is less than 8 pixels wide or high")
            opened.load()
            upright = ImageOps.exif_transpose(opened)
    except _Unusable:
        raise
    except Image.DecompressionBombError:
        raise _Unusable(f"it has more than {LARGEST // 1_000_000} million pixels") from None
    # Decoders of damaged files raise almost anything (OSError, SyntaxError, struct.error, ...).
    except Exception:
        raise _Unusable("it is damaged or not a picture") from None
    if upright.mode in ("RGBA", "LA", "PA", "P"):
        layered = upright.convert("RGBA")
        upright = Image.new("RGBA", layered.size, (255, 255, 255, 255))
        upright.alpha_composite(layered)
    if upright.mode.startswith("I"):
        # Sixteen bits of grey; Pillow would clip them to eight instead of rounding.
        upright = Image.fromarray((np.asarray(upright) >> 8).clip(0, 255).astype(np.uint8))
    fitted = ImageOps.fit(upright.convert("RGB"), (size, size), Image.Resampling.LANCZOS)
    return np.asarray(fitted), upright.width == upright.height
