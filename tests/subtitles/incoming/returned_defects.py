"""The table of what translators' programs do to a file, each with an English and a Chinese text.

Every entry is a function from a well-formed SRT text to the bytes that come back, and what is to become of it: `same`
(the cues as they were), `changed` (read, with a difference that the test names), or the words of the refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from castkit.model.cue import Cue

ENGLISH = (
    Cue(1000, 2500, "Who pays\nfor the day?"),
    Cue(3000, 4000, "Nobody knows."),
    Cue(5000, 6500, "Then we ask\nthe café next door."),
)
CHINESE = (
    Cue(1000, 2500, "外卖骑手生病了，\n谁来买单？"),
    Cue(3000, 4000, "没有人知道。"),
    Cue(5000, 6500, "那我们就去问问\n隔壁的咖啡馆。"),
)
TRACKS = {"en": ENGLISH, "zh-Hans": CHINESE}


@dataclass(frozen=True)
class Defect:
    made: Callable[[str], str | bytes]
    refusal: str = ""  # a pattern; empty where the file is read
    note: str = ""  # a pattern that one of the notes matches

    def data(self, text: str) -> bytes:
        made = self.made(text)
        return made if isinstance(made, bytes) else made.encode()


def _times(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "\n".join(change(line) if " --> " in line else line for line in text.split("\n"))


def _swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


def _indexes(change: Callable[[int], str]) -> Callable[[str], str]:
    return lambda text: re.sub(r"(?m)^(\d+)\n(?=\d\d:)", lambda found: change(int(found[1])), text)


def _unsorted(text: str) -> str:
    *others, last = text.strip().split("\n\n")
    return "\n\n".join([last, *others]) + "\n"


FULL_WIDTH = str.maketrans("0123456789:,", "０１２３４５６７８９：，")
SECOND = "00:00:03,000 --> 00:00:04,000"

# Read, and the same cues come out.
SAME = {
    "UTF-8 byte order mark": Defect(lambda t: b"\xef\xbb\xbf" + t.encode()),
    "two byte order marks": Defect(lambda t: b"\xef\xbb\xbf" * 2 + t.encode()),
    "byte order mark mid-file": Defect(_swap("\n\n2\n", "\n\n\ufeff2\n"), note="middle of the file"),
    "CRLF": Defect(_swap("\n", "\r\n")),
    "CR CR LF": Defect(_swap("\n", "\r\r\n")),
    "lone CR": Defect(_swap("\n", "\r")),
    "mixed line ends": Defect(_swap("\n\n", "\r\n\r")),
    "UTF-16 with mark": Defect(lambda t: t.encode("utf-16")),
    "UTF-16 BE with mark": Defect(lambda t: b"\xfe\xff" + t.encode("utf-16-be")),
    "UTF-16 without mark": Defect(lambda t: t.encode("utf-16-le"), note="read as utf-16-le"),
    "UTF-16 BE without mark": Defect(lambda t: t.encode("utf-16-be"), note="read as utf-16-be"),
    "UTF-32 with mark": Defect(lambda t: t.encode("utf-32")),
    "UTF-32 without mark": Defect(lambda t: t.encode("utf-32-be"), note="read as utf-32-be"),
    "no blank line between cues": Defect(lambda t: re.sub(r"\n\n(?=\d)", "\n", t)),
    "blank line inside a cue": Defect(lambda t: re.sub(r"(\n00:00:01.*\n.*)\n", r"\1\n\n", t), note="blank lines"),
    "every line followed by a blank one": Defect(_swap("\n", "\n\n")),
    "blank lines at both ends": Defect(lambda t: f"\n\n \n{t}\n\n\n"),
    "no last newline": Defect(str.rstrip),
    "no indexes": Defect(_indexes(lambda _: "")),
    "indexes from 0": Defect(_indexes(lambda n: f"{n - 1}\n")),
    "duplicate indexes": Defect(_indexes(lambda _: "1\n")),
    "index 2a": Defect(_swap("\n2\n", "\n2a\n"), note="'2a' is read as a cue's number"),
    "full-width indexes": Defect(_indexes(lambda n: f"{chr(0xFF10 + n)}\n")),
    "index on the line of the times": Defect(_indexes(lambda n: f"{n} ")),
    "dots for commas": Defect(_times(lambda line: line.replace(",", "."))),
    "full-width digits and signs": Defect(_times(lambda line: line.translate(FULL_WIDTH))),
    "spaces inside the times": Defect(_times(lambda line: line.replace(":", " : ").replace(",", " ,"))),
    "hours missing": Defect(_times(lambda line: line.replace("00:00:", "00:")), note="hours are missing"),
    "one digit for half a second": Defect(_swap("02,500", "02,5"), note="half a second"),
    "thousandths missing": Defect(_swap(SECOND, "00:00:03 --> 00:00:04"), note="thousandths are missing"),
    "colon before the thousandths": Defect(_swap(SECOND, "00:00:03:000 --> 00:00:04:000"), note="after a colon"),
    "arrow ->": Defect(_swap("-->", "->")),
    "arrow –>": Defect(_swap("-->", "–>")),
    "arrow —>": Defect(_swap("-->", "—>")),
    "arrow - >": Defect(_swap("-->", "- >")),
    "arrow without spaces": Defect(_swap(" --> ", "-->")),
    "arrow →": Defect(_swap("-->", "→")),
    "full-width arrow": Defect(_swap("-->", "－－＞")),
    "arrow as &gt;": Defect(_swap("-->", "--&gt;")),
    "coordinates": Defect(_times(lambda line: f"{line} X1:100 X2:200 Y1:1 Y2:2"), note="place on the screen"),
    "a header line": Defect(lambda t: f"Translated by 王芳\n\n{t}", note="heading 'Translated by 王芳'"),
    "WEBVTT above SubRip": Defect(lambda t: f"WEBVTT\n\n{t}", note="named as srt"),
    "an empty cue": Defect(lambda t: f"{t}4\n00:00:07,000 --> 00:00:08,000\n\n", note="holds no text"),
    "unsorted": Defect(_unsorted, note="put in order of time"),
    "italics": Defect(lambda t: re.sub(r"(?m)^(\D+)$", r"<i>\1</i>", t), note="markup"),
    "bold and font": Defect(_times(lambda line: f"{line}\n<font color=\"#ff0000\"><b></b></font>"), note="markup"),
    "full-width tags": Defect(lambda t: re.sub(r"(?m)^(\D+)$", r"＜i＞\1＜/i＞", t), note="markup"),
    "{\\an8}": Defect(_times(lambda line: f"{line}\n{{\\an8}}"), note="markup"),
    "U+2028 for a line break": Defect(lambda t: re.sub(r"(?m)(?<=\D)\n(?=\D)", "\u2028", t, count=1), note="new line"),
}  # fmt: skip

# Read, and what comes out differs as the test says.
CHANGED: dict[str, tuple[Defect, Callable[[tuple[Cue, ...]], tuple[Cue, ...]]]] = {
    "overlaps": (
        Defect(_swap(SECOND, "00:00:02,000 --> 00:00:05,500"), note="both are kept"),
        lambda cues: (cues[0], Cue(2000, 5500, cues[1].text), cues[2]),
    ),
    "no-break space in the text": (
        Defect(lambda t: f"{t}4\n00:00:07,000 --> 00:00:08,000\n6\u00a0%\n"),
        lambda cues: (*cues, Cue(7000, 8000, "6\u00a0%")),
    ),
    "text that holds -->": (
        Defect(lambda t: f"{t}4\n00:00:07,000 --> 00:00:08,000\nfrom A --> B\n"),
        lambda cues: (*cues, Cue(7000, 8000, "from A --> B")),
    ),
    "a last cue that is a number": (
        Defect(lambda t: f"{t}4\n00:00:07,000 --> 00:00:08,000\n84\n"),
        lambda cues: (*cues, Cue(7000, 8000, "84")),
    ),
    "a number as the last line": (
        Defect(_swap("\n\n2\n", "\n1984\n\n2\n")),
        lambda cues: (Cue(1000, 2500, f"{cues[0].text}\n1984"), *cues[1:]),
    ),
    "signs that look like tags": (
        Defect(lambda t: f"{t}4\n00:00:07,000 --> 00:00:08,000\n<3 if a <b and c> d {{so}}\n"),
        lambda cues: (*cues, Cue(7000, 8000, "<3 if a <b and c> d {so}")),
    ),
}  # fmt: skip

# Refused: the file, the line where there is one, the reason.
REFUSED = {
    "zero duration": Defect(_swap(SECOND, "00:00:03,000 --> 00:00:03,000"), "line 6: the cue is shown for no time"),
    "negative duration": Defect(_swap(SECOND, "00:00:04,000 --> 00:00:03,000"), "line 6: the cue ends before"),
    "negative time": Defect(_swap("00:00:01,000 -->", "-00:00:01,000 -->"), "line 2: a time before the beginning"),
    "61 seconds": Defect(_swap("00:00:03,000", "00:00:61,000"), "line 7: there are no more than 59"),
    "times in frames": Defect(_swap(SECOND, "00:00:03:12 --> 00:00:04:00"), "line 7: a time in frames"),
    "letter O for zero": Defect(_swap("00:00:03,000 -->", "OO:00:03,000 -->"), "line 7: cannot read the times"),
    "arrow lost": Defect(_swap(SECOND, "00:00:03,000 00:00:04,000"), "line 7: cannot read the times"),
    "end lost": Defect(_swap(SECOND, "00:00:03,000 -->"), "line 7: cannot read the times"),
    "text on the line of the times": Defect(_swap(f"{SECOND}\n", f"{SECOND} "), "line 7: text stands on the line"),
    "times lost": Defect(_swap(f"{SECOND}\n", ""), "line 6: the cue numbered 2 has no times"),
    "cut off after a number": Defect(lambda t: f"{t}4\n", "the cue numbered 4 has no times"),
    "index in words": Defect(_swap("\n2\n", "\ntwo\n"), "line 6: 'two' stands where a cue's number belongs"),
    "index out of turn under text": Defect(_swap("\n\n2\n", "\n1984\n"), "number of the next cue, or the end"),
    "text above the first times": Defect(lambda t: f"Made by X\nand Y\n\n{t}", "line 1: text before the first times"),
    "MicroDVD": Defect(lambda t: "{24}{60}Who pays?\n{72}{96}谁来付？\n", "MicroDVD"),
    "HTML error page": Defect(lambda t: "<!DOCTYPE html><html><body>404</body></html>", "web page"),
    "RTF": Defect(lambda t: r"{\rtf1\ansi 1\par 00:00:01,000}", "Rich Text"),
    "empty": Defect(lambda t: "", "is empty"),
    "only blank lines": Defect(lambda t: "\r\n\r\n", "is empty"),
    "PDF": Defect(lambda t: b"%PDF-1.7\n", "is a PDF"),
    "ZIP": Defect(lambda t: b"PK\x05\x06" + b"\0" * 18, "no workbook"),
    "UTF-8 encoded twice": Defect(lambda t: f"{t}4\n00:00:07,000 --> 00:00:08,000\nça et là\n".encode()
                                  .decode("latin-1").encode(), "encoded twice"),
}  # fmt: skip
