"""HotShotBot's models: GPT-J for replies, a tuned GPT-2 for posts, Azure for images, Perspective.

It asks Hugging Face's old inference API. What took its place (https://router.huggingface.co/v1,
https://huggingface.co/docs/inference-providers) has OpenAI's chat completions only, no raw ones,
and none of these models: the address must be changed to a server that has the model.
"""

from collections.abc import Mapping

from clone_pipeline.interop import names
from clone_pipeline.interop.account import Account
from clone_pipeline.interop.hotshotbot_keys import key_variable
from clone_pipeline.interop.paths import Path

ROUTER = "https://router.huggingface.co/v1"

_MODELS = (("reply", "model"), ("post", "post_model"))
_PLAIN = {"max_new_tokens": "max_tokens", "temperature": "temperature", "top_p": "top_p"}
_EXTRA = (
    "top_k", "repetition_penalty", "no_repeat_ngram_size", "typical_p", "min_length", "num_beams",
    "seed",
)  # fmt: skip
_NOT_NEEDED = {
    "num_return_sequences": "not needed: answers are asked for one by one, up to "
    "bots.{bot}.brain.attempts, until one may be sent",
    "stop_token": "not needed: each form of prompt knows its own end",
    "return_full_text": "not needed: a prompt that comes back is cut off",
    "do_sample": "not needed: answers are drawn; temperature 0 takes the likeliest",
    "max_time": "not needed: bots.{bot}.brain.model.timeout_seconds",
    "use_cache": "not needed: no answer is taken twice",
    "wait_for_model": "not needed: failed requests are tried again",
}
# HotShotBot's first classes of toxicity, by the names of OpenAI's moderation.
_CLASSES = {"nsfw": "sexual", "hate": "hate", "threat": "harassment/threatening"}


def read(account: Account, bot: str) -> None:
    """Take models, their parameters, and what judges and sees."""
    brain = ("bots", bot, "brain")
    account.default((*brain, "form"), "backstory", why="HotShotBot's prompt")
    if account.get("post_textgen_model") is not None:
        account.default((*brain, "dialect"), "hotshot", why="HotShotBot's tags")
    for which, new in _MODELS:
        _model(account, bot, which, (*brain, new))
    asked = [new for name, new in _MODELS if account.get(f"{name}_textgen_model") is not None]
    for new in asked:
        made = names.variable(bot, "HF_KEY")
        key_variable(account, ("HF_key_var",), (*brain, new, "api_key_env"), made)
    if not asked:
        account.leave(("HF_key_var",), "not taken: no model of Hugging Face is named")
    _toxicity(account, bot)
    _images(account, bot)


def _model(account: Account, bot: str, which: str, new: Path) -> None:
    old = f"{which}_textgen_model"
    model = account.get(old)
    account.put((old,), (*new, "model"), model)
    own, shared = f"{which}_textgen_parameters", "text_generation_parameters"
    if model is None:
        account.leave((own,), f"not taken: there is no {old}")
        return
    account.default((*new, "api"), "completion", why="raw text")
    account.default((*new, "base_url"), ROUTER, why="serves no raw completions: change it")
    account.changes(
        f"Hugging Face no longer completes raw text with `{model}`: set "
        f"{'.'.join(new)}.base_url to a server that does, such as vLLM's http://HOST:8000/v1."
    )
    _parameters(account, own if own in account.old else shared, new, bot)


def _parameters(account: Account, group: str, new: Path, bot: str) -> None:
    for key, value in account.section(group).items():
        if key in _PLAIN:
            account.put((group, key), (*new, _PLAIN[key]), value)
        elif key in _EXTRA:
            account.put((group, key), (*new, "extra_body", key), value)
        elif why := _NOT_NEEDED.get(key):
            account.leave((group, key), why.format(bot=bot))


def _toxicity(account: Account, bot: str) -> None:
    """The threshold of a gate that is off until it has an endpoint."""
    gate = ("bots", bot, "brain", "toxicity")
    account.put(("toxicity_threshold",), (*gate, "threshold"), account.get("toxicity_threshold"))
    given = account.get("threshold_map")
    if isinstance(given, Mapping):
        for name, ours in _CLASSES.items():
            account.put(("threshold_map", name), (*gate, "thresholds", ours), given.get(name))
    account.leave(
        ("Google_API_key_var",),
        "not taken: Perspective closes at the end of 2026 and is not built; "
        f"{'.'.join(gate)} takes a classifier (weights on this machine) or a base_url and "
        "api_key_env of a moderation endpoint",
    )
    if account.written(gate):
        account.changes(
            f"The toxicity gate is off until {'.'.join(gate)} names a `classifier` or the "
            "`base_url` of a moderation endpoint (HotShotBot asks Perspective, which closes at the "
            "end of 2026); the threshold counts for each of its categories."
        )


def _images(account: Account, bot: str) -> None:
    """The key of what says what images show; off until it has an endpoint."""
    captions = ("bots", bot, "brain", "captions")
    made = names.variable(bot, "AZURE_KEY")
    key_variable(account, ("azure_token_var",), (*captions, "api_key_env"), made)
    account.leave(
        ("azure_endpoint",),
        "not taken: Azure's image analysis has another shape; give "
        f"{'.'.join(captions)} a base_url and model of a chat endpoint that sees images",
    )
    if account.written(captions):
        account.changes(
            f"Images are passed over until {'.'.join(captions)}.base_url and .model name a chat "
            "endpoint that sees them (HotShotBot asks Azure's image analysis)."
        )
    account.leave(
        ("deepai_api_key_var",),
        f"not taken: images of posts are drawn by bots.{bot}.reddit.images, with its own key",
    )
