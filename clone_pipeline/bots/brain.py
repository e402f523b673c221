"""What a bot says: context, question, clean-up, filters, further tries; no platform in it."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from clone_pipeline.bots import captions, posts, toxicity
from clone_pipeline.bots.asking import Ask, open_model
from clone_pipeline.bots.brain_settings import BrainSettings
from clone_pipeline.bots.captions import Look, Seen
from clone_pipeline.bots.context import Prompt, Shape, build
from clone_pipeline.bots.context_tags import Dialect, post_prompt
from clone_pipeline.bots.filters import Rules
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.reading import read_post, read_reply
from clone_pipeline.bots.toxicity import Gate
from clone_pipeline.bots.transcript import plain
from clone_pipeline.bots.trying import Course, Patience, Refused, Written, in_time, tried
from clone_pipeline.bots.voices import VoiceSettings
from clone_pipeline.bots.wire import Purse

__all__ = ["Brain", "Refused", "Written", "open_brain", "post", "reply"]

_RULES, _PATIENCE = Rules(), Patience()


async def reply(
    heard: Heard, *, speaker: VoiceSettings, shape: Shape, ask: Ask, gate: Gate | None = None,
    look: Look | None = None, rules: Rules = _RULES, patience: Patience = _PATIENCE,
) -> Written | Refused:  # fmt: skip
    """What `speaker` answers to `heard`, or why nothing.

    What was heard is judged first; each answer is cleaned, filtered and judged, and the model is
    asked again, warmer each time, until one passes.

    Args:
        heard: what is answered.
        speaker: whom the bot speaks as.
        shape: of the prompt.
        ask: the model.
        gate: judges toxicity, None if it is off.
        look: captions images, None if it is off.
        rules: what is never sent.
        patience: how long and how often the model is asked.

    Raises:
        FaultyInput: what the speaker is told leaves no room in the model's context.
    """

    async def answered(course: Course) -> Written | Refused:
        said = "\n".join(filter(None, (plain(heard.title), plain(heard.text))))
        if gate and (verdict := await gate(said)).toxic:
            return course.ended("toxic_input", verdict.why)
        seen = await look(heard.images) if look and heard.images else Seen()
        if not (said or seen.captions):
            return course.ended("nothing_to_answer", "it has neither words nor captioned images")
        prompt = build(heard, speaker=speaker, shape=shape, captions=seen.captions)
        found = await tried(
            course,
            ask=partial(ask, prompt, speaker.model or ""),
            read=lambda each: read_reply(each, prompt, speaker=speaker, rules=rules),
            gate=gate,
            patience=patience,
        )
        return replace(found, troubles=seen.troubles) if isinstance(found, Written) else found

    return await in_time(answered, seconds=patience.seconds)


async def post(
    plan: Heard, *, speaker: VoiceSettings, ask: Ask, gate: Gate | None = None,
    rules: Rules = _RULES, patience: Patience = _PATIENCE, dialect: Dialect = "ssi",
) -> Written | Refused:  # fmt: skip
    """A new post by a model of ssi-bot's tags, or why there is none.

    Args:
        plan: its channel is where to post, `is_link` whether a link or an image is posted, its
            context what was posted before, which is not said again.
        speaker: whom the bot speaks as.
        ask: the model.
        gate: judges toxicity, None if it is off.
        rules: what is never sent.
        patience: how long and how often the model is asked.
        dialect: of the tags.
    """
    text = post_prompt(plan.channel, link=plan.is_link, dialect=dialect)
    prompt = Prompt("tags", (), text, posts.STOP, ())
    before = [plain(each.text) for each in plan.context]

    async def written(course: Course) -> Written | Refused:
        return await tried(
            course,
            ask=partial(ask, prompt, speaker.model or ""),
            read=lambda each: read_post(each, prompt=text, said=before, rules=rules),
            gate=gate,
            patience=patience,
        )

    return await in_time(written, seconds=patience.seconds)


@dataclass(frozen=True, slots=True)
class Brain:
    """A bot's brain with its connections open; made by `open_brain`."""

    settings: BrainSettings
    replies: Ask
    posts: Ask
    gate: Gate | None
    look: Look | None

    async def reply(self, heard: Heard, *, speaker: VoiceSettings) -> Written | Refused:
        """See `reply`."""
        chosen = self.settings
        return await reply(
            heard, speaker=speaker, shape=chosen.shape(), ask=self.replies, gate=self.gate,
            look=self.look, rules=chosen.rules(), patience=chosen.patience(chosen.model),
        )  # fmt: skip

    async def post(self, plan: Heard, *, speaker: VoiceSettings) -> Written | Refused:
        """See `post`."""
        chosen = self.settings
        if chosen.post_model and chosen.post_model.base_url:
            speaker = speaker.model_copy(update={"model": None})  # its name at the other endpoint
        return await post(
            plan, speaker=speaker, ask=self.posts, gate=self.gate, rules=chosen.rules(),
            patience=chosen.patience(chosen.post_model or chosen.model), dialect=chosen.dialect,
        )  # fmt: skip


@asynccontextmanager
async def open_brain(
    settings: BrainSettings,
    *,
    base_url: str = "",
    purse: Purse | None = None,
    rng: random.Random,
) -> AsyncIterator[Brain]:
    """A brain for as long as the block lasts.

    Args:
        settings: of one bot.
        base_url: of this project's own endpoint, for models without an address.
        purse: what requests are paid from; moderation is free and not counted.
        rng: of the pauses between tries.

    Raises:
        FaultyInput: a key's variable is not set.
    """
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        replies = await enter(open_model(settings.model, base_url=base_url, purse=purse, rng=rng))
        writing = replies
        if settings.post_model:
            opened = open_model(settings.post_model, base_url=base_url, purse=purse, rng=rng)
            writing = await enter(opened)
        gate = await enter(toxicity.open_gate(settings.toxicity, rng=rng))
        look = await enter(captions.open_eyes(settings.captions, purse=purse, rng=rng))
        yield Brain(settings, replies, writing, gate, look)
