"""Foils of a prompt: sentences in the same words that are false of a picture which shows it.

Made by rules, as the drawn world can be enumerated: colours or bodies exchanged, a relation turned
round, or one fact changed to another that training says as often. Nothing else of the sentence
moves, so whoever prefers the prompt has to have looked at the fact (SugarCrepe: Hsieh et al.,
2023; contrastive prompts by rules: Kim et al., 2024, arXiv 2404.01863).
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from itertools import product, zip_longest

from dalle_explore import world
from dalle_explore.errors import InputError
from dalle_explore.scoring.meaning import may_agree
from dalle_explore.scoring.negatives import changed, said_as, seen, swaps
from dalle_explore.seeds import check_seed
from dalle_explore.world.captions import caption, phrasings
from dalle_explore.world.dice import Dice
from dalle_explore.world.english import article
from dalle_explore.world.facts import SEEN_WORDS, UNSEEN_WORDS
from dalle_explore.world.frequency import OUTLINE_COUNTS
from dalle_explore.world.tagging import Tag, tag

__all__ = ["MOST", "Foil", "foils"]

MOST = 64  # foils of a prompt

_AS_OFTEN = 2.0  # counts in training within this factor are "as often"
_ARTICLE = re.compile(r"\b(an?)(\s+)$", re.IGNORECASE)
_DEFINITE = re.compile(r"\b(the|his|her|its|their)\s+$", re.IGNORECASE)
# In free words these change more of the sentence than their own words.
_FIXED = ("age", "setting")
_AWKWARD = ("bricks", "wood", "pixel art")
_PLURAL = ("headphones", "sunglasses")  # they take no article


@dataclasses.dataclass(frozen=True)
class Foil:
    """A sentence that is almost the prompt."""

    text: str
    changed: Mapping[str, tuple[str, str]]  # role -> (value in the prompt, value here)

    def in_words(self) -> str:
        """Say what was changed, for example "colour1 red → blue"."""
        return ", ".join(f"{role} {old} → {new}" for role, (old, new) in self.changed.items())


def foils(prompt: str, n: int = 8, seed: int = 0) -> tuple[Foil, ...]:
    """Make foils of a prompt by rules; the same arguments give the same foils everywhere.

    Exchanges take turns with changes of one fact, which take turns over the facts; fewer foils
    are the first of more. Where a prompt has no held-out combination, its foils have none.

    Args:
        prompt: a sentence about the drawn world.
        n: how many at most, 1 to 64; a prompt with few facts has fewer.
        seed: decides which, and their order.

    Raises:
        InputError: the prompt cannot be read or changed, which the sentence explains, or a number
            is out of its range.
    """
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= MOST:
        raise InputError(f"n is {n!r}, but 1 to {MOST} foils can be made: give n=8.")
    seed = check_seed(seed)
    reading = world.read(prompt)
    scene = reading.scene
    if scene is None:
        raise InputError(
            f"there are no foils of {prompt!r}, because it cannot be read: {reading.reason}"
        )
    found: dict[str, Foil] = {}
    for altered in _candidates(scene, Dice("foils 1", ascii(prompt), seed)):
        text = _said(prompt, scene, altered)
        if text is not None and text not in found:
            change = {r: (scene[r], altered[r]) for r in scene.roles if scene[r] != altered[r]}
            found[text] = Foil(text, change)
        if len(found) == n:
            break
    if not found:
        raise InputError(
            f"there are no foils of {prompt!r}, because none of its facts can be exchanged in its "
            f"own words: say it more plainly, such as {world.captions(scene)[0]!r}."
        )
    return tuple(found.values())


def _candidates(scene: world.Scene, dice: Dice) -> Iterator[world.Scene]:
    """Scenes that differ from this one, in the order in which they are taken."""
    exchanges = dice.shuffled(swaps(scene))
    roles = dice.shuffled(scene.roles)
    rows = [[changed(scene, {r: v}) for v in dice.shuffled(_values(scene, r))] for r in roles]
    turns = (one for column in zip_longest(*rows) for one in column)
    ordinary = seen(scene)
    for pair in zip_longest(exchanges, (one for one in turns if one is not None)):
        for one in pair:
            if one is None or may_agree([scene], [one]).item() or (ordinary and not seen(one)):
                continue
            yield one


def _values(scene: world.Scene, role: str) -> tuple[str, ...]:
    """The other values of a role that training says about as often as the stated one."""
    stated = scene[role]
    if role == "word":
        words = SEEN_WORDS if stated in SEEN_WORDS else UNSEEN_WORDS
        return tuple(word for word in words if word != stated)
    others = [value for value in world.ROLES[role] if value != stated]
    if role != "outline":
        return tuple(others)

    def apart(value: str) -> float:
        low, high = sorted((OUTLINE_COUNTS[value], OUTLINE_COUNTS[stated]))
        return high / low

    near = [value for value in others if apart(value) <= _AS_OFTEN]
    return tuple(near or [min(others, key=apart)])


def _said(prompt: str, scene: world.Scene, altered: world.Scene) -> str | None:
    """Say another scene as the prompt says its own; None when the words do not allow it."""
    plain = " ".join(prompt.lower().split())
    bare = plain.rstrip(".!?")
    fitting = phrasings(altered)
    for phrasing, options in said_as(scene, bare):
        if phrasing in fitting:
            return caption(altered, phrasing, **options) + plain[len(bare) :]
    for text in _replaced(prompt, scene, altered):
        if _facts(text) == altered.facts:
            return text
    return None


def _facts(text: str) -> tuple[tuple[str, str], ...] | None:
    scene = world.read(text).scene
    return None if scene is None else scene.facts


def _replaced(prompt: str, scene: world.Scene, altered: world.Scene) -> Iterator[str]:
    """Put other values where the prompt, in words of its own, says those of the scene.

    Only values said in the world's own words are replaced, so that the grammar holds; which of
    two equal words belongs to which fact is for the caller to find out, by reading.
    """
    tagged = tag(prompt)
    changes = [(r, scene[r], altered[r]) for r in scene.roles if scene[r] != altered[r]]
    if any(r in _FIXED or new in _AWKWARD or old in _AWKWARD for r, old, new in changes):
        return

    def span(one: Tag) -> tuple[int, int]:
        return tagged.words[one.first].start, tagged.words[one.last - 1].end

    def plain(one: Tag) -> bool:
        start, end = span(one)
        said = " ".join(prompt[start:end].lower().split()).replace("grey", "gray")
        joined = prompt[end : end + 1] == "-" or prompt[start - 1 : start] == "-"
        return not joined and _bare(said) == _bare(one.value)

    places = [
        [t for t in tagged.tags if t.roles & {r, r.rstrip("123")} and t.value == old and plain(t)]
        for r, old, _ in changes
    ]
    for chosen in product(*places):
        if len({id(one) for one in chosen}) < len(chosen):
            continue
        text = prompt
        told = [(*span(one), new) for one, (_, _, new) in zip(chosen, changes, strict=True)]
        for start, end, new in sorted(told, reverse=True):
            text = _put(text, start, end, new)
        yield text


def _put(text: str, start: int, end: int, value: str) -> str:
    """Put a value in place of some letters, with the article that it needs before it."""
    before, said, after = text[:start], text[start:end], text[end:]
    if _bare(said) != said:  # the letters hold the article, if there is one
        return before + value + after
    found = _ARTICLE.search(before)
    bare = _bare(value)
    if found is None:
        lone = said.lower() in _PLURAL and not _DEFINITE.search(before)
        return before + (value if lone else bare) + after
    fit = "" if value in _PLURAL else f"{article(bare)}{found[2]}"
    return f"{before[: found.start()]}{fit}{bare}{after}"


def _bare(value: str) -> str:
    return re.sub(r"^an?\s+", "", value, flags=re.IGNORECASE)
