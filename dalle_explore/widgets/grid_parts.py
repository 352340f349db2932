"""What travels to a prompt grid: the sentence cut at its slots, values of samples, pictures.

Values come first, of all cells at once, and pictures when they are about to be seen. The byte
layout is read by ``widgets/src/prompt_grid/values.ts``; little-endian everywhere. A part of
values has, in its header, the ``cells`` that it speaks of, the ``counts`` of their samples and
their ``facts`` in words; its five buffers hold, sample after sample, best first:

=========  ======  ===============================================================================
seeds      uint64
scores     fp32    cosine; NaN: not scored
flags      uint8   1: its picture can be had (or only its score was kept); 2: the judge read it
clear      uint32  one bit for each fact: the judge was clear about it
right      uint32  one bit for each fact: it is right
=========  ======  ===============================================================================

A part of pictures names, as ``wanted``, [cell, seed] of each; its buffers are WebP files, empty
where there is no such picture.
"""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import UInt8

from dalle_explore.judging.verdict import unabridged
from dalle_explore.session.cells import GridCell
from dalle_explore.text.grid import Expansion, Filled
from dalle_explore.text.template import Slot, Template
from dalle_explore.widgets.parts import Part

__all__ = ["QUALITY", "Known", "encoded", "known_of", "pictures_part", "sentence", "values_part"]

QUALITY = 88  # of WebP, for a live view

_THERE, _JUDGED = 1, 2
_MOST = 32  # facts that have a bit
_SPOKEN = re.compile(r"^[\s,.;:!?)\]]")  # what needs no space before it


class Known(NamedTuple):
    """What is known of one sample."""

    seed: int
    score: float | None
    there: bool  # whether its picture can be had
    ticks: Mapping[str, bool | None] | None  # fact -> right; None: unclear, or nobody judged


def known_of(cell: GridCell) -> list[Known]:
    """Return what is known of every sample of a cell, best first."""
    found = []
    for place in cell.order:
        one = cell.pictures[place]
        ticks = cell.ticks(one.seed)
        clear: Mapping[str, bool | None] | None = None
        if ticks and one.facts is not None:
            facts = unabridged(one.facts)
            clear = {
                role: None if not right and facts.get(role) is None else right
                for role, right in ticks.items()
            }
        found.append(Known(one.seed, one.score, one.codes is not None, clear))
    return found


def facts_of(cell: GridCell) -> dict[str, str]:
    """Return the facts that a sentence states: role -> value."""
    scene = cell.scene
    return {} if scene is None else {role: str(scene[role]) for role in scene.roles}


def values_part(cells: Sequence[tuple[int, Mapping[str, str], Sequence[Known]]]) -> Part:
    """Pack the values of some cells.

    Args:
        cells: for each its number, the facts that its sentence states, and its samples, best
            first.
    """
    samples = [(one, list(facts)[:_MOST]) for _, facts, known in cells for one in known]
    flags = [
        _THERE * one.there + _JUDGED * (one.ticks is not None and bool(facts))
        for one, facts in samples
    ]
    clear, right = np.zeros((2, len(samples)), dtype=np.int64)
    for number, (one, facts) in enumerate(samples):
        for bit, fact in enumerate(facts):
            said = None if one.ticks is None else one.ticks.get(fact)
            clear[number] |= (said is not None) << bit
            right[number] |= bool(said) << bit
    scores = [np.nan if one.score is None else one.score for one, _ in samples]
    header = {
        "cells": [number for number, _, _ in cells],
        "counts": [len(known) for _, _, known in cells],
        "facts": [
            [f"{role}: {value}" for role, value in list(facts.items())[:_MOST]]
            for _, facts, _ in cells
        ],
    }
    arrays = [
        np.array([one.seed for one, _ in samples], dtype="<u8"),
        np.array(scores, dtype="<f4"),
        np.array(flags, dtype="u1"),
        clear.astype("<u4"),
        right.astype("<u4"),
    ]
    return Part(header, [array.tobytes() for array in arrays])


def pictures_part(wanted: Sequence[tuple[int, int]], pictures: Sequence[bytes]) -> Part:
    """Pack pictures by (number of the cell, seed); seeds travel as digits."""
    return Part({"wanted": [[cell, str(seed)] for cell, seed in wanted]}, list(pictures))


def encoded(pixels: UInt8[np.ndarray, "y x 3"], quality: int = QUALITY, side: int = 0) -> bytes:
    """Return a picture as WebP, at most ``side`` pixels wide, unless that is 0."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(pixels))
    if side and image.width > side:
        size = (side, max(1, round(image.height * side / image.width)))
        image = image.resize(size, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, format="WEBP", quality=quality, method=4)
    return buffer.getvalue()


def sentence(expansion: Expansion, cells: Sequence[Filled]) -> tuple[dict[str, Any], list[int]]:
    """Return the sentence cut at its slots, and for each cell which of its readings it has.

    Articles follow the word after them, so the text between slots is not the same in all cells;
    every reading is listed once.
    """
    names = [axis.name for axis in expansion.axes]
    template = expansion.template
    slots = [part.name for part in template.parts if isinstance(part, Slot)]
    readings: dict[tuple[str, ...], int] = {}
    which = [readings.setdefault(joints(template, cell), len(readings)) for cell in cells]
    told = {
        "text": template.text,
        "slots": [names.index(name) for name in slots],
        "joints": [list(pieces) for pieces in readings],
        "linked": [[names.index(name) for name in group] for group in expansion.linked],
    }
    return told, which


def joints(template: Template, cell: Filled) -> tuple[str, ...]:
    """Return the text of a cell's prompt around its slots, one piece more than there are slots."""
    literals, slots = [""], []
    for part in template.parts:
        if isinstance(part, Slot):
            slots.append(part.name)
            literals.append("")
        else:
            literals[-1] += part
    left = {name: list(cell.spans.get(name, ())) for name in slots}
    spans = [left[name].pop(0) if left[name] else None for name in slots]
    pieces: list[str] = []
    at = first = 0
    for number, span in enumerate([*spans, (len(cell.prompt), len(cell.prompt))]):
        if span is None:
            continue
        # All slots since the last one that is there are empty: their literals share this text.
        pieces += _shared(cell.prompt[at : span[0]], literals[first : number + 1])
        at, first = span[1], number + 1
    return tuple(
        f"{piece} " if gone and (piece or n) and not piece.endswith(" ") else piece
        for n, (piece, gone) in enumerate(
            zip(pieces, [*(s is None for s in spans), 0], strict=True)
        )
    )


def _shared(text: str, literals: Sequence[str]) -> list[str]:
    """Give every literal of a text without slots its part of it, the last one first."""
    pieces: list[str] = []
    for literal in reversed(literals[1:]):
        words = " ".join(literal.split())
        cut = len(text.rstrip()) - len(words)
        found = bool(words) and text.rstrip().endswith(words)
        piece = text[cut:] if found else ""
        text = text[:cut] if found else text
        # The space that a slot would have brought along.
        spaced = piece and not _SPOKEN.match(piece)
        pieces.append(f" {piece}" if spaced else piece)
    return [text, *reversed(pieces)]
