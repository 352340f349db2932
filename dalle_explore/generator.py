"""The contract that every model fulfils, our own and foreign ones alike.

Words go in and pixels come out; everything between is numbers: the engine that draws
(``sampling``) and the instruments see token ids and codes, never text. A model is a final class
that implements all of this, and says in ``supports`` what it cannot do.
"""

import abc
import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import torch
from jaxtyping import Bool, Float, Float32, Int64, UInt8
from torch import Tensor

from dalle_explore.edits import Edit
from dalle_explore.errors import InputError
from dalle_explore.text.tokenizer import EncodedText
from dalle_explore.windows import check_windows, cut_windows

__all__ = [
    "EXECUTORS",
    "PAD",
    "Add",
    "At",
    "Cut",
    "EncodedText",
    "Executor",
    "Generator",
    "Inside",
    "PriorOutput",
    "Scale",
    "State",
    "Supports",
]

PICTURES_AT_ONCE = 64  # whole ones, where windows are cut out of them
PAD = -1  # in rows of text ids: nothing is said at this position


Executor = Literal["reference", "fast"]
EXECUTORS: tuple[Executor, ...] = ("reference", "fast")


@dataclasses.dataclass(frozen=True)
class Cut:
    """Attention that is cut: text tokens, or patches, that later positions may not read."""

    # True: hidden, for each text row of the batch. n is t, or t + p where patches are hidden too.
    keys: Bool[Tensor, "m n"]
    image_only: bool  # only from the rows that predict patches; else from every later position
    layers: frozenset[int] | None = None  # None: all


class Scale(NamedTuple):
    """A head whose reading is multiplied; 0 takes it away."""

    layer: int
    head: int
    factor: float


@dataclasses.dataclass(frozen=True)
class Add:
    """A vector that is added to the stream entering a layer, where some patches are predicted."""

    layer: int
    vector: Float32[Tensor, " d"]
    patches: Bool[Tensor, " p"]


@dataclasses.dataclass(frozen=True)
class Inside:
    """Edits inside the network, as numbers: what ``prefill`` and ``forward`` are given."""

    cuts: tuple[Cut, ...] = ()
    scales: tuple[Scale, ...] = ()
    adds: tuple[Add, ...] = ()
    calls: tuple[Edit, ...] = ()  # functions of a hook point's tensor and an ``At``

    def __bool__(self) -> bool:
        return bool(self.cuts or self.scales or self.adds or self.calls)


@dataclasses.dataclass(frozen=True)
class At:
    """Which part of a sequence a tensor at a hook point holds; functions of an ``Edit`` get it.

    Position i of the sequence is text token i, or patch i - text_length. The row that *predicts*
    patch j stands at position text_length + j - 1.
    """

    point: str
    positions: range  # of the sequence; one axis of the tensor, unless the point has none
    text_length: int
    rows: Int64[Tensor, " b"]  # for each row of the batch, which text row it belongs to

    def explains(self, patch: int) -> int | None:
        """Return the index, within ``positions``, of the row that predicts a patch, if there."""
        place = self.text_length + patch - 1 - self.positions.start
        return place if 0 <= place < len(self.positions) else None


@dataclasses.dataclass(frozen=True)
class Supports:
    """What a model can do; nothing is tried and caught."""

    guidance: bool  # it was trained without captions too, so that guidance means something
    forced_patches: bool  # codes may be given from outside, anywhere in the picture
    image_encoding: bool  # pictures can be turned into codes
    edits: bool  # its forward pass can be changed inside (see ``Inside``)
    blends: bool  # texts can be mixed in their embeddings
    window: bool  # a part of a picture can be decoded alone, with the same pixels
    word_attention: Literal["valid", "uniform", "padded"]  # what attention to words is worth
    fixed_steps: bool = False  # it has ``step_at``, which a GPU can record once and replay


class PriorOutput(NamedTuple):
    """What one teacher-forced pass returns.

    text_logits [b t v]: row i predicts text token i + 1 (its last row predicts no text).
    code_logits [b p k]: row i predicts code i.
    wanted: hook point -> tensor, the points asked for.
    """

    text_logits: Float[Tensor, "b t v"]
    code_logits: Float[Tensor, "b p k"]
    wanted: dict[str, Tensor]


class State(Protocol):
    """Unfinished pictures: what ``prefill`` returns and ``step`` carries on."""

    @property
    def logits(self) -> Float32[Tensor, "b k"]:
        """Logits [b k], fp32, of the next code."""

    @property
    def steady(self) -> bool:
        """Whether the number of threads changes no bit of them, so that it may be tried out."""


class Generator(abc.ABC):
    """A text-to-image model of the DALL-E kind.

    Attributes:
        card: what is known about the model (see ``pretrained``).
        supports: what it can do.
        rows, columns: its grid of patches.
        patch: pixels along one side of a patch.
        codebook_size: decodable codes; logits are over these only.
        text_length: text tokens it reads at most.
        layers, heads, width: of the transformer that predicts codes.
        points: its hook points by name, with their shapes in the letters of the house.
    """

    card: Mapping[str, Any]
    supports: Supports
    rows: int
    columns: int
    patch: int
    codebook_size: int
    text_length: int
    layers: int
    heads: int
    width: int
    points: Mapping[str, str]

    @property
    def patches(self) -> int:
        """Codes of one picture."""
        return self.rows * self.columns

    @property
    @abc.abstractmethod
    def device(self) -> torch.device:
        """Where the weights are."""

    @abc.abstractmethod
    def to(self, device: str) -> None:
        """Move the weights.

        Raises:
            MachineError: this machine has no such device.
        """

    @abc.abstractmethod
    def encode_text(self, prompt: str) -> EncodedText:
        """Return the ids of a prompt, and where each of its words is in characters and tokens.

        Raises:
            InputError: an empty prompt, control characters, or more tokens than the model reads.
        """

    @property
    @abc.abstractmethod
    def null(self) -> tuple[int, ...]:
        """The ids that stand for no caption, for guidance."""

    @abc.abstractmethod
    def prefill(
        self,
        text: Int64[Tensor, "m t"],
        rows: Int64[Tensor, " b"] | None = None,
        *,
        blend: Float[Tensor, "n m"] | None = None,
        precision: str = "fp32",
        executor: Executor = "fast",
        inside: Inside | None = None,
    ) -> State:
        """Read texts and get ready to write pictures.

        Args:
            text: int64 [m t] as ``text_rows`` makes it; each text is read once.
            rows: int64 [b], for every row of the batch the text it belongs to; None: one row each.
            blend: [n m], weights that turn the embeddings of m texts into those of n, position by
                position; ``rows`` and ``inside`` then count these. None: the texts as they are.
            precision: "fp32", or "bf16" for the matrix products.
            executor: "reference" (eager, any edit) or "fast" (no edits inside).
            inside: edits inside the network.

        Raises:
            InputError: the fast executor with edits inside, or what the model does not support.
        """

    @abc.abstractmethod
    def step(self, state: Any, codes: Int64[Tensor, " b"]) -> Float32[Tensor, "b k"]:
        """Write one more code, int64 [b], into every picture; return the next logits [b k], fp32.

        Raises:
            InputError: the pictures are full, or the number of codes is another than of pictures.
        """

    @abc.abstractmethod
    def step_at(
        self, state: Any, codes: Int64[Tensor, " b"], patch: Int64[Tensor, " 1"], within: int
    ) -> Float32[Tensor, "b k"]:
        """Do what ``step`` does, in a form that is recorded once and replayed for many patches.

        Whatever differs from one patch to the next is read from tensors where the weights are, and
        written into tensors of the state that stay in their place. Nothing is counted in Python,
        nothing is fetched to the host, and no shape depends on the patch: so a call that is
        repeated changes nothing more. A state is carried on with ``step`` or with ``step_at``, the
        fast executor's, never with both.

        Args:
            state: what ``prefill`` returned.
            codes: int64 [b], of every picture.
            patch: int64 [1], which patch they are; its value is not checked, because that would
                fetch it. The last may be written too, though the logits then mean nothing.
            within: a bound, patch < within <= p, so that attention need not read on to the end.

        Raises:
            InputError: the model has no such step (``supports.fixed_steps``), a state of another
                executor, a bound outside the picture, or the number of codes is another than of
                pictures.
        """

    @abc.abstractmethod
    def forward(
        self,
        text: Int64[Tensor, "b t"],
        codes: Int64[Tensor, "b p"],
        *,
        want: Iterable[str] = (),
        inside: Inside | None = None,
    ) -> PriorOutput:
        """Read whole sequences at once (teacher forcing): text [b t], codes [b p], both int64.

        Gradients flow through everything returned. What is wanted is what an edit left.

        Raises:
            InputError: ``want`` names an unknown hook point.
        """

    @abc.abstractmethod
    def output_projection(self, layer: int) -> tuple[Float[Tensor, "h c d"], Float[Tensor, " d"]]:
        """Return how the attention of a layer writes to the stream: one matrix a head, and a bias.

        ``block.{l}.attn.out`` is the sum over heads of ``block.{l}.attn.head`` times its matrix,
        plus the bias; so what a head takes from one position can be told apart.

        Raises:
            InputError: there is no such layer.
        """

    @abc.abstractmethod
    def read_out(self, stream: Float[Tensor, "... d"]) -> Float32[Tensor, "... k"]:
        """Return the logits of codes, fp32, that a stream would give if no block followed.

        The final norm is part of it: what stands at ``block.{last}.resid_out``, in the rows that
        predict patches, gives the model's own logits.
        """

    @abc.abstractmethod
    def push(
        self,
        stream: Float[Tensor, "b p d"],
        parts: Float[Tensor, "m b p d"],
        codes: Int64[Tensor, "b p"],
    ) -> Float32[Tensor, "m b p"]:
        """Return by how much parts of a stream push the logit of a code above the mean of all.

        The final norm's scale is that of the whole stream and is held fixed, so pushes add up.

        Args:
            stream: [b p d] at the end of the last block, in the rows that predict patches.
            parts: [m b p d], what some heads or layers added to it.
            codes: int64 [b p], whose logits are meant.
        """

    @abc.abstractmethod
    def encode_image(self, pictures: UInt8[Tensor, "b y x 3"]) -> Int64[Tensor, "b rows columns"]:
        """Return the codes, int64 [b rows columns], of pictures uint8 [b y x 3].

        Raises:
            InputError: pictures of another size, or a model that cannot encode.
        """

    @abc.abstractmethod
    def decode_codes(
        self,
        codes: Int64[Tensor, "b rows columns"],
        *,
        known: Bool[Tensor, "b rows columns"] | None = None,
        window: tuple[range, range] | None = None,
    ) -> UInt8[Tensor, "b y x 3"]:
        """Return pictures, uint8 [b y x 3] on the CPU.

        Args:
            codes: int64 [b rows columns].
            known: bool [b rows columns]; False where a code is not drawn yet and must not be read.
            window: rows and columns of patches to return; None for the whole picture.

        Raises:
            InputError: codes outside the codebook or of another grid, or a window outside it.
        """

    @abc.abstractmethod
    def decode_windows(
        self,
        codes: Int64[Tensor, "b rows columns"],
        corners: Int64[Tensor, "b 2"],
        size: tuple[int, int],
        *,
        known: Bool[Tensor, "b rows columns"] | None = None,
        reach: int | None = None,
    ) -> UInt8[Tensor, "b y x 3"]:
        """Return one small window of every picture, each elsewhere, uint8 [b y x 3] on the CPU.

        For many windows of one picture, hand over ``codes.expand(b, -1, -1)``: nothing is copied.
        What stands here decodes whole pictures and cuts; a model that can do no better
        (``supports.window``) returns ``super().decode_windows(...)``.

        Args:
            codes: int64 [b rows columns].
            corners: int64 [b 2], the row and column of the first patch of each window.
            size: rows and columns of every window, in patches.
            known: bool [b rows columns]; False where a code is not drawn yet and must not be read.
            reach: patches around a window that are read, on each side. None: all that can change
                a pixel, so that the pixels are those of ``decode_codes``, but for a last bit that
                may round the other way (one level of 255). With fewer it is faster and the pixels
                near the window's edge differ; the model says by how much. A model may read more.

        Raises:
            InputError: codes outside the codebook or of another grid, a window that reaches out of
                it, or corners, a size, a mask or a reach that cannot be.
        """
        grid = (self.rows, self.columns)
        if codes.ndim != 3 or codes.shape[1:] != grid:
            raise InputError(
                f"codes have the shape {tuple(codes.shape)}, but this model's are "
                f"(b, {self.rows}, {self.columns}): reshape them."
            )
        check_windows(codes, corners, size, known, reach)
        side = (self.patch * size[0], self.patch * size[1])
        pieces = [torch.empty(0, *side, 3, dtype=torch.uint8)]
        for first in range(0, len(codes), PICTURES_AT_ONCE):
            part = slice(first, first + PICTURES_AT_ONCE)
            told = None if known is None else known[part]
            whole = self.decode_codes(codes[part], known=told)
            pieces.append(cut_windows(whole, self.patch * corners[part], side))
        return torch.cat(pieces)

    @abc.abstractmethod
    def code_vectors(self) -> Float[Tensor, "k c"]:
        """Return what the decoder reads for each code, [k c]: near vectors look alike to it."""

    @abc.abstractmethod
    def footprint(self, rows: range, columns: range) -> tuple[range, range]:
        """Return the patches whose pixels can change when codes in ``rows`` x ``columns`` do."""

    def text_rows(self, texts: Sequence[Sequence[int]]) -> Int64[Tensor, "b t"]:
        """Return ids as int64 [b t] where the weights are, filled up with ``PAD``.

        Raises:
            InputError: more ids than the model reads.
        """
        for ids in texts:
            if len(ids) > self.text_length:
                raise InputError(
                    f"a text has {len(ids)} tokens, but this model reads at most "
                    f"{self.text_length}: shorten it."
                )
        rows = [list(ids) + [PAD] * (self.text_length - len(ids)) for ids in texts]
        return torch.tensor(rows, dtype=torch.int64, device=self.device)
