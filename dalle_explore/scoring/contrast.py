"""The contrastive score: how sure a scorer is of the prompt among sentences that are almost it.

A cosine has an offset of its own for every prompt, so cosines of two prompts cannot be compared.
A softmax over the prompt and its foils has none (TextNorm: Kim et al., 2024, arXiv 2404.01863),
and it asks about exactly the facts that the foils change.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from dalle_explore.errors import InputError
from dalle_explore.scoring.clip import CosineScorer
from dalle_explore.scoring.foils import MOST, Foil, foils
from dalle_explore.seeds import check_seed

__all__ = ["ContrastScorer", "Foil", "contrastive", "foils"]


def contrastive(
    scorer: CosineScorer,
    prompt: str,
    pictures: np.ndarray,
    foils: Sequence[Foil | str] | None = None,
) -> Float64[np.ndarray, " b"]:
    """Return the probability of the prompt among itself and its foils, for each picture.

    The softmax of ``logit_scale`` times the cosines. In 64 bits, so that pictures of which a
    scorer is nearly certain keep their order.

    Args:
        scorer: reads texts and pictures.
        prompt: what the pictures are said to show.
        pictures: uint8 [b y x 3], or their unit vectors [b d] from ``scorer.encode_image``, which
            serve any number of prompts.
        foils: sentences that are almost the prompt; made by rules (``foils``) when None.

    Raises:
        InputError: no foils are given and the prompt cannot be read, an empty list of foils, one
            that is the prompt itself, or pictures and texts that the scorer refuses.
    """
    others = _made(prompt) if foils is None else [_text(one) for one in foils]
    if not others or prompt in others:
        raise InputError(
            f"foils is {list(others)!r}, but it has to hold at least one sentence, and not the "
            f"prompt itself: leave it out, and they are made by rules."
        )
    vectors = np.asarray(pictures)
    if vectors.dtype == np.uint8 or vectors.ndim != 2:
        vectors = scorer.encode_image(vectors)
    texts = scorer.encode_text([prompt, *others])
    # Each picture by itself, see ``cosines``.
    logits = scorer.logit_scale * np.array([texts @ one for one in vectors], dtype=np.float64)
    # exp(prompt) / sum exp = 1 / (1 + sum exp(foil - prompt)): nothing is lost near 1.
    apart = np.minimum(logits[:, 1:] - logits[:, :1], 700.0)  # exp(710) overflows
    probability: Float64[np.ndarray, " b"] = 1 / (1 + np.exp(apart).sum(1))
    return probability


class ContrastScorer:
    """The contrastive score of another scorer, with rule-made foils, to rerank by.

    Args:
        scorer: the one that reads texts and pictures.
        n: foils of every prompt, at most.
        seed: decides which.

    Raises:
        InputError: a scorer without vectors, or a number out of its range.
    """

    def __init__(self, scorer: CosineScorer, n: int = 8, seed: int = 0) -> None:
        if not all(callable(getattr(scorer, w, None)) for w in ("encode_text", "encode_image")):
            raise InputError(
                f"scorer is {scorer!r}, but only one that turns texts and pictures into vectors "
                f"can be asked about foils: give model.scorer, or what dx.load_scorer returned."
            )
        if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= MOST:
            raise InputError(f"n is {n!r}, but 1 to {MOST} foils can be made: give n=8.")
        self.scorer = scorer
        self.n = n
        self.seed = check_seed(seed)
        # 1: the version of the rules that make foils.
        told = f"contrast 1 {scorer.digest} {n} {self.seed}"
        self.digest = hashlib.sha256(told.encode()).hexdigest()
        self.name = f"{scorer.name} against foils"

    def foils(self, prompt: str) -> tuple[Foil, ...]:
        """Return the foils that a prompt is compared with.

        Raises:
            InputError: the prompt cannot be read.
        """
        return foils(prompt, self.n, self.seed)

    def score(self, text: str, pictures: np.ndarray) -> Float64[np.ndarray, " b"]:
        """Return the probability of the text among its foils, for each picture.

        Args:
            text: a sentence about the drawn world.
            pictures: uint8 [b y x 3], or unit vectors [b d].

        Raises:
            InputError: the text cannot be read.
        """
        return contrastive(self.scorer, text, pictures, self.foils(text))

    def __repr__(self) -> str:
        return f"ContrastScorer({self.scorer!r}, n={self.n}, seed={self.seed})"


def _made(prompt: str) -> list[str]:
    return [one.text for one in foils(prompt)]


def _text(foil: Foil | str) -> str:
    return foil.text if isinstance(foil, Foil) else foil
