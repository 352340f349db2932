"""The judge: pictures in, facts out, with *unclear* as an honest answer."""

import dataclasses
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import safetensors
import safetensors.torch
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dalle_explore import world
from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import faults, write_atomic
from dalle_explore.judging.network import JudgeConfig, JudgeNetwork
from dalle_explore.judging.table import (
    IGNORE,
    UNCLEAR,
    WRITTEN,
    answers,
    fingerprint,
    letters,
    targets,
)
from dalle_explore.judging.verdict import Verdict, spell
from dalle_explore.scoring.meaning import NONE

__all__ = ["Judge", "Readings"]

SURE = 0.5  # below this probability an answer counts as unclear
_CHUNK = 32  # pictures that are read at once
_CONFIG = "judge_config"  # the entry of the file's header


@dataclasses.dataclass(frozen=True)
class Readings:
    """What the network says about pictures, before anything is decided."""

    roles: dict[str, Tensor]  # role, and "family" -> logits float32 [b answers]
    letters: Tensor  # logits float32 [b 27 16 16]: none, a to z


class Judge(nn.Module):
    """Reads the facts of pictures of the drawn world.

    Args:
        config: its sizes.

    Attributes:
        answers: the answers of every head, by role; "family" is a head too.
    """

    fingerprint: Tensor

    def __init__(self, config: JudgeConfig) -> None:
        super().__init__()
        self.config = config
        self.answers = answers()
        self.network = JudgeNetwork(config, {role: len(v) for role, v in self.answers.items()})
        # Kept with the weights, so that they are never read with another world's answers.
        self.register_buffer("fingerprint", fingerprint(self.answers))

    def forward(self, pictures: Tensor) -> Readings:
        """Return the logits of every head.

        Args:
            pictures: float [b 3 y x] in 0..1, 128 pixels along each side.

        Raises:
            InputError: another shape.
        """
        size = self.config.size
        if pictures.ndim != 4 or pictures.shape[1:] != (3, size, size):
            raise InputError(
                f"pictures has the shape {tuple(pictures.shape)}, but the judge reads "
                f"[b, 3, {size}, {size}]: resize the pictures first."
            )
        roles, letters_ = self.network(pictures)
        return Readings({role: logits.float() for role, logits in roles.items()}, letters_.float())

    @torch.inference_mode()
    def read(self, pictures: np.ndarray | Tensor) -> list[Verdict]:
        """Read pictures one by one; the network has to be in evaluation mode.

        Args:
            pictures: uint8 [b y x 3], 128 pixels along each side.

        Raises:
            InputError: another type or shape, or a judge that is being trained.
        """
        if isinstance(pictures, np.ndarray) and not pictures.flags.writeable:
            pictures = pictures.copy()  # torch would warn; pictures of Pillow are like that
        array = torch.as_tensor(pictures)
        if array.dtype != torch.uint8 or array.ndim != 4 or array.shape[-1] != 3:
            raise InputError(
                f"pictures is {array.dtype} with the shape {tuple(array.shape)}, but the judge "
                f"reads uint8 [b, y, x, 3]: stack RGB pictures with values 0 to 255."
            )
        if self.training:
            raise InputError(
                "the judge is in training mode, where a picture's reading depends on its "
                "neighbours: call judge.eval() first."
            )
        verdicts = []
        for chunk in array.split(_CHUNK):
            floats = chunk.to(self.fingerprint.device).permute(0, 3, 1, 2).float() / 255
            verdicts += self._decide(self(floats))
        return verdicts

    def _decide(self, readings: Readings) -> list[Verdict]:
        best = {}
        for role, logits in readings.roles.items():
            sure, number = logits.softmax(-1).cpu().max(-1)
            best[role] = list(zip(sure.tolist(), number.tolist(), strict=True))
        grids = readings.letters.softmax(1).cpu().numpy()
        return [
            self._verdict({role: pairs[i] for role, pairs in best.items()}, grids[i])
            for i in range(len(grids))
        ]

    def _verdict(self, best: dict[str, tuple[float, int]], grid: np.ndarray) -> Verdict:
        facts: dict[str, str | None] = {}
        confidence = {}
        for role, (sure, number) in best.items():
            value: str | None = self.answers[role][number]
            if value == WRITTEN and sure >= SURE:
                word, spelled = spell(grid)
                # A word without letters, or letters without a word, is no reading.
                value, sure = (None if word == NONE else word), sure * spelled
            elif value == UNCLEAR or sure < SURE:
                value = None
            facts[role], confidence[role] = value, float(sure)
        family = facts.pop("family")
        del confidence["family"]
        return Verdict(facts, confidence, family)

    def loss(
        self, pictures: Tensor, scenes: Sequence[world.Scene], unclear: Tensor | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the mean cross-entropy of all heads, and how many answers were right.

        Args:
            pictures: float [b 3 y x] in 0..1.
            scenes: what they show [b].
            unclear: bool [b], pictures that nobody could read (``augment.prepare``); their right
                answer is *unclear* to everything.

        Returns:
            A scalar, and 0-d tensors: ``loss``, ``facts`` (share of right answers to roles that
            are there), ``all`` (share of pictures without any error), ``letters`` (share of right
            letters; only with some), ``unclear`` (share of right answers to unclear pictures; only
            with some).
        """
        readings = self(pictures)
        device = pictures.device
        wanted = {r: t.to(device) for r, t in targets(self.answers, scenes, unclear).items()}
        grid = letters(scenes, unclear).to(device)
        by_role = [
            F.cross_entropy(readings.roles[role], want, ignore_index=IGNORE, reduction="sum")
            for role, want in wanted.items()
        ]
        patches = F.cross_entropy(readings.letters, grid, ignore_index=IGNORE, reduction="none")
        # Letters and blanks weigh the same, though there are fifty times as many blanks.
        spelled, blank = grid > 0, grid == 0
        spelling = _mean(patches, spelled) + _mean(patches, blank)
        # The mean over the heads, spelling being two of them.
        loss = (torch.stack(by_role).sum() / len(scenes) + spelling) / (len(by_role) + 2)
        return loss, {"loss": loss.detach(), **_metrics(self.answers, readings, wanted, grid)}

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the weights, matrices and kernels in half precision, with the configuration.

        Raises:
            InputError, MachineError: the path cannot be written.
        """
        tensors = {}
        for name, tensor in self.state_dict().items():
            plain = tensor.detach().cpu().contiguous()
            half = plain.is_floating_point() and plain.ndim >= 2
            tensors[name] = plain.half() if half else plain
        header = {_CONFIG: json.dumps(self.config.to_json(), sort_keys=True)}
        return write_atomic(path, safetensors.torch.save(tensors, header))

    @classmethod
    def load(cls, path: str | os.PathLike[str], device: str = "cpu") -> "Judge":
        """Read what ``save`` wrote; the judge comes back in evaluation mode.

        Raises:
            ModelFileError: missing, not a judge, damaged, or made for another world.
        """
        path = Path(path)
        if not path.is_file():
            raise ModelFileError(
                f"there is no judge at {path}: train one with 'python -m dalle_explore train "
                f"judge', or name another file."
            )
        try:
            with faults(path, "read"), safetensors.safe_open(path, "pt") as file:
                header = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}
            values = json.loads(header[_CONFIG])
        except (safetensors.SafetensorError, KeyError, ValueError) as fault:
            raise ModelFileError(
                f"{path} is not a judge of dalle_explore, or it is damaged ({fault}): get it "
                f"again, or train another."
            ) from fault
        judge = cls.restore(JudgeConfig.from_json(values), tensors)
        return judge.to(device)

    @classmethod
    def restore(cls, config: JudgeConfig, tensors: dict[str, Tensor]) -> "Judge":
        """Build a judge from its configuration and weights, in evaluation mode.

        Raises:
            ModelFileError: weights of another shape or for another world's answers.
        """
        judge = cls(config)
        found = tensors.get("fingerprint")
        if found is None or not torch.equal(found.cpu(), judge.fingerprint):
            raise ModelFileError(
                "this judge was trained for another version of the drawn world, so its answers "
                "would mean something else: train a judge with this version."
            )
        try:
            judge.load_state_dict(cast(dict[str, Any], tensors))
        except RuntimeError as fault:
            raise ModelFileError(
                f"these weights do not fit {config}: the file comes from another version or is "
                f"damaged ({str(fault).splitlines()[-1].strip()})."
            ) from fault
        return judge.eval()


def _mean(values: Tensor, where: Tensor) -> Tensor:
    """The mean of some values, zero if there are none."""
    return (values * where).sum() / where.sum().clamp_min(1)


@torch.no_grad()
def _metrics(
    table: dict[str, tuple[str, ...]], readings: Readings, wanted: dict[str, Tensor], grid: Tensor
) -> dict[str, Tensor]:
    right, there, hazy = [], [], []
    for role, want in wanted.items():
        said = readings.roles[role].argmax(-1)
        right.append((said == want) | (want == IGNORE))
        blurred = want == len(table[role]) - 1
        absent = table[role].index(NONE) if NONE in table[role] else -1
        there.append((want != IGNORE) & (want != absent) & ~blurred)
        hazy.append(blurred)
    each, facts, unclear = torch.stack(right), torch.stack(there), torch.stack(hazy)
    spelled = grid > 0
    same = readings.letters.argmax(1) == grid
    clear = ~unclear.any(0)
    whole = each.all(0) & (same | (grid == IGNORE)).flatten(1).all(1)
    metrics = {
        "facts": _mean(each.float(), facts),
        "all": _mean(whole.float(), clear),
    }
    if spelled.any():
        metrics["letters"] = _mean(same.float(), spelled)
    if unclear.any():
        metrics["unclear"] = _mean(each.float(), unclear)
    return metrics
