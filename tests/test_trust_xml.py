"""XML from outside: without entities, a document type or the network, in every place that parses it."""

from __future__ import annotations

import ast
import io
import socket
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from castkit.errors import CastkitError
from castkit.feed.reading.pages import parse_feed
from castkit.model.cue import Cue
from castkit.subtitles.incoming.kinds import read
from castkit.subtitles.outgoing.handout import handout
from castkit.subtitles.outgoing.kinds import compose
from castkit.translate.memory import Pair
from castkit.translate.tmx import from_tmx, to_tmx

SRC = Path(__file__).parent.parent / "src/castkit"
FENCE = {"resolve_entities": False, "load_dtd": False, "no_network": True, "huge_tree": False}
READS = tuple(
    f"{library}.{name}"
    for library in ("etree", "ET", "html", "objectify")
    for name in "fromstring fromstringlist parse iterparse XML HTML XMLParser HTMLParser XMLPullParser".split()
)
CUES = (Cue(1_000, 2_000, "How old?"),)
HANDOUT = handout(CUES, (Cue(1_000, 2_000, "多大？"),), "en", "zh-Hans")


def _reading_calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(SRC.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in READS:
                yield f"{path.relative_to(SRC).as_posix()}:{node.lineno}", node


def test_every_parser_of_xml_is_fenced_in() -> None:
    calls = list(_reading_calls())
    assert len(calls) >= 6
    for place, call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("iterparse", "XMLParser"):
            given = {one.arg: one.value.value for one in call.keywords if isinstance(one.value, ast.Constant)}
            assert {key: given.get(key) for key in FENCE} == FENCE, place
        else:
            is_own = place.startswith("report/plots.py")  # what matplotlib wrote a moment ago
            assert is_own or len(call.args) == 2, f"{place} parses without a parser of its own"


def test_nothing_else_parses_xml() -> None:
    for path in SRC.rglob("*.py"):
        text = path.read_text("utf-8")
        for word in ("minidom", "make_parser", "pulldom", "expat", "xmltodict", "BeautifulSoup"):
            assert word not in text, path
        assert "xml.etree" not in text or path.name == "plots.py", path


def _feed(data: bytes) -> object:
    return parse_feed(data, "feed.xml", lambda url: (b"", url))


def _memory(data: bytes, folder: Path) -> object:
    path = folder / "memory.tmx"
    path.write_bytes(data)
    return from_tmx(path, "en", "zh-Hans")


def _workbook(sheet: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(compose("xlsx", HANDOUT))) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as into,
    ):
        for one in source.infolist():
            if one.filename != name:
                into.writestr(one.filename, source.read(one))
        into.writestr(name, sheet)
    return target.getvalue()


RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>&x;</title></channel></rss>'
# name: a good document in which one text can become an entity, and its reader
READERS: dict[str, tuple[bytes, Callable[[bytes, Path], object]]] = {
    "feed": (RSS, lambda data, _: _feed(data)),
    "tmx": (to_tmx([Pair("How old?", "多大？", "x")], "en", "zh-Hans"), _memory),
    "ttml": (compose("ttml", HANDOUT), lambda data, _: read(data, "a.ttml", language="en")),
    "xliff": (compose("xliff", HANDOUT, name="talk"), lambda data, _: read(data, "a.xlf", language="en")),
    "xlsx": (
        zipfile.ZipFile(io.BytesIO(compose("xlsx", HANDOUT))).read("xl/worksheets/sheet1.xml"),
        lambda data, _: read(_workbook(data), "a.xlsx", language="en"),
    ),
    "xlsx, oddly named": (
        zipfile.ZipFile(io.BytesIO(compose("xlsx", HANDOUT))).read("xl/worksheets/sheet1.xml"),
        lambda data, _: read(_workbook(data, "xl/worksheets/sheet1.odd"), "a.xlsx", language="en"),
    ),
}
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
ATTACKS = {
    "laughs": f'<!ENTITY l0 "ha">{LAUGHS}<!ENTITY x "&l11;">',
    "one large entity": f'<!ENTITY x "{"a" * 100_000}">',
    "a file": '<!ENTITY x SYSTEM "{secret}">',
    "an address": '<!ENTITY x SYSTEM "http://127.0.0.1:{port}/x">',
    "a parameter": '<!ENTITY % y SYSTEM "http://127.0.0.1:{port}/y"> %y; <!ENTITY x "a">',
}


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """A port that nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("kind", READERS)
def test_a_document_with_entities_is_refused(tmp_path: Path, listener: socket.socket, kind: str, attack: str) -> None:
    document, reader = READERS[kind]
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret words")
    declared = ATTACKS[attack].replace("{secret}", secret.as_uri()).replace("{port}", str(listener.getsockname()[1]))
    text = document.decode().replace("How old?", "&x;")
    start = text.index("?>") + 2 if text.startswith("<?xml") else 0
    whole = f"{text[:start]}<!DOCTYPE root [{declared}]>{text[start:]}"
    for encoding in ("utf-8", "utf-16"):
        data = whole.encode(encoding)
        if encoding == "utf-16":
            data = whole.replace('encoding="UTF-8"', "").replace("encoding='UTF-8'", "").encode(encoding)
        with pytest.raises(CastkitError) as caught:
            reader(data, tmp_path)
        assert "secret words" not in caught.value.message


def test_a_schema_or_stylesheet_is_never_fetched(tmp_path: Path, listener: socket.socket) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    head = f'<?xml version="1.0"?><?xml-stylesheet href="{url}"?>'
    body = RSS.decode().replace("&x;", "Talks").partition("?>")[2]
    body = body.replace("<rss ", f'<rss xmlns:xi="http://www.w3.org/2001/XInclude" xsi="{url}" ')
    body = body.replace("</title>", f'</title><xi:include href="{url}"/>')
    assert _feed((head + body).encode())
