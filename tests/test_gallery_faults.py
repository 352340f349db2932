"""What is damaged is reported and never shown; who is in the way is waited for."""

import os
import sqlite3
import threading
import time

import numpy as np
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tiny_gallery import JUDGE, SCORER, make_recipe, make_row, make_rows, same

from dalle_explore.errors import DalleExploreError, DataError, MachineError
from dalle_explore.gallery import Gallery, store

FLIPS = int(os.environ.get("DALLE_EXPLORE_FLIPS", "100"))


@pytest.fixture
def gallery(tmp_path):
    with Gallery.open(tmp_path / "gallery.sqlite") as gallery:
        yield gallery


def run(gallery, command, *values):
    """What a disk does when nobody looks."""
    return gallery._store.write(lambda db: db.execute(command, values).rowcount)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE pictures SET codes = zeroblob(32) WHERE seed = 1",
        "UPDATE pictures SET codes = substr(codes, 1, 30) WHERE seed = 1",
        "UPDATE pictures SET codes = 'text' WHERE seed = 1",
        "UPDATE pictures SET codes = 12345 WHERE seed = 1",
        "UPDATE pictures SET codes = NULL WHERE seed = 1",
        "UPDATE pictures SET seed = 5 WHERE seed = 1",
        "UPDATE pictures SET entropy = entropy + 1e-9 WHERE seed = 1",
        "UPDATE pictures SET log_probability = 'high' WHERE seed = 1",
        "UPDATE pictures SET how = 99 WHERE seed = 1",
        "UPDATE pictures SET text = 2 WHERE seed = 1",
        "UPDATE pictures SET digest = zeroblob(8) WHERE seed = 1",
    ],
)
def test_a_damaged_row_is_reported_left_out_and_mended(gallery, damage):
    rows = make_rows(3)
    gallery.put([*rows, make_row(0, prompt="another")])
    assert run(gallery, damage) == 1
    asked = [row.address for row in rows]
    found = gallery.find(asked)
    assert list(found) == [asked[0], asked[2]]
    assert "1 damaged row was left out" in gallery.notice
    (sentence,) = gallery.check()
    assert "picture 2: it differs from its digest" in sentence
    assert len(gallery.query()) == 3 and gallery.like([asked[1].key]) == {}
    gallery.put([rows[1]])
    assert gallery.check() == [] and same(gallery.find(asked)[asked[1]], rows[1])


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE texts SET text = 'a penguin' WHERE id = 1",
        "UPDATE hows SET json = replace(json, '1024', '1023')",
        "UPDATE hows SET json = 'no JSON'",
        "UPDATE classes SET name = 'cuda bf16 torch 2.11'",
    ],
)
def test_what_many_rows_share_is_covered_by_each_of_them(gallery, damage):
    rows = make_rows(3)
    gallery.put(rows)
    run(gallery, damage)
    assert gallery.find([row.address for row in rows]) == {}
    assert gallery.query() == [] and len(gallery.check()) == 3


def test_damaged_scores_and_readings_are_reported_and_not_used(gallery):
    rows = make_rows(3)
    a = [row.address for row in rows]
    gallery.put(
        rows,
        scores=[(SCORER, "tea", dict.fromkeys(a, 0.25))],
        readings=[(JUDGE, {a[0]: {"color": "red"}, a[1]: {"color": "blue"}})],
    )
    run(gallery, "UPDATE scores SET value = 0.75 WHERE picture = 1")
    run(gallery, "UPDATE scores SET value = 'high' WHERE picture = 2")
    run(gallery, "UPDATE readings SET facts = 2 WHERE picture = 1")
    assert gallery.scores(SCORER, {"tea": a}) == {("tea", a[2]): 0.25}
    assert gallery.readings(JUDGE, a) == {a[1]: {"color": "blue"}}
    assert len(gallery.check()) == 3
    gallery.put_scores(SCORER, "tea", dict.fromkeys(a, 0.25))
    gallery.put_readings(JUDGE, {a[0]: {"color": "red"}})
    assert gallery.check() == []


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A sound file, its bytes, and what is in it."""
    path = tmp_path_factory.mktemp("sound") / "gallery.sqlite"
    rows = [
        make_row(seed, make_recipe(f"number {k}", side=8)) for k in range(8) for seed in range(5)
    ]
    with Gallery.open(path) as gallery:
        gallery.put(rows, scores=[(SCORER, "x", {r.address: r.seed / 7 for r in rows})])
        gallery.backup(path.with_name("packed.sqlite"))
    return path.with_name("packed.sqlite").read_bytes(), rows


def asked(path, rows):
    """What a gallery answers: nothing wrong, perhaps not everything, perhaps an error of ours."""
    wanted = {row.address: row for row in rows}
    try:
        with Gallery.open(path) as gallery:
            found = gallery.find(wanted)
            assert all(same(row, wanted[address]) for address, row in found.items())
            for one in gallery.query(limit=1000):
                assert same(one.row, wanted[one.row.address])
            scores = gallery.scores(SCORER, {"x": list(wanted)})
            assert all(value == wanted[a].seed / 7 for (_, a), value in scores.items())
            complete = len(found) == len(wanted) and len(scores) == len(wanted)
            assert complete or gallery.check(), "something is missing, and check() is silent"
            return complete
    except DalleExploreError:
        return False


def test_a_flipped_byte_never_shows_a_wrong_picture(sound, tmp_path):
    data, rows = sound
    random = np.random.default_rng(6)
    places = np.flatnonzero(np.frombuffer(data, np.uint8))  # where something is written
    path = tmp_path / "gallery.sqlite"
    complete = 0
    for place in random.choice(places, FLIPS):
        flipped = bytearray(data)
        flipped[place] ^= int(random.integers(1, 256))
        path.write_bytes(flipped)
        complete += asked(path, rows)
    assert complete < FLIPS * 0.9, "the flips hit nothing, so nothing was tested"


def test_a_file_that_is_cut_off_never_shows_a_wrong_picture(sound, tmp_path):
    data, rows = sound
    path = tmp_path / "gallery.sqlite"
    path.write_bytes(data)
    assert asked(path, rows)
    for length in np.linspace(1, len(data) - 1, 15, dtype=int):
        path.write_bytes(data[:length])
        whole = asked(path, rows)  # what was cut off may be empty tables; they are missed too
        if whole and data[length:].strip(b"\0"):
            with Gallery.open(path) as gallery:
                assert gallery.check()
    # Pages that were lost and read as zeros, as after a crash of some file systems.
    for begin in range(8192, len(data), 5 * 8192):
        path.write_bytes(data[:begin] + bytes(8192) + data[begin + 8192 :])
        asked(path, rows)


def test_an_index_that_lost_a_row_is_reported(gallery):
    rows = make_rows(3)
    gallery.put(rows)
    with sqlite3.connect(gallery.path) as db:
        db.execute("PRAGMA writable_schema=ON")
        db.execute(
            "UPDATE sqlite_master SET sql = 'CREATE INDEX pictures_text ON pictures(how)'"
            " WHERE name = 'pictures_text'"
        )
    db.close()
    with pytest.raises(DataError, match="other tables"):
        Gallery.open(gallery.path)


def test_a_full_disk_is_said_and_nothing_is_torn(gallery):
    gallery.put(make_rows(3))
    pages = gallery._store.read(lambda db: db.execute("PRAGMA page_count").fetchone()[0])
    gallery._store.read(lambda db: db.execute(f"PRAGMA max_page_count={pages + 2}").fetchone())
    many = [make_row(seed, make_recipe(side=32)) for seed in range(10, 60)]
    with pytest.raises(MachineError, match="the disk is full; free some space"):
        gallery.put(many)
    assert len(gallery.query()) == 3 and gallery.check() == []
    gallery._store.read(lambda db: db.execute("PRAGMA max_page_count=100000").fetchone())
    gallery.put(many)
    assert len(gallery.query()) == 53


@pytest.fixture
def somebody(gallery):
    """Another connection that holds the file."""
    other = sqlite3.connect(gallery.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


def test_whoever_is_in_the_way_is_waited_for(gallery, somebody):
    released = threading.Timer(0.5, somebody.execute, ["COMMIT"])
    released.start()
    began = time.monotonic()
    gallery.put(make_rows(1))
    assert time.monotonic() - began > 0.3
    released.join()
    assert len(gallery.query()) == 1


def test_the_wait_ends_with_an_error_that_says_so(gallery, somebody, monkeypatch):
    monkeypatch.setattr(store, "PATIENCE", 0.3)
    with pytest.raises(MachineError, match="another process has used it for 0.3 s"):
        gallery.put(make_rows(1))
    assert gallery.query() == [], "reading goes on"
    somebody.execute("ROLLBACK")
    gallery.put(make_rows(1))
    assert len(gallery.query()) == 1
    assert store.Store.__init__.__globals__["PATIENCE"] == 0.3


class Memory(RuleBasedStateMachine):
    """A gallery beside a dict: whatever is done to both, they say the same."""

    def __init__(self):
        super().__init__()
        import tempfile
        from pathlib import Path

        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "gallery.sqlite"
        self.gallery = Gallery.open(self.path)
        self.pictures, self.dropped, self.scores, self.notes = {}, set(), {}, {}

    seeds = st.integers(0, 5)
    rows = st.builds(make_row, seeds, prompt=st.sampled_from(["a cat", "a fox"]), side=st.just(2))

    @rule(rows=st.lists(rows, max_size=4), scored=st.booleans())
    def put(self, rows, scored):
        values = {row.address: row.seed / 8 for row in rows}
        self.gallery.put(rows, scores=[(SCORER, "x", values)] if scored else ())
        for row in rows:
            self.pictures.setdefault(row.address, row)
            self.dropped.discard(row.address)
        if scored:
            self.scores |= values

    @rule(row=rows, other=st.integers(10, 99))
    def put_other_codes(self, row, other):
        wrong = make_row(row.seed, row.recipe, number=other)
        if row.address in self.pictures:
            with pytest.raises(DataError):
                self.gallery.put([wrong])

    @rule(row=rows)
    def drop(self, row):
        self.gallery.drop_codes([row.address])
        if row.address in self.pictures:
            self.dropped.add(row.address)

    @rule(row=rows, note=st.text(st.characters(codec="utf-8"), max_size=5))
    def write_a_note(self, row, note):
        if row.address in self.pictures:
            self.gallery.mark(row.address, note=note)
            self.notes[row.address] = note

    @rule()
    def open_again(self):
        self.gallery.close()
        self.gallery = Gallery.open(self.path)

    @invariant()
    def they_say_the_same(self):
        everyone = list(self.pictures)
        found = self.gallery.find(everyone)
        assert set(found) == set(everyone)
        for address, row in found.items():
            assert (row.codes is None) == (address in self.dropped)
            assert row.codes is None or np.array_equal(row.codes, self.pictures[address].codes)
        scores = self.gallery.scores(SCORER, {"x": everyone})
        assert {address: value for (_, address), value in scores.items()} == self.scores
        marks = {address: mark.note for address, mark in self.gallery.marks(everyone).items()}
        assert marks == {address: note for address, note in self.notes.items() if note}

    def teardown(self):
        assert self.gallery.check() == []
        self.gallery.close()
        self.folder.cleanup()


TestMemory = Memory.TestCase
TestMemory.settings = settings(
    max_examples=6,
    stateful_step_count=12,
    deadline=None,
    phases=(Phase.generate,),  # a failure names its steps; shrinking them takes minutes
)
