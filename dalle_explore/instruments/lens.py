"""What it might have drawn, had it stopped thinking earlier: the logit lens, decoded to pictures.

After every layer the stream is read out as if no other layer followed, final norm included
(nostalgebraist, "interpreting GPT: the logit lens", 2020). Every patch is read with the true
patches before it, so that no early picture was ever drawn; and that something can be read out does
not mean that the model uses it there.
"""

import dataclasses
from typing import Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float64, Int64, UInt8
from torch import Tensor

from dalle_explore.errors import InputError
from dalle_explore.instruments.passes import Passes
from dalle_explore.instruments.subject import Result
from dalle_explore.sampling.pick import guide
from dalle_explore.sampling.recording import precision

__all__ = ["Lens", "lens"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Lens(Result):
    """The likeliest codes after every layer, as pictures; the last is that of the whole model."""

    drawn_by: ClassVar[str] = "lens"

    names: tuple[str, ...]  # "embedding", "after layer 0" ...
    codes: Int64[np.ndarray, "m rows columns"]  # the likeliest, patch by patch
    pixels: UInt8[np.ndarray, "m y x 3"]
    kl: Float64[np.ndarray, "m rows columns"]  # bits from the final distribution to this one
    agrees: Float64[np.ndarray, " m"]  # share of patches whose likeliest code is the final one

    def caption(self) -> str:
        """Say what was read out where, and what it does not mean."""
        guided = "" if self.subject.guidance is None else ", guided as the picture was"
        return (
            f"What it might have drawn: the stream after each layer, read out through the final "
            f"norm as if no other layer followed{guided}; likeliest code of every patch, decoded. "
            f"KL: bits from the final distribution to the one read out, mean over patches. Every "
            f"patch is read with the true patches before it; that something can be read out "
            f"does not mean that the model uses it there. {self.subject.in_words()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        mean = self.kl.mean(axis=(1, 2))
        return (
            f"{len(self.names)} pictures for the text “{self.subject.prompt}”, one after each "
            f"layer: from {mean[0]:.1f} bits away from the final distribution to {mean[-1]:.1f}. "
            f"{self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a layer."""
        return [
            {
                "after": name,
                "kl": float(self.kl[m].mean()),
                "agrees": float(self.agrees[m]),
            }
            for m, name in enumerate(self.names)
        ]

    def measures(self) -> dict[str, float]:
        """Return the divergence after every layer."""
        return {f"KL, {name}": float(self.kl[m].mean()) for m, name in enumerate(self.names)}


def lens(passes: Passes) -> Lens:
    """Read the stream out after every layer.

    Args:
        passes: the picture.

    Raises:
        InputError: the model has no such hook points, or a function changed what follows the
            last layer while the picture was drawn.
    """
    model = passes.model
    for point in ("final.norm", "logits"):
        changed = passes.subject.function_at(point)
        if changed is not None:
            raise InputError(
                f"the picture was drawn with {changed!r}, after the last layer, where the lens "
                f"does not look: it would not end at what was drawn."
            )
    points = ["block.0.resid_in", *(f"block.{layer}.resid_out" for layer in range(model.layers))]
    conditional = passes.wanted(points)
    null = passes.wanted_without_caption(points)
    rows, guidance = passes.explaining, passes.subject.guidance

    def thought(point: str) -> Tensor:
        with torch.inference_mode(), precision(passes.settings):
            logits = model.read_out(conditional[point][rows])
            if null is not None and guidance is not None:
                logits = guide(logits, model.read_out(null[point][rows]), guidance)
        return logits.float().log_softmax(dim=-1)

    final = thought(points[-1])
    best = final.argmax(dim=-1)
    codes, kl = [], []
    for point in points:
        here = thought(point)
        codes.append(here.argmax(dim=-1))
        kl.append((final.exp() * (final - here)).sum(dim=-1).double() / np.log(2))
    grid = torch.stack(codes).view(-1, model.rows, model.columns)
    return Lens(
        subject=passes.subject,
        names=("embedding", *(f"after layer {layer}" for layer in range(model.layers))),
        codes=grid.cpu().numpy(),
        pixels=model.decode_codes(grid.cpu()).numpy(),
        kl=torch.stack(kl).view(-1, model.rows, model.columns).cpu().numpy(),
        agrees=np.array([float((one == best).double().mean()) for one in codes]),
    )
