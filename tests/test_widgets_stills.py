"""Beside a widget: room for a still, filled by a button or where no widget answers."""

import time

import pytest

from dalle_explore.widgets import stills as room
from dalle_explore.widgets.stills import Stills


@pytest.fixture
def displayed(monkeypatch):
    """What would be displayed, as in a kernel."""
    shown = []
    monkeypatch.setattr(room, "_in_a_kernel", lambda: True)
    monkeypatch.setattr(
        "IPython.display.display", lambda data, **options: shown.append((data, options))
    )
    return shown


def soon(condition):
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_a_widget_that_nobody_answers_for_becomes_a_still_with_the_cure(displayed):
    Stills().shown(0.05, lambda: b"png", lambda: ("what is seen", "how it was made"))
    assert soon(lambda: len(displayed) == 2)
    (empty, first), (data, second) = displayed
    assert empty["text/html"] == "" and first["display_id"] == second["display_id"]
    assert second["update"]
    assert "python -m pip install" in data["text/html"] and "how it was made" in data["text/html"]
    assert data["image/png"] == "cG5n"


def test_a_widget_that_is_answered_for_needs_no_still(displayed):
    stills = Stills()
    stills.shown(0.1, lambda: b"png", lambda: ("", ""))
    stills.answered()
    time.sleep(0.3)
    assert len(displayed) == 1


def test_nothing_to_show_is_no_still(displayed):
    Stills().shown(0.02, lambda: b"", lambda: ("", ""))
    time.sleep(0.2)
    assert len(displayed) == 1


def test_a_kept_picture_takes_the_room_beside_its_widget_and_its_text_is_text(displayed):
    stills = Stills()
    stills.shown(60, lambda: b"png", lambda: ("", ""))
    stills.put(b"png", '<script>alert("alt")</script>', "<b>caption</b>")
    data, options = displayed[-1]
    assert options["update"] and "<script>" not in data["text/html"]
    assert "&lt;b&gt;caption&lt;/b&gt;" in data["text/html"]
    stills.close()


def test_outside_notebooks_nothing_is_displayed(monkeypatch):
    monkeypatch.setattr("IPython.display.display", lambda *args, **options: 1 / 0)
    stills = Stills()
    stills.shown(0.01, lambda: b"png", lambda: ("", ""))
    stills.put(b"png", "", "")
    time.sleep(0.05)
