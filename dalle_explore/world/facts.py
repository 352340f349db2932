"""The facts of the drawn world: what a scene can state, as data.

A scene is a family, a few (role, value) pairs and one integer for everything continuous (pose,
size, place, hue). Nothing here draws; `draw.py` reads these tables, and so do captions, splits,
the reader and the
judge.
"""

from dataclasses import dataclass

WORLD_VERSION = 1

ANIMALS = (
    "penguin",
    "hedgehog",
    "cat",
    "fox",
    "panda",
    "rabbit",
    "owl",
    "frog",
    "pig",
    "capybara",
)
VEGETABLES = ("bok choy", "daikon radish", "avocado", "carrot", "mushroom", "pumpkin")
SUBJECTS = ANIMALS + VEGETABLES
WORN = (
    "headphones",
    "a cape",
    "a tutu",
    "a top hat",
    "a scarf",
    "sunglasses",
    "a crown",
    "a bow tie",
)
ACTIVITIES = (
    "skating on ice",
    "writing a letter",
    "drinking tea",
    "walking a dog",
    "playing the guitar",
    "flying a kite",
    "riding a unicycle",
    "reading a book",
)
OBJECTS = (
    "hedgehog",
    "cube",
    "sphere",
    "teapot",
    "purse",
    "armchair",
    "lamp",
    "vase",
    "mug",
    "snail",
)
TEXTURES = (
    "mango",
    "strawberry",
    "watermelon",
    "pineapple",
    "bricks",
    "wood",
    "honeycomb",
    "zebra",
    "giraffe",
    "pig",
)
SIGNS = ("stop sign", "clock", "plate", "mirror")
POLYGONS = {
    "triangular": 3,
    "square": 4,
    "pentagonal": 5,
    "hexagonal": 6,
    "heptagonal": 7,
    "octagonal": 8,
    "nonagonal": 9,
    "decagonal": 10,
}
FIGURES = (
    "star",
    "heart",
    "crescent",
    "cross",
    "teardrop",
    "arrow",
    "gear",
    "cloud",
    "leaf",
    "flower",
    "shield",
    "lightning bolt",
    "clover",
    "butterfly",
    "fish",
    "house",
)
OUTLINES = (*POLYGONS, *(f"{name}-shaped" for name in FIGURES))
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "gray")
SURFACES = ("t-shirt", "board", "sign")
SOLIDS = ("cube", "sphere", "cylinder", "cone", "ring")
RELATIONS = (
    "to the left of",
    "to the right of",
    "above",
    "below",
    "on top of",
    "inside",
    "in front of",
)
CONTAINERS = ("fishbowl", "glass box", "basket")
MANNERS = ("illustration", "pencil sketch", "pixel art", "neon sign", "watercolour")
SETTINGS = ("day", "night", "sunset", "winter")

# fmt: off
SEEN_WORDS = (
    "hogwash", "hello", "cat", "dog", "sun", "moon", "tea", "love", "open", "stop", "jazz",
    "pizza", "music", "happy", "ocean", "summer", "lucky", "coffee", "dream", "magic", "garden",
    "bread", "robot", "tiger", "quiet", "vortex", "zebra", "lemon", "planet", "winter", "sugar",
    "yoga", "waffle", "kiwi", "mango", "disco", "fuzzy", "jungle", "rocket", "banana", "cosmic",
    "velvet", "puzzle", "breeze", "donut", "exit", "forest", "gravy", "pixel", "quartz", "sunny",
    "thunder", "umbrella", "village", "wizard", "yellow", "acoustic", "blizzard", "champion",
    "chocolate",
)
UNSEEN_WORDS = (
    "dalle", "star", "rain", "book", "fish", "jump", "kind", "queen", "vivid", "beach", "candy",
    "piano", "salad", "tulip", "gizmo", "honey", "bubble", "cactus", "dragon", "fossil", "hammer",
    "island", "wonder", "zigzag", "balloon", "cupcake", "journey", "platypus", "kilobyte",
    "worldwide",
)
# fmt: on
WORDS = SEEN_WORDS + UNSEEN_WORDS

ROLES: dict[str, tuple[str, ...]] = {
    "subject": SUBJECTS,
    "age": ("baby",),
    "worn": WORN,
    "activity": ACTIVITIES,
    "object": OBJECTS,
    "texture": TEXTURES,
    "sign": SIGNS,
    "outline": OUTLINES,
    "colour": COLOURS,
    "surface": SURFACES,
    "word": WORDS,
    "colour1": COLOURS,
    "solid1": SOLIDS,
    "relation": RELATIONS,
    "colour2": COLOURS,
    "solid2": SOLIDS,
    "colour3": COLOURS,
    "solid3": SOLIDS,
    "container": CONTAINERS,
    "manner": MANNERS,
    "setting": SETTINGS,
}
"""Every role and the values it can take. An absent role is unstated."""

FAMILIES: dict[str, tuple[str, ...]] = {
    "creatures": ("subject", "age", "worn", "activity", "manner", "setting"),
    "textures": ("object", "texture", "manner", "setting"),
    "signs": ("sign", "outline", "colour", "manner", "setting"),
    "writing": ("surface", "colour", "word", "manner", "setting"),
    "relations": (
        "colour1",
        "solid1",
        "relation",
        "colour2",
        "solid2",
        "colour3",
        "solid3",
        "container",
        "manner",
        "setting",
    ),
}
REQUIRED: dict[str, frozenset[str]] = {
    "creatures": frozenset({"subject"}),
    "textures": frozenset({"object", "texture"}),
    "signs": frozenset({"sign", "outline"}),
    "writing": frozenset({"surface", "colour", "word"}),
    "relations": frozenset({"colour1", "solid1", "relation", "colour2", "solid2"}),
}
THREE_BODY = ("to the left of", "to the right of", "above", "below", "on top of")
"""Relations that can be chained over three bodies ("A on top of B on top of C")."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture shows: a family, stated facts, and a seed for everything continuous.

    Args:
        family: one of `FAMILIES`.
        facts: (role, value) pairs in the family's order of roles; absent roles are unstated.
        seed: chooses pose, size, place, hue and backdrop; equal facts with other seeds are other
            pictures.

    Raises:
        ValueError: an unknown family, role or value, a missing required role, or a pair of facts
            that cannot be drawn.
    """

    family: str
    facts: tuple[tuple[str, str], ...]
    seed: int = 0

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(
                f"family={self.family!r} is unknown: use one of {', '.join(FAMILIES)}."
            )
        order = FAMILIES[self.family]
        roles = [role for role, _ in self.facts]
        if any(role not in order for role in roles) or len(set(roles)) != len(roles):
            raise ValueError(
                f"facts={self.facts!r} do not fit the family {self.family!r}: its roles "
                f"are {', '.join(order)}, once each."
            )
        if roles != sorted(roles, key=order.index):
            raise ValueError(f"facts={self.facts!r} must come in the order {', '.join(order)}.")
        for role, value in self.facts:
            if value not in ROLES[role] and not (role == "word" and is_writable(value)):
                raise ValueError(
                    f"{role}={value!r} is unknown: use one of {', '.join(ROLES[role])}."
                )
        missing = REQUIRED[self.family] - set(roles)
        if missing:
            raise ValueError(
                f"a scene of {self.family} needs {', '.join(sorted(missing))} as well."
            )
        if ("colour3" in roles) != ("solid3" in roles):
            raise ValueError("a third body needs both colour3 and solid3.")
        if "colour3" in roles and self["relation"] not in THREE_BODY:
            raise ValueError(
                f"relation={self['relation']!r} cannot join three bodies: use one of "
                f"{', '.join(THREE_BODY)}."
            )
        why = excluded(dict(self.facts))
        if why:
            raise ValueError(why)

    @classmethod
    def of(cls, family: str, *, seed: int = 0, **facts: str | None) -> "Scene":
        """A scene from keywords, in any order; None leaves a role unstated."""
        order = FAMILIES.get(family, ())
        unknown = [role for role in facts if role not in order]
        if unknown and order:
            raise ValueError(
                f"role {unknown[0]!r} is not of {family}: its roles are {', '.join(order)}."
            )
        pairs = tuple((role, str(facts[role])) for role in order if facts.get(role) is not None)
        return cls(family, pairs, seed)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that are stated, in the family's order."""
        return tuple(role for role, _ in self.facts)

    def __getitem__(self, role: str) -> str:
        for name, value in self.facts:
            if name == role:
                return value
        raise KeyError(role)

    def get(self, role: str, default: str | None = None) -> str | None:
        """The stated value of a role, or `default`."""
        return next((value for name, value in self.facts if name == role), default)


def is_writable(word: str) -> bool:
    """Whether a word can be written in a picture: one to nine letters a to z."""
    return 1 <= len(word) <= 9 and word.isascii() and word.isalpha() and word.islower()


def excluded(facts: dict[str, str]) -> str | None:
    """Why these facts cannot stand in one picture, or None when they can.

    A body that hangs in the air ("above", "below") cannot also rest inside a container: the gap
    would not fit.
    """
    if "container" in facts and facts.get("relation") in ("inside", "above", "below"):
        return (
            f"relation={facts['relation']!r} cannot stand inside a {facts['container']}: use "
            "'on top of' or a side."
        )
    if "container" in facts and "colour3" in facts:
        return (
            f"three bodies do not fit inside a {facts['container']}: leave out the third or "
            "the container."
        )
    return None
