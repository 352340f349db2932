"""Splits: fixed examples, exact counts, nothing held out that comes back in training."""

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from typing import NamedTuple

import pytest
from house import ROOT

from dalle_explore.errors import InputError
from dalle_explore.world import FAMILIES, ROLES, Scene, captions, example, split_sizes
from dalle_explore.world.dice import Dice
from dalle_explore.world.facts import SEEN_WORDS, UNSEEN_WORDS, WORDS
from dalle_explore.world.frequency import (
    DUPLICATE_LEVELS,
    DUPLICATES_PER_LEVEL,
    FAMILY_COUNTS,
    FIGURE_COUNTS,
    FIGURE_LEVELS,
    OUTLINE_COUNTS,
    POLYGON_COUNTS,
    SIDED_COUNT,
)
from dalle_explore.world.holdout import CONVERSE, HELD_OUT_LAYOUTS, HELD_OUT_PAIRS, held_out
from dalle_explore.world.splits import _index_of_slot, _slot_of_index, planted

PINNED = "3a9724702865e50520f0e0173fa1e7e1"
"""Of every training example in order: what version 1 of the world is. A new digest is a new world,
and every model trained on the old one is about something else: raise WORLD_VERSION instead."""


# The whole split is made in a process of its own, where no hint is checked call by call.
WALK = """
import json, sys, time
from dalle_explore.world.holdout import held_out
from dalle_explore.world.splits import example

start = time.process_time()
made = [example("train", index) for index in range(200_000)]
print((time.process_time() - start) / len(made))
for one in made + [example("judge", index) for index in range(12_000)]:
    facts = dict(one.scene.facts)
    held = len(held_out(one.scene.family, facts))
    print(json.dumps([one.scene.seed, one.scene.family, facts, one.caption, held]))
"""


class Row(NamedTuple):
    """An example in plain data; `held` counts its held-out combinations."""

    seed: int
    family: str
    facts: dict[str, str]
    caption: str
    held: int

    @property
    def pairs(self):
        return tuple(self.facts.items())


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Seconds of processor time per example, the whole training split, some of the judge's."""
    listing = tmp_path_factory.mktemp("walk") / "rows.jsonl"
    with listing.open("w", encoding="utf-8") as out:
        subprocess.run([sys.executable, "-c", WALK], check=True, stdout=out, cwd=ROOT)
    lines = listing.read_text(encoding="utf-8").splitlines()
    rows = [Row(*json.loads(line)) for line in lines[1:]]
    return float(lines[0]), rows[:200_000], rows[200_000:]


@pytest.fixture(scope="module")
def train(walked):
    """The whole training split."""
    return walked[1]


def facts_of(one):
    return dict(one.scene.facts)


def test_the_training_split_never_changes(train):
    digest = hashlib.blake2b(digest_size=16)
    for one in train:
        digest.update(f"{one.seed}{one.pairs}{one.caption}".encode("ascii"))
    assert digest.hexdigest() == PINNED


def test_families_and_outlines_have_exactly_their_counts(train):
    assert len(train) == 200_000 == sum(FAMILY_COUNTS.values())
    assert Counter(one.family for one in train) == FAMILY_COUNTS
    outlines = Counter(one.facts["outline"] for one in train if one.family == "signs")
    assert outlines == OUTLINE_COUNTS
    sided = Counter(
        one.facts["outline"] for one in train if one.family == "signs" and "-sided" in one.caption
    )
    assert sided == {outline: SIDED_COUNT for outline in POLYGON_COUNTS}


def test_outlines_follow_a_power_law_and_two_figures_share_a_level():
    counts = list(POLYGON_COUNTS.values())
    for rank, count in enumerate(counts, start=1):
        assert count == pytest.approx(counts[0] * rank**-1.6, rel=0.01)
    assert min(POLYGON_COUNTS, key=POLYGON_COUNTS.__getitem__) == "heptagonal"
    assert Counter(FIGURE_COUNTS.values()) == {level: 2 for level in FIGURE_LEVELS}


def test_planted_duplicates_occur_as_often_as_stated_and_nothing_else_repeats(train):
    whole = Counter((one.seed, one.pairs, one.caption) for one in train)
    repeated = Counter(count for count in whole.values() if count > 1)
    assert repeated == {level: DUPLICATES_PER_LEVEL for level in DUPLICATE_LEVELS if level > 1}
    texts = Counter(one.caption for one in train)
    facts = Counter(one.pairs for one in train)
    levels = Counter(one.level for one in planted())
    assert levels == {level: DUPLICATES_PER_LEVEL for level in DUPLICATE_LEVELS}
    for one in planted():
        assert len(set(one.indices)) == one.level
        told = (one.scene.seed, one.scene.facts, one.caption)
        assert all((train[i].seed, train[i].pairs, train[i].caption) == told for i in one.indices)
        # Their words and their facts are their own: no other picture teaches them.
        assert texts[one.caption] == facts[one.scene.facts] == one.level


def test_nothing_that_is_held_out_is_in_training(train):
    assert not any(one.held for one in train)
    written = Counter(one.facts["word"] for one in train if one.family == "writing")
    assert set(written) == set(SEEN_WORDS) and not set(written) & set(UNSEEN_WORDS)
    spoken = {one.caption for one in train}
    kept_back = {captions(Scene(one.family, one.pairs))[-1] for one in train[:4_000]}
    assert not spoken & kept_back


def test_every_value_stays_frequent_although_pairs_are_held_out(train):
    seen = Counter((role, value) for one in train for role, value in one.pairs)
    for role, values in ROLES.items():
        for value in values:
            if role == "outline" or value in UNSEEN_WORDS:
                continue
            assert seen[role, value] >= 390, (role, value)


def test_the_mirror_of_every_held_out_layout_is_seen(train):
    seen = Counter(
        (one.facts["solid1"], one.facts["relation"], one.facts["solid2"])
        for one in train
        if one.family == "relations"
    )
    for first, relation, second in HELD_OUT_LAYOUTS:
        assert seen[first, relation, second] == 0
        assert seen[second, relation, first] >= 50
        if relation in CONVERSE:
            assert (second, CONVERSE[relation], first) in HELD_OUT_LAYOUTS


def test_about_a_tenth_of_the_pairs_is_held_out():
    for (first, second), pairs in HELD_OUT_PAIRS.items():
        columns = ROLES[second if second != "solid" else "solid1"]
        share = len(pairs) / (len(ROLES[first]) * len(columns))
        assert 0.04 <= share <= 0.13, (first, second)


def test_any_beginning_of_training_is_representative(train):
    for length in (2_000, 20_000, 80_000):
        families = Counter(one.family for one in train[:length])
        for family, count in FAMILY_COUNTS.items():
            assert families[family] / length == pytest.approx(count / len(train), abs=0.025)
    manners = sum("manner" in one.facts for one in train)
    settings = sum("setting" in one.facts for one in train)
    assert 0.44 < manners / len(train) < 0.48 and 0.34 < settings / len(train) < 0.40


def test_the_order_of_training_is_a_permutation():
    assert all(_index_of_slot(_slot_of_index(i)) == i for i in range(0, 200_000, 61))
    # That no two indices share a slot shows in the seeds, of which only planted ones repeat.
    assert all(0 <= _slot_of_index(i) < 200_000 for i in range(0, 200_000, 97))


@pytest.mark.parametrize("split", split_sizes())
def test_an_example_needs_no_other_and_is_always_the_same(split):
    last = split_sizes()[split] - 1
    forwards = [example(split, i) for i in (0, 1, 777, last)]
    backwards = [example(split, i) for i in (last, 777, 1, 0)]
    assert forwards == backwards[::-1]
    assert [one.index for one in forwards] == [0, 1, 777, last]


def test_seeds_of_different_splits_never_meet():
    ranges = {}
    for split, size in split_sizes().items():
        seeds = [example(split, i).scene.seed for i in (0, size // 2, size - 1)]
        ranges[split] = (min(seeds) // 10**9, max(seeds) // 10**9)
    assert len({low for low, _ in ranges.values()}) == len(ranges)
    assert all(low == high for low, high in ranges.values())


@pytest.mark.parametrize("split", ["seen", "unseen_pairs", "unseen_phrasings", "judge"])
def test_families_take_turns(split):
    turns = [example(split, i).scene.family for i in range(50)]
    assert turns == list(FAMILIES) * 10


def test_unseen_pairs_contain_exactly_one_held_out_combination_each():
    found = set()
    for index in range(1_000):
        one = example("unseen_pairs", index)
        (combination,) = held_out(one.scene.family, facts_of(one))
        found.add(combination)
        assert one.caption != captions(one.scene)[-1]
    assert len(found) == 28 + 11 + 4 + 3 + 25


def test_seen_and_unseen_phrasings_hold_seen_combinations():
    for split in ("seen", "unseen_phrasings", "unseen_words"):
        for index in range(500):
            one = example(split, index)
            assert not held_out(one.scene.family, facts_of(one))
            assert one.scene.get("word") is None or (
                (one.scene["word"] in UNSEEN_WORDS) == (split == "unseen_words")
            )


def test_unseen_phrasings_are_said_in_the_held_out_phrasing_and_no_other_split_is():
    clauses = {
        "creatures": r"(this is|wearing|(skat|writ|drink|walk|play|fly|rid|read)ing) ",
        "textures": r"(.* of |.* showing )?the texture of ",
        "signs": r"shaped like ",
        "writing": r"on an? ",
        "relations": r"(inside|above|below|on top of|to the (left|right) of|in front of) ",
    }
    for index in range(500):
        one = example("unseen_phrasings", index)
        assert re.match(clauses[one.scene.family], one.caption), one.caption
        usual = example("seen", index)
        assert not re.match(clauses[usual.scene.family], usual.caption), usual.caption


def test_the_judge_sees_all_values_evenly_and_letters_of_any_kind(walked):
    ones = walked[2]
    counts = Counter((role, value) for one in ones for role, value in one.pairs)
    for role in ("subject", "outline", "texture", "relation", "manner"):
        share = [counts[role, value] for value in ROLES[role]]
        assert min(share) > 0.6 * max(share), role
    written = [one.facts["word"] for one in ones if one.family == "writing"]
    assert {len(word) for word in written} == set(range(1, 10))
    assert set("".join(written)) == set("abcdefghijklmnopqrstuvwxyz")
    assert 0.2 < sum(word in WORDS for word in written) / len(written) < 0.6
    assert any(one.held for one in ones)


def test_wrong_splits_and_indices_are_explained():
    with pytest.raises(InputError, match="'trian', which is unknown: use one of train, seen"):
        example("trian", 0)
    for index in (-1, 200_000):
        with pytest.raises(InputError, match="examples 0 to 199999"):
            example("train", index)


def test_an_example_takes_a_fraction_of_a_millisecond(walked):
    assert walked[0] < 0.0006


def test_dice_are_even_and_depend_on_every_part_of_their_name():
    throws = Counter(Dice("a", n).below(6) for n in range(12_000))
    assert set(throws) == set(range(6)) and min(throws.values()) > 1_850
    assert [Dice("a", 1).below(2**31) for _ in range(2)] == [Dice("a", 1).below(2**31)] * 2
    assert Dice("a", 1).below(2**31) != Dice("a", 2).below(2**31)
    assert sorted(Dice("b").shuffled(range(50))) == list(range(50))
