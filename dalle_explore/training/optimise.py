"""Optimizers, their schedule, and the moving average of the weights that is exported."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from dalle_explore.training.checkpoint import model_tensors
from dalle_explore.training.muon import Muon

WARM_UP = 0.05  # share of the steps
WARM_UP_LIMIT = 500  # steps


def schedule(step: int, total: int) -> float:
    """The share of the full learning rate at ``step`` of ``total``: a ramp, then half a cosine.

    The rate climbs linearly over the first 5 % of the steps (at most 500) and falls to zero along
    half a cosine (Loshchilov and Hutter, 2017, equation 5 without restarts). A pure function of
    (step, total), so that a resumed run needs no scheduler state.
    """
    warm = max(1, min(WARM_UP_LIMIT, round(WARM_UP * total)))
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, total - warm)))


def adamw(
    model: nn.Module, rate: float, *, decay: float = 0.05, betas: tuple[float, float] = (0.9, 0.95)
) -> list[torch.optim.Optimizer]:
    """AdamW (Loshchilov and Hutter, 2019); weight decay on matrices and kernels only."""
    decayed, plain = split(model)
    groups = [
        {"params": decayed, "weight_decay": decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    return [_rated(torch.optim.AdamW([g for g in groups if g["params"]], lr=rate, betas=betas))]


def muon(
    model: nn.Module,
    rate: float,
    *,
    matrix_rate: float,
    decay: float = 0.05,
    betas: tuple[float, float] = (0.9, 0.95),
) -> list[torch.optim.Optimizer]:
    """Muon on the hidden matrices, AdamW on everything else (Jordan et al., 2024).

    Muon orthogonalises the momentum of a matrix by five Newton-Schulz steps. Embeddings, output
    heads, vectors and anything that is not 2-D stay with AdamW.
    """
    hidden = [p for _, p in hidden_matrices(model)]
    taken = {id(p) for p in hidden}
    decayed, plain = split(model)
    groups = [
        {"params": [p for p in decayed if id(p) not in taken], "weight_decay": decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    rest = torch.optim.AdamW([g for g in groups if g["params"]], lr=rate, betas=betas)
    if not hidden:
        return [_rated(rest)]
    return [_rated(Muon(hidden, matrix_rate, weight_decay=decay)), _rated(rest)]


def split(model: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """Parameters with and without weight decay: embeddings, norms, gains and biases go without."""
    embeddings = {
        id(p)
        for module in model.modules()
        if isinstance(module, nn.Embedding)
        for p in module.parameters(recurse=False)
    }
    decayed: list[nn.Parameter] = []
    plain: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        bare = parameter.ndim < 2 or id(parameter) in embeddings or _is_table(name)
        (plain if bare else decayed).append(parameter)
    return decayed, plain


def hidden_matrices(model: nn.Module) -> list[tuple[str, nn.Parameter]]:
    """The 2-D weights between hidden layers: those of ``nn.Linear`` inside blocks."""
    linear = {
        f"{name}.weight" for name, module in model.named_modules() if isinstance(module, nn.Linear)
    }
    return [
        (name, p)
        for name, p in model.named_parameters()
        if name in linear and ".block" in f".{name}" and p.requires_grad
    ]


def _is_table(name: str) -> bool:
    """Whether a bare parameter is a table of vectors: positions, pads, a codebook."""
    words = ("embed", "position", "codebook", "pad", "row", "column")
    return any(word in part for part in name.lower().split(".") for word in words)


def _rated(optimizer: torch.optim.Optimizer) -> torch.optim.Optimizer:
    """Remember each group's full rate, which `set_rate` multiplies."""
    for group in optimizer.param_groups:
        group["full_rate"] = group["lr"]
    return optimizer


def set_rate(optimizers: Sequence[torch.optim.Optimizer], share: float) -> float:
    """Set every group to ``share`` of its full rate; returns the first group's rate."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["full_rate"] * share
    return float(optimizers[-1].param_groups[0]["lr"])


class Average:
    """An exponential moving average of a model's weights (Polyak and Juditsky, 1992).

    Early on the average is shorter, (1 + step) / (10 + step), so that it does not remember the
    random start; a pure function of the step, as resuming needs.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.tensors = {name: t.clone() for name, t in model_tensors(model).items()}

    def update(self, model: nn.Module, step: int) -> None:
        """Move towards the weights after ``step`` (counted from 0)."""
        share = 1 - min(self.decay, (1 + step) / (10 + step))
        own, new = [], []
        for name, tensor in model_tensors(model).items():
            if tensor.is_floating_point():
                own.append(self.tensors[name])
                new.append(tensor)
            else:
                self.tensors[name].copy_(tensor)
        torch._foreach_lerp_(own, new, share)

    def named(self) -> dict[str, Tensor]:
        """The averaged tensors under the names they have in a checkpoint."""
        return {f"average.{name}": tensor for name, tensor in self.tensors.items()}
