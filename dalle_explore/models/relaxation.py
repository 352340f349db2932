"""The Gumbel-softmax relaxation of a choice among codes, with its two regularisers, in one pass.

Section 2.1 and Appendix A.2 of "Zero-Shot Text-to-Image Generation" (Ramesh et al., 2021); the
relaxation is from Jang et al. and Maddison et al. (2016). Written out as one differentiable
function because a picture has 256 x 1024 logits: composed of library calls, a batch of 32 would
keep about ten tensors of 32 MiB alive and spend more time moving them than computing. Here two are
kept, and everything else lives for a few hundred patches at a time.
"""

import math
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

__all__ = ["Relaxed", "relax"]

VALUES_ON_CPU = 2**19  # 2 MiB of fp32: they stay in the cache of one core
LEAST_LOG_Q = -80.0
"""What a log-probability is raised to. Below -87 the library's exp is a hundred times slower,
since the result is no normal number any more, and e^-80 of a probability is none either way."""


class Relaxed(NamedTuple):
    """What the relaxation returns.

    vectors [m d]: for each of m patches the expected codebook vector under the relaxed choice.
    kl []: mean over patches of KL(q || uniform), in nats.
    usage []: entropy of the average q, in nats; log k when all codes are used alike.
    """

    vectors: Float[Tensor, "m d"]
    kl: Float[Tensor, ""]
    usage: Float[Tensor, ""]


def relax(
    logits: Float[Tensor, "m k"],
    codebook: Float[Tensor, "k d"],
    temperature: float,
    generator: torch.Generator | None = None,
) -> Relaxed:
    """Choose softly among codes.

    Args:
        logits: [m k], of q for every patch.
        codebook: [k d].
        temperature: > 0; towards 0 the choice becomes a hard one.
        generator: of the noise; None takes torch's global one. Must live where ``logits`` lives.

    Gradients reach ``logits`` and ``codebook``.
    """
    # Mixed precision is for the products outside: inside, half of the work is logarithms.
    with torch.autocast(logits.device.type, enabled=False):
        return Relaxed(
            *_Relaxation.apply(logits.float(), codebook.float(), temperature, generator)
        )


def gumbel(like: Tensor, generator: torch.Generator | None) -> Tensor:
    """Return standard Gumbel noise of the shape of ``like``, in fp32.

    Four numbers are cut from each 64-bit random word: drawing the words is the slow part on a CPU.
    Sixteen bits bound the noise to (-2.5, 11.8), which a training cannot tell from the real thing.
    """
    words = torch.empty(-(-like.numel() // 4), dtype=torch.int64, device=like.device)
    words.random_(-(2**63), None, generator=generator)
    noise = words.view(torch.uint16)[: like.numel()].to(torch.float32)
    return noise.add_(0.5).mul_(2.0**-16).log_().neg_().log_().neg_().view(like.shape)


def _chunks(*tensors: Tensor) -> Any:
    m, k = tensors[0].shape
    rows = max(1, VALUES_ON_CPU // k) if tensors[0].device.type == "cpu" else m
    return zip(*(tensor.split(rows) for tensor in tensors), strict=True)


class _Relaxation(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        logits: Tensor,
        codebook: Tensor,
        temperature: float,
        generator: torch.Generator | None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        m, k = logits.shape
        choice = torch.empty_like(logits)
        vectors = logits.new_empty(m, codebook.shape[1])
        mean = logits.new_zeros(k)
        negentropy = logits.new_zeros(())
        for part, soft, out in _chunks(logits, choice, vectors):
            log_q = torch.log_softmax(part, dim=-1).clamp_(min=LEAST_LOG_Q)
            q = log_q.exp()
            mean += q.sum(dim=0)
            negentropy += torch.dot(q.flatten(), log_q.flatten())
            torch.softmax(gumbel(log_q, generator).add_(log_q).div_(temperature), -1, out=soft)
            torch.mm(soft, codebook, out=out)
        mean /= m
        ctx.save_for_backward(logits, choice, codebook, mean, vectors)
        ctx.temperature = temperature
        return vectors, math.log(k) + negentropy / m, torch.special.entr(mean).sum()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_vectors: Tensor, d_kl: Tensor, d_usage: Tensor) -> Any:
        logits, choice, codebook, mean, vectors = ctx.saved_tensors
        m = logits.shape[0]
        # The softmax's Jacobian needs sum(choice * d_choice), which is the same as this:
        inner = (d_vectors * vectors).sum(dim=-1, keepdim=True)
        d_book = torch.zeros_like(codebook)
        d_logits = torch.empty_like(logits)
        # d usage / d q is -(log mean + 1) / m for every patch; the constant drops out below.
        d_mean = -d_usage * mean.clamp(min=1e-30).log() / m
        tensors = (logits, choice, d_vectors, inner, d_logits)
        for part, soft, d_out, constant, out in _chunks(*tensors):
            d_book += soft.t() @ d_out
            d_soft = torch.mm(d_out, codebook.t()).sub_(constant).mul_(soft)
            log_q = torch.log_softmax(part, dim=-1).clamp_(min=LEAST_LOG_Q)
            q = log_q.exp()
            d_q = log_q.mul_(d_kl / m).add_(d_mean)
            d_q -= torch.linalg.vecdot(q, d_q)[:, None]
            torch.add(d_q.mul_(q), d_soft, alpha=1 / ctx.temperature, out=out)
        return d_logits, d_book, None, None
