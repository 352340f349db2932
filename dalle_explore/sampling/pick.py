"""From logits to one code: guidance, temperature, top-k, top-p, and noise that is addressed.

A code is drawn by the Gumbel-max trick (Gumbel, 1954; Maddison et al., 2014): the largest of logit
plus noise. The noise of a code depends on the seed, the patch and the code alone, and filters only
take codes away, in the order of the vocabulary. So a small change of the logits changes few codes,
and neither the batch nor codes that were given from outside shift anybody's noise.
"""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from dalle_explore.kernel import kernel
from dalle_explore.seeds import uniform, uniform_at
from dalle_explore.settings import Settings

__all__ = ["guide", "allowed", "gumbel", "pick", "pick_on_device"]


MOST_NOISE = 17.4
"""No noise is larger: the largest uniform number is 1 - 2**-25, and its noise 17.33."""


def guide(
    conditional: Float[Tensor, "... k"], null: Float[Tensor, "... k"], guidance: float
) -> Float[Tensor, "... k"]:
    """Return logits moved away from what the model says without a caption.

    null + guidance * (conditional - null): classifier-free guidance (Ho and Salimans, 2022) on the
    logits of codes, as autoregressive models use it.
    """
    return null + guidance * (conditional - null)


def allowed(
    logits: Float[Tensor, "b k"],
    settings: Settings,
    temperature: Float[Tensor, " b"] | None = None,
) -> Bool[Tensor, "b k"]:
    """Return which codes may be drawn: top-k first, then top-p of what that leaves.

    Codes that tie with the last of the top k are all kept, so that no order of equals matters.
    top-p takes the likeliest codes until they hold that share (Holtzman et al., 2020), at the
    temperature of the settings, or at that of every picture, above 0, where it is given.
    """
    keep = torch.ones_like(logits, dtype=torch.bool)
    if settings.top_k is not None and settings.top_k < logits.shape[-1]:
        keep = logits >= logits.topk(settings.top_k, dim=-1).values[..., -1:]
    warmth = settings.temperature if temperature is None else temperature[:, None]
    warm = temperature is not None or settings.temperature > 0
    if settings.top_p is not None and settings.top_p < 1 and warm:
        share = (logits / warmth).masked_fill(~keep, -torch.inf).softmax(dim=-1)
        share, order = share.sort(dim=-1, descending=True, stable=True)
        before = share.cumsum(dim=-1) - share
        nucleus = torch.zeros_like(keep).scatter(-1, order, before < settings.top_p)
        keep = keep & nucleus
    return keep


def gumbel(
    seeds: Int64[Tensor, " b"], position: int | Int64[Tensor, " 1"], codebook_size: int
) -> Float[Tensor, "b k"]:
    """Return the noise, fp32, of every code at one patch for pictures with these seeds."""
    codes = torch.arange(codebook_size, device=seeds.device)
    # The logarithms in double precision: the largest of these numbers rounds to one in single.
    return -(-uniform(seeds[:, None], position, codes).log()).log().float()


def pick(
    logits: Float[Tensor, "b k"],
    seeds: Int64[Tensor, " b"],
    position: int,
    settings: Settings,
    temperature: Float[Tensor, " b"] | None = None,
) -> Int64[Tensor, " b"]:
    """Draw one code for every picture.

    Args:
        logits: guided, fp32.
        seeds: one for every picture.
        position: the patch, in raster order.
        settings: temperature, top_k and top_p are read; temperature 0 takes the likeliest code.
        temperature: of every picture at this patch, instead of the settings'.
    """
    if temperature is not None:
        drawn = logits.argmax(dim=-1)
        # Pictures of one temperature at a time: there are never many different ones.
        for value in temperature.unique().tolist():
            mine = temperature == value
            warm = settings.replace(temperature=value)
            drawn[mine] = pick(logits[mine], seeds[mine], position, warm)
        return drawn
    if settings.temperature == 0:
        return logits.argmax(dim=-1)
    heated = logits / settings.temperature
    if settings.top_k is not None or settings.top_p is not None:
        heated = heated.masked_fill(~allowed(logits, settings), -torch.inf)
    if logits.device.type == "cpu":
        return _largest_with_noise(heated, seeds, position)
    # Elsewhere the number of candidates would have to be fetched, for which everything waits.
    return (heated + gumbel(seeds, position, logits.shape[-1])).argmax(dim=-1)


def pick_on_device(
    logits: Float[Tensor, "b k"],
    seeds: Int64[Tensor, " b"],
    position: Int64[Tensor, " 1"],
    settings: Settings,
    temperature: Float[Tensor, " b"],
) -> Int64[Tensor, " b"]:
    """Draw the codes that ``pick`` draws, without fetching anything from the device.

    Arguments are those of ``pick``, but the position is a tensor and every picture has its
    temperature in one, also where they are all the same: on a GPU, dividing by a number and
    dividing by a tensor round differently, and a picture must not notice that a neighbour has a
    temperature of its own.
    """
    cold = temperature == 0
    warm = temperature.masked_fill(cold, 1)
    heated = logits / warm[:, None]
    if settings.top_k is not None or settings.top_p is not None:
        heated = heated.masked_fill(~allowed(logits, settings, warm), -torch.inf)
    noisy = heated + gumbel(seeds, position, logits.shape[-1])
    return torch.where(cold, logits.argmax(dim=-1), noisy.argmax(dim=-1))


def _largest_with_noise(
    heated: Float[Tensor, "b k"], seeds: Int64[Tensor, " b"], position: int
) -> Int64[Tensor, " b"]:
    """The argmax of ``heated`` plus noise, with noise made only where it can matter.

    The noise is bounded, so a code that lies farther below the likeliest one, with its noise, than
    the largest noise reaches, cannot win.
    """
    b, k = heated.shape
    plain = heated.dtype == torch.float32 and (seeds.dtype, len(seeds)) == (torch.int64, b)
    if plain and (fast := kernel()) is not None:
        heated, seeds = heated.contiguous(), seeds.contiguous()
        drawn = torch.empty_like(seeds)
        fast.draw(heated.data_ptr(), b, k, seeds.data_ptr(), position, drawn.data_ptr())
        return drawn
    rows = torch.arange(len(heated))
    likeliest = heated.argmax(dim=-1)
    bar = heated[rows, likeliest] + _gumbel_at(seeds, position, rows, likeliest)
    near, codes = (heated >= bar[:, None] - MOST_NOISE).nonzero(as_tuple=True)
    noisy = torch.full_like(heated, -torch.inf)
    noisy[near, codes] = heated[near, codes] + _gumbel_at(seeds, position, near, codes)
    return noisy.argmax(dim=-1)


def _gumbel_at(seeds: Tensor, position: int, rows: Tensor, codes: Tensor) -> Tensor:
    return -(-uniform_at(seeds, position, rows, codes).log()).log().float()
