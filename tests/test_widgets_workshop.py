"""The thread behind a widget: what was asked for goes first, the rest is put aside and resumed."""

import sys
import threading

from dalle_explore.widgets.workshop import Workshop


def test_jobs_are_done_one_after_another_in_another_thread():
    done, errors = [], []
    workshop = Workshop(errors.append)
    for number in range(5):
        workshop.add(lambda goes_on, number=number: done.append((number, threading.get_ident())))
    assert workshop.wait(10)
    assert [number for number, _ in done] == list(range(5)) and not errors
    assert {thread for _, thread in done} != {threading.get_ident()}


def test_what_only_prepares_is_put_aside_and_resumed():
    begun, order = threading.Event(), []
    workshop = Workshop(order.append)

    def prepare(goes_on):
        order.append("prepares")
        begun.set()
        for _ in range(10_000):
            if not goes_on():
                order.append("aside")
                return False
            threading.Event().wait(0.001)
            if "asked" in order:
                break
        order.append("prepared")
        return True

    workshop.add(prepare, urgency=3)
    assert begun.wait(10)
    workshop.add(lambda goes_on: order.append("asked"))
    assert workshop.wait(10, urgency=9)
    assert order == ["prepares", "aside", "asked", "prepares", "prepared"]


def test_more_urgent_work_goes_first():
    order, gate = [], threading.Event()
    workshop = Workshop(order.append)
    workshop.add(lambda goes_on: gate.wait(10) and None)
    for urgency in (5, 2, 4, 1):
        workshop.add(lambda goes_on, urgency=urgency: order.append(urgency), urgency)
    gate.set()
    assert workshop.wait(10, urgency=9)
    assert order == [1, 2, 4, 5]


def test_an_error_is_told_and_the_next_job_is_done_all_the_same():
    errors, done = [], []
    workshop = Workshop(errors.append)
    workshop.add(lambda goes_on: 1 / 0)
    workshop.add(lambda goes_on: done.append(1))
    assert workshop.wait(10)
    assert [type(error) for error in errors] == [ZeroDivisionError] and done == [1]


def test_waiting_for_what_was_asked_does_not_wait_for_the_rest():
    gate = threading.Event()
    workshop = Workshop(print)
    workshop.add(lambda goes_on: gate.wait(10) and None, urgency=3)
    assert workshop.wait(0.5)
    assert not workshop.wait(0.05, urgency=3)
    gate.set()
    assert workshop.wait(10, urgency=3)


def test_after_closing_nothing_is_done():
    done, gate = [], threading.Event()
    workshop = Workshop(print)
    workshop.add(lambda goes_on: gate.wait(10) and None)
    workshop.add(lambda goes_on: done.append(1))
    workshop.close()
    gate.set()
    workshop.add(lambda goes_on: done.append(2))
    assert workshop.wait(1) and done == []


def test_the_thread_leaves_when_nothing_is_to_be_done():
    workshop = Workshop(print)
    threads = []
    workshop.add(lambda goes_on: threads.append(threading.current_thread()))
    workshop.wait(10)
    threads[0].join(10)
    assert not threads[0].is_alive()
    workshop.add(lambda goes_on: threads.append(threading.current_thread()))
    assert workshop.wait(10) and threads[1] is not threads[0]


def test_without_threads_jobs_are_done_by_whoever_adds_them():
    order = []
    workshop = Workshop(order.append, inline=True)

    def first(goes_on):
        order.append(("first", threading.get_ident()))
        workshop.add(lambda goes_on: order.append(("second", threading.get_ident())))
        order.append("first has ended")

    workshop.add(first)
    here = threading.get_ident()
    assert order == [("first", here), "first has ended", ("second", here)]
    workshop.add(lambda goes_on: 1 / 0)
    assert isinstance(order[-1], ZeroDivisionError) and workshop.wait(0)


def test_colab_gets_no_threads(monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", object())
    done = []
    Workshop(print).add(lambda goes_on: done.append(threading.get_ident()))
    assert done == [threading.get_ident()]
