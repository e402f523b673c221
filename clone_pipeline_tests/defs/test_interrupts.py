import asyncio
import signal
import threading
from collections.abc import Iterator
from types import FrameType

import dagster as dg
import pytest

from clone_pipeline.defs.interrupts import SIGNALS, run_cancellable, sigterm_as_before


class Stopped(BaseException):
    """What Dagster's handler raises is no KeyboardInterrupt either."""


def stop(number: int, frame: FrameType | None) -> None:
    raise Stopped(number)


@pytest.fixture(autouse=True)
def handled() -> Iterator[None]:
    saved = {number: signal.signal(number, stop) for number in SIGNALS}
    yield
    for number, handler in saved.items():
        signal.signal(number, handler)


async def answer() -> int:
    await asyncio.sleep(0)
    return 42


def test_it_returns_what_the_work_returns() -> None:
    assert run_cancellable(answer()) == 42


@pytest.mark.parametrize("number", SIGNALS)
def test_an_interrupt_inside_a_callback_of_the_loop_is_not_lost(number: signal.Signals) -> None:
    closed = []

    async def work() -> None:
        asyncio.get_running_loop().call_soon(signal.raise_signal, number)
        try:
            await asyncio.sleep(60)
        finally:
            closed.append(True)

    with pytest.raises(Stopped) as caught:
        run_cancellable(work())
    assert caught.value.args == (number,)
    assert closed == [True]


def test_the_handlers_are_as_before() -> None:
    run_cancellable(answer())
    assert {signal.getsignal(number) for number in SIGNALS} == {stop}


def test_an_interrupt_that_comes_as_the_work_ends_is_raised_too() -> None:
    async def work() -> int:
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(0.05)
        return 1

    with pytest.raises(Stopped):
        run_cancellable(work())


def test_a_cancellation_of_the_works_own_stays_one() -> None:
    async def work() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        run_cancellable(work())


def test_a_thread_that_gets_no_signals_just_runs_it() -> None:
    made: list[int] = []
    thread = threading.Thread(target=lambda: made.append(run_cancellable(answer())))
    thread.start()
    thread.join(10)
    assert made == [42]


def test_a_run_in_the_background_does_not_leave_sigterm_ignored() -> None:
    @dg.job
    def nothing() -> None: ...

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nothing.execute_in_process()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN, "Dagster has mended it: leave it out"
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with sigterm_as_before():
        nothing.execute_in_process()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
