"""HotShotBot's configuration as a bot; the effects of its keys are in test_effects.py."""

import pytest

from clone_pipeline.interop.hotshotbot import read_hotshotbot
from clone_pipeline.interop.writing import text_of
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.interop.configurations import HOTSHOTBOT
from clone_pipeline_tests.interop.hotshotbot_effects import BASE, POSTS
from clone_pipeline_tests.interop.observing import bot_of, hotshot, settled
from clone_pipeline_tests.interop.test_vtx import everything

SECRET = "hf_s3cretValue0fNobody"


@pytest.mark.parametrize(
    ("key", "variable"),
    [
        ("reddit_pass_var", "MAIN_REDDIT_PASSWORD"), ("reddit_ID_var", "MAIN_REDDIT_CLIENT"),
        ("reddit_secret_var", "MAIN_REDDIT_SECRET"), ("HF_key_var", "MAIN_HF_KEY"),
        ("azure_token_var", "MAIN_AZURE_KEY"),
    ],
)  # fmt: skip
def test_a_secret_in_a_variable_s_place_goes_to_env_under_a_name(key: str, variable: str) -> None:
    imported = hotshot(f"{BASE}{key}: {SECRET}")
    assert imported.secrets == {"MAIN_REDDIT_USER": "HotBot", variable: SECRET}
    assert SECRET not in everything(imported)
    assert variable in text_of(imported)
    settled(imported)


@pytest.mark.parametrize("key", ["Google_API_key_var", "deepai_api_key_var", "some_other_var"])
def test_a_secret_that_is_of_no_use_here_is_not_shown(key: str) -> None:
    imported = hotshot(f"{BASE}{key}: {SECRET}")
    assert SECRET not in f"{everything(imported)}{imported.secrets}"


def test_a_variable_that_is_not_set_is_told() -> None:
    told = hotshot(BASE + "reddit_pass_var: MY_PASS", env={}).changed
    assert "The variable MY_PASS is not set: put it into .env." in told
    told = hotshot(BASE + "reddit_pass_var: MY_PASS", env={"MY_PASS": "x"}).changed
    assert not any("MY_PASS" in each for each in told)


def test_two_bots_have_variables_of_their_own() -> None:
    names = {
        name for bot in ("one", "two")
        for name in read_hotshotbot(f"{BASE}reddit_pass_var: {SECRET}", name=bot, env={}).secrets
    }  # fmt: skip
    assert len(names) == 4


def test_models_go_to_hugging_face_s_router_with_the_word_that_it_completes_nothing() -> None:
    imported = hotshot(HOTSHOTBOT)
    brain = bot_of(settled(imported)).brain
    assert brain.model.base_url == "https://router.huggingface.co/v1"
    assert "change it" in text_of(imported)
    told = "\n".join(imported.changed)
    assert "bots.main.brain.model.base_url to a server" in told
    assert "bots.main.brain.post_model.base_url to a server" in told


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("reply_textgen_parameters.num_return_sequences", "not needed"),
        ("post_textgen_parameters.stop_token", "not needed"),
        ("reply_textgen_parameters.return_full_text", "not needed"),
        ("Google_API_key_var", "2026"), ("azure_endpoint", "captions"),
        ("deepai_api_key_var", "reddit.images"), ("post_tries", "brain.attempts"),
        ("topic_list", "trigger_words"), ("topic_classifier", "trigger_words"),
        ("topic_threshold", "trigger_words"), ("dynamic_prompt", "operators"),
    ],
)  # fmt: skip
def test_what_is_not_taken_says_what_to_use_instead(key: str, word: str) -> None:
    assert word in dict(hotshot(HOTSHOTBOT).not_taken)[key]


def test_a_bot_without_a_model_for_posts_posts_nothing() -> None:
    imported = hotshot(BASE + "post_frequency: 24\npost_textgen_parameters: {top_k: 4}")
    assert set(dict(imported.not_taken)) == {"post_frequency", "post_textgen_parameters"}
    settled(imported)


def test_a_schedule_goes_before_a_frequency() -> None:
    imported = hotshot(POSTS + "post_frequency: 24\npost_schedule: {mon: ['9:30', 10:30]}")
    sub = imported.tree["bots"]["main"]["reddit"]["subs"]["garden"]
    assert sub == {"post_schedule": {"mon": ["09:30", "10:30"]}}
    assert "post_frequency" in dict(imported.not_taken)
    settled(imported)


def test_a_schedule_without_days_is_for_every_day() -> None:
    imported = hotshot(POSTS + "post_schedule: [09:30, 22:00]")
    made = settled(imported).bots["main"].reddit
    assert made
    assert len(made.subs["garden"].post_schedule) == 7
    assert set(made.subs["garden"].post_schedule.values()) == {("09:30", "22:00")}
    assert any("every day" in sentence for sentence in imported.changed)


def test_submissions_that_are_left_alone_while_comments_are_not_are_told() -> None:
    imported = hotshot(BASE + "followup_only: False\nread_posts: False")
    assert "read_posts" in dict(imported.not_taken)


@pytest.mark.parametrize("key", ["bot_username", "bot_subreddit"])
def test_a_key_that_it_cannot_be_without_is_asked_for(key: str) -> None:
    text = "".join(line + "\n" for line in BASE.splitlines() if key not in line)
    with pytest.raises(FaultyInput, match=key):
        hotshot(text)


def test_patterns_among_keywords_are_told() -> None:
    assert any("literally" in each for each in hotshot(BASE + "negative_keywords: [a.b]").changed)


def test_what_it_does_not_know_is_named() -> None:
    text = BASE + "reply_chanse: 1\nreply_textgen_parameters: {topk: 3}"
    assert set(hotshot(text).unknown) == {"reply_chanse", "reply_textgen_parameters.topk"}


def test_an_empty_value_is_as_good_as_none() -> None:
    keys = (
        "bot_backstory", "HF_key_var", "post_flair", "trigger_words", "read_posts", "max_levels",
        "post_schedule", "toxicity_threshold", "character_budget", "azure_token_var",
    )  # fmt: skip
    imported = hotshot(BASE + "".join(f"{key}:\n" for key in keys))
    assert imported.unknown == []
    assert set(keys) <= set(imported.taken)
    settled(imported)
