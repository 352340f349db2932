"""`python -m dalle_explore check`: exam, settings, machines, entropy, atlas, stock, card."""

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
        "what",
        choices=["model", "settings", "same", "entropy", "atlas", "stock", "instruments"],
        help="model: the exam; settings: try guidance and temperature, and name the best; "
        "same: are 64 pictures, code by code, those of another machine? (status 0 either way); "
        "entropy: how uncertain is it at every patch, on captions it was never trained on? "
        "atlas: measure and keep what instruments need to know of a model on average; "
        "stock: draw the gallery that travels with the package (about half an hour); "
        "instruments: do they say what is true, where the truth is known? (the report card)",
    )  # fmt: skip
    parser.add_argument(
        "--model", default=None, help="a folder written by `train` (default: the bundled model)"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="a small exam, at most three minutes on two cores; a small report card",
    )
    parser.add_argument(
        "--log",
        type=Path,
        default=None,
        help="where the rows (stock: the pictures) are kept; what was interrupted goes on there",
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
        help="same: write what this machine draws, for others to compare with; "
        "atlas: where to keep it (default: where this user's others are); "
        "stock: the gallery, whole or not at all; instruments: the report card as JSON",
    )  # fmt: skip
    parser.add_argument(
        "--page", type=Path, default=None, metavar="FILE",
        help="instruments: the report card as a page of Markdown",
    )  # fmt: skip
    parser.add_argument(
        "-n", type=int, default=None, metavar="N",
        help="entropy, atlas: captions to draw, one picture of each (default: 200); "
        "stock: pictures of each cell (default: 32)",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=int, default=None,
        help="entropy, atlas: seed of the first picture (default: 0)",
    )  # fmt: skip
    parser.add_argument(
        "--pictures", type=int, default=None, metavar="N",
        help="atlas: training pictures whose codes are counted (default: 2000)",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Check what was asked for; print a table or a sentence and, last, one JSON line."""
    _check_options(args)
    print("opening the model ...", file=sys.stderr, flush=True)
    from tqdm import tqdm

    with tqdm(unit="step", file=sys.stderr, dynamic_ncols=True) as bar:

        def progress(what: str, done: int, total: int) -> None:
            bar.total = total
            bar.set_description(what, refresh=False)
            bar.update(done - bar.n)

        checks = {
            "model": _model,
            "settings": _settings,
            "same": _same,
            "entropy": _entropy,
            "atlas": _atlas,
            "stock": _stock,
            "instruments": _instruments,
        }
        return checks[args.what](args, progress, bar.close)


Progress = Callable[[str, int, int], None]


_BELONGS = {  # an option, and the checks that know it
    "--write": ("same", "atlas", "stock", "instruments"),
    "--page": ("instruments",),
    "--reference": ("same",),
    "--quick": ("model", "settings", "instruments"),
    "--log": ("model", "settings", "stock"),
    "--write-card": ("model", "settings"),
    "-n": ("entropy", "atlas", "stock"),
    "--seed": ("entropy", "atlas"),
    "--pictures": ("atlas",),
}


def _check_options(args: argparse.Namespace) -> None:
    """Refuse options of another check, which would do nothing here."""
    for option, checks in _BELONGS.items():
        given = getattr(args, option.lstrip("-").replace("-", "_"))
        if given not in (None, False) and args.what not in checks:
            named = " and ".join(f"`check {check}`" for check in checks)
            raise InputError(f"{option} belongs to {named}: leave it out here.")
    if args.reference and args.write:
        raise InputError("--write makes a reference and --reference reads one: give one of them.")


def _instruments(args: argparse.Namespace, progress: Progress, close: Callable[[], None]) -> int:
    from dalle_explore.checks import instruments, report_card
    from dalle_explore.files import make_folder, write_atomic
    from dalle_explore.session.model import Model
    from dalle_explore.training.export import commit

    for path in (args.write, args.page):
        if path is not None:
            make_folder(path.absolute().parent)  # before anything is measured
    scale = instruments.QUICK if args.quick else instruments.FULL
    model = Model.open(args.model, args.device)
    card = instruments.measure(model, scale, progress, commit=commit())
    close()
    if args.write is not None:
        print(f"wrote {report_card.write_card_file(args.write, card)}")
    if args.page is not None:
        page = report_card.as_page(card)
        print(f"wrote {write_atomic(args.page, page.encode('utf-8'))}")
    print(report_card.text_of(card))
    return 0


def _entropy(args: argparse.Namespace, progress: Progress, close: Callable[[], None]) -> int:
    from dalle_explore.checks import entropy
    from dalle_explore.session.model import Model

    model = Model.open(args.model, args.device)
    n, seed = (entropy.N if args.n is None else args.n), args.seed or 0
    found = entropy.measure(model, model.settings, progress, n=n, seed=seed)
    close()
    columns = model.generator.columns
    for row, bits in enumerate(found.entropy.reshape(-1, columns)):
        print(f"row {row:2d}  " + " ".join(f"{value:4.1f}" for value in bits))
    print(f"bits: {found.in_words()}; over all patches {found.entropy.mean():.3f}")
    print(
        json.dumps(
            {
                "check": "entropy",
                "digest": found.digest,
                "split": found.split,
                "n": found.n,
                "bits": round(float(found.entropy.mean()), 4),
                "sd": round(float(found.sd.mean()), 4),
            }
        )
    )
    return 0


def _atlas(args: argparse.Namespace, progress: Progress, close: Callable[[], None]) -> int:
    from dalle_explore.files import make_folder
    from dalle_explore.instruments import atlas, population, usage
    from dalle_explore.session.model import Model

    model = Model.open(args.model, args.device)
    path = args.write or atlas.atlas_path(model.digest)
    make_folder(path.absolute().parent)  # before anything is drawn
    with model.lock:
        found = atlas.measure(
            model.generator,
            model.settings,
            progress,
            n=population.N if args.n is None else args.n,
            seed=args.seed or 0,
            pictures=usage.PICTURES if args.pictures is None else args.pictures,
        )
    close()
    found.save(path)
    print(found.in_words())
    line: dict[str, object] = {"check": "atlas", "digest": model.digest, "n": found.about.n}
    if found.average is not None:
        line["bits"] = round(float(found.average.entropy.mean()), 4)
        print(f"entropy over all patches: {line['bits']:.3f} bits")
    if found.means is not None:
        layers, heads, patches, _ = found.means.heads.shape
        print(f"means: {layers} layers of {heads} heads, at {patches} patches")
    if found.usage is not None:
        line |= {"pictures": found.usage.pictures, "codes_used": found.usage.used}
        print(f"codes that occur: {found.usage.used} of {len(found.usage.counts)}")
    for part, why in found.about.refused.items():
        print(f"without {part}: {why}")
    line["bytes"] = path.stat().st_size
    print(f"wrote {path}")
    print(json.dumps(line))
    return 0


def _stock(args: argparse.Namespace, progress: Progress, close: Callable[[], None]) -> int:
    from dalle_explore.files import home, make_folder
    from dalle_explore.session.model import Model
    from dalle_explore.session.stock import DRAWN, make_stock

    if args.write is None:
        raise InputError("check stock needs --write FILE: where the gallery is written to.")
    model = Model.open(args.model, args.device)
    work = args.log or make_folder(home()) / f"stock-{model.digest[:8]}.sqlite"
    for path in (args.write, work):
        make_folder(path.absolute().parent)  # before anything is drawn
    n = DRAWN if args.n is None else args.n
    path = make_stock(model, args.write, work, n=n, progress=progress)
    close()
    line = {"check": "stock", "digest": model.digest, "n": n, "bytes": path.stat().st_size}
    print(f"wrote {path}")
    print(json.dumps(line))
    return 0


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
