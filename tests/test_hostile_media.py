"""Hostile and odd media through the real ingest: refused by name or handled, within bounds, without a look outside.

Every ffmpeg runs under limits of memory, disk and time, and strace watches what it opens, where there is one.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import hostile
import sounds
from castkit.audio import listen
from castkit.engine import events
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place, lock
from castkit.errors import CastkitError
from castkit.ffmpeg import find_tools
from castkit.steps import edit, ingest, master, survey
from e2e.castkit_cli import castkit
from hostile import HOUR_S, Lure, Make

RAW = f"episodes/{sounds.SLUG}/raw"
LISTED = "is a playlist|is not a recording but a list|is not sound or video"
NO_SOUND = "is not sound or video|not a recording but|cut short|no sound|is silent|can be decoded"
CUT = "is cut short"
GAP = "has a gap of 600 minutes"
DAYS = "days long"
HANDLED = ""
EITHER = "refused by ffmpeg 5, handled by ffmpeg 8"

# name of the file, how it is made, what the error says of it ("" where the file is good for use)
LISTS: tuple[tuple[str, Make, str], ...] = (
    ("m3u.mp3", hostile.text(hostile.M3U), LISTED),
    ("bare-m3u.mp3", hostile.text(hostile.BARE_M3U), LISTED),
    ("hls-file.wav", hostile.text(hostile.HLS), LISTED),
    ("hls-url.mp4", hostile.text(hostile.HLS_URL), LISTED),
    ("hls-passwd.wav", hostile.text(hostile.HLS_PASSWD), LISTED),
    ("hls-concat.ts", hostile.text(hostile.HLS_CONCAT), LISTED),
    ("hls-key.m4a", hostile.text(hostile.HLS_KEY), LISTED),
    ("hls-master.mp3", hostile.text(hostile.HLS_MASTER), LISTED),
    ("hls-behind-id3.mp3", hostile.hls_behind_id3, LISTED),
    ("hls-in-a-stream.ts", hostile.hls_in_a_transport_stream, LISTED),
    ("pls.mp3", hostile.text(hostile.PLS), LISTED),
    ("concat.wav", hostile.text(hostile.CONCAT), LISTED),
    ("concat-url.mp3", hostile.text(hostile.CONCAT_URL), LISTED),
    ("concat-bare.mp3", hostile.text(hostile.BARE_CONCAT), LISTED),
    ("sdp.mp3", hostile.text(hostile.SDP), LISTED),
    ("dash.mp4", hostile.text(hostile.DASH), LISTED),
    ("xspf.mp3", hostile.text(hostile.XSPF), LISTED),
    ("smil.mp4", hostile.text(hostile.SMIL), LISTED),
    ("asx.wma", hostile.text(hostile.ASX), LISTED),
    ("svg.mp4", hostile.text(hostile.SVG), LISTED),
    ("ttml.wav", hostile.text(hostile.TTML), LISTED),
    ("html.mp3", hostile.text(hostile.HTML), LISTED),
    ("imf.mxf", hostile.text(hostile.IMF), LISTED),
    ("reference-movie.mov", hostile.reference_movie, "has no sound"),
    ("zip.wav", hostile.archive, LISTED),
    ("gzip.wav", hostile.zipped, LISTED),
    ("tar.wav", hostile.tarred, LISTED),
    ("png.mp4", hostile.picture, LISTED),
    ("%03d.jpg", hostile.copied("wav"), LISTED),
    ("compressed-index.mov", hostile.cmov_bomb, LISTED),
)  # fmt: skip

NAMING_OTHERS: tuple[tuple[str, Make, str], ...] = (
    ("data-in-a-file.m4a", hostile.external_data(b"url ", "file://{secret}"), HANDLED),
    ("data-at-a-url.m4a", hostile.external_data(b"url ", "{url}"), HANDLED),
    ("data-by-alias.mov", hostile.external_data(b"alis", "{secret}"), HANDLED),
    ("linked-segments.mkv", hostile.linked_segments, HANDLED),
)

BOMBS: tuple[tuple[str, Make, str], ...] = (
    ("ten-hours.wav", hostile.wav(claims=10 * HOUR_S * 96_000), CUT),
    ("of-a-pipe.wav", hostile.wav(claims=2**32 - 1), HANDLED),
    ("absurd.rf64.wav", hostile.rf64, DAYS),
    ("absurd.w64", hostile.w64, EITHER),
    ("absurd.aiff", hostile.aiff, NO_SOUND),
    ("ten-hours.flac", hostile.flac(10 * HOUR_S * 48_000), CUT),
    ("absurd.flac", hostile.flac(2**36 - 1), DAYS),
    ("ten-hours.mp3", hostile.xing(10 * HOUR_S * 48_000 // 1152), CUT),
    ("absurd.mp3", hostile.xing(2**32 - 1), DAYS),
    ("ten-hours.ogg", hostile.ogg_jump(10 * HOUR_S), CUT),
    ("five-days.ogg", hostile.ogg_jump(120 * HOUR_S), DAYS),
    ("ten-hours.mka", hostile.mkv_duration, CUT),
    ("long-samples.m4a", hostile.long_samples, NO_SOUND),
    ("slow-clock.m4a", hostile.patched("m4a", b"mdhd", 12, b"\0\0\0\1"), NO_SOUND),
    ("many-samples.m4a", hostile.many_samples, NO_SOUND),
    ("late-sound.mp4", hostile.empty_edit(10 * HOUR_S), GAP),
    ("later-sound.mp4", hostile.empty_edit(40 * HOUR_S), DAYS),
    ("gap.mkv", hostile.shifted("mkv", 10 * HOUR_S), GAP),
    ("gap.mka", hostile.shifted("mka", 10 * HOUR_S), GAP),
    ("gap.m4a", hostile.shifted("m4a", 10 * HOUR_S), GAP),
    ("gap.webm", hostile.shifted("webm", 10 * HOUR_S), GAP),
    ("gap.flv", hostile.shifted("flv", 10 * HOUR_S), GAP),
    ("new-clock.ts", hostile.shifted("ts", 10 * HOUR_S), HANDLED),
    ("one-hertz.wav", hostile.wav(1), "sample rate of 1 Hz"),
    ("four-megahertz.wav", hostile.wav(4_000_000), "sample rate of 4000000 Hz"),
    ("255-channels.wav", hostile.wav(channels=255, content=510 * 4_800), "has 255 channels"),
    ("no-channels.wav", hostile.wav(channels=0), NO_SOUND),
    ("nine-channels.wav", hostile.wav(channels=9, content=18 * 48_000), "has 9 channels"),
    ("cover-of-30000.mp3", hostile.cover_in_mp3, HANDLED),
    ("cover-of-30000.flac", hostile.cover_in_flac, HANDLED),
    ("compressed-tag.mp3", hostile.id3_bomb, HANDLED),
    ("packed-silence.mkv", hostile.packed_track, "is silent"),
    ("packed-hours.flac", hostile.silence("flac", 900), "is silent"),
    ("sizes-change.ts", hostile.changing_size, HANDLED),
    ("said-full.flac", hostile.tagged(title="No space left on device"), HANDLED),
    ("No space left on device", hostile.copied("wav"), HANDLED),
)  # fmt: skip

NAMES = (
    "-version.wav", "-i", "%d.wav", "%03d.wav", "*.wav", "it's \"quoted\".wav", "new\nline.wav", "🎙️ 访谈.wav",
    "n" * 246 + ".wav", "concat:a|b.wav", "subfile,,start,0,end,9,,:x.wav", "data:audio,x.wav", "http:x.wav", "pipe:0",
    "[0:a];x.wav", " .wav", "back\\slash.wav", "cache:x.wav", "#?c.wav",
)  # fmt: skip

_LIMITED = """#!/bin/sh
ulimit -v 1500000; ulimit -f 100000; ulimit -t 30
exec {watched} "{tool}" "$@"
"""


@pytest.fixture(scope="module")
def lure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lure]:
    """What the files are made of, and what they must not reach."""
    folder = tmp_path_factory.mktemp("lure")
    secret = Path(shutil.copy(sounds.HOST, folder / "secret.flac"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield Lure(folder, secret, server.getsockname()[1])
        with pytest.raises(BlockingIOError):  # nobody ever called
            server.accept()


@pytest.fixture
def watch(tmp_path: Path, lure: Lure, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Puts ffmpeg and ffprobe under limits, and strace upon them; what it gives says whether they looked elsewhere."""
    log = tmp_path / "strace"

    def start() -> None:
        if os.name == "nt":
            return
        watched = f"strace -f -qq -A -o {log} -e trace=open,openat,connect" if _can_trace(tmp_path) else ""
        tools = find_tools()
        for name, tool in (("ffmpeg", tools.ffmpeg), ("ffprobe", tools.ffprobe)):
            script = tmp_path / f"limited-{name}"
            script.write_text(_LIMITED.format(watched=watched, tool=tool))
            script.chmod(0o755)
            monkeypatch.setenv(f"CASTKIT_{name.upper()}", str(script))

    yield start
    seen = log.read_text("utf-8", "replace") if log.exists() else ""
    assert lure.secret.name not in seen
    assert "/etc/passwd" not in seen
    assert "AF_INET" not in seen


def _can_trace(folder: Path) -> bool:
    command = ["strace", "-o", str(folder / "trial"), "true"]
    return (
        shutil.which("strace") is not None and subprocess.run(command, check=False, capture_output=True).returncode == 0
    )


def _left(context) -> list[str]:
    """What lies under a name of a result."""
    own = {"receipts.json", ".digests.json", ".lock"}
    return [path.name for path in context.paths.build.rglob("*") if path.is_file() and path.name not in own]


@pytest.mark.parametrize("rows", [LISTS, NAMING_OTHERS], ids=["lists", "naming others"])
def test_what_names_other_files_reaches_none_of_them(tmp_path, lure, watch, rows):
    show = tmp_path / "show"
    (show / RAW).mkdir(parents=True)
    for name, make, _ in rows:
        make(show / RAW / name, lure)
    watch()
    context = sounds.talk(show, *(f"raw/{name}" for name, _, _ in rows))
    if rows is NAMING_OTHERS:
        sounds.build(context, ingest.STEP)
        tracks = [row["track"] for row in json.loads(context.paths.ingest.read_text("utf-8"))["tracks"]]
        assert all(900 < track["duration_ms"] < 2100 for track in tracks)  # their own sound, the secret's is 255 s
        return
    with pytest.raises(CastkitError) as caught:
        sounds.build(context, ingest.STEP)
    said = [line for line in caught.value.message.splitlines() if RAW in line]
    for (name, _, says), line in zip(rows, said, strict=True):
        assert f"/{name} " in line
        assert any(words in line for words in says.split("|")), line
    assert not _left(context)


@pytest.mark.parametrize(("name", "make", "says"), BOMBS, ids=[row[0] for row in BOMBS])
def test_a_bomb_is_refused_by_name_or_handled_within_bounds(tmp_path, lure, watch, name, make, says):
    show = tmp_path / "show"
    (show / RAW).mkdir(parents=True)
    make(show / RAW / name, lure)
    watch()
    context = sounds.talk(show, f"raw/{name}")
    if says == HANDLED or (says == EITHER and not _refusal(context)):
        sounds.build(context, ingest.STEP)
        assert context.paths.track(0).stat().st_size < 100_000
        return
    with pytest.raises(CastkitError, match=NO_SOUND if says == EITHER else says) as caught:
        sounds.build(context, ingest.STEP)
    assert name in caught.value.message
    assert caught.value.hint
    assert not _left(context)


def test_no_name_is_an_option_an_address_or_a_pattern(tmp_path, lure, watch):
    show = tmp_path / "show"
    (show / RAW).mkdir(parents=True)
    names = [name for name in NAMES if os.name != "nt" or not set(name) & set('\\/:*?"<>|\n')]
    for number, name in enumerate(names):
        hostile.wav(content=9_600 * (6 + number))(show / RAW / name, lure)
    watch()
    context = sounds.talk(show, *(f"raw/{name}" for name in names))
    sounds.build(context, ingest.STEP)
    tracks = [row["track"] for row in json.loads(context.paths.ingest.read_text("utf-8"))["tracks"]]
    assert [track["duration_ms"] for track in tracks] == [600 + 100 * number for number in range(len(names))]


def _refusal(context) -> str:
    try:
        sounds.build(context, ingest.STEP)
    except CastkitError as error:
        return error.message
    return ""


@pytest.mark.parametrize("suffix", ["wav", "mp3", "m4a", "ogg", "mkv"])
def test_what_is_cut_off_anywhere_is_refused_or_shorter(tmp_path, lure, suffix):
    (tmp_path / RAW).mkdir(parents=True)
    names = [f"raw/{percent}.{suffix}" for percent in range(10, 100, 10)]
    for name in names:
        hostile.truncated(suffix, int(Path(name).stem))(tmp_path / RAW / Path(name).name, lure)
    while names and (said := _refusal(context := sounds.talk(tmp_path, *names))):  # by the header first
        refused = [name for name in names if f"/{name} " in said]
        assert refused, said
        names = [name for name in names if name not in refused]
    if names:
        tracks = [row["track"] for row in json.loads(context.paths.ingest.read_text("utf-8"))["tracks"]]
        assert all(track["duration_ms"] < 2100 for track in tracks)


def test_noise_behind_every_magic_number_is_refused_by_name(tmp_path, lure, watch):
    show = tmp_path / "show"
    (show / RAW).mkdir(parents=True)
    suffixes = [suffix for suffix in hostile.MAGIC if suffix != "amr"]  # which has no order that noise could break
    for suffix in suffixes:
        hostile.magic(suffix)(show / RAW / f"noise.{suffix}", lure)
    watch()
    context = sounds.talk(show, *(f"raw/noise.{suffix}" for suffix in suffixes))
    with pytest.raises(CastkitError) as caught:
        sounds.build(context, ingest.STEP)
    assert not _left(context)
    refused = caught.value.message
    assert len([suffix for suffix in suffixes if f"noise.{suffix}" in refused]) >= len(suffixes) - 1


@pytest.mark.parametrize("kind", ["a pipe or device", "a link to a device", "a folder"])
def test_what_has_no_end_is_not_waited_for(tmp_path, kind):
    path = tmp_path / RAW / "one.wav"
    path.parent.mkdir(parents=True)
    if kind == "a folder":
        path.mkdir()
    elif not hasattr(os, "mkfifo"):
        pytest.skip("no pipes and devices in the file system")
    elif kind == "a pipe or device":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(CastkitError, match=r"raw/one\.wav is a (pipe or device|folder), not a file"):
        sounds.build(sounds.talk(tmp_path, "raw/one.wav"), ingest.STEP)


def test_sound_without_end_is_stopped(tmp_path, monkeypatch):
    """A packed day would take minutes: the day is a short one here."""
    monkeypatch.setattr(listen, "LONGEST_S", 3)
    sounds.speech(tmp_path / RAW / "long.mp3", seconds=6, options=["-write_xing", "0"])
    context = sounds.talk(tmp_path, "raw/long.mp3")
    with pytest.raises(CastkitError, match=r"long\.mp3 is longer than"):
        sounds.build(context, ingest.STEP)
    assert not _left(context)


def test_a_pause_of_a_minute_is_filled(tmp_path, lure):
    (tmp_path / RAW).mkdir(parents=True)
    hostile.shifted("mkv", 60)(tmp_path / RAW / "call.mkv", lure)
    context = sounds.talk(tmp_path, "raw/call.mkv")
    sounds.build(context, ingest.STEP)
    track = json.loads(context.paths.ingest.read_text("utf-8"))["tracks"][0]["track"]
    assert 61_900 < track["duration_ms"] < 62_300


def test_tags_are_not_taken_for_measurements(tmp_path, lure):
    said = "t: 1 M: -3.0 S: -3.0 I: -3 Integrated loudness:"
    levels = []
    for name, tags in (("plain", {}), ("lying", {"title": said, "artist": said})):
        root = tmp_path / name
        (root / RAW).mkdir(parents=True)
        hostile.tagged(**tags)(root / RAW / "one.flac", lure)
        context = sounds.talk(root, "raw/one.flac")
        sounds.build(context, ingest.STEP)
        levels.append(context.paths.levels(0).read_bytes())
    assert levels[0] == levels[1]


def test_a_recording_that_grows_while_it_is_read_is_read_again(tmp_path, lure):
    path = tmp_path / RAW / "one.mp3"
    path.parent.mkdir(parents=True)
    hostile.copied("mp3")(path, lure)
    context = sounds.talk(tmp_path, "raw/one.mp3")
    paths = context.paths
    place = Place(context.slug, tmp_path, paths.build, paths.receipts, paths.lock)
    grown = []

    def grow(event: events.Event) -> None:
        if isinstance(event, events.Progress) and not grown:
            grown.append(path.write_bytes(2 * lure.read("mp3")))

    with lock(place):
        run([ingest.STEP], context, place, grow)
    assert grown
    seen = sounds.build(context, ingest.STEP)
    assert [event.reason for event in seen if isinstance(event, events.Started)] == ["inputs changed: one.mp3"]


@pytest.mark.parametrize("name", ["hls-url.mp4", "late-sound.mp4", "ten-hours.mp3"])
def test_the_command_ends_with_1_and_the_remedy(tmp_path, lure, name):
    show = tmp_path / "show"
    make = next(make for one, make, _ in LISTS + BOMBS if one == name)
    make(tmp_path / name, lure)
    assert castkit("init", "show", "--title", "Ours", "--language", "en", cwd=tmp_path).code == 0
    new = ["new", "talk", "--recording", str(tmp_path / name), "--language", "en", "--title", "Talk"]
    ended = castkit(*new, cwd=show)
    ended = ended if ended.code else castkit("build", "talk", cwd=show)
    assert ended.code == 1, ended.out + ended.err
    assert name in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("room", [40, 150, 350, 700, 1050])
def test_a_full_disk_is_said_and_nothing_is_half_there(tmp_path, small_disk, room):
    """From a disk without room for the 16 kHz sound to one with all but the end of the encoding."""
    sounds.speech(tmp_path / "host.flac", seconds=3)
    sounds.speech(tmp_path / "guest.flac", seconds=3, start=30)
    sounds.synthetic(tmp_path / "intro.wav", "sine=d=2")
    size = sum(path.stat().st_size for path in tmp_path.glob("*.*")) // 1024
    root = small_disk(size + room)
    (root / RAW).mkdir(parents=True)
    for name in ("host.flac", "guest.flac"):
        shutil.copy(tmp_path / name, root / RAW / name)
    shutil.copy(tmp_path / "intro.wav", root / "intro.wav")
    context = sounds.talk(root, "raw/host.flac", "raw/guest.flac", intro="intro.wav")
    steps = (ingest.STEP, survey.STEP, edit.STEP, master.STEP)
    with pytest.raises(CastkitError, match=r"disk is full|No space left on device") as caught:
        sounds.build(context, *steps)
    assert caught.value.hint
    assert not list(root.rglob(".part-*"))
    assert not context.paths.master.exists()
