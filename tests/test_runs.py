"""A run takes steps to a result, in three ways, and can be left at any moment."""

import asyncio
import threading
import time

import pytest

from dalle_explore.errors import InputError
from dalle_explore.runs import Gather, Run


def counting(n=5, pause=0.0, log=None):
    try:
        for i in range(n):
            time.sleep(pause)
            yield i
    finally:
        if log is not None:
            log.append("closed")


def test_three_ways_give_one_result():
    assert Run(counting(), Gather(sum)).run() == 10
    started = Run(counting(), Gather(sum)).start()
    assert started.wait(5) and started.result == 10 and started.state == "finished"

    async def awaited():
        return await Run(counting(), Gather(sum))

    assert asyncio.run(awaited()) == 10


def test_progress_counts_units_and_foresees_the_end():
    run = Run(counting(4, pause=0.02), Gather(list), total=40, units=lambda step: 10)
    assert run.progress.done == 0 and run.progress.left is None
    seen = []
    run.watch(lambda step: seen.append((run.progress.done, run.progress.left)))
    assert run.run() == [0, 1, 2, 3]
    assert [done for done, _ in seen] == [10, 20, 30, 40]
    assert seen[0][1] > seen[2][1] > 0 and run.progress.left == 0
    after = run.progress.seconds
    time.sleep(0.02)
    assert run.progress.seconds == after


def test_a_stopped_run_has_the_result_of_the_steps_it_took():
    log = []
    run = Run(counting(1000, pause=0.005, log=log), Gather(len))
    third = threading.Event()
    run.watch(lambda step: step == 2 and third.set())
    run.start()
    assert third.wait(5)
    run.stop()
    assert run.state == "stopped" and 3 <= run.result < 1000 and log == ["closed"]
    assert run.stop().state == "stopped"


def test_a_run_that_never_began_can_be_stopped():
    run = Run(counting(), Gather(len)).stop()
    assert run.state == "stopped" and run.result == 0
    with pytest.raises(InputError, match="runs only once"):
        run.start()


def test_a_result_is_not_there_before_the_end_and_a_run_runs_once():
    run = Run(counting(3, pause=0.05), Gather(list))
    with pytest.raises(InputError, match="no result yet"):
        _ = run.result
    run.start()
    with pytest.raises(InputError, match="runs only once"):
        run.run()
    assert run.wait(5) and run.result == [0, 1, 2]


def test_an_error_of_a_step_comes_out_where_the_result_is_asked_for():
    def failing():
        yield 1
        raise InputError("the third leg is missing: fetch it.")

    with pytest.raises(InputError, match="third leg"):
        Run(failing(), Gather(list)).run()
    run = Run(failing(), Gather(list)).start()
    assert run.wait(5) and run.state == "failed"
    with pytest.raises(InputError, match="third leg"):
        _ = run.result


def test_ctrl_c_leaves_what_was_there():
    def interrupted():
        yield from (1, 2)
        raise KeyboardInterrupt

    run = Run(interrupted(), Gather(list))
    with pytest.raises(KeyboardInterrupt):
        run.run()
    assert run.state == "stopped" and run.result == [1, 2]


def test_a_cancelled_await_stops_the_run():
    run = Run(counting(1000, pause=0.005), Gather(len))

    async def impatient():
        async def waiting():
            return await run

        task = asyncio.ensure_future(waiting())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(impatient())
    assert run.wait(5) and run.state == "stopped" and run.result < 1000
