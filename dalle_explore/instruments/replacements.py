"""Other captions that differ in one word: what stands in for "this word was not said".

Cutting a word out of the attention leaves a hole that training never saw. A caption with another
word in its place is one that the model might have read. The drawn world knows what could stand
there; a word that it knows no other for is left out of the caption.
"""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dalle_explore.errors import InputError
from dalle_explore.generator import EncodedText
from dalle_explore.world.english import article
from dalle_explore.world.facts import COLOURS, ROLES, SOLIDS
from dalle_explore.world.tagging import Tag, tag

__all__ = ["LEFT_OUT", "Replaced", "replacements"]

LEFT_OUT = "(left out)"
MOST = 3  # captions that are averaged for one word

_VALUES: Mapping[str, tuple[str, ...]] = {**ROLES, "colour": COLOURS, "solid": SOLIDS}
_ARTICLE = re.compile(r"\b(an?)(\s+)$", re.IGNORECASE)  # at the end of what comes before
_WORD = re.compile(r"\s*([A-Za-z][\w'-]*)")
_UNCOUNTED = re.compile(r"\b(an?)\s+(bricks|wood|sunglasses|headphones|pixel art)\b")
# Which role is meant where a phrase could fill several.
_ORDER = ("subject", "object", "solid", "colour", "worn", "activity", "texture", "sign", "outline")


class Replaced(NamedTuple):
    """What stood in for a word: the words, and the whole captions."""

    words: tuple[str, ...]
    prompts: tuple[str, ...]


def replacements(
    text: EncodedText, words: Sequence[int], given: Sequence[str] | None = None
) -> Replaced:
    """Return captions in which other words stand in the place of some.

    Words that state one fact together ("skating on ice") are replaced together; of a word that
    is said twice, both.

    Args:
        text: the prompt.
        words: places of the words.
        given: what shall stand there; None: other values of the fact, as the drawn world knows
            them, or nothing at all.

    Raises:
        InputError: nothing is given, or the prompt would be empty.
    """
    spans = [
        (text.words[run[0]].characters[0], text.words[run[-1]].characters[1])
        for run in _runs(words)
    ]
    if given is not None:
        if isinstance(given, str) or not given or not all(isinstance(one, str) for one in given):
            raise InputError(
                f"the replacements are {given!r}, but they are a list of texts: give, for "
                f"example, ['owl', 'fox']."
            )
        found = Replaced(tuple(given), tuple(_with(text.prompt, spans, one) for one in given))
    else:
        found = _by_fact(text.prompt, spans) or Replaced(
            (LEFT_OUT,), (_with(text.prompt, spans, ""),)
        )
    if not all(any(letter.isalnum() for letter in one) for one in found.prompts):
        raise InputError(
            f"without this word nothing is left of {text.prompt!r}: use mode='image' or "
            f"mode='all'."
        )
    return found


def _runs(words: Sequence[int]) -> list[list[int]]:
    """Words that follow one another, together."""
    runs: list[list[int]] = []
    for word in sorted(words):
        if runs and word == runs[-1][-1] + 1:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _by_fact(prompt: str, spans: Sequence[tuple[int, int]]) -> Replaced | None:
    """Other values of the fact that these characters state, or belong to; None: no fact."""
    tagged = tag(prompt)

    def place(one: Tag) -> tuple[int, int]:
        return tagged.words[one.first].start, tagged.words[one.last - 1].end

    meant = []
    for start, end in spans:
        holding = [one for one in tagged.tags if place(one)[0] <= start and end <= place(one)[1]]
        if not holding or holding[0].soft:
            return None
        meant.append(holding[0])
    if len({one.value for one in meant}) != 1:
        return None
    phrases = [prompt[slice(*place(one))].lower() for one in meant]
    # "a cape" makes room for "sunglasses", and "headphones" for "a crown": with their articles.
    whole = all(phrase == meant[0].value for phrase in phrases)
    kept = [place(one) if whole else _value_part(prompt, *place(one), one.value) for one in meant]
    pairs = sum("solid" in one.roles for one in tagged.tags) > 1
    words, prompts = [], []
    for value in _others(meant[0], "solid" if pairs else None):
        said = value if whole else _bare(value)
        candidate = _with(prompt, kept, said)
        if _UNCOUNTED.search(candidate.lower()):
            continue
        # What the world reads there has to be the new value, and all else as before.
        again = [one.value for one in tag(candidate).tags]
        if again == [value if one in meant else one.value for one in tagged.tags]:
            words.append(said)
            prompts.append(candidate)
        if len(words) == MOST:
            break
    return Replaced(tuple(words), tuple(prompts)) if words else None


def _others(one: Tag, first: str | None) -> list[str]:
    """Other values of the role, beginning after this one and far apart in the list."""
    order = (first, *_ORDER) if first else _ORDER
    role = next((role for role in order if role in one.roles), min(one.roles))
    values = _VALUES.get(role, ())
    if one.value not in values or len(values) < 2:
        return []
    place, count = values.index(one.value), len(values)
    step = max(1, count // (MOST + 1))
    turned = [values[(place + j * step) % count] for j in range(1, count)]
    every = turned + [values[(place + j) % count] for j in range(1, count)]
    return [value for value in dict.fromkeys(every) if value != one.value]


def _bare(value: str) -> str:
    """A value without its article."""
    return value.split(" ", 1)[1] if value.startswith(("a ", "an ")) else value


def _value_part(prompt: str, left: int, right: int, value: str) -> tuple[int, int]:
    """The characters of a phrase that say its value: "night" of "at night", "cape" of "a cape"."""
    bare = _bare(value)
    if prompt[left:right].lower().endswith(bare.lower()):
        return right - len(bare), right
    return left, right


def _with(prompt: str, spans: Sequence[tuple[int, int]], said: str) -> str:
    """The prompt with other characters there; an article just before them is put right.

    Articles elsewhere stay as they were typed: a caption differs in one thing.
    """
    for start, end in sorted(spans, reverse=True):
        before, after = prompt[:start], f"{said}{prompt[end:]}"
        follows = _WORD.match(after)
        if follows:
            before = _ARTICLE.sub(functools.partial(_right_article, follows[1]), before)
        prompt = before + after
    return prompt if said else re.sub(r"\s+", " ", prompt).strip()


def _right_article(word: str, match: re.Match[str]) -> str:
    said, blank = match.groups()
    right = article(word.lower())
    return f"{right.capitalize() if said[0].isupper() else right}{blank}"
