"""Zips and folders that come back: the subtitle files in them are found, and what is odd is refused by name."""

from __future__ import annotations

import contextlib
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.errors import CastkitError
from castkit.subtitles.incoming.archive import is_archive, members, names

CUE = b"1\n00:00:01,000 --> 00:00:02,000\nx\n"


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def found(path: Path) -> list[str]:
    return [one.name for one in members(path)]


def test_subtitle_files_are_found_whatever_lies_beside_them(tmp_path: Path) -> None:
    files = {
        "talk/talk.SRT": CUE, "talk/b.vtt": b"WEBVTT", "talk/saved.txt": CUE, "talk/notes.txt": b"Dear Ann",
        "__MACOSX/talk/._talk.srt": b"", "talk/.hidden/a.srt": CUE, "talk/sound.m4a": b"1", "c\\win.srt": CUE,
    }  # fmt: skip
    path = zipped(tmp_path / "a.zip", files)
    assert found(path) == ["c/win.srt", "talk/b.vtt", "talk/saved.txt", "talk/talk.SRT"]
    assert len(names(path)) == 8
    folder = tmp_path / "folder"
    for name in ("a.srt", "in/b.srt", ".git/c.srt", "in/notes.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"Dear Ann" if name.endswith("txt") else CUE)
    assert found(folder) == ["a.srt", "in/b.srt"]
    assert is_archive(folder)
    assert is_archive(path)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_of_other_systems_are_shown_as_people_wrote_them(tmp_path: Path, encoding: str) -> None:
    path = zipped(tmp_path / "a.zip", {"talk/xxxxxx.srt": CUE})
    name = "修改" if encoding == "utf-8" else "修改稿"
    path.write_bytes(path.read_bytes().replace(b"xxxxxx", name.encode(encoding)))
    assert found(path) == [f"talk/{name}.srt"]


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.srt").write_bytes(CUE)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.srt").symlink_to(tmp_path / "secret.srt")
    assert found(folder) == []


def test_workbooks_documents_and_plain_files_are_no_archives(tmp_path: Path) -> None:
    assert not is_archive(zipped(tmp_path / "a.xlsx", {"[Content_Types].xml": b"", "xl/a.xml": b""}))
    assert not is_archive(zipped(tmp_path / "a.ods", {"mimetype": b"", "content.xml": b""}))
    (tmp_path / "a.srt").write_bytes(CUE)
    assert not is_archive(tmp_path / "a.srt")
    with pytest.raises(CastkitError, match="cannot be read: No such file"):
        is_archive(tmp_path / "none.zip")


@pytest.mark.parametrize(
    "name", ["../a.srt", "/etc/a.srt", "..\\a.srt", "C:\\a.srt", "C:a.srt", "a/../../b.png", "\\\\host\\a"]
)
def test_paths_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("fine.srt", CUE)
        info = zipfile.ZipInfo("x")
        info.filename = name
        archive.writestr(info, CUE)
    with pytest.raises(CastkitError, match="names a file outside of itself"):
        found(path)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({f"{number}.srt": bytes(9_000_000) for number in range(6)}, "would be larger than 50 MB"),
        ({f"{number}.srt": b"x" for number in range(51)}, "more than 50 subtitle files"),
        ({f"{number}.txt": b"" for number in range(5001)}, "holds 5001 files"),
    ],
    ids=["large", "many", "too many"],
)
def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path, files: dict[str, bytes], reason: str) -> None:
    path = zipped(tmp_path / "a.zip", files)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(CastkitError, match=reason):
        found(path)


def test_a_folder_of_too_much_is_refused(tmp_path: Path) -> None:
    for number in range(51):
        (tmp_path / f"{number}.srt").touch()
    with pytest.raises(CastkitError, match="more than 50 subtitle files"):
        found(tmp_path)


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.srt")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(CastkitError, match="holds a link"):
        found(tmp_path / "a.zip")


def test_a_locked_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.srt": CUE})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(CastkitError, match="locked with a password"):
        found(path)


def test_sizes_that_lie_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.srt": bytes(1000)})
    data = bytearray(path.read_bytes())
    entry = data.index(b"PK\1\2")
    data[entry + 24 : entry + 28] = struct.pack("<L", 10)
    path.write_bytes(data)
    with pytest.raises(CastkitError, match="damaged or unusual zip"):
        found(path)


def test_a_zip_of_the_long_form_is_read_and_its_count_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive, archive.open("a.srt", "w", force_zip64=True) as member:
        member.write(CUE)
    assert found(path) == ["a.srt"]
    data = path.read_bytes()
    at = data.index(b"PK\5\6")
    many = 10**12
    end = b"PK\6\6" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, many, many, 46, 0)
    pointer = b"PK\6\7" + struct.pack("<LQL", 0, at, 1)
    path.write_bytes(data[:at] + end + pointer + data[at:])
    with pytest.raises(CastkitError, match="holds 1000000000000 files"):
        found(path)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400), st.booleans())
def test_damage_never_crashes_it(tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int, is_cut: bool) -> None:
    path = zipped(tmp_path_factory.mktemp("zip", numbered=True) / "a.zip", {"a/b.srt": CUE * 9, "c.vtt": b"WEBVTT"})
    data = path.read_bytes()
    path.write_bytes(
        data[: at % len(data)] if is_cut else data[: at % len(data)] + noise + data[at % len(data) + len(noise) :]
    )
    with contextlib.suppress(CastkitError):
        is_archive(path)
        found(path)
