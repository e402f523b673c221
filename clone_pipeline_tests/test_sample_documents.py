"""What the project's own sample documents and logbook promise, read from the raw files alone."""

import re
from pathlib import Path

import pytest

RAW = Path(__file__).parents[1] / "raw_input"


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.casefold())


def eight_grams(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + 8]) for i in range(len(found) - 7)}


def test_the_documents_hold_about_two_and_a_half_thousand_words_in_five_kinds_of_file() -> None:
    docs = RAW / "docs"
    files = sorted(path for path in docs.rglob("*") if path.is_file())
    assert {path.suffix for path in files} == {".md", ".html", ".txt", ".py", ".pdf"}
    count = {path: len(words(_document_text(path))) for path in files}
    assert all(250 <= n <= 600 for n in count.values()), count
    assert 2000 <= sum(count.values()) <= 3000


def _document_text(path: Path) -> str:
    if path.suffix != ".pdf":
        text = path.read_text(encoding="utf-8")
        return re.sub(r"<style>.*?</style>|<[^>]+>", " ", text) if path.suffix == ".html" else text
    pypdf = pytest.importorskip("pypdf")
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def test_the_documents_agree_on_the_facts_they_share() -> None:
    texts = [_document_text(p) for p in sorted((RAW / "docs").rglob("*")) if p.is_file()]
    together = re.sub(r"\s+", " ", " ".join(texts))
    assert set(re.findall(r"(\d+) steps", together)) == {"148"}
    assert set(re.findall(r"(\d+) prisms\b", together)) == {"176", "22"}
    assert len(re.findall(r"ninety turns", together)) >= 2


def test_the_logbook_is_plain_text_and_shares_no_eight_words_with_the_chats() -> None:
    pages = [path.read_text(encoding="utf-8") for path in (RAW / "text/logbook").glob("*.txt")]
    assert 1 <= len(pages) <= 2
    assert sum(len(words(page)) for page in pages) >= 350
    chats: set[tuple[str, ...]] = set()
    for path in (RAW / "chats").iterdir():
        for line in path.read_text(encoding="utf-8").splitlines():
            chats |= eight_grams(line)
    assert all(chats.isdisjoint(eight_grams(page)) for page in pages)
