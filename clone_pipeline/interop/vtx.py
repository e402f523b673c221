"""VTX's config.yml (https://github.com/0-5788719150923125/vtx) as a bot of clone.yaml.

Both spellings of its keys are read: the older one (`chance`, `passive_chance`) and the newer one
(`frequency`, `passive_frequency`). What VTX does where its configuration is silent is written out
wherever this project would do something else.
"""

from collections.abc import Mapping
from typing import Any

from clone_pipeline.interop import names, old_tree, vtx_chats, vtx_left, vtx_reddit
from clone_pipeline.interop.account import Account, Imported
from clone_pipeline.interop.vtx_rates import inline_secrets
from clone_pipeline.interop.vtx_speakers import Speakers

FILE = "config.yml"
VARIABLES = (
    "DISCORDTOKEN", "REDDITCLIENT", "REDDITSECRET", "REDDITAGENT", "REDDITPASSWORD",
    "TELEGRAMBOTAPIKEY", "MATRIXUSER", "MATRIXPASSWORD",
)  # fmt: skip

# VTX writes up to ten times, each time 1.1 times as warm, for at most six minutes.
_BRAIN: dict[tuple[str, ...], Any] = {
    ("form",): "bias",
    ("attempts",): 10,
    ("hottest",): 1.65,
    ("max_seconds",): 360,
    ("most_lines",): 100,
    ("model", "temperature"): 0.7,
    ("model", "max_tokens"): 333,
}
_SENTENCES = (
    "A model that was taught VTX's lines (¶BIAS:> text) is asked by raw completion: set "
    "bots.{bot}.brain.model.base_url and .model to a server that has it, such as vLLM; "
    "`clone-pipeline serve` answers chat only.",
    "VTX draws with a repetition penalty of 1.25 and top_k 4: where the endpoint knows these, set "
    "bots.{bot}.brain.model.extra_body.",
    "Slurs are not answered, nor written (default_negative_keywords, brain.default_words), and "
    "answers per user and channel are limited (rules.limits); VTX has neither.",
    "Other bots get no answer without end (rules.loops); VTX answers bots as it does people.",
    "What VTX takes `gen` in a message for, an order to speak, is none here: rules.call_words.",
)


def read_vtx(text: str, *, name: str, env: Mapping[str, str]) -> Imported:
    """VTX's configuration as the bot `name`, and what it says of Reddit's data.

    Args:
        text: of a config.yml.
        name: the bot's key in clone.yaml.
        env: the environment; FOCUS names the model.

    Raises:
        FaultyInput: no YAML, a section that is none, or `name` is no bot's name.
    """
    bot = names.bot_key(name)
    account = Account(old_tree.read(text, name=FILE), system="VTX", env=env)
    inline_secrets(account, (), {name: (name.lower(),) for name in VARIABLES})
    speakers = Speakers(account, bot)
    for path, value in _BRAIN.items():
        account.default(("bots", bot, "brain", *path), value)
    account.default(("bots", bot, "budget", "characters"), None)
    vtx_reddit.read(account, bot, speakers)
    vtx_chats.read(account, bot, speakers)
    vtx_left.read(account, bot, focus=env.get("FOCUS", ""))
    speakers.anyone()
    for sentence in _SENTENCES:
        account.changes(sentence.format(bot=bot))
    return account.imported()
