"""The upload of formats made by choice and of streams: names, types, order, and what happens when a part is lost."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from test_upload import HASHED, STORE, objects, reasons, send

from built_show import build, context, make_show
from castkit.errors import CastkitError
from castkit.model.published import Published
from castkit.steps import upload
from castkit.steps.publication import publication
from castkit.storage.open import open_store
from castkit.workspace import Workspace
from s3server import S3Server

FORMATS = '\n[audio]\nformats = ["mp3", "opus", "m4a"]\n'
STREAM = "\n[video]\nhls = true\n"
# What is there before the playlist that players are given: media, captions, the playlists of each.
PARTS = (
    "video-360.mp4 sound.mp4 subtitles-en.vtt subtitles-zh-Hans.vtt "
    "video-360.m3u8 sound.m3u8 subtitles-en.m3u8 subtitles-zh-Hans.m3u8"
).split()


def published(workspace: Workspace) -> Published:
    return Published.model_validate_json(workspace.episode("talk").published.read_bytes())


def test_chosen_formats_go_beside_the_mp3(tmp_path: Path) -> None:
    workspace = make_show(tmp_path, store=STORE, more=FORMATS)
    build(workspace)
    send(context(workspace))
    found, stored = published(workspace), objects(workspace)
    assert found.audio.type == "audio/mpeg"
    assert [file.type for file in found.other_audio] == ["audio/mp4", "audio/ogg; codecs=opus"]
    for file, ending in zip(found.other_audio, ("m4a", "opus"), strict=True):
        assert HASHED.fullmatch(file.key)
        assert file.key.endswith(f".{ending}")
        assert stored[file.key] == workspace.episode("talk").audio_in(ending).read_bytes()
        assert hashlib.sha256(stored[file.key]).hexdigest() == file.sha256


def test_a_format_no_longer_chosen_is_not_published(tmp_path: Path) -> None:
    workspace = make_show(tmp_path, store=STORE, more=FORMATS)
    build(workspace)
    send(context(workspace))
    workspace.toml.write_text(workspace.toml.read_text("utf-8").replace(', "opus", "m4a"', ""), "utf-8")
    assert len(reasons(send(context(workspace)))) == 1
    assert published(workspace).other_audio == ()


def streamed(folder: Path) -> Workspace:
    workspace = make_show(folder, store=STORE, more=STREAM)
    build(workspace, video=True)
    return workspace


def test_a_stream_keeps_its_names_in_a_folder_of_its_own(tmp_path: Path) -> None:
    workspace = streamed(tmp_path)
    send(context(workspace))
    found, stored = published(workspace), objects(workspace)
    assert found.hls is not None
    folder, _, name = found.hls.key.rpartition("/")
    assert re.fullmatch(r"episodes/talk/hls-[0-9a-f]{12}", folder)
    assert (name, found.hls.type) == ("master.m3u8", "application/vnd.apple.mpegurl")
    built = {path.name: path.read_bytes() for path in workspace.episode("talk").hls.iterdir()}
    assert {key.rpartition("/")[2]: data for key, data in stored.items() if key.startswith(folder)} == built
    assert [file.key for file in found.hls_parts] == [f"{folder}/{part}" for part in PARTS]
    kinds = {file.key.rpartition("/")[2]: file.type for file in found.hls_parts}
    assert (kinds["video-360.mp4"], kinds["sound.mp4"]) == ("video/mp4", "audio/mp4")
    assert {kinds[name] for name in kinds if name.endswith(".vtt")} == {"text/vtt; charset=utf-8"}


def test_another_stream_gets_another_folder_and_the_old_stays(tmp_path: Path) -> None:
    workspace = streamed(tmp_path)
    send(context(workspace))
    old = {key for key in objects(workspace) if "/hls-" in key}
    (workspace.episode("talk").hls / "subtitles-en.vtt").write_bytes(b"WEBVTT\n\ncorrected\n")
    send(context(workspace))
    new = {key for key in objects(workspace) if "/hls-" in key}
    assert old < new
    assert len(new) == 2 * len(old), "somebody may be in the middle of the old one"
    assert published(workspace).hls.key not in old  # type: ignore[union-attr]


def test_the_playlist_for_players_comes_when_all_it_leads_to_is_there(tmp_path: Path) -> None:
    workspace = streamed(tmp_path)
    made = publication(context(workspace), str)
    keys = [item.file.key for item in made.items if "/hls-" in item.file.key]
    assert keys[-1].endswith("/master.m3u8")
    blocked = workspace.root / "public" / keys[-2]  # a folder in the place of the last one before it
    (blocked / "full").mkdir(parents=True)
    with pytest.raises(CastkitError, match="cannot write"):
        send(context(workspace))
    assert keys[0] in objects(workspace)
    assert keys[-1] not in objects(workspace)
    assert "episodes/talk/published.json" not in objects(workspace)


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"cut")])
def test_a_part_of_the_stream_that_the_store_lost_comes_back(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    workspace = streamed(tmp_path)
    send(context(workspace))
    before = objects(workspace)
    harm(next((workspace.root / "public").rglob("video-360.mp4")))
    assert reasons(send(context(workspace))) == ["the store holds no such video-360.mp4"]
    assert objects(workspace) == before


def test_a_stream_that_is_not_built_stops_the_upload(tmp_path: Path) -> None:
    workspace = streamed(tmp_path)
    (workspace.episode("talk").hls / "sound.mp4").unlink()
    with pytest.raises(CastkitError, match=r"talk is not built yet: sound\.mp4 is missing"):
        send(context(workspace))
    assert not objects(workspace)


def test_what_was_published_before_there_were_formats_and_streams_still_loads(tmp_path: Path) -> None:
    workspace = make_show(tmp_path, store=STORE)
    build(workspace)
    send(context(workspace))
    value = json.loads(workspace.episode("talk").published.read_text("utf-8"))
    old = {key: one for key, one in value.items() if key not in ("other_audio", "hls", "hls_parts")}
    found = Published.model_validate(old)
    assert (found.other_audio, found.hls, found.hls_parts) == ((), None, ())
    assert list(upload.files_of(found)) == list(upload.files_of(published(workspace)))


def test_a_bucket_holds_them_with_their_types_and_gives_parts_of_them(tmp_path: Path, s3_server: S3Server) -> None:
    where = f'kind = "s3"\nbucket = "{s3_server.bucket}"\nprefix = "media"\nendpoint = "{s3_server.endpoint}"'
    workspace = make_show(tmp_path, store=f'{where}\nbase_url = "https://cast.example"', more=FORMATS + STREAM)
    build(workspace, video=True)
    given = context(workspace)
    send(given)
    assert reasons(send(given)) == [], "a second time nothing is sent"
    store, client = open_store(given.show.store, workspace.root), s3_server.client()
    keys = {key: store.get(key) for key in store.list()}
    for ending, kind in (
        (".m4a", "audio/mp4"),
        (".opus", "audio/ogg; codecs=opus"),
        ("/sound.mp4", "audio/mp4"),
        ("/video-360.mp4", "video/mp4"),
        ("/master.m3u8", "application/vnd.apple.mpegurl"),
    ):
        key = next(key for key in keys if key.endswith(ending))
        headers = client.head_object(Bucket=s3_server.bucket, Key=f"media/{key}")
        assert (headers["ContentType"], headers["CacheControl"]) == (kind, "public, max-age=31536000, immutable")
    part = next(key for key in keys if key.endswith("/video-360.mp4"))
    asked = client.get_object(Bucket=s3_server.bucket, Key=f"media/{part}", Range="bytes=7-19")
    assert asked["Body"].read() == keys[part][7:20], "players of a stream ask for ranges"
    store.delete(part)
    assert reasons(send(given)) == ["the store holds no such video-360.mp4"]
    assert store.get(part) == keys[part]
