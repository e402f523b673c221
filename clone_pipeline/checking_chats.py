"""What of a project's chat exports a run could read."""

from collections import Counter
from pathlib import Path

from clone_pipeline.chats import export_files, parsers


def check_chats(folder: Path, *, private: Path) -> tuple[int, list[str], list[str]]:
    """How many files of exports there are, those in zips too; facts; and what can't be read.

    Args:
        folder: the exports; may be missing.
        private: where zips are unpacked meanwhile; made if there is one.
    """
    facts: list[str] = []
    formats: Counter[str] = Counter()
    with export_files.found_in(folder, private=private) as there:
        warnings = [f"raw_input/chats/{fault}" for fault in there.faults]
        number = len(there.faults)
        for file, _ in there.besides():
            number += 1
            try:
                known = parsers.find(file.path)
            except OSError as error:
                warnings.append(f"raw_input/chats/{file.name}: can't be read ({error.strerror})")
                continue
            if known is None:
                said = "no parser knows this file, so it is left out"
                warnings.append(f"raw_input/chats/{file.name}: {said}")
            else:
                formats[known.NAME] += 1
    if formats:
        listed = ", ".join(f"{count} {name}" for name, count in sorted(formats.items()))
        facts.append(f"chat exports: {listed}")
    return number, facts, warnings
