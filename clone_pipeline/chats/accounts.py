"""Whose account is whose: authors of messages, and the personas and people they belong to."""

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from clone_pipeline.chats.identifiers import masked_id, masked_name
from clone_pipeline.chats.owners import Accounts as Accounts
from clone_pipeline.chats.owners import compared, linked, owners_of
from clone_pipeline.chats.pseudonyms import Pseudonyms, has_no_name
from clone_pipeline.records import Message
from clone_pipeline.settings import Fault

_NOBODY: Accounts = MappingProxyType({})
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


class Names:
    """Who an author is: persona's key, and id and name as they may be shown.

    Ask once for each author: `of` is not cheap.

    Args:
        accounts: of the personas, by key.
        mask: hides personal data in ids and names.
        people: accounts of others whom clone.yaml names, likewise; each is one author, whatever
            the platform, with the id `person:<key>`.
        names: the names of `people`, by key.
        replacers: {Reddit user: the same person's id elsewhere}; the user is the persona or person
            who has that id on some platform, else is shown with it.
        pseudonyms: names for those who have none, or for everybody else; None gives nobody one.

    Attributes:
        aliases: what to replace in texts, by `pseudonyms.replacer`: names as the exports have
            them to names as they are shown. Empty unless everybody else has a pseudonym; complete
            when every author was asked for.
        kept: names in the exports that stay: those of the personas.
        shown: names of those who were asked for, as they are shown.

    Raises:
        FaultyInput: an account is claimed twice.
    """

    def __init__(
        self,
        accounts: Accounts,
        mask: Callable[[str], str],
        *,
        people: Accounts = _NOBODY,
        names: Mapping[str, str] = _NO_NAMES,
        replacers: Mapping[str, str] = _NO_NAMES,
        pseudonyms: Pseudonyms | None = None,
    ) -> None:
        self._owners = owners_of({"personas": accounts, "people": people})
        self._linked = linked(self._owners, replacers)
        self._mask = mask
        self._names = names
        self._pseudonyms = pseudonyms
        self.aliases: dict[str, str] = {}
        self.kept: set[str] = set()
        self.shown: set[str] = set()

    @property
    def hides(self) -> bool:
        """Whether everybody whom clone.yaml does not name is hidden."""
        return self._pseudonyms is not None and self._pseudonyms.which == "others"

    def of(
        self, platform: str, author_id: str, author: str, login: str
    ) -> tuple[str | None, str, str]:
        """The persona's key or None, the author's id and name as they may be shown.

        Args:
            platform: a parser's NAME.
            author_id: the platform's own id, or the name.
            author: the shown name; may be empty.
            login: the login name where there is one beside the shown name.
        """
        found = self._found(platform, author_id, author, login)
        self.shown.add(found[2])
        return found

    def channel(self, platform: str, channel_id: str, channel: str) -> tuple[str, str]:
        """The channel's id and name as they may be shown; names of people in them stay."""
        return self._shown(channel_id, channel)

    def _found(
        self, platform: str, author_id: str, author: str, login: str
    ) -> tuple[str | None, str, str]:
        called = [compared(name) for name in (author_id, login, author) if name]
        owners = (self._owners.get((platform, name)) for name in called)
        part, key = next((owner for owner in owners if owner), ("", ""))
        if part == "personas":
            self.kept.update(name for name in (author, login) if name)
            return key, *self._shown(author_id, author)
        if part == "people":
            name = self._names.get(key, key)
            self._alias((author, login, author_id), name)
            return None, f"person:{key}", name
        links = (self._linked.get((platform, name)) for name in called)
        identity = next((link for link in links if link), author_id or author)
        return None, *self._other(platform, identity, (author, login, author_id))

    def _other(self, platform: str, identity: str, written: Sequence[str]) -> tuple[str, str]:
        author = written[0]
        given = self._pseudonyms
        if given is None or given.which == "none" or not identity:
            return self._shown(identity, author)
        # A number that replaces a Reddit user is a Discord id, as VTX has it.
        of_discord = platform == "reddit" and identity.isdecimal()
        known = f"{'discord' if of_discord else platform}:{identity}"
        nameless = has_no_name(platform, author)
        if given.which == "others":
            name = given.of(known)
            if not nameless:
                self._alias(written, name)
            return given.hidden_id(known), name
        if nameless:
            return masked_id(identity, self._mask), given.of(known)
        given.avoid(author)
        return self._shown(identity, author)

    def _alias(self, written: Sequence[str], name: str) -> None:
        if self.hides:
            for each in written:
                if each and each != name and not each.isdecimal():
                    self.aliases.setdefault(each, name)

    def _shown(self, identity: str, name: str) -> tuple[str, str]:
        masked = masked_name(name, self._mask)
        return masked if identity == name else masked_id(identity, self._mask), masked


def names_shown(told: Iterable[Message], names: Names) -> list[Message]:
    """Reddit's messages with their authors' ids and names as they may be shown.

    Args:
        told: as `reddit.chains` tells them; messages of personas stay as they are.
        names: whose account is whose.
    """
    known: dict[str, tuple[str | None, str, str]] = {}
    shown = []
    for each in told:
        if each.author not in known:
            known[each.author] = names.of("reddit", each.author, each.author, "")
        persona, author_id, author = known[each.author]
        if each.persona or persona:
            shown.append(replace(each, persona=each.persona or persona))
        else:
            shown.append(replace(each, author_id=author_id, author=author))
    return shown


def unmatched_accounts(
    written: Mapping[tuple[str, str | None, str], int],
    *,
    accounts: Accounts,
    people: Accounts = _NOBODY,
    names: Mapping[str, str] = _NO_NAMES,
) -> list[Fault]:
    """Of whom no message was found on a platform, with the names that are close.

    Args:
        written: how many messages there are, by platform, persona's key and shown author.
        accounts: of the personas.
        people: accounts of others whom clone.yaml names.
        names: the names of `people`, by key.
    """
    found = {("personas", key or "", where) for (where, key, _), n in written.items() if n}
    found |= {
        ("people", key, where)
        for (where, persona, author), n in written.items()
        for key in people
        if n and persona is None and author == names.get(key, key)
    }
    faults = []
    listed = [("personas", *each) for each in accounts.items()]
    listed += [("people", *each) for each in people.items()]
    for part, owner, by_platform in listed:
        for platform, wanted in by_platform.items():
            if wanted and (part, owner, platform) not in found:
                known: Counter[str] = Counter()
                for (where, _, author), n in written.items():
                    known[author] += n if where == platform and author else 0
                faults.append(_unmatched(f"{part}.{owner}.accounts.{platform}", wanted, +known))
    return faults


def _unmatched(where: str, wanted: Sequence[str], known: Counter[str]) -> Fault:
    close = difflib.get_close_matches(wanted[0], list(known), n=1, cutoff=0.6)
    most = ", ".join(name for name, _ in known.most_common(5))
    fix = f"Did you mean `{close[0]}`?" if close else f"Who writes most there: {most or 'nobody'}."
    return Fault(where, f"no message of {', '.join(wanted)}", fix)
