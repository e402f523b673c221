"""Messages to bots: commands, by their prefix or their first two words.

The prefixes are those of clean-discord's list of 429 (https://github.com/JEF1056/clean-discord),
which takes every message that begins with one of . ! # $ ; + ^ ? %. Here a word must follow the
sign at once, and after any but "!" and "/" a word that bots know, so that "...", "$5" or "+1" are
no commands.
"""

import re
from collections.abc import Collection, Sequence

from clone_pipeline.chats.rules.rule import Drop

_KNOWN = (
    "8ball add afk announce av avatar bal balance ban bank battle beg bet blackjack buy cat "
    "catch claim clear cmds coinflip commands config convert craft daily define dep deposit "
    "dice disable disconnect dog enable eval exec fish flip forceskip gamble gif give giveaway "
    "google help hunt iam image img info inv inventory invite join kick lb leaderboard leave "
    "level levels loop lyrics marry meme memes mine monthly mute nowplaying np pause pay pick "
    "ping play playlist poll prefix price profile purge quest queue quiz rank ranks reload "
    "remind reminder remindme rep reroll resume rob role roleinfo roles roll search seek sell "
    "serverinfo setprefix shop shuffle skip slots snipe start stats stop summon tag tags ticket "
    "time timeout tip trade translate trivia unban unmute uptime urban use userinfo verify vol "
    "volume vote waifu warn weather weekly whois wiki withdraw work xp youtube yt"
)
_SPOKEN_TO = {
    "pls": (
        "animals automeme aww bal balance bankrob beg blackjack crime daily dankrate dep "
        "deposit dig doot emojify fish gamble hack hangman highlow howgay hunt inv inventory "
        "lootbox lottery meme memes monthly multiplier postmemes prestige profile rich roast "
        "rob scout shop simprate slots snakeeyes snipe stankrate trivia vaporwave waifu weekly "
        "withdraw xkcd 8ball"
    ),
    "rpg": (
        "adventure arena buy chop coinflip cook craft daily dice duel dungeon enchant fish "
        "guild heal hunt inventory mine miniboss pets pickup profile quest recipes sell shop "
        "slots wheel"
    ),
    "420": (
        "balance blackmarket buy coinflip commands cooldowns daily deal dealership deathroll "
        "dice empire growhouse gunsafe harvest leaderboard mule plant plug profile pusher raid "
        "roulette seeds smoke smokeshop trapper tutorial vote water weed weekly"
    ),
    "owo": (
        "autohunt avatar battle bite blackjack boop buy cash coinflip cookie cowoncy cuddle "
        "curse daily equip give greet highfive hug hunt inv kiss lick lottery my nom owodex pat "
        "pets poke pray punch sell ship shop slap slots stare stats tickle top translate vote "
        "wave zoo"
    ),
}
_SPOKEN_TO["uwu"] = _SPOKEN_TO["owo"]
# "/me waves" is talk, and so are tags of tone.
_SAID = "gen|hj|lh|me|neg|nm|nsrs|pos|ref|rh|shrug|spoiler|srs|tableflip|unflip"


def _any_of(words: str) -> str:
    return "|".join(words.split())


_TO_BOTS = "|".join(f"{bot} +(?:{_any_of(words)})" for bot, words in _SPOKEN_TO.items())
_COMMAND = re.compile(
    r"!{1,2}[a-z][a-z0-9_-]+(?![^\s<@])"
    r"|[!-][pq](?=\s)"
    rf"|/(?!(?:{_SAID})\b)[a-z][a-z0-9_-]+(?:@\w+)?(?!\S)"
    rf"|(?:[.$;+^%?~=&-]{{1,2}}|(?i:[a-z]{{1,3}}!))(?:{_any_of(_KNOWN)})(?!\S)"
    rf"|(?i:{_TO_BOTS})(?!\S)"
)
_FIRST = frozenset("!/.$;+^%?~=&-")
_WORDS = frozenset(f"{each} " for bot in _SPOKEN_TO for each in (bot, bot.title(), bot.upper()))


def bot_commands() -> Drop:
    """Messages that command a bot: "!price", "/start", "$tip 1", "t!daily", "pls meme"."""

    def places(texts: Sequence[str]) -> list[int]:
        starts = [text[:4] for text in texts]
        odd = {each for each in set(starts) if each[:1] in _FIRST or "!" in each or each in _WORDS}
        some = [place for place, start in enumerate(starts) if start in odd]
        return [place for place in some if _COMMAND.match(texts[place])]

    return Drop("bot_command", places)


def command_prefixes(prefixes: Collection[str]) -> Drop:
    """Messages that begin with one of the prefixes, in whatever case."""
    given = tuple({prefix.lower() for prefix in prefixes})

    def places(texts: Sequence[str]) -> list[int]:
        return [place for place, text in enumerate(texts) if text.lower().startswith(given)]

    return Drop("command_prefix", places)
