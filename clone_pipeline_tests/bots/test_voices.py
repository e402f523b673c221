import random

from clone_pipeline.bots.voices import choose


def test_a_channels_own_persona_answers_else_one_at_random() -> None:
    rng = random.Random(1)
    fixed = {"NoRules": "ryan"}
    assert choose(["a", "b"], channel="norules", fixed=fixed, rng=rng) == "ryan"
    drawn = {choose(["a", "b"], channel="x", fixed=fixed, rng=rng) for _ in range(50)}
    assert drawn == {"a", "b"}
    assert choose([], channel="x", fixed={}, rng=rng) == ""
