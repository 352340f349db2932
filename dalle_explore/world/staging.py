"""Where a creature stands, and how large, so that it and its props stay inside the picture."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Layout:
    """For an activity: the range of x, the size, the lift off the ground, the lean."""

    x: tuple[float, float] = (0.43, 0.57)
    size: float = 1.18
    lift: float = 0.0
    lean: float = 0.03


LAYOUTS: dict[str | None, Layout] = {
    None: Layout(),
    "skating on ice": Layout((0.44, 0.54), 1.1, 0.06, 0.14),
    "writing a letter": Layout((0.335, 0.365), 1.04),
    "drinking tea": Layout((0.40, 0.43), 1.04),
    "walking a dog": Layout((0.31, 0.35), 1.06),
    "playing the guitar": Layout((0.44, 0.55), 1.18),
    "flying a kite": Layout((0.34, 0.40), 1.06),
    "riding a unicycle": Layout((0.45, 0.55), 0.86, 0.305, 0.06),
    "reading a book": Layout((0.40, 0.47), 1.14),
}


def place(
    layout: Layout,
    activity: str | None,
    thing: str | None,
    shoulder: float,
    size: float,
    share: float,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Where the figure stands and how large it is, so that nothing leaves the picture.

    Args:
        layout: what the activity asks for.
        activity: what the figure does, if anything.
        thing: what it wears, if anything.
        shoulder: half the width of the shoulders in figure units; props at the side stand that
            much further out.
        size: the size wished for a grown figure; it may come back smaller.
        share: a baby's share of the grown size, or 1.
        rng: draws the place.

    Returns:
        x of the figure in the picture before mirroring, and its size.
    """
    left = max(
        shoulder + 0.155, 0.345 if thing == "a cape" else 0.31 if activity is None else 0.24
    )
    right, low, high = left, 0.02, 0.98
    if activity == "writing a letter":
        left, right = max(left, 0.34), max(0.2, shoulder + 0.065) + 0.345
    elif activity == "drinking tea":
        left, right = max(left, shoulder + 0.265), max(0.225, shoulder + 0.09) + 0.25
    elif activity == "reading a book":
        right = max(left, shoulder + 0.235, 0.36)
    elif activity == "walking a dog":
        left, right, high = max(left, 0.34), shoulder + 0.13, 0.645
    elif activity == "flying a kite":
        right, high = shoulder + 0.14, 0.73
    size = min(size, (high - low) / (left + right)) * share
    x = float(rng.uniform(*layout.x))
    return min(max(x, low + left * size), high - right * size), size
