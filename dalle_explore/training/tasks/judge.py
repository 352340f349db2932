"""The judge learns to read facts back, from clean, worn, redrawn and unreadable pictures."""

from collections import Counter
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from dalle_explore.judging.augment import prepare
from dalle_explore.judging.judge import Judge
from dalle_explore.models.dvae import DVAE
from dalle_explore.training.data import WorldStream
from dalle_explore.training.sheets import bars_sheet
from dalle_explore.training.tasks.base import Recipe, Task


class JudgeTask(Task):
    """Read the facts of renders.

    Args:
        model: a judge on any device.
        recipe: how to optimise.
        stream: the split "judge" of the world.
        seed: of the training.
        dvae: a trained dVAE: half of the pictures are its reconstructions, and its codes in
            another order are among the unreadable ones; None: neither.
    """

    part = "judge"
    convolutional = True
    most = 500

    def __init__(
        self,
        model: Judge,
        recipe: Recipe,
        stream: WorldStream,
        seed: int,
        *,
        dvae: DVAE | None = None,
    ) -> None:
        super().__init__(model, recipe, stream, seed)
        self.judge = model
        self.renders = stream
        self.dvae = dvae

    def batch(self, step: int, rank: int, world_size: int) -> dict[str, Any]:
        """Pictures as bytes [b y x 3] and the scenes they show."""
        indices, _ = self.examples(step, rank, world_size)
        return {
            "pictures": torch.from_numpy(self.stream.pictures(indices)),
            "scenes": [self.renders.scene(int(index)) for index in indices],
        }

    def loss(self, batch: dict[str, Any], progress: float) -> tuple[Tensor, dict[str, Tensor]]:
        """Cross-entropy over all facts and letters; *unclear* is right for spoiled pictures."""
        pictures, scenes = batch["pictures"], batch["scenes"]
        noise = torch.Generator(pictures.device)
        noise.manual_seed(int(torch.randint(2**62, ())))
        redraw, shuffle = (self._redraw, self._shuffle(noise)) if self.dvae else (None, None)
        with torch.no_grad(), torch.autocast(pictures.device.type, enabled=False):
            shown, unclear = prepare(
                pictures,
                [scene.family for scene in scenes],
                noise,
                reconstruct=redraw,
                shuffle=shuffle,
            )
        loss, metrics = self.judge.loss(shown, scenes, unclear)
        return loss, {name: value for name, value in metrics.items() if name != "loss"}

    def _redraw(self, pictures: Tensor) -> Tensor:
        """Pictures as the dVAE draws them again."""
        assert self.dvae is not None  # only called with one
        return self.dvae.decode(self.dvae.encode(pictures))

    def _shuffle(self, noise: torch.Generator) -> Any:
        """The same codes in another order, decoded."""

        def shuffled(pictures: Tensor) -> Tensor:
            assert self.dvae is not None  # only called with one
            codes = self.dvae.encode(pictures)
            flat = codes.flatten(1)
            place = torch.rand(flat.shape, generator=noise, device=flat.device).argsort(1)
            return self.dvae.decode(flat.gather(1, place).view_as(codes))

        return shuffled

    def evaluate(self, count: int) -> dict[str, float]:
        """Shares of stated facts that are right on fresh renders and on their reconstructions."""
        figures: dict[str, float] = {}
        for name, redrawn in (("renders", False), ("redrawn", True)):
            if redrawn and self.dvae is None:
                continue
            right, stated, flawless = self._examine(count, redrawn)
            figures[f"valid_facts_{name}"] = right.total() / stated.total()
            figures[f"valid_all_{name}"] = flawless
        return {**figures, "valid_pictures": count}

    def sheet(self) -> Image.Image:
        """For every role, the share of stated facts that is read right on fresh renders."""
        right, stated, _ = self._examine(self.stream.chunk, redrawn=False)
        shares = {role: right[role] / stated[role] for role in sorted(stated)}
        return bars_sheet(shares, f"facts read right, {self.stream.chunk} fresh renders")

    def _examine(self, count: int, redrawn: bool) -> tuple[Counter[str], Counter[str], float]:
        """Right and stated facts by role, and the share of pictures without any error."""
        right: Counter[str] = Counter()
        stated: Counter[str] = Counter()
        flawless = 0
        stream, indices = self.stream.held_out(count)
        for first in range(0, len(indices), 50):
            chunk = indices[first : first + 50]
            pictures = stream.pictures(chunk)
            if redrawn:
                pictures = self._redrawn_bytes(pictures)
            for index, verdict in zip(chunk, self.judge.read(pictures), strict=True):
                agrees = verdict.agrees(self.renders.scene(index))
                stated.update(agrees.keys())
                right.update(role for role, agreed in agrees.items() if agreed)
                flawless += all(agrees.values())
        return right, stated, flawless / len(indices)

    def _redrawn_bytes(self, pictures: np.ndarray) -> np.ndarray:
        floats = torch.from_numpy(pictures).to(self.device).permute(0, 3, 1, 2).float() / 255
        drawn = self._redraw(floats)
        return (drawn.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
