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
    digests = same.draw_digests(model, model.settings, lambda *_: None)
    assert len(set(digests)) >= 3  # seeds differ; a tiny model may not care for the prompt
    same.write_reference(path, model, model.settings, digests)
    changed = (digests[0][::-1], *digests[1:-1], "0" * 16)
    found = same.compare(changed, same.read_reference(path, model))
    assert (found.equal, found.pictures) == (4, 6)
    assert str(found).startswith("4 of 6 pictures")


def test_a_reference_of_another_model_is_refused(folder, tmp_path):
    make_tiny_bundle(tmp_path / "other", clip=False, seed=1)
    other, path = Model.open(tmp_path / "other"), tmp_path / "reference.json"
    same.write_reference(path, other, other.settings, ("0" * 16,) * 6)
    with pytest.raises(InputError, match="is about the model with the digest"):
        same.read_reference(path, Model.open(folder))


@pytest.mark.parametrize(
    "damage",
    [
        lambda found: found.pop("machine"),
        lambda found: found.update(digests=5),
        lambda found: found.update(digests="0" * 6),
        lambda found: found["digests"].pop(),
        lambda found: found["digests"].__setitem__(0, 7),
        lambda found: found["settings"].update(temperature=-1),
        lambda found: found.update(settings=None),
    ],
)
def test_a_damaged_reference_is_refused(damage, folder, tmp_path):
    model, path = Model.open(folder), tmp_path / "reference.json"
    same.write_reference(path, model, model.settings, ("0" * 16,) * 6)
    found = json.loads(path.read_text())
    damage(found)
    path.write_text(json.dumps(found))
    with pytest.raises(ModelFileError, match="no reference of 6 pictures"):
        same.read_reference(path, model)


def test_settings_are_those_of_the_reference(folder, tmp_path, capsys):
    """So that another card default is not taken for another machine."""
    model, path = Model.open(folder), tmp_path / "reference.json"
    cold = model.settings.replace(temperature=0)
    same.write_reference(path, model, cold, same.draw_digests(model, cold, lambda *_: None))
    _, said, _ = checked(capsys, "--model", folder, "--reference", path)
    assert said[0].startswith("6 of 6")


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--quick"], "belongs to `check model` and `check settings`"),
        (["--log", "x"], "belongs to `check model` and `check settings`"),
        (["--write", "x", "--reference", "y"], "give one of them"),
    ],
)
def test_options_that_it_has_not_are_refused(arguments, said, capsys):
    status, _, err = checked(capsys, *arguments)
    assert status == 2 and said in err


def test_where_to_write_is_tried_before_anything_is_drawn(folder, tmp_path, capsys, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(same, "draw_digests", lambda *_: pytest.fail("it was drawn"))
    status, _, err = checked(capsys, "--model", folder, "--write", tmp_path / "file" / "x.json")
    assert status == 2 and "cannot make the folder" in err


def test_its_options_belong_to_it_alone(tmp_path, capsys):
    assert cli.main(["check", "model", "--write", str(tmp_path / "x")]) == 2
    assert "belongs to `check same` and `check atlas` and" in capsys.readouterr().err
