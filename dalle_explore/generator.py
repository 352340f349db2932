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

from dalle_explore.errors import InputError
from dalle_explore.text.tokenizer import EncodedText

__all__ = ["PAD", "Generator", "PriorOutput", "State", "Supports", "EncodedText"]

PAD = -1  # in rows of text ids: nothing is said at this position


@dataclasses.dataclass(frozen=True)
class Supports:
    """What a model can do; nothing is tried and caught."""

    guidance: bool  # it was trained without captions too, so that guidance means something
    forced_patches: bool  # codes may be given from outside, anywhere in the picture
    image_encoding: bool  # pictures can be turned into codes
    window: bool  # a part of a picture can be decoded alone, with the same pixels
    word_attention: Literal["valid", "uniform", "padded"]  # what attention to words is worth


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


class Generator(abc.ABC):
    """A text-to-image model of the DALL-E kind.

    Attributes:
        card: what is known about the model (see ``pretrained``).
        supports: what it can do.
        rows, columns: its grid of patches.
        patch: pixels along one side of a patch.
        codebook_size: decodable codes; logits are over these only.
        text_length: text tokens it reads at most.
    """

    card: Mapping[str, Any]
    supports: Supports
    rows: int
    columns: int
    patch: int
    codebook_size: int
    text_length: int

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
        self, text: Int64[Tensor, "b t"], *, copies: int = 1, precision: str = "fp32"
    ) -> State:
        """Read prompts and get ready to write pictures.

        Args:
            text: int64 [b t] as ``text_rows`` makes it.
            copies: pictures per prompt; they lie next to each other, so picture j of prompt i is
                row ``i * copies + j``. The prompt is read once for all of them.
            precision: "fp32", or "bf16" for the matrix products.
        """

    @abc.abstractmethod
    def step(self, state: Any, codes: Int64[Tensor, " b"]) -> Float32[Tensor, "b k"]:
        """Write one more code, int64 [b], into every picture; return the next logits [b k], fp32.

        Raises:
            InputError: the pictures are full, or the number of codes is another than of pictures.
        """

    @abc.abstractmethod
    def forward(
        self,
        text: Int64[Tensor, "b t"],
        codes: Int64[Tensor, "b p"],
        *,
        want: Iterable[str] = (),
    ) -> PriorOutput:
        """Read whole sequences at once (teacher forcing): text [b t], codes [b p], both int64.

        Gradients flow through everything returned.

        Raises:
            InputError: ``want`` names an unknown hook point.
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
