"""How much memory a process took: figures of this process, and programs in processes of their own.

On Linux ``ru_maxrss`` of a child begins at the peak of the parent that started it, so it is only
read where there is nothing better.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_mb() -> float | None:
    """The most memory that this process ever held, 2**20 bytes; None where nobody can say."""
    if STATUS.exists():
        return _status("VmHWM")
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def held_mb() -> float | None:
    """What this process holds now; None where only the peak is known."""
    return _status("VmRSS") if STATUS.exists() else None


def forget_peak() -> bool:
    """Let the peak begin anew at what is held now; whether that can be done here."""
    try:
        CLEAR.write_text("5")
    except OSError:
        return False
    return True


def in_child(module: str, *arguments: str) -> dict[str, Any]:
    """Run a module in a process of its own; return the JSON of its last line."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        check=True,
        encoding="utf-8",
        cwd=Path(__file__).parent.parent,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _status(name: str) -> float:
    for line in STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"{STATUS} has no line {name}")
