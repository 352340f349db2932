"""The house is kept: file sizes, words, versions, and the same commands everywhere."""

import re
import subprocess
import sys
import tomllib

import pytest
from house import PACKAGE, ROOT, committed_files

LINES = 500
BINARY = {".png", ".jpg", ".gz", ".xz", ".safetensors", ".npz", ".ico", ".woff2"}
COMMANDS = ["python -m ruff check", "python -m ruff format --check", "python -m mypy"]
# Split, so that this file does not contain what it forbids.
FORBIDDEN = {
    "TO" + "DO": "finish it, or write an issue",
    "FIX" + "ME": "fix it, or write an issue",
    "NotImplemented" + "Error": "no stubs: an abstract method, or an error of the house's tree",
    "lorem" + " ipsum": "write the sentence",
    "/wo" + "rk/": "a path of one machine",
    "/ro" + "ot/": "a path of one machine",
    "/Us" + "ers/": "a path of one machine",
    "C:" + "\\\\": "a path of one machine",
}


def text_of(path):
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project():
    return tomllib.loads(text_of(ROOT / "pyproject.toml"))


def test_no_file_of_code_is_longer_than_one_sitting():
    suffixes = {".py", ".ts", ".js", ".mjs", ".css"}
    built = PACKAGE / "widgets" / "static"
    folders = ("dalle_explore", "tests", "widgets", "benchmarks", "docs", ".ci")
    lengths = {
        str(path.relative_to(ROOT)): len(text_of(path).splitlines())
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in suffixes
        and "node_modules" not in path.parts
        and not path.is_relative_to(built)
    }
    assert len(lengths) > 10
    assert not {name: count for name, count in lengths.items() if count > LINES}


def test_no_committed_text_holds_forbidden_words_or_broken_lines():
    faults = []
    for path in committed_files():
        if path.suffix in BINARY:
            continue
        text = text_of(path)  # everything that is not binary is UTF-8
        name = path.relative_to(ROOT)
        faults += [f"{name}: {word!r} ({why})" for word, why in FORBIDDEN.items() if word in text]
        if "\r" in text:
            faults.append(f"{name}: lines end with a carriage return")
        weighed = path.is_relative_to(PACKAGE / "pretrained" / "bundled")  # byte for byte
        if text and not text.endswith("\n") and not weighed:
            faults.append(f"{name}: the last line does not end")
        if any(mark in text for mark in ("\n<<<<<<< ", "\n>>>>>>> ")):
            faults.append(f"{name}: an unresolved merge")
    assert not faults, "\n".join(faults)


def test_no_committed_file_is_larger_than_the_house_allows():
    large = {
        str(path.relative_to(ROOT)): path.stat().st_size
        for path in committed_files()
        if path.stat().st_size > (15 * 2**20 if path.is_relative_to(PACKAGE) else 2 * 2**20)
    }
    assert not large


def test_one_version_everywhere(project):
    version = project["project"]["version"]
    assert f"\nversion: {version}\n" in text_of(ROOT / "CITATION.cff")
    changelog = text_of(ROOT / "CHANGELOG.md")
    assert "\n## Unreleased\n" in changelog or f"\n## {version}" in changelog
    kinds = set(re.findall(r"^### (.+)$", changelog, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Fixed"}


def test_the_licence_is_the_one_declared(project):
    assert project["project"]["license"] == "MIT"
    assert text_of(ROOT / "LICENSE").startswith("MIT License\n")
    assert "\nlicense: MIT\n" in text_of(ROOT / "CITATION.cff")


def test_the_same_commands_run_at_the_desk_in_pre_commit_and_in_ci():
    for name in ("CONTRIBUTING.md", ".pre-commit-config.yaml", ".ci/run"):
        assert [command for command in COMMANDS if command not in text_of(ROOT / name)] == [], name


def test_contributing_sends_readers_to_files_that_exist():
    named = re.findall(
        r"`((?:[\w.]+/)*\w+\.(?:py|md|toml)|\w+/)`", text_of(ROOT / "CONTRIBUTING.md")
    )
    assert len(named) > 10
    missing = [n for n in named if not ((PACKAGE / n).exists() or (ROOT / n).exists())]
    assert not missing, f"CONTRIBUTING.md names {missing}"


def test_ci_runs_the_second_block_of_the_readme():
    assert "readme_block.py README.md 2" in text_of(ROOT / ".ci" / "run")
    block = subprocess.run(
        [sys.executable, ROOT / ".ci" / "readme_block.py", ROOT / "README.md", "2"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    lines = block.splitlines()
    assert any('pip install -e ".[test]"' in line for line in lines), block
    assert lines[-1].startswith("python -m pytest"), block


def test_readme_block_finds_shell_blocks_only_and_says_when_there_are_too_few(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "```bash\npip one\n```\n\n```python\nimport two\n```\n\n```sh\npip three\npytest\n```\n",
        encoding="utf-8",
    )
    program = [sys.executable, ROOT / ".ci" / "readme_block.py", page]
    second = subprocess.run([*program, "2"], capture_output=True, encoding="utf-8")
    assert (second.returncode, second.stdout) == (0, "pip three\npytest\n")
    third = subprocess.run([*program, "3"], capture_output=True, encoding="utf-8")
    assert third.returncode == 1 and "has 2 blocks" in third.stderr


def test_ci_is_a_program_that_can_be_run():
    first = text_of(ROOT / ".ci" / "run").splitlines()[0]
    assert first == "#!/usr/bin/env bash"
    if sys.platform != "win32":
        assert (ROOT / ".ci" / "run").stat().st_mode & 0o111 == 0o111


def test_every_exception_to_warnings_as_errors_has_a_reason():
    page = text_of(ROOT / "pyproject.toml")
    block = re.search(r"^filterwarnings = \[\n(.*?)^\]", page, re.MULTILINE | re.DOTALL)
    assert block is not None
    lines = [line.strip() for line in block[1].splitlines() if line.strip()]
    assert lines[0] == '"error",'
    for before, line in zip(lines, lines[1:], strict=False):
        if not line.startswith("#"):
            assert before.startswith("#"), f"no reason above {line}"
