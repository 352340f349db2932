"""The judge as a scorer: the best choice that anybody could make, and no way to rank for people.

What chooses may not examine, so nothing in the package ranks by the judge. As a scorer it is the
measure of the others: its efficiency is exactly 1.
"""

import hashlib

import numpy as np
from jaxtyping import Float32

from dalle_explore import world
from dalle_explore.errors import InputError
from dalle_explore.judging.judge import Judge

__all__ = ["JudgeScorer"]


class JudgeScorer:
    """Scores pictures by the share of stated facts that the judge reads right.

    Args:
        judge: such as ``model.judge``.
        digest: of its file, such as ``model.judge_digest``; of its weights when None.
    """

    name = "the judge"

    def __init__(self, judge: Judge, digest: str | None = None) -> None:
        self.judge = judge
        self.digest = _weights_digest(judge) if digest is None else digest

    def score(self, text: str, pictures: np.ndarray) -> Float32[np.ndarray, " b"]:
        """Return the share of the stated facts that each picture shows, 0 to 1.

        Args:
            text: a sentence about the drawn world.
            pictures: uint8 [b y x 3], as large as the judge reads them.

        Raises:
            InputError: the text cannot be read, or pictures of another type or shape.
        """
        reading = world.read(text)
        if reading.scene is None:
            raise InputError(
                f"the judge cannot score pictures of {text!r}, because it cannot be read: "
                f"{reading.reason}"
            )
        told = [verdict.agrees(reading.scene) for verdict in self.judge.read(pictures)]
        return np.array([sum(t.values()) / len(t) for t in told], dtype=np.float32)


def _weights_digest(judge: Judge) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(judge.state_dict().items()):
        digest.update(name.encode("utf-8"))
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
