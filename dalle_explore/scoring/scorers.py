"""Other scorers than the CLIP that a model carries: real CLIPs, folders, functions of one's own.

All answer ``Scorer``. What they say is checked in one place, ``scores_of``, before anything is
ranked by it or kept.
"""

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.scoring.clip import ClipScorer, Scorer, load_open_clip
from dalle_explore.scoring.network import CONFIG_NAME

__all__ = ["FunctionScorer", "called", "check_scorer", "load_scorer", "scores_of"]

_LONGEST = 80  # letters of a scorer's name in captions and records
_TAKEN = ("clip", "fit")  # what captions call the model's own CLIP, and the order by fit


class FunctionScorer:
    """A function of one's own as a scorer.

    Args:
        function: takes texts, a list of b strings, and pictures, uint8 [b y x 3], and returns b
            numbers, the score of each picture for the text at its place; more is better.
        name: for people; captions say that pictures were ranked by it.
        digest: 64 hexadecimal digits that name what decides the scores, or any words that do,
            such as a version. Scores are kept under it: change it whenever the function changes.

    Raises:
        InputError: no function, or a name or a digest that cannot be used.
    """

    def __init__(
        self, function: Callable[[list[str], np.ndarray], Any], name: str, digest: str
    ) -> None:
        if not callable(function):
            raise InputError(
                f"function is {function!r}, but a scorer needs something to call: give a function "
                f"of texts and pictures."
            )
        if not isinstance(name, str) or name.lower() in _TAKEN or _cleaned(name) != name:
            raise InputError(
                f"name is {name!r}, but captions have to tell this scorer from others: give 1 to "
                f"{_LONGEST} letters in one line, and not one of {', '.join(_TAKEN)}."
            )
        if not isinstance(digest, str) or not digest.strip():
            raise InputError(
                f"digest is {digest!r}, but scores are kept under it: give 64 hexadecimal digits, "
                f"or words that change whenever the function does, such as 'version 1'."
            )
        self.function = function
        self.name = name
        self.digest = digest
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            self.digest = _hashed(f"{name}\n{digest}")

    def score(self, text: str, pictures: np.ndarray) -> Float64[np.ndarray, " b"]:
        """Return what the function says of each picture.

        Raises:
            InputError: it says something else than a finite number for each.
        """
        # A copy, so that a function which works in place cannot change what others see.
        return _checked(self, self.function([text] * len(pictures), np.array(pictures)), pictures)

    def __repr__(self) -> str:
        return f"FunctionScorer({self.name!r}, {self.digest[:8]})"


def scores_of(scorer: Scorer, text: str, pictures: np.ndarray) -> Float64[np.ndarray, " b"]:
    """Return the score of each picture for a text, checked.

    Args:
        scorer: any.
        text: what the pictures are compared with.
        pictures: uint8 [b y x 3].

    Raises:
        InputError: the scorer gives something else than a finite number for each picture, or
            cannot read the text.
    """
    return _checked(scorer, scorer.score(text, pictures), pictures)


def check_scorer(scorer: object) -> None:
    """Refuse what is no scorer.

    Raises:
        InputError: it has no ``score`` to call, or no ``name`` and ``digest``.
    """
    named = all(isinstance(getattr(scorer, what, None), str) for what in ("name", "digest"))
    if isinstance(scorer, type) or not callable(getattr(scorer, "score", None)) or not named:
        raise InputError(
            f"scorer is {scorer!r}, but a scorer has score(text, pictures), a name and a digest: "
            f"give what dx.load_scorer(...) returned, or "
            f"dalle_explore.scoring.scorers.FunctionScorer(function, name, digest)."
        )


def called(scorer: Scorer) -> str:
    """Return what captions call a scorer: its name, in one line, never that of another order."""
    name = _cleaned(scorer.name)
    return f"{name} ({scorer.digest[:8]})" if not name or name.lower() in _TAKEN else name


def load_scorer(name: str | os.PathLike[str], device: str = "cpu") -> ClipScorer:
    """Open another CLIP than the one that a model carries.

    Args:
        name: a folder in open_clip's ``local-dir:`` layout, the folder of a model that carries a
            CLIP, or an architecture of open_clip and its weights with a stroke between, such as
            "ViT-B-32/laion2b_s34b_b79k" (605 MB, downloaded once and kept in the cache).
        device: "cpu", "cuda" or "cuda:0".

    Raises:
        InputError: neither a folder nor a pair that open_clip knows.
        ModelFileError: the folder holds no CLIP, or a damaged one.
        MachineError: the weights are not in the cache and cannot be fetched, or open_clip cannot
            be imported here.
    """
    if not isinstance(name, str | os.PathLike) or not os.fspath(name):
        raise InputError(
            f"name is {name!r}, but it has to be a folder, or an architecture and its weights "
            f"such as 'ViT-B-32/laion2b_s34b_b79k'."
        )
    folder = Path(name)
    if folder.is_dir():
        inside = folder / "clip"
        if not (folder / CONFIG_NAME).exists() and inside.is_dir():
            folder = inside
        whole = folder.absolute()
        # The CLIP of a model lies in a folder "clip"; the model's name says more.
        tell = whole.parent.name if whole.name == "clip" else whole.name
        return ClipScorer.load(folder, device, f"CLIP of {tell}")
    pair = re.fullmatch(r"([\w.-]+)/([\w.-]+)", os.fspath(name))
    if pair is None or pair[1].startswith("."):
        raise ModelFileError(
            f"there is no folder {os.fspath(name)!r}, and it is no architecture of open_clip with "
            f"its weights: give a folder with {CONFIG_NAME}, or a pair such as "
            f"'ViT-B-32/laion2b_s34b_b79k'."
        )
    return load_open_clip(pair[1], pair[2], device)


def _checked(scorer: Scorer, given: Any, pictures: Sequence[Any] | np.ndarray) -> Any:
    """The scores as float64 [b]; the one place where what is no score is refused."""
    try:
        scores = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError) as error:  # torch raises all of them
        raise InputError(
            f"the scorer {called(scorer)!r} gave {type(given).__name__} ({error}), but it has to "
            f"give a number for each of {len(pictures)} pictures: mend it; nothing was changed."
        ) from error
    if scores.shape != (len(pictures),):
        raise InputError(
            f"the scorer {called(scorer)!r} gave scores with the shape {scores.shape} for "
            f"{len(pictures)} pictures, but it has to give one number for each: mend it; nothing "
            f"was changed."
        )
    bad = np.flatnonzero(~np.isfinite(scores))
    if len(bad):
        raise InputError(
            f"the scorer {called(scorer)!r} gave {scores[bad[0]]} for picture {bad[0]} of "
            f"{len(scores)} ({len(bad)} such in all), but a score has to be a finite number: mend "
            f"it; nothing was changed."
        )
    return scores


def _hashed(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "backslashreplace")).hexdigest()


def _cleaned(name: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in name)
    return " ".join(shown.split())[:_LONGEST].strip()
