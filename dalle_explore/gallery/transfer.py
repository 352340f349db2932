"""Files that carry pictures between galleries: Parquet, lines of JSON with PNGs, and CSV.

Files are written whole or not at all. They come from anywhere, so that a file is read to its end
and checked before anything of it is written into a gallery.
"""

import contextlib
import csv
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from dalle_explore.errors import DataError, InputError, MachineError
from dalle_explore.files import faults, make_folder, write_atomic
from dalle_explore.gallery.exchange import FLAT, Exchanged, flat, full, parse, values_of
from dalle_explore.gallery.rows import Row

__all__ = ["KINDS", "check_kind", "read_pictures", "whole", "write_pictures"]

KINDS = (".parquet", ".jsonl", ".csv")
_BATCH = 1000  # rows of a Parquet group
_LINE = 16 * 2**20  # bytes of a line that is read at all


def check_kind(path: Path) -> str:
    """Return the kind of a file by its ending.

    Raises:
        InputError: another one than ``KINDS``.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise InputError(
            f"the ending of {path} is {path.suffix!r}, but pictures travel as "
            f"{', '.join(KINDS)}: take one of them, or gallery.backup(path) for everything."
        )
    return kind


def write_pictures(
    path: Path, pictures: Iterable[Exchanged], png: Callable[[Row], bytes] | None
) -> int:
    """Write a file, and a folder of PNGs of the same name beside it; return how many pictures.

    Raises:
        InputError: an unknown ending, PNGs beside another kind than .jsonl, no permission.
        MachineError: the disk is full, or pyarrow is missing.
    """
    kind = check_kind(path)
    if png is not None and kind != ".jsonl":
        raise InputError(
            f"PNGs lie beside a .jsonl, which names them, but {path} is a {kind}: export to a "
            f".jsonl, or without png."
        )
    write = {".parquet": _write_parquet, ".jsonl": _write_lines, ".csv": _write_csv}[kind]
    with whole(path) as temporary:
        return write(temporary, _with_pngs(path, pictures, png))


def _with_pngs(
    path: Path, pictures: Iterable[Exchanged], png: Callable[[Row], bytes] | None
) -> Iterator[dict[str, Any]]:
    folder = path.with_suffix("")
    for number, one in enumerate(pictures):
        values = values_of(one)
        if png is not None and one.row.codes is not None:
            name = f"{number:06d}-{values['key'][:8]}.png"
            write_atomic(make_folder(folder) / name, png(one.row))
            values["picture"] = f"{folder.name}/{name}"
        yield values


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield a name beside ``path`` that takes its place once the file is on the disk.

    Raises:
        InputError, MachineError: as in ``files.faults``.
    """
    with faults(path, "write"):
        if path.is_dir():
            raise InputError(f"cannot write {path}: it is a folder; name a file.")
        temporary = path.parent / f".{secrets.token_hex(8)}.tmp"
        try:
            yield temporary
            with open(temporary, "rb+") as file:
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def _write_lines(path: Path, pictures: Iterable[dict[str, Any]]) -> int:
    count = 0
    with open(path, "x", encoding="utf-8", newline="\n") as file:
        for values in pictures:
            file.write(json.dumps(values, allow_nan=False) + "\n")
            count += 1
    return count


def _write_csv(path: Path, pictures: Iterable[dict[str, Any]]) -> int:
    count = 0
    with open(path, "x", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, FLAT)
        table.writeheader()
        for values in pictures:
            row = flat(values)
            for name in ("codes", "fit"):
                row[name] = "" if row[name] is None else row[name]
            table.writerow(row | {"favourite": int(row["favourite"])})
            count += 1
    return count


def _pyarrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MachineError(
            "Parquet needs the package pyarrow, which is not installed: `python -m pip install "
            "pyarrow`, or take .jsonl or .csv."
        ) from error
    return pyarrow


def _write_parquet(path: Path, pictures: Iterable[dict[str, Any]]) -> int:
    arrow = _pyarrow()
    kinds = {
        "seed": arrow.int64(),
        "log_probability": arrow.float64(),
        "entropy": arrow.float64(),
        "fit": arrow.float64(),
        "favourite": arrow.bool_(),
    }
    schema = arrow.schema([(name, kinds.get(name, arrow.string())) for name in FLAT])
    count = 0
    with arrow.parquet.ParquetWriter(path, schema, compression="zstd") as file:
        held: list[dict[str, Any]] = []
        for values in pictures:
            held.append(flat(values))
            count += 1
            if len(held) == _BATCH:
                file.write_table(arrow.Table.from_pylist(held, schema))
                held = []
        if held:
            file.write_table(arrow.Table.from_pylist(held, schema))
    return count


def read_pictures(path: Path) -> Iterator[Exchanged]:
    """Yield the pictures of a file, each checked.

    Raises:
        InputError: no such file, an unknown ending.
        DataError: the file is foreign or damaged; the sentence names the line or row.
        MachineError: pyarrow is missing.
    """
    read = {".parquet": _read_parquet, ".jsonl": _read_lines, ".csv": _read_csv}[check_kind(path)]
    with faults(path, "read"), open(path, "rb") as file:
        yield from read(file, path)


def _read_lines(file: IO[bytes], path: Path) -> Iterator[Exchanged]:
    number = 0
    while line := file.readline(_LINE + 1):
        number += 1
        where = f"line {number} of {path}"
        if len(line) > _LINE:
            raise DataError(f"{where} is longer than {_LINE} bytes: it is no exported gallery.")
        if not line.strip():
            continue
        try:
            values = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except (ValueError, RecursionError) as error:
            raise DataError(f"{where} is not readable JSON ({error}): get it again.") from error
        yield parse(values, where)


def _read_csv(file: IO[bytes], path: Path) -> Iterator[Exchanged]:
    import io

    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        for number, row in enumerate(csv.DictReader(text, strict=True), start=1):
            where = f"row {number} of {path}"
            values = full(row, where)
            for name, kind in (
                ("seed", int),
                ("log_probability", float),
                ("entropy", float),
                ("fit", float),
            ):
                try:
                    values[name] = None if values[name] == "" else kind(values[name])
                except (TypeError, ValueError) as error:
                    raise DataError(
                        f"{where}: {name} is {values[name]!r}, which is no number: the file was "
                        f"edited or is damaged."
                    ) from error
            values["codes"] = values["codes"] or None
            values["favourite"] = {"0": False, "1": True}.get(str(values["favourite"]))
            yield parse(values, where)
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(f"{path} is not a readable CSV ({error}): get the file again.") from error
    finally:
        text.detach()


def _read_parquet(file: IO[bytes], path: Path) -> Iterator[Exchanged]:
    arrow = _pyarrow()
    number = 0
    try:
        with arrow.parquet.ParquetFile(file) as table:
            for batch in table.iter_batches(_BATCH):
                for row in batch.to_pylist():
                    number += 1
                    where = f"row {number} of {path}"
                    yield parse(full(row, where), where)
    except (arrow.ArrowException, OSError) as error:
        raise DataError(f"{path} is not a readable Parquet ({error}): get it again.") from error
