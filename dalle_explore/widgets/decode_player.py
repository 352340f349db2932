"""``DecodePlayer``: watch pictures being written, and ask what else they might have become."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dalle_explore.errors import DalleExploreError, InputError
from dalle_explore.session.model import Model
from dalle_explore.session.sample import Sample
from dalle_explore.session.samples import Samples
from dalle_explore.settings import Settings
from dalle_explore.widgets.asked import ASKED
from dalle_explore.widgets.at_work import AtWork
from dalle_explore.widgets.base import built, refuse_unknown
from dalle_explore.widgets.branches import Branch, How, fork_edits, place, redraw_edits
from dalle_explore.widgets.easel import Easel
from dalle_explore.widgets.given import (
    MOST,
    count_of,
    index_of,
    opened,
    patch_of,
    places_of,
    seed_of,
)
from dalle_explore.widgets.offline import as_page, still
from dalle_explore.widgets.source import as_code, kind_of_figure, view_of
from dalle_explore.widgets.table import OVERLAYS

if TYPE_CHECKING:
    import matplotlib.figure

    from dalle_explore.session.tree import Tree

__all__ = ["OVERLAYS", "DecodePlayer"]


class DecodePlayer(AtWork):
    """Watch pictures being written, stop the clock, and ask what else might have been drawn.

    Shows samples, or draws its own. In a notebook it is live; ``figure()`` is its still, and
    ``save_html(path)`` its page that needs no kernel.

    Args:
        what: a sample, samples, or a model that shall draw; the bundled model when None.
        prompt: what the model shall draw, as soon as somebody looks or ``draw()`` is called.
        n: pictures of one drawing, 1 to 8.
        seed: of the first.
        settings: how to sample; the model's own when None.
        score: let CLIP score finished pictures, when there is nothing else to do.
        step: how many patches are shown; None: all.
        patch: (row, column) whose numbers are shown, counted from 0.
        overlay: one of "picture", "entropy", "filtered" (entropy after temperature and filters),
            "average" (entropy against the held-out average), "surprise", "rank", "difference".
        selected: which picture's numbers are shown, counted from 0.
        compared: which other one the difference is to.
        shown: which pictures stand side by side, 1 to 8 of them, counted from 0; the others are
            among the branches. None: the first eight, and the others are left out.
        **unknown: refused, with the nearest keyword that there is.

    Raises:
        InputError: something that cannot be shown, or a value out of its range.
        ModelFileError: no model is at hand.
    """

    _esm = built("decode_player.js")
    _css = built("decode_player.css")
    page_script = "decode_player.page.js"

    def __init__(
        self,
        what: Model | Sample | Samples | Sequence[Sample] | None = None,
        prompt: str = "",
        n: int = 4,
        seed: int = 0,
        *,
        settings: Settings | None = None,
        score: bool = True,
        step: int | None = None,
        patch: tuple[int, int] | None = None,
        overlay: str = "picture",
        selected: int = 0,
        compared: int | None = None,
        shown: Sequence[int] | None = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(type(self), unknown)
        model, samples = opened(what)
        if samples and prompt:
            raise InputError(
                f"prompt is {prompt!r}, but samples are given, which have theirs: give a model "
                f"and a prompt, or samples alone."
            )
        first = seed_of(seed)
        count_of(n)
        if overlay not in OVERLAYS:
            raise InputError(f"overlay is {overlay!r}, but it is one of {', '.join(OVERLAYS)}.")
        if samples:
            settings, prompt = settings or samples[0].settings, samples[0].prompt
        self._easel = Easel(model, settings or model.settings, self._post)
        self._score, self._notice = score, ""
        self._waiting = bool(prompt and not samples)
        super().__init__()
        generator = model.generator
        self.geometry = self._easel.geometry()
        self.prompt, self.n = prompt, n
        self.settings = self._easel.settings_told()
        self.reshape = {name: self.settings[name] for name in ("temperature", "top_k", "top_p")}
        self._easel.hang(samples, MOST if shown is None else len(samples))
        self.seed = self._easel.next_seed(first) if samples else str(first)
        self._tell()
        if samples:
            names = self._easel.ids
            self.shown = [names[one] for one in places_of(shown, len(names))]
            self.selected = names[index_of("selected", selected, len(names))]
            if compared is not None:
                self.compared = names[index_of("compared", compared, len(names))]
            self.step = generator.patches if step is None else step
        if patch is not None:
            self.patch = self._patch(patch)
        self.overlay = overlay

    # -- drawing

    def draw(
        self,
        prompt: str | None = None,
        *,
        n: int | None = None,
        seed: int | None = None,
        settings: Settings | None = None,
        wait: bool | None = None,
    ) -> "DecodePlayer":
        """Draw pictures of a sentence, and show them side by side.

        Args:
            prompt: what to draw; that of the prompt line when None.
            n: how many, 1 to 8; as before when None.
            seed: of the first; None goes on after the last one used.
            settings: how to sample; as before when None.
            wait: until they are drawn. None: wait where no widget can be watched, in scripts.

        Raises:
            InputError: an empty or unreadable prompt, a number out of its range, the player draws
                already, or it is closed.
        """
        with self._easel.desk:
            self.check_free()
            count = count_of(self.n if n is None else n)
            sentence = self.prompt if prompt is None else prompt
            if not sentence.strip():
                raise InputError("the prompt is empty: write what to draw, then press Draw.")
            first = seed_of(self.seed if seed is None else seed)
            run = self._easel.draw(sentence, count, first, settings)
            with self._beginning(run, [branch.id for branch in run.branches]):
                self._waiting = False
                self.prompt, self.n = sentence, count
                self.settings = self._easel.settings_told()
                self.seed = self._easel.next_seed(first + count)
        self._until(wait)
        return self

    def fork(
        self, patch: tuple[int, int], code: int, *, wait: bool | None = None
    ) -> "DecodePlayer":
        """Let the selected picture take another code at a patch, and draw the rest once more.

        The noise is the same, so that only the other code can make a difference.

        Args:
            patch: (row, column), counted from 0.
            code: which code it shall be.
            wait: until it is drawn; see ``draw``.

        Raises:
            InputError: a patch that is not drawn yet, no such code, or nothing is selected.
        """
        parent, at = self._selected(), self._patch(patch)
        assert parent.trace is not None
        edits = fork_edits(parent.trace, at, code)
        label = f"{place(at, self.geometry['columns'])}: code {code}"
        self._child(parent, edits, "fork", label, at, parent.seed, wait)
        return self

    def redraw(
        self, patches: Collection[tuple[int, int]], *, wait: bool | None = None
    ) -> "DecodePlayer":
        """Draw some patches of the selected picture anew, with new dice; the others stay.

        Args:
            patches: (row, column) of each, counted from 0.
            wait: until it is drawn; see ``draw``.

        Raises:
            InputError: no patches, one outside the picture, or an unfinished picture.
        """
        parent, numbers = self._selected(), [self._patch(patch) for patch in patches]
        assert parent.trace is not None
        edits = redraw_edits(parent.trace, numbers)
        seed = self._easel.fresh()
        label = f"{len(set(numbers))} patches redrawn, seed {seed}"
        self._child(parent, edits, "redraw", label, min(numbers), seed, wait)
        return self

    def dice(self, *, wait: bool | None = None) -> "DecodePlayer":
        """Draw the same sentence with seeds that were not used yet; see ``draw``."""
        return self.draw(seed=self._easel.fresh(), wait=wait)

    def upload(
        self,
        picture: Any,
        prompt: str | None = None,
        *,
        fit: str = "crop",
        name: str = "the picture",
        wait: bool | None = None,
    ) -> "DecodePlayer":
        """Turn a picture from outside into codes, and show it beside the others.

        Args:
            picture: a file, the bytes of one, or an image of Pillow; see ``dalle_explore.upload``.
            prompt: what it shows; the prompt line when None.
            fit: "crop" or "frame".
            name: what sentences call bytes that came without a file.
            wait: until it is there; see ``draw``.

        Raises:
            InputError: not a picture that can be read, one that is too large, or no prompt.
        """
        sentence = self.prompt if prompt is None else prompt
        if not sentence.strip():
            raise InputError(
                "the prompt is empty, but an uploaded picture needs a caption: write what it "
                "shows."
            )
        with self._easel.desk:
            self.check_free()
            self._easel.uploading, self._error = True, None
        self._say("working", "Turning the picture into codes.")
        self._workshop.add(self._kept(lambda: self._uploaded(picture, sentence, fit, name)))
        self._until(wait)
        return self

    def stop(self) -> "DecodePlayer":
        """End the drawing after the patch it is at; what is there stays."""
        self._easel.stop()
        return self

    # -- looking

    @property
    def model(self) -> Model:
        """What draws."""
        return self._easel.model

    @property
    def how(self) -> Settings:
        """The settings of the next drawing, all of them."""
        return self._easel.settings

    @property
    def samples(self) -> tuple[Sample, ...]:
        """The finished pictures, in the order in which they came."""
        return tuple(one.sample for one in self._easel.branches if one.sample is not None)

    @property
    def sample(self) -> Sample | None:
        """The picture that is selected, if it is finished; a closed player refuses."""
        self._check_open()
        return self._easel.find(self.selected).sample if self.selected else None

    @property
    def tree(self) -> "Tree":
        """All finished pictures, and which was made from which.

        Raises:
            InputError: nothing is drawn yet, or the player is closed.
        """
        self._check_open()
        return self._easel.tree()

    @property
    def view(self) -> dict[str, Any]:
        """Keywords that show the same again: ``DecodePlayer(player.samples, **player.view)``."""
        return view_of(self, [one.id for one in self._easel.branches if one.sample is not None])

    def figure(self, kind: str | None = None, **options: Any) -> "matplotlib.figure.Figure":
        """Draw what is shown as a matplotlib figure.

        Args:
            kind: "sheet", "film", "entropy", "alternatives" or "tree"; None takes what fits to
                what is shown: the overlay, the pinned patch, the clock.
            **options: of the drawing function.

        Raises:
            InputError: nothing is drawn yet, or no such kind.
        """
        self._check_open()
        chosen = (self.shown, self.selected, self.patch)
        return self._easel.figure(kind or self._kind(), *chosen, **options)

    def python(self) -> str:
        """Return the code that makes this player again, pictures and view."""
        self._check_open()
        line = (self.prompt, self.n, self.seed, self.how)
        return as_code(self.model, self._easel.branches, *line, self.view)

    # -- the browser half

    def _on_hello(self) -> None:
        if self._waiting:
            self._waiting = False
            self.draw(wait=False)

    def _asked(self, kind: str, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        self._check_open()
        if kind not in ASKED:
            return
        try:
            ASKED[kind](self, content, buffers)
        except DalleExploreError:
            raise
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"the page asked to {kind} in a way that means nothing here ({error!r}): reload "
                f"the page, or run the cell again."
            ) from error

    def send_film(self, wanted: str, parts: Iterable[str]) -> None:
        """Send parts of a film to the browser, as soon as nothing more urgent is to be done."""
        branch = self._easel.find(wanted)
        for place_in_line, job in self._easel.films(branch, list(parts)):
            self._workshop.add(job, urgency=1 + place_in_line + (place_in_line > 2))

    def send_crops(self, wanted: str, patch: int, top: int) -> None:
        """Send what the likeliest codes of one patch look like."""
        branch = self._easel.find(wanted)
        self._workshop.add(lambda goes_on: self._easel.crops(branch, patch, top), urgency=1)

    def tell_browser(self, content: dict[str, Any]) -> None:
        """Send a message that needs no bytes."""
        self._post(content, [])

    def _child(
        self,
        parent: Branch,
        edits: Any,
        how: How,
        label: str,
        at: int,
        seed: int,
        wait: bool | None,
    ) -> None:
        with self._easel.desk:
            self.check_free()
            run = self._easel.child(parent, edits, how, label, at, seed)
            (child,) = run.branches
            with self._beginning(run, parent.beside(child.id, self.shown, MOST)):
                pass
        self._until(wait)

    def _kind(self) -> str:
        return kind_of_figure(self.overlay, self.patch, self.step < self._easel.patches)

    def _words(self) -> tuple[str, str]:
        chosen = self.sample
        if chosen is None or self._kind() in ("sheet", "tree"):
            return self.alt, self.caption
        return chosen.alt(), chosen.caption()

    def _selected(self) -> Branch:
        self._check_open()
        if not self.selected:
            raise InputError("no picture is selected: draw one first, or click one.")
        branch = self._easel.find(self.selected)
        if branch.trace is None:
            raise InputError("this picture is still being drawn: wait for it, or press Stop.")
        return branch

    def _patch(self, patch: Any) -> int:
        return patch_of(patch, self.geometry["rows"], self.geometry["columns"])

    def _free(self) -> None:
        self._easel.close()

    def _still(self) -> bytes:
        return still([self._easel.find(one) for one in self.shown])

    def _title(self) -> str:
        return self.prompt or "nothing drawn yet"

    def _embedded(self) -> dict[str, Any]:
        whole = {one.id for one in self._easel.branches if one.sample is not None}
        if not whole.intersection(self.shown):
            raise InputError(
                "there is nothing to save yet, as no picture that is shown is finished: draw "
                "something first, or wait for it."
            )
        return as_page({name: getattr(self, name) for name in self.shared()}, self._easel)
