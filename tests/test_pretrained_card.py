"""The card: closed, sealed, and honest about the files beside it."""

import json

import pytest

from dalle_explore.errors import ModelFileError
from dalle_explore.pretrained.card import (
    Card,
    FileEntry,
    Licences,
    Measured,
    Network,
    Training,
    bundle_files,
    read_card,
    update_card,
    write_card,
)
from dalle_explore.settings import Settings


def a_card(**changes):
    training = Training("the drawn world", 1, 10, "2 CPU cores", 12.5, "abc")
    entries = {
        "name": "a model",
        "about": "for a test",
        "settings": Settings(top_k=7, guidance=2.5),
        "networks": {"prior": Network({"layers": 2, "rate": 0.5, "widths": (1, 2)}, 5, training)},
        "figures": {"seen/all": Measured(0.5, 0.4, 0.6, 100), "bytes": Measured(3.0)},
    }
    return Card(**{**entries, **changes})


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "tokenizer.json").write_bytes(b"{}")
    (tmp_path / "prior.safetensors").write_bytes(b"weights")
    (tmp_path / "clip").mkdir()
    (tmp_path / "clip" / "merges.txt.gz").write_bytes(b"merges")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "prior.safetensors").write_bytes(b"a checkpoint")
    (tmp_path / "notes.txt").write_bytes(b"not of the model")
    return tmp_path


def test_what_is_written_is_read_back(folder):
    written = write_card(folder, a_card())
    assert read_card(folder) == written
    assert written.networks["prior"].config["widths"] == (1, 2)
    assert written.settings.top_k == 7 and written.parameters == 5 and written.world_version == 1


def test_licences_are_as_free_as_can_be():
    assert Licences() == Licences(weights="CC0-1.0", pictures="CC0-1.0")


def test_only_files_of_the_model_are_listed(folder):
    files = ("clip/merges.txt.gz", "prior.safetensors", "tokenizer.json")
    assert bundle_files(folder) == files
    assert tuple(write_card(folder, a_card()).files) == files


def test_the_digest_follows_what_draws_and_nothing_else(folder):
    before = write_card(folder, a_card())
    assert write_card(folder, a_card(name="another", figures={})).digest == before.digest
    (folder / "clip" / "merges.txt.gz").write_bytes(b"other merges")
    clip = write_card(folder, a_card())
    assert clip.digest == before.digest and clip.scorer_digest != before.scorer_digest
    (folder / "prior.safetensors").write_bytes(b"Weights")
    assert write_card(folder, a_card()).digest != before.digest
    other = Network({"layers": 3})
    assert write_card(folder, a_card(networks={"prior": other})).digest != clip.digest


def test_every_flipped_bit_of_a_card_is_noticed(folder):
    write_card(folder, a_card())
    path = folder / "card.json"
    good = path.read_bytes()
    unnoticed = 0
    for bit in range(0, 8 * len(good), 37):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        try:
            # White space around values is the one thing that may change without a meaning.
            unnoticed += json.loads(flipped) != json.loads(good) and bool(read_card(folder))
        except (ModelFileError, ValueError) as error:
            assert not isinstance(error, ModelFileError) or "card" in str(error)
    assert unnoticed == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"surprise": 1}, "unknown entry 'surprise'"),
        ({"name": 3}, "'name' is 3, but it has to be str"),
        ({"figures": {"a": {"value": "high"}}}, "'value' is 'high'"),
        ({"figures": [1]}, "'figures' is [1]"),
        ({"files": {"../x": {"bytes": 1, "sha256": "0" * 64}}}, "'../x'"),
        ({"files": {"clip/../x": {"bytes": 1, "sha256": "0" * 64}}}, "'clip/../x'"),
        ({"files": {"dvae.safetensors": {"bytes": 1, "sha256": "zz"}}}, "SHA-256"),
        ({"settings": {"temperature": -1}}, "temperature is -1"),
        ({"settings": {"heat": 1}}, "no setting called 'heat'"),
        ({"networks": {"prior": {"config": {"a": {}}}}}, "'a'"),
    ],
)
def test_a_foreign_card_is_refused_in_one_sentence(folder, change, words):
    from dalle_explore.pretrained import card as module

    values = {**a_card().to_json(), **change}
    values.pop("seal")
    values["seal"] = module._digest(values)  # as a stranger would who knows how
    (folder / "card.json").write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ModelFileError) as caught:
        read_card(folder)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_a_card_from_the_future_says_so(folder):
    values = {**a_card().to_json(), "dalle_explore_card": 2}
    (folder / "card.json").write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ModelFileError, match="format 2.* update dalle_explore"):
        read_card(folder)


def test_no_folder_and_no_card_are_different_sentences(tmp_path):
    with pytest.raises(ModelFileError, match="there is no model folder"):
        read_card(tmp_path / "nowhere")
    with pytest.raises(ModelFileError, match=r"holds no card\.json"):
        read_card(tmp_path)


def test_updating_adds_parts_and_drops_figures_of_other_weights(folder):
    write_card(folder, a_card())
    same = update_card(folder, networks={"judge": Network({"width": 8}, 3)})
    assert set(same.networks) == {"prior", "judge"} and same.figures
    (folder / "dvae.safetensors").write_bytes(b"new weights")
    changed = update_card(folder)
    assert "dvae.safetensors" in changed.files and changed.figures == {}
    measured = update_card(folder, figures={"seen": Measured(1.0)})
    assert read_card(folder) == measured and measured.figures["seen"].value == 1


def test_updating_starts_a_card_named_after_its_folder(folder):
    assert update_card(folder).name == folder.name
    assert FileEntry(7, read_card(folder).files["prior.safetensors"].sha256).bytes == 7
