"""What stands behind a breeder: its family, the litter that is being drawn, and their names."""

import dataclasses
import io
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dalle_explore.errors import InputError
from dalle_explore.runs import Run
from dalle_explore.sampling.children import origins
from dalle_explore.seeds import SEED_LIMIT
from dalle_explore.session.breeding import said_by, said_in, wishes_of
from dalle_explore.session.family import Bred, Family
from dalle_explore.session.model import Model
from dalle_explore.session.sample import Sample
from dalle_explore.session.studio import Painted, Wish, Work, paint, recipe_of
from dalle_explore.settings import Settings
from dalle_explore.trace import Recipe
from dalle_explore.widgets.breeder_table import FOUNDERS

__all__ = ["CHILDREN", "Nursery", "Painting"]

CHILDREN = 8  # of a litter


@dataclasses.dataclass(eq=False)
class Painting:
    """Pictures on their way: founders, or a litter."""

    run: Run[Work, tuple[Painted | None, ...]]
    wishes: tuple[Wish, ...]
    names: tuple[str, ...]
    parents: tuple[int, ...]  # places; none: founders
    how: Bred | None
    number: int  # of the litter, or FOUNDERS
    total: int  # patches


class Nursery:
    """The family of one breeder; it knows no traits, and nothing of browsers."""

    def __init__(self, model: Model, settings: Settings) -> None:
        self.model, self.settings = model, settings
        self.family: Family | None = None
        self.ids: list[str] = []  # of the family's pictures, by place
        self.painting: Painting | None = None
        self.desk = threading.RLock()  # held while a litter is begun; clicks and cells meet here
        self.ranks: dict[str, tuple[int, int]] = {}  # by CLIP, on demand: rank, and of how many
        self._count = 0

    def geometry(self) -> dict[str, Any]:
        """Return what the browser has to know of the model."""
        generator = self.model.generator
        return {name: getattr(generator, name) for name in ("rows", "columns", "patch")}

    @property
    def patches(self) -> int:
        """Patches of one picture."""
        return self.model.generator.patches

    def take(self, family: Family) -> None:
        """Go on with a family that is there, in the place of what was."""
        self.family = family
        self.ids += [self._name() for _ in range(len(family.kin) - len(self.ids))]

    def place(self, wanted: str) -> int:
        """Return the place of a picture in the family, by its name.

        Raises:
            InputError: there is none of this name, or it is still being drawn.
        """
        if wanted in self.ids:
            return self.ids.index(wanted)
        if self.painting is not None and wanted in self.painting.names:
            raise InputError("this picture is still being drawn: wait for it, or press Stop.")
        raise InputError(
            f"there is no picture {wanted!r} in this family: reload the page, or run the cell "
            f"again."
        )

    def sample(self, wanted: str) -> Sample | None:
        """Return a finished picture by its name; None where there is none."""
        if self.family is None or wanted not in self.ids:
            return None
        return self.family.samples[self.ids.index(wanted)]

    def names(self) -> tuple[str, ...]:
        """Of all pictures, also of those that are being drawn."""
        return (*self.ids, *(self.painting.names if self.painting else ()))

    def numbers(self) -> tuple[int, ...]:
        """Of all litters, also of that which is being drawn."""
        there = () if self.family is None else (one.number for one in self.family.litters)
        drawn = self.painting and self.painting.number
        return (*there, *(() if drawn in (None, FOUNDERS) else (drawn,)))

    def next_seed(self) -> str:
        """Return, in digits, the seed of the next litter unless told otherwise."""
        seed = 0 if self.family is None else self.family.next_seed()
        return str(min(seed, SEED_LIMIT - CHILDREN))

    # -- drawing

    def found(self, prompts: Sequence[str], seed: int) -> Painting:
        """Get ready to draw the pictures that a family begins with, one of each sentence.

        Raises:
            InputError: a sentence that the model cannot take.
        """
        wishes = []
        for prompt in prompts:
            self.model.generator.encode_text(prompt)
            wishes.append(Wish(recipe_of(self.model, prompt, self.settings), seed))
        return self._put_up(tuple(wishes), (), None, FOUNDERS)

    def breed(self, parents: Sequence[int], how: Bred, n: int, seed: int) -> Painting:
        """Get ready to draw a litter.

        Raises:
            InputError: see ``Family.bred``.
        """
        family = self._whole()
        found = family.places(parents)
        one, *two = (family.samples[place] for place in found)
        wishes = wishes_of(one, *two, n=n, seed=seed, **dataclasses.asdict(how))
        number = 1 + max((litter.number for litter in family.litters), default=-1)
        return self._put_up(wishes, found, how, number)

    def finish(
        self,
        painting: Painting,
        watchers: Sequence[Callable[[Work], Any]],
    ) -> int:
        """Draw to the end, or until it is stopped; return how many pictures were finished."""
        for watcher in watchers:
            painting.run.watch(watcher)
        try:
            # Somebody may have pressed Stop before it began.
            stopped = painting.run.state == "stopped"
            results = () if stopped else painting.run.run()
            made = [
                Sample.painted(self.model, one)
                for one in results
                if one is not None and one.trace.complete
            ]
            with self.desk:  # a heart may be pressed just now
                self._join(painting, made)
        finally:
            self.painting = None
        return len(made)

    def _join(self, painting: Painting, made: Sequence[Sample]) -> None:
        # A batch is finished as a whole: what is there are the first ones.
        self.ids += painting.names[: len(made)]
        if made and painting.how is not None:
            self.family = self._whole().joined(made, painting.parents, painting.how)
        elif made and self.family is None:
            self.family = Family.founded(*made)
        elif self.family is not None:
            for sample in made:
                self.family = self.family.founder(sample)

    def stop(self) -> None:
        """End the drawing that runs, if there is one."""
        painting = self.painting
        if painting is not None:
            painting.run.stop(wait=False)

    def rank(self, number: int) -> None:
        """Let CLIP put a litter in order, by the sentences it was drawn from and their weights.

        Raises:
            InputError: no such litter, or a sentence that CLIP cannot read.
            ModelFileError, MachineError: CLIP cannot be opened.
        """
        family = self._whole()
        places = self.children(number)
        said = said_by(family.samples[places[0]])
        pixels = np.stack([np.asarray(family.samples[place].picture) for place in places])
        # The cosine with a mixture of sentences is, but for one factor, the mean of the cosines.
        scores = sum(part * self.model.score(prompt, pixels) for prompt, part in said.items())
        order = np.argsort(-np.asarray(scores), kind="stable")
        for rank, j in enumerate(order, start=1):
            self.ranks[self.ids[places[j]]] = (rank, len(places))

    def check_rankable(self, number: int) -> None:
        """Refuse, before CLIP is opened, what it cannot put in order.

        Raises:
            InputError, ModelFileError: see ``rank``.
        """
        places = self.children(number)
        for prompt in said_by(self._whole().samples[places[0]]):
            self.model.check_scorable(prompt)

    def children(self, number: int) -> tuple[int, ...]:
        """Return the places of a litter; of ``FOUNDERS``, of those who are in none.

        Raises:
            InputError: there is no such litter.
        """
        family = self._whole()
        if number == FOUNDERS:
            return family.founders
        for litter in family.litters:
            if litter.number == number:
                return litter.places
        raise InputError(
            f"there is no litter {number}: the family has {len(family.litters)}, counted from 0."
        )

    # -- told

    def told(self) -> list[dict[str, Any]]:
        """Return what the browser is told of all pictures."""
        family, drawn = self.family, []
        if family is not None:
            for place, (one, generation) in enumerate(
                zip(family.kin, family.generations, strict=True)
            ):
                name = self.ids[place]
                drawn.append(
                    {
                        "id": name,
                        "parents": [self.ids[parent] for parent in one.parents],
                        "litter": FOUNDERS if one.litter is None else one.litter,
                        "generation": generation,
                        "seed": str(one.sample.seed),
                        "said": _pairs(said_by(one.sample)),
                        "kept": self._kept(one.parents, one.bred, one.sample.seed),
                        "state": "whole",
                        "favourite": place in family.favourites,
                        "clip": list(self.ranks.get(name, ())),
                        "caption": family.in_words(place),
                        "alt": f"{family.label(place)}. {family.in_words(place)}",
                    }
                )
        return drawn + self._told_drawing()

    def _told_drawing(self) -> list[dict[str, Any]]:
        painting = self.painting
        if painting is None:
            return []
        generations = self.family.generations if self.family is not None else ()
        return [
            {
                "id": name,
                "parents": [self.ids[parent] for parent in painting.parents],
                "litter": painting.number,
                "generation": 1 + max((generations[p] for p in painting.parents), default=-1),
                "seed": str(wish.seed),
                "said": _pairs(said_in(wish.recipe)),
                "kept": self._kept(painting.parents, painting.how, wish.seed),
                "state": "drawing",
                "favourite": False,
                "clip": [],
                "caption": "",
                "alt": f"seed {wish.seed}. A picture that is being drawn.",
            }
            for name, wish in zip(painting.names, painting.wishes, strict=True)
        ]

    def told_litters(self) -> list[dict[str, Any]]:
        """Return what the browser is told of all litters."""
        family = self.family
        found = []
        for litter in () if family is None else family.litters:
            assert family is not None
            found.append(
                {
                    "number": litter.number,
                    "parents": [self.ids[parent] for parent in litter.parents],
                    "children": [self.ids[place] for place in litter.places],
                    "words": self._how(litter.bred, family.samples[litter.places[0]].recipe),
                }
            )
        painting = self.painting
        if painting is not None and painting.how is not None:
            found.append(
                {
                    "number": painting.number,
                    "parents": [self.ids[parent] for parent in painting.parents],
                    "children": list(painting.names),
                    "words": self._how(painting.how, painting.wishes[0].recipe),
                }
            )
        return found

    def picture(self, wanted: str, *, exact: bool = True) -> bytes:
        """Return a picture as a file (WebP); b"" where there is none.

        Args:
            wanted: its name.
            exact: every pixel as it is; otherwise smaller, as good as the eye sees.
        """
        sample = self.sample(wanted)
        if sample is None:
            return b""
        buffer = io.BytesIO()
        how: dict[str, Any] = {"lossless": True} if exact else {"quality": 80}
        sample.picture.save(buffer, format="WEBP", **how)
        return buffer.getvalue()

    def _how(self, bred: Bred, recipe: Recipe) -> str:
        parts = [f"{100 * part:.3g}" for part in said_in(recipe).values()]
        mixed = f"; sentences mixed {' : '.join(parts)}" if len(parts) > 1 else ""
        return f"{100 * bred.share:.3g} % of the patches drawn anew{mixed}"

    def _kept(self, parents: Sequence[int], how: Bred | None, seed: int) -> str:
        """From whom each patch is, as digits: 0 drawn anew, 1 and 2 kept from that parent."""
        if how is None:
            return ""
        generator = self.model.generator
        grid = (generator.rows, generator.columns)
        found = origins(grid, len(parents), share=how.share, seed=seed)
        return "".join(map(str, found.flatten().tolist()))

    def _put_up(
        self, wishes: tuple[Wish, ...], parents: tuple[int, ...], how: Bred | None, number: int
    ) -> Painting:
        run = paint(self.model, wishes, every=1)
        names = tuple(self._name() for _ in wishes)
        total = len(wishes) * self.patches
        self.painting = Painting(run, wishes, names, parents, how, number, total)
        return self.painting

    def _name(self) -> str:
        self._count += 1
        return f"k{self._count - 1}"

    def _whole(self) -> Family:
        if self.family is None:
            raise InputError(
                "there is no family yet: begin with found(prompt), or give a sample to the "
                "breeder."
            )
        return self.family


def _pairs(said: dict[str, float]) -> list[list[Any]]:
    return [[prompt, part] for prompt, part in said.items()]
