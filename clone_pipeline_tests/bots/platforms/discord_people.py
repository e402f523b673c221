"""What people do on the local Discord."""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from clone_pipeline_tests.bots.platforms import discord_shapes as shapes
from clone_pipeline_tests.bots.platforms.discord_gateway import Gateway
from clone_pipeline_tests.bots.platforms.discord_rest import Rest
from clone_pipeline_tests.bots.platforms.discord_shapes import Body
from clone_pipeline_tests.bots.platforms.discord_world import World

T = TypeVar("T")


class People:
    """Of a server; ids are Discord's, as text."""

    world: World
    rest: Rest
    gateway: Gateway
    bot: str

    @property
    def url(self) -> str:
        raise NotImplementedError

    def do(self, what: Callable[[], T]) -> T:
        raise NotImplementedError

    def person(self, name: str, *, bot: bool = False, shown: str | None = None) -> str:
        made = shapes.user(shapes.snowflake(), name, bot=bot, shown=shown)
        self.do(lambda: self.world.users.__setitem__(made["id"], made))
        return str(made["id"])

    def guild(self, name: str = "Garden", *, nick: str | None = None, role: str = "bots") -> str:
        """A server of the bot's, with a role of its own; told to who is connected."""
        made = shapes.guild(shapes.snowflake(), name, "900")
        its = shapes.role(shapes.snowflake(), role, of_bot=self.bot)
        made["roles"].append(its)
        me = self.world.users[self.bot]
        made["members"].append(shapes.member(me, nick=nick, roles=(its["id"],)))
        self.do(lambda: self._add_guild(made))
        return str(made["id"])

    def channel(self, guild: str, name: str = "general") -> str:
        made = shapes.text_channel(shapes.snowflake(), name, guild)
        self.do(lambda: self._add_channel(made, "CHANNEL_CREATE"))
        return str(made["id"])

    def thread(self, channel: str, name: str = "aside", *, owner: str) -> str:
        guild = self.do(lambda: self.world.guild_of(channel)) or ""
        made = shapes.thread(shapes.snowflake(), name, guild, parent=channel, owner=owner)
        self.do(lambda: self._add_channel(made, "THREAD_CREATE"))
        return str(made["id"])

    def direct(self, person: str) -> str:
        made = shapes.direct_channel(shapes.snowflake(), self.world.users[person])
        self.do(lambda: self.world.add_channel(made))
        return str(made["id"])

    def say(self, channel: str, author: str, text: str | None, **more: Any) -> str:
        """A message: its id. `answers` is the id of another; `told=False` tells nobody of it;
        `ago` seconds lie it back; all else goes into it as it is."""
        return self.do(lambda: self.say_now(channel, author, text, **more))

    def say_many(self, said: Iterable[tuple[str, str, str]]) -> list[str]:
        """Messages by (channel, author, text), all at once."""
        return self.do(lambda: [self.say_now(*each) for each in said])

    def edit(self, channel: str, message: str, text: str) -> None:
        def edit() -> None:
            held = self.world.messages[channel][message]
            held |= {"content": text, "edited_timestamp": held["timestamp"]}
            event = self.world.event(held)
            self.world.tell("MESSAGE_UPDATE", event, need=self.world.needed(channel))

        self.do(edit)

    def delete(self, channel: str, *messages: str) -> None:
        """One message, or several at once as moderators do."""

        def delete() -> None:
            if len(messages) == 1:
                self.rest.remove(channel, messages[0])
                return
            for message in messages:
                del self.world.messages[channel][message]
            data = {
                "ids": list(messages), "channel_id": channel, "guild_id": self._guild(channel)
            }  # fmt: skip
            self.world.tell("MESSAGE_DELETE_BULK", data, need=self.world.needed(channel))

        self.do(delete)

    def react(self, channel: str, message: str, person: str, emoji: str) -> None:
        def react() -> None:
            held = self.world.messages[channel][message]
            data: Body = {
                "user_id": person, "channel_id": channel, "message_id": message, "burst": False,
                "emoji": {"id": None, "name": emoji}, "type": 0,
                "message_author_id": held["author"]["id"],
            }  # fmt: skip
            if guild := self.world.guild_of(channel):
                whom = shapes.member(self.world.users[person])
                data |= {"guild_id": guild, "member": whom}
            need = self.world.needed(channel, reaction=True)
            self.world.tell("MESSAGE_REACTION_ADD", data, need=need)

        self.do(react)

    def order(self, channel: str, person: str, command: str, **options: str) -> None:
        """A slash command; .../interactions/receiving-and-responding#interaction-object."""
        self.do(lambda: self._order(channel, person, command, options))

    def file(self, name: str, content: bytes, kind: str | None = None) -> Body:
        """An attachment of a message."""
        self.do(lambda: self.rest.files.__setitem__(name, content))
        return shapes.attachment(f"{self.url}/attachments/{name}", name, kind, len(content))

    def _add_guild(self, guild: Body) -> None:
        self.world.guilds[guild["id"]] = guild
        new = {key: value for key, value in guild.items() if key != "unavailable"}
        self.world.tell("GUILD_CREATE", new)

    def _add_channel(self, channel: Body, event: str) -> None:
        self.world.add_channel(channel)
        self.world.tell(event, channel)

    def _guild(self, channel: str) -> str:
        return self.world.guild_of(channel) or ""

    def say_now(
        self, channel: str, author: str, text: str | None, *, answers: str = "", told: bool = True,
        ago: float = 0.0, **more: Any,
    ) -> str:  # fmt: skip
        """As `say`, for the server's own thread."""
        if answers:
            reference = {"type": 0, "message_id": answers, "channel_id": channel}
            more = {"type": 19, "message_reference": reference} | more
        named = dict.fromkeys(re.findall(r"<@!?(\d+)>", text or ""))
        known = [self.world.users[each] for each in named if each in self.world.users]
        more = {"mentions": [each | {"member": shapes.member(None)} for each in known]} | more
        identity = shapes.snowflake(seconds_ago=ago)
        made = shapes.message(identity, channel, self.world.users[author], text, **more)
        self.world.store(made)
        if told:
            event = self.world.event(made)
            self.world.tell("MESSAGE_CREATE", event, need=self.world.needed(channel))
        return identity

    def _order(self, channel: str, person: str, command: str, options: dict[str, str]) -> None:
        account = next(a for a in self.world.accounts.values() if a.user["id"] == self.bot)
        known = next(each for each in account.commands if each["name"] == command)
        kinds = {each["name"]: each["type"] for each in known.get("options", [])}
        given = [{"name": k, "type": kinds[k], "value": v} for k, v in options.items()]
        people = {v: self.world.users[v] for k, v in options.items() if kinds[k] == 6}
        data: Body = {
            "id": shapes.snowflake(), "application_id": self.bot, "type": 2, "version": 1,
            "token": f"interaction-{command}", "channel_id": channel, "entitlements": [],
            "channel": self.world.channels[channel], "app_permissions": "0", "locale": "en-US",
            "attachment_size_limit": 10_485_760, "authorizing_integration_owners": {},
            "data": {
                "id": known["id"], "name": command, "type": 1, "options": given,
                "resolved": {"users": people},
            },
        }  # fmt: skip
        whom = self.world.users[person]
        if guild := self.world.guild_of(channel):
            permitted = shapes.member(whom) | {"permissions": "0"}
            data |= {"guild_id": guild, "member": permitted, "context": 0}
        else:
            data |= {"user": whom, "context": 1}
        self.world.tell("INTERACTION_CREATE", data)
