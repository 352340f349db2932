"""What a breeder says of the litter that is shown."""

import dataclasses

from dalle_explore.captions import numbers_in_words, outside_in_words, settings_in_words
from dalle_explore.session.breeding import said_by
from dalle_explore.session.family import Family, said_in_words
from dalle_explore.widgets.breeder_nursery import Nursery
from dalle_explore.widgets.breeder_table import FOUNDERS

__all__ = ["words_of"]


def words_of(nursery: Nursery, number: int) -> tuple[str, str]:
    """Return caption and alt text of a litter; of ``FOUNDERS``, of what the family began with."""
    family = nursery.family
    there = family is not None and (
        number == FOUNDERS or any(one.number == number for one in family.litters)
    )
    if family is None or not there:
        return "", "Pictures are being drawn." if nursery.painting else "Nothing is drawn yet."
    places = nursery.children(number)
    caption = f"{_what(family, number, places)} {_how(nursery, family, places)}"
    first = family.samples[places[0]]
    return caption, f"Pictures drawn from {said_in_words(said_by(first))}. {caption}"


def _what(family: Family, number: int, places: tuple[int, ...]) -> str:
    seeds = sorted({family.samples[place].seed for place in places})
    named = f"seed{'s' if len(seeds) > 1 else ''} {numbers_in_words(seeds)}"
    if number == FOUNDERS:
        count = "1 picture" if len(places) == 1 else f"{len(places)} pictures"
        return f"A family is begun with {count}, {named}."
    litter = next(one for one in family.litters if one.number == number)
    sample = family.samples[places[0]]
    size = sample.codes.size
    anew = size - int(sample.kept.sum())
    parents = " and ".join(family.named(place) for place in litter.parents)
    count = "1 child" if len(places) == 1 else f"{len(places)} children"
    return (
        f"{count} of {parents}, {named}: in each {anew} of {size} patches drawn anew from "
        f"{said_in_words(said_by(sample))}, the others kept; all shown, as they came."
    )


def _how(nursery: Nursery, family: Family, places: tuple[int, ...]) -> str:
    ranked = [nursery.ids[place] for place in places if nursery.ids[place] in nursery.ranks]
    by = ""
    if ranked:
        by = " Places are by CLIP, for these sentences and weights."
    samples = [family.samples[place] for place in places]
    recipes = [dataclasses.replace(one.recipe, edits=()) for one in samples]
    made = dict.fromkeys(
        f"Model {recipe.model} ({recipe.model_digest[:8]}), {settings_in_words(recipe)}"
        for recipe in recipes
    )
    prompts = dict.fromkeys(prompt for one in samples for prompt in said_by(one))
    words = dict.fromkeys(
        word for prompt in prompts for word in nursery.model.unknown_words(prompt)
    )
    licences = ", ".join(dict.fromkeys(recipe.licence for recipe in recipes))
    return f"{by}{'; '.join(made)}.{outside_in_words(list(words))} Pictures: {licences}.".strip()
