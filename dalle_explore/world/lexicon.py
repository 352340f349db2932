"""Every word and phrase that the world understands, by role, as the reader looks them up.

What counts as known is what training captions say, with plurals, digits for numbers and the forms
of verbs. A synonym that no caption uses ("bunny", "dusk") is not known: the model has not read it.
"""

import re

from dalle_explore.world.english import singulars
from dalle_explore.world.facts import (
    ACTIVITIES,
    COLOURS,
    CONTAINERS,
    FAMILIES,
    FIGURES,
    MANNERS,
    OBJECTS,
    POLYGONS,
    RELATIONS,
    ROLES,
    SIGNS,
    SOLIDS,
    SUBJECTS,
    SURFACES,
    TEXTURES,
    WORN,
)
from dalle_explore.world.phrases import NUMBERS, POLYGON_NOUNS

Words = tuple[str, ...]
Meaning = tuple[frozenset[str], str]
"""The roles a phrase can fill, and its value."""

_SPELLINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "subject": {"daikon radish": ("daikon",)},
    "worn": {
        "a cape": ("cape",),
        "a tutu": ("tutu",),
        "a top hat": ("top hat",),
        "a scarf": ("scarf", "scarves"),
        "a crown": ("crown",),
        "a bow tie": ("bow tie", "bowtie"),
    },
    "texture": {
        "bricks": ("brick",),
        "wood": ("wooden",),
        "zebra": ("zebra stripes", "zebra striped", "zebra skin"),
        "giraffe": ("giraffe spots", "giraffe spotted", "giraffe skin"),
        "pig": ("pig skin",),
    },
    "colour": {"gray": ("grey",)},
    "surface": {"t-shirt": ("tshirt",)},
    "container": {"fishbowl": ("fish bowl",)},
    "relation": {
        "to the left of": (
            "left of",
            "on the left of",
            "on the left side of",
            "to the left side of",
        ),
        "to the right of": (
            "right of",
            "on the right of",
            "on the right side of",
            "to the right side of",
        ),
        "above": ("over", "directly above", "directly over"),
        "below": ("under", "directly below", "directly under"),
        "on top of": (
            "standing on",
            "stands on",
            "standing on top of",
            "stands on top of",
            "on",
            "on the top of",
        ),
        "inside": ("in", "inside of", "into"),
        "in front of": ("directly in front of", "standing in front of"),
    },
    "manner": {
        "illustration": ("illustrated", "illustrating"),
        "pencil sketch": (
            "pencil drawing",
            "drawing in pencil",
            "sketch in pencil",
            "pencil",
            "sketch",
            "sketched in pencil",
            "drawn in pencil",
            "drawn with pencil",
        ),
        "pixel art": ("pixel art picture", "pixelart"),
        "neon sign": ("glowing neon sign", "glowing neon", "neon", "in glowing neon"),
        "watercolour": (
            "watercolor",
            "watercolour painting",
            "watercolor painting",
            "painting in watercolour",
            "painting in watercolor",
        ),
    },
    "setting": {
        "day": (
            "on a sunny day",
            "sunny day",
            "by day",
            "in daylight",
            "daylight",
            "daytime",
            "during the day",
            "in the day",
            "sunny",
            "on a day",
        ),
        "night": (
            "at night",
            "in the night",
            "under a night sky",
            "under the night sky",
            "night sky",
            "by night",
            "during the night",
        ),
        "sunset": (
            "at sunset",
            "during sunset",
            "in the sunset",
            "during the sunset",
            "at the sunset",
            "under a sunset sky",
        ),
        "winter": (
            "in winter",
            "in the snow",
            "on a winter day",
            "winter day",
            "snow",
            "in snow",
            "during winter",
            "in the winter",
            "on a snowy winter day",
        ),
    },
}
ARTICLES = frozenset(
    ("a", "an", "the", "its", "his", "her", "their", "some", "one", "this", "that")
)
_ACTIVITY_WORDS: dict[str, tuple[str, str]] = {
    "skating on ice": ("skating skates skate", "ice"),
    "writing a letter": ("writing writes write", "letter letters"),
    "drinking tea": ("drinking drinks drink", "tea"),
    "walking a dog": ("walking walks walk", "dog dogs"),
    "playing the guitar": ("playing plays play", "guitar guitars"),
    "flying a kite": ("flying flies fly", "kite kites"),
    "riding a unicycle": ("riding rides ride", "unicycle unicycles"),
    "reading a book": ("reading reads read", "book books"),
}
STRUCTURE = frozenset(
    """
    wearing wears wear worn dressed busy texture textures textured style styled shape shapes
    shaped outline outlines sides side sided word words written says say saying reading reads
    imitating imitates sky
    """.split()
)
"""Words of the phrasings that carry no value of their own."""

VERBS: dict[str, str] = {v: a for a, (verbs, _) in _ACTIVITY_WORDS.items() for v in verbs.split()}
PROPS: dict[str, str] = {p: a for a, (_, props) in _ACTIVITY_WORDS.items() for p in props.split()}
assert set(VERBS.values()) == set(ACTIVITIES)


def split_words(text: str) -> Words:
    """The words of a known phrase; a hyphen parts them like a blank."""
    return tuple(re.split(r"[\s-]+", text))


def _build() -> dict[Words, Meaning]:
    tables: dict[str, tuple[str, ...]] = {
        "subject": SUBJECTS,
        "age": ("baby",),
        "worn": WORN,
        "object": OBJECTS,
        "texture": TEXTURES,
        "sign": SIGNS,
        "colour": COLOURS,
        "surface": SURFACES,
        "solid": SOLIDS,
        "relation": RELATIONS,
        "container": CONTAINERS,
        "manner": MANNERS,
        "setting": ROLES["setting"],
    }
    found: dict[Words, Meaning] = {}

    def add(role: str, value: str, text: str) -> None:
        words = split_words(text)
        roles = found[words][0] if words in found else frozenset[str]()
        found[words] = (roles | {role}, value)

    for role, values in tables.items():
        for value in values:
            for text in (value, *_SPELLINGS.get(role, {}).get(value, ())):
                add(role, value, text)
    for outline, sides in POLYGONS.items():
        noun = POLYGON_NOUNS[outline]
        for number in (NUMBERS[sides], str(sides)):
            for text in (f"{number} sided", f"{number} sides"):
                add("outline", outline, text)
        for text in {outline, noun, f"{noun} shaped"}:
            add("outline", outline, text)
    for name in FIGURES:
        add("figure", f"{name}-shaped", name)
        add("outline", f"{name}-shaped", f"{name} shaped")
    return found


LEXICON: dict[Words, Meaning] = _build()
LONGEST = max(map(len, LEXICON))


def look_up(words: Words) -> tuple[Meaning, int] | None:
    """The longest known phrase that these words begin with, plural or not, and its length."""
    for length in range(min(LONGEST, len(words)), 0, -1):
        phrase = words[:length]
        for last in (phrase[-1], *singulars(phrase[-1])):
            meaning = LEXICON.get((*phrase[:-1], last))
            if meaning:
                return meaning, length
    return None


def vocabulary() -> dict[str, tuple[str, ...]]:
    """Every role and its values as people type them ("a top hat", "star-shaped", "at night")."""
    typed = dict(ROLES)
    typed["setting"] = ("by day", "at night", "at sunset", "in winter")
    order = [role for roles in FAMILIES.values() for role in roles]
    return {role: typed[role] for role in dict.fromkeys(order)}
