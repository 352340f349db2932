"""``sample.inspect()``: every instrument, pointed at one picture or at several.

Where it looks and what it depends on are two families of methods, and no result of the one is
captioned as the other. Nothing is computed before it is asked for; what can be kept, is.
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import UInt8

from dalle_explore.edits import AnyEdit
from dalle_explore.errors import InputError
from dalle_explore.instruments import ablation as _ablation
from dalle_explore.instruments import agreement as _agreement
from dalle_explore.instruments import attention as _attention
from dalle_explore.instruments import box as _box
from dalle_explore.instruments import codebook as _codebook
from dalle_explore.instruments import heads as _heads
from dalle_explore.instruments import knockout as _knockout
from dalle_explore.instruments import lens as _lens
from dalle_explore.instruments.across import Across, across
from dalle_explore.instruments.atlas import need_atlas
from dalle_explore.instruments.passes import BUDGET, Passes
from dalle_explore.instruments.subject import Result
from dalle_explore.instruments.twin import twin
from dalle_explore.session.counterfactual import Counterfactual, counterfactual

if TYPE_CHECKING:
    import dalle_explore.session.sample
    from dalle_explore.session.choices import Choices
    from dalle_explore.session.uncertainty import Uncertainty

__all__ = ["Inspection", "Inspections", "inspect"]

Report = Callable[[int, int], None]


def _nobody(done: int, total: int) -> None:
    """Nobody watches."""


class Inspection:
    """One picture under the instruments; see ``Sample.inspect``.

    Attributes:
        sample: the picture.
        passes: its teacher-forced reading, for who goes on from here.
    """

    def __init__(
        self,
        sample: "dalle_explore.session.sample.Sample",
        *,
        budget: int = BUDGET,
        passes: Passes | None = None,
    ) -> None:
        model, recipe = sample.model, sample.recipe
        if model.digest != recipe.model_digest:
            raise InputError(
                f"the model that drew this sample is {recipe.model_digest[:8]}, but here it is "
                f"{model.digest[:8]}: inspect it with the model that drew it."
            )
        self.sample = sample
        self._held: dict[Any, Any] = {}
        if passes is not None:
            self.passes = passes
            return
        with model.lock:
            self.passes = Passes(
                model.generator,
                sample.trace,
                recorded=None if sample.steps is not None else sample.log_probability,
                budget=budget,
            )

    @property
    def replay_error(self) -> float | None:
        """Nats: how far this reading is from what was recorded when it was drawn."""
        return self.passes.replay_error

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the prompt, as instruments count them."""
        return self.passes.subject.words

    # -- where it looks

    def looks_at(
        self,
        word: str | None = None,
        *,
        patch: tuple[int, int] | None = None,
        by: _attention.By = "contribution",
        layers: Iterable[int] | None = None,
        heads: Iterable[_attention.Head] | None = None,
        occurrence: int | None = None,
    ) -> _attention.Looks:
        """Say which patches look at a word, or what a patch looks at (``attention.looks_at``)."""
        with self.sample.model.lock:
            return _attention.looks_at(
                self.passes,
                word,
                patch=patch,
                by=by,
                layers=layers,
                heads=heads,
                occurrence=occurrence,
            )

    def heads(
        self,
        word: str | None = None,
        *,
        by: _attention.By = "contribution",
        layers: Iterable[int] | None = None,
        ablation: _ablation.Ablation | None = None,
        sort: str | None = None,
    ) -> _heads.Heads:
        """Return all heads with a map of each (``heads.heads``).

        The column of effects is there when an ablation of this picture is given, or was made.
        """
        given = ablation or self._held.get("ablation")
        with self.sample.model.lock:
            return _heads.heads(self.passes, word, by=by, layers=layers, ablation=given, sort=sort)

    # -- what it depends on

    def depends_on(
        self,
        words: str | Iterable[str] = "all",
        *,
        mode: _knockout.Mode = "all",
        layers: Iterable[int] | None = None,
        replacing: Mapping[str, Sequence[str]] | None = None,
        progress: Report = _nobody,
        goes_on: Callable[[], bool] = lambda: True,
    ) -> _knockout.Dependence:
        """Take words away one by one, and map the bits that are lost (``knockout.depends_on``)."""
        with self.sample.model.lock:
            return _knockout.depends_on(
                self.passes,
                words,
                mode=mode,
                layers=layers,
                replacing=replacing,
                progress=progress,
                goes_on=goes_on,
            )

    def depends_on_region(
        self,
        rows: range,
        columns: range,
        *,
        mode: _knockout.Mode = "image",
        codes: Any = None,
        layers: Iterable[int] | None = None,
    ) -> _knockout.Dependence:
        """Take a rectangle of patches away (``knockout.depends_on_region``)."""
        with self.sample.model.lock:
            return _knockout.depends_on_region(
                self.passes, rows, columns, mode=mode, codes=codes, layers=layers
            )

    def ablate(
        self,
        kind: _ablation.Kind = "mean",
        *,
        layers: Iterable[int] | None = None,
        rows: Any = "image",
        donor: "Inspection | None" = None,
        progress: Report = _nobody,
        goes_on: Callable[[], bool] = lambda: True,
    ) -> _ablation.Ablation:
        """Take every head away, one by one (``ablation.ablate``).

        Args:
            kind: "mean" (the atlas has the means), "zero", "start" or "resample".
            layers: None: all.
            rows: "image", or "all" for "zero" and "start".
            donor: the view of another picture, whose heads stand in for "resample".
            progress: called with readings done and readings in all.
            goes_on: asked before every chunk; when it says no, what is not done stays NaN.

        Raises:
            InputError: as ``ablation.ablate``; no atlas of this model, for "mean".
        """
        means, population = None, ""
        if kind == "mean" and self.passes.twin_seed is not None:
            raise InputError(
                "what heads write on average is known of the trained model, and not of its twin: "
                "take kind='zero' or 'start'."
            )
        if kind == "mean":
            atlas = need_atlas(self.sample.model.digest, "the mean of every head")
            means, population = atlas.need_means(), atlas.population
        with self.sample.model.lock:
            found = _ablation.ablate(
                self.passes,
                kind,
                layers=layers,
                rows=rows,
                means=means,
                population=population,
                donor=None if donor is None else donor.passes,
                progress=progress,
                goes_on=goes_on,
            )
        if layers is None and found.finished:
            self._held["ablation"] = found
        return found

    def box(self, rows: range, columns: range) -> _box.Box:
        """Ask which words made a rectangle of patches (``box.box``)."""
        with self.sample.model.lock:
            return _box.box(self.passes, rows, columns)

    def without(
        self, edits: Iterable[AnyEdit] = (), *, prompt: str | None = None, reruns: int = 3
    ) -> Counterfactual:
        """Draw it again, same noise, one thing changed (``counterfactual``)."""
        return counterfactual(self.sample, edits, prompt=prompt, reruns=reruns)

    # -- what it might have drawn

    def lens(self) -> _lens.Lens:
        """Read the stream out after every layer, as pictures (``lens.lens``)."""
        if "lens" not in self._held:
            with self.sample.model.lock:
                self._held["lens"] = _lens.lens(self.passes)
        found: _lens.Lens = self._held["lens"]
        return found

    def alternatives(self, patch: tuple[int, int] | None = None, top: int = 5) -> "Choices":
        """Decode what else stood to choose at a patch (``Sample.alternatives``)."""
        return self.sample.alternatives(None if patch is None else [patch], top)

    def uncertainty(self) -> "Uncertainty":
        """Say how open every patch was (``Sample.uncertainty``)."""
        return self.sample.uncertainty()

    # -- what it is made of

    def codes(
        self, patches: Iterable[tuple[int, int]] | None = None, **options: Any
    ) -> _codebook.CodeSheet:
        """Show the codes of some patches: where they occur, and what is like them.

        Args:
            patches: (row, column) of each; None: the commonest codes of this picture.
            **options: of ``codebook.codes``.

        Raises:
            InputError: a patch outside the picture, or no atlas of this model.
        """
        model = self.sample.model
        atlas = need_atlas(model.digest, "where codes occur")
        if patches is None:
            found, count = np.unique(self.sample.codes, return_counts=True)
            wanted = found[np.argsort(-count, kind="stable")][:8].tolist()
        else:
            flat = self.sample.codes.flatten()
            numbers = [self.passes.subject.patch(patch) for patch in patches]
            wanted = list(dict.fromkeys(int(flat[number]) for number in numbers))
        with model.lock:
            return _codebook.codes(model.generator, atlas, wanted, **options)

    def swap(self, patch: tuple[int, int], code: int) -> UInt8[np.ndarray, "y x 3"]:
        """Return the picture with another code at one patch, all else as it is."""
        with self.sample.model.lock:
            return _codebook.swap(self.sample.model.generator, self.sample.trace, patch, code)

    def neighbours(self, n: int = 8, *, clip: bool = True, **options: Any) -> Any:
        """Return the nearest training pictures by CLIP, codes and pixels (``neighbours``).

        Args:
            n: how many of each.
            clip: also by the model's CLIP, whose import takes seconds.
            **options: of ``neighbours.nearest``.
        """
        from dalle_explore.instruments import neighbours as _neighbours

        model = self.sample.model
        with model.lock:
            return _neighbours.nearest(
                model.generator,
                self.sample.trace,
                np.asarray(self.sample.picture),
                clip=model.scorer if clip else None,
                n=n,
                **options,
            )

    # -- can it be believed?

    def twin(self, seed: int = 0) -> "Inspection":
        """Return the same instruments on the untrained twin: same picture, random weights.

        What looks the same there is not about the model. Its captions say that it is the twin.

        Args:
            seed: of the twin's weights.

        Raises:
            InputError: a model of another family.
        """
        if ("twin", seed) not in self._held:
            with self.sample.model.lock:
                self._held["twin", seed] = Inspection(self.sample, passes=twin(self.passes, seed))
        found: Inspection = self._held["twin", seed]
        return found

    def agreement(
        self,
        *,
        rows: range | None = None,
        columns: range | None = None,
        deletion: bool = True,
        progress: Report = _nobody,
    ) -> _agreement.Agreement:
        """Score the words by every instrument, and compare (``agreement.agreement``)."""
        mask = None
        if rows is not None or columns is not None:
            every = [range(size) for size in self.passes.subject.grid]
            given = (rows, columns)
            asked = [
                whole if one is None else one for one, whole in zip(given, every, strict=True)
            ]
            mask = self.passes.subject.box(*asked)
        key = ("agreement", rows, columns, deletion)
        if key not in self._held:
            with self.sample.model.lock:
                self._held[key] = _agreement.agreement(
                    self.passes, mask=mask, deletion=deletion, progress=progress
                )
        found: _agreement.Agreement = self._held[key]
        return found

    def __repr__(self) -> str:
        error = self.replay_error
        read = "" if error is None else f", replay error {error:.1g} nats"
        return f"Inspection({self.sample.prompt!r}, seed={self.sample.seed}{read})"


_OF_MANY = ("looks_at", "heads", "depends_on", "ablate", "lens", "agreement")


class Inspections(Sequence[Inspection]):
    """Several pictures under the instruments; see ``Samples.inspect``.

    ``looks_at``, ``heads``, ``depends_on``, ``ablate``, ``lens`` and ``agreement`` take what they
    take for one picture, and return means with intervals over prompts (``Across``).
    """

    def __init__(self, views: Iterable[Inspection]) -> None:
        self.views = tuple(views)
        if not self.views:
            raise InputError("there are no pictures to inspect: give at least one.")

    @classmethod
    def of(cls, samples: Iterable[Any], **options: Any) -> "Inspections":
        """Inspect samples, or several draws, that may be of different prompts.

        Raises:
            InputError: something that is no sample.
        """
        found = []
        for one in samples:
            for sample in one if isinstance(one, Sequence) else [one]:
                if not hasattr(sample, "recipe"):
                    raise InputError(f"{sample!r} is no sample: give what dx.draw() returned.")
                found.append(Inspection(sample, **options))
        return cls(found)

    def __getattr__(self, name: str) -> Callable[..., Across]:
        if name not in _OF_MANY:
            raise AttributeError(
                f"{name!r} is of one picture: take views[0].{name}. Of several there are "
                f"{', '.join(_OF_MANY)}."
            )

        def of_all(*args: Any, progress: Report = _nobody, **options: Any) -> Across:
            def one(view: Inspection) -> Result:
                found: Result = getattr(view, name)(*args, **options)
                return found

            return across(self.views, one, progress=progress)

        return functools.wraps(getattr(Inspection, name))(of_all)

    def __getitem__(self, index: Any) -> Any:
        return self.views[index]

    def __len__(self) -> int:
        return len(self.views)

    def __repr__(self) -> str:
        return f"Inspections({len(self.views)} pictures)"


def inspect(what: Any) -> Inspection | Inspections:
    """Point the instruments at a sample, or at all samples of one or several draws.

    Args:
        what: a sample; samples; or a list of either, also of different prompts.

    Returns:
        The view of a sample, or ``Inspections``, whose results are means over prompts.

    Raises:
        InputError: something that is no sample; as ``Sample.inspect``.
    """
    if hasattr(what, "recipe") and not isinstance(what, Sequence):
        return Inspection(what)
    if isinstance(what, str) or not isinstance(what, Iterable):
        raise InputError(f"{what!r} is no sample: give what dx.draw() returned.")
    return Inspections.of(what)
