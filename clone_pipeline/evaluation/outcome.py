"""How a retraining ended, for programs: its JSON."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from clone_pipeline.evaluation.report import Compared, Scores

Ending = Literal["promoted", "refused", "failed", "nothing_new"]

EXIT_CODES: dict[Ending, int] = {"promoted": 0, "refused": 1, "failed": 1, "nothing_new": 3}


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Deployed(_Record):
    """A version in production."""

    version: str
    digest: str


class Asked(_Record):
    """What this retraining asked of models; `cost` in the currency of the endpoint's prices.

    Stages that came to their end are counted; `new_answers` counts what came into the journal,
    of a stage that failed too.
    """

    requests: int = 0
    from_journal: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    new_answers: int = 0


class Outcome(_Record):
    """One retraining.

    Attributes:
        outcome: how it ended.
        exit_code: of `clone-pipeline retrain`.
        reasons: why, a sentence each; empty if promoted.
        remarks: what the floors could not be asked about, a sentence each.
        version: the version that this data and recipe made; None if none was made.
        digest: its digest.
        compared_with: what was in production when the report was made, as the report names it.
        production_before: what was in production at the start.
        production_after: what is in production now.
        personas: what was measured of each persona, by key; empty if nothing was measured.
        together: of all personas; None without any.
        expert: of the expert; None without one.
        stages: the funnel, as `clone-pipeline funnel --json` shows it.
        llm: what was asked of models.
        seconds: how long it took.
    """

    outcome: Ending
    exit_code: Literal[0, 1, 3]
    reasons: list[str] = []
    remarks: list[str] = []
    version: str | None = None
    digest: str | None = None
    compared_with: Compared | None = None
    production_before: Deployed | None = None
    production_after: Deployed | None = None
    personas: dict[str, Scores] = {}
    together: Scores | None = None
    expert: Scores | None = None
    stages: list[dict[str, Any]] = []
    llm: Asked = Field(default_factory=Asked)
    seconds: float = 0.0
