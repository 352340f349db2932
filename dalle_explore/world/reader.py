"""Sentences read back into facts: what a prompt states, what it says that the world cannot draw.

`read` understands every caption of the world, held-out phrasings too, and free word order. Each
family tries to account for all tags of the prompt; the one that does so, with everything it needs,
is what the prompt says. If none does, the prompt cannot be judged, and the reading says why.
"""

from dataclasses import dataclass

from dalle_explore.world.bodies import read_bodies
from dalle_explore.world.facts import Scene
from dalle_explore.world.neighbours import NEIGHBOUR_PHRASES, suggestions
from dalle_explore.world.tagging import Tag, Tagged, tag

_NEGATIONS = frozenset(("not", "no", "nor", "without"))
_NAMES = {
    "creatures": "an animal or vegetable",
    "textures": "a thing with a texture",
    "signs": "a sign",
    "writing": "text on a surface",
    "relations": "an arrangement of solids",
}
_REQUIRED_WORDS = {
    "subject": "an animal or a vegetable",
    "object": "an object",
    "texture": "a texture",
    "sign": "a stop sign, clock, plate or mirror",
    "outline": "a shape",
    "surface": "a t-shirt, board or sign",
    "colour": "a colour",
    "word": "the word written on it",
    "relation": "a relation such as 'on top of'",
    "solid": "a solid",
    "solid2": "a second solid",
}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word outside the world.

    `prompt[start:end]` is `word` as it was typed; `suggestions` are values of the world near it.
    """

    word: str
    start: int
    end: int
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a prompt states.

    Args:
        prompt: as it was typed.
        scene: the stated facts (seed 0), or None when it cannot be judged.
        unknown: words outside the world, in order.
        judgeable: whether a picture can be checked against the stated facts. Words outside the
            world do not hinder that as long as the facts are complete without them.
        reason: why it cannot be judged, or what is left out of judging; empty if all is read.
    """

    prompt: str
    scene: Scene | None
    unknown: tuple[Unknown, ...]
    judgeable: bool
    reason: str


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One family's account of a prompt."""

    family: str
    facts: dict[str, str]
    missing: tuple[str, ...]
    left: tuple[Tag, ...]
    problem: str

    def cost(self) -> tuple[int, int, int]:
        unmet = len(self.missing) + bool(self.problem) + 2 * len(self.left)
        return (unmet, len(self.missing), -len(self.facts))


def read(prompt: str) -> Reading:
    """The facts that a sentence states, its words outside the world, or why it cannot be judged.

    Upper or lower case, plurals and word order do not matter. Any text is accepted.
    """
    tagged = tag(prompt)
    unknown = tuple(_unknown(prompt, tagged, first, last) for first, last in tagged.outside)
    best = min((_attempt(family, tagged) for family in _NAMES), key=_Attempt.cost)
    reason = _why_not(best, tagged)
    if not reason:
        try:
            scene = Scene.of(best.family, seed=0, **best.facts)
        except ValueError as error:
            reason = str(error)
    if reason:
        return Reading(prompt, None, unknown, False, reason)
    if unknown:
        words = ", ".join(repr(u.word) for u in unknown)
        reason = f"the facts are judged without {words}, which the world does not know."
    return Reading(prompt, scene, unknown, True, reason)


def _unknown(prompt: str, tagged: Tagged, first: int, last: int) -> Unknown:
    start, end = tagged.words[first].start, tagged.words[last - 1].end
    texts = tuple(w.text for w in tagged.words[first:last])
    before = tuple(w.text for w in tagged.words[max(0, first - 3) : first])
    near = NEIGHBOUR_PHRASES.get(texts) or suggestions(texts[0], before)
    return Unknown(prompt[start:end], start, end, near)


def _why_not(best: _Attempt, tagged: Tagged) -> str:
    """Why the best account will not do, as a sentence; empty if it will."""
    if tagged.problem:
        return tagged.problem
    denied = next((w.text for w in tagged.words if w.text in _NEGATIONS), None)
    if denied:
        return f"the world has no word for what is absent: leave out {denied!r} and what follows."
    if all(one.roles & {"manner", "setting", "relation"} for one in tagged.tags):
        return "no fact of the world is stated: name an animal, a sign, a solid, ..."
    if best.problem:
        return best.problem
    if best.missing:
        needs = ", ".join(_REQUIRED_WORDS.get(role, role) for role in best.missing)
        return f"the facts are incomplete: {_NAMES[best.family]} needs {needs} as well."
    if best.left:
        words = tagged.words[best.left[0].first : best.left[0].last]
        said = " ".join(w.text for w in words)
        if best.left[0].roles & best.facts.keys():
            return f"{said!r} is one too many: {_NAMES[best.family]} has a single one."
        return f"{said!r} has no place in {_NAMES[best.family]}: leave it out or say it otherwise."
    return ""


def _attempt(family: str, tagged: Tagged) -> _Attempt:
    tags = list(tagged.tags)
    facts: dict[str, str] = {}
    if family == "writing" and any("word" in t.roles for t in tags):
        # "a neon sign that says open" is a sign, in neon.
        named = any("surface" in t.roles for t in tags)
        if not named and any(t.value == "neon sign" for t in tags):
            facts["surface"] = "sign"
    for role in ("manner", "setting"):
        _take(role, tags, facts)
    if family == "relations":
        if sum("solid" in t.roles for t in tags) < 2:
            _take("colour", tags, facts)
            _take("solid", tags, facts)
            lacking = [role for role in ("colour", "solid") if role not in facts]
            return _Attempt(family, facts, (*lacking, "relation", "solid2"), _hard(tags), "")
        problem = read_bodies([w.text for w in tagged.words], tags, facts)
        return _Attempt(family, facts, (), _hard(tags), problem)
    for role in _ROLES_OF[family]:
        _take(role, tags, facts)
    missing = tuple(role for role in _NEEDED[family] if role not in facts)
    return _Attempt(family, facts, missing, _hard(tags), "")


_ROLES_OF = {
    "creatures": ("subject", "age", "worn", "activity"),
    "textures": ("texture", "object"),
    "signs": ("sign", "outline", "colour"),
    "writing": ("word", "surface", "colour"),
}
_NEEDED = {
    "creatures": ("subject",),
    "textures": ("object", "texture"),
    "signs": ("sign", "outline"),
    "writing": ("surface", "colour", "word"),
}


def _take(role: str, tags: list[Tag], facts: dict[str, str]) -> None:
    """Move the tags of a role into the facts; a second, different value stays behind."""
    for one in [t for t in tags if role in t.roles]:
        if facts.setdefault(role, one.value) == one.value:
            tags.remove(one)


def _hard(tags: list[Tag]) -> tuple[Tag, ...]:
    """The tags that must not be ignored: "in" and "on" are grammar as often as relations."""
    return tuple(t for t in tags if not t.soft)
