"""The log of a run: one JSON object a line, each with its step."""

import contextlib
import json
from pathlib import Path
from typing import Any

from dalle_explore.files import faults, write_atomic

NAME = "log.jsonl"


def append(path: Path, line: dict[str, Any]) -> None:
    """Add one line.

    Raises:
        InputError, MachineError: the log cannot be written.
    """
    with faults(path, "write"), open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def read(path: Path) -> list[dict[str, Any]]:
    """The lines of a log; a half-written last line (of a killed run) is left out."""
    if not path.is_file():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(ValueError):
            lines.append(json.loads(text))
    return lines


def forget_after(path: Path, step: int) -> None:
    """Drop the lines of steps that are about to be trained again."""
    kept = [json.dumps(line) for line in read(path) if line["step"] <= step]
    write_atomic(path, "".join(f"{line}\n" for line in kept).encode("utf-8"))
