"""A Verustoolkit checkout as a user has it: config.yaml, two prompt folders, two documents.

The prompts are bare lists of {role, content} as in that system, in words of our own.
"""

import json
from pathlib import Path
from typing import Any

import yaml

from clone_pipeline_tests.llm.scripted_writer import write_reply

KEY = "k3y-0f-nobody"
RAG = "You know the island. Passage:\n\n{data}"
NO_RAG = "You know the island."
FERRY = """The ferry to the island of Hove leaves the old pier at seven in the morning on weekdays.

It carries forty passengers and six bicycles, and the crossing takes fifty minutes in calm weather.

A return ticket costs nine crowns, and children below the age of six travel without a ticket.
"""
CRANE = """The harbour crane was built of oak by the fishermen of Hove in the year of the storm.

Its rope is renewed every second spring, when the market has closed and the boats are painted.
"""

_STEPS = {
    "qatuples_gen_no_filenames": (
        "Write questions about a text, and their answers, as **QUESTION:** and **ANSWER:** blocks.",
        "Details: {textdetails}\n\nText:\n{text}",
    ),
    "check_question": (
        "Can the text answer the question? Reason, then say RELEVANT or IRRELEVANT.",
        "Text: {text}\n\nAsked: {question}",
    ),
    "check_answer": (
        "Does the answer agree with the text? Reason, then say ACCURATE or INACCURATE.",
        "Text: {text}\n\nAsked: {question}\n\nAnswered: {answer}",
    ),
    "check_qatuple_context_no_filenames": (
        "Does it make sense alone? End with `Final judgment:` and PASS, REWORD or FAIL.",
        "Asked: {question}\nAnswered: {answer}",
    ),
    "multi_turn_assistant_conversation": (
        "Make a talk of **User:** and **AI Assistant:** that holds each pair.",
        "{question_answer_list}",
    ),
}


def make(folder: Path, *, url: str, **more: Any) -> Path:
    """The checkout; returns the path of its config.yaml."""
    for name, text in (("ferry.txt", FERRY), ("harbour/crane.md", CRANE)):
        path = folder / "raw_text_input" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name, (system, user) in _STEPS.items():
        prompt(folder / "prompts" / f"{name}.yaml", system, user)
    system, user = _STEPS["check_question"]
    prompt(folder / "prompts_override/check_question.yaml", f"Be strict. {system}", user)
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(tree(url, **more)), encoding="utf-8")
    return config


def tree(url: str, **system: Any) -> dict[str, Any]:
    """The configuration; `system` are keys of SYSTEM that are otherwise."""
    return {
        "API": {
            "API_KEY": KEY, "BASE_URL": url, "LARGE_LOGICAL_MODEL": "large",
            "LOGICAL_MODEL": "small",
        },
        "PATH": {
            "INPUT": "./raw_text_input", "OUTPUT": "./output", "DEFAULT_PROMPTS": "./prompts",
            "PROMPTS": "./prompts_override",
        },
        "SKIP": {"QUESTION_CHECK": False},
        "SYSTEM": {
            "CHUNK_SIZE": 250, "COMPLETION_MODE": False, "CONCURRENCY_LIMIT": 8,
            "DOUBLE_CHECK_COUNTER": 3, "FINAL_ASSISTANT_PROMPT_NO_RAG": NO_RAG,
            "FINAL_ASSISTANT_PROMPT_RAG": RAG, "MODE": "api", "STOP": True, "SUBSET_SIZE": 10,
            "USE_SUBSET": False, **system,
        },
    }  # fmt: skip


def prompt(path: Path, system: str, user: str) -> None:
    """A prompt file in that system's form."""
    path.parent.mkdir(parents=True, exist_ok=True)
    messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
    path.write_text(yaml.safe_dump(messages), encoding="utf-8")


def answer(body: dict[str, Any]) -> str:
    """A model that finds all right, but tosses a pair on tickets and words one on ropes anew."""
    asked = str(body["messages"][-1]["content"])
    said = json.dumps(body["messages"])
    if "Final judgment" not in said:
        return write_reply(body).replace("IRRELEVANT", "RELEVANT").replace("INACC", "ACC")
    if "ticket" in asked:
        return "Nobody knows which ticket.\n\nFinal judgment: FAIL"
    if "rope" in asked:
        return (
            "It lacks a subject.\n\nFinal judgment: REWORD\n\n### Question Rewording:\n"
            "**QUESTION:** When is the rope of Hove's crane renewed?\n"
            "**ANSWER:** The rope of the harbour crane is renewed every second spring."
        )
    return "Clear.\n\nFinal judgment: PASS"
