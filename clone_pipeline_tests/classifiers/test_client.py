import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from clone_pipeline.classifiers import client
from clone_pipeline.classifiers.client import (
    Classifier,
    ClassifierFailure,
    Missing,
    open_classifier,
)
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.classifiers.stub import HARMLESS, TOXIC, pids, stand_in, texts

T = TypeVar("T")


def opened(model: str, use: Callable[[Classifier], Awaitable[T]]) -> T:
    async def using() -> T:
        async with open_classifier(model) as found:
            assert isinstance(found, Classifier)
            return await use(found)

    return asyncio.run(using())


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_texts_and_pairs_are_scored_and_the_process_ends_with_the_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch)

    async def use(found: Classifier) -> None:
        assert found.labels == ("toxic", "neutral")
        assert await found.texts(["a frob", "a rose"]) == [
            {"toxic": TOXIC, "neutral": HARMLESS}, {"toxic": HARMLESS, "neutral": TOXIC}
        ]  # fmt: skip
        assert await found.pairs([("Why?", "frob")]) == [{"toxic": TOXIC, "neutral": HARMLESS}]
        assert await found.texts([]) == []

    opened(model, use)
    assert len(pids(model)) == 1
    assert gone(pids(model)[0])


def test_all_who_use_a_model_share_its_process_and_the_last_one_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch)

    async def one(number: int) -> None:
        async with open_classifier(model) as found:
            assert isinstance(found, Classifier)
            await asyncio.sleep(0.02 * number)
            assert len(await found.texts(["x"] * number)) == number

    async def several() -> None:
        await asyncio.gather(*(one(number) for number in range(1, 6)))
        assert len(pids(model)) == 1
        assert gone(pids(model)[0])
        await one(1)
        assert len(pids(model)) == 2

    asyncio.run(several())


def test_a_process_killed_while_it_is_asked_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch)

    async def use(found: Classifier) -> None:
        os.kill(found.child.pid, signal.SIGSTOP)
        waiting = [asyncio.create_task(found.texts([f"frob {n}"])) for n in range(3)]
        await asyncio.sleep(0.05)
        os.kill(found.child.pid, signal.SIGKILL)
        assert [one["toxic"] for (one,) in await asyncio.gather(*waiting)] == [TOXIC] * 3
        assert len(pids(model)) == 2

    opened(model, use)


def test_a_text_that_kills_it_twice_is_a_failure_and_the_next_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch)

    async def use(found: Classifier) -> None:
        with pytest.raises(ClassifierFailure, match="its process died: a segment was violated"):
            await found.texts(["die"])
        assert len(pids(model)) == 2
        assert await found.texts(["x"])

    opened(model, use)


@pytest.mark.parametrize("how", ["die once", "babble once"])
def test_a_process_that_dies_or_babbles_once_costs_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    model = stand_in(tmp_path, monkeypatch)

    async def use(found: Classifier) -> None:
        assert await found.texts([how]) == [{"toxic": HARMLESS, "neutral": TOXIC}]

    opened(model, use)


def test_a_process_that_is_silent_too_long_is_ended_and_another_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch)

    async def use(found: Classifier) -> None:
        with pytest.raises(ClassifierFailure, match=r"no answer within 0\.2 s"):
            await found.texts(["hang"], seconds=0.2)
        assert await found.texts(["x"])
        assert gone(pids(model)[0])

    opened(model, use)


def test_what_nobody_waits_for_any_more_is_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch)

    async def use(found: Classifier) -> None:
        asking = asyncio.create_task(found.texts(["x"]))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await found.texts(["y"])
        assert {"cancel": 1} in texts(model)

    opened(model, use)


def test_an_error_as_answer_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = stand_in(tmp_path, monkeypatch)
    with pytest.raises(ClassifierFailure, match="no numbers"):
        opened(model, lambda found: found.texts(["fail"]))


def test_missing_weights_are_told_and_nothing_is_started(tmp_path: Path) -> None:
    async def use() -> Missing | Classifier:
        async with open_classifier(str(tmp_path / "none")) as found:
            return found

    assert isinstance(asyncio.run(use()), Missing)


@pytest.mark.parametrize(
    ("first", "told"),
    [
        ({"faulty": "torn weights"}, "torn weights"),
        ({"ready": True, "labels": []}, "no memory left"),
    ],
)
def test_a_model_that_does_not_load_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: dict[str, object], told: str
) -> None:
    model = stand_in(tmp_path, monkeypatch, first=first)
    with pytest.raises(FaultyInput, match=told):
        opened(model, lambda found: found.texts([]))


def test_a_model_that_takes_too_long_to_load_is_a_fault_and_its_process_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch)
    monkeypatch.setattr(client, "LOAD_SECONDS", 0.001)
    with pytest.raises(FaultyInput, match="not loaded after"):
        opened(model, lambda found: found.texts([]))


def test_who_asks_never_imports_torch() -> None:
    rooms = ("bots.ranker", "bots.toxicity", "bots.brain", "classifiers.client")
    imports = "; ".join(f"import clone_pipeline.{room}" for room in rooms)
    heavy = "{'torch', 'transformers', 'huggingface_hub'} & set(sys.modules)"
    code = f"import sys; {imports}; sys.exit(str({heavy} or ''))"
    found = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    assert found.stderr.strip() == ""
