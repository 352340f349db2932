"""What an exam needs of a model, as plain functions over uint8 pictures."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dalle_explore.judging.verdict import Verdict
from dalle_explore.settings import Settings
from dalle_explore.world import Scene, draw

Pictures = NDArray[np.uint8]
"""uint8 [b y x c], RGB."""


@dataclasses.dataclass(frozen=True)
class Examinee:
    """A model with everything that is needed to examine it.

    Attributes:
        digest: identifies model, scorer and judge together; results of another digest are never
            mixed in.
        settings: how it draws.
        sample: (captions, seeds, settings) -> pictures [b y x c]; seed j of caption i is row i *
            len(seeds) + j.
        reconstruct: pictures [b y x c] -> what the dVAE makes of them, [b y x c].
        text_features: captions -> unit vectors, float32 [b e].
        image_features: pictures [b y x c] -> unit vectors, float32 [b e].
        read: pictures [b y x c] -> the judge's verdicts.
    """

    digest: str
    settings: Settings
    sample: Callable[[Sequence[str], Sequence[int], Settings], Pictures]
    reconstruct: Callable[[Pictures], Pictures]
    text_features: Callable[[Sequence[str]], NDArray[np.float32]]
    image_features: Callable[[Pictures], NDArray[np.float32]]
    read: Callable[[Pictures], list[Verdict]]

    def scores(self, captions: Sequence[str], pictures: Pictures) -> NDArray[np.float32]:
        """Raw cosine of each caption with its picture, float32 [b]."""
        products = self.text_features(captions) * self.image_features(pictures)
        return np.asarray(products.sum(axis=1), dtype=np.float32)


def render(scenes: Sequence[Scene], size: int = 128) -> Pictures:
    """The scenes as the world draws them, uint8 [b y x c]."""
    return np.stack([np.asarray(draw(scene, size)) for scene in scenes])
