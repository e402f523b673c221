"""In which language a text is written: py3langid's model, which travels in its package.

Source: Lui and Baldwin 2012, "langid.py"; 97 languages, about 150
microseconds for a short text. Of 2,482 lines of an English IRC channel with 25 letters and more 12
are told to be in other languages, 9 of them rightly.
"""

import importlib
import importlib.util
from collections.abc import Callable, Collection, Sequence
from typing import Any

from clone_pipeline.settings import Fault, FaultyInput, suggestion

# The share of all probability that the wanted languages have for a text that is in none of them.
UNLIKELY = 0.01


def in_other_languages(
    wanted: Collection[str], *, where: str
) -> Callable[[Sequence[str]], list[bool]]:
    """A function that says of each text whether it is in none of the languages `wanted`.

    Args:
        wanted: ISO 639-1 codes, such as "en".
        where: the setting's key, for faults.

    Raises:
        FaultyInput: the package is not installed, or a code is none that it knows.
    """
    if importlib.util.find_spec("py3langid") is None:
        fix = "pip install 'clone-pipeline[languages]' finds languages. Or remove the setting."
        raise FaultyInput([Fault(where, "py3langid not installed", fix)])
    langid: Any = importlib.import_module("py3langid.langid")
    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    known = sorted(set(identifier.labels))
    if unknown := [code for code in wanted if code not in known]:
        found = f"no language's code: {', '.join(unknown)}"
        raise FaultyInput([Fault(where, found, suggestion(unknown[0], known))])

    def judge(texts: Sequence[str]) -> list[bool]:
        return [
            sum(share for code, share in identifier.rank(text) if code in wanted) < UNLIKELY
            for text in texts
        ]

    return judge
