"""The preview of a built episode: what is in the zip, what it says, and that the same build gives the same bytes."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

import built_show
from castkit.errors import CastkitError
from castkit.notes.preview_labels import PREVIEW_LABELS
from castkit.notes.preview_page import with_notice
from castkit.steps.clearance import approve
from castkit.steps.preview import FULL_UP_TO, make_preview
from castkit.steps.publication import publication
from castkit.workspace import Workspace

MORE = """
[clearance]
required = ["lead", "partner"]
[audio]
formats = ["mp3", "m4a", "opus"]
[video]
hls = true
"""
NOTICE = "Preview, not published: please do not pass it on."


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = built_show.make_show(tmp_path / "show", more=MORE)
    built_show.build(made, video=True)
    return made


def preview(workspace: Workspace, target: Path | None = None) -> Path:
    return make_preview(built_show.context(workspace), target, lambda _: None, is_light=False).path


def members(path: Path) -> dict[str, bytes]:
    """What is in the zip, by its place in the one folder there."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    assert all(name.startswith("preview-talk/") for name in found)
    return {name.removeprefix("preview-talk/"): data for name, data in found.items()}


def test_it_holds_what_would_be_published_under_the_same_names(workspace: Workspace) -> None:
    found = members(preview(workspace))
    made = publication(built_show.context(workspace), str)
    assert made.published.hls, "the show has a stream, which no browser plays from a folder"
    stream = {file.key for file in (made.published.hls, *made.published.hls_parts)}
    pages = {file.key for file in made.published.notes.values()}
    items = {one.file.key: one.path for one in made.items if one.file.key not in stream}
    (cover,) = (name for name in found if name.startswith("feeds/cover-"))
    assert set(found) == {*items, "index.html", "index.zh-Hans.html", cover}
    for key, path in items.items():
        assert key in pages or found[key] == path.read_bytes()
    assert made.published.audio.key in found


def test_what_is_left_out_is_named_once(workspace: Workspace) -> None:
    made = make_preview(built_show.context(workspace), None, lambda _: None, is_light=False)
    assert [name.partition("-")[0] for name in made.left_out] == ["hls"]
    assert made.left_out[0].endswith("/master.m3u8")
    assert f"<li>{made.left_out[0]}</li>" in members(made.path)["index.html"].decode()


def test_the_notice_is_in_the_name_and_on_top_of_every_page(workspace: Workspace) -> None:
    path = preview(workspace)
    assert path == workspace.episode("talk").preview
    assert "PREVIEW-not-published" in path.name
    found = members(path)
    made = publication(built_show.context(workspace), str).published
    for language, index in (("en", "index.html"), ("zh-Hans", "index.zh-Hans.html")):
        said = PREVIEW_LABELS[language]["notice"]
        assert said in found[index].decode()
        page = with_notice("<html><body class=x><p>words", language, f"../../{index}")
        assert page.startswith("<html><body class=x>\n<p ")
        assert said in page
        assert f'href="../../{index}"' in page
        assert found[made.notes[language].key], "the page itself"
    assert with_notice("words", "en", "index.html") == "words"


def test_the_pages_here_stay_as_they_were(workspace: Workspace) -> None:
    paths = [one.path for one in publication(built_show.context(workspace), str).items]
    before = [path.read_bytes() for path in paths]
    preview(workspace)
    assert [path.read_bytes() for path in paths] == before


def test_the_first_page_says_what_would_be_published_and_who_has_agreed(workspace: Workspace) -> None:
    context = built_show.context(workspace)
    approve(context, "lead", "Ann <Lee>", "2026-09-01T08:00:00+00:00")
    text = members(preview(workspace))["index.html"].decode()
    for said in (
        NOTICE, "One &lt;talk&gt;", "一次谈话", "16 September 2026 (2026-09-16T09:00:00+02:00)", "00:01:02",
        "a40a42ad-83ac-4727-bf9a-c67bfa5d47ac", "approved by Ann &lt;Lee&gt;, 2026-09-01T08:00:00+00:00",
        "not approved yet", "English: unreviewed machine translation", 'href="index.zh-Hans.html"',
    ):  # fmt: skip
        assert said in text, said
    assert "earlier version" not in text
    assert "light copies" not in text
    built_show.write(context.paths.vtt("en"), b"WEBVTT\n\nother\n")
    assert "and changed since" in members(preview(workspace))["index.html"].decode()
    built_show.write(context.paths.published, b"{}")
    assert "An earlier version" in members(preview(workspace))["index.html"].decode()


def test_every_address_on_the_first_pages_is_in_the_zip(workspace: Workspace) -> None:
    found = members(preview(workspace))
    for index in ("index.html", "index.zh-Hans.html"):
        addresses = set(re.findall(r'(?:href|src)="([^"]*)"', found[index].decode()))
        assert addresses <= set(found)
        assert len(addresses) > 10


def test_the_same_build_gives_the_same_bytes(workspace: Workspace, tmp_path: Path) -> None:
    one, other = preview(workspace, tmp_path / "one.zip"), preview(workspace, tmp_path / "two.zip")
    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = archive.namelist()
    assert names[0] == "preview-talk/index.html"
    assert names[2:-1] == sorted(names[2:-1])


def test_a_show_without_clearance_asks_nobody(tmp_path: Path) -> None:
    workspace = built_show.make_show(tmp_path / "show")
    built_show.build(workspace)
    assert "Nobody is asked to approve it." in members(preview(workspace))["index.html"].decode()


def test_what_is_not_built_is_refused_with_the_remedy(workspace: Workspace, tmp_path: Path) -> None:
    workspace.episode("talk").audio.unlink()
    with pytest.raises(CastkitError, match=r"talk is not built yet: talk\.mp3 is missing") as caught:
        preview(workspace, tmp_path / "out.zip")
    assert caught.value.hint == "castkit build talk"
    assert not (tmp_path / "out.zip").exists()


def test_a_place_that_cannot_be_written_is_named(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x", "utf-8")
    with pytest.raises(CastkitError, match="cannot be written") as caught:
        preview(workspace, tmp_path / "taken" / "out.zip")
    assert "--to" in caught.value.hint
    (tmp_path / "folder.zip").mkdir()
    with pytest.raises(CastkitError, match="cannot be written"):
        preview(workspace, tmp_path / "folder.zip")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_large_media_are_made_light_unless_the_real_ones_are_asked_for(tmp_path: Path) -> None:
    workspace = built_show.make_show(tmp_path / "show")
    built_show.build(workspace)
    with workspace.episode("talk").audio.open("r+b") as file:
        file.truncate(FULL_UP_TO + 1)
    with pytest.raises(CastkitError, match=r"not built yet: talk\.mp3 is missing"):  # the master to make a copy of
        make_preview(built_show.context(workspace), None, lambda _: None, is_light=None)
    built_show.write(workspace.episode("talk").audio, b"ID3 sound")
    made = make_preview(built_show.context(workspace), None, lambda _: None, is_light=None)
    assert not made.is_light
    assert made.left_out == ()


def test_every_language_has_every_label() -> None:
    keys = {language: set(labels) for language, labels in PREVIEW_LABELS.items()}
    assert all(found == keys["en"] for found in keys.values())
