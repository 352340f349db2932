"""``python -m dalle_explore export``: a record in, one HTML page out that needs no Python."""

import argparse
import dataclasses
import time
from pathlib import Path
from typing import TYPE_CHECKING

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.world.english import with_article

if TYPE_CHECKING:
    from dalle_explore.session.record import Record

__all__ = ["VIEWS", "add_arguments", "run"]

VIEWS = ("player", "explorer")

_MOST = {"player": 8, "explorer": 2}  # pictures on one page: more make it slow to load on a phone


_FIRST = " or ".join(f"the first {most} in a {view}" for view, most in _MOST.items())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be given."""
    add = parser.add_argument
    add("record", metavar="RECORD", help="a .json or .png that dalle_explore saved")
    add("--view", default=VIEWS[0], metavar="VIEW", help=f"what to show: {', '.join(VIEWS)}")
    add("-o", "--output", metavar="PAGE", help="an .html (VIEW.html)")
    add("--sample", type=int, metavar="J", help=f"sample J alone, from 0 ({_FIRST})")
    add("--model", metavar="FOLDER", help="the model that drew it (the bundled model)")


def run(args: argparse.Namespace) -> int:
    """Check all that can be checked before torch is imported; then make the page and write it."""
    output = args.output or f"{args.view}.html"
    print(f"exporting {args.record} as {with_article(args.view)}: {output}", flush=True)
    _check(args, output)

    from dalle_explore.session.drawing import open
    from dalle_explore.session.model import load
    from dalle_explore.widgets.attention_explorer import AttentionExplorer
    from dalle_explore.widgets.decode_player import DecodePlayer

    start = time.monotonic()
    samples = open(args.record, load(args.model))
    shown = [samples.everything[args.sample]] if args.sample is not None else samples
    if args.view == "explorer":
        view = AttentionExplorer(list(shown)[: _MOST["explorer"]])
    elif args.sample is not None:
        view = DecodePlayer(shown[0])
    else:
        keep = min(len(samples), _MOST["player"])
        view = DecodePlayer(dataclasses.replace(samples, keep=keep))
    path = Path(view.save_html(output))
    size = path.stat().st_size / 2**20
    print(f"saved {path}: {size:.1f} MB, in {time.monotonic() - start:.1f} s")
    return 0


def _check(args: argparse.Namespace, output: str) -> None:
    from dalle_explore.session.record import read_record
    from dalle_explore.session.save import PAGE_KINDS, check_output

    if args.view not in VIEWS:
        raise InputError(
            f"--view is {args.view!r}, but the views are {', '.join(VIEWS)}: name one of these."
        )
    check_output(output, PAGE_KINDS)
    record = read_record(args.record)
    _check_sample(args.sample, record, _MOST[args.view])
    _check_model(args.model, record)


def _check_sample(sample: int | None, record: "Record", most: int) -> None:
    """Say which pictures there are; and, when they are too many for a page, which are shown."""
    there = len(record.samples)
    if sample is None:
        if record.keep > most:
            print(f"showing the first {most} of {record.keep}; --sample J shows another")
    elif not 0 <= sample < there:
        numbers = "only 0" if there == 1 else f"0 to {there - 1}"
        raise InputError(
            f"--sample is {sample}, but the record holds {there}, counted from 0: give {numbers}."
        )


def _check_model(model: str | None, record: "Record") -> None:
    """Refuse another model than the one that drew the record, by their cards."""
    from dalle_explore.pretrained.card import read_card
    from dalle_explore.pretrained.find import find_model

    card, recipe = read_card(find_model(model)), record.recipe
    if card.digest != recipe.model_digest:
        raise ModelFileError(
            f"the record was drawn by the model {recipe.model!r} ({recipe.model_digest[:8]}), but "
            f"{card.name!r} ({card.digest[:8]}) would turn its codes into other pictures: name "
            f"the folder of the model that drew it, with --model FOLDER."
        )
