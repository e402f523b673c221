import hashlib
import re

from clone_pipeline.llm.asking import Request
from clone_pipeline.qa import multi_source, suitability
from clone_pipeline_tests.qa.asked import WHOLE, block, candidates, pages, said, step
from clone_pipeline_tests.qa.scripted import chunk, in_turn


def test_unsuitable_chunks_are_dropped_before_anything_is_written() -> None:
    def script(request: Request) -> str:
        if step(request) == suitability.PROMPT:
            return "SUITABLE" if "Lamp 1 " in said(request) else "A list.\nNOT SUITABLE"
        return WHOLE

    (pairs, dropped, _), model = candidates(script, [chunk(1), chunk(2)], filter_chunks=True)
    assert [pair.chunk_id for pair in pairs] == ["c1"]
    assert dropped == {"unsuitable": 1}
    assert len(model.asked) == 3


def test_a_judgment_without_a_verdict_is_asked_for_again_then_the_chunk_is_dropped() -> None:
    script = in_turn("Perhaps.", "Who knows.")
    (_, dropped, _), model = candidates(script, [chunk(1)], filter_chunks=True)
    assert dropped == {"unreadable_judgment": 1}
    assert len(model.asked) == 2


def test_questions_over_several_chunks_show_the_related_texts_and_name_their_chunks() -> None:
    def script(request: Request) -> str:
        if step(request) != multi_source.PROMPT:
            return "Nothing to ask."
        return block(f"What follows from {said(request).count('-----')} things and Word1?")

    details = {f"d{n}": f"Page {n}" for n in range(4)}
    (pairs, dropped, made), model = candidates(
        script, pages(), multi_source_share=1.0, related=1, details=details, near_duplicates=1.0
    )
    assert [(pair.style, pair.chunk_id) for pair in pairs] == [("multi_source", "c0")]
    assert len(pairs[0].related) == 1
    assert dropped == {"asked_elsewhere": 3}
    assert made["default_no_pairs"] == 4
    over = [said(request) for request in model.asked if step(request) == multi_source.PROMPT]
    assert len(over) == 4
    assert all(len(re.findall(r"\bWord\d", text)) == 2 for text in over)
    assert "Page 0; Page" in over[0]


def test_what_is_not_suitable_is_not_shown_as_related() -> None:
    def script(request: Request) -> str:
        if step(request) == suitability.PROMPT:
            return "SUITABLE" if re.search("Word[01]", said(request)) else "NOT SUITABLE"
        return block(f"What follows from {hashlib.md5(said(request).encode()).hexdigest()}?")

    (pairs, dropped, _), model = candidates(
        script, pages(), multi_source_share=1.0, related=2, filter_chunks=True, seed=3
    )
    assert dropped == {"unsuitable": 2}
    assert {tuple(pair.related) for pair in pairs} == {(), ("c0",), ("c1",)}
    assert sum(step(request) == suitability.PROMPT for request in model.asked) == 4
