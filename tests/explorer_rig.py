"""An explorer and what its page would be sent."""

import contextlib
import json
import zlib

import numpy as np

import dalle_explore as dx

WORDS = 4  # of the prompt of player_rig
PATCHES = 36


@contextlib.contextmanager
def exploring(*given, **options):
    explorer = dx.AttentionExplorer(*given, **options)
    try:
        yield explorer
    finally:
        explorer.close()


def part_of(browser, name, wanted="p0"):
    """Ask for a part of a picture, as the page does: its header, and its buffers."""
    browser.sent.clear()
    browser.say("part", id=wanted, part=name)
    browser.done(urgency=20)
    ((content, buffers),) = [
        (content, buffers) for content, buffers in browser.told("part") if content["part"] == name
    ]
    assert content["id"] == wanted
    json.dumps(content, allow_nan=False)  # a header is what JSON can say
    header = content["header"]
    return header, [zlib.decompress(one) for one in buffers] if header.get("packed") else buffers


def squares(data, *shape):
    return (np.frombuffer(data, np.uint8).reshape(shape) / 255.0) ** 2
