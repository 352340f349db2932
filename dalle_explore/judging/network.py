"""The judge's network: convolutions, then one look per role.

A residual network (He et al., 2016) at 1/4, 1/8 and 1/16 of the resolution. At 1/8, one feature
stands for one patch of 8 x 8 pixels: there the letters are read. At 1/16 every place is a token
with a learned position, because where something is matters as much as what it is. Learned queries
look at the tokens (Set Transformer: Lee et al., 2019, section 3.2): one for every body of a
relation, one for every other role. A first body is the leftmost *or* the topmost, which one query
can find, since the other coordinate is then nearly the same for all bodies.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from dalle_explore.errors import ModelFileError
from dalle_explore.schema import read_fields, to_json

__all__ = ["JUDGE_SIZES", "JudgeConfig", "JudgeNetwork"]


@dataclasses.dataclass(frozen=True)
class JudgeConfig:
    """The sizes of a judge.

    Raises:
        ModelFileError: a size that cannot be built.
    """

    size: int = 128  # pixels along one side of a picture
    widths: tuple[int, ...] = (32, 64, 128)  # channels at 1/4, 1/8 and 1/16
    blocks: tuple[int, ...] = (1, 1, 1)  # residual blocks there
    heads: int = 4  # of the attention
    reading: int = 64  # width of the head that reads letters

    def __post_init__(self) -> None:
        """Check every field."""
        rules = {
            # 16 x 16 patches for the letters, whose places the world gives on that grid.
            "size": self.size == 128,
            "widths": len(self.widths) == 3 and min(self.widths) >= 1,
            "blocks": len(self.blocks) == 3 and min(self.blocks) >= 0,
            "heads": self.heads >= 1 and self.widths[-1] % self.heads == 0,
            "reading": self.reading >= 1,
        }
        for name, holds in rules.items():
            if not holds:
                raise ModelFileError(
                    f"JudgeConfig.{name} is {getattr(self, name)!r}, which no judge can have: "
                    f"start from one of JUDGE_SIZES: {', '.join(JUDGE_SIZES)}."
                )

    def to_json(self) -> dict[str, Any]:
        """Return the fields as a dict that JSON can hold."""
        values: dict[str, Any] = to_json(self)
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "JudgeConfig":
        """Read what ``to_json`` wrote.

        Raises:
            ModelFileError: an unknown or missing field, or a value that breaks a rule.
        """
        return read_fields(cls, dict(values), "the configuration of a judge", error=ModelFileError)


JUDGE_SIZES: dict[str, JudgeConfig] = {
    "thumb": JudgeConfig(widths=(24, 48, 96), blocks=(0, 1, 1)),
    "pocket": JudgeConfig(),
    "studio": JudgeConfig(widths=(64, 128, 256), blocks=(2, 3, 3), reading=128),
}


class JudgeNetwork(nn.Module):
    """Pictures to logits, for heads with so many answers each.

    Args:
        config: the sizes.
        answers: the number of answers of every head, by name.
    """

    def __init__(self, config: JudgeConfig, answers: Mapping[str, int]) -> None:
        super().__init__()
        quarter, eighth, sixteenth = config.widths
        self.stem = nn.Sequential(
            nn.Conv2d(3, quarter, 7, stride=4, padding=3, bias=False),
            nn.BatchNorm2d(quarter),
            nn.ReLU(),
            *(_Block(quarter) for _ in range(config.blocks[0])),
        )
        self.patches = nn.Sequential(
            *_halving(quarter, eighth), *(_Block(eighth) for _ in range(config.blocks[1]))
        )
        self.places = nn.Sequential(
            *_halving(eighth, sixteenth), *(_Block(sixteenth) for _ in range(config.blocks[2]))
        )
        self.letters = nn.Sequential(
            nn.Conv2d(eighth, config.reading, 1, bias=False),
            nn.BatchNorm2d(config.reading),
            nn.ReLU(),
            nn.Conv2d(config.reading, 27, 1),
        )
        tokens = (config.size // 16) ** 2
        self.position = nn.Parameter(torch.randn(tokens, sixteenth) / 2)
        self.roles = _Roles(sixteenth, tokens, config.heads, answers)

    def forward(self, pictures: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Return logits by role [b answers] and letter logits [b 27 16 16], for floats in 0..1."""
        patches = self.patches(self.stem(2 * pictures - 1))
        tokens = rearrange(self.places(patches), "b d y x -> b (y x) d") + self.position
        return self.roles(tokens), self.letters(patches)


def _halving(inward: int, outward: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(inward, outward, 3, stride=2, padding=1, bias=False)
    return convolution, nn.BatchNorm2d(outward), nn.ReLU()


class _Block(nn.Module):
    """Two convolutions around which the input is added."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(width)
        self.second = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.gain = nn.BatchNorm2d(width)
        # The block starts as the identity (Goyal et al., 2017, section 5.1).
        nn.init.zeros_(self.gain.weight)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.gain(self.second(F.relu(self.norm(self.first(x))))))


class _Roles(nn.Module):
    """What every role sees, and which of its answers that is.

    The path from a feature to an answer is linear, beside one through the whole picture: with a
    hidden layer on it, shared by all roles, colours took four times as many pictures to learn.
    """

    def __init__(self, width: int, tokens: int, heads: int, answers: Mapping[str, int]) -> None:
        super().__init__()
        # Colour and solid of a body are seen in one look; a colour is a colour wherever it is.
        looks = {role: f"body{role[-1]}" if role[-1].isdigit() else role for role in answers}
        self.kind = {role: role.rstrip("123") for role in answers}
        order = list(dict.fromkeys(looks.values()))
        self.place = {role: order.index(look) for role, look in looks.items()}
        self.norm, self.pooled = nn.LayerNorm(width), nn.LayerNorm(width)
        # Far apart from the start: near zero all queries would see the same mean.
        self.query = nn.Parameter(torch.randn(heads, len(order), width // heads) * 1.5)
        self.keys = nn.Linear(width, 2 * width)
        self.whole = nn.Sequential(
            nn.Linear(width, 16),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(16 * tokens, 2 * width),
            nn.GELU(),
            nn.Linear(2 * width, width),
            nn.GELU(),
        )
        self.local = nn.ModuleDict(
            {self.kind[role]: nn.Linear(width, n) for role, n in answers.items()}
        )
        self.context = nn.ModuleDict({role: nn.Linear(width, n) for role, n in answers.items()})

    def forward(self, tokens: Tensor) -> dict[str, Tensor]:
        heads = self.query.shape[0]
        tokens = self.norm(tokens)
        k, v = rearrange(self.keys(tokens), "b p (n h d) -> n b h p d", n=2, h=heads)
        q = self.query.expand(len(tokens), -1, -1, -1)
        seen = F.scaled_dot_product_attention(q, k, v)
        each = self.pooled(rearrange(seen, "b h looks d -> b looks (h d)"))
        whole = self.whole(tokens)
        return {
            role: self.local[self.kind[role]](each[:, place]) + self.context[role](whole)
            for role, place in self.place.items()
        }
