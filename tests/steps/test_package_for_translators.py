"""The package for a translator without castkit: what is in it, on which clock, and that nothing of theirs is lost."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
import small_episode
from packaged import contents, heard_office, moved, package, zipped
from translators import Office, cues

from castkit import ffmpeg
from castkit.errors import CastkitError
from castkit.steps.hand_out_package import hand_out_package
from castkit.steps.subtitle_desk import open_desk
from castkit.steps.take_back import Taken, Wishes, take_back
from castkit.subtitles.files import parse_srt
from castkit.subtitles.history import BILINGUAL, Role, What

MAIN, SOURCE = "talk.en/talk.en.srt", "talk.en/source.zh-Hans.srt"
EDITED = ("Welcome to the show.", "A warm welcome.")


@pytest.fixture(scope="module")
def first_office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return heard_office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def office(first_office: Office, tmp_path: Path) -> Office:
    """One that has handed nothing out yet."""
    return moved(first_office, tmp_path)


def worked_on(files: dict[str, bytes], name: str = MAIN) -> dict[str, bytes]:
    """The files of a package after a translator changed a cue in one of them."""
    assert EDITED[0].encode() in files[name]
    return files | {name: files[name].replace(EDITED[0].encode(), EDITED[1].encode())}


def came_back(office: Office, path: Path, wishes: Wishes | None = None) -> Taken:
    return take_back(office.desk("ann"), path, wishes or Wishes())


def heard(path: Path) -> np.ndarray:
    data = b"".join(ffmpeg.blocks(["-i", path, "-ac", "1", "-ar", "16000", "-f", "f32le", "pipe:1"], size=1 << 20))
    return np.frombuffer(data, dtype=np.float32)


def test_all_that_a_translator_needs_is_in_one_folder(office: Office) -> None:
    made = package(office)
    files = contents(made.path)
    assert list(files) == [
        "talk.en/index.html", MAIN, SOURCE, "talk.en/glossary.csv", "talk.en/notes.txt", "talk.en/sound.m4a",
    ]  # fmt: skip
    assert files[MAIN].startswith(b"\xef\xbb\xbf1\r\n00:00:")
    assert files[SOURCE].startswith("\ufeff1\r\n00:00:00,620 --> 00:00:06,480\r\n欢迎".encode())
    rows = list(csv.reader(io.StringIO(files["talk.en/glossary.csv"].decode("utf-8-sig"))))
    assert rows == [
        ["Chinese (Simplified)", "English", "Also fine", "Note"],
        ["试点", "pilot", "trial", "'=never <b>test</b>"],
    ]
    notes = files["talk.en/notes.txt"].decode("utf-8-sig")
    assert "at most 42 characters" in notes
    assert "\r\n" in notes
    assert (made.cues, made.stand, made.notes_path) == (43, "machine", None)


def test_the_same_episode_gives_the_same_bytes_and_one_revision(office: Office) -> None:
    first = package(office)
    before = first.path.read_bytes()
    assert package(office).revision == first.revision == 1
    assert first.path.read_bytes() == before
    infos = zipfile.ZipFile(first.path).infolist()
    assert {(one.date_time, one.create_system, one.external_attr) for one in infos} == {
        ((1980, 1, 1, 0, 0, 0), 3, 0o100644 << 16)
    }


def test_what_goes_out_is_on_record_with_all_that_lies_beside_it(office: Office) -> None:
    files = contents(package(office).path)
    desk = office.desk()
    (line,) = desk.history.revisions
    assert (line.what, line.handed, line.kind, line.name) == (What.EXPORT, "machine", "srt", "for ann.zip")
    beside = {Role.HANDED_OUT: MAIN, Role.ORIGINAL: SOURCE, Role.NOTES: "talk.en/notes.txt"}
    beside[Role.TERMS] = "talk.en/glossary.csv"
    for role, name in beside.items():
        assert desk.history.bytes_of(line, role) == files[name]


def test_the_sound_is_light_and_on_the_masters_clock(tmp_path: Path) -> None:
    context = small_episode.heard(tmp_path)
    small_episode.accept_chinese(context)
    small_episode.build(context)
    made = hand_out_package(open_desk(context, "zh-Hans", who="x"), tmp_path / "p.zip", lambda _: None)
    (tmp_path / "sound.m4a").write_bytes(contents(made.path)["talk.zh-Hans/sound.m4a"])
    found = ffmpeg.probe(tmp_path / "sound.m4a")
    assert (found.audio[0].codec, found.audio[0].channels, found.audio[0].sample_rate) == ("aac", 1, 32_000)
    assert found.duration_ms == 1000 * small_episode.SECONDS
    assert moved_ms(heard(context.paths.master), heard(tmp_path / "sound.m4a")) < 1


def moved_ms(one: np.ndarray, other: np.ndarray) -> float:
    """How far the second sound lies from the first, by their correlation."""
    size = 2 * min(len(one), len(other))
    spectrum = np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size))
    at = int(np.argmax(np.fft.irfft(spectrum)))
    return min(at, size - at) / 16


def test_a_video_goes_small_and_not_at_all_where_sound_is_wanted(tmp_path: Path) -> None:
    context = small_episode.seen(tmp_path)
    small_episode.accept_chinese(context)
    small_episode.build(context)
    desk, shares = open_desk(context, "zh-Hans", who="x"), []
    files = contents(hand_out_package(desk, tmp_path / "p.zip", shares.append).path)
    (tmp_path / "video.mp4").write_bytes(files["talk.zh-Hans/video.mp4"])
    found = ffmpeg.probe(tmp_path / "video.mp4")
    assert found.video is not None
    assert (found.video.width, found.video.height, found.video.codec) == (320, 180, "h264")
    assert (found.audio[0].channels, found.tags.get("title"), found.subtitle_languages) == (1, None, ())
    assert abs(found.duration_ms - ffmpeg.probe(context.paths.video).duration_ms) <= 1
    assert moved_ms(heard(context.paths.video), heard(tmp_path / "video.mp4")) < 1
    assert b'<video id="media"' in files["talk.zh-Hans/index.html"]
    assert shares[-1] == 1
    sound = hand_out_package(desk, tmp_path / "s.zip", shares.append, is_sound_only=True)
    assert "talk.zh-Hans/sound.m4a" in contents(sound.path)


def test_both_languages_in_a_cue_and_the_spoken_one_alone(office: Office) -> None:
    files = contents(package(office, is_bilingual=True).path)
    first = parse_srt(files[MAIN].decode("utf-8-sig"), "both")[0]
    assert first.lines == ("欢迎收听社会保障对话节目，", "我是主持人。", "Welcome to the show. I am the host.")
    assert office.desk().history.revisions[-1].kind == BILINGUAL
    office.language = "zh-Hans"
    names = contents(package(office, "zh.zip").path)
    assert "talk.zh-Hans/source.zh-Hans.srt" not in names
    with pytest.raises(CastkitError, match="is the source itself"):
        package(office, "both.zip", is_bilingual=True)


def test_an_episode_without_its_sound_is_an_error_and_nothing_is_written_down(office: Office) -> None:
    office.episode.paths.master.write_bytes(contents(package(office, "one.zip").path)["talk.en/sound.m4a"][:0])
    with pytest.raises(CastkitError, match="is empty"):
        package(office)
    office.episode.paths.master.unlink()
    with pytest.raises(CastkitError, match=r"not built yet: talk\.mp3 is missing"):
        package(office)
    assert len(office.desk().history.revisions) == 1
    assert not (office.folder / "for ann.zip").exists()


def test_the_light_copy_is_made_once_and_again_when_the_sound_is_another(office: Office) -> None:
    first = contents(package(office).path)
    copy = office.episode.paths.light_copy("m4a")
    lying = copy.stat().st_mtime_ns
    office.language = "zh-Hans"
    assert contents(package(office, "zh.zip").path)["talk.zh-Hans/sound.m4a"] == first["talk.en/sound.m4a"]
    assert copy.stat().st_mtime_ns == lying
    copy.write_bytes(b"damaged")
    assert contents(package(office, "zh.zip").path)["talk.zh-Hans/sound.m4a"] == first["talk.en/sound.m4a"]
    master = office.episode.paths.master
    ffmpeg.run(["-f", "lavfi", "-i", "sine=500:r=16000:d=167.448", "-b:a", "32k", master], doing="making a tone")
    assert contents(package(office, "zh.zip").path)["talk.zh-Hans/sound.m4a"] != first["talk.en/sound.m4a"]
    assert {one.name for one in copy.parent.iterdir()} == {copy.name, f"{copy.name}.json"}


def test_a_master_of_another_length_is_not_handed_out(office: Office) -> None:
    master = office.episode.paths.master
    ffmpeg.run(["-f", "lavfi", "-i", "sine=330:r=16000:d=3", "-b:a", "32k", master], doing="making a tone")
    with pytest.raises(CastkitError, match=r"was edited since talk\.mp3 was made"):
        package(office)


@pytest.mark.parametrize("way", ["zip", "zip of a Mac", "folder", "without a folder", "other kind"])
def test_the_whole_package_comes_back_and_the_one_file_worked_on_is_found(office: Office, way: str) -> None:
    files = worked_on(contents(package(office).path))
    if way == "zip of a Mac":
        files |= {"__MACOSX/talk.en/._talk.en.srt": b"\0\5\26\7", "talk.en/.DS_Store": b"\0"}
    if way == "without a folder":
        files = {name.partition("/")[2]: data for name, data in files.items()}
    if way == "other kind":
        text = re.sub(r"(\d),(\d{3})(?= -->|\r)", r"\1.\2", files[MAIN].decode("utf-8-sig"))
        files = contents(office.folder / "for ann.zip") | {"talk.en/final.vtt": f"WEBVTT\n\n{text}".encode()}
    path = office.folder / "back"
    if way == "folder":
        for name, data in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
    else:
        zipped(path, files)
    taken = came_back(office, path)
    assert taken.changed == {"same": 42, "text": 1}
    assert taken.base == 1
    assert office.texts()[0].startswith(EDITED[1])
    desk = office.desk()
    line = desk.history.find(taken.revision or 0)
    name = {"without a folder": "talk.en.srt", "other kind": "talk.en/final.vtt"}.get(way, MAIN)
    assert line.name == f"back/{name}"
    assert desk.history.bytes_of(line, Role.RECEIVED) == files[name]


def test_a_package_in_two_languages_comes_back_without_the_sources_lines(office: Office) -> None:
    files = worked_on(contents(package(office, is_bilingual=True).path))
    assert came_back(office, zipped(office.folder / "back.zip", files)).changed == {"same": 42, "text": 1}
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in office.accepted.read_text("utf-8"))


def test_nothing_worked_on_several_or_no_subtitles_at_all_are_refused_by_name(office: Office) -> None:
    given = contents(package(office).path)
    back = office.folder / "back.zip"
    with pytest.raises(CastkitError, match=r"as they were handed out: .*talk\.en\.srt") as error:
        came_back(office, zipped(back, given))
    assert "castkit subs accept talk en" in error.value.hint
    edited = worked_on(given)
    more = {"talk.en/talk.en (2).srt": edited[MAIN].replace(b"Thank you", b"Thanks")}
    with pytest.raises(CastkitError, match=r"several .*talk\.en \(2\)\.srt, talk\.en/talk\.en\.srt"):
        came_back(office, zipped(back, edited | more))
    with pytest.raises(CastkitError, match="holds no subtitle file"):
        came_back(office, zipped(back, {"talk.en/letter.pdf": b"%PDF", "talk.en/notes.txt": b"no times"}))
    assert not office.accepted.exists()
    assert len(office.desk().history.revisions) == 1
    taken = came_back(office, zipped(back, edited | {"talk.en/copy.srt": edited[MAIN]}))
    assert taken.changed == {"same": 42, "text": 1}


def test_a_hostile_zip_is_refused_unpacks_nothing_and_is_not_written_down(office: Office) -> None:
    back = office.folder / "back.zip"
    zipped(back, {MAIN: b"1\n00:00:01,000 --> 00:00:02,000\nx\n", "../../evil.srt": b"x"})
    before = sorted(office.folder.rglob("*"))
    with pytest.raises(CastkitError, match="names a file outside of itself"):
        came_back(office, back)
    assert [one for one in office.folder.rglob("*") if one not in before and one.is_file()] == []
    assert office.desk().history.revisions == ()


def test_a_workbook_is_a_zip_too_and_is_read_as_one(office: Office) -> None:
    made = office.export("out.xlsx", kind="xlsx")
    assert office.send(made.path.read_bytes()).changed == {"same": 43}


def test_a_translators_zip_is_not_overwritten_and_castkits_own_is(office: Office) -> None:
    path = package(office).path
    given = contents(path)
    office.episode.context.workspace.glossary.unlink()
    package(office)
    now = contents(path)
    assert "talk.en/glossary.csv" not in now
    for files in (worked_on(given), given | {"talk.en/remarks.docx": b"PK"}, {"letter.txt": b"Dear Ann"}):
        lying = zipped(path, files).read_bytes()
        with pytest.raises(CastkitError, match="is not as castkit handed it out"):
            package(office)
        assert path.read_bytes() == lying
    path.write_bytes(b"not a zip")
    with pytest.raises(CastkitError, match="is not as castkit handed it out"):
        package(office)


def test_a_plain_file_and_a_package_are_one_hand_out_to_come_back_to(office: Office) -> None:
    package(office)
    given = cues(office.export("plain.srt").path)
    assert office.send(given).changed == {"same": 43}
