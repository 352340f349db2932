"""``python -m dalle_explore train``: a model of your own, by the part or by the minute."""

import argparse
import math
import sys
import time
from pathlib import Path

from dalle_explore.errors import InputError
from dalle_explore.seeds import check_seed
from dalle_explore.settings import PRECISIONS

__all__ = ["add_arguments", "run"]

PARTS = ("tokenizer", "dvae", "clip", "judge", "prior", "all")
LONGEST = 60 * 24 * 30  # minutes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be given."""
    add = parser.add_argument
    add("part", metavar="PART", help=f"one of {', '.join(PARTS)}")
    add("--preset", metavar="NAME", help="how large: thumb, pocket or studio (pocket)")
    add("--minutes", type=float, metavar="M", help="how long, drawing and encoding included")
    add("--steps", type=int, metavar="N", help="how many steps of each part, instead of --minutes")
    add("--data", metavar="FOLDER", help="captioned pictures of your own, not the drawn world")
    add("--out", default="my_model", metavar="FOLDER", help="where the model grows (my_model)")
    add("--resume", action="store_true", help="go on where the same command was stopped")
    add("--init-from", metavar="MODEL", help="start from the weights of 'bundled' or of a folder")
    add("--device", metavar="DEVICE", help="cpu, cuda or cuda:0 (a GPU if there is one)")
    add("--precision", choices=PRECISIONS, help="(bf16 where the hardware is fast at it)")
    add("--seed", type=int, default=0, metavar="S", help="of weights, order and noise (0)")
    add("--compile", action="store_true", help="torch.compile; pays off in hours, not minutes")


def run(args: argparse.Namespace) -> int:
    """Train; what can be checked is checked before torch is imported."""
    began = time.monotonic()
    _check(args)
    print(f"training {args.part} into {args.out} ...", flush=True)

    from dalle_explore.files import make_folder
    from dalle_explore.models.presets import preset
    from dalle_explore.pretrained.find import find_model
    from dalle_explore.training.loop import Pace, Stopped
    from dalle_explore.training.machine import open_machine
    from dalle_explore.training.parts import Job
    from dalle_explore.training.train import preset_of, train

    out = Path(args.out)
    started_with = preset_of(out, args.part) if args.resume else None
    name = args.preset or started_with or "pocket"
    job = Job(
        preset=preset(name),
        out=out,
        data=None if args.data is None else Path(args.data),
        seed=args.seed,
        minutes=args.minutes,
        steps=args.steps,
        resume=args.resume,
        init_from=None if args.init_from is None else find_model(args.init_from),
    )
    if started_with not in (None, name):
        raise InputError(
            f"preset is {name!r}, but the training in {out} was started with {started_with!r}: "
            f"resume it with that preset, or name another --out."
        )
    if not args.resume:
        make_folder(out / "runs")
    with open_machine(args.device, args.precision) as machine:
        try:
            waited = time.monotonic() - began
            train(args.part, job, machine, Pace(compile=args.compile), waited=waited)
        except Stopped as stopped:
            print(stopped, file=sys.stderr, flush=True)
            return stopped.exit_status
        if machine.writes:
            print(f"the model lies in {out}", flush=True)
    return 0


def _check(args: argparse.Namespace) -> None:
    """Refuse what cannot be meant.

    Raises:
        InputError: as said.
    """
    if args.part not in PARTS:
        raise InputError(f"the part is {args.part!r}, but the parts are {', '.join(PARTS)}.")
    if args.minutes is not None and args.steps is not None:
        raise InputError(
            f"--minutes is {args.minutes:g} and --steps is {args.steps}, but one decides the "
            f"other: give only one of them."
        )
    minutes = args.minutes
    if minutes is not None and not (math.isfinite(minutes) and 0 < minutes <= LONGEST):
        raise InputError(
            f"--minutes is {minutes:g}, but a training takes more than 0 and at most {LONGEST} "
            f"minutes: give a number such as 10."
        )
    if args.steps is not None and not 1 <= args.steps <= 100_000_000:
        raise InputError(
            f"--steps is {args.steps}, but a training takes between 1 and 100,000,000 steps: give "
            f"a number such as 1000."
        )
    if args.data is not None and not Path(args.data).is_dir():
        raise InputError(
            f"--data is {args.data!r}, but there is no such folder: name a folder of captioned "
            f"pictures, or leave it out to learn the drawn world."
        )
    check_seed(args.seed, "--seed")
