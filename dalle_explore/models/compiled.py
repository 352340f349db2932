"""The fast executor's other half: the same step as ``fast.step``, in C (see ``kernel``).

Used on a CPU in fp32, where there is a kernel and the network's sizes are ones it knows. Rows of
one text share its keys and values, which are kept once. Each row's numbers are made by one chain
of additions, so that neither the batch nor threads nor the width of registers change a bit.
"""

import ctypes
import dataclasses
import warnings
import weakref
from typing import TYPE_CHECKING, cast

import torch
from einops import rearrange
from torch import Tensor
from torch.nn.functional import pad

from dalle_explore.errors import InputError
from dalle_explore.kernel import Kernel, Layer, Net, kernel, share
from dalle_explore.models import fast

if TYPE_CHECKING:
    from dalle_explore.models.prior import Block, Prior

__all__ = ["Pictures", "prefill", "step", "weights_for"]

LANES, PANEL = 16, 32  # of kernel.c
CHANNELS = (16, 32, 48, 64)  # of a head: the sizes kernel.c is written for
TOLERANCE = 1e-3  # of logits against torch, as a share of the largest


@dataclasses.dataclass
class Pictures:
    """Unfinished pictures.

    Attributes:
        pictures: how many.
        length: positions filled so far, text included.
        logits: of the next code, fp32 [pictures k].
        steady: threads change no bit.
    """

    pictures: int
    length: int
    logits: Tensor
    kernel: Kernel  # also where it was switched off since
    network: Net  # and everything it points to
    rows: Tensor  # int64 [b], the text of each
    scratch: Tensor
    steady: bool = True


@dataclasses.dataclass(frozen=True)
class Weights:
    """A prior's weights as kernel.c reads them."""

    tensors: dict[str, Tensor]
    layers: list[dict[str, Tensor]]
    copies: list[Tensor]  # of the parameters that these were made of
    sound: bool  # the kernel was compared with torch on these weights, and agrees


_known: "weakref.WeakKeyDictionary[Prior, Weights]" = weakref.WeakKeyDictionary()


def weights_for(prior: "Prior", dtype: torch.dtype) -> Weights | None:
    """Return the weights as the kernel reads them; None where torch has to draw.

    That is: without a kernel, on a GPU, in bf16, with sizes that it does not know, or where its
    logits are not those of torch.
    """
    c = prior.config
    if prior.row.device.type != "cpu":
        _known.pop(prior, None)
        return None
    fits = c.width % PANEL == 0 and c.width // c.heads in CHANNELS
    if not fits or not prior.row.dtype == dtype == torch.float32 or kernel() is None:
        return None
    weights = _weights(prior)
    return weights if weights.sound else None


def step(prior: "Prior", state: Pictures, codes: Tensor) -> Tensor:
    """See ``Prior.step``.

    Raises:
        InputError: a code outside the codebook.
    """
    c = prior.config
    codes = codes.to(torch.int64).contiguous()
    least, most = codes.aminmax()
    if least < 0 or most >= c.codebook_size:
        raise InputError(
            f"codes lie between {int(least)} and {int(most)}, but this model's lie between 0 and "
            f"{c.codebook_size - 1}."
        )
    logits = torch.empty(state.pictures, state.network.codes)
    patch, room = state.length - c.text_length, state.scratch.shape[1]

    def some(rows: range) -> None:
        state.kernel.step(
            state.network,
            rows,
            patch,
            codes.data_ptr(),
            state.rows.data_ptr(),
            # Each thread has its own rows' scratch; one row's holds the scores as well.
            state.scratch.data_ptr() + 4 * room * rows.start,
            logits.data_ptr(),
        )

    share(some, state.pictures, torch.get_num_threads())
    state.length += 1
    state.logits = logits[:, : c.codebook_size]
    return state.logits


def prefill(
    prior: "Prior", weights: Weights, text: Tensor, rows: Tensor, blend: Tensor | None
) -> Pictures:
    """See ``Generator.prefill``; the weights are what ``weights_for`` returned.

    Raises:
        InputError: a row that belongs to no text.
    """
    c = prior.config
    found = cast(Kernel, kernel())
    b, h, channels = len(rows), c.heads, c.width // c.heads
    embedded = _embed(prior, text, blend)
    texts, text_blocks, blocks = len(embedded), -(-c.text_length // LANES), -(-c.patches // LANES)
    rows = rows.to(torch.int64).contiguous()
    if b and not 0 <= int(rows.min()) <= int(rows.max()) < texts:
        raise InputError(
            f"rows lie between {int(rows.min())} and {int(rows.max())}, but there are {texts} "
            f"texts: count them from 0."
        )
    tensors = {
        **weights.tensors,
        # Zeros: scores are made for whole blocks of positions, and only then cut.
        "text_keys": torch.zeros(texts, c.layers, h, text_blocks, channels, LANES),
        "text_values": torch.zeros(texts, c.layers, h, c.text_length, channels),
        "keys": torch.zeros(b, c.layers, h, blocks, channels, LANES),
        "values": torch.zeros(b, c.layers, h, c.patches, channels),
    }
    layers = (Layer * c.layers)(
        *(Layer(**{k: v.data_ptr() for k, v in layer.items()}) for layer in weights.layers)
    )
    net = Net(
        layers=c.layers,
        heads=h,
        channels=channels,
        text=c.text_length,
        patches=c.patches,
        codes=tensors["head"].shape[0] * PANEL,
        layer=ctypes.cast(layers, ctypes.POINTER(Layer)),
        **{name: tensor.data_ptr() for name, tensor in tensors.items()},
    )
    net.kept = (tensors, layers)  # alive as long as anything can reach them through the net
    read = torch.empty(texts, net.codes)
    room = 10 * c.width * c.text_length + text_blocks * LANES
    scratch = torch.empty(texts, room)

    def some(numbers: range) -> None:
        for number in numbers:
            found.read(
                net,
                number,
                embedded[number].data_ptr(),
                scratch[number].data_ptr(),
                read[number].data_ptr(),
            )

    share(some, texts, torch.get_num_threads())
    return Pictures(
        pictures=b,
        length=c.text_length,
        logits=read[rows, : c.codebook_size],
        kernel=found,
        network=net,
        rows=rows,
        scratch=torch.empty(b, 10 * c.width + (text_blocks + blocks) * LANES),
    )


def _embed(prior: "Prior", text: Tensor, blend: Tensor | None) -> Tensor:
    """Return [m t d], each text by itself."""
    nothing = text.new_empty(1, 0)
    if blend is None:
        parts = [prior.embed(one[None], nothing) for one in text]
    else:
        parts = [prior.embed(text, nothing, blend=one[None]) for one in blend]
    return torch.cat(parts).contiguous()


def _weights(prior: "Prior") -> Weights:
    """Lay out the weights, unless they are, number by number, those of the last time.

    Counters of changes do not tell: neither ``.data`` nor fused optimisers move them.
    """
    known = _known.get(prior)
    same = known is not None and all(
        torch.equal(mine, copy)
        for mine, copy in zip(prior.parameters(), known.copies, strict=True)
    )
    if known is None or not same:
        known = _known[prior] = _lay_out(prior)
    return known


@torch.no_grad()
def _lay_out(prior: "Prior") -> Weights:
    def panels(weight: Tensor) -> Tensor:
        whole = pad(weight, (0, 0, 0, -weight.shape[0] % PANEL))
        return rearrange(whole, "(n w) k -> n k w", w=PANEL).contiguous()

    def plain(vector: Tensor) -> Tensor:
        return vector.detach().clone(memory_format=torch.contiguous_format)

    layers = []
    for each in prior.blocks:
        block = cast("Block", each)
        layers.append(
            {
                "norm_gain": plain(block.norm_attn.weight),
                "norm_bias": plain(block.norm_attn.bias),
                "qkv": panels(torch.cat([block.attn.qk.weight, block.attn.v.weight])),
                "qk_gain": plain(block.attn.norm.weight),
                "out": panels(block.attn.out.weight),
                "out_bias": plain(block.attn.out.bias),
                "mlp_gain": plain(block.norm_mlp.weight),
                "mlp_bias": plain(block.norm_mlp.bias),
                "up": panels(block.up.weight),
                "up_bias": plain(block.up.bias),
                "down": panels(block.down.weight),
                "down_bias": plain(block.down.bias),
            }
        )
    tensors = {
        "code": plain(prior.code.weight),
        "position": prior.patch_position().contiguous(),
        "norm_gain": plain(prior.norm.weight),
        "norm_bias": plain(prior.norm.bias),
        "head": panels(prior.code_head.weight),
    }
    copies = [parameter.detach().clone() for parameter in prior.parameters()]
    weights = Weights(tensors, layers, copies, sound=True)
    sound = _sound(prior, weights)
    if not sound:
        warnings.warn(
            "the compiled kernel disagrees with torch on this network, so torch draws alone "
            "(DALLE_EXPLORE_KERNEL=0 says so from the start).",
            RuntimeWarning,
            stacklevel=2,
        )
    return dataclasses.replace(weights, sound=sound)


def _sound(prior: "Prior", weights: Weights) -> bool:
    """Whether the kernel's logits are torch's, for two rows and the first codes."""
    text = torch.full((1, prior.config.text_length), -1)
    rows = torch.zeros(2, dtype=torch.int64)
    ours = prefill(prior, weights, text, rows, None)
    theirs = fast.prefill(prior, text, rows, None, torch.float32)
    for patch in range(min(4, prior.config.patches)):
        made, right = ours.logits, theirs.logits
        if not (made - right).abs().max() <= TOLERANCE * right.abs().max().clamp(min=1):
            return False
        if patch + 1 < prior.config.patches:
            codes = right.argmax(dim=-1)
            step(prior, ours, codes)
            fast.step(prior, theirs, codes)
    return True
