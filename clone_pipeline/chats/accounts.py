"""Whose account is whose: authors of messages and the personas they belong to."""

import difflib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from clone_pipeline.chats.identifiers import masked_id, masked_name
from clone_pipeline.records import Message
from clone_pipeline.settings import Fault, FaultyInput

# {persona's key: {platform: [author ids, login names or display names]}}
Accounts = Mapping[str, Mapping[str, Sequence[str]]]


class Names:
    """Who an author is, decided once an author: persona's key, masked id, masked name."""

    def __init__(self, accounts: Accounts, mask: Callable[[str], str]) -> None:
        self._owners = _owners(accounts)
        self._mask = mask
        self._known: dict[tuple[str, ...], tuple[str | None, str, str]] = {}
        self._channels: dict[tuple[str, str], tuple[str, str]] = {}

    def __call__(self, message: Message) -> tuple[str | None, str, str]:
        """The persona's key or None, the author's id and name as they may be shown."""
        key = (message.platform, message.author_id, message.login, message.author)
        if key not in self._known:
            names = [(message.platform, name.strip().casefold()) for name in key[1:] if name]
            persona = next((self._owners[name] for name in names if name in self._owners), None)
            self._known[key] = (persona, *self._shown(message.author_id, message.author))
        return self._known[key]

    def channel(self, message: Message) -> tuple[str, str]:
        """The channel's id and name as they may be shown."""
        key = (message.channel_id, message.channel)
        if key not in self._channels:
            self._channels[key] = self._shown(*key)
        return self._channels[key]

    def _shown(self, identity: str, name: str) -> tuple[str, str]:
        masked = masked_name(name, self._mask)
        return masked if identity == name else masked_id(identity, self._mask), masked


def unmatched_accounts(messages: Sequence[Message], *, accounts: Accounts) -> list[Fault]:
    """The personas of whom no message was found on a platform, with the names that are close."""
    written = {(message.persona, message.platform) for message in messages}
    faults = []
    for persona, by_platform in accounts.items():
        for platform, wanted in by_platform.items():
            if wanted and (persona, platform) not in written:
                known = Counter(m.author for m in messages if m.platform == platform and m.author)
                faults.append(_unmatched(f"personas.{persona}.accounts.{platform}", wanted, known))
    return faults


def _unmatched(where: str, wanted: Sequence[str], known: Counter[str]) -> Fault:
    close = difflib.get_close_matches(wanted[0], list(known), n=1, cutoff=0.6)
    most = ", ".join(name for name, _ in known.most_common(5))
    fix = f"Did you mean `{close[0]}`?" if close else f"Who writes most there: {most or 'nobody'}."
    return Fault(where, f"no message of {', '.join(wanted)}", fix)


def _owners(accounts: Accounts) -> dict[tuple[str, str], str]:
    owners: dict[tuple[str, str], str] = {}
    faults = []
    for persona, by_platform in accounts.items():
        for platform, names in by_platform.items():
            for name in names:
                other = owners.setdefault((platform, name.strip().casefold()), persona)
                if other != persona:
                    where = f"personas.{persona}.accounts.{platform}"
                    found = f"`{name}`, which is `{other}`'s too"
                    faults.append(Fault(where, found, "Give each account to one persona."))
    if faults:
        raise FaultyInput(faults)
    return owners
