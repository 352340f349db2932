"""What people give to a breeder, checked before anything is drawn."""

from collections.abc import Sequence
from typing import Any

from dalle_explore.errors import InputError
from dalle_explore.session.family import Family
from dalle_explore.session.model import Model, load
from dalle_explore.session.sample import Sample
from dalle_explore.widgets.given import index_of

__all__ = ["begun", "number_of", "parents_of", "part_of"]


def begun(what: Any, other: Any, prompt: str) -> tuple[Model, Family | None, str]:
    """Return the model, the family, and the sentence that is to be drawn, of whatever was given.

    Args:
        what: a family, a sample, several, a model, or None for the bundled model.
        other: a second sample, or the sentence for a model.
        prompt: the sentence, by name.

    Raises:
        InputError: something else, samples of two models, or a sentence given twice.
        ModelFileError: nothing was given, and no model is bundled.
    """
    if not isinstance(prompt, str):
        raise InputError(f"prompt is {prompt!r}, but it is a sentence: write what to draw.")
    if what is None or isinstance(what, Model):
        if other is not None and not isinstance(other, str):
            raise InputError(
                f"a breeder that begins with a model draws sentences, but {other!r} was given: "
                f"give a sentence, or two samples without a model."
            )
        if other and prompt:
            raise InputError(
                f"the prompt is given twice, as {other!r} and as {prompt!r}: give it once."
            )
        return load() if what is None else what, None, other or prompt
    if isinstance(what, Family):
        if other is not None:
            raise InputError(
                f"a breeder that begins with a family has everybody already, but {other!r} was "
                f"given, too: use family.founder(sample)."
            )
        family = what
    else:
        given = (what,) if isinstance(what, Sample) else what
        samples = (
            tuple(given) if isinstance(given, Sequence) and not isinstance(given, str) else ()
        )
        samples += () if other is None else (other,)
        if not samples or not all(isinstance(one, Sample) for one in samples):
            raise InputError(
                f"a breeder begins with one sample or two, a family, or a model and a sentence, "
                f"but it was given {what!r}{'' if other is None else f' and {other!r}'}: give "
                f"what dx.draw() or dx.load() returned."
            )
        family = Family.founded(*samples)
    if prompt:
        raise InputError(
            f"prompt is {prompt!r}, but samples are given, which have theirs: give a model "
            f"instead, or mix the sentence in, with other_prompt."
        )
    model = family.samples[0].model
    if model is None:
        raise InputError(
            "the model that drew these samples is gone: open it with dx.load(), and the samples "
            "with dx.open(path, model)."
        )
    return model, family, ""


def parents_of(parents: Any, family: Family) -> tuple[int, ...]:
    """Return the places of the parents of the next litter: of the newest picture's, when None.

    Raises:
        InputError: none, too many, or one that there is not.
    """
    if parents is None:
        litters = family.litters
        # Of two that were given both are meant; of more, somebody has to choose.
        founders = family.founders if len(family.founders) <= 2 else family.founders[:1]
        return litters[-1].parents if litters else founders
    if isinstance(parents, int | str) or not isinstance(parents, Sequence):
        raise InputError(
            f"parents is {parents!r}, but it is a list of one or two pictures, counted from 0."
        )
    return family.places(parents)


def number_of(litter: Any, count: int) -> int:
    """Return the number of a litter; None is the newest, -1 what the family began with.

    Raises:
        InputError: there is none of that number.
    """
    if litter is None:
        return count - 1
    return -1 if litter == -1 and not isinstance(litter, bool) else _litter(litter, count)


def _litter(litter: Any, count: int) -> int:
    if not count:
        raise InputError(f"litter is {litter!r}, but nothing was bred yet: leave it out.")
    return index_of("litter", litter, count)


def part_of(name: str, value: Any) -> float:
    """Return a share from 0 to 1.

    Raises:
        InputError: something else.
    """
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= 1:
        raise InputError(
            f"{name} is {value!r}, but it is a share from 0 to 1: give such a number."
        )
    return float(value)
