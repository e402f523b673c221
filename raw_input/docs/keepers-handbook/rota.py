"""The watch rota of Skarholm Light.

Two people share the winter work on the island. The morning watch begins at 06:00 and the evening
watch begins at 18:00. The watches change hands every Monday, so that nobody has all the sunsets.
"""

import sys
from datetime import date, timedelta

KEEPERS = ("Mara Lind", "Tove Aas")

# The rota began on this Monday with Mara Lind on the morning watch.
FIRST_MONDAY = date(2023, 10, 2)

# Day of the week (Monday is 0) -> what must be done besides the watch.
CHORES = {
    0: "sweep the stair from the top, 148 steps",
    1: "check the pressure of the fire extinguishers",
    2: "read the three hygrometers in the lens room",
    3: "order coal and bread flour from Torsvik before noon",
    4: "test the radio with the coastguard on channel 16, then 67",
    5: "cook fish soup for the weekend",
    6: "wind the clockwork, ninety turns, and test the fog signal at noon",
}


def morning_keeper(day: date) -> str:
    """Return who has the morning watch on this day."""
    weeks = (day - FIRST_MONDAY).days // 7
    return KEEPERS[weeks % len(KEEPERS)]


def evening_keeper(day: date) -> str:
    """Return who has the evening watch on this day: the one who slept in."""
    return next(name for name in KEEPERS if name != morning_keeper(day))


def rota(first: date, days: int) -> list[str]:
    """Return one line for each day, beginning with the first."""
    lines = []
    for number in range(days):
        day = first + timedelta(days=number)
        lines.append(
            f"{day:%a %d %b %Y}  morning: {morning_keeper(day):<10}"
            f"  evening: {evening_keeper(day):<10}  {CHORES[day.weekday()]}"
        )
    return lines


if __name__ == "__main__":
    start = date.fromisoformat(sys.argv[1]) if len(sys.argv) > 1 else date.today()
    sys.stdout.write("\n".join(rota(start, 14)) + "\n")
