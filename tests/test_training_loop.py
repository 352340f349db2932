import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from PIL import Image
from training_toys import CPU, blots, line, plan_for, quiet  # noqa: F401

from dalle_explore.errors import MachineError, ModelFileError
from dalle_explore.training import checkpoint, log
from dalle_explore.training.loop import Stopped, fit, noise_seed, sheet_steps
from dalle_explore.training.plan import Looks

pytestmark = pytest.mark.usefixtures("one_thread")

PROGRAM = Path(__file__).parent / "training_toys.py"
PATH = {"PYTHONPATH": str(Path(__file__).parent.parent)}
MAKE = {"line": line, "blots": blots}


def finished(kind, folder, steps, resume=False, **pace):
    """Train and return the digests of the exported weights and of the last checkpoint."""
    task = MAKE[kind]()
    fit(task, folder, plan_for(task, steps), CPU, resume=resume, pace=quiet(**pace))
    kept = checkpoint.load(folder / "checkpoints")
    return checkpoint.digest(checkpoint.model_tensors(task.model)), checkpoint.digest(kept.tensors)


def test_a_killed_run_resumes_to_the_same_bits_as_one_that_never_stopped(tmp_path):
    kind, steps = "blots", 30
    killed = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(tmp_path / "killed"), kind, str(steps)],
        env={**os.environ, **PATH},
    )
    pointer = tmp_path / "killed" / "checkpoints" / "LATEST"
    patience = time.monotonic() + 60
    while not pointer.is_file() and killed.poll() is None and time.monotonic() < patience:
        time.sleep(0.01)
    killed.kill()  # SIGKILL where there is one: no handler can run
    killed.wait()
    stopped_at = checkpoint.load(tmp_path / "killed" / "checkpoints").step
    assert 0 < stopped_at < steps

    resumed = finished(kind, tmp_path / "killed", steps, resume=True)
    assert resumed == finished(kind, tmp_path / "whole", steps)
    lines = [
        entry["step"] for entry in log.read(tmp_path / "killed" / log.NAME) if "loss" in entry
    ]
    assert lines == sorted(set(lines)), "the log repeats steps that were trained twice"


def test_two_processes_learn_together_what_one_would_and_only_the_first_writes(tmp_path):
    """As torchrun starts them: it sets these variables and nothing else."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    together = [
        subprocess.Popen(
            [sys.executable, str(PROGRAM), str(tmp_path / "two"), "line", "6"],
            env={**os.environ, **PATH, **shared, "RANK": rank, "LOCAL_RANK": rank},
        )
        for rank in ("0", "1")
    ]
    assert [process.wait(timeout=120) for process in together] == [0, 0]
    ends = {(tmp_path / "two" / f"weights-{rank}").read_text() for rank in (0, 1)}
    assert len(ends) == 1, "the processes ended with different weights"

    alone = line(noise=0.0)
    fit(alone, tmp_path / "one", plan_for(alone, 6), CPU, resume=False, pace=quiet())
    one, two = (
        checkpoint.load(tmp_path / name / "checkpoints").tensors for name in ("one", "two")
    )
    assert one.keys() == two.keys()
    for name in one:
        if name.startswith(("model.", "average.")):
            assert torch.allclose(one[name], two[name], atol=1e-5), name
    steps = [entry["step"] for entry in log.read(tmp_path / "two" / log.NAME) if "loss" in entry]
    assert steps == [1, 2, 3, 4, 5, 6]


def test_looking_and_saving_do_not_change_what_is_learned(tmp_path):
    busy = finished("line", tmp_path / "busy", 8, checkpoint_seconds=0.0, log_lines=1)
    assert busy[0] == finished("line", tmp_path / "lazy", 8)[0]


def test_another_seed_learns_other_weights(tmp_path):
    task = line()
    fit(task, tmp_path / "a", plan_for(task, 5, seed=1), CPU, resume=False, pace=quiet())
    other = checkpoint.digest(checkpoint.model_tensors(task.model))
    assert other != finished("line", tmp_path / "b", 5)[0]


def test_the_exported_weights_are_the_average_and_the_checkpoint_keeps_both(tmp_path):
    task = line()
    fit(task, tmp_path, plan_for(task, 10), CPU, resume=False, pace=quiet())
    kept = checkpoint.load(tmp_path / "checkpoints").tensors
    exported = task.model["head"].weight
    assert torch.equal(exported, kept["average.head.weight"])
    assert not torch.equal(exported, kept["model.head.weight"])


def test_a_run_leaves_its_log_plot_and_sheets(tmp_path):
    task = line()
    plan = plan_for(task, 16, looks=Looks(sheets=3, validation=8))
    fitted = fit(task, tmp_path, plan, CPU, resume=False, pace=quiet())
    lines = log.read(tmp_path / log.NAME)
    first, last = lines[0], [entry for entry in lines if "loss" in entry][-1]
    assert first["step"] == 1 and last["step"] == 16
    assert last["loss"] < first["loss"]
    assert {"seconds", "rate", "gradient", "error", "per_second"} <= last.keys()
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
    sheets = sorted(path.name for path in (tmp_path / "sheets").iterdir())
    assert sheets == ["step-00000004.png", "step-00000008.png", "step-00000016.png"]
    assert fitted.figures == {"valid_count": 8.0}


def test_a_run_whose_sheets_answer_prompts_shows_how_it_grew(tmp_path):
    task = line()
    drawn = []

    def sheet():
        drawn.append(Image.new("RGB", (8, 8), (40 * len(drawn), 0, 0)))
        return drawn[-1]

    task.sheet, task.one_each = sheet, lambda page: {"a red line": page.copy()}
    plan = plan_for(task, 16, looks=Looks(sheets=3, validation=8))
    fit(task, tmp_path, plan, CPU, resume=False, pace=quiet())
    with Image.open(tmp_path / "how-it-grew.png") as picture:
        colours = {pixel for _, pixel in picture.convert("RGB").getcolors(maxcolors=1 << 20)}
    assert len(drawn) == 3 and {(0, 0, 0), (40, 0, 0), (80, 0, 0)} <= colours


def test_sheets_come_at_doubling_steps_and_at_the_end():
    assert sorted(sheet_steps(12_800, 8)) == [100, 200, 400, 800, 1600, 3200, 6400, 12_800]
    assert sheet_steps(1, 8) == {1}
    assert max(sheet_steps(999, 5)) == 999


def test_ctrl_c_leaves_a_checkpoint_and_a_sentence_and_then_the_run_goes_on(tmp_path):
    task = line()
    read = task.batch

    def interrupted(step, rank, world_size):
        if step == 6:
            signal.raise_signal(signal.SIGINT)
        return read(step, rank, world_size)

    # The reading thread only raises the signal; Python runs the handler in the main thread.
    task.batch = interrupted
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(Stopped, match=r"stopped after step \d+ of 30.* --resume") as stopped:
        fit(task, tmp_path, plan_for(task, 30), CPU, resume=False, pace=quiet())
    assert stopped.value.exit_status == 130
    assert signal.getsignal(signal.SIGINT) is before
    assert 5 <= checkpoint.load(tmp_path / "checkpoints").step < 30
    whole = finished("line", tmp_path / "whole", 30)
    assert finished("line", tmp_path, 30, resume=True) == whole


def test_a_loss_that_is_no_number_ends_the_run_and_is_never_saved(tmp_path):
    task = line()
    task.spoil_at = 7
    with pytest.raises(MachineError, match="its loss is nan at step 8"):
        fit(
            task,
            tmp_path,
            plan_for(task, 20),
            CPU,
            resume=False,
            pace=quiet(checkpoint_seconds=0.0),
        )
    kept = checkpoint.load(tmp_path / "checkpoints")
    assert kept.step == 7
    assert all(t.isfinite().all() for t in kept.tensors.values() if t.is_floating_point())


def test_a_compiler_that_fails_is_one_sentence(tmp_path, monkeypatch):
    def broken(module):
        def fail(batch, progress):
            raise RuntimeError("no C++ compiler\nand a page of its own words")

        return fail

    monkeypatch.setattr(torch, "compile", broken)
    task = line()
    with pytest.raises(
        MachineError, match=r"does not work .*\(no C\+\+ compiler\): leave --compile"
    ):
        fit(task, tmp_path, plan_for(task, 3), CPU, resume=False, pace=quiet(compile=True))


def test_a_checkpoint_beyond_the_plan_is_refused(tmp_path):
    finished("line", tmp_path, 6)
    with pytest.raises(ModelFileError, match="step 6, but its plan has only 4"):
        finished("line", tmp_path, 4, resume=True)


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    finished("line", tmp_path, 6)
    with pytest.raises(ModelFileError, match="not written for this model"):
        finished("blots", tmp_path, 6, resume=True)


def test_noise_differs_between_parts_seeds_steps_and_processes():
    keys = [("dvae", 0, 0, 0), ("prior", 0, 0, 0), ("dvae", 1, 0, 0), ("dvae", 0, 1, 0)]
    seeds = {noise_seed(*key) for key in [*keys, ("dvae", 0, 0, 1)]}
    assert len(seeds) == 5
    assert noise_seed("dvae", 0, 0, 0) in seeds
