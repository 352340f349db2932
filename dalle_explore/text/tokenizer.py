"""Words to tokens: byte-level byte-pair encoding, lower-cased.

Section 2.2 of "Zero-Shot Text-to-Image Generation" (Ramesh et al., 2021) lower-cases the caption
and cuts it by byte-pair encoding (Sennrich et al., 2015). Working on UTF-8 bytes (Radford et al.,
2019) means that any text can be said: what was never learned falls back to its bytes.
"""

import dataclasses
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import tokenizers
from tokenizers import Regex, decoders, models, normalizers, pre_tokenizers, processors, trainers

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.text.english import COMMON_WORDS

__all__ = ["TEXT_LENGTH", "Word", "EncodedText", "Tokenizer", "learn_tokenizer"]

TEXT_LENGTH = 64  # tokens a model reads at most
REPEATS = 40  # of the common English words among the captions, so that they are worth a piece each


@dataclasses.dataclass(frozen=True)
class Word:
    """One word of a prompt, or one run of punctuation."""

    text: str
    characters: tuple[int, int]  # start and end in the prompt as it was typed
    tokens: tuple[int, int]  # start and end in the ids


@dataclasses.dataclass(frozen=True)
class EncodedText:
    """A prompt as numbers.

    ids: token ids, as many as were needed (filling up is the model's business).
    words: in the order of the prompt; together they cover every token exactly once.
    """

    prompt: str
    ids: tuple[int, ...]
    words: tuple[Word, ...]

    def find(self, phrase: str, occurrence: int | None = None) -> tuple[range, ...]:
        """Return where a word, or a run of words, stands: places among ``words``.

        Args:
            phrase: upper and lower case are alike.
            occurrence: 0 for the first alone, and so on; None: wherever it stands.
        """
        wanted = phrase.lower().split()
        said = [word.text.lower() for word in self.words]
        count = len(wanted)
        found = tuple(
            range(first, first + count)
            for first in range(len(said) - count + 1)
            if count and said[first : first + count] == wanted
        )
        return found if occurrence is None else found[occurrence : occurrence + 1]

    def tokens(self, words: Iterable[int]) -> tuple[int, ...]:
        """Return the places, among ``ids``, of the tokens of some words."""
        return tuple(token for word in words for token in range(*self.words[word].tokens))


class Tokenizer:
    """Turns prompts into ids; the same file always gives the same ids."""

    length = TEXT_LENGTH

    def __init__(self, inner: tokenizers.Tokenizer) -> None:
        """Wrap a tokenizer of the ``tokenizers`` library made by ``learn_tokenizer``."""
        self._inner = inner

    @classmethod
    def from_json(cls, text: str) -> "Tokenizer":
        """Read what ``to_json`` wrote.

        Raises:
            ModelFileError: this is no tokenizer.
        """
        try:
            return cls(tokenizers.Tokenizer.from_str(text))
        except Exception as error:  # the library raises a bare Exception
            raise ModelFileError(
                f"the tokenizer cannot be read ({error}): the file is foreign or damaged, fetch "
                f"or train it again."
            ) from error

    @classmethod
    def from_file(cls, path: str | Path) -> "Tokenizer":
        """Read a ``tokenizer.json``.

        Raises:
            ModelFileError: the file is missing or no tokenizer.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ModelFileError(
                f"the tokenizer {path} cannot be read ({error}): give a folder with a "
                f"tokenizer.json, or train one."
            ) from error
        return cls.from_json(text)

    def to_json(self) -> str:
        """Return the tokenizer as JSON, always the same text for the same pieces."""
        return self._inner.to_str(pretty=True)

    @property
    def vocabulary_size(self) -> int:
        """Different tokens."""
        return self._inner.get_vocab_size()

    def pieces(self, ids: Iterable[int]) -> list[str]:
        """Return what each id stands for, as text; a part of a character shows as U+FFFD."""
        return [self._inner.decode([index]) for index in ids]

    def encode(self, prompt: str) -> EncodedText:
        """Return the ids of a prompt, and where its words are.

        Raises:
            InputError: the prompt is empty, holds control characters, or is too long.
        """
        check_prompt(prompt)
        encoding = self._inner.encode(prompt)
        if len(encoding.ids) > self.length:
            raise InputError(
                f"the prompt has {len(encoding.ids)} tokens ({len(prompt.split())} words), but "
                f"the limit is {self.length} tokens: shorten it."
            )
        return EncodedText(prompt, tuple(encoding.ids), tuple(_words(prompt, encoding.offsets)))


def learn_tokenizer(captions: Iterable[str], size: int = 2048) -> Tokenizer:
    """Learn pieces from captions and common English words.

    Args:
        captions: as many as are at hand; order does not matter.
        size: pieces at most, the 256 bytes included.

    Raises:
        InputError: ``size`` leaves no room for the bytes.
    """
    if size < 256:
        raise InputError(
            f"size is {size}, but the 256 bytes need a piece each: give more, such as 2048."
        )
    inner = tokenizers.Tokenizer(models.BPE())
    inner.normalizer = normalizers.Sequence(
        [
            normalizers.NFC(),
            normalizers.Lowercase(),
            # Typographic marks, which phones and word processors put in unasked, as plain ones.
            normalizers.Replace(Regex("[\u2018\u2019]"), "'"),
            normalizers.Replace(Regex("[\u201c\u201d]"), '"'),
            normalizers.Replace(Regex("[\u2010-\u2015]"), "-"),
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(),
        ]
    )
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    inner.post_processor = processors.ByteLevel(trim_offsets=True)
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
    )
    inner.train_from_iterator(_examples(captions), trainer)
    return Tokenizer(inner)


def _examples(captions: Iterable[str]) -> Iterator[str]:
    yield from captions
    for _ in range(REPEATS):
        yield " ".join(COMMON_WORDS)


def check_prompt(prompt: str) -> None:
    """Raise InputError unless a prompt says something, in characters that can be shown."""
    if not isinstance(prompt, str):
        raise InputError(f"the prompt is {prompt!r}, but it has to be text: put it in quotes.")
    for place, character in enumerate(prompt):
        # Cc are control characters; Cs are halves of a character that no file can hold.
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise InputError(
                f"the prompt holds the control character U+{ord(character):04X} at position "
                f"{place}, which says nothing to a model: remove it, or put a space there."
            )
    if not any(unicodedata.category(c)[0] not in "ZC" for c in prompt):
        raise InputError("the prompt is empty: say what to draw, such as 'a red cube'.")


def _words(prompt: str, offsets: list[tuple[int, int]]) -> Iterator[Word]:
    """Give every token to the word in which it starts; a word without tokens is left out."""
    spans = list(_spans(prompt))
    owner, mine = [], 0
    for start, _ in offsets:
        while mine + 1 < len(spans) and spans[mine + 1][0] <= start:
            mine += 1
        owner.append(mine)
    for index, (start, end) in enumerate(spans):
        if index in owner:
            first = owner.index(index)
            last = first + owner.count(index)
            yield Word(prompt[start:end], (start, end), (first, last))


def _spans(prompt: str) -> Iterator[tuple[int, int]]:
    """Cut a prompt into runs of letters (a hyphen or apostrophe may join two), and the rest."""
    start = 0
    kinds = [_kind(prompt, place) for place in range(len(prompt))]
    for place in range(1, len(prompt) + 1):
        if place == len(prompt) or kinds[place] != kinds[start]:
            if kinds[start] != " ":
                yield start, place
            start = place


def _kind(prompt: str, place: int) -> str:
    """Say whether a character belongs to a word (w), to a space, or to the rest (.)."""
    character = prompt[place]
    category = unicodedata.category(character)
    if category[0] in "LNM":
        # A mark on a symbol (a variation selector after an emoji) stays with the symbol.
        if category[0] == "M" and place:
            return _kind(prompt, place - 1)
        return "w"
    if category[0] == "Z":
        return " "
    joins = character in "-'’_" and 0 < place < len(prompt) - 1
    if joins and all(unicodedata.category(prompt[i])[0] in "LNM" for i in (place - 1, place + 1)):
        return "w"
    return "."
