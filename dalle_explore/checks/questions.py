"""The exam's questions: prompts, subjects, and the nearest training caption."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from dalle_explore.world import FAMILIES, Example, Scene, example, split_sizes

SPLITS = ("seen", "unseen_pairs", "unseen_words", "unseen_phrasings")

SUBJECT_ROLES: dict[str, tuple[str, ...]] = {
    "creatures": ("subject",),
    "textures": ("object",),
    "signs": ("sign",),
    "writing": ("surface",),
    "relations": ("solid1", "solid2"),
}
"""The roles that name what a picture is of; "subject right" asks for these alone."""

JUDGE_EXAM_START = 900_000
"""The judge is trained below this index of its stream and examined above it."""


def prompts(split: str, family: str, count: int) -> Iterator[Example]:
    """The first `count` examples of a family in a split; fewer when there are no more.

    Examples whose facts were asked before are passed over, so that every prompt is a question of
    its own.
    """
    asked: set[tuple[tuple[str, str], ...]] = set()
    for index in range(split_sizes()[split]):
        found = example(split, index)
        if found.scene.family != family or found.scene.facts in asked:
            continue
        asked.add(found.scene.facts)
        yield found
        if len(asked) == count:
            return


def families_of(split: str) -> tuple[str, ...]:
    """The families that a split asks about, in the world's order."""
    there = {example(split, index).scene.family for index in range(50)}
    return tuple(family for family in FAMILIES if family in there)


def subject_right(scene: Scene, right: Mapping[str, bool]) -> bool:
    """Whether what the picture is of is right, whatever else is wrong."""
    return all(right[role] for role in SUBJECT_ROLES[scene.family])


@lru_cache(maxsize=4)
def _training(count: int) -> dict[str, list[tuple[frozenset[tuple[str, str]], int]]]:
    """Facts and index of the first `count` training examples, by family."""
    found: dict[str, list[tuple[frozenset[tuple[str, str]], int]]] = {f: [] for f in FAMILIES}
    for index in range(count):
        scene = example("train", index).scene
        found[scene.family].append((frozenset(scene.facts), index))
    return found


def nearest_training(scene: Scene, count: int) -> Scene:
    """The training scene, among the first `count`, that shares most stated facts with this one.

    The share is Jaccard's: common facts over all facts of either. The earliest wins a tie. This is
    the exam's retrieval line: what a model would get that only looked captions up.
    """
    wanted = frozenset(scene.facts)
    best = max(
        _training(count)[scene.family],
        key=lambda entry: (len(wanted & entry[0]) / len(wanted | entry[0]), -entry[1]),
    )
    return example("train", best[1]).scene
