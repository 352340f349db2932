"""A tiny model whose codes were counted, and what stands in for the browser half of a browser."""

import contextlib
import dataclasses
import io

import numpy as np
import pytest
import tiny as tiny_room
from PIL import Image

import dalle_explore as dx
from dalle_explore.instruments.atlas import atlas_path, measure

CODES, SIDE, PICTURES = 40, 6, 12


def tiny(folder, **options):
    """6 x 6 patches of 8 x 8 pixels, 40 codes; nothing is counted yet.

    Its decoder has blocks, unlike that of other tiny models: it looks around a patch.
    """
    if not (folder / "card.json").is_file():
        around = dataclasses.replace(tiny_room.DVAE_CONFIG, decoder_blocks=(1, 1, 1))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tiny_room, "DVAE_CONFIG", around)
            tiny_room.make_tiny_bundle(
                folder, clip=False, side=SIDE, codebook_size=CODES, **options
            )
    return dx.load(folder)


def measured(model):
    """The atlas of a model: twelve training pictures are enough to count codes in."""
    return measure(model.generator, model.settings, n=2, pictures=PICTURES)


def keep(atlas):
    """Put an atlas where this machine keeps those that were measured here."""
    path = atlas_path(atlas.digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    return atlas.save(path)


@contextlib.contextmanager
def browsing(*given, **options):
    browser = dx.CodebookBrowser(*given, **options)
    try:
        yield browser
    finally:
        browser.close()


class Page:
    """Takes the place of the browser half: says what it says, and keeps what it is sent."""

    def __init__(self, browser):
        self.browser, self.sent = browser, []
        browser.send = lambda content, buffers=None: self.sent.append((content, buffers or []))
        self.say("hello")

    def say(self, kind, **content):
        self.browser._received(None, {"kind": kind, **content}, [])

    def done(self):
        assert self.browser.wait(60) and self.browser._workshop.wait(60, urgency=9)
        return self.browser.status

    def parts(self, part):
        self.done()
        return [
            (content["header"], buffers)
            for content, buffers in self.sent
            if content["kind"] == "part" and content["part"] == part
        ]


def image(data):
    """The pixels of an encoded picture."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def tiles_in(header, buffers):
    """The tiles of one part, by code."""
    codes, page = np.frombuffer(buffers[0], "<u2"), image(buffers[1])
    side, across = header["side"], header["across"]
    found = {}
    for number, code in enumerate(codes):
        row, column = divmod(number, across)
        here = (
            slice(row * side, (row + 1) * side),
            slice(column * side, (column + 1) * side),
        )
        found[int(code)] = page[here]
    return found
