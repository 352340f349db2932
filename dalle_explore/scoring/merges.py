"""CLIP's byte-pair tokenizer with merges of our own: learning, writing, reading, counting.

open_clip's ``SimpleTokenizer`` (after Radford et al., 2021) reads its merges from a gzip file and
numbers its tokens in a fixed way: 256 bytes, 256 bytes that end a word, the merges, then
start-of-text and end-of-text. CLIP pools the position of the *largest* token id, so end-of-text
has to come last, and an empty line at the end of the file would become one merge too many.
"""

import gzip
import io
import json
import os
import warnings
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import faults, write_atomic

__all__ = ["ClipTokenizer", "learn_merges", "vocabulary_size", "write_merges"]

Merges = tuple[tuple[str, str], ...]

_HEADER = "#version: dalle_explore 1"
_LIMIT = 8 * 2**20  # bytes of merges, unpacked; open_clip's own file has 3.2 million
# The words of SimpleTokenizer: its pattern, without the two special tokens.
_WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def vocabulary_size(merges: int) -> int:
    """Return the number of token ids that a file of so many merges makes."""
    return 512 + merges + 2


def learn_merges(captions: Iterable[str], count: int = 512) -> Merges:
    """Learn byte-pair merges from captions, the most frequent pair first (Sennrich et al., 2016).

    Captions are lower-cased and cut into words as SimpleTokenizer does.

    Args:
        captions: the texts.
        count: how many merges to learn; fewer come back when the words are used up.

    Raises:
        InputError: ``count`` is below 1, or the captions hold no word to learn from.
    """
    if count < 1:
        raise InputError(
            f"count is {count}, but at least 1 merge has to be learned: give count=512."
        )
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

    learner = Tokenizer(models.BPE(continuing_subword_prefix="", end_of_word_suffix="</w>"))
    learner.normalizer = normalizers.Lowercase()
    learner.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=512 + count,
        # Equally frequent pairs are ordered by the ids of their letters. Unless these are given
        # here, the library numbers them in the order of a hash table, anew in every run.
        special_tokens=[*letters, *(f"{letter}</w>" for letter in letters)],
        min_frequency=2,
        show_progress=False,
        end_of_word_suffix="</w>",
    )
    learner.train_from_iterator(captions, trainer)
    pairs = json.loads(learner.to_str())["model"]["merges"][:count]
    if not pairs:
        raise InputError(
            "captions hold no pair of letters that occurs twice, so there is nothing to learn: "
            "give more captions."
        )
    return tuple((str(left), str(right)) for left, right in pairs)


def write_merges(path: str | os.PathLike[str], merges: Sequence[tuple[str, str]]) -> None:
    """Write merges as SimpleTokenizer reads them; equal merges give equal bytes.

    Raises:
        InputError, MachineError: the path cannot be written.
    """
    text = "\n".join([_HEADER, *(f"{left} {right}" for left, right in merges)])
    held = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=held, mtime=0) as packed:
        packed.write(text.encode("utf-8"))
    write_atomic(path, held.getvalue())


def _check_merges(path: str | os.PathLike[str]) -> None:
    """Refuse a file that open_clip would read into wrong ids, or that unpacks without end."""
    try:
        with faults(path, "read"), gzip.open(path, "rb") as file:
            data = file.read(_LIMIT + 1)
        lines = data.decode("utf-8").split("\n")
    except (InputError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise ModelFileError(
            f"the merges in {path} cannot be read ({error}): get the model again, or name another."
        ) from error
    if len(data) > _LIMIT or any(len(line.split()) != 2 for line in lines[1:]):
        raise ModelFileError(
            f"the merges in {path} are not two pieces a line after a first line, as CLIP's "
            f"tokenizer needs them (no empty line at the end): get the model again."
        )


class ClipTokenizer:
    """open_clip's tokenizer, which cuts long captions silently, made to say so instead.

    Args:
        simple: an open_clip tokenizer with ``encode``, ``context_length`` and the ids of the
            start and the end of a text.

    Attributes:
        context: positions of a text, start and end included.
    """

    def __init__(self, simple: Any) -> None:
        self._simple = simple
        self.context = int(simple.context_length)

    @classmethod
    def open(cls, path: str | os.PathLike[str], context: int = 64) -> "ClipTokenizer":
        """Open a merges file.

        Raises:
            ModelFileError: the file is missing or not merges.
        """
        _check_merges(path)
        from open_clip.tokenizer import SimpleTokenizer

        with warnings.catch_warnings():
            # SimpleTokenizer leaves its file for the garbage collector to close.
            warnings.simplefilter("ignore", ResourceWarning)
            # Absolute, because open_clip resolves it from the working directory.
            return cls(SimpleTokenizer(os.path.abspath(path), context_length=context))

    @property
    def vocabulary_size(self) -> int:
        """Number of token ids; the end of a text is the last."""
        return int(self._simple.vocab_size)

    def count(self, text: str) -> int:
        """Return the number of tokens of a text, its start and its end included."""
        return len(self._simple.encode(text)) + 2

    def __call__(self, texts: Sequence[str], *, trim: bool = False) -> Tensor:
        """Return the token ids of texts, padded with zeros.

        Args:
            texts: captions.
            trim: leave out the columns that are padding in every row. The features of a text do
                not change (CLIP's text tower is causal), and training is several times faster.

        Returns:
            int64 [b t], t being ``context``, or less when trimmed.

        Raises:
            InputError: a text is not a string, or too long.
        """
        rows = []
        for text in texts:
            if not isinstance(text, str):
                raise InputError(
                    f"a caption is {text!r} ({type(text).__name__}), but CLIP reads strings: give "
                    f"a list of str."
                )
            ids = self._simple.encode(text)
            if len(ids) + 2 > self.context:
                raise InputError(
                    f"the caption {_short(text)!r} has {len(ids) + 2} CLIP tokens, but this CLIP "
                    f"reads at most {self.context}: shorten it (cut off, it would say something "
                    f"else)."
                )
            rows.append([self._simple.sot_token_id, *ids, self._simple.eot_token_id])
        longest = max(map(len, rows), default=0) if trim else self.context
        padded = torch.zeros(len(rows), longest, dtype=torch.long)
        for row, ids in zip(padded, rows, strict=True):
            row[: len(ids)] = torch.tensor(ids)
        return padded


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
