"""``python -m dalle_explore draw``: the main job, and everything that can be wrong with it."""

import errno
import json
import os
import re
import shutil

import pytest
import torch
from PIL import Image
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.cli import main
from dalle_explore.pretrained import find

PENGUIN = "an illustration of a baby penguin with headphones skating on ice"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder)
    return folder


@pytest.fixture
def draw(model, tmp_path, monkeypatch, capsys):
    """Run the command in an empty folder; return status, output, and complaint."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, folder=model):
        status = main(["draw", *map(str, arguments), "--model", str(folder)])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return run


def test_a_sentence_becomes_a_sheet_with_its_record(draw, model, tmp_path):
    status, said, bar = draw(PENGUIN, "-n", 6, "--keep", 4, "--seed", 2, "-o", "sheet.png")
    assert status == 0
    assert said.startswith(f'drawing "{PENGUIN}": n = 6, seed 2')
    assert re.findall(r"^ +(\d+)  CLIP -?0\.\d{3}  seed \d$", said, re.M) == ["1", "2", "3", "4"]
    assert "drawing" in bar and "sheet.png and sheet.json" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sheet.json", "sheet.png"]
    opened = dx.open("sheet.png", dx.load(model))
    assert len(opened) == 4 and opened.drawn == 6 and opened.prompt == PENGUIN
    assert sorted(s.seed for s in opened.everything) == [2, 3, 4, 5, 6, 7]
    with Image.open("sheet.png") as image:
        assert image.width > 1000


def test_options_reach_the_settings(draw):
    options = "--temperature 0.5 --top-k 3 --top-p 0.9 --guidance 2 --precision bf16".split()
    status, _, _ = draw("a cat", "-n", 1, "--no-score", "-o", "a.json", *options)
    assert status == 0
    with open("a.json", encoding="utf-8") as file:
        settings = json.load(file)["recipe"]["settings"]
    assert settings == {
        "temperature": 0.5,
        "top_k": 3,
        "top_p": 0.9,
        "guidance": 2.0,
        "precision": "bf16",
        "device": "cpu",
    }


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_other_kinds_of_sheet(draw, tmp_path, kind):
    assert draw("a cat", "-n", 2, "--no-score", "-o", f"a.{kind}")[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", f"a.{kind}"]


def test_words_outside_the_world_are_named_and_drawn_all_the_same(draw):
    status, said, _ = draw("a photo of a hedgehog drinking tea", "-n", 1, "--no-score")
    assert status == 0 and '"photo" is outside its world' in said and '"hedgehog"' not in said


def test_a_model_without_clip_draws_with_no_score(draw, tmp_path_factory):
    folder = tmp_path_factory.mktemp("no_clip")
    make_tiny_bundle(folder, clip=False)
    status, _, said = draw("a cat", folder=folder)
    assert status == 2 and "--no-score" in said
    assert draw("a cat", "-n", 1, "--no-score", folder=folder)[0] == 0


BAD = [
    ([""], "prompt is empty"),
    (["\t "], "control character"),
    (["a\x07cat"], "control character U+0007"),
    (["word " * 10_000], "limit is 64 tokens"),
    (["a cat", "-n", "0"], "n is 0"),
    (["a cat", "-n", "-3"], "n is -3"),
    (["a cat", "-n", "x"], "invalid int value: 'x'"),
    (["a cat", "-n", "99999"], "at most 10000"),
    (["a cat", "--keep", "17"], "keep is 17, but 16 are drawn"),
    (["a cat", "--keep", "0"], "keep is 0"),
    (["a cat", "--keep", "2", "--no-score"], "without scores"),
    (["a cat", "--seed", "-1"], "seed is -1"),
    (["a cat", "--temperature", "-1"], "temperature is -1"),
    (["a cat", "--temperature", "nan"], "temperature is nan"),
    (["a cat", "--top-k", "17"], "only 16 codes"),
    (["a cat", "--top-k", "0"], "top_k is 0"),
    (["a cat", "--top-p", "1.5"], "top_p is 1.5"),
    (["a cat", "--guidance", "-1"], "guidance is -1"),
    (["a cat", "--precision", "fp8"], "precision is 'fp8'"),
    (["a cat", "--device", "tpu"], "device is 'tpu'"),
    (["a cat", "-o", "sheet.gif"], "endings that can be saved are .png"),
    (["a cat", "-o", "sheet"], "endings that can be saved are .png"),
    (["a cat", "-o", "nowhere/sheet.png"], "no such file or directory"),
    (["a cat", "-o", "folder.png"], "it is a folder"),
    (["a cat", "-o", "taken.png"], "not a readable record"),
    ([], "required: prompt"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD)
def test_bad_input_is_one_sentence_before_anything_is_drawn(draw, tmp_path, arguments, words):
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "taken.json").write_text('{"mine": 1}', encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    status, _, said = draw(*arguments)
    assert status == 2 and words in said
    assert said.startswith("error: ") and said.count("\n") == 1 and len(said) < 400
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "taken.json").read_text(encoding="utf-8") == '{"mine": 1}'


def test_a_missing_model_is_named(draw, tmp_path):
    status, _, said = draw("a cat", folder="dall-e-9")
    assert status == 2 and "there is no model 'dall-e-9'" in said
    status, _, said = draw("a cat", folder=tmp_path)
    assert status == 2 and "holds no card.json" in said


def test_a_package_without_weights_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(find, "_BUNDLED_FOLDER", tmp_path)
    assert main(["draw", "a cat", "-o", str(tmp_path / "a.png")]) == 2
    assert "carries no trained model" in capsys.readouterr().err


def test_corrupted_and_foreign_weights_are_named(draw, model, tmp_path):
    folder = shutil.copytree(model, tmp_path / "damaged")
    path = folder / "prior.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    status, _, said = draw("a cat", folder=folder)
    assert status == 2 and "prior.safetensors is damaged or was replaced" in said
    path.write_bytes(b"PK\x03\x04 a pickle in a zip")
    status, _, said = draw("a cat", folder=folder)
    assert status == 2 and "prior.safetensors has" in said
    path.unlink()
    status, _, said = draw("a cat", folder=folder)
    assert status == 2 and "prior.safetensors is missing" in said


def test_no_gpu_where_one_was_asked_for_is_the_fault_of_the_machine(draw, monkeypatch, tmp_path):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    status, _, said = draw("a cat", "--device", "cuda")
    assert status == 1 and "GPU" in said and not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.png", "a.json"])
def test_a_disk_that_fills_up_while_saving_leaves_nothing(draw, monkeypatch, tmp_path, name):
    calls = []

    def full(descriptor):
        calls.append(descriptor)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    status, _, said = draw("a cat", "-n", 1, "--no-score", "-o", name)
    assert status == 1 and "the disk is full" in said and calls
    assert not list(tmp_path.iterdir())


def test_a_disk_that_fills_up_after_the_record_takes_the_record_back(draw, monkeypatch, tmp_path):
    replace, names = os.replace, []

    def second_fails(source, target):
        names.append(os.path.basename(target))
        if len(names) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", second_fails)
    status, _, said = draw("a cat", "-n", 1, "--no-score", "-o", "a.png")
    assert status == 1 and "the disk is full" in said and names == ["a.json", "a.png"]
    assert not list(tmp_path.iterdir())


def test_an_interrupt_while_drawing_writes_nothing(draw, monkeypatch, tmp_path):
    def stop(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("dalle_explore.session.studio.decode", stop)
    status, _, said = draw("a cat", "--no-score")
    assert (
        status == 130 and said.strip().endswith("half-written.") and not list(tmp_path.iterdir())
    )


def test_a_sheet_may_be_drawn_again_over_its_own_record(draw):
    for seed in (0, 1):
        assert draw("a cat", "-n", 1, "--no-score", "--seed", seed)[0] == 0
    with open("sheet.json", encoding="utf-8") as file:
        assert json.load(file)["samples"][0]["seed"] == 1
