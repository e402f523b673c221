"""What is put around a reply before it is sent: whose voice it is, and that a bot speaks."""

from clone_pipeline.bots import past
from clone_pipeline.bots.bot import Bot, stable_draw
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.trying import Written
from clone_pipeline.bots.voices import VoiceSettings

# VTX's ways of saying in whose voice a reply is, where no persona is set.
CHAT_FORMS = (
    'The clone of <@{who}> suggests, *"{text}"*',
    '<@{who}> says, *"{text}"*',
    '<@{who}> would say, *"{text}"*',
    'They said, *"{text}"*',
    "{text}",
)
REDDIT_FORMS = (
    'My daemon says, "{text}"',
    'Penny, the demon, says, "{text}"',
    'A voice within me says, "{text}"',
    'They said, "{text}"',
    "{text}",
)


def finished(written: Written, item: Item, *, bot: Bot, voice: VoiceSettings) -> str:
    """The text that is sent: a post's title in its first line; a reply with what honesty wants."""
    if item.task == "post" and item.heard.kind == "submission":
        return f"{written.title}\n\n{written.text}".strip()
    text = written.text
    if bot.settings.say_who and written.bias and voice.bias is None:
        forms = REDDIT_FORMS if item.key.platform == "reddit" else CHAT_FORMS
        chosen = stable_draw(*item.key).choice(forms)
        text = chosen.format(who=written.bias, text=text)
    notice = bot.settings.honesty.first_message.replace("{name}", voice.name)
    if notice and not _knows(item, notice, bot):
        text = f"{text}\n\n{notice}"
    return text


def title_and_body(text: str) -> tuple[str, str]:
    """A post's two parts again."""
    title, _, body = text.partition("\n\n")
    return title, body


def _knows(item: Item, notice: str, bot: Bot) -> bool:
    """Nobody in particular is written to, or whoever is was told before."""
    if item.task == "post" or item.key.platform == "terminal":
        return True
    return past.ever_told(bot.queue.file, item.heard, bot.name, notice)
