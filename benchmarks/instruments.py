"""How long do the instruments take, for ``benchmarks.attention``: one picture, one model.

Every time is that of the call alone, on a picture that was opened for it and that nobody looked at
before; nothing is drawn as a figure. Opening a picture reads its codes once more and decodes its
pixels. Of an attention map, "first time" is opening a picture and asking, and "again" is asking
one whose maps were computed; both in all the ways of ``asked``, of which the slowest counts. What
takes longest, and has no target, is timed once.
"""

import functools
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import dalle_explore as dx
from benchmarks.draw import Figure, seconds
from benchmarks.flips import PROMPTS
from dalle_explore.instruments.gradient import gradient
from dalle_explore.instruments.knockout import MODES, Mode

PROMPT = PROMPTS[0]  # eight words
WORD = "penguin"
LONGEST = "agreement with deletion"


def asked(model: dx.Model) -> dict[str, dict[str, Any]]:
    """Return ways to ask for an attention map, by name, as arguments of ``looks_at``."""
    g = model.generator
    patch, head = (g.rows // 2, g.columns // 2), (g.layers - 1, g.heads - 1)
    return {
        "a word, contribution": {"word": WORD},
        "a word, attention": {"word": WORD, "by": "attention"},
        "a word, signed": {"word": WORD, "by": "signed"},
        "a patch, contribution": {"patch": patch},
        "a word, one head": {"word": WORD, "heads": [head]},
    }


def measure(model: dx.Model, rounds: int, pictures: int) -> list[Figure]:
    """Take turns, round after round; the replay error is that of several pictures."""
    (sample,) = dx.draw(model, PROMPT, n=1, score=False, precision="fp32")
    ways = asked(model).values()
    opening = Figure("opening a picture", "s", [])
    firsts = [Figure("any attention map, first time", "s", [], 0.3) for _ in ways]
    agains = [Figure("any attention map, again", "ms", [], 30.0) for _ in ways]
    heads = Figure("maps of all heads of a word", "s", [])
    sheet = Figure("head ablation sheet", "s", [], 10.0)
    silent = Figure("longest wait for news of it", "s", [])
    calls: dict[str, Callable[[Any], Any]] = {
        "lens": lambda view: view.lens(),
        "gradient × attention": lambda view: gradient(view.passes),
        "box": lambda view: view.box(*middle(model)),
        LONGEST: lambda view: view.agreement(),
    }
    figures = {what: Figure(what, "s", []) for what in calls}
    count = len(sample.inspect().words)
    for mode in MODES:
        what = f"word knock-out, {count} words, mode {mode}"
        calls[what] = functools.partial(_knocked_out, mode)
        figures[what] = Figure(what, "s", [], 1.5)
    sample.inspect().looks_at(WORD)  # warm
    for number in range(rounds):
        opening.values.append(seconds(sample.inspect))
        for first, way in zip(firsts, ways, strict=True):
            first.values.append(seconds(functools.partial(_looked, sample, way)))
        view = sample.inspect()
        view.looks_at(WORD)
        for again, way in zip(agains, ways, strict=True):
            again.values.append(1000 * seconds(functools.partial(view.looks_at, **way)))
        heads.values.append(seconds(functools.partial(view.heads, WORD)))
        for what, call in calls.items():
            if number == 0 or what != LONGEST:
                figures[what].values.append(seconds(functools.partial(call, sample.inspect())))
        kind, whole, wait = ablated(sample)
        sheet.values.append(whole)
        silent.values.append(wait)
    sheet.what += f", {kind}"
    replay = Figure("replay error, fp32, largest", "nats", [max(replays(model, pictures))], 1e-4)
    maps = [max(one, key=lambda figure: figure.median) for one in (firsts, agains)]
    return [opening, *maps, heads, *figures.values(), sheet, silent, replay]


def _looked(sample: dx.Sample, way: dict[str, Any]) -> None:
    sample.inspect().looks_at(**way)


def _knocked_out(mode: Mode, view: Any) -> None:
    view.depends_on(mode=mode)


def ablated(sample: dx.Sample) -> tuple[str, float, float]:
    """Take away every head; the kind, the seconds, and the longest time without a report.

    Where nobody measured what heads write on average, nothing stands in for them.
    """
    view = sample.inspect()
    kind = "mean"
    reports = [time.perf_counter()]

    def note(done: int, total: int) -> None:
        reports.append(time.perf_counter())

    try:
        view.ablate("mean", progress=note)
    except dx.InputError:
        kind, reports[:] = "zero", [time.perf_counter()]
        view.ablate("zero", progress=note)
    reports.append(time.perf_counter())
    waits = [after - before for before, after in zip(reports, reports[1:], strict=False)]
    return kind, reports[-1] - reports[0], max(waits)


def replays(model: dx.Model, pictures: int) -> list[float]:
    """Replay errors, nats, of so many pictures of each of several prompts."""
    drawn = [dx.draw(model, p, n=pictures, score=False, precision="fp32") for p in PROMPTS]
    errors = [sample.inspect().replay_error for samples in drawn for sample in samples]
    return [math.inf if error is None else error for error in errors]


def middle(model: dx.Model) -> tuple[range, range]:
    """The box in the middle, half as wide and high as the picture."""
    rows, columns = model.generator.rows, model.generator.columns
    return range(rows // 4, 3 * rows // 4), range(columns // 4, 3 * columns // 4)


def show(figures: Sequence[dict[str, Any]]) -> None:
    """Print the table."""
    print(f"{'':40} {'median':>9} {'min':>9} {'max':>9}      {'target':>7}")
    for one in figures:
        target, verdict = "", ""
        if one["target"] is not None:
            target, verdict = f"{one['target']:g}", "met" if one["met"] else "missed"
        print(
            f"{one['what']:40} {one['median']:9.3g} {min(one['values']):9.3g} "
            f"{max(one['values']):9.3g} {one['unit']:4} {target:>7} {verdict}"
        )
