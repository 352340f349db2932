"""Do two machines draw the same pictures? Counted code by code, for one model."""

import json

import pytest
from tiny import make_tiny_bundle

from dalle_explore import cli
from dalle_explore.checks import same
from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.kernel import without_kernel
from dalle_explore.session.model import Model


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("same") / "tiny"
    make_tiny_bundle(path, clip=False)
    return path


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(same, "PROMPTS", ("a cat", "a red cube"))
    monkeypatch.setattr(same, "SEEDS", range(3))


def checked(capsys, *arguments):
    status = cli.main(["check", "same", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, out.splitlines(), err


def test_what_one_machine_wrote_another_finds_again(folder, tmp_path, capsys):
    path = tmp_path / "reference.json"
    status, said, _ = checked(capsys, "--model", folder, "--write", path)
    assert status == 0 and said[0] == f"wrote {path}"
    with without_kernel():
        status, said, _ = checked(capsys, "--model", folder, "--reference", path)
    assert status == 0 and said[0].startswith("6 of 6 pictures have the codes that ")
    assert json.loads(said[-1])["equal"] == 6


def test_other_pictures_are_counted(folder, tmp_path):
    model, path = Model.open(folder), tmp_path / "reference.json"
    digests = same.draw_digests(model, lambda *_: None)
    assert len(set(digests)) >= 3  # seeds differ; a tiny model may not care for the prompt
    same.write_reference(path, model, digests)
    changed = (digests[0][::-1], *digests[1:-1], "0" * 16)
    found = same.compare(changed, same.read_reference(path, model))
    assert (found.equal, found.pictures) == (4, 6)
    assert str(found).startswith("4 of 6 pictures")


def test_a_reference_of_another_model_is_refused(folder, tmp_path):
    make_tiny_bundle(tmp_path / "other", clip=False, seed=1)
    other, path = Model.open(tmp_path / "other"), tmp_path / "reference.json"
    same.write_reference(path, other, ("0" * 16,) * 6)
    with pytest.raises(InputError, match="is about the model with the digest"):
        same.read_reference(path, Model.open(folder))


def test_a_damaged_reference_is_refused(folder, tmp_path, capsys):
    path = tmp_path / "reference.json"
    path.write_text('{"digests": []}')
    with pytest.raises(ModelFileError, match="no reference of 6 pictures"):
        same.read_reference(path, Model.open(folder))


def test_its_options_belong_to_it_alone(tmp_path, capsys):
    assert cli.main(["check", "model", "--write", str(tmp_path / "x")]) == 2
    assert "belong to `check same`" in capsys.readouterr().err
