"""Replies from a loaded model, whole or as they grow."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from clone_pipeline.local_model.loading import LocalModel, device
from clone_pipeline.local_model.templates import ROLES, fitting, harmless, scaffold

Prompt = Sequence[Mapping[str, str]] | str


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a reply ended ("length": `max_new_tokens` were written), and the tokens of both sides."""

    finish_reason: Literal["stop", "length"]
    prompt_tokens: int
    completion_tokens: int


def generate(
    local: LocalModel,
    prompt: Prompt,
    *,
    max_new_tokens: int = 128,
    temperature: float = 0.7,
    top_p: float = 0.9,
    seed: int = 0,
    stop: Sequence[str] = (),
) -> str:
    """The whole reply; arguments as `stream`."""
    pieces = stream(
        local,
        prompt,
        max_new_tokens=max_new_tokens,
        temperature=temperature,
        top_p=top_p,
        seed=seed,
        stop=stop,
    )
    return "".join(pieces)


def stream(
    local: LocalModel,
    prompt: Prompt,
    *,
    max_new_tokens: int = 128,
    temperature: float = 0.7,
    top_p: float = 0.9,
    seed: int = 0,
    stop: Sequence[str] = (),
) -> Generator[str, None, Ending]:
    """The reply, piece by piece; the generator returns its `Ending`.

    Args:
        local: the model, its adapter on or off as it stands.
        prompt: messages {"role", "content"} for the chat template, or a raw prompt.
        max_new_tokens: most tokens of the reply.
        temperature: 0 takes the likeliest token each time.
        top_p: the likeliest tokens that together have this probability are drawn from.
        seed: the same seed draws the same reply (on the same hardware).
        stop: texts that end the reply; they are not part of it.

    Yields:
        Texts, never empty; together the reply.
    """
    import torch  # noqa: PLC0415

    asked = prompt_tokens(local.tokenizer, prompt)
    ends = ending_tokens(local)
    dice = torch.Generator().manual_seed(seed)
    written: list[int] = []
    sent, text = 0, ""
    feed, cache = asked, None
    with torch.inference_mode():
        while len(written) < max_new_tokens:
            logits, cache = _next_logits(local.model, feed, cache)
            token = _drawn(logits, temperature=temperature, top_p=top_p, dice=dice)
            if token in ends:
                break
            written.append(token)
            feed = [token]
            text = local.tokenizer.decode(written, skip_special_tokens=True)
            if (cut := _first(text, stop)) is not None:
                text = text[:cut]
                break
            safe = len(text) - _open_end(text, stop)
            if safe > sent:
                yield text[sent:safe]
                sent = safe
    if len(text) > sent:
        yield text[sent:]
    full = len(written) >= max_new_tokens and _first(text, stop) is None
    return Ending("length" if full else "stop", len(asked), len(written))


def prompt_tokens(tokenizer: Any, prompt: Prompt) -> list[int]:
    """The prompt as the model was taught to see it, up to where its reply begins.

    Messages go through the chat template with the head of a reply; a raw prompt gets the
    tokenizer's bos. Neither can forge a special token.

    Raises:
        FaultyInput: messages for a tokenizer without chat template.
    """
    if isinstance(prompt, str):
        bos = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
        return [*bos, *tokenizer.encode(harmless(tokenizer, prompt), add_special_tokens=False)]
    said = [(ROLES.get(each["role"], each["role"]), each["content"]) for each in prompt]
    turns = fitting(tokenizer, said)
    around = scaffold(tokenizer, tuple(role for role, _ in turns), reply=True)
    texts = [text for _, text in turns]
    full = around[0] + "".join(a + b for a, b in zip(texts, around[1:], strict=True))
    return list(tokenizer.encode(full, add_special_tokens=False))


def ending_tokens(local: LocalModel) -> frozenset[int]:
    """The tokens that end a reply: the tokenizer's eos and what the model's settings add."""
    listed = getattr(local.model.generation_config, "eos_token_id", None)
    added = listed if isinstance(listed, list) else [listed]
    return frozenset(token for token in [local.tokenizer.eos_token_id, *added] if token is not None)


def _next_logits(model: Any, tokens: list[int], cache: Any) -> tuple[Any, Any]:
    import torch  # noqa: PLC0415

    ids = torch.tensor([tokens], device=device())
    out = model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
    return out.logits[0, -1].float().cpu(), out.past_key_values


def _drawn(logits: Any, *, temperature: float, top_p: float, dice: Any) -> int:
    import torch  # noqa: PLC0415

    if temperature <= 0:
        return int(logits.argmax())
    chances, tokens = torch.softmax(logits / temperature, dim=-1).sort(descending=True)
    chances[chances.cumsum(0) - chances >= top_p] = 0.0
    return int(tokens[torch.multinomial(chances, 1, generator=dice)])


def _first(text: str, stop: Sequence[str]) -> int | None:
    """Where the first of the stop texts begins."""
    places = [place for each in stop if each and (place := text.find(each)) >= 0]
    return min(places, default=None)


def _open_end(text: str, stop: Sequence[str]) -> int:
    """How many characters at the end may be half a stop text, or half a character."""
    half = len(text) - len(text.rstrip("\ufffd"))
    for each in stop:
        for size in range(min(len(each) - 1, len(text)), half, -1):
            if text.endswith(each[:size]):
                half = size
                break
    return half
