"""``DecodePlayer``: watch pictures being written patch by patch, and ask what else they might be."""

import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import traitlets as t

from dalle_explore.errors import InputError
from dalle_explore.session.model import Model
from dalle_explore.session.samples import Sample, Samples
from dalle_explore.settings import Settings
from dalle_explore.widgets.base import STATIC, View, refuse_unknown
from dalle_explore.widgets.branches import Branch, fork_edits, place, redraw_edits
from dalle_explore.widgets.easel import Easel
from dalle_explore.widgets.prompt_line import surprise_told, words_told
from dalle_explore.widgets.source import as_code, as_page, still

if TYPE_CHECKING:
    import matplotlib.figure

    from dalle_explore.session.tree import Tree

__all__ = ["OVERLAYS", "DecodePlayer"]

OVERLAYS = ("picture", "entropy", "filtered", "average", "surprise", "rank", "difference")
MOST = 8  # pictures side by side


class DecodePlayer(View):
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
        **unknown: refused, with the nearest keyword that there is.

    Raises:
        InputError: something that cannot be shown, or a value out of its range.
        ModelFileError: no model is at hand.
    """

    _esm = STATIC / "decode_player.js"
    _css = STATIC / "decode_player.css"
    page_script = "decode_player.page.js"

    geometry = t.Dict().tag(sync=True)
    prompt = t.Unicode("").tag(sync=True)
    seed = t.Unicode("0").tag(sync=True)
    n = t.Int(4).tag(sync=True)
    settings = t.Dict().tag(sync=True)
    branches = t.List(t.Dict()).tag(sync=True)
    shown = t.List(t.Unicode()).tag(sync=True)
    selected = t.Unicode("").tag(sync=True)
    compared = t.Unicode("").tag(sync=True)
    step = t.Int(0).tag(sync=True)
    patch = t.Int(-1).tag(sync=True)
    overlay = t.Enum(OVERLAYS, "picture").tag(sync=True)
    reshape = t.Dict().tag(sync=True)
    embedded = t.Dict().tag(sync=True)

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
        **unknown: Any,
    ) -> None:
        refuse_unknown(type(self), unknown)
        model, samples = _opened(what)
        if samples and prompt:
            raise InputError(
                f"prompt is {prompt!r}, but samples are given, which have theirs: give a model "
                f"and a prompt, or samples alone."
            )
        if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= MOST:
            raise InputError(f"n is {n!r}, but a player draws 1 to {MOST} pictures at once.")
        if overlay not in OVERLAYS:
            raise InputError(f"overlay is {overlay!r}, but it is one of {', '.join(OVERLAYS)}.")
        if samples:
            settings, prompt = settings or samples[0].settings, samples[0].prompt
        self._easel = Easel(model, settings or model.settings, self._tell, self._send)
        self._score = score
        self._waiting = bool(prompt and not samples)
        super().__init__()
        generator = model.generator
        self.geometry = self._easel.geometry()
        self.prompt, self.n = prompt, n
        self.settings = self._easel.settings_told()
        self.reshape = {name: self.settings[name] for name in ("temperature", "top_k", "top_p")}
        self._easel.hang(samples)
        self.seed = str(self._easel.fresh(seed) if samples else _seed(seed))
        self._tell()
        if samples:
            self.shown = [branch.id for branch in self._easel.branches]
            self.selected = self.shown[_index("selected", selected, len(samples))]
            if compared is not None:
                self.compared = self.shown[_index("compared", compared, len(samples))]
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
        self._check_free()
        count = self.n if n is None else n
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST:
            raise InputError(f"n is {count!r}, but a player draws 1 to {MOST} pictures at once.")
        sentence = self.prompt if prompt is None else prompt
        if not sentence.strip():
            raise InputError("the prompt is empty: write what to draw, then press Draw.")
        first = int(self.seed) if seed is None else _seed(seed)
        run = self._easel.draw(sentence, count, first, settings)
        self._waiting = False
        self.prompt, self.n, self.settings = sentence, count, self._easel.settings_told()
        self.seed = str(self._easel.fresh(first + count))
        self._begin(run, shown=[branch.id for branch in run.branches], wait=wait)
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
        self, picture: Any, prompt: str | None = None, *, fit: str = "crop"
    ) -> "DecodePlayer":
        """Turn a picture from outside into codes, and show it beside the others.

        Args:
            picture: a file, the bytes of one, or an image of Pillow; see ``dalle_explore.upload``.
            prompt: what it shows; the prompt line when None.
            fit: "crop" or "frame".

        Raises:
            InputError: not a picture that can be read, one that is too large, or no prompt.
        """
        self._check_free()
        sentence = self.prompt if prompt is None else prompt
        if not sentence.strip():
            raise InputError(
                "the prompt is empty, but an uploaded picture needs a caption: write what it "
                "shows."
            )
        branch = self._easel.upload(picture, sentence, fit)
        self._tell()
        self.shown = [*self.shown, branch.id][-MOST:]
        self.selected, self.step = branch.id, self._easel.patches
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
    def samples(self) -> tuple[Sample, ...]:
        """The finished pictures, in the order in which they came."""
        return tuple(one.sample for one in self._easel.branches if one.sample is not None)

    @property
    def sample(self) -> Sample | None:
        """The picture that is selected, if it is finished."""
        return self._easel.find(self.selected).sample if self.selected else None

    @property
    def tree(self) -> "Tree":
        """All finished pictures, and which was made from which.

        Raises:
            InputError: nothing is drawn yet.
        """
        return self._easel.tree()

    @property
    def view(self) -> dict[str, Any]:
        """Keywords that show the same again: ``DecodePlayer(player.samples, **player.view)``."""
        whole = [one.id for one in self._easel.branches if one.sample is not None]
        view: dict[str, Any] = {"step": self.step, "overlay": self.overlay}
        if self.patch >= 0:
            view["patch"] = divmod(self.patch, self.geometry["columns"])
        if self.selected in whole:
            view["selected"] = whole.index(self.selected)
        if self.compared in whole:
            view["compared"] = whole.index(self.compared)
        return view

    def figure(self, kind: str | None = None, **options: Any) -> "matplotlib.figure.Figure":
        """Draw what is shown as a matplotlib figure.

        Args:
            kind: "sheet", "film", "entropy", "alternatives" or "tree"; None takes what fits to
                what is shown: the overlay, the pinned patch, the clock.
            **options: of the drawing function.

        Raises:
            InputError: nothing is drawn yet, or no such kind.
        """
        return self._easel.figure(kind or self._kind(), self.selected, self.patch, **options)

    def python(self) -> str:
        """Return the code that makes this player again, pictures and view."""
        return as_code(self._easel.branches, self.prompt, self.n, self.seed, self.view)

    # -- the browser half

    @t.validate("step", "patch")
    def _in_range(self, proposal: Any) -> int:
        low, high = (0, self._easel.patches) if proposal.trait.name == "step" else (
            -1,
            self._easel.patches - 1,
        )
        value: int = proposal.value
        if not low <= value <= high:
            raise t.TraitError(
                f"{proposal.trait.name} is {value}, but it has to be a whole number from {low} to "
                f"{high}."
            )
        return value

    @t.validate("selected", "compared")
    def _known(self, proposal: Any) -> str:
        value: str = proposal.value
        if value and value not in self._easel.ids:
            raise t.TraitError(
                f"{proposal.trait.name} is {value!r}, but the pictures are called "
                f"{', '.join(self._easel.ids) or 'nothing yet'}."
            )
        return value

    def _on_hello(self) -> None:
        if self._waiting:
            self._waiting = False
            self.draw(wait=False)

    def _asked(self, kind: str, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        self._check_open()
        columns = self.geometry["columns"]
        if kind == "stop":
            self.stop()
        elif kind == "film":
            self._film(str(content["id"]), [str(part) for part in content["parts"]])
        elif kind == "crops":
            branch, at, top = self._easel.find(content["id"]), content["patch"], content["top"]
            self._workshop.add(lambda goes_on: self._easel.crops(branch, int(at), int(top)))
        elif kind == "typed":
            self._send(words_told(self.model, str(content["prompt"]), content.get("number")), [])
        elif kind == "surprise":
            self._send(surprise_told(self.model, secrets.randbelow(2**31)), [])
        elif kind == "show":
            self.shown = [one for one in content["ids"] if one in self._easel.ids][-MOST:]
        elif kind == "draw":
            changes = {name: content["settings"].get(name) for name in self.settings}
            how = self._easel.settings.replace(**changes)
            self.draw(
                str(content["prompt"]),
                n=content["n"],
                seed=_seed(content["seed"]),
                settings=how,
                wait=False,
            )
        elif kind == "dice":
            self.dice(wait=False)
        elif kind == "fork":
            self.selected = str(content["id"])
            self.fork(divmod(int(content["patch"]), columns), int(content["code"]), wait=False)
        elif kind == "redraw":
            self.selected = str(content["id"])
            self.redraw([divmod(int(one), columns) for one in content["patches"]], wait=False)
        elif kind == "below":
            self.selected = str(content["id"])
            rows = range(int(content["row"]), self.geometry["rows"])
            self.redraw([(row, column) for row in rows for column in range(columns)], wait=False)
        elif kind == "upload":
            fit, sentence = str(content.get("fit", "crop")), str(content["prompt"])
            self.upload(bytes(buffers[0]), sentence, fit=fit)

    def _film(self, wanted: str, parts: Sequence[str]) -> None:
        branch = self._easel.find(wanted)
        for part, job in self._easel.films(branch, parts):
            self._workshop.add(job, urgency=1 + part)

    def _begin(self, run: Any, *, shown: Sequence[str], wait: bool | None) -> None:
        """Draw what the easel prepared, in the workshop."""
        self._tell()
        self.shown, self.selected = list(shown), run.branches[0].id
        self.compared = run.branches[0].parent or ""
        self.patch = self.patch if self.compared else -1
        self.step = self._easel.patches
        self._easel.started = time.monotonic()
        self._say("drawing", "", total=run.total)
        self._workshop.add(lambda goes_on: self._drawn(run))
        if wait or (wait is None and not self._answered.is_set()):
            self._workshop.wait()
            if self.status["state"] == "failed":
                raise InputError(self.status["sentence"])

    def _drawn(self, run: Any) -> None:
        """Runs in the workshop's thread, to the end of a drawing."""
        watched = self._answered.is_set()
        try:
            self._easel.finish(run, watched, lambda done, left: self._say(
                "drawing", "", done=done, total=run.total, left=left
            ))
        finally:
            self._tell()
        stopped = any(branch.state != "whole" for branch in run.branches)
        self._say("idle", "Stopped; what was drawn so far stays." if stopped else "")
        if self._score and not stopped:
            self._workshop.add(lambda goes_on: self._scored(run), urgency=20)

    def _scored(self, run: Any) -> None:
        self._easel.score(run.branches)
        self._tell()

    def _child(
        self,
        parent: Branch,
        edits: Any,
        how: str,
        label: str,
        at: int,
        seed: int,
        wait: bool | None,
    ) -> None:
        self._check_free()
        run = self._easel.child(parent, edits, how, label, at, seed)
        (child,) = run.branches
        beside = list(self.shown)
        if parent.id in beside:
            beside.insert(beside.index(parent.id) + 1, child.id)
        else:
            beside += [parent.id, child.id]
        while len(beside) > MOST:
            beside.remove(next(one for one in beside if one not in (parent.id, child.id)))
        self._begin(run, shown=beside, wait=wait)
        self.selected = child.id

    def _kind(self) -> str:
        if self.overlay == "difference":
            return "tree"
        if self.overlay != "picture":
            return "entropy"
        if self.patch >= 0:
            return "alternatives"
        return "film" if self.step < self._easel.patches else "sheet"

    def _selected(self) -> Branch:
        self._check_open()
        if not self.selected:
            raise InputError("no picture is selected: draw one first, or click one.")
        branch = self._easel.find(self.selected)
        if branch.trace is None:
            raise InputError("this picture is still being drawn: wait for it, or press Stop.")
        return branch

    def _check_free(self) -> None:
        self._check_open()
        if self._easel.running:
            raise InputError(
                "this player is drawing already: wait for it, or press Stop first."
            )

    def _patch(self, patch: tuple[int, int]) -> int:
        rows, columns = self.geometry["rows"], self.geometry["columns"]
        try:
            row, column = (int(part) for part in patch)
        except (TypeError, ValueError):
            row = column = -1
        if not (0 <= row < rows and 0 <= column < columns):
            raise InputError(
                f"patch is {patch!r}, but it has to be (row, column), with rows 0 to {rows - 1} "
                f"and columns 0 to {columns - 1}."
            )
        return row * columns + column

    def _tell(self) -> None:
        """Bring the traits that tell of the pictures up to date."""
        if self._closed:
            return
        with self.hold_sync():
            self.branches = self._easel.told()
            self.caption, self.alt = self._easel.words(self.shown or [b["id"] for b in self.branches])

    def _send(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        if not self._closed:
            self.send(content, buffers)

    def _free(self) -> None:
        self._easel.close()

    def _still(self) -> bytes:
        return still([self._easel.find(one) for one in self.shown])

    def _title(self) -> str:
        return self.prompt or "nothing drawn yet"

    def _embedded(self) -> dict[str, Any]:
        if not self.samples:
            raise InputError("there is nothing to save yet: draw something first.")
        state = {name: getattr(self, name) for name in self.traits(sync=True) if name[0] != "_"}
        return as_page(state, self._easel)


def _opened(what: Any) -> tuple[Model, tuple[Sample, ...]]:
    """The model and the samples of whatever a player was given."""
    if what is None:
        from dalle_explore.session.model import load

        return load(), ()
    if isinstance(what, Model):
        return what, ()
    if isinstance(what, Sample):
        return what.model, (what,)
    samples = tuple(what) if isinstance(what, Sequence) and not isinstance(what, str) else ()
    if not samples or not all(isinstance(one, Sample) for one in samples):
        raise InputError(
            f"a player shows a sample, samples or a model, but it was given {what!r}: give what "
            f"dx.draw() or dx.load() returned."
        )
    if len({one.model_digest for one in samples}) > 1:
        raise InputError("these samples come from several models: give those of one of them.")
    return samples[0].model, samples[:MOST]


def _seed(seed: Any) -> int:
    from dalle_explore.seeds import check_seed

    try:
        return check_seed(int(seed))
    except (TypeError, ValueError) as error:
        raise InputError(f"seed is {seed!r}, but it has to be a whole number from 0 on.") from error


def _index(name: str, value: Any, count: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
        raise InputError(f"{name} is {value!r}, but there are {count} pictures, counted from 0.")
    return value
