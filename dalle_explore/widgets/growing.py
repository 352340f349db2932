"""Pictures while they grow: a few frames a second, of what is new, and only if somebody looks."""

import threading
import time
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from dalle_explore.generator import Generator
from dalle_explore.sampling.decode import Step, drain
from dalle_explore.sampling.preview import Preview
from dalle_explore.session.studio import Work

__all__ = ["Growing", "import_clip"]

_FASTEST, _SLOWEST = 0.04, 0.095  # seconds between two frames
_SHARE = 4  # a frame may cost a quarter of the time between two, unless that is the slowest

Send = Callable[[dict[str, Any], list[bytes]], None]


class Growing:
    """Watches a run and sends frames.

    Args:
        model: decodes them; the run holds its lock.
        ids: of the pictures, in the order of the wishes.
        send: sends a message with buffers.
    """

    def __init__(self, model: Generator, ids: Sequence[str], send: Send) -> None:
        self._model, self._ids, self._send = model, ids, send
        self._waiting: list[Step] = []
        self._preview: Preview | None = None
        self._due = 0.0

    def __call__(self, work: Work) -> None:
        """Take what was done since the last time; a watcher of runs."""
        step = work.step
        if step.first == 0 or self._preview is None:
            self._preview, self._waiting = Preview(self._model, len(work.wishes)), []
            self._due = 0.0
        self._waiting.append(step)
        now = time.monotonic()
        # The last frame is the picture itself, which comes with the result.
        if now < self._due or step.end == self._model.patches:
            return
        rows, _ = self._preview.add(drain(self._waiting))
        self._waiting = []
        side = self._model.patch
        top, bottom = rows.start * side, rows.stop * side
        self._send(
            {
                "kind": "live",
                "ids": [self._ids[number] for number in work.wishes],
                "step": step.end,
                "top": top,
                "height": bottom - top,
            },
            [zlib.compress(self._preview.pixels[:, top:bottom].tobytes(), 1)],
        )
        cost = time.monotonic() - now
        self._due = now + min(max(_FASTEST, _SHARE * cost), _SLOWEST)


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
