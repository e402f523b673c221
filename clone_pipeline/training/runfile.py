"""The resolved file that a training is started with; it never reads clone.yaml."""

from pathlib import Path

from pydantic import ValidationError

from clone_pipeline.records import Form
from clone_pipeline.settings import Fault, FaultyInput, Settings, faults_of
from clone_pipeline.training.settings import TrainingSettings


class Run(Settings):
    """RUN.json.

    Attributes:
        base_model: a folder with weights and tokenizer, or a hub name.
        dataset: training_dataset.parquet, a file or a folder of shards.
        work: where metrics.jsonl, checkpoints/, model/ and summary.json go.
        persona_format: the form in which the personas' rows teach.
        settings: as in clone.yaml; its `base_model` is not read.
        seed: of this run, in place of the settings' own.
        parent: process id of who starts the run, without whom it ends.
    """

    base_model: str
    dataset: Path
    work: Path
    persona_format: Form
    settings: TrainingSettings
    seed: int | None = None
    parent: int | None = None


def read(path: Path) -> Run:
    """The run file at `path`; FaultyInput with every fault if it is none."""
    if not path.is_file():
        raise FaultyInput([Fault(str(path), "no such file", "Give the path of a run file.")])
    try:
        return Run.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise FaultyInput(faults_of(error, Run, prefix=f"{path}: ")) from error
