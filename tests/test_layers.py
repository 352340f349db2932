"""Imports go downstairs only: one ordered list of rooms, no cycles, and torch begins at a line."""

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator

import pytest
from house import PACKAGE, ROOT, modules

# A room may import itself and what stands before it. Rooms that do not exist yet keep their place.
WITHOUT_TORCH = [
    "errors",
    "seeds",
    "shapes",
    "files",
    "kernel",
    "settings",
    "edits",
    "schema",
    "runs",
    "shown",
    "world",
    "text",
    "trace",
    "captions",
    "statistics",
]
ROOMS = [
    *WITHOUT_TORCH,
    "windows",
    "generator",
    "models",
    "pretrained",
    "sampling",
    "testing",
    "scoring",
    "judging",
    "training",
    "instruments",
    "gallery",
    "session",
    "checks",
    "figures",
    "widgets",
    "cli",
    "__main__",
    "__init__",
]
# Only these import by dotted name at call time: the one door upstairs, the table of commands, and
# the lazy namespace.
DOORS = {"shown", "cli", "__init__"}
# Everything built on torch; rooms before the line never import it, not even inside a function.
TORCH = {"torch", "torchvision", "open_clip", "timm"}
# Slow to import, and needed by few. They come when they are used, not when a room is entered.
SLOW = {
    "open_clip",
    "torchvision",
    "matplotlib",
    "pandas",
    "pyarrow",
    "IPython",
    "ipywidgets",
    "anywidget",
}
SLOW_ROOMS = {"figures", "widgets"}  # here they are the subject


def room(module: str) -> str:
    """The room of ``dalle_explore.world.facts`` is ``world``."""
    return module.split(".")[1] if "." in module else "__init__"


def statements(tree: ast.AST, inside: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    """Every statement with whether it stands inside a function, TYPE_CHECKING left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for other in node.orelse:
                yield other, inside
                yield from statements(other, inside)
            continue
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(node, ast.stmt):
            yield node, inside
        yield from statements(node, inside or is_function)


@functools.cache
def imports(name: str) -> tuple[tuple[str, bool], ...]:
    """Dotted names a module imports, as far as they are modules, and whether in a function."""
    found = []
    for node, inside in statements(modules()[name]):
        if isinstance(node, ast.Import):
            found += [(alias.name, inside) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, (
                f"{name} line {node.lineno}: imports are absolute in this house"
            )
            for alias in node.names:
                if (node.module, alias.name) == ("dalle_explore", "__version__"):
                    continue  # records and cards name the version; a constant leads nowhere
                child = f"{node.module}.{alias.name}"
                found.append((child if child in modules() else str(node.module), inside))
    return tuple(found)


def own_imports(name: str) -> set[str]:
    return {module for module, _ in imports(name) if module.split(".")[0] == "dalle_explore"}


@pytest.mark.parametrize("name", modules())
def test_a_module_imports_its_own_room_or_earlier_ones(name):
    for imported in own_imports(name):
        assert ROOMS.index(room(imported)) <= ROOMS.index(room(name)), (
            f"{name} imports {imported}, but '{room(imported)}' stands after '{room(name)}'"
        )


def test_every_folder_and_file_of_the_package_is_a_room_on_the_list():
    found = {
        path.stem
        for path in PACKAGE.iterdir()
        if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")
    }
    assert found <= set(ROOMS), f"not on the list: {sorted(found - set(ROOMS))}"


def test_no_module_imports_itself_by_a_detour():
    graph = {name: own_imports(name) - {name} for name in modules()}
    while True:
        # A module that imports nothing more of ours cannot be part of a circle.
        free = {name for name, imported in graph.items() if not imported & graph.keys()}
        if not free:
            break
        graph = {name: imported for name, imported in graph.items() if name not in free}
    assert not graph, f"these import each other in a circle: {sorted(graph)}"


@pytest.mark.parametrize("name", modules())
def test_only_the_doors_import_by_name(name):
    called = {
        ast.unparse(node.func) for node in ast.walk(modules()[name]) if isinstance(node, ast.Call)
    }
    by_name = called & {"importlib.import_module", "import_module", "__import__"}
    assert not by_name or room(name) in DOORS, f"{name} calls {by_name}: only {DOORS} may"


@pytest.mark.parametrize("name", [name for name in modules() if room(name) in WITHOUT_TORCH])
def test_rooms_before_the_line_name_no_torch(name):
    named = {module.split(".")[0] for module, _ in imports(name)}
    assert not named & TORCH, f"{name} imports {named & TORCH}"


def loaded_with(name: str) -> set[str]:
    """All modules, ours and others, that importing ``name`` loads before any function runs."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        module = waiting.pop()
        # Importing a.b.c runs a and a.b first.
        parts = module.split(".")
        for end in range(1, len(parts) + 1):
            part = ".".join(parts[:end])
            if part not in seen:
                seen.add(part)
                if part in modules():
                    waiting += [other for other, inside in imports(part) if not inside]
    return seen


@pytest.mark.parametrize("name", sorted({".".join(name.split(".")[:2]) for name in modules()}))
def test_entering_a_room_loads_no_slow_library(name):
    if room(name) not in SLOW_ROOMS:
        slow = loaded_with(name) & SLOW
        assert not slow, f"import {name} loads {slow} before anybody needs it"


@pytest.mark.parametrize("name", modules())
def test_open_clip_is_imported_at_the_first_scoring(name):
    at_once = {module.split(".")[0] for module, inside in imports(name) if not inside}
    assert "open_clip" not in at_once, f"{name}: it costs seconds; import it inside a function"


def loaded_after(*names: str) -> set[str]:
    """Which top-level modules a fresh Python holds after importing ``names``."""
    program = f"import sys, {', '.join(names)}\nprint(*{{m.split('.')[0] for m in sys.modules}})"
    return set(
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout.split()
    )


def test_rooms_before_the_line_load_no_torch():
    names = [name for name in modules() if room(name) in WITHOUT_TORCH]
    assert not loaded_after("dalle_explore", *names) & TORCH


@pytest.mark.parametrize("name", ["dalle_explore", "dalle_explore.__main__"])
def test_the_package_and_its_command_line_open_at_once(name):
    if name in modules():
        heavy = TORCH | SLOW | {"numpy", "PIL", "tokenizers"}
        assert not loaded_after(name) & heavy, "the first line has to appear within a second"
