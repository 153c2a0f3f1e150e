"""`castkit subs check`: the demonstration's accepted Chinese is clean, and every mistake put into it is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from said import heard
from worded_episode import Worded, lay, worded

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.steps.context import EpisodeContext
from castkit.steps.files import write_json
from castkit.steps.subtitle_check import Finding, check
from castkit.subtitles.files import read_srt, write_srt

ROOT = Path(__file__).parent.parent.parent
INTRO_MS = 2000  # on the clock of the master, which begins with music, people accepted the Chinese
ACCEPTED = ROOT / "episodes/episode-01/subtitles/episode-01.zh-Hans.srt"


@pytest.fixture(scope="module")
def episode(tmp_path_factory: pytest.TempPathFactory) -> Worded:
    """Episode-01 in English with its accepted Chinese, and the show's terms."""
    made = worded(tmp_path_factory.mktemp("checked"), heard="episode-01", language="en")
    transcript = heard("episode-01")
    write_json(made.paths.transcript, transcript.to_json())
    lay(made.paths, ((0, transcript.duration_ms),), INTRO_MS)
    made.context.workspace.glossary.write_bytes((ROOT / "glossary.toml").read_bytes())
    made.accept("zh-Hans", ACCEPTED.read_bytes())
    made.go()
    return made


@pytest.fixture
def context(episode: Worded) -> EpisodeContext:
    episode.accept("zh-Hans", ACCEPTED.read_bytes())
    return episode.context


def changed(context: EpisodeContext, old: str, new: str) -> None:
    """Puts a mistake into the accepted file; a cue emptied by it is gone."""
    path = context.paths.accepted("zh-Hans")
    cues = read_srt(path)
    assert any(old in cue.text for cue in cues), old
    mended = [replace(cue, text=cue.text.replace(old, new)) for cue in cues]
    write_srt(path, [cue for cue in mended if cue.text.strip()])


def of_code(context: EpisodeContext, code: str, language: str = "zh-Hans") -> list[Finding]:
    return [one for one in check(context, language) if one.code == code]


def test_the_accepted_translation_is_clean(context: EpisodeContext) -> None:
    assert check(context) == ()


SEEDED = [
    ("2020年", "2002年", "number", "2020 became 2002"),
    ("60%至80%", "60%至90%", "number", "80% became 90%"),
    ("60%至80%", "60%", "number", "80% is not in the translation"),
    ("40栋楼", "400栋楼", "number", "40"),
    ("约2%", "约20%", "number", "2% became 20%"),
    ("18个月内", "8个月内", "number", "18"),
    ("九个国家", "八个国家", "number", "nine"),
    ("从11%上升到64%", "从11%上升到46%", "number", "64"),
    ("疾病津贴？", "医疗费用？", "term", "sickness benefit"),
    ("社会保险能", "商业保险能", "term", "social insurance"),
    ("待遇等待期要短", "时间要短", "term", "waiting period"),
    ("外卖骑手生病了", "外卖工人生病了", "term", "delivery rider"),
    ("他们继续带病工作。", "", "missing", "They kept on working."),
    ("第三是信任。", "", "missing", "The third is trust."),
    ("有三个原因。", "There are three reasons.", "leftover", "There are three reasons"),
    ("第二是手续。", "第二是手续。The second is paperwork.", "leftover", "The second is paperwork"),
]


@pytest.mark.parametrize(("old", "new", "code", "said"), SEEDED, ids=[f"{row[2]}-{row[0]}" for row in SEEDED])
def test_a_mistake_is_found_and_no_other(context: EpisodeContext, old: str, new: str, code: str, said: str) -> None:
    changed(context, old, new)
    found = [one for one in check(context, "zh-Hans") if one.code in ("number", "term", "missing", "leftover")]
    assert [one.code for one in found] == [code]
    assert said in f"{found[0].found} {found[0].limit}"


def test_a_limit_broken_names_cue_figure_and_limit(context: EpisodeContext) -> None:
    path = context.paths.accepted("zh-Hans")
    cues = list(read_srt(path))
    cues[3] = Cue(
        cues[3].start_ms, cues[3].start_ms + 500, "一行里有二十个以上的字，\n读的人来不及看完这一行里的每一个字"
    )
    write_srt(path, cues)
    found = {one.code: one for one in check(context, "zh-Hans") if one.index == 4}
    assert set(found) >= {"line-length", "reading-speed", "shortest"}
    assert (found["line-length"].found, found["line-length"].limit) == ("17 characters", "16 characters")
    assert (found["shortest"].found, found["shortest"].limit) == ("500 ms", "834 ms")


def test_a_profile_of_the_shows_own_is_what_counts(context: EpisodeContext) -> None:
    own = context.show.subtitles.model_validate({"profile": "strict", "profiles": {"strict": {"line_width": 10}}})
    show = context.show.model_copy(update={"subtitles": own})
    strict = EpisodeContext(context.workspace, show, context.slug, context.episode)
    assert len(of_code(strict, "line-length")) > 20


def test_a_language_without_subtitles_is_an_error(context: EpisodeContext) -> None:
    with pytest.raises(CastkitError, match="no subtitles in 'fr'"):
        check(context, "fr")
