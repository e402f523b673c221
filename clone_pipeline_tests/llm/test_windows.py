import random

from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.llm.limits import Allowance
from clone_pipeline.llm.windows import Learned, Minute


@given(
    limit=st.integers(1, 50),
    amounts=st.lists(st.tuples(st.floats(0.1, 60), st.floats(0, 30)), max_size=60),
)
def test_no_sixty_seconds_hold_more_than_the_limit(
    limit: int, amounts: list[tuple[float, float]]
) -> None:
    window, now, sent = Minute(limit), 0.0, list[tuple[float, float]]()
    for amount, pause in amounts:
        now += pause
        while (wait := window.wait(amount, now)) > 0:
            assert wait <= 60 + 1e-6
            now += wait
        window.take(amount, now)
        sent.append((now, min(amount, limit)))
    for start, _ in sent:
        inside = sum(amount for at, amount in sent if start <= at < start + 60 - 1e-6)
        assert inside <= limit + 1e-3


def test_what_a_reply_really_took_is_counted_in_place_of_the_guess() -> None:
    window = Minute(100)
    taken = window.take(90, 0.0)
    assert window.wait(50, 1.0) == 59.0
    window.correct(taken, 20)
    assert window.wait(50, 1.0) == 0.0
    assert window.wait(50, 70.0) == 0.0
    window.correct(taken, 1000)
    assert window.wait(50, 70.0) == 0.0


def test_without_headers_nothing_is_held() -> None:
    window = Learned()
    for number in range(1000):
        window.take(1, number / 1000, number=number)
    assert window.wait(1, 1.0) == 0.0
    window.learn(None, number=500, now=1.0)
    assert window.wait(1, 1.0) == 0.0


def test_what_was_sent_after_the_request_that_is_answered_is_taken_off() -> None:
    window = Learned()
    for number in range(4):
        window.take(1, 0.1, number=number)
    window.learn(Allowance(10, 5, 10.0, steady=False), number=1, now=0.4)
    for number in range(4, 7):
        assert window.wait(1, 0.4) == 0.0
        window.take(1, 0.4, number=number)
    assert window.wait(1, 0.4) == 10.0
    assert window.wait(1, 10.5) == 0.0


def test_older_news_changes_nothing() -> None:
    window = Learned()
    window.learn(Allowance(10, 0, 5.0, steady=False), number=2, now=3.0)
    window.learn(Allowance(10, 10, 5.0, steady=False), number=1, now=3.1)
    assert window.wait(1, 3.2) > 4


@given(st.integers(0, 2**32), st.integers(2, 40), st.floats(0.05, 2.0))
def test_a_bucket_that_names_what_is_left_never_overflows(
    seed: int, limit: int, latency: float
) -> None:
    """A server's bucket, asked as fast as the window allows, replies after `latency`."""
    draw, window, rate = random.Random(seed), Learned(), limit / 10
    level, level_at, now = float(limit), 0.0, 0.0
    replies = list[tuple[float, int, float]]()
    for number in range(4 * limit):
        while True:
            due = [reply for reply in replies if reply[0] <= now]
            for came, answered, left in sorted(due):
                resets = (limit - left) / rate
                allowance = Allowance(limit, left, max(resets, 0.001), steady=True)
                window.learn(allowance, number=answered, now=came)
            replies = [reply for reply in replies if reply[0] > now]
            wait = window.wait(1, now) if number else 0.0
            if wait <= 0 and (number == 0 or number > 0 and window._allowance is not None):
                break
            now = min([now + wait] * (wait > 0) + [reply[0] for reply in replies])
        window.take(1, now, number=number)
        level = min(limit, level + rate * (now - level_at))
        level_at = now
        assert level >= 1 - 1e-3, "a request was sent that the server has to refuse"
        level -= 1
        replies.append((now + latency * draw.uniform(0.5, 1.5), number, float(int(level))))
