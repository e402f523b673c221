"""How far does a model judge as the recorded judge did? Two checks, a confusion table each.

The recorded prompts of Llama-3-70B (`llm_replies` in $CLONE_PIPELINE_CORPUS) are read for text,
question and answer; the shipped prompts ask about them again. Ends with one line of JSON.

    python benchmarks/judge_agreement.py --limit 60
    python benchmarks/judge_agreement.py --limit 60 --forced    # a grammar leaves the verdict only
    python benchmarks/judge_agreement.py --base-url http://127.0.0.1:8000/v1 --model NAME
"""

import argparse
import asyncio
import json
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.openai_compatible import EMBEDDED_MODEL, LlmSettings
from clone_pipeline.llm.opening import open_model
from clone_pipeline.llm.prompt import default_folder
from clone_pipeline.qa import grounding
from clone_pipeline.qa.asking import Asker, is_cut_off
from clone_pipeline.qa.gathering import each
from clone_pipeline.qa.parsing import parse_verdict
from clone_pipeline.qa.prompting import load_prompts
from clone_pipeline.qa.verification import CHECKS

FOLDERS = {
    "question": "check_question_generations",
    "accuracy": "check_answer_accuracy_generations",
}
# The recorded requests' last message: the fields stand between lines of three quotes.
QUOTED = re.compile(r'"""\n?(.*?)\n?"""', re.S)


@dataclass(frozen=True, slots=True)
class Case:
    """What was judged, and how the recorded judge decided."""

    check: str
    text: str
    question: str
    answer: str
    verdict: bool


def recorded(folder: Path) -> Iterator[Case]:
    manifest = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    for entry in manifest:
        check = next((c for c, f in FOLDERS.items() if entry["file"].startswith(f)), None)
        if check is None:
            continue
        messages = yaml.load((folder / entry["file"]).read_text("utf-8"), yaml.CSafeLoader)
        fields = QUOTED.findall(messages[-2]["content"])
        if len(fields) >= (2 if check == "question" else 3):
            verdict = entry["verdict"] == CHECKS[check].positive
            answer = fields[2].strip() if check == "accuracy" else ""
            yield Case(check, fields[0].strip(), fields[1].strip(), answer, verdict)


def balanced(cases: Sequence[Case], *, limit: int, seed: int) -> list[Case]:
    """At most `limit` cases, as even as possible over checks and verdicts."""
    groups: dict[tuple[str, bool], list[Case]] = {}
    for case in cases:
        groups.setdefault((case.check, case.verdict), []).append(case)
    for group in groups.values():
        random.Random(seed).shuffle(group)
    chosen: list[Case] = []
    while any(groups.values()) and len(chosen) < limit:
        for group in groups.values():
            if group and len(chosen) < limit:
                chosen.append(group.pop())
    return chosen


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Cohen's kappa; 0 where both judges are constant (nothing but chance to agree by)."""
    size = len(pairs)
    agreed = sum(a == b for a, b in pairs) / size
    yes_a, yes_b = (sum(pair[side] for pair in pairs) / size for side in (0, 1))
    chance = yes_a * yes_b + (1 - yes_a) * (1 - yes_b)
    return (agreed - chance) / (1 - chance) if chance < 1 else 0.0


def interval(pairs: Sequence[tuple[bool, bool]], *, draws: int = 2000) -> tuple[float, float]:
    """The middle 95 % of kappa over bootstrap samples of the cases."""
    rng = random.Random(0)
    found = sorted(kappa(rng.choices(pairs, k=len(pairs))) for _ in range(draws))
    return found[int(0.025 * draws)], found[int(0.975 * draws) - 1]


async def judged(
    cases: Sequence[Case], settings: LlmSettings, folder: Path, *, forced: bool
) -> list[str | bool]:
    prompts = load_prompts([CHECKS[check].prompt for check in FOLDERS], [default_folder()])

    def show(done: int, total: int) -> None:
        print(f"\r{done}/{total}", end="", file=sys.stderr)

    with Journal(folder / "journal.sqlite") as journal:
        async with open_model(settings, journal=journal) as model:
            asker = Asker(model, settings.model, prompts)

            async def one(case: Case) -> str | bool:
                judging = CHECKS[case.check]
                fields = {"text": case.text, "question": case.question, "answer": case.answer}
                if not forced:
                    reply = await asker.ask(judging.prompt, vote=0, **fields)
                else:
                    either = {"root": [judging.positive, judging.negative]}
                    reply = await asker.ask_in_words(judging.prompt, rules=either, **fields)
                return parse_verdict(
                    reply.text,
                    positive=judging.positive,
                    negative=judging.negative,
                    cut_off=is_cut_off(reply),
                )

            return await each(cases, one, progress=show)


def report(name: str, recorded: Sequence[bool], read: Sequence[str | bool]) -> dict[str, object]:
    print(f"\n{name}: rows recorded, columns this judge")
    words = {True: "pass", False: "fail"}
    table = Counter(
        (a, words[b] if isinstance(b, bool) else b) for a, b in zip(recorded, read, strict=True)
    )
    columns = ["pass", "fail", *sorted({c for _, c in table} - {"pass", "fail"})]
    print(f"{'':>10}" + "".join(f"{column:>14}" for column in columns))
    for verdict in (True, False):
        row = "".join(f"{table[verdict, column]:>14}" for column in columns)
        print(f"{words[verdict]:>10}{row}")
    pairs = [(a, b) for a, b in zip(recorded, read, strict=True) if isinstance(b, bool)]
    if not pairs:
        return {"cases": len(recorded), "readable": 0}
    low, high = interval(pairs)
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    print(f"agreement {agreed:.2f}, kappa {kappa(pairs):.2f} [{low:.2f}, {high:.2f}]")
    return {
        "cases": len(recorded), "readable": len(pairs), "agreement": round(agreed, 3),
        "kappa": round(kappa(pairs), 3), "kappa_95": [round(low, 3), round(high, 3)],
        "passed": round(sum(b for _, b in pairs) / len(pairs), 3),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--forced", action="store_true", help="a verdict without reasoning")
    parser.add_argument("--base-url")
    parser.add_argument("--model", default=EMBEDDED_MODEL)
    parser.add_argument("--key-env", help="environment variable that holds the key")
    given = parser.parse_args()
    if not (corpus := os.environ.get("CLONE_PIPELINE_CORPUS")):
        sys.exit("CLONE_PIPELINE_CORPUS is not set: name the folder that holds llm_replies.")
    cases = balanced(
        list(recorded(Path(corpus) / "llm_replies")), limit=given.limit, seed=given.seed
    )
    settings = LlmSettings(
        base_url=given.base_url, model=given.model, api_key_env=given.key_env, timeout_seconds=1800
    )
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        read = asyncio.run(judged(cases, settings, Path(folder), forced=given.forced))
    figures: dict[str, object] = {"model": given.model, "forced": given.forced}
    for check in FOLDERS:
        places = [n for n, case in enumerate(cases) if case.check == check]
        figures[check] = report(
            check, [cases[n].verdict for n in places], [read[n] for n in places]
        )
    answered = [case for case in cases if case.check == "accuracy"]
    ruled: list[str | bool] = [
        grounding.ungrounded(case.question, case.answer, case.text) is None for case in answered
    ]
    figures["accuracy_by_rules"] = report(
        "accuracy, by the grounding rules", [case.verdict for case in answered], ruled
    )
    figures["seconds"] = round(time.monotonic() - started, 1)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
