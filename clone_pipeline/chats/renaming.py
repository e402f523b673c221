"""Other names for people in texts, wherever they are named or mentioned."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from clone_pipeline.chats.common_words import COMMON_WORDS, NAME_WORDS

_WORD = re.compile(r"[^\W_]+")
# Scripts that set no space between words: a name stands there within a run of letters.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_MASK = re.compile(r"\[[A-Z]+_[1-9]\d*\]")
# After these a capital means nothing.
_SENTENCE_STARTS = frozenset(".!?…:;\n\"'“”„«»()[]-–—*>~|/")
_LEAST = 3
_INFLECTED = 4  # letters of a name that may have the genitive's s behind it

Rename = Callable[[Sequence[str]], list[str]]


class _Form(NamedTuple):
    """A way somebody is called: the name as written, what replaces it, whether it is a word."""

    name: str
    pseudonym: str
    also_word: bool


def replacer(names: Mapping[str, str], *, keep: Collection[str] = ()) -> Rename:
    """A function that puts other names into texts.

    A name is found as a whole word, in any case, behind an `@` or not, and so is each word of a
    name of several, if it has three letters; so is a name of four with an s behind it ("holgers"),
    unless that is a word or somebody else's name. A name that is an everyday word (`also_words`) is
    replaced behind an `@` only, and where it is written as the name is, with a capital, inside a
    sentence or before a comma. In scripts without spaces a name of two signs is found anywhere.

    Args:
        names: {name as it was: name to be shown}.
        keep: names that stay, and the words of which stay, such as the personas'.

    Returns:
        Maps texts to as many texts. One that nobody is named in takes some 2 microseconds.
    """
    forms = _forms(names, keep)
    patterns = {
        word: _pattern(sorted(those, key=lambda form: -len(form.name)))
        for word, those in _by_first_word(forms.values()).items()
    }
    known = frozenset(patterns)
    unspaced = {name: other for name, other in names.items() if _found_anywhere(name, keep)}
    anywhere = _alternatives(sorted(unspaced, key=len, reverse=True)) if unspaced else None

    def rename(texts: Sequence[str]) -> list[str]:
        renamed = []
        for text in texts:
            if not known.isdisjoint(_WORD.findall(text.casefold())):
                text = _renamed(text, patterns, forms)
            if anywhere:
                text = anywhere.sub(lambda match: unspaced[match[0]], text)
            renamed.append(text)
        return renamed

    return rename


def also_words(names: Iterable[str]) -> list[str]:
    """Those of `names`, and of the words in them, that are everyday words too, in order.

    They are what a user should look for in the texts: `replacer` leaves some of them. So it does
    with names of less than three letters, which are among them.
    """
    told = {word for name in names for word in (_core(name), *_words_apart(name))}
    return sorted(word for word in told if _is_word(word) and not _found_anywhere(word, ()))


def _forms(names: Mapping[str, str], keep: Collection[str]) -> dict[str, _Form]:
    """How people are called, by what is compared; the first of two with one name counts."""
    staying = {_core(name).casefold() for name in keep}
    staying |= {word.casefold() for name in keep for word in _WORD.findall(name)}
    forms: dict[str, _Form] = {}
    for name, pseudonym in names.items():
        core = _core(name)
        if any(c.isalpha() for c in core) and not _MASK.search(name):
            forms.setdefault(core.casefold(), _Form(core, pseudonym, _is_word(core)))
    for name, pseudonym in names.items():
        for word in _words_apart(name):
            forms.setdefault(word.casefold(), _Form(word, pseudonym, _is_word(word)))
    forms = {key: form for key, form in forms.items() if key not in staying}
    return _inflected(forms, staying) | forms


def _inflected(forms: Mapping[str, _Form], staying: Collection[str]) -> dict[str, _Form]:
    """The names with an s behind them, of those that are nothing but a name."""
    return {
        f"{key}s": _Form(f"{form.name}s", f"{form.pseudonym}s", False)
        for key, form in forms.items()
        if len(key) >= _INFLECTED and form.name.isalpha() and not form.also_word
        if not _is_word(f"{form.name}s") and f"{key}s" not in staying and not _UNSPACED.search(key)
    }


def _words_apart(name: str) -> list[str]:
    """The words of a name that somebody may be called by alone; a phrase has none.

    "Rose May" is a name of two words, "The Real Deal" a phrase.
    """
    words = [] if _MASK.search(name) else _WORD.findall(name)
    called = all(word.casefold() in NAME_WORDS for word in words)
    if len(words) < 2 or (all(map(_is_word, words)) and not called):
        return []
    return [word for word in words if word.isalpha() and len(word) >= _LEAST and not word.islower()]


def _by_first_word(forms: Iterable[_Form]) -> dict[str, list[_Form]]:
    found: dict[str, list[_Form]] = {}
    for form in forms:
        first = _WORD.findall(form.name.casefold())[0]
        found.setdefault(first, []).append(form)
    return found


def _pattern(forms: Iterable[_Form]) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![^\W_])(?:{'|'.join(re.escape(form.name) for form in forms)})(?![^\W_])(?!_\d+\])",
        re.IGNORECASE,
    )


def _renamed(text: str, patterns: Mapping[str, re.Pattern[str]], forms: Mapping[str, _Form]) -> str:
    pieces = []
    done = 0
    for word in _WORD.finditer(text):
        pattern = patterns.get(word[0].casefold())
        match = pattern.match(text, word.start()) if pattern and word.start() >= done else None
        form = forms.get(match[0].casefold()) if match else None
        if match and form and (not form.also_word or _names_somebody(text, match, form)):
            pieces += [text[done : match.start()], form.pseudonym]
            done = match.end()
    return "".join([*pieces, text[done:]]) if pieces else text


def _names_somebody(text: str, match: re.Match[str], form: _Form) -> bool:
    """Whether an everyday word is a name here, as far as that can be seen."""
    before = text[: match.start()].rstrip(" \t")
    if before.endswith("@"):
        return True
    if len(form.name) < _LEAST or match[0] != form.name or not form.name[0].isupper():
        return False
    inside = bool(before) and before[-1] not in _SENTENCE_STARTS
    return inside or text.startswith(",", match.end())


def _core(name: str) -> str:
    """The name without signs around it."""
    return _EDGES.sub("", name)


def _is_word(core: str) -> bool:
    lettered = any(c.isalpha() for c in core)
    return lettered and (len(core) < _LEAST or core.casefold() in COMMON_WORDS)


def _found_anywhere(name: str, keep: Collection[str]) -> bool:
    return len(name) > 1 and name not in keep and all(_UNSPACED.match(c) for c in name)


def _alternatives(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, names)))
