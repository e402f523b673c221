"""The passages that a retrieval shows beside a question: the right one, others, or only others."""

import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from clone_pipeline.records import Chunk
from clone_pipeline.settings import Fault, FaultyInput

# So often another document's chunk is drawn before the same document's will do.
_DRAWS = 20


@dataclass(frozen=True, slots=True)
class Passages:
    """All chunks of a project, by id: their texts without blank ends, and whose they are.

    Attributes:
        texts: by chunk id.
        documents: document id by chunk id.
        names: the ids of the chunks that hold any text, in their order.
        several: whether they are of more than one document.
    """

    texts: dict[str, str]
    documents: dict[str, str]
    names: list[str]
    several: bool

    def others(
        self, name: str, own: Collection[str], number: int, *, answer: str = ""
    ) -> list[str]:
        """Up to `number` chunks that are not `own`, of other documents where there are any.

        None of them has the text of one of `own` or of another of them, or holds the answer word
        for word.

        Args:
            name: what they are drawn for; the same name draws the same ones from the same chunks.
            own: ids of the right chunks.
            number: how many are wanted.
            answer: what they must not hold; empty: nothing.
        """
        at_home = {self.documents.get(each, "") for each in own}
        seen = {self.texts.get(each, "") for each in own}
        draw = random.Random(name)
        found: list[str] = []
        for elsewhere in (True, False) if self.several else (False,):
            for each in self._drawn(draw) if len(found) < number else ():
                text = self.texts[each]
                if elsewhere and self.documents[each] in at_home:
                    continue
                if text in seen or (answer and answer.casefold() in text.casefold()):
                    continue
                seen.add(text)
                found.append(each)
                if len(found) == number:
                    break
        return found

    def _drawn(self, draw: random.Random) -> Iterable[str]:
        """Chunks by chance, then all of them in a row from some place on."""
        if not self.names:
            return
        for _ in range(_DRAWS):
            yield self.names[draw.randrange(len(self.names))]
        start = draw.randrange(len(self.names))
        yield from self.names[start:]
        yield from self.names[:start]


def passages(chunks: Iterable[Chunk]) -> Passages:
    """The chunks as passages."""
    texts: dict[str, str] = {}
    documents: dict[str, str] = {}
    for chunk in chunks:
        texts[chunk.chunk_id] = chunk.text.strip()
        documents[chunk.chunk_id] = chunk.document_id
    names = [name for name, text in texts.items() if text]
    return Passages(texts, documents, names, len({documents[name] for name in names}) > 1)


def filled(system_prompt_rag: str, data: str) -> str:
    """The system prompt with passages in place of its `{data}`.

    Raises:
        FaultyInput: it has no `{data}`.
    """
    if "{data}" not in system_prompt_rag:
        fix = "Write {data} where the passage of the documents goes."
        raise FaultyInput([Fault("expert.system_prompt_rag", "no {data}", fix)])
    return system_prompt_rag.replace("{data}", data)
