import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from clone_pipeline.evaluation import summary
from clone_pipeline.evaluation.outcome import EXIT_CODES, Asked, Deployed, Ending, Outcome
from clone_pipeline.evaluation.report import Report, Sample
from clone_pipeline_tests.evaluation.reports import report, scores

STAGE = {
    "stage": "messages", "unit": "messages", "in": 12, "kept": 9,
    "dropped": {"file": 2, "system": 1}, "made": {},
}  # fmt: skip
NASTY = [
    "```", "````\n# mine", "~~~", "</details><script>alert(1)</script>", "@everyone #1 GH-2",
    "| a | b |\n|---|---|", "[x](https://example.org)", "<!-- ", "\u202eturned\x00\x1b[31m", "> q",
    "`" * 400, "a\r\nb\u2028c", "\\", "    code", "\ud800", "",
]  # fmt: skip


def outcome(ending: Ending = "refused", **changes: object) -> Outcome:
    fields = {
        "outcome": ending,
        "exit_code": EXIT_CODES[ending],
        "reasons": ["anna: specificity -0.23 [-0.30, -0.16] is not above 0"],
        "version": "v0002",
        "digest": "two",
        "production_before": Deployed(version="v0001", digest="one"),
        "production_after": Deployed(version="v0001", digest="one"),
        "personas": {"anna": scores(against=0.1)},
        "together": scores(),
        "stages": [STAGE],
        "llm": Asked(requests=1200, from_journal=3, cost=1.5),
        "seconds": 61.4,
        **changes,
    }
    return Outcome.model_validate(fields)


def parsed(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


def shape(text: str) -> list[tuple[str, str]]:
    """The blocks of a text, and what stands in them but for fences, whose content is inert."""
    return [(token.type, "" if token.type == "fence" else token.content) for token in parsed(text)]


def said(text: str) -> str:
    return "\n".join(token.content for token in parsed(text) if token.type == "fence")


def one(text: str) -> Report:
    return report(
        samples=[Sample(speaker=text, kind="held_out", said=text, real=text, base=text, tuned=text)]
    )


def test_it_says_what_happened_why_and_with_which_figures() -> None:
    text = summary.markdown(outcome(), report())
    assert text.startswith("### Retraining: refused, production stays as it is\n")
    assert "specificity -0.23" in said(text)
    assert (
        "| `anna` | 40 | 20 | 30.00 | 24.00 | 21.72 | 0.800 [0.750, 0.850] | "
        "0.100 [0.050, 0.150] | 0.100 [0.100, 0.100] |" in text
    )
    assert "| `messages` | 12 messages | 9 | 2 file, 1 system | - |" in text
    assert "| `v0002` | v0001 | 1,200 | 3 | 0 + 0 | 1.50 | 61 s |" in text
    for reply in ("hi |", "Hello", "yo<b>", "yo"):
        assert reply in said(text)


def test_a_promotion_shows_what_was_in_production_and_what_is() -> None:
    now = Deployed(version="v0002", digest="two")
    text = summary.markdown(outcome("promoted", reasons=[], production_after=now), report())
    assert "v0001 -> v0002" in text
    assert "**Why**" not in text


@pytest.mark.parametrize("ending", ["failed", "nothing_new"])
def test_without_a_measurement_there_are_no_figures(ending: Ending) -> None:
    text = summary.markdown(outcome(ending, personas={}, together=None, version=None), None)
    assert "Held-out" not in text
    assert "replies" not in text
    assert "specificity -0.23" in said(text)


@given(st.text(max_size=700))
def test_what_a_user_wrote_stands_in_fences_only_and_ends_none(text: str) -> None:
    _is_inert(text)


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_markdown_html_and_mentions_do_nothing(text: str) -> None:
    _is_inert(text)


def _is_inert(text: str) -> None:
    """A text in every place leaves all but the fences as a harmless one does."""

    def told(words: str) -> str:
        return summary.markdown(outcome(reasons=[f"x {words}"], remarks=[words + " x"]), one(words))

    assert shape(told(text)) == shape(told("word"))
    told(text).encode()
    shown = "".join(token.content for token in parsed(told(text)) if token.type == "fence")
    assert all(c.isprintable() or c == "\n" for c in shown)


@given(st.dictionaries(st.text(min_size=1, max_size=40), st.just(scores()), max_size=3))
@example({"`|\n@a <b>": scores()})
def test_a_persona_of_any_name_is_one_row(personas: dict[str, object]) -> None:
    text = summary.markdown(outcome(personas=personas, together=None), None)
    head = "| who | rows"
    rows = text.partition(head)[2].partition("\n\n")[0].splitlines()[2:] if head in text else []
    assert len(rows) == len(personas)
    assert all(re.fullmatch(r"\| `[\w .,:;\[\]/+%>?-]*` \|.*", row, re.ASCII) for row in rows)


def test_the_longest_summary_is_short_enough_for_a_comment() -> None:
    long = "many words " * 9000
    many = outcome(
        reasons=[long] * 99, remarks=[long] * 99, stages=[STAGE] * 15,
        personas={f"p{number}": scores(against=1) for number in range(500)},
    )  # fmt: skip
    samples = [Sample(speaker=long, kind="held_out", said=long, real=long, base=long, tuned=long)]
    text = summary.markdown(many, report(samples=samples * 200))
    assert len(text) <= 60_000
    assert "... and 440 more." in text
    assert "lines more" in text


def test_the_outcome_survives_its_json() -> None:
    told = outcome()
    assert Outcome.model_validate(json.loads(json.dumps(told.model_dump(mode="json")))) == told
