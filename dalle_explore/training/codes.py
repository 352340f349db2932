"""Examples as the prior sees them: codes of the trained dVAE and token ids of the captions.

Both are computed once and kept beside the run, keyed by what made them: 512 bytes of codes and as
much text a picture, so that a prior trains from memory.
"""

import io
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tqdm import tqdm

from dalle_explore.errors import InputError
from dalle_explore.files import make_folder, write_atomic
from dalle_explore.models.dvae import DVAE
from dalle_explore.models.native import exact_convolutions
from dalle_explore.models.prior import PAD
from dalle_explore.text.tokenizer import Tokenizer
from dalle_explore.training.data import Stream

PHRASINGS = 4  # kept of each caption: its own and up to three others
_AT_ONCE = 50  # pictures


class EncodedExamples:
    """A stream seen through a tokenizer and a trained dVAE.

    Args:
        stream: captioned pictures.
        dvae: trained, on any device; it encodes in fp32 everywhere, because these are the codes
            that people will meet.
        tokenizer: of the captions. Those it does not take (too long, control characters) are
            learned as pictures without words, and counted in ``wordless``.
        folder: where to keep what was computed; its name should tell which dVAE and tokenizer.
    """

    def __init__(self, stream: Stream, dvae: DVAE, tokenizer: Tokenizer, folder: Path) -> None:
        self.stream, self.dvae, self.tokenizer, self.folder = stream, dvae, tokenizer, folder
        self.codes: npt.NDArray[np.uint16] = np.empty((0, dvae.config.rows**2), np.uint16)
        self.text: npt.NDArray[np.int16] = np.empty((0, PHRASINGS, tokenizer.length), np.int16)
        self.wordless = 0
        self.seconds = 0.0  # that encoding one picture and its captions takes, as measured

    def ready(self, count: int, *, quiet: bool = False) -> None:
        """Draw and encode the first ``count`` examples, as far as that has not been done.

        Raises:
            InputError, MachineError: the folder cannot be written, the disk is full.
        """
        self.stream.ensure(range(count), quiet=quiet)
        self.codes, self.text = self._encoded(self.stream, range(count), quiet)
        self.wordless = int((self.text[:, 0, 0] == PAD).sum())

    def held_out(self, count: int) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int16]]:
        """Codes [m p] and text [m t] of at most ``count`` examples to validate on."""
        stream, indices = self.stream.held_out(count)
        codes, text = self._encoded(stream, indices, quiet=True)
        return codes, text[:, 0]

    def _encoded(
        self, stream: Stream, indices: range, quiet: bool
    ) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int16]]:
        folder = make_folder(self.folder / stream.digest[:16])
        codes, text = [], []
        with tqdm(
            total=len(indices), desc="encoding", unit="picture", disable=quiet, leave=False
        ) as bar:
            for low in range(indices.start, indices.stop, stream.chunk):
                part = range(low, min(low + stream.chunk, indices.stop))
                name = f"{part.start:07d}-{part.stop:07d}.npy"
                if not (folder / f"codes-{name}").is_file():
                    stream.pictures(part)  # read once before, so that encoding alone is timed
                    started = time.monotonic()
                    _keep(folder / f"text-{name}", self._text(stream, part))
                    _keep(folder / f"codes-{name}", self._codes(stream, part))
                    self.seconds = (time.monotonic() - started) / len(part)
                codes.append(_kept(folder / f"codes-{name}", len(part)))
                text.append(_kept(folder / f"text-{name}", len(part)))
                bar.update(len(part))
        return np.concatenate(codes), np.concatenate(text)

    @torch.inference_mode()
    def _codes(self, stream: Stream, indices: range) -> npt.NDArray[np.uint16]:
        """Codes in raster order, [n p]."""
        device = next(self.dvae.parameters()).device
        held = []
        for first in range(0, len(indices), _AT_ONCE):
            pictures = torch.from_numpy(stream.pictures(indices[first : first + _AT_ONCE]))
            floats = pictures.to(device).permute(0, 3, 1, 2).float() / 255
            with exact_convolutions():
                codes = self.dvae.encode(floats)
            held.append(codes.flatten(1).cpu().numpy().astype(np.uint16))
        return np.concatenate(held)

    def _text(self, stream: Stream, indices: range) -> npt.NDArray[np.int16]:
        """Token ids of four phrasings, [n 4 t], -1 where padded; the first is the example's."""
        padded = np.full((len(indices), PHRASINGS, self.tokenizer.length), PAD, dtype=np.int16)
        for place, index in enumerate(indices):
            captions = stream.captions(index)
            for row in range(PHRASINGS):
                try:
                    ids = self.tokenizer.encode(captions[row % len(captions)]).ids
                except InputError:
                    continue  # learned without words; `wordless` counts them
                padded[place, row, : len(ids)] = ids
        return padded


def _kept(path: Path, count: int) -> npt.NDArray[Any]:
    """What was kept, if it is whole.

    Raises:
        InputError: it is not.
    """
    try:
        found: npt.NDArray[Any] = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        found = np.empty(0)
    if len(found) != count:
        raise InputError(
            f"{path} does not hold {count} encoded examples: remove the folder {path.parent}, and "
            f"they are encoded again."
        )
    return found


def _keep(path: Path, array: npt.NDArray[Any]) -> None:
    held = io.BytesIO()
    np.save(held, array)
    write_atomic(path, held.getvalue())
