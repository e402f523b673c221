"""Image posts of a bot on Reddit."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from clone_pipeline.bots.connector import CannotTell, Refused, Saying, TryLater
from clone_pipeline.bots.platforms.reddit_line import Stopped
from clone_pipeline.bots.platforms.reddit_parts import NotThereYet
from clone_pipeline_tests.bots.platforms.listening import until
from clone_pipeline_tests.bots.platforms.reddit_bot import Place, looked_up, planned, post
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


def test_of_an_image_that_is_not_there_yet_nobody_can_tell(
    on_reddit: Place, storage: Storage, image: Path
) -> None:
    on_reddit.server.pictures_late = 14
    with pytest.raises(NotThereYet):
        post(on_reddit, planned(is_link=True), "Basil", image=image)
    with pytest.raises(CannotTell):
        looked_up(on_reddit, planned(is_link=True), "Basil")


def test_what_waits_for_an_image_ends_where_the_bot_ends(
    on_reddit: Place, storage: Storage, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clone_pipeline.bots.platforms.reddit_sending._IMAGE_LOOKS", (60.0,))
    on_reddit.server.pictures_late = 9
    connector = on_reddit.connector()
    saying = Saying(planned(is_link=True), "", "n" * 24, "Basil", image, as_reply=False)

    async def run() -> None:
        sending = asyncio.create_task(connector.send(saying))
        await until(lambda: on_reddit.server.pictures_late == 8)
        await connector.close()
        with pytest.raises(Stopped):
            await asyncio.wait_for(sending, 5)

    asyncio.run(run())


def test_a_storage_that_takes_nothing_is_for_later(
    on_reddit: Place, storage: Storage, image: Path
) -> None:
    storage.status = 503
    with pytest.raises(TryLater):
        post(on_reddit, planned(is_link=True), "Basil", image=image)
    assert not on_reddit.server.written
