"""What the loop asks of a task."""

import abc
import dataclasses
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn

from dalle_explore.training.data import Stream, order
from dalle_explore.training.machine import Machine
from dalle_explore.training.optimise import adamw


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How one part of one preset is optimised."""

    batch: int  # examples a step, over all processes
    rate: float  # the full learning rate of AdamW
    average: float | None = None  # decay of the exported moving average; None: the last weights
    gradient: float = 1.0  # the norm that gradients are clipped to
    decay: float = 0.05  # weight decay of matrices and kernels
    muon: float | None = None  # the full rate of Muon on hidden matrices; None: AdamW alone
    passes: int = 1  # times a run should see each example, as far as the split is large enough


class Task(abc.ABC):
    """A network, the examples it learns from, and what it should do with them.

    ``count`` is the number of distinct examples (the first ones of the stream). Batches are pure
    functions of the step; losses may draw noise from torch's global generator, which the loop
    seeds before every step.
    """

    part: str
    convolutional = False  # channels_last pays off
    brief = False  # the whole run takes seconds, so the sheets are small
    most = 2_048  # examples of an evaluation, at most

    def __init__(self, model: nn.Module, recipe: Recipe, stream: Stream, seed: int) -> None:
        self.model = model
        self.recipe = recipe
        self.stream = stream
        self.seed = seed
        self.count = stream.limit

    def examples(self, step: int, rank: int, world_size: int) -> tuple[Any, Any]:
        """The indices [b] and passes [b] of this process's share of a step."""
        share = -(-self.recipe.batch // world_size)
        return order(self.part, self.seed, self.count, step, share, rank, world_size)

    @abc.abstractmethod
    def batch(self, step: int, rank: int, world_size: int) -> dict[str, Any]:
        """The examples of one step, on the processor."""

    @abc.abstractmethod
    def loss(self, batch: dict[str, Any], progress: float) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss (a scalar) and what to log, at ``progress`` in 0..1 of the run."""

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Optimizers over every parameter of the model."""
        return adamw(self.model, self.recipe.rate, decay=self.recipe.decay)

    def after_step(self) -> None:
        """What keeps the weights where they have to be; nothing, as a rule."""
        return None

    def evaluate(self, count: int) -> dict[str, float]:
        """Numbers on ``count`` examples that are not trained on, or nothing."""
        return {}

    def sheet(self) -> Image.Image | None:
        """A picture of what the model can do now, or None."""
        return None

    def one_each(self, sheet: Image.Image) -> dict[str, Image.Image]:
        """One picture for each prompt of an earlier sheet; nothing, where sheets have no prompts.

        From these the loop lays out how the model grew.
        """
        return {}

    def ready(self, count: int, *, quiet: bool = False) -> None:
        """Make the first ``count`` examples ready, and let training walk over these."""
        self.stream.ensure(range(count), quiet=quiet)
        self.count = count

    @property
    def remark(self) -> str:
        """What a person should know about the examples that are ready; empty: nothing."""
        return ""

    def ready_seconds(self, count: int) -> float:
        """About how long `ready` would take."""
        return self.stream.missing_seconds(range(count))

    def to_device(self, batch: dict[str, Any], machine: Machine) -> dict[str, Any]:
        """Move a batch to where the model is; bytes of pictures become floats in 0..1 there."""
        moved = {}
        for name, value in batch.items():
            if isinstance(value, Tensor):
                value = value.to(machine.device, non_blocking=True)
                if value.dtype == torch.uint8:
                    # The channels stay innermost, as convolutions like them.
                    value = value.permute(0, 3, 1, 2).float() / 255
            moved[name] = value
        return moved

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return next(self.model.parameters()).device
