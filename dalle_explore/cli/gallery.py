"""``python -m dalle_explore gallery``: what was drawn so far: list, show, carry, check."""

import argparse
import csv
import io
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dalle_explore.errors import InputError

if TYPE_CHECKING:
    from dalle_explore.gallery import Found, Gallery, Row

__all__ = ["ACTIONS", "add_arguments", "run"]

ACTIONS = {
    "ls": "list grids and family trees, and count pictures",
    "show": "show a grid, a tree, a picture, or what is asked for, as a table",
    "export": "write pictures into a .parquet, .jsonl or .csv, with scores and marks",
    "import": "read pictures that export wrote",
    "check": "read all of it, and say what is wrong",
    "backup": "write everything into a new file, packed",
}

_COLUMNS = ("key", "prompt", "seed", "score", "favourite", "note", "model", "log_probability")
_KEY = 8  # digits of a key that a table shows
_WIDEST = 72  # letters of a column of a table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be given."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, summary in ACTIONS.items():
        action = actions.add_parser(name, help=summary, description=f"{summary.capitalize()}.")
        add = action.add_argument
        if name == "show":
            add("what", nargs="*", metavar="WHAT", help=_WHAT)
            add("--limit", type=int, default=20, metavar="N", help="pictures at most (20)")
            add("-o", "--output", metavar="FILE", help="the table as .csv; of a picture, .png")
        elif name in ("export", "import", "backup"):
            add("file", metavar="FILE", help="ending in .sqlite" if name == "backup" else _FILE)
        if name in ("show", "export"):
            _add_query(action)
            add("--model", metavar="FOLDER", help=f"{_DREW} (the bundled model)")
        if name == "export":
            add("--png", action="store_true", help="also PNGs, in a folder beside a .jsonl")
        add("--gallery", metavar="FILE", help="which gallery (the user's own)")


_WHAT = "grid NUMBER, tree NUMBER, or picture KEY, as ls and show print them; nothing: pictures"
_FILE = "ending in .parquet, .jsonl or .csv"
_RANGE = "scores in a range, such as 0.2:0.4, 0.3: or =-0.1:0.1"
_DREW = "what drew the pictures, for PNGs"


def _add_query(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--prompt", metavar="TEXT", help="pictures whose sentence has this in it")
    add("--axis", action="append", default=[], metavar="NAME=VALUE", help="cells of saved grids")
    add("--score", metavar="LOW:HIGH", help=_RANGE)
    add("--favourite", action="store_true", help="favourites only")
    add("--note", metavar="TEXT", help="pictures whose note has this in it")


def run(args: argparse.Namespace) -> int:
    """Open the gallery and do what is asked."""
    return _ACTIONS[args.action](args)


def _open(args: argparse.Namespace, *, write: bool = False) -> "Gallery":
    """Open it; one that was named and that is only looked at has to be there, and stays as it is.

    Without a name it is the gallery that ``dx.grid`` uses, wherever that is.
    """
    from dalle_explore.gallery import Gallery

    gallery = Gallery.open(args.gallery, read_only=args.gallery is not None and not write)
    if gallery.notice:
        print(gallery.notice)
    return gallery


def _list(args: argparse.Namespace) -> int:
    with _open(args) as gallery:
        print(_totals(gallery))
        for kind, listed, parts in (
            ("grid", gallery.grids(), "cells"),
            ("tree", gallery.trees(), "pictures"),
        ):
            rows = [
                {
                    kind: one.id,
                    "saved": time.strftime("%Y-%m-%d %H:%M", time.localtime(one.created)),
                    parts: one.count,
                    "name": one.name or (_template(gallery, one.id) if kind == "grid" else ""),
                }
                for one in listed
            ]
            if rows:
                print()
                _print(rows)
    return 0


def _template(gallery: "Gallery", number: int) -> str:
    from dalle_explore.errors import DataError

    try:
        return str(gallery.grid(number).spec.get("template", ""))
    except DataError:
        return "(damaged)"


def _totals(gallery: "Gallery") -> str:
    count = gallery.totals()
    where = "in memory" if gallery.path is None else str(gallery.path)
    size = ""
    if gallery.path is not None:
        size = f", {gallery.path.stat().st_size / 2**20:.1f} MB"
    said = [_many(count["pictures"], "picture"), "of", _many(count["prompts"], "sentence")]
    more = [
        _many(count[name], name.removesuffix("s"))
        for name in ("scores", "readings", "favourites", "grids", "trees")
        if count[name]
    ]
    if count["dropped"]:
        more.insert(0, f"{count['dropped']:,} without codes")
    return f"{where}{size}: {', '.join([' '.join(said), *more])}"


def _many(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def _show(args: argparse.Namespace) -> int:
    kind, of = _what(args.what)
    asked = _query(args)
    if kind is not None and asked:
        raise InputError(
            f"{kind} {of} is one thing, and --{next(iter(asked))} asks for pictures: leave one "
            f"out."
        )
    _check_output(args.output, kind)
    with _open(args) as gallery:
        if kind == "picture":
            return _picture(args, gallery, of)
        rows = list(_rows_of(gallery, kind, of, asked, args.limit))
    if not rows:
        print("no picture is there of which all of this holds")
        return 0
    _print(rows, full=False)
    _write(args.output, rows)
    return 0


def _what(words: Sequence[str]) -> tuple[str | None, str]:
    if not words:
        return None, ""
    if len(words) != 2 or words[0] not in ("grid", "tree", "picture"):
        raise InputError(
            f"{' '.join(words)!r} is nothing a gallery shows: give grid NUMBER, tree NUMBER, "
            f"picture KEY, or options that ask for pictures, such as --prompt fox."
        )
    return words[0], words[1]


def _query(args: argparse.Namespace) -> dict[str, Any]:
    """Read what is asked for; only what was given."""
    asked: dict[str, Any] = {}
    for text in args.axis:
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"--axis is {text!r}, but it is NAME=VALUE: give --axis color=red.")
        asked.setdefault("axis", {})[name.strip()] = value.strip()
    if args.score is not None:
        low, colon, high = args.score.partition(":")
        try:
            ends = [float(end) if end.strip() else None for end in (low, high)]
        except ValueError:
            colon = ""
        if not colon:
            raise InputError(
                f"--score is {args.score!r}, but it is a range, such as 0.2:0.4, 0.3: or :0.1."
            )
        asked["score"] = tuple(ends)
    for name in ("prompt", "note"):
        if getattr(args, name) is not None:
            asked[name] = getattr(args, name)
    if args.favourite:
        asked["favourite"] = True
    return asked


def _check_output(output: str | None, kind: str | None) -> None:
    from dalle_explore.session.save import check_output

    if output is not None:
        check_output(output, ("png", "json") if kind == "picture" else ("csv",), with_record=False)


def _rows_of(
    gallery: "Gallery", kind: str | None, of: str, asked: Mapping[str, Any], limit: int
) -> Iterator[dict[str, Any]]:
    """The rows of a table: of a grid, of a tree, or of the pictures that are asked for."""
    if kind is None:
        for found in gallery.query(**asked, limit=limit):
            yield _row(found)
        return
    if not of.isdecimal():
        raise InputError(f"{kind} {of!r} is no number: gallery ls lists the numbers.")
    if kind == "tree":
        tree = gallery.tree(int(of))
        print(f"tree {tree.id}: {tree.name}")
        known = gallery.about(node.address for node in tree.nodes)
        for place, node in enumerate(tree.nodes):
            parents = " and ".join(map(str, node.parents))
            row = {"place": place, "parents": parents, "label": node.label}
            yield row | _row(known.get(node.address))
        return
    grid = gallery.grid(int(of))
    print(f"grid {grid.id}: {grid.name or grid.spec.get('template', '')}")
    for axis in grid.spec.get("axes", ()):
        print(f"{axis['name']}: {', '.join(axis['values'])}")
    known = gallery.about(address for cell in grid.cells for address in cell.addresses)
    for cell in grid.cells:
        there = [known[address] for address in cell.addresses if address in known]
        for found in sorted(there, key=lambda one: -max(one.scores.values(), default=0.0)):
            yield {"cell": cell.place, **cell.labels} | _row(found)
        if not there:
            yield {"cell": cell.place, **cell.labels} | _row(None)


def _row(found: "Found | None") -> dict[str, Any]:
    if found is None:
        return dict.fromkeys(_COLUMNS, None) | {"prompt": "(not drawn yet)"}
    row = found.row
    return {
        "key": row.address.key.hex(),
        "prompt": row.recipe.prompt,
        "seed": row.seed,
        "score": max(found.scores.values(), default=None),
        "favourite": "yes" if found.mark.favourite else "",
        "note": found.mark.note,
        "model": f"{row.recipe.model} ({row.recipe.model_digest[:8]})",
        "log_probability": row.log_probability,
    }


def _picture(args: argparse.Namespace, gallery: "Gallery", key: str) -> int:
    """One picture, line by line; and as a file."""
    found = gallery.query(key=key, limit=2)
    if not found:
        raise InputError(f"no key begins with {key!r}: gallery show lists the keys of pictures.")
    if len({one.row.address.key for one in found}) > 1:
        raise InputError(f"several keys begin with {key!r}: give more of its digits.")
    from dalle_explore.captions import settings_in_words

    row = found[0].row
    lines = {
        **_row(found[0]),
        "scores": ", ".join(f"{value:.4f} ({by[:8]})" for by, value in found[0].scores.items()),
        "settings": settings_in_words(row.recipe),
        "entropy": row.entropy,
        "codes": "dropped; its seed draws them again" if row.codes is None else "there",
    }
    del lines["score"]
    for name, value in lines.items():
        print(f"{name:<16}{_text(value)}".rstrip())
    if args.output:
        from dalle_explore.session.model import load
        from dalle_explore.session.save import save_picture
        from dalle_explore.session.stored import sample_of

        sample = sample_of(load(args.model), row)
        print(f"saved {save_picture(args.output, sample.picture, sample.record())}")
    return 0


def _export(args: argparse.Namespace) -> int:
    from dalle_explore.gallery.transfer import check_kind

    path, asked = Path(args.file), _query(args)
    kind = check_kind(path)
    if args.png and kind != ".jsonl":
        raise InputError(f"--png writes PNGs beside a .jsonl, but {path} is a {kind}.")
    from dalle_explore.session.save import check_output

    check_output(path, (kind.removeprefix("."),), with_record=False)
    png = _painter(args.model) if args.png else None
    with _open(args) as gallery:
        addresses = None
        if asked:
            addresses = [one.row.address for one in _all(gallery, asked)]
        count = gallery.export(path, addresses, png)
    print(f"exported {_many(count, 'picture')} to {path}")
    return 0


def _all(gallery: "Gallery", asked: Mapping[str, Any], step: int = 1000) -> "Iterator[Found]":
    offset = 0
    while found := gallery.query(**asked, limit=step, offset=offset):
        yield from found
        offset += len(found)


def _painter(folder: str | None) -> "Callable[[Row], bytes]":
    from dalle_explore.session.model import load
    from dalle_explore.session.save import picture_bytes
    from dalle_explore.session.stored import sample_of

    model = load(folder)

    def paint(row: "Row") -> bytes:
        sample = sample_of(model, row)
        return picture_bytes(sample.picture, sample.record())

    return paint


def _import(args: argparse.Namespace) -> int:
    with _open(args, write=True) as gallery:
        before = gallery.totals()["pictures"]
        count = gallery.import_(args.file)
        new = gallery.totals()["pictures"] - before
    print(f"read {_many(count, 'picture')} from {args.file}; {new:,} of them are new here")
    return 0


def _check(args: argparse.Namespace) -> int:
    with _open(args) as gallery:
        faults = gallery.check()
        print(_totals(gallery) if not faults else str(gallery.path))
    for sentence in faults:
        print(sentence)
    if not faults:
        print("sound: everything in it equals its digest")
    return 1 if faults else 0


def _backup(args: argparse.Namespace) -> int:
    with _open(args) as gallery:
        path = gallery.backup(args.file)
    print(f"saved {path}: {path.stat().st_size / 2**20:.1f} MB")
    return 0


_ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "ls": _list,
    "show": _show,
    "export": _export,
    "import": _import,
    "check": _check,
    "backup": _backup,
}


def _print(rows: Sequence[Mapping[str, Any]], *, full: bool = True) -> None:
    """Print a table; columns in which nothing stands are left out, keys are shortened."""
    names = [name for name in rows[0] if any(row[name] not in (None, "") for row in rows)]
    if not full:
        names = [name for name in names if name not in ("model", "log_probability")]
    table = [names, *([_short(name, row[name]) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        print("  ".join(f"{cell:<{w}}" for cell, w in zip(line, widths, strict=True)).rstrip())


def _short(name: str, value: Any) -> str:
    text = _text(value)
    if name == "key":
        return text[:_KEY]
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    return text if text.isprintable() else repr(text)


def _write(output: str | None, rows: Iterable[Mapping[str, Any]]) -> None:
    if output is None:
        return
    from dalle_explore.files import write_atomic

    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    print(f"saved {write_atomic(output, text.getvalue().encode('utf-8', 'backslashreplace'))}")
