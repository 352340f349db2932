"""``Breeder``: children of pictures, their children, and the family tree of all of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dalle_explore.errors import DalleExploreError, InputError
from dalle_explore.session.family import Bred, Family
from dalle_explore.session.family_kept import open_family
from dalle_explore.session.model import Model
from dalle_explore.session.sample import Sample
from dalle_explore.session.samples import Samples
from dalle_explore.session.shelf import AnyGallery
from dalle_explore.settings import Settings
from dalle_explore.widgets.base import built, refuse_unknown
from dalle_explore.widgets.breeder_asked import ASKED
from dalle_explore.widgets.breeder_at_work import BreederAtWork
from dalle_explore.widgets.breeder_given import begun, number_of, parents_of, part_of
from dalle_explore.widgets.breeder_keeping import Keeping
from dalle_explore.widgets.breeder_nursery import CHILDREN
from dalle_explore.widgets.breeder_offline import as_page
from dalle_explore.widgets.breeder_source import breeder_as_code, view_of
from dalle_explore.widgets.breeder_table import FOUNDERS
from dalle_explore.widgets.given import count_of, seed_of
from dalle_explore.widgets.offline import still

if TYPE_CHECKING:
    import matplotlib.figure

__all__ = ["Breeder"]


class Breeder(BreederAtWork):
    """Breed pictures: one parent or two, eight children, and a family tree that forgets nobody.

        dx.Breeder(sample)  # or two: dx.Breeder(sample, other)
        dx.Breeder(model, "a hedgehog drinking tea", "a red cube")

    In a notebook it is live; ``figure()`` is its still, and ``save_html(path)`` its page that
    needs no kernel.

    Args:
        what: a sample, samples, a family, or a model that draws what a family begins with; the
            bundled model when None.
        other: a second sample; with a model, the sentence of the first picture.
        other_prompt: with a model, the sentence of the second picture; with samples, a sentence to
            mix in.
        prompt: the sentence of the first picture, by name.
        share: how far the next litter goes, the share of patches drawn anew, from 0 to 1.
        weight: of what the second parent says, or ``other_prompt``, from 0 to 1.
        seed: of the next pictures; None goes on after the largest used.
        settings: how a model draws the first pictures; its own when None.
        parents: places of the next litter's parents in the family, one or two.
        litter: number of the litter that is shown; None is the newest, -1 the beginning.
        selected: place of the picture in hand.
        tree: the name under which the family is kept. With a model and no sentence: the name or
            number of a tree to go on with.
        gallery: where the family is kept: None for the gallery of this user, False for none, a
            path, or a gallery.
        **unknown: refused, with the nearest keyword that there is.

    Raises:
        InputError: something that cannot be bred, or a value out of its range.
        ModelFileError: no model is at hand.
    """

    _esm = built("breeder.js")
    _css = built("breeder.css")
    page_script = "breeder.page.js"

    def __init__(
        self,
        what: Model | Sample | Samples | Sequence[Sample] | Family | None = None,
        other: Sample | str | None = None,
        other_prompt: str = "",
        *,
        prompt: str = "",
        share: float = 0.5,
        weight: float = 0.5,
        seed: int | None = None,
        settings: Settings | None = None,
        parents: Sequence[int] | None = None,
        litter: int | None = None,
        selected: int | None = None,
        tree: str | int | None = None,
        gallery: AnyGallery = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(type(self), unknown)
        model, family, sentence = begun(what, other, prompt)
        if not isinstance(other_prompt, str):
            raise InputError(f"other_prompt is {other_prompt!r}, but it is a sentence: write one.")
        keeping = Keeping(gallery, None if family is None and not sentence else _name(tree))
        if family is None and not sentence and tree is not None:
            family = open_family(model, keeping.gallery(), tree)
            keeping = Keeping(keeping.gallery(), _name_in(keeping, tree), known=True)
        shares = part_of("share", share), part_of("weight", weight)
        given = seed if seed is None else seed_of(seed)
        places = None if family is None else parents_of(parents, family)
        number = FOUNDERS if family is None else number_of(litter, len(family.litters))
        if family is not None and selected is not None:
            family.places((selected,))
        if settings is None:
            settings = model.settings if family is None else family.samples[0].settings
        super().__init__(model, settings, keeping)
        self.geometry = self._nursery.geometry()
        self.share, self.weight = shares
        self.prompt, self.other_prompt = sentence, other_prompt
        self._waiting = bool(sentence)
        if family is not None:
            self._nursery.take(family)
        self.seed = self._nursery.next_seed() if given is None else str(given)
        self._tell()
        if family is not None and places is not None:
            names = self._nursery.ids
            self.one, self.two = names[places[0]], names[places[1]] if len(places) > 1 else ""
            self.litter = FOUNDERS if number < 0 else family.litters[number].number
            self.chosen = self.one if selected is None else names[selected]

    # -- breeding

    def found(
        self,
        prompt: str | None = None,
        other_prompt: str | None = None,
        *,
        seed: int | None = None,
        wait: bool | None = None,
    ) -> "Breeder":
        """Draw the pictures that a family begins with: one of each sentence, with one seed.

        Args:
            prompt: of the first; that of the line when None.
            other_prompt: of the second; that of the line when None; empty for none.
            seed: of both, so that not luck makes the difference; as in ``seed`` when None.
            wait: until they are drawn. None: wait where no widget can be watched, in scripts.

        Raises:
            InputError: an empty or unreadable sentence, or the breeder is at work already.
        """
        with self._nursery.desk:
            self.check_free()
            one = self.prompt if prompt is None else prompt
            two = self.other_prompt if other_prompt is None else other_prompt
            if not one.strip():
                raise InputError("the prompt is empty: write what to draw, then press Draw.")
            prompts = [one, two] if two.strip() and two != one else [one]
            first = seed_of(self.seed if seed is None else seed)
            painting = self._nursery.found(prompts, first)
            self._waiting = False
            self.prompt = one
            self._begin(painting)
        self._until(wait)
        return self

    def breed(
        self,
        *parents: int,
        share: float | None = None,
        weight: float | None = None,
        other_prompt: str | None = None,
        seed: int | None = None,
        n: int = CHILDREN,
        wait: bool | None = None,
    ) -> "Breeder":
        """Draw a litter, and show it.

        Args:
            *parents: their places in the family, one or two; those in hand when none are given.
            share: of patches drawn anew; as the slider when None.
            weight: of what the second says; as the slider when None.
            other_prompt: a sentence to mix in; as in the line when None; empty for none.
            seed: of the first child; None goes on after the last one used.
            n: how many children, 1 to 8.
            wait: until they are drawn; see ``found``.

        Raises:
            InputError: no parents, a number out of its range, a sentence that cannot be read, or
                the breeder is at work already.
        """
        with self._nursery.desk:
            self.check_free()
            count = count_of(n)
            if parents:
                places = parents
            else:
                there = [name for name in (self.one, self.two) if name]
                if not there:
                    raise InputError("no parent is chosen: click a picture first, or name one.")
                places = tuple(self._nursery.place(name) for name in there)
            line = self.other_prompt if other_prompt is None else other_prompt
            how = Bred(
                share=part_of("share", self.share if share is None else share),
                weight=part_of("weight", self.weight if weight is None else weight),
                other_prompt=line if line.strip() else None,
            )
            first = seed_of(self.seed if seed is None else seed)
            painting = self._nursery.breed(places, how, count, first)
            names = self._nursery.ids
            with self.hold_sync():
                self.one = names[painting.parents[0]]
                self.two = names[painting.parents[1]] if len(painting.parents) > 1 else ""
                self.share, self.weight, self.other_prompt = how.share, how.weight, line
                self._begin(painting)
        self._until(wait)
        return self

    def choose(self, place: int, *, second: bool = False) -> "Breeder":
        """Make a picture the first parent of the next litter, or the second.

        The second parent of the litter that is shown is let go with the first choice of another
        first; whoever is wanted again is chosen again.

        Raises:
            InputError: there is none at that place.
        """
        name = self._nursery.ids[self._family().places((place,))[0]]
        with self.hold_sync():
            self.chosen = name
            if second:
                self.two = "" if name == self.one else name
            else:
                parents = next((p for n, p in self._parents_of_litters() if n == self.litter), ())
                as_they_were = (self.one, self.two) == (*parents, "")[:2]
                if name == self.two or (as_they_were and name != self.one):
                    self.two = ""
                self.one = name
        return self

    def go(self, place: int) -> "Breeder":
        """Go back to a picture: show its litter, with the parents that this one had.

        Nothing is lost: what was bred since stays in the tree.

        Raises:
            InputError: there is none at that place.
        """
        family = self._family()
        (found,) = family.places((place,))
        one, names = family.kin[found], self._nursery.ids
        with self.hold_sync():
            self.litter = FOUNDERS if one.litter is None else one.litter
            parents = one.parents or (found,)
            self.one = names[parents[0]]
            self.two = names[parents[1]] if len(parents) > 1 else ""
            self.chosen = names[found]
        return self

    def adopt(self, sample: Sample, *, second: bool = False) -> "Breeder":
        """Take a picture from elsewhere into the family, and make it a parent.

        Args:
            sample: of the same model.
            second: make it the second parent, not the first.

        Raises:
            InputError: another model drew it, or the breeder is at work.
        """
        with self._nursery.desk:
            self.check_free()
            family = self.family
            self._nursery.take(
                Family.founded(sample) if family is None else family.founder(sample)
            )
            self._waiting = False
            self.seed = self._nursery.next_seed()
            self._tell()
        return self.choose(len(self._family().kin) - 1, second=second and family is not None)

    def favourite(self, place: int, on: bool = True) -> "Breeder":
        """Mark a picture as a favourite, in the gallery, too; or take the mark away.

        Raises:
            InputError: there is none at that place.
        """
        with self._nursery.desk:
            family = self._family().marked(place, on)
            self._nursery.take(family)
            self._keeping.mark(family.samples[place], on)
            self._tell()
        return self

    def rank(self, litter: int | None = None, *, wait: bool | None = None) -> "Breeder":
        """Let CLIP put a litter in order, by its sentences and their weights.

        The order is by the mean of the cosines with the sentences, by weight, which is the cosine
        with their mixture but for one factor. Nothing is chosen by it.

        Args:
            litter: its number; what is shown when None.
            wait: until it is done; see ``found``.

        Raises:
            InputError: no such litter, a sentence that CLIP cannot read, or it is at work.
            ModelFileError: the model carries no CLIP.
        """
        self._rank(self.litter if litter is None else litter)
        self._until(wait)
        return self

    def redraw(self, place: int, *, wait: bool | None = None) -> "Breeder":
        """Draw a picture again from its recipe and seed, and say whether it is the same.

        Raises:
            InputError, MachineError: see ``Family.redraw``.
        """
        family = self._family()
        family.places((place,))
        with self._nursery.desk:
            self.check_free()
            self._error = None
            self._say("working", "Drawing it again, from its recipe and its seed.")
            self._workshop.add(self._kept(lambda: self._redrawn(family, place)))
        self._until(wait)
        return self

    def _redrawn(self, family: Family, place: int) -> None:
        """Runs in the workshop's thread."""
        again = family.redraw(place)
        size = again.codes.size
        self._say(
            "idle",
            f"Drawn again, seed {again.seed}: all {size} codes and every pixel are the same.",
        )

    def stop(self) -> "Breeder":
        """End the drawing after the patch it is at; finished pictures stay."""
        self._nursery.stop()
        return self

    # -- looking

    @property
    def selected(self) -> Sample | None:
        """The picture in hand, if it is finished."""
        return self._nursery.sample(self.chosen)

    def on_select(self, callback: Callable[[Sample | None], Any]) -> Callable[[], None]:
        """Call ``callback`` with ``selected`` whenever another picture is taken in hand.

        Returns:
            A function that ends that.
        """
        self._callbacks.append(callback)

        def end() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return end

    @property
    def samples(self) -> tuple[Sample, ...]:
        """All finished pictures, in the order in which they came."""
        return () if self.family is None else self.family.samples

    @property
    def tree(self) -> int | None:
        """The number of the family's tree in the gallery; None: it is not there."""
        return self._keeping.number

    @property
    def view(self) -> dict[str, Any]:
        """Keywords that show the same again: ``Breeder(breeder.family, **breeder.view)``."""
        self._check_open()
        return view_of(self, self._nursery) | self._keeping.source()

    def figure(self, **options: Any) -> "matplotlib.figure.Figure":
        """Draw the family tree as a matplotlib figure.

        Args:
            **options: of the drawing function.

        Raises:
            InputError: nothing is drawn yet, or the breeder is closed.
        """
        return self._family().figure(**options)

    def python(self) -> str:
        """Return the code that breeds the same family and shows the same."""
        self._check_open()
        prompts = [one for one in (self.prompt, self.other_prompt) if one.strip()]
        return breeder_as_code(
            self.model, self.family, prompts, self.seed, self._nursery.settings, self.view
        )

    # -- the browser half

    def _on_hello(self) -> None:
        if self._waiting:
            self._waiting = False
            self.found(wait=False)

    def _asked(self, kind: str, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        self._check_open()
        if kind not in ASKED:
            return
        try:
            ASKED[kind](self, content)
        except DalleExploreError:
            raise
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"the page asked to {kind} in a way that means nothing here ({error!r}): reload "
                f"the page, or run the cell again."
            ) from error

    def place_of(self, name: Any) -> int:
        """Return the place in the family of a picture that the browser half names.

        Raises:
            InputError: there is none, or it is still being drawn.
        """
        return self._nursery.place(str(name))

    def tell_browser(self, content: dict[str, Any]) -> None:
        """Send a message that needs no bytes."""
        self._post(content, [])

    def _family(self) -> Family:
        self._check_open()
        if self.family is None:
            raise InputError("there is nothing to show yet: begin a family first, with found().")
        return self.family

    def _words(self) -> tuple[str, str]:
        family = self._family()
        return family.alt(), family.caption()

    def _free(self) -> None:
        self.stop()
        self._callbacks.clear()
        self._nursery.family = None
        self._nursery.ids = []

    def _still(self) -> bytes:
        family = self.family
        if family is None:
            return b""
        parents = [self._nursery.ids.index(one) for one in (self.one, self.two) if one]
        shown = self._nursery.children(self.litter) if self.litter in self._numbers() else ()
        return still([family.kin[place] for place in dict.fromkeys([*parents, *shown])])  # type: ignore[misc]

    def _parents_of_litters(self) -> list[tuple[int, tuple[str, ...]]]:
        names = self._nursery.ids
        return [
            (litter.number, tuple(names[parent] for parent in litter.parents))
            for litter in self._family().litters
        ]

    def _numbers(self) -> tuple[int, ...]:
        family = self.family
        return () if family is None else (FOUNDERS, *(one.number for one in family.litters))

    def _title(self) -> str:
        family = self.family
        return (family.samples[0].prompt if family is not None else self.prompt) or "a family"

    def _embedded(self) -> dict[str, Any]:
        self._family()
        return as_page({name: getattr(self, name) for name in self.shared()}, self._nursery)


def _name(tree: str | int | None) -> str | None:
    if tree is None or isinstance(tree, str):
        return tree
    raise InputError(
        f"tree is {tree!r}, but a number names a tree to go on with, which takes a model and "
        f"nothing else: dx.Breeder(model, tree={tree!r}). Give a text as the name of a new one."
    )


def _name_in(keeping: Keeping, tree: str | int) -> str:
    return next(one.name for one in keeping.gallery().trees() if tree in (one.id, one.name)) or ""
