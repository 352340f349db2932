"""``python -m dalle_explore inspect``: a record in; where it looks, or what it depends on, out."""

import argparse
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dalle_explore.errors import InputError

if TYPE_CHECKING:
    from dalle_explore.session.inspection import Inspection

__all__ = ["VIEWS", "add_arguments", "run"]

KINDS = ("png", "svg", "pdf", "csv", "html")

VIEWS = {
    "looks": "where it looked: --word, or --patch",
    "depends": "what it depended on: bits lost without each word",
    "heads": "every head: what it reads, and a map of --word",
    "ablation": "bits lost without each head",
    "lens": "what it might have drawn, layer by layer",
    "box": "which words made --box",
    "agreement": "do looks and dependences agree?",
    "codes": "what the codes are made of, at --patch or the commonest",
    "neighbours": "the nearest training pictures",
}

# An option, and the views that know it.
_BELONGS = {
    "word": ("looks", "heads", "depends"),
    "patch": ("looks", "codes"),
    "box": ("box", "depends", "agreement"),
    "by": ("looks", "heads"),
    "mode": ("depends",),
    "layers": ("looks", "heads", "depends", "ablation"),
    "kind": ("ablation",),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be given."""
    add = parser.add_argument
    add("record", metavar="RECORD", help="a .json or .png that dalle_explore saved")
    views = "; ".join(f"{name}: {what}" for name, what in VIEWS.items())
    add("--view", metavar="VIEW", help=f"{views} (looks, or box with --box)")
    add("--sample", type=int, default=0, metavar="J", help="which picture, from 0, best first (0)")
    add("--word", metavar="WORD", help="a word of the prompt, or several that follow each other")
    add("--patch", metavar="ROW,COLUMN", help="a patch, counted from 0, such as 5,7")
    add("--box", metavar="R-R,C-C", help="rows and columns, both ends included: 4-8,5-9")
    add("--by", metavar="QUANTITY", help="contribution, attention or signed (contribution)")
    add("--mode", metavar="MODE", help="all, image or replace: how words are taken away (all)")
    add("--kind", metavar="KIND", help="mean, zero or start: what stands in for a head (mean)")
    add("--layers", metavar="L,L", help="these layers only, such as 0,1 (all)")
    add("--twin", action="store_true", help="the same on the untrained twin: a proof of nothing")
    add("-o", "--output", default="inspect.png", metavar="FILE", help=_OUTPUT)
    add("--model", metavar="FOLDER", help="the model that drew it (the bundled model)")


_OUTPUT = (
    ".png, .svg or .pdf: the figure; .csv: its table; .html: the whole explorer as one page "
    "(inspect.png)"
)


def run(args: argparse.Namespace) -> int:
    """Check all that can be checked before torch is imported; then look, and save."""
    view = args.view or ("box" if args.box else "looks")
    asked = _check(args, view)
    print(f"inspecting {args.record}, sample {args.sample}: {view}", flush=True)

    from dalle_explore.session.drawing import open
    from dalle_explore.session.model import load

    start = time.monotonic()
    samples = open(args.record, load(args.model))
    sample = samples.everything[args.sample]
    if Path(args.output).suffix.lower() == ".html":
        from dalle_explore.widgets.attention_explorer import AttentionExplorer

        given = {name: asked[name] for name in ("word", "patch", "by") if name in asked}
        explorer = AttentionExplorer(sample, **given)
        print(f"saved {explorer.save_html(args.output)}, in {time.monotonic() - start:.1f} s")
        return 0
    seen = sample.inspect()
    error = seen.replay_error
    with _Bar() as bar:
        result = _LOOKING[view](seen.twin() if args.twin else seen, bar, **asked)
    if error is not None:
        print(f"replay error: {error:.2g} nats")
    print(f"{result.caption()}")
    if Path(args.output).suffix.lower() == ".csv":
        from dalle_explore.files import write_atomic

        path = write_atomic(args.output, result.table().to_csv(index=False).encode("utf-8"))
    else:
        path = result.save(args.output)
    print(f"saved {path}, in {time.monotonic() - start:.1f} s")
    return 0


def _check(args: argparse.Namespace, view: str) -> dict[str, Any]:
    """Refuse what can be refused without a model; return what the instrument is given."""
    from dalle_explore.session.record import read_record
    from dalle_explore.session.save import check_output

    if view not in VIEWS:
        raise InputError(f"--view is {view!r}, but the views are {', '.join(VIEWS)}.")
    kind = check_output(args.output, KINDS)
    if kind == "html" and args.twin:
        raise InputError("the page of the explorer has the twin inside: leave --twin out.")
    asked: dict[str, Any] = {}
    for name, views in _BELONGS.items():
        value = getattr(args, name)
        if value is None:
            continue
        if view not in views and not (kind == "html" and name in ("word", "patch", "by")):
            raise InputError(
                f"--{name} belongs to {' and '.join(f'--view {one}' for one in views)}: leave it "
                f"out here."
            )
        asked[name] = _READ.get(name, str)(value)
    if view == "looks" and kind != "html" and ("word" in asked) == ("patch" in asked):
        raise InputError(
            "--view looks takes a word, to see which patches look at it, or a patch, to see what "
            "it looks at: give --word WORD or --patch ROW,COLUMN."
        )
    if view == "box" and "box" not in asked:
        raise InputError("--view box takes a rectangle of patches: give --box 4-8,5-9.")
    record = read_record(args.record)
    there = len(record.samples)
    if not 0 <= args.sample < there:
        numbers = "only 0" if there == 1 else f"0 to {there - 1}"
        raise InputError(
            f"--sample is {args.sample}, but the record holds {there}, counted from 0: give "
            f"{numbers}."
        )
    return asked


def _patch(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"\s*(\d{1,4})\s*,\s*(\d{1,4})\s*", text)
    if match is None:
        raise InputError(f"--patch is {text!r}, but it is a row and a column, such as 5,7.")
    return int(match[1]), int(match[2])


def _box(text: str) -> tuple[range, range]:
    match = re.fullmatch(r"\s*(\d{1,4})-(\d{1,4})\s*,\s*(\d{1,4})-(\d{1,4})\s*", text)
    if match is None:
        raise InputError(
            f"--box is {text!r}, but it is rows and columns with both ends, such as 4-8,5-9."
        )
    top, bottom, left, right = (int(number) for number in match.groups())
    return range(top, bottom + 1), range(left, right + 1)


def _layers(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(re.fullmatch(r"\d{1,4}", part) for part in parts):
        raise InputError(f"--layers is {text!r}, but it is numbers of layers, such as 0,1.")
    return [int(part) for part in parts]


_READ: dict[str, Callable[[str], Any]] = {"patch": _patch, "box": _box, "layers": _layers}


class _Bar:
    """A bar on stderr, for instruments that take seconds."""

    def __enter__(self) -> "_Bar":
        from tqdm import tqdm

        self._bar = tqdm(unit="", leave=False, dynamic_ncols=True, delay=0.5)
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def __call__(self, *told: Any) -> None:
        """Take (done, total), or (what, done, total)."""
        *what, done, total = told
        self._bar.total = total
        if what:
            self._bar.set_description(str(what[0]), refresh=False)
        self._bar.update(done - self._bar.n)


def _depends(seen: "Inspection", bar: _Bar, **asked: Any) -> Any:
    if "box" in asked:
        if "word" in asked:
            raise InputError("a word and a box cannot both be taken away: give one of them.")
        rows, columns = asked.pop("box")
        return seen.depends_on_region(rows, columns, **asked)
    return seen.depends_on(asked.pop("word", "all"), progress=bar, **asked)


def _agreement(seen: "Inspection", bar: _Bar, box: Any = None) -> Any:
    rows, columns = box or (None, None)
    return seen.agreement(rows=rows, columns=columns, progress=bar)


_LOOKING: dict[str, Callable[..., Any]] = {
    "looks": lambda seen, bar, **asked: seen.looks_at(**asked),
    "depends": _depends,
    "heads": lambda seen, bar, **asked: seen.heads(**asked),
    "ablation": lambda seen, bar, **asked: seen.ablate(progress=bar, **asked),
    "lens": lambda seen, bar: seen.lens(),
    "box": lambda seen, bar, box: seen.box(*box),
    "agreement": _agreement,
    "codes": lambda seen, bar, patch=None: seen.codes(None if patch is None else [patch]),
    "neighbours": lambda seen, bar: seen.neighbours(progress=bar),
}
