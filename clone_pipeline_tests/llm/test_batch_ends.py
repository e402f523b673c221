import json
import logging
import time
import urllib.request
from pathlib import Path

import pytest

from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline_tests.llm.batch_program import ask
from clone_pipeline_tests.llm.batch_server import Body, running
from clone_pipeline_tests.llm.test_batch import leave_waiting


def test_what_failed_in_a_batch_is_asked_again_in_the_next(tmp_path: Path) -> None:
    def status(body: Body, tries: int) -> int:
        return 500 if tries < 3 and "Question 3?" in str(body) else 200

    with running(status=status) as server:
        ask(server, tmp_path, 10)
        assert server.sizes == [10, 1, 1]
        assert set(server.paid.values()) == {1}


def test_after_three_batches_without_an_answer_the_request_has_failed(tmp_path: Path) -> None:
    with (
        running(status=lambda body, tries: 500) as server,
        pytest.raises(LlmFailure, match="answered 500: .*an error 500"),
    ):
        ask(server, tmp_path, 1)
    assert server.sizes == [1, 1, 1]


def test_what_is_refused_for_good_is_not_sent_again(tmp_path: Path) -> None:
    with running(status=lambda body, tries: 400) as server, pytest.raises(LlmFailure, match="400"):
        ask(server, tmp_path, 1)
    assert server.sizes == [1]


def test_an_expired_batch_gives_what_it_has_and_the_rest_is_sent_anew(tmp_path: Path) -> None:
    with running(fate=lambda number: "completed" if number else "expired") as server:
        ask(server, tmp_path, 10)
        assert server.sizes == [10, 5]
        assert set(server.paid.values()) == {1}


def test_a_cancelled_batch_is_said_and_what_it_has_is_kept(tmp_path: Path) -> None:
    with running(fate=lambda number: "completed" if number else "cancelled") as server:
        with pytest.raises(LlmFailure, match="is cancelled. Run again to send what is unanswered"):
            ask(server, tmp_path, 10)
        ask(server, tmp_path, 10)
        assert server.sizes == [10, 5]


def test_a_batch_that_fails_as_a_whole_is_sent_three_times(tmp_path: Path) -> None:
    with (
        running(fate=lambda number: "invalid_thing") as server,
        pytest.raises(LlmFailure, match="is failed .invalid_thing: invalid_thing!"),
    ):
        ask(server, tmp_path, 4)
    assert server.sizes == [4, 4, 4]


def test_more_tokens_than_may_be_queued_are_sent_in_halves_one_by_one(tmp_path: Path) -> None:
    sizes: list[int] = []
    with running(fate=lambda n: "token_limit_exceeded" if sizes[n] > 5 else "completed") as server:
        sizes = server.sizes
        ask(server, tmp_path, 16)
        assert server.sizes[0] == 16
        assert sorted(server.sizes)[-3:] == [8, 8, 16] or max(server.sizes[2:]) <= 8
        assert set(server.paid.values()) == {1}
        assert server.files == {}


def test_a_batch_whose_files_are_gone_does_not_stop_every_later_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(seconds=0.8) as server:
        leave_waiting(server, tmp_path / "j")
        time.sleep(0.9)
        with urllib.request.urlopen(f"{server.base_url}/batches/{next(iter(server.batches))}") as r:
            assert json.load(r)["status"] == "completed"
        server.files.clear()
        server.script.seconds = 0
        with caplog.at_level(logging.INFO):
            ask(server, tmp_path, 5)
        assert server.sizes == [5, 5]
        assert "is not there any more" in caplog.text
