"""``AttentionExplorer``: where a model looked while it drew, and what the picture depended on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from dalle_explore.errors import DalleExploreError, InputError
from dalle_explore.instruments.ablation import Kind
from dalle_explore.instruments.attention import BY, By
from dalle_explore.instruments.knockout import MODES, Mode
from dalle_explore.session.inspection import Inspection
from dalle_explore.session.model import Model
from dalle_explore.session.sample import Sample
from dalle_explore.session.samples import Samples
from dalle_explore.session.studio import recipe_of
from dalle_explore.widgets.base import built, refuse_unknown
from dalle_explore.widgets.explorer_at_work import ExplorerAtWork
from dalle_explore.widgets.explorer_figures import FIGURES, result_of
from dalle_explore.widgets.explorer_given import (
    box_of,
    one_of,
    picks_of,
    samples_of,
    word_of,
)
from dalle_explore.widgets.explorer_proof import proof_of
from dalle_explore.widgets.explorer_source import explorer_as_code, view_of
from dalle_explore.widgets.explorer_table import TABS
from dalle_explore.widgets.given import index_of, patch_of

if TYPE_CHECKING:
    import matplotlib.figure

__all__ = ["FIGURES", "TABS", "AttentionExplorer"]


class AttentionExplorer(ExplorerAtWork):
    """See where a model looked while it drew a picture, and what the picture depended on.

    In a notebook it is live; ``figure()`` is its still, and ``save_html(path)`` its page that
    needs no kernel.

    Args:
        what: a sample, samples, or a model that draws one; the bundled model when None.
        prompt: what the model draws, with seed 0.
        word: a word of the prompt, or its place among the words, whose map is shown.
        patch: (row, column) whose words and earlier patches are shown, counted from 0.
        by: how "looked at" is meant: "contribution", "attention" or "signed".
        tab: "looks" (where it looked) or "depends" (what it depended on).
        mode: how words are taken away, "all", "image" or "replace"; see ``Inspection.depends_on``.
        picks: (layer, head) of each head that is shown; all together when empty.
        selected: which of the samples is spoken of, counted from 0.
        beside: a sample of the same model, to stand beside it.
        box: two ranges, (rows, columns), of patches whose words are asked for.
        more: show heads, layers and tools, too.
        **unknown: refused, with the nearest keyword that there is.

    Raises:
        InputError: something that cannot be shown, or a value out of its range.
        ModelFileError: no model is at hand.
    """

    _esm = built("attention_explorer.js")
    _css = built("attention_explorer.css")
    page_script = "attention_explorer.page.js"

    def __init__(
        self,
        what: Model | Sample | Samples | Sequence[Sample] | None = None,
        prompt: str = "",
        *,
        word: str | int | None = None,
        patch: tuple[int, int] | None = None,
        by: By = "contribution",
        tab: Literal["looks", "depends"] = "looks",
        mode: Mode = "all",
        picks: Iterable[tuple[int, int]] = (),
        selected: int = 0,
        beside: Sample | None = None,
        box: tuple[range, range] | None = None,
        more: bool = False,
        **unknown: Any,
    ) -> None:
        refuse_unknown(type(self), unknown)
        one_of("by", by, BY)
        one_of("tab", tab, TABS)
        one_of("mode", mode, MODES)
        model, samples = samples_of(what, prompt, beside)
        number = index_of("selected", selected, len(samples))
        super().__init__(model)
        for sample in samples:
            self._shelf.hang(sample)
        chosen = self._shelf.exhibits[number]
        self._shelf.read(chosen)  # what cannot be looked into is refused here
        pair = None if beside is None else self._shelf.hang_beside(beside, chosen)
        self.geometry = self._shelf.geometry()
        self.proof = proof_of(model.digest)
        self._tell()
        self.selected = chosen.id
        self.beside = "" if pair is None else pair.id
        self.by, self.tab, self.mode, self.more = by, tab, mode, bool(more)
        rows, columns = self.geometry["rows"], self.geometry["columns"]
        self.word = -1 if word is None else word_of(chosen.text, word)
        self.patch = -1 if patch is None else patch_of(patch, rows, columns)
        self.picks = picks_of(picks, self.geometry)
        self.box = [] if box is None else box_of(box, rows, columns)

    # -- what is made

    def without(
        self,
        word: str | int | None = None,
        *,
        edges: Literal["image", "all"] | None = None,
        wait: bool | None = None,
    ) -> "AttentionExplorer":
        """Switch a word off, and draw the picture again beside it, with the same noise.

        Args:
            word: of the prompt, or its place among the words; the pinned one when None.
            edges: who cannot read it, "image" or "all" (see ``KnockOut``). None: as in ``mode``.
            wait: until it is drawn. None: wait where no widget can be watched, in scripts.

        Raises:
            InputError: no such word, none is pinned, or something is being made already.
        """
        parent = self._whole()
        place = self.word if word is None else word_of(parent.text, word)
        if place < 0:
            raise InputError("no word is pinned: press one, or name one.")
        how = edges or ("image" if self.mode == "image" else "all")
        edits = (*parent.recipe.edits, parent.without(place, how))
        recipe = recipe_of(self.model, parent.recipe.prompt, parent.recipe.settings, edits)
        self._draw(recipe, parent, "without", f"without ‘{parent.words[place]}’", wait)
        return self

    def second(self, prompt: str, *, wait: bool | None = None) -> "AttentionExplorer":
        """Draw another prompt with the same seed, and show it beside the picture.

        Args:
            prompt: what to draw.
            wait: until it is drawn; see ``without``.

        Raises:
            InputError: a prompt that the model cannot read, or something is being made already.
        """
        if not isinstance(prompt, str) or not prompt.strip():
            raise InputError("the prompt is empty: write what to draw beside the picture.")
        parent = self._whole()
        recipe = recipe_of(self.model, prompt, parent.recipe.settings)
        self._draw(recipe, parent, "second", "another prompt", wait)
        return self

    def ablate(self, kind: Kind = "mean", *, wait: bool | None = None) -> "AttentionExplorer":
        """Take every head away, one by one, and show the bits that are lost (seconds).

        Args:
            kind: what stands in for a head: "mean", "zero" or "start".
            wait: until it is done; see ``without``.

        Raises:
            InputError: a kind that there is not, or something is being made already.
        """
        one_of("kind", kind, ("mean", "zero", "start"))
        self._take_away(kind, wait)
        return self

    def stop(self) -> "AttentionExplorer":
        """End what is being made; what was there before stays."""
        if self._making is not None:
            self._making()
        return self

    # -- what is shown

    @property
    def samples(self) -> tuple[Sample, ...]:
        """All pictures, in the order in which they came."""
        return tuple(one.sample for one in self._shelf.exhibits if one.sample is not None)

    @property
    def inspection(self) -> Inspection:
        """The picture that is spoken of, under the instruments (see ``Sample.inspect``)."""
        return self._whole().view

    @property
    def view(self) -> dict[str, Any]:
        """Keywords that show the same again: ``AttentionExplorer(samples, **explorer.view)``."""
        self._check_open()
        return view_of(self, self._shelf)

    def figure(self, kind: str | None = None, **options: Any) -> "matplotlib.figure.Figure":
        """Draw what is shown as a matplotlib figure.

        Args:
            kind: one of ``FIGURES``; None takes what is shown: the box, or the open page.
            **options: of the drawing function.

        Raises:
            InputError: no such kind, or an instrument refuses.
        """
        return result_of(self, self._whole(), kind).figure(**options)

    def python(self) -> str:
        """Return the code that makes this explorer again: pictures and view."""
        self._check_open()
        return explorer_as_code(self.model, self._shelf, self)

    # -- the browser half

    def _asked(self, kind: str, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        self._check_open()
        asked = {
            "part": lambda: self.send_part(str(content["id"]), str(content["part"])),
            "without": lambda: self._of(content).without(int(content["word"]), wait=False),
            "second": lambda: self.second(content["prompt"], wait=False),
            "ablate": lambda: self._of(content).ablate(content["what"], wait=False),
            "stop": self.stop,
        }
        if kind not in asked:
            return
        try:
            asked[kind]()
        except DalleExploreError:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"the page asked for {kind} in a way that means nothing here ({error!r}): reload "
                f"the page, or run the cell again."
            ) from error

    def _of(self, content: Mapping[str, Any]) -> "AttentionExplorer":
        """Speak of the picture that a message is about."""
        self.selected = self._shelf.find(str(content["id"])).id
        return self

    def _words(self) -> tuple[str, str]:
        result = result_of(self, self._whole())
        return result.alt(), result.caption()

    def _free(self) -> None:
        self.stop()
        self._shelf.exhibits = []

    def _still(self) -> bytes:
        return self._shelf.still([self.selected, self.beside])

    def _title(self) -> str:
        return "closed" if self._closed else self._shelf.find(self.selected).recipe.prompt

    def _embedded(self) -> dict[str, Any]:
        self._whole()
        return self._shelf.as_page({name: getattr(self, name) for name in self.shared()})
