"""VTX's personas: who speaks, and what its configuration calls them."""

from collections.abc import Mapping
from typing import Any

from clone_pipeline.interop import names
from clone_pipeline.interop.account import Account
from clone_pipeline.interop.paths import Path

ANYONE = "Anyone"


class Speakers:
    """Reads `personas`, and knows afterwards by which key each is called here.

    Args:
        account: of the configuration.
        bot: the bot's key.
    """

    def __init__(self, account: Account, bot: str) -> None:
        self.account, self.bot = account, bot
        self._keys: dict[str, str] = {}
        self._biases: dict[str, str] = {}
        for name in account.section("personas"):
            self._keys[name] = names.key(name, self._keys.values())
            self._persona(name)

    def put(self, old: Path, new: Path) -> None:
        """Write who speaks, by one name or several, from the old key to the new one."""
        found = self.account.get(*old)
        if found is None or found == []:
            self.account.took(old)
            return
        several = found if isinstance(found, list) else [found]
        keys = [self.key(str(each), old) for each in several]
        self.account.put(old, new, keys if isinstance(found, list) else keys[0])

    def key(self, name: str, old: Path) -> str:
        """The key of the persona `name`; one that is defined nowhere is made with its name only."""
        if name not in self._keys:
            key = self._keys[name] = names.key(name, self._keys.values())
            self.account.put(old, ("bots", self.bot, "voices", key, "name"), name)
            self.account.changes(
                f"The persona `{name}` is not defined under `personas`: it is "
                f"bots.{self.bot}.voices.{key} now, with nothing but its name; give it its bias."
            )
        return self._keys[name]

    def anyone(self) -> None:
        """Where no persona is set the model chooses who speaks, and VTX says who it was."""
        key = names.key(ANYONE, self._keys.values())
        account, bot = self.account, ("bots", self.bot)
        account.default((*bot, "voices", key, "name"), ANYONE)
        account.default((*bot, "persona"), key)
        account.default((*bot, "say_who"), True)

    def _persona(self, name: str) -> None:
        account, old, new = self.account, ("personas", name), ("personas", self._keys[name])
        account.default((*new, "name"), name, why=f"personas.{name}")
        if not (given := account.section(*old)):
            return
        bias = given.get("bias")
        account.put((*old, "bias"), (*new, "bias"), _number(bias))
        account.put((*old, "persona"), (*new, "persona"), given.get("persona"))
        account.leave(
            (*old, "disposition"),
            "weights of single tokens are not taken: an endpoint that has them takes `logit_bias` "
            f"by bots.{self.bot}.brain.model.extra_body",
        )
        if bias is not None:
            self._account_of(name, str(bias), given)

    def _account_of(self, name: str, bias: str, given: Mapping[str, Any]) -> None:
        """The bias is the person's id on Discord: what it wrote there, it wrote."""
        if owner := self._biases.get(bias):
            self.account.changes(
                f"The personas `{owner}` and `{name}` have one bias: its Discord account is "
                f"`{owner}`'s."
            )
            return
        self._biases[bias] = name
        self.account.default(
            ("personas", self._keys[name], "accounts", "discord"),
            [bias],
            why=f"personas.{name}.bias",
        )


def _number(bias: Any) -> Any:
    """Digits in quotes are a number too."""
    return int(bias) if isinstance(bias, str) and bias.isascii() and bias.isdigit() else bias
