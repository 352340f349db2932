"""Teacher-forced passes over the codes of a trace: what every instrument stands on.

Nothing is captured while a picture is drawn. Its codes are read again, all at once, in the device
kind and precision that drew them; how far the probabilities are from those that were recorded then
is the *replay error*. Attention is that of the stream with the caption; probabilities are those
of the guided distribution, as the picture was drawn from it.
"""

import dataclasses
import functools
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64, Int64
from torch import Tensor

from dalle_explore.edits import Edit, Mix
from dalle_explore.errors import InputError
from dalle_explore.generator import At, Cut, Generator, Inside
from dalle_explore.instruments.subject import Subject
from dalle_explore.sampling.batch import Batch
from dalle_explore.sampling.pick import guide
from dalle_explore.sampling.recording import precision
from dalle_explore.sampling.request import request
from dalle_explore.trace import Trace

__all__ = ["BUDGET", "TOLERANCE", "Change", "Layer", "Passes", "Variant"]

BUDGET = 512 * 2**20  # bytes that tensors of one chunk of passes, or kept layers, may take
TOLERANCE = {"fp32": 1e-2, "bf16": 2.0}  # nats: a larger replay error is another drawing
TOTAL = 16  # times as much, where only the sum over all codes was recorded

_ROWS = {"cpu": 8, "cuda": 256}  # sequences read at once, where the budget allows more

Change = tuple[str, Callable[[Tensor], Tensor]]
"""A hook point, and what becomes of one row's tensor there (without its batch axis)."""


@dataclasses.dataclass(frozen=True, eq=False)
class Variant:
    """One other way to read the sequence; the codes whose probability counts stay the recorded.

    Attributes:
        ids: another text; None: the trace's.
        codes: int64 [p], other codes to read; None: the trace's.
        hidden: positions of the sequence that later ones may not read: text token i is i, patch j
            is text_length + j.
        image_only: hide them only from the rows that predict patches.
        layers: in which layers they are hidden; None: all.
        changes: what else changes inside, point by point; in the stream without caption, too.
        uncaptioned: what changes there instead; None: the same.
    """

    ids: tuple[int, ...] | None = None
    codes: Int64[np.ndarray, " p"] | None = None
    hidden: tuple[int, ...] = ()
    image_only: bool = False
    layers: frozenset[int] | None = None
    changes: tuple[Change, ...] = ()
    uncaptioned: tuple[Change, ...] | None = None


class Layer(NamedTuple):
    """The attention of one layer, in the rows that explain the patches; fp32 on the CPU."""

    pattern: Float32[np.ndarray, "h p s"]  # weights, rows sum to 1
    norms: Float32[np.ndarray, "h s"]  # ‖value · Wo‖: what weight 1 on a position would bring
    signed: Float32[np.ndarray, "h p s"]  # projections on the head's whole output; sum to its norm
    strength: Float32[np.ndarray, "h p"]  # ‖output‖ of the head


class Passes:
    """A model and a trace, ready to be read again and again.

    Args:
        model: that drew the trace.
        trace: a whole picture.
        recorded: nats, the log-probability of all codes, where the trace has no statistics.
        budget: bytes; longer work is done in chunks.
        twin: the seed of the weights, where the model is the untrained twin of the one that drew
            the trace (see ``twin``): then nothing recorded can be found again.

    Raises:
        InputError: an unfinished trace, one of another grid, a mix of prompts, or codes whose
            probabilities here are far from the recorded ones.
        MachineError: this machine has not the kind of device that drew it.
    """

    def __init__(
        self,
        model: Generator,
        trace: Trace,
        *,
        recorded: float | None = None,
        budget: int = BUDGET,
        twin: int | None = None,
    ) -> None:
        recipe = trace.recipe
        if recipe.grid != (model.rows, model.columns):
            raise InputError(
                f"the trace has a grid of {recipe.grid}, but this model's is "
                f"{(model.rows, model.columns)}: give the model that drew it."
            )
        if not trace.complete:
            raise InputError(
                f"the picture has only {len(trace.codes)} of {recipe.patches} patches, and what "
                f"explains the others does not exist yet: let it be drawn to its end."
            )
        mixed = [edit for edit in recipe.edits if isinstance(edit, Mix)]
        if mixed:
            raise InputError(
                f"the picture was drawn from a mix of texts ({mixed[0]!r}), and where it looks "
                f"and what it depends on is asked of one text: inspect a picture of one prompt."
            )
        self.model, self.trace, self.budget = model, trace, budget
        self.settings = recipe.settings
        model.to(self.settings.device)
        self.text = model.encode_text(recipe.prompt)
        asked = request(model, self.text, [trace.seed], recipe.edits)
        batch = Batch(model, [asked], self.settings)
        self._text, inside = batch.spoken()  # [1 t]
        self._inside = inside or Inside()
        self._guidance = batch.guidance
        self._null = None if batch.guidance is None else batch.text[batch.rows[-1:]]
        self._codes = torch.from_numpy(np.array(trace.codes, dtype=np.int64)).to(model.device)
        self._layers: OrderedDict[int, Layer] = OrderedDict()
        self.held: dict[Any, Any] = {}  # what instruments keep, because others ask for it, too
        self._recorded, self.twin_seed = recorded, twin
        error = self.replay_error
        bound = TOLERANCE[self.settings.precision] * (TOTAL if trace.steps is None else 1)
        if error is not None and not error <= bound:
            raise InputError(
                f"read again, the codes have log-probabilities that differ by {error:.2g} nats "
                f"from those recorded, so these are not the weights or not the numbers that drew "
                f"this picture: give the model that drew it, or draw it anew with again()."
            )

    # -- what it is about

    @functools.cached_property
    def subject(self) -> Subject:
        """What results say of the picture: prompt, words, pixels, replay error."""
        grid = self._codes.view(1, self.model.rows, self.model.columns)
        return Subject(
            trace=self.trace,
            text=self.text,
            text_length=self.model.text_length,
            pixels=self.model.decode_codes(grid.cpu())[0].numpy(),
            replay_error=self.replay_error,
            guidance=self._guidance,
            twin=self.twin_seed,
        )

    @functools.cached_property
    def replay_error(self) -> float | None:
        """Nats: the largest difference to a recorded log-probability; None: none was recorded.

        Of a trace without statistics, the difference of the totals.
        """
        steps = self.trace.steps
        if self.twin_seed is not None:
            return None
        if steps is not None:
            return float(np.abs(self.base - steps.log_probability).max())
        if self._recorded is not None:
            return abs(float(self.base.sum(dtype=np.float64)) - self._recorded)
        return None

    @property
    def patches(self) -> int:
        """Codes of the picture."""
        return len(self._codes)

    @property
    def codes(self) -> Int64[Tensor, " p"]:
        """The recorded codes, where the weights are."""
        return self._codes

    def position(self, patch: int) -> int:
        """Return where in the sequence a patch stands, by its number in raster order."""
        return self.model.text_length + patch

    # -- what it depends on

    @functools.cached_property
    def base(self) -> Float32[np.ndarray, " p"]:
        """Log-probabilities of the recorded codes as they were drawn, nats, guided."""
        return self.log_probability([Variant()])[0]

    def log_probability(
        self,
        variants: Sequence[Variant],
        *,
        progress: Callable[[int, int], None] = lambda done, total: None,
        goes_on: Callable[[], bool] = lambda: True,
    ) -> Float32[np.ndarray, "n p"]:
        """Return log-probabilities of the recorded codes, nats, guided, in other readings.

        Args:
            variants: how to read.
            progress: called with readings done and readings in all.
            goes_on: asked before every chunk; when it says no, the rest stays NaN.

        Raises:
            InputError: the model cannot be changed inside, and a variant asks for that.
        """
        inside = any(one.hidden or one.changes for one in variants)
        if inside and not self.model.supports.edits:
            raise InputError(
                "this model cannot be changed inside, so nothing in it can be knocked out or "
                "ablated: its supports.edits is False."
            )
        found = np.full((len(variants), self.patches), np.nan, dtype=np.float32)
        for part, logits in self._logits(variants, progress, goes_on):
            picked = logits.gather(-1, self._codes.expand(len(logits), -1)[..., None])[..., 0]
            values = picked - logits.logsumexp(dim=-1)
            found[part] = values.float().cpu().numpy()
        return found

    def bits_lost(
        self,
        variants: Sequence[Variant],
        *,
        progress: Callable[[int, int], None] = lambda done, total: None,
        goes_on: Callable[[], bool] = lambda: True,
    ) -> Float64[np.ndarray, "n p"]:
        """Return by how many bits each recorded code gets less likely in other readings.

        Arguments as for ``log_probability``. Positive: what was taken away made it likelier.
        """
        base = self.base
        changed = self.log_probability(variants, progress=progress, goes_on=goes_on)
        return (base.astype(np.float64) - changed) / np.log(2)

    def _logits(
        self,
        variants: Sequence[Variant],
        progress: Callable[[int, int], None],
        goes_on: Callable[[], bool],
    ) -> Iterator[tuple[slice, Float32[Tensor, "b p k"]]]:
        """Guided logits, chunk by chunk."""
        at_once = self._at_once()
        for first in range(0, len(variants), at_once):
            if not goes_on():
                return
            part = slice(first, min(first + at_once, len(variants)))
            with torch.inference_mode(), precision(self.settings):
                yield part, self._guided(variants[part])
            progress(part.stop, len(variants))

    def _guided(self, variants: Sequence[Variant]) -> Float32[Tensor, "b p k"]:
        conditional = self._read(variants, self._text).float()
        if self._null is None:
            return conditional
        assert self._guidance is not None
        # Words are not read there; what changes patches or heads changes this stream, too.
        first = self.model.text_length
        alike = [
            one.codes is None
            and not (one.changes or one.uncaptioned)
            and all(p < first for p in one.hidden)
            for one in variants
        ]
        others = [one for one, same in zip(variants, alike, strict=True) if not same]
        null = conditional.new_empty(conditional.shape)
        if others:
            bare = [
                dataclasses.replace(
                    one,
                    ids=None,
                    hidden=tuple(p for p in one.hidden if p >= first),
                    changes=one.changes if one.uncaptioned is None else one.uncaptioned,
                )
                for one in others
            ]
            null[[i for i, same in enumerate(alike) if not same]] = self._read(
                bare, self._null
            ).float()
        if any(alike):
            null[[i for i, same in enumerate(alike) if same]] = self._plain_null
        return guide(conditional, null, self._guidance)

    @functools.cached_property
    def _plain_null(self) -> Float32[Tensor, "1 p k"]:
        assert self._null is not None
        return self._read([Variant()], self._null).float()

    def _read(self, variants: Sequence[Variant], text: Tensor) -> Float[Tensor, "b p k"]:
        """One stream's logits."""
        rows = [text if one.ids is None else self.model.text_rows([one.ids]) for one in variants]
        codes = [
            self._codes if one.codes is None else torch.from_numpy(one.codes).to(text.device)
            for one in variants
        ]
        inside = self._inside_of(variants, conditional=text is self._text)
        out = self.model.forward(torch.cat(rows), torch.stack(codes), inside=inside or None)
        return out.code_logits

    def _inside_of(self, variants: Sequence[Variant], *, conditional: bool) -> Inside:
        """The edits of the trace and those of some variants, row by row."""
        base, count = self._inside, len(variants)
        # The words that the trace hides stand in the stream with the caption only.
        cuts = [
            dataclasses.replace(cut, keys=cut.keys.expand(count, -1))
            for cut in base.cuts
            if conditional
        ]
        grouped: dict[tuple[bool, frozenset[int] | None], Tensor] = {}
        length = self.model.text_length + self.patches
        for row, one in enumerate(variants):
            if one.hidden:
                empty = torch.zeros(count, length, dtype=torch.bool, device=self._codes.device)
                keys = grouped.setdefault((one.image_only, one.layers), empty)
                keys[row, list(one.hidden)] = True
        cuts += [Cut(keys, *how) for how, keys in grouped.items()]
        # Where it was drawn, the caption was text 0 and no caption text 1.
        text = 0 if conditional else 1
        calls = [Edit(one.point, functools.partial(_of_text, one, text)) for one in base.calls]
        points = dict.fromkeys(point for one in variants for point, _ in one.changes)
        calls += [Edit(point, functools.partial(_by_row, variants, point)) for point in points]
        return dataclasses.replace(base, cuts=tuple(cuts), calls=tuple(calls))

    def _at_once(self) -> int:
        """Sequences that are read at once."""
        model = self.model
        s = model.text_length + self.patches
        # Logits of two streams and their softmax, open attention, and the stream itself.
        each = 4 * (4 * self.patches * model.codebook_size + 3 * model.heads * s * s)
        each += 4 * 16 * s * model.width
        return max(1, min(self.budget // each, _ROWS[model.device.type]))

    # -- where it looks

    def layers(self, wanted: Iterable[int] | None = None) -> dict[int, Layer]:
        """Return the attention of some layers, in the stream with the caption; None: of all.

        What was computed is kept as far as the budget allows, so that a second look is fast.

        Raises:
            InputError: no such layer, or the model cannot show its attention.
        """
        numbers = check_layers(self.model, wanted)
        missing = [number for number in numbers if number not in self._layers]
        found = {number: self._layers[number] for number in numbers if number in self._layers}
        at_once = max(1, self.budget // self._layer_bytes())
        for first in range(0, len(missing), at_once):
            found |= self._look(missing[first : first + at_once])
        for number in numbers:
            self._layers[number] = found[number]
            self._layers.move_to_end(number)
        while len(self._layers) > max(1, self.budget // self._layer_bytes()):
            self._layers.popitem(last=False)
        return {number: found[number] for number in numbers}

    def _look(self, numbers: Sequence[int]) -> dict[int, Layer]:
        want = [f"block.{n}.attn.{part}" for n in numbers for part in ("pattern", "v")]
        out = self.wanted(want)
        rows = self.explaining
        found = {}
        with torch.inference_mode():
            for number in numbers:
                matrices, _ = self.model.output_projection(number)
                pattern = out[f"block.{number}.attn.pattern"][:, rows]
                matrices = matrices.float() * self._factors(number)[:, None, None]
                brought = out[f"block.{number}.attn.v"] @ matrices  # [h s d]
                whole = pattern @ brought  # [h p d]
                strength = whole.norm(dim=-1)
                way = whole / strength.clamp(min=1e-20)[..., None]
                signed = pattern * (way @ brought.transpose(-1, -2))
                numbers_of = (pattern, brought.norm(dim=-1), signed, strength)
                found[number] = Layer(*(part.cpu().numpy() for part in numbers_of))
        return found

    def _factors(self, layer: int) -> Float32[Tensor, " h"]:
        """By what the edits of the trace multiply what each head reads."""
        factors = torch.ones(self.model.heads, device=self.model.device)
        for scale in self._inside.scales:
            if scale.layer == layer:
                factors[scale.head] *= scale.factor
        return factors

    def wanted(self, want: Sequence[str]) -> dict[str, Tensor]:
        """Return hook points, fp32 and without a batch axis, of the stream with the caption.

        Raises:
            InputError: a point that the model does not have.
        """
        return self._wanted(want, self._text, conditional=True)

    def wanted_without_caption(self, want: Sequence[str]) -> dict[str, Tensor] | None:
        """Return the same of the stream without a caption; None: the picture was not guided.

        Raises:
            InputError: a point that the model does not have.
        """
        return None if self._null is None else self.wanted_of_no_caption(want)

    def wanted_of_no_caption(self, want: Sequence[str]) -> dict[str, Tensor]:
        """Return the same of these codes read without a caption, guided or not.

        Raises:
            InputError: a point that the model does not have.
        """
        null = self.model.text_rows([self.model.null])
        return self._wanted(want, null, conditional=False)

    def _wanted(
        self, want: Sequence[str], text: Tensor, *, conditional: bool
    ) -> dict[str, Tensor]:
        unknown = [point for point in want if point not in self.model.points]
        if unknown:
            raise InputError(
                f"this model has no hook point {unknown[0]!r}, so this cannot be seen: its points "
                f"are in model.points."
            )
        with torch.inference_mode(), precision(self.settings):
            inside = self._inside_of([Variant()], conditional=conditional)
            out = self.model.forward(text, self._codes[None], want=want, inside=inside or None)
        return {point: out.wanted[point].float()[0] for point in want}

    def with_gradients(
        self, want: Sequence[str], leaf: Edit
    ) -> tuple[dict[str, Tensor], Float32[Tensor, " p"]]:
        """Return hook points [1 ...] and the recorded codes' log-probabilities, joined by a graph.

        Args:
            want: hook points.
            leaf: an edit that makes its tensor the beginning of the graph.
        """
        with precision(self.settings):
            inside = self._inside_of([Variant()], conditional=True)
            inside = dataclasses.replace(inside, calls=(*inside.calls, leaf))
            out = self.model.forward(self._text, self._codes[None], want=want, inside=inside)
            logits = out.code_logits.float()
            if self._null is not None and self._guidance is not None:
                # It does not read the words, so it has no part in the gradient of their edges.
                with torch.no_grad():
                    null = self._read([Variant()], self._null).float()
                logits = guide(logits, null, self._guidance)
        logs = logits.log_softmax(dim=-1).gather(-1, self._codes[None, :, None])
        return out.wanted, logs[0, :, 0]

    @property
    def explaining(self) -> slice:
        """The rows of the sequence that predict the patches, in their order."""
        first = self.model.text_length - 1
        return slice(first, first + self.patches)

    def _layer_bytes(self) -> int:
        s = self.model.text_length + self.patches
        return 4 * self.model.heads * (2 * self.patches * s + s * s)


def check_layers(model: Generator, wanted: Iterable[int] | None) -> tuple[int, ...]:
    """Return layers in order, each once; all when None.

    Raises:
        InputError: no layers, or one that the model does not have.
    """
    if wanted is None:
        return tuple(range(model.layers))
    if isinstance(wanted, str | int) or not isinstance(wanted, Iterable):
        raise InputError(f"layers is {wanted!r}, but it is a list of numbers: layers=[0, 1].")
    numbers = list(wanted)
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, int | np.integer):
            raise InputError(f"layers holds {number!r}, but layers are whole numbers from 0.")
        if not 0 <= number < model.layers:
            raise InputError(
                f"there is no layer {number}: this model has the layers 0 to {model.layers - 1}."
            )
    if not numbers:
        raise InputError("layers is empty: name at least one, or leave it out for all.")
    return tuple(sorted({int(number) for number in numbers}))


def _of_text(call: Edit, text: int, value: Tensor, at: At) -> Tensor:
    """What an edit of the trace makes of it, told which text is read as while drawing."""
    found: Tensor = call.function(value, dataclasses.replace(at, rows=at.rows * 0 + text))
    return found


def _by_row(variants: Sequence[Variant], point: str, value: Tensor, at: At) -> Tensor:
    """What variants make of a tensor [b ...], each of its own row."""
    for row, one in enumerate(variants):
        for where, change in one.changes:
            if where == point:
                value[row] = change(value[row])
    return value
