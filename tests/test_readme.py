"""What the pages promise in code is run, with a model of random weights and the same shape."""

import re

import pytest
from house import ROOT
from PIL import Image
from tiny import make_tiny_bundle
from tiny_scores import judged

import dalle_explore as dx

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """As many layers and codes as the pages name, and as many patches as they reach."""
    folder = tmp_path_factory.mktemp("shaped")
    make_tiny_bundle(folder, clip=False, side=11, layers=3, codebook_size=512)
    return dx.load(folder)


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """One that carries a CLIP, too."""
    folder = tmp_path_factory.mktemp("scored")
    make_tiny_bundle(folder)
    return dx.load(folder)


def blocks(page, heading):
    text = (ROOT / page).read_text(encoding="utf-8")
    if heading is not None:
        text = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.M | re.S)[1]
    return re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)


def test_the_block_of_what_if_in_the_readme_runs(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (60, 40), "red").save("photo.jpg")
    (block,) = blocks("README.md", "What if")
    prompt = "a hedgehog with the texture of a mango"
    names = {"dx": dx, "model": model, "samples": dx.draw(model, prompt, n=2, score=False)}
    exec(compile(block, "README.md", "exec"), names)
    assert names["sample"] is names["samples"][0]
    assert (tmp_path / "one-word.png").is_file()


def test_the_blocks_about_the_player_run(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"dx": dx, "model": model}
    watching, figures = blocks("README.md", "Watch it decode")
    exec(compile(watching, "README.md", "exec"), names)
    names["player"].close()
    exec(compile(figures, "README.md", "exec"), names)
    assert (tmp_path / "film.gif").is_file()


def test_the_page_of_what_if_runs_from_top_to_bottom(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    textures = ("giraffe", "strawberry")
    parents = [
        dx.draw(model, f"a purse in the style of a {texture}", n=1, score=False)[0]
        for texture in textures
    ]
    names = {"dx": dx, "model": model, "parents": parents}
    found = blocks("docs/what-if.md", None)
    assert len(found) == 5
    for block in found:
        exec(compile(block, "docs/what-if.md", "exec"), names)
    assert sorted(path.stem for path in tmp_path.iterdir()) == [
        "bred",
        "fitting",
        "mixed",
        "one-word",
        "redrawn",
    ]


def test_the_blocks_about_looks_and_dependences_run(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"dx": dx, "model": model}
    asking, exploring = blocks("README.md", "Where it looks and what it depends on")
    exec(compile(asking, "README.md", "exec"), names)
    exec(compile(exploring, "README.md", "exec"), names)
    names["explorer"].close()
    names["browser"].close()
    assert (tmp_path / "explorer.html").is_file()


def test_the_blocks_about_what_pictures_can_tell_run(model):
    page = "docs/what-these-pictures-can-and-cannot-tell-you.md"
    names = {"dx": dx, "model": model}
    for block in blocks(page, None):
        exec(compile(block, page, "exec"), names)
    # Rows sum to 1: the map of nothing, over all that can be read, is 1 as well.
    assert names["above"].shape == names["sample"].codes.shape
    assert names["even"][0, 0] * model.generator.text_length == 1


def test_the_blocks_about_grids_and_scores_run(scored, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"dx": dx, "model": scored}
    drawing, watching = blocks("README.md", "Grids")
    exec(compile(drawing, "README.md", "exec"), names)
    assert len(names["grid"]) == 8 and len(names["more"]) == 12
    assert names["run"].missing == 4 * 4, "the new shape only"
    exec(compile(watching, "README.md", "exec"), names)
    names["bench"].close()
    names["view"].close()
    asking, judging = blocks("README.md", "Scores")
    exec(compile(asking, "README.md", "exec"), names)
    names["explorer"].close()
    names["scores"] = judged(names["scores"])  # this model carries no judge
    exec(compile(judging, "README.md", "exec"), names)
    saved = {"red.png", "grid.html", "scores.html"}
    assert {path.name for path in tmp_path.iterdir()} == saved


def test_the_block_about_breeding_runs(scored, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"dx": dx, "model": scored}
    (block,) = blocks("README.md", "Breeding")
    exec(compile(block, "README.md", "exec"), names)
    names["breeder"].close()
    assert len(names["family"].kin) == 2 + 4 + 4
    assert {path.name for path in tmp_path.iterdir()} == {"family.png", "family.html"}


def test_the_page_about_scores_runs_and_prints_what_it_shows(
    scored, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    page = "docs/scores.md"
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(r"^```python\n(.*?)^```(?:\n\n```text\n(.*?)^```)?", text, re.M | re.S)
    assert len(found) > 4
    names = {"dx": dx, "model": scored}
    for block, printed in found:
        exec(compile(block, page, "exec"), names)
        assert capsys.readouterr().out == printed
        if "scores = grid.scores()" in block:
            names["scores"] = judged(names["scores"])  # this model carries no judge
