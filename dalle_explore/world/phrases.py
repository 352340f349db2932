"""The phrasings of every family, as data.

A phrasing holds one pattern per shape of a scene: the key says which optional facts are stated
(creatures: w worn, a activity; signs: p polygon or f figure, c colour; relations: 2 bodies, c in
a container, 3 bodies). Slots in braces are filled by `captions`. A *clause* is no noun phrase, so
the manner cannot stand in front of it ("an illustration of there is ..."). The last phrasing of
every family is held out of training.
"""

from dataclasses import dataclass

from dalle_explore.world.facts import FIGURES, POLYGONS


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to put a scene into words."""

    name: str
    patterns: dict[str, str]
    clause: bool = False
    held_out: bool = False
    rare: bool = False


def _same(name: str, pattern: str, clause: bool = False, held_out: bool = False) -> Phrasing:
    return Phrasing(name, {"": pattern}, clause, held_out)


PHRASINGS: dict[str, tuple[Phrasing, ...]] = {
    "creatures": (
        Phrasing(
            "plain",
            {
                "": "{one}",
                "w": "{one} {with_worn}",
                "a": "{one} {activity}",
                "wa": "{one} {with_worn} {activity}",
            },
        ),
        Phrasing(
            "that is",
            {
                "": "a single {name}",
                "w": "{one} wearing {worn}",
                "a": "{one} that is {activity}",
                "wa": "{one} wearing {worn} while {activity}",
            },
        ),
        Phrasing(
            "noun first",
            {
                "": "{reversed} by itself",
                "w": "{reversed} that wears {worn}",
                "a": "{reversed} who is {activity}",
                "wa": "{reversed} wearing {worn} that is {activity}",
            },
        ),
        Phrasing(
            "activity first",
            {
                "": "one {name}",
                "w": "{one} dressed in {worn}",
                "a": "{one} busy {activity}",
                "wa": "{one} {activity} and wearing {worn}",
            },
        ),
        Phrasing(
            "there is",
            {
                "": "there is {one}",
                "w": "there is {one} {with_worn}",
                "a": "there is {one} {activity}",
                "wa": "there is {one} {with_worn} {activity}",
            },
            clause=True,
        ),
        Phrasing(
            "sentence",
            {
                "": "just {one}",
                "w": "{one} has {worn} on",
                "a": "{one} is {activity}",
                "wa": "{one} with {worn} on is {activity}",
            },
            clause=True,
        ),
        Phrasing(
            "participle first",
            {
                "": "this is {one}",
                "w": "wearing {worn}, {one}",
                "a": "{activity}, {one}",
                "wa": "wearing {worn} and {activity}, {one}",
            },
            clause=True,
            held_out=True,
        ),
    ),
    "textures": (
        _same("texture of", "{one} with the texture of {texture}"),
        _same("made", "{one} {made}"),
        _same("style of", "{one} in the style of {texture}"),
        _same("compound", "{compound}"),
        _same("looks like", "{one} that looks like {texture}"),
        _same("textured", "{textured}"),
        _same("imitating", "{one} imitating {texture}"),
        _same("texture first", "the texture of {texture} on {one}", held_out=True),
    ),
    "signs": (
        Phrasing(
            "adjective",
            {
                "p": "{outline_sign}",
                "pc": "{coloured_outline_sign}",
                "f": "{outline_sign}",
                "fc": "{coloured_outline_sign}",
            },
        ),
        Phrasing(
            "in the shape of",
            {
                "p": "{one} in the shape of {shape}",
                "pc": "{coloured_one} in the shape of {shape}",
                "f": "{one} in the shape of {shape}",
                "fc": "{coloured_one} in the shape of {shape}",
            },
        ),
        Phrasing(
            "sides",
            {
                "p": "{one} with {number} sides",
                "pc": "{coloured_one} with {number} sides",
                "f": "{one} with the outline of {shape}",
                "fc": "{coloured_one} with the outline of {shape}",
            },
        ),
        Phrasing(
            "shaped like",
            {
                "p": "{one} shaped like {shape}",
                "pc": "{coloured_one} shaped like {shape}",
                "f": "{one} shaped like {shape}",
                "fc": "{coloured_one} shaped like {shape}",
            },
        ),
        Phrasing(
            "that is",
            {
                "p": "{one} that is {outline}",
                "pc": "{one} that is {colour} and {outline}",
                "f": "{one} that is {outline}",
                "fc": "{one} that is {colour} and {outline}",
            },
        ),
        Phrasing(
            "that has",
            {
                "p": "{one} that has the shape of {shape}",
                "pc": "{outline_sign} in {colour}",
                "f": "{one} that has the shape of {shape}",
                "fc": "{outline_sign} in {colour}",
            },
        ),
        Phrasing("sided", {"p": "{sided_sign}", "pc": "{coloured_sided_sign}"}, rare=True),
        Phrasing(
            "shape first",
            {
                "p": "shaped like {shape}, {one}",
                "pc": "shaped like {shape}, {coloured_one}",
                "f": "shaped like {shape}, {one}",
                "fc": "shaped like {shape}, {coloured_one}",
            },
            clause=True,
            held_out=True,
        ),
    ),
    "writing": (
        _same("written on it", "{coloured_one} that has the word {word} written on it"),
        _same("with the word", "{coloured_one} with the word {word} on it"),
        _same("says", "{coloured_one} that says {word}"),
        _same("in colour", "{one} in {colour} with the word {word}"),
        _same("with written", "{coloured_one} with {word} written on it"),
        _same("word first", "the word {word} written on {coloured_one}"),
        _same("reading", "{coloured_one} reading {word}"),
        _same("quoted", '{coloured_one} that says "{word}"'),
        _same("place first", "on {coloured_one}, the word {word}", clause=True, held_out=True),
    ),
    "relations": (
        Phrasing(
            "plain",
            {
                "2": "{one1} {relation} {one2}",
                "c": "{one1} {relation} {one2}, both inside {container}",
                "3": "{one1} {relation} {one2} {relation} {one3}",
            },
        ),
        Phrasing(
            "is",
            {
                "2": "{one1} is {relation} {one2}",
                "c": "{one1} is {relation} {one2} and both are in {container}",
                "3": "{one1} is {relation} {one2}, which is {relation} {one3}",
            },
            clause=True,
        ),
        Phrasing(
            "that is",
            {
                "2": "{one1} that is {relation} {one2}",
                "c": "{container} with {one1} {relation} {one2} in it",
                "3": "{one1} {relation} {one2} that is {relation} {one3}",
            },
        ),
        Phrasing(
            "listed",
            {
                "2": "{one1} and {one2}, the {body1} {relation} the {body2}",
                "c": "{one1} and {one2} in {container}, the {body1} {relation} the {body2}",
                "3": "{one1}, {one2} and {one3}, each {relation} the next",
            },
        ),
        Phrasing(
            "synonym",
            {
                "2": "{one1} {synonym} {one2}",
                "c": "{one1} {synonym} {one2}, both in {container}",
                "3": "{one1} {synonym} {one2} {synonym} {one3}",
            },
        ),
        Phrasing(
            "there is",
            {
                "2": "there is {one1} {relation} {one2}",
                "c": "in {container} there is {one1} {relation} {one2}",
                "3": "there is {one1} {relation} {one2} {relation} {one3}",
            },
            clause=True,
        ),
        Phrasing(
            "place first",
            {
                "2": "{relation} {one2}, {one1}",
                "c": "inside {container} and {relation} {one2}, {one1}",
                "3": "{relation} {one2} {relation} {one3}, {one1}",
            },
            clause=True,
            held_out=True,
        ),
    ),
}

# Form k of every manner and setting; one that opens with a comma or a blank stands behind.
MANNER_PREFIXES: dict[str, tuple[str, ...]] = {
    "illustration": ("an illustration of ", "an illustration showing "),
    "pencil sketch": ("a pencil sketch of ", "a pencil drawing of "),
    "pixel art": ("pixel art of ", "a pixel art picture of "),
    "neon sign": ("a neon sign of ", "a glowing neon sign of "),
    "watercolour": ("a watercolour of ", "a watercolor painting of "),
}
MANNER_SUFFIXES: dict[str, tuple[str, ...]] = {
    "illustration": (", as an illustration", " in an illustration"),
    "pencil sketch": (", as a pencil sketch", " in pencil"),
    "pixel art": (", as pixel art", " in pixel art"),
    "neon sign": (", as a neon sign", " in neon"),
    "watercolour": (", as a watercolour", " in watercolor"),
}
SETTING_SUFFIXES: dict[str, tuple[str, ...]] = {
    "day": (" on a sunny day", " by day", " in daylight"),
    "night": (" at night", " in the night", " under a night sky"),
    "sunset": (" at sunset", " during sunset", " in the sunset"),
    "winter": (" in winter", " in the snow", " on a winter day"),
}

WITH_WORN: dict[str, str] = {
    "headphones": "with headphones",
    "a cape": "in a cape",
    "a tutu": "in a tutu",
    "a top hat": "with a top hat",
    "a scarf": "with a scarf",
    "sunglasses": "with sunglasses",
    "a crown": "with a crown",
    "a bow tie": "with a bow tie",
}
TEXTURE_NOUNS: dict[str, str] = {
    "mango": "a mango",
    "strawberry": "a strawberry",
    "watermelon": "a watermelon",
    "pineapple": "a pineapple",
    "bricks": "bricks",
    "wood": "wood",
    "honeycomb": "honeycomb",
    "zebra": "a zebra",
    "giraffe": "a giraffe",
    "pig": "a pig",
}
TEXTURE_MADE: dict[str, str] = {
    "mango": "made of mango",
    "strawberry": "made of strawberry",
    "watermelon": "made of watermelon",
    "pineapple": "made of pineapple",
    "bricks": "made of bricks",
    "wood": "made of wood",
    "honeycomb": "made of honeycomb",
    "zebra": "with zebra stripes",
    "giraffe": "with giraffe spots",
    "pig": "with pig skin",
}
TEXTURE_COMPOUND: dict[str, str] = {"bricks": "brick", "wood": "wooden"}
TEXTURE_TEXTURED: dict[str, str] = {"bricks": "brick"}

NUMBERS: dict[int, str] = {
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    9: "nine",
    10: "ten",
}
POLYGON_NOUNS: dict[str, str] = {
    "triangular": "triangle",
    "square": "square",
    "pentagonal": "pentagon",
    "hexagonal": "hexagon",
    "heptagonal": "heptagon",
    "octagonal": "octagon",
    "nonagonal": "nonagon",
    "decagonal": "decagon",
}
OUTLINE_NOUNS: dict[str, str] = POLYGON_NOUNS | {f"{name}-shaped": name for name in FIGURES}
OUTLINE_NUMBERS: dict[str, str] = {name: NUMBERS[sides] for name, sides in POLYGONS.items()}

RELATION_SYNONYMS: dict[str, str] = {
    "to the left of": "left of",
    "to the right of": "right of",
    "above": "over",
    "below": "under",
    "on top of": "standing on",
    "inside": "in",
    "in front of": "directly in front of",
}
