"""``python -m dalle_explore draw``: a sentence in, a sheet of pictures out."""

import argparse
import sys
from pathlib import Path
from typing import Any

from dalle_explore.errors import InputError
from dalle_explore.settings import PRECISIONS

__all__ = ["add_arguments", "run"]

_SHOWN_PROMPT = 100  # letters of the prompt in the first line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be given."""
    add = parser.add_argument
    add("prompt", help="the sentence to draw, in quotes")
    add("-n", type=int, default=16, metavar="N", help="how many pictures to draw (16)")
    add("--keep", type=int, metavar="K", help="how many of them stay: the best K by CLIP (all)")
    add("--seed", type=int, default=0, metavar="S", help="of the first picture; the next one has S+1, and so on (0)")
    add(
        "-o",
        "--output",
        default="sheet.png",
        metavar="FILE",
        help="the sheet, .png, .svg or .pdf, with its record beside it; or .json (sheet.png)",
    )
    add("--model", metavar="FOLDER", help="a folder that `train` wrote (the bundled model)")
    add("--temperature", type=float, metavar="T", help="0 takes the likeliest code; 1 samples")
    add("--top-k", type=int, metavar="K", help="only the K likeliest codes may be picked")
    add("--top-p", type=float, metavar="P", help="only codes of the likeliest share P")
    add("--guidance", type=float, metavar="G", help="1 is none; more follows the prompt closer")
    add("--device", default="cpu", help="cpu, cuda or cuda:0 (cpu)")
    add("--precision", choices=PRECISIONS, help="of the arithmetic (fp32)")
    add("--no-score", action="store_true", help="leave CLIP out: no order, all stay")


def run(args: argparse.Namespace) -> int:
    """Draw, score, save; everything that can be checked is checked before torch is imported."""
    asked = " ".join(args.prompt.split())
    shown = asked if len(asked) <= _SHOWN_PROMPT else f"{asked[: _SHOWN_PROMPT - 1]}…"
    count = f"{args.n} {'picture' if args.n == 1 else 'pictures'}"
    print(f"“{shown}”: {count}, seed {args.seed}", flush=True)
    changes = _changes(args)

    from dalle_explore.session.save import check_output

    check_output(args.output)
    return 0


def _changes(args: argparse.Namespace) -> dict[str, Any]:
    names = ("temperature", "top_k", "top_p", "guidance", "precision")
    given = {name: getattr(args, name) for name in names}
    return {name: value for name, value in given.items() if value is not None}
