"""The models/ folder: versions, promotions, the production pointer, and who serves what.

models/v0001/card.json, model/     a published version; never changed afterwards
models/.work-<key>/                a version in the making
models/promotions.jsonl            one line a promotion
models/reports/                    the evaluation reports that promotions name
models/production.json             what is deployed, and what was before it
models/serving/<pid>.json          what a serving process runs
"""

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clone_pipeline.durable import (
    append_line,
    file_digest,
    flush,
    locked,
    whole_lines,
    write_json,
)
from clone_pipeline.serving_reports import report_serving as report_serving
from clone_pipeline.serving_reports import serving_reports as serving_reports
from clone_pipeline.serving_reports import withdraw_serving as withdraw_serving
from clone_pipeline.settings import Fault, FaultyInput

_NAME = re.compile(r"v(\d{4,})")
_HISTORY = 50


@dataclass(frozen=True, slots=True)
class Version:
    """A published model; `card` is its card.json."""

    name: str
    folder: Path
    card: dict[str, Any]

    @property
    def digest(self) -> str:
        """The digest that the version was published with."""
        return str(self.card["digest"])


@dataclass(frozen=True, slots=True)
class Promotion:
    """One line of promotions.jsonl; `report` is relative to models/, `time` is ISO 8601 UTC."""

    number: int
    version: str
    digest: str
    report: str
    time: str


@dataclass(frozen=True, slots=True)
class Production:
    """What is deployed. `promotion` is None for a version deployed without one."""

    version: str
    digest: str
    promotion: int | None
    deployed: str


def versions(models: Path) -> list[Version]:
    """Every published version, oldest first."""
    found = [folder for folder in models.glob("v*") if _NAME.fullmatch(folder.name)]
    found = [folder for folder in found if (folder / "card.json").is_file()]
    return [_version(folder) for folder in sorted(found, key=lambda folder: _number(folder.name))]


def version(models: Path, name: str) -> Version:
    """The version called `name`; FaultyInput, naming those that exist, if there is none."""
    if _NAME.fullmatch(name) and (models / name / "card.json").is_file():
        return _version(models / name)
    known = ", ".join(each.name for each in versions(models))
    fix = f"Known versions: {known}." if known else "No version exists yet: run the pipeline first."
    raise FaultyInput([Fault("models", f"no version called `{name}`", fix)])


def find(models: Path, *, training_key: str) -> Version | None:
    """The newest version that was trained with exactly this key, if any."""
    same = [each for each in versions(models) if each.card.get("training_key") == training_key]
    return same[-1] if same else None


def working_folder(models: Path, *, training_key: str) -> Path:
    """The folder in which the version of this key is made; survives a kill, made if missing."""
    name = hashlib.sha256(training_key.encode()).hexdigest()[:16]
    folder = models / f".work-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def publish(models: Path, work: Path, *, card: Mapping[str, Any]) -> Version:
    """Name the model in `work`, seal it with a digest and move it into place at once.

    Args:
        models: the models folder.
        work: a folder on the same disk with `model/`; top-level `checkpoint*` is left behind. It is
            gone afterwards.
        card: must hold `training_key`; `name`, `digest` and `created` are added.

    Returns:
        The published version; the standing one if `work` was moved by an earlier call.

    Raises:
        FaultyInput: `work` holds no model.
    """
    with locked(models / ".lock"):
        if not (work / "model").is_dir():
            if not work.exists() and (done := find(models, training_key=card["training_key"])):
                return done
            fix = "Train again: the last training did not end."
            raise FaultyInput([Fault(str(work), "no `model` folder", fix)])
        for leftover in work.glob("checkpoint*"):
            shutil.rmtree(leftover)
        name = f"v{_next_number(models):04d}"
        full = {**card, "name": name, "created": _now()}
        write_json(work / "card.json", full)
        write_json(work / "card.json", {**full, "digest": digest_of(work)})
        for path in work.rglob("*"):
            flush(path)
        work.rename(models / name)
        flush(models)
        return _version(models / name)


def digest_of(folder: Path) -> str:
    """SHA-256 over every file's path and bytes, and over card.json but for its `digest`."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder).as_posix()
        if relative == "card.json":
            card = {key: value for key, value in _read(path).items() if key != "digest"}
            total.update(json.dumps(card, sort_keys=True).encode())
        elif path.is_file():
            total.update(f"{relative}\0{file_digest(path)}\n".encode())
    return total.hexdigest()


def promote(models: Path, *, version: Version, report: Path) -> Promotion:
    """Append a promotion; the same version and report as the last one returns that one.

    A report from outside models/ is copied to models/reports/, so that it can't change later.

    Raises:
        FaultyInput: the version's files are not those that were published.
    """
    _intact(models, version.name)
    with locked(models / ".lock"):
        kept = _kept_report(models, version.name, report)
        standing = promotions(models)
        last = standing[-1] if standing else None
        if last and (last.version, last.digest, last.report) == (
            version.name,
            version.digest,
            kept,
        ):
            return last
        number = last.number + 1 if last else 1
        made = Promotion(number, version.name, version.digest, kept, _now())
        append_line(models / "promotions.jsonl", json.dumps(asdict(made)))
        return made


def promotions(models: Path) -> list[Promotion]:
    """Every promotion, oldest first; a line that a kill cut short is not one."""
    return [Promotion(**json.loads(line)) for line in whole_lines(models / "promotions.jsonl")]


def deploy(models: Path, *, version: str, promotion: int | None) -> Production:
    """Point production at `version` after checking its files; nothing changes if it is there.

    Raises:
        FaultyInput: the version is unknown, or its files are not those that were published.
    """
    wanted = _intact(models, version)
    with locked(models / ".lock"):
        now, history = _pointer(models)
        if now and now.digest == wanted.digest:
            return now
        made = Production(wanted.name, wanted.digest, promotion, _now())
        _point(models, made, [*history, now] if now else history)
        return made


def production(models: Path) -> Production | None:
    """What is deployed, None if nothing ever was."""
    return _pointer(models)[0]


def withdraw(models: Path, *, digest: str) -> Production | None:
    """Take a deployment back: what was there before it stands again, or nothing did.

    Nothing changes if something else has been deployed since.

    Returns:
        What is in production now.

    Raises:
        FaultyInput: what was there before has changed or gone.
    """
    with locked(models / ".lock"):
        now, history = _pointer(models)
        if now is None or now.digest != digest:
            return now
        if history:
            _intact(models, history[-1].version)
            _point(models, history[-1], history[:-1])
            return history[-1]
        (models / "production.json").unlink()
        flush(models)
        return None


def roll_back(models: Path) -> Production:
    """Deploy again what was deployed before; a second call goes one further back.

    Raises:
        FaultyInput: nothing was deployed before, or its files have changed or gone.
    """
    with locked(models / ".lock"):
        _, history = _pointer(models)
        if not history:
            fix = "`clone-pipeline models list` shows what can be promoted instead."
            raise FaultyInput([Fault("models", "no earlier deployment to go back to", fix)])
        back = history[-1]
        _intact(models, back.version)
        made = Production(back.version, back.digest, back.promotion, _now())
        _point(models, made, history[:-1])
        return made


def _intact(models: Path, name: str) -> Version:
    found = version(models, name)
    if digest_of(found.folder) != found.digest:
        fix = "Its files changed after it was published: train it again, or take another version."
        raise FaultyInput([Fault(str(found.folder), "files that do not match the digest", fix)])
    return found


def _kept_report(models: Path, name: str, report: Path) -> str:
    if report.resolve().is_relative_to(models.resolve()):
        return report.resolve().relative_to(models.resolve()).as_posix()
    kept = f"reports/{name}-{file_digest(report)[:12]}.json"
    if not (models / kept).exists():
        write_json(models / kept, _read(report))
    return kept


def _pointer(models: Path) -> tuple[Production | None, list[Production]]:
    path = models / "production.json"
    if not path.exists():
        return None, []
    stored = _read(path)
    history = [Production(**each) for each in stored.pop("history")]
    return Production(**stored), history


def _point(models: Path, now: Production, history: list[Production]) -> None:
    kept = [asdict(each) for each in history[-_HISTORY:]]
    write_json(models / "production.json", {**asdict(now), "history": kept})


def _next_number(models: Path) -> int:
    """One more than any number that a version, a promotion or production ever bore."""
    now, history = _pointer(models)
    names = [folder.name for folder in models.glob("v*") if _NAME.fullmatch(folder.name)]
    names += [each.version for each in promotions(models)]
    names += [each.version for each in [now, *history] if each]
    return max((_number(name) for name in names), default=0) + 1


def _number(name: str) -> int:
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else 0


def _version(folder: Path) -> Version:
    return Version(folder.name, folder, _read(folder / "card.json"))


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        fix = "Something else than clone-pipeline wrote it: put back what was there."
        raise FaultyInput([Fault(str(path), "no JSON", fix)]) from None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
