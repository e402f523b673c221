"""One reply of the question writer, read; and the rounds that ask for what it left out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from clone_pipeline.qa import coverage, likeness
from clone_pipeline.qa.asking import Asker, is_cut_off
from clone_pipeline.qa.facts import facts
from clone_pipeline.qa.parsing import Written, parse_pairs

PROMPT, MORE_PROMPT = "qatuples_gen_no_filenames", "more_questions"

# "no_pairs": the model says that there is nothing to ask; "unreadable": twice a reply that holds no
# whole pair.
NoPairs = Literal["no_pairs", "unreadable"]


@dataclass(slots=True)
class Asked:
    """What became of a text in one style.

    Attributes:
        pairs: (question, answer), in the order in which they were written.
        made: "refused_<reason>" for blocks that were left out, "top_up_pairs", and
            "top_up_unreadable" for rounds without a readable reply.
        why_none: why there is no pair, if there is none.
        related: the ids of the other chunks that were shown.
        keys: for each pair that a model wrote, where the exchange is in the journal.
    """

    pairs: list[tuple[str, str]] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    why_none: str | None = None
    related: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


async def write(asker: Asker, prompt: str, **fields: str) -> tuple[Written, NoPairs | None, str]:
    """The pairs of a reply to `prompt`; of a second one, told what is wrong, if it holds none.

    A reply without any block that is no attempt at one says that there is nothing to ask; it is
    not asked for again. The text is the key of the exchange that wrote the pairs.

    Raises:
        LlmFailure: a request failed for good.
    """
    reply = await asker.ask(prompt, vote=0, **fields)
    found = parse_pairs(reply.text, cut_off=is_cut_off(reply))
    fault = _fault(found, reply.text, cut_off=is_cut_off(reply))
    if fault is None:
        return found, None if found.pairs else "no_pairs", reply.journal_key
    reply = await asker.ask_again(prompt, reply, fault=fault, vote=0, **fields)
    second = parse_pairs(reply.text, cut_off=is_cut_off(reply))
    both = Written(second.pairs, found.refused + second.refused)
    if both.pairs:
        return both, None, reply.journal_key
    again = _fault(second, reply.text, cut_off=is_cut_off(reply))
    return both, "no_pairs" if again is None else "unreadable", reply.journal_key


async def write_all(
    text: str, *, asker: Asker, about: str, rounds: int, enough: int | None, alike: float
) -> Asked:
    """The pairs of a text: those of one reply, and of rounds that ask for what they leave out.

    A round is asked with the questions so far and the facts that no pair tells yet, so its content
    depends on nothing but this text's own replies. Rounds end when no fact is left, when there are
    `enough` different questions, when one brings no new question, or after `rounds`.

    Args:
        text: a chunk's.
        asker: with the prompts `PROMPT` and, for rounds, `MORE_PROMPT`.
        about: `{textdetails}`.
        rounds: most further replies.
        enough: how many different questions end the rounds; None: as many as there are.
        alike: as in `likeness.twins`.

    Raises:
        LlmFailure: a request failed for good.
    """
    fields = {"text": text, "textdetails": about}
    found, why_none, key = await write(asker, PROMPT, **fields)
    asked = Asked(found.pairs, refused(found), why_none, keys=[key] * len(found.pairs))
    held = facts(text) if rounds and asked.pairs else []
    for _ in range(rounds):
        left = coverage.unasked(held, asked.pairs)
        known = _different(asked.pairs, alike)
        if not left or (enough is not None and known >= enough):
            break
        questions = [question for question, _ in asked.pairs]
        more, why_none, key = await write(
            asker, MORE_PROMPT, **fields, asked=_listed(questions), left=_listed(left)
        )
        asked.made += refused(more)
        asked.made["top_up_unreadable"] += why_none == "unreadable"
        asked.made["top_up_pairs"] += len(more.pairs)
        asked.pairs += more.pairs
        asked.keys += [key] * len(more.pairs)
        if _different(asked.pairs, alike) == known:
            break
    return asked


def refused(found: Written) -> Counter[str]:
    """What was left out of a reply, as it is counted."""
    return Counter({f"refused_{reason}": n for reason, n in found.refused.items()})


def _fault(found: Written, text: str, *, cut_off: bool) -> str | None:
    """Why a reply is to be asked for again, as `ask_again` takes it."""
    if found.pairs:
        return None
    if found.refused:
        return max(sorted(found.refused), key=found.refused.__getitem__)
    if not text.strip():
        return "empty"
    if cut_off:
        return "cut_off"
    return "no_pairs" if "?" in text else None


def _different(pairs: Sequence[tuple[str, str]], alike: float) -> int:
    twins = likeness.twins([question for question, _ in pairs], threshold=alike)
    return sum(twin is None for twin in twins)


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {' '.join(line.split())}" for line in lines)
