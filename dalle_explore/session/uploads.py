"""A picture from outside becomes a sample: through the dVAE's encoder into codes.

It is cropped or framed to the model's shape, visibly, and never stretched. With a caption, the
model then says how likely it finds every code.
"""

import dataclasses
import io
import os
import warnings
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from dalle_explore.edits import Force
from dalle_explore.errors import InputError
from dalle_explore.files import faults
from dalle_explore.session.model import Model
from dalle_explore.session.sample import Sample
from dalle_explore.session.studio import Wish, paint, recipe_of
from dalle_explore.settings import Settings

if TYPE_CHECKING:
    import PIL.Image

__all__ = ["Upload", "open_picture", "upload"]

_MOST_PIXELS = 16_000_000
_MOST_BYTES = 32 * 2**20
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")


@dataclasses.dataclass(frozen=True, eq=False)
class Upload:
    """A picture from outside, and what became of it."""

    sample: Sample  # its codes, all forced, with what the model thinks of them
    fitted: "PIL.Image.Image"  # as the encoder saw it: cropped or framed, and resized
    size: tuple[int, int]  # of the original, width and height in pixels
    box: tuple[int, int, int, int]  # left, top, right, bottom in the original; outside is ground
    frames: int = 1  # of the original; the first was taken

    def caption(self) -> str:
        """Say what was done to the picture."""
        left, top, right, bottom = self.box
        whole = (0, 0, *self.size) == self.box
        inside = left >= 0 and top >= 0 and right <= self.size[0] and bottom <= self.size[1]
        how = "whole" if whole else "cropped to" if inside else "framed in"
        part = "" if whole else f" {right - left} x {bottom - top} from ({left}, {top})"
        first = "" if self.frames == 1 else f" (the first of {self.frames} frames)"
        return (
            f"A picture of {self.size[0]} x {self.size[1]} pixels{first}, {how}{part}, resized to "
            f"{self.fitted.width} x {self.fitted.height} and turned into codes."
        )


def upload(
    model: Model,
    picture: "str | os.PathLike[str] | bytes | bytearray | memoryview | PIL.Image.Image",
    prompt: str,
    *,
    fit: Literal["crop", "frame"] = "crop",
    name: str = "the picture",
    settings: Settings | None = None,
    **changes: Any,
) -> Upload:
    """Turn a picture and a caption into a sample that can be looked at, forked and redrawn.

    Args:
        model: its encoder makes the codes.
        picture: a file (PNG, JPEG, WEBP, GIF or BMP), the bytes of one, or an image of Pillow.
            Of several frames the first is taken, and the caption says so.
        prompt: what it shows.
        fit: "crop" takes the largest part of the right shape from the middle; "frame" keeps all
            of it, on a ground of the colour of its border.
        name: what sentences call a picture that is given as bytes.
        settings: what probabilities are of; the model's own when None.
        **changes: single settings.

    Raises:
        InputError: no such file, not a picture, a damaged one, one of more than 16 megapixels or
            32 MB, an unknown ``fit``, or a model that has no encoder.
    """
    if fit not in ("crop", "frame"):
        raise InputError(f"fit is {fit!r}, but it is 'crop' or 'frame': take one of them.")
    opened, frames = open_picture(picture, name)
    fitted, box = _fitted(opened, model, fit)
    pixels = torch.from_numpy(np.array(fitted))[None]
    with model.lock:
        codes = model.generator.encode_image(pixels)[0].cpu().numpy()
    how = (model.settings if settings is None else settings).replace(**changes)
    force = Force.where(codes, np.ones(codes.shape, dtype=bool))
    (painted,) = paint(model, [Wish(recipe_of(model, prompt, how, [force]), 0)]).run()
    assert painted is not None  # a run that came to its end has painted everything
    return Upload(Sample.painted(model, painted), fitted, opened.size, box, frames)


def open_picture(picture: Any, name: str = "the picture") -> "tuple[PIL.Image.Image, int]":
    """Open a picture from outside: upright, RGB, on white; and say how many frames it had.

    Raises:
        InputError: as for ``upload``.
    """
    from PIL import Image, UnidentifiedImageError

    if isinstance(picture, Image.Image):
        return _upright(picture, "the picture"), 1
    if isinstance(picture, str | os.PathLike):
        name = os.fspath(picture)
        with faults(picture, "read"), open(picture, "rb") as file:
            data = file.read(_MOST_BYTES + 1)
    elif isinstance(picture, bytes | bytearray | memoryview):
        data = bytes(picture)
    else:
        raise InputError(
            f"picture is {type(picture).__name__}, but it has to be a file, the bytes of one, or "
            f"an image of Pillow: give its path."
        )
    name = _called(name)
    if len(data) > _MOST_BYTES:
        raise InputError(
            f"{name} has more than {_MOST_BYTES // 2**20} MB, the most that is read: make it "
            f"smaller first."
        )
    with warnings.catch_warnings():
        # Pillow warns of large and of odd files; what matters of that is said below.
        warnings.simplefilter("ignore")
        try:
            opened = Image.open(io.BytesIO(data), formats=_FORMATS)
            frames = getattr(opened, "n_frames", 1)
        except Exception as error:  # a stranger's bytes, and errors of every kind
            strange = isinstance(error, UnidentifiedImageError)
            begins = f"{len(data):,} bytes that begin with {data[:8]!r}"
            raise InputError(
                f"{name} is not a picture that can be read ({begins if strange else error}): give "
                f"a PNG, JPEG, WEBP, GIF or BMP."
            ) from error
        with opened:
            return _upright(opened, name), frames


def _upright(opened: "PIL.Image.Image", name: str) -> "PIL.Image.Image":
    """Decode a picture, after a look at the size that its header tells."""
    from PIL import Image, ImageOps

    if opened.width * opened.height > _MOST_PIXELS:
        raise InputError(
            f"{name} has {opened.width} x {opened.height} pixels, but at most {_MOST_PIXELS:,} "
            f"are read: make it smaller first."
        )
    try:
        upright = ImageOps.exif_transpose(opened)
        if upright.mode.startswith("I;16"):  # 16 bits of grey, which Pillow would cut off at 255
            upright = Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
        upright = upright.convert("RGBA")
    except Exception as error:  # as above
        raise InputError(f"{name} is a damaged picture ({error}): get it again.") from error
    ground = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(ground, upright).convert("RGB")


def _called(name: str) -> str:
    """A name for a sentence: letters that act are written out, and a long one shows its ends."""
    shown = name if name.isprintable() else repr(name)
    return shown if len(shown) <= 200 else f"{shown[:120]}…{shown[-60:]}"


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
