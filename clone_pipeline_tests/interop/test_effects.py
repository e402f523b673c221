"""Each key that is imported has its effect: one that is ignored fails here."""

from typing import Any

import pytest
import yaml

from clone_pipeline.bots.places import place_of
from clone_pipeline.bots.settings import BotSettings
from clone_pipeline_tests.bots.rule_rows import comment, heard
from clone_pipeline_tests.interop import hotshotbot_effects, vtx_effects
from clone_pipeline_tests.interop.configurations import HOTSHOTBOT, VTX
from clone_pipeline_tests.interop.observing import (
    High,
    Low,
    bot_of,
    hotshot,
    prompt,
    settled,
    vtx,
    waits,
)

BRAIN = {"form": "bias", "attempts": 10, "max_seconds": 360, "hottest": 1.65, "most_lines": 100}


def cases(effects: dict[str, Any]) -> list[tuple[str, str]]:
    return [(key, value) for key, (_, _, seen) in effects.items() for value in seen]


@pytest.mark.parametrize(("key", "value"), cases(vtx_effects.EFFECTS))
def test_a_key_of_vtx_has_its_effect(key: str, value: str) -> None:
    text, sees, expected = vtx_effects.EFFECTS[key]
    assert sees(settled(vtx(text % value))) == expected[value]


@pytest.mark.parametrize(("key", "value"), cases(hotshotbot_effects.EFFECTS))
def test_a_key_of_hotshotbot_has_its_effect(key: str, value: str) -> None:
    text, sees, expected = hotshotbot_effects.EFFECTS[key]
    assert sees(settled(hotshot(text % value))) == expected[value]


@pytest.mark.parametrize("effects", [vtx_effects.EFFECTS, hotshotbot_effects.EFFECTS])
def test_no_case_passes_if_its_key_is_ignored(effects: dict[str, Any]) -> None:
    alike = [key for key, (_, _, seen) in effects.items() if len({*map(str, seen.values())}) < 2]
    assert alike == []


def test_every_taken_key_of_vtx_is_a_case() -> None:
    named = {"personas": "NAME", "subs": "NAME", "servers": "ID", "replacers": ""}

    def plain(key: str) -> str:
        steps = key.replace("[0]", "").replace("[1]", "").split(".")
        before = ["", *steps]
        made = [named.get(above, step) for above, step in zip(before, steps, strict=False)]
        return ".".join(filter(None, made))

    bare_places = {"reddit.subs.NAME", "discord.servers.ID"}
    taken = {plain(key) for key in vtx(VTX, MATRIXUSER="@ryanbot:m").taken}
    assert taken - bare_places <= set(vtx_effects.EFFECTS)


def test_every_taken_key_of_hotshotbot_is_a_case() -> None:
    assert {*hotshot(HOTSHOTBOT).taken} <= {*hotshotbot_effects.EFFECTS}


@pytest.mark.parametrize("key", vtx_effects.DEFAULTS)
def test_what_vtx_takes_for_granted_has_its_effect(key: str) -> None:
    text, sees, expected = vtx_effects.DEFAULTS[key]
    assert sees(settled(vtx(vtx_effects.WHO + text))) == expected


def test_the_brain_thinks_as_vtx_does() -> None:
    brain = bot_of(settled(vtx("discord:"))).brain
    assert {key: getattr(brain, key) for key in BRAIN} == BRAIN
    assert (brain.model.temperature, brain.model.max_tokens) == (0.7, 333)


def test_without_a_persona_the_model_chooses_who_speaks_and_it_is_said() -> None:
    given = settled(vtx(vtx_effects.WHO + "discord:"))
    assert bot_of(given).say_who
    assert prompt(given, heard(), voice="anyone").text.endswith("\n¶")


def test_the_lines_to_paste_for_a_followed_user_work_once_the_user_agreed() -> None:
    imported = vtx(VTX)
    why = dict(imported.not_taken)["reddit.stalk.myVictim.chance"]
    pasted = yaml.safe_load(why.partition("follow:\n")[2])
    assert "follow" not in imported.tree["bots"]["main"]["reddit"]
    imported.tree["bots"]["main"]["reddit"]["follow"] = pasted
    given = settled(imported)
    theirs = comment(channel="elsewhere", author="myvictim")
    bot = bot_of(given)
    assert bot.reddit
    place = place_of(theirs, rules=bot.rules, platform=bot.reddit)
    assert (place.chance, place.followup_frequency, place.persona) == (0.2, 0.3, ("architect",))
    place_of_all = {"chance": 1.0}
    bot.reddit.follow["myVictim"] = bot.reddit.follow["myVictim"].model_copy(update=place_of_all)
    assert (waits(theirs, Low())(given), waits(theirs, High())(given)) == (30, 90)
    vote = bot.reddit.follow["myVictim"].vote
    assert vote
    assert vote.model_dump() == {"up": 0.5, "down": 0.1, "min": 70, "max": 700}


def test_hotshotbot_speaks_with_the_form_and_tags_of_its_own() -> None:
    brain = BotSettings.model_validate(hotshot(HOTSHOTBOT).tree["bots"]["main"]).brain
    assert (brain.form, brain.dialect) == ("backstory", "hotshot")
    assert (brain.model.api, brain.post_model and brain.post_model.api) == ("completion",) * 2
