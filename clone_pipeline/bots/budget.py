"""What bots may spend a day: characters, tokens and money, reserved before they are spent.

A request is allowed if and only if tally + cost <= budget, so that a budget can be used up to
its last character (HotShotBot asks for `<`). The tally is the day's sum of what was spent and
what is reserved, in the queue's file: one transaction looks and reserves, so all threads and
processes together never exceed it. A reservation whose process died stays, at its upper bound.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from pydantic import Field

from clone_pipeline.bots.queue_file import QueueFile
from clone_pipeline.bots.stamps import stamp
from clone_pipeline.settings import Settings

_COLUMNS = "name, day, characters, tokens, millionths"
_ADD = f"""
insert into spent ({_COLUMNS}) values (?, ?, ?, ?, ?) on conflict do update set
    characters = characters + excluded.characters, tokens = tokens + excluded.tokens,
    millionths = millionths + excluded.millionths
"""


class BudgetSettings(Settings):
    """Limits a day, each of which holds; the day changes at midnight of the project's zone."""

    characters: int | None = Field(
        30_000, ge=0, description="characters of prompts a day; null: no limit"
    )
    tokens: int | None = Field(
        None, ge=0, description="tokens a day, of prompts and answers; null: no limit"
    )
    money: float | None = Field(
        None, ge=0, description="money a day, in the currency of the model's prices; null: no limit"
    )


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request costs, or may cost at most.

    Attributes:
        characters: of its prompt, rerankers' and captioners' prompts included.
        tokens: of prompt and answer.
        money: in the currency of the model's prices; counted in millionths, rounded up.
    """

    characters: int = 0
    tokens: int = 0
    money: float = 0.0


class Budget:
    """One purse in the queue's file; those of the same name share it, wherever they run.

    Args:
        file: the queue's file, opened for writing by those who spend.
        name: whose purse, such as the bot's name.
        zone: the project's time zone, in which days change.
        limits: what a day allows.
    """

    def __init__(self, file: QueueFile, *, name: str, zone: tzinfo, limits: BudgetSettings) -> None:
        self.file = file
        self.name = name
        self.zone = zone
        self.limits: Mapping[str, int | None] = {
            "characters": limits.characters,
            "tokens": limits.tokens,
            "millionths": None if limits.money is None else _millionths(limits.money, up=False),
        }

    def allows(self, cost: Cost, *, now: datetime) -> bool:
        """It would be reserved now; only `reserve` makes sure of it."""
        tally, wanted = self._tally(now), _units(cost)
        return all(
            limit is None or tally[unit] + wanted[unit] <= limit
            for unit, limit in self.limits.items()
        )

    def reserve(self, at_most: Cost, *, now: datetime) -> int | None:
        """Set the upper bound of a request aside, before it is sent; None: it is not allowed.

        Raises:
            ValueError: a cost below 0.
        """
        units = _units(at_most)
        if min(units.values()) < 0:
            raise ValueError(f"no cost is below 0: {at_most}")
        put = f"insert into reserved ({_COLUMNS}, at) values (?, ?, ?, ?, ?, ?) returning number"
        with self.file.transaction():
            if not self.allows(at_most, now=now):
                return None
            day, values = self._day(now), tuple(units.values())
            self._add(self.name, day, *values)
            return int(self.file.one(put, self.name, day, *values, stamp(now)))

    def settle(self, reserved: int, cost: Cost) -> bool:
        """Put the true figure in the place of the reservation; `Cost()` if nothing was sent.

        It counts for the day of the reservation. The truth is kept even where it is more than
        what was set aside: False then, for the bound was none.

        Raises:
            LookupError: there is no such reservation, or it is settled.
        """
        take = f"delete from reserved where number = ? returning {_COLUMNS}"
        with self.file.transaction():
            found = self.file.rows(take, reserved)
            if not found:
                raise LookupError(f"no reservation {reserved} is open")
            name, day, *bound = found[0]
            more = [unit - most for unit, most in zip(_units(cost).values(), bound, strict=True)]
            self._add(name, day, *more)
        return bool(max(more) <= 0)

    def tally(self, *, now: datetime) -> Cost:
        """Spent and reserved, this day."""
        found = self._tally(now)
        return Cost(found["characters"], found["tokens"], found["millionths"] / 1e6)

    def limits_shown(self) -> dict[str, float | None]:
        """The limits of a day by the names of `Cost`, None where there is none."""
        money = self.limits["millionths"]
        plain = {unit: self.limits[unit] for unit in ("characters", "tokens")}
        return {**plain, "money": None if money is None else money / 1e6}

    def share(self, *, now: datetime) -> float:
        """Of the limit that is nearest, the part that is gone; 0 without limits."""
        tally = self._tally(now)
        shares = [
            tally[unit] / limit if limit else 1.0
            for unit, limit in self.limits.items()
            if limit is not None
        ]
        return max(shares, default=0.0)

    def _day(self, now: datetime) -> str:
        stamp(now)  # refuses a time without a zone
        return now.astimezone(self.zone).date().isoformat()

    def _tally(self, now: datetime) -> dict[str, int]:
        query = "select characters, tokens, millionths from spent where name = ? and day = ?"
        found = self.file.rows(query, self.name, self._day(now))
        return dict(zip(self.limits, found[0] if found else (0, 0, 0), strict=True))

    def _add(self, *row: str | int) -> None:
        self.file.run(_ADD, *row)


def _units(cost: Cost) -> dict[str, int]:
    return {
        "characters": cost.characters,
        "tokens": cost.tokens,
        "millionths": _millionths(cost.money),
    }


def _millionths(money: float, *, up: bool = True) -> int:
    """Costs are rounded up and limits down: what is counted is never too little."""
    rounding = ROUND_CEILING if up else ROUND_FLOOR
    return int((Decimal(str(money)) * 1_000_000).to_integral_value(rounding))
