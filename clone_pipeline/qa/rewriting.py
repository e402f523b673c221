"""Chunks and documents told again in another form: articles, facts, dialogues, summaries."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from clone_pipeline.llm.asking import Model
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.qa.asking import Asker, digest, is_cut_off
from clone_pipeline.qa.gathering import Progress, each, ignore
from clone_pipeline.qa.retold import Drop, Refusal, is_too_short, retold
from clone_pipeline.records import Chunk, Document, Rewriting

SUMMARY = "summary"
# The longest text of one request for a summary, in characters; more is told in parts.
MOST_CHARS = 12_000

# What the model is told of a reply that is whole and can't be used.
_WHY: Mapping[Refusal, str] = {
    "copied": "it repeats the text; write it anew in your own words",
    "refused": "it declines the task or asks for something, and the text is all there is",
    "not_shorter": "it is no shorter than the text that it sums up",
}


def prompt_of(kind: str) -> str:
    """The name of the prompt that a kind of rewriting is asked with."""
    return f"rewrite_{kind}"


@dataclass(slots=True)
class _Case:
    """A text on its way into another form."""

    kind: str
    document_id: str
    chunk_id: str | None
    texts: list[str]
    refused: Counter[str] = field(default_factory=Counter)
    dropped: Drop | None = None
    made: Rewriting | None = None


async def rewritings(
    chunks: Iterable[Chunk],
    *,
    documents: Iterable[Document],
    kinds: Sequence[str],
    model: Model,
    model_name: str,
    prompts: Mapping[str, Prompt],
    completion: bool = False,
    max_chars: int = MOST_CHARS,
    progress: Progress = ignore,
) -> tuple[list[Rewriting], Counter[str], dict[str, int]]:
    """Each chunk in each of the kinds, and a summary of each document if that is one of them.

    A document that is longer than `max_chars` is summed up in parts of whole chunks, and the
    summaries of its parts again, until one is left; only the last is a row. A reply that can't be
    used is asked for once more, with its fault named.

    Args:
        chunks: of all documents, in their order.
        documents: their titles tell the model what a text is.
        kinds: "summary", "article", "facts", "inferences", "dialogue".
        model: who is asked.
        model_name: its name at the endpoint.
        prompts: by file name without its ending: `prompt_of` of each kind.
        completion: as in `Asker`.
        max_chars: longest text of a request for a summary; a longer chunk goes as it is.
        progress: told (texts done, texts).

    Returns:
        The rewritings in the order of the texts; texts without one, by `Drop`: a chunk or document
        counts once a kind; and what was made: a number for each kind, and replies that were
        refused, as "refused_<reason>".

    Raises:
        LlmFailure: a request failed for good; what was answered before is in the journal.
    """
    asker = Asker(model, model_name, prompts, completion=completion)
    titles = {document.document_id: document.title for document in documents}

    async def one(case: _Case) -> None:
        about = titles.get(case.document_id, "")
        if is_too_short("".join(case.texts), summed_up=case.kind == SUMMARY):
            case.dropped = "too_short"
        elif text := await _told(case, case.texts, about, asker, max_chars):
            name = digest(case.document_id, case.chunk_id or "", case.kind)
            case.made = Rewriting(name, case.document_id, case.chunk_id, case.kind, text)

    cases = texts_of(chunks, kinds)
    await each(cases, one, progress=progress)
    kept = [case.made for case in cases if case.made]
    dropped = Counter(str(case.dropped) for case in cases if case.dropped)
    made = Counter(rewriting.kind for rewriting in kept)
    for case in cases:
        made.update({f"refused_{reason}": n for reason, n in case.refused.items()})
    return kept, dropped, dict(made)


def texts_of(chunks: Iterable[Chunk], kinds: Sequence[str]) -> list[_Case]:
    """What is to be written: of each chunk each kind, of each document a summary."""
    listed = list(chunks)
    documents: dict[str, list[Chunk]] = {}
    for chunk in listed:
        documents.setdefault(chunk.document_id, []).append(chunk)
    cases = [
        _Case(kind, chunk.document_id, chunk.chunk_id, [chunk.text])
        for chunk in listed
        for kind in kinds
        if kind != SUMMARY
    ]
    for name, parts in documents.items() if SUMMARY in kinds else ():
        parts.sort(key=lambda chunk: chunk.position)
        cases.append(_Case(SUMMARY, name, None, [chunk.text for chunk in parts]))
    return cases


async def _told(
    case: _Case, texts: list[str], about: str, asker: Asker, max_chars: int
) -> str | None:
    """The texts as one, in the case's form; None if it is dropped for what `case` then says."""
    while len(parts := _parts(texts, max_chars)) > 1:  # fewer each time, so it ends
        summaries = await each(parts, lambda part: _written(case, part, about, asker))
        if case.dropped:
            return None
        texts = [f"{summary}\n\n" for summary in summaries if summary]
        if len(_parts(texts, max_chars)) >= len(parts):
            case.dropped = "not_shorter"
            return None
    return await _written(case, parts[0], about, asker)


def _parts(texts: Iterable[str], max_chars: int) -> list[str]:
    """The texts, neighbours joined as long as `max_chars` allows."""
    parts: list[str] = []
    for text in texts:
        if parts and len(parts[-1]) + len(text) <= max_chars:
            parts[-1] += text
        else:
            parts.append(text)
    return parts


async def _written(case: _Case, text: str, about: str, asker: Asker) -> str | None:
    """One reply, or a second; both refused, the second's reason is the case's."""
    name, shown = prompt_of(case.kind), text.strip()
    reply = await asker.ask(name, text=shown, textdetails=about)
    for last in (False, True):
        said, reason = retold(
            reply.text, source=text, shorter=case.kind == SUMMARY, cut_off=is_cut_off(reply)
        )
        if reason is None:
            return said
        case.refused[reason] += 1
        if last:
            case.dropped = reason
        else:
            told = _WHY.get(reason, reason)
            reply = await asker.ask_again(name, reply, fault=told, text=shown, textdetails=about)
    return None
