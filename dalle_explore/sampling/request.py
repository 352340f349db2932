"""From a prompt and its edits to numbers: what the engine needs to draw pictures of it.

Words become token positions, patches become places in raster order, prompts that are mixed become
*voices*: texts, or blends of texts, that each say how likely every code is. Whatever does not fit
the model is refused here, before anything is drawn.
"""

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float32, Int64

from dalle_explore.edits import (
    AblateHead,
    AddResidual,
    AnyEdit,
    Ban,
    Bias,
    Edit,
    Force,
    KnockOut,
    Mix,
    ScaleHead,
    TemperatureAt,
    check_edits,
)
from dalle_explore.errors import InputError
from dalle_explore.generator import Add, EncodedText, Generator, Scale
from dalle_explore.seeds import check_seed

__all__ = ["Hidden", "Request", "Rule", "request"]


@dataclasses.dataclass(frozen=True, eq=False)
class Rule:
    """A number that is added to the logits of some codes at some patches; -inf bans them."""

    codes: Int64[np.ndarray, " m"]
    nats: float
    patches: Bool[np.ndarray, " p"]


@dataclasses.dataclass(frozen=True)
class Hidden:
    """Tokens of the voices that later positions may not read."""

    tokens: tuple[tuple[int, ...], ...]  # for each voice
    image_only: bool
    layers: frozenset[int] | None


@dataclasses.dataclass(frozen=True, eq=False)
class Request:
    """Pictures of one prompt, as numbers.

    Every voice is a weighted mean of texts in their embeddings; at every patch the logits are the
    weighted mean of the voices'. Mostly there is one text, one voice, and nothing is mixed.
    """

    texts: tuple[tuple[int, ...], ...]  # token ids
    blend: Float32[np.ndarray, "v m"]  # rows sum to 1
    voices: Float32[np.ndarray, "v p"]  # columns sum to 1
    seeds: tuple[int, ...]
    forced: Int64[np.ndarray, " p"]  # -1 where the model picks
    temperature: Float32[np.ndarray, " p"]  # NaN where the settings' holds
    rules: tuple[Rule, ...]
    hidden: tuple[Hidden, ...]
    scales: tuple[Scale, ...]
    adds: tuple[Add, ...]
    calls: tuple[Edit, ...]

    @property
    def inside(self) -> bool:
        """Whether something changes inside the network."""
        return bool(self.hidden or self.scales or self.adds or self.calls)


def request(
    model: Generator,
    text: EncodedText,
    seeds: Iterable[int],
    edits: Iterable[AnyEdit] | None = (),
) -> Request:
    """Resolve edits for pictures of a prompt.

    Args:
        model: knows its words, patches, codes, layers.
        text: what ``model.encode_text`` made of the prompt.
        seeds: one for each picture.
        edits: what to change.

    Raises:
        InputError: no seeds, a bad one, or an edit that does not fit the prompt, the model or
            another edit.
    """
    edits = check_edits(edits)
    checked = tuple(check_seed(seed) for seed in seeds)
    if not checked:
        raise InputError("there are no seeds, but every picture has one: give at least one.")
    _check_supported(model, edits)
    mixed = _Voices(model, text, [edit for edit in edits if isinstance(edit, Mix)])
    rules = tuple(_rules(model, edits))
    return Request(
        texts=tuple(mixed.texts),
        blend=np.array(mixed.blend, dtype=np.float32),
        voices=mixed.weights,
        seeds=checked,
        forced=_forced(model, edits, rules),
        temperature=_temperature(model, edits),
        rules=rules,
        hidden=tuple(
            _hidden(model, mixed.encoded, edit) for edit in edits if isinstance(edit, KnockOut)
        ),
        scales=tuple(_scales(model, edits)),
        adds=tuple(_add(model, edit) for edit in edits if isinstance(edit, AddResidual)),
        calls=tuple(edit for edit in edits if isinstance(edit, Edit)),
    )


def _check_supported(model: Generator, edits: Sequence[AnyEdit]) -> None:
    can = model.supports
    for edit in edits:
        inside = isinstance(edit, KnockOut | AblateHead | ScaleHead | AddResidual | Edit)
        blends = isinstance(edit, Mix) and edit.how == "embeddings"
        for refused, what in (
            (inside and not can.edits, "cannot be changed inside"),
            (blends and not can.blends, "cannot mix texts in their embeddings"),
            (
                isinstance(edit, Force) and not can.forced_patches,
                "cannot go on from patches that were given",
            ),
        ):
            if refused:
                raise InputError(f"{edit!r} cannot be done, because this model {what}.")


class _Voices:
    """Who speaks at which patch."""

    def __init__(self, model: Generator, text: EncodedText, mixes: Sequence[Mix]) -> None:
        self.encoded: list[list[EncodedText]] = []  # the texts of each voice
        self.texts: list[tuple[int, ...]] = []
        self.blend: list[list[float]] = []
        self._place: dict[object, int] = {}
        self._model, self._text = model, text
        everywhere = [mix for mix in mixes if mix.at is None]
        if len(everywhere) > 1:
            raise InputError(
                f"{len(everywhere)} mixes hold everywhere, but only one can: name patches with "
                f"at= in the others."
            )
        rows: list[np.ndarray] = []
        taken = np.zeros(model.patches, dtype=bool)
        regions = [mix for mix in mixes if mix.at is not None]
        for mix in [*regions, *everywhere]:
            patches = _mask(model, mix, mix.at) & (~taken if mix.at is None else True)
            if (patches & taken).any():
                raise InputError(
                    "two mixes name the same patch, but a patch follows one of them: let their "
                    "regions not overlap."
                )
            taken |= patches
            self._say(rows, mix, patches)
        if not taken.all():
            self._say(rows, Mix((text.prompt,), (1.0,)), ~taken)
        self.weights = np.array(rows, dtype=np.float32)
        self.blend = [row + [0.0] * (len(self.texts) - len(row)) for row in self.blend]

    def _say(self, rows: list[np.ndarray], mix: Mix, patches: np.ndarray) -> None:
        parts = list(zip(mix.prompts, mix.weights, strict=True))
        if mix.how == "logits":
            for prompt, weight in parts:
                self._voice(rows, ((prompt, 1.0),), weight, patches)
        else:
            self._voice(rows, tuple(parts), 1.0, patches)

    def _voice(
        self,
        rows: list[np.ndarray],
        parts: tuple[tuple[str, float], ...],
        weight: float,
        patches: np.ndarray,
    ) -> None:
        if parts not in self._place:
            self._place[parts] = len(rows)
            rows.append(np.zeros(self._model.patches))
            texts = [self._encoded(prompt) for prompt, _ in parts]
            self.encoded.append(texts)
            mixed = [0.0] * len(self.texts)
            for encoded, (_, share) in zip(texts, parts, strict=True):
                if encoded.ids not in self.texts:
                    self.texts.append(encoded.ids)
                    mixed.append(0.0)
                mixed[self.texts.index(encoded.ids)] += share
            self.blend.append(mixed)
        rows[self._place[parts]] += weight * patches

    def _encoded(self, prompt: str) -> EncodedText:
        return self._text if prompt == self._text.prompt else self._model.encode_text(prompt)


def _mask(
    model: Generator, edit: AnyEdit, at: tuple[tuple[int, int], ...] | None
) -> Bool[np.ndarray, " p"]:
    """Patches as a mask in raster order; all for None."""
    if at is None:
        return np.ones(model.patches, dtype=bool)
    mask = np.zeros((model.rows, model.columns), dtype=bool)
    for row, column in at:
        if row >= model.rows or column >= model.columns:
            raise InputError(
                f"{type(edit).__name__} names the patch {(row, column)}, but this model's grid "
                f"has {model.rows} rows and {model.columns} columns: count from (0, 0)."
            )
        mask[row, column] = True
    return mask.flatten()


def _check_codes(model: Generator, edit: AnyEdit, codes: Sequence[int]) -> np.ndarray:
    if max(codes) >= model.codebook_size:
        raise InputError(
            f"{type(edit).__name__} names the code {max(codes)}, but this model's codes are 0 to "
            f"{model.codebook_size - 1}: are they of another model?"
        )
    return np.array(codes, dtype=np.int64)


def _rules(model: Generator, edits: Sequence[AnyEdit]) -> Iterable[Rule]:
    banned = np.zeros(model.patches, dtype=np.int64)
    for edit in edits:
        if isinstance(edit, Ban | Bias):
            codes, patches = _check_codes(model, edit, edit.codes), _mask(model, edit, edit.at)
            if isinstance(edit, Ban):
                banned += patches * len(codes)
            yield Rule(codes, edit.nats if isinstance(edit, Bias) else -np.inf, patches)
    # Codes banned twice count twice here, so the exact count is only made in the unlikely case.
    if banned.max(initial=0) >= model.codebook_size:
        for patch in np.flatnonzero(banned >= model.codebook_size):
            left = set(range(model.codebook_size))
            for edit in edits:
                if isinstance(edit, Ban) and _mask(model, edit, edit.at)[patch]:
                    left -= set(edit.codes)
            if not left:
                raise InputError(
                    f"every code is banned at the patch {divmod(int(patch), model.columns)}, so "
                    f"nothing could be picked there: leave at least one."
                )


def _forced(
    model: Generator, edits: Sequence[AnyEdit], rules: Sequence[Rule]
) -> Int64[np.ndarray, " p"]:
    forced = np.full(model.patches, -1, dtype=np.int64)
    for edit in edits:
        if isinstance(edit, Force):
            if edit.grid not in (None, (model.rows, model.columns)):
                raise InputError(
                    f"{edit!r} keeps codes of a picture of {edit.grid} patches, but this model's "
                    f"have {(model.rows, model.columns)}: take codes of one of its pictures."
                )
            _check_codes(model, edit, edit.codes)
            mask = _mask(model, edit, edit.at)
            if (mask & (forced >= 0)).any():
                patch = divmod(int(np.flatnonzero(mask & (forced >= 0))[0]), model.columns)
                raise InputError(
                    f"two edits force the patch {patch}, but a patch has one code: let their "
                    f"regions not overlap."
                )
            for (row, column), code in zip(edit.at, edit.codes, strict=True):
                forced[row * model.columns + column] = code
    return forced


def _temperature(model: Generator, edits: Sequence[AnyEdit]) -> Float32[np.ndarray, " p"]:
    found = np.full(model.patches, np.nan, dtype=np.float32)
    for edit in edits:
        if isinstance(edit, TemperatureAt):
            mask = _mask(model, edit, edit.at)
            if (mask & ~np.isnan(found)).any():
                raise InputError(
                    "two edits give a patch its temperature, but it has only one: let their "
                    "regions not overlap."
                )
            found[mask] = edit.temperature
    return found


def _scales(model: Generator, edits: Sequence[AnyEdit]) -> Iterable[Scale]:
    for edit in edits:
        if isinstance(edit, AblateHead | ScaleHead):
            _check_layer(model, edit, edit.layer)
            if edit.head >= model.heads:
                raise InputError(
                    f"{edit!r} names the head {edit.head}, but every layer of this model has the "
                    f"heads 0 to {model.heads - 1}."
                )
            yield Scale(edit.layer, edit.head, edit.factor if isinstance(edit, ScaleHead) else 0.0)


def _check_layer(model: Generator, edit: AnyEdit, layer: int) -> None:
    if layer >= model.layers:
        raise InputError(
            f"{edit!r} names the layer {layer}, but this model has the layers 0 to "
            f"{model.layers - 1}."
        )


def _add(model: Generator, edit: AddResidual) -> Add:
    _check_layer(model, edit, edit.layer)
    if len(edit.vector) != model.width:
        raise InputError(
            f"{edit!r} has {len(edit.vector)} numbers, but the stream of this model has "
            f"{model.width} channels: give one number for each."
        )
    return Add(
        edit.layer,
        torch.tensor(edit.vector, dtype=torch.float32, device=model.device),
        torch.from_numpy(_mask(model, edit, edit.at)).to(model.device),
    )


def _hidden(model: Generator, voices: Sequence[Sequence[EncodedText]], edit: KnockOut) -> Hidden:
    for layer in edit.layers or ():
        _check_layer(model, edit, layer)
    tokens = tuple(
        tuple(
            sorted(
                {
                    token
                    for text in texts
                    for run in text.find(edit.word, edit.occurrence)
                    for token in text.tokens(run)
                }
            )
        )
        for texts in voices
    )
    if not any(tokens):
        words = ", ".join(word.text for texts in voices for text in texts for word in text.words)
        which = "" if edit.occurrence is None else f" (occurrence {edit.occurrence})"
        raise InputError(
            f"the prompt has no word {edit.word!r}{which} to knock out: its words are {words}."
        )
    layers = None if edit.layers is None else frozenset(edit.layers)
    return Hidden(tokens, edit.edges == "image", layers)
