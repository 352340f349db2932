"""Processes that write, read and are killed: `python gallery_processes.py MODE FOLDER NUMBER`.

Run apart from the tests, because it forks, which a process with the threads of torch must not.
Prints one JSON line about what happened.
"""

import json
import os
import random
import select
import signal
import struct
import sys
import threading
import time
from pathlib import Path

from tiny_gallery import SCORER, addresses_of, make_recipe, make_row, same

from dalle_explore.gallery import Gallery

WRITERS, READERS = 4, 2
BATCH = 3  # rows of one transaction
ROUND = 1000  # batches of one writer in one round: numbers never meet
RECIPE = make_recipe(side=4)
ADDRESSES = addresses_of(RECIPE)


def batch(number):
    """The rows of batch ``number``, and their scores: all of it, or nothing, has to be there."""
    rows = [make_row(BATCH * number + k, RECIPE) for k in range(BATCH)]
    return rows, [(SCORER, "x", {row.address: row.seed / 7 for row in rows})]


def writer(path, first, pipe):
    with Gallery.open(path) as gallery:
        for number in range(first, first + ROUND):
            rows, scores = batch(number)
            gallery.put(rows, scores)
            os.write(pipe, struct.pack("<q", number))  # the promise: from now on it is there


def reader(path, numbers):
    with Gallery.open(path) as gallery:
        while True:
            for number in numbers:
                assert whole(gallery, number) in (0, BATCH), "a torn batch was read"


def whole(gallery, number):
    """How many rows of a batch are there, all of them as they were put."""
    rows, _ = batch(number)
    found = gallery.find([row.address for row in rows])
    assert all(same(found[row.address], row) for row in rows if row.address in found)
    return len(found)


def child(work, *arguments):
    number = os.fork()
    if number:
        return number
    try:
        work(*arguments)
    except BaseException as error:
        print(repr(error), file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def kill(folder, kills):
    """Kill writers and readers over and over; count what was promised and is not there."""
    path = folder / "gallery.sqlite"
    Gallery.open(path).close()
    chance = random.Random(0)
    promised, killed, failed, rounds = [], 0, 0, 0
    while killed < kills:
        ends = [os.pipe() for _ in range(WRITERS)]
        firsts = [(rounds * WRITERS + k) * ROUND for k in range(WRITERS)]
        children = [
            child(writer, path, first, end[1]) for first, end in zip(firsts, ends, strict=True)
        ]
        seen = chance.sample(promised, min(5, len(promised))) + firsts
        children += [child(reader, path, seen) for _ in range(READERS)]
        for _, write_end in ends:
            os.close(write_end)
        # At work, and then at any moment.
        select.select([ends[0][0]], [], [], 10)
        time.sleep(chance.uniform(0, 0.05))
        for number in children:
            os.kill(number, signal.SIGKILL)
        for number in children:
            _, status = os.waitpid(number, 0)
            failed += not os.WIFSIGNALED(status)
        for read_end, _ in ends:
            while data := os.read(read_end, 8):
                promised.append(struct.unpack("<q", data)[0])
            os.close(read_end)
        killed += WRITERS
        rounds += 1
    with Gallery.open(path) as gallery:
        lost = [number for number in promised if whole(gallery, number) != BATCH]
        there = gallery._store.read(lambda db: db.execute("SELECT count(*) FROM pictures"))
        count = there.fetchone()[0]
        wanted = {"x": [ADDRESSES.of(BATCH * n + k) for n in promised for k in range(BATCH)]}
        scores = len(gallery.scores(SCORER, wanted))
        return {
            "killed": killed,
            "promised": len(promised),
            "lost": len(lost),
            "scores_lost": BATCH * len(promised) - scores,
            "torn": count % BATCH,
            "failed": failed,
            "check": gallery.check(),
        }


def storm(folder, interrupts):
    """Ctrl-C, again and again, at any moment of a transaction."""
    path = folder / "gallery.sqlite"
    at_work = False
    promised, heard = [], 0

    def interrupted(signum, frame):
        if at_work:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupted)
    finished = threading.Event()

    def send():
        chance = random.Random(1)
        while not finished.wait(chance.uniform(0, 0.15)):
            os.kill(os.getpid(), signal.SIGINT)

    sender = threading.Thread(target=send)
    with Gallery.open(path) as gallery:
        sender.start()
        number = 0
        while heard < interrupts:
            number += 1
            rows, scores = batch(number)
            try:
                at_work = True
                gallery.put(rows, scores)
                promised.append(number)
                at_work = False
            except KeyboardInterrupt:
                at_work = False
                heard += 1
        finished.set()
        sender.join()
        gallery.put(*batch(number + 1))  # it goes on
        with Gallery.open(path) as other:  # and stands in nobody's way
            other.put(*batch(number + 2))
        parts = [whole(gallery, k) for k in range(1, number + 3)]
        return {
            "heard": heard,
            "promised": len(promised),
            "lost": sum(parts[k - 1] != BATCH for k in promised),
            "torn": sum(part not in (0, BATCH) for part in parts),
            "check": gallery.check(),
        }


if __name__ == "__main__":
    mode, folder, number = sys.argv[1:]
    print(json.dumps({"kill": kill, "storm": storm}[mode](Path(folder), int(number))))
