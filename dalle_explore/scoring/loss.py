"""CLIP's loss with captions that are almost right among the wrong ones.

The contrastive loss is open_clip's ``ClipLoss`` (Radford et al., 2021, figure 3). Hard negatives
come in as further text columns of the picture's row (NegCLIP: Yuksekgonul et al., 2023, section
4): a scorer that reads a bag of words cannot tell them from the truth.
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from dalle_explore.scoring.network import encode_pictures, encode_texts, quiet

__all__ = ["MAX_SCALE", "clip_loss", "limit_scale", "pick_batch"]

MAX_SCALE = 100.0  # of the logits; larger ones made training unstable (Radford et al., 2021, 2.5)


def clip_loss(
    model: Any,
    pictures: Tensor,
    texts: Tensor,
    negative_texts: Tensor | None = None,
    *,
    same: Tensor | None = None,
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the contrastive loss of a batch, and what it looks like.

    Without ``negative_texts`` and ``same`` it is ``ClipLoss()`` to the last digit.

    Args:
        model: from ``make_clip``.
        pictures: float [b 3 y x] in 0..1.
        texts: int64 [b t], caption i being that of picture i.
        negative_texts: int64 [n t'], wrong captions; the j-th was made from caption j % b. Every
            picture is compared with all of them; they are compared with no picture.
        same: bool [b b+n], True where a caption may be right for a picture although it is another
            one's (``meaning.may_agree``); such pairs count neither way.

    Returns:
        A scalar, and 0-d tensors: ``loss``, ``accuracy`` (a picture's own caption scores above all
        others of the batch, ties lose), ``scale`` and, with negatives, ``hard`` (it scores above
        those made from it).
    """
    with quiet():
        from open_clip.loss import ClipLoss

    b = len(texts)
    if negative_texts is not None and len(negative_texts):
        texts = _joined(texts, negative_texts)
    image = encode_pictures(model, pictures)
    text = encode_texts(model, texts)
    scale = model.logit_scale.exp()
    contrast = ClipLoss()
    by_picture, by_text = contrast.get_logits(image, text, scale)
    by_text = by_text[:b]
    right = torch.eye(b, len(text), dtype=torch.bool, device=image.device)
    if same is not None:
        skipped = same.to(image.device) & ~right
        by_picture = by_picture.masked_fill(skipped, -torch.inf)
        by_text = by_text.masked_fill(skipped[:, :b].T, -torch.inf)
    labels = contrast.get_ground_truth(image.device, b)
    loss = (F.cross_entropy(by_picture, labels) + F.cross_entropy(by_text, labels)) / 2

    with torch.no_grad():
        own = by_picture.diagonal()
        others = by_picture.masked_fill(right, -torch.inf)
        metrics = {
            "loss": loss.detach(),
            "accuracy": (own > others.amax(1)).float().mean(),
            "scale": scale.detach(),
        }
        if len(text) > b:
            owner = torch.arange(len(text) - b, device=image.device) % b
            rival = by_picture[owner, torch.arange(b, len(text), device=image.device)]
            metrics["hard"] = (own[owner] > rival).float().mean()
    return loss, metrics


def limit_scale(model: Any) -> None:
    """Keep the logit scale between 1 and ``MAX_SCALE``; call it after every step."""
    with torch.no_grad():
        model.logit_scale.clamp_(0, float(np.log(MAX_SCALE)))


def pick_batch(
    families: np.ndarray, size: int, rng: np.random.Generator, *, share: float = 0.5
) -> np.ndarray:
    """Choose a batch of which a share comes from one family: that is where the hard choices are.

    A pure function of its arguments; give ``rng`` a key made of the seed and the step.

    Args:
        families: the family of every example there is, an array of strings [n].
        size: how many examples to choose, at most n.
        rng: for example ``seeds.rng("clip", seed, step)``.
        share: of the batch that is of one family, drawn evenly among the families there are.

    Returns:
        int64 [size], positions in ``families``, all different; those of the one family first.
    """
    names = np.unique(families)
    place = np.flatnonzero(families == names[rng.integers(len(names))])
    kin = rng.permutation(place)[: round(size * share)]
    rest = np.setdiff1d(np.arange(len(families)), kin, assume_unique=True)
    others = rng.choice(rest, size - len(kin), replace=False, shuffle=True)
    return np.concatenate([kin, others]).astype(np.int64)


def _joined(texts: Tensor, more: Tensor) -> Tensor:
    """Stack two batches of token ids whose trimmed lengths may differ."""
    t = max(texts.shape[1], more.shape[1])
    return torch.cat([F.pad(ids, (0, t - ids.shape[1])) for ids in (texts, more)])
