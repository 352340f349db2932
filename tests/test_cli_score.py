"""``python -m dalle_explore score``: pictures and texts in, tables of scores and places out."""

import csv
import json
import re
import shutil

import numpy as np
import pytest
import torch
from PIL import Image
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.cli import main
from dalle_explore.judging.judge import Judge
from dalle_explore.judging.network import JudgeConfig
from dalle_explore.pretrained.card import Network, update_card
from dalle_explore.scoring.contrast import contrastive

pytestmark = pytest.mark.usefixtures("one_thread")

PROMPT = "a red cube on top of a blue sphere"
SMALL = JudgeConfig(widths=(8, 16, 32), blocks=(0, 1, 1), heads=2, reading=16)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder)
    torch.manual_seed(0)
    Judge(SMALL).save(folder / "judge.safetensors")
    update_card(folder, networks={"judge": Network(SMALL.to_json(), 1, None)})
    return folder


@pytest.fixture(scope="module")
def model(folder):
    return dx.load(folder)


@pytest.fixture(scope="module")
def samples(model):
    return dx.draw(model, PROMPT, n=3, seed=5)


@pytest.fixture(scope="module")
def saved(samples, tmp_path_factory):
    """Pictures of ours, alone and on a sheet, and of strangers."""
    folder = tmp_path_factory.mktemp("saved")
    for sample in samples:
        sample.save(folder / f"{sample.seed}.png")
    samples[0].picture.save(folder / "bare.png")
    samples.best(2).save(folder / "sheet.png")
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 256, (60, 90, 3), dtype=np.uint8)).save(folder / "photo.jpg")
    return folder


@pytest.fixture
def score(folder, saved, tmp_path, monkeypatch, capsys):
    """Run the command in a folder with pictures; return status, output, and complaint."""
    shutil.copytree(saved, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)

    def run(*arguments, model=folder):
        status = main(["score", *map(str, arguments), "--model", str(model)])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return run


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_our_own_pictures_know_their_text_and_get_the_scores_they_were_drawn_with(score, samples):
    status, said, _ = score("5.png", "6.png", "7.png", "--csv", "scores.csv")
    assert status == 0 and f"“{PROMPT}”, by CLIP of" in said
    assert "1st of 3" in said and "3rd of 3" in said and "saved scores.csv" in said
    rows = table("scores.csv")
    assert [int(row["seed"]) for row in rows] == [sample.seed for sample in samples]
    assert [float(row["cosine"]) for row in rows] == [sample.score for sample in samples]
    assert [row["place"] for row in rows] == ["1", "2", "3"] and rows[0]["right"] == ""


@pytest.mark.parametrize("name", ["sheet.png", "sheet.json"])
def test_a_sheet_counts_as_the_pictures_on_it(score, samples, name):
    _, said, _ = score(name, "--csv", "scores.csv")
    rows = table("scores.csv")
    assert [float(row["cosine"]) for row in rows] == list(samples.best(2).scores)
    assert f"{name}, seed {samples[0].seed}" in said


def test_strangers_are_scored_against_every_text_that_is_given(score, samples):
    texts = ("--text", PROMPT, "--text", "a hedgehog drinking tea")
    status, said, _ = score("bare.png", "photo.jpg", *texts, "--csv", "scores.csv")
    assert status == 0 and said.count("1st of 2") == 2
    rows = table("scores.csv")
    assert [row["text"] for row in rows] == [PROMPT] * 2 + ["a hedgehog drinking tea"] * 2
    (own,) = (row for row in rows if row["picture"] == "bare.png" and row["text"] == PROMPT)
    assert float(own["cosine"]) == samples[0].score


def test_the_contrast_orders_by_the_probability_among_foils(score, samples, model):
    _, said, _ = score("5.png", "6.png", "7.png", "--contrast", "--csv", "scores.csv")
    assert "among foils" in said
    found = {int(row["seed"]): float(row["probability"]) for row in table("scores.csv")}
    pixels = np.stack([np.asarray(sample.picture) for sample in samples])
    wanted = contrastive(model.scorer, PROMPT, pixels)
    assert [found[s.seed] for s in samples] == pytest.approx(wanted.tolist(), abs=1e-9)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    status, _, complaint = score("5.png", "--contrast", "--text", "xyzzy")
    assert status == 2 and "cannot be read" in complaint


def test_the_judge_reads_the_stated_facts_where_the_text_states_some(score):
    texts = ("--text", PROMPT, "--text", "xyzzy")
    status, said, _ = score("photo.jpg", *texts, "--judge", "--csv", "scores.csv")
    assert status == 0 and "facts right" in said and "for the judge 1 of 1 were resized" in said
    assert "the judge cannot read “xyzzy”: no fact of the world is stated" in said
    one, other = table("scores.csv")
    assert one["stated"] == "5" and 0 <= int(one["right"]) <= 5
    assert (int(one["right"]) == 5) == (not one["missed"]) and other["right"] == ""


def test_another_scorer_is_named(score, folder):
    _, said, _ = score("photo.jpg", "--text", PROMPT, "--scorer", folder / "clip", model="nowhere")
    assert f"by CLIP of {folder.name}" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.png"], "there is no picture 'nowhere.png'"),
        (["photo.jpg"], "does not say what it should show.+ give --text"),
        (["photo.jpg", "--text", " "], "the prompt is empty"),
        (["photo.jpg", "--text", "a cat", "--csv", "scores.txt"], "endings that can be saved"),
        (["broken.png", "--text", "a cat"], "broken.png is not a picture that can be read"),
        (["other.json"], "not a record of dalle_explore"),
        (["photo.jpg", "--text", "a cat", "--scorer", "no/thing/there"], "there is no folder"),
        (["photo.jpg", "--text", "word " * 70], "CLIP tokens"),
    ],
)
def test_what_cannot_be_scored_is_one_sentence(score, tmp_path, arguments, words):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    (tmp_path / "other.json").write_text(json.dumps({"a": 1}))
    status, _, complaint = score(*arguments)
    assert status == 2
    assert complaint.count("\n") == 1
    assert re.search(words, complaint), complaint
