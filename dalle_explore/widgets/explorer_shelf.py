"""What stands behind an explorer: its pictures, each under the instruments, and their parts."""

import dataclasses
import functools
import io
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from dalle_explore.edits import KnockOut
from dalle_explore.errors import InputError
from dalle_explore.session.inspection import Inspection
from dalle_explore.session.model import Model
from dalle_explore.session.sample import Sample
from dalle_explore.text.tokenizer import EncodedText
from dalle_explore.trace import Recipe
from dalle_explore.widgets.explorer_making import GoesOn, made_part
from dalle_explore.widgets.explorer_parts import PARTS
from dalle_explore.widgets.parts import Part

__all__ = ["Exhibit", "Role", "Shelf"]

Role = Literal["first", "without", "second"]
_STILL = 512  # pixels, the longer side at most
_BYTES = 1_290_000  # of all parts in one page, unless one picture has more; base64 adds a third
_BESIDE = ("picture", "looks", "earlier", "depends")  # what a second picture needs


@dataclasses.dataclass(eq=False)
class Exhibit:
    """One picture of an explorer; without a sample it is being drawn."""

    id: str
    recipe: Recipe
    seed: int
    text: EncodedText
    role: Role
    label: str
    sample: Sample | None = None
    parts: dict[str, Part] = dataclasses.field(default_factory=dict)

    @functools.cached_property
    def view(self) -> Inspection:
        """Return the picture under the instruments; its codes are read again, once.

        Raises:
            InputError, MachineError: as ``Sample.inspect``.
        """
        assert self.sample is not None  # nobody asks for what is being drawn
        return self.sample.inspect()

    @property
    def words(self) -> tuple[str, ...]:
        """The words of its prompt."""
        return tuple(word.text for word in self.text.words)

    @property
    def read(self) -> bool:
        """Whether its codes were read again, so that the replay error is known."""
        return "view" in self.__dict__

    def told(self) -> dict[str, Any]:
        """Return what the browser is told of it."""
        sample = self.sample
        prompt = self.recipe.prompt
        return {
            "id": self.id,
            "prompt": prompt,
            "seed": str(self.seed),
            "words": [
                {
                    "text": word.text,
                    "start": _units(prompt[: word.characters[0]]),
                    "end": _units(prompt[: word.characters[1]]),
                }
                for word in self.text.words
            ],
            "role": self.role,
            "label": self.label,
            "replay": self.view.replay_error if self.read else None,
            "caption": "" if sample is None else sample.caption(),
            "alt": "" if sample is None else sample.alt(),
            "state": "drawing" if sample is None else "whole",
        }

    def without(self, word: int, edges: Literal["image", "all"]) -> KnockOut:
        """Return the edit that switches a word off, by its place among the words."""
        return KnockOut(self.words[word], edges=edges, occurrence=self.occurrence(word))

    def occurrence(self, word: int) -> int | None:
        """Return how often a word was said before, by its place; None where it stands once."""
        name = self.words[word].lower()
        same = [place for place, one in enumerate(self.words) if one.lower() == name]
        return None if len(same) == 1 else same.index(word)


class Shelf:
    """The pictures of one explorer, all of one model; it knows no traits and no browsers."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.exhibits: list[Exhibit] = []
        self._count = 0

    def geometry(self) -> dict[str, Any]:
        """Return what the browser has to know of the model."""
        generator = self.model.generator
        names = ("rows", "columns", "patch", "layers", "heads")
        return {name: getattr(generator, name) for name in names}

    @property
    def ids(self) -> tuple[str, ...]:
        """Of all pictures, in the order in which they came."""
        return tuple(one.id for one in self.exhibits)

    def find(self, wanted: str) -> Exhibit:
        """Return a picture by its name.

        Raises:
            InputError: there is none of this name.
        """
        for one in self.exhibits:
            if one.id == wanted:
                return one
        raise InputError(
            f"there is no picture {wanted!r} in this explorer (any more): reload the page, or run "
            f"the cell again."
        )

    def hang(self, sample: Sample, role: Role = "first", label: str = "") -> Exhibit:
        """Show a sample."""
        one = self.put_up(sample.recipe, sample.seed, role, label or f"seed {sample.seed}")
        one.sample = sample
        return one

    def hang_beside(self, sample: Sample, other: Exhibit) -> Exhibit:
        """Show a sample beside a picture, and say what is another in it."""
        if sample.prompt != other.recipe.prompt:
            return self.hang(sample, "second", "another prompt")
        more = [edit for edit in sample.recipe.edits if edit not in other.recipe.edits]
        label = "the same prompt, something changed"
        if len(more) == 1 and isinstance(more[0], KnockOut):
            label = f"without ‘{more[0].word}’"
        return self.hang(sample, "without", label)

    def read(self, exhibit: Exhibit) -> Inspection:
        """Read the codes of a picture again, if they were not.

        Raises:
            InputError, MachineError: as ``Sample.inspect``.
        """
        return exhibit.view

    def put_up(self, recipe: Recipe, seed: int, role: Role, label: str) -> Exhibit:
        """Make room for a picture that will be drawn.

        Raises:
            InputError: a prompt that the model cannot read.
        """
        text = self.model.generator.encode_text(recipe.prompt)
        one = Exhibit(f"p{self._count}", recipe, seed, text, role, label)
        self._count += 1
        self.exhibits = [*self.exhibits, one]
        return one

    def keep(self, ids: Sequence[str]) -> None:
        """Let go of pictures that were made beside others, unless they are named."""
        self.exhibits = [one for one in self.exhibits if one.role == "first" or one.id in ids]

    def take_down(self, exhibit: Exhibit) -> None:
        """Forget a picture."""
        self.exhibits = [one for one in self.exhibits if one is not exhibit]

    def part(self, exhibit: Exhibit, name: str, goes_on: GoesOn) -> Part | None:
        """Return a part of a picture, made now if it is not there; None when it was put aside.

        Args:
            exhibit: a picture that is drawn.
            name: one of ``explorer_parts.PARTS``.
            goes_on: asked often; when it says no, the work is put aside.
        """
        made = exhibit.parts.get(name)
        if made is None:
            made = made_part(exhibit.view, name, goes_on)
            if made is not None:
                exhibit.parts[name] = made
        return made

    def as_page(self, state: dict[str, Any]) -> dict[str, Any]:
        """Return the traits of a page that needs no kernel.

        The picture that is spoken of comes with all parts; the one beside it, and then others,
        with what is needed to look at them, as many as fit into a page of about two megabytes.
        """
        order = sorted(
            (one for one in self.exhibits if one.sample is not None),
            key=lambda one: (one.id != state["selected"], one.id != state["beside"]),
        )
        embedded: dict[str, Any] = {}
        spent = 0
        for one in order:
            wanted = PARTS if one.id == state["selected"] else _BESIDE
            parts = {name: self.part(one, name, lambda: True) for name in wanted}
            size = sum(part.size for part in parts.values() if part is not None)
            if embedded and spent + size > _BYTES:
                break
            spent += size
            embedded[one.id] = {
                name: {"header": part.header, "buffers": part.buffers}
                for name, part in parts.items()
                if part is not None
            }
        status = {"state": "idle", "sentence": "", "done": 0, "total": 0, "left": None}
        return {
            **state,
            "alive": False,
            "status": status,
            "embedded": embedded,
            "pictures": [one.told() for one in self.exhibits if one.id in embedded],
            "beside": state["beside"] if state["beside"] in embedded else "",
        }

    def still(self, ids: Sequence[str]) -> bytes:
        """Return a small PNG of some pictures side by side; b"" when none is drawn."""
        from PIL import Image

        shown = [one for one in self.exhibits if one.id in ids and one.sample is not None]
        pictures = [np.asarray(one.sample.picture) for one in shown if one.sample is not None]
        if not pictures:
            return b""
        gap = np.full((pictures[0].shape[0], 8, 3), 255, np.uint8)
        parts = [part for one in pictures for part in (gap, one)][1:]
        page = Image.fromarray(np.concatenate(parts, axis=1))
        times = max(1, _STILL // page.width)
        large = page.resize((page.width * times, page.height * times), Image.Resampling.NEAREST)
        buffer = io.BytesIO()
        large.save(buffer, format="PNG", optimize=True)
        return buffer.getvalue()


def _units(text: str) -> int:
    """Length as browsers count it, in UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
