"""What a model is told when its reply can't be used."""

from collections.abc import Mapping

# By a parser's reason: what follows "because".
WORDS: Mapping[str, str] = {
    "empty": "it was empty",
    "cut_off": "it was cut off at the length limit before it ended; be much shorter",
    "no_verdict": "it holds no verdict",
    "two_verdicts": "it gives two opposite verdicts",
    "no_judgment": "it holds no final judgment",
    "no_rewording": "it decides for REWORD and gives no whole reworded question and answer",
    "no_pairs": "it holds no question with an answer",
    "no_question": "an answer has no question",
    "no_answer": "a question has no answer",
    "stray_mark": "a question or an answer holds the mark of another",
    "repeated": "it asks the same question twice",
    "no_turns": "nobody speaks in it under the names asked for",
    "empty_turn": "somebody says nothing in it",
    "too_few_turns": "it has fewer turns than there are questions and answers",
    "pair_missing": "a given question or its answer is missing, out of order, or was rewritten",
    "answer_leaked": "one answer gives away the answer to another question",
    "no_rating": "it holds no rating",
    "no_correction": "one of its three parts is missing",
}

_PAIRS = "Write each pair as **QUESTION:** and the question, then **ANSWER:** and the answer."
_RELEVANCE = "Reason in few words, then end with a line that holds only RELEVANT or IRRELEVANT."
# By prompt: the form that its parser reads.
FORMS: Mapping[str, str] = {
    "qatuples_gen_no_filenames": _PAIRS,
    "more_questions": _PAIRS,
    "multi_source_questions": _PAIRS,
    "check_question": _RELEVANCE,
    "check_answer_relevancy_with_text": _RELEVANCE,
    "check_answer": (
        "Reason in few words, then end with a line that holds only ACCURATE or INACCURATE."
    ),
    "check_qatuple_context_no_filenames": (
        "Reason in few words, then write the line 'Final judgment: PASS', 'Final judgment: REWORD' "
        "or 'Final judgment: FAIL'; after REWORD the heading '### Question Rewording:' and the "
        "new pair as **QUESTION:** and **ANSWER:**."
    ),
    "multi_turn_assistant_conversation": (
        "Begin each turn with **User:** or **AI Assistant:** on a line of its own; keep every "
        "question and answer, in the given order and in their own words."
    ),
    "judge_paragraph": (
        "Reason in few words, then end with a line that holds only SUITABLE or NOT SUITABLE."
    ),
    "rate_pair": "Reason in few words, then end with a line such as 'RATING: 7', from 1 to 10.",
    "wrong_answer": (
        "Write three parts under **WRONG ANSWER:**, **OBJECTION:** and **CORRECTED ANSWER:**."
    ),
}


def sentence(name: str, fault: str, *, as_json: bool = False) -> str:
    """What is said to the model about its reply to the prompt `name`.

    Args:
        name: the prompt.
        fault: a key of `WORDS`, or words that follow "because".
        as_json: the reply is wanted as JSON, so its text format is not named.
    """
    why = WORDS.get(fault, fault).strip().rstrip(".")
    form = "" if as_json else FORMS.get(name, "")
    return (
        f"Your reply can't be used, because {why}. Answer the task again, in full. {form}".strip()
    )
