"""`python -m clone_pipeline.serving RUN.json`: the endpoint, in a process of its own."""

import sys
from pathlib import Path

from pydantic import ValidationError

from clone_pipeline.scale.parent import die_with_parent
from clone_pipeline.serving import front
from clone_pipeline.serving.plan import Plan
from clone_pipeline.settings import FaultyInput, faults_of


def main(arguments: list[str]) -> int:
    """Serve what RUN.json says until interrupted. 1: a fault, told on stderr."""
    path = Path(arguments[0])
    try:
        plan = _read(path)
        if plan.with_parent:
            die_with_parent(at_once=False)
        front.serve(plan)
    except FaultyInput as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _read(path: Path) -> Plan:
    try:
        return Plan.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise FaultyInput(faults_of(error, Plan, prefix=f"{path}: ")) from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
