import zipfile
from pathlib import Path

import pytest

from clone_pipeline import checking, checking_chats
from clone_pipeline.chats import parsers
from clone_pipeline.checking import Findings
from clone_pipeline_tests.defs.small_project import make_project, settings, write_settings
from clone_pipeline_tests.llm.openai_server import running


def check(folder: Path, *, alive: bool = False) -> Findings:
    return checking.check(folder, daemon_alive=lambda _: alive)


def base_in(folder: Path) -> None:
    """A folder `base` with the names of a model's files."""
    (folder / "base").mkdir(parents=True)
    for name in checking.MODEL_FILES:
        (folder / "base" / name).write_text("{}", encoding="utf-8")


def test_a_project_in_order_has_facts_and_no_faults(tmp_path: Path) -> None:
    base_in(tmp_path)
    with running() as server:
        make_project(tmp_path / "p", base=tmp_path / "base", url=server.base_url)
        found = check(tmp_path / "p")
    assert found.faults == []
    facts = "\n".join(found.facts)
    assert "Anna (anna)" in facts
    assert "raw_input/chats: 1 files" in facts
    assert "raw_input/docs: 1 files" in facts
    assert f"base model: {tmp_path / 'base'}, method lora" in facts


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (None, "nothing leaves this machine"),
        ("http://127.0.0.1:9/v1", f"text of {checking.TABLES_SENT} goes to 127.0.0.1:9"),
        ("http://api.invalid/v1", f"text of {checking.TABLES_SENT} goes to api.invalid"),
    ],
)
def test_the_host_that_receives_text_is_named_with_the_tables(
    tmp_path: Path, url: str | None, sentence: str
) -> None:
    base_in(tmp_path)
    write_settings(tmp_path, settings(tmp_path / "base", url=url))
    [said] = [fact for fact in check(tmp_path).facts if fact.startswith("QA writer: ")]
    assert sentence in said


@pytest.mark.parametrize("alive", [True, False])
def test_it_says_whether_a_daemon_is_alive(tmp_path: Path, alive: bool) -> None:
    found = check(tmp_path, alive=alive)
    assert any("daemon is alive" in fact for fact in found.facts) is alive
    assert any("no Dagster daemon is alive" in each for each in found.warnings) is not alive


def test_all_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    base_in(tmp_path)
    (tmp_path / "base/tokenizer.json").unlink()
    tree = settings(tmp_path / "base", url="http://127.0.0.1:9/v1")
    tree["personas"] = {"anna": {"name": "Anna"}}
    write_settings(tmp_path, tree)
    faults = {fault.where: str(fault) for fault in check(tmp_path).faults}
    assert set(faults) == {"raw_input", "personas.anna.accounts", "training.base_model"}
    assert "without tokenizer.json" in faults["training.base_model"]


@pytest.mark.parametrize("documents", [True, False])
def test_a_missing_key_is_a_fault_only_where_documents_need_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, documents: bool
) -> None:
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    base_in(tmp_path)
    make_project(tmp_path / "p", base=tmp_path / "base", url="http://127.0.0.1:9/v1")
    tree = settings(tmp_path / "base", url="http://127.0.0.1:9/v1")
    tree["llm"] = {"base_url": "http://127.0.0.1:9/v1", "model": "m", "api_key_env": "NO_SUCH_KEY"}
    write_settings(tmp_path / "p", tree)
    if not documents:
        for path in (tmp_path / "p/raw_input/docs").iterdir():
            path.unlink()
    found = check(tmp_path / "p")
    assert any("NO_SUCH_KEY" in str(fault) for fault in found.faults) is documents
    assert any("llm: not asked" in warning for warning in found.warnings) is not documents


def test_chats_without_a_persona_are_a_fault(tmp_path: Path) -> None:
    base_in(tmp_path)
    with running() as server:
        make_project(tmp_path / "p", base=tmp_path / "base", url=server.base_url)
        tree = settings(tmp_path / "base", url=server.base_url)
        del tree["personas"]
        write_settings(tmp_path / "p", tree)
        assert [fault.where for fault in check(tmp_path / "p").faults] == ["personas"]


def test_a_chat_file_that_no_parser_knows_is_a_warning(tmp_path: Path) -> None:
    base_in(tmp_path)
    with running() as server:
        make_project(tmp_path / "p", base=tmp_path / "base", url=server.base_url)
        (tmp_path / "p/raw_input/chats/poem.xyz").write_text("a rose", encoding="utf-8")
        found = check(tmp_path / "p")
    assert any("poem.xyz" in warning for warning in found.warnings)


def test_private_zips_are_unpacked_in_the_project_and_nothing_of_them_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chats = tmp_path / "chats"
    chats.mkdir()
    with zipfile.ZipFile(chats / "a.zip", "w") as archive:
        archive.writestr("a.json", "{}")
    seen: list[Path] = []
    monkeypatch.setattr(parsers, "find", lambda path: seen.append(path))
    private = tmp_path / ".private"
    assert checking_chats.check_chats(chats, private=private)[0] == 1
    assert seen[0].is_relative_to(private)
    assert not [path for path in private.rglob("*") if path.is_file()]


def test_the_log_of_a_database_is_no_file_that_no_parser_knows(tmp_path: Path) -> None:
    (tmp_path / "chat.db-wal").write_bytes(b"x")
    assert checking_chats.check_chats(tmp_path, private=tmp_path / ".private") == (0, [], [])


def test_a_chat_file_that_vanishes_meanwhile_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: Path) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    (tmp_path / "a.json").write_text("[]", encoding="utf-8")
    monkeypatch.setattr(parsers, "find", gone)
    [warning] = checking_chats.check_chats(tmp_path, private=tmp_path / ".private")[2]
    assert "a.json: can't be read (No such file or directory)" in warning


def access(folder: Path, monkeypatch: pytest.MonkeyPatch, *, url: str, key: str = "k") -> str:
    """The faults of a project that asks for the models "small" and "strong" at `url`."""
    base_in(folder)
    make_project(folder / "p", base=folder / "base", url=url)
    tree = settings(folder / "base", url=url)
    tree["llm"] = {
        "base_url": url, "model": "small", "large_model": "strong", "api_key_env": "TEST_KEY"
    }  # fmt: skip
    write_settings(folder / "p", tree)
    monkeypatch.setenv("TEST_KEY", key)
    return "\n".join(str(fault) for fault in check(folder / "p").faults)


def test_a_model_that_the_endpoint_lacks_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as server:
        said = access(tmp_path, monkeypatch, url=server.base_url)
    lacks = "llm.large_model: found `strong`, which the endpoint lacks."
    assert said == f"{lacks} It offers: large, small."


def test_an_endpoint_that_does_not_answer_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = access(tmp_path, monkeypatch, url="http://127.0.0.1:9/v1")
    assert "no answer from http://127.0.0.1:9/v1" in said


def test_a_broken_clone_yaml_does_not_keep_the_rest_from_being_looked_at(tmp_path: Path) -> None:
    (tmp_path / "clone.yaml").write_text("qa: {votes: x, vots: 1}\n", encoding="utf-8")
    found = check(tmp_path)
    assert {fault.where for fault in found.faults} == {"qa.votes", "qa.vots"}
    assert found.warnings


def test_reddit_without_credentials_is_a_fault_but_with_dumps_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REDDITCLIENT", "REDDITSECRET", "REDDITAGENT", "REDDITPASSWORD"):
        monkeypatch.delenv(name, raising=False)
    base_in(tmp_path)
    tree = settings(tmp_path / "base", url=None) | {"reddit": {"subs": {"ferries": None}}}
    write_settings(tmp_path, tree)
    found = check(tmp_path)
    assert [fact for fact in found.facts if "r/ferries, at 3:00 every night (UTC)" in fact]
    assert [fault.where for fault in found.faults] == ["REDDITCLIENT", "REDDITSECRET"]
    (tmp_path / "raw_input" / "reddit").mkdir(parents=True)
    (tmp_path / "raw_input" / "reddit" / "ferries_submissions.ndjson").write_text("{}\n")
    found = check(tmp_path)
    assert found.faults == []
    assert "Reddit: no credentials, so only dumps are read" in found.warnings
    monkeypatch.setenv("REDDITCLIENT", "id")
    monkeypatch.setenv("REDDITSECRET", "secret")
    assert not [each for each in check(tmp_path).warnings if "credentials" in each]
