"""The discrete VAE: pictures to codes and back.

Section 2.1 and Appendix A of "Zero-Shot Text-to-Image Generation" (Ramesh et al., 2021): a
convolutional residual encoder gives logits over the codebook for every patch; in training a
Gumbel-softmax relaxes the choice; a convolutional residual decoder gives the parameters of a
logit-Laplace likelihood. Known differences, all for the sake of two CPU cores: pixels are folded
into channels before the first convolution, so that nothing runs at full resolution; no pooling;
one 3 x 3 convolution in a bottleneck block; a linear path beside encoder and decoder, which can be
started from principal components and k-means (``models.start``), so that training begins from a
codebook in full use; and an optional second regulariser (see ``loss``).

The decoder has no attention and no normalisation, so a code reaches at most four patches in each
direction, and a window can be decoded alone.
"""

import itertools
import math
from collections.abc import Iterable
from typing import cast

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from dalle_explore.errors import InputError
from dalle_explore.models.presets import PATCH, DVAEConfig
from dalle_explore.models.relaxation import relax

__all__ = ["DVAE", "REACH", "PAPER_KL"]

REACH = 4  # patches a code reaches in each direction: a window of 9 x 9
PAPER_KL = PATCH * PATCH * 3  # sub-pixels per code: kl_weight 6.6 means 6.6 / 192, as in the paper

LEAST_LOG_SCALE = -2.0  # about 9 levels of 255: where a scale stops earning anything


def to_logits(pictures: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    """Map 0..1 into [0.1, 0.9] (Appendix A.3), then to the real line, where the Laplace lives."""
    return torch.logit(0.8 * pictures + 0.1)


def to_pictures(logits: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    """Undo ``to_logits``; what lies outside 0..1 is brought to its edge."""
    return ((logits.sigmoid() - 0.1) / 0.8).clamp(0, 1)


class Residual(nn.Module):
    """x + 1x1(relu(3x3(x))): a bottleneck block without normalisation (after Appendix A.1)."""

    def __init__(self, width: int) -> None:
        """Make a block of ``width`` channels; it starts as a small change to the identity."""
        super().__init__()
        self.inner = nn.Conv2d(width, width // 2, 3, padding=1)
        self.outer = nn.Conv2d(width // 2, width, 1)
        nn.init.normal_(self.outer.weight, std=0.1 * (width // 2) ** -0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Map [b c y x] to the same shape."""
        return x + self.outer(F.relu(self.inner(x), inplace=True))

    def within(self, x: Tensor, inside: Tensor, spare: int) -> Tensor:
        """Map a part of a picture, and forget ``spare`` (0 or 1) pixels on each side of it.

        Args:
            x: [b c y x], zero wherever ``inside`` is.
            inside: [b 1 h w], of the result: 0 outside the picture, where the next padding is.
            spare: 0: zeros are read beyond x, as beyond a picture.
        """
        inner = F.conv2d(x, self.inner.weight, self.inner.bias, padding=1 - spare)
        step = self.outer(F.relu(inner, inplace=True))
        return step.add_(crop(x, spare)).mul_(inside)


def stage(width: int, blocks: int) -> nn.Sequential:
    """Make the blocks of one resolution."""
    return nn.Sequential(*(Residual(width) for _ in range(blocks)))


class Encoder(nn.Module):
    """Pictures on the real line to one vector for every patch."""

    def __init__(self, config: DVAEConfig) -> None:
        """Make the encoder."""
        super().__init__()
        fine, coarse = config.encoder_widths
        self.linear = nn.Conv2d(3, config.code_width, PATCH, stride=PATCH)
        self.stem = nn.Conv2d(3, fine, 4, stride=4)
        self.fine = stage(fine, config.encoder_blocks[0])
        self.down = nn.Conv2d(fine, coarse, 2, stride=2)
        self.coarse = stage(coarse, config.encoder_blocks[1])
        self.out = nn.Conv2d(coarse, config.code_width, 1)
        nn.init.normal_(self.out.weight, std=0.1 * coarse**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Map [b 3 y x] to [b c rows columns]."""
        deep = self.coarse(self.down(self.fine(self.stem(x))))
        return self.linear(x) + self.out(deep)


class Decoder(nn.Module):
    """Codebook vectors [b c rows columns] to the six maps of the likelihood."""

    def __init__(self, config: DVAEConfig) -> None:
        """Make the decoder."""
        super().__init__()
        widths = config.decoder_widths
        self.linear = nn.Conv2d(config.code_width, 3 * PATCH**2, 1)
        self.paint = nn.PixelShuffle(PATCH)
        self.stem = nn.Conv2d(config.code_width, widths[0], 1)
        self.stages = nn.ModuleList(map(stage, widths, config.decoder_blocks))
        self.ups = nn.ModuleList(
            nn.Conv2d(wide, narrow, 1) for wide, narrow in itertools.pairwise(widths)
        )
        # Nothing runs at full resolution: the last convolution paints small squares of pixels, and
        # looks at 3 x 3 of them for each, so that squares meet without seams.
        fold = PATCH >> (len(widths) - 1)
        self.out = nn.Conv2d(widths[-1], 6 * fold**2, 3, padding=1)
        self.unfold = nn.PixelShuffle(fold)
        nn.init.normal_(self.out.weight, std=0.1 * (9 * widths[-1]) ** -0.5)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Return means and log-scales of the Laplace in logit space, each [b 3 y x]."""
        mean, log_scale = self.unfold(self.out(self.deep(z))).chunk(2, dim=1)
        return mean + self.paint(self.linear(z)), log_scale

    def deep(self, z: Tensor) -> Tensor:
        """Map [b c rows columns] to what the last convolution reads, at the finest resolution."""
        x = self.stages[0](self.stem(z))
        for up, blocks in zip(self.ups, self.stages[1:], strict=True):
            x = blocks(F.interpolate(up(x), scale_factor=2.0, mode="nearest"))
        return x

    def mean(self, z: Tensor) -> Tensor:
        """Return the means alone, [b 3 y x]: the same bits as ``forward``'s, for less work."""
        return self._painted(self.deep(z), z, padding=1)

    def mean_within(self, z: Tensor, inside: Tensor, reach: int, ahead: int) -> Tensor:
        """Return the means of small windows, [b 3 h w], whose surroundings are given too.

        Every convolution computes only what a later one reads: what lies farther from the window
        than the layers ahead can reach is left away. Where fewer surroundings are given than the
        first layers want, zeros stand for the rest, as at a picture's border.

        Args:
            z: [b c y x], vectors of a window and of ``reach`` patches around it.
            inside: [b 1 y x], 1 where a patch lies in the picture and 0 elsewhere.
            reach: patches around the window.
            ahead: pixels that the whole decoder reaches, ``DVAEConfig.decoder_reach``.
        """
        margin, unit = PATCH * reach, PATCH  # both in pixels
        x = self.stem(z) * inside
        for number, blocks in enumerate(self.stages):
            if number:
                unit //= 2
                x = self.ups[number - 1](x) * inside
                x, inside = (
                    F.interpolate(p, scale_factor=2.0, mode="nearest") for p in (x, inside)
                )
            for block in cast(Iterable[Residual], blocks):
                spare = max(margin - ahead, 0) // unit  # more than the layers ahead can reach
                x, inside, margin = crop(x, spare), crop(inside, spare), margin - spare * unit
                border = int(margin >= ahead)  # enough is given: its last pixel has been read
                inside = crop(inside, border)
                x = block.within(x, inside, border)
                margin, ahead = margin - border * unit, ahead - unit
        x = crop(x, max(margin - ahead, 0) // unit)
        return self._painted(x, crop(z, reach), padding=0 if margin else 1)

    def _painted(self, x: Tensor, z: Tensor, padding: int) -> Tensor:
        means = len(self.out.weight) // 2  # the log-scales come after them, and need no computing
        weight, bias = self.out.weight[:means], cast(Tensor, self.out.bias)[:means]
        fine = F.conv2d(x, weight, bias, padding=padding)
        return self.unfold(fine) + self.paint(self.linear(z))


class DVAE(nn.Module):
    """Pictures to codes and back."""

    def __init__(self, config: DVAEConfig) -> None:
        """Make a dVAE with random weights from torch's global generator."""
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.logits = nn.Linear(config.code_width, config.codebook_size)
        self.codebook = nn.Parameter(torch.randn(config.codebook_size, config.code_width))
        self.decoder = Decoder(config)
        self.to(memory_format=torch.channels_last)

    def encode_logits(
        self, pictures: Float[Tensor, "b 3 y x"]
    ) -> Float[Tensor, "b k rows columns"]:
        """Return the logits of q, [b k rows columns], for pictures [b 3 y x] in 0..1."""
        features = rearrange(
            self.encoder(to_logits(pictures)), "b c rows columns -> b rows columns c"
        )
        return rearrange(self.logits(features), "b rows columns k -> b k rows columns")

    def encode(self, pictures: Float[Tensor, "b 3 y x"]) -> Int64[Tensor, "b rows columns"]:
        """Return the likeliest codes, int64 [b rows columns], of pictures [b 3 y x] in 0..1.

        As the paper does for the prior's targets: no noise, no temperature.
        """
        return self.encode_logits(pictures).argmax(dim=1)

    def decode(
        self,
        codes: Int64[Tensor, "b rows columns"],
        known: Bool[Tensor, "b rows columns"] | None = None,
    ) -> Float[Tensor, "b 3 y x"]:
        """Return the pictures [b 3 y x] in 0..1 of codes, int64 [b rows columns].

        Where ``known`` [b rows columns] is False, the code is not read, and the mean of the
        codebook stands for it.
        """
        return to_pictures(self.decoder.mean(self.vectors(codes, known)).float())

    def vectors(
        self,
        codes: Int64[Tensor, "b rows columns"],
        known: Bool[Tensor, "b rows columns"] | None = None,
    ) -> Float[Tensor, "b c rows columns"]:
        """Return the codebook's vectors [b c rows columns] of codes [b rows columns]."""
        vectors = F.embedding(codes, self.codebook)
        if known is not None:
            vectors = torch.where(known[..., None], vectors, self.codebook.mean(dim=0))
        return rearrange(vectors, "b rows columns c -> b c rows columns")

    def decode_window(
        self,
        codes: Int64[Tensor, "b rows columns"],
        rows: range,
        columns: range,
        *,
        known: Bool[Tensor, "b rows columns"] | None = None,
    ) -> Float[Tensor, "b 3 y x"]:
        """Decode only the patches in ``rows`` x ``columns``.

        Args:
            codes: the whole grid, int64 [b rows columns]; those farther than ``REACH`` patches
                from the window are not looked at.
            rows: patches to return, step 1, inside the grid; ``footprint`` tells which change.
            columns: likewise.
            known: as in ``decode``, for the whole grid.

        Returns:
            [b 3 y x] in 0..1 with 8 pixels per patch: the same pixels as in ``decode``.

        Raises:
            InputError: an empty window, a step other than 1, or patches outside the grid.
        """
        check_window(rows, codes.shape[1], "rows")
        check_window(columns, codes.shape[2], "columns")
        seen = [
            grow(part, size) for part, size in zip((rows, columns), codes.shape[1:], strict=True)
        ]
        part = (slice(None), *(slice(patches.start, patches.stop) for patches in seen))
        pixels = self.decode(codes[part], None if known is None else known[part])
        top, left = (
            PATCH * (p.start - s.start) for p, s in zip((rows, columns), seen, strict=True)
        )
        return pixels[:, :, top : top + PATCH * len(rows), left : left + PATCH * len(columns)]

    def decode_windows(
        self,
        codes: Int64[Tensor, "b rows columns"],
        corners: Int64[Tensor, "b 2"],
        size: tuple[int, int],
        *,
        known: Bool[Tensor, "b rows columns"] | None = None,
        reach: int | None = None,
    ) -> Float[Tensor, "b 3 h w"]:
        """Decode one window of every picture, each elsewhere, all at once.

        Args:
            codes: the whole grids, int64 [b rows columns].
            corners: int64 [b 2], row and column of each window's first patch; not checked.
            size: rows and columns of a window, in patches, inside the grid.
            known: as in ``decode``, for the whole grids.
            reach: patches around a window that are read; None: all that can change a pixel.

        Returns:
            [b 3 h w] in 0..1 with 8 pixels per patch. With ``reach`` None the numbers are those of
            ``decode`` but for rounding, and the work is a fraction of ``decode_window``'s.
        """
        most = -(-self.config.decoder_reach // PATCH)
        reach = most if reach is None else min(reach, most)
        unknown, outside = range(len(self.codebook), len(self.codebook) + 2)
        mean = self.codebook.mean(dim=0)
        table = torch.cat([self.codebook, mean[None], torch.zeros_like(mean)[None]])
        told = codes if known is None else torch.where(known, codes, unknown)
        told = F.pad(told, (reach,) * 4, value=outside)
        rows, columns = (
            corners[:, axis, None] + torch.arange(size[axis] + 2 * reach, device=codes.device)
            for axis in (0, 1)
        )
        picture = torch.arange(len(codes), device=codes.device)
        seen = told[picture[:, None, None], rows[:, :, None], columns[:, None, :]]
        vectors = rearrange(F.embedding(seen, table), "b rows columns c -> b c rows columns")
        inside = (seen != outside)[:, None].to(vectors.dtype)
        mean = self.decoder.mean_within(vectors, inside, reach, self.config.decoder_reach)
        return to_pictures(mean.float())

    def footprint(self, rows: range, columns: range) -> tuple[range, range]:
        """Return the patches whose pixels can change when codes in ``rows`` x ``columns`` do."""
        return grow(rows, self.config.rows), grow(columns, self.config.columns)

    def loss(
        self,
        pictures: Float[Tensor, "b 3 y x"],
        *,
        temperature: float,
        kl_weight: float,
        usage_weight: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the negative evidence bound per sub-pixel, relaxed (section 2.1).

        Args:
            pictures: [b 3 y x] in 0..1.
            temperature: of the Gumbel-softmax, > 0; the trainer anneals it to 1/16.
            kl_weight: of KL(q || uniform) in the paper's units (6.6 there): divided by the 192
                sub-pixels of a patch.
            usage_weight: of log k minus the entropy of the average q of the batch, in the same
                units. Not in the paper: KL alone asks every single choice to be vague, this one
                asks only that different patches choose different codes, which is what keeps rare
                colours alive in a short training.
            generator: of the noise; None takes torch's global one.

        Returns:
            The scalar to descend on, and detached scalars: ``nll`` (nats a sub-pixel), ``kl`` and
            ``usage`` (nats a patch; usage is exp(entropy) / k, a share of the codebook), ``psnr``
            (decibels, of the relaxed reconstruction).
        """
        targets = to_logits(pictures)
        features = self.encoder(targets)
        b, _, rows, _ = features.shape
        flat = rearrange(features, "b c rows columns -> (b rows columns) c")
        relaxed = relax(self.logits(flat), self.codebook, temperature, generator)
        grid = rearrange(relaxed.vectors, "(b rows columns) c -> b c rows columns", b=b, rows=rows)
        mean, log_scale = self.decoder(grid)
        nll = laplace_nll(targets, mean, log_scale)
        log_k = math.log(self.config.codebook_size)
        penalty = kl_weight * relaxed.kl + usage_weight * (log_k - relaxed.usage)
        with torch.no_grad():
            error = F.mse_loss(to_pictures(mean.float()), pictures)
        metrics = {
            "nll": nll.detach(),
            "kl": relaxed.kl.detach(),
            "usage": (relaxed.usage.detach() - log_k).exp(),
            "psnr": -10 * error.log10(),
        }
        return nll + penalty / PAPER_KL, metrics


def laplace_nll(
    targets: Float[Tensor, "..."], mean: Float[Tensor, "..."], log_scale: Float[Tensor, "..."]
) -> Float[Tensor, ""]:
    """Return the negative log-likelihood of the logit-Laplace (Appendix A.3), nats a sub-pixel.

    The mean over everything. The part that depends on the picture alone, log x (1 - x), is left
    out. The scale has a floor, since flat colour would otherwise earn more with every step than
    all the drawing in it.
    """
    log_scale = log_scale.float().clamp(min=LEAST_LOG_SCALE)
    return ((targets - mean.float()).abs() * (-log_scale).exp() + log_scale).mean() + math.log(2)


def crop(x: Float[Tensor, "b c y x"], spare: int) -> Float[Tensor, "b c h w"]:
    """Take ``spare`` rows and columns away on each side."""
    return x[:, :, spare : x.shape[2] - spare, spare : x.shape[3] - spare] if spare else x


def grow(patches: range, size: int) -> range:
    """Return the patches within ``REACH`` of these, inside a grid of ``size``."""
    return range(max(patches.start - REACH, 0), min(patches.stop + REACH, size))


def check_window(patches: range, size: int, name: str) -> None:
    """Raise InputError unless ``patches`` is a plain run of patches inside a grid of ``size``."""
    if not len(patches) or patches.step != 1 or patches.start < 0 or patches.stop > size:
        raise InputError(
            f"{name} is {patches!r}, but a window is a run of patches with step 1 inside "
            f"range(0, {size}): choose one such as range(0, {min(size, 2)})."
        )
