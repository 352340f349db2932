"""`python -m dalle_explore world`: count the drawn world, and look at it."""

import argparse
import io
import sys
from collections import Counter
from pathlib import Path

from dalle_explore.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--sheet",
        metavar="FAMILY",
        help="draw a contact sheet: creatures, textures, signs, writing, relations or all",
    )
    parser.add_argument(
        "-o", "--out", type=Path, default=None, help="where the sheet goes (default: FAMILY.png)"
    )
    parser.add_argument("--size", type=int, default=128, help="pixels a picture (default: 128)")
    parser.add_argument("--split", default="train", help="split to show (default: train)")
    parser.add_argument("--manner", default=None, help='only this manner, such as "pixel art"')
    parser.add_argument("--columns", type=int, default=6, help="pictures in a row (default: 6)")
    parser.add_argument(
        "--rows", type=int, default=None, help="rows of pictures (default: 4 or 5)"
    )
    parser.add_argument(
        "--recount",
        action="store_true",
        help="go through all 200,000 training examples and count them again (half a minute)",
    )


def run(args: argparse.Namespace) -> int:
    """Print the counts, or write a contact sheet."""
    if args.sheet is not None:
        return _sheet(args)
    if args.recount:
        return _recount()
    if args.out is not None:
        raise InputError(f"-o is {args.out}, but nothing is drawn: add --sheet FAMILY.")
    _count()
    return 0


def _sheet(args: argparse.Namespace) -> int:
    from dalle_explore.files import write_atomic
    from dalle_explore.world.sheet import sheet_of

    out = args.out or Path(f"{args.sheet}.png")
    if out.suffix.lower() != ".png":
        raise InputError(f"-o is {out}, but sheets are PNG files: end the name in .png.")
    rows = args.rows if args.rows is not None else 5 if args.sheet == "all" else 4
    if rows < 1:
        raise InputError(f"--rows is {rows}, but a sheet has at least one row: use 1 or more.")
    sheet = sheet_of(
        args.sheet,
        split=args.split,
        manner=args.manner,
        size=args.size,
        columns=args.columns,
        rows=rows,
    )
    data = io.BytesIO()
    sheet.save(data, "PNG")
    write_atomic(out, data.getvalue())
    print(f"{out}: {sheet.width} x {sheet.height} pixels")
    return 0


def _count() -> None:
    from dalle_explore.world import FAMILIES, WORLD_VERSION, split_sizes, vocabulary
    from dalle_explore.world.facts import SEEN_WORDS, UNSEEN_WORDS
    from dalle_explore.world.frequency import (
        DUPLICATE_LEVELS,
        DUPLICATES_PER_LEVEL,
        FAMILY_COUNTS,
        OUTLINE_COUNTS,
        SIDED_COUNT,
        TRAIN_SIZE,
    )
    from dalle_explore.world.holdout import HELD_OUT_LAYOUTS, HELD_OUT_PAIRS
    from dalle_explore.world.phrases import PHRASINGS

    print(f"the drawn world, version {WORLD_VERSION}\n\nsplits")
    for split, size in split_sizes().items():
        print(f"  {split:18} {size:>9,}")
    print("\nfamilies              in train      share   phrasings   held-out phrasing")
    for family, count in FAMILY_COUNTS.items():
        usual = [p for p in PHRASINGS[family] if not p.held_out]
        last = PHRASINGS[family][-1].name
        print(f"  {family:18} {count:>9,} {count / TRAIN_SIZE:>10.1%} {len(usual):>11}   {last}")
    print("\nvocabulary")
    known = vocabulary()
    for family, roles in FAMILIES.items():
        sizes = ", ".join(f"{role} {len(known[role])}" for role in roles)
        print(f"  {family:18} {sizes}")
    print(f"  {len(SEEN_WORDS)} words are written in train, {len(UNSEEN_WORDS)} never are")
    print("\noutlines of signs, by training examples")
    ranked = sorted(OUTLINE_COUNTS.items(), key=lambda pair: -pair[1])
    for start in range(0, len(ranked), 3):
        cells = [f"{name:21} {count:>6,}" for name, count in ranked[start : start + 3]]
        print("  " + "    ".join(cells))
    print(f"  {SIDED_COUNT} captions of each polygon say it the rare way (seven-sided, ...)")
    print("\nplanted duplicates: the same caption and the same picture")
    for level in DUPLICATE_LEVELS:
        print(
            f"  {DUPLICATES_PER_LEVEL} captions x {level:>3}"
            f" {level * DUPLICATES_PER_LEVEL:>6,} examples"
        )
    print("\ncombinations held out of train")
    for (first, second), pairs in HELD_OUT_PAIRS.items():
        listed = "; ".join(" + ".join(pair) for pair in sorted(pairs))
        print(f"  {first} x {second}: {len(pairs)}\n    {listed}")
    listed = "; ".join(" ".join(layout) for layout in sorted(HELD_OUT_LAYOUTS))
    print(f"  solid, relation, solid in this order: {len(HELD_OUT_LAYOUTS)}\n    {listed}")


def _recount() -> int:
    from tqdm import tqdm

    from dalle_explore.world import example
    from dalle_explore.world.frequency import (
        DUPLICATE_LEVELS,
        DUPLICATES_PER_LEVEL,
        FAMILY_COUNTS,
        OUTLINE_COUNTS,
        TRAIN_SIZE,
    )
    from dalle_explore.world.holdout import held_out

    families: Counter[str] = Counter()
    outlines: Counter[str] = Counter()
    scenes: Counter[object] = Counter()
    unseen = 0
    for index in tqdm(range(TRAIN_SIZE), unit="example", file=sys.stderr, dynamic_ncols=True):
        one = example("train", index)
        families[one.scene.family] += 1
        if one.scene.family == "signs":
            outlines[one.scene["outline"]] += 1
        scenes[one.scene, one.caption] += 1
        unseen += bool(held_out(one.scene.family, dict(one.scene.facts)))
    repeated = Counter(count for count in scenes.values() if count > 1)
    planned = {level: DUPLICATES_PER_LEVEL for level in DUPLICATE_LEVELS if level > 1}
    found = {
        "families": families == FAMILY_COUNTS,
        "outlines": outlines == OUTLINE_COUNTS,
        "planted duplicates": repeated == planned,
        "held-out combinations": unseen == 0,
    }
    for name, right in found.items():
        print(f"{name:22} {'as stated' if right else 'NOT as stated'}")
    return 0 if all(found.values()) else 1
