"""Scorers: texts and pictures to unit vectors, through open_clip.

The CLIP that a bundle carries and real checkpoints are opened by the same door and answer the same
calls. Raw cosines are what is kept; people are shown places ("3rd of 16", see ``rerank``), because
cosines of different prompts cannot be compared (Liang et al., 2022: the modality gap).
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from dalle_explore.errors import InputError, MachineError, ModelFileError
from dalle_explore.files import read_json, sha256
from dalle_explore.scoring.merges import ClipTokenizer
from dalle_explore.scoring.network import CLIP_FILES, CONFIG_NAME, WEIGHTS_NAME, make_clip, quiet

__all__ = ["ClipScorer", "CosineScorer", "Scorer", "cosines", "load_open_clip", "make_clip"]

_STANDARD_VOCABULARY = 49_408  # of the merges that open_clip itself carries


class Scorer(Protocol):
    """Anything that says how well pictures fit a text; more is better.

    ``scorers.scores_of`` asks it, and refuses what is no score.
    """

    @property
    def name(self) -> str:
        """What people are told that it is, in captions too."""

    @property
    def digest(self) -> str:
        """Names what decides its scores, such as its weights: 64 hexadecimal digits."""

    def score(self, text: str, pictures: np.ndarray) -> np.ndarray:
        """Return a number for each picture of uint8 [b y x 3]: float [b]."""


class CosineScorer(Scorer, Protocol):
    """A scorer whose scores are cosines of unit vectors."""

    @property
    def logit_scale(self) -> float:
        """What a cosine is multiplied with before a softmax over texts."""

    def encode_text(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit vectors, float32 [b d]."""

    def encode_image(self, pictures: np.ndarray) -> np.ndarray:
        """Return unit vectors of uint8 [b y x 3], float32 [b d]."""


class ClipScorer:
    """An open_clip model as a scorer.

    On a processor every text and every picture is encoded by itself, so that its vector does not
    depend on its neighbours, to the last bit.

    Args:
        model: an open_clip model.
        tokenizer: its tokenizer, in ours that refuses long captions.
        digest: 64 hexadecimal digits that name the weights.
        name: for people.
        device: where to compute.
    """

    def __init__(
        self, model: Any, tokenizer: ClipTokenizer, digest: str, name: str, device: str = "cpu"
    ) -> None:
        with quiet():
            from open_clip.transform import PreprocessCfg, image_transform_v2

            prepare = image_transform_v2(PreprocessCfg(**model.visual.preprocess_cfg), False)
        self._prepare: Callable[[Image.Image], Tensor] = prepare
        self._model = model.eval().requires_grad_(False).to(device)
        self._device = torch.device(device)
        self.tokenizer = tokenizer
        self.digest = digest
        self.name = name

    @classmethod
    def load(
        cls, folder: str | os.PathLike[str], device: str = "cpu", name: str | None = None
    ) -> "ClipScorer":
        """Open a folder in open_clip's ``local-dir:`` layout with its own merges.

        Args:
            folder: holds ``open_clip_config.json``, ``open_clip_model.safetensors`` and the merges
                that the configuration names; without a name, open_clip's own merges are meant.
            device: "cpu", "cuda" or "cuda:0".
            name: for people; that of the folder when None.

        Raises:
            ModelFileError: a file is missing, foreign or damaged.
            MachineError: open_clip cannot be imported here.
        """
        folder = Path(folder).absolute()
        config = _read_config(folder)
        text = config["model_cfg"]["text_cfg"]
        names = [CONFIG_NAME, WEIGHTS_NAME]
        merges = text.get("tokenizer_kwargs", {}).get("bpe_path")
        context = int(text.get("context_length", 77))
        if merges is None:
            tokenizer = _standard_tokenizer(context)
        else:
            names.append(_plain_name(merges, folder))
            tokenizer = ClipTokenizer.open(folder / merges, context)
        if tokenizer.vocabulary_size != text.get("vocab_size", _STANDARD_VOCABULARY):
            raise ModelFileError(
                f"{folder} has a CLIP for {text.get('vocab_size')} token ids, but merges for "
                f"{tokenizer.vocabulary_size}: its files do not belong together; get it again."
            )
        open_clip = _open_clip()
        try:
            with quiet():
                # Only this layout reads the folder's own mean, deviation and resizing.
                model = open_clip.create_model(f"local-dir:{folder}", require_pretrained=True)
        except Exception as fault:  # whatever a foreign file makes open_clip or torch raise
            raise ModelFileError(
                f"{folder} cannot be opened as a CLIP ({_first_line(fault)}): get it again, or "
                f"name another folder."
            ) from fault
        digest = _digest({f"clip/{file}": sha256(folder / file) for file in names})
        return cls(model, tokenizer, digest, folder.name if name is None else name, device)

    @property
    def logit_scale(self) -> float:
        """What a cosine is multiplied with before a softmax over texts."""
        return float(self._model.logit_scale.exp())

    def encode_text(self, texts: Sequence[str]) -> np.ndarray:
        """Return the unit vectors of captions.

        Returns:
            float32 [b d].

        Raises:
            InputError: a single string instead of a list, no text, or a text that is too long.
        """
        if isinstance(texts, str) or not len(texts):
            raise InputError(f"texts is {texts!r}, but a list of at least one caption is needed.")
        return self._encode(self._model.encode_text, self.tokenizer(texts))

    def encode_image(self, pictures: np.ndarray) -> np.ndarray:
        """Return the unit vectors of pictures, resized as the model wants them.

        Args:
            pictures: uint8 [b y x 3], RGB.

        Returns:
            float32 [b d].

        Raises:
            InputError: another type or shape.
        """
        pictures = np.asarray(pictures)
        if pictures.dtype != np.uint8 or pictures.ndim != 4 or pictures.shape[-1] != 3:
            raise InputError(
                f"pictures is {pictures.dtype} with the shape {pictures.shape}, but a scorer "
                f"reads uint8 [b, y, x, 3]: stack RGB pictures with values 0 to 255."
            )
        if not len(pictures):
            raise InputError("pictures is empty, but at least one picture is needed.")
        prepared = torch.stack([self._prepare(Image.fromarray(picture)) for picture in pictures])
        return self._encode(self._model.encode_image, prepared)

    def score(self, text: str, pictures: np.ndarray) -> np.ndarray:
        """Return the cosine of a caption with each of some pictures, float32 [b]."""
        return cosines(self.encode_image(pictures), self.encode_text([text])[0])

    @torch.inference_mode()
    def _encode(self, encoder: Callable[..., Tensor], inputs: Tensor) -> np.ndarray:
        alone = self._device.type == "cpu"
        chunks = inputs.split(1 if alone else 64)
        with torch.backends.cudnn.flags(deterministic=True, allow_tf32=False):
            found = [encoder(chunk.to(self._device), normalize=True).float() for chunk in chunks]
        return torch.cat(found).cpu().numpy()


def cosines(pictures: np.ndarray, text: np.ndarray) -> np.ndarray:
    """Return the cosine of each of some unit vectors with one; the same whatever stands beside it.

    Args:
        pictures: float32 [b d].
        text: float32 [d].

    Returns:
        float32 [b].
    """
    # A product of matrices would round differently for another number of rows.
    return (pictures.astype(np.float64) * text).sum(axis=-1).astype(np.float32)


def load_open_clip(
    name: str = "ViT-B-32", pretrained: str = "laion2b_s34b_b79k", device: str = "cpu"
) -> ClipScorer:
    """Open a real checkpoint that open_clip knows, downloading it the first time.

    ``open_clip.list_pretrained()`` lists the names. The default has 151 million parameters
    (605 MB) and was trained on LAION-2B; look at its model card for its licence and its limits.

    Args:
        name: an architecture of open_clip.
        pretrained: a tag of its weights.
        device: "cpu", "cuda" or "cuda:0".

    Raises:
        InputError: open_clip knows no such pair.
        MachineError: the weights are not in the cache and cannot be fetched.
    """
    open_clip = _open_clip()
    known = open_clip.list_pretrained()
    if (name, pretrained) not in known:
        tags = [tag for architecture, tag in known if architecture == name]
        choice = f"the weights {', '.join(tags)}" if tags else "no weights of that name"
        raise InputError(
            f"name={name!r} with pretrained={pretrained!r} is unknown: open_clip has {choice}; "
            f"open_clip.list_pretrained() lists all pairs."
        )
    try:
        with quiet():
            model = open_clip.create_model(name, pretrained, require_pretrained=True)
            tokenizer = ClipTokenizer(open_clip.get_tokenizer(name))
    except Exception as fault:  # the network has many ways of not being there
        raise MachineError(
            f"the weights {pretrained!r} of {name} cannot be fetched ({_first_line(fault)}): "
            f"connect to the internet once, they are kept in the cache afterwards."
        ) from fault
    return ClipScorer(model, tokenizer, _weights_digest(model), f"{name}/{pretrained}", device)


def _open_clip() -> Any:
    """Import open_clip, which takes seconds, saying what to do where it cannot be imported."""
    try:
        with quiet():
            import open_clip
    except (ImportError, RuntimeError) as fault:
        raise MachineError(
            f"open_clip cannot be imported ({_first_line(fault)}): install the torchvision that "
            f"matches your torch, for example 'python -m pip install --upgrade torch torchvision'."
        ) from fault
    return open_clip


def _read_config(folder: Path) -> dict[str, Any]:
    """Read a folder's configuration, refusing what would make open_clip use a network."""
    missing = [name for name in CLIP_FILES[:2] if not (folder / name).is_file()]
    if missing:
        raise ModelFileError(
            f"{folder} has no {missing[0]}, so it is not a CLIP in open_clip's layout: give a "
            f"folder with {' and '.join(CLIP_FILES[:2])}."
        )
    config = read_json(folder / CONFIG_NAME, "CLIP's configuration", error=ModelFileError)
    towers = config.get("model_cfg", {})
    known = isinstance(towers, dict) and all(
        isinstance(towers.get(tower), dict) for tower in ("vision_cfg", "text_cfg")
    )
    kwargs = towers["text_cfg"].get("tokenizer_kwargs", {}) if known else None
    if not isinstance(kwargs, dict):
        raise ModelFileError(
            f"{folder / CONFIG_NAME} describes no CLIP with an image tower and a text tower: get "
            f"the folder again, or name another."
        )
    foreign = [key for key in towers["text_cfg"] if key.startswith("hf_")]
    if foreign:
        raise ModelFileError(
            f"{folder / CONFIG_NAME} has the entry {foreign[0]!r}, which needs a text tower or "
            f"tokenizer from the internet: only open_clip's own can be opened here."
        )
    return config


def _plain_name(name: object, folder: Path) -> str:
    if not isinstance(name, str) or Path(name).name != name or not (folder / name).is_file():
        raise ModelFileError(
            f"CLIP's configuration names the merges {name!r}, but they have to be a file in "
            f"{folder}: get the folder again."
        )
    return name


def _standard_tokenizer(context: int) -> ClipTokenizer:
    open_clip = _open_clip()
    with quiet():
        return ClipTokenizer(open_clip.SimpleTokenizer(context_length=context))


def _digest(files: dict[str, str]) -> str:
    """SHA-256 over names and hashes of files, as a model's card computes it for its scorer."""
    text = json.dumps(files, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _weights_digest(model: Any) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode("utf-8"))
        digest.update(tensor.detach().cpu().contiguous().view(-1).numpy().tobytes())
    return digest.hexdigest()


def _first_line(fault: BaseException) -> str:
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0][:200]
