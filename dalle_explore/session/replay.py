"""What comes of drawing a sample again exactly."""

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dalle_explore.session.samples

__all__ = ["Replay"]


@dataclasses.dataclass(frozen=True)
class Replay:
    """How a sample drawn again compares with its record."""

    sample: "dalle_explore.session.samples.Sample"  # as drawn again
    flipped: tuple[tuple[int, int], ...]  # patches whose code is another, in raster order
    error: float  # nats: the largest difference of a log-probability; of totals without steps

    @property
    def exact(self) -> bool:
        """Whether every code is the same."""
        return not self.flipped
