"""Requests laid out as the rows of one batch, and what their edits do to its logits."""

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from dalle_explore.errors import InputError
from dalle_explore.generator import Add, Cut, Generator, Inside
from dalle_explore.sampling.pick import guide
from dalle_explore.sampling.request import Request, Rule
from dalle_explore.settings import Settings

__all__ = ["Batch"]


class _Placed(NamedTuple):
    """A rule, and where it lies in the batch."""

    pictures: slice
    codes: Tensor  # int64 [m]
    patches: Tensor  # bool [p]; the same as the rule's, where the weights are
    rule: Rule


class Batch:
    """Requests laid out as rows: every voice of every picture, then its guide without words.

    Where a patch is asked for, a number or a tensor int64 [1] may be given. A tensor stays on its
    device: nothing is fetched, and what is computed can be recorded and replayed.

    Attributes:
        pictures: how many, b.
        text, blend, rows, inside: what ``prefill`` takes.
        picture: int64 [rows], the picture that each row belongs to.
        seeds: int64 [b].
        forced: int64 [b p].
    """

    def __init__(self, model: Generator, requests: Sequence[Request], settings: Settings) -> None:
        device, guided = model.device, settings.guidance != 1
        self.guidance = settings.guidance if guided else None
        texts: list[tuple[int, ...]] = []
        voices: list[dict[int, float]] = []  # weights of texts
        first_voice = []
        for one in requests:
            places = []
            for ids in one.texts:
                if ids not in texts:
                    texts.append(ids)
                places.append(texts.index(ids))
            first_voice.append(len(voices))
            voices += [
                {places[m]: float(share) for m, share in enumerate(row) if share}
                for row in one.blend
            ]
        if guided:
            null = tuple(model.null)
            if null not in texts:
                texts.append(null)
            voices.append({texts.index(null): 1.0})
        self.text = model.text_rows(texts)
        self.blend = self._blend(voices, len(texts), device)
        self._lay_out(requests, first_voice, len(voices) - 1, guided, device)
        self.inside = self._inside(model, requests, first_voice, len(voices))
        counts = [len(one.seeds) for one in requests]

        def each(name: str) -> Tensor:
            arrays = [np.repeat(getattr(r, name)[None], len(r.seeds), axis=0) for r in requests]
            return torch.from_numpy(np.concatenate(arrays)).to(device)

        self.seeds = torch.tensor([s for one in requests for s in one.seeds], device=device)
        self.forced = each("forced")
        heat = each("temperature")
        own = not bool(heat.isnan().all())
        self._heat = torch.where(heat.isnan(), settings.temperature, heat) if own else None
        starts = np.concatenate([[0], np.cumsum(counts)])
        self._rules = [
            _Placed(
                slice(int(starts[r]), int(starts[r + 1])),
                torch.from_numpy(rule.codes).to(device),
                torch.from_numpy(rule.patches).to(device),
                rule,
            )
            for r, one in enumerate(requests)
            for rule in one.rules
        ]

    def _blend(
        self, voices: list[dict[int, float]], texts: int, device: torch.device
    ) -> Tensor | None:
        """Weights [v m]; None where voice i is simply text i."""
        plain = [next(iter(shares)) if len(shares) == 1 else None for shares in voices]
        if plain == list(range(texts)):
            return None
        table = torch.zeros(len(voices), texts, device=device)
        for voice, shares in enumerate(voices):
            for text, share in shares.items():
                table[voice, text] = share
        return table

    def _lay_out(
        self,
        requests: Sequence[Request],
        first_voice: list[int],
        null: int,
        guided: bool,
        device: torch.device,
    ) -> None:
        rows: list[int] = []
        picture: list[int] = []
        where, weights = [], []
        most = max(len(one.voices) for one in requests)
        patches = requests[0].voices.shape[1]
        count = 0
        for one, first in zip(requests, first_voice, strict=True):
            for _ in one.seeds:
                mine = list(range(len(rows), len(rows) + len(one.voices)))
                rows += range(first, first + len(one.voices))
                picture += [count] * len(one.voices)
                # A picture with fewer voices than others hears its first one with weight zero.
                where.append(mine + [mine[0]] * (most - len(mine)))
                empty = np.zeros((most - len(mine), patches), dtype=np.float32)
                weights.append(np.concatenate([one.voices, empty]))
                count += 1
        if guided:
            rows += [null] * count
            picture += range(count)
        self.pictures = count
        self.rows = torch.tensor(rows, device=device)
        self.picture = torch.tensor(picture, device=device)
        self._where = torch.tensor(where, device=device)  # [b v]
        self._weights = torch.from_numpy(np.stack(weights)).to(device)  # [b v p]

    def _inside(
        self,
        model: Generator,
        requests: Sequence[Request],
        first_voice: list[int],
        voices: int,
    ) -> Inside | None:
        if not any(one.inside for one in requests):
            return None
        lead = requests[0]
        for other in requests[1:]:
            same = other.scales == lead.scales and other.calls == lead.calls
            if not (same and _equal_adds(other.adds, lead.adds)):
                raise InputError(
                    "these requests change heads, the stream or hook points in different ways, "
                    "and all pictures of a batch go through one network: draw them apart."
                )
        cuts: dict[tuple[bool, frozenset[int] | None], Tensor] = {}
        for one, first in zip(requests, first_voice, strict=True):
            for hidden in one.hidden:
                empty = torch.zeros(voices, model.text_length, dtype=torch.bool)
                keys = cuts.setdefault((hidden.image_only, hidden.layers), empty)
                for voice, tokens in enumerate(hidden.tokens):
                    keys[first + voice, list(tokens)] = True
        return Inside(
            cuts=tuple(Cut(keys.to(model.device), *how) for how, keys in cuts.items()),
            scales=lead.scales,
            # Resolved before the model was moved, perhaps.
            adds=tuple(
                Add(add.layer, add.vector.to(model.device), add.patches.to(model.device))
                for add in lead.adds
            ),
            calls=lead.calls,
        )

    def spoken(self) -> tuple[Tensor, Inside | None]:
        """Text [b t] and edits of the stream that has the caption, as ``forward`` takes them.

        Raises:
            InputError: texts are mixed, so that there is no one such stream.
        """
        if self.blend is not None or self._where.shape[1] > 1:
            raise InputError(
                "a mix of prompts is read in several streams at once: read its prompts one by one."
            )
        rows = self.rows[: self.pictures]
        inside = self.inside
        if inside is not None:
            cuts = tuple(dataclasses.replace(cut, keys=cut.keys[rows]) for cut in inside.cuts)
            inside = dataclasses.replace(inside, cuts=cuts)
        return self.text[rows], inside

    def logits(self, logits: Tensor, patch: int | Tensor) -> tuple[Tensor, Tensor]:
        """Guided and conditional logits [b k] out of those of all rows."""
        if self._where.shape[1] == 1:
            conditional = logits[: self.pictures]
        else:
            shares = _at(self._weights, patch)[..., None]
            conditional = (logits[self._where] * shares).sum(dim=1)
        if self.guidance is None:
            return conditional, conditional
        return guide(conditional, logits[-self.pictures :], self.guidance), conditional

    def ruled(self, logits: Tensor, patch: int | Tensor) -> Tensor:
        """Logits after bans and biases."""
        rules = self._rules
        if not isinstance(patch, Tensor):
            rules = [placed for placed in rules if placed.rule.patches[patch]]
        if not rules:
            return logits
        logits = logits.clone()
        for placed in rules:
            mine = logits[placed.pictures]  # a view
            before = mine.index_select(1, placed.codes)
            after = before + placed.rule.nats
            if isinstance(patch, Tensor):
                # Chosen, not multiplied by 0 or 1: 0 times a ban, -inf, is no number.
                after = torch.where(_at(placed.patches, patch), after, before)
            mine.index_copy_(1, placed.codes, after)
        return logits

    def heat(self, patch: int | Tensor) -> Tensor | None:
        """Temperatures [b] at a patch; None where the settings' holds."""
        return None if self._heat is None else _at(self._heat, patch)

    def given(self, patch: int | Tensor) -> Tensor:
        """Codes [b] that are forced at a patch; -1 where the model picks."""
        return _at(self.forced, patch)


def _at(table: Tensor, patch: int | Tensor) -> Tensor:
    """The column of a table [... p] at a patch."""
    if isinstance(patch, Tensor):
        return table.index_select(-1, patch).squeeze(-1)
    return table[..., patch]


def _equal_adds(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return len(one) == len(other) and all(
        a.layer == b.layer
        and torch.equal(a.vector, b.vector)
        and torch.equal(a.patches, b.patches)
        for a, b in zip(one, other, strict=True)
    )
