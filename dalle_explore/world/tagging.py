"""A prompt cut into words, and the words into tags: which roles each known phrase could fill."""

import re
from dataclasses import dataclass

from dalle_explore.world.english import FUNCTION_WORDS
from dalle_explore.world.facts import COLOURS, is_writable
from dalle_explore.world.lexicon import ARTICLES, PROPS, STRUCTURE, VERBS, look_up
from dalle_explore.world.neighbours import NEIGHBOUR_PHRASES

_TOKEN = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_QUOTED = re.compile(
    r'"([^"]*)"|\u201c([^\u201d]*)\u201d|(?<!\w)[\'\u2018]([^\'\u2019]*)[\'\u2019](?!\w)'
)
_OUTSIDE_OPENERS = frozenset(words[0] for words in NEIGHBOUR_PHRASES)
_LIKENESS = frozenset(("of", "like", "from", "imitating", "imitates", "resembling"))
_SHAPE = frozenset(("shape", "shapes", "shaped", "outline", "outlines"))
_SURFACE_ENDS = frozenset(("shirt", "shirts", "tshirt", "board", "boards", "sign", "signs"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the prompt in lower case; `start` and `end` count characters of the prompt."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """A known phrase: the roles it could fill, its value, and its words `first` to `last` - 1."""

    roles: frozenset[str]
    value: str
    first: int
    last: int
    soft: bool = False
    """A bare "in" or "on", which is grammar as often as a relation."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A prompt in words and tags; `outside` are spans of words, in words."""

    words: tuple[Word, ...]
    tags: tuple[Tag, ...]
    outside: tuple[tuple[int, int], ...]
    problem: str


def tag(prompt: str) -> Tagged:
    """Cut a prompt into words, known phrases and words outside the world."""
    words = tuple(Word(_plain(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(prompt))
    texts = tuple(w.text for w in words)
    written = _written(prompt, words)
    tags: list[Tag] = []
    outside: list[tuple[int, int]] = []
    problem = ""
    if len(written) == 1 and is_writable(texts[written[0]]):
        tags.append(Tag(frozenset({"word"}), texts[written[0]], written[0], written[0] + 1))
    elif written:
        said = " ".join(texts[i] for i in written)
        problem = f"{said!r} cannot be written: one word of at most nine letters a to z can be."
    place = 0
    while place < len(texts):
        if place in written:
            place += 1
            continue
        # A phrase may not run into the written word.
        stop = next((i for i in written if i > place), len(texts))
        found = _next_tag(texts[:stop], place)
        if found:
            tags.append(found)
            place = found.last
            continue
        phrase = _outside_phrase(texts[:stop], place)
        if phrase:
            outside.append((place, place + len(phrase)))
            place += len(phrase)
            continue
        if texts[place] in VERBS and place + 1 not in written:
            problem = f"{texts[place]!r} needs its object: say {VERBS[texts[place]]!r}."
        elif texts[place] not in FUNCTION_WORDS and texts[place] not in STRUCTURE:
            outside.append((place, place + 1))
        place += 1
    return Tagged(words, tuple(sorted(tags, key=lambda t: t.first)), tuple(outside), problem)


def _plain(word: str) -> str:
    """Lower case, "fox's" as "fox", "don't" as "not"."""
    word = word.lower().replace("\u2019", "'")
    return "not" if word.endswith("n't") else word.removesuffix("'s")


def _next_tag(texts: tuple[str, ...], place: int) -> Tag | None:
    """The known phrase that begins at a word, where the words around allow its meaning."""
    activity = _activity(texts, place)
    if activity:
        return activity
    rest = texts[place : place + 6]
    if _outside_phrase(texts, place):
        return None
    found = look_up(rest)
    if not found:
        return None
    (roles, value), length = found
    last = place + length
    if "texture" in roles and not _is_texture(texts, place, last):
        roles = (roles - {"texture"}) or frozenset({"stray"})
    if "figure" in roles:
        roles = (roles - {"figure"}) | ({"outline"} if _is_shape(texts, place, last) else set())
    if roles == {"outline"} and texts[last - 1 : last + 1] == ("shaped", "like"):
        return None  # "a cloud shaped like a rabbit" is no cloud-shaped thing
    soft = texts[place:last] in (("in",), ("on",), ("into",))
    return Tag(roles, value, place, last, soft) if roles else None


def _outside_phrase(texts: tuple[str, ...], place: int) -> tuple[str, ...]:
    """The phrase of several words that begins here and is outside, such as "polar bear"."""
    if texts[place] not in _OUTSIDE_OPENERS:
        return ()
    return next((p for p in NEIGHBOUR_PHRASES if texts[place : place + len(p)] == p), ())


def _activity(texts: tuple[str, ...], place: int) -> Tag | None:
    """Find a verb with its object: "skating on ice", "who rides her unicycle", "tea-drinking"."""
    text = texts[place]
    if text in VERBS:
        value = VERBS[text]
        for ahead in range(place + 1, min(place + 5, len(texts))):
            if PROPS.get(texts[ahead]) == value:
                return Tag(frozenset({"activity"}), value, place, ahead + 1)
            if texts[ahead] not in ARTICLES and texts[ahead] not in ("on", "with", "to", "of"):
                break
        if value == "skating on ice":
            return Tag(frozenset({"activity"}), value, place, place + 1)
    if text in PROPS and place + 1 < len(texts) and VERBS.get(texts[place + 1]) == PROPS[text]:
        return Tag(frozenset({"activity"}), PROPS[text], place, place + 2)
    return None


def _is_texture(texts: tuple[str, ...], first: int, last: int) -> bool:
    """Whether a word names what another thing looks like: "made of mango", "a mango hedgehog"."""
    if last - first > 1:
        return True
    if texts[last : last + 1] in (("textured",), ("texture",), ("style",), ("like",)):
        return True
    following = look_up(texts[last : last + 4])
    if following and "object" in following[0][0]:
        return True
    before = first - 1
    while before >= 0 and texts[before] in ARTICLES:
        before -= 1
    return before >= 0 and texts[before] in _LIKENESS


def _is_shape(texts: tuple[str, ...], first: int, last: int) -> bool:
    """Whether a figure gives something its outline: "in the shape of a star", "a star clock"."""
    following = look_up(texts[last : last + 2])
    if following and "sign" in following[0][0]:
        return True
    return any(text in _SHAPE for text in texts[max(0, first - 4) : first])


def _written(prompt: str, words: tuple[Word, ...]) -> tuple[int, ...]:
    """Which words of the prompt are to be written in the picture."""
    texts = [w.text for w in words]
    for match in _QUOTED.finditer(prompt):
        first, last = match.span()
        inside = [i for i, w in enumerate(words) if first < w.start and w.end < last]
        if inside:
            return tuple(inside)
    for i, text in enumerate(texts[:-1]):
        if text in ("word", "text", "words"):
            skip = texts[i + 1] in ("is", "of") and i + 2 < len(texts)
            return (i + 1 + skip,)
    for i, text in enumerate(texts):
        after, before = i + 1 < len(texts), texts[i - 1] if i else ""
        by_surface = before in _SURFACE_ENDS or (
            i > 1
            and before in ("that", "which", "it", *COLOURS, "grey")
            and any(t in _SURFACE_ENDS for t in texts[max(0, i - 3) : i - 1])
        )
        speaks = text in ("says", "saying", "say")
        if after and (speaks or (text in ("reading", "reads") and by_surface)):
            return (i + 1,)
        if text == "written" and before == "is" and i > 1:
            return (i - 2,)
        if text == "written" and i > 1 and texts[i - 2] in ("with", "has", "having"):
            return (i - 1,)
        on_it = text == "with" and texts[i + 2 : i + 4] == ["on", "it"]
        if on_it and (before in _SURFACE_ENDS or not look_up((texts[i + 1],))):
            return (i + 1,)
    return ()
