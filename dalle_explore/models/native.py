"""Our own model behind the common contract."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, final

import torch
from einops import rearrange
from jaxtyping import Float, UInt8
from torch import Tensor

from dalle_explore.errors import InputError, MachineError
from dalle_explore.generator import (
    EncodedText,
    Executor,
    Generator,
    Inside,
    PriorOutput,
    Supports,
)
from dalle_explore.models.dvae import DVAE, REACH, check_window
from dalle_explore.models.hooks import point_names
from dalle_explore.models.presets import PATCH
from dalle_explore.models.prior import Prior
from dalle_explore.text.tokenizer import Tokenizer
from dalle_explore.windows import check_windows

__all__ = ["NativeGenerator"]

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


@final
class NativeGenerator(Generator):
    """Tokenizer, dVAE and prior as one model. See ``Generator`` for what each method promises."""

    supports = Supports(
        guidance=True,
        forced_patches=True,
        image_encoding=True,
        edits=True,
        blends=True,
        window=True,
        word_attention="valid",
        fixed_steps=True,
    )
    patch = PATCH

    def __init__(
        self, tokenizer: Tokenizer, dvae: DVAE, prior: Prior, card: Mapping[str, Any]
    ) -> None:
        """Join three parts that were trained together.

        Raises:
            InputError: the parts do not fit each other.
        """
        for name, one, other in (
            ("codebook", dvae.config.codebook_size, prior.config.codebook_size),
            ("rows", dvae.config.rows, prior.config.rows),
            ("columns", dvae.config.columns, prior.config.columns),
        ):
            if one != other:
                raise InputError(
                    f"the dVAE has {one} ({name}) and the prior {other}: take two that were "
                    f"trained together."
                )
        if tokenizer.vocabulary_size > prior.config.text_vocabulary:
            raise InputError(
                f"the tokenizer has {tokenizer.vocabulary_size} tokens and the prior knows "
                f"{prior.config.text_vocabulary}: take two that were trained together."
            )
        self.tokenizer, self.dvae, self.prior, self.card = (
            tokenizer,
            # Weights that were read from a file lie as they lay there.
            dvae.eval().to(memory_format=torch.channels_last),
            prior.eval(),
            card,
        )
        self.rows, self.columns = prior.config.rows, prior.config.columns
        self.codebook_size = prior.config.codebook_size
        self.text_length = prior.config.text_length
        self.layers, self.heads = prior.config.layers, prior.config.heads
        self.width = prior.config.width
        self.points = point_names(prior.config.layers)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.prior.row.device

    def to(self, device: str) -> None:
        """Move the weights; nothing happens where they are there already."""
        target = torch.device(device)
        if target.type == "cuda":
            count = torch.cuda.device_count() if torch.cuda.is_available() else 0
            if (target.index or 0) >= count:
                raise MachineError(
                    f"device is {device!r}, but this machine has {count} such GPUs that torch can "
                    f"use: choose device='cpu', or install torch with CUDA."
                )
        for part in (self.dvae, self.prior):
            part.to(target)

    def encode_text(self, prompt: str) -> EncodedText:
        """Return the ids of a prompt, and where each of its words is."""
        return self.tokenizer.encode(prompt)

    @property
    def null(self) -> tuple[int, ...]:
        """No ids at all: every position takes its learned pad, as for captions left out."""
        return ()

    def prefill(
        self,
        text: Tensor,
        rows: Tensor | None = None,
        *,
        blend: Tensor | None = None,
        precision: str = "fp32",
        executor: Executor = "fast",
        inside: Inside | None = None,
    ) -> Any:
        """Read texts and get ready to write pictures."""
        return self.prior.prefill(
            text, rows, blend=blend, dtype=DTYPES[precision], executor=executor, inside=inside
        )

    def step(self, state: Any, codes: Tensor) -> Tensor:
        """Write one more code into every picture."""
        return self.prior.step(state, codes)

    def step_at(self, state: Any, codes: Tensor, patch: Tensor, within: int) -> Tensor:
        """Write one more code into every picture, in a form that a GPU can record."""
        return self.prior.step_at(state, codes, patch, within)

    def forward(
        self,
        text: Tensor,
        codes: Tensor,
        *,
        want: Iterable[str] = (),
        inside: Inside | None = None,
    ) -> PriorOutput:
        """Read whole sequences at once."""
        return self.prior(text, codes, want=want, inside=inside)

    def output_projection(self, layer: int) -> tuple[Tensor, Tensor]:
        """Return how the attention of a layer writes: matrices [h c d], and a bias [d]."""
        if not 0 <= layer < self.layers:
            raise InputError(
                f"there is no layer {layer}: this model has the layers 0 to {self.layers - 1}."
            )
        out = self.prior.blocks[layer].attn.out  # type: ignore[union-attr]
        return rearrange(out.weight, "d (h c) -> h c d", h=self.heads), out.bias  # type: ignore[union-attr,return-value]

    def read_out(self, stream: Tensor) -> Tensor:
        """Return the logits of codes that a stream would give if no block followed."""
        logits: Tensor = self.prior.code_head(self.prior.norm(stream)).float()
        return logits

    def push(self, stream: Tensor, parts: Tensor, codes: Tensor) -> Tensor:
        """Return by how much parts of a stream push the logit of a code above the mean of all."""
        norm, head = self.prior.norm, self.prior.code_head.weight.float()
        scale = (stream.float().var(dim=-1, unbiased=False) + norm.eps).rsqrt()
        way = (head[codes] - head.mean(dim=0)) * norm.weight.float()  # [b p d]
        way = way - way.mean(dim=-1, keepdim=True)  # the norm takes away the mean of a part
        return torch.einsum("mbpd,bpd->mbp", parts.float(), way * scale[..., None])

    @torch.inference_mode()
    def encode_image(self, pictures: Tensor) -> Tensor:
        """Return the codes, int64 [b rows columns], of pictures uint8 [b y x 3]."""
        size = (self.rows * PATCH, self.columns * PATCH, 3)
        if pictures.ndim != 4 or pictures.shape[1:] != size or pictures.dtype != torch.uint8:
            raise InputError(
                f"the pictures are {pictures.dtype} of shape {tuple(pictures.shape)}, but this "
                f"model reads uint8 of shape (b, {', '.join(map(str, size))}): resize them."
            )
        floats = pictures.to(self.device).permute(0, 3, 1, 2).float() / 255
        with exact_convolutions():
            return torch.cat([self.dvae.encode(one) for one in floats.split(self._at_once())])

    @torch.inference_mode()
    def decode_codes(
        self,
        codes: Tensor,
        *,
        known: Tensor | None = None,
        window: tuple[range, range] | None = None,
    ) -> Tensor:
        """Return pictures, uint8 [b y x 3] on the CPU.

        Where a code is not known yet, the mean of the codebook stands for it.
        """
        self._check_codes(codes)
        window = window or (range(self.rows), range(self.columns))
        check_window(window[0], self.rows, "the window's rows")
        check_window(window[1], self.columns, "the window's columns")
        codes = codes.to(self.device)
        known = None if known is None else known.to(self.device)
        side = [PATCH * len(part) for part in window]
        pieces = [torch.empty(0, *side, 3, dtype=torch.uint8)]
        with exact_convolutions():
            for first in range(0, len(codes), self._at_once()):
                part = slice(first, first + self._at_once())
                told = None if known is None else known[part]
                drawn = self.dvae.decode_window(codes[part], *window, known=told)
                pieces.append(as_pixels(drawn))
        return torch.cat(pieces)

    @torch.inference_mode()
    def decode_windows(
        self,
        codes: Tensor,
        corners: Tensor,
        size: tuple[int, int],
        *,
        known: Tensor | None = None,
        reach: int | None = None,
    ) -> Tensor:
        """Return one small window of every picture, uint8 [b y x 3] on the CPU.

        What a smaller reach costs with the bundled model: levels of 255, the largest difference
        and the mean, over windows around every patch of four pictures, where later patches are
        not known. Milliseconds a window, on one core at 2.5 GHz; a whole picture takes 5.

        =====  ===================  ===================  ===================
        reach  1 x 1 patch          3 x 3 patches        5 x 5 patches
        =====  ===================  ===================  ===================
        None   0,   0,      0.3 ms  0,   0,      0.5 ms  0,   0,      0.8 ms
        3      1,   0.004,  0.2 ms  1,   0.001,  0.5 ms  1,   0.001,  0.8 ms
        2      2,   0.17,   0.2 ms  2,   0.07,   0.4 ms  2,   0.03,   0.7 ms
        1      12,  1.3,    0.1 ms  10,  0.5,    0.3 ms  11,  0.3,    0.5 ms
        0      48,  5.0,    0.1 ms  56,  2.4,    0.1 ms  55,  1.5,    0.3 ms
        =====  ===================  ===================  ===================
        """
        self._check_codes(codes)
        check_windows(codes, corners, size, known, reach)
        side = (PATCH * size[0], PATCH * size[1])
        grown = math.prod(n + 2 * (REACH if reach is None else min(reach, REACH)) for n in size)
        at_once = max(self._patches_at_once() // grown, 1)
        pieces = [torch.empty(0, *side, 3, dtype=torch.uint8)]
        # Pieces of one size, because torch takes another way, and rounds otherwise, for one alone.
        parts = torch.arange(len(codes)).tensor_split(max(-(-len(codes) // at_once), 1))
        with exact_convolutions():
            for part in parts:
                told = None if known is None else known[part].to(self.device)
                here, where = codes[part].to(self.device), corners[part].to(self.device)
                drawn = self.dvae.decode_windows(here, where, size, known=told, reach=reach)
                pieces.append(as_pixels(drawn))
        return torch.cat(pieces)

    def code_vectors(self) -> Tensor:
        """Return the dVAE's vector of each code, [k c]."""
        return self.dvae.codebook.detach()

    def footprint(self, rows: range, columns: range) -> tuple[range, range]:
        """Return the patches whose pixels can change when codes in ``rows`` x ``columns`` do."""
        return self.dvae.footprint(rows, columns)

    def _check_codes(self, codes: Tensor) -> None:
        if codes.ndim != 3 or codes.shape[1:] != (self.rows, self.columns):
            raise InputError(
                f"codes have the shape {tuple(codes.shape)}, but this model's are "
                f"(b, {self.rows}, {self.columns}): reshape them."
            )
        if codes.numel() and not 0 <= int(codes.min()) <= int(codes.max()) < self.codebook_size:
            raise InputError(
                f"codes lie between {int(codes.min())} and {int(codes.max())}, but this model's "
                f"lie between 0 and {self.codebook_size - 1}: they come from another model."
            )

    def _at_once(self) -> int:
        # On a CPU one picture at a time: the same pixels in any batch, and the cache stays warm.
        return 1 if self.device.type == "cpu" else 64

    def _patches_at_once(self) -> int:
        # Of windows, their surroundings included: on a CPU 4 MB for each map of 128 channels.
        return 8192 if self.device.type == "cpu" else 131072


def exact_convolutions() -> Any:
    """Return a context in which convolutions on a GPU are full fp32, not TF32."""
    return torch.backends.cudnn.flags(allow_tf32=False)


def as_pixels(pictures: Float[Tensor, "b 3 y x"]) -> UInt8[Tensor, "b y x 3"]:
    """Turn 0..1 into levels, on the CPU."""
    return (pictures * 255).round().to(torch.uint8).permute(0, 2, 3, 1).cpu()
