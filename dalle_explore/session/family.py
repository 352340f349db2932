"""A family: pictures, whose children they are, and everything needed to draw each one again."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from dalle_explore.captions import numbers_in_words, outside_in_words, settings_in_words
from dalle_explore.errors import InputError, MachineError
from dalle_explore.session.breeding import breed, said_by
from dalle_explore.session.sample import Sample
from dalle_explore.shown import SavedAsFigure

__all__ = ["Bred", "Family", "Kin", "Litter", "said_in_words"]

_WORDS = 40  # letters of a prompt that name a founder


@dataclasses.dataclass(frozen=True)
class Bred:
    """How a litter was bred; see ``breed``."""

    share: float = 0.5
    weight: float = 0.5
    other_prompt: str | None = None


class Kin(NamedTuple):
    """One picture of a family."""

    sample: Sample
    parents: tuple[int, ...] = ()  # places of the first and the second; none: a founder
    litter: int | None = None  # the number of the litter it was born in; None: a founder
    bred: Bred | None = None


class Litter(NamedTuple):
    """Children that were drawn together."""

    number: int
    parents: tuple[int, ...]
    bred: Bred
    places: tuple[int, ...]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Family(SavedAsFigure):
    """Pictures of one model and whose children they are; parents stand before their children.

        family = Family.founded(sample, other).bred(0, 1, share=0.5).bred(4, share=0.3)

    A family is a value: what is bred is a larger family. Places count from 0, in the order in
    which the pictures came.
    """

    drawn_by: ClassVar[str] = "family"

    kin: tuple[Kin, ...]
    favourites: frozenset[int] = frozenset()  # places

    def __post_init__(self) -> None:
        """Check that everybody's parents are there, and that all are of one model."""
        if not self.kin:
            raise InputError("a family has one picture at least: give a sample to begin with.")
        first = self.kin[0].sample
        for place, one in enumerate(self.kin):
            if one.sample.model_digest != first.model_digest:
                raise InputError(
                    f"picture {place} was drawn by {one.sample.recipe.model!r} "
                    f"({one.sample.model_digest[:8]}) and the first by {first.recipe.model!r} "
                    f"({first.model_digest[:8]}), whose codes mean different things: take "
                    f"pictures of one model."
                )
            if len(one.parents) > 2 or not all(0 <= parent < place for parent in one.parents):
                raise InputError(
                    f"the parents of picture {place} are {one.parents}, but they are one or two "
                    f"earlier pictures: the family is damaged."
                )
            if bool(one.parents) != (one.litter is not None) or (one.bred is None) != (
                one.litter is None
            ):
                raise InputError(
                    f"picture {place} has parents and no litter, or a litter and no parents: the "
                    f"family is damaged."
                )
        known = set(range(len(self.kin)))
        if not self.favourites <= known:
            raise InputError(
                f"favourites are {sorted(self.favourites)}, but the pictures are 0 to "
                f"{len(self.kin) - 1}."
            )

    @classmethod
    def founded(cls, *samples: Sample) -> Self:
        """Begin a family with one or more pictures of one model.

        Raises:
            InputError: no picture, or pictures of several models.
        """
        for one in samples:
            if not isinstance(one, Sample):
                raise InputError(
                    f"a family begins with samples, but {one!r} was given: give what dx.draw() "
                    f"returned, one by one."
                )
        return cls(tuple(Kin(one) for one in samples))

    def bred(
        self,
        *parents: int,
        n: int = 8,
        share: float = 0.5,
        seed: int | None = None,
        weight: float = 0.5,
        other_prompt: str | None = None,
    ) -> Self:
        """Return the family with ``n`` children of one or two of its pictures.

        Args:
            *parents: their places, the first and the second.
            n: how many children.
            share: of patches that are drawn anew; see ``breed``.
            seed: of the first child; None goes on after the largest that the family has.
            weight: of the second's sentence; see ``breed``.
            other_prompt: a sentence to mix in; see ``breed``.

        Raises:
            InputError: see ``breed``; or other than one or two places.
        """
        found = self.places(parents)
        one, *two = (self.kin[place].sample for place in found)
        how = Bred(share, weight, other_prompt)
        children = breed(
            one,
            *two,
            n=n,
            share=share,
            seed=self.next_seed() if seed is None else seed,
            weight=weight,
            other_prompt=other_prompt,
        )
        return self.joined(children, found, how)

    def joined(self, children: Iterable[Sample], parents: Sequence[int], how: Bred) -> Self:
        """Return the family with children that were drawn elsewhere, as one litter."""
        number = 1 + max((one.litter for one in self.kin if one.litter is not None), default=-1)
        born = tuple(Kin(child, tuple(parents), number, how) for child in children)
        return dataclasses.replace(self, kin=(*self.kin, *born))

    def founder(self, sample: Sample) -> Self:
        """Return the family with one more picture that is nobody's child."""
        return dataclasses.replace(self, kin=(*self.kin, Kin(sample)))

    def marked(self, place: int, favourite: bool = True) -> Self:
        """Return the family with a picture among its favourites, or no more among them."""
        (found,) = self.places((place,))
        others = self.favourites - {found}
        return dataclasses.replace(self, favourites=others | {found} if favourite else others)

    # -- who is who

    def places(self, given: Sequence[int]) -> tuple[int, ...]:
        """Check one or two places.

        Raises:
            InputError: none, too many, one twice, or one that there is not.
        """
        for place in given:
            whole = isinstance(place, int | np.integer) and not isinstance(place, bool)
            if not whole or not 0 <= place < len(self.kin):
                raise InputError(
                    f"the place {place!r} is none of this family's, whose {len(self.kin)} "
                    f"pictures are counted from 0: give one from 0 to {len(self.kin) - 1}."
                )
        if not 1 <= len(given) <= 2 or len(set(given)) != len(given):
            raise InputError(
                f"the parents are {tuple(given)}, but they are one or two different pictures: "
                f"give their places."
            )
        return tuple(int(place) for place in given)

    @property
    def samples(self) -> tuple[Sample, ...]:
        """All pictures, in the order in which they came."""
        return tuple(one.sample for one in self.kin)

    @property
    def founders(self) -> tuple[int, ...]:
        """Places of the pictures that are nobody's children."""
        return tuple(place for place, one in enumerate(self.kin) if not one.parents)

    @property
    def litters(self) -> tuple[Litter, ...]:
        """All litters, in the order in which they were bred."""
        found: dict[int, list[int]] = {}
        for place, one in enumerate(self.kin):
            if one.litter is not None:
                found.setdefault(one.litter, []).append(place)
        litters = []
        for number, places in found.items():
            first = self.kin[places[0]]
            assert first.bred is not None
            litters.append(Litter(number, first.parents, first.bred, tuple(places)))
        return tuple(litters)

    def generation(self, place: int) -> int:
        """Return how many breedings lie between a picture and its farthest founder."""
        return self.generations[place]

    @property
    def generations(self) -> tuple[int, ...]:
        """The generation of every picture; founders are of generation 0."""
        found: list[int] = []
        for one in self.kin:
            found.append(1 + max((found[parent] for parent in one.parents), default=-1))
        return tuple(found)

    def children(self, place: int) -> tuple[int, ...]:
        """Return the places of a picture's children."""
        return tuple(j for j, one in enumerate(self.kin) if place in one.parents)

    def next_seed(self) -> int:
        """Return a seed that no picture here has, and no later one either."""
        return 1 + max(one.sample.seed for one in self.kin)

    # -- exactly

    def redraw(self, place: int) -> Sample:
        """Draw a picture again from its recipe and seed alone, and check that it is the same.

        Returns:
            The picture as drawn now, with statistics.

        Raises:
            InputError: no such place, or another torch or another kind of device drew it, so that
                equal codes are not promised.
            MachineError: the codes or the pixels are others, although they had to be the same.
        """
        (found,) = self.places((place,))
        sample = self.kin[found].sample
        replayed = sample.replay()
        alike = np.array_equal(np.asarray(replayed.sample.picture), np.asarray(sample.picture))
        if not replayed.exact or not alike:
            raise MachineError(
                f"picture {found} (seed {sample.seed}) came out otherwise: "
                f"{len(replayed.flipped)} of {sample.codes.size} codes differ, although model and "
                f"numeric class are the same. This machine does not reckon as it did: check it "
                f"with python -m dalle_explore check same."
            )
        return replayed.sample

    # -- shown

    def label(self, place: int) -> str:
        """Say in few words which picture it is."""
        star = ", a favourite" if place in self.favourites else ""
        return f"{self.named(place)}{star}"

    def named(self, place: int) -> str:
        """Return what a picture is called: its seed, and of a founder what it was drawn from."""
        sample = self.kin[place].sample
        if self.kin[place].parents:
            return f"seed {sample.seed}"
        prompt = " ".join(sample.prompt.split())
        short = prompt if len(prompt) <= _WORDS else f"{prompt[: _WORDS - 1].rstrip()}…"
        return f"“{short}” (seed {sample.seed})"

    def in_words(self, place: int) -> str:
        """Say whose child a picture is, and how it was made."""
        one = self.kin[place]
        said = said_in_words(said_by(one.sample))
        if one.bred is None:
            return f"Begun with: {said}."
        parents = " and ".join(self.named(parent) for parent in one.parents)
        size = one.sample.codes.size
        anew = size - int(one.sample.kept.sum())
        return (
            f"Child of {parents}: {anew} of {size} patches drawn anew, with seed "
            f"{one.sample.seed}, from {said}."
        )

    def caption(self) -> str:
        """Say what is joined, and how the pictures were made."""
        samples = self.samples
        recipes = [dataclasses.replace(one.recipe, edits=()) for one in samples]
        made = dict.fromkeys(
            f"Model {recipe.model} ({recipe.model_digest[:8]}), {settings_in_words(recipe)}"
            for recipe in recipes
        )
        prompts = dict.fromkeys(prompt for one in samples for prompt in said_by(one))
        model = samples[0].model
        words = dict.fromkeys(word for prompt in prompts for word in model.unknown_words(prompt))
        seeds = sorted({one.seed for one in samples})
        litters, marked = self.litters, len(self.favourites)
        founders = len(self.founders)
        begun = "1 picture" if founders == 1 else f"{founders} pictures"
        bred = ""
        if litters:
            shares = numbers_in_words(round(100 * litter.bred.share) for litter in litters)
            count = "1 litter" if len(litters) == 1 else f"{len(litters)} litters"
            bred = (
                f" {count} bred, all children shown as they came, not selected by any score; "
                f"{shares} % of their patches were drawn anew and the others kept from their "
                f"parents. A line leads from parents to their children, a red one from the "
                f"second parent; framed are those that became parents."
            )
        hearts = f" Marked: {marked} favourite{'s' if marked > 1 else ''}." if marked else ""
        licences = ", ".join(dict.fromkeys(recipe.licence for recipe in recipes))
        return (
            f"A family of {len(samples)}, begun with {begun}; "
            f"seed{'s' if len(seeds) > 1 else ''} {numbers_in_words(seeds)}.{bred}{hearts} "
            f"{'; '.join(made)}.{outside_in_words(list(words))} Pictures: {licences}."
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        told = " ".join(
            f"Litter {litter.number + 1}, children of "
            f"{' and '.join(self.label(parent) for parent in litter.parents)}: "
            f"{', '.join(self.label(place) for place in litter.places)}."
            for litter in self.litters
        )
        begun = ", ".join(self.label(place) for place in self.founders)
        return (
            f"A family tree of {len(self.kin)} pictures. Begun with {begun}. {told} "
            f"{self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a picture: its parents, and what it was made with."""
        generations = self.generations
        return [
            {
                "picture": place,
                "first": one.parents[0] if one.parents else None,
                "second": one.parents[1] if len(one.parents) > 1 else None,
                "generation": generations[place],
                "litter": one.litter,
                "seed": one.sample.seed,
                "share": one.bred and one.bred.share,
                "said": said_by(one.sample),
                "favourite": place in self.favourites,
                "edits": list(one.sample.recipe.edits),
            }
            for place, one in enumerate(self.kin)
        ]

    def __repr__(self) -> str:
        return (
            f"Family({len(self.kin)} pictures, {len(self.founders)} founders, "
            f"{len(self.litters)} litters)"
        )


def said_in_words(said: dict[str, float]) -> str:
    """Say from which sentences pictures are drawn: quoted, with their weights where mixed."""
    if len(said) == 1:
        return f"“{next(iter(said))}”"
    parts = [f"“{prompt}” ({100 * part:.3g} %)" for prompt, part in said.items()]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
