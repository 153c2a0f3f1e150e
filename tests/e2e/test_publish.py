"""What `castkit publish` promises, on the real command line: only what is stale, never half, the same bytes again."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path
from xml.etree import ElementTree

import pytest
from castkit_cli import castkit, succeed, tree

from castkit.ffmpeg import find_tools
from castkit.storage.httpd import Site, open_server

SOUND = {"ingest", "master", "transcribe"}
WHOLE = os.environ.get("CASTKIT_SOAK") == "1"


def everything(workspace: Path) -> dict[str, str]:
    return dict(tree(workspace / "episodes", workspace / "public", workspace / "feeds"))


def test_a_second_publish_runs_no_step_and_changes_no_byte(small_copy: Path) -> None:
    before = everything(small_copy)
    times = {path: path.stat().st_mtime_ns for path in small_copy.rglob("*") if path.is_file()}
    assert succeed("publish", "talk", "--json", cwd=small_copy).ran == {}
    assert everything(small_copy) == before
    changed = {path.name for path, old in times.items() if path.stat().st_mtime_ns != old}
    assert changed <= {".digests.json", ".lock", "show.lock"}


def test_accepting_and_editing_subtitles_touches_neither_sound_nor_recognition(small_copy: Path, edit) -> None:
    draft = small_copy / "episodes/talk/build/talk.en.srt"
    accepted = small_copy / "episodes/talk/subtitles/talk.en.srt"
    accepted.parent.mkdir(exist_ok=True)
    accepted.write_text(draft.read_text("utf-8").replace("short", "SHORT"), "utf-8")
    assert "SHORT" in accepted.read_text("utf-8")
    first = succeed("publish", "talk", "--json", cwd=small_copy).ran
    assert first["subtitle"] == "settings changed: accepted.en"
    assert not SOUND & set(first)
    edit(accepted, "SHORT", "brief")
    second = succeed("publish", "talk", "--json", cwd=small_copy).ran
    assert not SOUND & set(second)
    assert {"subtitle", "transcripts", "package", "upload"} <= set(second)
    assert "brief" in (small_copy / "episodes/talk/build/talk.en.vtt").read_text("utf-8")
    assert accepted.read_text("utf-8").count("brief") == 1


def test_a_template_renders_the_notes_only(small_copy: Path) -> None:
    from castkit.templating import PACKAGED  # noqa: PLC0415

    template = small_copy / "templates/notes.md.j2"
    template.parent.mkdir(exist_ok=True)
    template.write_text((PACKAGED / "notes.md.j2").read_text("utf-8") + "\nOur own last line.\n", "utf-8")
    planned = succeed("status", "talk", "--json", cwd=small_copy).events
    reasons = {event["step"]: event["reason"] for event in planned if event["event"] == "status"}
    assert reasons["notes"] == "inputs changed: notes.md.j2"
    assert reasons["upload"] == "after notes, pages"
    assert {reasons[step] for step in ("ingest", "master", "transcribe", "subtitle", "translate", "package")} == {
        "up to date"
    }
    ran = succeed("publish", "talk", "--json", cwd=small_copy).ran
    assert set(ran) == {"notes", "pages", "upload", "feed", "site"}
    assert "Our own last line." in (small_copy / "feeds/en.xml").read_text("utf-8")


def test_a_lost_object_is_sent_again(small_copy: Path) -> None:
    before = everything(small_copy)
    shutil.rmtree(small_copy / "public")
    ran = succeed("publish", "talk", "--json", cwd=small_copy).ran
    assert set(ran) == {"upload", "feed", "site"}
    assert everything(small_copy) == before


def test_a_hand_edit_in_build_is_used_and_never_overwritten(small_copy: Path, edit) -> None:
    draft = small_copy / "episodes/talk/build/talk.en.srt"
    edit(draft, "short", "brief")
    ran = succeed("publish", "talk", "--json", cwd=small_copy).ran
    assert "subtitle" not in ran
    assert "brief" in (small_copy / "episodes/talk/build/talk.en.vtt").read_text("utf-8")
    edit(small_copy / "episodes/talk/build/transcript.json", " fund", " kitty")  # now the step would make it anew
    ended = castkit("publish", "talk", cwd=small_copy)
    assert ended.code == 1
    assert "a person edited what it made: talk.en.srt" in ended.err
    assert "brief" in draft.read_text("utf-8")
    succeed("publish", "talk", "--redo", "subtitle", cwd=small_copy)
    assert "brief" in draft.with_name("talk.en.srt.edited-1").read_text("utf-8")
    assert "kitty" in draft.read_text("utf-8")


def test_require_review_stops_before_anything_is_sent(small: Path, edit) -> None:
    with (small / "castkit.toml").open("a", encoding="utf-8") as file:
        file.write('\n[subtitles]\nrequire_review = ["en"]\n')
    ended = castkit("publish", "talk", cwd=small)
    assert ended.code == 1
    assert "en" in ended.err
    assert "subtitles/talk.en.srt" in ended.err.replace("\\", "/")
    assert not list((small / "public").rglob("*.mp3"))
    assert not (small / "feeds/en.xml").exists()
    (small / "episodes/talk/subtitles").mkdir(exist_ok=True)
    shutil.copy(small / "episodes/talk/build/talk.en.srt", small / "episodes/talk/subtitles/talk.en.srt")
    succeed("publish", "talk", cwd=small)
    assert list((small / "public").rglob("*.mp3"))


@pytest.mark.parametrize("line", ["draft = true", "date = 2150-01-01T00:00:00Z"])
def test_drafts_and_coming_episodes_are_built_and_kept_back(small_copy: Path, line: str) -> None:
    toml = small_copy / "episodes/talk/episode.toml"
    shutil.rmtree(small_copy / "public")
    (small_copy / "feeds/ledger.toml").unlink()
    key = line.split(" = ", maxsplit=1)[0]
    kept = [old for old in toml.read_text("utf-8").splitlines() if not old.startswith(f"{key} =")]
    first_table = next((n for n, old in enumerate(kept) if old.startswith("[")), len(kept))
    toml.write_text("\n".join([*kept[:first_table], line, *kept[first_table:]]) + "\n", "utf-8")
    ended = succeed("publish", "talk", cwd=small_copy)
    assert "kept back" in ended.out
    assert not list((small_copy / "public").rglob("*.mp3"))


def test_one_failing_episode_does_not_stop_the_next(small: Path, sound_clip: Path) -> None:
    succeed(
        "new", "another", "--recording", f"{sound_clip}=presenter", "--language", "en", "--title", "Another", cwd=small
    )
    recording = next((small / "episodes/another/raw").iterdir())
    recording.write_bytes(b"")
    ended = castkit("publish", "--all", cwd=small)
    assert ended.code == 3
    assert "another: failed" in ended.err
    assert list((small / "public/episodes/talk").glob("*.mp3"))
    assert not (small / "public/episodes/another").exists()
    assert "A Talk" in (small / "feeds/en.xml").read_text("utf-8")


def test_dry_run_does_nothing(small: Path) -> None:
    before = everything(small)
    ended = succeed("publish", "talk", "--dry-run", cwd=small)
    assert "new" in ended.out
    assert everything(small) == before


def test_windows_faults_end_in_the_same_bytes(small: Path, small_published: Path) -> None:
    """Renames that fail three times with PermissionError, and a stdout that speaks cp936."""
    program = (
        "import os, sys\n"
        "rename, seen = os.replace, {}\n"
        "def held(src, dst):\n"
        "    seen[str(dst)] = seen.get(str(dst), 0) + 1\n"
        "    if seen[str(dst)] <= 3: raise PermissionError(13, 'held by a scanner', str(dst))\n"
        "    rename(src, dst)\n"
        "os.replace = held\n"
        "from castkit.cli.main import main\n"
        "import atexit; atexit.register(lambda: print('held', min(seen.values()), file=sys.stderr))\n"
        "sys.argv[0] = 'castkit'; main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, "publish", "talk"],
        cwd=small,
        env={**os.environ, "PYTHONIOENCODING": "cp936", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
        timeout=300,
    )
    said = ended.stderr.decode("cp936", "replace")
    assert ended.returncode == 0, said
    assert "held 4" in said  # every target: three refusals, then the rename
    assert everything(small) == everything(small_published)


def _publish_and_stop(workspace: Path, after_s: float, number: signal.Signals) -> int:
    """Starts a publish in a process group of its own and sends it the signal; gives its exit code."""
    process = subprocess.Popen(
        [sys.executable, "-m", "castkit", "publish", "talk"],
        cwd=workspace,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(after_s)
    if process.poll() is None:
        if number == signal.SIGKILL:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
    return process.wait(timeout=600)


@pytest.mark.soak
@pytest.mark.skipif(
    sys.platform == "win32", reason="process groups and SIGKILL are POSIX; the engine's sweep runs there"
)
@pytest.mark.parametrize("seed", range(40 if WHOLE else 3))
def test_killed_at_any_moment_the_next_run_ends_in_the_same_bytes(
    small: Path, small_published: Path, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        _publish_and_stop(small, chance.uniform(0.3, 9.0), chance.choice([signal.SIGKILL, signal.SIGINT]))
    succeed("publish", "talk", cwd=small)
    assert everything(small) == everything(small_published)
    assert not [path for path in small.rglob(".*") if "part" in path.name]


def _is_anybody_in(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another signal there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_exits_130_and_leaves_no_process(small: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "castkit", "publish", "talk", "--json"],
        cwd=small,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("step") == "transcribe":
            break
    process.send_signal(number)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "interrupted; run the same command again" in said
    until = time.monotonic() + 60
    while _is_anybody_in(process.pid):  # the system takes the dead away in its own time
        assert time.monotonic() < until, "somebody is left in its session"
        time.sleep(0.02)


def test_json_output_is_json_and_nothing_else(small_copy: Path) -> None:
    events = succeed("publish", "talk", "--json", cwd=small_copy).events
    summary = events[-1]
    assert summary["event"] == "summary"
    assert summary["errors"] == []
    assert summary["results"]["talk"]["audio"].endswith(".mp3")
    published = json.loads((small_copy / "episodes/talk/build/published.json").read_text("utf-8"))
    assert summary["results"]["talk"]["audio"] == published["audio"]["url"]


def test_a_lost_ledger_does_not_let_a_guid_change(small_copy: Path, edit) -> None:
    (small_copy / "feeds/ledger.toml").unlink()
    toml = small_copy / "episodes/talk/episode.toml"
    guid = json.loads((small_copy / "episodes/talk/build/published.json").read_text("utf-8"))["guid"]
    edit(toml, guid, "11111111-2222-4333-8444-555555555555")
    ended = castkit("publish", "talk", cwd=small_copy)
    assert ended.code == 1
    assert guid in ended.err
    edit(toml, "11111111-2222-4333-8444-555555555555", guid)
    succeed("publish", "talk", "--redo", "upload", cwd=small_copy)
    assert guid in (small_copy / "feeds/ledger.toml").read_text("utf-8")


@pytest.mark.parametrize("name", ["talk.mp3", "ingest.json", "published.json", "report.json", "tracks/0.wav"])
def test_a_damaged_file_of_castkit_s_own_is_made_again(small_copy: Path, name: str) -> None:
    before = everything(small_copy)
    damaged = small_copy / "episodes/talk/build" / name
    damaged.write_bytes(b"{")
    ran = succeed("publish", "talk", "--json", cwd=small_copy).ran
    assert any(reason == f"output changed: {damaged.name}" for reason in ran.values()), ran
    after = everything(small_copy)
    assert {path: digest for path, digest in after.items() if ".edited-" not in path} == before


def test_an_episode_without_speech_is_published_without_subtitles(small: Path, tmp_path: Path) -> None:
    tone = tmp_path / "tone.wav"
    source = ["-f", "lavfi", "-i", "sine=frequency=440:duration=6", str(tone)]
    subprocess.run([str(find_tools().ffmpeg), "-v", "error", *source], check=True)
    succeed("new", "tone", "--recording", str(tone), "--language", "en", "--title", "Tone", cwd=small)
    succeed("publish", "tone", cwd=small)
    published = json.loads((small / "episodes/tone/build/published.json").read_text("utf-8"))
    assert published["transcripts"] == []


@pytest.fixture(scope="module")
def streamed(small_show: Path, clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small show with a video-cast published in every format, as a stream too."""
    folder = Path(shutil.copytree(small_show, tmp_path_factory.mktemp("streamed") / "show"))
    with (folder / "castkit.toml").open("a", encoding="utf-8") as file:
        file.write('\n[audio]\nformats = ["mp3", "m4a", "opus"]\n\n[video]\nhls = true\n')
    succeed("new", "cast", "--recording", f"{clip}=presenter", "--language", "en", "--title", "A Cast", cwd=folder)
    succeed("publish", "cast", cwd=folder)
    return folder


@pytest.fixture
def server(streamed: Path) -> Iterator[str]:
    """The address of castkit's own server of that show's store."""
    with open_server("127.0.0.1", 0) as running:
        running.site = Site((streamed / "public",), lambda: b"")
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield running.url
        running.shutdown()
        thread.join()


def fetch(url: str, **headers: str) -> tuple[int, Message, bytes]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
        return answer.status, answer.headers, answer.read()


def test_all_a_stream_leads_to_is_served_with_its_type_to_any_origin(streamed: Path, server: str) -> None:
    published = json.loads((streamed / "episodes/cast/build/published.json").read_text("utf-8"))
    sent = {file["key"]: file for file in (published["hls"], *published["hls_parts"])}
    start = f"{server}/{published['hls']['key']}"
    playlists, seen = [start], {start}
    while playlists:
        at = playlists.pop()
        text = fetch(at)[2].decode()
        assert text.startswith("#EXTM3U")
        named = re.findall(r'URI="([^"]+)"', text) + [line for line in text.splitlines() if line and line[0] != "#"]
        found = {urllib.parse.urljoin(at, name) for name in named}
        playlists += [url for url in found - seen if url.endswith(".m3u8")]
        seen |= found
    assert {url.removeprefix(f"{server}/") for url in seen} == set(sent)
    for url in seen:
        file = sent[url.removeprefix(f"{server}/")]
        status, headers, body = fetch(url, Range="bytes=4-11", Origin="https://player.example")
        assert (status, len(body), headers["Content-Type"]) == (206, 8, file["type"])
        assert headers["Content-Range"] == f"bytes 4-11/{file['length']}"
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_what_the_feed_offers_besides_the_mp3_can_be_decoded(streamed: Path, server: str) -> None:
    tree = ElementTree.parse(streamed / "feeds/en.xml")  # noqa: S314 - castkit's own
    space = "{https://podcastindex.org/namespace/1.0}"
    offered = {
        tag.get("type", ""): tag.find(f"{space}source").get("uri", "")  # type: ignore[union-attr]
        for tag in tree.iter(f"{space}alternateEnclosure")
    }
    assert list(offered) == ["audio/mp4", "audio/ogg", "video/mp4", "application/x-mpegURL"]
    published = json.loads((streamed / "episodes/cast/build/published.json").read_text("utf-8"))
    for kind, url in offered.items():
        if kind == "application/x-mpegURL":
            url = url.replace("http://127.0.0.1:8000", server)  # noqa: PLW2901 - ffmpeg follows it over HTTP
        else:
            url = str(streamed / "public" / url.removeprefix("http://127.0.0.1:8000/"))  # noqa: PLW2901
        asked = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", url]
        told = subprocess.run([str(find_tools().ffprobe), *asked], capture_output=True, text=True, check=True)
        assert abs(1000 * float(told.stdout) - published["duration_ms"]) < 120, kind


def test_a_stream_is_not_sent_twice_and_what_is_lost_of_it_comes_back(streamed: Path) -> None:
    assert succeed("publish", "cast", "--json", cwd=streamed).ran == {}
    (part,) = (streamed / "public").rglob("video-360.mp4")
    before = part.read_bytes()
    part.write_bytes(before[:-1])
    ran = succeed("publish", "cast", "--json", cwd=streamed).ran
    assert ran["upload"] == "the store holds no such video-360.mp4"
    assert part.read_bytes() == before


@pytest.mark.parametrize("room", [150, 700, 1400])
def test_a_full_disk_is_named_and_nothing_is_half_there(
    small_show: Path, small_disk: Callable[[int], Path], room: int
) -> None:
    size = sum(path.stat().st_size for path in small_show.rglob("*") if path.is_file()) // 1024
    show = Path(shutil.copytree(small_show, small_disk(size + room) / "show"))
    ended = castkit("publish", "talk", cwd=show)
    assert ended.code == 1, ended.out
    assert "disk is full" in ended.err or "No space left on device" in ended.err
    assert "Traceback" not in ended.err
    assert not list(show.rglob(".*part*"))
    assert not list((show / "feeds").glob("*.xml"))
