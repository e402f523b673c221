"""A tokenizer's chat template taken apart: what it writes around each turn."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from clone_pipeline.settings import Fault, FaultyInput

# ShareGPT's speakers as chat templates call them.
ROLES = {"system": "system", "human": "user", "gpt": "assistant"}
_MARK = re.compile("\ue000(\\d+)\ue001")


def fitting(tokenizer: Any, turns: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The (role, text) turns as this template can render them, unable to forge what it writes.

    A template that refuses a system turn gets it at the head of the first user turn. A special
    token inside a text is broken by a space.
    """
    plain = [(role, harmless(tokenizer, text)) for role, text in turns]
    if len(plain) > 1 and plain[0][0] == "system" and not _takes_system(tokenizer):
        (_, system), (role, text), *rest = plain
        return [(role, f"{system}\n\n{text}"), *rest]
    return plain


@lru_cache(maxsize=256)
def scaffold(tokenizer: Any, roles: tuple[str, ...], *, reply: bool = False) -> tuple[str, ...]:
    """What the template writes before, between and after turns of these roles.

    Args:
        tokenizer: a transformers tokenizer.
        roles: "system", "user", "assistant", in order.
        reply: end with the head of an assistant turn that is yet to be written.

    Returns:
        One text more than there are roles.

    Raises:
        FaultyInput: there is no chat template, or it leaves out or moves a turn.
    """
    if not tokenizer.chat_template:
        fix = "Set `datasets.persona_format: segments`, or take a base model with a chat template."
        raise FaultyInput([Fault(_name(tokenizer), "a tokenizer without chat template", fix)])
    messages = [{"role": role, "content": f"\ue000{n}\ue001"} for n, role in enumerate(roles)]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=reply)
    if [int(number) for number in _MARK.findall(text)] != list(range(len(roles))):
        fix = "Take a base model whose chat template writes every turn once, in order."
        raise FaultyInput([Fault(_name(tokenizer), "a chat template that drops turns", fix)])
    return tuple(_MARK.split(text)[::2])


def harmless(tokenizer: Any, text: str) -> str:
    """The text with a space inside whatever the tokenizer would read as a special token."""
    return special_tokens(tokenizer).sub(lambda found: found[0][0] + " " + found[0][1:], text)


@lru_cache(maxsize=16)
def special_tokens(tokenizer: Any) -> re.Pattern[str]:
    """Matches every special token of the tokenizer, the longest first."""
    added = tokenizer.added_tokens_decoder.values()
    known = {str(token) for token in added if token.special} | set(tokenizer.all_special_tokens)
    longest = sorted((token for token in known if len(token) > 1), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest)) or r"(?!)")


@lru_cache(maxsize=16)
def _takes_system(tokenizer: Any) -> bool:
    from jinja2.exceptions import TemplateError  # noqa: PLC0415

    try:
        scaffold(tokenizer, ("system", "user"))
    except (TemplateError, FaultyInput):
        return not tokenizer.chat_template
    return True


def _name(tokenizer: Any) -> str:
    return str(tokenizer.name_or_path or "the base model")
