"""What people install is the wheel: built here, opened, and used with the checkout hidden."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from house import PACKAGE, ROOT, modules

PROMPT = "an illustration of a baby penguin with headphones skating on ice"


def has_backend() -> bool:
    if importlib.util.find_spec("build") is None or importlib.util.find_spec("setuptools") is None:
        return False
    import setuptools

    return int(setuptools.__version__.split(".")[0]) >= 77


pytestmark = pytest.mark.skipif(
    not has_backend(), reason="needs the build backend setuptools, version 77 or later, and build"
)


def sources() -> set[str]:
    """Every file of the package that is not a product of running it."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".tmp"
    }


def bundle() -> set[str]:
    return {name for name in sources() if name.startswith("dalle_explore/pretrained/bundled/")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built from a copy: nothing is left in the checkout, and nothing old gets in.

    Without isolation: the backend is the one installed here, and no network is needed.
    """
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    skip = shutil.ignore_patterns("__pycache__", "*.tmp")
    shutil.copytree(PACKAGE, copy / "dalle_explore", ignore=skip)
    # Things that must stay out of the wheel have to be there to be kept out.
    for other in ("tests", "notebooks", "benchmarks"):
        if (ROOT / other).is_dir():
            shutil.copytree(ROOT / other, copy / other, ignore=skip)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, copy],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel) -> Path:
    """The wheel, unpacked: what an installation puts on the path."""
    folder = wheel.parent / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_installed(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run Python where the unpacked wheel is found first and the checkout is not looked at."""
    # -P leaves out the current folder, PYTHONPATH goes before an editable installation.
    path = os.pathsep.join(filter(None, [str(installed), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, "-P", "-W", "error::SyntaxWarning", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        encoding="utf-8",
    )


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    inside = {name for name in names if ".dist-info/" not in name}
    notebooks = {
        f"dalle_explore/notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")
    }
    assert inside == sources() | notebooks
    assert "dalle_explore/py.typed" in inside
    assert bundle() <= inside
    static = "dalle_explore/widgets/static"
    for file in ("decode_player.js", "decode_player.css", "decode_player.page.js"):
        assert f"{static}/{file}" in inside, "the wheel needs no node: what it built travels"
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_wheel_is_one_for_every_system_and_names_its_needs(wheel, installed):
    with open(ROOT / "pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    assert wheel.name == f"dalle_explore-{project['version']}-py3-none-any.whl"
    (info,) = installed.glob("*.dist-info")
    metadata = (info / "METADATA").read_text(encoding="utf-8")
    for line in ("License-Expression: MIT", "Requires-Python: >=3.11", "Provides-Extra: test"):
        assert f"\n{line}\n" in metadata
    for need in project["dependencies"]:
        assert f"Requires-Dist: {need.split('>')[0]}" in metadata
    scripts = (info / "entry_points.txt").read_text(encoding="utf-8")
    module, function = project["scripts"]["dalle-explore"].split(":")
    assert f"dalle-explore = {module}:{function}" in scripts
    place = installed / module.replace(".", "/")
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    assert module in modules() and f"def {function}(" in file.read_text(encoding="utf-8")


def test_the_bundle_is_small_enough_to_travel(installed):
    sizes = [(installed / name).stat().st_size for name in bundle()]
    assert sum(sizes) <= 40 * 2**20
    assert max(sizes, default=0) <= 15 * 2**20


def test_every_module_imports_from_the_wheel_and_none_from_the_checkout(installed, tmp_path):
    names = [name for name in modules() if not name.endswith("__main__")]
    program = (
        "import importlib, json, sys\n"
        f"for name in {names!r}:\n"
        "    importlib.import_module(name)\n"
        "print(json.dumps({name: module.__file__ for name, module in sys.modules.items()\n"
        "    if name.split('.')[0] == 'dalle_explore' and module.__file__}))\n"
    )
    done = run_installed(installed, tmp_path, "-c", program)
    assert done.returncode == 0, done.stderr
    files = json.loads(done.stdout.splitlines()[-1])
    assert set(names) <= set(files)
    assert all(Path(file).is_relative_to(installed) for file in files.values())


def test_the_command_line_answers_from_the_wheel(installed, tmp_path):
    done = run_installed(installed, tmp_path, "-m", "dalle_explore", "--help")
    assert done.returncode == 0, done.stderr
    for command in ("draw", "train", "world", "check"):
        assert command in done.stdout


def test_the_lessons_travel_in_the_wheel_and_are_found_there(installed, tmp_path):
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from dalle_explore.cli.lab import lay_out, lessons\n"
        "print(*lay_out(Path('mine')))\n"
        "assert all(path.is_relative_to(sys.argv[1]) for path in lessons())\n"
    )
    done = run_installed(installed, tmp_path, "-c", program, str(installed))
    assert done.returncode == 0, done.stderr
    lessons = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert [path.name for path in lessons] == sorted(p.name for p in (tmp_path / "mine").iterdir())
    for path in lessons:
        assert (tmp_path / "mine" / path.name).read_bytes() == path.read_bytes()


def test_a_sentence_becomes_a_picture_from_the_wheel(installed, tmp_path):
    if not bundle():
        pytest.skip("the bundle is not here yet")
    arguments = ["draw", PROMPT, "-n", "2", "--keep", "1", "--seed", "0", "-o", "sheet.png"]
    done = run_installed(installed, tmp_path, "-m", "dalle_explore", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
