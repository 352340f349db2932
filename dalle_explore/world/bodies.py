"""Solids in relation, read from tags: who is where, in any order of the sentence."""

from dataclasses import dataclass

from dalle_explore.world.lexicon import ARTICLES
from dalle_explore.world.tagging import Tag


@dataclass(frozen=True, slots=True)
class Body:
    """A mention of a solid; the colour is None in "the cube"."""

    colour: str | None
    solid: str
    first: int
    last: int


def read_bodies(texts: list[str], tags: list[Tag], facts: dict[str, str]) -> str:
    """Move bodies, their relation and their container from the tags into the facts.

    Args:
        texts: the words of the prompt, two solids among them.
        tags: known phrases of the prompt; those that are understood are removed.
        facts: receives colour1, solid1, relation, ...

    Returns:
        Why the bodies make no scene, or an empty text.
    """
    bodies = _bodies(texts, tags)
    problem = _container(texts, tags, bodies, facts)
    relations = [t for t in tags if "relation" in t.roles and _leads_on(texts, t, bodies)]
    for one in relations:
        tags.remove(one)
    if problem:
        return problem
    if len({t.value for t in relations}) != 1 or len(relations) > 2:
        return "the facts are unclear: bodies are joined by exactly one relation."
    ordered = _in_order(texts, relations, bodies)
    if not ordered:
        return "the facts are unclear: which of the solids the relation joins cannot be told."
    facts["relation"] = relations[0].value
    for n, body in enumerate(ordered, start=1):
        if body.colour is None:
            return f"the facts are incomplete: say the colour of the {body.solid}."
        facts[f"colour{n}"], facts[f"solid{n}"] = body.colour, body.solid
    return ""


def _bodies(texts: list[str], tags: list[Tag]) -> list[Body]:
    """All mentions in order; "the cube" takes its colour from the one cube named before."""
    bodies: list[Body] = []
    solids = [t for t in tags if "solid" in t.roles]
    colours = [t for t in tags if "colour" in t.roles]
    for solid in solids:
        before = next((c for c in colours if c.last == solid.first), None)
        after = next((c for c in colours if _says_colour(texts, solid, c, solids)), None)
        known = {b.colour for b in bodies if b.solid == solid.value}
        colour = before or after
        if colour:
            colours.remove(colour)
            tags.remove(colour)
        tags.remove(solid)
        again = next(iter(known)) if len(known) == 1 and not colour else None
        first = before.first if before else solid.first
        last = after.last if after and not before else solid.last
        bodies.append(Body(colour.value if colour else again, solid.value, first, last))
    return bodies


def _says_colour(texts: list[str], solid: Tag, colour: Tag, solids: list[Tag]) -> bool:
    """Whether a colour behind a solid is its own: "a cube that is red", "a cube in red"."""
    between = texts[solid.last : colour.first]
    own = 0 < len(between) < 4 and set(between) <= {"that", "which", "is", "in", "the", "colour"}
    return own and all(s.first != colour.last for s in solids)


def _container(
    texts: list[str], tags: list[Tag], bodies: list[Body], facts: dict[str, str]
) -> str:
    """Take the container, and the "in" or "inside" that belongs to it."""
    found = next((t for t in tags if "container" in t.roles), None)
    if not found:
        return ""
    tags.remove(found)
    facts["container"] = found.value
    inside = [t for t in tags if "relation" in t.roles and t.value == "inside"]
    direct = [t for t in inside if t.last <= found.first and _articles(texts, t.last, found.first)]
    # "a fishbowl with ... in it", "... inside it"
    referring = [
        t for t in inside if t.first > found.last and texts[t.last : t.last + 1] == ["it"]
    ]
    joined = direct or referring
    if joined:
        tags.remove(joined[0])
    starts = texts[found.last : found.last + 1] in (["with"], ["containing"], ["contains"])
    if not joined and not starts:
        return f"the facts are unclear: say that both bodies are inside the {found.value}."
    before = sum(b.first < found.first for b in bodies)
    if before == 1 and "both" not in texts:
        return f"the facts are unclear: say that both bodies are inside the {found.value}."
    return ""


def _leads_on(texts: list[str], relation: Tag, bodies: list[Body]) -> bool:
    """Whether a relation is one: "in" and "on" are, when a body or "it" comes next."""
    if not relation.soft:
        return True
    if texts[relation.last : relation.last + 1] == ["it"]:
        return True
    return any(
        b.first >= relation.last and _articles(texts, relation.last, b.first) for b in bodies
    )


def _articles(texts: list[str], first: int, last: int) -> bool:
    """Whether only articles stand between two places."""
    return first <= last and all(text in ARTICLES for text in texts[first:last])


def _in_order(texts: list[str], relations: list[Tag], bodies: list[Body]) -> list[Body]:
    """The bodies as the relation orders them, or none if that cannot be told."""
    front = [b for b in bodies if b.last <= relations[0].first]
    behind = [b for b in bodies if b.first >= relations[0].last]
    if len(relations) == 2:
        middle = [b for b in behind if b.last <= relations[1].first]
        final = [b for b in bodies if b.first >= relations[1].last]
        if len(middle) != 1:
            return []
        if len(front) == 1 and len(final) == 1:
            return [front[0], middle[0], final[0]]
        # "above a red cube above a blue ring, a green cone"
        return [final[1], middle[0], final[0]] if not front and len(final) == 2 else []
    after = texts[relations[0].last : relations[0].last + 2]
    if after == ["the", "next"] and not behind:
        return front if len(front) in (2, 3) else []
    if after[:1] == ["it"] and not behind:
        return [front[1], front[0]] if len(front) == 2 else []
    if not front:
        return [behind[1], behind[0]] if len(behind) == 2 else []
    if not behind:
        return []
    pair = [front[-1], behind[0]]
    named = {(b.colour, b.solid) for b in pair}
    others = front[:-1] + behind[1:]
    # "a cone and a cube, the cone above the cube" names each of them twice.
    return pair if all((b.colour, b.solid) in named for b in others) else []
