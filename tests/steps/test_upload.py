"""The upload: what is sent, in which order, when it is skipped, and when nothing may be sent at all."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from built_show import build, context, make_show, write_json
from castkit.config.placeholders import EMAIL
from castkit.engine import events
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place
from castkit.errors import CastkitError
from castkit.feed import ledger
from castkit.model.published import Published
from castkit.steps import upload
from castkit.steps.context import EpisodeContext
from castkit.steps.publication import publication
from castkit.storage.folder import FolderStore
from castkit.storage.open import open_store
from castkit.workspace import Workspace
from s3server import S3Server

STORE = 'base_url = "http://127.0.0.1:8123"'
HASHED = re.compile(r"episodes/talk/talk-[0-9a-f]{12}\..+")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_show(tmp_path / "show", store=STORE)
    build(made)
    return made


def send(given: EpisodeContext) -> list[events.Event]:
    """Brings the step up to date with the real engine; gives what it reported."""
    seen: list[events.Event] = []
    paths = given.paths
    place = Place(given.slug, given.workspace.root, paths.build, paths.receipts, paths.lock)
    run((upload.STEP,), given, place, seen.append)
    return seen


def reasons(seen: list[events.Event]) -> list[str]:
    return [event.reason for event in seen if isinstance(event, events.Finished)]


def objects(workspace: Workspace) -> dict[str, bytes]:
    """What listeners get; what is kept for castkit rollback is not among it."""
    folder = workspace.root / "public"
    files = (path for path in folder.rglob("*") if path.is_file() and path.parent.name != "history")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


KINDS = ("vtt", "srt", "json", "transcript.html", "chapters.json")  # of every language


def test_what_is_stored(workspace: Workspace) -> None:
    send(context(workspace))
    stored = objects(workspace)
    named = {key for key in stored if not HASHED.fullmatch(key)}
    assert named == {f"episodes/talk/{name}" for name in ("notes.en.html", "notes.zh-Hans.html", "published.json")}
    endings = sorted(key.partition(".")[2] for key in stored.keys() - named)
    languages = ("en", "zh-Hans")
    assert endings == sorted(
        ["mp3", *(f"share.{one}.png" for one in languages), *(f"{one}.{kind}" for one in languages for kind in KINDS)]
    )
    for key in stored.keys() - named:
        assert hashlib.sha256(stored[key]).hexdigest()[:12] == key.partition("-")[2][:12]
    srt = next(data for key, data in stored.items() if key.endswith(".en.srt"))
    assert srt == b"1\n00:00:00,000 --> 00:00:02,000\nen\n", "listeners get the labelled SRT, not the working one"


def test_what_published_json_says(workspace: Workspace) -> None:
    send(context(workspace))
    stored = objects(workspace)
    data = stored["episodes/talk/published.json"]
    assert data == workspace.episode("talk").published.read_bytes()
    assert data.decode().endswith("}\n")
    found = Published.model_validate_json(data)
    for file in upload.files_of(found):
        assert file.url == f"http://127.0.0.1:8123/{file.key}"
        assert file.length == len(stored[file.key])
        assert file.sha256 == hashlib.sha256(stored[file.key]).hexdigest()
    assert len(list(upload.files_of(found))) == len(stored) - 1
    assert found.audio.type == "audio/mpeg"
    assert (found.video, found.video_height) == (None, 0)
    assert found.duration_ms == 62_345
    assert [chapter.start_ms for chapter in found.chapters] == [0, 22_000], "on the master's clock: after the intro"
    assert [(one.language, one.origin.value, one.file.type.partition(";")[0]) for one in found.transcripts] == [
        (language, origin, kind)
        for language, origin in (("en", "machine-translation"), ("zh-Hans", "recognition"))
        for kind in ("text/vtt", "application/x-subrip", "application/json", "text/html")
    ]
    assert {file.type for file in found.chapter_files.values()} == {"application/json+chapters"}
    assert found.content_html == {one: f"<p>Notes in <strong>{one}</strong>.</p>" for one in ("en", "zh-Hans")}
    assert (found.spoken, found.number, found.explicit) == ("zh-Hans", 2, False)
    assert [(person.id, person.name.own("en"), person.role) for person in found.people] == [("host", "Host", "host")]
    assert found.date.isoformat() == "2026-09-16T09:00:00+02:00"


def test_the_video_goes_too(workspace: Workspace) -> None:
    build(workspace, video=True)
    send(context(workspace))
    found = Published.model_validate_json(workspace.episode("talk").published.read_bytes())
    assert found.video is not None
    assert (found.video.type, found.video_height) == ("video/mp4", 360)
    assert found.video.key in objects(workspace)


def test_a_track_without_words_is_not_published(workspace: Workspace) -> None:
    paths = workspace.episode("talk")
    tracks = json.loads(paths.tracks.read_text("utf-8"))
    tracks["tracks"][0]["cues"] = 0
    write_json(paths.tracks, tracks)
    send(context(workspace))
    assert not [key for key in objects(workspace) if re.search(r"\.en\.(vtt|srt|json)$", key)]


def test_a_second_time_nothing_is_sent(workspace: Workspace) -> None:
    send(context(workspace))
    before = {path: path.stat().st_ino for path in (workspace.root / "public").rglob("*")}
    seen = send(context(workspace))
    assert reasons(seen) == []
    assert {path: path.stat().st_ino for path in (workspace.root / "public").rglob("*")} == before


def test_what_is_there_is_not_sent_again(workspace: Workspace) -> None:
    send(context(workspace))
    before = {path: path.stat().st_ino for path in (workspace.root / "public").rglob("*") if path.is_file()}
    workspace.episode("talk").notes_html("en").write_bytes(b"<!doctype html>\n<p>edited</p>\n")
    assert len(reasons(send(context(workspace)))) == 1
    after = {path: path.stat().st_ino for path in (workspace.root / "public").rglob("*") if path.is_file()}
    changed = {path.name for path in before if before[path] != after[path]}
    assert changed == {"notes.en.html", "published.json"}


def test_new_sound_gets_a_new_name_and_the_old_stays(workspace: Workspace) -> None:
    send(context(workspace))
    old = {key for key in objects(workspace) if key.endswith(".mp3")}
    workspace.episode("talk").audio.write_bytes(b"ID3 better sound")
    send(context(workspace))
    new = {key for key in objects(workspace) if key.endswith(".mp3")}
    assert len(new) == 2, "somebody may be in the middle of a download of the old one"
    assert old < new


def lose_folder(public: Path) -> None:
    shutil.rmtree(public)


def lose_sound(public: Path) -> None:
    next(public.rglob("*.mp3")).unlink()


def cut_sound(public: Path) -> None:
    next(public.rglob("*.mp3")).write_bytes(b"ID3")


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lose_folder, "the store holds no published.json"),
        (lose_sound, "the store holds no such talk-"),
        (cut_sound, "the store holds no such talk-"),
    ],
)
def test_what_the_store_lost_comes_back(workspace: Workspace, harm: Callable[[Path], None], reason: str) -> None:
    send(context(workspace))
    before = objects(workspace)
    harm(workspace.root / "public")
    (given,) = reasons(send(context(workspace)))
    assert reason in given
    assert objects(workspace) == before
    assert reasons(send(context(workspace))) == []


def test_a_colleagues_newer_episode_is_not_put_back(workspace: Workspace, tmp_path: Path) -> None:
    """Both published once; then the colleague published a better one, and here nothing changed."""
    send(context(workspace))
    theirs = Workspace(shutil.copytree(workspace.root, tmp_path / "theirs"))
    theirs.episode("talk").audio.write_bytes(b"ID3 better sound")
    send(context(theirs))
    shutil.copytree(theirs.root / "public", workspace.root / "public", dirs_exist_ok=True)  # there is only one store
    before = objects(workspace)
    with pytest.raises(CastkitError, match="talk was published from elsewhere since") as caught:
        send(context(workspace))
    assert "git pull" in caught.value.hint
    assert "castkit publish talk --redo upload" in caught.value.hint
    assert objects(workspace) == before, "theirs stays"
    workspace.episode("talk").audio.write_bytes(b"ID3 better sound")  # git pull, and built anew
    send(context(workspace))
    assert objects(workspace) == before, "the same inputs make the same published.json"
    assert reasons(send(context(workspace))) == []


def test_published_json_is_last(workspace: Workspace) -> None:
    """A folder in the place of the last object before published.json: what is there stays unannounced."""
    blocked = workspace.root / "public/episodes/talk/notes.zh-Hans.html"
    (blocked / "full").mkdir(parents=True)
    with pytest.raises(CastkitError, match="cannot write"):
        send(context(workspace))
    assert [key for key in objects(workspace) if key.endswith(".mp3")]
    assert "episodes/talk/published.json" not in objects(workspace)
    assert not workspace.episode("talk").published.exists()
    shutil.rmtree(blocked)
    send(context(workspace))
    assert "episodes/talk/published.json" in objects(workspace)


def test_the_ledger_knows_the_episode(workspace: Workspace) -> None:
    send(context(workspace))
    entry = tomllib.loads(workspace.ledger.read_text("utf-8"))["episodes"]["talk"]
    assert entry["guid"] == "a40a42ad-83ac-4727-bf9a-c67bfa5d47ac"
    assert entry["date"].isoformat() == "2026-09-16T09:00:00+02:00"
    before = workspace.ledger.read_bytes()
    workspace.episode("talk").audio.write_bytes(b"ID3 better sound")
    send(context(workspace))
    assert workspace.ledger.read_bytes() == before


def test_another_identity_sends_nothing(workspace: Workspace) -> None:
    text = ledger.add(
        workspace.ledger,
        episodes={"talk": ledger.Identity(context(workspace).episode.guid, datetime(2020, 1, 1, tzinfo=UTC))},
    )
    workspace.feeds.mkdir()
    workspace.ledger.write_text(text, "utf-8")
    with pytest.raises(CastkitError, match="the date of talk"):
        send(context(workspace))
    assert not (workspace.root / "public").exists()


@pytest.mark.parametrize(
    ("languages", "origin", "named"),
    [
        ('["en"]', "machine-translation", ["en: edit episodes/talk/build/talk.en.srt"]),
        ('["zh-Hans"]', "accepted", ["zh-Hans: edit episodes/talk/build/talk.zh-Hans.srt"]),
        ('["en", "zh-Hans"]', "recognition", ["en: edit", "zh-Hans: edit"]),
    ],
)
def test_require_review(tmp_path: Path, languages: str, origin: str, named: list[str]) -> None:
    workspace = make_show(tmp_path, store=STORE, more=f"\n[subtitles]\nrequire_review = {languages}\n")
    build(workspace, origin=origin)
    with pytest.raises(CastkitError) as caught:
        send(context(workspace))
    assert all(words in caught.value.message for words in named)
    language = named[-1].partition(":")[0]
    assert f"save it as episodes/talk/subtitles/talk.{language}.srt" in caught.value.message
    assert caught.value.hint
    assert not (tmp_path / "public").exists()
    assert not workspace.ledger.exists()


def test_a_language_nobody_translated_yet(tmp_path: Path) -> None:
    workspace = make_show(tmp_path, store=STORE, more='\n[subtitles]\nrequire_review = ["en"]\n')
    build(workspace)
    paths = workspace.episode("talk")
    write_json(paths.tracks, {"spoken": "zh-Hans", "tracks": [], "missing": []})
    with pytest.raises(CastkitError, match=r"en: translate episodes/talk/build/talk\.en\.to-translate\.srt"):
        send(context(workspace))


def test_an_accepted_language_may_go(tmp_path: Path) -> None:
    workspace = make_show(tmp_path, store=STORE, more='\n[subtitles]\nrequire_review = ["en"]\n')
    build(workspace, origin="accepted")
    send(context(workspace))
    assert workspace.episode("talk").published.exists()


@pytest.mark.parametrize(
    "store",
    [
        'kind = "s3"\nbucket = "any"\nendpoint = "http://127.0.0.1:9"\nbase_url = "https://cast.example"',
        'base_url = "https://cast.example"',
    ],
)
def test_the_world_gets_no_placeholders(tmp_path: Path, store: str) -> None:
    workspace = make_show(tmp_path, store=store)
    workspace.toml.write_text(workspace.toml.read_text("utf-8").replace("us@institute.example", EMAIL), "utf-8")
    build(workspace)
    with pytest.raises(CastkitError, match=r"placeholders .*(?s:.)*show\.owner_email") as caught:
        send(context(workspace))
    assert "replace them" in caught.value.hint
    assert not (tmp_path / "public").exists()


def test_here_placeholders_may_stay(workspace: Workspace) -> None:
    workspace.toml.write_text(workspace.toml.read_text("utf-8").replace("us@institute.example", EMAIL), "utf-8")
    send(context(workspace))
    assert workspace.episode("talk").published.exists()


def test_a_bucket_needs_an_address_of_its_own(tmp_path: Path) -> None:
    workspace = make_show(tmp_path, store='kind = "s3"\nbucket = "any"\nendpoint = "http://127.0.0.1:9"')
    build(workspace)
    with pytest.raises(CastkitError, match=r"base_url .* listeners could not reach the bucket there"):
        send(context(workspace))


def test_not_built(workspace: Workspace) -> None:
    workspace.episode("talk").audio.unlink()
    with pytest.raises(CastkitError, match=r"talk is not built yet: talk\.mp3 is missing") as caught:
        publication(context(workspace), str)
    assert caught.value.hint == "castkit build talk"


def test_the_same_in_a_folder_and_in_a_bucket(tmp_path: Path, s3_server: S3Server) -> None:
    base = 'base_url = "https://cast.example"'
    remote = (
        f'kind = "s3"\nbucket = "{s3_server.bucket}"\nprefix = "upload-step"\nendpoint = "{s3_server.endpoint}"\n{base}'
    )
    kept = []
    for name, store in (("folder", base), ("bucket", remote)):
        workspace = make_show(tmp_path / name, store=store)
        build(workspace, video=True)
        given = context(workspace)
        send(given)
        assert reasons(send(given)) == [], "a second time nothing is sent"
        found = open_store(given.show.store, workspace.root)
        kept.append({key: found.get(key) for key in found.list()})
    assert kept[0] == kept[1]
    assert not isinstance(found, FolderStore)
    sound = next(key for key in kept[1] if key.endswith(".mp3"))
    headers = s3_server.client().head_object(Bucket=s3_server.bucket, Key=f"upload-step/{sound}")
    assert (headers["ContentType"], headers["CacheControl"]) == ("audio/mpeg", "public, max-age=31536000, immutable")
    found.delete(sound)
    assert reasons(send(given)) == [f"the store holds no such {sound.rpartition('/')[2]}"]
    assert found.head(sound) is not None
