"""Structured output: a JSON schema for each prompt's reply, and such JSON read as the usual text.

The body's key is `response_format`, type `json_schema`, strict, as in
https://platform.openai.com/docs/guides/structured-outputs. The parsers read one format only: a
reply in JSON is written out in the format that its prompt asks for, whether JSON was asked for or
the model chose it by itself.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal

from clone_pipeline.qa import marks

Form = Literal[
    "pairs", "relevance", "accuracy", "repair", "turns", "suitability", "rating", "correction"
]

FORMS: Mapping[str, Form] = {
    "qatuples_gen_no_filenames": "pairs",
    "more_questions": "pairs",
    "multi_source_questions": "pairs",
    "check_question": "relevance",
    "check_answer": "accuracy",
    "check_answer_relevancy_with_text": "relevance",
    "check_qatuple_context_no_filenames": "repair",
    "multi_turn_assistant_conversation": "turns",
    "judge_paragraph": "suitability",
    "rate_pair": "rating",
    "wrong_answer": "correction",
}


def response_format(name: str) -> dict[str, Any] | None:
    """The body's `response_format` for the prompt `name`; None if its reply is plain text."""
    if name not in FORMS:
        return None
    schema = {"name": FORMS[name], "strict": True, "schema": _SCHEMAS[FORMS[name]]}
    return {"type": "json_schema", "json_schema": schema}


def instruction(name: str) -> str:
    """One sentence that overrules the prompt's own format."""
    keys = ", ".join(f'"{key}"' for key in _SCHEMAS[FORMS[name]]["properties"])
    return f"Whatever form was shown above, write this reply as one JSON object with {keys}."


def as_text(name: str, reply: str) -> str:
    """`reply` in the text format of the prompt `name`, if it is a JSON object of its schema.

    Anything else comes back as it is; JSON that is cut off or lacks a key is no such object.
    """
    form = FORMS.get(name)
    said = marks.unwrapped(marks.said(reply)).strip()
    if form is None or not said.startswith(("{", "[")):
        return reply
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return reply
    if form in _LISTED and isinstance(found, list):
        found = {_LISTED[form]: found}
    # Half of a surrogate pair ("\\ud83d") is no text: no table takes it.
    return _written(form, found).encode(errors="replace").decode() or reply


def _written(form: Form, found: Any) -> str:
    try:
        return _WRITERS[form](found)
    except (KeyError, TypeError, AttributeError):
        return ""


def _pairs(found: Any) -> str:
    return "\n\n\n".join(_pair(pair) for pair in found["pairs"]) or "No questions."


def _pair(found: Any) -> str:
    question, answer = found["question"].strip(), found["answer"].strip()
    return f"**QUESTION:**\n{question}\n\n**ANSWER:**\n{answer}"


def _judged(found: Any) -> str:
    return f"{found['reasoning'].strip()}\n\nVerdict: {found['verdict'].strip()}"


def _repaired(found: Any) -> str:
    # On one line, not at its start, and without bold: no heading, and no mark of a pair, so that
    # the judgment below is the last whatever the reasoning says.
    reasoning = " ".join(found["reasoning"].replace("**", "").split())
    text = f"Reasoning: {reasoning}\n\nFinal judgment: {found['judgment'].strip()}"
    if found["judgment"].strip().upper() != "REWORD":
        return text
    return f"{text}\n\n### Question Rewording:\n{_pair(found)}"


def _turns(found: Any) -> str:
    return "\n\n".join(f"**{t['speaker'].strip()}:**\n{t['text'].strip()}" for t in found["turns"])


def _rated(found: Any) -> str:
    # As it is: whether "8/10" or 7.5 is a rating, the parser decides.
    return f"{found['reasoning'].strip()}\n\nRATING: {found['rating']}"


def _corrected(found: Any) -> str:
    return "\n\n".join(
        f"**{key.replace('_', ' ').upper()}:**\n{found[key].strip()}"
        for key in ("wrong_answer", "objection", "corrected_answer")
    )


_WRITERS: Mapping[Form, Callable[[Any], str]] = {
    "pairs": _pairs,
    "relevance": _judged,
    "accuracy": _judged,
    "suitability": _judged,
    "repair": _repaired,
    "turns": _turns,
    "rating": _rated,
    "correction": _corrected,
}
# Forms that are a list and nothing more: a bare list is taken for it.
_LISTED: Mapping[Form, str] = {"pairs": "pairs", "turns": "turns"}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _one_of(*words: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


_STRING = {"type": "string"}
_PAIR = {"question": _STRING, "answer": _STRING}


def _list_of(**properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": _object(**properties)}


# `reasoning` comes first: the words before a verdict are what makes it better than a guess.
_SCHEMAS: Mapping[Form, dict[str, Any]] = {
    "pairs": _object(pairs=_list_of(**_PAIR)),
    "relevance": _object(reasoning=_STRING, verdict=_one_of("RELEVANT", "IRRELEVANT")),
    "accuracy": _object(reasoning=_STRING, verdict=_one_of("ACCURATE", "INACCURATE")),
    "suitability": _object(reasoning=_STRING, verdict=_one_of("SUITABLE", "NOT SUITABLE")),
    "repair": _object(reasoning=_STRING, judgment=_one_of("PASS", "REWORD", "FAIL"), **_PAIR),
    "turns": _object(turns=_list_of(speaker=_one_of("User", "AI Assistant"), text=_STRING)),
    "rating": _object(reasoning=_STRING, rating={"type": "integer", "enum": list(range(1, 11))}),
    "correction": _object(wrong_answer=_STRING, objection=_STRING, corrected_answer=_STRING),
}
