"""A gallery keeps what it was given: addresses, rows, scores, readings, thumbnails, marks."""

import dataclasses
import json
import os
import threading

import numpy as np
import pytest
from tiny_gallery import (
    EDITED,
    JUDGE,
    SCORER,
    addresses_of,
    codes_of,
    make_recipe,
    make_row,
    make_rows,
    same,
)

import dalle_explore.gallery
from benchmarks import gallery as benchmark
from dalle_explore.edits import Edit
from dalle_explore.errors import DataError, InputError
from dalle_explore.gallery import Address, Addresses, Gallery, Mark
from dalle_explore.gallery.store import Store


@pytest.fixture
def gallery(tmp_path):
    with Gallery.open(tmp_path / "gallery.sqlite") as gallery:
        yield gallery


def addresses(rows):
    return [row.address for row in rows]


def test_the_public_names_are_pinned():
    assert dalle_explore.gallery.__all__ == [
        "Address",
        "Addresses",
        "Found",
        "Gallery",
        "Listed",
        "Mark",
        "Row",
        "SavedCell",
        "SavedGrid",
        "SavedTree",
        "TreeNode",
        "stock",
    ]


def test_an_address_never_moves():
    # A golden value: if it changes, every gallery there is is asked for pictures it does not know.
    address = addresses_of(make_recipe("a cat", temperature=0.9, top_k=64)).of(7)
    assert address.key.hex() == "c71ce391c1a0ed275449b883a070973a"
    assert address.numeric == "cpu fp32 torch 2.11"
    assert addresses_of(EDITED).of(2**63 - 1).key.hex() == "d627640eb3e0cfd2fc291da39e89f9ea"


def test_an_address_changes_with_what_changes_the_picture_and_with_nothing_else():
    recipe = make_recipe()
    base = addresses_of(recipe).of(0)
    for other in (
        addresses_of(recipe).of(1),
        Addresses(recipe, [1, 2]).of(0),
        addresses_of(make_recipe(temperature=0.5)).of(0),
        addresses_of(make_recipe(precision="bf16")).of(0),
        addresses_of(EDITED).of(0),
        addresses_of(dataclasses.replace(recipe, model_digest="e" * 64)).of(0),
    ):
        assert other.key != base.key
    for equal in (
        Addresses(make_recipe("another name for it"), recipe.prompt.encode()).of(0),
        addresses_of(dataclasses.replace(recipe, model="renamed", scorer_digest=None)).of(0),
        addresses_of(make_recipe(temperature=1)).of(0),
    ):
        assert equal == base
    for elsewhere in (make_recipe(device="cuda:1"), make_recipe(torch="2.12.0")):
        other = addresses_of(elsewhere).of(0)
        assert other.key == base.key and other.numeric != base.numeric


def test_an_edit_that_no_file_can_hold_has_no_address():
    recipe = make_recipe(edits=[Edit("logits", lambda value: value)])
    with pytest.raises(InputError, match="gallery=False"):
        Addresses(recipe, [1])


def test_what_was_put_is_found_by_this_process_and_the_next(tmp_path):
    rows = [*make_rows(40), make_row(3, EDITED), make_row(2**63 - 1, prompt="ein Käse ☕ 'x'; --")]
    rows.append(dataclasses.replace(make_row(99), fit=-1.25))
    path = tmp_path / "new folder" / "gallery.sqlite"
    with Gallery.open(path) as gallery:
        gallery.put(rows)
        assert gallery.path == path and gallery.notice is None and not gallery.read_only
    with Gallery.open(path) as gallery:
        found = gallery.find(reversed(addresses(rows)))
        assert list(found) == addresses(rows)[::-1]
        assert all(same(found[row.address], row) for row in rows)
        assert found[rows[0].address].codes.dtype == np.int64
        assert gallery.find([make_row(41).address]) == {}
        assert gallery.check() == []


def test_equal_codes_again_are_no_harm_and_other_codes_are_refused_whole(gallery):
    rows = make_rows(5)
    gallery.put(rows)
    later = [dataclasses.replace(row, log_probability=0.0) for row in rows]
    gallery.put(later)  # the first to come stays
    assert same(gallery.find(addresses(rows))[rows[0].address], rows[0])
    wrong = make_row(3, number=77)
    with pytest.raises(DataError, match="seed 3 has other codes.*nothing was written"):
        gallery.put([make_row(50), wrong], scores=[(SCORER, "x", {rows[0].address: 0.5})])
    assert gallery.find([make_row(50).address]) == {}
    assert gallery.scores(SCORER, {"x": addresses(rows)}) == {}
    with pytest.raises(DataError, match="other codes"):
        gallery.put([make_row(60), make_row(60, number=61)])
    assert gallery.find([make_row(60).address]) == {}


def test_one_key_in_two_numeric_classes_is_two_pictures(gallery):
    here, there = make_row(0), make_row(0, make_recipe(torch="2.12.1"), number=5)
    gallery.put([here, there])
    found = gallery.find([here.address, there.address])
    assert same(found[here.address], here) and same(found[there.address], there)
    assert gallery.find([Address(here.address.key, "cuda bf16 torch 2.11")]) == {}
    assert same(gallery.like([here.address.key, b"?" * 16])[here.address.key], here)
    with pytest.raises(InputError, match="16 bytes"):
        gallery.like(["text"])


def test_dropped_codes_leave_the_rest_and_come_back_only_as_they_were(gallery):
    rows = make_rows(4)
    gallery.put(rows, scores=[(SCORER, "tea", {row.address: 0.25 for row in rows})])
    losers = addresses(rows)[1:]
    gallery.drop_codes(losers)
    gallery.drop_codes(losers)
    found = gallery.find(addresses(rows))
    assert [row.codes is None for row in found.values()] == [False, True, True, True]
    assert found[losers[0]].log_probability == rows[1].log_probability
    assert len(gallery.scores(SCORER, {"tea": losers})) == 3
    with pytest.raises(DataError, match="other codes"):
        gallery.put([make_row(1, number=99)])
    gallery.put([dataclasses.replace(rows[1], codes=None)])  # nothing to fill in, nothing wrong
    gallery.put([rows[1]])
    assert same(gallery.find([rows[1].address])[rows[1].address], rows[1])
    assert gallery.check() == []


def test_a_row_whose_codes_were_never_known_takes_them_later(gallery):
    row = make_row(0)
    gallery.put([dataclasses.replace(row, codes=None)])
    assert gallery.find([row.address])[row.address].codes is None
    gallery.put([row])
    assert same(gallery.find([row.address])[row.address], row)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"codes": codes_of(0, side=3)}, r"shape \(3, 3\)"),
        ({"codes": codes_of(0) / 2}, "whole numbers"),
        ({"codes": codes_of(0) + 1024}, "codebook has 1024"),
        ({"codes": codes_of(0) - 2000}, "codebook has 1024"),
        ({"seed": -1}, "at least 0"),
        ({"entropy": float("nan")}, "finite numbers"),
        ({"fit": float("inf")}, "finite numbers"),
        ({"address": Address(b"short", "cpu fp32 torch 2.11")}, "16 bytes"),
        ({"address": Address(b"k" * 16, "cuda")}, "numeric class"),
        ({"recipe": make_recipe("half a \ud83d pair")}, "UTF-8"),
    ],
)
def test_a_row_that_does_not_hold_together_is_refused(gallery, change, sentence):
    with pytest.raises(InputError, match=sentence):
        gallery.put([make_row(1), dataclasses.replace(make_row(0), **change)])
    assert gallery.find([make_row(1).address]) == {}


def test_scores_are_kept_by_scorer_text_and_picture(gallery):
    rows = make_rows(3)
    values = {row.address: 0.1 + 0.2 * row.seed for row in rows}
    gallery.put(rows, scores=[(SCORER, "tea", values), (SCORER, "coffee", {rows[0].address: -1})])
    gallery.put_scores("another", "tea", {rows[0].address: 0.9})
    wanted = {"tea": addresses(rows), "coffee": addresses(rows), "milk": addresses(rows)}
    found = gallery.scores(SCORER, wanted)
    assert found == {("tea", a): v for a, v in values.items()} | {("coffee", rows[0].address): -1}
    assert gallery.scores("nobody", wanted) == {}
    # What batches change in the last digits is no other score; more is.
    gallery.put_scores(SCORER, "tea", {rows[1].address: values[rows[1].address] + 1e-6})
    assert gallery.scores(SCORER, wanted) == found
    with pytest.raises(DataError, match="the score 0.3 for 'tea', and now 0.5"):
        gallery.put_scores(SCORER, "tea", {rows[1].address: 0.5})
    with pytest.raises(InputError, match="nan.*finite"):
        gallery.put_scores(SCORER, "tea", {rows[1].address: float("nan")})
    with pytest.raises(DataError, match="1 of 1 pictures are not in the gallery"):
        gallery.put_scores(SCORER, "tea", {make_row(9).address: 0.5})


def test_readings_are_kept_once_for_equal_facts(gallery):
    rows = make_rows(3)
    facts = {"subject": "hedgehog", "color": None, "sides": 5}
    gallery.put(rows, readings=[(JUDGE, {row.address: facts for row in rows})])
    assert gallery.readings(JUDGE, addresses(rows)) == dict.fromkeys(addresses(rows), facts)
    assert gallery.readings(SCORER, addresses(rows)) == {}
    count = gallery._store.read(lambda db: db.execute("SELECT count(*) FROM facts").fetchone())
    assert count == (1,)
    gallery.put_readings(JUDGE, {rows[0].address: dict(reversed(facts.items()))})
    with pytest.raises(DataError, match="now.*penguin"):
        gallery.put_readings(JUDGE, {rows[0].address: {"subject": "penguin"}})
    with pytest.raises(InputError, match="cannot be written as JSON"):
        gallery.put_readings("other", {rows[0].address: {"subject": {1, 2}}})


def test_thumbnails_come_and_go_and_the_space_comes_back(gallery):
    rows = make_rows(3)
    gallery.put(rows)
    gallery.put_thumbnails({row.address: bytes([row.seed]) * 50_000 for row in rows[:2]})
    assert gallery.thumbnails(addresses(rows))[rows[1].address] == b"\1" * 50_000
    before = gallery.path.stat().st_size
    gallery.drop_thumbnails()
    assert gallery.thumbnails(addresses(rows)) == {}
    gallery.close()
    assert gallery.path.stat().st_size < before - 90_000


def test_a_gallery_whose_thumbnails_somebody_dropped_is_whole(gallery):
    rows = make_rows(1)
    gallery.put(rows)
    gallery._store.write(lambda db: db.execute("DROP TABLE thumbnails"))
    with Gallery.open(gallery.path, read_only=True) as other:
        assert other.thumbnails(addresses(rows)) == {} and other.check() == []
    with Gallery.open(gallery.path) as other:
        other.put_thumbnails({rows[0].address: b"small"})
        assert other.thumbnails(addresses(rows)) == {rows[0].address: b"small"}


def test_marks_change_one_at_a_time(gallery):
    one, other = make_rows(2)
    gallery.put([one, other])
    gallery.mark(one.address, favourite=True)
    gallery.mark(one.address, note="best 'tea' so far")
    assert gallery.marks(addresses([one, other])) == {one.address: Mark(True, "best 'tea' so far")}
    gallery.mark(one.address, favourite=False, note="")
    assert gallery.marks([one.address]) == {}
    with pytest.raises(DataError, match="not in the gallery"):
        gallery.mark(make_row(8).address, favourite=True)


def test_threads_share_a_gallery(gallery):
    faults = []

    def write(number):
        try:
            for k in range(10):
                row = make_row(100 * number + k)
                gallery.put([row])
                assert same(gallery.find([row.address])[row.address], row)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(gallery.find([make_row(100 * n + k).address for n in range(4) for k in range(10)]))


def test_a_closed_gallery_says_so(gallery):
    gallery.close()
    gallery.close()
    assert gallery.closed
    with pytest.raises(InputError, match="was closed: open it again"):
        gallery.find([])


def test_a_connection_never_crosses_a_fork(gallery, monkeypatch):
    gallery.put([make_row(0)])
    # What a forked child sees: the same objects in another process. Forking this one, with the
    # threads of its libraries, is what the claim is there to keep people from.
    real = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: real + 1)
    for call in (lambda: gallery.find([]), lambda: gallery.put([make_row(1)])):
        with pytest.raises(InputError, match="does not survive a fork"):
            call()
    gallery.close()
    monkeypatch.undo()
    assert len(gallery.find([make_row(0).address])) == 1, "the child must not close it for us"


def test_the_stock_gallery_is_read_without_locks_and_never_written(tmp_path):
    path = tmp_path / "stock.sqlite"
    with Gallery.open(tmp_path / "made" / "gallery.sqlite") as made:
        made.put(make_rows(2))
        made.backup(path)
    before = path.read_bytes()
    with Gallery(Store(path, immutable=True)) as gallery:
        assert gallery.read_only and len(gallery.find(addresses(make_rows(2)))) == 2
        with pytest.raises(InputError, match="read-only"):
            gallery.put(make_rows(3))
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 2


def test_the_benchmark_prints_a_table_and_a_line_of_json(capsys):
    benchmark.main(["--rows", "80", "--batch", "30"])
    table, _, line = capsys.readouterr().out.rstrip().rpartition("\n")
    said = json.loads(line)
    assert said["benchmark"] == "gallery" and said["rows"] == 80 and said["commit"]
    assert set(said["met"]) == {"seconds", "bytes_a_row"} and "bytes_a_row" in table
