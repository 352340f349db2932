"""The splits of the world, fixed for ever: example i of a split is always the same.

Nothing is stored and no example needs another: an index is permuted to a slot, the slot decides
what has exact counts (family, outline, duplicates), and a hash of split and slot decides the rest.

    train             200,000 examples, shuffled: every beginning is representative
    seen              fresh pictures of the same distribution, phrasings of training
    unseen_pairs      exactly one held-out combination each (`holdout`), phrasings of training
    unseen_words      writing with a word that no training example has
    unseen_phrasings  as seen, in the held-out phrasing of each family
    judge             every value and combination evenly, any letters; for the judge only

Families take turns in all but train and unseen_words: subsets cut at a multiple of five are even.
Seeds of different splits never meet.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from dalle_explore.errors import InputError
from dalle_explore.world.captions import caption, phrasings
from dalle_explore.world.dice import Dice
from dalle_explore.world.facts import (
    ACTIVITIES,
    COLOURS,
    CONTAINERS,
    FAMILIES,
    MANNERS,
    OBJECTS,
    OUTLINES,
    POLYGONS,
    RELATIONS,
    SEEN_WORDS,
    SETTINGS,
    SIGNS,
    SOLIDS,
    SUBJECTS,
    SURFACES,
    TEXTURES,
    THREE_BODY,
    UNSEEN_WORDS,
    WORDS,
    WORN,
    Scene,
    excluded,
)
from dalle_explore.world.frequency import (
    DUPLICATE_LEVELS,
    DUPLICATED_OUTLINES,
    DUPLICATES_PER_FAMILY,
    FAMILY_COUNTS,
    PLANTED_PER_FAMILY,
    SIDED_COUNT,
    TRAIN_SIZE,
    outline_of_slot,
)
from dalle_explore.world.holdout import HELD_OUT_LAYOUTS, HELD_OUT_PAIRS, Held, held_out

_SIZES = {
    "train": TRAIN_SIZE,
    "seen": 10_000,
    "unseen_pairs": 10_000,
    "unseen_words": 10_000,
    "unseen_phrasings": 10_000,
    "judge": 1_000_000,
}
_FIRST_SEED = {split: (place + 1) * 1_000_000_000 for place, split in enumerate(_SIZES)}
_TURNS = tuple(FAMILIES)
Facts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Example:
    """One captioned scene of a split; `draw(example.scene)` is its picture."""

    split: str
    index: int
    scene: Scene
    caption: str


@dataclass(frozen=True, slots=True)
class Planted:
    """A training example that occurs `level` times, word for word and pixel for pixel."""

    level: int
    scene: Scene
    caption: str
    indices: tuple[int, ...]


def split_sizes() -> dict[str, int]:
    """How many examples each split has."""
    return dict(_SIZES)


def example(split: str, index: int) -> Example:
    """Example `index` of a split, the same on every machine; no other example is made.

    Raises:
        InputError: an unknown split, or an index outside it.
    """
    if split not in _SIZES:
        raise InputError(f"split is {split!r}, which is unknown: use one of {', '.join(_SIZES)}.")
    if not 0 <= index < _SIZES[split]:
        raise InputError(
            f"index is {index}, but the split {split!r} has the examples 0 to "
            f"{_SIZES[split] - 1}: choose one of those."
        )
    if split == "train":
        return _train(index)
    if split == "judge":
        return _judge(index)
    return _evaluation(split, index)


@lru_cache(maxsize=1)
def planted() -> tuple[Planted, ...]:
    """The planted duplicates, by family and level, with their places in the training split."""
    indices: dict[tuple[str, int], list[int]] = {}
    family_start = 0
    for family, count in FAMILY_COUNTS.items():
        for local in range(PLANTED_PER_FAMILY):
            which = _planted_number(local)
            indices.setdefault((family, which), []).append(_index_of_slot(family_start + local))
        family_start += count
    return tuple(
        Planted(DUPLICATE_LEVELS[which // DUPLICATES_PER_FAMILY], scene, text, tuple(sorted(at)))
        for (family, which), at in indices.items()
        for scene, text in [_planted_scenes()[family][which]]
    )


def _train(index: int) -> Example:
    slot = _slot_of_index(index)
    family, local = _family_of_slot(slot)
    if local < PLANTED_PER_FAMILY:
        scene, text = _planted_scenes()[family][_planted_number(local)]
        return Example("train", index, scene, text)
    dice = Dice("world 1", "train", slot)
    fixed: Facts = {}
    sided = False
    if family == "signs":
        fixed["outline"], nth = outline_of_slot(local - PLANTED_PER_FAMILY)
        sided = fixed["outline"] in POLYGONS and nth < SIDED_COUNT
    scene = _seen_scene(family, fixed, dice, _FIRST_SEED["train"] + slot)
    return Example("train", index, scene, _say(scene, dice, sided=sided))


def _evaluation(split: str, index: int) -> Example:
    dice = Dice("world 1", split, index)
    seed = _FIRST_SEED[split] + index
    family = _TURNS[index % len(_TURNS)]
    if split == "unseen_words":
        word = UNSEEN_WORDS[index % len(UNSEEN_WORDS)]
        scene = _seen_scene("writing", {"word": word}, dice, seed)
    elif split == "unseen_pairs":
        combinations = _held_out_of(family)
        chosen = combinations[index // len(_TURNS) % len(combinations)]
        scene = _unseen_scene(family, chosen, dice, seed)
    else:
        fixed = {}
        if family == "signs":
            ordinary = FAMILY_COUNTS["signs"] - PLANTED_PER_FAMILY
            fixed["outline"] = outline_of_slot(dice.below(ordinary))[0]
        scene = _seen_scene(family, fixed, dice, seed)
    return Example(split, index, scene, _say(scene, dice, held_out=split == "unseen_phrasings"))


def _judge(index: int) -> Example:
    dice = Dice("world 1", "judge", index)
    family = _TURNS[index % len(_TURNS)]
    facts = _SAMPLERS[family](dice, {}, True)
    while not _drawable(family, facts):
        facts = _SAMPLERS[family](dice, {}, True)
    scene = Scene.of(family, seed=_FIRST_SEED["judge"] + index, **_around(dice, facts))
    return Example("judge", index, scene, _say(scene, dice, held_out=dice.chance(15)))


def _seen_scene(family: str, fixed: Facts, dice: Dice, seed: int) -> Scene:
    """A scene of seen combinations that is none of the planted ones."""
    while True:
        facts = _SAMPLERS[family](dice, fixed, False)
        if _drawable(family, facts) and not held_out(family, facts):
            scene = Scene.of(family, seed=seed, **_around(dice, facts))
            if scene.facts not in _planted_facts():
                return scene


def _unseen_scene(family: str, chosen: Held, dice: Dice, seed: int) -> Scene:
    """A scene whose only held-out combination is the chosen one."""
    fixed = dict(zip(*chosen, strict=True))
    while True:
        facts = _SAMPLERS[family](dice, fixed, False)
        if _drawable(family, facts) and held_out(family, facts) == (chosen,):
            return Scene.of(family, seed=seed, **_around(dice, facts))


def _drawable(family: str, facts: Facts) -> bool:
    if family != "relations":
        return True
    colours = [facts[role] for role in ("colour1", "colour2", "colour3") if role in facts]
    # Two bodies of one colour would run into each other, above all one inside the other.
    return len(set(colours)) == len(colours) and excluded(facts) is None


def _around(dice: Dice, facts: Facts) -> Facts:
    """The facts with a manner in 45 % of cases and a setting in 35 %."""
    around = {}
    if dice.chance(45):
        around["manner"] = dice.choice(MANNERS)
    if dice.chance(35):
        around["setting"] = dice.choice(SETTINGS)
    return facts | around


# A sampler takes its dice, facts that are fixed, and whether every value is to occur evenly.
def _creature(dice: Dice, fixed: Facts, evenly: bool) -> Facts:
    facts = {"subject": dice.choice(SUBJECTS)}
    if dice.chance(35):
        facts["age"] = "baby"
    if dice.chance(70):
        facts["worn"] = dice.choice(WORN)
    if dice.chance(65):
        facts["activity"] = dice.choice(ACTIVITIES)
    return facts | fixed


def _texture(dice: Dice, fixed: Facts, evenly: bool) -> Facts:
    return {"object": dice.choice(OBJECTS), "texture": dice.choice(TEXTURES)} | fixed


def _sign(dice: Dice, fixed: Facts, evenly: bool) -> Facts:
    facts = {"sign": dice.choice(SIGNS), "outline": dice.choice(OUTLINES)}
    if dice.chance(50):
        facts["colour"] = dice.choice(COLOURS)
    return facts | fixed


def _writing(dice: Dice, fixed: Facts, evenly: bool) -> Facts:
    word = dice.choice(SEEN_WORDS)
    if evenly:
        word = dice.choice(WORDS)
        if dice.chance(60):
            length = 1 + dice.below(9)
            word = "".join(dice.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(length))
    return {"surface": dice.choice(SURFACES), "colour": dice.choice(COLOURS), "word": word} | fixed


def _relation(dice: Dice, fixed: Facts, evenly: bool) -> Facts:
    facts = {"relation": dice.choice(RELATIONS)}
    bodies, container = "12", dice.below(100)
    if container < 12:
        bodies = "123"
        facts["relation"] = dice.choice(THREE_BODY)
    for n in bodies:
        facts[f"colour{n}"] = dice.choice(COLOURS)
        facts[f"solid{n}"] = dice.choice(SOLIDS)
    if container >= 60:
        facts["container"] = dice.choice(CONTAINERS)
    facts |= fixed
    if "solid3" in facts and facts["relation"] not in THREE_BODY:
        del facts["colour3"], facts["solid3"]
    if "container" in facts and facts["relation"] in ("inside", "above", "below"):
        del facts["container"]
    return facts


_SAMPLERS: dict[str, Callable[[Dice, Facts, bool], Facts]] = {
    "creatures": _creature,
    "textures": _texture,
    "signs": _sign,
    "writing": _writing,
    "relations": _relation,
}


def _say(scene: Scene, dice: Dice, *, held_out: bool = False, sided: bool = False) -> str:
    """A caption: the plainest phrasing twice as often as the others of training."""
    usual = phrasings(scene)
    if sided:
        phrasing = next(p for p in usual if p.rare)
    elif held_out:
        phrasing = usual[-1]
    else:
        usual = tuple(p for p in usual if not p.rare and not p.held_out)
        phrasing = dice.choice((usual[0], *usual))
    return caption(
        scene,
        phrasing,
        manner_form=dice.choice((0, 0, 0, 1, 2, 3)),
        setting_form=dice.choice((0, 0, 1, 2)),
        grey=dice.chance(40),
    )


@lru_cache(maxsize=len(_TURNS))
def _held_out_of(family: str) -> tuple[Held, ...]:
    """The held-out combinations of a family, in a fixed order."""
    if family == "relations":
        bodies: list[Held] = [
            (("colour1", "solid1"), pair) for pair in HELD_OUT_PAIRS["colour", "solid"]
        ]
        bodies += [(("colour2", "solid2"), pair) for pair in HELD_OUT_PAIRS["colour", "solid"]]
        layouts: list[Held] = [(("solid1", "relation", "solid2"), t) for t in HELD_OUT_LAYOUTS]
        return tuple(sorted(bodies) + sorted(layouts))
    return tuple(
        sorted(
            (roles, pair)
            for roles, pairs in HELD_OUT_PAIRS.items()
            if set(roles) <= set(FAMILIES[family])
            for pair in pairs
        )
    )


def _family_of_slot(slot: int) -> tuple[str, int]:
    """The family of a training slot, and its place among those of the family."""
    for family, count in FAMILY_COUNTS.items():
        if slot < count:
            return family, slot
        slot -= count
    raise ValueError(f"slot exceeds the training split by {slot + 1}.")


def _planted_number(local: int) -> int:
    """Which planted scene of a family holds its slot `local`: 0 to 19, four to a level."""
    for place, level in enumerate(DUPLICATE_LEVELS):
        if local < level * DUPLICATES_PER_FAMILY:
            return place * DUPLICATES_PER_FAMILY + local // level
        local -= level * DUPLICATES_PER_FAMILY
    raise ValueError(f"slot is {local} beyond the planted examples.")


@lru_cache(maxsize=1)
def _planted_scenes() -> dict[str, list[tuple[Scene, str]]]:
    """Per family, the planted scenes; rich in facts, so that their captions are their own."""
    scenes: dict[str, list[tuple[Scene, str]]] = {}
    seed = _FIRST_SEED["train"] + TRAIN_SIZE
    for family in FAMILY_COUNTS:
        known: set[tuple[tuple[str, str], ...]] = set()
        scenes[family] = []
        for number in range(DUPLICATES_PER_FAMILY * len(DUPLICATE_LEVELS)):
            dice = Dice("world 1", "planted", family, number)
            fixed = {"manner": dice.choice(MANNERS), "setting": dice.choice(SETTINGS)}
            if family == "signs":
                fixed["outline"] = DUPLICATED_OUTLINES[number % DUPLICATES_PER_FAMILY]
                fixed["colour"] = dice.choice(COLOURS)
            if family == "creatures":
                fixed["worn"] = dice.choice(WORN)
                fixed["activity"] = dice.choice(ACTIVITIES)
            facts = _SAMPLERS[family](dice, fixed, False)
            while (
                not _drawable(family, facts)
                or held_out(family, facts)
                or tuple(sorted(facts.items())) in known
            ):
                facts = _SAMPLERS[family](dice, fixed, False)
            known.add(tuple(sorted(facts.items())))
            scene = Scene.of(family, seed=seed, **facts)
            scenes[family].append((scene, _say(scene, dice)))
            seed += 1
    return scenes


@lru_cache(maxsize=1)
def _planted_facts() -> frozenset[tuple[tuple[str, str], ...]]:
    return frozenset(scene.facts for pairs in _planted_scenes().values() for scene, _ in pairs)


# A Feistel network over 18 bits, walked until it lands inside: a permutation of the 200,000.
_HALF_BITS = 9
_HALF = (1 << _HALF_BITS) - 1
_ROUND_KEYS = (0x2F1, 0x39D, 0x107, 0x4C5, 0x6B3, 0x25F)


def _scramble(half: int, key: int) -> int:
    return ((half + key) * 0x9E3779B1 >> 11) & _HALF


def _slot_of_index(index: int) -> int:
    slot = index
    while True:
        left, right = slot >> _HALF_BITS, slot & _HALF
        for key in _ROUND_KEYS:
            left, right = right, left ^ _scramble(right, key)
        slot = left << _HALF_BITS | right
        if slot < TRAIN_SIZE:
            return slot


def _index_of_slot(slot: int) -> int:
    index = slot
    while True:
        left, right = index >> _HALF_BITS, index & _HALF
        for key in reversed(_ROUND_KEYS):
            left, right = right ^ _scramble(left, key), left
        index = left << _HALF_BITS | right
        if index < TRAIN_SIZE:
            return index
