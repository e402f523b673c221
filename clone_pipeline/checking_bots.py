"""What `check` says of the bots: where they can go, what they ask, what reaches whom."""

from clone_pipeline.bots.opening import module_of
from clone_pipeline.bots.settings import BotSettings
from clone_pipeline.llm.hosts import host_of
from clone_pipeline.llm.openai_compatible import api_key
from clone_pipeline.project import Project
from clone_pipeline.settings import Fault, FaultyInput


def check_bots(settings: Project, *, deployed: bool) -> tuple[list[str], list[str], list[Fault]]:
    """Facts, warnings and faults about the bots of a project.

    Args:
        settings: of the project.
        deployed: a model of the project is in production.
    """
    facts: list[str] = []
    warnings: list[str] = []
    faults: list[Fault] = []
    for name in settings.bots:
        bot = settings.bot(name)
        there = []
        for platform, given in bot.platforms().items():
            sentence = module_of(platform).skipped(given)
            if sentence:
                warnings.append(f"bot {name} on {platform} is left out: {sentence}")
            else:
                there.append(platform)
        who = ", ".join(voice.name for voice in bot.voices.values()) or name
        facts.append(f"bot {name} ({who}): {', '.join(there) or 'nowhere yet'}; {_asks(bot)}")
        facts += [f"bot {name}: {sentence}" for sentence in bot.brain.sentences()]
        for key, endpoint in bot.endpoints().items():
            try:
                api_key(endpoint.api_key_env)
            except FaultyInput as error:
                faults += [
                    Fault(f"bots.{name}.{key}.api_key_env: {fault.where}", fault.found, fault.fix)
                    for fault in error.faults
                ]
        if bot.brain.form != "chat" and any(m.base_url is None for m in bot.brain.models()):
            warnings.append(
                f"bot {name}: brain.form {bot.brain.form} is asked by raw completion, which this "
                "project's `serve` does not answer: set brain.model.base_url to a server that does"
            )
        if not deployed and any(model.base_url is None for model in bot.brain.models()):
            warnings.append(f"bot {name} waits until `clone-pipeline run` has deployed a model")
    return facts, warnings, faults


def _asks(bot: BotSettings) -> str:
    hosts = {host_of(m.base_url) for m in bot.brain.models() if m.base_url}
    own = any(m.base_url is None for m in bot.brain.models())
    asked = [*(["this project's own model"] if own else []), *sorted(hosts)]
    return f"what is said there goes to {' and '.join(asked)}"
