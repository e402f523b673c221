"""Discord's objects, API v10.

https://discord.com/developers/docs/resources/{user,channel,guild,message,application}, and
.../topics/gateway-events; as in discord.py's types/{user,member,channel,guild,message,appinfo,
gateway,interactions,command}.py.
"""

import itertools
import time
from datetime import UTC, datetime
from typing import Any

Body = dict[str, Any]

EPOCH_MS = 1420070400000
_counter = itertools.count()


def snowflake(*, seconds_ago: float = 0.0) -> str:
    """A new id: milliseconds since 2015, and a number that goes on."""
    passed = int((time.time() - seconds_ago) * 1000) - EPOCH_MS
    return str((passed << 22) | (next(_counter) & 0x3FFFFF))


def moment_of(identity: str) -> str:
    seconds = ((int(identity) >> 22) + EPOCH_MS) / 1000
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def user(identity: str, name: str, *, bot: bool = False, shown: str | None = None) -> Body:
    return {
        "id": identity, "username": name, "discriminator": "0000" if bot else "0", "avatar": None,
        "global_name": shown, "bot": bot, "public_flags": 0, "flags": 0,
    }  # fmt: skip


def member(whom: Body | None, *, nick: str | None = None, roles: tuple[str, ...] = ()) -> Body:
    made: Body = {
        "roles": list(roles), "joined_at": "2024-01-01T00:00:00+00:00", "deaf": False,
        "mute": False, "flags": 0, "nick": nick, "avatar": None, "premium_since": None,
        "pending": False, "communication_disabled_until": None,
    }  # fmt: skip
    return made if whom is None else made | {"user": whom}


def role(identity: str, name: str, *, of_bot: str | None = None) -> Body:
    made: Body = {
        "id": identity, "name": name, "color": 0, "hoist": False, "position": 1, "icon": None,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "unicode_emoji": None, "permissions": "1071698660929", "managed": of_bot is not None,
        "mentionable": True, "flags": 0,
    }  # fmt: skip
    return made if of_bot is None else made | {"tags": {"bot_id": of_bot}}


def text_channel(identity: str, name: str, guild_id: str) -> Body:
    return {
        "id": identity, "type": 0, "guild_id": guild_id, "name": name, "position": 0,
        "permission_overwrites": [], "topic": None, "nsfw": False, "last_message_id": None,
        "rate_limit_per_user": 0, "parent_id": None, "flags": 0,
    }  # fmt: skip


def thread(identity: str, name: str, guild_id: str, *, parent: str, owner: str) -> Body:
    return {
        "id": identity, "type": 11, "guild_id": guild_id, "parent_id": parent, "owner_id": owner,
        "name": name, "member_count": 2, "message_count": 0, "total_message_sent": 0,
        "rate_limit_per_user": 0, "last_message_id": None, "flags": 0,
        "thread_metadata": {
            "archived": False, "auto_archive_duration": 1440, "locked": False,
            "archive_timestamp": "2024-01-01T00:00:00+00:00",
            "create_timestamp": moment_of(identity),
        },
        "member": {"id": identity, "join_timestamp": moment_of(identity), "flags": 0},
    }  # fmt: skip


def direct_channel(identity: str, whom: Body) -> Body:
    return {
        "id": identity, "type": 1, "last_message_id": None, "recipients": [whom], "flags": 0
    }  # fmt: skip


def guild(identity: str, name: str, owner: str) -> Body:
    return {
        "id": identity, "name": name, "icon": None, "splash": None, "discovery_splash": None,
        "owner_id": owner, "region": "deprecated", "afk_channel_id": None, "afk_timeout": 300,
        "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0,
        "roles": [role(identity, "@everyone")], "emojis": [], "stickers": [], "features": [],
        "mfa_level": 0, "nsfw_level": 0, "application_id": None, "system_channel_id": None,
        "system_channel_flags": 0, "rules_channel_id": None, "vanity_url_code": None,
        "description": None, "banner": None, "premium_tier": 0, "preferred_locale": "en-US",
        "public_updates_channel_id": None, "incidents_data": None, "joined_at": None,
        "large": False, "member_count": 3, "voice_states": [], "presences": [],
        "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        "channels": [], "threads": [], "members": [], "unavailable": False,
    }  # fmt: skip


def message(
    identity: str, channel: str, author: Body, content: str | None, **more: Any
) -> Body:  # fmt: skip
    return {
        "id": identity, "channel_id": channel, "author": author, "content": content,
        "timestamp": moment_of(identity), "edited_timestamp": None, "tts": False,
        "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [],
        "embeds": [], "pinned": False, "type": 0, "flags": 0, "components": [],
    } | more  # fmt: skip


def attachment(url: str, name: str, kind: str | None, size: int) -> Body:
    made: Body = {
        "id": snowflake(), "filename": name, "size": size, "url": url, "proxy_url": url
    }  # fmt: skip
    return made if kind is None else made | {"content_type": kind}


def application(identity: str, bot: Body, description: str) -> Body:
    return {
        "id": identity, "name": bot["username"], "icon": None, "description": description,
        "summary": "", "bot_public": True, "bot_require_code_grant": False, "bot": bot,
        "owner": user("900", "owner"), "team": None, "verify_key": "0" * 64, "flags": 1 << 18,
        "redirect_uris": [], "interactions_endpoint_url": None, "tags": [],
    }  # fmt: skip


def refusal(code: int, text: str, **errors: Any) -> Body:
    """.../topics/opcodes-and-status-codes#json and .../reference#error-messages."""
    return {"code": code, "message": text} | ({"errors": errors} if errors else {})


def faulty_field(code: str, text: str) -> Body:
    return {"_errors": [{"code": code, "message": text}]}
