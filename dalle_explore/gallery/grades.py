"""What scorers and judges said about pictures: functions on a connection.

A seal of 32 bits beside every value covers the value and all that its row refers to.
"""

import json
import math
import sqlite3
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dalle_explore.errors import DataError, InputError
from dalle_explore.gallery.address import Address, canonical
from dalle_explore.gallery.pictures import chunks, encoded, identities, known, marks
from dalle_explore.gallery.writing import NOBODY, Written, intern

__all__ = [
    "Scored",
    "all_readings",
    "all_scores",
    "facts_seal",
    "holds",
    "put_readings",
    "put_scores",
    "readings",
    "score_seal",
    "scores",
]

Scored = tuple[str, str, Mapping[Address, float]]  # scorer's digest, text, values

_SLACK = 1e-3  # of a score: what batches and threads change; more is another picture or scorer


def score_seal(address: Address, scorer: str, text: str, value: float) -> int:
    """Return the seal of one score."""
    named = f"{address.numeric}\0{scorer}\0{text}".encode()
    return zlib.crc32(address.key + struct.pack("<d", value) + named)


def facts_seal(address: Address, judge: str, facts: str) -> int:
    """Return the seal of one reading."""
    return zlib.crc32(address.key + f"{address.numeric}\0{judge}\0{facts}".encode())


def holds(seal: object, make: Callable[..., int], address: Address, *values: object) -> bool:
    """Say whether a seal is that of the values; damaged ones may be of any type."""
    try:
        return make(address, *values) == seal
    except (TypeError, ValueError, AttributeError, struct.error):
        return False


def put_scores(
    db: sqlite3.Connection, scored: Sequence[Scored], written: Written = NOBODY
) -> None:
    """Write the scores of pictures for texts; ``written`` are those that were just put.

    Raises:
        InputError: a score that is not finite.
        DataError: a picture that is not there, or a score that differs from the one there.
    """
    wanted = {
        (address, scorer, text): value
        for scorer, text, values in scored
        for address, value in values.items()
    }
    for (address, _, text), value in wanted.items():
        if not math.isfinite(value):
            raise InputError(
                f"the score of the picture with the key {address.key.hex()} for {text!r} is "
                f"{value!r}, but scores are finite numbers: leave it out, and look at the scorer."
            )
    numbers = known(db, dict.fromkeys(address for address, _, _ in wanted), written.ids)
    scorers = intern(db, "digests", "digest", (scorer for scorer, _, _ in scored))
    texts = intern(db, "texts", "text", (text for _, text, _ in scored))
    there = {}
    for some in chunks(n for n in numbers.values() if n < written.new):
        question = (
            f"SELECT picture, scorer, text, value, seal FROM scores WHERE picture IN "
            f"({marks(len(some))})"
        )
        for *place, value, seal in db.execute(question, some):
            there[tuple(place)] = value, seal
    new = []
    for (address, scorer, text), given in wanted.items():
        place, value = (numbers[address], scorers[scorer], texts[text]), float(given)
        held, seal = there.get(place, (None, None))
        if seal is not None and holds(seal, score_seal, address, scorer, text, held):
            if abs(held - value) > _SLACK * max(1.0, abs(held)):
                raise DataError(
                    f"the picture with the key {address.key.hex()} has the score {held:.6g} for "
                    f"{text!r}, and now {value:.6g} by the same scorer: one of the two is wrong; "
                    f"nothing was written."
                )
            continue
        new.append((*place, value, score_seal(address, scorer, text, value)))
    db.executemany("INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?, ?)", new)


def scores(
    db: sqlite3.Connection, scorer_digest: str, wanted: Mapping[str, Sequence[Address]]
) -> dict[tuple[str, Address], float]:
    """Return the scores that are there, by text and address."""
    numbers = identities(db, [address for some in wanted.values() for address in some])
    found = {}
    for text, addresses in wanted.items():
        ids = {numbers[address]: address for address in addresses if address in numbers}
        for some in chunks(ids):
            question = (
                "SELECT s.picture, s.value, s.seal FROM scores s WHERE s.scorer = (SELECT id FROM "
                "digests WHERE digest = ?) AND s.text = (SELECT id FROM texts WHERE text = ?) AND "
                f"s.picture IN ({marks(len(some))})"
            )
            for number, value, seal in db.execute(question, (scorer_digest, text, *some)):
                if holds(seal, score_seal, ids[number], scorer_digest, text, value):
                    found[text, ids[number]] = value
    return found


def put_readings(
    db: sqlite3.Connection,
    judge_digest: str,
    values: Mapping[Address, Mapping[str, Any]],
    written: Written = NOBODY,
) -> None:
    """Write what a judge read; equal readings share one row of facts. ``written``: as above.

    Raises:
        InputError: something JSON cannot hold.
        DataError: a picture that is not there, or a reading that differs from the one there.
    """
    numbers = known(db, values, written.ids)
    judge = intern(db, "digests", "digest", [judge_digest])[judge_digest]
    texts = {address: encoded(canonical(dict(facts))) for address, facts in values.items()}
    there = readings(db, judge_digest, numbers)
    for address, facts in there.items():
        if canonical(facts) != texts[address]:
            raise DataError(
                f"the judge read {facts} in the picture with the key {address.key.hex()}, and now "
                f"{dict(values[address])}: one of the two is wrong; nothing was written."
            )
    facts_ids = intern(db, "facts", "json", texts.values())
    db.executemany(
        "INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?)",
        [
            (number, judge, facts_ids[texts[address]], facts_seal(address, judge_digest, text))
            for address, number in numbers.items()
            if address not in there
            for text in [texts[address]]
        ],
    )


def readings(
    db: sqlite3.Connection, judge_digest: str, addresses: Iterable[Address]
) -> dict[Address, dict[str, Any]]:
    """Return the readings that are there."""
    ids = {number: address for address, number in identities(db, addresses).items()}
    found = {}
    for some in chunks(ids):
        question = (
            "SELECT r.picture, f.json, r.seal FROM readings r JOIN facts f ON f.id = r.facts "
            "WHERE r.judge = (SELECT id FROM digests WHERE digest = ?) AND r.picture IN "
            f"({marks(len(some))})"
        )
        for number, facts, seal in db.execute(question, (judge_digest, *some)):
            if holds(seal, facts_seal, ids[number], judge_digest, facts):
                found[ids[number]] = json.loads(facts)
    return found


def all_scores(
    db: sqlite3.Connection, ids: Mapping[int, Address]
) -> dict[int, list[tuple[str, str, float]]]:
    """Return, for each picture's number, every scorer, text and value."""
    found: dict[int, list[tuple[str, str, float]]] = {number: [] for number in ids}
    for some in chunks(ids):
        question = (
            "SELECT s.picture, d.digest, t.text, s.value, s.seal FROM scores s "
            "JOIN digests d ON d.id = s.scorer JOIN texts t ON t.id = s.text "
            f"WHERE s.picture IN ({marks(len(some))})"
        )
        for number, scorer, text, value, seal in db.execute(question, some):
            if holds(seal, score_seal, ids[number], scorer, text, value):
                found[number].append((scorer, text, value))
    return found


def all_readings(
    db: sqlite3.Connection, ids: Mapping[int, Address]
) -> dict[int, list[tuple[str, dict[str, Any]]]]:
    """Return, for each picture's number, every judge and what it read."""
    found: dict[int, list[tuple[str, dict[str, Any]]]] = {number: [] for number in ids}
    for some in chunks(ids):
        question = (
            "SELECT r.picture, d.digest, f.json, r.seal FROM readings r "
            "JOIN digests d ON d.id = r.judge JOIN facts f ON f.id = r.facts "
            f"WHERE r.picture IN ({marks(len(some))})"
        )
        for number, judge, facts, seal in db.execute(question, some):
            if holds(seal, facts_seal, ids[number], judge, facts):
                found[number].append((judge, json.loads(facts)))
    return found
