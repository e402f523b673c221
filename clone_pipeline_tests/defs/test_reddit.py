"""Reddit in Dagster: partitions, the nightly schedule, and what the threads become."""

import json
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow.parquet as pq
import pytest

from clone_pipeline.defs import nights
from clone_pipeline.defs.io_manager import read_table
from clone_pipeline.defs.launch import Outcome
from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.defs.small_project import make_project, settings, write_settings
from clone_pipeline_tests.reddit.conftest import serve as serve
from clone_pipeline_tests.reddit.reddit_server import RedditServer
from clone_pipeline_tests.reddit.reddit_world import DAY, HOUR, Note, World

TODAY = datetime.now(UTC).date()
NOON = int(datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC).timestamp())
Serve = Callable[..., RedditServer]


@pytest.fixture
def folder(base: Path, tmp_path: Path) -> Path:
    """A project that follows r/ferries, where Anna writes as u/anna."""
    made = make_project(tmp_path / "p", base=base, url=None, conversations=2, documents=False)
    follow(made, base, {"ferries": None})
    return made


def follow(folder: Path, base: Path, subs: dict[str, Any], **more: Any) -> None:
    tree = settings(base, url=None)
    tree["personas"] = {
        "anna": {"name": "Anna", "accounts": {"reddit": ["anna"], "neutral": ["anna"]}}
    }
    tree["reddit"] = {"subs": subs, **more}
    write_settings(folder, tree)


def world_of(days: int = 3) -> World:
    """r/ferries, made a year ago: a thread a day, up to yesterday, with Anna's answers."""
    world = World(now=int(time.time()))
    world.open("ferries", born=NOON - 365 * DAY)
    for back in range(days, 0, -1):
        at = NOON - back * DAY
        post = world.post(
            "ferries", at, author="ben", title=f"Does the late ferry still run {back} days ago?"
        )
        asked = world.reply(post, at + HOUR, author="anna", text=f"It did at {back}, by all means.")
        world.reply(asked, at + 2 * HOUR, author="ben", text=f"Mail ben{back}@example.com then")
    return world


def first_post(world: World) -> Note:
    return world.posts["ferries"][0]


def shown(outcome: Outcome) -> str:
    return json.dumps([outcome.failures, outcome.notes])


def test_a_run_fetches_every_missing_night_and_the_next_one_asks_for_nothing(
    folder: Path, serve: Serve
) -> None:
    server = serve(world_of())
    outcome = opened.run(folder, "+conversations")
    assert outcome.succeeded, shown(outcome)
    files = sorted((folder / "data/reddit_threads.parquet/ferries").iterdir())
    assert [path.stem for path in files] == [
        str(TODAY - timedelta(days=n)) for n in range(7, 0, -1)
    ]
    asked = server.requests
    assert opened.run(folder, "+conversations").succeeded
    assert server.requests == asked
    told = read_table(folder / "data", "conversations")
    assert "It did at 2, by all means." in told["text"].to_pylist()
    of_reddit = [row for row in told.to_pylist() if "reddit" in row["conversation_id"]]
    assert [row["persona"] for row in of_reddit].count("anna") == 3


def test_what_is_personal_is_masked_in_the_table_and_whole_on_the_shelf_alone(
    folder: Path, serve: Serve
) -> None:
    serve(world_of())
    assert opened.run(folder, "+messages").succeeded
    for path in (folder / "data").rglob("*.parquet"):
        assert not [text for text in _texts(path) if "@example.com" in text]
    threads = read_table(folder / "data", "reddit_threads")
    assert "Mail [EMAIL_1] then" in threads["text"].to_pylist()


def _texts(path: Path) -> list[str]:
    table = pq.read_table(path)
    return [str(v) for name in table.column_names for v in table[name].to_pylist()]


def test_without_credentials_this_asset_alone_fails_and_says_what_to_do(
    folder: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(world_of())
    for name in ("REDDITCLIENT", "REDDITSECRET"):
        monkeypatch.delenv(name)
    outcome = opened.run(folder, "+conversations")
    assert not outcome.succeeded
    [(asset, said)] = outcome.failures
    assert asset == "reddit_threads"
    assert "REDDITCLIENT" in said
    assert "REDDITSECRET" in said
    assert "reddit.com/prefs/apps" in said
    assert read_table(folder / "data", "conversations").num_rows > 0
    assert server.requests == 0


def test_no_subreddit_means_no_partition_no_request_and_no_schedule(
    folder: Path, base: Path, serve: Serve
) -> None:
    server = serve(world_of())
    follow(folder, base, {"ferries": {"skip": True}})
    assert opened.run(folder, "+conversations").succeeded
    assert server.requests == 0
    with opened.loaded(folder):
        assert nights.reddit_every_night.default_status == dg.DefaultScheduleStatus.STOPPED


def test_the_schedule_asks_at_three_for_yesterday_of_each_subreddit(
    folder: Path, base: Path
) -> None:
    follow(folder, base, {"ferries": None, "lighthouses": None, "old": {"skip": True}})
    with (folder / "clone.yaml").open("a") as file:
        file.write("time_zone: Europe/Berlin\n")
    night = datetime.combine(TODAY, datetime.min.time(), UTC) + timedelta(hours=2)
    with opened.opened(folder) as (defs, instance):
        schedule = defs.resolve_schedule_def("reddit_every_night")
        assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
        assert (schedule.cron_schedule, schedule.execution_timezone) == (
            "0 3 * * *",
            "Europe/Berlin",
        )
        context = dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=night,
            repository_def=defs.get_repository_def(),
        )
        asked = schedule.evaluate_tick(context).run_requests or []
    yesterday = TODAY - timedelta(days=1)
    wanted = {f"{yesterday}|ferries", f"{yesterday}|lighthouses"}
    assert {request.partition_key for request in asked} == wanted
    assert len({request.run_key for request in asked}) == len(asked) == 2


def test_what_was_deleted_on_reddit_leaves_every_table_at_the_next_night(
    folder: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of()
    serve(world)
    assert opened.run(folder, "+messages").succeeded
    gone = first_post(world).children[0].children[0]
    assert "Mail [EMAIL_3] then" in read_table(folder / "data", "messages")["text"].to_pylist()
    gone.deleted = world.now
    _forget_when_checked(folder / ".private" / "reddit.sqlite")
    yesterday = str(TODAY - timedelta(days=1))
    with opened.opened(folder) as (defs, instance):
        key = dg.MultiPartitionKey({"day": yesterday, "subreddit": "ferries"})
        job = defs.resolve_job_def("reddit_night")
        assert job.execute_in_process(instance=instance, partition_key=key).success
    assert opened.run(folder, "messages").succeeded
    for name in ("reddit_threads", "messages"):
        texts = read_table(folder / "data", name)["text"].to_pylist()
        assert "Mail [EMAIL_3] then" not in texts
    made = opened.materializations(folder, "reddit_threads")
    assert made[-1].partition == f"{yesterday}|ferries"
    assert str(TODAY - timedelta(days=3)) in (made[-2].partition or "")


def _forget_when_checked(shelf: Path) -> None:
    """As if a night had passed since the items were looked at."""
    with sqlite3.connect(shelf) as db:
        db.execute("update items set checked = 0")


def test_threads_become_documents_and_training_texts_where_asked_for(
    folder: Path, base: Path, serve: Serve
) -> None:
    serve(world_of())
    follow(folder, base, {"ferries": {"documents": True}}, training_texts=["bias", "ssi"])
    outcome = opened.run(folder, "+chunks or +training_dataset")
    assert outcome.succeeded, shown(outcome)
    paths = read_table(folder / "data", "documents")["path"].to_pylist()
    assert len([path for path in paths if path.startswith("reddit/ferries/")]) == 3
    rows = read_table(folder / "data", "training_dataset")
    assert {"persona", "reddit", "pretraining"} <= set(rows["collection"].to_pylist())
    assert {"bias", "ssi"} <= set(rows["dataset"].to_pylist())
    exported = folder / "data/exports/reddit"
    assert len(list(exported.glob("ferries/*.txt"))) == 3
    assert (exported / "ssi.txt").read_text(encoding="utf-8").startswith("<|soss r/ferries|>")


def test_a_day_that_is_out_of_reach_is_noted_and_the_rest_goes_on(
    folder: Path, base: Path, serve: Serve
) -> None:
    world = world_of(1)
    for number in range(1100):
        world.post("ferries", NOON - 2 * DAY + number, author="carl", title=f"post {number}")
    serve(world)
    follow(folder, base, {"ferries": {"limit": 1}}, since=str(TODAY - timedelta(days=2)))
    outcome = opened.run(folder, "+conversations")
    assert outcome.succeeded, shown(outcome)
    assert "1 day of r/ferries is out of reach" in " ".join(outcome.notes)
    made = (folder / "data/reddit_threads.parquet/ferries").iterdir()
    assert date.fromisoformat(next(made).stem) == TODAY - timedelta(days=1)


def test_a_night_that_was_missed_is_asked_for_again_by_the_next_ones() -> None:
    made = {f"2026-03-{day:02}|a" for day in (1, 2, 6)} | {"2026-03-05|b"}
    asked = nights.wanting(made, ["a", "b"], tonight=date(2026, 3, 8))
    gaps = {f"2026-03-{day:02}|a" for day in (3, 4, 5, 7)}
    assert set(asked) == gaps | {"2026-03-06|b", "2026-03-07|b"}
    assert asked[0].startswith("2026-03-07")


def test_the_first_night_asks_for_yesterday_alone() -> None:
    assert nights.wanting(set(), ["a", "b"], tonight=date(2026, 3, 8)) == [
        "2026-03-07|a",
        "2026-03-07|b",
    ]


def test_a_subreddit_that_is_not_there_keeps_no_other_from_being_fetched(
    folder: Path, base: Path, serve: Serve
) -> None:
    serve(world_of())
    follow(folder, base, {"zprivate": None, "ferries": None})
    outcome = opened.run(folder, "+conversations")
    assert [asset for asset, _ in outcome.failures] == ["reddit_threads"]
    assert "zprivate" in outcome.failures[0][1]
    made = list((folder / "data/reddit_threads.parquet/ferries").iterdir())
    assert len(made) == 7


def test_settings_that_change_what_is_told_tell_it_again_without_a_request(
    folder: Path, base: Path, serve: Serve
) -> None:
    server = serve(world_of())
    assert opened.run(folder, "+messages").succeeded
    asked = server.requests
    follow(folder, base, {"ferries": {"filter": ["by all means"]}})
    assert opened.run(folder, "+messages").succeeded
    texts = read_table(folder / "data", "messages")["text"].to_pylist()
    assert not [text for text in texts if "It did at" in text]
    assert server.requests == asked


def test_who_opts_out_leaves_shelf_and_tables_at_the_next_run(
    folder: Path, base: Path, serve: Serve
) -> None:
    server = serve(world_of())
    assert opened.run(folder, "+conversations").succeeded
    asked = server.requests
    follow(folder, base, {"ferries": None}, opted_out=["u/Anna"])
    assert opened.run(folder, "+conversations").succeeded
    assert server.requests == asked
    for name in ("reddit_threads", "messages", "conversations"):
        rows = read_table(folder / "data", name).to_pylist()
        assert not [row for row in rows if "It did at" in row["text"]], name
    assert b"It did at" not in (folder / ".private" / "reddit.sqlite").read_bytes()


def test_what_is_deleted_leaves_parts_that_nobody_follows_any_more(
    folder: Path, base: Path, serve: Serve
) -> None:
    world = world_of()
    world.open("lamps", born=NOON - 365 * DAY)
    world.post("lamps", NOON - 30 * DAY)
    serve(world)
    assert opened.run(folder, "reddit_threads").succeeded
    first_post(world).children[0].deleted = world.now
    _forget_when_checked(folder / ".private" / "reddit.sqlite")
    follow(folder, base, {"lamps": None})
    assert opened.run(folder, "reddit_threads").succeeded
    texts = read_table(folder / "data", "reddit_threads")["text"].to_pylist()
    assert "It did at 3, by all means." not in texts
    assert "It did at 2, by all means." in texts


def test_days_of_a_dump_need_neither_network_nor_credentials(
    folder: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REDDITCLIENT", "REDDITSECRET"):
        monkeypatch.delenv(name, raising=False)
    day = TODAY - timedelta(days=40)
    at = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
    common = {"subreddit": "ferries", "score": 1, "created_utc": at, "permalink": "/r/ferries/x"}
    post = {**common, "id": "p1", "title": "An old ferry", "selftext": "It sank.", "author": "ben"}
    last = {**post, "id": "p2", "created_utc": at + 3 * DAY, "title": "A new ferry"}
    reply = {
        **common, "id": "c1", "link_id": "t3_p1", "parent_id": "t3_p1", "author": "anna",
        "body": "By all means, it did.",
    }  # fmt: skip
    late = {**reply, "id": "c2", "link_id": "t3_p2", "parent_id": "t3_p2"}
    late["created_utc"] = at + 6 * DAY
    raw = folder / "raw_input" / "reddit"
    raw.mkdir()
    for name, lines in (("submissions", [post, last]), ("comments", [reply, late])):
        written = "".join(json.dumps(line) + "\n" for line in lines)
        (raw / f"ferries_{name}.ndjson").write_text(written, encoding="utf-8")
    follow(folder, base, {"ferries": None}, since=str(day))
    outcome = opened.run(folder, "+conversations")
    assert outcome.succeeded, shown(outcome)
    assert "days are left out, for Reddit can't be asked" in " ".join(outcome.notes)
    texts = read_table(folder / "data", "messages")["text"].to_pylist()
    assert "By all means, it did." in texts


def test_who_opts_out_leaves_the_tables_where_nobody_is_followed_any_more(
    folder: Path, base: Path, serve: Serve
) -> None:
    serve(world_of())
    assert opened.run(folder, "+messages").succeeded
    follow(folder, base, {"ferries": {"skip": True}}, opted_out=["anna"])
    assert opened.run(folder, "+messages").succeeded
    for name in ("reddit_threads", "messages"):
        rows = read_table(folder / "data", name).to_pylist()
        assert not [row for row in rows if "It did at" in row["text"]], name


def test_messages_leave_out_who_opted_out_though_nothing_was_fetched_since(
    folder: Path, base: Path, serve: Serve
) -> None:
    serve(world_of())
    assert opened.run(folder, "reddit_threads").succeeded
    follow(folder, base, {"ferries": None}, opted_out=["anna"])
    assert opened.run(folder, "messages").succeeded
    counted = json.loads((folder / "data/funnel/messages.json").read_text(encoding="utf-8"))
    assert counted["dropped"] == {"author_opted_out": 3}


def test_a_broken_dump_fails_this_asset_alone(folder: Path, serve: Serve) -> None:
    serve(world_of())
    (folder / "raw_input" / "reddit").mkdir()
    (folder / "raw_input" / "reddit" / "RS_2020-01.zst").write_bytes(b"no zstd at all")
    outcome = opened.run(folder, "+messages")
    assert [asset for asset, _ in outcome.failures] == ["reddit_threads"]
    assert "RS_2020-01.zst" in outcome.failures[0][1]
    assert read_table(folder / "data", "messages").num_rows > 0
