from collections.abc import Iterator
from pathlib import Path

import pytest

from clone_pipeline_tests.bots.platforms import synapse as homeserver
from clone_pipeline_tests.bots.platforms import telegram_server
from clone_pipeline_tests.bots.platforms.matrix_world import World, world_of
from clone_pipeline_tests.bots.platforms.synapse import Synapse, User
from clone_pipeline_tests.bots.platforms.telegram_server import TOKEN, TelegramServer
from clone_pipeline_tests.bots.quick_folder import quick_folder


@pytest.fixture(scope="session")
def synapse() -> Iterator[Synapse]:
    with quick_folder() as folder, homeserver.running(folder) as server:
        yield server


@pytest.fixture(scope="session")
def people(synapse: Synapse) -> tuple[User, User]:
    return synapse.user("anne", "Anne Kramer"), synapse.user("ben", "Ben")


@pytest.fixture
def world(
    synapse: Synapse, people: tuple[User, User], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    with world_of(synapse, people, tmp_path, monkeypatch) as world:
        yield world


@pytest.fixture
def bot_api(monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramServer]:
    monkeypatch.setenv("TELEGRAMBOTAPIKEY", TOKEN)
    with telegram_server.running() as server:
        yield server
