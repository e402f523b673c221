"""The parts of benchmarks/qa.py: each runs a project against the mock model and gives figures."""

import argparse
import random
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import qa_project as projects
from qa_plain import plain

from clone_pipeline.llm.journal import Journal

__all__ = ["faults", "kills", "plain", "rerun", "soak", "throughput"]

Figures = dict[str, Any]
KILLS_A_PROJECT = 5
RIVAL = {"efficiency": 0.34, "cpu_ms": 17.5, "prompt_tokens": 33_000}
STAGES = {
    "qa_candidates": ("generation",),
    "verified_qa": ("check_question", "check_answer", "repair"),
    "qa_conversations": ("conversation",),
}


def throughput(given: argparse.Namespace, folder: Path) -> Figures:
    """Slots that were busy, CPU a request, prompt tokens a kept pair; with and without choices."""
    fixed = _fixed_cpu(given, folder / "fixed")
    found: Figures = {}
    for name, choices in (("", True), ("without_n_", False)):
        with projects.mock_model(latency=given.latency, choices=choices) as mock:
            here = _project(given, folder / f"p{name}", mock.url)
            ran = projects.run(here)
            seen = mock.stats()
        kept = projects.rows(here, "verified_qa")
        asked = len(seen["rows"])
        found[f"{name}requests"] = dict(Counter(row[2] for row in seen["rows"]))
        found[f"{name}kept_pairs"] = kept
        found[f"{name}wall_seconds"] = round(ran.wall, 2)
        found[f"{name}efficiency"] = round(_efficiency(seen, given), 3)
        found |= {f"{name}busy_{k}": v for k, v in _busy(seen["rows"], given.slots).items()}
        found[f"{name}cpu_ms_a_request"] = round(1e3 * (ran.cpu - fixed) / asked, 2)
        found[f"{name}prompt_tokens_a_kept_pair"] = round(seen["prompt_chars"] / 4 / max(1, kept))
        found[f"{name}peak_mb"] = round(ran.peak)
    found["verustoolkit"] = RIVAL
    return found


def rerun(given: argparse.Namespace, folder: Path) -> Figures:
    """A finished project again: requests and CPU; then one page changed."""
    fixed = _fixed_cpu(given, folder / "fixed")
    with projects.mock_model(latency=0.02) as mock:
        here = _project(given, folder / "p", mock.url)
        projects.run(here)
        mock.reset()
        again = projects.run(here)
        requests = len(mock.stats()["rows"])
        page = sorted((here / "raw_input" / "docs").iterdir())[0]
        page.write_text(page.read_text("utf-8") + "\n\nThe ferry sails at nine, says Ingrid.\n")
        projects.run(here)
        changed = mock.stats()["rows"]
    return {
        "requests_of_a_rerun": requests,
        "cpu_seconds_over_dagster": round(again.cpu - fixed, 2),
        "requests_after_one_page_changed": dict(Counter(row[2] for row in changed)),
    }


def faults(given: argparse.Namespace, folder: Path) -> Figures:
    """5 % of the requests go wrong, in every way: the same tables as without."""
    made, found = {}, {}
    for share in (0.0, 0.05):
        with projects.mock_model(latency=0.1, faults=share) as mock:
            here = _project(given, folder / str(share), mock.url, timeout=5)
            ran = projects.run(here)
            made[share] = projects.tables(here)
            hit = Counter(row[4] for row in mock.stats()["rows"] if row[4])
        found[f"code_at_{share}"], found[f"faults_at_{share}"] = ran.code, dict(hit)
    return found | {"same_tables": made[0.0] == made[0.05]}


def kills(given: argparse.Namespace, folder: Path) -> Figures:
    """SIGKILL at random instants spread over the requests, a third of them inside a write."""
    draw, found = random.Random(given.seed), Counter[str]()
    with projects.mock_model(latency=0.1) as mock:
        whole = _project(given, folder / "whole", mock.url)
        projects.run(whole)
        expected, seen = projects.tables(whole), mock.stats()["rows"]
        once, total = Counter(row[3] for row in seen), len(seen)
        number = 0
        while found["killed"] < given.kills:
            here = _project(given, folder / f"p{number}", mock.url)
            mock.reset()
            for wanted in sorted(draw.randrange(1, total) for _ in range(KILLS_A_PROJECT)):
                found.update(_kill(here, mock, wanted, in_write=found["killed"] % 3 == 0))
            code = projects.run(here).code
            counted = Counter(row[3] for row in mock.stats()["rows"])
            found["repeated_in_flight"] += (counted - once).total()
            found["failed_runs"] += code != 0
            found["differing_tables"] += projects.tables(here) != expected
            number += 1
    return {"projects": number, "requests_undisturbed": total, **found}


def soak(given: argparse.Namespace, folder: Path) -> Figures:
    """All documents of --soak once: memory at the end, beside that of the smaller folder."""
    found: Figures = {}
    for name, docs, only in (("docs", given.docs, given.only), ("soak", given.soak, "*")):
        with projects.mock_model(latency=given.latency) as mock:
            here = projects.project(folder / name, docs, mock.url, only=only, slots=given.slots)
            ran = projects.run(here)
            seen = mock.stats()
        found[f"{name}_requests"] = len(seen["rows"])
        found[f"{name}_efficiency"] = round(_efficiency(seen, given), 3)
        found[f"{name}_peak_mb"] = round(ran.peak)
    return found


def _project(given: argparse.Namespace, folder: Path, url: str, *, timeout: float = 180) -> Path:
    return projects.project(
        folder, given.docs, url, only=given.only, slots=given.slots, timeout=timeout
    )


def _fixed_cpu(given: argparse.Namespace, folder: Path) -> float:
    """CPU seconds of a run without documents: what Dagster's start costs."""
    here = projects.project(folder, given.docs, "http://127.0.0.1:9/v1", only="none")
    return min(projects.run(here).cpu for _ in range(2))


def _efficiency(seen: dict[str, Any], given: argparse.Namespace) -> float:
    """Requests x latency / slots / wall, from the first request to the last answer."""
    rows = seen["rows"]
    wall = max(row[1] or row[0] for row in rows) - min(row[0] for row in rows)
    return float(len(rows) * given.latency / given.slots / wall)


def _busy(rows: list[list[Any]], slots: int) -> dict[str, float]:
    """By stage, the share of slots that were busy while it had more work than slots."""
    found = {}
    for stage, steps in STAGES.items():
        mine = sorted((row[0], row[1]) for row in rows if row[2] in steps)
        if len(mine) <= 2 * slots:
            continue
        ends = sorted(end for _, end in mine)
        first, last = mine[0][0], ends[len(ends) - slots - 1]
        busy = sum(max(0.0, min(end, last) - start) for start, end in mine)
        found[stage] = round(busy / slots / (last - first), 3)
    return found


def _kill(here: Path, mock: projects.Mock, wanted: int, *, in_write: bool) -> Counter[str]:
    """Start a run, kill it once `wanted` requests came (or at the next write after that)."""
    child = projects.start(here)
    while child.poll() is None and len(mock.stats()["rows"]) < wanted:
        time.sleep(0.01)
    wal = here / "data" / "journal.sqlite-wal"
    before = wal.stat().st_mtime_ns if wal.exists() else 0
    while in_write and child.poll() is None and wal.exists():
        if wal.stat().st_mtime_ns != before:
            break
    child.send_signal(signal.SIGKILL)
    if child.wait() != -signal.SIGKILL:
        return Counter()
    rows = mock.stats()["rows"]
    stage = rows[-1][2] if rows else "start"
    again = _sent_again(here, rows)
    return Counter({"killed": 1, f"killed_in_{stage}": 1, "killed_in_a_write": int(in_write),
                    "in_flight_when_killed": again})  # fmt: skip


def _sent_again(here: Path, rows: list[list[Any]]) -> int:
    """How many requests came whose answers are not in the journal: only these may come again."""
    with Journal(here / "data" / "journal.sqlite") as journal:
        return max(0, len(rows) - journal.spent().requests)
