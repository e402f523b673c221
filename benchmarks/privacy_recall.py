"""How much of planted personal data is masked, and how much that only looks like it?

Planted: the cases of the tests; phone numbers as the library phonenumbers has an example of each
kind for each region, in national form, in a chat of a language of that region; street addresses
and names by templates. The last line is JSON.

    python benchmarks/privacy_recall.py
    python benchmarks/privacy_recall.py --texts 300000    # and how long so many texts take
"""

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator

from clone_pipeline.chats import people
from clone_pipeline.chats.privacy import Masker
from clone_pipeline.chats.regions import REGIONS
from clone_pipeline_tests.chats.planted import HARMLESS, PERSONAL, TALK

STREETS = {
    "en": ("{n} {name} Street", "{n} {name} Rd", "{n} North {name} Avenue, Apt {m}", "{n} {name}"),
    "de": ("{name}straße {n}", "{name}weg {n}a", "Am {name} {n}", "{name} Allee {n}, 10115 Berlin"),
    "es": (
        "Calle {name} {n}",
        "Avenida de {name}, {n}",
        "Plaza {name} n.º {n}",
        "{name} {n}, 3º B",
    ),
}
STEMS = ["Linden", "Baker", "Garden", "Cedar", "Mozart", "Mayor", "Alameda", "Victoria", "Schiller"]
NAMES = ["Peter Pan", "Grete Sommer", "Lucía Fernández", "John Watson", "Zhang Wei", "Ines"]


def planted() -> tuple[Counter[str], Counter[str]]:
    """How many cases of each kind there are, and how many of them are masked."""
    cases: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for case in PERSONAL:
        masked = Masker().chat(TALK[case.language])([case.text])[0]
        cases[case.kind] += 1
        found[case.kind] += case.datum not in masked
    return cases, found


def harmless() -> tuple[int, int]:
    """How many harmless texts there are, and how many are masked all the same."""
    texts = [(language, text) for language, listed in HARMLESS.items() for text in listed]
    masked = sum(Masker().chat(TALK[lang])([text]) != [text] for lang, text in texts)
    return len(texts), masked


def phones() -> Iterator[tuple[str, str, bool]]:
    """(language, national form, whether it is masked) of the examples of phonenumbers."""
    import phonenumbers as pn

    kinds = (pn.PhoneNumberType.MOBILE, pn.PhoneNumberType.FIXED_LINE)
    for language, codes in REGIONS.items():
        for code in codes.split():
            for kind in kinds:
                example = pn.example_number_for_type(code, kind)
                if example:
                    written = pn.format_number(example, pn.PhoneNumberFormat.NATIONAL)
                    masker = Masker()
                    where = frozenset(codes.split())
                    yield language, written, "[PHONE_1]" in masker.mask(f"x {written} y", where)


def streets(draw: random.Random) -> tuple[int, int]:
    """Street addresses by templates, and how many are masked whole."""
    found = total = 0
    for language, templates in STREETS.items():
        mask = Masker().chat(TALK[language])
        for template in templates:
            for stem in STEMS:
                address = template.format(n=draw.randint(1, 999), m=draw.randint(1, 9), name=stem)
                total += 1
                found += stem not in mask([f"so {address} ok"])[0]
    return total, found


def names() -> tuple[int, int] | None:
    """Names in sentences, and how many are masked; None without a spaCy model."""
    finder = people.installed_finder()
    if finder is None:
        return None
    masker = Masker(find_names=finder)
    masked = masker.mask_all_names([f"I met {name} in the park yesterday." for name in NAMES], ())
    return len(NAMES), sum(name not in text for name, text in zip(NAMES, masked, strict=True))


def seconds(many: int) -> float:
    """CPU seconds for `many` texts, of which one in a hundred holds something."""
    talk = [text for texts in TALK.values() for text in texts] * 25
    texts = [*talk, *(case.text for case in PERSONAL[:3])]
    texts = (texts * (many // len(texts) + 1))[:many]
    mask = Masker().chat(texts)
    start = time.process_time()
    for place in range(0, len(texts), 8000):
        mask(texts[place : place + 8000])
    return time.process_time() - start


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reading.add_argument("--texts", type=int, default=30_000)
    many = reading.parse_args().texts
    cases, found = planted()
    safe, wrongly = harmless()
    for kind, n in sorted(cases.items()):
        print(f"{kind:8} {found[kind]:3} of {n:3} found")
    print(f"harmless {wrongly:3} of {safe:3} masked")
    dialled = list(phones())
    missed = [f"{language} {written}" for language, written, masked in dialled if not masked]
    print(f"national phone numbers: {len(dialled) - len(missed)} of {len(dialled)}; not {missed}")
    addressed, hidden = streets(random.Random(1))
    print(f"street addresses by templates: {hidden} of {addressed}")
    named = names()
    print("names: no spaCy model is installed" if named is None else f"names: {named}")
    result = {
        "recall": sum(found.values()) / sum(cases.values()),
        "precision": sum(found.values()) / (sum(found.values()) + wrongly),
        "national_phones": (len(dialled) - len(missed)) / len(dialled),
        "street_addresses": hidden / addressed,
        "names": None if named is None else named[1] / named[0],
        "texts": many,
        "cpu_seconds": round(seconds(many), 3),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
