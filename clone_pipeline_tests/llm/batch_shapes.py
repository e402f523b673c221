"""What a Batch API says of the lines of a file, and a completion, for `batch_protocol`."""

from typing import Any

Body = dict[str, Any]
LIMIT = 50_000  # requests of a batch


def mistakes(lines: list[Body], endpoint: str) -> list[Body]:
    """What is wrong with the file as a whole; it fails then."""
    found = []
    if len({line["custom_id"] for line in lines}) < len(lines):
        found.append("duplicate_custom_id")
    if len({line["body"]["model"] for line in lines}) != 1:
        found.append("mismatched_model")
    if not 1 <= len(lines) <= LIMIT:
        found.append("too_many_requests")
    if any(line["url"] != endpoint or line["method"] != "POST" for line in lines):
        found.append("mismatched_url")
    return [{"code": code, "message": code, "line": 1, "param": None} for code in found]


def completion(body: Body, text: str) -> Body:
    """A chat completion of 100 and 10 tokens."""
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000,
        "model": body["model"], "choices": [choice],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }  # fmt: skip
