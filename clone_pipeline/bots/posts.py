"""New posts in ssi-bot's tags: `<|soss r/S|><|sot|>TITLE<|eot|><|sost|>BODY<|eost|>`."""

import re

from clone_pipeline.bots.cleaning import of_tags
from clone_pipeline.bots.transcript import plain
from clone_pipeline.formats.lines import unfolded

LONGEST_TITLE = 299  # HotShotBot's; Reddit takes 300
STOP = ("<|eoss", "<|eols", "<|sor", "<|endoftext|>")

_POST = re.compile(r"<\|so[sl]s[^<]*<\|sot\|>(.*?)(?:<\|(?:eot|sost|sol)\|>)(.*)", re.DOTALL)
_BODY = "<|sost|>"


def parse(text: str, *, finished: bool) -> tuple[str, str] | None:
    """Title and body; None if there is no title, or the end is missing.

    The body of a link post is "".

    Args:
        text: the prompt and what followed it.
        finished: the model ended by itself or at one of `STOP`.
    """
    found = _POST.search(text)
    if not found:
        return None
    title = " ".join(plain(unfolded(found[1])).split())
    if not title:
        return None
    rest = found[0][found.end(1) - found.start() :]
    if _BODY not in rest:
        return (title, "") if finished or "<|sol|>" in rest or "<|eot|>" in rest else None
    body = of_tags(rest.partition(_BODY)[2], finished=finished)
    return None if body is None else (title, body)
