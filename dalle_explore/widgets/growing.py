"""Pictures while they grow: a few frames a second, of what is new, and only if somebody looks."""

import threading
import time
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import torch

from dalle_explore.generator import Generator
from dalle_explore.session.studio import Work

__all__ = ["Growing", "import_clip"]

_PERIOD, _SLOWEST = 0.08, 0.095  # seconds between two frames: twelve a second, ten at least
_SHARE = 6  # a frame may cost a sixth of the time between two, unless that is the slowest
_AROUND = 2  # rows renewed above and below the new ones; farther off a code changes one level

Send = Callable[[dict[str, Any], list[bytes]], None]


class Growing:
    """Watches a run and sends frames: strips of whole rows around what is new.

    Args:
        model: decodes them; the run holds its lock.
        ids: of the pictures, in the order of the wishes.
        send: sends a message with buffers.
    """

    def __init__(self, model: Generator, ids: Sequence[str], send: Send) -> None:
        self._model, self._ids, self._send = model, ids, send
        self._codes = self._known = torch.empty(0)
        self._from = 0  # the first patch that no frame has shown yet
        self._due = 0.0

    def __call__(self, work: Work) -> None:
        """Take what was done since the last time; a watcher of runs."""
        step, model = work.step, self._model
        if step.first == 0:
            grid = (len(work.wishes), model.rows, model.columns)
            self._codes = torch.zeros(grid, dtype=torch.int64)
            self._known = torch.zeros(grid, dtype=torch.bool)
            self._from, self._due = 0, 0.0
        new = slice(step.first, step.end)
        self._codes.flatten(1)[:, new] = torch.from_numpy(step.codes)
        self._known.flatten(1)[:, new] = True
        now = time.monotonic()
        # The last frame is the picture itself, which comes with the result.
        if now < self._due or step.end == model.patches:
            return
        top = max(self._from // model.columns - _AROUND, 0)
        bottom = min((step.end - 1) // model.columns + 1 + _AROUND, model.rows)
        self._from = step.end
        corners = torch.tensor([[top, 0]] * len(work.wishes))
        size = (bottom - top, model.columns)
        strip = model.decode_windows(self._codes, corners, size, known=self._known).numpy()
        message = {
            "kind": "live",
            "ids": [self._ids[number] for number in work.wishes],
            "step": step.end,
            "top": top * model.patch,
            "height": strip.shape[1],
        }
        self._send(message, [zlib.compress(strip.tobytes(), 1)])
        cost = time.monotonic() - now
        self._due = now + min(max(_PERIOD, _SHARE * cost), _SLOWEST)


def import_clip(ready: Callable[[], object], failed: Callable[[BaseException], object]) -> None:
    """Import the library of CLIP, which takes seconds, in a thread of its own; then call back."""

    def load() -> None:
        try:
            import open_clip  # noqa: F401
        except Exception as error:  # whatever a broken installation raises
            failed(error)
        else:
            ready()

    threading.Thread(target=load, name="dalle_explore clip", daemon=True).start()
