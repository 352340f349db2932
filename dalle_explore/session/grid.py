"""``dx.grid``: a sentence with slots, drawn for every filling."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dalle_explore.edits import AnyEdit
from dalle_explore.errors import InputError
from dalle_explore.session.gridding import Gridding
from dalle_explore.session.grids import Grid, watched
from dalle_explore.session.model import Model
from dalle_explore.session.planning import make_plan
from dalle_explore.session.shelf import AnyGallery, Shelf
from dalle_explore.settings import Settings
from dalle_explore.text.grid import LIMIT, as_axes, expand

__all__ = ["grid", "gridding"]

Axes = Mapping[str, Sequence[Any]]  # or a DataFrame, whose rows stay together


def grid(
    model: Model | Sequence[Model],
    template: str,
    axes: Axes | Any = None,
    n: int = 8,
    seed: int | Sequence[int] = 0,
    keep: int | None = None,
    *,
    zip: Sequence[Sequence[str]] = (),
    limit: int = LIMIT,
    same_seeds: bool = True,
    settings: Settings | None = None,
    edits: Iterable[AnyEdit | Sequence[AnyEdit] | None] = (),
    score: bool = True,
    judge: bool | None = None,
    gallery: AnyGallery = None,
    progress: bool = False,
    **changes: Any,
) -> Grid:
    """Draw a sentence with slots for every filling; what was drawn before is not drawn again.

    Ctrl-C ends it within one patch; everything that was finished is in the gallery, and the same
    call goes on from there. Of cells of more than 64 pictures the gallery keeps all scores, and
    the codes of the best 8 (or ``keep``, if that is more); the others come back from their seeds.

    Args:
        model: what ``load`` returned; a list of models is an axis.
        template: a sentence with slots, such as ``"a {red|blue} {shape} {|on ice}"``.
        axes: values for the slots that are named only, and further axes: "model", "seed",
            "settings", "edits", or a single setting. A DataFrame: its rows stay together.
        n: pictures of each cell.
        seed: of the first; a list is an axis.
        keep: how many of each cell stay, the best by CLIP; all when None. All scores stay.
        zip: groups of axes whose values stay together, one by one, instead of a product.
        limit: the most cells that are allowed.
        same_seeds: the same seeds in every cell, so that words, not luck, make the difference.
        settings: how to sample; the model's own when None.
        edits: what to change while drawing, in every cell; with None or lists among them they are
            an axis, one cell for each.
        score: let the model's CLIP score them.
        judge: let the model's judge read the facts, where a sentence states some; None: if the
            model carries one.
        gallery: where to look before drawing, and to keep what is drawn: None for the gallery of
            this user, a path, a gallery, or False for none.
        progress: show a bar.
        **changes: single settings: temperature, top_k, top_p, guidance, precision, device; a list
            of values is an axis.

    Raises:
        InputError: a template, axis or number that does not fit, or too many cells.
        ModelFileError: ``score`` and a model carries no CLIP.
        DataError: the gallery holds another picture of the same recipe, or is damaged.
        MachineError: no such device, or not enough memory for even one picture.
    """
    run = gridding(
        model,
        template,
        axes,
        n,
        seed,
        keep,
        zip=zip,
        limit=limit,
        same_seeds=same_seeds,
        settings=settings,
        edits=edits,
        score=score,
        judge=judge,
        gallery=gallery,
        **changes,
    )
    return watched(run, progress)


def gridding(
    model: Model | Sequence[Model],
    template: str,
    axes: Axes | Any = None,
    n: int = 8,
    seed: int | Sequence[int] = 0,
    keep: int | None = None,
    *,
    zip: Sequence[Sequence[str]] = (),
    limit: int = LIMIT,
    same_seeds: bool = True,
    settings: Settings | None = None,
    edits: Iterable[AnyEdit | Sequence[AnyEdit] | None] = (),
    score: bool = True,
    judge: bool | None = None,
    gallery: AnyGallery = None,
    every: int | None = None,
    **changes: Any,
) -> Gridding:
    """Return a run that draws a grid: ask what it will cost, start it, run it, await it, stop it.

    Watchers see what the gallery knew, every step, every finished picture and every score.
    ``so_far()`` is a valid grid at any moment. The arguments are those of ``grid``, and ``every``:
    patches between two steps.

    Raises:
        InputError, ModelFileError, DataError: as for ``grid``.
    """
    more, fixed = _axes_among(changes)
    base: Iterable[Any] = edits
    first: Any = seed
    if isinstance(model, list | tuple):
        more = {"model": list(model), **more}
    if isinstance(seed, list | tuple | range):
        more, first = {**more, "seed": list(seed)}, 0
    if isinstance(edits, list | tuple) and any(
        one is None or isinstance(one, list | tuple) for one in edits
    ):
        more, base = {**more, "edits": list(edits)}, ()
    named, linked = _together(axes, more)
    expansion = expand(template, named, (*linked, *zip), limit)
    plan = make_plan(
        model,
        expansion,
        n=n,
        seed=first,
        keep=keep,
        same_seeds=same_seeds,
        settings=settings,
        edits=base,
        changes=fixed,
        score=score,
        judge=judge,
    )
    return Gridding(plan, Shelf.of(gallery), every=every)


def _axes_among(changes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Single settings apart: those with several values are axes."""
    several = {
        name: list(value)
        for name, value in changes.items()
        if isinstance(value, list | tuple | range)
    }
    fixed = {name: value for name, value in changes.items() if name not in several}
    Settings().replace(**fixed)  # a misspelt name is refused before anything else
    for name in several:
        if name not in Settings.names():
            Settings().replace(**{name: None})  # raises, listing the names
    return several, fixed


def _together(axes: Any, more: Mapping[str, Any]) -> tuple[Any, tuple[Sequence[str], ...]]:
    """Axes as they were given, joined with those of the keywords; and what stays together."""
    given, linked = as_axes(axes)
    twice = sorted(set(given) & set(more))
    if twice:
        raise InputError(
            f"the axis {twice[0]} is given twice, among axes and as a keyword: give it once."
        )
    return {**given, **more}, linked
