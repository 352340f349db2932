"""Drawing: from a prompt to samples, scored and in order; and opening records."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from dalle_explore.edits import AnyEdit
from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.runs import Run
from dalle_explore.session.limits import check_draw
from dalle_explore.session.model import Model, load
from dalle_explore.session.record import read_record
from dalle_explore.session.sample import Sample
from dalle_explore.session.samples import Samples
from dalle_explore.session.studio import Wish, Work, paint, recipe_of
from dalle_explore.settings import Settings
from dalle_explore.text.tokenizer import check_prompt

__all__ = ["Drawing", "Progress", "draw", "drawing", "open"]

Progress = Callable[[int, int], None]  # called with codes drawn so far and codes in all
Drawing = Run[Work, Samples]


def draw(
    model: Model,
    prompt: str,
    n: int = 16,
    seed: int = 0,
    keep: int | None = None,
    *,
    settings: Settings | None = None,
    edits: Iterable[AnyEdit] = (),
    score: bool = True,
    progress: bool | Progress | None = None,
    **changes: Any,
) -> Samples:
    """Draw pictures of a sentence.

    Args:
        model: what ``load`` returned.
        prompt: the sentence.
        n: how many pictures to draw.
        seed: of the first; sample j is the picture of seed + j, whatever n is.
        keep: how many stay, the best by CLIP; all when None. Of the others only codes and scores
            are kept.
        settings: how to sample; the model's own when None.
        edits: what to change while drawing, such as ``dx.KnockOut("headphones")``.
        score: let the model's CLIP score and order them. Importing it takes seconds the first
            time; without it pictures come in the order of their seeds, and ``Samples.scored``
            scores them later.
        progress: True for a bar, or a function called with codes drawn and codes in all.
        **changes: single settings: temperature, top_k, top_p, guidance, precision, device.

    Raises:
        InputError: an empty, unreadable or too long prompt, a number out of its range, or an edit
            that does not fit.
        ModelFileError: ``score`` and the model carries no CLIP.
        MachineError: no such device, or not enough memory for even one picture.
    """
    run = drawing(
        model, prompt, n, seed, keep, settings=settings, edits=edits, score=score, **changes
    )
    report, close = _reporter(progress, n * model.generator.patches)
    run.watch(lambda work: report(run.progress.done, n * model.generator.patches))
    try:
        return run.run()
    finally:
        close()


def drawing(
    model: Model,
    prompt: str,
    n: int = 16,
    seed: int = 0,
    keep: int | None = None,
    *,
    settings: Settings | None = None,
    edits: Iterable[AnyEdit] = (),
    score: bool = True,
    every: int | None = None,
    **changes: Any,
) -> Drawing:
    """Return a run that draws pictures of a sentence: start it, run it, await it, stop it.

    Watchers see every step as it is drawn. Stopped before its end, it has the samples that were
    finished, and ``unfinished`` traces of the others.

    Args:
        model: what ``load`` returned.
        prompt: the sentence.
        n: how many pictures to draw.
        seed: of the first.
        keep: how many stay, the best by CLIP; all when None.
        settings: how to sample; the model's own when None.
        edits: what to change while drawing.
        score: score and order them when the result is asked for.
        every: patches between two steps; None: 1 on a CPU, 16 on a GPU.
        **changes: single settings.

    Raises:
        InputError, ModelFileError: as for ``draw``; what needs the drawing itself is raised where
            the result is asked for.
    """
    if not isinstance(model, Model):
        raise InputError(
            f"model is {model!r}, but it has to be a model that was opened: give what dx.load() "
            f"returned."
        )
    seeds, keep = check_draw(n, seed, keep, scored=score)
    settings = (model.settings if settings is None else settings).replace(**changes)
    settings.check(model.generator.codebook_size)
    model.generator.encode_text(prompt)
    if score:
        model.check_scorable(prompt)
    recipe = recipe_of(model, prompt, settings, edits)
    painted = paint(model, [Wish(recipe, one) for one in seeds], every=every)
    return painted.then(lambda found: Samples.painted(model, found, keep, score=score))


def open(path: str | os.PathLike[str], model: Model | None = None) -> Samples:
    """Open samples that were saved: a PNG with its record inside, or the record beside it.

    Args:
        path: ``sheet.png`` or ``sheet.json``.
        model: the one that drew them, to make pictures from codes; the bundled one when None.

    Raises:
        InputError: the file is missing, not ours, or damaged.
        ModelFileError: the model given, or the bundled one, is not the one that drew them.
    """
    record = read_record(path)
    recipe = record.recipe
    check_prompt(recipe.prompt)
    wanted = (
        f"{os.fspath(path)} was drawn by the model {recipe.model!r} ({recipe.model_digest[:8]})"
    )
    if model is None:
        try:
            model = load()
        except ModelFileError as error:
            raise ModelFileError(f"{wanted}, and no other is at hand: {error}") from error
    if model.digest != recipe.model_digest:
        raise ModelFileError(
            f"{wanted}, but {model.card.name!r} ({model.digest[:8]}) would turn its codes into "
            f"other pictures: give the model that drew it, as model=dx.load(FOLDER)."
        )
    generator = model.generator
    if recipe.grid != (generator.rows, generator.columns):
        raise InputError(
            f"{wanted}, but its grid of codes is {recipe.grid} and not the model's "
            f"{(generator.rows, generator.columns)}: the record is damaged."
        )
    seeds = tuple(entry.seed for entry in record.samples)
    samples = (
        Sample(
            model=model,
            recipe=recipe,
            seed=entry.seed,
            codes=entry.array(recipe),
            log_probability=entry.log_probability,
            entropy=entry.entropy,
            score=entry.score,
            rank=entry.rank,
            drawn=record.drawn,
            fit=entry.fit,
            ranked_by=record.ranked_by,
            scored_by=record.scored_by,
            among=seeds if len(seeds) == record.drawn else (),
        )
        for entry in record.samples
    )
    return Samples(tuple(samples), record.keep)


def _reporter(progress: bool | Progress | None, total: int) -> tuple[Progress, Callable[[], None]]:
    """Return what to call after each step, and what to call at the end."""
    if callable(progress):
        return progress, lambda: None
    if not progress:
        return (lambda done, total: None), lambda: None
    from tqdm.auto import tqdm

    bar = tqdm(desc="drawing", unit=" codes", total=total, leave=False, dynamic_ncols=True)
    return (lambda done, total: bar.update(done - bar.n)), bar.close
