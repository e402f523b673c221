"""`python -m clone_pipeline.bots RUN.json`: the bots, in a process of their own."""

import logging
import sys
from pathlib import Path

from pydantic import ValidationError

from clone_pipeline.bots.plan import Plan
from clone_pipeline.bots.running import run_until_interrupted
from clone_pipeline.settings import Fault, FaultyInput, faults_of


def main(arguments: list[str]) -> int:
    """Run what RUN.json says until interrupted. 1: a fault, told on stderr; 2: no RUN.json."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m clone_pipeline.bots RUN.json\n")
        return 2
    logging.getLogger("clone_pipeline").setLevel(logging.INFO)
    try:
        run_until_interrupted(_read(Path(arguments[0])))
    except FaultyInput as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _read(path: Path) -> Plan:
    try:
        return Plan.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        fix = "`clone-pipeline bot --plan FILE` writes one."
        raise FaultyInput([Fault(str(path), str(error), fix)]) from None
    except ValidationError as error:
        raise FaultyInput(faults_of(error, Plan, prefix=f"{path}: ")) from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
