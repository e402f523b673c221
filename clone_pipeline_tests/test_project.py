from pathlib import Path

import pytest

from clone_pipeline import project
from clone_pipeline.scaffold import template
from clone_pipeline.settings import Fault, FaultyInput

REPOSITORY = Path(__file__).parents[1]


def faults_in(written: str, folder: Path) -> list[Fault]:
    with pytest.raises(FaultyInput) as caught:
        project.parse(written, folder=folder)
    return caught.value.faults


def where_and_all(written: str, folder: Path) -> dict[str, str]:
    return {fault.where: str(fault) for fault in faults_in(written, folder)}


@pytest.mark.parametrize("written", ["", "\n# only a comment\n", "{}"])
def test_an_empty_file_means_the_defaults(tmp_path: Path, written: str) -> None:
    read = project.parse(written, folder=tmp_path)
    assert read == project.Project()
    assert read.chunking.max_chars == 1900
    assert read.sessions.gap_seconds == 600
    assert read.qa.votes == 3
    assert read.training.base_model == "embedded"
    assert read.llm.base_url is None


def test_the_shipped_clone_yaml_and_the_template_are_right(tmp_path: Path) -> None:
    shipped = project.load(REPOSITORY)
    assert shipped.personas
    assert project.parse(template("clone.yaml"), folder=tmp_path).personas["me"].name == "Me"


def test_what_the_template_offers_in_comments_is_right_too(tmp_path: Path) -> None:
    lines = template("clone.yaml").splitlines()
    offered = [line[2:] for line in lines if line.startswith("# ") and ":" in line.split("#")[1]]
    keys = ("expert:", "  system", "llm:", "  base", "  api", "  model", "  large", "  conc")
    offered = [
        line for line in offered if line.startswith((*keys, "qa:", "chunking:", "datasets:"))
    ]
    read = project.parse("\n".join(offered), folder=tmp_path)
    assert read.llm.concurrency == 60
    assert read.llm.base_url == "http://127.0.0.1:8000/v1"
    assert "{data}" in read.expert.system_prompt_rag


def test_the_keys_that_others_rely_on_are_understood(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    written = """
personas:
  anna:
    name: Anna
    accounts: {discord: ["80605"], whatsapp: ["Anna K."], neutral: ["anna"]}
    system_prompt: "CONTEXT: Anna is here."
  ben: {name: Ben, accounts: {discord: ["1"]}}
expert: {system_prompt: "You know.", system_prompt_rag: "You know. {data}"}
llm:
  base_url: http://127.0.0.1:8000/v1
  api_key_env: OPENAI_API_KEY
  model: small-and-cheap
  large_model: strong
  concurrency: 60
cleaning: {near_duplicates: true}
chunking: {max_chars: 1900}
qa: {votes: 3, checks: [question, accuracy, relevancy], prompts: prompts}
datasets: {persona_format: segments}
training: {base_model: embedded, method: {name: galore, rank: 16}}
"""
    read = project.parse(written, folder=tmp_path)
    assert read.accounts() == {
        "anna": {"discord": ["80605"], "whatsapp": ["Anna K."], "neutral": ["anna"]},
        "ben": {"discord": ["1"]},
    }
    assert read.system_prompts()["anna"] == "CONTEXT: Anna is here."
    assert "Ben" in read.system_prompts()["ben"]
    assert read.names() == {"anna": "Anna", "ben": "Ben"}


def test_all_faults_are_reported_at_once_each_with_path_found_and_fix(tmp_path: Path) -> None:
    found = where_and_all(
        """
personas:
  anna: {name: Anna, accounts: {discord: ["1"]}, sistem_prompt: x}
  ben: {accounts: {discord: ["1"]}}
  "Not a key!": {name: x}
chunking: {max_char: 100}
qa: {votes: many, prompts: my-prompts}
training: {base_model: ./no-model, method: {name: lora, rank: 8}}
datasts: {}
""",
        tmp_path,
    )
    assert "Did you mean `system_prompt`?" in found["personas.anna.sistem_prompt"]
    assert "required" in found["personas.ben.name"]
    assert "`anna`" in found["personas.ben.accounts.discord"]
    assert any(where.startswith("personas.Not a key!") for where in found)
    assert "Did you mean `max_chars`?" in found["chunking.max_char"]
    assert "'many' (str)" in found["qa.votes"]
    assert "`my-prompts`, which is no folder" in found["qa.prompts"]
    assert "`./no-model`, which is no folder" in found["training.base_model"]
    assert "unknown key `rank`" in found["training.method.lora.rank"]
    assert "Did you mean `datasets`?" in found["datasts"]
    assert len(found) == 10


def test_a_key_unlike_any_other_gets_the_list_of_those_that_exist(tmp_path: Path) -> None:
    [fault] = faults_in("sessions: {zzz: 1}", tmp_path)
    assert "Known here: adaptive, disentangle, gap_seconds" in fault.fix


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ("chunking: [1]", "chunking"),
        ("chunking: {max_chars: 10}", "chunking.max_chars"),
        ("datasets: {held_out: .nan}", "datasets.held_out"),
        ("training: {method: {name: magic}}", "training.method"),
        ("personas: {a: {name: A, accounts: {discord: [80605]}}}",
         "personas.a.accounts.discord.0"),
        ("expert: {system_prompt_rag: no passage}", "expert.system_prompt_rag"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_by_its_path(tmp_path: Path, written: str, where: str) -> None:
    [fault] = faults_in(written, tmp_path)
    assert fault.where == where
    assert fault.fix


def test_an_account_may_not_belong_to_two_personas(tmp_path: Path) -> None:
    written = """
personas:
  a: {name: A, accounts: {discord: ["1", "2"], whatsapp: ["1"]}}
  b: {name: B, accounts: {discord: ["2"]}}
"""
    [fault] = faults_in(written, tmp_path)
    assert fault.where == "personas.b.accounts.discord"
    assert "`2`" in fault.found
    assert "`a`" in fault.fix


def test_every_key_that_is_written_twice_is_reported_with_its_line(tmp_path: Path) -> None:
    written = "qa: {votes: 3}\nchunking:\n  max_chars: 300\n  max_chars: 400\nqa: {votes: 1}\n"
    faults = faults_in(written, tmp_path)
    assert {fault.where for fault in faults} == {"clone.yaml, line 4", "clone.yaml, line 5"}


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ("qa:\n  votes: 3\n chunking: {}\n", "clone.yaml, line 3"),
        ("qa: {votes: 3\n", "clone.yaml, line 2"),
        ('qa: "no end\n', "clone.yaml, line 2"),
        ("qa: !!python/object:os.system {}\n", "clone.yaml, line 1"),
        ("? [a]\n: 1\n", "clone.yaml, line 1"),
        ("qa: a\x07b\n", "clone.yaml"),
        ("qa: 2024-13-45\n", "clone.yaml"),
        ("- qa\n", "clone.yaml"),
        ("just words\n", "clone.yaml"),
    ],
)
def test_what_is_no_yaml_is_a_fault_with_its_line(tmp_path: Path, written: str, where: str) -> None:
    [fault] = faults_in(written, tmp_path)
    assert fault.where == where
    assert fault.fix


def test_a_secret_that_was_pasted_is_not_shown(tmp_path: Path) -> None:
    [fault] = faults_in("llm: {api_key_env: sk-proj-abc/123 456}", tmp_path)
    assert "abc" not in str(fault)
    assert fault.where == "llm.api_key_env"


def test_a_missing_file_is_a_fault_that_names_init(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match=r"clone\.yaml.*no such file.*clone-pipeline init"):
        project.load(tmp_path)


@pytest.mark.parametrize("make", [lambda p: p.mkdir(), lambda p: p.write_bytes(b"qa: \xff\xfe")])
def test_a_file_that_is_no_text_is_a_fault(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / "clone.yaml")
    with pytest.raises(FaultyInput, match="no readable text"):
        project.load(tmp_path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "clone.yaml").write_bytes(b"\xef\xbb\xbfqa: {votes: 5}\n")
    assert project.load(tmp_path).qa.votes == 5


def test_folders_are_looked_for_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    read = project.parse("training: {base_model: ./base}", folder=tmp_path)
    assert read.training.base_model == "./base"


def test_settings_are_frozen_and_their_digest_tells_them_apart(tmp_path: Path) -> None:
    one = project.parse("qa: {votes: 1}", folder=tmp_path)
    assert project.digest(one.qa) == project.digest(one.qa)
    assert project.digest(one.qa) != project.digest(project.Project().qa)
    assert project.digest("a", "b") != project.digest("ab")
    with pytest.raises(ValueError, match="frozen"):
        one.qa.votes = 3  # type: ignore[misc]
