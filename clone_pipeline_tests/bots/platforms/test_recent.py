import threading

from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.heard import Said
from clone_pipeline.bots.platforms.recent import Recent


def said(number: int) -> Said:
    return Said(str(number), "bob", f"line {number}")


@given(st.lists(st.integers(0, 20)), st.integers(1, 8))
def test_the_last_messages_stand_in_the_order_of_their_first_telling(
    numbers: list[int], most: int
) -> None:
    recent = Recent(most)
    kept: list[str] = []
    for number in numbers:
        recent.add("garden", said(number))
        if str(number) not in kept:
            kept = [*kept, str(number)][-most:]
    assert [each.message_id for each in recent.before("garden", "none")] == kept


def test_only_what_stands_before_a_message_is_its_context() -> None:
    recent = Recent()
    for number in range(5):
        recent.add("garden", said(number))
    assert [each.message_id for each in recent.before("garden", "3")] == ["0", "1", "2"]
    assert recent.before("shed", "3") == ()


def test_edits_and_deletions_are_followed_and_the_unknown_ignored() -> None:
    recent = Recent()
    recent.add("garden", said(1))
    recent.add("garden", said(2))
    recent.edit("garden", "1", "changed")
    recent.edit("shed", "1", "nothing")
    recent.forget("garden", "2")
    recent.forget("shed", "2")
    assert [each.text for each in recent.before("garden", "")] == ["changed"]
    assert recent.get("garden", "2") is None
    assert "shed" not in recent


def test_a_thousand_channels_are_remembered_the_longest_silent_is_forgotten() -> None:
    recent = Recent(2)
    for channel in range(1001):
        recent.add(str(channel), said(1))
        recent.add("0", said(channel))
    assert "0" in recent
    assert "1" not in recent
    assert "1000" in recent


def test_threads_do_not_disturb_each_other() -> None:
    recent = Recent(10)

    def speak(first: int) -> None:
        for number in range(first, first + 500):
            recent.add("garden", said(number))
            recent.before("garden", str(number))

    threads = [threading.Thread(target=speak, args=(start,)) for start in range(0, 4000, 1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(recent.before("garden", "")) == 10


def test_by_number_what_is_told_late_stands_where_it_was_said_and_pushes_nothing_newer_out() -> (
    None
):
    recent = Recent(4, by_number=True)
    for number in (50, 60, 9, 20, 55, 20, 7):
        recent.add("garden", said(number))
    assert [each.message_id for each in recent.before("garden", "")] == ["20", "50", "55", "60"]
    assert [each.message_id for each in recent.before("garden", "52")] == ["20", "50"]
    assert [each.message_id for each in recent.before("garden", "55")] == ["20", "50"]
