"""What comes of drawing a sample again exactly."""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from dalle_explore.errors import InputError
from dalle_explore.session.studio import recipe_of

if TYPE_CHECKING:
    import dalle_explore.session.sample

__all__ = ["Replay", "replay"]


@dataclasses.dataclass(frozen=True)
class Replay:
    """How a sample drawn again compares with its record."""

    sample: "dalle_explore.session.sample.Sample"  # as drawn again
    flipped: tuple[tuple[int, int], ...]  # patches whose code is another, in raster order
    error: float  # nats: the largest difference of a log-probability; of totals without steps

    @property
    def exact(self) -> bool:
        """Whether every code is the same."""
        return not self.flipped


def replay(sample: "dalle_explore.session.sample.Sample") -> Replay:
    """Draw a sample again exactly; see ``Sample.replay``."""
    recipe = sample.recipe
    here = recipe_of(sample.model, sample.prompt, sample.settings, recipe.edits)
    for what, recorded, now in (
        ("the model", recipe.model_digest[:8], here.model_digest[:8]),
        ("the numeric class", recipe.numeric_class, here.numeric_class),
    ):
        if recorded != now:
            raise InputError(
                f"{what} that drew this sample is {recorded}, but here it is {now}: replay it "
                f"there, or draw it anew with again()."
            )
    again = sample.again()
    flipped = np.argwhere(again.codes != sample.codes)
    apart = abs(again.log_probability - sample.log_probability)
    if sample.steps is not None and again.steps is not None:
        apart = float(np.abs(again.steps.log_probability - sample.steps.log_probability).max())
    return Replay(
        sample=again,
        flipped=tuple((int(row), int(column)) for row, column in flipped),
        error=apart,
    )
