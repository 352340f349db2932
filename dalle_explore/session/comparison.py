"""Pictures side by side in rows: what they share is said once, and what differs stands beside."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool

from dalle_explore.captions import (
    numbers_in_words,
    outside_in_words,
    ranked_in_words,
    settings_in_words,
)
from dalle_explore.edits import AnyEdit, Force, Mix
from dalle_explore.errors import InputError
from dalle_explore.session.sample import Sample
from dalle_explore.session.samples import Samples
from dalle_explore.shown import SavedAsFigure
from dalle_explore.trace import Recipe

__all__ = ["Comparison", "Label", "compare"]

Label = tuple[tuple[str, bool], ...]  # words, each with whether it is emphasised

_MOST_NAMED = 3  # different edits of a kind that a caption spells out


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Comparison(SavedAsFigure):
    """Samples in rows, with what tells the rows and columns apart (see ``compare``)."""

    drawn_by: ClassVar[str] = "rows"

    samples: tuple[tuple[Sample, ...], ...]  # row by row
    lead: tuple[Sample, ...] = ()  # what the others come from; stands before the rows
    labels: tuple[Label, ...] = ()  # one a row, or none at all
    columns: tuple[str, ...] = ()  # one a column, or none at all
    title: str | None = None
    marks: bool = True  # a line between patches that were kept and those drawn anew

    def __iter__(self) -> Any:
        return iter(self.samples)

    @property
    def everything(self) -> tuple[Sample, ...]:
        """All samples, those that lead first."""
        return (*self.lead, *(sample for row in self.samples for sample in row))

    @property
    def prompt(self) -> str | None:
        """The text of all of them; None when they have different ones."""
        said = {_said(sample.recipe) for sample in self.everything}
        (first, *others) = said
        return first[0] if not others and len(first) == 1 else None

    @property
    def tells_seeds(self) -> bool:
        """Whether labels or columns already name every seed."""
        heads, labels = _seeds_of_columns(self.samples), _seeds_of_rows(self.samples)
        return bool(heads and heads == self.columns) or bool(labels and labels == self.labels)

    @property
    def kept(self) -> Bool[np.ndarray, "rows columns"] | None:
        """What every picture of the rows keeps of the one that leads; None: it differs."""
        if len(self.lead) != 1:
            return None
        (lead,), mask = self.lead, self.samples[0][0].kept
        same = all(
            # Codes of another model mean something else, even where they are equal.
            sample.model_digest == lead.model_digest
            and np.array_equal(sample.kept, mask)
            and np.array_equal(sample.codes[mask], lead.codes[mask])
            for row in self.samples
            for sample in row
        )
        return mask if same else None

    def caption(self) -> str:
        """Say how many were drawn, how many are shown, how they were chosen, and with what."""
        shown = self.everything
        recipes = [sample.recipe for sample in shown]
        bare = [dataclasses.replace(recipe, edits=()) for recipe in recipes]
        made = dict.fromkeys(
            f"Model {recipe.model} ({recipe.model_digest[:8]}), {settings_in_words(recipe)}"
            for recipe in bare
        )
        sentences = [_selection(shown), *_edits_in_words(recipes)]
        if self.marks and any(sample.kept.any() and not sample.kept.all() for sample in shown):
            sentences.append("Lines part the patches that were kept from those drawn anew.")
        words = dict.fromkeys(
            word
            for sample in shown
            for prompt in _said(sample.recipe)
            for word in sample.model.unknown_words(prompt)
        )
        licences = ", ".join(dict.fromkeys(recipe.licence for recipe in recipes))
        return (
            f"{' '.join(sentences)} {'; '.join(made)}.{outside_in_words(list(words))} "
            f"Pictures: {licences}."
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        told = [" ".join(word for word, _ in label) for label in self.labels]
        texts = told or dict.fromkeys(p for s in self.everything for p in _said(s.recipe))
        title = f"{self.title}: " if self.title else ""
        across = max(map(len, self.samples))
        return (
            f"{title}{len(self.samples)} rows of up to {across} pictures. {'; '.join(texts)}. "
            f"{self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a sample, with its place; what leads stands in row 0, the rows count from 1."""
        lines = [self.lead, *self.samples]
        return [
            {"row": line, "column": place, "edits": list(sample.recipe.edits)} | values
            for line, samples in enumerate(lines)
            for place, sample in enumerate(samples, start=1)
            for values in sample.rows()
        ]

    def __repr__(self) -> str:
        sizes = " + ".join(str(len(row)) for row in self.samples)
        lead = f", lead={len(self.lead)}" if self.lead else ""
        return f"Comparison({sizes} samples{lead}, title={self.title!r})"


def compare(
    rows: Iterable[Samples | Sample | Sequence[Sample]],
    *,
    lead: Sample | Sequence[Sample] = (),
    labels: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    title: str | None = None,
    marks: bool = True,
) -> Comparison:
    """Put samples side by side, in rows, for a figure that says what differs.

    Args:
        rows: samples of ``draw``, or lists of single ones; samples alone are one row.
        lead: what the others come from, such as a picture that was redrawn, or the parents of
            ``breed``. It stands before the rows, as high as all of them together.
        labels: words for every row. When None, and the prompts of the rows differ (or of what
            leads, one for each row), they are the prompts, with the words that differ emphasised;
            otherwise the seeds, if every row has one of its own.
        columns: words for every column. When None they are the seeds, if all rows have the same,
            or the weights of a ``Mix``.
        title: words for the whole; the prompt, when None and all have the same.
        marks: draw a line between patches that were kept (``Force``) and those drawn anew.

    Raises:
        InputError: nothing to show, something that is no sample, pictures of different shapes,
            another number of labels than there are rows or columns, or words that are no text.
    """
    given = list(rows) if isinstance(rows, Iterable) else [rows]
    if given and all(isinstance(row, Sample) for row in given):
        given = [given]  # type: ignore[list-item]
    lines = tuple(_line("rows", row) for row in given)
    first = _line("lead", lead)
    if not lines or not all(lines):
        raise InputError(
            "rows is empty, or one of the rows is, but a comparison shows at least one sample in "
            "each: give samples, or lists of them."
        )
    _check_shapes([*first, *(sample for line in lines for sample in line)])
    if title is not None and not isinstance(title, str):
        raise InputError(
            f"title is {title!r}, but it is a text: give words for the whole, or None for the "
            f"prompt."
        )
    if labels is None:
        # Where each row has a picture that leads, that tells the rows apart.
        leads = [(sample,) for sample in first] if len(first) == len(lines) else lines
        told = _prompts_of_rows(leads) or _seeds_of_rows(lines)
    else:
        told = tuple(((word, False),) for word in _words("labels", labels, "row", len(lines)))
    if columns is None:
        heads = _seeds_of_columns(lines) or _weights_of_columns(lines)
    else:
        heads = _words("columns", columns, "column", max(map(len, lines)))
    return Comparison(lines, first, told, heads, title, marks)


def _line(name: str, given: Any) -> tuple[Sample, ...]:
    if isinstance(given, Sample):
        return (given,)
    if isinstance(given, Sequence) and all(isinstance(sample, Sample) for sample in given):
        return tuple(given)
    raise InputError(
        f"{name} holds {type(given).__name__}, but it takes samples: give what dx.draw returned, "
        f"or a list of single ones."
    )


def _check_shapes(shown: Sequence[Sample]) -> None:
    shapes = {sample.picture.size for sample in shown}
    if len(shapes) > 1:
        listed = " and ".join(f"{width} x {height}" for width, height in sorted(shapes))
        raise InputError(
            f"these pictures have {listed} pixels, but side by side they need one shape: take "
            f"pictures of models that draw the same."
        )


def _words(name: str, given: Sequence[str], of: str, count: int) -> tuple[str, ...]:
    texts = isinstance(given, Sequence) and not isinstance(given, str)
    if not texts or not all(isinstance(word, str) for word in given):
        raise InputError(
            f"{name} is {given!r}, but it is a list of texts: give one for every {of}."
        )
    if len(given) != count:
        raise InputError(
            f"{name} has {len(given)} texts, but there {'is' if count == 1 else 'are'} {count} "
            f"{of}{'' if count == 1 else 's'}: give one for each."
        )
    return tuple(given)


# --- what differs ------------------------------------------------------------------------------


def _said(recipe: Recipe) -> tuple[str, ...]:
    """The texts that a picture was drawn from: its prompt, or those that are mixed everywhere."""
    mixes = [edit for edit in recipe.edits if isinstance(edit, Mix) and edit.at is None]
    return mixes[0].prompts if mixes else (recipe.prompt,)


def _prompts_of_rows(lines: Sequence[Sequence[Sample]]) -> tuple[Label, ...]:
    """The prompts as labels, when every row has one and they are not all the same."""
    said = [{_said(sample.recipe) for sample in line} for line in lines]
    prompts = [min(texts)[0].split() for texts in said if len(texts) == 1 and len(min(texts)) == 1]
    if len(prompts) != len(lines) or all(words == prompts[0] for words in prompts):
        return ()
    start = _shared(prompts)
    end = _shared([words[start:][::-1] for words in prompts])
    return tuple(
        tuple((word, start <= place < len(words) - end) for place, word in enumerate(words))
        for words in prompts
    )


def _shared(texts: Sequence[Sequence[str]]) -> int:
    """How many words all begin with; of the shortest, one word stays to be told apart by."""
    count = 0
    while count + 1 < min(map(len, texts)) and len({words[count] for words in texts}) == 1:
        count += 1
    return count


def _seeds_of_rows(lines: Sequence[Sequence[Sample]]) -> tuple[Label, ...]:
    seeds = [{sample.seed for sample in line} for line in lines]
    if any(len(one) > 1 for one in seeds) or len({min(one) for one in seeds}) < len(lines):
        return ()
    return tuple(((f"seed {min(one)}", False),) for one in seeds)


def _seeds_of_columns(lines: Sequence[Sequence[Sample]]) -> tuple[str, ...]:
    seeds = {tuple(sample.seed for sample in line) for line in lines}
    if len(seeds) > 1 or len(lines) == 1 or len(set(min(seeds))) < len(min(seeds)):
        return ()
    return tuple(f"seed {seed}" for seed in min(seeds))


def _weights_of_columns(lines: Sequence[Sequence[Sample]]) -> tuple[str, ...]:
    """The weights of a mix of two, when they differ from column to column and nowhere else."""
    mixes = [[_mix(sample.recipe) for sample in line] for line in lines]
    weights = {tuple(mix.weights if mix else () for mix in line) for line in mixes}
    (first, *others) = weights
    if others or any(len(pair) != 2 for pair in first) or len(set(first)) < len(first):
        return ()
    ratios = tuple(_ratio(*pair) for pair in first)
    return ratios if len(set(ratios)) == len(ratios) else tuple(map(_as_they_are, first))


def _mix(recipe: Recipe) -> Mix | None:
    mixes = [edit for edit in recipe.edits if isinstance(edit, Mix) and edit.at is None]
    return mixes[0] if mixes else None


def _ratio(one: float, two: float) -> str:
    """Weights in small whole numbers, where these are the weights to a thousandth of each."""
    share = one / (one + two)
    small = Fraction(share).limit_denominator(100)
    if abs(small - share) > min(share, 1 - share) / 1000:  # also where one weight is negative
        return _as_they_are((one, two))
    return f"{small.numerator} : {small.denominator - small.numerator}"


def _as_they_are(weights: Sequence[float]) -> str:
    return " : ".join(f"{weight:g}" for weight in weights)


# --- the caption -------------------------------------------------------------------------------


def _selection(shown: Sequence[Sample]) -> str:
    """How many were drawn, how many are shown, and how those were chosen."""
    recipes: dict[Any, list[Sample]] = {}
    for sample in dict.fromkeys(shown):
        recipe = sample.recipe
        key = (recipe.prompt, recipe.settings, recipe.edits, recipe.model_digest)
        recipes.setdefault(key, []).append(sample)
    count = sum(len({sample.seed for sample in same}) for same in recipes.values())
    least, most = (sum(ends) for ends in zip(*map(_drawn, recipes.values()), strict=True))
    if count == most:
        several = "seeds" if len({sample.seed for sample in shown}) > 1 else "seed"
        seeds = numbers_in_words(sample.seed for sample in shown)
        return f"{most} drawn, with {several} {seeds}; all shown, none selected."
    chosen = Counter(words for same in recipes.values() for words in _chosen(same))
    told = "; ".join(
        words if times == 1 else f"{times} times {words}" for words, times in chosen.items()
    )
    return f"{'' if least == most else 'Up to '}{most} drawn; {count} shown: {told}."


def _drawn(same: Sequence[Sample]) -> tuple[int, int]:
    """How many pictures of one recipe were drawn: at least, and at most.

    A recipe and a seed decide a picture, so those drawn twice count once. Where the record of one
    sample alone does not say which others were drawn with it, two may be of one draw or of two.
    """
    known = {sample.seed for sample in same}.union(*(sample.among for sample in same))
    alone = [sample.drawn for sample in same if not sample.among]
    return max([len(known), *alone]), len(known) + sum(alone) - len(alone)


def _chosen(same: Sequence[Sample]) -> list[str]:
    """Which samples of one recipe are shown, draw by draw, of those draws not shown as a whole."""
    seeds = {sample.seed for sample in same}
    draws: dict[Any, list[Sample]] = {}
    for sample in same:
        by = None if sample.rank is None else sample.ranked_by
        if sample.drawn > 1 and not (sample.among and seeds.issuperset(sample.among)):
            draws.setdefault((sample.among or id(sample), by), []).append(sample)
    words = []
    for (_, by), draw in draws.items():
        ranks = [sample.rank for sample in draw if sample.rank is not None]
        which = f"rank {numbers_in_words(ranks)}" if ranks else f"{len({s.seed for s in draw})}"
        how = f"by {ranked_in_words(by)}" if by else "not selected by any score"
        words.append(f"{which} of {draw[0].drawn} {how}")
    return words


def _edits_in_words(recipes: Sequence[Recipe]) -> list[str]:
    """What was changed while drawing, kind by kind."""
    edited = [recipe for recipe in recipes if recipe.edits]
    if not edited:
        return []
    kinds: dict[type, list[AnyEdit]] = {}
    for recipe in edited:
        for edit in recipe.edits:
            kinds.setdefault(type(edit), []).append(edit)
    told = "; ".join(
        _kind_in_words(kind, edits, recipes[0].patches)
        for kind, edits in sorted(kinds.items(), key=lambda item: item[0] is not Force)
    )
    which = "All" if len(edited) == len(recipes) else f"{len(edited)} of {len(recipes)}"
    return [f"{which} edited: {told}."]


def _kind_in_words(kind: type, edits: Sequence[AnyEdit], patches: int) -> str:
    if kind is Force:
        counts = sorted({len(edit.at) for edit in edits if isinstance(edit, Force)})
        most = f" to {counts[-1]}" if len(counts) > 1 else ""
        return f"{counts[0]}{most} of {patches} patches kept"
    mixes = [edit for edit in edits if isinstance(edit, Mix)]
    same = len({(mix.prompts, mix.at, mix.how) for mix in mixes}) == 1
    if mixes and same and len(mixes[0].prompts) == 2 and mixes[0].at is None:
        weights = list(dict.fromkeys(_ratio(*mix.weights) for mix in mixes))
        span = f"{weights[0]} to {weights[-1]}" if len(weights) > 1 else weights[0]
        one, two = mixes[0].prompts
        return f"“{one}” and “{two}” mixed in their {mixes[0].how}, {span}"
    different = list(dict.fromkeys(map(repr, edits)))
    more = len(different) - _MOST_NAMED
    named = ", ".join(different[:_MOST_NAMED])
    return f"{named} and {more} more {kind.__name__}, listed in the table" if more > 0 else named
