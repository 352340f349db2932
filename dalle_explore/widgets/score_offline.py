"""A score explorer without a kernel: which pictures its page carries."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from dalle_explore.session.scores import Scores
from dalle_explore.widgets.grid_parts import encoded, pictures_part

__all__ = ["as_page", "worth"]

_FORMS = ((82, 0), (70, 0), (60, 96), (45, 64))  # quality and width of WebP, the best first
_ENDS = 6  # of each prompt, the highest and the lowest
_NAMED = 90  # bytes that say whose picture it is

Key = tuple[int, int]  # prompt, seed


def as_page(state: dict[str, Any], scores: Scores, room: float) -> dict[str, Any]:
    """Return the traits of a page that needs no kernel.

    Every number travels; of the pictures as many as there is room for, those first that the tabs
    show. Where not even the highest and the lowest of every prompt fit, they are made smaller.

    Args:
        state: all traits.
        scores: of whose pictures.
        room: bytes of all pictures, as they are in the page.
    """
    order = list(dict.fromkeys(worth(state, scores)))
    there = sum(len(cell.held) for cell in scores.cells)
    least = min(len(order), sum(min(2, len(cell.held)) for cell in scores.cells))
    taken: list[Key] = []
    pictures: list[bytes] = []
    for quality, side in _FORMS:
        taken, pictures, spent = [], [], 0.0
        for prompt, seed in order:
            pixels = np.asarray(scores.cells[prompt].held[seed].picture)
            data = encoded(pixels, quality, side)
            spent += len(data) * 4 / 3 + _NAMED
            if spent > room and taken:
                break
            taken.append((prompt, seed))
            pictures.append(data)
        if len(taken) >= least:
            break
    part = pictures_part(taken, pictures)
    left_out = ""
    if len(taken) < there:
        left_out = (
            f"This page carries {len(taken):,} of {there:,} pictures, so that it stays small; "
            f"every score is here."
        )
    status = {"state": "idle", "sentence": "", "done": 0, "total": 0, "left": None}
    return {
        **state,
        "alive": False,
        "status": status,
        "about": {**state["about"], "left_out": left_out},
        "embedded": {"pictures": {"header": part.header, "buffers": part.buffers}},
    }


def worth(state: dict[str, Any], scores: Scores) -> Iterator[Key]:
    """Pictures that are there, in the order in which they are worth their bytes; some twice."""
    for key in _worth(state, scores):
        if key[1] in scores.cells[key[0]].held:
            yield key


def _worth(state: dict[str, Any], scores: Scores) -> Iterator[Key]:
    cells, hand = scores.cells, int(state["prompt"])
    ranked = [cell.seeds[np.argsort(-cell.scores, kind="stable")].tolist() for cell in cells]
    if state["picture"]:
        yield hand, int(state["picture"])
    for number, seeds in enumerate(ranked):
        yield number, seeds[0]
        yield number, seeds[-1]
    yield from _winners(hand, cells[hand])
    if state["span"]:
        low, high = state["span"]
        inside = (cells[hand].scores >= low) & (cells[hand].scores <= high)
        yield from ((hand, seed) for seed in cells[hand].seeds[inside].tolist())
    matrix, odd = state["matrix"], state["odd"]
    for prompt, seed in zip(matrix.get("prompts", ()), matrix.get("seeds", ()), strict=True):
        yield prompt, int(seed)
    for one in [*odd.get("high", ()), *odd.get("low", ())]:
        yield one["prompt"], int(one["seed"])
    for place in range(1, _ENDS):
        for number, seeds in enumerate(ranked):
            if place < len(seeds):
                yield number, seeds[place]
                yield number, seeds[-1 - place]
    for number, cell in enumerate(cells):
        yield from _winners(number, cell)
    yield from ((hand, seed) for seed in ranked[hand])
    for place in range(max(map(len, ranked))):
        yield from ((n, seeds[place]) for n, seeds in enumerate(ranked) if place < len(seeds))


def _winners(number: int, cell: Any) -> Iterator[Key]:
    """Whoever leads when one picture after another is drawn."""
    highest = -np.inf
    for seed, score in zip(cell.seeds.tolist(), cell.scores.tolist(), strict=True):
        if score > highest:
            highest = score
            yield number, seed
