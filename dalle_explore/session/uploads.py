"""A picture from outside becomes a sample: through the dVAE's encoder into codes.

It is cropped or framed to the model's shape, visibly, and never stretched. With a caption, the
model then says how likely it finds every code.
"""

import dataclasses
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from dalle_explore.edits import Force
from dalle_explore.errors import InputError
from dalle_explore.files import faults
from dalle_explore.session.model import Model
from dalle_explore.session.samples import Sample
from dalle_explore.session.studio import Wish, paint, recipe_of
from dalle_explore.settings import Settings

if TYPE_CHECKING:
    import PIL.Image

__all__ = ["Upload", "upload"]

_MOST_PIXELS = 16_000_000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")


@dataclasses.dataclass(frozen=True, eq=False)
class Upload:
    """A picture from outside, and what became of it."""

    sample: Sample  # its codes, all forced, with what the model thinks of them
    fitted: "PIL.Image.Image"  # as the encoder saw it: cropped or framed, and resized
    size: tuple[int, int]  # of the original, width and height in pixels
    box: tuple[int, int, int, int]  # left, top, right, bottom in the original; outside is ground

    def caption(self) -> str:
        """Say what was done to the picture."""
        left, top, right, bottom = self.box
        whole = (0, 0, *self.size) == self.box
        inside = left >= 0 and top >= 0 and right <= self.size[0] and bottom <= self.size[1]
        how = "whole" if whole else "cropped to" if inside else "framed in"
        part = "" if whole else f" {right - left} x {bottom - top} from ({left}, {top})"
        return (
            f"A picture of {self.size[0]} x {self.size[1]} pixels, {how}{part}, resized to "
            f"{self.fitted.width} x {self.fitted.height} and turned into codes."
        )


def upload(
    model: Model,
    picture: "str | os.PathLike[str] | PIL.Image.Image",
    prompt: str,
    *,
    fit: Literal["crop", "frame"] = "crop",
    settings: Settings | None = None,
    **changes: Any,
) -> Upload:
    """Turn a picture and a caption into a sample that can be looked at, forked and redrawn.

    Args:
        model: its encoder makes the codes.
        picture: a file (PNG, JPEG, WEBP, GIF or BMP), or an image of Pillow.
        prompt: what it shows.
        fit: "crop" takes the largest part of the right shape from the middle; "frame" keeps all
            of it, on a ground of the colour of its border.
        settings: what probabilities are of; the model's own when None.
        **changes: single settings.

    Raises:
        InputError: no such file, not a picture, one of more than 16 megapixels, an unknown
            ``fit``, or a model that has no encoder.
    """
    if fit not in ("crop", "frame"):
        raise InputError(f"fit is {fit!r}, but it is 'crop' or 'frame': take one of them.")
    opened = _opened(picture)
    fitted, box = _fitted(opened, model, fit)
    pixels = torch.from_numpy(np.array(fitted))[None]
    with model.lock:
        codes = model.generator.encode_image(pixels)[0].cpu().numpy()
    how = (model.settings if settings is None else settings).replace(**changes)
    force = Force.where(codes, np.ones(codes.shape, dtype=bool))
    (painted,) = paint(model, [Wish(recipe_of(model, prompt, how, [force]), 0)]).run()
    assert painted is not None  # a run that came to its end has painted everything
    return Upload(Sample.painted(model, painted), fitted, opened.size, box)


def _opened(picture: "str | os.PathLike[str] | PIL.Image.Image") -> "PIL.Image.Image":
    """The picture, upright, RGB on white."""
    from PIL import Image, ImageOps

    if isinstance(picture, Image.Image):
        opened, name = picture, "the picture"
    elif isinstance(picture, str | os.PathLike):
        name = str(picture)
        with faults(picture, "read"), open(picture, "rb") as file:
            file.read(1)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                opened = Image.open(Path(picture), formats=_FORMATS)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise InputError(
                f"{name} is not a picture that can be read ({error}): give a PNG, JPEG, WEBP, "
                f"GIF or BMP."
            ) from error
    else:
        raise InputError(
            f"picture is {type(picture).__name__}, but it has to be a file or an image of Pillow: "
            f"give its path."
        )
    if opened.width * opened.height > _MOST_PIXELS:
        raise InputError(
            f"{name} has {opened.width} x {opened.height} pixels, but at most {_MOST_PIXELS:,} "
            f"are read: make it smaller first."
        )
    try:
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError) as error:
        raise InputError(f"{name} is a damaged picture ({error}): get it again.") from error
    finally:
        if opened is not picture:
            opened.close()
    ground = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(ground, upright).convert("RGB")


def _fitted(
    opened: "PIL.Image.Image", model: Model, fit: str
) -> "tuple[PIL.Image.Image, tuple[int, int, int, int]]":
    """The picture in the model's shape, and which box of the original that is."""
    from PIL import Image

    generator = model.generator
    rows, columns = generator.rows, generator.columns
    size = (columns * generator.patch, rows * generator.patch)
    width, height = opened.size
    # The largest box of the model's shape inside the picture, or the smallest around it.
    choose = min if fit == "crop" else max
    unit = choose(width / columns, height / rows)
    wide, high = (max(1, round(unit * side)) for side in (columns, rows))
    left, top = (width - wide) // 2, (height - high) // 2
    box = (left, top, left + wide, top + high)
    page = Image.new("RGB", (wide, high), _border_colour(opened))
    page.paste(opened, (-left, -top))
    return page.resize(size, Image.Resampling.LANCZOS), box


def _border_colour(picture: "PIL.Image.Image") -> tuple[int, int, int]:
    pixels = np.asarray(picture)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = np.median(border, axis=0).astype(int).tolist()
    return red, green, blue
