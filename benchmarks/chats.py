"""What do reading and cleaning a Discord export cost, beside json.load with the same rules?

Each program runs as a process of its own, in turn, `--rounds` times; CPU seconds are user and
system time of it and its children, peak memory is that of its largest process. `clone-pipeline run`
is measured on the export and on an empty one: the difference is what the messages cost. Two
processes need two idle cores to show anything. Ends with one line of JSON.

    python benchmarks/chats.py                       # writes an export of 300,000 messages itself
    python benchmarks/chats.py --export X.json --rounds 3
    python benchmarks/chats.py --export X.json --larger Y.json    # and what more messages take
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

CLONE = """\
cleaning: {near_duplicates: false}
sessions: {disentangle: false, rethread: false}
privacy: {names: false}
"""
PROFILES = {
    "rules": CLONE,
    "two processes": f"{CLONE}scale: {{processes: 2}}\n",
    "default": "privacy: {names: true}\n",
}
WORDS = """the ferry was late again so we walked along the harbour and talked about bees boats tea
and who of us had the better idea last summer when nobody came to the meeting but Ben"""


class Cost(NamedTuple):
    """What a process took: seconds of CPU and of the clock, megabytes at its peak."""

    cpu: float
    wall: float
    peak: float


def main() -> None:
    """Measure, print a table, end with one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--export", type=Path, help="a DiscordChatExporter JSON file")
    parser.add_argument(
        "--larger", type=Path, help="another of the same kind, several times as long"
    )
    parser.add_argument("--messages", type=int, default=300_000, help="of the export it writes")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rival", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.rival:
        rival(given.rival)
        return
    with tempfile.TemporaryDirectory() as folder:
        export = given.export or write_export(Path(folder, "export.json"), given.messages)
        figures = measure(Path(folder), export, given.larger, given.rounds)
    print(json.dumps(figures))


def measure(folder: Path, export: Path, larger: Path | None, rounds: int) -> dict[str, Any]:
    """Every program in turn, several times; the medians."""
    empty = write_export(folder / "empty.json", 10)
    commands = {"fixed cost": ours(folder, "fixed", empty, "rules")}
    commands |= {name: ours(folder, name, export, name) for name in PROFILES}
    if larger:
        for profile in ("rules", "two processes"):
            name = f"{profile}, larger"
            commands[name] = ours(folder, name, larger, profile)
    commands["json.load"] = [sys.executable, __file__, "--rival", str(export)]
    print(f"{export.stat().st_size / 1e6:.0f} MB; {rounds} rounds, one program after the other")
    print(f"the rules' clone.yaml: {CLONE!r}; json.load: its rules are the same code")
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            costs[name].append(run(command))
    middle = {name: Cost(*map(statistics.median, zip(*each, strict=True)))
              for name, each in costs.items()}  # fmt: skip
    for name, cost in middle.items():
        print(f"{name:21} {cost.cpu:7.2f} CPU s {cost.wall:7.2f} s {cost.peak:7.0f} MB")
    fixed, rules = middle["fixed cost"], middle["rules"]
    figures: dict[str, Any] = {
        "rules_cpu_s": round(rules.cpu - fixed.cpu, 2),
        "rules_peak_mb": round(rules.peak - fixed.peak),
        "two_processes_times_faster": faster(rules, middle["two processes"], fixed),
        "default_cpu_s": round(middle["default"].cpu - fixed.cpu, 2),
        "default_peak_mb": round(middle["default"].peak - fixed.peak),
        "json_load_cpu_s": round(middle["json.load"].cpu, 2),
        "json_load_peak_mb": round(middle["json.load"].peak),
        "cpu_ratio": round(middle["json.load"].cpu / (rules.cpu - fixed.cpu), 2),
    }
    if larger:
        one, two = (middle[f"{profile}, larger"] for profile in ("rules", "two processes"))
        further = rows(folder / "rules, larger") - rows(folder / "rules")
        figures["larger_cpu_s"] = round(one.cpu - fixed.cpu, 2)
        figures["larger_two_processes_times_faster"] = faster(one, two, fixed)
        figures["bytes_for_each_further_message"] = round(
            (one.peak - rules.peak) * 1e6 / further, 1
        )
    return figures


def faster(one: Cost, two: Cost, fixed: Cost) -> float:
    """How many times as fast two processes are by the clock, a run's fixed cost aside."""
    return round((one.wall - fixed.wall) / (two.wall - fixed.wall), 2)


def ours(folder: Path, name: str, export: Path, profile: str) -> list[str]:
    """The command line that takes `export` through a project of its own."""
    project = folder / name
    chats = project / "raw_input" / "chats"
    chats.mkdir(parents=True)
    if same_disk(export, chats):
        (chats / "export.json").hardlink_to(export)
    else:
        shutil.copyfile(export, chats / "export.json")
    (project / "clone.yaml").write_text(PROFILES[profile])
    program = str(Path(sys.executable).with_name("clone-pipeline"))
    return [program, "run", "--project", str(project), "--select", "+conversations"]


def same_disk(one: Path, other: Path) -> bool:
    """Whether a hard link between them is possible."""
    return one.stat().st_dev == other.stat().st_dev


def rows(project: Path) -> int:
    """How many messages the project has."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(project / "data" / "messages.parquet").num_rows)


def run(command: list[str]) -> Cost:
    """Run it and say what it took."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr
    told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command} failed:\n{told.decode()[-3000:]}")
    megabytes = usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e6 / 1024)
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - began, megabytes)


def rival(path: Path) -> None:
    """json.load, then the same masks, rules and gap, written as JSON lines."""
    from clone_pipeline.chats.cleaning import Batch, cleaner
    from clone_pipeline.chats.conversation_rules import conversation_rules
    from clone_pipeline.chats.privacy import Masker

    with path.open(encoding="utf-8") as file:
        listed = json.load(file)["messages"]
    names = {message["author"]["nickname"].casefold() for message in listed}
    plain = [m for m in listed if m["type"] in ("Default", "Reply") and not m["author"]["isBot"]]
    masker = Masker()
    mask = masker.chat([message["content"] for message in plain[:2000]])
    rules = conversation_rules(near_duplicates=False)
    with (
        cleaner(names=names, near_duplicates=False) as clean,
        tempfile.TemporaryFile("w", encoding="utf-8") as out,
    ):
        session: list[dict[str, Any]] = []
        texts: list[str] = []
        last = datetime.min.replace(tzinfo=UTC)
        for start in range(0, len(plain), 4096):
            part = plain[start : start + 4096]
            ids = [message["author"]["id"] for message in part]
            places, cleaned = clean(
                Batch(["text"] * len(part), mask([m["content"] for m in part]), ids)
            )
            for place, text in zip(places, cleaned, strict=True):
                now = datetime.fromisoformat(part[place]["timestamp"])
                if (now - last).total_seconds() > 600:
                    write(session, texts, rules, out)
                    session, texts = [], []
                session.append(part[place])
                texts.append(text)
                last = now
        write(session, texts, rules, out)


def write(session: list[dict[str, Any]], texts: list[str], rules: Any, out: Any) -> None:
    """One conversation as a line, an author's messages in a row joined."""
    kept, _ = rules(texts)
    turns: list[list[str]] = []
    for message, text in zip(session[:kept], texts[:kept], strict=True):
        author = message["author"]["id"]
        if turns and turns[-1][0] == author:
            turns[-1][1] += "\n" + text
        else:
            turns.append([author, text])
    if turns:
        out.write(json.dumps(turns, ensure_ascii=False) + "\n")


def write_export(path: Path, messages: int) -> Path:
    """An export of our own making, indented as the exporter writes it."""
    draw = random.Random(1)
    time_ = datetime(2024, 1, 1, tzinfo=UTC)
    with path.open("w", encoding="utf-8") as file:
        file.write(
            '{\n  "guild": {"id": "1", "name": "g"},\n  "channel": {"id": "2", "name": "c"},\n'
        )
        file.write('  "messages": [\n')
        for number in range(messages):
            time_ += timedelta(seconds=draw.expovariate(1 / 60))
            who = draw.randrange(9)
            author: dict[str, Any] = {
                "id": str(10**17 + who),
                "name": f"user{who}",
                "nickname": f"Nick {who}",
            }
            author |= {"isBot": who == 8, "avatarUrl": "https://cdn.example/avatars/a.png"}
            text = " ".join(draw.choices(WORDS.split(), k=draw.randint(3, 30)))
            message: dict[str, Any] = {
                "id": str(10**18 + number), "type": "Default",
                "timestamp": time_.isoformat(timespec="milliseconds"), "timestampEdited": None,
                "isPinned": False, "content": text,
                "author": author, "attachments": [], "embeds": [], "stickers": [], "reactions": [],
                "mentions": [], "inlineEmojis": [],
            }  # fmt: skip
            shown = json.dumps(message, indent=2, ensure_ascii=False).replace("\n", "\n    ")
            file.write("    " + shown + (",\n" if number < messages - 1 else "\n"))
        file.write(f'  ],\n  "messageCount": {messages}\n}}\n')
    return path


if __name__ == "__main__":
    main()
