"""What stands behind a number that counts something."""

import re

_UNIT = re.compile(
    r"\s?(?:[kMGTP]i?[Bb]\b|bytes?\b|bits?\b|[€$£¥₹₽%]|(?:EUR|USD|GBP|CHF|MXN|PLN|BTC|ETH|VRSC|sats?|wei|euros?"
    r"|dollars?|pesos|dólares|views?|points?|pts|punkte|puntos|XP|km|ms|sec|steps|rows?|people|users)\b|元|块|円|원)"
)


def counts_something(text: str, end: int) -> bool:
    """Whether a unit or a currency stands behind the number that ends there."""
    return bool(_UNIT.match(text, end))
