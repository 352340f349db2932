"""Making the parts of a picture in an explorer: which instrument is asked for each."""

from collections.abc import Callable, Mapping

import numpy as np

from dalle_explore.errors import InputError
from dalle_explore.instruments.attention import Attention, By, attention
from dalle_explore.instruments.knockout import MODES, Dependence
from dalle_explore.session.inspection import Inspection
from dalle_explore.statistics.ranks import spearman
from dalle_explore.widgets import explorer_parts as packing
from dalle_explore.widgets.parts import Part

__all__ = ["GoesOn", "made_part"]

GoesOn = Callable[[], bool]


def made_part(view: Inspection, name: str, goes_on: GoesOn) -> Part | None:
    """Make a part of a picture; None when it was put aside.

    What an instrument refuses becomes a part that says why.

    Args:
        view: the picture under the instruments.
        name: one of ``explorer_parts.PARTS``.
        goes_on: asked often; when it says no, the work is put aside.
    """
    try:
        return _MAKERS[name](view, goes_on)
    except InputError as error:
        return Part({"refused": str(error)}, [])


def _picture(view: Inspection, goes_on: GoesOn) -> Part:
    return packing.picture(np.asarray(view.sample.picture), view.sample.codes)


def _depends(view: Inspection, goes_on: GoesOn) -> Part | None:
    """All modes that can be asked here; where none can, the reason of the last."""
    found: dict[str, Dependence] = {}
    why = None
    for mode in MODES:
        try:
            one = view.depends_on(mode=mode, goes_on=goes_on)
        except InputError as error:
            why = error
            continue
        if np.isnan(one.bits).any():
            return None  # it was put aside
        found[mode] = one
    if not found and why is not None:
        raise why
    return packing.depends(found, len(view.words))


def _twin(view: Inspection, goes_on: GoesOn) -> Part:
    own, other = _attention(view), _attention(view.twin())
    count = len(view.words)
    correlation: dict[str, float] = {}
    quantities: tuple[By, ...] = ("attention", "contribution")
    for by in quantities:
        maps = [one.by_word(one.shares(by))[:, :count] for one in (own, other)]
        correlation[by] = float(spearman(maps[0].flatten(), maps[1].flatten()))
    return packing.twin(other, correlation)


def _attention(view: Inspection) -> Attention:
    with view.sample.model.lock:
        return attention(view.passes)


_MAKERS: Mapping[str, Callable[[Inspection, GoesOn], Part | None]] = {
    "picture": _picture,
    "looks": lambda view, goes_on: packing.looks(_attention(view)),
    "earlier": lambda view, goes_on: packing.earlier(_attention(view)),
    "depends": _depends,
    "agreement": lambda view, goes_on: packing.agreement(view.agreement(deletion=False)),
    "twin": _twin,
    "deletion": lambda view, goes_on: packing.deletion(view.agreement()),
    "heads": lambda view, goes_on: packing.heads(view.heads(sort="layer")),
    "lens": lambda view, goes_on: packing.lens(view.lens()),
}
