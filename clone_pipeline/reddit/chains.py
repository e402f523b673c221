"""Threads as messages: each tree as chains of replies, every chain a conversation."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from clone_pipeline.records import Kind, Message, RedditItem
from clone_pipeline.reddit.nesting import Age, Thread, age, best, plain, threads

# Accounts that answer by rule on all of Reddit; a bot of one subreddit is not among them. Names
# that only sound like a bot's are people's too, so nothing is guessed from a name.
BOTS = frozenset(
    """
    AmputatorBot AutoModerator autotldr backtickbot ClickableLinkBot CommonMisspellingBot
    converter-bot could-of-bot FatFingerHelperBot friendly-bot GenderNeutralBot gifv-bot
    GoodBot_BadBot haikusbot HelperBot_ i-am-dad-bot imguralbumbot LinkExpanderBot LinkFixerBot
    LinkifyBot Mentioned_Videos metric_units profanitycounter reddit RemindMeBot RepostSleuthBot
    sneakpeekbot SnapshillBot stabbot SaveVideo timezone_bot Title2ImageBot totesmessenger
    tweetposter TweetsInCommentsBot vredditdownloader WikiSummarizerBot WikiTextBot
    xkcd_transcriber YTubeInfoBot youtubefactsbot
    """.casefold().split()
)
_ONLY_LINKS = re.compile(r"(?:<?(?:https?://|www\.)\S+(?:\s+|\Z))+\Z", re.IGNORECASE)
_ONLY_IMAGES = re.compile(r"(?:!\[(?:gif|img)\]\([^)\s]*\)\s*)+\Z")
# A line that quotes; ">!" hides words instead.
_QUOTE = re.compile(r"[^\S\n]{0,3}>(?!!)")
_SIGNS = re.compile(r"[\W_]+")
# How far back in a chain a quote is looked for, besides the chain's beginning.
_BACK = 3


def is_bot(author: str) -> bool:
    """Whether it is the account of a known bot."""
    return author.casefold() in BOTS


def only_links(text: str) -> bool:
    """Whether `text` is nothing but web addresses."""
    return bool(_ONLY_LINKS.match(text))


def messages(
    items: Iterable[RedditItem], *, personas: Mapping[str, str], replacers: Mapping[str, str]
) -> list[Message]:
    """Every item as one message; `conversation` is its chain, see `chains_of`.

    Kinds: "bot" for `BOTS`, "link" and "image" for what is nothing but that, else "text", a link
    post with a title too. What quotes the chain's own words is left out of a text: told again,
    they would be taken for words of the one who quotes. A chain's first message keeps its quotes,
    for there they are all that tells what it answers.

    Args:
        items: masked, in any order; an item that is given twice is told once.
        personas: {Reddit user name: key of the persona}.
        replacers: {Reddit user name: the author_id that this user has elsewhere}.

    Returns:
        The chains in the order of their first items' times, each from its beginning.
    """
    owners = {name.casefold(): key for name, key in personas.items()}
    known = {name.casefold(): other for name, other in replacers.items()}
    chains = [(thread, chain) for thread in threads(items) for chain in chains_of(thread, owners)]
    chains.sort(key=lambda found: age(found[1][0]))
    return [each for thread, chain in chains for each in _told(thread, chain, owners, known)]


def chains_of(thread: Thread, owners: Mapping[str, str]) -> list[list[RedditItem]]:
    """The tree as disjoint paths from parent to child; each item is on exactly one.

    A path goes on to a reply that a persona wrote, else to the reply below which a persona's
    comment is nearest, else to the best scored that is no bot's, else to the oldest. Every other
    reply begins a path, as does a root.

    Args:
        thread: of any depth.
        owners: {user name in lower case: key of the persona}.
    """
    ranks = _ranks(thread, owners)
    after = {
        name: min(replies, key=lambda reply: ranks[reply.item_id])
        for name, replies in thread.replies.items()
    }
    inside = {item.item_id for item in after.values()}
    chains = []
    for first in thread.items.values():
        if first.item_id not in inside:
            chain = [first]
            while following := after.get(chain[-1].item_id):
                chain.append(following)
            chains.append(chain)
    return chains


def _ranks(
    thread: Thread, owners: Mapping[str, str]
) -> dict[str, tuple[float, bool, tuple[int, Age]]]:
    """The lowest goes first: steps down to a persona's comment, a bot's, score and age."""
    steps: dict[str, float] = {}
    ranks = {}
    for item in reversed(list(thread.items.values())):
        replies = thread.replies.get(item.item_id, ())
        below = min((steps[reply.item_id] + 1 for reply in replies), default=float("inf"))
        steps[item.item_id] = 0 if item.author.casefold() in owners else below
        ranks[item.item_id] = (steps[item.item_id], is_bot(item.author), best(item))
    return ranks


def _told(
    thread: Thread, chain: Sequence[RedditItem], owners: Mapping[str, str], known: Mapping[str, str]
) -> Iterator[Message]:
    conversation = f"reddit:{thread.thread_id}:{chain[0].item_id}"
    texts = [_text(item) for item in chain]
    for place, item in enumerate(chain):
        before = [*texts[: min(1, place)], *texts[max(1, place - _BACK) : place]]
        text = without_quotes(texts[place], before)
        name = item.author.casefold()
        where = f"r/{item.subreddit}"
        answered = item.parent_id if item.parent_id in thread.items else None
        yield Message(
            message_id=f"reddit:{item.item_id}",
            platform="reddit",
            channel_id=where,
            channel=where,
            timestamp=item.created,
            author_id=known.get(name, item.author),
            author=item.author,
            persona=owners.get(name),
            kind=_kind(item, text),
            text=text,
            reply_to=f"reddit:{answered}" if answered else None,
            source_file=f"reddit/{item.subreddit}/{item.day.isoformat()}",
            conversation=conversation,
            edited=item.edited,
        )


def without_quotes(text: str, told: Sequence[str]) -> str:
    """`text` less the lines that quote one of `told`, compared by letters; all of it if no more.

    Args:
        text: Markdown; a quoting line begins with ">".
        told: what was said before.
    """
    if ">" not in text:
        return text
    heard = [_letters(said) for said in told]
    left = [
        line
        for line in text.split("\n")
        if not (_QUOTE.match(line) and any(_letters(line) in said for said in heard))
    ]
    return "\n".join(left).strip() or text


def _text(item: RedditItem) -> str:
    parts = (plain(item.title), plain(item.text))
    return "\n\n".join(part for part in parts if part)


def _kind(item: RedditItem, text: str) -> Kind:
    if is_bot(item.author):
        return "bot"
    if only_links(text):
        return "link"
    return "image" if _ONLY_IMAGES.match(text) else "text"


def _letters(text: str) -> str:
    return _SIGNS.sub("", text.casefold())
