"""A player and something that takes the place of its browser half."""

import contextlib

import pytest

import dalle_explore as dx

PROMPT = "a hedgehog drinking tea"


@pytest.fixture(scope="session")
def played_model(tmp_path_factory):
    from tiny import make_tiny_bundle  # it brings torch, which few tests need

    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, side=6, codebook_size=40)
    return dx.load(folder)


@pytest.fixture(scope="session")
def played_samples(played_model):
    return dx.draw(played_model, PROMPT, n=3, score=False)


class Browser:
    """Takes the place of the browser half: says what it says, and keeps what it is sent."""

    def __init__(self, player):
        self.player, self.sent = player, []
        player.send = lambda content, buffers=None: self.sent.append((content, buffers or []))
        self.say("hello")

    def say(self, kind, buffers=(), **content):
        self.player._received(None, {"kind": kind, **content}, list(buffers))

    def done(self, urgency=0):
        assert self.player._workshop.wait(60, urgency=urgency)
        return self.player.status

    def told(self, kind):
        return [(content, buffers) for content, buffers in self.sent if content["kind"] == kind]


@contextlib.contextmanager
def playing(*given, **options):
    player = dx.DecodePlayer(*given, **{"score": False, **options})
    try:
        yield player
    finally:
        player.close()
