"""Saving samples: checked before the work is done, whole or not at all afterwards."""

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dalle_explore.errors import InputError
from dalle_explore.files import faults, write_atomic
from dalle_explore.session.record import PNG_KEYWORD, Record, read_record, record_text
from dalle_explore.shown import upstairs

if TYPE_CHECKING:
    import matplotlib.figure
    import PIL.Image

__all__ = [
    "FIGURE_KINDS",
    "PAGE_KINDS",
    "FILM_KINDS",
    "PICTURE_KINDS",
    "SHEET_KINDS",
    "check_output",
    "picture_bytes",
    "save_figure",
    "save_picture",
    "save_sheet",
]

SHEET_KINDS = ("png", "svg", "pdf", "json")
FIGURE_KINDS = ("png", "svg", "pdf")
PICTURE_KINDS = ("png", "json")
PAGE_KINDS = ("html",)
FILM_KINDS = ("gif", "webp", "png", "svg", "pdf")


def check_output(
    path: str | os.PathLike[str],
    kinds: tuple[str, ...] = SHEET_KINDS,
    *,
    with_record: bool | None = None,
) -> str:
    """Check, before hours of work, that a sheet can be saved at ``path``; return its kind.

    Args:
        path: where to.
        kinds: the endings that are allowed.
        with_record: whether a record lies beside it; None: where .json is among the endings.

    Raises:
        InputError: an unknown ending, no such folder, a folder or file that cannot be written, or
            a .json beside it that is not a record and would be lost.
        MachineError: the disk is full.
    """
    path = Path(path)
    kind = path.suffix.lower().removeprefix(".")
    if kind not in kinds:
        raise InputError(
            f"cannot save {str(path)!r}: its ending is {path.suffix!r}, but the endings that can "
            f"be saved are {', '.join('.' + known for known in kinds)}: take one of them."
        )
    if with_record is None:
        with_record = "json" in kinds
    for target in _targets(path, kind) if with_record else (path,):
        if target.exists() and (not target.is_file() or not os.access(target, os.W_OK)):
            raise InputError(
                f"cannot write {target}: it is a folder, or a file that may not be written; "
                f"choose another name."
            )
    with faults(path, "write"), tempfile.TemporaryFile(dir=path.parent) as file:
        file.write(b" ")
    beside = path.with_suffix(".json")
    if with_record and beside.exists():
        try:
            read_record(beside)
        except InputError as error:
            raise InputError(
                f"cannot save {path}: its record would replace {beside}, which is not a readable "
                f"record of dalle_explore; choose another name, or move that file away."
            ) from error
    return kind


def save_sheet(
    path: str | os.PathLike[str], record: Record, figure: "matplotlib.figure.Figure | None"
) -> tuple[Path, ...]:
    """Write a sheet and its record beside it (see ``Samples.save``); return the files written."""
    path = Path(path)
    kind = check_output(path)
    text = record_text(record)
    if kind == "json" or figure is None:
        return (write_atomic(path, text.encode("ascii")),)
    data = upstairs("print")(figure, kind, text)
    with _together(path.with_suffix(".json"), text.encode("ascii")) as beside:
        return (write_atomic(path, data), beside)


def save_figure(
    path: str | os.PathLike[str],
    figure: "matplotlib.figure.Figure",
    record: str | None = None,
    kinds: tuple[str, ...] = FIGURE_KINDS,
) -> Path:
    """Write a figure with nothing beside it (see ``Comparison.save``); a PNG holds its record."""
    path = Path(path)
    kind = check_output(path, kinds)
    return write_atomic(path, upstairs("print")(figure, kind, record))


def save_picture(path: str | os.PathLike[str], picture: "PIL.Image.Image", record: Record) -> Path:
    """Write one picture as a PNG with its record inside (see ``Sample.save``), or the record."""
    path = Path(path)
    text = record_text(record)
    if check_output(path, PICTURE_KINDS) == "json":
        return write_atomic(path, text.encode("ascii"))
    return write_atomic(path, picture_bytes(picture, record))


def picture_bytes(picture: "PIL.Image.Image", record: Record) -> bytes:
    """Return one picture as a PNG that carries its record, from which ``open`` reads it."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt(PNG_KEYWORD, record_text(record))
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", pnginfo=info)
    return buffer.getvalue()


def _targets(path: Path, kind: str) -> tuple[Path, ...]:
    return (path,) if kind == "json" else (path, path.with_suffix(".json"))


@contextlib.contextmanager
def _together(path: Path, data: bytes) -> Iterator[Path]:
    """Write a companion first, and take it back if the file it accompanies cannot be written."""
    new = not path.exists()
    write_atomic(path, data)
    try:
        yield path
    except BaseException:
        if new:
            path.unlink(missing_ok=True)
        raise
