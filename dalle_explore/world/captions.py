"""Scenes put into words.

Every family has several phrasings (`phrases`), one of them held out of training. Manner and
setting are stated in front or behind, in several forms. All captions are lower-case ASCII.
"""

from dalle_explore.world.english import with_article
from dalle_explore.world.facts import POLYGONS, Scene
from dalle_explore.world.phrases import (
    MANNER_PREFIXES,
    MANNER_SUFFIXES,
    OUTLINE_NOUNS,
    OUTLINE_NUMBERS,
    PHRASINGS,
    RELATION_SYNONYMS,
    SETTING_SUFFIXES,
    TEXTURE_COMPOUND,
    TEXTURE_MADE,
    TEXTURE_NOUNS,
    TEXTURE_TEXTURED,
    WITH_WORN,
    Phrasing,
)

_COLOUR_ROLES = ("colour", "colour1", "colour2", "colour3")


def captions(scene: Scene) -> tuple[str, ...]:
    """The scene in words, once per phrasing; the first is the plainest, the last is held out.

    Args:
        scene: any scene; its seed does not matter.

    Returns:
        At least six different captions. The forms of manner and setting ("at night", "in the
        night") change from one phrasing to the next; the first caption has the commonest forms.
    """
    fitting = phrasings(scene)
    return tuple(
        caption(scene, phrasing, manner_form=place, setting_form=place, grey=place % 3 == 1)
        for place, phrasing in enumerate(fitting)
    )


def phrasings(scene: Scene) -> tuple[Phrasing, ...]:
    """The phrasings that can say this scene, the held-out one last."""
    key = _key(scene)
    return tuple(p for p in PHRASINGS[scene.family] if key in p.patterns)


def caption(
    scene: Scene,
    phrasing: Phrasing,
    *,
    manner_form: int = 0,
    setting_form: int = 0,
    grey: bool = False,
) -> str:
    """One caption.

    Args:
        scene: what to say.
        phrasing: one of `phrasings(scene)`.
        manner_form: which form of the manner; 0 and 1 stand in front where the phrasing allows it,
            2 and 3 behind; counted round.
        setting_form: which of the three forms of the setting; counted round.
        grey: spell gray as "grey".
    """
    facts = dict(scene.facts)
    if grey:
        facts |= {role: "grey" for role in _COLOUR_ROLES if facts.get(role) == "gray"}
    manner, setting = facts.get("manner"), facts.get("setting")
    text = phrasing.patterns[_key(scene)].format_map(_FILLERS[scene.family](facts))
    if setting:
        forms = SETTING_SUFFIXES[setting]
        text += forms[setting_form % len(forms)]
    if manner:
        if phrasing.clause or manner_form % 4 >= 2:
            text += MANNER_SUFFIXES[manner][manner_form % 2]
        else:
            text = MANNER_PREFIXES[manner][manner_form % 2] + text
    return text


def _key(scene: Scene) -> str:
    """Which pattern of a phrasing says this scene; see `phrases`."""
    family, roles = scene.family, scene.roles
    if family == "creatures":
        return ("w" if "worn" in roles else "") + ("a" if "activity" in roles else "")
    if family == "signs":
        kind = "p" if scene["outline"] in POLYGONS else "f"
        return kind + ("c" if "colour" in roles else "")
    if family == "relations":
        return "3" if "colour3" in roles else "c" if "container" in roles else "2"
    return ""


def _creature(facts: dict[str, str]) -> dict[str, str]:
    subject, age = facts["subject"], facts.get("age")
    name = f"{age} {subject}" if age else subject
    worn = facts.get("worn", "")
    return {
        "name": name,
        "one": with_article(name),
        "reversed": with_article(f"{subject} {age}" if age else subject),
        "worn": worn,
        "with_worn": WITH_WORN.get(worn, ""),
        "activity": facts.get("activity", ""),
    }


def _texture(facts: dict[str, str]) -> dict[str, str]:
    thing, texture = facts["object"], facts["texture"]
    return {
        "one": with_article(thing),
        "texture": TEXTURE_NOUNS[texture],
        "made": TEXTURE_MADE[texture],
        "compound": with_article(f"{TEXTURE_COMPOUND.get(texture, texture)} {thing}"),
        "textured": with_article(f"{TEXTURE_TEXTURED.get(texture, texture)}-textured {thing}"),
    }


def _sign(facts: dict[str, str]) -> dict[str, str]:
    sign, outline, colour = facts["sign"], facts["outline"], facts.get("colour", "")
    number = OUTLINE_NUMBERS.get(outline, "")
    return {
        "one": with_article(sign),
        "outline": outline,
        "colour": colour,
        "number": number,
        "shape": with_article(OUTLINE_NOUNS[outline]),
        "coloured_one": with_article(f"{colour} {sign}"),
        "outline_sign": with_article(f"{outline} {sign}"),
        "coloured_outline_sign": with_article(f"{colour} {outline} {sign}"),
        "sided_sign": with_article(f"{number}-sided {sign}"),
        "coloured_sided_sign": with_article(f"{colour} {number}-sided {sign}"),
    }


def _writing(facts: dict[str, str]) -> dict[str, str]:
    surface, colour = facts["surface"], facts["colour"]
    return {
        "one": with_article(surface),
        "coloured_one": with_article(f"{colour} {surface}"),
        "colour": colour,
        "word": facts["word"],
    }


def _relation(facts: dict[str, str]) -> dict[str, str]:
    relation = facts["relation"]
    filled = {
        "relation": relation,
        "synonym": RELATION_SYNONYMS[relation],
        "container": with_article(facts.get("container", "")),
    }
    for n in "123":
        body = f"{facts.get(f'colour{n}', '')} {facts.get(f'solid{n}', '')}"
        filled[f"body{n}"] = body
        filled[f"one{n}"] = with_article(body)
    return filled


_FILLERS = {
    "creatures": _creature,
    "textures": _texture,
    "signs": _sign,
    "writing": _writing,
    "relations": _relation,
}
