"""What the tests of training share: a tiny stream, tiny tasks, and a program to be killed."""

import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from dalle_explore.models.dvae import DVAE
from dalle_explore.models.presets import DVAEConfig
from dalle_explore.training import checkpoint
from dalle_explore.training.data import Stream
from dalle_explore.training.loop import Pace, fit
from dalle_explore.training.machine import Machine, open_machine
from dalle_explore.training.optimise import muon
from dalle_explore.training.plan import Looks, Plan
from dalle_explore.training.tasks.base import Recipe, Task
from dalle_explore.training.tasks.dvae import DVAETask

CPU = Machine(torch.device("cpu"), "fp32")
TINY_DVAE = DVAEConfig(
    size=16,
    codebook_size=16,
    code_width=8,
    encoder_widths=(8, 8),
    encoder_blocks=(1, 1),
    decoder_widths=(8, 8, 8),
    decoder_blocks=(1, 1, 1),
)


class Blots(Stream):
    """Pictures of one colour each, made up on the spot."""

    name = "blots"
    size = 16
    limit = 40

    def __init__(self, pause=0.0):
        self.pause = pause

    def ensure(self, indices, *, quiet=False):
        pass

    def pictures(self, indices):
        time.sleep(self.pause)
        colours = [np.random.default_rng(int(i)).integers(0, 256, 3) for i in indices]
        blots = np.array(colours, dtype=np.uint8)[:, None, None]
        return np.broadcast_to(blots, (len(indices), 16, 16, 3)).copy()

    def captions(self, index):
        return (f"blot {index}",)

    def held_out(self, count):
        return self, range(40, 40 + count)

    @property
    def digest(self):
        return "b" * 64


class LineTask(Task):
    """A line of two layers, so that Muon has a matrix; noise from the global generator."""

    part = "line"

    def __init__(self, recipe, seed=0, noise=0.1):
        torch.manual_seed(seed)
        model = nn.ModuleDict(
            {"blocks": nn.Sequential(nn.Linear(4, 6), nn.Tanh()), "head": nn.Linear(6, 1)}
        )
        super().__init__(model, recipe, Blots(), seed)
        self.count = 40
        self.noise = noise
        self.spoil_at = None

    def batch(self, step, rank, world_size):
        indices, _ = self.examples(step, rank, world_size)
        x = torch.tensor(np.stack([np.sin(i + np.arange(4)) for i in indices]), dtype=torch.float)
        if step == self.spoil_at:
            x = x * torch.nan
        return {"x": x, "y": x.sum(1, keepdim=True)}

    def loss(self, batch, progress):
        noisy = batch["x"] + self.noise * torch.randn_like(batch["x"])
        found = self.model["head"](self.model["blocks"](noisy))
        loss = (found - batch["y"]).square().mean()
        return loss, {"error": loss.detach().sqrt()}

    def optimizers(self):
        return muon(self.model, 0.01, matrix_rate=0.02)

    def evaluate(self, count):
        torch.randn(3)  # looking may use randomness; it must not change what is learned
        return {"valid_count": float(count)}

    def sheet(self):
        return Image.new("RGB", (8, 8))


def line(noise=0.1):
    return LineTask(Recipe(batch=8, rate=0.01, average=0.9), noise=noise)


def blots(pause=0.0):
    torch.manual_seed(0)
    recipe = Recipe(batch=4, rate=1e-3, average=0.99)
    task = DVAETask(DVAE(TINY_DVAE), recipe, Blots(pause), seed=0)
    task.count = 40
    return task


def plan_for(task, steps, **changes):
    values = {
        "part": task.part,
        "preset": "thumb",
        "steps": steps,
        "batch": task.recipe.batch,
        "seed": 0,
        "pictures": task.count,
        "precision": "fp32",
        "data": task.stream.digest,
        "looks": Looks(sheets=1, validation=8),
    }
    return Plan(**(values | changes))


def quiet(**changes):
    return Pace(quiet=True, **changes)


def main(folder, kind, steps):
    """Train, a checkpoint at every step; blots slowly, so that somebody can end this process."""
    torch.set_num_threads(1)
    made = line(noise=0.0) if kind == "line" else blots(pause=0.05)
    with open_machine("cpu", "fp32") as machine:
        pace = quiet(checkpoint_seconds=0.0)
        fit(made, Path(folder), plan_for(made, int(steps)), machine, resume=False, pace=pace)
        weights = checkpoint.digest(checkpoint.model_tensors(made.model))
        # Every process says what it ended with.
        (Path(folder) / f"weights-{machine.rank}").write_text(weights, encoding="ascii")


if __name__ == "__main__":
    main(*sys.argv[1:])
