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

__all__ = ["faults", "kills", "plain", "rerun", "soak", "throughput"]

Figures = dict[str, Any]
KILLS_A_PROJECT = 5
COMMITTED = 0.2  # seconds after which an answer that was sent lies in the journal
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
    """SIGKILL at random instants spread over all steps, a third of them inside a write."""
    draw, found = random.Random(given.seed), Counter[str]()
    with projects.mock_model(latency=0.1) as mock:
        whole = _project(given, folder / "whole", mock.url)
        projects.run(whole)
        expected, seen = projects.tables(whole), mock.stats()["rows"]
        once, number = Counter(row[3] for row in seen), 0
        while found["killed"] < given.kills:
            here, died = _project(given, folder / f"p{number}", mock.url), list[float]()
            mock.reset()
            for wanted in _instants(draw, seen):
                found.update(
                    _kill(here, mock, wanted, once, died, in_write=found["killed"] % 3 == 0)
                )
            found["failed_runs"] += projects.run(here).code != 0
            found["differing_tables"] += projects.tables(here) != expected
            rows = mock.stats()["rows"]
            found["sent_again"] += (Counter(row[3] for row in rows) - once).total()
            found["finished_sent_again"] += _finished_again(rows, once, died)
            number += 1
    return {"projects": number, "requests_undisturbed": len(seen), **found}


def _instants(draw: random.Random, seen: list[list[Any]]) -> list[int]:
    """After how many requests to kill: of randomly chosen steps, each as often as the others."""
    steps = sorted({row[2] for row in seen})
    places = [[n for n, row in enumerate(seen, 1) if row[2] == step] for step in steps]
    return sorted(draw.choice(draw.choice(places)) for _ in range(KILLS_A_PROJECT))


def _finished_again(rows: list[list[Any]], once: Counter[str], died: list[float]) -> int:
    """Requests that came again though they were answered `COMMITTED` seconds before the kill."""
    finished = Counter[str]()
    for arrived, answered, _, key, _ in rows:
        end = next((each for each in died if each > arrived), None)
        finished[key] += answered is not None and (end is None or answered < end - COMMITTED)
    return (finished - once).total()


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
    """By stage, the share of slots that were busy while it had more work than slots.

    What the trial asked, before the first stage has asked all, is no part of a later stage.
    """
    found, began = {}, 0.0
    for stage, steps in STAGES.items():
        mine = sorted((row[0], row[1]) for row in rows if row[2] in steps and row[0] > began)
        began = mine[-1][0] if mine else began
        if len(mine) <= 2 * slots:
            continue
        ends = sorted(end for _, end in mine)
        first, last = mine[0][0], ends[len(ends) - slots - 1]
        busy = sum(max(0.0, min(end, last) - start) for start, end in mine)
        found[stage] = round(busy / slots / (last - first), 3)
    return found


def _kill(
    here: Path, mock: projects.Mock, wanted: int, once: Counter[str], died: list[float],
    *, in_write: bool,
) -> Counter[str]:  # fmt: skip
    """Start a run, kill it once `wanted` different requests came (or at the next write then)."""
    child = projects.start(here)
    while child.poll() is None and _progress(mock, once) < wanted:
        time.sleep(0.01)
    wal = here / "data" / "journal.sqlite-wal"
    before = wal.stat().st_mtime_ns if wal.exists() else 0
    while in_write and child.poll() is None and wal.exists():
        if wal.stat().st_mtime_ns != before:
            break
    child.send_signal(signal.SIGKILL)
    died.append(time.monotonic())
    if child.wait() != -signal.SIGKILL:
        return Counter()
    rows = mock.stats()["rows"]
    stage = rows[-1][2] if rows else "start"
    return Counter({"killed": 1, f"killed_in_{stage}": 1, "killed_in_a_write": int(in_write)})


def _progress(mock: projects.Mock, once: Counter[str]) -> int:
    """How many requests came, those that came again not counted."""
    return (Counter(row[3] for row in mock.stats()["rows"]) & once).total()
