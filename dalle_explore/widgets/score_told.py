"""What a score explorer tells the browser: every number with its interval, computed once, here.

The browser draws; it counts what a brush holds, and computes nothing else.
"""

import math
from typing import Any

import numpy as np

from dalle_explore.errors import InputError
from dalle_explore.session.scores import ScoredPrompt, Scores
from dalle_explore.session.scores.best_of import BestOf
from dalle_explore.session.scores.disagreements import Disagreement
from dalle_explore.session.scores.retrieval import Retrieval
from dalle_explore.statistics.curves import Curve, doublings
from dalle_explore.statistics.distribution import dkw
from dalle_explore.statistics.intervals import Rate, rate
from dalle_explore.statistics.ranks import Mean, mean
from dalle_explore.widgets.score_parts import densities_part

__all__ = [
    "WARNING",
    "best_told",
    "every_k",
    "matrix_told",
    "odd_told",
    "spread_told",
    "warned",
]

WARNING = "Raw scores of different prompts cannot be compared."

_SHAPES = ("raincloud", "ecdf", "ridges")
_SMOOTH = 64  # k up to which every one has its place on the curve
_THIN = 60  # prompts, from which on every second place of a density is enough
_STRIP = 12  # pictures of each kind about which scorer and judge disagree


def warned(caption: str, scores: Scores) -> str:
    """Return a caption that says what must not be read off the figure."""
    return caption if len(scores.cells) == 1 else f"{caption} {WARNING}"


def spread_told(scores: Scores) -> dict[str, Any]:
    """Tell how the scores of every prompt are spread."""
    found = scores.distribution()
    kinds = _SHAPES if len(scores.cells) <= 6 else _SHAPES[-1:]
    step = 2 if len(scores.cells) > _THIN else 1
    medians = [float(np.median(cell.scores)) for cell in scores.cells]
    return {
        "kind": found.kind,
        "kinds": list(kinds),
        "axis": [float(found.axis[0]), float(found.axis[::step][-1])],
        "bandwidth": found.bandwidth,
        "density": densities_part(found.densities[:, ::step]),
        "order": sorted(range(len(medians)), key=lambda number: -medians[number]),
        "band": [float(dkw(len(cell.scores))) for cell in scores.cells],
        "rows": [_row(cell) for cell in scores.cells],
        "captions": {kind: warned(found.caption(kind), scores) for kind in kinds},
        "alt": found.alt(),
    }


def _row(cell: ScoredPrompt) -> dict[str, Any]:
    low, first, median, third, high = np.quantile(cell.scores, [0, 0.25, 0.5, 0.75, 1]).tolist()
    judged = cell.right[np.isfinite(cell.right)]
    return {
        "n": len(cell.scores),
        "mean": _told(mean(cell.scores)),
        "sd": _number(cell.scores.std(ddof=1)) if len(cell.scores) > 1 else None,
        "quartiles": [first, median, third],
        "ends": [low, high],
        "right": _told(rate(judged)) if len(judged) else None,
    }


def every_k(least: int) -> tuple[int, ...]:
    """Return the k of a curve over which a hand glides: all of them, as long as they are few."""
    far = [k for k in doublings(least) if k > _SMOOTH]
    return (*range(1, min(least, _SMOOTH) + 1), *far)


def best_told(scores: Scores) -> dict[str, Any]:
    """Tell what the best of k by score is worth; {refused} where nothing can be chosen."""
    if scores.least < 2:
        return {"refused": "One picture each: nothing can be chosen. Draw several, such as n=32."}
    found = BestOf.of(scores, every_k(scores.least))
    return {
        "ks": list(found.ks),
        "marked": list(doublings(scores.least)),
        "score": _curve(found.score),
        "null": list(found.null),
        "right": _curve(found.right),
        "ceiling": _curve(found.ceiling),
        "efficiency": _curve(found.efficiency),
        "random": found.random,
        "prompts": len(scores.cells),
        "judged": len(scores.judged),
        "caption": warned(found.caption(), scores),
        "alt": found.alt(),
    }


def matrix_told(found: Retrieval) -> dict[str, Any]:
    """Tell how every picture scores with every text, and how often the own text is found."""
    scores = found.scores
    places = [scores.prompts.index(prompt) for prompt in found.prompts]
    one, swaps = found.found, found.swaps
    return {
        "which": found.which,
        "prompts": places,
        "seeds": [str(sample.seed) for sample in found.pictures],
        "bytes": found.matrix.astype("<f4").tobytes(),
        "ranks": list(one.ranks),
        "recall": [
            {"k": k, "rate": _told(share), "chance": one.chance_recall[k]}
            for k, share in one.recall.items()
            if k < one.candidates
        ],
        "mrr": {"mean": _told(one.mrr), "chance": one.chance_mrr},
        "rank": {"mean": _told(one.mean_rank), "chance": one.chance_mean_rank},
        "blocks": [list(block) for block in found.blocks],
        "swaps": None
        if swaps is None
        else [
            {"what": what, "rate": _told(getattr(swaps, name)), "chance": swaps.CHANCE[name]}
            for what, name in (
                ("both texts", "text"),
                ("both pictures", "image"),
                ("all four", "group"),
            )
        ],
        "caption": warned(found.caption(), scores),
        "alt": found.alt(),
    }


def odd_told(scores: Scores) -> dict[str, Any]:
    """Tell which pictures score high and are wrong, or low and right; {refused} if there are none.

    With them goes how often the score is right about two pictures of one prompt.
    """
    try:
        found = scores.disagreements(_STRIP)
    except InputError as error:
        return {"refused": _sentence(error)}
    told: dict[str, Any] = {
        "high": [_odd(scores, one) for one in found.high],
        "low": [_odd(scores, one) for one in found.low],
        "counts": list(found.counts),
        "within": None,
        "pooled": None,
        "share": None,
        "caption": warned(found.caption(), scores),
        "alt": found.alt(),
    }
    read = np.concatenate([cell.right[np.isfinite(cell.right)] for cell in scores.cells])
    told["share"] = _told(rate(read))
    try:
        areas = scores.calibration(bins=1)
    except InputError:  # all right, all wrong, or no prompt was read to its end
        return told
    return {
        **told,
        "within": None if areas.within is None else _told(areas.within),
        "pooled": _number(areas.pooled),
    }


def _odd(scores: Scores, one: Disagreement) -> dict[str, Any]:
    places = (
        place
        for place, cell in enumerate(scores.cells)
        if cell.prompt == one.prompt and one.score in cell.scores[cell.seeds == one.seed]
    )
    return {
        "prompt": next(places),
        "seed": str(one.seed),
        "standard": one.standard,
        "wrong": list(one.wrong),
    }


def _sentence(error: InputError) -> str:
    words = " ".join(str(error).split())
    return words[:1].upper() + words[1:]


def _told(one: Mean | Rate) -> dict[str, Any]:
    ends = (one.low, one.high) if one.n > 1 else (math.nan, math.nan)
    return {
        "value": _number(one.value),
        "low": _number(ends[0]),
        "high": _number(ends[1]),
        "n": one.n,
    }


def _curve(one: Curve | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "k": list(one.k),
        "value": [_number(value) for value in one.value],
        "low": [_number(value) for value in one.low],
        "high": [_number(value) for value in one.high],
        "n": one.n,
        "indicative": one.indicative,
    }


def _number(value: Any) -> float | None:
    """A number as JSON can hold it; None where there is none."""
    return float(value) if math.isfinite(value) else None
