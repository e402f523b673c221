"""An OpenAI-compatible endpoint in raw asyncio, so that it isn't what limits a client.

`python benchmarks/mock_model.py --latency 0.5` prints its base_url, then answers until stopped.
What it writes depends on the request alone (and on the choice's number, where `n` asks for
several); GET /stats tells what came, POST /reset forgets it. Shapes:
https://platform.openai.com/docs/api-reference/chat/object
"""

import argparse
import asyncio
import hashlib
import json
import random
import re
import sys
import time
from typing import Any

FILLER = (
    "The passage is about one matter and gives its figures, names and steps in plain words. What "
    "is asked was held against it part by part, and nothing was taken from elsewhere. "
)
# A pair is good or bad for a check by its own digest; a vote errs by request and choice. The
# shares give 2.24 and 2.20 votes a pair, and 59 % of the pairs kept, as in Verustoolkit's run.
GOOD = {"check_question": 0.867, "check_answer": 0.84}
ERRS = {"check_question": 0.14, "check_answer": 0.113}
WORDS = {
    "check_question": ("RELEVANT", "IRRELEVANT"),
    "check_answer": ("ACCURATE", "INACCURATE"),
}
FAULTS = ("429", "500", "drop", "hang", "malformed", "truncated")
STEPS = (
    ("IRRELEVANT", "check_question"),
    ("INACCURATE", "check_answer"),
    ("REWORD", "repair"),
    ("AI Assistant", "conversation"),
    ("QUESTION", "generation"),
)


def share(*parts: object) -> float:
    """A number in [0, 1) that `parts` determine."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def step_of(messages: list[dict[str, str]]) -> str:
    """Which prompt the messages come from, by the words that it asks for."""
    whole = messages[0]["content"] + messages[-1]["content"][-400:]
    return next((step for word, step in STEPS if word in whole), "plain")


def written(step: str, messages: list[dict[str, str]], choice: int) -> str:
    """The reply to a prompt's last message."""
    asked = messages[-1]["content"]
    if step in WORDS:
        positive, negative = WORDS[step]
        good = share(step, asked) < GOOD[step]
        errs = share(step, asked, "vote", choice) < ERRS[step]
        return f"{FILLER * 5}\n\nThe answer is: {positive if good != errs else negative}"
    if step == "repair":
        return f"{FILLER * 3}\n\n#### Final judgment: PASS"
    if step == "generation":
        return pairs_about(asked)
    if step == "conversation":
        return conversation_of(asked)
    return FILLER


def pairs_about(asked: str) -> str:
    """Four pairs of words that stand in the prompt's last message."""
    known = sorted({word for word in re.findall(r"[A-Za-z]{5,}", asked) if word.islower()})
    draw = random.Random(share(asked))
    blocks = []
    for number in range(4):
        words = draw.sample(known, min(14, len(known)))
        topic, told = " ".join(words[:8]), " ".join(words)
        blocks.append(
            f"**QUESTION:**\nWhat do {topic} have to do with {number} of {int(1e6 * share(asked))}?"
            f"\n\n**ANSWER:**\nThey are told of as {told}. {FILLER}"
        )
    return "\n\n".join(blocks)


def conversation_of(asked: str) -> str:
    """The pairs of the prompt's last message, in turn."""
    found = re.findall(
        r"\*\*QUESTION:\*\*\s*(.+?)\s*\*\*ANSWER:\*\*\s*(.+?)(?=\s*\*\*QUESTION|\s*-{3,}|\s*\Z)",
        asked, re.S,
    )  # fmt: skip
    turns = [f"**User:** {question}\n\n**AI Assistant:** {answer}" for question, answer in found]
    return "\n\n".join(turns) or "**User:** Hello.\n\n**AI Assistant:** Hello."


class Log:
    """What came: for each request (arrived, answered or None, step, body's digest, fault)."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.rows: list[list[Any]] = []
        self.seen: dict[str, int] = {}
        self.prompt_chars = self.reply_chars = 0

    def stats(self) -> bytes:
        """All of it as JSON."""
        rows = {"rows": self.rows, "prompt_chars": self.prompt_chars}
        return json.dumps(rows | {"reply_chars": self.reply_chars}).encode()

    def fault(self, key: str) -> str | None:
        """A fault for the first two tries of some requests; which ones, the seed decides."""
        times = self.seen[key]
        if times > 2 or not self.given.faults:
            return None
        draw = share(self.given.seed, key, times)
        return (
            FAULTS[int(draw / self.given.faults * len(FAULTS))]
            if draw < self.given.faults
            else None
        )


class Connection(asyncio.Protocol):
    """One keep-alive connection; a request at a time, as HTTP/1.1 clients do."""

    def __init__(self, log: Log) -> None:
        self.log, self.buffer = log, b""

    def connection_made(self, transport: Any) -> None:
        """A client is there."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that has come whole."""
        self.buffer += data
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = re.search(rb"content-length: *(\d+)", head, re.I)
        size = int(length[1]) if length else 0
        if len(rest) < size:
            return
        self.buffer = rest[size:]
        self.answer(head.split(b" ", 2)[1].decode(), rest[:size])

    def answer(self, path: str, raw: bytes) -> None:
        """Route."""
        if path == "/stats":
            self.send(self.log.stats())
        elif path == "/reset":
            self.log.__init__(self.log.given)  # type: ignore[misc]
            self.send(b"{}")
        elif path == "/v1/models":
            self.send(b'{"object":"list","data":[{"id":"small"},{"id":"large"}]}')
        else:
            self.complete(raw)

    def complete(self, raw: bytes) -> None:
        """Take a request in; its reply comes after the latency."""
        log, body, key = self.log, json.loads(raw), hashlib.blake2b(raw, digest_size=8).hexdigest()
        log.seen[key] = log.seen.get(key, 0) + 1
        log.prompt_chars += sum(len(message["content"]) for message in body["messages"])
        step, fault = step_of(body["messages"]), log.fault(key)
        row = [time.monotonic(), None, step, key, fault]
        log.rows.append(row)
        loop = asyncio.get_running_loop()
        if fault != "hang":
            loop.call_later(log.given.latency, self.finish, body, key, log.seen[key] - 1, row)

    def finish(self, body: Any, key: str, first: int, row: list[Any]) -> None:
        """Send the reply, or what the fault makes of it."""
        row[1] = time.monotonic()
        step, fault = row[2], row[4]
        if fault == "drop":
            self.transport.abort()
        elif fault in ("429", "500"):
            self.send(
                b'{"error":{"message":"try again"}}', status=int(fault), more="Retry-After: 0.2\r\n"
            )
        else:
            data = self.completion(body, step, key, 0 if self.log.given.choices else first)
            if fault == "malformed":
                data = data[: len(data) // 2]
            self.send(data, cut=fault == "truncated")

    def completion(self, body: Any, step: str, key: str, first: int) -> bytes:
        """A whole chat completion."""
        many = body.get("n", 1) if self.log.given.choices else 1
        texts = [written(step, body["messages"], first + number) for number in range(many)]
        self.log.reply_chars += sum(map(len, texts))
        choices = [
            {"index": i, "message": {"role": "assistant", "content": t}, "finish_reason": "stop"}
            for i, t in enumerate(texts)
        ]
        prompt = sum(len(message["content"]) for message in body["messages"]) // 4
        usage = {"prompt_tokens": prompt, "completion_tokens": sum(map(len, texts)) // 4}
        return json.dumps(
            {"id": key, "object": "chat.completion", "created": 1, "model": body["model"],
             "choices": choices, "usage": usage}
        ).encode()  # fmt: skip

    def send(self, data: bytes, *, status: int = 200, more: str = "", cut: bool = False) -> None:
        """Write the response; `cut` ends it in its middle."""
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{more}"
        head += f"Content-Length: {len(data)}\r\n\r\n"
        self.transport.write(head.encode() + (data[: len(data) // 2] if cut else data))
        if cut:
            self.transport.close()


async def serve(given: argparse.Namespace) -> None:
    log = Log(given)
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(log), "127.0.0.1", given.port, backlog=4096
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.5, help="seconds before each reply")
    parser.add_argument("--faults", type=float, default=0.0, help="share of all requests, any kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--no-choices", dest="choices", action="store_false",
        help="gives one choice whatever `n` says; equal requests then differ by their number",
    )  # fmt: skip
    try:
        asyncio.run(serve(parser.parse_args()))
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
