"""A bundle on disk as an examinee, and the exam's results back into its card."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from dalle_explore.checks.examinee import Examinee, Pictures
from dalle_explore.errors import ModelFileError
from dalle_explore.judging.judge import Judge
from dalle_explore.models.native import NativeGenerator
from dalle_explore.pretrained.bundle import load_bundle
from dalle_explore.pretrained.card import Measured, update_card
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.request import request
from dalle_explore.scoring.clip import ClipScorer
from dalle_explore.settings import Settings
from dalle_explore.statistics import Rate


def open_examinee(folder: str | None, device: str = "cpu") -> tuple[Examinee, Path]:
    """Open a bundle with its CLIP and judge for an exam.

    Args:
        folder: a bundle; None opens the one that the package carries.
        device: where to draw and judge.

    Returns:
        The examinee and the folder it lives in.

    Raises:
        ModelFileError: a missing or damaged bundle, or one without a CLIP or a judge.
    """
    bundle = load_bundle(folder)
    for part in ("clip", "judge"):
        if part not in bundle.card.networks:
            raise ModelFileError(
                f"the model {bundle.card.name!r} has no {part}, which the exam needs: "
                "train one with "
                f"`python -m dalle_explore train {part} --out {bundle.folder}`."
            )
    settings = bundle.card.settings.replace(device=device)
    model = NativeGenerator(bundle.tokenizer, bundle.dvae, bundle.prior, {})
    model.to(device)
    clip = ClipScorer.load(bundle.folder / "clip", device=device)
    judge = Judge.load(bundle.folder / "judge.safetensors", device=device)
    files = {name: entry.sha256 for name, entry in bundle.card.files.items()}
    text = json.dumps([files, settings.to_json()], sort_keys=True)

    def sample(captions: Sequence[str], seeds: Sequence[int], how: Settings) -> Pictures:
        wanted = [request(model, model.encode_text(caption), seeds) for caption in captions]
        return _pictures(model, drain(decode(model, wanted, how, statistics=False)).codes)

    def reconstruct(pictures: Pictures) -> Pictures:
        return model.decode_codes(model.encode_image(torch.from_numpy(pictures))).numpy()

    examinee = Examinee(
        digest=hashlib.sha256(text.encode()).hexdigest(),
        settings=settings,
        sample=sample,
        reconstruct=reconstruct,
        text_features=clip.encode_text,
        image_features=clip.encode_image,
        read=judge.read,
    )
    return examinee, bundle.folder


def open_to_help(folder: str, device: str) -> Examinee:
    """Open a bundle in a process that helps with an exam, on one thread."""
    torch.set_num_threads(1)
    return open_examinee(folder, device)[0]


def _pictures(model: NativeGenerator, codes: np.ndarray) -> Pictures:
    """Codes [b p] to pictures, uint8 [b y x c]."""
    return model.decode_codes(
        torch.from_numpy(codes).reshape(-1, model.rows, model.columns)
    ).numpy()


def write_figures(folder: Path, found: Mapping[str, Rate]) -> None:
    """Put the exam's figures into the card of the bundle; everything else stays."""
    figures = {
        name: Measured(round(r.value, 4), round(r.low, 4), round(r.high, 4), r.n)
        for name, r in found.items()
    }
    update_card(folder, figures=figures)


def write_settings(folder: Path, settings: Settings) -> None:
    """Make these the settings that the bundle draws with by default."""
    update_card(folder, settings=settings.replace(device="cpu"))
