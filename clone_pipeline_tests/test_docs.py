"""README and docs: what they say to type works, what they name exists."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from clone_pipeline import cli, project, settings_page
from clone_pipeline.llm import embedded, prompt
from clone_pipeline.project import Project
from clone_pipeline_tests.doc_reader import Block, Reader, blocks, shell
from clone_pipeline_tests.llm.openai_server import running
from clone_pipeline_tests.llm.scripted_writer import write_reply
from clone_pipeline_tests.test_apollo import OWN as TRANSCRIPT
from clone_pipeline_tests.tiny_llama import make_tiny_llama

ROOT = Path(__file__).parent.parent
# In the order in which a reader goes through them: later pages use what earlier ones made.
NAMES = ["settings", "formats", "cleaning", "sessions", "dialogues", "datasets", "apollo"]
NAMES += ["reddit", "qa", "training", "evaluation", "serving", "operations"]
NAMES += ["bots", "ci", "privacy", "verustoolkit", "extending", "decisions"]
PAGES = [ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in NAMES)]
MESSAGES = 650  # enough for the gate to judge, few enough to train on in seconds
SCREENSHOTS = {"asset_graph.png", "asset_plot.png", "gate_refused.png", "sensor_tick.png"}
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"clone-pipeline ((?:[^`\n|#]|\n(?=[^\n`]*`))+)")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


def every(*languages: str) -> list[Block]:
    return [block for page in PAGES for block in blocks(page, *languages)]


def _as_whatsapp(export: Path) -> str:
    """The shipped Discord history, as WhatsApp would export it, between Anna Kern and Ben."""
    lines = []
    for message in json.loads(export.read_text(encoding="utf-8"))["messages"][:MESSAGES]:
        day, _, clock = message["timestamp"].partition("T")
        name = "Anna Kern" if message["author"]["id"] == "80605218473902080" else "Ben"
        year, month, date = day.split("-")
        said = " ".join(message["content"].split())
        if said:
            lines.append(f"{date}/{month}/{year}, {clock[:5]} - {name}: {said}\n")
    return "".join(lines)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """A reader with an export, a handbook, an endpoint, and a base model that trains in seconds."""
    (export,) = (ROOT / "raw_input" / "chats").glob("*.json")
    chat = _as_whatsapp(export)
    (tmp_path / "WhatsApp Chat with Anna Kern.txt").write_text(chat, encoding="utf-8")
    (tmp_path / "TEC").write_text(TRANSCRIPT, encoding="utf-8")
    shutil.copytree(ROOT / "raw_input" / "docs", tmp_path / "handbook")
    make_tiny_llama(tmp_path / "cache" / embedded.CONVERTED, texts=chat.splitlines())
    with running(answer=write_reply, models=("small", "large")) as endpoint:
        one = Reader(tmp_path, endpoint.base_url)
        yield one
        one.stops_serving()


@pytest.mark.timeout(600)
def test_whoever_types_every_block_in_order_meets_no_error(reader: Reader) -> None:
    for page in PAGES:
        for block in blocks(page, "sh", "console", "yaml", "python"):
            reader.does(block)
        reader.stops_serving()


@pytest.mark.parametrize("block", every("sh", "console"), ids=lambda block: block.where)
def test_every_command_block_is_bash(block: Block) -> None:
    done = subprocess.run(["bash", "-n", "-c", shell(block)], capture_output=True, text=True)
    assert not done.returncode, done.stderr


@pytest.mark.parametrize("block", every("yaml"), ids=lambda block: block.where)
def test_every_yaml_block_is_a_valid_clone_yaml_or_prompt(block: Block, tmp_path: Path) -> None:
    if yaml.safe_load(block.text).keys() <= Project.model_fields.keys():
        project.parse(block.text, folder=tmp_path)
    else:
        (tmp_path / "mine.yaml").write_text(block.text, encoding="utf-8")
        assert prompt.load("mine", [tmp_path]).messages


@pytest.mark.parametrize("block", every("json"), ids=lambda block: block.where)
def test_every_json_block_is_json(block: Block) -> None:
    assert json.loads(block.text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_says_what_it_is(page: Path) -> None:
    opened = re.findall(r"^ *```(\w*)$", page.read_text(encoding="utf-8"), re.M)[::2]
    assert set(opened) <= {"sh", "console", "python", "yaml", "json", "text"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = [link for link in _LINK.findall(page.read_text("utf-8")) if "://" not in link]
    links = [link for link in links if "docs/screenshots/" not in link]
    assert [link for link in links if not (page.parent / link.partition("#")[0]).exists()] == []


def test_readme_shows_the_four_screenshots_and_links_every_page() -> None:
    links = _LINK.findall(PAGES[0].read_text(encoding="utf-8"))
    shown = {Path(link).name for link in links if link.startswith("docs/screenshots/")}
    assert shown == SCREENSHOTS
    assert {path.name for path in (ROOT / "docs").glob("*.md")} == {p.name for p in PAGES[1:]}
    assert {f"docs/{page.name}" for page in PAGES[1:]} <= set(links)


def _commands() -> dict[str, set[str]]:
    """The program's commands, such as "models list", and the options of each."""
    found: dict[str, set[str]] = {}

    def walk(command: Any, name: str) -> None:
        below = getattr(command, "commands", None)
        if below is None or command.invoke_without_command and name:
            found[name] = {
                o
                for p in command.params
                for o in [*p.opts, *p.secondary_opts]
                if o.startswith("--")
            }
        for part, each in (below or {}).items():
            walk(each, f"{name} {part}".strip())

    walk(typer.main.get_command(cli.app), "")
    return found


def _named(text: str) -> Iterator[tuple[str, set[str]]]:
    """Every `clone-pipeline ...` of a page: the command's name and the options behind it."""
    known = _commands()
    for line in _COMMAND.findall(text):
        words = line.split()
        two = " ".join(words[:2])
        yield two if two in known else words[0], set(_OPTION.findall(line))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_that_is_named_exists(page: Path) -> None:
    known = _commands()
    named = list(_named(page.read_text(encoding="utf-8")))
    assert [name for name, _ in named if name not in known] == []
    assert [(name, more) for name, given in named if (more := given - known[name])] == []


def test_readme_has_a_row_for_every_command_with_all_its_options() -> None:
    rows = re.findall(r"^\| `clone-pipeline .*", PAGES[0].read_text(encoding="utf-8"), re.M)
    told = {name: set(_OPTION.findall(row)) for row in rows for name, _ in _named(row)}
    assert told == {name: options - {"--project"} for name, options in _commands().items()}


def test_the_settings_page_is_what_the_models_say() -> None:
    standing = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    again = "python -m clone_pipeline.settings_page > docs/settings.md"
    assert standing == settings_page.page(), f"stale: {again}"
