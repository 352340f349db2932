"""Drawing: from a prompt to samples, batch by batch, scored and in order; and opening records."""

import dataclasses
import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from dalle_explore import __version__
from dalle_explore.errors import InputError, MachineError, ModelFileError
from dalle_explore.sampling.decode import Decoded, decode, drain
from dalle_explore.session.limits import check_draw
from dalle_explore.session.model import Model, load
from dalle_explore.session.record import Recipe, read_record
from dalle_explore.session.samples import Sample, Samples
from dalle_explore.session.steps import Steps
from dalle_explore.settings import Settings
from dalle_explore.text.tokenizer import check_prompt

__all__ = ["Progress", "draw", "open"]

Progress = Callable[[int, int], None]  # called with codes drawn so far and codes in all

_AT_ONCE = {"cpu": 32, "cuda": 256}  # pictures of one batch


def draw(
    model: Model,
    prompt: str,
    n: int = 16,
    seed: int = 0,
    keep: int | None = None,
    *,
    settings: Settings | None = None,
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
        score: let the model's CLIP score and order them. Importing it takes seconds the first
            time; without it pictures come in the order of their seeds, and ``Samples.scored``
            scores them later.
        progress: True for a bar, or a function called with codes drawn and codes in all.
        **changes: single settings: temperature, top_k, top_p, guidance, precision, device.

    Raises:
        InputError: an empty, unreadable or too long prompt, or a number out of its range.
        ModelFileError: ``score`` and the model carries no CLIP.
        MachineError: no such device, or not enough memory for even one picture.
    """
    if not isinstance(model, Model):
        raise InputError(
            f"model is {model!r}, but it has to be a model that was opened: give what dx.load() "
            f"returned."
        )
    seeds, keep = check_draw(n, seed, keep, scored=score)
    settings = (model.settings if settings is None else settings).replace(**changes)
    settings.check(model.generator.codebook_size)
    text = model.generator.encode_text(prompt).ids
    if score:
        model.check_scorable(prompt)
    recipe = Recipe(
        prompt=prompt,
        settings=settings,
        model=model.card.name,
        model_digest=model.digest,
        licence=model.card.licences.pictures,
        grid=(model.generator.rows, model.generator.columns),
        codebook_size=model.generator.codebook_size,
        scorer_digest=None,
        versions={"dalle_explore": __version__, "torch": torch.__version__},
    )
    report, close = _reporter(progress, n * model.generator.patches)
    try:
        with model.lock:
            drawn = list(_draw(model, recipe, text, seeds, report))
    finally:
        close()
    samples = Samples.ordered(drawn)
    if score:
        samples = samples.scored()
    if keep == n:
        return samples
    kept, others = samples.everything[:keep], samples.everything[keep:]
    light = tuple(dataclasses.replace(sample, steps=None, pixels=None) for sample in others)
    return Samples(kept + light, keep)


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
        )
        for entry in record.samples
    )
    return Samples(tuple(samples), record.keep)


def _draw(
    model: Model,
    recipe: Recipe,
    text: tuple[int, ...],
    seeds: tuple[int, ...],
    report: Progress,
) -> Iterator[Sample]:
    """Draw batch after batch; a batch that does not fit into memory is halved.

    That changes nothing but the time: a picture does not depend on its batch.
    """
    patches = model.generator.patches
    at_once = _AT_ONCE[recipe.settings.device.partition(":")[0]]
    first = 0
    while first < len(seeds):
        batch = seeds[first : first + at_once]
        try:
            decoded = _decoded(model, recipe, text, batch, first * patches, len(seeds), report)
            pixels = _pixels(model, decoded)
        except (MemoryError, RuntimeError) as error:
            if not _is_out_of_memory(error):
                raise
            if len(batch) == 1:
                raise MachineError(
                    f"there is not enough memory on {recipe.settings.device} to draw even one "
                    f"picture with this model: close other programs, or take another device."
                ) from error
            at_once = len(batch) // 2
            continue
        for row, seed in enumerate(batch):
            yield Sample(
                model=model,
                recipe=recipe,
                seed=seed,
                codes=decoded.codes[row].reshape(recipe.grid),
                log_probability=float(decoded.log_probability[row].sum(dtype=np.float64)),
                entropy=float(decoded.entropy[row].mean(dtype=np.float64)),
                drawn=len(seeds),
                steps=Steps.of(decoded, row),
                pixels=pixels[row],
            )
        first += len(batch)


def _decoded(
    model: Model,
    recipe: Recipe,
    text: tuple[int, ...],
    seeds: tuple[int, ...],
    before: int,
    n: int,
    report: Progress,
) -> Decoded:
    """Draw one batch of codes; ``before`` codes of the ``n`` pictures are there already."""

    def watched() -> Iterator[Any]:
        for step in decode(model.generator, [text], seeds, recipe.settings):
            report(before + (step.position + 1) * len(seeds), n * model.generator.patches)
            yield step

    return drain(watched())


def _pixels(model: Model, decoded: Decoded) -> np.ndarray:
    generator = model.generator
    codes = torch.from_numpy(decoded.codes)
    grid = codes.reshape(len(codes), generator.rows, generator.columns)
    return generator.decode_codes(grid).numpy()


def _is_out_of_memory(error: Exception) -> bool:
    # On a CPU torch has no class of its own for it.
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        "can't allocate memory" in str(error)
    )


def _reporter(progress: bool | Progress | None, total: int) -> tuple[Progress, Callable[[], None]]:
    """Return what to call after each step, and what to call at the end."""
    if callable(progress):
        return progress, lambda: None
    if not progress:
        return (lambda done, total: None), lambda: None
    from tqdm.auto import tqdm

    bar = tqdm(desc="drawing", unit=" codes", total=total, leave=False, dynamic_ncols=True)
    return (lambda done, total: bar.update(done - bar.n)), bar.close
