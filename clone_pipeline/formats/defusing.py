"""Template tokens that somebody wrote become harmless text, so that they forge no turn."""

import re
from dataclasses import dataclass
from typing import Protocol

# Tokens of today's chat templates and tokenizers, as they may stand in a message.
_WITHOUT_BLANK = """
    <|im_start|> <|im_end|> <|endoftext|> <|begin_of_text|> <|end_of_text|> <|eot_id|>
    <|start_header_id|> <|end_header_id|> <|system|> <|user|> <|assistant|> <|end|>
    <|channel|> <|message|> <|return|> <|START_OF_TURN_TOKEN|> <|eot|> <｜begin▁of▁sentence｜>
    <｜User｜> <|turn> <turn|> <|tool_call> <tool_call|> <s> </s> <bos> <eos> <pad> <unk> <mask>
    <sep> <cls> <eod> <sop> <eop> <eoh> <eoa> <BOS_TOKEN> <EOS_TOKEN> <start_of_turn>
    <end_of_turn> <start_of_image> <end_of_image> <image_soft_token> <image> <think> </think>
    <tools> </tools> <tool_call> </tool_call> <tool_response> </tool_response> <repo_name>
    <reponame> <file_sep> <filename> <gh_stars> <issue_start> <issue_comment> <issue_closed>
    <jupyter_start> <jupyter_text> <jupyter_code> <jupyter_output> <jupyter_script>
    <empty_output> <fim_prefix> <fim_middle> <fim_suffix> <fim_pad> <commit_before>
    <commit_msg> <commit_after> <unused0> <extra_id_0> <SPECIAL_12> <reserved_106> <<SYS>>
    <</SYS>> [INST] [/INST] [SYSTEM_PROMPT] [/SYSTEM_PROMPT] [AVAILABLE_TOOLS]
    [/AVAILABLE_TOOLS] [TOOL_CALLS] [TOOL_RESULTS] [/TOOL_RESULTS] [THINK] [/THINK] [IMG]
    [BOS] [EOS] [CLS] [SEP] [MASK] [PAD] [UNK] [gMASK]
"""
TEMPLATE_TOKENS = (
    *_WITHOUT_BLANK.split(),
    "<|soss r/sub|>",
    "### Instruction:",
    "### Response:",
    "### Input:",
)

_ANGLES = (
    "s bos eos pad unk mask sep cls eod sop eop eoh eoa bos_token eos_token start_of_turn "
    "end_of_turn start_of_image end_of_image image_soft_token image think tools tool_call "
    "tool_response repo_name reponame file_sep filename gh_stars issue_start issue_comment "
    "issue_closed jupyter_start jupyter_text jupyter_code jupyter_output jupyter_script "
    "empty_output fim_prefix fim_middle fim_suffix fim_pad commit_before commit_msg commit_after "
    r"unused\d+ extra_id_\d+ special_\d+ reserved_\d+"
).replace(" ", "|")
_SQUARES = (
    "INST SYSTEM_PROMPT AVAILABLE_TOOLS TOOL_CALLS TOOL_RESULTS THINK IMG BOS EOS CLS SEP MASK PAD "
    "UNK gMASK"
).replace(" ", "|")
# Each takes a token apart by spaces behind its opening and before its closing mark.
_TOKENS = (
    (re.compile(r"<([|｜])(?!\s)([^|｜<>\n]+)(?<!\s)([|｜])>"), r"<\1 \2 \3>"),
    (re.compile(r"<([|｜])([A-Za-z_]\w*)>"), r"<\1 \2 >"),
    (re.compile(r"<([A-Za-z_]\w*)([|｜])>"), r"< \1 \2>"),
    (re.compile(rf"<(/?(?:{_ANGLES}))>", re.IGNORECASE), r"< \1 >"),
    (re.compile(r"<<(/?SYS)>>", re.IGNORECASE), r"<< \1 >>"),
    (re.compile(rf"\[(/?(?:{_SQUARES}))\]"), r"[ \1 ]"),
    (re.compile(r"^(### ?(?:Instruction|Response|Input)):", re.MULTILINE), r"\1 :"),
)
_PERHAPS = re.compile(r"[<\[#]")


def defuse(text: str) -> str:
    """`text` with spaces inside every template token: `<|im_start|>` reads `<| im_start |>`.

    No result holds one of `TEMPLATE_TOKENS` or another `<|...|>`; defusing twice is defusing once.
    """
    if not _PERHAPS.search(text):
        return text
    for token, apart in _TOKENS:
        text = token.sub(apart, text)
    return text


class Counting(Protocol):
    """A tokenizer, as far as lengths go."""

    def count(self, text: str) -> int:
        """How many tokens `text` has."""
        ...

    def at_most(self, text: str) -> int:
        """A number of tokens that `text` has at most."""
        ...


@dataclass(frozen=True, slots=True)
class Defusing:
    """Counts the tokens of texts as rows hold them: a template token is one, defused it is more."""

    counting: Counting

    def count(self, text: str) -> int:
        """How many tokens `text` has in a row."""
        return self.counting.count(defuse(text))

    def at_most(self, text: str) -> int:
        """A number of tokens that it has there at most."""
        return self.counting.at_most(defuse(text))


def without_mark(text: str, mark: str) -> str:
    """`text` with spaces inside every `mark`, a tokenizer's own beginning or end of a sequence.

    Raises:
        ValueError: `mark` is shorter than two characters or holds a blank.
    """
    if not mark:
        return text
    if len(mark) < 2 or any(c.isspace() for c in mark):
        raise ValueError(f"{mark!r} can't mark a sequence's border")
    while mark in text:
        text = text.replace(mark, f"{mark[0]} {mark[1:]}")
    return text
