"""`python -m clone_pipeline.evaluation RUN.json`: one evaluation, in a process of its own."""

import sys
from pathlib import Path

from pydantic import ValidationError

from clone_pipeline.evaluation.evaluating import evaluate
from clone_pipeline.evaluation.running import Run
from clone_pipeline.scale.parent import die_with_parent
from clone_pipeline.settings import FaultyInput, faults_of


def main(arguments: list[str]) -> int:
    """Evaluate what RUN.json names; the report is where it says. 1: a fault, told on stderr."""
    die_with_parent()
    path = Path(arguments[0])
    try:
        evaluate(_read(path))
    except FaultyInput as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _read(path: Path) -> Run:
    try:
        return Run.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise FaultyInput(faults_of(error, Run, prefix=f"{path}: ")) from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
