from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline import funnel
from clone_pipeline.funnel import StageCount, Usage

COUNTS = st.builds(
    lambda kept, dropped, made: StageCount(
        "messages", "messages", kept + sum(dropped.values()), kept, dropped, made
    ),
    st.integers(0, 10**6),
    st.dictionaries(st.sampled_from(["bot", "empty", "system"]), st.integers(0, 10**6)),
    st.dictionaries(st.sampled_from(["turns"]), st.integers(0, 10**6)),
)


def test_counts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="does not add up: 10 messages came in, 8 kept"):
        StageCount("messages", "messages", entered=10, kept=8, dropped={"bot": 1})


@given(COUNTS)
def test_what_is_shown_adds_up(count: StageCount) -> None:
    shown = count.as_json()
    assert shown["in"] == shown["kept"] + sum(shown["dropped"].values())


def test_a_saved_funnel_reads_back_in_the_order_of_the_flow(tmp_path: Path) -> None:
    usage = Usage(requests=3, from_journal=2, prompt_tokens=10, completion_tokens=5, cost=0.25)
    chunks = StageCount("chunks", "documents", 5, 4, {"empty": 1}, {"chunks": 9}, usage)
    messages = StageCount("messages", "messages", 2, 2)
    funnel.save(chunks, tmp_path)
    funnel.save(messages, tmp_path)
    assert funnel.load(tmp_path) == [messages, chunks]
    assert list(tmp_path.glob("*.part")) == []


def test_the_report_sums_what_was_asked_of_models() -> None:
    one = StageCount("qa_candidates", "chunks", 1, 1, usage=Usage(requests=2, cost=0.5))
    two = StageCount("verified_qa", "pairs", 1, 1, usage=Usage(requests=1, from_journal=4))
    assert funnel.report([one, two])["llm"] == {
        "requests": 3,
        "from_journal": 4,
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "cost": 0.5,
    }
