"""Ordinary pictures beside a widget: kept by a button, or shown where no widget can run.

A widget is blank in a notebook that is opened again, and everywhere that runs no widgets. So each
time one is displayed, an empty output comes with it, which a still can fill later.
"""

import base64
import html
import threading
import uuid
from collections.abc import Callable

__all__ = ["Stills"]

_CURE = (
    "No widget answered here within three seconds, so this is a still. In JupyterLab, run the "
    "cell again after reloading the page; elsewhere install the widgets with: "
    "python -m pip install jupyterlab anywidget ipywidgets"
)


class Stills:
    """The output beside one widget."""

    def __init__(self) -> None:
        self._id = f"dalle_explore-{uuid.uuid4().hex}"
        self._there = False
        self._timer: threading.Timer | None = None

    def shown(
        self,
        patience: float,
        still: Callable[[], bytes],
        words: Callable[[], tuple[str, str]],
    ) -> None:
        """The widget is displayed now: make room, and wait for its browser half.

        Args:
            patience: seconds to wait for ``answered``.
            still: makes the PNG that is shown when nobody answers.
            words: alt text and caption of it.
        """
        if not _in_a_kernel():
            return
        from IPython.display import display

        display({"text/html": "", "text/plain": ""}, raw=True, display_id=self._id)
        self._there = True

        def nobody() -> None:
            picture = still()
            if picture and self._timer is not None:  # or somebody answered meanwhile
                self.put(picture, words()[0], f"{_CURE}. {words()[1]}")

        self.close()
        self._timer = threading.Timer(patience, nobody)
        self._timer.daemon = True
        self._timer.start()

    def answered(self) -> None:
        """A browser half is there, so no still is needed."""
        self.close()

    def close(self) -> None:
        """Wait for nobody any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def put(self, picture: bytes, alt: str, caption: str) -> None:
        """Show a PNG and its caption as ordinary output."""
        if not _in_a_kernel():
            return
        from IPython.display import display

        encoded = base64.b64encode(picture).decode("ascii")
        markup = (
            f'<figure style="margin: 0"><img style="max-width: 100%" alt="{html.escape(alt)}" '
            f'src="data:image/png;base64,{encoded}"><figcaption>{html.escape(caption)}'
            f"</figcaption></figure>"
        )
        data = {"text/html": markup, "image/png": encoded, "text/plain": caption}
        display(data, raw=True, display_id=self._id, update=self._there)


def _in_a_kernel() -> bool:
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return False
    return hasattr(get_ipython(), "kernel")
