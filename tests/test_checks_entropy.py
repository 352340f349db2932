"""The held-out average of the entropy: measured alone, as the atlas measures it too."""

import json
import math

import numpy as np
import pytest
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore import cli
from dalle_explore.checks import entropy
from dalle_explore.errors import InputError
from dalle_explore.instruments import population
from dalle_explore.session.average import average, average_entropy
from dalle_explore.world.splits import example

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("entropy") / "tiny"
    make_tiny_bundle(path, clip=False)
    return path


@pytest.fixture(scope="module")
def model(folder):
    return dx.load(folder)


@pytest.fixture(scope="module")
def measured(model):
    return entropy.measure(model, model.settings, lambda *_: None, n=3, seed=5)


def test_it_is_the_mean_of_single_pictures_of_held_out_captions(model, measured):
    captions = [example("unseen_pairs", j).caption for j in range(3)]
    drawn = [
        dx.draw(model, caption, n=1, seed=5 + j, score=False)[0]
        for j, caption in enumerate(captions)
    ]
    bits = np.stack([sample.steps.entropy.astype(float) for sample in drawn]) / math.log(2)
    assert measured.entropy == pytest.approx(bits.mean(axis=0))
    assert measured.sd == pytest.approx(bits.std(axis=0, ddof=1))
    assert (measured.n, measured.seed, measured.digest) == (3, 5, model.digest)


def test_batches_do_not_change_it(model, measured, monkeypatch):
    monkeypatch.setattr(population, "_BATCH", 2)
    told = []
    again = entropy.measure(model, model.settings, lambda *step: told.append(step), n=3, seed=5)
    assert np.array_equal(again.entropy, measured.entropy)
    assert told == [("pictures", 2, 3), ("pictures", 3, 3)]


def test_it_knows_which_settings_it_is_about(measured):
    assert measured.fits(measured.settings.replace(device="cuda"))
    assert not measured.fits(measured.settings.replace(temperature=0.5))


@pytest.mark.parametrize("n", [0, 1, 2.0, True, 10_001])
def test_a_number_of_captions_that_makes_no_average_is_refused(n, model):
    with pytest.raises(InputError, match="takes from 2 to 10000 captions"):
        entropy.measure(model, model.settings, lambda *_: None, n=n)


def test_the_command_says_it_patch_by_patch_and_in_one_line(folder, capsys, measured):
    arguments = ["check", "entropy", "--model", str(folder), "-n", "3", "--seed", "5"]
    assert cli.main(arguments) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("row  0 ") and "never trained on" in said[4]
    line = json.loads(said[-1])
    assert (line["check"], line["digest"], line["n"]) == ("entropy", measured.digest, 3)
    assert line["bits"] == pytest.approx(measured.entropy.mean(), abs=0.001)


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["entropy", "--quick"], "--quick belongs to `check model` and `check settings`"),
        (
            ["entropy", "--write", "x"],
            "--write belongs to `check same` and `check atlas` and `check stock` and "
            "`check instruments`",
        ),
        (["entropy", "--reference", "x"], "--reference belongs to `check same`"),
        (["same", "-n", "5"], "belongs to `check entropy` and `check atlas`"),
        (["model", "--seed", "5"], "belongs to `check entropy` and `check atlas`"),
        (["entropy", "-n", "1"], "takes from 2 to 10000 captions"),
    ],
)
def test_options_that_do_not_fit_are_refused(arguments, said, folder, capsys):
    assert cli.main(["check", *arguments, "--model", str(folder)]) == 2
    assert said in capsys.readouterr().err


def test_another_model_has_no_average(model):
    assert average(model) is None and average_entropy(model) is None
