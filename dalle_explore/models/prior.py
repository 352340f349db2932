"""The prior: a decoder-only transformer over text tokens and codes in one sequence.

Section 2.2 of "Zero-Shot Text-to-Image Generation" (Ramesh et al., 2021, arXiv 2102.12092): text
first, then the codes in raster order, each position looking back at everything before it; a
learned pad for every text position; text loss 1/8, image loss 7/8. Known differences: dense causal
attention in every layer instead of row, column and convolutional masks (the picture has 256 codes,
not 1024), and normalised queries and keys.
"""

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from jaxtyping import Float, Float32, Int64
from torch import Tensor, nn

from dalle_explore.errors import InputError
from dalle_explore.generator import PAD, Executor, Inside, PriorOutput
from dalle_explore.models import compiled, fast, fixed, reference
from dalle_explore.models.attention import (
    Heads,
    SelfAttention,
    explicit_attention,
    fused_attention,
)
from dalle_explore.models.hooks import Tap
from dalle_explore.models.linear import SteadyLinear
from dalle_explore.models.presets import PriorConfig

__all__ = ["PAD", "Block", "Prior", "PriorOutput"]

State = compiled.Pictures | fast.Cache | reference.Memory

TEXT_SHARE = 1 / 8  # section 2.2: the image is what has to be modelled
IMAGE_SHARE = 7 / 8


class Block(nn.Module):
    """One pre-norm transformer block (Xiong et al., 2020) with its hook points."""

    def __init__(self, layer: int, config: PriorConfig) -> None:
        """Make block number ``layer``."""
        super().__init__()
        self.name = f"block.{layer}"
        self.layer = layer
        self.norm_attn = nn.LayerNorm(config.width)
        self.attn = SelfAttention(config.width, config.heads)
        self.norm_mlp = nn.LayerNorm(config.width)
        self.up = SteadyLinear(config.width, 4 * config.width)
        self.down = SteadyLinear(4 * config.width, config.width)

    def forward(
        self,
        x: Float[Tensor, "b m d"],
        tap: Tap | None = None,
        memory: reference.Memory | None = None,
    ) -> Float[Tensor, "b m d"]:
        """Map the stream [b m d] to the next one.

        Args:
            x: the stream, at the last m positions.
            tap: sees, and may change, every hook point on the way.
            memory: keys and values of the positions before, to which these are added; without it
                x is the whole sequence.
        """
        if tap is None:
            heads = self.attn.project(self.norm_attn(x))
            x = x + self.attn.merge(fused_attention(heads))
            return x + self.down(F.gelu(self.up(self.norm_mlp(x))))
        name = self.name
        x = tap(f"{name}.resid_in", x)
        heads = self.attn.project(self.norm_attn(x))
        heads = Heads(*(tap(f"{name}.attn.{part}", getattr(heads, part)) for part in "qkv"))
        if memory is not None:
            heads = memory.extend(self.layer, heads)
        if memory is not None or tap.explicit(self.layer):
            head = explicit_attention(heads, lambda part, value: tap(f"{name}.attn.{part}", value))
        else:
            head = fused_attention(heads)
        x = x + tap(f"{name}.attn.out", self.attn.merge(head))
        x = tap(f"{name}.resid_mid", x)
        act = tap(f"{name}.mlp.act", F.gelu(self.up(self.norm_mlp(x))))
        x = x + tap(f"{name}.mlp.out", self.down(act))
        return tap(f"{name}.resid_out", x)


class Prior(nn.Module):
    """Predicts codes from text and earlier codes."""

    def __init__(self, config: PriorConfig) -> None:
        """Make a prior with random weights from torch's global generator."""
        super().__init__()
        self.config = config
        width = config.width
        self.text = nn.Embedding(config.text_vocabulary, width)
        self.pad = nn.Parameter(torch.empty(config.text_length, width))
        self.text_position = nn.Parameter(torch.empty(config.text_length, width))
        self.code = nn.Embedding(config.codebook_size, width)
        self.row = nn.Parameter(torch.empty(config.rows, width))
        self.column = nn.Parameter(torch.empty(config.columns, width))
        self.blocks = nn.ModuleList(Block(layer, config) for layer in range(config.layers))
        self.norm = nn.LayerNorm(width)
        self.text_head = nn.Linear(width, config.text_vocabulary, bias=False)
        self.code_head = SteadyLinear(width, config.codebook_size, bias=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights: 0.02 wide, less where blocks write to the stream (GPT-2, 2019)."""
        for name, parameter in self.named_parameters():
            if parameter.ndim == 1:  # gains are one, biases nought
                nn.init.constant_(parameter, float(name.endswith("weight")))
            else:
                writes = name.endswith(("attn.out.weight", "down.weight"))
                nn.init.normal_(parameter, std=0.02 / ((2 * self.config.layers) ** 0.5) ** writes)

    def embed(
        self,
        text: Int64[Tensor, "m t"],
        codes: Int64[Tensor, "b p"],
        tap: Tap | None = None,
        blend: Float[Tensor, "b m"] | None = None,
    ) -> Float[Tensor, "b s d"]:
        """Return the stream [b s d] that enters the first block.

        Args:
            text: int64 [m t], ``PAD`` where nothing is said; m is b unless texts are blended.
            codes: int64 [b p'], the first codes in raster order, 0 <= p' <= p.
            tap: sees, and may change, ``embed.text``, ``embed.image`` and ``embed.position``.
            blend: [b m], weights that mix the texts' embeddings position by position.
        """
        said = (text >= 0)[..., None]
        words = torch.where(said, self.text(text.clamp(min=0)), self.pad)
        if blend is not None:
            words = torch.einsum("bm,mtd->btd", blend, words)
        image = self.code(codes)
        position = torch.cat([self.text_position, self.patch_position()[: codes.shape[1]]])
        if tap is not None:
            words, image = tap("embed.text", words), tap("embed.image", image)
            position = tap("embed.position", position)
        return torch.cat([words, image], dim=1) + position

    def embed_code(
        self, codes: Int64[Tensor, " b"], patch: int, tap: Tap | None = None
    ) -> Float[Tensor, "b 1 d"]:
        """Return the stream of one patch whose codes are known, int64 [b]."""
        image = self.code(codes)[:, None]
        position = (self.row[patch // len(self.column)] + self.column[patch % len(self.column)])[
            None
        ]
        if tap is not None:
            image, position = tap("embed.image", image), tap("embed.position", position)
        return image + position

    def patch_position(self) -> Float[Tensor, "p d"]:
        """Return the position of every patch: its row's vector plus its column's."""
        return (self.row[:, None] + self.column[None]).flatten(0, 1)

    def forward(
        self,
        text: Int64[Tensor, "b t"],
        codes: Int64[Tensor, "b p"],
        *,
        want: Iterable[str] = (),
        inside: Inside | None = None,
    ) -> PriorOutput:
        """Read a whole sequence at once (teacher forcing).

        Args:
            text: int64 [b t], ``PAD`` (-1) where nothing is said.
            codes: int64 [b p].
            want: hook points to return, as names or patterns such as ``"block.*.attn.pattern"``
                (see ``models.hooks``). Attention is computed openly in exactly those layers whose
                scores, pattern or heads are wanted or edited.
            inside: what to change; its text rows are those of ``text``.

        Gradients flow through everything returned, the wanted points included. What is wanted is
        what an edit left.

        Raises:
            InputError: an unknown point, layer or head.
        """
        tap = Tap(self.config, want, inside) if want or inside else None
        x = self.norm(self.blocks_of(self.embed(text, codes, tap), tap))
        if tap is not None:
            x = tap("final.norm", x)
        first = self.config.text_length
        text_logits = self.text_head(x[:, :first])
        code_logits = self.code_head(x[:, first - 1 : -1])
        if tap is not None:
            code_logits = tap("logits", code_logits)
        return PriorOutput(text_logits, code_logits, tap.found if tap is not None else {})

    def blocks_of(
        self, x: Float[Tensor, "b s d"], tap: Tap | None = None
    ) -> Float[Tensor, "b s d"]:
        """Send the stream [b s d] through every block."""
        for block in self.blocks:
            x = block(x, tap)
        return x

    def loss(
        self, text: Int64[Tensor, "b t"], codes: Int64[Tensor, "b p"]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the loss of section 2.2, in nats: 1/8 of the text's and 7/8 of the image's.

        Arguments as in ``forward``. Pads are no targets, and a text's first token is not
        predicted. Logits are only made where there is a target.

        Returns:
            The scalar to descend on, and detached scalars: ``text`` (nats a token), ``image``
            (nats a code), ``accuracy`` (share of codes whose likeliest value is right).
        """
        x = self.norm(self.blocks_of(self.embed(text, codes)))
        first = self.config.text_length
        targets = text[:, 1:]
        said = targets >= 0
        # An empty selection has no mean; a batch without captions simply has no text loss.
        text_loss = F.cross_entropy(
            self.text_head(x[:, : first - 1][said]).float(), targets[said], reduction="sum"
        ) / said.sum().clamp(min=1)
        logits = self.code_head(x[:, first - 1 : -1]).flatten(0, 1)
        image_loss = F.cross_entropy(logits.float(), codes.flatten())
        with torch.no_grad():
            accuracy = (logits.argmax(dim=-1) == codes.flatten()).float().mean()
        metrics = {
            "text": text_loss.detach(),
            "image": image_loss.detach(),
            "accuracy": accuracy,
        }
        return TEXT_SHARE * text_loss + IMAGE_SHARE * image_loss, metrics

    @torch.no_grad()
    def prefill(
        self,
        text: Int64[Tensor, "m t"],
        rows: Int64[Tensor, " b"] | None = None,
        *,
        blend: Float[Tensor, "n m"] | None = None,
        dtype: torch.dtype = torch.float32,
        executor: Executor = "fast",
        inside: Inside | None = None,
    ) -> State:
        """Read texts, and allocate what their pictures need; see ``Generator.prefill``.

        Raises:
            InputError: the fast executor with edits inside.
        """
        if rows is None:
            rows = torch.arange(len(text) if blend is None else len(blend), device=text.device)
        if executor == "reference":
            return reference.prefill(self, text, rows, blend, dtype, inside)
        if inside:
            raise InputError(
                "the fast executor cannot change anything inside the network: use "
                "executor='reference' with these edits."
            )
        weights = compiled.weights_for(self, dtype)
        if weights is not None:
            return compiled.prefill(self, weights, text, rows, blend)
        return fast.prefill(self, text, rows, blend, dtype)

    @torch.no_grad()
    def step(self, state: State, codes: Int64[Tensor, " b"]) -> Float32[Tensor, "b k"]:
        """Write one more code, int64 [b], into every picture; return the next logits [b k].

        Raises:
            InputError: the pictures are full, or the number of codes is another than of pictures.
        """
        written = state.length - self.config.text_length
        if written == self.config.patches:
            raise InputError(
                f"all {self.config.patches} codes of these pictures are written: begin again with "
                f"prefill."
            )
        _check_one_each(state, codes)
        if isinstance(state, reference.Memory):
            return reference.step(self, state, codes)
        if isinstance(state, compiled.Pictures):
            return compiled.step(self, state, codes)
        return fast.step(self, state, codes)

    @torch.no_grad()
    def step_at(
        self,
        state: fast.Cache | compiled.Pictures,
        codes: Int64[Tensor, " b"],
        patch: Int64[Tensor, " 1"],
        within: int,
    ) -> Float32[Tensor, "b k"]:
        """Write one more code where a tensor says, below a bound; see ``Generator.step_at``.

        Raises:
            InputError: a state of the reference executor, a bound outside the picture, or the
                number of codes is another than of pictures.
        """
        if isinstance(state, reference.Memory):
            raise InputError(
                "this state is the reference executor's, which has no steps of fixed shape: carry "
                "it on with step(), or begin with prefill(executor='fast')."
            )
        if not 1 <= within <= self.config.patches:
            raise InputError(
                f"within is {within}, but it bounds the patch that is written: give a number from "
                f"1 to {self.config.patches}."
            )
        _check_one_each(state, codes)
        if isinstance(state, compiled.Pictures):
            written = int(patch)  # on a CPU nothing waits for it
            if not 0 <= written < within:
                raise InputError(
                    f"patch is {written}, but within bounds it to less than {within}, and it is "
                    f"at least 0."
                )
            state.length = self.config.text_length + written
            return compiled.step(self, state, codes)
        return fixed.step_at(self, state, codes, patch, within)


def _check_one_each(state: State, codes: Tensor) -> None:
    if codes.shape != (state.pictures,):
        raise InputError(
            f"codes have the shape {tuple(codes.shape)}, but {state.pictures} pictures need "
            f"one code each: give int64 of shape ({state.pictures},)."
        )
