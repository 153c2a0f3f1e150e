"""The steps of the show notes under the real engine: what makes them run again, and hand edits that go out."""

from __future__ import annotations

import json
import re
import tomllib
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from built_show import cover
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place
from castkit.errors import CastkitError
from castkit.model.episode import Episode
from castkit.model.programme import Programme
from castkit.model.show import Show
from castkit.model.timeline import joined
from castkit.site.policy import policy
from castkit.steps import notes, pages
from castkit.steps.clearance import parts
from castkit.steps.context import EpisodeContext
from castkit.steps.publication import publication
from castkit.steps.published_files import transcript_paths
from castkit.workspace import Workspace

SHOW = """
[show]
title = "Dialogues"
description = "About work."
author = "Institute"
owner_email = "podcast@example.org"
link = "https://example.org"
categories = ["Government"]
languages = ["en", "zh-Hans"]
"""
EPISODE = """
guid = "9bbcf94d-32f4-4189-9b88-29010fd18b11"
language = "en"
date = 2026-09-02T09:00:00+02:00
title = { en = "Who pays?", zh-Hans = "谁来买单？" }
summary = "About."
[[recordings]]
path = "raw/a.wav"
"""


class Desk:
    """An episode whose earlier steps are done."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace(root)
        self.paths = self.workspace.episode("episode-01")
        self.episode: dict[str, Any] = tomllib.loads(EPISODE)
        self.show: dict[str, Any] = tomllib.loads(SHOW)
        self.paths.build.mkdir(parents=True)
        programme = Programme((), joined([(0, 60_000)], 0), (), 60_000)
        self.paths.programme.write_text(json.dumps(programme.to_json()), "utf-8")
        self.paths.audio.write_bytes(b"sound")
        for path in (*transcript_paths(self.context, "en"), self.paths.transcript_html("en")):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(path.name.encode())
        said = {"startTime": 1.0, "endTime": 2.5, "speaker": "Host", "body": "Welcome."}
        self.paths.transcript_json("en").write_text(json.dumps({"segments": [said]}), "utf-8")
        (root / "cover.png").write_bytes(cover())
        self.tracks("recognition")

    @property
    def context(self) -> EpisodeContext:
        show, episode = Show.model_validate(self.show), Episode.model_validate(self.episode)
        return EpisodeContext(self.workspace, show, "episode-01", episode)

    def tracks(self, origin: str) -> None:
        tracks = [
            {"language": "en", "origin": origin, "is_reviewed": origin == "accepted", "cues": 3},
            {"language": "zh-Hans", "origin": "recognition", "is_reviewed": False, "cues": 0},
        ]
        self.paths.tracks.write_text(json.dumps({"spoken": "en", "tracks": tracks, "missing": []}), "utf-8")

    def run(self) -> list[Any]:
        """Runs both steps; everything that was told."""
        told: list[Any] = []
        place = Place("episode-01", self.workspace.root, self.paths.build, self.paths.receipts, self.paths.lock)
        run((notes.STEP, pages.STEP), self.context, place, told.append)
        return told

    def write(self) -> dict[str, str]:
        """Runs both steps; what was done, and why, by step."""
        told = self.run()
        return {event.step: event.reason for event in told if type(event).__name__ in ("Started", "Skipped")}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.write()
    return desk


def test_two_files_a_language(desk: Desk) -> None:
    for language in ("en", "zh-Hans"):
        assert desk.paths.notes_markdown(language).read_text("utf-8").startswith("# ")
        assert f'<html lang="{language}"' in desk.paths.notes_html(language).read_text("utf-8")
    assert b"\r" not in desk.paths.notes_html("en").read_bytes()


def test_a_second_time_nothing_runs(desk: Desk) -> None:
    assert desk.write() == {"notes": "up to date", "pages": "up to date"}


def test_an_empty_track_is_no_transcript(desk: Desk) -> None:
    section = desk.paths.notes_markdown("en").read_text("utf-8").split("## Transcripts")[1]
    assert section.strip() == "- English: machine transcript, not reviewed"


def test_acceptance_shows_in_the_notes(desk: Desk) -> None:
    desk.tracks("accepted")
    assert desk.write() == {
        "notes": "inputs changed: subtitles.json",
        "pages": "inputs changed: notes.en.md, notes.zh-Hans.md, subtitles.json",
    }
    assert "- English: reviewed by a person" in desk.paths.notes_markdown("en").read_text("utf-8")


@pytest.mark.parametrize("name", ["notes.md.j2", "episode.html.j2"])
def test_a_new_template_of_ones_own_renders_again(desk: Desk, name: str) -> None:
    desk.workspace.templates.mkdir()
    (desk.workspace.templates / name).write_text("Ours: {{ episode.title }}\n", "utf-8")
    assert name in desk.write()["pages"]
    outputs = {"notes.md.j2": desk.paths.notes_markdown, "episode.html.j2": desk.paths.notes_html}
    assert outputs[name]("en").read_text("utf-8") == "Ours: Who pays?\n"


def test_a_style_of_ones_own_is_in_the_page_and_its_policy_knows_it(desk: Desk) -> None:
    desk.workspace.templates.mkdir()
    style = "body { color: teal }\n"
    (desk.workspace.templates / "site_episode.css").write_text(style, "utf-8")
    desk.write()
    text = desk.paths.notes_html("en").read_text("utf-8")
    assert f"<style>{style}</style>" in text
    assert policy([style], []).split("style-src ")[1].split(";")[0] in unescape(text)


def test_an_old_template_of_the_page_is_not_used_and_said_so(desk: Desk) -> None:
    desk.workspace.templates.mkdir()
    (desk.workspace.templates / "notes.html.j2").write_text("Old: {{ episode.title }}\n", "utf-8")
    told = desk.run()
    assert "Old:" not in desk.paths.notes_html("en").read_text("utf-8")
    notes = [event.text for event in told if type(event).__name__ == "Note"]
    assert notes == ["templates/notes.html.j2 is no longer used: the page of an episode is made from episode.html.j2"]


def test_the_picture_for_links_is_made_and_named_in_the_page(desk: Desk) -> None:
    desk.paths.report.write_text('{"duration_ms": 60000, "video": null}', "utf-8")
    made = publication(desk.context, lambda key: f"http://127.0.0.1:8000/{key}").published
    for language in ("en", "zh-Hans"):
        url = made.share_images[language].url
        text = desk.paths.notes_html(language).read_text("utf-8")
        assert f'<meta property="og:image" content="{url}">' in text
        assert url.rpartition("/")[2].endswith(f".share.{language}.png")
    assert desk.paths.share_image("en").read_bytes().startswith(b"\x89PNG")


def test_a_new_address_of_the_store_changes_the_page_and_not_the_notes(desk: Desk) -> None:
    desk.show["store"] = {"base_url": "https://cdn.example.org/shows/a/"}
    assert desk.write() == {"notes": "up to date", "pages": "settings changed: base_url"}
    text = desk.paths.notes_html("en").read_text("utf-8")
    assert '<link rel="canonical" href="https://cdn.example.org/shows/a/episodes/episode-01/notes.en.html">' in text
    assert 'href="https://cdn.example.org/shows/a/feeds/zh-Hans.xml"' in text
    assert '<a href="../../index.html">' in text


def test_without_a_page_of_its_own_the_show_is_where_its_link_leads(desk: Desk) -> None:
    desk.show["site"] = {"enabled": False}
    desk.write()
    text = desk.paths.notes_html("en").read_text("utf-8")
    assert '<p class="site-title"><a href="https://example.org">' in text
    assert "index.html" not in text


def test_a_feed_that_has_moved_is_named_where_it_is_now(desk: Desk) -> None:
    desk.show["feeds"] = {"moved_to": {"en": "https://new.example.org/en.xml"}}
    desk.write()
    text = desk.paths.notes_html("en").read_text("utf-8")
    assert text.count("https://new.example.org/en.xml") >= 2
    assert "feeds/en.xml" not in text


def test_what_the_notes_do_not_print_leaves_them_alone(desk: Desk) -> None:
    desk.show["audio"] = {"bitrate": 192}
    desk.episode["draft"] = True
    assert desk.write() == {"notes": "up to date", "pages": "up to date"}


def test_a_title_changes_the_notes(desk: Desk) -> None:
    desk.episode["title"] = "Another"
    assert desk.write()["notes"].startswith("settings changed: episode.title")


def test_markdown_edited_by_hand_is_what_the_page_shows(desk: Desk) -> None:
    path = desk.paths.notes_markdown("en")
    path.write_text(path.read_text("utf-8").replace("About.", "Edited by **hand**."), "utf-8")
    assert desk.write() == {"notes": "edited by hand: notes.en.md", "pages": "inputs changed: notes.en.md"}
    assert "Edited by <strong>hand</strong>." in desk.paths.notes_html("en").read_text("utf-8")


def test_an_edit_is_never_overwritten(desk: Desk) -> None:
    path = desk.paths.notes_markdown("en")
    path.write_text("# Mine\n", "utf-8")
    desk.episode["title"] = "Another"
    with pytest.raises(CastkitError, match=r"notes\.en\.md"):
        desk.write()
    assert path.read_text("utf-8") == "# Mine\n"


def test_a_broken_template_leaves_everything_as_it_was(desk: Desk) -> None:
    before = desk.paths.notes_html("en").read_bytes()
    desk.workspace.templates.mkdir()
    (desk.workspace.templates / "episode.html.j2").write_text("{{ episode.nothing }}", "utf-8")
    with pytest.raises(CastkitError, match=r"episode\.html\.j2, line 1: .*nothing"):
        desk.write()
    assert desk.paths.notes_html("en").read_bytes() == before


@pytest.mark.parametrize(
    "text", ["", "{}", '{"tracks": [{"language": "en"}]}', '{"tracks": [{"language": "en", "origin": "?"}]}']
)
def test_damaged_inputs_are_named(desk: Desk, text: str) -> None:
    desk.paths.tracks.write_text(text, "utf-8")
    with pytest.raises(CastkitError, match=r"subtitles\.json is not as castkit wrote it") as caught:
        desk.write()
    assert "castkit build" in caught.value.hint


def linked(desk: Desk, language: str = "en") -> set[str]:
    """The files beside the page that it names."""
    text = desk.paths.notes_html(language).read_text("utf-8")
    return set(re.findall(r'(?:href|src)="(episode-01[^"]*)"', text))


@pytest.mark.parametrize("has_video", [False, True])
def test_page_names_the_files_as_the_store_does(desk: Desk, *, has_video: bool) -> None:
    if has_video:
        desk.paths.video.write_bytes(b"picture")
    desk.write()
    desk.paths.report.write_text('{"duration_ms": 60000, "video": {"height": 1080}}', "utf-8")
    made = publication(desk.context, lambda key: f"https://example.org/{key}").published
    files = [made.audio, *([made.video] if made.video else []), *(one.file for one in made.transcripts)]
    files = [file for file in files if not file.key.endswith(".transcript.html")]  # for apps: the page shows the words
    assert {file.key.removeprefix("episodes/episode-01/") for file in files} == linked(desk) == linked(desk, "zh-Hans")
    assert len(files) == (5 if has_video else 4)
    assert made.notes["en"].key == "episodes/episode-01/notes.en.html", "in the same folder as what it links to"


def test_new_sound_makes_the_page_anew_and_nothing_else(desk: Desk) -> None:
    before = linked(desk)
    desk.paths.audio.write_bytes(b"other sound")
    assert desk.write() == {"notes": "up to date", "pages": "inputs changed: episode-01.mp3"}
    assert len(linked(desk) - before) == 1


def test_a_picture_that_is_new_makes_a_video_player(desk: Desk) -> None:
    desk.paths.video.write_bytes(b"picture")
    assert desk.write()["pages"] == "inputs changed: episode-01.mp4"
    assert "<video controls" in desk.paths.notes_html("en").read_text("utf-8")


def test_a_missing_sound_is_named(desk: Desk) -> None:
    desk.paths.audio.unlink()
    with pytest.raises(CastkitError, match=r"episode-01\.mp3 is missing"):
        desk.write()


def test_an_approval_of_the_page_outlives_a_new_address_of_the_store_and_no_other_word(desk: Desk) -> None:
    desk.paths.report.write_text('{"duration_ms": 60000, "video": null}', "utf-8")

    def approved() -> dict[str, str]:
        return parts(desk.context, publication(desk.context, str))

    before = approved()
    desk.show["store"] = {"base_url": "https://cdn.example.org/shows/a&b/"}
    assert desk.write()["pages"] == "settings changed: base_url"
    assert approved() == before
    path = desk.paths.notes_markdown("en")
    path.write_text(path.read_text("utf-8").replace("About.", "About!"), "utf-8")
    desk.write()
    assert [name for name, digest in approved().items() if before[name] != digest] == ["notes.en.html"]
