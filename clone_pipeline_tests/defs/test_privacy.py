import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq
import pytest

from clone_pipeline import records
from clone_pipeline.chats.privacy import load_masks
from clone_pipeline.defs.privacy_checks import privacy_report
from clone_pipeline.tables import Stored
from clone_pipeline_tests.chats.planted import HARMLESS, PERSONAL, TALK
from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.defs.small_project import make_project

SELECTION = "messages or conversations or persona_dialogues or sharegpt_dataset or segments_dataset"
EVERYWHERE = {
    "author": "carla.secreta@example.com",
    "channel": "+49 171 39200123",
    "file": "chat with +44 7700 900456.txt",
    "folder": "of dieter.geheim@example.de",
    "id": "eva.verborgen@example.net/7",
    "conversation": "4012 8888 8888 1881",
    "broken": "frida.kaputt@example.org.json",
}
HIDDEN = ["carla.secreta", "39200123", "900456", "dieter.geheim", "eva.verborgen", "8888 1881"]
HIDDEN += ["frida.kaputt"]


def plant(folder: Path) -> None:
    chats = folder / "raw_input/chats" / EVERYWHERE["folder"]
    chats.mkdir()
    for language, talk in TALK.items():
        lines = [*talk, *(case.text for case in PERSONAL if case.language == language)]
        lines += [*HARMLESS[language], *talk]
        rows = [row(language, number, text) for number, text in enumerate(lines)]
        (chats / f"{language}.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    said = [f"01/02/2024, 10:{n:02} - {EVERYWHERE['channel']}: {t}" for n, t in enumerate(talk)]
    (chats / EVERYWHERE["file"]).write_text("\n".join(said) + "\n")
    (chats / EVERYWHERE["broken"]).write_text("{")


def row(language: str, number: int, text: str) -> dict[str, str]:
    return {
        "author": ("anna", EVERYWHERE["author"])[number % 2],
        "text": text,
        "timestamp": f"2024-03-01T10:{number % 60:02}:{number // 60:02}+00:00",
        "channel": EVERYWHERE["channel"],
        "message_id": f"{EVERYWHERE['id']}/{language}{number}",
        "conversation": EVERYWHERE["conversation"],
    }


def texts_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file of a project that may be shown, as text; what is packed in it unpacked."""
    for path in folder.rglob("*"):
        inner = path.relative_to(folder).parts
        if not path.is_file() or inner[0] in {".private", "raw_input"}:
            continue
        yield str(path), "/".join(inner)
        if path.suffix == ".parquet":
            yield str(path), repr(pq.read_table(path).to_pylist())
        raw = path.read_bytes()
        yield str(path), raw.decode("utf-8", "replace")
        yield str(path), raw.decode("unicode_escape", "replace")
        for start in range(len(raw)):
            if raw[start : start + 2] in {b"x\x9c", b"x\xda"}:
                yield str(path), unpacked(raw[start:])


def unpacked(raw: bytes) -> str:
    try:
        return zlib.decompressobj().decompress(raw).decode("utf-8", "replace")
    except zlib.error:
        return ""


@pytest.fixture(scope="module")
def folder(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted") / "project"
    make_project(folder, base=base, url=None, conversations=2, documents=False)
    plant(folder)
    return folder


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_planted_data_stand_in_no_file_of_a_project_but_the_private_ones(
    folder: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    assert opened.run(folder, SELECTION).succeeded
    said = capfd.readouterr()
    shown = [*texts_of(folder), ("stdout", said.out), ("stderr", said.err), ("log", caplog.text)]
    planted = [*HIDDEN, *(case.datum for case in PERSONAL if len(case.datum) > 4)]
    found = {(datum, where) for where, text in shown for datum in planted if datum in text}
    assert found == set()
    hidden = " ".join(load_masks(folder / ".private/masks.json").values())
    assert all(datum in hidden for datum in HIDDEN)


def report_of(table: Path) -> dg.AssetCheckResult:
    report = privacy_report(Stored(table, records.MESSAGES))
    assert isinstance(report, dg.AssetCheckResult)
    return report


def test_the_report_counts_the_masks_and_shows_no_datum(folder: Path) -> None:
    report = report_of(folder / "data/messages.parquet")
    counted = str(report.metadata["masked"].value)
    assert all(f"| {kind} |" in counted for kind in ("EMAIL", "PHONE", "CARD", "KEY", "ID"))
    assert not report.passed  # order numbers and the like: somebody should look
    samples = json.dumps(report.metadata["samples"].value)
    assert "\\u00ab0000-0000\\u00bb" in samples
    assert not any(case.datum in samples for case in PERSONAL)
    assert "5551234567" not in samples
    assert str(report.severity.value) == "WARN"


def test_the_report_of_no_messages_passes(tmp_path: Path) -> None:
    report = report_of(tmp_path / "messages.parquet")
    assert report.passed
    assert report.description == "Masked: nothing; nothing more looks like it."
