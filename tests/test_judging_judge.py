"""The judge's network learns, saves, refuses, and says what it does not know."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from dalle_explore import world
from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.judging.judge import Judge
from dalle_explore.judging.network import JUDGE_SIZES, JudgeConfig
from dalle_explore.judging.table import (
    IGNORE,
    LETTERS,
    UNCLEAR,
    WRITTEN,
    answers,
    fingerprint,
    letters,
    targets,
)
from dalle_explore.scoring.meaning import INVERSE, NONE, visible

TINY = JudgeConfig(widths=(8, 16, 32), blocks=(0, 1, 1), heads=2, reading=16)
SCENES = [world.example("judge", index).scene for index in range(10)]
BYTES = np.stack([np.asarray(world.draw(scene)) for scene in SCENES])
PICTURES = torch.from_numpy(BYTES).permute(0, 3, 1, 2).float() / 255


pytestmark = pytest.mark.usefixtures("one_thread")


def fresh(seed=0):
    torch.manual_seed(seed)
    return Judge(TINY)


@pytest.fixture(scope="module")
def trained():
    """A judge that has learned ten pictures by heart, two of them as unreadable."""
    judge = fresh()
    unclear = torch.zeros(10, dtype=torch.bool)
    unclear[[0, 6]] = True
    optimizer = torch.optim.AdamW(judge.parameters(), lr=4e-3)
    losses = []
    for _ in range(120):
        loss, metrics = judge.loss(PICTURES, SCENES, unclear)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return judge.eval(), losses, metrics


def test_the_loss_falls_on_a_tiny_set(trained):
    _, losses, metrics = trained
    assert losses[-1] < 0.05 * losses[0]
    assert metrics["facts"] == metrics["all"] == metrics["letters"] == metrics["unclear"] == 1


def test_what_was_learned_is_read_and_the_unreadable_is_unclear(trained):
    judge, _, _ = trained
    verdicts = judge.read(BYTES)
    for k, (verdict, scene) in enumerate(zip(verdicts, SCENES, strict=True)):
        assert set(verdict.facts) == set(verdict.confidence) == set(world.ROLES)
        agrees = verdict.agrees(scene)
        if k in (0, 6):
            assert not any(agrees.values()) and verdict.family is None
            assert set(verdict.facts.values()) == {None}
        else:
            assert all(agrees.values()), verdict.reason(scene)
            assert verdict.family == scene.family
    assert all(0 <= c <= 1 for verdict in verdicts for c in verdict.confidence.values())


def test_reading_does_not_depend_on_neighbours(trained):
    judge, _, _ = trained
    together = judge.read(np.concatenate([BYTES] * 4))
    for k in range(10):
        (alone,) = judge.read(BYTES[k : k + 1])
        assert alone.facts == together[k].facts == together[30 + k].facts


def test_gradients_reach_every_parameter():
    judge = fresh()
    for _ in range(2):  # the last gain of a block starts at zero and hides what is before it
        loss, _ = judge.loss(PICTURES, SCENES)
        judge.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in judge.parameters():
                parameter -= 0.05 * parameter.grad
    for name, parameter in judge.named_parameters():
        assert parameter.grad.abs().max() > 0, name


def test_untrained_it_is_mostly_unsure():
    verdicts = fresh().eval().read(BYTES)
    unclear = [value is None for verdict in verdicts for value in verdict.facts.values()]
    assert np.mean(unclear) > 0.8


def test_answers_cover_the_world():
    table = answers()
    assert set(table) == {"family", *world.ROLES}
    for role, values in table.items():
        assert values[-1] == UNCLEAR and len(set(values)) == len(values)
        assert role == "family" or NONE in values
    assert not set(INVERSE) & set(table["relation"])
    assert table["age"] == ("baby", "grown", NONE, UNCLEAR)
    assert "plain" in table["setting"] and table["word"] == (WRITTEN, NONE, UNCLEAR)


def test_targets_are_what_pictures_show():
    table = answers()
    scenes = [world.example("judge", index).scene for index in range(200)]
    unclear = np.arange(200) % 9 == 0
    found = targets(table, scenes, unclear)
    for k, scene in enumerate(scenes):
        for role, value in (visible(scene) | {"family": scene.family}).items():
            number = int(found[role][k])
            if unclear[k]:
                assert table[role][number] == UNCLEAR
            elif value is None:
                assert number == IGNORE and (scene.family, role) == ("signs", "colour")
            elif role == "word" and value != NONE:
                assert table[role][number] == WRITTEN
            else:
                assert table[role][number] == value


def test_letters_stand_in_the_upper_patch_of_their_cell():
    scene = world.Scene.of("writing", surface="board", colour="blue", word="jazz")
    grid = letters([scene, scene, world.Scene.of("creatures", subject="fox")], [0, 1, 0])
    assert grid.shape == (3, 16, 16)
    for row, column, letter in world.letter_cells(scene):
        assert LETTERS[grid[0, row, column] - 1] == letter
    assert (grid[0] > 0).sum() == 4
    assert (grid[1] == IGNORE).all() and (grid[2] == 0).all()


def test_unknown_facts_teach_nothing():
    plain = world.Scene.of("signs", sign="clock", outline="square")
    judge = fresh()
    loss, _ = judge.loss(PICTURES[:2], [plain, plain])
    loss.backward()
    assert torch.isfinite(loss)
    assert not judge.network.roles.context["colour"].weight.grad.any()
    assert judge.network.roles.context["outline"].weight.grad.any()


def test_where_things_are_matters():
    judge = fresh().eval()
    with torch.inference_mode():
        found = judge(torch.stack([PICTURES[4], PICTURES[4].flip(-1)]))
    logits = found.roles["relation"]
    assert not torch.allclose(logits[0], logits[1], atol=1e-3)
    assert found.letters.shape == (2, 27, 16, 16)


def test_save_and_load_keep_every_verdict(trained, tmp_path):
    judge, _, _ = trained
    judge.save(tmp_path / "judge.safetensors")
    loaded = Judge.load(tmp_path / "judge.safetensors")
    assert loaded.config == judge.config and not loaded.training
    for ours, theirs in zip(judge.read(BYTES), loaded.read(BYTES), strict=True):
        assert ours.facts == theirs.facts
        for role, sure in ours.confidence.items():
            assert theirs.confidence[role] == pytest.approx(sure, abs=0.02)
    loaded.save(tmp_path / "again.safetensors")
    first, second = (load_file(tmp_path / f"{n}.safetensors") for n in ("judge", "again"))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert first["network.position"].dtype == torch.float16
    assert first["network.stem.1.running_var"].dtype == torch.float32


def test_foreign_and_damaged_files_are_refused(trained, tmp_path):
    judge, _, _ = trained
    path = tmp_path / "judge.safetensors"
    with pytest.raises(ModelFileError, match="there is no judge"):
        Judge.load(path)
    judge.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelFileError, match="damaged"):
        Judge.load(path)
    save_file({"weight": torch.zeros(3)}, path)
    with pytest.raises(ModelFileError, match="not a judge"):
        Judge.load(path)
    tensors = dict(judge.state_dict())
    header = {"judge_config": json.dumps({**TINY.to_json(), "surprise": 1})}
    save_file(tensors, path, header)
    with pytest.raises(ModelFileError, match="unknown entry 'surprise'"):
        Judge.load(path)
    other = dataclasses.replace(TINY, reading=8)
    with pytest.raises(ModelFileError, match="do not fit"):
        Judge.restore(other, tensors)


def test_a_judge_of_another_world_is_refused(trained):
    judge, _, _ = trained
    table = answers() | {"age": ("baby", "old", NONE, UNCLEAR)}
    tensors = dict(judge.state_dict()) | {"fingerprint": fingerprint(table)}
    with pytest.raises(ModelFileError, match="another version of the drawn world"):
        Judge.restore(TINY, tensors)
    tensors.pop("fingerprint")
    with pytest.raises(ModelFileError, match="another version of the drawn world"):
        Judge.restore(TINY, tensors)


def test_wrong_pictures_are_refused(trained):
    judge, _, _ = trained
    for bad in (BYTES[0], BYTES.astype(np.float32), BYTES[..., :1]):
        with pytest.raises(InputError, match=r"reads uint8 \[b, y, x, 3\]"):
            judge.read(bad)
    with pytest.raises(InputError, match="resize the pictures first"):
        judge.read(BYTES[:, :64, :64])
    with pytest.raises(InputError, match=r"call judge.eval\(\) first"):
        fresh().read(BYTES)
    assert judge.read(BYTES[:0]) == []


def test_presets_are_small_and_configurations_closed():
    for name, config in JUDGE_SIZES.items():
        weights = sum(p.numel() for p in Judge(config).parameters())
        assert weights < {"thumb": 0.6e6, "pocket": 1.5e6, "studio": 7e6}[name]
        assert JudgeConfig.from_json(json.loads(json.dumps(config.to_json()))) == config
    for bad in ({"size": 64}, {"widths": (8, 16)}, {"heads": 5}, {"blocks": (-1, 0, 0)}):
        with pytest.raises(ModelFileError, match="no judge can have"):
            JudgeConfig(**bad)
