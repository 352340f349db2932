"""The plan of a part: how many steps, on how many pictures, fixed before the first step.

A time budget is turned into a number of steps once, from the measured speed of this machine. The
number is written down; from then on the run is a function of the plan, and gives the same weights
again when its plan is given again as ``--steps``.
"""

import dataclasses
import statistics
import time
from pathlib import Path
from typing import Any

import torch

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import read_json, write_json
from dalle_explore.pretrained.card import Training
from dalle_explore.schema import read_fields
from dalle_explore.training.checkpoint import load_model, model_tensors
from dalle_explore.training.machine import Machine
from dalle_explore.training.optimise import set_rate
from dalle_explore.training.tasks.base import Task

PLAN = "plan.json"
PARTS = ("tokenizer", "dvae", "judge", "clip", "prior")
SHARES = {"dvae": 0.33, "judge": 0.10, "clip": 0.10, "prior": 0.47}
"""How a time budget is divided. The dVAE is the weak link (what it loses nobody can draw), and the
prior gains longest; CLIP and judge are small. The tokenizer takes seconds."""


@dataclasses.dataclass(frozen=True)
class Looks:
    """How often and how closely a run looks at itself."""

    sheets: int = 8  # 0: none, and one evaluation at the end
    validation: int = 2_048  # examples of the last evaluation


@dataclasses.dataclass(frozen=True)
class Plan:
    """Everything that determines a run besides the data and the code."""

    part: str
    preset: str
    steps: int
    batch: int  # examples a step, over all processes
    seed: int
    pictures: int  # distinct examples the run walks over
    precision: str
    data: str  # digest of the stream
    looks: Looks = Looks()
    seconds_per_step: float | None = None  # as measured; None when the steps were given
    before: Training | None = None  # of the weights it starts from; None: random ones

    def write(self, folder: Path) -> None:
        """Write ``plan.json``.

        Raises:
            InputError, MachineError: the folder cannot be written.
        """
        write_json(folder / PLAN, dataclasses.asdict(self))

    @classmethod
    def read(cls, folder: Path) -> "Plan":
        """Read ``plan.json`` of a part's folder.

        Raises:
            InputError: there is no plan, so there is nothing to resume.
            ModelFileError: the plan is damaged.
        """
        if not (folder / PLAN).is_file():
            raise InputError(
                f"there is nothing to resume in {folder}: no training was started there; leave "
                f"--resume out, or name another --out."
            )
        found = read_json(folder / PLAN, "the plan of a training", error=ModelFileError)
        where = f"the plan {folder / PLAN}"
        plan = read_fields(cls, found, where, error=ModelFileError)
        if min(plan.steps, plan.batch, plan.pictures) < 1:
            raise ModelFileError(
                f"{where} has {plan.steps} steps of {plan.batch} out of {plan.pictures} examples, "
                f"so it is damaged: remove {folder} and start that part again."
            )
        return plan

    def check(self, folder: Path, **asked: Any) -> None:
        """Refuse to resume under another preset, seed, amount of steps or data.

        Raises:
            InputError: something asked for differs from the plan; None means not asked.
        """
        for name, value in asked.items():
            planned = getattr(self, name)
            if value is not None and value != planned:
                shown = "" if name == "data" else f" {planned!r}, and {value!r} was asked for"
                raise InputError(
                    f"the training in {folder} cannot be resumed with another {name}:"
                    f"{shown or ' the pictures or captions have changed since it began'}; resume "
                    f"it as it was started, or begin another with a new --out."
                )


def measure(task: Task, machine: Machine, seconds: float) -> float:
    """Seconds one training step takes here: the median of a short warm-up.

    The warm-up trains real steps on real batches and then puts the weights back, so that the run
    that follows starts exactly as if nothing had been measured.

    Args:
        task: its ``count`` must name pictures that are ready.
        machine: where to train.
        seconds: about how long to measure; one step at least, however long it takes.
    """
    task.model.to(machine.device)
    before = {name: tensor.clone() for name, tensor in model_tensors(task.model).items()}
    optimizers = task.optimizers()
    set_rate(optimizers, 1e-3)
    spent: list[float] = []
    began = time.monotonic()
    while not spent or (time.monotonic() - began < seconds and len(spent) < 50):
        started = time.monotonic()
        batch = task.to_device(task.batch(len(spent), machine.rank, machine.world_size), machine)
        with machine.autocast():
            loss, _ = task.loss(batch, progress=0.0)
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        if machine.device.type == "cuda":
            torch.cuda.synchronize(machine.device)
        spent.append(time.monotonic() - started)
    load_model(task.model, before, "the state before the measurement")
    # The first step pays for allocation and, on a GPU, for choosing kernels.
    return float(machine.shared(statistics.median(spent[1:] or spent)))
