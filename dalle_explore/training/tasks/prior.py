"""The prior learns which codes follow which words."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from dalle_explore.models.prior import Prior
from dalle_explore.seeds import rng
from dalle_explore.training.codes import PHRASINGS, EncodedExamples
from dalle_explore.training.data import phrasing
from dalle_explore.training.optimise import adamw, muon
from dalle_explore.training.sheets import first_of_rows, picture_sheet
from dalle_explore.training.tasks.base import Recipe, Task

DROPPED = 0.1
"""Share of captions left out, so that guidance has an unconditional side to push away from
(Ho and Salimans, arXiv 2207.12598, section 3.2)."""

PROMPTS = (
    "an illustration of a baby penguin with headphones skating on ice",
    "a hedgehog with the texture of a mango",
    "a heptagonal stop sign",
    "a red t-shirt that has the word hogwash written on it",
    "a blue sphere on top of a red cube, both inside a fishbowl",
    "a neon sign of a cat with a top hat drinking tea",
)
"""What the sample sheets draw, on every occasion with the same seeds."""

Draw = Callable[[Sequence[str], Sequence[int]], npt.NDArray[np.uint8]]
"""(m prompts, n seeds) -> pictures [m n y x 3] with guidance, by the prior as it is now."""


class PriorTask(Task):
    """Predict codes from text and earlier codes.

    Args:
        model: a prior on any device.
        recipe: how to optimise.
        examples: codes and token ids.
        seed: of the training.
        draw: makes the pictures of the sheets; None: no sheets.
        prompts: what the sheets show.
    """

    part = "prior"
    most = 500

    def __init__(
        self,
        model: Prior,
        recipe: Recipe,
        examples: EncodedExamples,
        seed: int,
        *,
        draw: Draw | None = None,
        prompts: tuple[str, ...] = PROMPTS,
    ) -> None:
        super().__init__(model, recipe, examples.stream, seed)
        self.prior = model
        self.encoded = examples
        self.draw, self.prompts = draw, prompts

    def ready(self, count: int, *, quiet: bool = False) -> None:
        """Draw and encode the first ``count`` examples, and train on these."""
        self.encoded.ready(count, quiet=quiet)
        self.count = count

    @property
    def remark(self) -> str:
        """How many pictures are learned without words, if any."""
        count = self.encoded.wordless
        length = self.encoded.tokenizer.length
        return (
            f"{count} captions cannot be read (more than {length} tokens, or no words): their "
            f"pictures are learned without them."
            if count
            else ""
        )

    def ready_seconds(self, count: int) -> float:
        """About how long drawing and encoding take; codes that are kept already count as new."""
        return super().ready_seconds(count) + count * self.encoded.seconds

    def batch(self, step: int, rank: int, world_size: int) -> dict[str, Tensor]:
        """Text [b t] with a tenth of the captions left out, and codes [b p], both int64."""
        indices, epochs = self.examples(step, rank, world_size)
        which = [
            phrasing(int(index), int(epoch), PHRASINGS)
            for index, epoch in zip(indices, epochs, strict=True)
        ]
        text = torch.from_numpy(self.encoded.text[indices, which].astype(np.int64))
        left_out = rng("drop", self.seed, step, rank).random(len(indices)) < DROPPED
        text[torch.from_numpy(left_out)] = -1
        return {
            "text": text,
            "codes": torch.from_numpy(self.encoded.codes[indices].astype(np.int64)),
        }

    def loss(self, batch: dict[str, Tensor], progress: float) -> tuple[Tensor, dict[str, Tensor]]:
        """1/8 of the text's and 7/8 of the image's cross-entropy, in nats."""
        return self.prior.loss(batch["text"], batch["codes"])

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon on the hidden matrices where the recipe says so, AdamW on the rest."""
        recipe = self.recipe
        if recipe.muon is None:
            return adamw(self.model, recipe.rate, decay=recipe.decay)
        return muon(self.model, recipe.rate, matrix_rate=recipe.muon, decay=recipe.decay)

    def evaluate(self, count: int) -> dict[str, float]:
        """Nats a code on held-out pictures, with their captions and without."""
        unseen = self.encoded.held_out(count)
        codes, text = (torch.from_numpy(array.astype(np.int64)) for array in unseen)
        sums = {"valid_image": 0.0, "valid_image_without_caption": 0.0}
        for first in range(0, len(codes), 32):
            part = slice(first, first + 32)
            said, target = text[part].to(self.device), codes[part].to(self.device)
            for name, words in zip(sums, (said, torch.full_like(said, -1)), strict=True):
                _, metrics = self.prior.loss(words, target)
                sums[name] += float(metrics["image"]) * len(target)
        means = {name: total / len(codes) for name, total in sums.items()}
        return {**means, "valid_pictures": len(codes)}

    def sheet(self) -> Image.Image | None:
        """The fixed prompts, four samples each, drawn with guidance and the seeds 0 to 3."""
        if self.draw is None:
            return None
        prompts = self.prompts[:2] if self.brief else self.prompts
        seeds = (0,) if self.brief else (0, 1, 2, 3)
        rows = [list(drawn) for drawn in self.draw(prompts, seeds)]
        return picture_sheet(rows, prompts)

    def one_each(self, sheet: Image.Image) -> dict[str, Image.Image]:
        """The first sample of every prompt, so that nobody has chosen it."""
        prompts = self.prompts[:2] if self.brief else self.prompts
        cut = first_of_rows(sheet, len(prompts), self.stream.size)
        return dict(zip(prompts, cut, strict=True))
