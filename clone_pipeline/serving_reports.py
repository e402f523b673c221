"""Who serves what: one file a serving process, gone when the process is."""

import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clone_pipeline.durable import write_json


def report_serving(
    models: Path,
    *,
    pid: int,
    version: str | None,
    digest: str | None,
    url: str,
    state: str,
    wanted: str | None = None,
    message: str = "",
    kind: str = "serve",
) -> None:
    """Say in models/serving/<pid>.json what a serving process runs.

    Args:
        models: the models folder.
        pid: the process that answers.
        version: what answers now; None if nothing does.
        digest: that version's digest.
        url: the endpoint's base URL, ending in /v1.
        state: "waiting" (nothing deployed yet), "loading", "serving", or "failed" (`wanted` did not
            come up; `version`, if any, still answers).
        wanted: the version that production names.
        message: a sentence for a person.
        kind: "serve", or "bots" for a process of bots, which asks the endpoint at `url`.
    """
    time = datetime.now(UTC).isoformat(timespec="seconds")
    report = {
        "pid": pid, "born": _born(pid), "version": version, "digest": digest, "url": url,
        "state": state, "wanted": wanted, "message": message, "time": time, "kind": kind,
        "host": socket.gethostname(),
    }  # fmt: skip
    write_json(models / "serving" / f"{pid}.json", report)


def withdraw_serving(models: Path, *, pid: int) -> None:
    """Remove the report of a process that ends."""
    (models / "serving" / f"{pid}.json").unlink(missing_ok=True)


def serving_reports(models: Path) -> list[dict[str, Any]]:
    """What every living process of this machine reported; reports of dead ones are removed."""
    alive = []
    for path in sorted((models / "serving").glob("*.json")):
        try:
            report = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        if report.get("host", socket.gethostname()) != socket.gethostname():
            continue  # its process can't be seen from here
        if _is_alive(report["pid"], born=report["born"]):
            alive.append(report)
        else:
            path.unlink(missing_ok=True)
    return alive


def _is_alive(pid: int, *, born: str | None) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _born(pid) == born


def _born(pid: int) -> str | None:
    """When the process started (Linux), so that neither a zombie nor a reused number passes."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]
