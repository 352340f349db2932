"""A widget's two halves joined without Jupyter: the Python object here, its view in a browser.

``player = joined(lambda: DecodePlayer(...))`` makes the widget and shows it; what each half sets
or sends is carried to the other by ``player.carry()``, in order, with its bytes.
"""

import base64
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import comm
import comm.base_comm
import pytest
from browser import give, tell

_NOT_OURS = {"layout", "tabbable", "tooltip"}  # traits of every widget of ipywidgets


class Wire(comm.base_comm.BaseComm):
    """Stands where a kernel's connection would: keeps what Python says, in any thread."""

    said: "deque[tuple[str, dict[str, Any], list[bytes]]]"

    def __init__(self, *args: Any, **options: Any) -> None:
        self.said = deque()
        super().__init__(*args, **options)

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **_: Any
    ) -> None:
        self.said.append((msg_type, data or {}, [bytes(each) for each in buffers or []]))


class Joined:
    """A widget and the page that shows it."""

    def __init__(self, widget: Any, page: Any) -> None:
        self.widget, self.page = widget, page

    def carry(self) -> None:
        """Carry everything that waits, both ways."""
        while self._to_page() or self._to_python():
            pass

    def until(self, condition: Callable[[], Any], seconds: float = 20) -> None:
        """Carry until something is true."""
        end = time.monotonic() + seconds
        while True:
            self.carry()
            if condition():
                return
            assert time.monotonic() < end, f"still not true after {seconds} s"
            self.page.wait_for_timeout(10)

    def _to_page(self) -> bool:
        said = self.widget.comm.said if self.widget.comm is not None else ()
        carried = bool(said)
        while said:
            kind, data, buffers = said.popleft()
            if kind != "comm_msg":
                continue
            if data["method"] == "custom":
                tell(self.page, data["content"], buffers)
            elif data["method"] == "update":
                for path, buffer in zip(data.get("buffer_paths", []), buffers, strict=True):
                    place = data["state"]
                    for step in path[:-1]:
                        place = place[step]
                    place[path[-1]] = buffer
                give(self.page, **_own(data["state"]))
        return carried

    def _to_python(self) -> bool:
        waiting = self.page.evaluate("outbox.splice(0)")
        for message in waiting:
            buffers = [memoryview(base64.b64decode(each)) for each in message.pop("buffers")]
            self.widget._handle_msg(
                {"content": {"data": {"buffer_paths": [], **message}}, "buffers": buffers}
            )
        return bool(waiting)


def _own(state: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in state.items()
        if not name.startswith("_") and name not in _NOT_OURS
    }


@pytest.fixture
def joined(mount, monkeypatch):
    """Join the halves: ``joined(make, viewport=...)``, where ``make()`` returns the widget."""
    monkeypatch.setattr(comm, "create_comm", Wire)
    made = []

    def show(make: Callable[[], Any], **options: Any) -> Joined:
        widget = make()
        made.append(widget)
        widget.comm.said.clear()
        state = _own(widget.get_state())
        page = mount(str(widget._esm), str(getattr(widget, "_css", "")), state, **options)
        found = Joined(widget, page)
        found.carry()
        return found

    yield show
    for widget in made:
        widget.close()
