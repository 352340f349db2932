"""``python -m dalle_explore grid``: a sentence with slots in; a table of pictures, scored, out."""

import argparse
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dalle_explore.errors import InputError

if TYPE_CHECKING:
    from dalle_explore.session.gridding import Gridding
    from dalle_explore.session.grids import Grid
    from dalle_explore.text.grid import Expansion

__all__ = ["add_arguments", "run"]

_INTERRUPTED = 130  # 128 + SIGINT, as shells count
_SHOWN_TEMPLATE = 100  # letters of the template in the first line
_MOST_CELLS = 40  # of the table that is printed
_MOST_WORDS = 5  # outside the world, that are named

# Options of outputs, and the endings each of them takes.
_OUTPUTS = {
    "output": ("png", "svg", "pdf"),
    "html": ("html",),
    "csv": ("csv",),
    "json": ("json",),
}
_WHOLE = ("seed", "top_k")  # axes of whole numbers
_WORDS = ("precision", "device")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be given."""
    add = parser.add_argument
    add("template", help='a sentence with slots, in quotes: "a {red|blue} {shape}"')
    add("-n", type=int, default=8, metavar="N", help="how many pictures of each cell (8)")
    add("--axis", action="append", default=[], metavar="NAME=A,B", help=_AXIS)
    add("--zip", action="append", default=[], metavar="NAME,NAME", help=_ZIP)
    add("--rows", metavar="NAME", help="the axis that goes down, or several: NAME,NAME")
    add("--cols", metavar="NAME", help="the axis that goes across; all others become blocks")
    add("--shown", type=int, default=1, metavar="K", help="pictures of a cell in the figure (1)")
    add("--keep", type=int, metavar="K", help="how many of each cell stay, the best by CLIP (all)")
    add("--seed", type=int, default=0, metavar="S", help="of the first picture of each cell (0)")
    add("--limit", type=int, metavar="CELLS", help="the most cells that are allowed (400)")
    add("--gallery", metavar="FILE", help="where pictures are kept, or none (the user's own)")
    add("-o", "--output", metavar="FILE", help="the figure: .png, .svg or .pdf (grid.png)")
    add("--html", metavar="FILE", help="a page that can be explored without Python")
    add("--csv", metavar="FILE", help="a table with a row for every picture")
    add("--json", metavar="FILE", help="everything: axes, prompts, records, scores")
    add("--model", metavar="FOLDER", help="a folder that `train` wrote (the bundled model)")
    add("--temperature", type=float, metavar="T", help="0 takes the likeliest code, 1 samples")
    add("--top-k", type=int, metavar="K", help="only the K likeliest codes may be picked")
    add("--top-p", type=float, metavar="P", help="only the likeliest codes, up to a share P")
    add("--guidance", type=float, metavar="G", help="1 is none; more follows the prompt closer")
    add("--device", default="cpu", metavar="DEVICE", help="cpu, cuda or cuda:0 (cpu)")
    add("--precision", metavar="TYPE", help="of the arithmetic: fp32 or bf16 (fp32)")
    add("--no-score", action="store_true", help="leave CLIP out: ordered by seed, and all stay")


_AXIS = (
    "values of a slot, such as shape=cube,sphere, or of another axis: guidance=1,3; bars instead "
    "of commas where a value has one; may be repeated"
)
_ZIP = "axes whose values stay together, one by one, instead of a product; may be repeated"


def run(args: argparse.Namespace) -> int:
    """Check all that can be checked before torch is imported; then draw, score, save."""
    asked = " ".join(args.template.split())
    if len(asked) > _SHOWN_TEMPLATE:
        asked = f"{asked[: _SHOWN_TEMPLATE - 3]}..."
    print(f'drawing a grid of "{asked}": n = {args.n}, seed {args.seed}', flush=True)
    if not any(getattr(args, name) for name in _OUTPUTS):
        args.output = "grid.png"
    axes, changes = _axes(args.axis), _settings(args)
    expansion = _check(args, axes, changes)
    print(f"{expansion.in_words()}", flush=True)
    for sentence in _unknown_words(args.model, expansion):
        print(sentence, flush=True)

    from dalle_explore.session.grids import watched

    running = _gridding(args, axes, changes)
    _check_figure(args, running)
    notice = None if running.shelf.own is None else running.shelf.own.notice
    if notice:
        print(notice, flush=True)
    print(running.in_words(), flush=True)
    start = time.monotonic()
    stopped = False
    try:
        grid = watched(running, progress=True)
    except KeyboardInterrupt:
        # What was finished is a valid, smaller grid.
        stopped, grid = True, running.result
    if not stopped:
        print(f"{grid.drawn} pictures, in {time.monotonic() - start:.1f} s", flush=True)
    elif not grid.drawn:
        print("stopped at your request, before the first picture was finished; nothing is saved.")
        return _INTERRUPTED
    if grid.notice and grid.notice != notice:
        print(grid.notice)
    for line in _table(grid):
        print(line)
    if stopped:
        print(_how_to_go_on(grid), flush=True)
    _save(args, grid)
    if stopped:
        return _INTERRUPTED
    return 0


def _axes(given: list[str]) -> dict[str, list[Any]]:
    """Read ``--axis``: names, and values as what they are."""
    from dalle_explore.settings import Settings

    axes: dict[str, list[Any]] = {}
    for text in given:
        name, equals, listed = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise InputError(
                f"--axis is {text!r}, but it is a name and values: give --axis shape=cube,sphere."
            )
        if name in axes:
            raise InputError(f"--axis {name} is given twice: give all of its values at once.")
        if name in ("model", "edits", "settings"):
            raise InputError(
                f"the axis {name} takes values that a command line has no words for: use dx.grid "
                f"in Python."
            )
        values = [value.strip() for value in listed.split("|" if "|" in listed else ",")]
        number = name == "seed" or (name in Settings.names() and name not in _WORDS)
        axes[name] = [_number(name, value) for value in values] if number else list(values)
    return axes


def _number(name: str, text: str) -> float | int | None:
    if name in ("top_k", "top_p") and text in ("all", "none"):
        return None
    try:
        return int(text) if name in _WHOLE else float(text)
    except ValueError as error:
        kind = "whole numbers" if name in _WHOLE else "numbers"
        raise InputError(
            f"--axis {name} has the value {text!r}, but its values are {kind}: give --axis "
            f"{name}=1,3."
        ) from error


def _settings(args: argparse.Namespace) -> dict[str, Any]:
    from dalle_explore.settings import Settings

    names = [name for name in Settings.names() if name != "device"]
    given = {name: getattr(args, name) for name in names}
    changes = {name: value for name, value in given.items() if value is not None}
    Settings(device=args.device, **changes)
    return changes


def _check(
    args: argparse.Namespace, axes: Mapping[str, list[Any]], changes: Mapping[str, Any]
) -> "Expansion":
    """Refuse what can be refused without a model; return the sentences."""
    from dalle_explore.session.limits import check_draw
    from dalle_explore.session.save import check_output
    from dalle_explore.text.grid import expand
    from dalle_explore.text.tokenizer import check_prompt

    check_draw(args.n, args.seed, args.keep, scored=not args.no_score)
    twice = sorted(set(axes) & set(changes))
    if twice:
        option = twice[0].replace("_", "-")
        raise InputError(f"{twice[0]} is an axis and --{option} as well: give one of them.")
    expansion = expand(args.template, axes, [_names(group) for group in args.zip], _limit(args))
    for cell in expansion.cells:
        check_prompt(cell.prompt)
    for option in ("rows", "cols"):
        for name in _names(getattr(args, option) or ""):
            if name not in [axis.name for axis in expansion.axes]:
                raise InputError(
                    f"--{option} is {name!r}, but the axes are "
                    f"{', '.join(axis.name for axis in expansion.axes) or 'none'}: name these."
                )
    seen: dict[Path, str] = {}
    for option, kinds in _OUTPUTS.items():
        path = getattr(args, option)
        if path is None:
            continue
        check_output(path, kinds, with_record=False)
        first = seen.setdefault(Path(path).absolute(), option)
        if first != option:
            raise InputError(
                f"--{first} and --{option} are both {path}: give each a name of its own."
            )
    return expansion


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _limit(args: argparse.Namespace) -> int:
    from dalle_explore.text.grid import LIMIT

    limit: int | None = args.limit
    return LIMIT if limit is None else limit


def _unknown_words(model: str | None, expansion: "Expansion") -> Iterator[str]:
    """Name words that the model cannot know; what it does with them is drawn all the same."""
    from dalle_explore.pretrained.card import read_card
    from dalle_explore.pretrained.find import find_model
    from dalle_explore.pretrained.words import outside

    card = read_card(find_model(model))
    prompts = dict.fromkeys(cell.prompt for cell in expansion.cells)
    words = {one.word: one for prompt in prompts for one in outside(card, prompt)}
    for word, unknown in list(words.items())[:_MOST_WORDS]:
        near = ", ".join(f'"{known}"' for known in unknown.suggestions)
        known = f" (it knows {near})" if near else ""
        yield f'"{word}" is outside its world{known} and is drawn all the same'
    if len(words) > _MOST_WORDS:
        yield f"and {len(words) - _MOST_WORDS} more words are outside its world"


def _gridding(
    args: argparse.Namespace, axes: Mapping[str, list[Any]], changes: Mapping[str, Any]
) -> "Gridding":
    from dalle_explore.session.grid import gridding
    from dalle_explore.session.model import load

    with warnings.catch_warnings():
        # What the gallery has to say is printed as a line of ours.
        warnings.simplefilter("ignore", UserWarning)
        return gridding(
            load(args.model, args.device),
            args.template,
            axes,
            args.n,
            args.seed,
            args.keep,
            zip=[_names(group) for group in args.zip],
            score=not args.no_score,
            gallery=False if args.gallery == "none" else args.gallery,
            limit=_limit(args),
            **changes,
        )


def _layout(args: argparse.Namespace) -> dict[str, Any]:
    """Which axes go down and across in the figure."""
    given = (("rows", args.rows), ("columns", args.cols))
    return {name: _names(value) for name, value in given if value is not None}


def _on_page(args: argparse.Namespace, grid: "Grid") -> dict[str, str]:
    """The same for a page, which has one axis each way, and selectors for the others."""
    from dalle_explore.figures.prompt_layout import Table

    layout = _layout(args)
    if not layout:
        return {}
    table = Table.of(grid, **layout)
    ways = {"rows": table.rows.names, "columns": table.columns.names}
    return {way: names[0] if names else "" for way, names in ways.items()}


def _check_figure(args: argparse.Namespace, running: "Gridding") -> None:
    """Lay the figure out before anything is drawn: what is wrong with it is said now."""
    if args.output is not None:
        from dalle_explore.figures.prompt_grid import prompt_grid_pages

        prompt_grid_pages(running.so_far(), **_layout(args), shown=args.shown)


def _save(args: argparse.Namespace, grid: "Grid") -> None:
    """Save everything that is asked for; what cannot be saved does not stop the rest.

    Raises:
        DalleExploreError: the first thing that could not be saved, when all others are.
    """
    from dalle_explore.errors import DalleExploreError

    saved: list[Path] = []
    wrong: list[DalleExploreError] = []
    for option in _OUTPUTS:
        path = getattr(args, option)
        if path is None:
            continue
        try:
            options: dict[str, Any] = {}
            if option == "output":
                options = {**_layout(args), "shown": args.shown}
            elif option == "html":
                options = {**_on_page(args, grid)}
            saved += grid.save(path, **options)
        except DalleExploreError as error:
            wrong.append(error)
    if saved:
        print(f"saved {', '.join(map(str, saved))}", flush=True)
    if wrong:
        raise wrong[0]


def _table(grid: "Grid") -> Iterator[str]:
    """The best picture of every cell."""
    for cell in grid.cells[:_MOST_CELLS]:
        best = cell.best
        if best is None:
            yield f"{'not drawn yet':<22}  {cell.prompt}"
            continue
        score = "" if best.score is None else f"CLIP {best.score:.3f}  "
        yield f"{score}seed {best.seed:<6}  {cell.prompt}"
    if len(grid) > _MOST_CELLS:
        yield f"and {len(grid) - _MOST_CELLS} more cells; --csv FILE writes all of them"


def _how_to_go_on(grid: "Grid") -> str:
    there = f"stopped at your request with {grid.drawn} of {grid.drawn + grid.missing} pictures"
    if not grid.missing:
        return f"{there}; not all of them are scored, and the same command goes on."
    if grid.shelf.writes:
        return f"{there}, all in the gallery: the same command goes on from there."
    return f"{there}; they are in no gallery, so the same command begins again."
