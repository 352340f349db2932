"""Our CLIP: open_clip's own class at a size that two processor cores can train, and its folder.

Contrastive language-image pretraining (Radford et al., 2021). The image tower is open_clip's
``ModifiedResNet`` with attention pooling, a convolutional network, where the prior is a
transformer: what fools one should not fool the other. The text tower is a causal transformer.
"""

import dataclasses
import json
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import make_folder, write_atomic, write_json
from dalle_explore.schema import read_fields, to_json
from dalle_explore.scoring.merges import vocabulary_size, write_merges

__all__ = [
    "CLIP_FILES",
    "CLIP_SIZES",
    "ClipConfig",
    "encode_pictures",
    "encode_texts",
    "make_clip",
    "prepare_pictures",
    "save_clip",
]

CONFIG_NAME = "open_clip_config.json"
WEIGHTS_NAME = "open_clip_model.safetensors"
MERGES_NAME = "merges.txt.gz"
CLIP_FILES = (CONFIG_NAME, WEIGHTS_NAME, MERGES_NAME)

MEAN = STD = (0.5, 0.5, 0.5)  # pixels 0..1 become -1..1


@dataclasses.dataclass(frozen=True)
class ClipConfig:
    """The sizes of a CLIP.

    Raises:
        ModelFileError: a size that cannot be built.
    """

    image_size: int = 96  # pixels that the image tower sees along one side; a multiple of 32
    vision_width: int = 16  # channels after the stem; the last stage has 32 times as many
    vision_layers: tuple[int, ...] = (1, 1, 1, 1)  # bottleneck blocks at 1/4, 1/8, 1/16, 1/32
    text_width: int = 192
    text_layers: int = 3
    text_heads: int = 3
    embedding: int = 256  # length of the vectors that are compared
    context: int = 64  # text tokens, start and end included
    merges: int = 512  # at most; the vocabulary has 514 ids more

    def __post_init__(self) -> None:
        """Check every field."""
        rules = {
            "image_size": self.image_size >= 32 and self.image_size % 32 == 0,
            "vision_width": self.vision_width >= 2 and self.vision_width % 2 == 0,
            "vision_layers": len(self.vision_layers) == 4 and min(self.vision_layers) >= 1,
            "text_width": self.text_width >= 1,
            "text_layers": self.text_layers >= 1,
            "text_heads": self.text_heads >= 1 and self.text_width % self.text_heads == 0,
            "embedding": self.embedding >= 1,
            "context": self.context >= 3,
            "merges": self.merges >= 1,
        }
        for name, holds in rules.items():
            if not holds:
                raise ModelFileError(
                    f"ClipConfig.{name} is {getattr(self, name)!r}, which no CLIP can have: start "
                    f"from one of CLIP_SIZES: {', '.join(CLIP_SIZES)}."
                )

    def to_json(self) -> dict[str, Any]:
        """Return the fields as a dict that JSON can hold."""
        values: dict[str, Any] = to_json(self)
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "ClipConfig":
        """Read what ``to_json`` wrote.

        Raises:
            ModelFileError: an unknown or missing field, or a value that breaks a rule.
        """
        return read_fields(cls, dict(values), "the configuration of a CLIP", error=ModelFileError)


CLIP_SIZES: dict[str, ClipConfig] = {
    "thumb": ClipConfig(image_size=64, text_width=128, text_layers=2, text_heads=2, embedding=128),
    "pocket": ClipConfig(),
    "studio": ClipConfig(
        image_size=128, vision_width=28, vision_layers=(2, 2, 2, 2), text_layers=4
    ),
}


def make_clip(config: ClipConfig, merges: int | Sequence[tuple[str, str]] | None = None) -> Any:
    """Build an untrained ``open_clip.model.CLIP``, initialised from torch's global generator.

    Args:
        config: its sizes.
        merges: the merges of its tokenizer, or how many there are; None: ``config.merges``.

    Returns:
        The model in training mode; its ``visual.preprocess_cfg`` says how pictures are prepared.
    """
    with quiet():
        from open_clip.model import CLIP, set_model_preprocess_cfg

        sizes = _model_cfg(config, _count(config, merges))
        model = CLIP(**sizes)
        set_model_preprocess_cfg(model, _preprocess_cfg(config))
    # Convolutions on a processor are a third faster with the channels innermost.
    model.visual.to(memory_format=torch.channels_last)
    return model


def encode_pictures(model: Any, pictures: Tensor) -> Tensor:
    """Return the unit vectors of pictures, with gradients: the tensor path that training takes.

    Args:
        model: an open_clip model with a ``visual.preprocess_cfg``.
        pictures: float [b 3 y x] in 0..1, of any size; they are squeezed to the model's.

    Returns:
        float32 [b d].
    """
    features: Tensor = model.encode_image(prepare_pictures(model, pictures))
    return F.normalize(features.float(), dim=-1)


def prepare_pictures(model: Any, pictures: Tensor) -> Tensor:
    """Squeeze and normalise pictures as the model wants them, with gradients.

    Args:
        model: an open_clip model with a ``visual.preprocess_cfg``.
        pictures: float [b 3 y x] in 0..1, of any size.

    Returns:
        float [b 3 y x] of the model's size.
    """
    cfg = model.visual.preprocess_cfg
    size = cfg["size"] if isinstance(cfg["size"], int) else cfg["size"][0]
    if pictures.shape[-2:] != (size, size):
        # The same cubic filter as Pillow's, which prepares pictures outside of training.
        pictures = F.interpolate(
            pictures, (size, size), mode="bicubic", antialias=True, align_corners=False
        ).clamp(0, 1)
    mean, std = (pictures.new_tensor(cfg[name])[:, None, None] for name in ("mean", "std"))
    return ((pictures - mean) / std).contiguous(memory_format=torch.channels_last)


def encode_texts(model: Any, texts: Tensor) -> Tensor:
    """Return the unit vectors of token ids, with gradients, in as many positions as are used.

    The same modules in the same order as ``CLIP.encode_text``, which always runs all positions.
    The tower is causal, so the padding after the end of a text cannot change its vector.

    Args:
        model: an ``open_clip.model.CLIP``.
        texts: int64 [b t] from ``ClipTokenizer``, trimmed or not.

    Returns:
        float32 [b d].
    """
    t = texts.shape[1]
    x = model.token_embedding(texts) + model.positional_embedding[:t]
    x = model.transformer(x, attn_mask=model.attn_mask[:t, :t])
    # The end of a text has the largest id.
    x = model.ln_final(x)[torch.arange(len(texts), device=x.device), texts.argmax(-1)]
    projection = model.text_projection
    x = projection(x) if isinstance(projection, nn.Linear) else x @ projection
    return F.normalize(x.float(), dim=-1)


def save_clip(
    folder: str | os.PathLike[str],
    model: Any,
    config: ClipConfig,
    merges: Sequence[tuple[str, str]],
) -> tuple[Path, ...]:
    """Write open_clip's ``local-dir:`` layout: configuration, half-precision weights, merges.

    ``open_clip.create_model_from_pretrained("local-dir:FOLDER")`` opens it, and
    ``open_clip.get_tokenizer("local-dir:FOLDER", bpe_path="FOLDER/merges.txt.gz")`` its tokenizer.

    Returns:
        The paths of the three files.

    Raises:
        InputError, MachineError: the folder cannot be written.
    """
    if vocabulary_size(len(merges)) != model.vocab_size:
        raise InputError(
            f"merges has {len(merges)} entries, but this CLIP was built for "
            f"{model.vocab_size - vocabulary_size(0)}: give those it was built with."
        )
    folder = make_folder(folder)
    write_json(
        folder / CONFIG_NAME,
        {
            "model_cfg": json.loads(json.dumps(_model_cfg(config, len(merges)))),
            "preprocess_cfg": _preprocess_cfg(config),
        },
    )
    tensors = {name: _halved(t).contiguous() for name, t in model.state_dict().items()}
    write_atomic(folder / WEIGHTS_NAME, safetensors.torch.save(tensors, {"format": "pt"}))
    write_merges(folder / MERGES_NAME, merges)
    return tuple(folder / name for name in CLIP_FILES)


def _halved(tensor: Tensor) -> Tensor:
    # Matrices and kernels only: variances of batch norms and the logit scale need their digits.
    tensor = tensor.detach().cpu()
    return tensor.half() if tensor.is_floating_point() and tensor.ndim >= 2 else tensor


def _count(config: ClipConfig, merges: int | Sequence[tuple[str, str]] | None) -> int:
    if merges is None:
        return config.merges
    return merges if isinstance(merges, int) else len(merges)


def _model_cfg(config: ClipConfig, merges: int) -> dict[str, Any]:
    """The configuration in open_clip's words, which are also the arguments of its class."""
    return {
        "embed_dim": config.embedding,
        "vision_cfg": {
            "image_size": config.image_size,
            "layers": list(config.vision_layers),
            "width": config.vision_width,
            # Attention pooling over the last stage, 32 * width channels, in heads of this size.
            "head_width": _head_width(config.vision_width * 32),
        },
        "text_cfg": {
            "context_length": config.context,
            "vocab_size": vocabulary_size(merges),
            "width": config.text_width,
            "heads": config.text_heads,
            "layers": config.text_layers,
            # open_clip resolves it from the working directory: give an absolute bpe_path instead.
            "tokenizer_kwargs": {"bpe_path": MERGES_NAME},
        },
    }


def _head_width(channels: int) -> int:
    """The largest power of two up to 64 that divides the channels (they are a multiple of 64)."""
    return min(64, channels)


def _preprocess_cfg(config: ClipConfig) -> dict[str, Any]:
    return {
        "size": config.image_size,
        "mode": "RGB",
        "mean": list(MEAN),
        "std": list(STD),
        "interpolation": "bicubic",
        "resize_mode": "squash",  # the whole picture, nothing cropped
        "fill_color": 0,
    }


@contextmanager
def quiet() -> Iterator[None]:
    """Silence what open_clip and its libraries say when they are imported and used."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=FutureWarning)
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", category=ResourceWarning)
        yield
