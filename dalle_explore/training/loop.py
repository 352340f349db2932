"""The one loop that trains every part: steps, log, sheets, checkpoints, and a clean stop."""

import concurrent.futures
import contextlib
import dataclasses
import math
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn
from tqdm import tqdm

from dalle_explore.errors import DalleExploreError, MachineError, ModelFileError
from dalle_explore.files import make_folder, write_atomic
from dalle_explore.seeds import rng
from dalle_explore.training import checkpoint, log
from dalle_explore.training.machine import Machine
from dalle_explore.training.optimise import Average, schedule, set_rate
from dalle_explore.training.plan import Plan
from dalle_explore.training.plots import plot_growth, plot_log
from dalle_explore.training.sheets import png_bytes
from dalle_explore.training.tasks.base import Task

CHECKPOINTS = "checkpoints"
GLANCE = 256  # examples of an evaluation on the way


class Stopped(DalleExploreError):
    """A person stopped the training; a checkpoint is on the disk."""

    exit_status = 130  # what a shell reports for Ctrl-C


@dataclasses.dataclass(frozen=True)
class Pace:
    """How often a run looks up from its work."""

    checkpoint_seconds: float = 120.0
    log_lines: int = 400
    quiet: bool = False  # no progress bar
    compile: bool = False  # torch.compile: minutes of start-up, so off unless asked for


@dataclasses.dataclass(frozen=True)
class Fitted:
    """What a finished run says about itself."""

    steps: int
    seconds: float  # of training, over all its resumptions
    figures: dict[str, float]  # the last evaluation


class _Step(nn.Module):
    """A task's loss as a module's forward: what DDP and torch.compile can wrap."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.model = task.model
        self._task = [task]  # in a list, so that nothing in it is registered twice

    def forward(self, batch: dict[str, Any], progress: float) -> tuple[Tensor, dict[str, Tensor]]:
        return self._task[0].loss(batch, progress)


def _sheet_name(step: int) -> str:
    return f"step-{step:08d}.png"


def sheet_steps(total: int, count: int) -> set[int]:
    """The numbers of finished steps at which to show samples: doubling, the last one included.

    Most of what there is to see happens early, so 8 sheets of 12,800 steps come after 100, 200,
    400 ... 12,800.
    """
    return {math.ceil(total / 2**back) for back in range(count)}


def fit(
    task: Task, folder: Path, plan: Plan, machine: Machine, *, resume: bool, pace: Pace
) -> Fitted:
    """Train ``task.model`` for ``plan.steps`` steps; afterwards it holds the weights to export.

    ``folder`` gets checkpoints/, log.jsonl, loss.png and sheets/, and how-it-grew.png where the
    sheets answer prompts. With ``resume`` the newest
    checkpoint is continued; on a processor the result is bit-equal to a run that never stopped.

    Raises:
        Stopped: Ctrl-C or SIGTERM came; a checkpoint was written first.
        ModelFileError: the checkpoint is damaged or of another model.
        MachineError: the loss is no longer a number, or the disk is full.
    """
    model = task.model.to(machine.device)
    if task.convolutional:
        model = model.to(memory_format=torch.channels_last)
    run = _Run(task, folder, plan, machine, pace)
    done = run.resume() if resume and checkpoint.exists(folder / CHECKPOINTS) else run.begin()
    model.train()
    step_module: Any = _Step(task)
    if pace.compile:
        step_module = torch.compile(step_module)
    if machine.world_size > 1:
        step_module = nn.parallel.DistributedDataParallel(step_module)
    with (
        _stop_requests() as stop,
        concurrent.futures.ThreadPoolExecutor(max_workers=1) as reader,
        tqdm(
            total=plan.steps,
            initial=done,
            desc=task.part,
            unit="step",
            disable=pace.quiet or not machine.writes,
            dynamic_ncols=True,
        ) as bar,
    ):
        coming = reader.submit(task.batch, done, machine.rank, machine.world_size)
        for step in range(done, plan.steps):
            batch = task.to_device(coming.result(), machine)
            if step + 1 < plan.steps:
                # Batches are pure functions of the step, so reading ahead changes nothing.
                coming = reader.submit(task.batch, step + 1, machine.rank, machine.world_size)
            try:
                metrics = run.train(step_module, batch, step)
            except Exception as error:
                if not pace.compile or step > done:
                    raise
                # Compilers fail in their own ways, with their own errors, at the first step.
                raise MachineError(
                    f"torch.compile does not work on this machine "
                    f"({str(error).strip().splitlines()[0][:200]}): leave --compile out."
                ) from error
            bar.update()
            run.note(step + 1, metrics, bar)
            if stop.is_set():
                run.save(step + 1)
                raise Stopped(
                    f"{task.part} was stopped after step {step + 1} of {plan.steps}, and a "
                    f"checkpoint is in {folder / CHECKPOINTS}: run the same command with --resume "
                    f"to go on."
                )
    return run.finish()


class _Run:
    """The state of one run of `fit`."""

    def __init__(self, task: Task, folder: Path, plan: Plan, machine: Machine, pace: Pace) -> None:
        self.task, self.folder, self.plan = task, folder, plan
        self.machine, self.pace = machine, pace
        self.model = task.model
        self.parameters = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizers = task.optimizers()
        decay = task.recipe.average
        self.average = Average(self.model, decay) if decay is not None else None
        self.show_at = sheet_steps(plan.steps, max(1, plan.looks.sheets))
        self.log_every = max(1, plan.steps // pace.log_lines)
        self.earlier_seconds = 0.0
        self.paused = 0.0  # seconds that sheets and checkpoints took; the speed leaves them out
        self.figures: dict[str, float] = {}
        self.saved_step = -1

    def begin(self) -> int:
        """Start from the weights the model has."""
        if self.machine.writes:
            make_folder(self.folder / CHECKPOINTS)
            make_folder(self.folder / "sheets")
            write_atomic(self.folder / log.NAME, b"")
        return self._clocks(0)

    def resume(self) -> int:
        """Put everything back as it was at the newest checkpoint; returns the steps done."""
        found = checkpoint.load(self.folder / CHECKPOINTS)
        if not 0 <= found.step <= self.plan.steps:
            raise ModelFileError(
                f"the checkpoint in {self.folder} is of step {found.step}, but its plan has only "
                f"{self.plan.steps} steps: remove {self.folder} and start that part again."
            )
        parts: dict[str, dict[str, Tensor]] = {"model": {}, "average": {}}
        for name, tensor in found.tensors.items():
            kind, _, rest = name.partition(".")
            if kind in parts:
                parts[kind][rest] = tensor
        what = f"the checkpoint in {self.folder / CHECKPOINTS}"
        checkpoint.load_model(self.model, parts["model"], what)
        if self.average is not None:
            checkpoint.load_tensors(self.average.tensors, parts["average"], what)
        try:
            checkpoint.load_optimizers(self.optimizers, found.tensors)
        except (ValueError, KeyError, RuntimeError) as error:
            raise ModelFileError(
                f"{what} holds another optimizer's state ({error}): resume with the version that "
                f"wrote it."
            ) from error
        torch.set_rng_state(found.tensors["random.cpu"])
        self.earlier_seconds = float(found.facts["seconds"])
        self.figures = dict(found.facts["figures"])
        if self.machine.writes:
            log.forget_after(self.folder / log.NAME, found.step)
        return self._clocks(found.step)

    def _clocks(self, step: int) -> int:
        self.first_step, self.saved_step = step, step
        self.started = self.saved_at = time.monotonic()
        return step

    @property
    def seconds(self) -> float:
        return self.earlier_seconds + time.monotonic() - self.started

    def train(self, step_module: Any, batch: dict[str, Any], step: int) -> dict[str, Tensor]:
        """One step of gradient descent; returns what may be logged, still on the device."""
        torch.manual_seed(noise_seed(self.task.part, self.plan.seed, step, self.machine.rank))
        rate = set_rate(self.optimizers, schedule(step, self.plan.steps))
        with self.machine.autocast():
            loss, metrics = step_module(batch, step / self.plan.steps)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.parameters, self.task.recipe.gradient)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.task.after_step()
        if self.average is not None:
            self.average.update(self.model, step)
        own = {"loss": loss.detach(), "gradient": norm, "rate": torch.tensor(rate)}
        return {**own, **{name: torch.as_tensor(value) for name, value in metrics.items()}}

    def note(self, done: int, metrics: dict[str, Tensor], bar: Any) -> None:
        """After ``done`` steps: log, show and save whatever is due."""
        last = done == self.plan.steps
        show = done in self.show_at
        save = self.machine.writes and (
            last or time.monotonic() - self.saved_at > self.pace.checkpoint_seconds
        )
        if show or save or done % self.log_every == 0 or done == self.first_step + 1:
            line = {name: round(float(value), 6) for name, value in metrics.items()}
            if not math.isfinite(line["loss"]):
                raise MachineError(
                    f"{self.task.part} stopped learning: its loss is {line['loss']} at step "
                    f"{done}; the newest checkpoint in {self.folder / CHECKPOINTS} is from step "
                    f"{self.saved_step}; start again with another --seed or --precision fp32."
                )
            busy = time.monotonic() - self.started - self.paused
            speed = (done - self.first_step) * self.plan.batch / max(busy, 1e-9)
            line["per_second"] = round(speed, 2)
            bar.set_postfix(loss=f"{line['loss']:.3f}", per_second=f"{speed:.1f}", refresh=False)
            self._write_line({"step": done, "seconds": round(self.seconds, 1), **line})
        began = time.monotonic()
        if show and self.machine.writes:
            self._show(done)
        if save:
            self.save(done)
        self.paused += time.monotonic() - began

    def _show(self, done: int) -> None:
        """Evaluate and draw samples with the weights that would be exported now."""
        before = torch.get_rng_state()
        with self._exported(), torch.no_grad():
            self.model.eval()
            # The last figures go into the card; before that, a glance has to do.
            count = min(self.plan.looks.validation, self.task.most)
            count = count if done == self.plan.steps else min(count, GLANCE)
            figures = self.task.evaluate(count)
            self.figures = {name: round(value, 6) for name, value in figures.items()}
            picture = self.task.sheet() if self.plan.looks.sheets else None
            self.model.train()
        torch.set_rng_state(before)
        if self.figures:
            self._write_line({"step": done, "seconds": round(self.seconds, 1), **self.figures})
        if picture is not None:
            write_atomic(self.folder / "sheets" / _sheet_name(done), png_bytes(picture))
        plot_log(self.folder / log.NAME, self.folder / "loss.png", self.task.part)
        if done == self.plan.steps:
            self._show_growth()

    def _show_growth(self) -> None:
        """Lay out what was drawn at the moments that the sheets show."""
        moments = {}
        for step in sorted(self.show_at):
            sheet = self.folder / "sheets" / _sheet_name(step)
            if sheet.is_file():  # a person may have thrown some away
                with Image.open(sheet) as opened:
                    moments[f"{step * self.plan.batch:,}"] = self.task.one_each(opened)
        if len(moments) > 1 and all(moments.values()):
            plot_growth(moments, self.folder / "how-it-grew.png")

    @contextlib.contextmanager
    def _exported(self) -> Iterator[None]:
        """The averaged weights in the model, for as long as the context lasts."""
        if self.average is None:
            yield
            return
        kept = {name: t.clone() for name, t in checkpoint.model_tensors(self.model).items()}
        checkpoint.load_model(self.model, self.average.tensors, "the averaged weights")
        try:
            yield
        finally:
            checkpoint.load_model(self.model, kept, "the weights in training")

    def save(self, done: int) -> None:
        """Write a checkpoint of ``done`` steps, unless it is there already."""
        if not self.machine.writes or self.saved_step == done:
            return
        own = checkpoint.model_tensors(self.model)
        tensors = {f"model.{name}": tensor for name, tensor in own.items()}
        tensors |= self.average.named() if self.average is not None else {}
        tensors |= checkpoint.optimizer_tensors(self.optimizers)
        # Noise is keyed by the step, so this state is never needed to go on; it is kept so that a
        # checkpoint says all there is to say about the moment it was taken.
        tensors["random.cpu"] = torch.get_rng_state()
        facts = {
            "plan": dataclasses.asdict(self.plan),
            "seconds": self.seconds,
            "figures": self.figures,
            "machine": self.machine.describe(),
        }
        checkpoint.save(self.folder / CHECKPOINTS, done, tensors, facts)
        self.saved_step, self.saved_at = done, time.monotonic()

    def finish(self) -> Fitted:
        """Leave the weights to export in the model."""
        if self.average is not None:
            checkpoint.load_model(self.model, self.average.tensors, "the averaged weights")
        self.model.eval()
        return Fitted(self.plan.steps, self.seconds, self.figures)

    def _write_line(self, line: dict[str, Any]) -> None:
        if self.machine.writes:
            log.append(self.folder / log.NAME, line)


def noise_seed(part: str, seed: int, step: int, rank: int) -> int:
    """The seed of torch's generator for one step of one process."""
    return int(rng("noise", part, seed, step, rank).integers(2**63))


@contextlib.contextmanager
def _stop_requests() -> Iterator[threading.Event]:
    """An event that Ctrl-C or SIGTERM sets; a second Ctrl-C interrupts at once."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked  # signals belong to the main thread
        return

    def ask(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, ask) for number in signals]
    try:
        yield asked
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
