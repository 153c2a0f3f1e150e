"""A package is whole, safe and named, or an error that a person can act on."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from models_made import packed, without

from castkit.errors import CastkitError, ToolMissing
from castkit.model.sentence import Sentence
from castkit.translate import unpack
from castkit.translate.local import LocalModel
from castkit.translate.packages import Package, Shape, chain, open_package
from castkit.translate.tokens import flores_token, opus_token
from castkit.translate.translator import Request


def test_a_packages_file_is_unpacked_once(argos: Path, tmp_path: Path, models_cache: Path) -> None:
    path = packed(argos, tmp_path / "translate-zh_en-1_9.argosmodel")
    package = open_package(path)
    assert (package.source, package.target, package.name, package.shape) == ("zh", "en", "zh-en 1.9", Shape.ARGOS)
    assert LocalModel(package).translate([Sentence(0, 1, "谢您")], Request("zh", "en")) == ("thanks you",)
    (folder,) = (models_cache / "translation").iterdir()
    assert folder.name == unpack._sha256(path)
    before = package.model.joinpath("model.bin").stat().st_mtime_ns
    assert open_package(path) == package
    assert package.model.joinpath("model.bin").stat().st_mtime_ns == before


def test_only_what_is_used_is_unpacked(argos: Path, tmp_path: Path, models_cache: Path) -> None:
    path = packed(argos, tmp_path / "x.argosmodel")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("translate-zh_en-1_9/stanza/zh/tokenize/model.bin", b"splitter")
        archive.writestr("translate-zh_en-1_9/README.md", b"about")
    names = {file.name for file in open_package(path).model.parent.rglob("*") if file.is_file()}
    assert names == {"metadata.json", "sentencepiece.model", "model.bin", "config.json", "shared_vocabulary.json"}


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/etc/evil", "a/../../evil", "..\\evil", "C:evil", "a//b", "model/../../../metadata.json"]
)
def test_a_name_that_leads_out_is_refused(
    name: str, argos: Path, tmp_path: Path, models_cache: Path, request: pytest.FixtureRequest
) -> None:
    path = packed(argos, tmp_path / "inner" / "x.argosmodel") if (tmp_path / "inner").mkdir() is None else tmp_path
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"evil")
    before = {file for file in tmp_path.rglob("*") if file.is_file()}
    with pytest.raises(CastkitError, match="leads out of its folder"):
        open_package(path)
    assert {file for file in tmp_path.rglob("*") if file.is_file()} == before


def test_a_link_is_refused(argos: Path, tmp_path: Path, models_cache: Path) -> None:
    path = packed(argos, tmp_path / "x.argosmodel")
    link = zipfile.ZipInfo("translate-zh_en-1_9/model/config.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(CastkitError, match="leads out of its folder"):
        open_package(path)


def test_sizes_are_counted_not_believed(
    argos: Path, tmp_path: Path, models_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "MOST_BYTES", 1_000_000)
    path = packed(argos, tmp_path / "x.argosmodel")
    with pytest.raises(CastkitError, match="holds more than a translation model does"):
        open_package(path)
    assert list((models_cache / "translation").iterdir()) == []


def test_too_many_files_are_refused(tmp_path: Path, models_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MOST_FILES", 3)
    with zipfile.ZipFile(tmp_path / "x.argosmodel", "w") as archive:
        for number in range(4):
            archive.writestr(f"{number}", b"")
    with pytest.raises(CastkitError, match="holds 4 files"):
        open_package(tmp_path / "x.argosmodel")


@pytest.mark.parametrize("keep", [0, 10, 5_000, -40])
def test_a_cut_file_is_refused(keep: int, argos: Path, tmp_path: Path, models_cache: Path) -> None:
    whole = packed(argos, tmp_path / "whole.argosmodel").read_bytes()
    cut = tmp_path / "cut.argosmodel"
    cut.write_bytes(whole[:keep])
    with pytest.raises(CastkitError, match="no whole Argos package"):
        open_package(cut)


def test_a_damaged_member_is_refused(argos: Path, tmp_path: Path, models_cache: Path) -> None:
    path = packed(argos, tmp_path / "x.argosmodel")
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("translate-zh_en-1_9/model/model.bin")
    data = bytearray(path.read_bytes())
    middle = member.header_offset + member.compress_size // 2
    data[middle : middle + 50] = bytes(50)
    path.write_bytes(data)
    with pytest.raises(CastkitError, match="no whole Argos package"):
        open_package(path)
    assert list((models_cache / "translation").iterdir()) == []


@pytest.mark.parametrize(
    ("part", "message"),
    [("model/model.bin", "has no model.bin"), ("model/shared_vocabulary.json", "has no shared_vocabulary"),
     ("sentencepiece.model", "has no sentencepiece.model"), ("metadata.json", "does not say which languages")],
)  # fmt: skip
def test_a_missing_part_is_named(part: str, message: str, argos: Path, tmp_path: Path) -> None:
    with pytest.raises(CastkitError, match=message) as caught:
        open_package(without(argos, part, tmp_path / "translation"))
    assert str(tmp_path) in caught.value.message
    assert caught.value.hint


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match=r"no translation model at .*none\.argosmodel"):
        open_package(tmp_path / "none.argosmodel")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CastkitError, match=r"has no model\.bin"):
        open_package(tmp_path / "empty")


METADATA: dict[str, tuple[Callable[[Path], object], str]] = {
    "no JSON": (lambda path: path.write_text("{", "utf-8"), r"metadata\.json in .* cannot be read"),
    "no text": (lambda path: path.write_bytes(b"\xff\xfe\x00"), r"metadata\.json in .* cannot be read"),
    "no object": (lambda path: path.write_text("[1]", "utf-8"), "is no JSON object"),
    "another type": (lambda path: path.write_text('{"type": "sbd"}', "utf-8"), "no translation model but one of type"),
    "no language": (lambda path: path.write_text('{"from_code": 3}', "utf-8"), "does not say which languages"),
    "private language": (
        lambda path: path.write_text('{"from_code": "qaa", "to_code": "en"}', "utf-8"), "does not say which languages"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "message"), METADATA.values(), ids=METADATA)
def test_metadata_is_checked(spoil: Callable[[Path], object], message: str, argos: Path, tmp_path: Path) -> None:
    folder = without(argos, "metadata.json", tmp_path / "translation")
    spoil(folder / "metadata.json")
    with pytest.raises(CastkitError, match=message):
        open_package(folder)


def test_codes_of_argos_become_tags(argos: Path, tmp_path: Path) -> None:
    folder = without(argos, "metadata.json", tmp_path / "translation")
    (folder / "metadata.json").write_text(json.dumps({"from_code": "zt", "to_code": "pb"}), "utf-8")
    package = open_package(folder)
    assert (package.source, package.target, package.name) == ("zh-Hant", "pt-BR", "zh-Hant-pt-BR")


def test_bpe_is_named(argos: Path, tmp_path: Path) -> None:
    folder = without(argos, "sentencepiece.model", tmp_path / "translation")
    (folder / "bpe.model").write_bytes(b"")
    with pytest.raises(CastkitError, match="BPE"):
        open_package(folder)


def test_opus_and_nllb_are_known_by_their_parts(opus: Path, opus_many: Path, nllb: Path) -> None:
    one, many, all_of_them = (open_package(folder) for folder in (opus, opus_many, nllb))
    assert (one.source, one.target, one.shape, one.adds_end) == ("zh", "en", Shape.OPUS, False)
    assert (many.source, many.target, many.shape, many.adds_end) == ("en", "zh", Shape.OPUS, True)
    assert (all_of_them.source, all_of_them.shape, all_of_them.name) == ("", Shape.NLLB, "nllb-200")
    assert all_of_them.serves("zh-Hans", "fr")
    assert not one.serves("en", "zh-Hans")
    assert not all_of_them.serves("en-GB", "en")


def pair(source: str, target: str, shape: Shape = Shape.ARGOS) -> Package:
    return Package(f"{source}-{target}", shape, Path(), Path(), Path(), source, target)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (["zh-en"], []), (["zh-fr", "zh-en", "en-fr"], ["zh-fr"]), (["zh-en", "en-fr"], ["zh-en", "en-fr"]),
        (["de-fr", "zh-de", "en-fr", "zh-en"], ["zh-en", "en-fr"]), (["de-fr", "zh-de"], ["zh-de", "de-fr"]),
        (["en-fr", "fr-zh"], []),
    ],
)  # fmt: skip
def test_the_shortest_way_is_taken(known: list[str], expected: list[str]) -> None:
    found = chain([pair(*name.split("-")) for name in known], "zh-Hans", "fr")
    assert [package.name for package in found] == expected


def test_tokens_of_languages() -> None:
    known = {"eng_Latn", "zho_Hans", "zho_Hant", "arb_Arab", "pes_Arab", "srp_Cyrl", "▁eng"}
    tags = ("en", "zh", "zh-TW", "ar", "fa", "sr", "de")
    assert [flores_token(tag, known) for tag in tags] == [
        "eng_Latn", "zho_Hans", "zho_Hant", "arb_Arab", "pes_Arab", "srp_Cyrl", None]  # fmt: skip
    assert opus_token("zh-Hant", {"a"}) == ""
    assert opus_token("zh-Hant", {">>cmn_Hans<<", ">>cmn_Hant<<"}) == ">>cmn_Hant<<"
    assert opus_token("fr", {">>fra<<", ">>deu<<"}) == ">>fra<<"
    assert opus_token("es", {">>fra<<", ">>deu<<"}) is None
