"""What a picture depends on: a word, or a region, is taken away, and every patch is asked again.

Attention knock-out (Geva et al., 2023, arXiv 2304.14767; AtMan: Deiseroth et al., 2023, arXiv
2301.08110) in three modes, because each has its blind side. Bits are those by which the recorded
code of a patch gets less likely; all words are read in one batched pass.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from jaxtyping import Bool, Float64

from dalle_explore.edits import KnockOut
from dalle_explore.errors import InputError
from dalle_explore.instruments.passes import Passes, Variant, check_layers
from dalle_explore.instruments.replacements import replacements
from dalle_explore.instruments.subject import Result

__all__ = ["MODES", "PADS", "Dependence", "Mode", "depends_on", "depends_on_region"]

Mode = Literal["image", "all", "replace"]
MODES: tuple[Mode, ...] = ("image", "all", "replace")

PADS = "the padding"

_HOW = {
    "image": "the rows that predict patches cannot read it; what other words took from it stays",
    "all": "no later position can read it, words included; training never saw such a hole",
    "replace": "another word stands in its place",
}
_HOW_REGION = {
    "image": "no later patch can read it; the patches inside, and those right after one of them, "
    "which are predicted from its place and know its code, are not counted",
    "replace": "other codes stand in its place, and the patches inside are not counted",
}


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Dependence(Result):
    """Bits that the recorded codes lose when a word, or a region, is taken away."""

    drawn_by: ClassVar[str] = "dependence"

    mode: Mode
    names: tuple[str, ...]  # of what was taken away, one by one
    places: tuple[tuple[int, ...], ...]  # among the words; empty: a region, or the padding
    bits: Float64[
        np.ndarray, "w rows columns"
    ]  # positive: it made the code likelier; NaN: unasked
    replaced: tuple[tuple[str, ...], ...] = ()  # by what; only where mode is "replace"
    region: Bool[np.ndarray, "rows columns"] | None = None
    layers: tuple[int, ...] | None = None  # where attention was cut; None: in all

    @property
    def totals(self) -> Float64[np.ndarray, " w"]:
        """Bits over the patches that were asked, for each; NaN where none was."""
        asked = ~np.isnan(self.bits).all(axis=(1, 2))
        totals: Float64[np.ndarray, " w"] = np.where(
            asked, np.nansum(self.bits, axis=(1, 2)), np.nan
        )
        return totals

    @property
    def first(self) -> int:
        """The place of what costs most, of all that was asked."""
        return int(np.nan_to_num(self.totals, nan=-np.inf).argmax())

    def caption(self) -> str:
        """Say what was taken away, and how; that is an intervention, not a look."""
        how = (_HOW if self.region is None else _HOW_REGION)[self.mode]
        if self.layers is not None:
            how += f" (cut in the layers {', '.join(map(str, self.layers))} only)"
        what = "each word" if len(self.names) > 1 else self.names[0]
        if len(self.names) > 1 and PADS in self.names:
            what += f", and then {PADS},"
        others = [
            f"{name} by {' and '.join(words)}"
            for name, words in zip(self.names, self.replaced, strict=False)
        ]
        by = f" Replaced: {'; '.join(others)}, mean over those captions." if others else ""
        guided = "" if self.subject.guidance is None else "guided "
        left = int(np.isnan(self.totals).sum())
        stopped = f" Stopped before its end: {left} were not asked." if left else ""
        return (
            f"What it depended on: bits by which the recorded code of each patch gets less likely "
            f"when {what} is taken away ({how}), on the {guided}distribution, earlier patches "
            f"as they were.{by} Negative: more likely without it.{stopped} "
            f"{self.subject.in_words()}"
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        known = [int(m) for m in np.argsort(-self.totals) if not np.isnan(self.totals[m])]
        told = ", ".join(f"{self.names[m]} {self.totals[m]:.1f}" for m in known[:3])
        without = "a word" if self.region is None else "a region"
        return (
            f"A picture of the text “{self.subject.prompt}” beside maps of the bits that are lost "
            f"without {without}. Most are lost without: {told or 'nothing was asked'}. "
            f"{self.caption()}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row for each thing taken away: its total bits, and the patch that loses most.

        None where nothing was asked.
        """
        found = []
        for place, (name, total) in enumerate(zip(self.names, self.totals, strict=True)):
            here = np.nan_to_num(self.bits[place], nan=-np.inf)
            row, column = np.unravel_index(here.argmax(), here.shape)
            asked = not np.isnan(total)
            found.append(
                {
                    "name": name,
                    "mode": self.mode,
                    "bits": float(total) if asked else None,
                    "most_at_row": int(row) if asked else None,
                    "most_at_column": int(column) if asked else None,
                    "most_bits": float(here.max()) if asked else None,
                    "replaced_by": ", ".join(self.replaced[place]) if self.replaced else None,
                }
            )
        return found

    def measures(self) -> dict[str, float]:
        """Return the total bits of each; of a word that is said again, by its number."""
        found: dict[str, float] = {}
        said: Counter[str] = Counter()
        for name, bits in zip(self.names, self.totals, strict=True):
            said[name] += 1
            again = f" ({said[name]})" if said[name] > 1 else ""
            found[f"bits of {name}{again}"] = float(bits)
        return found


def depends_on(
    passes: Passes,
    words: str | Iterable[str] = "all",
    *,
    mode: Mode = "all",
    layers: Iterable[int] | None = None,
    replacing: Mapping[str, Sequence[str]] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    goes_on: Callable[[], bool] = lambda: True,
) -> Dependence:
    """Take away words one by one, and say how many bits every patch loses.

    Args:
        passes: the picture.
        words: "all" for each word of the prompt and, last, the padding behind it, where copies of
            words may stand; one word or run of words, or a list of them.
        mode: "all" cuts the edges to the word from every later position, "image" those from
            patches alone (copies of it that other positions hold stay), "replace" reads other
            captions (see ``replacements``), whose mean is taken.
        layers: where attention is cut; None: in all.
        replacing: for some words, what shall stand in their place.
        progress: called with readings done and readings in all.
        goes_on: asked before every chunk; when it says no, the rest stays NaN.

    Raises:
        InputError: a word, mode or layer that there is not, or layers with "replace".
    """
    _check_mode(mode, MODES)
    subject = passes.subject
    pads: tuple[int, ...] = ()
    every = isinstance(words, str) and words.strip().lower() == "all"
    plain = every and layers is None and not replacing
    if plain and ("knockout", mode) in passes.held:
        held: Dependence = passes.held["knockout", mode]
        return held
    if every:
        places: list[tuple[int, ...]] = [(place,) for place in range(len(subject.words))]
        pads = subject.columns()["pad"] if mode != "replace" else ()
    else:
        if not isinstance(words, Iterable):
            raise InputError(f"words is {words!r}, but it is a word, a list of them, or 'all'.")
        asked = [words] if isinstance(words, str) else list(words)
        if not asked:
            raise InputError("words is empty: name at least one, or give 'all'.")
        places = [subject.find(word) for word in asked]
    numbers = None if layers is None else check_layers(passes.model, layers)
    if mode == "replace":
        if numbers is not None:
            raise InputError(
                "mode='replace' reads another caption, in all layers: leave layers out, or cut "
                "attention with mode='image' or mode='all'."
            )
        variants, groups, replaced = _replaced(passes, places, replacing or {})
    else:
        if replacing:
            raise InputError("replacing belongs to mode='replace': leave it out here.")
        cut = None if numbers is None else frozenset(numbers)
        variants = [
            Variant(hidden=subject.text.tokens(run), image_only=mode == "image", layers=cut)
            for run in places
        ]
        if pads:
            places.append(())
            variants.append(Variant(hidden=pads, image_only=mode == "image", layers=cut))
        groups, replaced = [[place] for place in range(len(places))], ()
    lost = passes.bits_lost(variants, progress=progress, goes_on=goes_on)
    bits = np.stack([lost[group].mean(axis=0) for group in groups])
    found = Dependence(
        subject=subject,
        mode=mode,
        names=tuple(subject.named(run) if run else PADS for run in places),
        places=tuple(places),
        bits=bits.reshape(len(places), *subject.grid),
        replaced=replaced,
        layers=numbers,
    )
    if plain and not np.isnan(bits).any():
        passes.held["knockout", mode] = found  # agreement and boxes ask for it, too
    return found


def _replaced(
    passes: Passes, places: Sequence[tuple[int, ...]], given: Mapping[str, Sequence[str]]
) -> tuple[list[Variant], list[list[int]], tuple[tuple[str, ...], ...]]:
    """Readings of other captions, which of them are of each word, and what stands there."""
    subject = passes.subject
    hidden = [edit for edit in passes.trace.recipe.edits if isinstance(edit, KnockOut)]
    if hidden:
        raise InputError(
            f"this picture was drawn with {hidden[0]!r}, and in another caption that word need "
            f"not stand at the same place: use mode='image' or mode='all'."
        )
    wanted = {subject.find(word): others for word, others in given.items()}
    unused = [word for word in given if subject.find(word) not in places]
    if unused:
        raise InputError(
            f"replacing names {unused[0]!r}, which is not among the words that are asked for: "
            f"ask for it, or leave it out."
        )
    # Words that state one fact have the same other captions, which are read once.
    read: dict[tuple[int, ...], int] = {}
    groups, replaced = [], []
    for run in places:
        found = replacements(subject.text, run, wanted.get(run))
        ids = [passes.model.encode_text(prompt).ids for prompt in found.prompts]
        groups.append([read.setdefault(one, len(read)) for one in ids])
        replaced.append(found.words)
    return [Variant(ids=one) for one in read], groups, tuple(replaced)


def depends_on_region(
    passes: Passes,
    rows: range,
    columns: range,
    *,
    mode: Mode = "image",
    codes: Any = None,
    layers: Iterable[int] | None = None,
) -> Dependence:
    """Take away a rectangle of patches, and say how many bits every later patch loses.

    Args:
        passes: the picture.
        rows: of the rectangle.
        columns: of the rectangle.
        mode: "image" (no later patch reads it) or "replace" (other codes stand there).
        codes: int [rows columns], what stands there with "replace": the codes of another picture,
            for example; only those of the rectangle are taken.
        layers: where attention is cut; None: in all.

    Raises:
        InputError: a rectangle outside the picture, or one that no patch could depend on, a mode
            that words alone have, or codes that do not fit.
    """
    _check_mode(mode, ("image", "replace"))
    subject = passes.subject
    mask = subject.box(rows, columns)
    numbers = None if layers is None else check_layers(passes.model, layers)
    hidden = np.flatnonzero(mask)
    if mode == "replace":
        variant = Variant(codes=_other_codes(passes, mask, codes))
    else:
        if codes is not None:
            raise InputError("codes belong to mode='replace': leave them out here.")
        variant = Variant(
            hidden=tuple(passes.position(int(patch)) for patch in hidden),
            image_only=True,
            layers=None if numbers is None else frozenset(numbers),
        )
    # Patches up to the first of the region cannot read it, and those inside are what was taken.
    unasked = mask.flatten() | (np.arange(passes.patches) <= hidden[0])
    if mode == "image":
        # These are predicted where a patch of the region stands, and no cut takes away its code.
        unasked[1:] |= mask.flatten()[:-1]
    if unasked.all():
        raise InputError(
            f"rows {rows!r} and columns {columns!r} leave no later patch that could depend on "
            f"them in mode={mode!r}: let the region end higher."
        )
    bits = np.where(unasked, np.nan, passes.bits_lost([variant])[0]).reshape(subject.grid)
    name = f"the region of rows {rows.start} to {rows.stop - 1}, columns {columns.start} to "
    return Dependence(
        subject=subject,
        mode=mode,
        names=(f"{name}{columns.stop - 1}",),
        places=((),),
        bits=bits[None],
        region=mask,
        layers=numbers,
    )


def _other_codes(passes: Passes, mask: np.ndarray, codes: Any) -> np.ndarray:
    given = np.asarray(codes) if codes is not None else None
    if given is None or given.shape != mask.shape or not np.issubdtype(given.dtype, np.integer):
        shown = "nothing" if given is None else f"{given.dtype} of shape {given.shape}"
        raise InputError(
            f"codes is {shown}, but mode='replace' takes whole numbers of shape {mask.shape}: "
            f"give the codes of another picture."
        )
    size = passes.model.codebook_size
    if not 0 <= given.min() <= given.max() < size:
        raise InputError(
            f"codes lie between {given.min()} and {given.max()}, but this model's lie between 0 "
            f"and {size - 1}: they come from another model."
        )
    own = passes.trace.grid
    return np.where(mask, given, own).astype(np.int64).flatten()


def _check_mode(mode: str, modes: Sequence[str]) -> None:
    if mode not in modes:
        raise InputError(f"mode is {mode!r}, but it is one of {', '.join(modes)}.")
