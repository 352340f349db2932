"""``python -m dalle_explore examples``: the sheets of docs/what-if.md, the same every time."""

import pytest
from house import ROOT
from PIL import Image
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.cli import main
from dalle_explore.cli.examples import EXAMPLES

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False)
    return folder


@pytest.fixture(scope="module")
def made(folder):
    model = dx.load(folder)
    return {name: example(model) for name, example in EXAMPLES.items()}


def test_every_example_is_written_twice_alike(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("dalle_explore.cli.examples._WIDTH", 420)  # few pixels take little time
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        asked = ["examples", "--out", str(tmp_path / place), "--model", str(folder)]
        assert main(asked if place == "one" else [*asked, "--only", "redrawn"]) == 0
    said = capsys.readouterr().out
    for name in EXAMPLES:
        path = tmp_path / "one" / f"what-if-{name}.png"
        assert str(path) in said
        with Image.open(path) as image:
            assert image.width == 420
    (again,) = (tmp_path / "two").iterdir()
    assert again.read_bytes() == (tmp_path / "one" / again.name).read_bytes()


def test_seeds_count_from_the_first_and_nothing_is_left_out_unsaid(made):
    for name, comparison in made.items():
        said = comparison.caption()
        if name == "fitting":
            assert said.startswith("17 drawn; 9 shown: rank 1 to 4 and 13 to 16 of 16 by fit")
        else:
            assert "all shown, none selected" in said
            seeds = {sample.seed for sample in comparison.everything}
            assert seeds == set(range(len(seeds))), name


def test_only_one_word_differs(made):
    strong = [[word for word, yes in label if yes] for label in made["one-word"].labels]
    assert strong == [["strawberry"], ["pig"], ["giraffe"], ["zebra"]]


def test_what_is_redrawn_is_what_again_would_draw(made):
    parent, *others = made["redrawn"].everything
    for seed in (1, 8):
        again = parent.again(seed=seed, from_patch=(2, 0))
        assert again.codes.tolist() == others[seed - 1].codes.tolist()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--only", "nothing"], "--only is 'nothing', but the examples are one-word, redrawn"),
        (["--out", "no/such/folder"], "no such file or directory"),
        (["--model", "dall-e-9"], "there is no model 'dall-e-9'"),
    ],
)
def test_bad_input_is_one_sentence(options, sentence, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["examples", *options]) == 2
    said = capsys.readouterr().err
    assert sentence in said and said.count("\n") == 1 and not list(tmp_path.iterdir())


def test_the_page_shows_every_example_and_the_pictures_are_small():
    page = (ROOT / "docs" / "what-if.md").read_text(encoding="utf-8")
    for name in EXAMPLES:
        path = f"pictures/what-if-{name}.png"
        assert f"]({path})" in page
        assert (ROOT / "docs" / path).stat().st_size <= 300_000
