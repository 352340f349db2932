"""The gallery: a store of pictures that loses nothing, in one SQLite file."""

import functools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dalle_explore.errors import InputError
from dalle_explore.gallery import (
    checking,
    exchange,
    grades,
    kept,
    pictures,
    queries,
    saved,
    transfer,
    writing,
)
from dalle_explore.gallery.address import Address, canonical
from dalle_explore.gallery.places import choose
from dalle_explore.gallery.rows import Found, Mark, Row
from dalle_explore.gallery.store import Store

__all__ = ["Gallery"]

Judged = tuple[str, Mapping[Address, Mapping[str, Any]]]  # judge's digest, facts


class Gallery:
    """Pictures by their address: codes, scores, readings, marks, grids and family trees.

    Open one with ``Gallery.open``. Every method is one transaction: what it returned from is there
    after a killed process and after a power cut, and nothing of it is there if it raised. Threads
    may share a gallery and processes may share its file; they take turns, for at most 30 s. After
    a fork it has to be opened again.

    Every method may raise:
        DataError: the file is damaged.
        MachineError: the disk is full or failing, or another process is in the way.
        InputError: it is read-only (methods that write), closed, or used after a fork.
    """

    def __init__(self, store: Store, notice: str | None = None) -> None:
        self._store = store
        self._hows = pictures.Hows()
        self._notice = notice
        self._damaged: set[int] = set()

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str] | None = None,
        *,
        read_only: bool = False,
        force: bool = False,
    ) -> Self:
        """Open a gallery, and make it where there is none yet.

        Without a path it is ``gallery.sqlite`` in ``files.home()``, and opening never fails: where
        that folder is on a network file system, cannot be written, or its file is damaged, a
        folder of this machine's scratch space takes its place, or else the memory. ``notice``
        says so.

        Args:
            path: of the file; None for the one of this user.
            read_only: write nothing; the file is checked first. For galleries of others.
            force: use a file on a network file system all the same, alone: while it is open
                nobody else can open it.

        Raises:
            InputError: no such file, no permission, a network file system without ``force``.
            DataError: no gallery, a damaged one, or one of a newer version.
            MachineError: the disk is full, or another process held the file for 30 s.
        """
        store, notice = choose(path, read_only=read_only, force=force)
        return cls(store, notice)

    @property
    def path(self) -> Path | None:
        """The file; None: in memory."""
        return self._store.path

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written."""
        return self._store.read_only

    @property
    def closed(self) -> bool:
        """Whether it has to be opened again: it was closed."""
        return self._store.closed

    @property
    def notice(self) -> str | None:
        """One line that a person should see: where pictures are kept instead, what is damaged."""
        if not self._damaged:
            return self._notice
        some = (
            f"{len(self._damaged)} damaged {'row was' if len(self._damaged) == 1 else 'rows were'}"
        )
        line = f"{some} left out of {self.path}; their pictures are drawn again when asked for."
        return f"{self._notice} {line}" if self._notice else line

    def put(
        self,
        rows: Iterable[Row],
        scores: Iterable[grades.Scored] = (),
        readings: Iterable[Judged] = (),
    ) -> None:
        """Write pictures, with scores and readings if there are any, in one transaction.

        A picture that is there already stays as it is; codes that had been dropped are filled in.

        Args:
            rows: the pictures.
            scores: (scorer's digest, text, {address: score}), as ``put_scores`` takes them.
            readings: (judge's digest, {address: facts}), as ``put_readings`` takes them.

        Raises:
            InputError: a row that does not hold together, a number that is not finite.
            DataError: the same address with other codes; nothing is written.
        """
        ready = writing.pack(list(rows), self._hows)
        scored, judged = list(scores), list(readings)

        def work(db: Any) -> None:
            written = writing.put(db, ready, self._hows)
            grades.put_scores(db, scored, written)
            for judge_digest, facts in judged:
                grades.put_readings(db, judge_digest, facts, written)

        self._store.write(work)

    def find(self, addresses: Iterable[Address]) -> dict[Address, Row]:
        """Return the pictures that are there, in the order asked for.

        A damaged row is left out, and ``notice`` says so; ``put`` mends it.
        """
        wanted = list(addresses)
        asked = set(wanted)
        rows = self._rows(address.key for address in wanted)
        return dict(pictures.by_address((row for row in rows if row.address in asked), wanted))

    def like(self, keys: Iterable[bytes]) -> dict[bytes, Row]:
        """Return one picture for every key that is there, whatever its numeric class.

        Raises:
            InputError: something that is no key.
        """
        wanted = [pictures.checked_key(key) for key in keys]
        found = {row.address.key: row for row in reversed(self._rows(wanted))}
        return {key: found[key] for key in wanted if key in found}

    def _rows(self, keys: Iterable[bytes]) -> list[Row]:
        wanted = list(keys)
        found = []
        for values in self._store.read(lambda db: list(pictures.select(db, wanted))):
            row = pictures.read(values, self._hows)
            if row is None:
                self._damaged.add(values[0])
            else:
                found.append(row)
        return found

    def drop_codes(self, addresses: Iterable[Address]) -> None:
        """Drop the codes of pictures that lost a comparison; everything else about them stays."""
        wanted = list(addresses)
        self._store.write(lambda db: writing.drop(db, wanted, self._hows))

    def put_scores(self, scorer_digest: str, text: str, values: Mapping[Address, float]) -> None:
        """Write how well pictures fit a text, as one scorer says.

        Raises:
            InputError: a score that is not finite.
            DataError: a picture that is not there, or has another score by the same scorer.
        """
        self._store.write(lambda db: grades.put_scores(db, [(scorer_digest, text, values)]))

    def scores(
        self, scorer_digest: str, wanted: Mapping[str, Sequence[Address]]
    ) -> dict[tuple[str, Address], float]:
        """Return the scores that are there, by (text, address), of texts and their pictures."""
        return self._store.read(lambda db: grades.scores(db, scorer_digest, wanted))

    def put_readings(self, judge_digest: str, values: Mapping[Address, Mapping[str, Any]]) -> None:
        """Write the facts that a judge read in pictures: {"role": value, or None for unclear}.

        Raises:
            InputError: something JSON cannot hold.
            DataError: a picture that is not there, or was read otherwise by the same judge.
        """
        self._store.write(lambda db: grades.put_readings(db, judge_digest, values))

    def readings(
        self, judge_digest: str, addresses: Iterable[Address]
    ) -> dict[Address, dict[str, Any]]:
        """Return the readings that are there."""
        wanted = list(addresses)
        return self._store.read(lambda db: grades.readings(db, judge_digest, wanted))

    def put_thumbnails(self, values: Mapping[Address, bytes]) -> None:
        """Write small pictures (any format) beside the codes, instead of those there.

        Raises:
            DataError: a picture that is not in the gallery.
        """
        self._store.write(lambda db: kept.put_thumbnails(db, values))

    def thumbnails(self, addresses: Iterable[Address]) -> dict[Address, bytes]:
        """Return the thumbnails that are there."""
        wanted = list(addresses)
        return self._store.read(lambda db: kept.thumbnails(db, wanted))

    def drop_thumbnails(self) -> None:
        """Drop all thumbnails, and give their space back; codes make them again."""
        self._store.write(kept.drop_thumbnails)
        # As a script: otherwise Python takes the first of many steps, a page each.
        self._store.read(lambda db: db.executescript("PRAGMA incremental_vacuum"))

    def mark(
        self, address: Address, favourite: bool | None = None, note: str | None = None
    ) -> None:
        """Say something about a picture; None leaves as it is, an empty note takes it away.

        Raises:
            DataError: the picture is not in the gallery.
        """
        self._store.write(lambda db: kept.mark(db, address, favourite, note))

    def marks(self, addresses: Iterable[Address]) -> dict[Address, Mark]:
        """Return what was said about pictures, of those about which something was said."""
        wanted = list(addresses)
        return self._store.read(lambda db: kept.marks_of(db, wanted))

    def save_grid(
        self,
        name: str | None,
        spec: Mapping[str, Any],
        cells: Iterable[tuple[int, Mapping[str, str], Sequence[Address]]],
    ) -> int:
        """Save a grid, and return its number; one of the same name, or an equal one, is replaced.

        The pictures need not be there yet.

        Args:
            name: None for a grid without one.
            spec: what it was made with, for whoever opens it: anything JSON can hold.
            cells: (place, {axis: value in words}, addresses) of every cell.

        Raises:
            InputError: two cells at one place, no JSON, an address that is none.
        """
        wanted = list(cells)
        return self._store.write(lambda db: saved.save_grid(db, name, spec, wanted))

    def grids(self) -> list[saved.Listed]:
        """Return a line for every grid, the latest first."""
        return self._store.read(saved.grids)

    def grid(self, number: int) -> saved.SavedGrid:
        """Return a grid by its number.

        Raises:
            InputError: there is none of that number.
            DataError: it is damaged.
        """
        return self._store.read(lambda db: saved.grid(db, number))

    def save_tree(self, name: str, nodes: Iterable[saved.TreeNode]) -> int:
        """Save a family tree, and return its number; one of the same name is replaced.

        Raises:
            InputError: no name, parents that do not stand before their children.
        """
        wanted = list(nodes)
        return self._store.write(lambda db: saved.save_tree(db, name, wanted))

    def trees(self) -> list[saved.Listed]:
        """Return a line for every family tree, the latest first."""
        return self._store.read(saved.trees)

    def tree(self, number: int) -> saved.SavedTree:
        """Return a family tree by its number.

        Raises:
            InputError: there is none of that number.
            DataError: it is damaged.
        """
        return self._store.read(lambda db: saved.tree(db, number))

    def query(
        self,
        prompt: str | None = None,
        axis: Mapping[str, str] | None = None,
        score: tuple[float | None, float | None] | None = None,
        model: str | None = None,
        favourite: bool | None = None,
        note: str | None = None,
        key: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Found]:
        """Return the pictures for which everything holds that is given, the latest first.

        Args:
            prompt: a part of it; capitals of ASCII do not matter.
            axis: {axis: value in words} of one cell of a saved grid.
            score: the least and the most of a score for the picture's own prompt; None: no limit.
            model: its name or its digest.
            favourite: whether it is one.
            note: a part of it.
            key: how the key of its address begins, in hexadecimal.
            limit: how many to return at most.
            offset: how many to pass over before.

        Raises:
            InputError: a limit, an offset or a range of scores that is none.
        """
        asked = queries.Question(prompt, axis, score, model, favourite, note, key)
        question = functools.partial(queries.ask, question=asked, limit=limit, offset=offset)
        found = self._store.read(functools.partial(self._answered, question))
        return [_found(one) for one in found]

    def about(self, addresses: Iterable[Address]) -> dict[Address, Found]:
        """Return pictures that are there, with their marks and scores, in the order asked for."""
        wanted = list(dict.fromkeys(addresses))
        found = {one.row.address: _found(one) for one in self._exchanged(wanted)}
        return {address: found[address] for address in wanted if address in found}

    def totals(self) -> dict[str, int]:
        """Count pictures, those whose codes were dropped, prompts, scores, readings and so on."""
        return self._store.read(queries.totals)

    def _answered(self, question: Callable[[Any], Any], db: Any) -> list[exchange.Exchanged]:
        return self._whole(db, question(db))

    def _whole(self, db: Any, rows: Iterable[tuple[Any, ...]]) -> list[exchange.Exchanged]:
        """Sound pictures with all that is said about them."""
        sound: dict[int, Row] = {}
        for values in rows:
            row = pictures.read(values, self._hows)
            if row is None:
                self._damaged.add(values[0])
            else:
                sound[values[0]] = row
        ids = {number: row.address for number, row in sound.items()}
        scores, readings = grades.all_scores(db, ids), grades.all_readings(db, ids)
        marks = kept.marks_of(db, ids.values())
        return [
            exchange.Exchanged(
                row,
                tuple(exchange.Score(*values) for values in scores[number]),
                tuple(exchange.Reading(j, canonical(facts)) for j, facts in readings[number]),
                marks.get(row.address, Mark()),
            )
            for number, row in sound.items()
        ]

    def check(self) -> list[str]:
        """Return what is wrong, in sentences; empty: everything in the file can be relied on.

        Reads all of it: about 10 s for a million pictures.
        """
        return self._store.read(lambda db: checking.faults(db, self._hows))

    def backup(self, path: str | os.PathLike[str]) -> Path:
        """Write everything into a new file, packed; never copy the file of an open gallery.

        Raises:
            InputError: there is a file of that name, or no permission.
            MachineError: the disk is full.
        """
        target = Path(path)
        if target.exists():
            raise InputError(f"cannot write {target}: it is there already; choose another name.")
        with transfer.whole(target) as temporary:
            self._store.read(lambda db: db.execute("VACUUM INTO ?", (str(temporary),)).fetchall())
        return target

    def export(
        self,
        path: str | os.PathLike[str],
        addresses: Iterable[Address] | None = None,
        png: Callable[[Row], bytes] | None = None,
    ) -> int:
        """Write pictures with scores, readings and marks into a file; return how many.

        Grids, trees and thumbnails stay: ``backup`` writes them too.

        Args:
            path: ending in .parquet, .jsonl or .csv.
            addresses: of the pictures; None: all.
            png: makes a PNG of a row, for a folder beside a .jsonl; rows without codes have none.

        Raises:
            InputError: another ending, ``png`` with another kind than .jsonl, no permission.
            MachineError: the disk is full, or pyarrow is missing (.parquet).
        """
        return transfer.write_pictures(Path(path), self._exchanged(addresses), png)

    def _exchanged(self, addresses: Iterable[Address] | None) -> Iterator[exchange.Exchanged]:
        if addresses is not None:
            for some in pictures.chunks(dict.fromkeys(addresses)):
                asked, keys = set(some), [address.key for address in some]
                question = functools.partial(pictures.select, keys=keys)
                for one in self._store.read(functools.partial(self._answered, question)):
                    if one.row.address in asked:
                        yield one
            return
        last = 0
        while rows := self._store.read(functools.partial(pictures.page, last=last)):
            last = rows[-1][0]
            yield from self._store.read(functools.partial(self._whole, rows=rows))

    def import_(self, path: str | os.PathLike[str]) -> int:
        """Read pictures that ``export`` wrote, perhaps somebody else's; return how many.

        The file is read to its end before anything is written; again is no harm. That a model
        draws these codes is not checked: ``sample.again()`` does.

        Raises:
            InputError: no such file, another ending.
            DataError: the file is foreign or damaged, or has other codes or scores for a picture
                that is there.
            MachineError: the disk is full, or pyarrow is missing (.parquet).
        """
        source = Path(path)
        count = sum(1 for _ in transfer.read_pictures(source))
        for some in pictures.batches(transfer.read_pictures(source)):
            self._take_in(some)
        return count

    def _take_in(self, some: Sequence[exchange.Exchanged]) -> None:
        ready = writing.pack([one.row for one in some], self._hows)
        scores, readings = exchange.graded(some)

        def work(db: Any) -> None:
            written = writing.put(db, ready, self._hows)
            grades.put_scores(db, scores, written)
            for judge_digest, facts in readings:
                grades.put_readings(db, judge_digest, facts, written)
            for one in some:
                if one.mark.favourite or one.mark.note:
                    kept.mark(
                        db, one.row.address, one.mark.favourite or None, one.mark.note or None
                    )

        self._store.write(work)

    def close(self) -> None:
        """Close the file; again is no harm."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        where = "in memory" if self.path is None else str(self.path)
        return f"Gallery({where}{', read-only' if self.read_only else ''})"


def _found(one: exchange.Exchanged) -> Found:
    """A picture with the scores for its own prompt."""
    scores = {s.scorer: s.value for s in one.scores if s.text == one.row.recipe.prompt}
    return Found(one.row, one.mark, scores)
