"""Threads are tried out: the faster number stays, and nobody else notices."""

import pytest
import torch
from tiny_model import tiny_model

from dalle_explore.sampling import threads as room
from dalle_explore.sampling.decode import decode
from dalle_explore.sampling.request import request
from dalle_explore.sampling.threads import ROUNDS, Threads
from dalle_explore.settings import Settings


@pytest.fixture
def four(monkeypatch):
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    monkeypatch.setattr(room, "cores", lambda: 4)
    yield
    torch.set_num_threads(before)


class Clock:
    """Time that passes as a machine with these seconds a step would have it."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def steps(seconds, count, steady=True):
    clock, used = Clock(), []
    threads = Threads(steady=steady, clock=clock)
    for _ in range(count):
        with threads.step():
            used.append(torch.get_num_threads())
            clock.now += seconds[used[-1]]
        assert torch.get_num_threads() == 4
    return used


@pytest.mark.parametrize("seconds, best", [({4: 1.0, 1: 2.0}, 4), ({4: 5.0, 1: 2.0}, 1)])
def test_the_faster_number_stays(four, seconds, best):
    used = steps(seconds, 20)
    assert used[: 1 + 2 * ROUNDS] == [4] + [4, 1] * ROUNDS
    assert used[1 + 2 * ROUNDS :] == [best] * (19 - 2 * ROUNDS)


def test_no_more_than_there_are_cores(four, monkeypatch):
    monkeypatch.setattr(room, "cores", lambda: 2)
    assert set(steps({4: 1.0, 2: 1.0, 1: 2.0}, 20)) == {1, 2}


def test_where_the_number_could_change_bits_none_is_tried(four):
    assert set(steps({4: 5.0, 1: 1.0}, 20, steady=False)) == {4}


def test_one_core_tries_nothing(four, monkeypatch):
    monkeypatch.setattr(room, "cores", lambda: 1)
    assert set(steps({1: 1.0}, 5)) == {1}


def test_an_error_in_a_step_leaves_torch_as_it_was(four):
    threads = Threads(steady=True)
    for _ in range(3):
        with pytest.raises(ValueError), threads.step():
            raise ValueError
        assert torch.get_num_threads() == 4


def test_a_drawing_leaves_torch_as_it_was_between_its_steps(four):
    model = tiny_model()
    wish = request(model, model.encode_text("a red cube"), [0])
    seen, taken = [], []
    for step in decode(model, [wish], Settings()):
        seen.append(torch.get_num_threads())
        taken.append(step)
    assert set(seen) == {4} and len(taken) == model.patches
