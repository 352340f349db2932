"""``python -m dalle_explore examples``: five sheets that show what can be asked of a model."""

import argparse
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dalle_explore.errors import InputError

if TYPE_CHECKING:
    import matplotlib.figure

    from dalle_explore.session.comparison import Comparison
    from dalle_explore.session.model import Model

__all__ = ["EXAMPLES", "add_arguments", "run"]

_WIDTH = 1680  # pixels: twice what a page shows
_PURSE = "a purse in the style of a {}"
_TEAPOT = "a teapot in the shape of an avocado"
_MIXED = ("a purse in the style of a giraffe", "a vase in the style of a strawberry")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be given."""
    add = parser.add_argument
    add("-o", "--out", type=Path, default=Path(), metavar="FOLDER", help="where they go (here)")
    add("--only", metavar="NAME", help=f"one of them: {', '.join(EXAMPLES)} (all)")
    add("--model", metavar="FOLDER", help="a folder that `train` wrote (the bundled model)")


def run(args: argparse.Namespace) -> int:
    """Draw the sheets; seeds begin at 0 and none is left out, so that nobody picked a picture."""
    from dalle_explore.session.save import FIGURE_KINDS, check_output

    if args.only is not None and args.only not in EXAMPLES:
        raise InputError(
            f"--only is {args.only!r}, but the examples are {', '.join(EXAMPLES)}: name one."
        )
    names = list(EXAMPLES) if args.only is None else [args.only]
    paths = {name: args.out / f"what-if-{name}.png" for name in names}
    for path in paths.values():
        check_output(path, FIGURE_KINDS)
    print(f"drawing {', '.join(names)}", flush=True)

    from dalle_explore.files import write_atomic
    from dalle_explore.session.model import load

    model = load(args.model)
    for name, path in paths.items():
        start = time.monotonic()
        comparison = EXAMPLES[name](model)
        write_atomic(path, _for_a_page(comparison.figure()))
        seconds = time.monotonic() - start
        print(f"{path}  {len(comparison.everything)} pictures, {seconds:.1f} s", flush=True)
    return 0


def _for_a_page(figure: "matplotlib.figure.Figure") -> bytes:
    """Return a PNG of 256 colours and of a size that web pages take."""
    from PIL import Image

    from dalle_explore.figures.press import print_figure

    scale = min(1.0, _WIDTH / (figure.get_figwidth() * figure.dpi))
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(print_figure(figure, "png", scale=scale))) as printed:
        few = printed.convert("RGB").quantize(256, kmeans=4, dither=Image.Dither.NONE)
    few.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def one_word(model: "Model") -> "Comparison":
    """The same seeds, with one word changed from row to row."""
    from dalle_explore.session.comparison import compare
    from dalle_explore.session.drawing import draw

    prompts = [_PURSE.format(word) for word in ("strawberry", "pig", "giraffe", "zebra")]
    return compare(
        [draw(model, prompt, n=6, score=False) for prompt in prompts],
        title="The same dice, one word changed",
    )


def redrawn(model: "Model") -> "Comparison":
    """One picture, and its lower half drawn again with other dice."""
    from dalle_explore.edits import Force
    from dalle_explore.session.comparison import compare
    from dalle_explore.session.drawing import draw

    (parent,) = draw(model, _TEAPOT, n=1, score=False)
    # Each of these is parent.again(seed=..., from_patch=(8, 0)); in one draw they take less time.
    kept = Force.until(parent.codes, (model.generator.rows // 2, 0))
    others = draw(model, _TEAPOT, n=8, seed=1, edits=[kept], score=False)
    return compare(
        [others[:4], others[4:]], lead=parent, title="One beginning, eight other endings"
    )


def mixed(model: "Model") -> "Comparison":
    """Two sentences at once, from all of one to all of the other."""
    from dalle_explore.edits import Mix
    from dalle_explore.session.comparison import compare
    from dalle_explore.session.drawing import draw

    steps = [
        draw(model, _MIXED[0], n=3, edits=[Mix(_MIXED, ((6 - k) / 6, k / 6))], score=False)
        for k in range(7)
    ]
    by_seed = [list(row) for row in zip(*steps, strict=True)]
    return compare(by_seed, title="From a giraffe purse to a strawberry vase, in seven steps")


def bred(model: "Model") -> "Comparison":
    """Two parents and eight children."""
    from dalle_explore.session.breeding import breed
    from dalle_explore.session.comparison import compare
    from dalle_explore.session.drawing import draw

    parents = [
        draw(model, _PURSE.format(word), n=1, score=False)[0] for word in ("giraffe", "strawberry")
    ]
    children = breed(*parents, n=8)
    return compare(
        [children[:4], children[4:]],
        lead=parents,
        title="Two parents, eight children",
        marks=False,  # half of every child is kept, in as many pieces as there are colours
    )


def fitting(model: "Model") -> "Comparison":
    """The middle of a picture drawn again, by how well it fits what was kept below."""
    from dalle_explore.edits import Force
    from dalle_explore.session.comparison import compare
    from dalle_explore.session.drawing import draw

    (parent,) = draw(model, _TEAPOT, n=1, score=False)
    rows, columns = model.generator.rows, model.generator.columns
    middle = range(rows * 5 // 16, rows * 11 // 16), range(columns * 5 // 16, columns * 11 // 16)
    around = Force.outside(parent.codes, *middle)
    tried = draw(model, _TEAPOT, n=16, seed=1, edits=[around], score=False).by_fit()
    return compare(
        [tried[:4], tried[-4:]],
        lead=parent,
        title="Sixteen other middles: the four that fit best, and the four that fit worst",
    )


EXAMPLES: dict[str, Callable[["Model"], "Comparison"]] = {
    "one-word": one_word,
    "redrawn": redrawn,
    "mixed": mixed,
    "bred": bred,
    "fitting": fitting,
}
