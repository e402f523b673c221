"""What people and the model say: no two texts alike, each with a mark of its own."""

import random
import re

from clone_pipeline_tests.bots.heards import INJECTIONS

MARK = re.compile(r"\bw\d{6}\b")
_SYLLABLES = ("ba", "do", "ke", "li", "mu", "na", "po", "ri", "su", "te", "va", "zo", "shi", "lor")
WORDS = tuple(f"{a}{b}{c}" for a in _SYLLABLES for b in _SYLLABLES for c in ("n", "st", "ra"))
NEGATIVE, TOXIC = "poisonberry", "venomtongue"


def sentence(draw: random.Random, *, least: int = 8, most: int = 14) -> str:
    words = draw.sample(WORDS, draw.randint(least, most))
    return f"{' '.join(words).capitalize()}."


def mark(number: int) -> str:
    return f"w{number:06d}"


def message(number: int, kind: str, draw: random.Random) -> str:
    """What somebody says; whom it addresses is the platform's business."""
    said = f"{sentence(draw)} {mark(number)}"
    if kind == "stop":
        return "stop"
    if kind == "negative":
        return f"{NEGATIVE} {said}"
    if kind == "toxic":
        return f"{TOXIC} {said}"
    if kind == "injection":
        return f"{sentence(draw)} {draw.choice(INJECTIONS)}\n{mark(number)}"
    if kind == "everyone":
        return f"@everyone @here <@&123456789012345678> @olive u/olive @room {said}"
    if kind == "long":
        return (
            f"{mark(number)} {' '.join(draw.choices(WORDS, k=25_000))}"[:99_980]
            + f" {mark(number)}"
        )
    return said


def answer(number: int, asked: str, draw: random.Random) -> str:
    """What the model says to a prompt that ends with `asked`: mostly good, at times not."""
    marks = MARK.findall(asked)
    said = f"{marks[-1] if marks else 'Well'} {sentence(draw)} {number} is it."
    chance = draw.random()
    if chance < 0.03:
        many = (sentence(draw) for _ in range(draw.randint(40, 75)))
        return f"{said}\n\n{' '.join(many)}"
    odd = (
        f"@everyone {said}", f"{said} <@123456789012345678>", f"u/olive {said}", f"@olive {said}",
        f"see https://example.com/{number} {said}", f"{said} {TOXIC}", "", "<|im_end|>",
    )  # fmt: skip
    return draw.choice(odd) if chance < 0.12 else said
