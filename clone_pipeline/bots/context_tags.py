r"""Prompts in ssi-bot's tags: `<|soss r/S|><|sot|>T..<|sost|>BODY..<|sor u/X|>TEXT..<|sor|>`.

Three dialects: "ssi" as ssi-bot's bot writes them, with ending tags (tagging_mixin.py of
https://github.com/zacc/ssi-bot); "trained" as its training lines and formats/ssi.py do, without;
"hotshot" as HotShotBot does, without names of subreddits and users.
"""

import re
from collections.abc import Sequence
from typing import Literal

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.transcript import Line
from clone_pipeline.bots.voices import VoiceSettings
from clone_pipeline.formats.defusing import defuse
from clone_pipeline.formats.lines import folded, unforged

Dialect = Literal["ssi", "trained", "hotshot"]

_NO_NAME = re.compile(r"[|<>\s]+")
_ENDS = {"sot": "eot", "sost": "eost", "sol": "eol"}


def prompt(
    lines: Sequence[Line], *, heard: Heard, speaker: VoiceSettings, dialect: Dialect = "ssi"
) -> tuple[str, tuple[str, ...]]:
    """The prompt, which ends with the reply's tag, and the text that ends the reply.

    The reply's tag is `<|soopr|>` in a thread of our own, `<|soocr|>` as an answer to an answer
    to us, else `<|sor|>`. Mentions of our own name are taken out.

    Args:
        lines: oldest first; an opening begins the line.
        heard: what is answered; its channel is the subreddit.
        speaker: whose name is taken out.
        dialect: see above.
    """
    opening = lines[0] if lines[0].opening else None
    made = _opening(opening, heard, speaker, dialect) if opening else ""
    said = lines[1:] if opening else lines
    first_author = opening.author if opening else heard.thread_author
    for place, line in enumerate(said):
        kind = "r"
        above = [*([opening] if opening else []), *said[:place]]
        if line.author == first_author:
            kind = "opr"
        elif len(above) > 1 and line.author == above[-2].author:
            kind = "ocr"
        made += _reply(line, kind, speaker, dialect)
    tag = "r"
    if heard.thread_is_ours:
        tag = "opr"
    elif heard.parent_is_ours:
        tag = "ocr"
    return f"{made}<|so{tag}|>", ("<|",)


def post_prompt(subreddit: str, *, link: bool = False, dialect: Dialect = "ssi") -> str:
    """The prompt that asks for a new post; HotShotBot's ends within its first tag."""
    kind = "sols" if link else "soss"
    if dialect == "hotshot":
        return f"<|{kind}"
    return f"<|{kind} r/{_name(subreddit)}|><|sot|>"


def harmless(text: str, speaker: VoiceSettings) -> str:
    """`text` in one line, no tag in it, and our own name with its `u/` taken out."""
    own = re.compile(rf"/?\bu/{re.escape(_name(speaker.name))}\b", re.IGNORECASE)
    bare = unforged(own.sub("", text)).replace("<|", "< |").replace("|>", "| >")
    return folded(bare.strip())


def _opening(line: Line, heard: Heard, speaker: VoiceSettings, dialect: Dialect) -> str:
    pictured = " ".join(line.pictured)
    link = heard.is_link and heard.kind == "submission"
    body = " ".join(part for part in (line.text, pictured) if part)
    where = "" if dialect == "hotshot" else f" r/{_name(heard.channel)}"
    kind = f"<|{'sols' if link else 'soss'}{where}|>"
    if dialect == "hotshot" and not link:
        kind = "<|soss"  # so its model was taught
    start = kind + _part("sot", line.title, speaker, dialect)
    if link and not body:
        return start + _part("sol", "", speaker, dialect)
    return start + _part("sost", body, speaker, dialect)


def _part(tag: str, text: str, speaker: VoiceSettings, dialect: Dialect) -> str:
    end = "" if dialect == "trained" else f"<|{_ENDS[tag]}|>"
    return f"<|{tag}|>{harmless(text, speaker)}{end}"


def _reply(line: Line, kind: str, speaker: VoiceSettings, dialect: Dialect) -> str:
    by = "" if dialect == "hotshot" else f" u/{_name(line.called)}"
    end = "" if dialect == "trained" else f"<|eo{kind}|>"
    pictured = "".join(f" ({each})" for each in line.pictured)
    return f"<|so{kind}{by}|>{harmless(line.text + pictured, speaker)}{end}"


def _name(name: str) -> str:
    return _NO_NAME.sub("_", defuse(name))
