import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.evaluation import bootstrap
from clone_pipeline.evaluation.bootstrap import GroupScores

GROUP = st.tuples(st.floats(-300, -1), st.floats(-300, -1), st.integers(1, 60))


def groups(listed: list[tuple[float, float, int]]) -> GroupScores:
    base, tuned, tokens = zip(*listed, strict=True)
    return GroupScores(base=base, tuned=tuned, tokens=tokens)


@settings(max_examples=40, deadline=None)
@given(st.lists(GROUP, min_size=1, max_size=20), st.integers(0, 9))
def test_a_models_ratio_against_itself_is_one_without_any_doubt(
    listed: list[tuple[float, float, int]], seed: int
) -> None:
    same = groups([(base, base, tokens) for base, _, tokens in listed])
    ratio = bootstrap.perplexity_ratio(same, seed=seed)
    assert (ratio.value, ratio.low, ratio.high) == (1.0, 1.0, 1.0)


@settings(max_examples=40, deadline=None)
@given(st.lists(GROUP, min_size=1, max_size=20))
def test_the_ratio_is_that_of_the_perplexities(listed: list[tuple[float, float, int]]) -> None:
    ratio = bootstrap.perplexity_ratio(groups(listed), seed=0)
    tokens = sum(group[2] for group in listed)
    base, tuned = (bootstrap.perplexity(sum(group[i] for group in listed), tokens) for i in (0, 1))
    assert math.isclose(ratio.value, tuned / base, rel_tol=1e-9)


def test_the_same_seed_gives_the_same_interval_and_another_seed_a_near_one() -> None:
    listed = groups([(-100.0 - n, -80.0 - 3 * (n % 5), 30) for n in range(30)])
    first, again = (bootstrap.perplexity_ratio(listed, seed=1) for _ in range(2))
    other = bootstrap.perplexity_ratio(listed, seed=2)
    assert first == again
    assert other != first
    assert abs(other.high - first.high) < 0.02


def test_an_interval_of_noise_holds_one_and_of_a_clear_gain_does_not() -> None:
    noise = groups([(-50.0, -50.0 + (-1) ** n * 5, 20) for n in range(40)])
    gain = groups([(-50.0, -40.0 + (-1) ** n * 2, 20) for n in range(40)])
    unsure, sure = (bootstrap.perplexity_ratio(each, seed=0) for each in (noise, gain))
    assert unsure.low < 1 < unsure.high
    assert sure.low < sure.value < sure.high < 1


def test_specificity_is_what_falls_more_for_the_persona_than_for_the_others() -> None:
    own = groups([(-60.0, -40.0, 20)] * 10)
    others = groups([(-30.0, -25.0, 10)] * 10)
    found = bootstrap.specificity(own, others, seed=0)
    assert math.isclose(found.value, 1.0 - 0.5)
    assert math.isclose(bootstrap.specificity(others, own, seed=0).value, -0.5)


def test_groups_without_the_others_words_do_not_spoil_the_interval() -> None:
    own = groups([(-60.0, -40.0, 20)] * 3)
    others = GroupScores(base=[0.0, 0.0, -9.0], tuned=[0.0, 0.0, -9.0], tokens=[0, 0, 5])
    found = bootstrap.specificity(own, others, seed=0)
    assert (found.low, found.high) == (1.0, 1.0)


def test_no_tokens_and_no_groups_are_an_error() -> None:
    with pytest.raises(ValueError, match="no group has a token"):
        bootstrap.rise(GroupScores(base=[0.0], tuned=[0.0], tokens=[0]), seed=0)
    with pytest.raises(ValueError, match="no group to"):
        bootstrap.rise(GroupScores(base=[], tuned=[], tokens=[]), seed=0)
