"""What the tests about the house share: where the checkout is, and which files belong to it."""

import ast
import functools
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "dalle_explore"


@functools.cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its dotted name, parsed, without running any of it."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    return found


def is_public(name: str) -> bool:
    """Say whether no part of a dotted name is private; ``__main__`` and its like are public."""
    return not any(part.startswith("_") and not part.endswith("__") for part in name.split("."))


def functions(tree: ast.Module) -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Public functions, and public methods as ``Class.method``, of one module."""
    found: list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]] = []
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else []
        for item, prefix in [(node, ""), *((child, f"{node.name}.") for child in inside)]:
            if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
                name = prefix + item.name
                if is_public(name):
                    found.append((name, item))
    return found


def committed_files() -> list[Path]:
    """Files that are tracked, or will be with the next commit: all that git does not ignore."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("needs git and a checkout")
    listing = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    # A file that was deleted but not yet committed is still in git's list.
    return [ROOT / name for name in sorted(set(listing.split("\0"))) if (ROOT / name).is_file()]
