"""Starting a dVAE from statistics of its pictures instead of from noise.

A codebook learned from nothing spends most of a short training on discovering that there are
colours at all, and leaves half of itself unused. So the linear path of the dVAE is started where
classical vector quantisation ends: principal components of the patches (Pearson, 1901), k-means on
them (Lloyd, 1957) seeded by squared distance (Arthur and Vassilvitskii, 2007), which gives rare
colours a centre of their own. In seconds every code is in use, and training goes on from there.
Ours, not the paper's.
"""

import math

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from dalle_explore.errors import DataError
from dalle_explore.models.dvae import DVAE, to_logits
from dalle_explore.models.presets import PATCH, DVAEConfig
from dalle_explore.models.prior import Prior

__all__ = ["pictures_to_start", "start_codes", "start_from"]

PATCHES_PER_CODE = 60  # that k-means looks at; held-out pictures gain 0.4 dB from 40 to 200
ROUNDS = 8  # of Lloyd's iteration; later ones move centres by less than training does
ENTROPY = 0.3  # nats: how undecided q is between neighbouring codes when training begins


def pictures_to_start(config: DVAEConfig) -> int:
    """Return how many pictures `start_from` has use for."""
    return math.ceil(PATCHES_PER_CODE * config.codebook_size / (config.rows * config.columns))


@torch.no_grad()
def start_from(dvae: DVAE, pictures: Tensor, generator: torch.Generator | None = None) -> None:
    """Set the linear path, the codebook and the logits of ``dvae`` from ``pictures``, in place.

    Args:
        dvae: a fresh one; its convolutions keep their random weights.
        pictures: [b 3 y x] in 0..1; a few hundred of all kinds.
        generator: of the random choices, on the CPU; None takes torch's global one.

    Raises:
        DataError: fewer different patches than codes.
    """
    config = dvae.config
    home = dvae.codebook
    pixels = F.pixel_unshuffle(to_logits(pictures.float().cpu()), PATCH)
    patches = rearrange(pixels, "b c rows columns -> (b rows columns) c")
    most = PATCHES_PER_CODE * config.codebook_size
    patches = patches[torch.randperm(len(patches), generator=generator)[:most]]
    mean = patches.mean(dim=0)
    axes = principal_axes(patches - mean, config.code_width)
    points = (patches - mean) @ axes
    scale = points.square().mean().sqrt().clamp(min=1e-6)
    points = points / scale
    centres = k_means(points, config.codebook_size, generator)
    sharpness = decide(points[:2048], centres)

    def put(parameter: Tensor, value: Tensor) -> None:
        parameter.copy_(value.reshape(parameter.shape).to(home.device))

    put(dvae.encoder.linear.weight, rearrange(axes / scale, "(c y x) d -> d c y x", c=3, y=PATCH))
    put(bias_of(dvae.encoder.linear), -(mean @ axes) / scale)
    put(dvae.codebook, centres)
    put(dvae.logits.weight, 2 * sharpness * centres)
    put(dvae.logits.bias, -sharpness * centres.square().sum(dim=1))
    put(dvae.decoder.linear.weight, axes * scale)
    put(bias_of(dvae.decoder.linear), mean)


@torch.no_grad()
def start_codes(prior: Prior, codebook: Tensor, generator: torch.Generator | None = None) -> None:
    """Set what ``prior`` reads and writes codes with, in place: codes that look alike begin alike.

    Each code's vector in the embedding and in the head is half its look, half chance, as wide as
    before. What is learned about one code is then at first learned about its neighbours too, which
    matters because most codes are rare. Ours, not the paper's.

    Args:
        prior: a fresh one.
        codebook: [k d] of the dVAE whose codes it will write.
        generator: of the random choices, on the CPU; None takes torch's global one.
    """
    looks = codebook.detach().float().cpu()
    looks = looks - looks.mean(dim=0)
    # The root keeps brightness from drowning everything else that patches differ in.
    looks = looks / looks.square().mean(dim=0).clamp(min=1e-12) ** 0.25
    for table in (prior.code.weight, prior.code_head.weight):
        turn = torch.randn(looks.shape[1], table.shape[1], generator=generator)
        turned = looks @ turn
        turned = turned / turned.square().mean().sqrt().clamp(min=1e-12)
        chance = torch.randn(table.shape, generator=generator)
        width = table.square().mean().sqrt().cpu()
        table.copy_((width * 0.5**0.5 * (turned + chance)).to(table.device))


def bias_of(layer: nn.Conv2d) -> Tensor:
    """Return the bias of a convolution that has one."""
    assert layer.bias is not None
    return layer.bias


def principal_axes(points: Tensor, width: int) -> Tensor:
    """Return the ``width`` directions [c width] along which points [m c] vary most."""
    _, axes = torch.linalg.eigh(points.t() @ points)
    found = axes.flip(1)[:, :width]
    return F.pad(found, (0, width - found.shape[1]))


def nearest(points: Tensor, centres: Tensor) -> Tensor:
    """Return the index of the centre [k d] nearest to every point [m d]."""
    norms = centres.square().sum(dim=1)
    return torch.cat([(norms - 2 * part @ centres.t()).argmin(1) for part in points.split(2048)])


def k_means(points: Tensor, k: int, generator: torch.Generator | None) -> Tensor:
    """Return ``k`` different centres [k d] of points [m d].

    Raises:
        DataError: there are fewer than ``k`` different points.
    """
    centres = points[:1]
    distance = (points - centres[0]).square().sum(dim=1)
    while len(centres) < k:
        # A quarter more at a time, not one by one: nearly as spread, hundreds of times faster.
        wanted = min(1 + len(centres) // 4, k - len(centres))
        if int((distance > 1e-6).sum()) < wanted:
            raise DataError(
                f"the pictures have only about {len(centres)} different patches, but {k} codes "
                f"have to be told apart: give more pictures, or more varied ones."
            )
        chosen = points[torch.multinomial(distance, wanted, generator=generator)]
        centres = torch.cat([centres, chosen])
        for part in chosen.split(256):
            distance = torch.minimum(distance, torch.cdist(points, part).square().amin(dim=1))
    for _ in range(ROUNDS):
        home = nearest(points, centres)
        count = torch.bincount(home, minlength=k)[:, None]
        sums = torch.zeros_like(centres).index_add_(0, home, points)
        centres = torch.where(count > 0, sums / count.clamp(min=1), centres)
    return centres


def decide(points: Tensor, centres: Tensor) -> float:
    """Return the sharpness at which softmax(-sharpness * distance^2) has ``ENTROPY`` nats."""
    distance = torch.cdist(points, centres).square()
    low, high = 1e-4, 1e4
    for _ in range(30):  # entropy falls with sharpness, so halve the interval on a log scale
        middle = (low * high) ** 0.5
        q = (-middle * distance).softmax(dim=-1)
        if torch.special.entr(q).sum(dim=-1).mean() > ENTROPY:
            low = middle
        else:
            high = middle
    return (low * high) ** 0.5
