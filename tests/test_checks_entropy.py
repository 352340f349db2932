"""The held-out average of the entropy: measured, written, read back, and of the right model."""

import json
import math

import numpy as np
import pytest
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore import cli
from dalle_explore.checks import entropy
from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.pretrained.bundle import load_bundle
from dalle_explore.session import average as averages
from dalle_explore.session.average import average, average_entropy, read_average, write_average
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
    monkeypatch.setattr(entropy, "_BATCH", 2)
    told = []
    again = entropy.measure(model, model.settings, lambda *step: told.append(step), n=3, seed=5)
    assert np.array_equal(again.entropy, measured.entropy)
    assert told == [("pictures", 2, 3), ("pictures", 3, 3)]


def test_what_is_written_is_read_back_to_a_thousandth_of_a_bit(measured, tmp_path):
    found = read_average(write_average(tmp_path / "x.json", measured))
    assert found.entropy == pytest.approx(measured.entropy, abs=0.0005)
    assert found.sd == pytest.approx(measured.sd, abs=0.0005)
    assert found.settings == measured.settings and found.in_words() == measured.in_words()


def test_it_knows_which_settings_it_is_about(measured):
    assert measured.fits(measured.settings.replace(device="cuda"))
    assert not measured.fits(measured.settings.replace(temperature=0.5))


@pytest.mark.parametrize("n", [0, 1, 2.0, True, 10_001])
def test_a_number_of_captions_that_makes_no_average_is_refused(n, model):
    with pytest.raises(InputError, match="takes from 2 to 10000 captions"):
        entropy.measure(model, model.settings, lambda *_: None, n=n)


@pytest.mark.parametrize(
    "damage",
    [
        lambda found: found.pop("digest"),
        lambda found: found.update(entropy=[]),
        lambda found: found["entropy"].pop(),
        lambda found: found["sd"].__setitem__(0, -1),
        lambda found: found["entropy"].__setitem__(0, "3"),
        lambda found: found.update(n=2.5),
        lambda found: found.update(split=7),
        lambda found: found["settings"].update(temperature=-1),
    ],
)
def test_a_damaged_average_is_refused(damage, measured, tmp_path):
    path = write_average(tmp_path / "x.json", measured)
    found = json.loads(path.read_text())
    damage(found)
    path.write_text(json.dumps(found))
    with pytest.raises(ModelFileError, match="no held-out average .* check entropy --write"):
        read_average(path)


def test_the_command_writes_it_and_says_it_in_one_line(folder, tmp_path, capsys):
    path = tmp_path / "new" / "x.json"
    status = cli.main(
        ["check", "entropy", "--model", str(folder), "-n", "3", "--write", str(path)]
    )
    said = capsys.readouterr().out.splitlines()
    assert status == 0 and said[0].startswith("row  0 ") and f"wrote {path}" in said
    line, found = json.loads(said[-1]), read_average(path)
    assert (line["check"], line["digest"], line["n"]) == ("entropy", found.digest, 3)
    assert line["bits"] == pytest.approx(found.entropy.mean(), abs=0.001)


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["entropy", "--quick"], "belong to the exam"),
        (["entropy", "--reference", "x"], "--reference belongs to `check same`"),
        (["same", "-n", "5"], "-n and --seed belong to `check entropy`"),
        (["model", "--seed", "5"], "-n and --seed belong to `check entropy`"),
        (["entropy", "-n", "1"], "takes from 2 to 10000 captions"),
    ],
)
def test_options_that_do_not_fit_are_refused(arguments, said, folder, capsys):
    assert cli.main(["check", *arguments, "--model", str(folder)]) == 2
    assert said in capsys.readouterr().err


def test_another_model_has_no_average(model):
    assert average(model) is None and average_entropy(model) is None


def test_a_package_without_one_has_none(model, monkeypatch, tmp_path):
    monkeypatch.setattr(averages, "AVERAGE", tmp_path / "none.json")
    averages._shipped.cache_clear()
    assert average(model) is None
    averages._shipped.cache_clear()


def test_the_one_that_travels_belongs_to_the_bundled_model():
    card, found = load_bundle(None).card, read_average(averages.AVERAGE)
    assert found.digest == card.digest and found.fits(card.settings)
    assert (found.n, found.split) == (entropy.N, entropy.SPLIT)
    assert len(found.entropy) == len(found.sd) == 256
    assert 0 <= found.entropy.min() and found.entropy.max() <= math.log2(4096)
