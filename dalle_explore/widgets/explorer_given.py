"""What people give to an explorer, checked before anything is looked at."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dalle_explore.errors import InputError
from dalle_explore.session.drawing import draw
from dalle_explore.session.model import Model
from dalle_explore.session.sample import Sample
from dalle_explore.text.tokenizer import EncodedText
from dalle_explore.widgets.given import opened

__all__ = ["box_of", "one_of", "picks_of", "samples_of", "word_of"]


def samples_of(what: Any, prompt: str, beside: Sample | None) -> tuple[Model, tuple[Sample, ...]]:
    """Return the model and the samples of whatever an explorer was given; draws one if it has to.

    Raises:
        InputError: something else than samples of one model, a prompt beside samples, or neither.
        ModelFileError: nothing was given, and no model is bundled.
    """
    model, samples = opened(what)
    if samples and prompt:
        raise InputError(
            f"prompt is {prompt!r}, but samples are given, which have theirs: give a model and a "
            f"prompt, or samples alone."
        )
    if not samples:
        if not prompt.strip():
            raise InputError(
                "there is no picture to look into: give what dx.draw() returned, or a model and a "
                "prompt."
            )
        samples = tuple(draw(model, prompt, n=1, seed=0, score=False))
    if beside is not None:
        other, _ = opened(beside)
        if other.digest != model.digest:
            raise InputError("beside was drawn by another model: give a sample of the same one.")
    return model, samples


def one_of(name: str, value: Any, known: Sequence[str]) -> None:
    """Refuse a value that is none of those that there are.

    Raises:
        InputError: it is another.
    """
    if value not in known:
        raise InputError(f"{name} is {value!r}, but it is one of {', '.join(known)}.")


def word_of(text: EncodedText, word: Any) -> int:
    """Return the place of a word among those of a prompt.

    Args:
        text: the prompt.
        word: as it stands there (the first, where it stands several times), or its place.

    Raises:
        InputError: there is no such word; those that there are are listed.
    """
    names = [one.text for one in text.words]
    if isinstance(word, int) and not isinstance(word, bool) and 0 <= word < len(names):
        return word
    if isinstance(word, str):
        wanted = word.strip().lower()
        for place, name in enumerate(names):
            if name.lower() == wanted:
                return place
    raise InputError(
        f"word is {word!r}, but it has to be one word of the prompt, or its place from 0 to "
        f"{len(names) - 1}: the words are {', '.join(names)}."
    )


def picks_of(picks: Iterable[Any], geometry: Mapping[str, int]) -> list[list[int]]:
    """Return heads as [layer, head], in order, each once.

    Raises:
        InputError: a head that the model does not have.
    """
    found = set()
    for pick in picks:
        try:
            layer, head = (int(number) for number in pick)
        except (TypeError, ValueError):
            layer = head = -1
        if not (0 <= layer < geometry["layers"] and 0 <= head < geometry["heads"]):
            raise InputError(
                f"picks holds {pick!r}, but a head is (layer, head), with the layers 0 to "
                f"{geometry['layers'] - 1} and the heads 0 to {geometry['heads'] - 1}."
            )
        found.add((layer, head))
    return [[layer, head] for layer, head in sorted(found)]


def box_of(box: Any, rows: int, columns: int) -> list[int]:
    """Return a rectangle of patches as [top, left, bottom, right], both ends included.

    Raises:
        InputError: something else than two ranges inside the picture.
    """
    parts = tuple(box) if isinstance(box, tuple | list) else ()
    good = len(parts) == 2 and all(
        isinstance(part, range) and part.step == 1 and 0 <= part.start < part.stop <= size
        for part, size in zip(parts, (rows, columns), strict=True)
    )
    if not good:
        raise InputError(
            f"box is {box!r}, but it has to be two ranges, of rows within 0 to {rows} and of "
            f"columns within 0 to {columns}: box=(range(4, 9), range(5, 10))."
        )
    down, across = parts
    return [down.start, across.start, down.stop - 1, across.stop - 1]
