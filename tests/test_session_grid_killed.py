"""A grid that is killed again and again is the grid that was never killed."""

import hashlib
import os
import signal
import sys

import pytest
import torch
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.gallery import Gallery
from dalle_explore.session.grid import gridding

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and fork")

TEMPLATE = "a {colour=red|blue|pink} {solid=cube|sphere|ring} on top of a {|green }sphere"
CELLS, N, KILLS = 18, 8, 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_tiny_bundle(folder)
    return folder


def digest(grid):
    """Of everything that a grid says of its pictures: codes, totals, scores, order."""
    whole = hashlib.sha256()
    for cell in grid.cells:
        for one in cell.pictures:
            said = (cell.prompt, one.seed, one.log_probability, one.entropy, one.score)
            whole.update(repr(said).encode() + one.codes.tobytes())
        whole.update(repr([s.seed for s in cell.samples]).encode())
    return whole.hexdigest()


def drawn_in_a_child(model, path, told):
    """Draw in a process of its own, three pictures a batch, and say when each is acknowledged."""
    with Gallery.open(path) as gallery:
        run = gridding(model, TEMPLATE, n=N, gallery=gallery)
        run.watch(lambda step: step.kind == "drawn" and os.write(told, b"."))
        run.run()
    os.write(told, b"!")


def killed(model, path, after):
    """Let a child draw, kill it after so many batches; whether it came to its end before."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        try:
            drawn_in_a_child(model, path, theirs)
        finally:
            os._exit(0)
    os.close(theirs)
    heard = b""
    while heard.count(b".") < after and b"!" not in heard:
        said = os.read(ours, 1)
        if not said:
            break
        heard += said
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(ours)
    return heard


def test_alone_in_batches_and_killed_twenty_times_it_is_one_grid(folder, tmp_path):
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # threads of their own do not survive a fork
    try:
        model = dx.load(folder)
        whole = digest(dx.grid(model, TEMPLATE, n=N, gallery=False))

        model.at_once["cpu", "fp32"] = 5
        assert digest(dx.grid(model, TEMPLATE, n=N, gallery=False)) == whole

        alone = dx.load(folder)
        alone.at_once["cpu", "fp32"] = 1
        assert digest(dx.grid(alone, TEMPLATE, n=N, gallery=False)) == whole

        model.at_once["cpu", "fp32"] = 3
        path, acknowledged = tmp_path / "gallery.sqlite", 0
        for kill in range(KILLS):
            acknowledged += killed(model, path, 1 + kill % 3).count(b".")
            with Gallery.open(path) as gallery:
                assert gallery.check() == []
                there = CELLS * N - gridding(model, TEMPLATE, n=N, gallery=gallery).missing
                assert there >= 3 * acknowledged or there == CELLS * N
        with Gallery.open(path) as gallery:
            run = gridding(model, TEMPLATE, n=N, gallery=gallery)
            assert 0 < run.known < CELLS * N
            assert digest(run.run()) == whole
    finally:
        torch.set_num_threads(before)
