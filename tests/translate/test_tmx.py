"""TMX goes out and comes back whole, and a file from outside can do no harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from castkit.errors import CastkitError
from castkit.translate import tmx
from castkit.translate.memory import Pair
from castkit.translate.tmx import from_tmx, to_tmx

PAIRS = (
    Pair("Welcome & <hello>.", "欢迎。", "accepted in episode-01 at 02:13"),
    Pair("It's “60 %”.", "60%。", "accepted in episode-02 at 00:01"),
)
UNITS = """
<tu tuid="1"><tuv xml:lang="EN-US"><seg>Press <bpt i="1">&lt;b&gt;</bpt><hi>the
  <ph>{1}</ph>key</hi><ept i="1">&lt;/b&gt;</ept> now.</seg></tuv><tuv xml:lang="zh-CN"><seg>按键。</seg></tuv>
<tuv xml:lang="fr"><seg>Pressez.</seg></tuv></tu>
<tu><note>half</note><tuv xml:lang="en"><seg>No Chinese.</seg></tuv></tu>
<tu><tuv xml:lang="en"><seg>Traditional.</seg></tuv><tuv xml:lang="zh-TW"><seg>繁體。</seg></tuv></tu>
<tu><tuv lang="en_GB"><seg>Old form.</seg></tuv><tuv lang="zh-Hans"><seg>旧。</seg></tuv></tu>
<tu><tuv xml:lang="en"><seg/></tuv><tuv xml:lang="zh-CN"><seg>空</seg></tuv></tu>
"""


def written(
    path: Path, units: str = UNITS, *, head: str = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">', encoding: str = "utf-8"
) -> Path:
    body = f'<tmx version="1.4"><header srclang="en"/><body>{units}</body></tmx>'
    text = f'<?xml version="1.0" encoding="{encoding}"?>{head}{body}'
    path.write_bytes(text.encode(encoding))
    return path


def test_what_goes_out_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "show.tmx"
    path.write_bytes(to_tmx(PAIRS, "en", "zh-Hans"))
    assert [(pair.source, pair.target) for pair in from_tmx(path, "en", "zh-Hans")] == [
        (pair.source, pair.target) for pair in PAIRS
    ]
    assert from_tmx(path, "en", "zh-Hans")[0].origin == "accepted in episode-01 at 02:13 (show.tmx)"
    assert [pair.source for pair in from_tmx(path, "zh", "en-GB")] == ["欢迎。", "60%。"]
    assert from_tmx(path, "en", "fr") == ()


def test_the_document_is_tmx_14() -> None:
    root = etree.fromstring(to_tmx(PAIRS, "en", "zh-Hans"))
    assert (root.tag, root.get("version")) == ("tmx", "1.4")
    needed = {"creationtool", "creationtoolversion", "segtype", "o-tmf", "adminlang", "srclang", "datatype"}
    assert needed <= set(root.find("header").attrib)  # those the standard requires
    assert [len(unit.findall("tuv")) for unit in root.iter("tu")] == [2, 2]
    assert to_tmx(PAIRS, "en", "zh-Hans") == to_tmx(PAIRS, "en", "zh-Hans")


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_makes_a_document(source: str, target: str) -> None:
    root = etree.fromstring(to_tmx([Pair(source, target, source)], "en", "zh"))
    assert len(root.findall(".//seg")) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_other_programs_files(encoding: str, tmp_path: Path) -> None:
    path = written(tmp_path / "client.tmx", encoding=encoding)
    assert from_tmx(path, "en", "zh-Hans") == (
        Pair("Press the key now.", "按键。", "client.tmx, unit 1"),
        Pair("Old form.", "旧。", "client.tmx, unit 4"),
    )
    assert from_tmx(path, "en", "zh-Hant") == (Pair("Traditional.", "繁體。", "client.tmx, unit 3"),)


HOSTILE = {
    "entity": '<!DOCTYPE tmx [<!ENTITY a "boo">]>',
    "many entities": '<!DOCTYPE tmx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>',
    "file": '<!DOCTYPE tmx [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "parameter": '<!DOCTYPE tmx [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]>',
}


@pytest.mark.parametrize("head", HOSTILE.values(), ids=HOSTILE)
def test_entities_are_refused(head: str, tmp_path: Path) -> None:
    path = written(tmp_path / "x.tmx", UNITS.replace("No Chinese.", "&a;"), head=head)
    with pytest.raises(CastkitError, match=r"x\.tmx"):
        from_tmx(path, "en", "zh-Hans")


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "is no TMX file"), (b"not xml", "is no TMX file"), (b"<html><body/></html>", "begins with <html>"),
     (b"<tmx><body><tu>", "is no TMX file"), (b'<?xml version="1.0" encoding="x"?><tmx/>', "is no TMX file")],
)  # fmt: skip
def test_what_is_no_tmx_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "x.tmx").write_bytes(content)
    with pytest.raises(CastkitError, match=message) as caught:
        from_tmx(tmp_path / "x.tmx", "en", "zh-Hans")
    assert caught.value.hint


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CastkitError, match="cannot read"):
        from_tmx(tmp_path / "none.tmx", "en", "zh")
    monkeypatch.setattr(tmx, "LARGEST", 10)
    with pytest.raises(CastkitError, match="larger than"):
        from_tmx(written(tmp_path / "x.tmx"), "en", "zh")
