"""Where a model lies: in the package, or in a folder that somebody names. No torch."""

import os
from pathlib import Path

from dalle_explore.errors import ModelFileError
from dalle_explore.pretrained.card import CARD_NAME

__all__ = ["BUNDLED", "find_model", "is_bundled"]

BUNDLED = "bundled"  # the name of the model that travels in the package

_BUNDLED_FOLDER = Path(__file__).parent / "bundled"


def find_model(name: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder of a model.

    Args:
        name: None or "bundled" for the model in the package, or a folder.

    Raises:
        ModelFileError: there is no such model.
    """
    if name is None or name == BUNDLED:
        if not (_BUNDLED_FOLDER / CARD_NAME).is_file():
            raise ModelFileError(
                "this copy of dalle_explore carries no trained model: train one with "
                "python -m dalle_explore train all --minutes 10 --out my_model, and name its "
                "folder."
            )
        return _BUNDLED_FOLDER
    folder = Path(name)
    if not folder.is_dir():
        raise ModelFileError(
            f"there is no model {os.fspath(name)!r}: name {BUNDLED!r}, or a folder that "
            f"python -m dalle_explore train wrote with --out."
        )
    return folder


def is_bundled(folder: Path) -> bool:
    """Whether a folder is that of the model in the package."""
    return folder == _BUNDLED_FOLDER
