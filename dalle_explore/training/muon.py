"""Muon: momentum whose matrix is made orthogonal (Jordan et al., 2024, kellerjordan.github.io).

torch has one too, but it orthogonalises in bfloat16 whatever the device. On a processor without
bfloat16 units that emulation took a sixth of a training step; here fp32 is used on processors, and
matrices of one shape go through the iteration together.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

__all__ = ["Muon", "orthogonal"]

QUINTIC = (3.4445, -4.7750, 2.0315)
"""Coefficients of the iteration: as steep at zero as still stays near one (Jordan et al.)."""


def orthogonal(matrices: Tensor, steps: int = 5) -> Tensor:
    """Bring all singular values of matrices [n rows columns] near one: from about 0.7 to 1.2.

    Newton-Schulz iteration with a quintic polynomial; a matrix of zeros stays one. The precision
    of the products is that of the argument.
    """
    a, b, c = QUINTIC
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices
    x = x / x.flatten(1).norm(dim=1).clamp(min=1e-7)[:, None, None]
    for _ in range(steps):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """Muon with Nesterov momentum and decoupled weight decay, for 2-D parameters.

    An update has the root mean square that AdamW's typically has, 0.2, so that rates and decay
    carry over (Liu et al., arXiv 2502.16982, section 2.2).

    Args:
        params: matrices, or groups of them.
        lr: the learning rate.
        weight_decay: as in AdamW.
        momentum: of the moving average of gradients, in [0, 1).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float,
        *,
        weight_decay: float = 0.0,
        momentum: float = 0.95,
    ) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Update every parameter that has a gradient; returns what ``closure`` returns."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            alike: dict[tuple[int, ...], list[Tensor]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    alike[tuple(parameter.shape)].append(parameter)
            for parameters in alike.values():
                self._update(parameters, group)
        return loss

    def _update(self, parameters: list[Tensor], group: dict[str, Any]) -> None:
        """One step for matrices of one shape."""
        momentum, rate = group["momentum"], group["lr"]
        moved = []
        for parameter in parameters:
            gradient = parameter.grad
            assert gradient is not None  # `step` took only those that have one
            state = self.state[parameter]
            if "momentum_buffer" not in state:
                state["momentum_buffer"] = torch.zeros_like(gradient)
            average = state["momentum_buffer"].lerp_(gradient, 1 - momentum)
            moved.append(gradient.lerp(average, momentum))
        stacked = torch.stack(moved)
        if stacked.device.type == "cuda":
            stacked = stacked.bfloat16()  # the iteration forgives it, and GPUs are made for it
        directions = orthogonal(stacked).to(parameters[0].dtype)
        size = 0.2 * math.sqrt(max(parameters[0].shape))
        for parameter, direction in zip(parameters, directions, strict=True):
            parameter.mul_(1 - rate * group["weight_decay"])
            parameter.add_(direction, alpha=-rate * size)
