"""What stands behind a player: its pictures, the drawing that runs, the seeds that were used."""

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dalle_explore.captions import how_made
from dalle_explore.edits import AnyEdit
from dalle_explore.errors import InputError
from dalle_explore.runs import Run
from dalle_explore.sampling.preview import alternatives
from dalle_explore.seeds import SEED_LIMIT, check_seed, sample_seeds
from dalle_explore.session.average import average_entropy
from dalle_explore.session.model import Model
from dalle_explore.session.sample import Sample
from dalle_explore.session.samples import Samples
from dalle_explore.session.studio import Painted, Wish, Work, paint, recipe_of
from dalle_explore.session.uploads import upload
from dalle_explore.settings import Settings
from dalle_explore.trace import Recipe
from dalle_explore.widgets.branches import Branch, How, lineage
from dalle_explore.widgets.filming import PARTS, film_part
from dalle_explore.widgets.growing import Growing
from dalle_explore.widgets.workshop import Job

if TYPE_CHECKING:
    import matplotlib.figure

    from dalle_explore.session.tree import Tree

__all__ = ["Easel", "Painting"]

_HOW = {
    "drawn": "Drawn from",
    "fork": "Forked, with the same noise, from",
    "redraw": "Redrawn from",
}

_REPORT, _UNWATCHED = 0.25, 2.0  # seconds between two reports of progress

Send = Callable[[dict[str, Any], list[bytes]], None]


@dataclasses.dataclass(eq=False)
class Painting:
    """A drawing on its way, and the branches that it will fill."""

    run: Run[Work, tuple[Painted | None, ...]]
    branches: list[Branch]
    total: int  # patches


class Easel:
    """The pictures of one player; it knows no traits, and nothing of browsers but how to send."""

    def __init__(self, model: Model, settings: Settings, send: Send) -> None:
        self.model, self.settings = model, settings
        self.branches: list[Branch] = []
        self.painting: Painting | None = None
        self.uploading = False
        self.desk = threading.RLock()  # held while a drawing is put up; clicks and cells meet here
        self.left_out = 0  # samples that were given and are not shown
        self._given: frozenset[str] = frozenset()  # those that are
        self._send = send
        self._used = -1  # the largest seed
        self._count = 0

    @property
    def patches(self) -> int:
        """Patches of one picture."""
        return self.model.generator.patches

    @property
    def ids(self) -> tuple[str, ...]:
        """Of all pictures, in the order in which they came."""
        return tuple(branch.id for branch in self.branches)

    def geometry(self) -> dict[str, Any]:
        """Return what the browser has to know of the model."""
        generator = self.model.generator
        average = average_entropy(self.model)
        return {
            "rows": generator.rows,
            "columns": generator.columns,
            "patch": generator.patch,
            "codes": generator.codebook_size,
            "average": None if average is None else [round(float(one), 4) for one in average],
        }

    def settings_told(self) -> dict[str, Any]:
        """Return the settings that people turn."""
        names = ("temperature", "top_k", "top_p", "guidance")
        return {name: getattr(self.settings, name) for name in names}

    def find(self, wanted: str) -> Branch:
        """Return a picture by its name.

        Raises:
            InputError: there is none of this name.
        """
        for branch in self.branches:
            if branch.id == wanted:
                return branch
        raise InputError(
            f"there is no picture {wanted!r} in this player (any more): reload the page, or run "
            f"the cell again."
        )

    def hang(self, samples: Sequence[Sample], most: int) -> None:
        """Show samples that were drawn before."""
        self.uploading = False
        self.desk = threading.RLock()  # held while a drawing is put up; clicks and cells meet here
        self.left_out = max(0, len(samples) - most)
        for sample in samples[:most]:
            found = lineage(sample, self.branches)
            branch = self._branch(sample.recipe, sample.seed, "drawn", f"seed {sample.seed}")
            if found is not None:
                branch.parent, branch.at = found.parent.id, found.at
                branch.how, branch.label = found.how, found.label
            branch.finish(sample.trace, sample)
            self._use([sample.seed, *sample.among])
        self._given = frozenset(self.ids)

    def fresh(self, least: int = 0) -> int:
        """Return a seed that no picture here has, and no later one either."""
        return max(self._used + 1, least)

    def next_seed(self, least: int) -> str:
        """Return, in digits, the seed that the next drawing begins with unless told otherwise."""
        return str(min(self.fresh(least), SEED_LIMIT - 1))

    def draw(self, prompt: str, n: int, seed: int, settings: Settings | None) -> Painting:
        """Get ready to draw a sentence.

        Raises:
            InputError: a sentence or settings that the model cannot take.
        """
        settings = self.settings if settings is None else settings
        recipe, seeds = self._recipe(prompt, settings, ()), sample_seeds(seed, n)
        run = paint(self.model, [Wish(recipe, one) for one in seeds], every=1)
        self.settings = settings
        made = [self._branch(recipe, one, "drawn", f"seed {one}") for one in seeds]
        return self._put_up(run, made)

    def child(
        self,
        parent: Branch,
        edits: Sequence[AnyEdit],
        how: How,
        label: str,
        at: int,
        seed: int,
    ) -> Painting:
        """Get ready to draw a picture that keeps part of another one."""
        recipe = self._recipe(parent.recipe.prompt, parent.recipe.settings, edits)
        run = paint(self.model, [Wish(recipe, check_seed(seed))], every=1)
        branch = self._branch(recipe, seed, how, label)
        branch.parent, branch.at = parent.id, at
        return self._put_up(run, [branch])

    def upload(self, picture: Any, prompt: str, fit: str, name: str) -> tuple[Branch, str]:
        """Show a picture from outside, and say what was done to it.

        Raises:
            InputError: see ``dalle_explore.upload``.
        """
        found = upload(
            self.model,
            picture,
            prompt,
            fit=fit,  # type: ignore[arg-type]  # checked there
            settings=self.settings,
            name=name,
        )
        sample = found.sample
        branch = self._branch(sample.recipe, sample.seed, "upload", "uploaded")
        branch.made = f"Uploaded, not drawn. {found.caption()}"
        branch.finish(sample.trace, sample)
        return branch, found.caption()

    def finish(
        self,
        painting: Painting,
        watched: bool,
        report: Callable[[int, float | None], None],
    ) -> None:
        """Draw to the end, or until it is stopped; what is there stays.

        Args:
            painting: what to draw.
            watched: whether somebody looks, so that frames are worth their time.
            report: called now and then with patches drawn and seconds left.
        """
        run, due = painting.run, 0.0
        if watched:
            ids = [branch.id for branch in painting.branches]
            run.watch(Growing(self.model.generator, ids, self._send))

        def tell(work: Work) -> None:
            nonlocal due
            now = time.monotonic()
            if now >= due:
                due = now + (_REPORT if watched else _UNWATCHED)
                report(run.progress.done, run.progress.left)

        try:
            if run.state != "stopped":  # somebody may have pressed Stop before it began
                self._take(painting, run.watch(tell).run())
        finally:
            # Of pictures that were not begun there is nothing to show.
            self.branches = [one for one in self.branches if one.trace is not None]
            self.painting = None

    def take_down(self, painting: Painting) -> None:
        """Forget a drawing that could not begin."""
        self.branches = [one for one in self.branches if one not in painting.branches]
        self.painting = None

    def stop(self) -> None:
        """End the drawing that runs, if there is one."""
        if self.painting is not None:
            self.painting.run.stop(wait=False)

    def films(self, branch: Branch, wanted: Sequence[str]) -> Iterator[tuple[int, Job]]:
        """Return the jobs that make and send the parts of a film, each with its place in line."""
        for place, part in enumerate(PARTS):
            if part in wanted and branch.trace is not None:
                yield place, self._film_job(branch, part)

    def crops(self, branch: Branch, patch: int, top: int) -> None:
        """Send what the likeliest codes of one patch look like, as exactly as can be."""
        trace = branch.trace
        if trace is None or trace.steps is None or not 0 <= patch < len(trace.codes):
            return
        top = max(1, min(top, trace.steps.top_codes.shape[1]))
        with self.model.lock:
            found = alternatives(
                self.model.generator, trace, top, margin=1, patches=range(patch, patch + 1)
            )
        row, column = (int(part) for part in found.corners[0])
        self._send(
            {
                "kind": "crops",
                "id": branch.id,
                "patch": patch,
                "codes": found.codes[0].tolist(),
                "row": row,
                "column": column,
                "side": int(found.pixels.shape[2]),
            },
            [np.ascontiguousarray(found.pixels[0]).tobytes()],
        )

    def can_score(self, branches: Sequence[Branch]) -> bool:
        """Whether pictures were drawn together, and there is a CLIP to rank them."""
        drawn = all(one.how == "drawn" and one.sample is not None for one in branches)
        return drawn and bool(self.model.card.part_files("clip"))

    def score(self, branches: Sequence[Branch]) -> None:
        """Let CLIP score pictures that were drawn together, and rank them.

        Raises:
            InputError: a prompt that CLIP cannot read.
            ModelFileError, MachineError: CLIP cannot be opened.
        """
        samples = [one.sample for one in branches if one.sample is not None]
        self.model.check_scorable(samples[0].prompt)
        by_seed = {one.seed: one for one in Samples.ordered(samples).scored().everything}
        for branch in branches:
            branch.sample = by_seed[branch.seed]

    def tree(self) -> "Tree":
        """Return the finished pictures and their parents.

        Raises:
            InputError: nothing is finished yet.
        """
        from dalle_explore.session.tree import Tree

        self._check_any()
        whole = [one for one in self.branches if one.sample is not None]
        places = {one.id: number for number, one in enumerate(whole)}
        return Tree.of(
            [
                (one.sample, None if one.parent is None else places.get(one.parent), one.label)
                for one in whole
                if one.sample is not None
            ]
        )

    def figure(
        self, kind: str, shown: Sequence[str], selected: str, patch: int, **options: Any
    ) -> "matplotlib.figure.Figure":
        """Draw a still; see ``DecodePlayer.figure``."""
        self._check_any()
        if kind == "tree":
            return self.tree().figure(**options)
        if kind == "sheet":
            return self._sheet(shown).figure(**options)
        sample = self._finished(selected)
        if kind != "film" and sample.steps is None:
            sample = self._read(sample)
        if kind == "film":
            return sample.film().figure(**options)
        if kind == "entropy":
            return sample.uncertainty().figure(**options)
        if kind == "alternatives":
            columns = self.model.generator.columns
            patches = None if patch < 0 else [divmod(patch, columns)]
            return sample.alternatives(patches).figure(**options)
        raise InputError(
            f"kind is {kind!r}, but it is 'sheet', 'film', 'entropy', 'alternatives' or 'tree'."
        )

    def told(self) -> list[dict[str, Any]]:
        """Return what the browser is told of all pictures."""
        return [branch.told(*self._words_of(branch)) for branch in self.branches]

    def words(self, shown: Sequence[str]) -> tuple[str, str]:
        """Caption and alt text of what is shown."""
        there = [one for one in self.branches if one.id in shown]
        if not there:
            return "", "Nothing is drawn yet."
        caption = self._caption(there)
        given = sum(one.id in self._given for one in there)
        if self.left_out and given:
            every = len(self._given) + self.left_out
            first = given == len(self._given)
            which = f"The first {given} of {every}." if first else f"{given} of {every} given."
            caption = f"{which} {caption}"
        prompts = "; ".join(dict.fromkeys(one.recipe.prompt for one in there))
        count = "A picture" if len(there) == 1 else f"{len(there)} pictures"
        return caption, f"{count} drawn patch by patch from the text: {prompts}. {caption}"

    def close(self) -> None:
        """End the drawing that runs, and let go of all pictures."""
        self.stop()
        self.branches = []

    def _take(self, painting: Painting, results: Sequence[Painted | None]) -> None:
        finished = [one for one in results if one is not None and one.trace.complete]
        among = tuple(one.trace.seed for one in finished)
        for branch, painted in zip(painting.branches, results, strict=True):
            if painted is None or not len(painted.trace.codes):
                continue
            sample = Sample.painted(self.model, painted) if painted.trace.complete else None
            if sample is not None and branch.how == "drawn":
                sample = dataclasses.replace(sample, drawn=len(among), among=among)
            branch.finish(painted.trace, sample)

    def _put_up(self, run: Any, made: list[Branch]) -> Painting:
        self._use([branch.seed for branch in made])
        self.painting = Painting(run, made, len(made) * self.patches)
        return self.painting

    def _film_job(self, branch: Branch, part: str) -> Job:
        def job(goes_on: Callable[[], bool]) -> bool:
            made = film_part(self.model, branch, part, goes_on)
            if made is None:
                return False
            message = {"kind": "film", "id": branch.id, "part": part, "header": made.header}
            self._send(message, made.buffers)
            return True

        return job

    def _branch(self, recipe: Recipe, seed: int, how: How, label: str) -> Branch:
        branch = Branch(f"b{self._count}", recipe, seed, how, label)
        self._count += 1
        self.branches = [*self.branches, branch]
        return branch

    def _recipe(self, prompt: str, settings: Settings, edits: Sequence[AnyEdit]) -> Recipe:
        settings.check(self.model.generator.codebook_size)
        self.model.generator.encode_text(prompt)
        return recipe_of(self.model, prompt, settings, edits)

    def _use(self, seeds: Sequence[int]) -> None:
        self._used = max([self._used, *seeds])

    def _words_of(self, branch: Branch) -> tuple[str, str]:
        if branch.made:
            return branch.made, f"A picture of: {branch.recipe.prompt}. {branch.made}"
        if branch.sample is not None:
            return branch.sample.caption(), branch.sample.alt()
        return "", f"A picture being drawn from the text: {branch.recipe.prompt}."

    def _caption(self, there: Sequence[Branch]) -> str:
        """Say how each was made, and only once what they share."""
        whole = [one for one in there if one.sample is not None]
        drawn = [
            one.sample
            for one in whole
            if one.parent is None and not one.made and one.sample is not None
        ]
        others = [one for one in whole if one.parent is not None]
        said = [_of_one_draw(samples) for samples in _draws(drawn)]
        said += [one.made for one in whole if one.made]
        for branch in others:
            assert branch.parent is not None
            said.append(f"{_HOW[branch.how]} {self._name(branch.parent)}: {branch.label}.")
        return " ".join(said)

    def _name(self, wanted: str) -> str:
        branch = self.find(wanted)
        return branch.label if branch.parent is None else f"that at {branch.label}"

    def _sheet(self, shown: Sequence[str]) -> Any:
        there = [one for one in self.branches if one.id in shown and one.sample is not None]
        whole = [one.sample for one in there if one.sample is not None]
        if not whole:
            raise InputError("no picture that is shown is finished yet: wait for one.")
        if len(_draws(whole)) > 1 or any(one.made for one in there):
            return self.tree()
        # Their ranks stay those among all that were drawn, whether all are shown or not.
        return Samples(tuple(sorted(whole, key=lambda one: (one.rank or 0, one.seed))), len(whole))

    def _finished(self, selected: str) -> Sample:
        """The picture that is selected, or the first one where none is."""
        if not selected:
            return next(one.sample for one in self.branches if one.sample is not None)
        sample = self.find(selected).sample
        if sample is None:
            raise InputError(
                "the picture that is selected is not finished, so there is no figure of it: wait "
                "for it, or select another one."
            )
        return sample

    def _read(self, sample: Sample) -> Sample:
        """The sample with statistics; those from records have none."""
        from dalle_explore.sampling.reading import read

        with self.model.lock:
            reading = read(self.model.generator, sample.trace)
        assert reading is not None
        return dataclasses.replace(sample, steps=reading.steps)

    def _check_any(self) -> None:
        if not any(one.sample is not None for one in self.branches):
            raise InputError("there is nothing to show yet: draw something first, with draw().")


def _draws(samples: Sequence[Sample]) -> list[list[Sample]]:
    """Samples by the draw that they come from, in order."""
    groups: list[list[Sample]] = []
    for sample in samples:
        for group in groups:
            if _draw_of(group[0]) == _draw_of(sample):
                group.append(sample)
                break
        else:
            groups.append([sample])
    return groups


def _draw_of(sample: Sample) -> tuple[Any, ...]:
    """What samples of one draw have in common."""
    return sample.recipe, sample.among, sample.drawn, sample.ranked_by


def _of_one_draw(samples: Sequence[Sample]) -> str:
    first = samples[0]
    if len(samples) == 1:
        return first.caption()
    seeds, ranks = [one.seed for one in samples], [one.rank for one in samples]
    unknown = first.model.unknown_words(first.prompt)
    return how_made(first.recipe, first.drawn, seeds, ranks, unknown, first.ranked_by)
