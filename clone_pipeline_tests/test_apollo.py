"""The recipe of docs/apollo.md: its script, as it stands, gives what a careful reader expects."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from clone_pipeline_tests.chats.samples import corpus
from clone_pipeline_tests.doc_reader import blocks

PAGE = Path(__file__).parent.parent / "docs" / "apollo.md"
# Written for this test, in the form of the real one.
OWN = """\
[-00:00:00:03]
LCC: 2, 1 --

[00:00:00:02]
_page : 1
_tape : Tape 1/1
CDR: We're off. [glossary:XYZ] is on.

[00:01:02:03]
_extra : END OF TAPE
CC:  Copy; [glossary:ABC|the ABCs] and [time:00:01:02:00|2 past] look good,
     R<sub>1</sub> reads 4 [sic] and we
     are - -

[00:01:02:09]
CMP: - - all right [?] (Laughter) up here (at last).
_comment : "a note"

[01:00:00:00]
CDR: ...

[01:00:00:05]
_type : music
SC:  (Music - A song)

[01:00:00:07]
LMP: One.

CDR: Two [on] the - the same stamp - -

[01:00:00:09]
CC:  Say again.

[01:00:00:11]
CDR: - - with an end.

[01:00:00:12]
CDR: We want - -

[01:00:00:13]
CDR: Read me ... the last of it.

[01:00:00:20]
CC:  Okay. Apollo 13, Houston. Over.

[01:00:00:22]
CDR: Go ahead, Houston.

[01:00:00:24]
CC:  13, Houston. How do you read?

[01:00:00:26]
CDR: Roger, Houston.

[01:00:05:00]
CMP: Good morning.
"""


def rows_of(folder: Path) -> tuple[list[dict[str, Any]], str]:
    """The rows that the page's script writes in a folder with a TEC, and what it says."""
    target = folder / "apollo13" / "raw_input" / "chats"
    target.mkdir(parents=True)
    (script,) = blocks(PAGE, "python")
    done = subprocess.run(
        [sys.executable, "-c", script.text], cwd=folder, capture_output=True, text=True, check=True
    )
    (file,) = target.iterdir()
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()], done.stdout


def test_the_script_reads_a_transcript_of_our_own(tmp_path: Path) -> None:
    (tmp_path / "TEC").write_text(OWN, encoding="utf-8")
    rows, told = rows_of(tmp_path)
    assert told == "17 utterances: 1 joined, 10 rows\n"
    assert [(row["timestamp"], row["author_id"], row["author"], row["text"]) for row in rows] == [
        ("1970-04-11T19:12:57+00:00", "LCC", "Launch Control", "2, 1"),
        ("1970-04-11T19:13:02+00:00", "CDR", "Jim Lovell", "We're off. XYZ is on."),
        ("1970-04-11T20:15:03+00:00", "CC", "Houston",
         "Copy; the ABCs and 2 past look good, R1 reads 4 and we are"),
        ("1970-04-11T20:15:09+00:00", "CMP", "Jack Swigert", "all right up here (at last)."),
        ("1970-04-12T19:13:07+00:00", "LMP", "Fred Haise", "One."),
        ("1970-04-12T19:13:07+00:00", "CDR", "Jim Lovell",
         "Two on the - the same stamp with an end."),
        ("1970-04-12T19:13:09+00:00", "CC", "Houston", "Say again."),
        ("1970-04-12T19:13:24+00:00", "CC", "Houston", "13, Houston. How do you read?"),
        ("1970-04-12T19:13:26+00:00", "CDR", "Jim Lovell", "Roger, Houston."),
        ("1970-04-12T19:18:00+00:00", "CMP", "Jack Swigert", "Good morning."),
    ]  # fmt: skip
    assert [row["conversation"] for row in rows] == list("0011222667")
    assert {row["channel"] for row in rows} == {"air-to-ground"}
    assert len({row["message_id"] for row in rows}) == len(rows)


def test_the_script_reads_the_real_transcript_as_a_careful_reader_does(tmp_path: Path) -> None:
    shutil.copy(corpus("persona", "spacelog", "a13__TEC.txt"), tmp_path / "TEC")
    rows, told = rows_of(tmp_path)
    # Of 11,264 utterances 69 go on from one that was broken off. Left out are 286 of the
    # commander's that are fragments or that the typist did not wholly understand, 94 of dots,
    # dashes, music, laughter or a cough, and 1,011 that only call somebody up or answer a call.
    assert told == "11264 utterances: 69 joined, 9804 rows\n"
    assert Counter(row["author_id"] for row in rows) == {
        "CC": 4458, "CDR": 1866, "LMP": 1738, "CMP": 1687, "F": 21, "R": 8, "SC": 7, "IWO": 6,
        "LCC": 5, "S-1": 3, "S-2": 2, "P-1": 2, "R-1": 1,
    }  # fmt: skip
    said = {(row["timestamp"][:19], row["author_id"]): row["text"] for row in rows}
    assert said["1970-04-11T19:12:50", "LCC"] == "10, 9, 8, 7, 6,"
    assert said["1970-04-11T19:13:02", "CDR"] == "The clock is running."
    assert said["1970-04-11T19:13:03", "CMP"] == "Okay. P11, Jim."
    assert said["1970-04-11T19:14:03", "CC"] == "13, Houston. GO at 1. We show the cabin relieving."
    assert said["1970-04-11T19:20:02", "CDR"] == (
        "Roger. Nominal on the level sense arm, 9:48 on the S-II cut-off."
    )
    assert said["1970-04-14T03:08:35", "CDR"] == (
        "Houston, we've had a problem. We've had a MAIN B BUS UNDERVOLT."
    )
    assert said["1970-04-14T20:59:59", "LMP"] == "You're hot ..."
    assert ("1970-04-14T20:59:59", "CDR") not in said  # "Houston, Aquarius."
    assert said["1970-04-17T18:04:55", "CMP"] == "see you loud and clear going through 5000."
    assert rows[-1]["author_id"] == "R-1"
    assert rows[-1]["text"] == "... Recovery, I have a clock"
    assert not [row for row in rows if "[" in row["text"] or "<" in row["text"]]
    talks = {(row["timestamp"][:19], row["author_id"]): row["conversation"] for row in rows}
    problem = {
        talk for (time, _), talk in talks.items() if "1970-04-14T03:05" < time < "1970-04-14T03:10"
    }
    assert len(problem) == 1
    # Between them: "Houston, Aquarius." and "Go ahead, Aquarius."
    assert talks["1970-04-15T05:13:59", "LMP"] != talks["1970-04-15T05:14:08", "CDR"]
    assert len(set(talks.values())) == 1243
