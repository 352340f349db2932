"""The exam: a perfect artist gets every fact, a careless one does not; nothing is asked twice."""

import dataclasses
import functools
import json
import zlib

import numpy as np
import pytest

from dalle_explore.checks import model as exam
from dalle_explore.checks.choice import SKIP, choose
from dalle_explore.checks.examinee import Examinee, render
from dalle_explore.checks.findings import findings, roles, table
from dalle_explore.checks.questions import (
    SPLITS,
    families_of,
    nearest_training,
    prompts,
    subject_right,
)
from dalle_explore.errors import InputError
from dalle_explore.judging.verdict import Verdict
from dalle_explore.scoring.meaning import canonical
from dalle_explore.settings import Settings
from dalle_explore.world import FAMILIES, example

SMALL = exam.Scale(
    prompts=6,
    samples=2,
    best_prompts=1,
    best_n=3,
    renders=10,
    retrieval=5,
    training=200,
    splits=("seen", "unseen_words"),
)


@functools.lru_cache(maxsize=1)
def asked_for():
    """The scene of every caption that the small exams ask about."""
    found = (prompts(split, f, 10) for split in SMALL.splits for f in families_of(split))
    late = (list(prompts("seen", f, SKIP + 2)) for f in FAMILIES)
    return {e.caption: e.scene for group in (*found, *late) for e in group}


class Studio:
    """An artist who knows every scene by its caption, and a reader who recognises every picture.

    Both are exact by construction, so whatever the exam finds beside 100 % is the exam's own.
    """

    def __init__(self, wrong=0.0):
        self.wrong = wrong  # share of pictures that show another scene
        self.known = {}  # bytes of a picture -> its scene
        self.drawn = 0

    def remember(self, scenes, pictures):
        for scene, picture in zip(scenes, pictures, strict=True):
            self.known[picture.tobytes()] = scene
        return pictures

    def sample(self, captions, seeds, settings):
        by_caption = asked_for()
        other = example("judge", 3).scene
        scenes = []
        for caption in captions:
            for j in seeds:
                self.drawn += 1
                miss = (self.drawn * 0.618) % 1 < self.wrong + 0.1 * (settings.guidance < 2)
                scene = other if miss else by_caption[caption]
                scenes.append(dataclasses.replace(scene, seed=scene.seed + j))
        return self.remember(scenes, render(scenes))

    def read(self, pictures):
        verdicts = []
        for picture in pictures:
            scene = self.known.get(picture.tobytes())
            facts = {} if scene is None else canonical(scene)
            verdicts.append(
                Verdict(facts, dict.fromkeys(facts, 1.0), scene.family if scene else None)
            )
        return verdicts

    def features(self, items):
        rows = [
            np.frombuffer(str(hash(bytes(str(i), "utf-8"))).encode().ljust(24)[:24], np.uint8)
            for i in items
        ]
        found = np.stack(rows).astype(np.float32)
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    def examinee(self):
        return Examinee(
            "studio",
            Settings(guidance=2.0),
            self.sample,
            lambda p: p,
            self.features,
            self.features,
            self.read,
        )


@pytest.fixture
def studio(monkeypatch):
    made = Studio()
    plain = render

    def rendering(scenes, size=128):
        return made.remember(scenes, plain(scenes, size))

    monkeypatch.setattr(exam, "render", rendering)
    return made


def test_a_perfect_artist_gets_every_fact_and_the_lines_fall_in_order(studio, tmp_path):
    found = findings(exam.run(studio.examinee(), SMALL, tmp_path / "log.jsonl"))
    assert found["judge"].value == 1.0 and found["judge"].n >= 10
    for line in ("one_sample", "renders", "reconstructions"):
        assert found[f"seen/all_facts/{line}"].value == 1.0
    assert found["seen/all_facts/best_of_3"].value == 1.0
    assert found["dvae/ceiling"].value == 1.0
    assert found["seen/all_facts/shuffled"].value < 0.5
    assert found["seen/all_facts/nearest"].value < 1.0
    assert found["unseen_words/all_facts/nearest"].value == 0.0  # nobody ever saw these words
    assert found["unseen_words/all_facts/one_sample"].n == 6


def test_a_careless_artist_loses_what_was_drawn_wrong(studio, tmp_path):
    studio.wrong = 0.5
    rows = exam.run(studio.examinee(), SMALL, tmp_path / "log.jsonl")
    found = findings(rows)
    assert 0.2 < found["seen/all_facts/one_sample"].value < 0.8
    assert found["seen/all_facts/renders"].value == 1.0
    best, random, any_ = (
        found[f"seen/all_facts/{n}_of_3"].value for n in ("best", "random", "any")
    )
    assert random <= any_ and best <= any_
    assert all(0 <= r.low <= r.value <= r.high <= 1 for r in found.values())
    assert roles(rows)["word"].value < 1.0
    assert "seen/all_facts/one_sample" in table(found)


def test_an_interrupted_exam_goes_on_where_it_stopped(studio, tmp_path):
    log = tmp_path / "log.jsonl"
    whole = exam.run(studio.examinee(), SMALL, log)
    lines = log.read_text(encoding="utf-8").splitlines()
    half = lines[: len(lines) // 2]
    log.write_text(
        "\n".join([*half, lines[-1][:20]]), encoding="utf-8"
    )  # cut in the middle of a line
    before = studio.drawn
    again = exam.run(studio.examinee(), SMALL, log)
    assert studio.drawn - before < before
    assert sorted(r["key"] for r in again) == sorted(r["key"] for r in whole)
    assert len(log.read_text(encoding="utf-8").splitlines()) == len(lines)


def guesser():
    """An examinee of few habits, the same in every process."""

    def numbers(items, width):
        seeds = [zlib.crc32(item if isinstance(item, bytes) else item.encode()) for item in items]
        return np.stack([np.random.default_rng(seed).random(width) for seed in seeds])

    def sample(captions, seeds, settings):
        names = [f"{caption} {seed}" for caption in captions for seed in seeds]
        return (numbers(names, 12).reshape(-1, 2, 2, 3) * 255).astype(np.uint8)

    def read(pictures):
        values = ("board", "poster", "t-shirt")
        return [Verdict({"surface": values[int(p.sum()) % 3]}, {}, "writing") for p in pictures]

    return Examinee(
        "guesser",
        Settings(),
        sample,
        lambda pictures: pictures,
        lambda texts: numbers(texts, 8).astype(np.float32),
        lambda pictures: numbers([p.tobytes() for p in pictures], 8).astype(np.float32),
        read,
    )


def test_two_processes_find_what_one_finds(tmp_path):
    scale = dataclasses.replace(SMALL, renders=4, training=50, splits=("unseen_words",))
    alone = exam.run(guesser(), scale, tmp_path / "alone.jsonl")
    seen = []
    together = exam.run(
        guesser(),
        scale,
        tmp_path / "together.jsonl",
        lambda what, done, total: seen.append((done, total)),
        opening=guesser,
        workers=2,
    )
    assert together == alone
    assert seen == [(k, len(alone)) for k in range(1, len(alone) + 1)]
    again = exam.run(guesser(), scale, tmp_path / "together.jsonl", opening=guesser, workers=2)
    assert again == alone


def test_rows_of_another_model_or_garbage_are_refused(studio, tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps({"digest": "another", "key": "x"}) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="another model"):
        exam.run(studio.examinee(), SMALL, log)
    log.write_text(
        "not json\n" + json.dumps({"digest": "studio", "key": "x"}) + "\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match="line 1"):
        exam.run(studio.examinee(), SMALL, log)


def test_a_folder_is_no_log(studio, tmp_path):
    with pytest.raises(InputError, match=r"cannot read .+: "):
        exam.run(studio.examinee(), SMALL, tmp_path)


def test_every_split_asks_distinct_questions_of_its_own_families():
    for split in SPLITS:
        for family in families_of(split):
            asked = list(prompts(split, family, 20))
            assert len({a.scene.facts for a in asked}) == len(asked) == 20
            assert {a.scene.family for a in asked} == {family}
    assert families_of("unseen_words") == ("writing",)
    assert families_of("seen") == tuple(FAMILIES)


def test_the_nearest_training_caption_shares_more_facts_than_others():
    for index in range(5):
        scene = example("unseen_pairs", index).scene
        near = nearest_training(scene, 2000)
        assert near.family == scene.family and near.facts != scene.facts
        shared = len(set(near.facts) & set(scene.facts))
        some = [example("train", i).scene for i in range(200)]
        assert (
            shared
            >= max(len(set(s.facts) & set(scene.facts)) for s in some if s.family == scene.family)
            - 1
        )


def test_the_subject_is_what_a_picture_is_of():
    scene = next(prompts("seen", "relations", 1)).scene
    right = dict.fromkeys(scene.roles, False) | {"solid1": True, "solid2": True}
    assert subject_right(scene, right)
    assert not subject_right(scene, right | {"solid2": False})


def test_settings_are_chosen_by_what_draws_best(studio):
    tried = choose(studio.examinee(), 2, lambda *_: None, samples=2)
    assert len(tried) == 8
    best = max(tried, key=lambda entry: entry.right.value)
    assert best.settings.guidance >= 2  # the studio draws worse below
    assert min(tried, key=lambda e: e.right.value).settings.guidance == 1.0
