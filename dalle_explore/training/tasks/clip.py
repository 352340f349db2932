"""CLIP learns which caption belongs to which picture."""

from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from dalle_explore import world
from dalle_explore.errors import DataError
from dalle_explore.scoring.loss import clip_loss, limit_scale, pick_batch
from dalle_explore.scoring.meaning import may_agree
from dalle_explore.scoring.merges import ClipTokenizer
from dalle_explore.scoring.negatives import hard_negatives, reword
from dalle_explore.scoring.network import encode_pictures, encode_texts
from dalle_explore.seeds import rng
from dalle_explore.training.data import Stream, WorldStream, order
from dalle_explore.training.sheets import matrix_sheet
from dalle_explore.training.tasks.base import Recipe, Task

RIVALS = 100  # captions of its own family among which a picture has to find its own


class ClipTask(Task):
    """Contrast pictures with captions; on the drawn world also with captions almost right.

    Half of every batch is of one family, because there the choices are hard.
    """

    part = "clip"
    most = RIVALS * len(world.FAMILIES)

    def __init__(
        self, model: Any, tokenizer: ClipTokenizer, recipe: Recipe, stream: Stream, seed: int
    ) -> None:
        super().__init__(model, recipe, stream, seed)
        self.tokenizer = tokenizer
        self._families: np.ndarray = np.empty(0, dtype=np.str_)
        self._short: np.ndarray = np.empty(0, dtype=np.int64)

    def ready(self, count: int, *, quiet: bool = False) -> None:
        """Make examples ready; of a person's own, those whose captions are too long are left out.

        Raises:
            DataError: no caption is short enough.
        """
        super().ready(count, quiet=quiet)
        if isinstance(self.stream, WorldStream):
            self._families = np.array([self.stream.family(i) for i in range(count)])
            return
        fitting = [i for i in range(count) if self._fits(self.stream.captions(i)[0])]
        if not fitting:
            raise DataError(
                f"every caption has more than {self.tokenizer.context} tokens, the most that CLIP "
                f"reads: write shorter ones."
            )
        self._short = np.array(fitting)

    @property
    def remark(self) -> str:
        """How many pictures are left out, if any."""
        left_out = 0 if isinstance(self.stream, WorldStream) else self.count - len(self._short)
        return (
            f"{left_out} captions have more than {self.tokenizer.context} tokens, the most that "
            f"CLIP reads: it does not learn from their pictures."
            if left_out
            else ""
        )

    def _fits(self, caption: str) -> bool:
        return self.tokenizer.count(caption) <= self.tokenizer.context

    def batch(self, step: int, rank: int, world_size: int) -> dict[str, Tensor]:
        """Pictures [b y x 3], texts [b t], negative_texts [b t'] and same [b 2b]."""
        if isinstance(self.stream, WorldStream):
            return self._of_world(self.stream, step, rank, world_size)
        share = -(-self.recipe.batch // world_size)
        count = len(self._short)
        places, epochs = order(self.part, self.seed, count, step, share, rank, world_size)
        indices = self._short[places]
        captions = [
            self.stream.caption(int(i), int(e)) for i, e in zip(indices, epochs, strict=True)
        ]
        # Without facts, the same words are the only sign that two captions say the same thing.
        words = np.array(captions)
        return {
            "pictures": torch.from_numpy(self.stream.pictures(indices)),
            "texts": self.tokenizer(captions, trim=True),
            "same": torch.from_numpy(words[:, None] == words[None]),
        }

    def _of_world(
        self, stream: WorldStream, step: int, rank: int, world_size: int
    ) -> dict[str, Tensor]:
        dice = rng(self.part, self.seed, step, rank)
        share = min(-(-self.recipe.batch // world_size), self.count)
        indices = pick_batch(self._families, share, dice)
        epoch = step * self.recipe.batch // self.count
        captions = [stream.caption(int(i), epoch) for i in indices]
        scenes = [stream.scene(int(i)) for i in indices]
        wrong = hard_negatives(scenes, dice)
        reworded = [
            reword(scene, text, altered, dice)
            for scene, text, altered in zip(scenes, captions, wrong, strict=True)
        ]
        return {
            "pictures": torch.from_numpy(stream.pictures(indices)),
            "texts": self.tokenizer(captions, trim=True),
            "negative_texts": self.tokenizer(reworded, trim=True),
            "same": torch.from_numpy(may_agree(scenes, scenes + wrong)),
        }

    def loss(self, batch: dict[str, Tensor], progress: float) -> tuple[Tensor, dict[str, Tensor]]:
        """The contrastive loss; ``accuracy`` and ``hard`` are shares in 0..1."""
        loss, metrics = clip_loss(
            self.model,
            batch["pictures"],
            batch["texts"],
            batch.get("negative_texts"),
            same=batch["same"],
        )
        return loss, {name: value for name, value in metrics.items() if name != "loss"}

    def after_step(self) -> None:
        """Keep the logit scale in its range."""
        limit_scale(self.model)

    def evaluate(self, count: int) -> dict[str, float]:
        """The share of held-out pictures that find their caption among those of their family.

        At most 100 of a family take part, because ``most`` counts five families.
        """
        right = total = 0
        for indices, cosines, agree in self._by_family(count):
            place = np.arange(len(indices))
            own = cosines[place, place].copy()
            # A second caption that is true of the picture is no mistake.
            rivals = np.where(agree | np.eye(len(indices), dtype=bool), -np.inf, cosines)
            right += int((own > rivals.max(axis=1)).sum())
            total += len(indices)
        return {"valid_finds_own_caption": right / total, "valid_pictures": total} if total else {}

    def sheet(self) -> Image.Image | None:
        """Cosines of twelve held-out pictures of one family with each other's captions."""
        groups = self._by_family(self.stream.chunk)
        if not groups:
            return None
        indices, cosines, _ = groups[-1]
        stream, _ = self.stream.held_out(self.stream.chunk)
        count = min(12, len(indices))
        names = [stream.captions(index)[0] for index in indices[:count]]
        title = "cosine of picture (row) and caption (column, same order); framed: best of the row"
        return matrix_sheet(cosines[:count, :count].astype(np.float64), names, title)

    def _by_family(self, most: int) -> list[tuple[list[int], np.ndarray, np.ndarray]]:
        """Per family: indices, cosines [n n] (picture by caption), which pairs may agree [n n]."""
        stream, indices = self.stream.held_out(most)
        groups: dict[str, list[int]] = {}
        for index in indices:
            if self._fits(stream.captions(index)[0]):
                scene = stream.scene(index)
                groups.setdefault(scene.family if scene else "", []).append(index)
        found = []
        for group in groups.values():
            captions = [stream.captions(index)[0] for index in group]
            scenes = [stream.scene(index) for index in group]
            known = [scene for scene in scenes if scene is not None]
            words = np.array(captions)
            agree = words[:, None] == words[None]
            if len(known) == len(group):
                agree = may_agree(known, known)
            found.append((group, self._cosines(stream, group, captions), agree))
        return found

    def _cosines(self, stream: Stream, indices: list[int], captions: list[str]) -> np.ndarray:
        texts = encode_texts(self.model, self.tokenizer(captions, trim=True).to(self.device))
        rows = []
        for first in range(0, len(indices), 50):
            pictures = torch.from_numpy(stream.pictures(indices[first : first + 50]))
            floats = pictures.to(self.device).permute(0, 3, 1, 2).float() / 255
            rows.append(encode_pictures(self.model, floats) @ texts.T)
        return torch.cat(rows).float().cpu().numpy()
