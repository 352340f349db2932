"""The lessons: each asks one question, lets people predict first, and runs from top to bottom."""

import json
import os
import re
import sys

import nbclient
import nbformat
import pytest
from house import PACKAGE, ROOT

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS = 60  # of one processor, for all cells of a lesson together

each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def read(path):
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def tagged(cell, tag):
    return tag in cell.metadata.get("tags", [])


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """A kernel that is the Python running the tests, whatever kernels this machine has."""
    folder = tmp_path_factory.mktemp("jupyter")
    spec = folder / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "lessons", "language": "python"}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder))  # searched before all others
        for name in (
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
            "IPYTHONDIR",
        ):
            patch.setenv(name, str(folder / name.lower()))
        patch.delenv("MPLBACKEND")  # the notebook's own, as people have it
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
        yield


@each_lesson
def test_a_lesson_runs_from_top_to_bottom_without_a_complaint(path, kernel, tmp_path):
    if not (PACKAGE / "pretrained" / "bundled" / "card.json").is_file():
        pytest.skip("the bundle is not here yet")
    lesson = read(path)
    # How long it takes, in seconds of a processor: other programs do not count.
    clock = nbformat.v4.new_code_cell("import time\n\nprint(time.process_time())")
    lesson.cells.append(clock)
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(lesson, timeout=300, resources=resources).execute()
    said = [
        (cell.id, output.text)
        for cell in lesson.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr"
    ]
    assert not said, "a lesson shows no warnings"
    assert float(clock.outputs[0].text) < SECONDS
    size = len(nbformat.writes(lesson))
    assert size < 8 * 2**20, "with all its outputs it can still be sent by mail"


def test_the_lessons_have_numbers_of_their_own_from_nought():
    """There may be gaps: a number belongs to its question, and is not given twice."""
    numbers = [re.match(r"(\d\d)-[a-z]", path.name)[1] for path in LESSONS]
    assert numbers == sorted(set(numbers)) and numbers[0] == "00"


@each_lesson
def test_what_is_committed_is_written_by_hand_only(path):
    """No outputs, counts or states of widgets: whoever changes a lesson changes its words."""
    text, lesson = path.read_text(encoding="utf-8"), read(path)
    nbformat.validate(lesson)
    assert text == nbformat.writes(lesson).rstrip("\n") + "\n"
    assert set(lesson.metadata) == {"kernelspec", "language_info"}
    assert lesson.metadata.kernelspec.name == "python3"
    for cell in lesson.cells:
        assert set(cell.metadata) <= {"tags"}, cell.id
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None, cell.id


@each_lesson
def test_every_cell_has_a_name_that_says_what_it_is_for(path):
    names = [cell.id for cell in read(path).cells]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in names), names


@each_lesson
def test_a_lesson_begins_with_its_question(path):
    title = read(path).cells[0].source.splitlines()[0]
    assert title.startswith("# ") and title.endswith("?")


@each_lesson
def test_people_predict_before_the_cell_that_shows_the_answer(path):
    cells = read(path).cells
    asking = [n for n, cell in enumerate(cells) if "**Predict first.**" in cell.source]
    assert len(asking) >= 2
    assert asking == [n for n, cell in enumerate(cells) if tagged(cell, "predict")]
    for n in asking:
        assert cells[n].cell_type == "markdown" and cells[n + 1].cell_type == "code"


@each_lesson
def test_every_exercise_has_its_answer_one_click_away(path):
    (exercises,) = [cell.source for cell in read(path).cells if cell.id == "exercises"]
    asked = re.split(r"^\*\*\d\.\*\* ", exercises, flags=re.M)[1:]
    assert len(asked) >= 3
    for text in asked:
        # A blank line on both sides, or Jupyter does not read the answer as Markdown.
        assert re.search(
            r"\n\n<details>\n<summary>Answer</summary>\n\n.+\n\n</details>\s*$", text, re.S
        ), text


@each_lesson
def test_links_lead_somewhere_and_each_lesson_to_the_next_that_there_is(path):
    linked = re.findall(r"\]\(([^)]+)\)", "\n".join(cell.source for cell in read(path).cells))
    assert all((path.parent / name).is_file() for name in linked)
    after = LESSONS[(LESSONS.index(path) + 1) % len(LESSONS)]  # the last leads back to the first
    assert after.name in linked


def test_the_first_lesson_is_a_map_of_all():
    text = "\n".join(cell.source for cell in read(LESSONS[0]).cells)
    for path in LESSONS[1:]:
        question = read(path).cells[0].source.splitlines()[0].removeprefix("# ")
        assert f"| [{path.name[:2]}]({path.name}) | {question} |" in text
