"""Which training pictures a picture is nearest to: did it copy, and by which measure?

Training pictures are not stored; they are drawn again from their facts. Of the whole split, those
whose facts are nearest to the prompt's are compared, by three measures beside each other, because
the measure decides the story: CLIP finds the same things, codes the same strokes at the same
places, pixels the same large areas. Beside them stands how near training pictures are to each
other.
"""

import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float64, Int64, UInt8

from dalle_explore.errors import InputError
from dalle_explore.generator import Generator
from dalle_explore.instruments.candidates import Candidates, candidates
from dalle_explore.instruments.drawn_again import Drawn, DrawnAgain
from dalle_explore.instruments.kept import Kept
from dalle_explore.instruments.learned import Progress, check_learned, quiet
from dalle_explore.instruments.nearness import HIGHER, Name, Scale, compare, scales
from dalle_explore.scoring.clip import CosineScorer
from dalle_explore.shown import SavedAsFigure
from dalle_explore.trace import Trace
from dalle_explore.world import WORLD_VERSION, example, split_sizes

__all__ = ["Measure", "Name", "Neighbour", "Neighbours", "Scale", "nearest"]

LABELS: dict[Name, str] = {
    "clip": "cosine of CLIP's vectors",
    "codes": "share of patches with the same code",
    "pixels": "root mean square difference, levels of 255",
}
_SAID: dict[Name, str] = {"clip": "CLIP", "codes": "codes", "pixels": "pixels"}
_WRITTEN: dict[Name, str] = {"clip": "{:.3f}", "codes": "{:.1%}", "pixels": "{:.1f}"}


@dataclasses.dataclass(frozen=True, eq=False)
class Neighbour:
    """A training picture, and how near it is."""

    index: int  # of the training example
    caption: str  # of that example
    times: int  # the training split has it so often, pixel for pixel
    value: float
    pixels: UInt8[np.ndarray, "y x 3"]  # as the world draws it


@dataclasses.dataclass(frozen=True, eq=False)
class Measure:
    """The nearest by one measure, with the scale that makes its numbers speak."""

    name: Name
    label: str
    higher: bool  # whether a higher value is nearer
    neighbours: tuple[Neighbour, ...]  # nearest first
    pairs: Scale | None  # of two of the training pictures compared with; None: too few
    closest: Scale | None  # of one of them to the nearest of the others

    def written(self, value: float) -> str:
        """Write a value as this measure is written."""
        return _WRITTEN[self.name].format(value)


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Neighbours(SavedAsFigure):
    """The nearest training pictures of one picture, by every measure."""

    drawn_by: ClassVar[str] = "neighbours"

    prompt: str | None
    seed: int | None
    model: str  # its name
    digest: str
    licence: str  # of pictures
    world_version: int
    pixels: UInt8[np.ndarray, "y x 3"]
    codes: Int64[np.ndarray, " p"]
    measures: tuple[Measure, ...]  # clip (where there is one), codes, pixels
    how: str  # the candidates were chosen
    among: int  # candidates
    compared: int  # of them; fewer, where it was stopped
    split: int  # training examples in all
    remark: str  # why nothing could be kept for the next time; "" if it could

    @property
    def agreed(self) -> tuple[int, ...]:
        """The training examples that are among the nearest by every measure."""
        sets = [{found.index for found in measure.neighbours} for measure in self.measures]
        return tuple(sorted(set.intersection(*sets)))

    def caption(self) -> str:
        """Say what was compared with what, by which measures, and what their numbers mean."""
        stopped = f", stopped after {self.compared:,}" if self.compared < self.among else ""
        shown = len(self.measures[0].neighbours)
        told = " ".join(_told(measure) for measure in self.measures)
        names = [measure.name for measure in self.measures]
        lacking = "" if "clip" in names else " No CLIP was given to compare by."
        remark = f" Nothing was kept for the next time: {self.remark}." if self.remark else ""
        return (
            f"The {shown} nearest of {self.among:,} training pictures{stopped}, of "
            f"{self.split:,} in all: {self.how}. Drawn again from their facts; the picture itself "
            f"has passed the decoder, they have not. {told}{lacking} The same in all "
            f"{len(names)}: {len(self.agreed)} of {shown}; what counts as near decides what is "
            f"found. A near one is no proof of copying, nor are far ones of invention: others "
            f"were not compared.{remark} {self._picture()}"
        )

    def _picture(self) -> str:
        seed = "" if self.seed is None else f"seed {self.seed}, "
        return f"Picture: {seed}model {self.model} ({self.digest[:8]}). Pictures: {self.licence}."

    def alt(self) -> str:
        """Say what is to be seen."""
        of = "A picture" if self.prompt is None else f"A picture of the text “{self.prompt}”"
        first = "; ".join(
            f"by {_SAID[measure.name]}: “{measure.neighbours[0].caption}” "
            f"({measure.written(measure.neighbours[0].value)})"
            for measure in self.measures
        )
        return f"{of} and the training pictures nearest to it. {first}. {self.caption()}"

    def rows(self) -> list[dict[str, Any]]:
        """One row a measure and neighbour."""
        return [
            {
                "measure": measure.name,
                "place": place,
                "example": found.index,
                "value": found.value,
                "times": found.times,
                "caption": found.caption,
            }
            for measure in self.measures
            for place, found in enumerate(measure.neighbours, start=1)
        ]

    def __repr__(self) -> str:
        return f"Neighbours({self.prompt!r}, seed={self.seed}, compared={self.compared})"


def nearest(
    model: Generator,
    trace: Trace | np.ndarray,
    pixels: np.ndarray,
    *,
    prompt: str | None = None,
    clip: CosineScorer | None = None,
    n: int = 8,
    among: int = 2_000,
    progress: Progress = quiet,
    goes_on: Callable[[], bool] = lambda: True,
    kept: Kept | None = None,
) -> Neighbours:
    """Compare a picture with the training pictures whose facts are nearest to its prompt.

    The first time it takes a minute for 2,000 pictures on one core, as they are drawn, encoded and
    embedded; they are kept in the cache folder, and later it takes seconds.

    Args:
        model: that drew the picture; it learned from the drawn world.
        trace: the picture, or its codes alone, int64 [p] or [rows columns].
        pixels: the picture, uint8 [y x 3], in the model's size.
        prompt: what candidates are chosen by; None: the trace's.
        clip: compares by vectors too; None: only codes and pixels are compared.
        n: how many neighbours by each measure.
        among: candidates; with the whole split, 200,000, it takes hours.
        progress: called with (what, done, total).
        goes_on: asked before every batch of 50; False ends it with what there is.
        kept: where to keep what was drawn; None: in the cache folder.

    Raises:
        InputError: a model that did not learn from the drawn world or cannot encode, an unfinished
            trace, codes or pixels of another size, a number out of its range, or it was ended
            before anything was compared.
    """
    card = check_learned(model)
    if not model.supports.image_encoding:
        raise InputError(
            "this model cannot turn pictures into codes, so that training pictures cannot be "
            "compared by them: its supports.image_encoding is False."
        )
    codes, seed = _codes_of(trace, model), None
    if isinstance(trace, Trace):
        seed = trace.seed
        prompt = trace.recipe.prompt if prompt is None else prompt
    _check(model, pixels, n, among)
    kept = Kept() if kept is None else kept
    chosen = candidates(prompt, among, kept, progress, goes_on)
    again = DrawnAgain(model, card.digest, clip, kept)
    own = Drawn(
        pixels=pixels[None],
        codes=codes[None].astype(np.uint16),
        vectors=None if clip is None else clip.encode_image(pixels[None]),
    )
    found = None if chosen is None else compare(again, chosen.indices, own, progress, goes_on)
    if found is None or chosen is None:
        raise InputError(
            "it was ended before any training picture was compared: let it go on for longer."
        )
    values, others = found
    compared = len(values["codes"][0])
    return Neighbours(
        prompt=prompt,
        seed=seed,
        model=card.name,
        digest=card.digest,
        licence=card.licences.pictures,
        world_version=WORLD_VERSION,
        pixels=pixels,
        codes=codes,
        measures=tuple(
            _measure(again, chosen, name, rows, others, n) for name, rows in values.items()
        ),
        how=chosen.how,
        among=len(chosen.indices),
        compared=compared,
        split=split_sizes()["train"],
        remark=kept.fault,
    )


def _measure(
    again: DrawnAgain,
    chosen: Candidates,
    name: Name,
    values: Float64[np.ndarray, "a m"],
    others: Int64[np.ndarray, " o"],
    n: int,
) -> Measure:
    indices = chosen.indices[: values.shape[1]]
    # Of equal values the smaller index comes first.
    order = np.lexsort((indices, -values[0] if HIGHER[name] else values[0]))[:n]
    pixels = again.take(indices[order].tolist()).pixels
    pairs, closest = scales(name, values[1:], others)
    return Measure(
        name=name,
        label=LABELS[name],
        higher=HIGHER[name],
        neighbours=tuple(
            Neighbour(
                index=int(indices[place]),
                caption=example("train", int(indices[place])).caption,
                times=int(chosen.times[place]),
                value=float(values[0, place]),
                pixels=picture,
            )
            for place, picture in zip(order, pixels, strict=True)
        ),
        pairs=pairs,
        closest=closest,
    )


def _told(measure: Measure) -> str:
    """One measure as a sentence."""
    text = (
        f"By {_SAID[measure.name]} ({measure.label}; {'high' if measure.higher else 'low'} is "
        f"near): {measure.written(measure.neighbours[0].value)} at best"
    )
    if measure.pairs is not None and measure.closest is not None:
        text += (
            f"; among these training pictures, in the median, two have "
            f"{measure.written(measure.pairs.middle)}, and one and the nearest other "
            f"{measure.written(measure.closest.middle)}"
        )
    return f"{text}."


def _codes_of(trace: Trace | np.ndarray, model: Generator) -> Int64[np.ndarray, " p"]:
    codes = np.asarray(trace.codes if isinstance(trace, Trace) else trace).reshape(-1)
    if len(codes) != model.patches or codes.dtype.kind not in "iu":
        raise InputError(
            f"the picture has {len(codes)} codes ({codes.dtype}), but a whole one of this model "
            f"has {model.patches} whole numbers: let it be drawn to its end."
        )
    if not 0 <= int(codes.min()) <= int(codes.max()) < model.codebook_size:
        raise InputError(
            f"the codes lie between {codes.min()} and {codes.max()}, but this model's lie between "
            f"0 and {model.codebook_size - 1}: give the model that drew the picture."
        )
    return codes.astype(np.int64)


def _check(model: Generator, pixels: Any, n: object, among: object) -> None:
    size = (model.rows * model.patch, model.columns * model.patch, 3)
    if getattr(pixels, "dtype", None) != np.uint8 or pixels.shape != size:
        shown = f"{getattr(pixels, 'dtype', type(pixels).__name__)} {getattr(pixels, 'shape', '')}"
        raise InputError(
            f"pixels is {shown}, but a picture of this model is uint8 of shape {size}: give the "
            f"picture itself."
        )
    most = split_sizes()["train"]
    for name, value, high in (("n", n, most), ("among", among, most)):
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= high:
            raise InputError(
                f"{name} is {value!r}, but there are {high} training pictures: give a whole "
                f"number of at least 1."
            )
