"""What the judge is trained on besides clean renders: worn pictures, and pictures of nothing.

It has to read what a model drew, which is softer, noisier and slightly off in colour; and it has
to say *unclear* where a picture shows parts of two things or of none.
"""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor

__all__ = ["mixed", "prepare", "shuffled", "worn"]

Change = Callable[[Tensor], Tensor]  # float [b 3 y x] in 0..1 to the same


def prepare(
    pictures: Tensor,
    families: Sequence[str],
    generator: torch.Generator,
    *,
    reconstruct: Change | None = None,
    shuffle: Change | None = None,
    unclear: float = 0.08,
) -> tuple[Tensor, Tensor]:
    """Wear most pictures, and spoil a few beyond recognition.

    Args:
        pictures: float [b 3 y x] in 0..1.
        families: the family of every picture; two halves are only joined across families, because
            half of one relation beside half of another is a relation.
        generator: on the pictures' device; decides everything.
        reconstruct: the round trip through a dVAE, for half of the pictures; None: none.
        shuffle: decodes a dVAE's codes in another order; None: patches of pixels are shuffled.
        unclear: share of the pictures that are spoiled, half shuffled and half mixed.

    Returns:
        Pictures [b 3 y x], and bool [b], True for those that are spoiled.
    """
    b, device = len(pictures), pictures.device
    chance = torch.rand(b, generator=generator, device=device)
    spoiled = chance < unclear
    apart = torch.nonzero(chance < unclear / 2).flatten()
    halved = torch.nonzero(spoiled & (chance >= unclear / 2)).flatten()
    result = pictures.clone()
    if len(halved):
        partner = _partners(families, halved.tolist(), generator, device)
        result[halved] = mixed(pictures[halved], pictures[partner], generator)
        alone = halved[partner == halved]  # no other family in the batch: nothing to mix with
        apart = torch.cat([apart, alone])
    if reconstruct is not None:
        trip = torch.rand(b, generator=generator, device=device) < 0.5
        trip[apart] = False
        chosen = torch.nonzero(trip).flatten()
        if len(chosen):
            result[chosen] = reconstruct(result[chosen])
    if len(apart):
        scatter = shuffle if shuffle is not None else (lambda x: shuffled(x, generator))
        result[apart] = scatter(pictures[apart])
    return worn(result, generator), spoiled


def worn(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Soften, tint and speckle pictures, each by its own amount; a third stay sharp.

    Args:
        pictures: float [b 3 y x] in 0..1.
        generator: on the pictures' device.

    Returns:
        The same shape, in 0..1.
    """
    b = len(pictures)

    def draw(*shape: int) -> Tensor:
        return torch.rand(b, *shape, generator=generator, device=pictures.device)

    amount = (1.5 * draw(1, 1, 1) - 0.5).clamp(0, 1)
    pictures = torch.lerp(pictures, _softened(pictures), amount)
    gain, shift = 1 + 0.08 * (draw(3, 1, 1) - 0.5), 0.06 * (draw(3, 1, 1) - 0.5)
    noise = torch.randn(pictures.shape, generator=generator, device=pictures.device)
    strength = 0.04 * draw(1, 1, 1) ** 2
    return (pictures * gain + shift).addcmul_(strength, noise).clamp_(0, 1)


def _softened(pictures: Tensor) -> Tensor:
    """The binomial filter 1 2 1 in both directions: a blur of variance 1/2 pixel.

    Two means of neighbours along each axis; a convolution with three channels is ten times slower.
    """
    soft = F.pad(pictures, (1, 1, 1, 1), mode="replicate")
    for _ in range(2):
        soft = torch.lerp(soft[..., :-1], soft[..., 1:], 0.5)
        soft = torch.lerp(soft[..., :-1, :], soft[..., 1:, :], 0.5)
    return soft


def mixed(pictures: Tensor, others: Tensor, generator: torch.Generator) -> Tensor:
    """Join the half of each picture with the other half of another.

    Cut upright or level, near the middle.

    Args:
        pictures: float [b 3 y x].
        others: the same shape.
        generator: on the pictures' device.
    """
    b, _, y, x = pictures.shape
    device = pictures.device
    cut = 0.4 + 0.2 * torch.rand(b, 1, 1, 1, generator=generator, device=device)
    upright = torch.rand(b, 1, 1, 1, generator=generator, device=device) < 0.5
    left = torch.arange(x, device=device)[None, None, None, :] < cut * x
    top = torch.arange(y, device=device)[None, None, :, None] < cut * y
    return torch.where(torch.where(upright, left, top), pictures, others)


def shuffled(pictures: Tensor, generator: torch.Generator, patch: int = 8) -> Tensor:
    """Lay the patches of every picture in an order of its own.

    Args:
        pictures: float [b c y x].
        generator: on the pictures' device.
        patch: pixels along one side of a patch; divides y and x.
    """
    tiles = rearrange(pictures, "b c (h y) (w x) -> b (h w) c y x", y=patch, x=patch)
    rank = torch.rand(tiles.shape[:2], generator=generator, device=pictures.device).argsort(1)
    tiles = tiles[torch.arange(len(tiles), device=pictures.device)[:, None], rank]
    return rearrange(tiles, "b (h w) c y x -> b c (h y) (w x)", h=pictures.shape[-2] // patch)


def _partners(
    families: Sequence[str], places: list[int], generator: torch.Generator, device: torch.device
) -> Tensor:
    """For every place another one of another family, or itself where there is none."""
    found = []
    for place in places:
        strange = [k for k, family in enumerate(families) if family != families[place]]
        if strange:
            pick = torch.randint(len(strange), (), generator=generator, device=device)
            found.append(strange[int(pick)])
        else:
            found.append(place)
    return torch.tensor(found, device=device)
