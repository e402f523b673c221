"""From what a model wrote to what may be sent, or to the reason why not."""

from collections.abc import Sequence
from dataclasses import dataclass

from clone_pipeline.bots import cleaning, posts
from clone_pipeline.bots.asking import Answer
from clone_pipeline.bots.context import Form, Prompt
from clone_pipeline.bots.filters import Rules, refusal, without_mass_mentions
from clone_pipeline.bots.voices import VoiceSettings

LONGEST_RUN = {"bias": 20}  # characters without a blank where the settings do not say: VTX's


@dataclass(frozen=True, slots=True)
class Read:
    """What an answer says: `reason` is "" if it may be sent, else why not."""

    text: str = ""
    reason: str = ""
    title: str = ""
    bias: str = ""


def read_reply(answer: Answer, prompt: Prompt, *, speaker: VoiceSettings, rules: Rules) -> Read:
    """The reply in an answer to `prompt`; the reasons are those of `filters`, and some more.

    "unreadable": it is no message of the prompt's form; "content_filter": the endpoint's own
    filter cut it.
    """
    if answer.finish_reason == "content_filter":
        return Read(reason="content_filter")
    others = {line.called for line in prompt.lines if not line.ours}
    found = _cleaned(answer, prompt.form, speaker=speaker, others=others, rules=rules)
    if found is None:
        return Read(reason="unreadable")
    bias, text = found
    told = [speaker.system_prompt, speaker.persona, speaker.backstory]
    said = [part for line in prompt.lines for part in (line.title, line.text) if part]
    names, strict = {speaker.name, *others}, prompt.form == "bias"
    reason = refusal(text, rules=rules, said=said, told=told, names=names, strict_start=strict)
    return Read(without_mass_mentions(text), reason or "", bias=bias)


def read_post(answer: Answer, *, prompt: str, said: Sequence[str], rules: Rules) -> Read:
    """The post in an answer to a prompt of ssi-bot's tags; `said`: what was posted before."""
    if answer.finish_reason == "content_filter":
        return Read(reason="content_filter")
    found = posts.parse(prompt + answer.text, finished=answer.finish_reason != "length")
    if found is None:
        return Read(reason="unreadable")
    title, body = found
    if len(title) > posts.LONGEST_TITLE:
        return Read(reason="too_long")
    reasons = (refusal(each, rules=rules, said=said) for each in (title, body) if each)
    reason = next(filter(None, reasons), "")
    return Read(without_mass_mentions(body), reason, title=without_mass_mentions(title))


def _cleaned(
    answer: Answer, form: Form, *, speaker: VoiceSettings, others: set[str], rules: Rules
) -> tuple[str, str] | None:
    """The digits of the speaker (VTX's form only) and the text."""
    finished = answer.finish_reason != "length"
    if form == "bias":
        chosen = None if speaker.bias is None else str(speaker.bias)
        run = rules.longest_run or LONGEST_RUN[form]
        return cleaning.of_bias(answer.text, chosen=chosen, longest_run=run)
    if form == "backstory":
        return "", cleaning.of_backstory(answer.text, finished=finished)
    if form == "tags":
        text = cleaning.of_tags(answer.text, finished=finished)
        return None if text is None else ("", text)
    return "", cleaning.of_chat(answer.text, name=speaker.name, others=others)
