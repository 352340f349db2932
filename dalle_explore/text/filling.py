"""From the pieces of a filled template to a sentence: spaces, articles, and who became what.

"a emerald" or a doubled space would be one more thing that differs between two cells, besides the
word that was meant to. So both are put right, and only where a slot is to blame; what was there
before stays at hand. GenEval (Ghosh et al., 2023) makes its prompts grammatical as well.
"""

import dataclasses
import re
import unicodedata
from collections.abc import Iterable

from dalle_explore.world.english import FUNCTION_WORDS, article

__all__ = ["Said", "join", "squashed"]

Span = tuple[int, int]  # characters: start and end

_SPACES = re.compile(r"\s+")
# A whole word a or an, then spaces, then perhaps an opening quote, then the word that decides.
_ARTICLE = re.compile(r"(?<!\w)(?<!\w['’-])([Aa][Nn]?)\s+[\"'“‘(\[]*(?=\w)")
_CLOSING = frozenset(",.;:!?)]}”…")
_OPENING = frozenset("([{“")
_ENDS = frozenset(".!?:;…([{")  # what stands before the first word of a sentence
_VOWEL_LETTERS = frozenset("aefhilmnorsx")  # their names begin with a vowel: an S, an X
_SPELLED_OR_SAID = frozenset("FHLMNRSXU")  # an LED but a LEGO: capitals do not tell


@dataclasses.dataclass(frozen=True)
class Said:
    """A filled template.

    raw: the pieces in a row, as they are.
    prompt: spaces squashed, articles fixed.
    spans: for each slot, the characters of ``prompt`` that its value became, once for every time
        that it stands there; nothing for a value that says nothing.
    """

    raw: str
    prompt: str
    spans: dict[str, tuple[Span, ...]]


@dataclasses.dataclass(frozen=True)
class _Piece:
    """Where a slot's value stands in the raw text."""

    name: str
    start: int
    end: int
    empty: bool  # nothing but spaces


def squashed(text: str) -> str:
    """Return a text whose runs of spaces, tabs and line ends are one space each."""
    return _SPACES.sub(" ", text)


def join(pieces: Iterable[tuple[str, str | None]]) -> Said:
    """Put pieces in a row and make a sentence of them.

    Runs of spaces become one, and none is left at the ends, nor before a comma or a full stop when
    an empty option left it there. "a" and "an" directly before a slot follow the sound of the word
    that comes next. Words of a slot are never changed, nor are words that touch no slot.

    Args:
        pieces: (text, name of the slot that it fills); name None: text of the template itself.
    """
    raw = ""
    placed = []
    spans: dict[str, tuple[Span, ...]] = {}
    for text, name in pieces:
        if name is not None:
            placed.append(_Piece(name, len(raw), len(raw) + len(text), not text.strip()))
            spans[name] = ()
        raw += text
    edits = sorted([*_spaces(raw, placed), *_articles(raw, placed)])
    for piece in placed:
        if not piece.empty:
            text = raw[piece.start : piece.end]
            start = piece.start + len(text) - len(text.lstrip())
            end = piece.end - len(text) + len(text.rstrip())
            spans[piece.name] += ((_moved(start, edits), _moved(end, edits)),)
    return Said(raw, _edited(raw, edits), spans)


_Change = tuple[int, int, str]  # characters of the raw text, and what stands there instead


def _edited(raw: str, edits: list[_Change]) -> str:
    kept = []
    done = 0
    for start, end, instead in edits:
        kept += [raw[done:start], instead]
        done = end
    return "".join([*kept, raw[done:]])


def _moved(place: int, edits: list[_Change]) -> int:
    return place + sum(len(new) - (end - start) for start, end, new in edits if end <= place)


def _spaces(raw: str, placed: list[_Piece]) -> Iterable[_Change]:
    for run in _SPACES.finditer(raw):
        start, end = run.span()
        touches = not any(_inside(start, end, piece) for piece in placed) and any(
            piece.start <= end
            and start <= piece.end
            and (piece.empty or (piece.start < end and start < piece.end))
            for piece in placed
        )
        if start == 0 or end == len(raw):
            yield start, end, ""
        elif touches and (raw[end] in _CLOSING or raw[start - 1] in _OPENING):
            yield start, end, ""
        else:
            yield start, end, " "


def _inside(start: int, end: int, piece: _Piece) -> bool:
    return piece.start < start and end < piece.end


def _articles(raw: str, placed: list[_Piece]) -> Iterable[_Change]:
    for found in _ARTICLE.finditer(raw):
        start, end = found.span(1)
        word = found.end()
        if any(piece.start < end and start < piece.end for piece in placed):
            continue  # an option said it, and options are said as they were written
        if not any(end <= piece.start <= word for piece in placed):
            continue
        capitals = found[1] == "AN" or raw.isupper()
        if found[1] == "A" and not capitals and not _begins(raw[:start]):
            continue  # "vitamin A {is|has}"
        instead = _article(raw[word:].lower() if capitals else raw[word:])
        if instead is not None:
            first = instead.capitalize() if found[1][0] == "A" else instead
            yield start, end, instead.upper() if capitals else first


def _begins(before: str) -> bool:
    """Whether a capital article can follow: at the start of a sentence, or "Portrait Of A ..."."""
    before = before.rstrip().rstrip("\"'“‘").rstrip()
    return not before or before[-1] in _ENDS or before.split()[-1].lower() in FUNCTION_WORDS


def _article(phrase: str) -> str | None:
    """The article before a phrase by its sound; None: it cannot be told."""
    word = re.match(r"\w+", phrase)
    assert word is not None  # the pattern of articles asks for a word
    said = word[0]
    digits = re.match(r"[0-9]+", said)
    if digits:
        return _before_number(digits[0])
    if said.isupper() and len(said) > 1 and said[0] in _SPELLED_OR_SAID:
        return None
    plain = unicodedata.normalize("NFD", phrase[:40]).lower()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    if not (plain[:1].isascii() and plain[:1].isalpha()):
        return None
    if len(said) == 1:
        return "an" if plain[0] in _VOWEL_LETTERS else "a"
    return article(plain)


def _before_number(digits: str) -> str | None:
    """By how the number is said: an 8, an 11, an 18, an 80, a 110; an 1800 or a 1800."""
    if digits[0] == "8":
        return "an"
    if digits[:2] in ("11", "18"):
        return None if len(digits) == 4 else "an" if len(digits) % 3 == 2 else "a"
    return "a"
