"""What a retraining asked of models: the stages counted since it began, the journal's growth."""

from dataclasses import dataclass

from clone_pipeline import funnel
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.evaluation.outcome import Asked
from clone_pipeline.llm.journal import Journal


@dataclass(frozen=True, slots=True)
class Before:
    """Each stage's time of counting, in nanoseconds, and how many answers the journal held."""

    counted: dict[str, int]
    answers: int


def before(here: ProjectFolder) -> Before:
    """What stands before anything is asked."""
    return Before(_counted_at(here), _answers(here))


def since(here: ProjectFolder, start: Before) -> Asked:
    """What was asked since `start`."""
    anew = {stage for stage, at in _counted_at(here).items() if at != start.counted.get(stage)}
    stages = [each for each in funnel.load(here.data / "funnel") if each.stage in anew]
    return Asked(**funnel.report(stages)["llm"], new_answers=_answers(here) - start.answers)


def _counted_at(here: ProjectFolder) -> dict[str, int]:
    found = (here.data / "funnel").glob("*.json")
    return {path.stem: path.stat().st_mtime_ns for path in found}


def _answers(here: ProjectFolder) -> int:
    path = here.data / "journal.sqlite"
    if not path.exists():
        return 0
    with Journal(path) as journal:
        return len(journal)
