"""Names for those who have none in an export, or shall have none: the same one for ever."""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from clone_pipeline import durable
from clone_pipeline.chats.first_names import FIRST_NAMES
from clone_pipeline.chats.renaming import also_words as also_words
from clone_pipeline.chats.renaming import replacer as replacer
from clone_pipeline.settings import Fault, FaultyInput

FILE = "pseudonyms.json"

# Nobody; those whose account is deleted; everybody whom clone.yaml does not name.
Which = Literal["none", "deleted", "others"]

# What platforms show in place of a name, in the languages of their exports.
_SHOWN = """
    deleted user|deleted account|deactivated user|deactivated account|former member|removed user
    unknown user|[deleted]|gelöschtes konto|gelöschter nutzer|gelöschter benutzer|compte supprimé
    utilisateur supprimé|cuenta eliminada|usuario eliminado|account eliminato|utente eliminato
    conta excluída|conta eliminada|usuário excluído|verwijderd account|verwijderde gebruiker
    konto usunięte|usunięte konto|raderat konto|slettet konto|slettet bruker|poistettu tili
    удалённый аккаунт|удаленный аккаунт|видалений акаунт|silinmiş hesap|hesap silindi
    已销号|已注销账户|已刪除的帳號|削除されたアカウント|삭제된 계정|حساب محذوف
    facebook user|facebook-nutzer|facebook-nutzer:in|facebook-nutzerin|utilisateur facebook
    utilisateur de facebook|usuario de facebook|utente facebook|utente di facebook
    usuário do facebook|utilizador do facebook|facebook-gebruiker|użytkownik facebooka
    facebook-användare|facebook-bruker|facebook-bruger|пользователь facebook
    instagram user|instagram-nutzer|instagram-nutzer:in|instagram-nutzerin|utilisateur instagram
    utilisateur d’instagram|usuario de instagram|utente instagram|utente di instagram
    usuário do instagram|utilizador do instagram|instagram-gebruiker|użytkownik instagrama
    instagram-användare|instagram-bruker|instagram-bruger|пользователь instagram
"""
_NAMELESS = frozenset(name.strip() for line in _SHOWN.splitlines() for name in line.split("|"))
_DISCORD_LOGIN = re.compile(r"deleted_user_[0-9a-f]+", re.IGNORECASE)
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{7,}")


class Pseudonyms:
    """A first name for each identity: no two alike, none that somebody else bears.

    Args:
        salt: secret; what nobody without it can tell from an id is the name that goes with it.
        which: who gets one.
        given: {identity: name}, of earlier runs.
        taken: names that nobody gets.
    """

    def __init__(
        self,
        salt: bytes,
        *,
        which: Which,
        given: Mapping[str, str] | None = None,
        taken: Iterable[str] = (),
    ) -> None:
        self.which = which
        self.given = dict(given or {})
        self._salt = salt
        self._taken = {name.casefold() for name in (*self.given.values(), *taken)}

    def of(self, identity: str) -> str:
        """The pseudonym of `identity`, `<platform>:<id>`; a number behind it if the name is taken.

        It stays the same as long as `given` is kept, whoever comes before or after.
        """
        if standing := self.given.get(identity):
            return standing
        drawn = FIRST_NAMES[int(self.digest(identity), 16) % len(FIRST_NAMES)]
        name, number = drawn, 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{drawn} {number}"
        self._taken.add(name.casefold())
        self.given[identity] = name
        return name

    def avoid(self, name: str) -> None:
        """Give `name`, which somebody bears, to nobody else from now on."""
        self._taken.add(name.casefold())

    def hidden_id(self, identity: str) -> str:
        """An id (`user:` and 16 hexadecimal digits) that stands for `identity`."""
        return f"user:{self.digest(identity)}"

    def digest(self, identity: str) -> str:
        """16 hexadecimal digits that nobody without the salt can tell `identity` from."""
        key = self._salt[: hashlib.blake2b.MAX_KEY_SIZE]
        return hashlib.blake2b(
            identity.encode(errors="replace"), key=key, digest_size=8
        ).hexdigest()


@contextmanager
def open_pseudonyms(
    folder: Path, *, which: Which = "deleted", taken: Iterable[str] = ()
) -> Iterator[Pseudonyms]:
    """The project's pseudonyms; those that were given go to `folder/pseudonyms.json` at the end.

    Args:
        folder: the project's private folder; made if it is not there, for its owner only.
        which: who gets one.
        taken: names that nobody gets, such as the personas'.

    Raises:
        FaultyInput: the file can't be read.
    """
    path = folder / FILE
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with durable.locked(folder / "pseudonyms.lock"):
        stored = _load(path)
        salt, before = stored or (secrets.token_bytes(16), {})
        found = Pseudonyms(salt, which=which, given=before, taken=taken)
        yield found
        if found.given != before:
            durable.write_json(path, {"salt": salt.hex(), "given": found.given})
            path.chmod(0o600)


def has_no_name(platform: str, author: str) -> bool:
    """Whether the shown name is what a platform shows of a deleted account, or there is none."""
    plain = " ".join(author.split()).casefold()
    if not plain or plain in _NAMELESS:
        return True
    if platform == "discord":
        return bool(_DISCORD_LOGIN.fullmatch(plain))
    return platform == "slack" and bool(_SLACK_ID.fullmatch(author.strip()))


def _load(path: Path) -> tuple[bytes, dict[str, str]] | None:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        salt, given = bytes.fromhex(stored["salt"]), dict(stored["given"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        salt, given = b"", {}
    if not salt or not all(isinstance(name, str) and name for name in given.values()):
        fix = "Restore it, or delete it: then everybody gets another pseudonym."
        raise FaultyInput([Fault(str(path), "no list of pseudonyms", fix)])
    return salt, given
