"""Training one part, or all of them in order within so many minutes."""

import dataclasses
import math
import time
from pathlib import Path

import torch

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import make_folder, read_json, write_json
from dalle_explore.training.export import adopt, continued, has_part, training_facts
from dalle_explore.training.loop import GLANCE, Fitted, Pace, fit
from dalle_explore.training.machine import Machine
from dalle_explore.training.parts import Job, Workshop
from dalle_explore.training.plan import PARTS, PLAN, SHARES, Looks, Plan, measure
from dalle_explore.training.recipes import MINUTES
from dalle_explore.training.tasks.base import Task

ALL = "all.json"  # what a training of all parts has done so far
DONE = "finished.json"  # of a part: it was exported
LEAST = 2.0  # seconds that every part gets, whatever the others have used up
SHOWING = 0.08  # share of a part's time that sheets and evaluations may take


def train(
    part: str,
    job: Job,
    machine: Machine,
    pace: Pace | None = None,
    *,
    waited: float = 0.0,
) -> None:
    """Train one part ("tokenizer", "dvae", "judge", "clip", "prior") or "all".

    Afterwards ``job.out`` is a model, as far as its parts are there: weights in half precision and
    a card with the SHA-256 of every file. Work files (checkpoints, log, plot, sheets) lie in
    ``job.out / "runs" / part``.

    Args:
        part: what to train.
        job: how, on what, how long.
        machine: where.
        pace: how often to look up.
        waited: seconds that have gone by already since a person asked for so many minutes.

    Raises:
        InputError: an impossible wish, nothing to resume, or work that would be overwritten.
        ModelFileError: a damaged checkpoint or model.
        DataError: a folder that cannot be used.
        MachineError: no such device, a full disk, or a loss that is no longer a number.
        Stopped: a person stopped it; a checkpoint is there.
    """
    pace = pace or Pace()
    shop = Workshop(job, machine, quiet=pace.quiet or not machine.writes)
    if part == "all":
        _train_all(shop, pace, waited)
        return
    if part not in PARTS:
        raise InputError(f"part is {part!r}, but the parts are {', '.join(PARTS)}, and all.")
    _begin(shop, part)
    minutes = job.minutes
    if minutes is None and job.steps is None and part in SHARES:
        minutes = MINUTES[job.preset.name] * SHARES[part]
    seconds = None if minutes is None else max(LEAST, 60 * minutes - waited)
    train_part(shop, part, pace, seconds=seconds)


def _train_all(shop: Workshop, pace: Pace, waited: float) -> None:
    """Train what the data allows, each part with its share of the time that is left."""
    job = shop.job
    notes = job.out / "runs" / ALL
    spent: dict[str, float] = {}
    if job.resume:
        if not notes.is_file():
            raise InputError(
                f"there is nothing to resume in {job.out}: no training of all parts was started "
                f"there; leave --resume out, or name another --out."
            )
        spent = _read_notes(notes)
    else:
        for part in PARTS:
            _begin(shop, part)
        _write_notes(shop, notes, spent)
    minutes = job.minutes
    if minutes is None and job.steps is None:
        minutes = MINUTES[job.preset.name]
    parts = [part for part in PARTS if part != "judge" or job.data is None]
    if "judge" not in parts and job.init_from is not None and has_part(job.init_from, "judge"):
        if shop.machine.writes:
            adopt(job.init_from, job.out, "judge")
        shop.machine.shared(None)
    for place, part in enumerate(parts):
        seconds = None
        if minutes is not None and part in SHARES:
            left = 60 * minutes - waited - sum(spent.values())
            shares = sum(SHARES[later] for later in parts[place:])
            seconds = max(LEAST, left * SHARES[part] / shares)
        spent[part] = max(spent.get(part, 0.0), train_part(shop, part, pace, seconds=seconds))
        _write_notes(shop, notes, spent)


def _read_notes(notes: Path) -> dict[str, float]:
    found = read_json(notes, "the notes of a training", error=ModelFileError).get("seconds")
    if not isinstance(found, dict) or not all(isinstance(x, float) for x in found.values()):
        raise ModelFileError(
            f"{notes} does not say how long each part has trained, so it is damaged: train the "
            f"missing parts one by one with --resume."
        )
    return dict(found)


def _write_notes(shop: Workshop, notes: Path, spent: dict[str, float]) -> None:
    if shop.machine.writes:
        make_folder(notes.parent)
        write_json(notes, {"preset": shop.job.preset.name, "seconds": spent})
    shop.machine.shared(None)


def _begin(shop: Workshop, part: str) -> None:
    """Refuse to train over what is there, or to resume what is not.

    Raises:
        InputError: as said.
    """
    folder = shop.folder(part)
    there = (folder / PLAN).is_file() or (folder / DONE).is_file()
    there = shop.machine.shared(there)
    if shop.job.resume and not there:
        raise InputError(
            f"there is nothing to resume in {folder}: no training of this part was started there; "
            f"leave --resume out, or name another --out."
        )
    if there and not shop.job.resume:
        raise InputError(
            f"{folder} already holds a training of this part: continue it with --resume, name "
            f"another --out, or remove that folder."
        )


def train_part(shop: Workshop, part: str, pace: Pace, *, seconds: float | None) -> float:
    """Train one part and put it into the model; a part that is finished is left alone.

    Args:
        shop: the job, with what its parts share.
        part: one of ``PARTS``.
        pace: how often to look up.
        seconds: how long it may take; None takes ``shop.job.steps``.

    Returns:
        The seconds it took, those before a resumption included.
    """
    folder, machine = shop.folder(part), shop.machine
    began = time.monotonic()
    if machine.shared((folder / DONE).is_file()):
        _say(shop, f"{part} is finished; nothing is left to do.")
        return 0.0
    shop.provide(part)
    if machine.writes:
        make_folder(folder)
    if part == "tokenizer":
        if machine.writes:
            facts = training_facts(machine, shop.stream.name, shop.world_version, 0, 0.0)
            shop.learn_words(facts)
            write_json(folder / DONE, {"seconds": time.monotonic() - began})
        machine.shared(None)
        return time.monotonic() - began
    task = shop.task(part)
    resuming = machine.shared(shop.job.resume and (folder / PLAN).is_file())
    if resuming:
        plan = Plan.read(folder)
        plan.check(
            folder,
            preset=shop.job.preset.name,
            seed=shop.job.seed,
            steps=shop.job.steps,
            precision=machine.precision,
            data=shop.data_digest(part, task),
        )
    else:
        before = shop.before(part)
        plan = dataclasses.replace(make_plan(shop, part, task, seconds), before=before)
        if machine.writes:
            plan.write(folder)
    _prepare(shop, task, plan)
    _say(
        shop,
        f"{part}: {plan.steps} steps of {plan.batch} examples, out of {plan.pictures} of "
        f"{task.stream.name}",
    )
    if task.remark:
        _say(shop, task.remark)
    fitted = fit(task, folder, plan, machine, resume=resuming, pace=pace)
    if machine.writes:
        facts = training_facts(
            machine, task.stream.name, shop.world_version, plan.steps, fitted.seconds
        )
        shop.export(part, task, facts if plan.before is None else continued(plan.before, facts))
        write_json(folder / DONE, dataclasses.asdict(fitted))
        _say(shop, f"{part} is finished: {_figures(fitted)}")
    machine.shared(None)
    return max(time.monotonic() - began, fitted.seconds)


def make_plan(shop: Workshop, part: str, task: Task, seconds: float | None) -> Plan:
    """Fix how many steps a part takes, from its measured speed when there is only so much time.

    What the time has to pay for besides steps: drawing and encoding pictures that no earlier part
    has drawn, sheets and evaluations. Steps are what remains.
    """
    machine, recipe = shop.machine, task.recipe
    batch = -(-recipe.batch // machine.world_size) * machine.world_size

    def pictures(steps: int) -> int:
        return min(task.stream.limit, max(math.ceil(steps * batch / recipe.passes), batch))

    plan = Plan(
        part=part,
        preset=shop.job.preset.name,
        steps=shop.job.steps or 1,
        batch=batch,
        seed=shop.job.seed,
        pictures=pictures(shop.job.steps or 1),
        precision=machine.precision,
        data=shop.data_digest(part, task),
        looks=_looks_of(shop.job.steps or 1),
    )
    if seconds is None:
        return plan
    began = time.monotonic()
    first = min(task.stream.limit, max(task.stream.chunk, batch))
    _ready(shop, task, first)
    per_step = measure(task, machine, seconds=min(15.0, 0.04 * seconds))
    looks, showing = _plan_looks(shop, task, seconds, per_step / batch)
    left = seconds - (time.monotonic() - began) - showing
    steps = 1
    # The largest number of steps that fits; what it costs grows with it, so halving finds it.
    low, high = 1, max(1, int(max(0.0, left) / per_step)) + 1
    while low < high:
        steps = (low + high) // 2
        cost = steps * per_step + task.ready_seconds(pictures(steps))
        low, high = (steps + 1, high) if cost <= left else (low, steps)
    steps = max(1, low - 1)
    planned: Plan = machine.shared(
        dataclasses.replace(
            plan,
            steps=steps,
            pictures=pictures(steps),
            looks=looks,
            seconds_per_step=round(per_step, 6),
        )
    )
    return planned


def _looks_of(steps: int) -> Looks:
    """How closely a run of so many steps looks at itself: a glance, if it is hardly a run."""
    if steps < 100:
        return Looks(sheets=1, validation=64)
    return Looks(validation=2_048 if steps >= 1_000 else GLANCE)


def _plan_looks(
    shop: Workshop, task: Task, seconds: float, per_example: float
) -> tuple[Looks, float]:
    """How many sheets and how large an evaluation fit, and how many seconds they will take."""
    if seconds < 90:
        # Reading an example costs at most what training on it does.
        few = max(8, min(64, int(0.05 * seconds / per_example)))
        # A prior that has trained for seconds draws noise, and would spend half of them drawing.
        return Looks(sheets=int(seconds >= 30), validation=few), 0.12 * seconds
    started = time.monotonic()
    if shop.machine.writes:
        _ready_held_out(shop, task, GLANCE)
        task.model.eval()
        with torch.no_grad():
            task.evaluate(min(GLANCE, task.most))
            task.sheet()
        task.model.train()
    once = float(shop.machine.shared(time.monotonic() - started))
    validation = 2_048 if seconds >= 600 else GLANCE
    last = once * max(1.0, min(validation, task.most) / GLANCE)
    sheets = max(1, min(8, int((SHOWING * seconds - last) / once) + 1))
    return Looks(sheets=sheets, validation=validation), (sheets - 1) * once + last


def _prepare(shop: Workshop, task: Task, plan: Plan) -> None:
    """Draw, read and encode what the plan walks over."""
    task.brief = plan.looks.validation < GLANCE
    _ready(shop, task, plan.pictures)
    if shop.machine.writes:
        _ready_held_out(shop, task, plan.looks.validation)
    shop.machine.shared(None)


def _ready(shop: Workshop, task: Task, count: int) -> None:
    """Make examples ready in one process; the others then find them on the disk."""
    if shop.machine.writes:
        task.ready(count, quiet=shop.quiet)
    shop.machine.shared(None)
    if not shop.machine.writes:
        task.ready(count, quiet=True)


def _ready_held_out(shop: Workshop, task: Task, count: int) -> None:
    stream, indices = task.stream.held_out(min(count, task.most))
    stream.ensure(indices, quiet=shop.quiet)


def _figures(fitted: Fitted) -> str:
    shown = [f"{name.removeprefix('valid_')} {value:g}" for name, value in fitted.figures.items()]
    return f"{fitted.steps} steps in {fitted.seconds:.0f} s; {', '.join(shown)}"


def _say(shop: Workshop, sentence: str) -> None:
    if not shop.quiet:
        print(sentence, flush=True)


def preset_of(out: Path, part: str) -> str | None:
    """The name of the preset that a training in ``out`` was started with; None: there is none."""
    notes = out / "runs" / ALL if part == "all" else out / "runs" / part / PLAN
    if not notes.is_file():
        return None
    return str(read_json(notes, "the notes of a training", error=ModelFileError).get("preset"))
