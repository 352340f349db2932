"""`python -m dalle_explore check`: the exam, the choice of settings, what machines agree on."""

import argparse
import dataclasses
import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path

from dalle_explore.errors import InputError

HELP = "examine the model: how many stated facts does it draw, and how far do CLIP and judge see?"


MOST_WORKERS = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "what", choices=["model", "settings", "same"],
        help="model: the exam; settings: try guidance and temperature, and name the best; "
        "same: are 64 pictures, code by code, those of another machine? (status 0 either way)",
    )  # fmt: skip
    parser.add_argument(
        "--model", default=None, help="a folder written by `train` (default: the bundled model)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a small exam, at most three minutes on two cores"
    )
    parser.add_argument(
        "--log",
        type=Path,
        default=None,
        help="where the rows are kept; an interrupted exam goes on from there",
    )
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1 ...")
    parser.add_argument(
        "--write-card",
        action="store_true",
        help="write the figures (or the settings) into the model's card",
    )
    parser.add_argument(
        "--reference", type=Path, default=None, metavar="FILE",
        help="same: what another machine wrote (default: what travels with the package)",
    )  # fmt: skip
    parser.add_argument(
        "--write", type=Path, default=None, metavar="FILE",
        help="same: write what this machine draws, for others to compare with",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Check what was asked for; print a table or a sentence and, last, one JSON line."""
    if args.what != "same" and (args.reference or args.write):
        raise InputError("--reference and --write belong to `check same`: leave them out here.")
    if args.what == "same" and (args.quick or args.log or args.write_card):
        raise InputError(
            "--quick, --log and --write-card belong to the exam: leave them out of `check same`."
        )
    if args.reference and args.write:
        raise InputError("--write makes a reference and --reference reads one: give one of them.")
    print("opening the model ...", file=sys.stderr, flush=True)
    from tqdm import tqdm

    with tqdm(unit="step", file=sys.stderr, dynamic_ncols=True) as bar:

        def progress(what: str, done: int, total: int) -> None:
            bar.total = total
            bar.set_description(what, refresh=False)
            bar.update(done - bar.n)

        checks = {"model": _model, "settings": _settings, "same": _same}
        return checks[args.what](args, progress, bar.close)


Progress = Callable[[str, int, int], None]


def _same(args: argparse.Namespace, progress: Progress, close: Callable[[], None]) -> int:
    from dalle_explore.checks import same
    from dalle_explore.files import make_folder
    from dalle_explore.session.model import Model

    model = Model.open(args.model, args.device)
    if args.write is not None:
        make_folder(args.write.absolute().parent)  # before anything is drawn
        digests = same.draw_digests(model, model.settings, progress)
        close()
        same.write_reference(args.write, model, model.settings, digests)
        print(f"wrote {args.write}")
        print(json.dumps({"check": "same", "digest": model.digest, "pictures": len(digests)}))
        return 0
    reference = same.read_reference(args.reference or same.REFERENCE, model)
    settings = reference.settings.replace(device=args.device)
    found = same.compare(same.draw_digests(model, settings, progress), reference)
    close()
    print(found)
    print(json.dumps({"check": "same", "digest": model.digest, **dataclasses.asdict(found)}))
    return 0


def _settings(args: argparse.Namespace, progress: Progress, close: Callable[[], None]) -> int:
    from dalle_explore.checks.choice import choose
    from dalle_explore.checks.opening import open_examinee, write_settings

    examinee, folder = open_examinee(args.model, args.device)
    tried = choose(examinee, 4 if args.quick else 12, progress)
    close()
    best = max(tried, key=lambda entry: entry.right.value)
    for entry in tried:
        mark = "*" if entry is best else " "
        how = entry.settings
        print(
            f"{mark} guidance {how.guidance:4.1f}  temperature {how.temperature:.2f}  "
            f"top-k {how.top_k!s:>5}  all facts right {entry.right}"
        )
    if args.write_card:
        write_settings(folder, best.settings)
    print(
        json.dumps(
            {"settings": best.settings.to_json(), "all_facts": dataclasses.asdict(best.right)}
        )
    )
    return 0


def _model(args: argparse.Namespace, progress: Progress, close: Callable[[], None]) -> int:
    from dalle_explore.checks import model as exam
    from dalle_explore.checks.findings import findings, roles, table
    from dalle_explore.checks.opening import open_examinee, open_to_help, write_figures
    from dalle_explore.files import home
    from dalle_explore.kernel import cores

    examinee, folder = open_examinee(args.model, args.device)
    scale = exam.QUICK if args.quick else exam.FULL
    log = (
        args.log
        or home() / "exams" / f"{examinee.digest[:16]}{'-quick' if args.quick else ''}.jsonl"
    )
    help_ = functools.partial(open_to_help, str(folder), args.device)
    # A GPU has one queue; processors are shared out, one thread each.
    # Each opens the model, which takes most of a gigabyte.
    workers = min(cores(), MOST_WORKERS) if args.device == "cpu" else 1
    rows = exam.run(examinee, scale, log, progress, opening=help_, workers=workers)
    close()
    found = findings(rows)
    print(table(found))
    print("\nrole by role, in the model's own samples\n" + table(roles(rows)))
    print(f"\nrows kept in {log}")
    if args.write_card:
        write_figures(folder, found)
    line = {
        name: [round(r.value, 4), round(r.low, 4), round(r.high, 4), r.n]
        for name, r in found.items()
    }
    print(
        json.dumps(
            {"exam": "quick" if args.quick else "full", "digest": examinee.digest, "figures": line}
        )
    )
    return 0
