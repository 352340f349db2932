"""The dVAE learns to say a picture in codes and to draw it again."""

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from dalle_explore.models.dvae import DVAE
from dalle_explore.training.data import Stream
from dalle_explore.training.sheets import pairs_sheet
from dalle_explore.training.tasks.base import Recipe, Task

COLDEST = 1 / 16  # section A.2: small enough that relaxed and hard codes agree
WARMEST = 0.5  # the codebook starts in order (models/start.py), so nothing need melt first
COOLED_AT = 0.7  # share of the run after which the temperature stays
KL_RAMPED_AT = 0.3
KL_WEIGHT = 0.05
"""Weight of the divergence from uniform choices, in the paper's units. Its 6.6 (section A.2)
belongs to millions of updates; a short run needs decided codes sooner."""
USAGE_WEIGHT = 0.2
"""Weight of the evenness of a batch's average choice (see `DVAE.loss`); it saves rare colours."""

_RARE = ("pink", "gray", "purple", "orange")


def temperature(progress: float, *, start: float = WARMEST) -> float:
    """The temperature of the Gumbel-softmax: from ``start`` down to 1/16, then constant.

    Section A.2 of Ramesh et al. (2021) cools from 1 to 1/16 over 150,000 steps; a run of minutes
    starts lower and falls by a constant factor a step.
    """
    share = min(1.0, progress / COOLED_AT)
    return float(start * (COLDEST / start) ** share)


def kl_weight(progress: float) -> float:
    """The weight of the KL term: a ramp from nothing, so that codes are found, then spread."""
    return KL_WEIGHT * min(1.0, progress / KL_RAMPED_AT)


class DVAETask(Task):
    """Reconstruct pictures through relaxed codes.

    Args:
        model: a dVAE on any device.
        recipe: how to optimise.
        stream: pictures; captions are not read.
        seed: of the training.
        continued: the weights were trained before, so the temperature starts low.
    """

    part = "dvae"
    convolutional = True

    def __init__(
        self, model: DVAE, recipe: Recipe, stream: Stream, seed: int, *, continued: bool = False
    ) -> None:
        super().__init__(model, recipe, stream, seed)
        self.dvae = model
        self.start = 0.125 if continued else WARMEST

    def batch(self, step: int, rank: int, world_size: int) -> dict[str, Tensor]:
        """Pictures as bytes, [b y x 3]."""
        indices, _ = self.examples(step, rank, world_size)
        return {"pictures": torch.from_numpy(self.stream.pictures(indices))}

    def loss(self, batch: dict[str, Tensor], progress: float) -> tuple[Tensor, dict[str, Tensor]]:
        """The negative evidence lower bound at this moment's temperature and KL weight."""
        warm = temperature(progress, start=self.start)
        loss, metrics = self.dvae.loss(
            batch["pictures"],
            temperature=warm,
            kl_weight=kl_weight(progress),
            usage_weight=USAGE_WEIGHT,
        )
        return loss, {**metrics, "temperature": torch.tensor(warm)}

    def evaluate(self, count: int) -> dict[str, float]:
        """PSNR (dB) with hard codes and the number of codes in use, over held-out pictures."""
        stream, indices = self.stream.held_out(count)
        used: Tensor | None = None
        errors: list[Tensor] = []
        for first in range(0, len(indices), 50):
            pictures = self._floats(stream.pictures(indices[first : first + 50]))
            codes = self.dvae.encode(pictures)
            errors.append((self.dvae.decode(codes) - pictures).square().mean(dim=(1, 2, 3)))
            counts = torch.bincount(codes.flatten(), minlength=self.dvae.config.codebook_size)
            used = counts if used is None else used + counts
        assert used is not None  # a stream has at least eight pictures
        psnr = -10 * torch.log10(torch.cat(errors).clamp(min=1e-10))
        share = used.double() / used.sum()
        entropy = -(share * share.clamp(min=1e-12).log()).sum()
        return {
            "valid_psnr": float(psnr.mean()),
            "valid_codes_in_use": int((used > 0).sum()),
            "valid_code_perplexity": float(entropy.exp()),
            "valid_pictures": len(indices),
        }

    def sheet(self) -> Image.Image:
        """Held-out pictures above their reconstructions; half of them in rare colours."""
        stream, indices = self.stream.held_out(self.stream.chunk)
        chosen = _telling(stream, indices)
        pictures = stream.pictures(chosen)
        drawn = self.dvae.decode(self.dvae.encode(self._floats(pictures)))
        bytes_ = (drawn.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
        return pairs_sheet(pictures, bytes_, 8)

    def _floats(self, pictures: np.ndarray) -> Tensor:
        return torch.from_numpy(pictures).to(self.device).permute(0, 3, 1, 2).float() / 255


def _telling(stream: Stream, indices: range) -> list[int]:
    """Sixteen pictures: the first eight that show a rare colour, and eight of all families."""
    plain: list[int] = []
    rare: list[int] = []
    for index in indices:
        scene = stream.scene(index)
        colours = {scene.get(r) for r in scene.roles if r.startswith("colour")} if scene else set()
        (rare if colours & set(_RARE) else plain).append(index)
    return sorted(plain[:8] + rare[:8])
