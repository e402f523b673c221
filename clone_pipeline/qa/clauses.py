"""A sentence's main clause: subject, verb and the rest, found by rules for plain English prose."""

import re
from dataclasses import dataclass

from clone_pipeline.qa import wording

AUXILIARY = wording.word_set("is are was were can could must should may might will would")
_DETERMINER = wording.word_set("the a an this that every each no some any its their his her")
_PREPOSITION = wording.word_set(
    "of in on at by for from with to into onto over under behind between near about after before "
    "until through without within during against among around across via than as"
)
_ADVERB = wording.word_set("then also even only now still often always never usually just soon")
_NO_SUBJECT = _PREPOSITION | wording.word_set(
    "if when while where which who what because since although there today yesterday once not "
    "every(!) all no how why"
)
_NOT_WITHIN = wording.word_set("if when to which who that requests let's let’s it's it’s e.g. eg")
_VERBS = wording.word_set(
    """
    accept add admit agree allow answer appear apply arrive ask attract avoid bake become begin
    belong bind blink boil borrow break bring build burn buy call carry catch change charge check
    choose claim clean clear climb close collect come compare complete connect consist contain
    control convert cook cool copy cost count cover create cross cure cut dance decide define
    deliver depend describe design detect determine develop distribute divide draw drink drive drop
    dry earn eat elect empty enable end enforce enter equalize exist expire explain extend fail fall
    feed feel fetch fill find finish fit fix flow fly follow forbid form freeze get give go grow
    guarantee handle hang happen have hear heat help hire hold improve include increase install
    invest join keep know label land last launch lay lead learn leave lend let lie lift list live
    load lock lose love make manage mark measure meet melt mend mine mix move need offer open
    operate order organise organize own pack paint pass pay pick place plant play post pour prefer
    prepare press prevent print produce promise protect prove provide publish pull push put raise
    reach read receive recommend record reduce refer register release remain remove repair repeat
    replace represent require reset rest return rewrite ring rise roll row run sail save score see
    sell send separate serve set shine show shrink shut sing sit sleep smell solve sound speak spend
    spin split spread stand start stay steal steer stop store stretch study suit support survey take
    taste teach tell test think tie train translate travel treat turn understand use verify visit
    vote wait walk want warn wash watch wear weigh win work write
    """
)
_DAY = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|(?:1[5-9]|20)\d\d|spring|summer|autumn|winter"
    r"|noon|midnight|sunset|sunrise|dawn|dusk|morning|evening|afternoon|\d?\d:\d\d)"
)
DAY = _DAY.pattern
_WHEN_FIRST = re.compile(
    rf"((?:In|On|At|Since|During) (?:the )?(?:[\w-]+ ){{0,3}}?{DAY}(?: (?:of )?{DAY})?),? (?=\w+ )"
)
_WHY_FIRST = re.compile(r"Because ([^,]+), (.+)", re.S)


@dataclass(frozen=True, slots=True)
class Clause:
    """A statement taken apart.

    Attributes:
        subject: its words, the first in lower case unless it is a name.
        helper: the auxiliary that moves before the subject in a question ("is", "can", "does").
        verb: the lexical verb's dictionary form if `helper` is "do", "does", "did" or an order's
            "should", else empty.
        rest: what follows the verb, without the full stop; a time or a reason that stood before
            the subject is put at its end.
    """

    subject: str
    helper: str
    verb: str
    rest: str

    def asked(self, rest: str) -> str:
        """The clause in question order, with `rest` in place of its own."""
        return " ".join(part for part in (self.helper, self.subject, self.verb, rest) if part)


def main_clause(sentence: str, *, text: str) -> Clause | None:
    """The sentence's clause, or None if the rules don't find it.

    Args:
        sentence: one sentence.
        text: the text around it; shows which words are names.
    """
    if found := _WHY_FIRST.match(sentence):
        sentence = f"{found[2].rstrip('.! ')} because {found[1]}."
    elif found := _WHEN_FIRST.match(sentence):
        when = found[1][0].lower() + found[1][1:]
        sentence = f"{sentence[found.end() :].rstrip('.! ')} {when}."
    words = sentence.rstrip(".! ").split()
    first = words[0].lower() if words else ""
    if len(words) < 4 or first in _NO_SUBJECT or (first.endswith("ly") and len(first) > 5):
        return None
    if first in _VERBS and not words[0].isupper():
        ordered = _verb(words, 1) is None and words[1] not in AUXILIARY | {"in", "of", "for"}
        return Clause("you", "should", first, " ".join(words[1:])) if ordered else None
    shown = not first.endswith("ing") and any(f in _VERBS for f in wording.base_forms(first))
    return None if shown and words[1] in _DETERMINER else _stated(words, text)


def _stated(words: list[str], text: str) -> Clause | None:
    for place in range(1, min(len(words) - 1, 11)):
        if words[place - 1].endswith((",", ";", ":", ")")):
            return None
        if words[place] in AUXILIARY:
            return _clause(words, place, words[place], "", text)
        if found := _verb(words, place):
            return _clause(words, place, *found, text)
    return None


def is_name(word: str, text: str) -> bool:
    """Whether a capitalised `word` is a name, as far as `text` shows."""
    if re.search(r"[A-Z0-9]", word[1:]):
        return True
    low = re.escape(word[0].lower() + word[1:])
    small = len(re.findall(rf"(?:^|\s){low}(?=[\s,.;])", text))
    capital = len(re.findall(rf"[a-z,;)] {re.escape(word)}\b", text))
    if small or capital:
        return capital >= small
    return not word.endswith(("s", "ing", "al", "ive", "able", "ous"))


def _clause(words: list[str], place: int, helper: str, verb: str, text: str) -> Clause | None:
    subject = [word for word in words[:place] if word not in _ADVERB]
    if not subject or any(word.lower().strip("(") in _NOT_WITHIN for word in subject):
        return None
    first, second = subject[0], subject[1] if len(subject) > 1 else ""
    if first[1:].islower() or len(first) == 1:
        named = is_name(first, text)
        if second[:1].islower() and second not in ("and", "of"):
            named = named and bool(re.search(rf"[a-z,;)] {re.escape(first)}\b", text))
        if first.lower() in wording.FUNCTION or not named:
            subject[0] = first.lower()
    return Clause(" ".join(subject), helper, verb, " ".join(words[place + 1 :]))


def _verb(words: list[str], place: int) -> tuple[str, str] | None:
    """(form of "do", dictionary form) if the word at `place` is the clause's verb."""
    word, before = words[place], words[place - 1].lower()
    after = words[place + 1].lower() if place + 1 < len(words) else ""
    if not word.islower() or before in _DETERMINER | _PREPOSITION or before == "and":
        return None
    if after in AUXILIARY or after in ("by", "of") or before.endswith("'s"):
        return None
    if word in ("has", "have", "had"):
        done = after.endswith(("ed", "en")) or after in wording.IRREGULAR or after == "to"
        return None if done else ({"has": "does", "have": "do", "had": "did"}[word], "have")
    if word in _VERBS:
        if word == "cost" and not before.endswith("s"):
            return "did", word
        plural = before.endswith("s") or before in ("you", "people") or "and" in words[:place]
        return ("do", word) if plural and not before.endswith("ss") else None
    base = next((form for form in wording.base_forms(word) if form in _VERBS), None)
    if base is None or word.endswith("ing"):
        return None
    return ("does" if word.endswith("s") else "did"), base
