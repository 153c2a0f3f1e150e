"""Source lines in a bilingual file are taken out where they are the source's beyond doubt, else a person is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.files import compose_srt, read_srt
from castkit.subtitles.incoming.bilingual import holds_source, without_source
from castkit.subtitles.incoming.kinds import read
from castkit.subtitles.incoming.received import Incoming
from castkit.subtitles.outgoing.handout import Handout, handout
from castkit.subtitles.outgoing.kinds import compose

ROOT = Path(__file__).parents[3]
SOURCE = (
    "Welcome to Social Protection Dialogues,", "the podcast about security\nat work in a changing economy.",
    "I am your host\nand this is our first episode.", "OK.",
)  # fmt: skip
CHINESE = (
    "欢迎收听《社会保障对话》，",
    "一档关注经济变革中\n劳动者保障的播客节目。",
    "我是主持人，\n这是我们的第一期节目。",
    "OK.",
)
TIMES = tuple((n * 3000, n * 3000 + 2500) for n in range(4))
OUT = Handout("zh-Hans", "en", tuple(Cue(a, b, t) for (a, b), t in zip(TIMES, CHINESE, strict=True)), SOURCE)


def returned(cues: tuple[Cue, ...] | list[Cue]) -> Incoming:
    return read(compose_srt(cues).encode("utf-8-sig"), "b.srt", language="zh-Hans")


def taken(cues: tuple[Cue, ...] | list[Cue]) -> Incoming:
    return without_source(returned(cues), OUT.source_cues, "b.srt")


@pytest.mark.parametrize("is_above", [True, False])
def test_what_was_handed_out_comes_back_without_the_source(is_above: bool) -> None:
    both = replace(OUT, is_source_above=is_above).both()
    assert holds_source(both, OUT.source_cues)
    assert taken(both).cues == OUT.cues


def test_a_file_in_one_language_holds_no_source() -> None:
    assert not holds_source(OUT.cues, OUT.source_cues)


def test_the_demonstration_comes_back_whole() -> None:
    chinese = read_srt(ROOT / "episodes/episode-01/subtitles/episode-01.zh-Hans.srt")
    english = tuple(Cue(cue.start_ms + 40, cue.end_ms, f"{n} is the number of this line") for n, cue in
                    enumerate(chinese))  # fmt: skip
    out = handout(chinese, english, "zh-Hans", "en")
    data = compose("srt", out, is_bilingual=True)
    assert without_source(read(data, "b.srt", language="zh-Hans"), out.source_cues, "b.srt").cues == chinese


def test_touched_rewrapped_moved_and_swapped_source_lines_are_recognised() -> None:
    cues = list(OUT.both())
    cues[0] = replace(cues[0], text=cues[0].text.replace("Welcome to", "welcome  To").replace("Dialogues", "Dialogue"))
    cues[1] = replace(cues[1], text=cues[1].text.replace("security\nat", "security at"), start_ms=2600, end_ms=4000)
    cues[2] = replace(cues[2], text=f"{CHINESE[2]}\n{SOURCE[2]}")
    assert [cue.text for cue in taken(cues).cues] == list(CHINESE)


def test_untranslated_cues_are_empty_and_added_ones_whole() -> None:
    cues = [*OUT.both(), Cue(20_000, 22_000, "再见。\n谢谢大家。")]
    cues[1] = replace(cues[1], text=SOURCE[1])
    incoming = taken(cues)
    assert incoming.empty == (Cue(3000, 5500, ""),)
    assert incoming.cues[-1].text == "再见。\n谢谢大家。"
    assert any("not translated" in note for note in incoming.notes)


def test_names_that_both_languages_share_are_not_taken_from_the_translation() -> None:
    cues = list(OUT.both())
    cues[0] = replace(cues[0], text="欢迎收听\nSocial Protection Dialogues")  # the source's line was removed by hand
    with pytest.raises(CastkitError, match="line 1: cannot tell the source's lines from the translation") as caught:
        taken(cues)
    assert caught.value.hint


def test_half_a_source_line_is_not_taken_on_trust() -> None:
    cues = list(OUT.both())
    cues[1] = replace(cues[1], text="the podcast about safety, maybe, at work in economies\n一档播客节目。")
    with pytest.raises(CastkitError, match="line 6"):
        taken(cues)


def test_joined_cues_lose_both_sources() -> None:
    cues = list(OUT.both())
    cues[0:2] = [Cue(0, 5500, f"{SOURCE[0]}\n{SOURCE[1]}\n{CHINESE[0]}\n{CHINESE[1]}")]
    assert taken(cues).cues[0].text == f"{CHINESE[0]}\n{CHINESE[1]}"


FIRST, SECOND = CHINESE[1].split("\n")


def parted(*two: str) -> Incoming:
    """The file with the second cue split in two."""
    both = list(OUT.both())
    both[1:2] = [Cue(3000, 4200, two[0]), Cue(4240, 5500, two[1])]
    return taken(both)


@pytest.mark.parametrize(
    "two",
    [
        (f"{SOURCE[1]}\n{FIRST}", f"{SOURCE[1]}\n{SECOND}"),  # the source's lines in both
        (f"{SOURCE[1]}\n{FIRST}", SECOND),
        (FIRST, f"{SOURCE[1]}\n{SECOND}"),
        (f"the podcast about security\n{FIRST}", f"at work in a changing economy.\n{SECOND}"),
        (f"the podcast about\n{FIRST}", f"Security at work\nin a changing economy\n{SECOND}"),  # anew, with a capital
        (f"{FIRST}\nthe podcast about security", f"{SECOND}\nat work in a changing economy."),
    ],
)
def test_a_cue_split_in_two_loses_the_source_however_it_was_parted(two: tuple[str, str]) -> None:
    found = parted(*two)
    assert [cue.text for cue in found.cues] == [CHINESE[0], FIRST, SECOND, *CHINESE[2:]]
    assert not found.notes


def test_a_cue_split_in_three_loses_the_source() -> None:
    both = list(OUT.both())
    words = ("the podcast", "about security at work", "in a changing economy.")
    both[1:2] = [Cue(3000 + n * 800, 3700 + n * 800, f"{one}\n第{n}句") for n, one in enumerate(words)]
    assert [cue.text for cue in taken(both).cues][1:4] == ["第0句", "第1句", "第2句"]


@pytest.mark.parametrize(
    "two",
    [
        (f"the podcast about security\n{FIRST}", SECOND),  # a part alone
        (f"the podcast about security\n{FIRST}", f"the podcast about security\n{SECOND}"),
        (f"the podcast on security\n{FIRST}", f"at work in a changing economy.\n{SECOND}"),
        ("the podcast about security", f"at work in a changing economy.\n{SECOND}"),  # nothing would be left of one
    ],
)
def test_parts_that_do_not_make_up_the_source_are_a_persons_to_decide(two: tuple[str, str]) -> None:
    with pytest.raises(CastkitError, match="cannot tell the source's lines"):
        parted(*two)


def test_a_cue_of_a_thousand_lines_is_no_work() -> None:
    both = [*OUT.both(), *(Cue(60_000 + n, 60_001 + n, "a\n" * 999 + "b") for n in range(3))]
    assert len(taken(both).cues) == 7


def test_source_lines_that_are_missing_are_told_only_where_they_were_handed_out_and_belong() -> None:
    cues = [*OUT.both()[:2], OUT.cues[2], replace(OUT.cues[3], text="好的。"), Cue(20_000, 22_000, "谢谢。")]
    note = "lines 13, 18: no line of the source is found in the cue; kept whole"
    assert taken(cues).notes == (note,)
    assert without_source(returned(cues), OUT.source_cues, "b.srt", was_beside=False).notes == ()
