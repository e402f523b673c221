"""VTX's config.yml as a bot of clone.yaml; the effects of its keys are in test_effects.py."""

from collections.abc import Iterator
from typing import Any

import pytest

from clone_pipeline.interop.vtx import read_vtx
from clone_pipeline.interop.writing import text_of
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.interop.configurations import VTX
from clone_pipeline_tests.interop.observing import bot_of, settled, vtx

SECRET = "s3cret-Value-0f-nobody"


def everything(imported: Any) -> str:
    """All that is shown or written but .env."""
    told = (imported.not_taken, imported.unknown, imported.changed, imported.taken)
    return f"{text_of(imported)}{told}{imported.origins}"


def inline() -> Iterator[tuple[str, str]]:
    yield from (
        (f"{section}: {{{key}: {SECRET}}}", variable)
        for section, key, variable in [
            ("discord", "token", "DISCORDTOKEN"), ("discord", "botToken", "DISCORDTOKEN"),
            ("reddit", "client", "REDDITCLIENT"), ("reddit", "client_id", "REDDITCLIENT"),
            ("reddit", "client_secret", "REDDITSECRET"), ("reddit", "username", "REDDITAGENT"),
            ("reddit", "password", "REDDITPASSWORD"), ("telegram", "api_key", "TELEGRAMBOTAPIKEY"),
            ("telegram", "token", "TELEGRAMBOTAPIKEY"), ("matrix", "user", "MATRIXUSER"),
            ("matrix", "password", "MATRIXPASSWORD"),
        ]
    )  # fmt: skip
    yield f"DISCORDTOKEN: {SECRET}", "DISCORDTOKEN"


@pytest.mark.parametrize(("text", "variable"), [*inline()])
def test_a_secret_in_the_configuration_goes_to_env_only(text: str, variable: str) -> None:
    imported = vtx(text)
    assert imported.secrets == {variable: SECRET}
    assert SECRET not in everything(imported)
    assert any(variable in sentence for sentence in imported.changed)


@pytest.mark.parametrize(
    "text",
    [
        "discord: {self_token: %s}", "discord: {DISCORDSELFTOKEN: %s}", "twitch: {token: %s}",
        "x: {bearer: %s}", "smtp: {password: %s}", "horde: {api_key: %s}",
        "discord: {servers: {7: {webhook: %s}}}", "something: {key: %s}", "reddit: {whatever: %s}",
    ],
)  # fmt: skip
def test_a_secret_that_is_of_no_use_here_is_not_shown(text: str) -> None:
    imported = vtx(text % SECRET)
    assert imported.secrets == {}
    assert SECRET not in everything(imported)


def test_a_secret_that_the_environment_contradicts_is_told() -> None:
    imported = vtx(f"discord: {{token: {SECRET}}}", DISCORDTOKEN="another")
    assert any("wins" in sentence for sentence in imported.changed)
    assert "another" not in everything(imported)


def test_a_token_of_a_person_s_account_is_refused() -> None:
    refused = dict(vtx("discord: {use_self_token: True, self_token: abc}").not_taken)
    assert all("Discord's terms" in why for why in refused.values())
    assert set(refused) == {"discord.use_self_token", "discord.self_token"}


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("mind.model", "training"), ("mind.training", "training"), ("soul", "training"),
        ("mind.max_new_tokens", "brain.model.max_tokens"), ("collections", "datasets.weights"),
        ("mind.truncate_length", "brain.context_tokens"), ("twitch", "Twitch"), ("x", "X"),
        ("source.channel1", "active_chance: 0.6"), ("discord.export_dms", "DiscordChatExporter"),
        ("source.focus.support", "passive_chance: 0.02"), ("disposition", "logit_bias"),
        ("discord.servers.830300981966143488.webhook", "webhooks"),
        ("personas.Short Cirkuitz.disposition", "logit_bias"),
        ("reddit.stalk.myVictim.chance", "agreed: true"),
    ],
)  # fmt: skip
def test_what_is_not_taken_says_what_to_use_instead(key: str, word: str) -> None:
    assert word in dict(vtx(VTX).not_taken)[key]


def test_focus_tells_which_key_is_a_model() -> None:
    text = "dream: {info: a}"
    assert vtx(text).unknown == ["dream"]
    assert vtx(text, FOCUS="dream").unknown == []


def test_a_misspelt_key_is_named() -> None:
    text = "discord: {frequencyy: 1}\nredit: {}\nmind: {modl: a, model: b}\n"
    text += "reddit: {subs: {NoRules: {chnce: 1}}}"
    assert vtx(text).unknown == [
        "discord.frequencyy", "redit", "mind.modl", "reddit.subs.NoRules.chnce",
    ]  # fmt: skip


def test_the_newer_spelling_counts_where_both_are_there() -> None:
    imported = vtx("reddit: {subs: {NoRules: {chance: 0.1, frequency: 0.2}}}")
    assert imported.tree["bots"]["main"]["reddit"]["subs"]["NoRules"]["chance"] == 0.2
    assert dict(imported.not_taken) == {"reddit.subs.NoRules.chance": "`frequency` says it"}


def test_a_persona_that_is_defined_nowhere_has_its_name_only() -> None:
    imported = vtx("discord: {servers: {7: {persona: Brain}}}")
    bot = bot_of(settled(imported))
    assert bot.voices["brain"].name == "Brain"
    assert any("`Brain` is not defined" in sentence for sentence in imported.changed)


def test_personas_whose_names_are_no_keys_are_found_by_the_bot() -> None:
    text = "personas: {'Short Cirkuitz!': {bias: 625486818321760256}, short-cirkuitz: }\n"
    imported = vtx(text + "telegram: {persona: ['Short Cirkuitz!', short-cirkuitz]}")
    keys = imported.tree["bots"]["main"]["telegram"]["rules"]["persona"]
    assert keys == ["short-cirkuitz", "short-cirkuitz-2"]
    assert settled(imported).personas["short-cirkuitz"].name == "Short Cirkuitz!"


def test_a_bias_is_the_person_s_account_on_discord_once() -> None:
    bias = 625486818321760256
    imported = vtx(f"personas: {{a: {{bias: {bias}}}, b: {{bias: '{bias}'}}}}")
    made = settled(imported)
    assert made.accounts() == {"a": {"discord": [str(bias)]}, "b": {}}
    assert made.personas["b"].bias == bias
    assert any("one bias" in sentence for sentence in imported.changed)


def test_a_persona_called_anyone_does_not_speak_for_all() -> None:
    bot = vtx("personas: {anyone: }\ndiscord:").tree["bots"]["main"]
    assert bot["persona"] == "anyone-2"


def test_the_rate_of_a_musing_is_shared_by_its_channels() -> None:
    text = "discord: {musing: [{channels: [1, 2, 3, 4], frequency: 0.2, prompts: [a]}]}"
    assert vtx(text).tree["bots"]["main"]["discord"]["musing"][0]["frequency"] == 0.05


def test_of_several_profiles_on_matrix_that_of_the_account_is_taken() -> None:
    imported = vtx(VTX, MATRIXUSER="@ryanbot:matrix.org")
    assert imported.tree["bots"]["main"]["matrix"]["rules"]["persona"] == "ryan"
    assert "matrix.profiles[0]" in dict(imported.not_taken)


def test_only_what_is_configured_is_a_platform() -> None:
    assert set(bot_of(settled(vtx("telegram:"))).platforms()) == {"telegram"}
    assert "reddit" not in vtx("telegram:").tree


@pytest.mark.parametrize("text", ["discord: 5", "reddit: {subs: [a]}", "personas: [a]"])
def test_a_section_that_is_none_is_a_fault(text: str) -> None:
    with pytest.raises(FaultyInput, match="no keys with values"):
        vtx(text)


def test_a_bot_needs_a_name_that_can_be_one() -> None:
    with pytest.raises(FaultyInput, match="the bot's name"):
        read_vtx("discord:", name="My Bot", env={})


def test_what_is_meant_differently_is_said() -> None:
    told = "\n".join(vtx(VTX).changed)
    for word in ("capital", "bannedUsers", "musing", "threads a day", "gen", "base_url"):
        assert word in told
