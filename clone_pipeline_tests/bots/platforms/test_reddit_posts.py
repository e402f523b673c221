"""A bot's own posts on Reddit, with and without images, and what its profile says."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prawcore.exceptions import RequestException

from clone_pipeline.bots.connector import Gone, Refused, Saying, TryLater
from clone_pipeline.bots.heard import Heard
from clone_pipeline_tests.bots.platforms.listening import sent
from clone_pipeline_tests.bots.platforms.reddit_bot import Place, planned
from clone_pipeline_tests.bots.platforms.reddit_storage import Storage, storing

pytest_plugins = ["clone_pipeline_tests.bots.platforms.reddit_fixture"]

PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clone_pipeline.bots.platforms.reddit_line.WAITS", (0.01,))
    monkeypatch.setattr("clone_pipeline.bots.platforms.reddit_sending._IMAGE_LOOKS", (0.01,) * 3)


@pytest.fixture
def storage(on_reddit: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    certificate = tmp_path / "storage.pem"
    with storing(certificate) as there:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        on_reddit.server.uploads = f"127.0.0.1:{there.port}"
        yield there


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "basil.png"
    path.write_bytes(PNG)
    return path


def post(place: Place, plan: Heard, title: str, text: str = "", image: Path | None = None) -> str:
    saying = Saying(plan, text, "n" * 24, title=title, image=image, as_reply=False)
    return asyncio.run(place.connector().send(saying))


def looked_up(place: Place, plan: Heard, title: str, text: str = "") -> str | None:
    item = replace(sent(plan, f"{title}\n\n{text}".strip(), None), task="post")
    return asyncio.run(place.connector().look_up(item))


def test_a_post_has_title_text_and_flair_and_comes_once(on_reddit: Place) -> None:
    life, plan = on_reddit.life, planned("r/Plants")
    on_reddit.settings["flair"] = "a-flair-id"
    assert looked_up(on_reddit, plan, "Basil") is None
    name = post(on_reddit, plan, "Basil", "It *wilts*.")
    note = life.world.by_name[name]
    assert (note.title, note.text, life.world.subreddit_of[name]) == (
        "Basil", "It *wilts*.", "Plants",
    )  # fmt: skip
    assert life.extra[name]["link_flair_text"] == "a-flair-id"
    assert post(on_reddit, plan, "Basil", "It *wilts*.") == name
    assert looked_up(on_reddit, plan, "Basil", "It *wilts*.") == name
    assert len(life.order) == 1


def test_a_title_that_was_posted_elsewhere_or_long_ago_is_posted_again(on_reddit: Place) -> None:
    life, plan = on_reddit.life, planned()
    life.post("Moss", author="anna", title="Basil")
    life.post("Plants", author="ben", title="Basil")
    post(on_reddit, replace(plan, heard=plan.heard + timedelta(hours=1)), "Basil")
    post(on_reddit, replace(plan, heard=plan.heard + timedelta(hours=2)), "Basil")
    assert len(life.order) == 4


def test_a_title_and_a_body_that_are_too_long_are_cut_and_go_on_below(on_reddit: Place) -> None:
    life, text = on_reddit.life, "A word or two. " * 3000
    name = post(on_reddit, planned(), "T" * 400, text)
    note = life.world.by_name[name]
    assert note.title == "T" * 300
    assert len(note.text) <= 40_000
    assert "".join(f"{note.text}{note.children[0].text}".split()) == "".join(text.split())
    assert looked_up(on_reddit, planned(), "T" * 400, text) == name


@pytest.mark.parametrize("stored", [False, True])
def test_a_post_whose_answer_was_lost_is_found_or_made_once(on_reddit: Place, stored: bool) -> None:
    server, plan = on_reddit.server, planned()
    fault = lambda number, path: "cut" if path.startswith("/api/submit") else None  # noqa: E731
    server.plan, server.spoil = (server.plan, fault) if stored else (fault, server.spoil)
    with pytest.raises(RequestException, match="no answer from Reddit"):
        post(on_reddit, plan, "Basil")
    server.plan = server.spoil = lambda number, path: None
    assert (looked_up(on_reddit, plan, "Basil") is not None) is stored
    post(on_reddit, plan, "Basil")
    assert len(on_reddit.life.order) == 1


@pytest.mark.parametrize(
    ("code", "error"), [("SUBREDDIT_NOEXIST", Gone), ("NO_SELFS", Refused), ("RATELIMIT", TryLater)]
)
def test_refused_posts_are_told(on_reddit: Place, code: str, error: type[Exception]) -> None:
    on_reddit.server.refuse = lambda path, form: [code, "no", "sr"]
    with pytest.raises(error, match=code):
        post(on_reddit, planned(), "Basil")


@pytest.mark.parametrize("late", [0, 3])
def test_an_image_is_uploaded_and_its_post_waited_for(
    on_reddit: Place, storage: Storage, image: Path, late: int
) -> None:
    on_reddit.server.pictures_late = late
    name = post(on_reddit, planned(is_link=True), "Basil", image=image)
    assert storage.files == {"rte_images/abc": PNG}
    assert on_reddit.life.extra[name]["url"].endswith("/rte_images/abc")
    assert post(on_reddit, planned(is_link=True), "Basil", image=image) == name
    assert len(on_reddit.life.order) == 1


def test_an_image_that_does_not_appear_is_looked_for_again(
    on_reddit: Place, storage: Storage, image: Path
) -> None:
    on_reddit.server.pictures_late = 6
    with pytest.raises(Exception, match="does not show") as raised:
        post(on_reddit, planned(is_link=True), "Basil", image=image)
    assert not isinstance(raised.value, Refused | TryLater)
    assert looked_up(on_reddit, planned(is_link=True), "Basil") is not None


def test_a_storage_that_takes_nothing_is_for_later(
    on_reddit: Place, storage: Storage, image: Path
) -> None:
    storage.status = 503
    with pytest.raises(TryLater):
        post(on_reddit, planned(is_link=True), "Basil", image=image)
    assert not on_reddit.server.written


def test_the_profile_says_once_that_it_is_a_bot_and_keeps_the_rest(on_reddit: Place) -> None:
    on_reddit.life.profile = "I like basil."
    connector = on_reddit.connector()
    for _ in range(2):
        asyncio.run(connector.introduce("I am a bot."))
    assert on_reddit.life.profile == "I like basil.\n\nI am a bot."
    assert len(on_reddit.server.written) == 1
    on_reddit.server.refuse = lambda path, form: ["TOO_LONG", "max: 200", "public_description"]
    with pytest.raises(Refused, match="TOO_LONG"):
        asyncio.run(connector.introduce("Another text"))
