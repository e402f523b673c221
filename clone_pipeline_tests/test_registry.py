import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clone_pipeline import registry
from clone_pipeline.settings import FaultyInput


def make(models: Path, key: str, weights: str = "weights") -> registry.Version:
    work = registry.working_folder(models, training_key=key)
    (work / "model").mkdir(exist_ok=True)
    (work / "model" / "adapter.bin").write_text(weights)
    return registry.publish(models, work, card={"training_key": key, "kind": "adapter"})


def report_file(folder: Path, text: str = "{}") -> Path:
    path = folder / "report.json"
    path.write_text(text)
    return path


def test_versions_are_numbered_in_the_order_of_publishing(tmp_path: Path) -> None:
    names = [make(tmp_path, f"key {n}", str(n)).name for n in range(3)]
    assert names == ["v0001", "v0002", "v0003"]
    assert [each.name for each in registry.versions(tmp_path)] == names
    found = registry.find(tmp_path, training_key="key 1")
    assert found is not None
    assert found.name == "v0002"
    assert registry.find(tmp_path, training_key="another") is None


def test_a_version_that_was_promoted_and_deleted_leaves_its_number_unused(tmp_path: Path) -> None:
    version = make(tmp_path, "a")
    registry.promote(tmp_path, version=version, report=report_file(tmp_path))
    for path in sorted(version.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    version.folder.rmdir()
    assert make(tmp_path, "b").name == "v0002"


def test_the_working_folder_of_a_key_survives_and_its_checkpoints_are_not_published(
    tmp_path: Path,
) -> None:
    work = registry.working_folder(tmp_path, training_key="k")
    (work / "checkpoint-7").mkdir()
    assert registry.working_folder(tmp_path, training_key="k") == work
    assert (work / "checkpoint-7").is_dir()
    version = make(tmp_path, "k")
    assert not list(version.folder.glob("checkpoint*"))
    assert not work.exists()


def test_publishing_again_what_was_moved_returns_the_standing_version(tmp_path: Path) -> None:
    first = make(tmp_path, "k")
    work = tmp_path / first.folder.name / "gone"
    again = registry.publish(tmp_path, work, card={"training_key": "k"})
    assert again == first


def test_a_training_that_did_not_end_is_not_published(tmp_path: Path) -> None:
    work = registry.working_folder(tmp_path, training_key="k")
    with pytest.raises(FaultyInput, match="no `model` folder"):
        registry.publish(tmp_path, work, card={"training_key": "k"})


def test_an_unknown_version_is_refused_with_the_list_of_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match="No version exists yet"):
        registry.version(tmp_path, "v0001")
    make(tmp_path, "k")
    with pytest.raises(FaultyInput, match=r"Known versions: v0001\."):
        registry.version(tmp_path, "../v0001")


@pytest.mark.parametrize("file", ["model/adapter.bin", "card.json", "model/extra.bin"])
def test_a_tampered_version_is_neither_promoted_nor_deployed(tmp_path: Path, file: str) -> None:
    version = make(tmp_path, "k")
    path = version.folder / file
    if file == "card.json":
        path.write_text(json.dumps({**json.loads(path.read_text()), "kind": "full"}))
    else:
        path.write_text("other weights")
    with pytest.raises(FaultyInput, match="do not match the digest"):
        registry.deploy(tmp_path, version="v0001", promotion=None)
    with pytest.raises(FaultyInput, match="do not match the digest"):
        registry.promote(tmp_path, version=version, report=report_file(tmp_path))
    assert registry.production(tmp_path) is None
    assert registry.promotions(tmp_path) == []


def test_promotions_run_on_and_the_same_one_twice_is_one(tmp_path: Path) -> None:
    one, two = make(tmp_path, "a", "a"), make(tmp_path, "b", "b")
    report = report_file(tmp_path)
    first = registry.promote(tmp_path, version=one, report=report)
    assert registry.promote(tmp_path, version=one, report=report) == first
    second = registry.promote(tmp_path, version=two, report=report)
    third = registry.promote(tmp_path, version=one, report=report)
    assert [first.number, second.number, third.number] == [1, 2, 3]
    assert registry.promotions(tmp_path) == [first, second, third]
    assert first.report == "report.json"


def test_a_report_from_elsewhere_is_kept_as_it_was(tmp_path: Path) -> None:
    models = tmp_path / "models"
    report = report_file(tmp_path, '{"fell": 1}')
    promotion = registry.promote(models, version=make(models, "a"), report=report)
    report.write_text('{"fell": 2}')
    assert json.loads((models / promotion.report).read_text()) == {"fell": 1}
    assert registry.promote(models, version=registry.version(models, "v0001"), report=report) != (
        promotion
    )


def test_a_promotion_line_cut_short_by_a_kill_is_neither_read_nor_kept(tmp_path: Path) -> None:
    version, report = make(tmp_path, "a"), report_file(tmp_path)
    first = registry.promote(tmp_path, version=version, report=report)
    with (tmp_path / "promotions.jsonl").open("a") as file:
        file.write('{"number": 2, "vers')
    assert registry.promotions(tmp_path) == [first]
    other = make(tmp_path, "b", "b")
    assert registry.promote(tmp_path, version=other, report=report).number == 2
    assert len(registry.promotions(tmp_path)) == 2


def test_deploying_what_is_deployed_changes_nothing(tmp_path: Path) -> None:
    make(tmp_path, "a")
    first = registry.deploy(tmp_path, version="v0001", promotion=1)
    stamp = (tmp_path / "production.json").stat().st_mtime_ns
    assert registry.deploy(tmp_path, version="v0001", promotion=1) == first
    assert (tmp_path / "production.json").stat().st_mtime_ns == stamp
    assert registry.production(tmp_path) == first


def test_rolling_back_goes_one_deployment_back_each_time(tmp_path: Path) -> None:
    for number in range(1, 4):
        make(tmp_path, str(number), str(number))
        registry.deploy(tmp_path, version=f"v000{number}", promotion=number)
    assert registry.roll_back(tmp_path).version == "v0002"
    back = registry.roll_back(tmp_path)
    assert (back.version, back.promotion) == ("v0001", 1)
    assert registry.production(tmp_path) == back
    with pytest.raises(FaultyInput, match="no earlier deployment"):
        registry.roll_back(tmp_path)


def test_rolling_back_to_changed_files_is_refused_and_production_stays(tmp_path: Path) -> None:
    for number in (1, 2):
        make(tmp_path, str(number), str(number))
        registry.deploy(tmp_path, version=f"v000{number}", promotion=number)
    (tmp_path / "v0001" / "model" / "adapter.bin").write_text("changed")
    with pytest.raises(FaultyInput, match="do not match the digest"):
        registry.roll_back(tmp_path)
    standing = registry.production(tmp_path)
    assert standing is not None
    assert standing.version == "v0002"


def _work_for_ever(models: str, report: str, seed: int) -> None:
    for number in range(10_000):
        version = make(Path(models), f"{seed} {number}", f"{seed} {number}")
        registry.promote(Path(models), version=version, report=Path(report))
        registry.deploy(Path(models), version=version.name, promotion=None)


def test_a_kill_at_any_instant_leaves_a_whole_registry_that_goes_on(tmp_path: Path) -> None:
    models, report, chance = tmp_path / "models", report_file(tmp_path), random.Random(7)
    start = multiprocessing.get_context("fork").Process
    for seed in range(6):
        worker = start(target=_work_for_ever, args=(str(models), str(report), seed))
        worker.start()
        time.sleep(chance.uniform(0.02, 0.15))
        os.kill(worker.pid or 0, signal.SIGKILL)
        worker.join()
        for version in registry.versions(models):
            assert registry.digest_of(version.folder) == version.digest
        numbers = [each.number for each in registry.promotions(models)]
        assert numbers == list(range(1, len(numbers) + 1))
        if production := registry.production(models):
            assert registry.version(models, production.version).digest == production.digest
    assert registry.promotions(models)
    last = make(models, "after", "after")
    assert registry.promote(models, version=last, report=report).number == len(numbers) + 1


def _promote_some(models: Path, report: Path, seed: int) -> None:
    for number in range(8):
        version = make(models, f"{seed} {number}", f"{seed} {number}")
        registry.promote(models, version=version, report=report)


def test_concurrent_writers_lose_and_double_nothing(tmp_path: Path) -> None:
    models, report = tmp_path / "models", report_file(tmp_path)
    start = multiprocessing.get_context("fork").Process
    workers = [start(target=_promote_some, args=(models, report, seed)) for seed in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    promoted = registry.promotions(models)
    assert [each.number for each in promoted] == list(range(1, 25))
    assert len({each.version for each in promoted}) == 24
    assert len(registry.versions(models)) == 24


def report_serving(models: Path, pid: int) -> None:
    registry.report_serving(
        models, pid=pid, version="v0001", digest="d", url="http://x/v1", state="serving"
    )


def test_reports_of_dead_processes_are_removed(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    report_serving(tmp_path, process.pid)
    report_serving(tmp_path, os.getpid())
    assert {each["pid"] for each in registry.serving_reports(tmp_path)} == {
        process.pid,
        os.getpid(),
    }
    process.kill()
    deadline = time.monotonic() + 5
    while len(registry.serving_reports(tmp_path)) == 2:  # a zombie, not yet waited for
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.wait()
    assert [each["pid"] for each in registry.serving_reports(tmp_path)] == [os.getpid()]
    assert not (tmp_path / "serving" / f"{process.pid}.json").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="start times are read from /proc")
def test_a_number_given_to_another_process_does_not_revive_a_report(tmp_path: Path) -> None:
    report_serving(tmp_path, os.getpid())
    path = tmp_path / "serving" / f"{os.getpid()}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "born": "1"}))
    assert registry.serving_reports(tmp_path) == []


def test_a_withdrawn_report_is_gone(tmp_path: Path) -> None:
    report_serving(tmp_path, os.getpid())
    registry.withdraw_serving(tmp_path, pid=os.getpid())
    registry.withdraw_serving(tmp_path, pid=os.getpid())
    assert registry.serving_reports(tmp_path) == []


def test_a_pointer_that_somebody_broke_is_a_fault_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "production.json").write_text("v0001")
    with pytest.raises(FaultyInput, match=r"production\.json: found no JSON"):
        registry.production(tmp_path)


def test_a_first_deployment_that_is_withdrawn_leaves_nothing_in_production(tmp_path: Path) -> None:
    version = make(tmp_path, "a")
    registry.deploy(tmp_path, version=version.name, promotion=1)
    assert registry.withdraw(tmp_path, digest=version.digest) is None
    assert registry.production(tmp_path) is None


def test_withdrawing_brings_back_what_was_there_but_never_undoes_another_deployment(
    tmp_path: Path,
) -> None:
    one, two = make(tmp_path, "a", "1"), make(tmp_path, "b", "2")
    first = registry.deploy(tmp_path, version=one.name, promotion=1)
    registry.deploy(tmp_path, version=two.name, promotion=2)
    assert registry.withdraw(tmp_path, digest=one.digest) is not None
    standing = registry.production(tmp_path)
    assert standing is not None
    assert standing.version == two.name
    assert registry.withdraw(tmp_path, digest=two.digest) == first
    assert registry.production(tmp_path) == first
