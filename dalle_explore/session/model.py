"""A model in hand: its card, what draws, and what scores when somebody asks for scores."""

import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from jaxtyping import Float32, Int, UInt8

from dalle_explore.edits import AnyEdit
from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import read_json
from dalle_explore.generator import Generator
from dalle_explore.judging.judge import Judge
from dalle_explore.models.native import NativeGenerator
from dalle_explore.pretrained.bundle import load_bundle
from dalle_explore.pretrained.card import Card
from dalle_explore.pretrained.words import outside
from dalle_explore.sampling.recording import Recording, record
from dalle_explore.scoring.clip import ClipScorer
from dalle_explore.scoring.network import CONFIG_NAME
from dalle_explore.settings import Settings

__all__ = ["Model", "load"]

_JUDGE = "judge.safetensors"


class Model:
    """A model that draws.

    Attributes:
        folder: where it lies.
        card: what is known about it.
        generator: text to codes to pictures; the engine and the instruments work on this.
        settings: what it draws with when nothing else is asked for; the card's, on its device.
        lock: held while it draws; one model draws one thing at a time.
    """

    def __init__(
        self, folder: Path, card: Card, generator: Generator, device: str = "cpu"
    ) -> None:
        self.folder = folder
        self.card = card
        self.generator = generator
        self.settings = card.settings.replace(device=device)
        self.lock = threading.RLock()
        # Pictures that fitted into memory at once, by kind of device and precision.
        self.at_once: dict[tuple[str, str], int] = {}
        # Seconds a picture took, by kind of device, precision, and whether it was guided.
        self.pace: dict[tuple[str, str, bool], float] = {}
        self._scorer: ClipScorer | None = None
        self._digest: str | None = None
        self._context: int | None = None
        self._judge: Judge | None = None

    @classmethod
    def open(cls, folder: str | os.PathLike[str] | None = None, device: str = "cpu") -> Self:
        """See ``load``."""
        Settings(device=device)
        bundle = load_bundle(folder)
        parts = (bundle.tokenizer, bundle.dvae, bundle.prior)
        try:
            generator = NativeGenerator(*parts, bundle.card.to_json())
        except InputError as error:
            raise ModelFileError(
                f"the parts of the model in {bundle.folder} do not fit together: {error}"
            ) from error
        generator.to(device)
        return cls(bundle.folder, bundle.card, generator, device)

    @property
    def digest(self) -> str:
        """SHA-256 over everything that decides its pictures (see ``Card.digest``)."""
        if self._digest is None:
            self._digest = self.card.digest  # a card never changes; a grid asks for every cell
        return self._digest

    @property
    def scorer(self) -> ClipScorer:
        """The CLIP that the model carries; opened at the first use, which takes seconds.

        Raises:
            ModelFileError: the model carries none, or it is damaged.
            MachineError: open_clip cannot be imported here.
        """
        with self.lock:
            if self._scorer is None:
                self._check_clip()
                device, name = str(self.generator.device), f"CLIP of {self.card.name}"
                self._scorer = ClipScorer.load(self.folder / "clip", device, name)
            return self._scorer

    @property
    def judge(self) -> Judge:
        """The judge that the model carries, in evaluation mode; opened at the first use.

        It reads facts back from pictures, and no picture is ever chosen by it.

        Raises:
            ModelFileError: the model carries none, or it is damaged.
        """
        with self.lock:
            if self._judge is None:
                if self.judge_digest is None:
                    raise ModelFileError(
                        f"the model in {self.folder} carries no judge, so nothing can be read "
                        f"back from its pictures: leave readings out, or train one with "
                        f"python -m dalle_explore train judge --out {self.folder}."
                    )
                self._judge = Judge.load(self.folder / _JUDGE, str(self.generator.device))
            return self._judge

    @property
    def judge_digest(self) -> str | None:
        """SHA-256 of the judge's file, as the card has it; None where the model carries none."""
        entry = self.card.files.get(_JUDGE)
        return None if entry is None else entry.sha256

    def close(self) -> None:
        """Let go of the weights; whoever wants to draw with this model is told so."""
        with self.lock:
            self.generator = _Closed(self.card.name)  # type: ignore[assignment]
            self._scorer = None
            self._judge = None

    def score(
        self, prompt: str, pixels: UInt8[np.ndarray, "b y x 3"]
    ) -> Float32[np.ndarray, " b"]:
        """Return the cosine between a prompt and each picture, by the CLIP of the model.

        Raises:
            InputError: the prompt is longer than that CLIP reads.
            ModelFileError, MachineError: as for ``scorer``.
        """
        with self.lock:
            return self.scorer.score(prompt, pixels)

    def check_scorable(self, prompt: str, *, encoded: bool = False) -> None:
        """Refuse, before anything is drawn, a prompt that the CLIP of the model cannot read.

        Args:
            prompt: what would be scored.
            encoded: whether the model has read it already, and found that it can.

        Raises:
            InputError: the prompt is too long for CLIP, or not for the model to read at all.
            ModelFileError, MachineError: as for ``scorer``.
        """
        self._check_clip()
        if not encoded:
            self.generator.encode_text(prompt)
        # A token holds at least one byte that is no space, and two mark start and end. Only longer
        # prompts are counted by CLIP itself, whose import costs seconds.
        if len("".join(prompt.lower().split()).encode("utf-8")) + 2 > self._clip_context():
            try:
                self.scorer.tokenizer([prompt])
            except InputError as error:
                raise InputError(
                    f"{error} Or leave scores out: score=False (--no-score)."
                ) from error

    def _clip_context(self) -> int:
        """Return how many tokens the CLIP of the model reads; 0 when only CLIP can say."""
        if self._context is None:
            found: Any = read_json(self.folder / "clip" / CONFIG_NAME, "CLIP's configuration")
            for name in ("model_cfg", "text_cfg", "context_length"):
                found = found.get(name) if isinstance(found, dict) else None
            self._context = found if isinstance(found, int) else 0
        return self._context

    def unknown_words(self, prompt: str) -> tuple[str, ...]:
        """Return the words of a prompt outside the drawn world, if that is what it was taught."""
        return tuple(unknown.word for unknown in outside(self.card, prompt))

    def decode(self, codes: Int[np.ndarray, "rows columns"]) -> UInt8[np.ndarray, "y x 3"]:
        """Return the picture that codes stand for.

        Raises:
            InputError: codes of another grid or codebook.
        """
        with self.lock:
            return self.generator.decode_codes(torch.from_numpy(codes)[None])[0].numpy()

    def record(
        self,
        prompts: Sequence[str],
        want: Iterable[str],
        to: str | os.PathLike[str],
        *,
        n: int = 1,
        seed: int = 0,
        edits: Iterable[AnyEdit] = (),
        settings: Settings | None = None,
        **changes: Any,
    ) -> Recording:
        """Draw pictures and write what happens inside at some hook points (see ``record``).

        Args:
            prompts: what to draw.
            want: hook points, names or patterns such as ``"block.*.resid_out"``; all of them are
                in ``model.generator.points``.
            to: a folder of its own. Given the same arguments again, it goes on where it stopped.
            n: pictures of each prompt.
            seed: of the first picture of each prompt.
            edits: what to change.
            settings: how to sample; the model's own when None.
            **changes: single settings.

        Raises:
            InputError: an unknown point, a bad prompt or a folder that holds something else.
            MachineError: the disk is full; what is finished stays.
        """
        how = (self.settings if settings is None else settings).replace(**changes)
        with self.lock:
            return record(
                self.generator,
                prompts,
                want,
                to,
                how,
                digest=self.digest,
                n=n,
                seed=seed,
                edits=edits,
            )

    def _check_clip(self) -> None:
        if not self.card.part_files("clip"):
            raise ModelFileError(
                f"the model in {self.folder} carries no CLIP, so it cannot score: draw with "
                f"score=False (--no-score), or train one with python -m dalle_explore train clip "
                f"--out {self.folder}."
            )

    def __repr__(self) -> str:
        g = self.generator
        if isinstance(g, _Closed):
            return f"Model({self.card.name!r}, closed)"
        return (
            f"Model({self.card.name!r}, {self.card.parameters:,} weights, "
            f"{g.rows} x {g.columns} codes out of {g.codebook_size}, on {g.device})"
        )


class _Closed:
    """Stands where a generator was: whatever is wanted of it, it says why not."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, wanted: str) -> Any:
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        raise InputError(
            f"the model {self._name!r} was closed, so it draws and decodes nothing any more: open "
            f"it again with dx.load(), and samples that were saved with dx.open(path, model)."
        )


def load(name: str | os.PathLike[str] | None = None, device: str = "cpu") -> Model:
    """Open a model.

    Args:
        name: None for the one that the package carries, or a folder that a training wrote.
        device: "cpu", "cuda" or "cuda:0", where it draws unless asked otherwise.

    Raises:
        ModelFileError: there is no such model, or a file of it is missing, foreign or damaged.
        InputError: no such kind of device.
        MachineError: this machine has no such device.
    """
    return Model.open(name, device)
