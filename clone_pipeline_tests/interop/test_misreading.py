"""Old configurations in which YAML reads something else than is meant, or something comes twice."""

import pytest

from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.interop.hotshotbot_effects import BASE, POSTS
from clone_pipeline_tests.interop.observing import hotshot, settled, vtx
from clone_pipeline_tests.interop.test_vtx import everything


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("reddit.subs.a.chance", "reddit: {subs: {a: {chance: yes}}}"),
        ("reddit.subs.a.limit", "reddit: {subs: {a: {limit: on}}}"),
        ("reddit.followup_frequency", "reddit: {followup_frequency: no}"),
        ("reddit.delay.min", "reddit: {delay: {min: yes}}"),
        ("discord.frequency", "discord: {frequency: true}"),
        ("telegram.chance", "telegram: {chance: no}"),
        ("discord.musing[0].frequency", "discord: {musing: [{channels: [1, 2], frequency: yes}]}"),
        ("personas.a.bias", "personas: {a: {bias: yes}}"),
    ],
)
def test_a_yes_where_vtx_has_a_number_is_a_fault(where: str, text: str) -> None:
    with pytest.raises(FaultyInput, match="no number") as raised:
        vtx(text)
    assert [fault.where for fault in raised.value.faults] == [where]


@pytest.mark.parametrize(
    "key",
    ["reply_chance", "trigger_boost", "min_reply_score", "linkpost_share", "toxicity_threshold",
     "character_budget", "max_levels", "post_frequency", "threshold_map.hate"],
)  # fmt: skip
def test_a_yes_where_hotshotbot_has_a_number_is_a_fault(key: str) -> None:
    above, _, below = key.partition(".")
    with pytest.raises(FaultyInput, match="no number") as raised:
        hotshot(f"{POSTS}{above}: {f'{{{below}: yes}}' if below else 'yes'}")
    assert [fault.where for fault in raised.value.faults] == [key]


@pytest.mark.parametrize("value", ["0123456", "1_0", "2020-01-01", "12345", "yes", "1.50"])
def test_a_secret_that_yaml_reads_as_something_else_is_a_fault_that_hides_it(value: str) -> None:
    for text, read in (
        (f"reddit: {{password: {value}}}", vtx), (f"{BASE}reddit_pass_var: {value}", hotshot),
    ):  # fmt: skip
        with pytest.raises(FaultyInput, match="Put it in quotes") as raised:
            read(text)
        assert value not in str(raised.value)
        assert "42798" not in str(raised.value)
    assert vtx(f"reddit: {{password: '{value}'}}").secrets == {"REDDITPASSWORD": value}


@pytest.mark.parametrize("password", ["correct_horse_battery", "HUNTERTWO"])
def test_a_password_that_looks_like_a_word_goes_to_env(password: str) -> None:
    imported = hotshot(f"{BASE}reddit_pass_var: {password}")
    assert imported.secrets["MAIN_REDDIT_PASSWORD"] == password
    assert password not in everything(imported)
    assert any("If reddit_pass_var names a variable" in each for each in imported.changed)


@pytest.mark.parametrize(
    ("text", "where", "other"),
    [
        ("reddit: {subs: {r/foo: {chance: 0.1}, foo: {chance: 0.7}}}",
         "reddit.subs.foo.chance", "reddit.subs.r/foo.chance"),
        ("reddit: {subs: {foo: {limit: 1}, /r/foo: {limit: 2}}}",
         "reddit.subs./r/foo.limit", "reddit.subs.foo.limit"),
    ],
)  # fmt: skip
def test_two_keys_that_mean_the_same_and_say_another_thing_are_a_fault(
    text: str, where: str, other: str
) -> None:
    with pytest.raises(FaultyInput, match="Keep one of the two") as raised:
        vtx(text)
    (fault,) = raised.value.faults
    assert fault.where == where
    assert f"`{other}`" in fault.found
    vtx("reddit: {subs: {r/foo: {chance: 0.7, persona: a}, foo: {chance: 0.7}}}")


def test_two_secrets_for_one_variable_are_a_fault_that_hides_them() -> None:
    with pytest.raises(FaultyInput, match=r"reddit\.client_id: found another REDDITCLIENT") as told:
        vtx("reddit: {client: hunter-one, client_id: hunter-two}")
    assert "hunter" not in str(told.value)


def test_a_profile_on_matrix_goes_before_the_personas_of_all_and_that_is_told() -> None:
    both = vtx("matrix: {personas: [a, b], profiles: [{username: x, persona: c}]}")
    assert both.tree["bots"]["main"]["matrix"]["rules"]["persona"] == "c"
    assert "profiles[0].persona" in dict(both.not_taken)["matrix.personas"]
    alone = vtx("matrix: {personas: [a, b], profiles: [{username: x}]}")
    assert alone.tree["bots"]["main"]["matrix"]["rules"]["persona"] == ["a", "b"]
    settled(both)


def test_what_a_subreddit_without_a_chance_says_of_the_bot_is_left_and_its_data_is_taken() -> None:
    imported = vtx("reddit: {subs: {a: {persona: ryan, filter: [x], limit: 3, type: new}}}")
    why = "not taken: VTX watches no subreddit without a chance"
    assert dict(imported.not_taken) == {"reddit.subs.a.persona": why}
    assert imported.tree["reddit"]["subs"]["a"] == {"limit": 3, "type": "new", "filter": ["x"]}
    assert "subs" not in imported.tree["bots"]["main"]["reddit"]


def test_what_is_heard_otherwise_in_chats_is_said() -> None:
    told = "\n".join(vtx("discord:\nmatrix:\nreddit:").changed)
    for word in ("discord.rules.ignored_starts", "matrix.rules.allow_dms", "reddit.inbox"):
        assert f"bots.main.{word}" in told
