"""The power fails at any moment: what a gallery promised is there, and nothing is torn."""

import functools
import os
import random
import sqlite3

import pytest
from gallery_power import Connection, Recorder, survivors
from tiny_gallery import SCORER, make_recipe, make_row, same

from dalle_explore.errors import DalleExploreError
from dalle_explore.gallery import Gallery

# 2,000 in continuous integration; the claim is the same with fewer.
CUTS = int(os.environ.get("DALLE_EXPLORE_CUTS", "50"))
BATCH = 2
RECIPE = make_recipe(side=8)


@functools.cache
def batch(number):
    return [make_row(BATCH * number + k, RECIPE) for k in range(BATCH)]


def recorded(path, monkeypatch, careless=False):
    """Everything that reached the file system while a gallery was filled, and its promises."""
    recorder = Recorder(f"recorder of {path}")
    with monkeypatch.context() as patched:
        # The same code, on another build of SQLite and another file system.
        patched.setattr(
            sqlite3, "connect", lambda name, **how: Connection(path, recorder, careless)
        )
        with Gallery.open(path) as gallery:
            for number in range(20):
                rows = batch(number)
                values = {row.address: row.seed / 7 for row in rows}
                gallery.put(rows, scores=[(SCORER, "x", values)])
                recorder.events.append(("promise", number))
                if number % 4 == 3:
                    gallery.drop_codes([rows[0].address])
                    gallery.put([rows[0]])
        recorder.unregister()
    return recorder.events


def after_the_cut(path, events, chance):
    """Say what is wrong once the machine runs again; None: all is well."""
    promised = [event[1] for event in events if event[0] == "promise"]
    files = survivors([event for event in events if event[0] != "promise"], chance)
    for name in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    for name, data in files.items():
        path.with_name(path.name + name).write_bytes(data)
    try:
        with Gallery.open(path) as gallery:
            everything = [row.address for number in range(20) for row in batch(number)]
            all_found = gallery.find(everything)
            for number in range(20):
                rows = batch(number)
                found = {r.address: all_found[r.address] for r in rows if r.address in all_found}
                if len(found) not in (0, BATCH):
                    return "torn"
                if number in promised and len(found) < BATCH:
                    return "lost"
                for row in rows:
                    there = found.get(row.address)
                    # Dropping codes and filling them in again are promises as well.
                    if there is not None and there.codes is not None and not same(there, row):
                        return "wrong"
            return "damaged" if gallery.check() else None
    except DalleExploreError as error:
        return f"broken: {error}"


VERSIONS = [(3, 40, 1), (3, 54, 0)]  # too old for a write-ahead log, and new enough


@pytest.mark.parametrize("version", VERSIONS, ids=["rollback journal", "write-ahead log"])
def test_a_power_cut_loses_nothing_that_was_promised(tmp_path, monkeypatch, version):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    events = recorded(tmp_path / "recorded.sqlite", monkeypatch)
    kinds = {event[1] for event in events}
    assert ("-wal" in kinds) == (version > (3, 51)), "the mode that was meant is the one used"
    assert sum(event[0] == "sync" for event in events) >= 40
    chance = random.Random(0)
    for cut in range(CUTS):
        end = chance.randrange(1, len(events) + 1)
        fault = after_the_cut(tmp_path / "after.sqlite", events[:end], random.Random(cut))
        assert fault is None, f"cut {cut} after {end} of {len(events)} events: {fault}"


def test_without_syncing_the_same_cuts_lose_what_was_promised(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", VERSIONS[0])
    events = recorded(tmp_path / "recorded.sqlite", monkeypatch, careless=True)
    chance = random.Random(0)
    faults = [
        after_the_cut(
            tmp_path / "after.sqlite",
            events[: chance.randrange(len(events) // 2, len(events))],
            random.Random(cut),
        )
        for cut in range(8)
    ]
    assert any(faults), "the control has to fail, or the test above shows nothing"
