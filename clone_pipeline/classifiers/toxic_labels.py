"""Which labels of a classifier of texts mean that a text is toxic."""

import re
from collections.abc import Collection, Mapping, Sequence

from clone_pipeline.settings import Fault, FaultyInput

# Labels of whom a text speaks about, as unitary/unbiased-toxic-roberta has them: the identities of
# the Jigsaw Unintended Bias data (https://arxiv.org/abs/1903.04561). Naming somebody is not toxic.
_IDENTITIES = re.compile(
    r"male|female|transgender|othergender|heterosexual|bisexual|homosexualgayorlesbian"
    r"|othersexualorientation|christian|jewish|muslim|hindu|buddhist|atheist|otherreligion"
    r"|black|white|asian|latino|otherraceorethnicity"
    r"|(physical|intellectualorlearning|other)disability|psychiatricormentalillness"
)
_HARMLESS = re.compile(
    r"neutral|normal|ok|okay|safe|clean|none|neither|benign|harmless|appropriate|acceptable|sfw"
)
_DENIED = re.compile(
    r"(no|non|not|un)(abus|aggress|bully|cyber|harm|hat|insult|nsfw|obscen|offen|profan|rac|sex|spam"
    r"|threat|tox|viol)"
)
_NAMELESS = re.compile(r"label\d+")


def counting(
    labels: Sequence[str], chosen: Collection[str] = (), *, where: str = "toxicity."
) -> tuple[str, ...]:
    """The labels that count as toxic.

    Args:
        labels: what a classifier tells apart.
        chosen: those that count; empty: all but harmless ones (neutral, non-toxic, safe, ..) and
            identities. A single label counts whatever its name.
        where: before the settings' keys, for faults.

    Raises:
        FaultyInput: there is no label that is chosen; or none is chosen and their names say
            nothing (LABEL_0, LABEL_1) or are all harmless.
    """
    known = f"labels {', '.join(labels)}"
    if unknown := [each for each in chosen if each not in labels]:
        fix = f"The classifier has the {known}."
        raise FaultyInput([Fault(f"{where}labels", ", ".join(unknown), fix)])
    if chosen or len(labels) == 1:
        return tuple(chosen) or tuple(labels)
    plain = {each: re.sub(r"[^a-z0-9]", "", each.casefold()) for each in labels}
    found = tuple(each for each in labels if not _is_harmless(plain[each]))
    if not found or any(_NAMELESS.fullmatch(name) for name in plain.values()):
        fix = f"Say which of them mean that a text is toxic: {where}labels."
        raise FaultyInput([Fault(f"{where}classifier", f"a model with the {known}", fix)])
    return found


def limits(
    labels: Sequence[str],
    *,
    chosen: Collection[str] = (),
    threshold: float | None,
    thresholds: Mapping[str, float],
    where: str = "toxicity.",
) -> dict[str, float]:
    """The probability above which each label is toxic; those that never are are left out.

    Args:
        labels: what a classifier tells apart.
        chosen: see `counting`; labels with a threshold of their own count too.
        threshold: of every label that counts; None leaves those that have their own.
        thresholds: of single labels.
        where: before the settings' keys, for faults.

    Raises:
        FaultyInput: see `counting`; or a threshold is of no label, or no label has any.
    """
    if unknown := [each for each in thresholds if each not in labels]:
        fix = f"The classifier has the labels {', '.join(labels)}."
        raise FaultyInput([Fault(f"{where}thresholds", ", ".join(unknown), fix)])
    if threshold is None:
        if not thresholds:
            fix = "A classifier flags nothing by itself: give a threshold."
            raise FaultyInput([Fault(f"{where}threshold", "null", fix)])
        return dict(thresholds)
    return dict.fromkeys(counting(labels, chosen, where=where), threshold) | dict(thresholds)


def _is_harmless(name: str) -> bool:
    whole = any(each.fullmatch(name) for each in (_HARMLESS, _IDENTITIES))
    return whole or bool(_DENIED.match(name))
