"""What does QA generation cost and keep, where Verustoolkit's figures are known?

Each part runs `clone-pipeline run --select "+qa_conversations"` as a process of its own against
benchmarks/mock_model.py, and reads what that server saw. Ends with one line of JSON.

    python benchmarks/qa.py --docs DIR                 # all parts on a folder of documents
    python benchmarks/qa.py --docs DIR throughput kills

Parts: throughput (slots, CPU a request, prompt tokens a kept pair), plain (2,000 requests through
the connection alone, bare aiohttp beside it), rerun (a finished project again, and with a page
changed), kills (SIGKILL at seeded instants, each followed by a rerun), faults (a share of requests
goes wrong in every way), soak (memory over --soak DIR).
Verustoolkit's figures are of the 34 pages of its own documentation (131 kB), vote of 3.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import qa_parts

PARTS = {
    "throughput": qa_parts.throughput,
    "plain": qa_parts.plain,
    "rerun": qa_parts.rerun,
    "faults": qa_parts.faults,
    "kills": qa_parts.kills,
    "soak": qa_parts.soak,
}


def main() -> None:
    """Run the parts in turn, print what they saw, end with one line of JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--docs", type=Path, required=True, help="a folder of documents")
    parser.add_argument("--soak", type=Path, help="a larger folder, for the part `soak`")
    parser.add_argument("--only", default="*", help="which files of --docs, such as 'docs_*'")
    parser.add_argument("--latency", type=float, default=0.5)
    parser.add_argument("--slots", type=int, default=60)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    figures = {}
    for name in given.parts or [part for part in PARTS if part != "soak" or given.soak]:
        with tempfile.TemporaryDirectory() as folder:
            figures[name] = PARTS[name](given, Path(folder))
        for key, value in figures[name].items():
            print(f"{name:11} {key:44} {value}", flush=True)
    print(json.dumps(figures))


if __name__ == "__main__":
    sys.exit(main())
