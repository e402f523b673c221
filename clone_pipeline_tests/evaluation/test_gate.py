import pytest
from pydantic import ValidationError

from clone_pipeline.evaluation.gate import EvaluationSettings, Floors, gate, remarks
from clone_pipeline.evaluation.report import Compared, Scores
from clone_pipeline_tests.evaluation.reports import report, scores

FLOORS = Floors()


def test_a_version_above_every_floor_passes() -> None:
    passed = gate(report(), floors=FLOORS, version_digest="two", production_digest="one")
    assert passed == []


def test_a_ratio_whose_interval_reaches_one_is_refused_with_its_figures() -> None:
    doubtful = report(personas={"anna": scores(ratio=(0.99, 0.9, 1.1))})
    assert gate(doubtful, floors=FLOORS) == [
        "anna: perplexity ratio 0.99 [0.90, 1.10] is not below 1"
    ]


def test_a_specificity_whose_interval_reaches_zero_is_refused() -> None:
    shuffled = report(personas={"anna": scores(specificity=(0.02, -0.01, 0.05))})
    assert gate(shuffled, floors=FLOORS) == ["anna: specificity 0.02 [-0.01, 0.05] is not above 0"]
    assert gate(shuffled, floors=Floors(min_specificity=None)) == []


def test_where_nobody_else_speaks_no_specificity_is_asked() -> None:
    alone = report(personas={"anna": scores(specificity=None)})
    assert gate(alone, floors=FLOORS) == []


@pytest.mark.parametrize(("worse", "refused"), [(-0.5, 0), (0.02, 0), (0.021, 1)])
def test_production_may_be_better_by_the_margin_and_no_more(worse: float, refused: int) -> None:
    reasons = gate(report(personas={"anna": scores(against=worse)}), floors=FLOORS)
    assert len(reasons) == refused
    assert all("above production's on the same 40 rows" in each for each in reasons)


def test_each_persona_and_the_expert_count_by_themselves() -> None:
    mixed = report(
        personas={
            "anna": scores(),
            "ben": scores(ratio=(1.2, 1.1, 1.3)),
            "cy": Scores(rows=0, groups=0),
        },
        expert=scores(ratio=(1.0, 0.9, 1.1), specificity=None),
    )
    who = [reason.partition(":")[0] for reason in gate(mixed, floors=FLOORS)]
    assert who == ["ben", "cy", "the expert"]


def test_too_few_conversations_are_refused_however_many_rows_they_give() -> None:
    (reason,) = gate(report(personas={"anna": scores(groups=4)}), floors=FLOORS)
    assert reason.startswith(
        "anna: 4 held-out conversations could be scored, 5 are needed to judge: add"
    )


@pytest.mark.parametrize("expert", [scores(groups=3, ratio=(2, 2, 2)), Scores(rows=0, groups=0)])
def test_an_expert_with_too_little_to_judge_stops_no_persona_but_is_told(expert: Scores) -> None:
    beside = report(expert=expert)
    assert gate(beside, floors=FLOORS) == []
    assert remarks(beside, floors=FLOORS) == [
        f"the expert: {expert.groups} held-out conversations are too few to judge; it is promoted "
        "unjudged"
    ]
    alone = report(expert=expert, personas={}, together=None)
    (reason,) = gate(alone, floors=FLOORS)
    assert reason.startswith(f"the expert: {expert.groups} held-out conversations could be scored")
    assert remarks(alone, floors=FLOORS) == []


def test_a_persona_whom_nobody_answers_is_told_to_have_no_specificity() -> None:
    alone = report(personas={"anna": scores(specificity=None)}, expert=scores(specificity=None))
    (remark,) = remarks(alone, floors=FLOORS)
    assert remark.startswith("anna: nobody answers")
    assert remarks(report(expert=scores(specificity=None)), floors=FLOORS) == []


def test_what_cannot_be_compared_with_production_is_refused_unless_nobody_asks() -> None:
    note = Compared(version="v0001", digest="one", note="it was taught segments")
    unlike = report(production=note)
    assert gate(unlike, floors=FLOORS) == [
        "cannot be compared with v0001 in production: it was taught segments; promote it by hand "
        "with `clone-pipeline models promote v0002` or set evaluation.floors.regression_margin to "
        "null"
    ]
    unasked = Floors(regression_margin=None)
    assert gate(unlike, floors=unasked) == []
    assert gate(report(personas={"anna": scores(against=9)}), floors=unasked) == []


def test_a_report_about_another_model_or_another_production_is_refused() -> None:
    (other,) = gate(report(), floors=FLOORS, version_digest="three")
    assert "about another model" in other
    (changed,) = gate(report(), floors=FLOORS, production_digest="three")
    assert changed.startswith("production has changed since the report, which compares with v0001")
    assert gate(report(production=None), floors=FLOORS, production_digest="two") == []


def test_a_report_of_nobody_is_refused() -> None:
    assert gate(report(personas={}, together=None), floors=FLOORS)


def test_misspelt_or_unbounded_settings_are_refused() -> None:
    with pytest.raises(ValidationError, match="max_ratio"):
        EvaluationSettings.model_validate({"floors": {"max_ratio": 1}})
    with pytest.raises(ValidationError, match="small_talk"):
        EvaluationSettings(small_talk=("a", "b", "c", "d"))
