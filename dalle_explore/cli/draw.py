"""``python -m dalle_explore draw``: a sentence in, a sheet of pictures out."""

import argparse
import time
from collections.abc import Iterator
from typing import Any

__all__ = ["add_arguments", "run"]

_SHOWN_PROMPT = 100  # letters of the prompt in the first line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be given."""
    add = parser.add_argument
    add("prompt", help="the sentence to draw, in quotes")
    add("-n", type=int, default=16, metavar="N", help="how many pictures to draw (16)")
    add("--keep", type=int, metavar="K", help="how many stay: the best K by CLIP (all)")
    add("--seed", type=int, default=0, metavar="S", help="of the first; the next has S + 1 (0)")
    add("-o", "--output", default="sheet.png", metavar="FILE", help=_OUTPUT)
    add("--model", metavar="FOLDER", help="a folder that `train` wrote (the bundled model)")
    add("--temperature", type=float, metavar="T", help="0 takes the likeliest code, 1 samples")
    add("--top-k", type=int, metavar="K", help="only the K likeliest codes may be picked")
    add("--top-p", type=float, metavar="P", help="only the likeliest codes, up to a share P")
    add("--guidance", type=float, metavar="G", help="1 is none; more follows the prompt closer")
    add("--device", default="cpu", metavar="DEVICE", help="cpu, cuda or cuda:0 (cpu)")
    add("--precision", metavar="TYPE", help="of the arithmetic: fp32 or bf16 (fp32)")
    add("--no-score", action="store_true", help="leave CLIP out: ordered by seed, and all stay")


_OUTPUT = (
    "the sheet: .png (with the record inside), .svg or .pdf; its record comes beside it as .json "
    "(sheet.png)"
)


def run(args: argparse.Namespace) -> int:
    """Draw, score, save. All that can be checked is checked before torch is imported."""
    asked = " ".join(args.prompt.split())
    shown = asked if len(asked) <= _SHOWN_PROMPT else f"{asked[: _SHOWN_PROMPT - 3]}..."
    print(f'drawing "{shown}": n = {args.n}, seed {args.seed}', flush=True)
    changes = _check(args)
    for sentence in _unknown_words(args):
        print(sentence, flush=True)

    from dalle_explore.session.drawing import draw
    from dalle_explore.session.model import load

    model = load(args.model, args.device)
    if not args.no_score:
        model.check_scorable(args.prompt)
    start = time.monotonic()
    samples = draw(model, args.prompt, args.n, args.seed, score=False, progress=True, **changes)
    print(f"drawn by {model.card.name} in {time.monotonic() - start:.1f} s", flush=True)
    if not args.no_score:
        # Importing CLIP costs seconds; the pictures are there before.
        samples = samples.scored().best(args.keep or args.n)
    for sample in samples:
        place = "" if sample.rank is None else f"{sample.rank:>4}  CLIP {sample.score:.3f}"
        print(f"{place}  seed {sample.seed}")
    print(f"saved {' and '.join(map(str, samples.save(args.output)))}")
    return 0


def _check(args: argparse.Namespace) -> dict[str, Any]:
    """Refuse what can be refused without a model; return the settings that were given."""
    from dalle_explore.session.limits import check_draw
    from dalle_explore.session.save import check_output
    from dalle_explore.settings import Settings
    from dalle_explore.text.tokenizer import check_prompt

    check_draw(args.n, args.seed, args.keep, scored=not args.no_score)
    names = [name for name in Settings.names() if name != "device"]
    given = {name: getattr(args, name) for name in names}
    changes = {name: value for name, value in given.items() if value is not None}
    Settings(device=args.device, **changes)
    check_prompt(args.prompt)
    check_output(args.output)
    return changes


def _unknown_words(args: argparse.Namespace) -> Iterator[str]:
    """Name the words that the model cannot know; what it does with them is drawn all the same."""
    from dalle_explore.pretrained.card import read_card
    from dalle_explore.pretrained.find import find_model
    from dalle_explore.pretrained.words import outside

    for unknown in outside(read_card(find_model(args.model)), args.prompt):
        near = ", ".join(f'"{word}"' for word in unknown.suggestions)
        known = f" (it knows {near})" if near else ""
        yield f'"{unknown.word}" is outside its world{known} and is drawn all the same'
